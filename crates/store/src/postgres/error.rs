//! What an error of PostgreSQL means to the application, by its SQLSTATE.
//!
//! Serves every command. Invariants: decisions go by SQLSTATE, never by a constraint's name; no text of the server
//! is passed on, because it could quote what was written.

use lf_ports::StoreError;
use tokio_postgres::error::SqlState;

/// Another transaction was in the way; doing the whole again can help.
pub(super) fn to_repeat(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED)
}

/// A statement in a pipeline wrote nothing although it had to: the guard of `commit` divided by zero.
pub(super) fn guarded(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::DIVISION_BY_ZERO)
}

/// The connection is gone, or the server ended it.
pub(super) fn lost(error: &tokio_postgres::Error) -> bool {
    error.is_closed() || error.code() == Some(&SqlState::ADMIN_SHUTDOWN)
}

/// What an error of the driver means to the application.
pub(super) fn store_error(error: &tokio_postgres::Error) -> StoreError {
    let unavailable = |text: &str| StoreError::Unavailable(text.to_owned());
    let Some(code) = error.code() else {
        return match std::error::Error::source(error) {
            _ if error.is_closed() => away(),
            Some(source) if source.is::<std::io::Error>() => unavailable("数据库无法连接，请稍后重试"),
            // A value that does not fit its column, an answer that is none: the driver's own words carry no value.
            _ => StoreError::Broken(error.to_string()),
        };
    };
    match code.code().get(..2) {
        // Connection, resources, an operator who stops the server.
        Some("08" | "53" | "57" | "58") => unavailable("数据库暂时不可用，请稍后重试"),
        // A standby that has not taken over yet.
        Some("25") if *code == SqlState::READ_ONLY_SQL_TRANSACTION => unavailable("数据库当前只读，请稍后重试"),
        _ if *code == SqlState::LOCK_NOT_AVAILABLE || to_repeat(error) => unavailable("数据库正忙，请稍后重试"),
        _ => StoreError::Broken(format!("sqlstate {}", code.code())),
    }
}

/// No connection lasted.
pub(super) fn away() -> StoreError {
    StoreError::Unavailable("数据库连接中断，请稍后重试".to_owned())
}

/// The server took longer than anybody waits; whether it did the work is not known.
pub(super) fn late() -> StoreError {
    StoreError::Unavailable("数据库未及时答复，请稍后重试".to_owned())
}
