//! The ports of `lf-ports` on SQLite, the embedded database, and on PostgreSQL, behind the same SQL texts.
//!
//! Serves every transaction. Invariants: a commit is durable before it is acknowledged; a conflict leaves
//! nothing behind; a row becomes a state or an `Inconsistency`, never a default; the SQL texts (`sql`), the plan
//! of a change (`plan`), what is sealed and how (`sealed`, `sealer`), the finders (`finders`, `audit`, `outbox`) and the
//! reading of rows (`row`) know no engine, only `db`,
//! `schema`, `sqlite`, `writer` and `postgres` do; no clock is read.

mod audit;
mod backup;
mod database;
mod db;
mod driver;
mod figures;
mod finders;
mod history;
mod mdtrt;
mod outbox;
mod plan;
pub mod postgres;
mod probe;
mod reim;
mod replay;
mod row;
mod schema;
mod sealed;
mod sealer;
mod sql;
mod sqlite;
mod stock;
mod sweep;
mod value;
mod writer;

pub use backup::BackupError;
pub use database::{Database, DatabaseUrlError, Engine, Options};
pub use driver::Ports;
pub use figures::Ticks;
pub use history::OpenError;
pub use postgres::PostgresStore;
pub use schema::{migrate, pending};
pub use sealer::{RingError, RingSource, Sealer};
pub use sqlite::{Sqlite, SqliteStore};
pub use sweep::{Rotation, Swept};
