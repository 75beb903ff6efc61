//! One SQLite connection behind the value layer: opening, prepared statements, errors by result code.
//!
//! Serves `sqlite` and `writer`. Invariants: the writer has WAL and `synchronous=FULL`, so a COMMIT that returned is
//! on the disk, and foreign keys on; an error's text never carries a value; decisions go by result codes.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use lf_ports::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags};

use crate::value::{Row, Value};

/// Statements kept prepared per connection; there are about sixty texts.
const STATEMENTS: usize = 128;
/// Pages of the log after which the writer moves them into the database: 32 MiB.
const CHECKPOINT_PAGES: i64 = 8_192;
/// Page cache of the writer and of a reader, KiB.
const CACHE_KIB: (i64, i64) = (16_384, 4_096);

/// A connection.
pub(crate) struct Db {
    conn: Connection,
    texts: HashMap<&'static str, String>,
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Writes; creates the file.
    Writer,
    /// Only reads, an existing file.
    Reader,
    /// An existing file that becomes the copy of another, and its check.
    Target,
}

impl Db {
    pub(crate) fn open(path: &Path, busy: Duration, role: Role) -> Result<Self, rusqlite::Error> {
        let conn = connect(path, busy, role)?;
        Ok(Self { conn, texts: HashMap::new() })
    }

    /// Rows changed.
    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value]) -> Result<usize, StoreError> {
        let run = |mut statement: CachedStatement<'_>| {
            bind(&mut statement, params)?;
            statement.raw_execute()
        };
        self.prepared(sql).and_then(run).map_err(store_error)
    }

    /// Rows found.
    pub(crate) fn query(&mut self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let run = |mut statement: CachedStatement<'_>| {
            bind(&mut statement, params)?;
            let columns = statement.column_count();
            let mut rows = statement.raw_query();
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let cells: Result<Row, rusqlite::Error> = (0..columns).map(|at| row.get_ref(at).map(owned)).collect();
                found.push(cells?);
            }
            Ok(found)
        };
        self.prepared(sql).and_then(run).map_err(store_error)
    }

    /// Whether a transaction is still open: SQLite ends it itself after some errors.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.conn.is_autocommit()
    }

    /// The connection, for migrations.
    pub(crate) fn raw(&mut self) -> &mut Connection {
        &mut self.conn
    }

    fn prepared(&mut self, sql: &'static str) -> Result<CachedStatement<'_>, rusqlite::Error> {
        // `$n` is PostgreSQL's spelling; SQLite would take it for a name, so it becomes `?n`.
        let text = self.texts.entry(sql).or_insert_with(|| sql.replace('$', "?"));
        self.conn.prepare_cached(text)
    }
}

fn connect(path: &Path, busy: Duration, role: Role) -> Result<Connection, rusqlite::Error> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if role == Role::Writer {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(busy)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else a statement with a bound LIMIT is parsed and planned again each time it is bound.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if role == Role::Writer {
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "foreign_keys", true)?;
        conn.pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT_PAGES, |row| row.get::<_, i64>(0))?;
        conn.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |row| row.get::<_, i64>(0))?;
        conn.pragma_update(None, "cache_size", -CACHE_KIB.0)?;
    } else if role == Role::Reader {
        conn.pragma_update(None, "query_only", true)?;
        conn.pragma_update(None, "cache_size", -CACHE_KIB.1)?;
    }
    Ok(conn)
}

/// What an error of the driver means to the application.
pub(crate) fn store_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OutOfMemory) => {
            StoreError::Unavailable("数据库正忙，请稍后重试".to_owned())
        }
        // The code says enough, and the driver's sentence could quote what was written.
        Some(_) => StoreError::Broken(match &error {
            rusqlite::Error::SqliteFailure(failure, _) => format!("sqlite extended code {}", failure.extended_code),
            _ => "sqlite refused a statement".to_owned(),
        }),
        None => StoreError::Broken(error.to_string()),
    }
}

fn bind(statement: &mut CachedStatement<'_>, params: &[Value]) -> Result<(), rusqlite::Error> {
    params.iter().enumerate().try_for_each(|(at, value)| statement.raw_bind_parameter(at + 1, value))
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(int) => Value::Int(int),
        // No column of ours is real; read as bytes it becomes an inconsistency with its place.
        ValueRef::Real(_) => Value::Bytes(Vec::new()),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Value::from(text),
            Err(_) => Value::from(text),
        },
        ValueRef::Blob(bytes) => Value::from(bytes),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>, rusqlite::Error> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(int) => ValueRef::Integer(*int),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_with_a_bound_limit_is_planned_once() {
        let mut db = Db::open(Path::new(":memory:"), Duration::ZERO, Role::Target).unwrap();
        db.raw().execute_batch("CREATE TABLE t (a BIGINT NOT NULL); INSERT INTO t VALUES (1), (2), (3)").unwrap();
        let asked = "SELECT a FROM t WHERE a > $1 ORDER BY a LIMIT $2 OFFSET $3";
        let found = [1, 2, 3].map(|most| db.query(asked, &[0, most, 0].map(Value::Int)).unwrap().len());
        assert_eq!(found, [1, 2, 3], "each with its own limit");
        let statement = db.prepared(asked).unwrap();
        assert_eq!(
            (statement.get_status(StatementStatus::RePrepare), statement.get_status(StatementStatus::Run)),
            (0, 3)
        );
    }
}
