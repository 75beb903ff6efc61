//! What every engine's migrations have in common: numbers, sums and the verdict on a recorded history.
//!
//! Serves `schema` and `postgres::schema`. Invariants: the number of a migration is its place, counted from 1; a file once
//! applied never changes; a history that this program did not write is refused with the reason, never used.

use lf_ports::StoreError;
use thiserror::Error;

/// Why a database was not opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Migrations are missing and were not asked for.
    #[error("数据库尚未建立或结构过旧，待执行迁移：{}；请先运行 liufang migrate", .0.join("、"))]
    Pending(Vec<String>),
    /// Made by a newer program.
    #[error("数据库结构版本{found}高于本程序支持的{known}，请使用更新的程序打开")]
    Newer {
        /// The version found.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The history or the schema is not what the migrations made.
    #[error("数据库结构与迁移记录不符：{0}")]
    Tampered(String),
    /// A database with tables of another program.
    #[error("这不是流方的数据库")]
    Foreign,
    /// Sealed by another ring than the one given.
    #[error("密钥环与数据库不符：{0}")]
    Ring(String),
    /// The connection is to be encrypted and verified, and is not.
    #[error("数据库TLS连接失败：{0}")]
    Tls(String),
    /// The database itself.
    #[error("数据库无法打开：{0}")]
    Store(#[from] StoreError),
}

/// Name and text of a migration.
pub(crate) type Migration = (&'static str, &'static str);

/// Migrations with their numbers.
pub(crate) type Numbered = Vec<(i64, &'static Migration)>;

/// What the history says of one applied migration: number, name, SM3.
pub(crate) type Applied = (i64, String, String);

/// All migrations of an engine.
pub(crate) fn numbered(migrations: &'static [Migration]) -> Numbered {
    (1..).zip(migrations).collect()
}

/// What remains to be applied after a history, in order; a history that is not ours is refused.
pub(crate) fn missing(migrations: &'static [Migration], history: Vec<Applied>) -> Result<Numbered, OpenError> {
    let mut rest = numbered(migrations).into_iter();
    for (found, name, sm3) in history {
        let Some((version, (own_name, text))) = rest.next() else {
            return Err(OpenError::Newer { found, known: migrations.len() as i64 });
        };
        if found != version || name != *own_name {
            return Err(OpenError::Tampered(format!("第{version}号迁移应为{own_name}，记录为第{found}号")));
        }
        if sm3 != sm3_hex(text) {
            return Err(OpenError::Tampered(format!("{own_name}的SM3与记录不同")));
        }
    }
    Ok(rest.collect())
}

/// The names, for people.
pub(crate) fn names(migrations: &Numbered) -> Vec<String> {
    migrations.iter().map(|(_, (name, _))| (*name).to_owned()).collect()
}

/// The sum under which a migration is recorded.
pub(crate) fn sm3_hex(text: &str) -> String {
    lf_gm::hex::lower(&lf_gm::sm3(text.as_bytes()))
}
