//! Nothing of the machine a change was made on: no absolute path of a home or
//! work folder, no registry but the public one.
//!
//! The patterns are put together at run time so that this file does not name them.

use super::Problem;
use crate::repo::{Repo, Source};

const FOLDERS: &[&str] = &["work", "root", "home"];
const PUBLIC_REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub fn check(repo: &Repo) -> Vec<Problem> {
    let patterns: Vec<String> = FOLDERS.iter().map(|folder| format!("/{folder}/")).collect();
    let mut problems = Vec::new();
    for file in &repo.files {
        for (n, line) in file.text.lines().enumerate() {
            if patterns.iter().any(|pattern| stands_alone(line, pattern)) {
                let what = "a path of one machine";
                problems.push(Problem::new(
                    &file.path,
                    n + 1,
                    what,
                    "write a path relative to the repository, or an argument",
                ));
            }
            if let Some(what) = registry(file, line) {
                problems.push(Problem::new(
                    &file.path,
                    n + 1,
                    what,
                    "keep mirrors in your own cargo or pip configuration",
                ));
            }
        }
    }
    problems
}

/// Whether an absolute path starts here, and not the middle of a URL or a relative path.
fn stands_alone(line: &str, pattern: &str) -> bool {
    line.match_indices(pattern).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '}' | ')' | '$' | '*' | '…'))
    })
}

fn registry(file: &Source, line: &str) -> Option<&'static str> {
    let line = line.trim_start();
    if file.path.ends_with("Cargo.lock") {
        let source = line.strip_prefix("source = \"")?.trim_end_matches('"');
        return (source != PUBLIC_REGISTRY).then_some("a package from another registry or from git");
    }
    let is_config = file.path.ends_with(".cargo/config.toml") || file.path.ends_with("Cargo.toml");
    let other = ["[source", "[registr", "replace-with", "registry ="].iter().any(|start| line.starts_with(start));
    let is_client = [".npmrc", "pip.conf", ".pypirc"].iter().any(|name| file.path.ends_with(name));
    ((is_config && other) || is_client).then_some("a registry of one machine")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<usize> {
        check(&Repo::of(&[(path, text)])).iter().map(|p| p.line).collect()
    }

    #[test]
    fn absolute_paths_of_a_machine_are_found() {
        let folder = FOLDERS[0];
        assert_eq!(found("docs/a.md", &format!("one\nsee `/{folder}/x`\n")), [2]);
        assert_eq!(found("docs/a.md", &format!("/{folder}/x\n")), [1]);
        assert!(found("docs/a.md", &format!("see docs/{folder}/x and https://example.org/{folder}/\n")).is_empty());
    }

    #[test]
    fn only_the_public_registry_is_locked() {
        let own = format!("source = \"{PUBLIC_REGISTRY}\"\n");
        assert!(found("Cargo.lock", &own).is_empty());
        assert_eq!(found("Cargo.lock", "source = \"registry+https://mirror.example/index\"\n"), [1]);
        assert_eq!(found(".cargo/config.toml", "[alias]\n[source.crates-io]\n"), [2]);
    }
}
