//! Finds marks and tests: `covers!("ID")` in code, `requirement = [...]` in a
//! provision, ids named in tests and in law examples.
//!
//! A test names a row as `JX-3.1a` in a comment or string, or as `jx_3_1a` in a
//! function's name. The longest known id wins, so `HB-1.1` is not found in `HB-1.10`.

use super::Row;
use crate::repo::{Repo, Source};
use crate::rust_text::{code_only, line_of, test_regions};
use std::collections::BTreeMap;
use std::fmt;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub path: String,
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// Everything found, by requirement id.
#[derive(Default)]
pub struct Ends {
    pub marks: BTreeMap<String, Vec<Place>>,
    pub tests: BTreeMap<String, Vec<Place>>,
}

impl Ends {
    pub fn collect(repo: &Repo, rows: &[Row]) -> Ends {
        let names = Names::of(rows);
        let mut ends = Ends::default();
        for file in repo.crate_sources() {
            ends.read_rust(file, &names);
        }
        let packs: Vec<&Source> =
            repo.files.iter().filter(|file| file.path.starts_with("law/") && file.path.ends_with(".toml")).collect();
        ends.read_law(&packs, &names);
        for places in ends.tests.values_mut().chain(ends.marks.values_mut()) {
            places.sort();
            places.dedup();
        }
        ends
    }

    pub fn complete(&self, id: &str) -> bool {
        self.marks.contains_key(id) && self.tests.contains_key(id)
    }

    fn read_rust(&mut self, file: &Source, names: &Names) {
        let code = code_only(&file.text);
        let regions =
            if file.is_test_file() { std::iter::once(0..file.text.len()).collect() } else { test_regions(&code) };
        for (at, call) in code.match_indices("covers!(") {
            if regions.iter().any(|region| region.contains(&at)) {
                continue;
            }
            let from = at + call.len();
            let to = code[from..].find(')').map_or(code.len(), |n| from + n);
            for id in quoted(&file.text[from..to]) {
                self.mark(id, file, line_of(&code, at));
            }
        }
        for region in regions {
            for (at, id) in names.find(&file.text[region.clone()]) {
                self.test(id, &file.path, line_of(&file.text, region.start + at));
            }
        }
    }

    fn read_law(&mut self, packs: &[&Source], names: &Names) {
        // Requirement ids of each provision, by pack and provision.
        let mut claimed: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        let mut examples = Vec::new();
        for file in packs {
            let pack = file.path.split('/').nth(1).unwrap_or_default();
            for block in blocks(&file.text) {
                if block.kind == "example" {
                    examples.push((pack, file, block));
                    continue;
                }
                for (line, id) in &block.requirements {
                    self.mark(id, file, *line);
                    claimed.entry((pack.to_owned(), block.id.clone())).or_default().push(id.clone());
                }
            }
        }
        for (pack, file, example) in examples {
            for provision in example.targets(pack) {
                for id in claimed.get(&provision).into_iter().flatten() {
                    self.test(id, &file.path, example.line);
                }
            }
            for (at, id) in names.find(&example.text) {
                self.test(id, &file.path, example.line + line_of(&example.text, at) - 1);
            }
        }
    }

    fn mark(&mut self, id: &str, file: &Source, line: usize) {
        let place = Place { path: file.path.clone(), line };
        self.marks.entry(id.to_owned()).or_default().push(place);
    }

    fn test(&mut self, id: &str, path: &str, line: usize) {
        let place = Place { path: path.to_owned(), line };
        self.tests.entry(id.to_owned()).or_default().push(place);
    }
}

/// How much of a spelling is looked up before it is compared in full: `HB-`.
const HEAD: usize = 3;

/// Spellings of all known ids with the ids, by head, the longest first.
struct Names(BTreeMap<String, Vec<(String, String)>>);

impl Names {
    fn of(rows: &[Row]) -> Names {
        let mut names: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for row in rows {
            let snake = row.id.to_lowercase().replace(['-', '.'], "_");
            for spelling in [row.id.clone(), snake] {
                let head = spelling.chars().take(HEAD).collect();
                names.entry(head).or_default().push((spelling, row.id.clone()));
            }
        }
        for list in names.values_mut() {
            list.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
        }
        Names(names)
    }

    /// Every id named in `text`, with its byte offset.
    fn find<'a>(&'a self, text: &'a str) -> Vec<(usize, &'a str)> {
        let mut found = Vec::new();
        for (at, _) in text.char_indices() {
            let rest = &text[at..];
            let Some(list) = rest.get(..HEAD).and_then(|head| self.0.get(head)) else { continue };
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-') {
                continue;
            }
            if let Some((_, id)) = list.iter().find(|(name, _)| rest.starts_with(name.as_str()) && ends(name, rest)) {
                found.push((at, id.as_str()));
            }
        }
        found
    }
}

/// Whether the id ends where the spelling ends, and does not go on.
fn ends(name: &str, rest: &str) -> bool {
    let mut after = rest[name.len()..].chars();
    match after.next() {
        None => true,
        Some('.') => !after.next().is_some_and(|c| c.is_ascii_alphanumeric()),
        Some(c) => !c.is_ascii_alphanumeric(),
    }
}

/// A `[[provision]]` or `[[example]]` table of a rule pack.
struct Block {
    kind: String,
    id: String,
    line: usize,
    text: String,
    requirements: Vec<(usize, String)>,
}

impl Block {
    /// The provisions (pack, id) an example is about: by its own name, and by the
    /// `pack/provision@date` it expects.
    fn targets(&self, pack: &str) -> Vec<(String, String)> {
        let own = self.id.split(['/', '@']).next().unwrap_or_default();
        let mut found = vec![(pack.to_owned(), own.to_owned())];
        for text in quoted(&self.text) {
            if let Some((pack, rest)) = text.split_once('/')
                && let Some((provision, _)) = rest.split_once('@')
            {
                found.push((pack.to_owned(), provision.to_owned()));
            }
        }
        found
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut in_list = false;
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        if let Some(kind) = line.strip_prefix("[[").and_then(|rest| rest.split("]]").next()) {
            found.push(Block {
                kind: kind.to_owned(),
                id: String::new(),
                line: n + 1,
                text: String::new(),
                requirements: Vec::new(),
            });
            in_list = false;
            continue;
        }
        let Some(block) = found.last_mut() else { continue };
        block.text.push_str(line);
        block.text.push('\n');
        if let Some(value) = value_of(line, "id")
            && block.id.is_empty()
        {
            block.id = quoted(value).next().unwrap_or_default().to_owned();
        }
        let list = if in_list { Some(line) } else { value_of(line, "requirement") };
        if let Some(list) = list {
            block.requirements.extend(quoted(list).map(|id| (n + 1, id.to_owned())));
            in_list = !list.contains(']') && (in_list || list.starts_with('['));
        }
    }
    found
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.trim_start().strip_prefix('=').map(str::trim_start)
}

/// The contents of every `"…"` in `text`.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn rows(ids: &[&str]) -> Vec<Row> {
        let text: String = ids
            .iter()
            .map(|id| {
                format!("[[row]]\nid = \"{id}\"\narticle = \"\"\ntitle = \"\"\nsubsystem = []\nstate = \"open\"\n")
            })
            .collect();
        parse(&text).unwrap()
    }

    fn show(places: &BTreeMap<String, Vec<Place>>) -> Vec<String> {
        places.iter().flat_map(|(id, at)| at.iter().map(move |place| format!("{id} {place}"))).collect()
    }

    #[test]
    fn marks_in_code_and_names_in_tests_are_found() {
        let text = "//! covers!(\"JX-1.1\") in prose\nfn a() { covers!(\"JX-1.10\", \"JX-2.5a\"); }\n#[cfg(test)]\nmod tests {\n    // proves JX-1.10.\n    fn jx_2_5a_is_kept() { covers!(\"JX-1.1\"); }\n}\n";
        let repo = Repo::of(&[("crates/rx/src/a.rs", text), ("crates/rx/tests/b.rs", "// JX-1.1, not JX-1.1.2\n")]);
        let ends = Ends::collect(&repo, &rows(&["JX-1.1", "JX-1.10", "JX-2.5a"]));
        assert_eq!(show(&ends.marks), ["JX-1.10 crates/rx/src/a.rs:2", "JX-2.5a crates/rx/src/a.rs:2"]);
        assert_eq!(
            show(&ends.tests),
            [
                "JX-1.1 crates/rx/src/a.rs:6",
                "JX-1.1 crates/rx/tests/b.rs:1",
                "JX-1.10 crates/rx/src/a.rs:5",
                "JX-2.5a crates/rx/src/a.rs:6"
            ]
        );
        assert!(ends.complete("JX-1.10") && !ends.complete("JX-1.1"));
    }

    #[test]
    fn a_provision_is_proved_by_an_example_that_targets_it() {
        let rules = "[[provision]]\nid = \"rx.days\"\nrequirement = [\n  \"JX-1.1\", # why\n  \"JX-1.10\",\n]\n[[provision]]\nid = \"rx.days_max\"\nrequirement = [\"JX-2.5a\"]\n";
        let own = "[[example]]\nid = \"rx.days/at-limit\"\n";
        let other = "[[example]]\nid = \"many\"\nexpect = { by = \"360000/rx.days_max@2024-03-12\" }\n";
        let rows = rows(&["JX-1.1", "JX-1.10", "JX-2.5a"]);
        let repo = Repo::of(&[("law/360000/rx.toml", rules), ("law/360000/ex.toml", own)]);
        let ends = Ends::collect(&repo, &rows);
        assert_eq!(
            show(&ends.marks),
            ["JX-1.1 law/360000/rx.toml:4", "JX-1.10 law/360000/rx.toml:5", "JX-2.5a law/360000/rx.toml:9"]
        );
        assert_eq!(show(&ends.tests), ["JX-1.1 law/360000/ex.toml:1", "JX-1.10 law/360000/ex.toml:1"]);
        let repo = Repo::of(&[("law/360000/rx.toml", rules), ("law/360900/ex.toml", other)]);
        assert_eq!(show(&Ends::collect(&repo, &rows).tests), ["JX-2.5a law/360900/ex.toml:1"]);
    }
}
