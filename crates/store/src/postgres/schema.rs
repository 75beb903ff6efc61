//! Migrations on PostgreSQL: the same numbers and names, applied in one transaction under an advisory lock.
//!
//! Serves `liufang migrate` and every start. Invariants as in `history`; what stands in the catalogue is compared with
//! `catalogue.txt`, the description of what the migrations make: an operator's own tables and plain indexes are
//! allowed, triggers, rules and further keys on our tables are not, because they would change what a commit means.

use std::collections::BTreeSet;
use std::time::Duration;

use lf_ports::StoreError;
use lf_vocab::Moment;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::error::store_error;
use super::url::Url;
use crate::history::{self, Migration, Numbered, OpenError, names, sm3_hex};

/// How long a migration waits for another process.
const BUSY: Duration = Duration::from_secs(30);

/// The advisory lock of all who migrate: "liufang" in bytes.
const LOCK: i64 = 0x6c_69_75_66_61_6e_67;

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_history (
    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, sm3 TEXT NOT NULL, applied_us BIGINT NOT NULL)";

const CATALOGUE: &str = include_str!("catalogue.sql");
const EXPECTED: &str = include_str!("catalogue.txt");

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../migrations/postgres/", $name, ".sql")))),+]
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

/// Applies what is missing, in one transaction, and answers the names of what it applied.
///
/// # Errors
/// [`OpenError`], except `Pending`.
pub async fn migrate(url: &Url, now: Moment) -> Result<Vec<String>, OpenError> {
    let link = connect(url).await?;
    // Looked at before anything is taken: a database that is up to date is not even locked.
    if missing(&link).await?.is_empty() {
        compare(&link).await?;
        return Ok(Vec::new());
    }
    let begin = format!("BEGIN; SET LOCAL lock_timeout = {}; SELECT pg_advisory_xact_lock({LOCK})", BUSY.as_millis());
    link.batch_execute(&begin).await.map_err(open_error)?;
    // Read under the lock: another process may have applied them meanwhile. An error drops the connection, and with it all.
    let missing = missing(&link).await?;
    link.batch_execute(HISTORY).await.map_err(open_error)?;
    for (version, (name, text)) in &missing {
        link.batch_execute(text).await.map_err(open_error)?;
        let insert = "INSERT INTO schema_history (version, name, sm3, applied_us) VALUES ($1, $2, $3, $4)";
        link.execute(insert, &[version, name, &sm3_hex(text), &now.micros()]).await.map_err(open_error)?;
    }
    compare(&link).await?;
    link.batch_execute("COMMIT").await.map_err(open_error)?;
    Ok(names(&missing))
}

/// The names of what [`migrate`] would apply; changes nothing.
///
/// # Errors
/// [`OpenError`], except `Pending`.
pub async fn pending(url: &Url) -> Result<Vec<String>, OpenError> {
    Ok(names(&missing(&connect(url).await?).await?))
}

/// For a start that must not migrate.
pub(super) async fn refuse_pending(url: &Url) -> Result<(), OpenError> {
    let link = connect(url).await?;
    let missing = missing(&link).await?;
    if !missing.is_empty() {
        return Err(OpenError::Pending(names(&missing)));
    }
    compare(&link).await
}

async fn connect(url: &Url) -> Result<Client, OpenError> {
    let (link, connection) = url.config(BUSY).connect(url.connector()?).await.map_err(open_error)?;
    tokio::spawn(async move {
        if connection.await.is_err() {
            tracing::debug!("the connection of the migrations was lost");
        }
    });
    let encoding: String = link.query_one("SHOW server_encoding", &[]).await.map_err(open_error)?.get(0);
    if encoding == "UTF8" {
        Ok(link)
    } else {
        Err(OpenError::Tampered(format!("数据库编码为{encoding}，应为UTF8")))
    }
}

/// What is not applied yet; everything applied is verified on the way.
async fn missing(link: &Client) -> Result<Numbered, OpenError> {
    let found = "SELECT COUNT(*) FILTER (WHERE c.relname = 'schema_history'), COUNT(*) FROM pg_class c
        WHERE c.relnamespace = current_schema()::text::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
            AND d.deptype = 'e')";
    let found = link.query_one(found, &[]).await.map_err(open_error)?;
    let (ours, all): (i64, i64) = (found.get(0), found.get(1));
    if ours == 0 {
        return if all == 0 { Ok(history::numbered(MIGRATIONS)) } else { Err(OpenError::Foreign) };
    }
    let rows = link.query("SELECT version, name, sm3 FROM schema_history ORDER BY version", &[]).await;
    let rows = rows.map_err(open_error)?;
    let read = |row: tokio_postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
    let history: Result<Vec<_>, tokio_postgres::Error> = rows.into_iter().map(read).collect();
    history::missing(MIGRATIONS, history.map_err(open_error)?)
}

/// Every object that the migrations make must stand as they made it, and nothing that changes what a commit means.
async fn compare(link: &Client) -> Result<(), OpenError> {
    let rows = link.query(CATALOGUE, &[]).await.map_err(open_error)?;
    let found: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let expected: BTreeSet<&str> = EXPECTED.lines().collect();
    if let Some(line) = expected.iter().find(|line| !found.contains(**line)) {
        return Err(OpenError::Tampered(format!("{line}缺失或被改动")));
    }
    // `kind table …`: a further index of the operator's own is no harm.
    let table = |line: &str| line.split(' ').nth(1).map(str::to_owned);
    let tables: BTreeSet<String> = expected.iter().filter_map(|line| table(line)).collect();
    let foreign = found.iter().find(|line| {
        let is_ours = table(line).is_some_and(|table| tables.contains(&table));
        is_ours && !expected.contains(line.as_str()) && !line.starts_with("index ")
    });
    foreign.map_or(Ok(()), |line| Err(OpenError::Tampered(format!("存在外来的{line}"))))
}

/// For the operator, who may read the name of a database and a role.
fn open_error(error: tokio_postgres::Error) -> OpenError {
    // The driver has no other way to tell; its words and those of the handshake carry no value.
    let text = error.to_string();
    if text.starts_with("error performing TLS handshake") {
        return OpenError::Tls(std::error::Error::source(&error).map_or(text, ToString::to_string));
    }
    let text = match error.code() {
        Some(code) if *code == SqlState::UNDEFINED_DATABASE => "数据库不存在，请先创建（createdb）",
        Some(code) if code.code().starts_with("28") => "数据库拒绝登录，请检查用户与密码",
        Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => "数据库用户权限不足",
        _ => return OpenError::Store(store_error(&error)),
    };
    OpenError::Store(StoreError::Unavailable(text.to_owned()))
}
