//! Migrations on SQLite: numbered files compiled in, applied under the database's own lock, verified by SM3 ever after.
//!
//! Serves `liufang migrate` and every start. Invariants: a file once applied never changes; two processes that
//! start together apply each file once; a schema that is newer than this program, another program's, or changed by
//! hand is refused with the reason, never used.

use std::path::Path;
use std::time::Duration;

use lf_vocab::Moment;
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};

use crate::db::{Db, Role, store_error};
use crate::history::{self, Migration, Numbered, OpenError, names, sm3_hex};

/// How long a migration waits for another process.
const BUSY: Duration = Duration::from_secs(30);

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_history (
    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, sm3 TEXT NOT NULL, applied_us BIGINT NOT NULL)";

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")))),+]
    };
}

/// Name and text; the number is the place, counted from 1.
const MIGRATIONS: &[Migration] = migrations![
    "V1__registers",
    "V2__prescriptions",
    "V3__settlements",
    "V4__uniqueness",
    "V5__sealed_by",
    "V6__outbox",
    "V7__lists",
    "V8__files",
    "V9__list_match",
    "V10__setl_period",
    "V11__grants",
    "V12__stock",
    "V13__stock_lead_key",
    "V14__memo",
    "V15__supply",
    "V16__filings",
    "V17__mdtrt",
    "V18__consult",
    "V19__duty",
    "V20__reim"
];

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::Foreign,
            _ => Self::Store(store_error(error)),
        }
    }
}

/// Applies what is missing, in one transaction, and answers the names of what it applied. Creates the file.
///
/// # Errors
/// [`OpenError`], except `Pending`.
pub fn migrate(path: impl AsRef<Path>, now: Moment) -> Result<Vec<String>, OpenError> {
    // Looked at first by a reader: another program's file must not even become WAL.
    if pending(path.as_ref())?.is_empty() {
        refuse_pending(path.as_ref())?;
        return Ok(Vec::new());
    }
    let mut db = Db::open(path.as_ref(), BUSY, Role::Writer)?;
    let transaction = db.raw().transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read under the lock: another process may have applied them meanwhile.
    let missing = missing(&transaction)?;
    transaction.execute_batch(HISTORY)?;
    for (version, (name, text)) in &missing {
        transaction.execute_batch(text)?;
        let insert = "INSERT INTO schema_history (version, name, sm3, applied_us) VALUES (?1, ?2, ?3, ?4)";
        transaction.execute(insert, params![version, name, sm3_hex(text), now.micros()])?;
    }
    compare(&transaction)?;
    transaction.commit()?;
    Ok(names(&missing))
}

/// The names of what [`migrate`] would apply; creates nothing.
///
/// # Errors
/// [`OpenError`], except `Pending`.
pub fn pending(path: impl AsRef<Path>) -> Result<Vec<String>, OpenError> {
    let path = path.as_ref();
    let missing =
        if path.exists() { missing(Db::open(path, BUSY, Role::Reader)?.raw())? } else { history::numbered(MIGRATIONS) };
    Ok(names(&missing))
}

/// For a start that must not migrate.
pub(crate) fn refuse_pending(path: &Path) -> Result<(), OpenError> {
    let missing = pending(path)?;
    if !missing.is_empty() {
        return Err(OpenError::Pending(missing));
    }
    compare(Db::open(path, BUSY, Role::Reader)?.raw())
}

/// For a copy: a database of ours, perhaps older than this program.
pub(crate) fn known(conn: &Connection) -> Result<(), OpenError> {
    let missing = missing(conn)?;
    match missing.len() {
        0 => compare(conn),
        all if all == MIGRATIONS.len() => Err(OpenError::Pending(names(&missing))),
        _ => Ok(()),
    }
}

/// What is not applied yet; everything applied is verified on the way.
fn missing(conn: &Connection) -> Result<Numbered, OpenError> {
    let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
    if count("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_history'")? == 0 {
        let empty = count("SELECT COUNT(*) FROM sqlite_master")? == 0;
        return if empty { Ok(history::numbered(MIGRATIONS)) } else { Err(OpenError::Foreign) };
    }
    let mut statement = conn.prepare("SELECT version, name, sm3 FROM schema_history ORDER BY version")?;
    let mut rows = statement.query([])?;
    let mut history = Vec::new();
    while let Some(row) = rows.next()? {
        history.push((row.get(0)?, row.get(1)?, row.get(2)?));
    }
    history::missing(MIGRATIONS, history)
}

/// The whole schema, to compare with.
pub(crate) fn build(conn: &Connection) -> Result<(), rusqlite::Error> {
    MIGRATIONS.iter().try_for_each(|(_, text)| conn.execute_batch(text))
}

/// Every object that the migrations make must stand as they made it. Further indexes and tables are the
/// operator's affair; triggers are not, because they would change what a commit means.
fn compare(conn: &Connection) -> Result<(), OpenError> {
    let fresh = Connection::open_in_memory()?;
    build(&fresh)?;
    let mut ours = fresh.prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")?;
    let mut rows = ours.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name, wanted): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let find = "SELECT sql FROM sqlite_master WHERE type = ?1 AND name = ?2";
        let found: Option<String> = conn.query_row(find, [&kind, &name], |row| row.get(0)).optional()?;
        if found.as_ref() != Some(&wanted) {
            let what = if found.is_some() { "被改动" } else { "缺失" };
            return Err(OpenError::Tampered(format!("{kind} {name}{what}")));
        }
    }
    let trigger = "SELECT name FROM sqlite_master WHERE type = 'trigger' LIMIT 1";
    match conn.query_row(trigger, [], |row| row.get::<_, String>(0)).optional()? {
        Some(name) => Err(OpenError::Tampered(format!("存在外来触发器{name}"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
