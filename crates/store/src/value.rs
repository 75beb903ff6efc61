//! The values that pass between our SQL and any driver, and typed reading of a row's cells.
//!
//! Serves every finder. Invariants: four types and nothing clever; every SELECT of a whole row names the primary
//! key first, so that a contradiction can say which row it stands in; a cell of the wrong type, a text that does not
//! parse and a column that disagrees with its row's body are each an `Inconsistency`.

use std::str::FromStr;

use lf_ports::{Inconsistency, codec};
use lf_vocab::{Day, Moment};
use serde::de::DeserializeOwned;

/// One value of a row or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row as the driver gave it.
pub(crate) type Row = Vec<Value>;

/// The cells of one row, read in the order of the SELECT list.
pub(crate) struct Cells {
    table: &'static str,
    key_len: usize,
    row: Row,
    at: usize,
}

impl Cells {
    /// `key_len` = how many leading cells make the primary key.
    pub(crate) fn new(table: &'static str, key_len: usize, row: Row) -> Self {
        Self { table, key_len, row, at: 0 }
    }

    /// A contradiction in this row.
    pub(crate) fn wrong(&self, column: &'static str, why: impl Into<String>) -> Inconsistency {
        Inconsistency { table: self.table, column, key: self.key(), why: why.into() }
    }

    /// The primary key as text.
    pub(crate) fn key(&self) -> String {
        let parts: Vec<String> = self.row.iter().take(self.key_len).map(Value::key_part).collect();
        parts.join("/")
    }

    pub(crate) fn text(&mut self, column: &'static str) -> Result<String, Inconsistency> {
        match self.take() {
            Value::Text(text) => Ok(text),
            _ => Err(self.wrong(column, "not a text")),
        }
    }

    pub(crate) fn opt_text(&mut self, column: &'static str) -> Result<Option<String>, Inconsistency> {
        match self.take() {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(self.wrong(column, "neither a text nor null")),
        }
    }

    pub(crate) fn int(&mut self, column: &'static str) -> Result<i64, Inconsistency> {
        match self.take() {
            Value::Int(int) => Ok(int),
            _ => Err(self.wrong(column, "not an integer")),
        }
    }

    pub(crate) fn moment(&mut self, column: &'static str) -> Result<Moment, Inconsistency> {
        self.int(column).map(Moment::from_micros)
    }

    pub(crate) fn day(&mut self, column: &'static str) -> Result<Day, Inconsistency> {
        let number = i32::try_from(self.int(column)?).ok();
        number.and_then(Day::from_number).ok_or_else(|| self.wrong(column, "not a day"))
    }

    pub(crate) fn flag(&mut self, column: &'static str) -> Result<bool, Inconsistency> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(column, "neither 0 nor 1")),
        }
    }

    pub(crate) fn bytes(&mut self, column: &'static str) -> Result<Vec<u8>, Inconsistency> {
        match self.take() {
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(self.wrong(column, "not bytes")),
        }
    }

    pub(crate) fn hash(&mut self, column: &'static str) -> Result<[u8; 32], Inconsistency> {
        let bytes = self.bytes(column)?;
        bytes.try_into().map_err(|_| self.wrong(column, "not 32 bytes"))
    }

    /// A positive counter.
    pub(crate) fn count(&mut self, column: &'static str) -> Result<i64, Inconsistency> {
        let int = self.int(column)?;
        if int > 0 { Ok(int) } else { Err(self.wrong(column, "not positive")) }
    }

    pub(crate) fn parsed<T: FromStr>(&mut self, column: &'static str) -> Result<T, Inconsistency> {
        let text = self.text(column)?;
        text.parse().map_err(|_| self.wrong(column, "does not parse"))
    }

    pub(crate) fn opt_parsed<T: FromStr>(&mut self, column: &'static str) -> Result<Option<T>, Inconsistency> {
        match self.opt_text(column)? {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| self.wrong(column, "does not parse")),
        }
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self, column: &'static str) -> Result<T, Inconsistency> {
        let text = self.text(column)?;
        codec::decode(text.as_bytes(), self.table, column, &self.key())
    }

    /// The column repeats what the body says, for keys and indexes; it must not say anything else.
    pub(crate) fn agree(&self, column: &'static str, agrees: bool) -> Result<(), Inconsistency> {
        if agrees { Ok(()) } else { Err(self.wrong(column, "differs from the row's body")) }
    }

    fn take(&mut self) -> Value {
        let at = self.at;
        self.at += 1;
        match self.row.get_mut(at) {
            None => Value::Null,
            // Key cells stay, for the message of a later contradiction.
            Some(value) if at < self.key_len => value.clone(),
            Some(value) => std::mem::replace(value, Value::Null),
        }
    }
}

impl Value {
    /// JSON text of a value of ours.
    pub(crate) fn json<T: serde::Serialize>(value: &T) -> Self {
        // serde_json writes UTF-8; were it ever not, the row would be empty and the next read would say so.
        Self::Text(String::from_utf8(codec::encode(value)).unwrap_or_default())
    }

    /// Text or null.
    pub(crate) fn opt(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }

    fn key_part(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Int(int) => int.to_string(),
            Self::Text(text) => text.clone(),
            Self::Bytes(bytes) => format!("{} bytes", bytes.len()),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::Int(i64::from(day.number()))
    }
}

/// The end of a row that has none: the last day of the calendar, so that one comparison serves both.
pub(crate) fn open_day() -> Value {
    Day::LAST.into()
}

impl From<Moment> for Value {
    fn from(at: Moment) -> Self {
        Self::Int(at.micros())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells() -> Cells {
        let row = vec![Value::from("a"), Value::from(1), Value::from(7), Value::from("{"), Value::Null];
        Cells::new("t", 2, row)
    }

    #[test]
    fn a_wrong_cell_names_table_column_and_key() {
        let mut cells = cells();
        cells.text("k1").unwrap();
        cells.int("k2").unwrap();
        let wrong = cells.text("c").unwrap_err();
        assert_eq!((wrong.table, wrong.column, wrong.key.as_str()), ("t", "c", "a/1"));
        let wrong = cells.json::<i64>("d").unwrap_err();
        assert_eq!((wrong.table, wrong.column, wrong.key.as_str()), ("t", "d", "a/1"));
        assert_eq!(cells.opt_text("e").unwrap(), None);
        assert_eq!(cells.int("past the end").unwrap_err().column, "past the end");
    }

    #[test]
    fn flags_counts_and_hashes_have_their_range() {
        let read = |value: Value| Cells::new("t", 0, vec![value]);
        assert!(read(Value::Int(1)).flag("f").unwrap());
        assert!(read(Value::Int(2)).flag("f").is_err());
        assert!(read(Value::Int(0)).count("n").is_err());
        assert!(read(Value::Bytes(vec![0; 31])).hash("h").is_err());
        assert!(read(Value::Bytes(vec![0; 32])).hash("h").is_ok());
    }
}
