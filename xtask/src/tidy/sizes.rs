//! Files and functions stay small; the exceptions stand in lists that only shrink.

use super::Problem;
use crate::repo::Repo;
use crate::rust_text::{code_only, functions};
use std::collections::BTreeSet;

const MAX_FILE_LINES: usize = 600;
const MAX_TEST_FILE_LINES: usize = 900;
const MAX_FUNCTION_LINES: usize = 70;
const LONG_FILES: &str = "xtask/allow/long-files.txt";
const LONG_FUNCTIONS: &str = "xtask/allow/long-functions.txt";

pub fn check(repo: &Repo) -> Vec<Problem> {
    let mut files = AllowList::read(repo, LONG_FILES);
    let mut long_functions = AllowList::read(repo, LONG_FUNCTIONS);
    let mut problems = Vec::new();
    for file in repo.rust().filter(|file| !file.is_generated()) {
        let max = if file.is_test_file() { MAX_TEST_FILE_LINES } else { MAX_FILE_LINES };
        let lines = file.text.lines().count();
        if lines > max && !files.permits(&file.path) {
            problems.push(Problem::new(
                &file.path,
                max + 1,
                format!("the file has {lines} lines, at most {max} are allowed"),
                "split it by responsibility into `foo.rs` and `foo/`",
            ));
        }
        for function in functions(&code_only(&file.text)) {
            let key = format!("{} {}", file.path, function.name);
            if function.lines > MAX_FUNCTION_LINES && !long_functions.permits(&key) {
                problems.push(Problem::new(
                    &file.path,
                    function.line,
                    format!(
                        "`{}` has {} lines, at most {MAX_FUNCTION_LINES} are allowed",
                        function.name, function.lines
                    ),
                    "move its steps into named functions below it",
                ));
            }
        }
    }
    problems.extend(files.stale(LONG_FILES));
    problems.extend(long_functions.stale(LONG_FUNCTIONS));
    problems
}

/// A list of exceptions, one a line, `#` for the reason.
struct AllowList {
    entries: Vec<(usize, String)>,
    used: BTreeSet<String>,
}

impl AllowList {
    fn read(repo: &Repo, path: &str) -> AllowList {
        let text = repo.get(path).map_or("", |file| file.text.as_str());
        let entries = text
            .lines()
            .enumerate()
            .map(|(n, line)| (n + 1, line.split('#').next().unwrap_or("").trim().to_owned()))
            .filter(|(_, entry)| !entry.is_empty())
            .collect();
        AllowList { entries, used: BTreeSet::new() }
    }

    fn permits(&mut self, key: &str) -> bool {
        let listed = self.entries.iter().any(|(_, entry)| entry == key);
        if listed {
            self.used.insert(key.to_owned());
        }
        listed
    }

    /// Entries nothing needs any more: the list may only shrink.
    fn stale(&self, path: &str) -> Vec<Problem> {
        self.entries
            .iter()
            .filter(|(_, entry)| !self.used.contains(entry))
            .map(|(line, entry)| {
                Problem::new(path, *line, format!("`{entry}` is within the limit or gone"), "delete this line")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(n: usize) -> String {
        "// x\n".repeat(n)
    }

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        check(&Repo::of(files)).iter().map(|p| format!("{}:{}", p.path, p.line)).collect()
    }

    #[test]
    fn file_limits_hold_at_the_limit_and_one_past_it() {
        assert!(found(&[("a.rs", &lines(600)), ("crates/x/tests/b.rs", &lines(900))]).is_empty());
        assert_eq!(found(&[("a.rs", &lines(601))]), ["a.rs:601"]);
        assert_eq!(found(&[("crates/x/tests/b.rs", &lines(901))]), ["crates/x/tests/b.rs:901"]);
        assert!(found(&[("crates/x/src/generated/b.rs", &lines(5000))]).is_empty());
    }

    #[test]
    fn function_limits_hold_at_the_limit_and_one_past_it() {
        let body = |n: usize| format!("//! x\nfn f() {{\n{}}}\n", lines(n - 2));
        assert!(found(&[("a.rs", &body(70))]).is_empty());
        assert_eq!(found(&[("a.rs", &body(71))]), ["a.rs:2"]);
        assert!(found(&[("a.rs", &body(71)), (LONG_FUNCTIONS, "a.rs f # why\n")]).is_empty());
    }

    #[test]
    fn the_list_may_only_shrink() {
        assert!(found(&[("a.rs", &lines(601)), (LONG_FILES, "# why\na.rs\n")]).is_empty());
        assert_eq!(found(&[("a.rs", &lines(600)), (LONG_FILES, "# why\na.rs\n")]), ["xtask/allow/long-files.txt:2"]);
    }
}
