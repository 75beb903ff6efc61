//! Migrations are numbered without a gap, and both databases carry the same ones.

use super::Problem;
use crate::repo::Repo;
use std::collections::BTreeSet;

const SQLITE: &str = "migrations/sqlite/";
const POSTGRES: &str = "migrations/postgres/";

pub fn check(repo: &Repo) -> Vec<Problem> {
    let mut problems = Vec::new();
    let sqlite = folder(repo, SQLITE, &mut problems);
    let postgres = folder(repo, POSTGRES, &mut problems);
    // A database without any migration is not built yet.
    if !sqlite.is_empty() && !postgres.is_empty() {
        for (missing, from) in [(sqlite.difference(&postgres), POSTGRES), (postgres.difference(&sqlite), SQLITE)] {
            for name in missing {
                let mend = "write its twin with the same number and name";
                problems.push(Problem::new(&format!("{from}{name}"), 1, "this migration has no twin here", mend));
            }
        }
    }
    problems
}

/// The file names of one folder; numbers and names that do not fit are problems.
fn folder(repo: &Repo, prefix: &str, problems: &mut Vec<Problem>) -> BTreeSet<String> {
    let names: BTreeSet<String> = repo
        .files
        .iter()
        .filter_map(|file| file.path.strip_prefix(prefix))
        .filter(|name| !name.starts_with('.'))
        .map(str::to_owned)
        .collect();
    let mut numbers = Vec::new();
    for name in &names {
        match number(name) {
            Some(n) => numbers.push((n, name)),
            None => {
                let mend = "call it V<number>__<what_it_does>.sql in lower case";
                problems.push(Problem::new(&format!("{prefix}{name}"), 1, "not the name of a migration", mend));
            }
        }
    }
    numbers.sort();
    for (index, (n, name)) in numbers.iter().enumerate() {
        if *n != index + 1 {
            let what = format!("number {n} where {} is next", index + 1);
            problems.push(Problem::new(
                &format!("{prefix}{name}"),
                1,
                what,
                "number migrations 1, 2, 3 … without a gap",
            ));
            break;
        }
    }
    names
}

fn number(name: &str) -> Option<usize> {
    let (digits, what) = name.strip_prefix('V')?.strip_suffix(".sql")?.split_once("__")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (!what.is_empty() && what.chars().all(plain)).then_some(())?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(paths: &[&str]) -> Vec<String> {
        let files: Vec<_> = paths.iter().map(|path| (*path, "")).collect();
        check(&Repo::of(&files)).into_iter().map(|p| p.path).collect()
    }

    #[test]
    fn one_database_alone_is_enough_until_the_second_stands() {
        assert!(found(&["migrations/sqlite/V1__first.sql", "migrations/sqlite/V2__second.sql"]).is_empty());
    }

    #[test]
    fn twins_have_equal_numbers_and_names() {
        let paths = ["migrations/sqlite/V1__first.sql", "migrations/postgres/V1__other.sql"];
        assert_eq!(found(&paths), ["migrations/postgres/V1__first.sql", "migrations/sqlite/V1__other.sql"]);
    }

    #[test]
    fn gaps_and_odd_names_are_found() {
        assert_eq!(
            found(&["migrations/sqlite/V1__a.sql", "migrations/sqlite/V3__b.sql"]),
            ["migrations/sqlite/V3__b.sql"]
        );
        assert_eq!(found(&["migrations/sqlite/1_a.sql"]), ["migrations/sqlite/1_a.sql"]);
        assert_eq!(found(&["migrations/sqlite/V1__A b.sql"]), ["migrations/sqlite/V1__A b.sql"]);
    }
}
