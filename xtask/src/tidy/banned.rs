//! Words that may not stand in code, or only in some crates: unfinished code,
//! ignored tests, floats and I/O in the pure core, SQL and HTTP out of their layer.

use super::Problem;
use crate::repo::{Repo, Source};
use crate::rust_text::{code_only, line_of, test_regions, words};

/// A word, where it is banned, and what to do instead.
struct Ban {
    word: &'static str,
    place: Place,
    tests_too: bool,
    mend: &'static str,
}

enum Place {
    Everywhere,
    /// Every crate but these.
    CratesBut(&'static [&'static str]),
    /// Only these crates.
    Crates(&'static [&'static str]),
}

const PURE: &[&str] = super::layers::PURE;
const UNFINISHED: &str = "finish it, or leave it out and say so in the issue";
const NO_IO: &str = "take bytes or text as an argument; only the edge opens files and sockets";
const NO_FLOAT: &str = "money is `Fen`, shares are exact fractions, counts are integers";

const BANS: &[Ban] = &[
    everywhere("todo!(", UNFINISHED),
    everywhere("unimplemented!(", UNFINISHED),
    everywhere("dbg!(", "use `tracing`, or delete it"),
    everywhere("#[ignore", "a test runs or does not exist"),
    pure("f32", NO_FLOAT),
    pure("f64", NO_FLOAT),
    pure("std::fs", NO_IO),
    pure("std::net", NO_IO),
    pure("std::env", NO_IO),
    pure("std::process", NO_IO),
    pure("async fn", "the pure core is synchronous; the application layer awaits"),
    Ban {
        word: "serde_json",
        place: Place::Crates(&["vocab", "rx", "settle"]),
        tests_too: false,
        mend: "JSON is a matter of `wire`; derive `serde` traits at most",
    },
    Ban {
        word: "rusqlite",
        place: Place::CratesBut(&["store", "testkit"]),
        tests_too: true,
        mend: "speak to the database through the ports; only `store` knows it",
    },
    Ban {
        word: "axum",
        place: Place::CratesBut(&["http", "portal", "liufang"]),
        tests_too: true,
        mend: "only `http` and `portal` know the web framework",
    },
];

const fn everywhere(word: &'static str, mend: &'static str) -> Ban {
    Ban { word, place: Place::Everywhere, tests_too: true, mend }
}

const fn pure(word: &'static str, mend: &'static str) -> Ban {
    Ban { word, place: Place::Crates(PURE), tests_too: false, mend }
}

pub fn check(repo: &Repo) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in repo.rust() {
        let code = code_only(&file.text);
        let tests = test_regions(&code);
        for ban in BANS.iter().filter(|ban| applies(ban, file)) {
            for at in words(&code, ban.word) {
                let in_test = file.is_test_file() || tests.iter().any(|region| region.contains(&at));
                if ban.tests_too || !in_test {
                    let line = line_of(&code, at);
                    problems.push(Problem::new(
                        &file.path,
                        line,
                        format!("`{}` may not stand here", ban.word),
                        ban.mend,
                    ));
                }
            }
        }
    }
    problems
}

fn applies(ban: &Ban, file: &Source) -> bool {
    match (&ban.place, file.crate_name()) {
        (Place::Everywhere, _) => true,
        (Place::CratesBut(allowed), Some(name)) => !allowed.contains(&name),
        (Place::Crates(banned), Some(name)) => banned.contains(&name) && file.path.contains("/src/"),
        (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<usize> {
        check(&Repo::of(&[(path, text)])).iter().map(|p| p.line).collect()
    }

    #[test]
    fn unfinished_code_is_found_but_not_in_sentences() {
        let text = "//! todo!( in prose\nfn a() { todo!() }\nconst A: &str = \"dbg!(\";\n#[ignore]\nfn b() {}\n";
        assert_eq!(found("xtask/src/a.rs", text), [2, 4]);
    }

    #[test]
    fn floats_are_banned_in_the_core_only() {
        assert_eq!(found("crates/settle/src/a.rs", "//! x\nfn a(x: f64) {}\n"), [2]);
        assert!(found("crates/liufang/src/a.rs", "//! x\nfn a(x: f64) {}\n").is_empty());
        assert!(found("crates/settle/src/a.rs", "//! x\n#[cfg(test)]\nmod t { const X: f64 = 1.0; }\n").is_empty());
        assert!(found("crates/settle/tests/a.rs", "//! x\nconst X: f64 = 1.0;\n").is_empty());
    }

    #[test]
    fn the_database_and_the_web_stay_in_their_layer() {
        assert_eq!(found("crates/center/src/a.rs", "//! x\nuse rusqlite::Connection;\n"), [2]);
        assert!(found("crates/store/src/a.rs", "//! x\nuse rusqlite::Connection;\n").is_empty());
        assert_eq!(found("crates/store/src/a.rs", "//! x\nuse axum::Router;\n"), [2]);
        assert!(found("crates/http/src/a.rs", "//! x\nuse axum::Router;\n").is_empty());
    }
}
