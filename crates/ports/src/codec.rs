//! The store's own encoding of evidence: JSON text, so that an auditor can read a row without us.
//!
//! This is no interface of ours to others; the wire has its own. Encoding is deterministic: struct order.

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// A stored value that contradicts its type: reported with its place, never replaced by a default.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("inconsistent row: {table}.{column} at {key}: {why}")]
pub struct Inconsistency {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Primary key as text.
    pub key: String,
    /// What is wrong, without the value.
    pub why: String,
}

/// Encodes a value of ours. The types that pass here cannot fail to encode; if one ever did, the row would
/// be empty and the next read would report it.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// Decodes it again.
pub fn decode<T: DeserializeOwned>(
    bytes: &[u8],
    table: &'static str,
    column: &'static str,
    key: &str,
) -> Result<T, Inconsistency> {
    serde_json::from_slice(bytes).map_err(|error| Inconsistency {
        table,
        column,
        key: key.to_owned(),
        // serde_json names position and category; it could quote a value, so only those are kept.
        why: format!("line {} column {} ({:?})", error.line(), error.column(), error.classify()),
    })
}
