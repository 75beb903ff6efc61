//! A link in a document leads to a file or folder of this repository that is there.

use super::Problem;
use crate::repo::Repo;

pub fn check(repo: &Repo) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in repo.files.iter().filter(|file| file.path.ends_with(".md")) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (n, line) in file.text.lines().enumerate() {
            for target in targets(line) {
                let path = resolve(folder, target);
                let inside = format!("{path}/");
                if !repo.files.iter().any(|other| other.path == path || other.path.starts_with(&inside)) {
                    let what = format!("the link leads to `{path}`, which is not there");
                    problems.push(Problem::new(&file.path, n + 1, what, "correct the target or write the document"));
                }
            }
        }
    }
    problems
}

/// The targets of `[text](target)` that are paths, without their anchors.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains(':'))
}

fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_from_where_they_stand() {
        let text = "[a](../README.md#top) [b](https://example.org/x) [c](decisions/)\n[d](gone.md) and [e](#here)\n";
        let repo = Repo::of(&[("docs/a.md", text), ("README.md", ""), ("docs/decisions/1.md", "")]);
        let found: Vec<_> = check(&repo).into_iter().map(|p| format!("{}:{} {}", p.path, p.line, p.what)).collect();
        assert_eq!(found, ["docs/a.md:2 the link leads to `docs/gone.md`, which is not there"]);
    }
}
