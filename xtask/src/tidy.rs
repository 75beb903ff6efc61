//! The rules of the house that a machine can check, run inside the test command.
//!
//! A check is a function from the repository to problems; it reads nothing else,
//! so every one is tested on small fixture strings. A problem says where, what,
//! and how to mend it.

mod banned;
mod dependencies;
mod headers;
mod layers;
mod links;
mod machine;
mod marks;
mod migrations;
mod names;
mod sizes;

use crate::repo::Repo;
use anyhow::{Result, bail};
use std::fmt;

/// One breach of a rule.
#[derive(Debug)]
pub struct Problem {
    pub path: String,
    pub line: usize,
    pub what: String,
    pub mend: String,
}

impl Problem {
    pub fn new(path: &str, line: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Problem { path: path.to_owned(), line, what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:{}: {}", self.path, self.line, self.what)?;
        write!(f, "    mend: {}", self.mend)
    }
}

type Check = fn(&Repo) -> Vec<Problem>;

/// Every check with its name, in the order in which they are printed.
const CHECKS: &[(&str, Check)] = &[
    ("layers", layers::check),
    ("sizes", sizes::check),
    ("headers", headers::check),
    ("banned", banned::check),
    ("machine", machine::check),
    ("migrations", migrations::check),
    ("names", names::check),
    ("links", links::check),
    ("marks", marks::check),
    ("dependencies", dependencies::check),
];

/// Runs every check and prints all problems.
///
/// # Errors
/// When there is any problem.
pub fn run() -> Result<()> {
    let repo = Repo::read(&crate::repo::root())?;
    let mut total = 0;
    for (name, check) in CHECKS {
        let problems = check(&repo);
        if problems.is_empty() {
            println!("tidy {name}: ok");
        } else {
            println!("tidy {name}: {} problem(s)", problems.len());
        }
        for problem in &problems {
            println!("  {problem}");
        }
        total += problems.len();
    }
    if total > 0 {
        bail!("tidy found {total} problem(s) in {} files", repo.files.len());
    }
    println!("tidy: {} files, {} checks, no problem", repo.files.len(), CHECKS.len());
    Ok(())
}
