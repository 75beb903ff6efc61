//! Field names are those of the national interface, in snake_case; its casing,
//! aliases and misspellings are known to `wire` alone.
//!
//! `spec/` says which spellings there are: every table with a `wire` name, and its
//! `aliases`. That the tables of `wire` equal `spec/` is the codegen check's matter.

use super::Problem;
use crate::repo::{Repo, Source};
use crate::rust_text::{code_only, line_of, test_regions, without_comments};
use std::collections::{BTreeMap, BTreeSet};

/// Crates below the wire or beside it, which speak snake_case only.
const SPEAK_SNAKE: &[&str] =
    &["vocab", "gm", "law", "rx", "settle", "stock", "access", "watch", "ports", "center", "store", "lake"];

pub fn check(repo: &Repo) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut spellings = Spellings::default();
    for file in repo.files.iter().filter(|file| file.path.starts_with("spec/") && file.path.ends_with(".toml")) {
        match toml::from_str::<toml::Table>(&file.text) {
            Ok(table) => spellings.read(&toml::Value::Table(table)),
            Err(error) => {
                let what = format!("not TOML: {}", error.message());
                let line = error.span().map_or(1, |span| line_of(&file.text, span.start));
                problems.push(Problem::new(&file.path, line, what, "correct the entry"));
            }
        }
    }
    let foreign = spellings.foreign();
    for file in repo.crate_sources().filter(|file| !file.is_test_file()) {
        if file.crate_name().is_some_and(|name| SPEAK_SNAKE.contains(&name)) {
            problems.extend(foreign_words(file, &foreign));
        }
    }
    problems
}

/// Names as sent and the field each belongs to, in snake_case.
#[derive(Default)]
struct Spellings {
    canonical: BTreeSet<String>,
    sent: Vec<(String, String)>,
}

impl Spellings {
    fn read(&mut self, value: &toml::Value) {
        match value {
            toml::Value::Table(table) => {
                if let Some(wire) = text(table, "wire") {
                    let own = text(table, "name").map_or_else(|| snake(wire), str::to_owned);
                    for sent in [list(table, "aliases"), list(table, "also"), vec![wire]].concat() {
                        self.sent.push((sent.to_owned(), own.clone()));
                        self.sent.push((snake(sent), own.clone()));
                    }
                    self.canonical.insert(own);
                }
                table.values().for_each(|inner| self.read(inner));
            }
            toml::Value::Array(values) => values.iter().for_each(|inner| self.read(inner)),
            _ => {}
        }
    }

    /// Spellings that are no field's own word, with the word to use.
    fn foreign(self) -> BTreeMap<String, String> {
        let canonical = self.canonical;
        self.sent.into_iter().filter(|(sent, _)| !canonical.contains(sent)).collect()
    }
}

/// A foreign word is one used as an identifier or as a whole string. Inside a longer
/// string it is a citation of the interface, which may say it as it is printed.
fn foreign_words(file: &Source, foreign: &BTreeMap<String, String>) -> Vec<Problem> {
    let text = without_comments(&file.text);
    let code = code_only(&file.text);
    let tests = test_regions(&code);
    let mut problems = Vec::new();
    for word in text.split(|c: char| c != '_' && !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let Some(own) = foreign.get(word) else { continue };
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        let end = at + word.len();
        let is_code = code.get(at..end) == Some(word);
        let is_string = text[..at].ends_with('"') && text[end..].starts_with('"');
        if (is_code || is_string) && !tests.iter().any(|region| region.contains(&at)) {
            let what = format!("`{word}` is a spelling of the wire");
            problems.push(Problem::new(&file.path, line_of(&text, at), what, format!("write `{own}`")));
        }
    }
    problems
}

fn text<'a>(table: &'a toml::Table, key: &str) -> Option<&'a str> {
    table.get(key)?.as_str()
}

fn list<'a>(table: &'a toml::Table, key: &str) -> Vec<&'a str> {
    let values = table.get(key).and_then(toml::Value::as_array);
    values.into_iter().flatten().filter_map(toml::Value::as_str).collect()
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = "[[input]]\nnode = \"data\"\nfields = [\n  { wire = \"minInrvDays\", aliases = [\"minInvDays\", \"psnNo\"] },\n  { wire = \"psnNo\" },\n  { wire = \"durgInfo\", name = \"drug_info\" },\n  { wire = \"sex\" },\n]\n";

    fn found(path: &str, text: &str) -> Vec<String> {
        let repo = Repo::of(&[("spec/epc/1.toml", SPEC), (path, text)]);
        check(&repo).iter().map(|p| format!("{}: {}; {}", p.line, p.what, p.mend)).collect()
    }

    #[test]
    fn other_spellings_stay_in_the_wire() {
        let text = "//! minInvDays in prose\nfn a(min_inrv_days: u8, sex: u8) {}\nfn b(min_inv_days: u8) { row(\"psnNo\", \"规范 psnNo\") }\nfn c(durg_info: u8, drug_info: u8) {}\n";
        assert_eq!(
            found("crates/rx/src/a.rs", text),
            [
                "3: `min_inv_days` is a spelling of the wire; write `min_inrv_days`",
                "3: `psnNo` is a spelling of the wire; write `psn_no`",
                "4: `durg_info` is a spelling of the wire; write `drug_info`"
            ]
        );
        assert!(found("crates/wire/src/a.rs", text).is_empty());
        assert!(found("crates/rx/tests/a.rs", text).is_empty());
    }

    #[test]
    fn a_broken_table_is_found() {
        let repo = Repo::of(&[("spec/c.toml", "a = 1"), ("spec/d.toml", "a = 1\nb =")]);
        let found: Vec<_> = check(&repo).into_iter().map(|p| format!("{}:{}", p.path, p.line)).collect();
        assert_eq!(found, ["spec/d.toml:2"]);
    }
}
