//! The commands as a stranger meets them: output, errors, exit codes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

#[path = "cli/admission.rs"]
mod admission;
#[path = "cli/archive.rs"]
mod archive;
#[path = "cli/backup.rs"]
mod backup;
#[path = "cli/claim.rs"]
mod claim;
#[path = "../../store/tests/cluster.rs"]
mod cluster;
#[path = "cli/counter.rs"]
mod counter;
#[path = "cli/deploy.rs"]
mod deploy;
#[path = "cli/law.rs"]
mod law;
#[path = "cli/logs.rs"]
mod logs;
#[path = "cli/packs.rs"]
mod packs;
#[path = "cli/paper.rs"]
mod paper;
#[path = "cli/postgres.rs"]
mod postgres;
#[path = "cli/settle.rs"]
mod settle;
#[path = "cli/watch.rs"]
mod watch;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("liufang-cli-{}-{number}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn liufang(folder: &Folder, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_liufang")).args(args).current_dir(&folder.0).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Exit code, standard output, standard error.
fn ran(folder: &Folder, args: &[&str]) -> (i32, String, String) {
    let output = liufang(folder, args);
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn every_command_has_help() {
    let folder = Folder::new();
    const COMMANDS: [&str; 20] = [
        "serve",
        "demo",
        "call",
        "keys",
        "law",
        "audit",
        "gm",
        "bench",
        "migrate",
        "config",
        "outbox",
        "import",
        "app",
        "backup",
        "torture",
        "paper",
        "archive",
        "settle",
        "reconcile",
        "budget",
    ];
    for command in COMMANDS {
        let (code, out, _) = ran(&folder, &[command, "--help"]);
        assert_eq!(code, 0, "{command}");
        assert!(out.contains("Usage:"), "{command}");
    }
    assert_eq!(ran(&folder, &["nonsense"]).0, 2);
}

#[test]
fn keys_are_made_once_for_their_owner_and_never_shown() {
    let folder = Folder::new();
    let (code, out, _) = ran(&folder, &["keys", "new", "app.key.toml", "--app"]);
    assert_eq!(code, 0);
    let file = std::fs::read_to_string(folder.join("app.key.toml")).unwrap();
    let private = file.lines().find_map(|line| line.strip_prefix("private_key = \"")).unwrap().trim_end_matches('"');
    assert!(!out.contains(private));
    assert_eq!(std::fs::metadata(folder.join("app.key.toml")).unwrap().permissions().mode() & 0o777, 0o600);
    let (code, _, error) = ran(&folder, &["keys", "new", "app.key.toml"]);
    assert_eq!(code, 2, "an existing file is not overwritten");
    assert!(error.contains("app.key.toml"));
    let (code, out, _) = ran(&folder, &["keys", "show", "app.key.toml"]);
    assert_eq!(code, 0);
    assert!(out.contains("public_key") && !out.contains(private));
    assert_eq!(ran(&folder, &["keys", "new", "x.toml", "--app", "lower"]).0, 2);
    assert_eq!(ran(&folder, &["keys", "show", "missing.toml"]).0, 2);
}

#[test]
fn a_configuration_is_checked_by_name() {
    let folder = Folder::new();
    ran(&folder, &["keys", "new", "platform.key.toml"]);
    ran(&folder, &["keys", "new", "store.key.toml", "--store"]);
    std::fs::create_dir(folder.join("empty")).unwrap();
    let check = |config: &str| {
        std::fs::write(folder.join("c.toml"), config).unwrap();
        ran(&folder, &["config", "check", "c.toml"])
    };
    let (code, default, _) = ran(&folder, &["config", "default"]);
    assert_eq!((code, check(&default).0), (0, 0));
    for (config, word) in [
        ("listne = \"x\"", "listne"),
        ("listen = \"nowhere\"", "listen"),
        ("database = \"mysql://x\"", "database"),
        ("token_minutes = 0", "token_minutes"),
        ("body_max_bytes = 1", "body_max_bytes"),
        ("timestamp_window_seconds = 1", "timestamp_window_seconds"),
        ("body_seconds = 0", "body_seconds"),
        ("bodies_max = 0", "bodies_max"),
        ("stop_seconds = 601", "stop_seconds"),
        ("admin_listen = \"9464\"", "admin_listen"),
        ("app_burst = 0", "app_burst"),
        ("connections_max = 0", "connections_max"),
        ("platform_key = \"missing.toml\"", "missing.toml"),
        ("store_key = \"missing.toml\"", "missing.toml"),
        ("store_key = \"platform.key.toml\"", "platform.key.toml"),
        ("law = \"missing\"", "missing"),
        ("law = \"empty\"", "no rule packs in empty"),
        ("not toml", "c.toml"),
    ] {
        let (code, _, error) = check(config);
        assert_eq!(code, 2, "{config}");
        assert!(error.contains(word), "{config}: {error}");
    }
}

#[test]
fn vectors_are_checked_and_a_wrong_one_is_an_exit_code() {
    let folder = Folder::new();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wire/tests/data/vectors.json");
    let vectors = std::fs::read_to_string(&file).unwrap();
    let (code, out, _) = ran(&folder, &["gm", "vectors", &file.display().to_string()]);
    assert_eq!(code, 0, "{out}");
    let wrong = vectors.replacen("7dDyYptTP85", "7dDyYptTP86", 1);
    assert_ne!(wrong, vectors);
    std::fs::write(folder.join("wrong.json"), wrong).unwrap();
    let (code, out, _) = ran(&folder, &["gm", "vectors", "wrong.json"]);
    assert_eq!(code, 1);
    assert!(out.contains("FAIL"), "{out}");
    assert_eq!(ran(&folder, &["gm", "vectors", "missing.json"]).0, 2);
}

/// A demo that keeps serving, ended when dropped.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Demo {
    fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap().success());
    }

    fn start(folder: &Folder) -> Self {
        Self::start_with(folder, &[], "off")
    }

    /// With more arguments, and a log in `log.jsonl`.
    fn start_with(folder: &Folder, more: &[&str], rust_log: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_liufang"))
            .args(["demo", "--credentials", "credentials.json"])
            .args(more)
            .env("RUST_LOG", rust_log)
            .current_dir(&folder.0)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.join("log.jsonl")).unwrap())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        assert!(lines.any(|line| line.starts_with("继续服务于")), "the demo does not come to serving");
        Self(child)
    }
}

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).display().to_string()
}

#[test]
fn a_stranger_calls_the_demo_with_an_example() {
    let folder = Folder::new();
    let _demo = Demo::start(&folder);
    let precheck = example("7101-precheck.json");
    let call = |more: &[&str]| {
        let mut args = vec!["call", "7101", &precheck, "--credentials", "credentials.json"];
        args.extend_from_slice(more);
        ran(&folder, &args)
    };
    let (code, out, error) = call(&["--as", "H36090200101", "--serial", "900"]);
    assert_eq!(code, 0, "{error}");
    let reply: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(reply["hiRxno"].as_str().unwrap().len(), 30);
    assert_eq!(reply.as_object().unwrap().len(), 2, "uploadChk answers its two fields");
    let (code, _, error) = call(&["--as", "P36090200106", "--serial", "901"]);
    assert_eq!(code, 1);
    assert!(error.contains("RX-0000-01"), "{error}");
    let (code, _, error) = call(&["--as", "X"]);
    assert_eq!(code, 2);
    assert!(error.contains("H36090200101"), "the known codes are named: {error}");
    let query = example("7105-query.json");
    let (code, _, error) =
        ran(&folder, &["call", "7105", &query, "--credentials", "credentials.json", "--as", "H36090200101"]);
    assert_eq!(code, 2);
    assert!(error.contains("hi_rxno") && error.contains("--set"), "{error}");
    let (code, out, _) = ran(&folder, &["audit", "verify"]);
    assert_eq!(code, 0, "{out}");
}

fn at(seconds: u64) -> String {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap() - Duration::from_secs(seconds);
    lf_vocab::Moment::from_micros(i64::try_from(now.as_micros()).unwrap()).to_string()
}

/// What `docs/connecting.md` does by hand, with no tool beside `call` and nothing but the examples.
#[test]
fn a_prescription_is_uploaded_with_examples_alone() {
    let folder = Folder::new();
    let _demo = Demo::start(&folder);
    std::fs::write(folder.join("rx.pdf"), "%PDF-1.4\n%%EOF\n").unwrap();
    let call = |number: &str, file: &str, now: &str, set: &[&str]| {
        let file = example(file);
        let mut args = vec!["call", number, &file, "--credentials", "credentials.json", "--as", "H36090200101"];
        args.extend(["--serial", "902", "--now", now, "--save-request", "body.json"]);
        args.extend(set.iter().flat_map(|value| ["--set", value]));
        let (code, out, error) = ran(&folder, &args);
        (code, serde_json::from_str::<serde_json::Value>(&out).unwrap_or_default(), error)
    };
    let now = at(5);
    let (code, precheck, error) = call("7101", "7101-precheck.json", &now, &[]);
    assert_eq!(code, 0, "{error}");
    let set = |name: &str, value: &serde_json::Value| format!("{name}={}", value.as_str().unwrap());
    let (rx, trace) = (set("hi_rxno", &precheck["hiRxno"]), set("rx_trace_code", &precheck["rxTraceCode"]));
    let signed = format!("original_value=@@{}", example("parts/7102-signed-fields.json"));
    // The text that is signed comes first and uses what is set after it.
    let (code, sign, error) = call("7102", "7102-sign.json", &now, &[&signed, &rx, &trace, "rx_file=@rx.pdf"]);
    assert_eq!(code, 0, "{error}");
    let digest = set("sign_digest", &sign["signDigest"]);
    let upload = |now: &str| call("7103", "7103-upload.json", now, &[&rx, &trace, &digest, "rx_file=@rx.pdf"]);
    let (code, _, error) = upload(&at(3));
    assert_eq!(code, 1, "another moment is another text than was signed: {error}");
    let (code, _, error) = upload(&now);
    assert_eq!(code, 0, "{error}");
    let (code, _, error) = call("7103", "7103-upload.json", "yesterday", &[]);
    assert!(code == 2 && error.contains("--now"), "{error}");

    assert_eq!(std::fs::metadata(folder.join("body.json")).unwrap().permissions().mode() & 0o777, 0o600);
    let explain =
        |code: &str| ran(&folder, &["gm", "explain", "body.json", "--credentials", "credentials.json", "--as", code]);
    let (code, out, _) = explain("H36090200101");
    assert!(code == 0 && out.contains("验签通过"), "{out}");
    assert_eq!(explain("P36090200106").0, 1, "another app's keys");
    assert_eq!(explain("X").0, 2);
    let neither = ran(&folder, &["gm", "explain", "body.json"]);
    assert!(neither.0 == 2 && neither.2.contains("--key"), "{}", neither.2);
}

/// What the field tables find and what only the domain finds: one answer.
#[test]
fn one_answer_names_every_defect() {
    let folder = Folder::new();
    let _demo = Demo::start(&folder);
    let mut data: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(example("7101-precheck.json")).unwrap()).unwrap();
    data["mdtrtinfo"].as_object_mut().unwrap().remove("patnName");
    data["mdtrtinfo"]["drCode"] = "D36".into();
    data["mdtrtinfo"]["fixmedinsCode"] = "36090200101".into();
    std::fs::write(folder.join("bad.json"), data.to_string()).unwrap();
    let (code, _, error) =
        ran(&folder, &["call", "7101", "bad.json", "--credentials", "credentials.json", "--as", "H36090200101"]);
    assert_eq!(code, 1);
    assert!(error.starts_with("code=400 报文有3处错误："), "{error}");
    for field in ["mdtrtinfo.patnName", "mdtrtinfo.drCode", "mdtrtinfo.fixmedinsCode"] {
        assert_eq!(error.matches(field).count(), 1, "{field}: {error}");
    }
}

/// A center of its own configuration, and a connection that has sent half of a message.
fn served_with_half_a_message(folder: &Folder, config: &str) -> (Demo, TcpStream) {
    ran(folder, &["keys", "new", "platform.key.toml"]);
    ran(folder, &["keys", "new", "store.key.toml", "--store"]);
    assert_eq!(ran(folder, &["migrate", "--database", "sqlite://center.db"]).0, 0);
    std::fs::write(folder.join("c.toml"), config).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_liufang"))
        .args(["serve", "--config", "c.toml", "--listen", "127.0.0.1:0"])
        .current_dir(&folder.0)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    let address = line.split('/').nth(2).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = "POST /fixmedins/7101 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{";
    stream.write_all(head.as_bytes()).unwrap();
    // Time for the center to begin with it.
    std::thread::sleep(Duration::from_millis(200));
    (Demo(child), stream)
}

fn rest(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

#[test]
fn a_stop_finishes_what_was_accepted() {
    let folder = Folder::new();
    let (mut center, mut stream) = served_with_half_a_message(&folder, "stop_seconds = 15\n");
    center.terminate();
    std::thread::sleep(Duration::from_millis(200));
    stream.write_all(b"}").unwrap();
    let answer = rest(stream);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"code\":400"), "{answer}");
    assert_eq!(center.0.wait().unwrap().code(), Some(0));
}

#[test]
fn a_stop_does_not_wait_for_ever() {
    let folder = Folder::new();
    let (mut center, stream) = served_with_half_a_message(&folder, "stop_seconds = 1\n");
    let clock = || std::time::UNIX_EPOCH.elapsed().unwrap();
    let since = clock();
    center.terminate();
    assert_eq!(center.0.wait().unwrap().code(), Some(0));
    let waited = clock() - since;
    assert!(waited >= Duration::from_millis(900) && waited < Duration::from_secs(10), "{waited:?}");
    assert_eq!(rest(stream), "", "nothing was answered");
}

#[test]
fn a_body_that_does_not_come_is_answered_408() {
    let folder = Folder::new();
    let (_center, stream) = served_with_half_a_message(&folder, "body_seconds = 1\n");
    let answer = rest(stream);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"code\":408"), "{answer}");
    assert!(answer.contains("请求体未在1秒内收齐"), "{answer}");
}

#[test]
fn a_demo_once_shows_every_step_and_passes_the_audit() {
    let folder = Folder::new();
    let (code, out, error) = ran(&folder, &["demo", "--once", "--data", "d"]);
    assert_eq!(code, 0, "{out}{error}");
    for step in [
        "7101", "7102", "7103", "7105", "7201", "7204", "7205", "7206", "7106", "7207", "2101", "2102", "7107", "2103",
        "7104",
    ] {
        assert!(out.contains(&format!("√ {step} ")), "{step} is not shown");
    }
    let audit = |database: &str| ran(&folder, &["audit", "verify", "--database", database]);
    assert_eq!(audit("sqlite://d/center.db").0, 0);
    assert_eq!(audit("sqlite://missing.db").0, 2);
    assert_eq!(audit("postgres://x/y").0, 2);
    assert_eq!(ran(&folder, &["demo", "--once", "--data", "d"]).0, 2, "a used folder is not overwritten");
    assert_eq!(ran(&folder, &["migrate", "--database", "sqlite://d/center.db"]).0, 0);
}

#[test]
fn explain_tells_why_a_signature_fails() {
    let folder = Folder::new();
    assert_eq!(ran(&folder, &["keys", "new", "app.key.toml", "--app"]).0, 0);
    let mut file = std::fs::File::create(folder.join("body.json")).unwrap();
    file.write_all(br#"{"appId":"X","timestamp":1,"encType":"SM4","signType":"SM2","encData":"00","signData":"AA=="}"#)
        .unwrap();
    let (code, out, _) = ran(&folder, &["gm", "explain", "body.json", "--key", "app.key.toml"]);
    assert_eq!(code, 1);
    assert!(out.contains("验签不通过") && out.contains("encData"), "{out}");
}

#[test]
fn where_one_of_two_must_be_said_both_are_named() {
    let folder = Folder::new();
    for (command, ways) in [
        ("archive keep", "<--hi-rxno <N>|--paper-no <N>>"),
        ("claim decide L1 --poolarea-no 360900 --by 甲", "<--approve|--refuse>"),
        ("stock offers --pool 360900", "<--drug <CODE>|--name <TEXT>>"),
        ("stock nego", "<--institution <CODE>|--pool <ADMDVS>>"),
    ] {
        let command: Vec<_> = command.split(' ').collect();
        let (code, _, error) = ran(&folder, &[&command[..], &["--database", "sqlite://none.db"]].concat());
        assert!(code == 2 && error.contains(ways), "{command:?}: {error}");
    }
    for negative in [
        "archive paper report --fixmedins-code P36090200106 --age-days=-1",
        "claim ageing --poolarea-no 360900 --target=-3",
        "stock out-list --institution P36090200106 --age-days=-1",
    ] {
        let command: Vec<_> = negative.split(' ').collect();
        let (code, _, error) = ran(&folder, &[&command[..], &["--database", "sqlite://none.db"]].concat());
        assert!(code == 2 && error.contains(" is not in 0.."), "{error}");
    }
    let both = ["stock", "nego", "--pool", "360900", "--institution", "P36090200106", "--database", "sqlite://none.db"];
    assert!(ran(&folder, &both).2.contains("cannot be used with"));
}
