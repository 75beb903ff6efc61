//! Field names are those of the national interface, in snake_case, and only `wire`
//! knows other spellings.
//!
//! The tables of `wire` are generated from `spec/` and compared by the codegen
//! check, so what is left here is that `spec/` itself is well-formed and that the
//! words of the interface are used in the generated tables as they stand there.

use super::Problem;
use crate::repo::Repo;

pub fn check(repo: &Repo) -> Vec<Problem> {
    repo.files
        .iter()
        .filter(|file| file.path.starts_with("spec/"))
        .filter_map(|file| {
            let error = if file.path.ends_with(".json") {
                serde_json::from_str::<serde_json::Value>(&file.text).err().map(|e| (e.line(), e.to_string()))
            } else if file.path.ends_with(".toml") {
                toml::from_str::<toml::Table>(&file.text).err().map(|e| (1, e.to_string()))
            } else {
                None
            };
            let (line, what) = error?;
            Some(Problem::new(&file.path, line, what, "the interface as data must parse; correct the entry"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_table_is_found() {
        let repo = Repo::of(&[
            ("spec/a.json", "{}"),
            ("spec/b.json", "{\n,}"),
            ("spec/c.toml", "a = 1"),
            ("spec/d.toml", "a ="),
        ]);
        let found: Vec<_> = check(&repo).into_iter().map(|p| format!("{}:{}", p.path, p.line)).collect();
        assert_eq!(found, ["spec/b.json:2", "spec/d.toml:1"]);
    }
}
