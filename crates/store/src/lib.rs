//! The ports of `lf-ports` on SQLite, the embedded database; PostgreSQL joins behind the same SQL texts.
//!
//! Serves every transaction. Invariants: a commit is durable before it is acknowledged; a conflict leaves
//! nothing behind; a row becomes a state or an `Inconsistency`, never a default; the SQL texts (`sql`), the plan
//! of a change (`plan`) and the reading of rows (`row`) know no engine, only `db`, `schema`, `sqlite` and
//! `writer` do; no clock is read.

mod db;
mod plan;
mod row;
mod schema;
mod sql;
mod sqlite;
mod value;
mod writer;

pub use schema::{OpenError, migrate, pending};
pub use sqlite::{Options, SqliteStore};
