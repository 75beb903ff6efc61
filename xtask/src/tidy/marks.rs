//! A requirement has three ends, and they meet: the row says `done`, a mark says
//! where it is decided, a test names it. A row of which only a part is decided stays
//! `open` and says in `why` what is missing.

use super::Problem;
use crate::repo::Repo;
use crate::requirements::{Ends, ROWS, State, line_of_row, parse};

pub fn check(repo: &Repo) -> Vec<Problem> {
    let Some(file) = repo.get(ROWS) else {
        return vec![Problem::new(ROWS, 1, "the file is missing", "restore it from the history")];
    };
    let rows = match parse(&file.text) {
        Ok(rows) => rows,
        Err(error) => return vec![Problem::new(ROWS, 1, format!("{error:#}"), "correct the row")],
    };
    let ends = Ends::collect(repo, &rows);
    let mut problems = Vec::new();
    for (id, places) in &ends.marks {
        let Some(place) = places.first() else { continue };
        let mut problem = |what: String, mend: String| {
            problems.push(Problem::new(&place.path, place.line, what, mend));
        };
        match rows.iter().find(|row| row.id == *id) {
            None => problem(format!("the mark `{id}` names no row"), format!("use an id of {ROWS}")),
            Some(row) => {
                if !ends.tests.contains_key(id) {
                    let mend = format!("write a test with `// proves {id}`, or an example of the provision");
                    problem(format!("no test names {id}"), mend);
                }
                if row.state != State::Done && row.why.is_none() {
                    let mend = format!(
                        "set the row to done in {ROWS} (`cargo xtask requirements --claim`), or say in `why` what is missing"
                    );
                    problem(format!("{id} is marked here but its row says `{}`", row.state.name()), mend);
                }
            }
        }
    }
    for row in rows.iter().filter(|row| row.state == State::Done) {
        if !ends.marks.contains_key(&row.id) {
            let mend = format!("mark the place of decision with `covers!(\"{}\")` or set the row to open", row.id);
            problems.push(Problem::new(
                ROWS,
                line_of_row(&file.text, &row.id),
                format!("{} is done but nothing is marked", row.id),
                mend,
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(state: &str, code: &str) -> Vec<String> {
        let rows =
            format!("[[row]]\nid = \"JX-1.1\"\narticle = \"\"\ntitle = \"\"\nsubsystem = []\nstate = \"{state}\"\n");
        let repo = Repo::of(&[(ROWS, &rows), ("crates/rx/src/a.rs", code)]);
        check(&repo).iter().map(|p| format!("{}:{}: {}", p.path, p.line, p.what)).collect()
    }

    const MARK: &str = "fn a() { covers!(\"JX-1.1\"); }\n";
    const TEST: &str = "#[cfg(test)]\nmod tests {\n// proves JX-1.1\n}\n";

    #[test]
    fn all_three_ends_are_needed() {
        assert!(found("done", &format!("{MARK}{TEST}")).is_empty());
        assert!(found("open", "").is_empty());
        assert_eq!(found("done", MARK), ["crates/rx/src/a.rs:1: no test names JX-1.1"]);
        assert_eq!(found("done", TEST), ["docs/requirements.toml:2: JX-1.1 is done but nothing is marked"]);
        assert_eq!(
            found("open", &format!("{MARK}{TEST}")),
            ["crates/rx/src/a.rs:1: JX-1.1 is marked here but its row says `open`"]
        );
    }

    #[test]
    fn a_part_is_open_and_says_what_is_missing() {
        assert!(found("open\"\nwhy = \"no fact yet", &format!("{MARK}{TEST}")).is_empty());
        assert_eq!(found("open\"\nwhy = \"no fact yet", MARK), ["crates/rx/src/a.rs:1: no test names JX-1.1"]);
    }

    #[test]
    fn a_mark_must_name_a_row() {
        assert_eq!(
            found("open", "fn a() { covers!(\"JX-9.9\"); }\n"),
            ["crates/rx/src/a.rs:1: the mark `JX-9.9` names no row"]
        );
    }
}
