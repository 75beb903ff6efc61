//! No personal data in the log: a demo that logs all it can is searched for everything that was sent and answered.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::postgres::Database;
use crate::{Demo, Folder, at, example, ran};

/// The shortest text that is looked for: shorter ones stand anywhere by chance.
const SHORTEST: usize = 6;

/// Every text and number of a JSON tree.
fn leaves(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(members) => members.values().for_each(|value| leaves(value, found)),
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Number(number) => drop(found.insert(number.to_string())),
        Value::Null | Value::Bool(_) => {}
    }
}

fn json(path: impl AsRef<std::path::Path>) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Calls as a hospital or pharmacy; the leaves of the answer are looked for too.
struct Caller<'f> {
    folder: &'f Folder,
    now: String,
    answered: BTreeSet<String>,
}

impl Caller<'_> {
    fn call(&mut self, number: &str, file: &str, who: &str, set: &[String]) -> Value {
        let file = example(file);
        let mut args = vec!["call", number, &file, "--credentials", "credentials.json", "--as", who];
        args.extend(["--serial", "77", "--now", &self.now]);
        args.extend(set.iter().flat_map(|value| ["--set", value.as_str()]));
        let (code, out, error) = ran(self.folder, &args);
        assert_eq!(code, 0, "{number}: {error}");
        let answer = serde_json::from_str(&out).unwrap();
        leaves(&answer, &mut self.answered);
        answer
    }
}

fn set(name: &str, value: &Value) -> String {
    format!("{name}={}", value.as_str().unwrap_or_else(|| panic!("{name}: {value}")))
}

/// A prescription issued and downloaded, beside what the demo itself walks through.
fn told(folder: &Folder) -> BTreeSet<String> {
    let mut caller = Caller { folder, now: at(5), answered: BTreeSet::new() };
    std::fs::write(folder.join("rx.pdf"), "%PDF-1.4 words of a prescription\n%%EOF\n").unwrap();
    let hospital = "H36090200101";
    let precheck = caller.call("7101", "7101-precheck.json", hospital, &[]);
    let file = "rx_file=@rx.pdf".to_owned();
    let (rx, trace) = (set("hi_rxno", &precheck["hiRxno"]), set("rx_trace_code", &precheck["rxTraceCode"]));
    let signed = format!("original_value=@@{}", example("parts/7102-signed-fields.json"));
    let sign = caller.call("7102", "7102-sign.json", hospital, &[signed, rx.clone(), trace.clone(), file.clone()]);
    let digest = set("sign_digest", &sign["signDigest"]);
    caller.call("7103", "7103-upload.json", hospital, &[rx, trace, digest, file]);
    let pharmacy = "P36090200106";
    let shown = caller.call("7201", "7201-authorise.json", pharmacy, &[]);
    let mut tokens = BTreeSet::new();
    leaves(&shown, &mut tokens);
    assert!(tokens.iter().any(|text| text.len() > 40), "a token was given out: {shown}");
    caller.answered
}

/// What may be in the log: what the register gives out, and times.
fn is_public(text: &str, public: &BTreeSet<String>) -> bool {
    let is_date = text.len() >= 10 && text.is_char_boundary(10) && text[..10].split('-').count() == 3;
    text.len() < SHORTEST || public.contains(text) || is_date || text.starts_with("http://")
}

fn nothing_personal_is_logged(more: &[&str]) {
    let folder = Folder::new();
    let demo = Demo::start_with(&folder, more, "trace");
    let mut wanted = told(&folder);
    let credentials = json(folder.join("credentials.json"));
    leaves(&credentials, &mut wanted);
    for entry in std::fs::read_dir(example("")).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        if entry.path().extension().is_some_and(|end| end == "json") {
            leaves(&json(entry.path()), &mut wanted);
        }
    }
    demo.terminate();
    drop(demo);
    let log = std::fs::read_to_string(folder.join("log.jsonl")).unwrap();
    // The log tells of every message, so that what is looked for had its chance to be there.
    for number in ["7101", "7102", "7103", "7201", "7204", "7205", "7206", "7207", "2102", "2103", "7104"] {
        let line = format!("\"transaction\":\"{number}\"");
        assert!(log.lines().any(|found| found.contains("\"target\":\"liufang::message\"") && found.contains(&line)));
    }
    let mut public = BTreeSet::new();
    for app in credentials["apps"].as_array().unwrap() {
        public.extend([&app["app_id"], &app["fixmedins_code"]].map(|value| value.as_str().unwrap().to_owned()));
    }
    assert!(public.iter().any(|text| log.contains(text)), "the log says which app spoke");
    let file = "JVBERi0xLjQgd29yZHMgb2Y".to_owned();
    wanted.extend([file, "words of a prescription".to_owned()]);
    let wanted: Vec<_> = wanted.into_iter().filter(|text| !is_public(text, &public)).collect();
    assert!(wanted.len() > 300, "{}", wanted.len());
    for name in ["刘医诚", "章样康", "360902197904165015", "ae181c4ce8439f3f871732e701c6651bcf2b05d70b114f85"] {
        assert!(wanted.iter().any(|text| text == name), "{name} is looked for");
    }
    for line in log.lines() {
        if let Some(found) = wanted.iter().find(|text| line.contains(text.as_str())) {
            panic!("{found:?} stands in the log: {line}");
        }
    }
}

#[test]
fn nothing_personal_is_logged_on_sqlite() {
    nothing_personal_is_logged(&[]);
}

/// Whose driver would log every statement with its values.
#[test]
fn nothing_personal_is_logged_on_postgresql() {
    let database = Database::new();
    nothing_personal_is_logged(&["--database", &database.url()]);
}
