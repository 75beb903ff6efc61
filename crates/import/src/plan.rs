//! What it takes to make a file stand: compared with what stands, then one change set.
//!
//! Invariants: planning writes nothing; a plan with defects has no change set unless defective rows are left out; a commit
//! happens whole or not at all, and not at all when another import came first.

use lf_ports::{Chance, ChangeSet, CommitError, Edition, Store, StoreError};
use lf_vocab::{Day, Moment};
use thiserror::Error;

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
    /// SM3 of the file, hexadecimal.
    pub file_sm3: String,
    /// Now.
    pub now: Moment,
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
    if let Rows::Fixmedins(_) | Rows::Practitioners(_) | Rows::Persons(_) = parsed.rows {
        registers::check(store, &mut parsed, progress).await?;
    }
    if parsed.defects.total() > 0 && !wanted.skip_defects {
        return Ok(stopped(report, parsed));
    }
    let changes = match parsed.kind {
        Kind::Edition(of) => editions::plan(store, of, &mut parsed, wanted, &mut report, progress).await?,
        _ => registers::plan(store, chance, &mut parsed, &mut report, progress).await?,
    };
    report.outcome = if changes.is_some() { Outcome::Ready } else { Outcome::NothingToDo };
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
        _ if wanted.edition.is_some() || wanted.from.is_some() || wanted.part => {
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
