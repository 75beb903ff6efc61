//! What it takes to make a file stand: compared with what stands, then one change set.
//!
//! Invariants: planning writes nothing; a plan with defects has no change set unless defective rows are left out; a commit
//! happens whole or not at all, and not at all when another import came first.

use std::str::FromStr;

use lf_ports::{Chance, ChangeSet, CommitError, Edition, Store, StoreError};
use lf_vocab::{Day, Moment};
use thiserror::Error;

use crate::diff::Diff;
use crate::kind::Kind;
use crate::parse::{Parsed, Progress, Rows};
use crate::report::{Outcome, Report};
use crate::{editions, registers};

/// What the operator wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Name of the edition; for kinds that come in editions only.
    pub edition: Option<String>,
    /// The day from which it counts.
    pub from: Option<Day>,
    /// The file is a part: rows of the list that it leaves out stay.
    pub part: bool,
    /// Rows with defects are left out instead of stopping the import.
    pub skip_defects: bool,
    /// Figures that are printed with the edition: what differs from them is not written.
    pub expect: Vec<Figure>,
    /// SM3 of the file, hexadecimal.
    pub file_sm3: String,
    /// Now.
    pub now: Moment,
}

/// What a notice prints of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Which.
    pub of: FigureOf,
    /// How many.
    pub count: u64,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureOf {
    /// Rows of the edition.
    Total,
    /// Rows that are new.
    Added,
    /// Rows that changed.
    Changed,
    /// Rows that ended.
    Ended,
}

impl FigureOf {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Total, "total"), (Self::Added, "added"), (Self::Changed, "changed"), (Self::Ended, "ended")];
}

impl FromStr for Figure {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (name, count) = text.split_once('=')?;
            let (of, _) = FigureOf::ALL.into_iter().find(|(_, word)| *word == name)?;
            Some(Self { of, count: count.parse().ok()? })
        };
        read().ok_or_else(|| "expected total=N, added=N, changed=N or ended=N".to_owned())
    }
}

/// The printed figures that an edition does not have, in words.
pub(crate) fn differing(expect: &[Figure], diff: &Diff, total: u64) -> Vec<String> {
    let found = |of| match of {
        FigureOf::Total => total,
        FigureOf::Added => diff.added.len() as u64,
        FigureOf::Changed => diff.changed.len() as u64,
        FigureOf::Ended => diff.ended.len() as u64,
    };
    let word = |of| FigureOf::ALL.into_iter().find(|(known, _)| *known == of).map_or("", |(_, word)| word);
    let differs = expect.iter().filter(|figure| found(figure.of) != figure.count);
    differs.map(|figure| format!("{} is {}, expected {}", word(figure.of), found(figure.of), figure.count)).collect()
}

/// A file ready to be made to stand.
#[derive(Debug)]
pub struct Plan {
    /// What it comes to.
    pub report: Report,
    /// What is to be committed; `None` when there is nothing to do or something is wrong.
    pub changes: Option<ChangeSet>,
}

/// Why an import cannot be planned or committed.
#[derive(Debug, Error)]
pub enum ImportError {
    /// Refused for a reason that is the operator's to mend.
    #[error("{0}")]
    Refused(String),
    /// Another import came first.
    #[error("another import changed the same list meanwhile; nothing was written, run it again")]
    Overtaken,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Compares a file with what stands.
///
/// # Errors
/// A refusal, or the store's word.
pub async fn plan(
    store: &dyn Store,
    chance: &dyn Chance,
    mut parsed: Parsed,
    wanted: &Wanted,
    progress: Progress<'_>,
) -> Result<Plan, ImportError> {
    check_wanted(parsed.kind, wanted)?;
    let mut report = Report::new(parsed.kind, parsed.row_cnt);
    // Without its columns a file cannot be compared with anything.
    if parsed.mapping.is_none() || parsed.row_cnt == 0 {
        return Ok(stopped(report, parsed));
    }
    if let Rows::Fixmedins(_) | Rows::Practitioners(_) | Rows::Persons(_) | Rows::Filings(_) = parsed.rows {
        registers::check(store, &mut parsed, progress).await?;
    }
    if parsed.defects.total() > 0 && !wanted.skip_defects {
        return Ok(stopped(report, parsed));
    }
    let changes = match parsed.kind {
        Kind::Edition(of) => editions::plan(store, of, &mut parsed, wanted, &mut report, progress).await?,
        _ => registers::plan(store, (chance, wanted.now), &mut parsed, &mut report, progress).await?,
    };
    lf_vocab::covers!("WH-5.1", "WH-5.1b");
    let total = report.edition.as_ref().map_or(0, |edition| edition.row_cnt);
    let differing = if changes.is_some() { differing(&wanted.expect, &report.diff, total) } else { Vec::new() };
    report.outcome = match &changes {
        None => Outcome::NothingToDo,
        Some(_) if differing.is_empty() => Outcome::Ready,
        Some(_) => Outcome::FiguresDiffer,
    };
    let changes = changes.filter(|_| differing.is_empty());
    parsed.notes.extend(differing);
    report.take(parsed.defects, parsed.notes);
    Ok(Plan { report, changes })
}

/// Writes a plan, whole or not at all.
///
/// # Errors
/// Another import came first, or the store's word.
pub async fn commit(store: &dyn Store, plan: Plan) -> Result<Report, ImportError> {
    let Plan { mut report, changes } = plan;
    if let Some(changes) = changes {
        store.commit(changes).await.map_err(|error| match error {
            CommitError::Store(error) => ImportError::Store(error),
            CommitError::Stale(_) | CommitError::Claimed(_) | CommitError::Repeated(_) => ImportError::Overtaken,
        })?;
        report.outcome = Outcome::Committed;
    }
    Ok(report)
}

fn stopped(mut report: Report, parsed: Parsed) -> Plan {
    report.outcome = Outcome::Defects;
    report.take(parsed.defects, parsed.notes);
    Plan { report, changes: None }
}

fn check_wanted(kind: Kind, wanted: &Wanted) -> Result<(), ImportError> {
    let refused = |text: String| Err(ImportError::Refused(text));
    match kind {
        Kind::Edition(_) => match &wanted.edition {
            None => {
                refused(format!("{kind} comes in editions: name this one with --edition and its first day with --from"))
            }
            Some(name) if name.trim().is_empty() || name.chars().count() > EDITION_MAX => {
                refused(format!("the name of an edition has 1 to {EDITION_MAX} characters"))
            }
            Some(_) if wanted.from.is_none() => {
                refused(format!("{kind}: name the first day of the edition with --from"))
            }
            Some(_) => Ok(()),
        },
        _ if wanted.edition.is_some() || wanted.from.is_some() || wanted.part || !wanted.expect.is_empty() => {
            refused(format!("{kind} is a register: it has no editions, and rows that the file leaves out stay"))
        }
        _ => Ok(()),
    }
}

/// The longest name of an edition, in characters.
pub const EDITION_MAX: usize = 60;

/// Whether an edition may follow those that stand; answers the version after the last.
///
/// # Errors
/// The reason why not.
pub(crate) fn follows(editions: &[Edition], name: &str, from: Day) -> Result<i64, ImportError> {
    if let Some(same) = editions.iter().find(|edition| edition.edition == name) {
        let text = format!("edition {name} was imported already (version {}, from {})", same.ver, same.from);
        return Err(ImportError::Refused(text));
    }
    let Some(last) = editions.last() else { return Ok(1) };
    if from < last.from {
        let text = format!(
            "edition {name} would count from {from}, before edition {} (from {}): history is not rewritten",
            last.edition, last.from
        );
        return Err(ImportError::Refused(text));
    }
    Ok(last.ver.saturating_add(1))
}
