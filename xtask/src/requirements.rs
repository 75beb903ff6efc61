//! The three ends of a requirement: the row in `docs/requirements.toml`, the mark
//! where it is decided, and the test that names it.
//!
//! `tidy` checks that the ends meet; `cargo xtask requirements` prints the coverage.

mod ends;
mod report;

use crate::repo::Repo;
use anyhow::{Context, Result, bail};
pub use ends::{Ends, Place};
use serde::Deserialize;

/// Where the rows stand.
pub const ROWS: &str = "docs/requirements.toml";

/// One thing that one of the five notices orders.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: String,
    pub article: String,
    pub title: String,
    pub subsystem: Vec<String>,
    pub state: State,
    /// Why no software decides it; only for `not-software`.
    pub why: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not served yet.
    Open,
    /// Decided by code or law, and proved by a test.
    Done,
    /// Orders people or offices to do something that no software decides.
    NotSoftware,
}

impl State {
    pub fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Done => "done",
            State::NotSoftware => "not-software",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    row: Vec<Row>,
}

/// Parses the rows.
///
/// # Errors
/// When the text is not of the documented shape or an id stands twice.
pub fn parse(text: &str) -> Result<Vec<Row>> {
    let file: File = toml::from_str(text).with_context(|| format!("reading {ROWS}"))?;
    let mut seen = std::collections::BTreeSet::new();
    for row in &file.row {
        if !seen.insert(&row.id) {
            bail!("{ROWS}: {} stands twice", row.id);
        }
        // An open row may say what is still missing although a part of it is decided already.
        let fits = match row.state {
            State::NotSoftware => row.why.is_some(),
            State::Open => true,
            State::Done => row.why.is_none(),
        };
        if !fits {
            bail!("{ROWS}: {}: not-software needs a `why`, done has none", row.id);
        }
    }
    Ok(file.row)
}

/// The line of a row in the file.
pub fn line_of_row(text: &str, id: &str) -> usize {
    let wanted = format!("id = \"{id}\"");
    text.lines().position(|line| line == wanted).map_or(1, |n| n + 1)
}

/// Prints the coverage, or with `claim` first sets to `done` every open row that has
/// both its mark and its test, unless it says what is still missing.
pub fn run(json: bool, claim: bool) -> Result<()> {
    let root = crate::repo::root();
    let repo = Repo::read(&root)?;
    let text = &repo.get(ROWS).context("docs/requirements.toml is missing")?.text;
    let mut rows = parse(text)?;
    let ends = Ends::collect(&repo, &rows);
    if claim {
        let mut text = text.clone();
        for row in rows.iter_mut().filter(|row| row.state == State::Open && row.why.is_none() && ends.complete(&row.id))
        {
            text = with_state_done(&text, &row.id);
            row.state = State::Done;
            eprintln!("{} is done", row.id);
        }
        std::fs::write(root.join(ROWS), text)?;
    }
    if json {
        println!("{}", report::json(&rows, &ends)?);
    } else {
        print!("{}", report::text(&rows, &ends));
    }
    Ok(())
}

fn with_state_done(text: &str, id: &str) -> String {
    let from = line_of_row(text, id);
    let mut changed = false;
    text.lines()
        .enumerate()
        .map(|(n, line)| {
            let is_state = n + 1 > from && !changed && line == "state = \"open\"";
            changed |= is_state;
            let line = if is_state { "state = \"done\"" } else { line };
            format!("{line}\n")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "[[row]]\nid = \"JX-1.1\"\narticle = \"一\"\ntitle = \"A\"\nsubsystem = [\"RXC\"]\nstate = \"open\"\n\n[[row]]\nid = \"JX-1.2\"\narticle = \"一\"\ntitle = \"B\"\nsubsystem = [\"RXC\"]\nstate = \"open\"\n";

    #[test]
    fn a_claim_touches_only_its_row() -> Result<()> {
        let rows = parse(&with_state_done(TWO, "JX-1.2"))?;
        let states: Vec<_> = rows.iter().map(|row| row.state).collect();
        assert_eq!(states, [State::Open, State::Done]);
        Ok(())
    }

    #[test]
    fn duplicates_and_missing_reasons_are_refused() {
        assert!(parse(TWO).is_ok());
        assert!(parse(&TWO.replace("JX-1.2", "JX-1.1")).is_err());
        assert!(parse(&TWO.replace("\"open\"", "\"not-software\"")).is_err());
        assert!(parse(&TWO.replace("state = \"open\"", "state = \"open\"\nwhy = \"x\"")).is_ok());
        assert!(parse(&TWO.replace("state = \"open\"", "state = \"done\"\nwhy = \"x\"")).is_err());
        assert!(parse(&TWO.replace("\"open\"", "\"perhaps\"")).is_err());
    }
}
