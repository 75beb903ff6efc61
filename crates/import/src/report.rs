//! What an import comes to, for people and for programs.

use std::fmt;

use lf_ports::Edition;
use serde::Serialize;

use crate::defect::{Defect, Defects};
use crate::diff::Diff;
use crate::kind::Kind;

/// Keys of each part of a diff that are printed.
const SHOWN: usize = 10;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Something is wrong with the file: nothing was written.
    Defects,
    /// It has not the figures that are printed with it: nothing was written.
    FiguresDiffer,
    /// It could be written.
    Ready,
    /// All of it stands already.
    NothingToDo,
    /// It was written.
    Committed,
}

/// An edition as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditionShown {
    /// Its name.
    pub edition: String,
    /// From this day.
    pub from: String,
    /// Its version.
    pub ver: i64,
    /// Its rows.
    pub row_cnt: u64,
    /// SM3 of its file.
    pub file_sm3: String,
}

impl From<&Edition> for EditionShown {
    fn from(edition: &Edition) -> Self {
        Self {
            edition: edition.edition.clone(),
            from: edition.from.to_string(),
            ver: edition.ver,
            row_cnt: edition.row_cnt,
            file_sm3: edition.file_sm3.clone(),
        }
    }
}

/// The report of one import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The kind.
    pub kind: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Rows in the file.
    pub row_cnt: usize,
    /// What is wrong, as far as kept.
    pub defects: Vec<Defect>,
    /// All that is wrong.
    pub defect_cnt: u64,
    /// Rows with something wrong.
    pub defect_row_cnt: usize,
    /// What the operator should know.
    pub notes: Vec<String>,
    /// The edition, of kinds that have them.
    pub edition: Option<EditionShown>,
    /// What changes.
    pub diff: Diff,
    /// Hospitals that got a signing key.
    pub sign_keys_drawn: usize,
    /// Accounts that were opened.
    pub accounts_opened: usize,
}

impl Report {
    pub(crate) fn new(kind: Kind, row_cnt: usize) -> Self {
        Self {
            kind: kind.word(),
            outcome: Outcome::Defects,
            row_cnt,
            defects: Vec::new(),
            defect_cnt: 0,
            defect_row_cnt: 0,
            notes: Vec::new(),
            edition: None,
            diff: Diff::default(),
            sign_keys_drawn: 0,
            accounts_opened: 0,
        }
    }

    pub(crate) fn take(&mut self, mut defects: Defects, notes: Vec<String>) {
        defects.sort();
        self.defect_cnt = defects.total();
        self.defect_row_cnt = defects.row_cnt();
        self.defects = defects.list().to_vec();
        self.notes = notes;
    }

    /// The defects as lines, the first `most` of them and the count of the rest.
    pub fn defect_lines(&self, most: usize) -> Vec<String> {
        let line = |defect: &Defect| match defect.column {
            "" => format!("row {}: {}", defect.row, defect.reason),
            column => format!("row {}, {column}: {}", defect.row, defect.reason),
        };
        let mut lines: Vec<String> = self.defects.iter().take(most).map(line).collect();
        let rest = self.defect_cnt.saturating_sub(lines.len() as u64);
        if rest > 0 {
            lines.push(format!("… and {rest} more"));
        }
        lines
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} rows in the file", self.kind, self.row_cnt)?;
        if self.defect_cnt > 0 {
            writeln!(f, "defects    {} in {} rows", self.defect_cnt, self.defect_row_cnt)?;
        }
        for note in &self.notes {
            writeln!(f, "note       {note}")?;
        }
        if self.outcome == Outcome::Defects {
            return write!(f, "nothing was written");
        }
        let diff = &self.diff;
        keys(f, "added", diff.added.len(), diff.added.iter().cloned())?;
        let changed = diff.changed.iter().map(|row| format!("{} ({})", row.key, row.fields.join(", ")));
        keys(f, "changed", diff.changed.len(), changed)?;
        writeln!(f, "unchanged  {}", diff.unchanged)?;
        keys(f, "ended", diff.ended.len(), diff.ended.iter().cloned())?;
        if diff.kept > 0 {
            writeln!(f, "kept       {}", diff.kept)?;
        }
        if self.sign_keys_drawn > 0 {
            writeln!(f, "sign keys  {} drawn", self.sign_keys_drawn)?;
        }
        if self.accounts_opened > 0 {
            writeln!(f, "accounts   {} opened", self.accounts_opened)?;
        }
        if let Some(edition) = &self.edition {
            let EditionShown { edition, from, ver, row_cnt, .. } = edition;
            writeln!(f, "edition    {edition} from {from}, version {ver}, {row_cnt} rows")?;
        }
        f.write_str(match self.outcome {
            Outcome::Defects => "nothing was written",
            Outcome::FiguresDiffer => "not the figures that were expected: nothing was written",
            Outcome::Ready => "dry run: nothing was written",
            Outcome::NothingToDo => "nothing to do",
            Outcome::Committed => "committed",
        })
    }
}

fn keys(f: &mut fmt::Formatter<'_>, what: &str, count: usize, keys: impl Iterator<Item = String>) -> fmt::Result {
    writeln!(f, "{what:<10} {count}")?;
    for key in keys.take(SHOWN) {
        writeln!(f, "           {key}")?;
    }
    if count > SHOWN { writeln!(f, "           … and {} more", count - SHOWN) } else { Ok(()) }
}
