//! Every Rust file opens with `//!`: what it is for and what always holds in it.

use super::Problem;
use crate::repo::Repo;

pub fn check(repo: &Repo) -> Vec<Problem> {
    repo.rust()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| {
            Problem::new(
                &file.path,
                1,
                "the file does not open with `//! `",
                "say in the first lines what the file is for, which transaction or article it serves, and its invariants",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_header_is_found() {
        let repo = Repo::of(&[
            ("crates/rx/src/a.rs", "//! What it is for.\n"),
            ("crates/rx/src/b.rs", "use std::fmt;\n"),
            ("crates/rx/build.rs", "/// Not an inner comment.\n"),
            ("docs/c.md", "# No Rust\n"),
        ]);
        let found: Vec<_> = check(&repo).into_iter().map(|p| p.path).collect();
        assert_eq!(found, ["crates/rx/src/b.rs", "crates/rx/build.rs"]);
    }
}
