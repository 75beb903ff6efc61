//! A database by its URL: which engine, opened, migrated, closed; the rest of the program knows no engine.
//!
//! Serves `serve`, `migrate` and `audit verify`. Invariants: a URL shown to people never carries a password.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lf_ports::{AuditStore, Outbox, ReplayStore, Store};
use lf_vocab::Moment;
use prometheus_client::registry::Registry;
use thiserror::Error;

use crate::backup::{self, BackupError};
use crate::figures::Ticks;
use crate::history::OpenError;
use crate::postgres::{self, PostgresStore};
use crate::schema;
use crate::sealer::Sealer;
use crate::sqlite::SqliteStore;
use crate::sweep::Rotation;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Reading connections.
    pub readers: usize,
    /// PostgreSQL: writing connections; SQLite has one writer.
    pub writers: usize,
    /// Commands that may wait for a writer; one more is refused as unavailable.
    pub queue: usize,
    /// SQLite: commands that share one COMMIT.
    pub batch_max: usize,
    /// How long to wait for another process that writes, or for a connection.
    pub busy: Duration,
    /// Brings the schema up to date and notes this moment; `None` = refuse an old schema.
    pub migrate_at: Option<Moment>,
    /// Measures how long commits take; `None`: they are not measured.
    pub ticks: Option<Ticks>,
    /// The ring that seals what is stored.
    pub sealer: Arc<Sealer>,
}

impl Options {
    /// Everything usual, with this ring: there is no store without one.
    #[must_use]
    pub fn new(sealer: Arc<Sealer>) -> Self {
        let busy = Duration::from_secs(5);
        Self { readers: 4, writers: 16, queue: 4_096, batch_max: 256, busy, migrate_at: None, ticks: None, sealer }
    }
}

/// All ports, the end of an engine's work, and what it tells of itself.
#[async_trait]
pub trait Engine: Store + AuditStore + ReplayStore + Outbox + Rotation {
    /// Takes no more commands, finishes those accepted, and returns when they are durable.
    async fn close(&self);
    /// Names what operators may be told.
    fn register(&self, registry: &mut Registry);
}

#[async_trait]
impl Engine for SqliteStore {
    async fn close(&self) {
        Self::close(self);
    }

    fn register(&self, registry: &mut Registry) {
        Self::register(self, registry);
    }
}

#[async_trait]
impl Engine for PostgresStore {
    async fn close(&self) {
        Self::close(self).await;
    }

    fn register(&self, registry: &mut Registry) {
        Self::register(self, registry);
    }
}

/// Where the rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// `sqlite://PATH`.
    Sqlite(PathBuf),
    /// `postgres://…` or `postgresql://…`.
    Postgres(postgres::Url),
}

/// Why a text names no database.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DatabaseUrlError {
    /// Neither of the schemes.
    #[error("expected sqlite://PATH or postgres://USER@HOST/NAME")]
    Scheme,
    /// The rest of a PostgreSQL URL; the text itself may hold a password and is not repeated.
    #[error("not a PostgreSQL URL: {0}")]
    Postgres(String),
}

impl FromStr for Database {
    type Err = DatabaseUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return url.parse().map(Self::Postgres);
        }
        match url.strip_prefix("sqlite://") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(DatabaseUrlError::Scheme),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

impl Database {
    /// Opens it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(&self, options: Options) -> Result<Arc<dyn Engine>, OpenError> {
        Ok(match self {
            Self::Sqlite(path) => Arc::new(SqliteStore::open(path, options)?),
            Self::Postgres(url) => Arc::new(PostgresStore::open(url, options).await?),
        })
    }

    /// Applies the migrations that are missing and answers their names. Creates a SQLite file; a PostgreSQL database
    /// must exist.
    ///
    /// # Errors
    /// [`OpenError`], except `Pending`.
    pub async fn migrate(&self, now: Moment) -> Result<Vec<String>, OpenError> {
        match self {
            Self::Sqlite(path) => schema::migrate(path, now),
            Self::Postgres(url) => postgres::migrate(url, now).await,
        }
    }

    /// Copies a SQLite file, also while a center writes to it, and answers the size of the copy in bytes.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn backup(&self, to: &Path) -> Result<u64, BackupError> {
        match self {
            Self::Sqlite(path) => backup::backup(path, to),
            Self::Postgres(_) => Err(BackupError::Postgres),
        }
    }

    /// The names of what [`Database::migrate`] would apply; changes nothing.
    ///
    /// # Errors
    /// [`OpenError`], except `Pending`.
    pub async fn pending(&self) -> Result<Vec<String>, OpenError> {
        match self {
            Self::Sqlite(path) => schema::pending(path),
            Self::Postgres(url) => postgres::pending(url).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_an_engine_and_never_show_a_password() {
        let parse = |url: &str| url.parse::<Database>();
        assert_eq!(parse("sqlite:///a/b.db"), Ok(Database::Sqlite(PathBuf::from("/a/b.db"))));
        assert_eq!(parse("sqlite://b.db").unwrap().to_string(), "sqlite://b.db");
        for wrong in ["mysql://x", "sqlite://", "", "b.db"] {
            assert_eq!(parse(wrong), Err(DatabaseUrlError::Scheme), "{wrong}");
        }
        let shown = "postgres://lf@db.example:5433/center";
        let with_password = parse("postgresql://lf:geheim@db.example:5433/center").unwrap();
        assert_eq!(with_password.to_string(), shown);
        assert!(!format!("{with_password:?}").contains("geheim"));
        // A password with a reserved character in it, unescaped, is understood or refused, and never shown.
        for odd in ["lf:ge/heim", "lf:ge?heim", "lf:geheim/", "lf:gehe:im"] {
            match parse(&format!("postgres://{odd}@db.example/center")) {
                Ok(url) => assert!(!format!("{url} {url:?}").contains("heim"), "{odd}: {url}"),
                Err(error) => assert!(!error.to_string().contains("heim"), "{odd}: {error}"),
            }
        }
        let error = parse("postgres://lf:geheim@db.example:port/center").unwrap_err();
        assert!(!error.to_string().contains("geheim"), "{error}");
        assert_eq!(parse("postgres://lf@%2Frun%2Fpg/center").unwrap().to_string(), "postgres://lf@%2Frun%2Fpg/center");
    }
}
