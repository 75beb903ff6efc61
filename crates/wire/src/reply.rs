//! Rendering a reply's payload: values under our names become wire JSON by the output table.
//!
//! Serves every transaction's answer. Fields go out in the order of the table whatever order they were
//! set in; where clients read different spellings, every one is sent; numbers are exact decimals.
//!
//! Invariants: a name that the table does not have, or a value of another kind than the table says, is a
//! fault of ours that [`Reply::to_json`] reports, so it cannot go out; `uploadChk` sends exactly its two fields
//! because its table has no others.

use lf_vocab::{Day, Fen, Moment, Pric, Qty};

use crate::generated::Transaction;
use crate::json::{Value, write_text};
use crate::table::{Field, Kind, Table};

/// A payload being written.
#[derive(Debug, Clone)]
pub struct Reply {
    table: &'static Table,
    values: Vec<Option<Out>>,
    fault: Option<ReplyFault>,
}

/// A fault of ours: a name or kind that the output table does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("output node `{node}`, field `{name}`: {what}")]
pub struct ReplyFault {
    /// The node.
    pub node: &'static str,
    /// The name that was used.
    pub name: String,
    /// What is wrong with it.
    pub what: &'static str,
}

#[derive(Debug, Clone)]
enum Out {
    Text(String),
    /// A number's exact text.
    Number(String),
    Bool(bool),
    Free(Value<'static>),
    Node(Box<Reply>),
    Rows(Vec<Reply>),
}

impl Reply {
    /// An empty answer to a transaction.
    pub fn new(transaction: Transaction) -> Self {
        Self::of(transaction.spec().output)
    }

    /// An empty node of any table.
    pub fn of(table: &'static Table) -> Self {
        Self { table, values: vec![None; table.fields.len()], fault: None }
    }

    /// Whether its table has such a field.
    pub fn has_field(&self, name: &str) -> bool {
        self.table.field(name).is_some()
    }

    /// A text, a code, or a number or time already written; `None` leaves it out.
    pub fn text<'t>(&mut self, name: &str, text: impl Into<Option<&'t str>>) -> &mut Self {
        if let Some(text) = text.into() {
            self.put(name, Out::Text(text.to_owned()));
        }
        self
    }

    /// Anything that displays as the interface writes it, such as an identifier.
    pub fn show(&mut self, name: &str, value: impl std::fmt::Display) -> &mut Self {
        self.put(name, Out::Text(value.to_string()));
        self
    }

    /// The same where it may be absent.
    pub fn show_opt(&mut self, name: &str, value: Option<impl std::fmt::Display>) -> &mut Self {
        if let Some(value) = value {
            self.show(name, value);
        }
        self
    }

    /// A whole number.
    pub fn integer(&mut self, name: &str, value: impl Into<Option<i64>>) -> &mut Self {
        self.number(name, value.into())
    }

    /// An amount of money.
    pub fn fen(&mut self, name: &str, value: impl Into<Option<Fen>>) -> &mut Self {
        self.number(name, value.into())
    }

    /// A quantity.
    pub fn qty(&mut self, name: &str, value: impl Into<Option<Qty>>) -> &mut Self {
        self.number(name, value.into())
    }

    /// A unit price.
    pub fn pric(&mut self, name: &str, value: impl Into<Option<Pric>>) -> &mut Self {
        self.number(name, value.into())
    }

    /// A point in time.
    pub fn moment(&mut self, name: &str, value: impl Into<Option<Moment>>) -> &mut Self {
        self.show_opt(name, value.into())
    }

    /// A day.
    pub fn day(&mut self, name: &str, value: impl Into<Option<Day>>) -> &mut Self {
        self.show_opt(name, value.into())
    }

    /// Yes or no: a truth value or `1` and `0`, as the table says.
    pub fn flag(&mut self, name: &str, value: impl Into<Option<bool>>) -> &mut Self {
        if let Some(value) = value.into() {
            self.put(name, Out::Bool(value));
        }
        self
    }

    /// Free content.
    pub fn free(&mut self, name: &str, value: Value<'_>) -> &mut Self {
        self.put(name, Out::Free(value.into_owned()));
        self
    }

    /// A single node, written by a function.
    pub fn node(&mut self, name: &str, write: impl FnOnce(&mut Reply)) -> &mut Self {
        if let Some(mut child) = self.child(name, false) {
            write(&mut child);
            self.put(name, Out::Node(Box::new(child)));
        }
        self
    }

    /// Adds a row to a list, written by a function.
    pub fn row(&mut self, name: &str, write: impl FnOnce(&mut Reply)) -> &mut Self {
        if let Some(mut child) = self.child(name, true) {
            write(&mut child);
            self.push_row(name, child);
        }
        self
    }

    /// All rows of a list; none makes an empty list.
    pub fn each<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Reply, T),
    ) -> &mut Self {
        if self.child(name, true).is_some() {
            self.open_rows(name);
        }
        for item in items {
            self.row(name, |row| write(row, item));
        }
        self
    }

    /// The wire names of required fields that were not set, inner nodes included: for tests.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for (field, value) in self.table.fields.iter().zip(&self.values) {
            match value {
                None if matches!(field.need, crate::table::Need::Required) => missing.push(field.wire.to_owned()),
                Some(Out::Node(child)) => {
                    missing.extend(child.missing().iter().map(|name| format!("{}.{name}", field.wire)));
                }
                Some(Out::Rows(rows)) => {
                    let names = rows.iter().flat_map(Reply::missing);
                    missing.extend(names.map(|name| format!("{}.{name}", field.wire)));
                }
                _ => {}
            }
        }
        missing
    }

    /// The payload as compact JSON.
    ///
    /// # Errors
    /// The first [`ReplyFault`] made while it was written.
    pub fn to_json(&self) -> Result<Vec<u8>, ReplyFault> {
        let mut out = Vec::with_capacity(256);
        self.write(&mut out)?;
        Ok(out)
    }

    fn number<T: std::fmt::Display>(&mut self, name: &str, value: Option<T>) -> &mut Self {
        if let Some(value) = value {
            self.put(name, Out::Number(value.to_string()));
        }
        self
    }

    /// Makes a list of no rows where there is none yet.
    fn open_rows(&mut self, name: &str) {
        let slot = self.table.find(name).and_then(|index| self.values.get_mut(index));
        if let Some(slot @ None) = slot {
            *slot = Some(Out::Rows(Vec::new()));
        }
    }

    fn push_row(&mut self, name: &str, row: Reply) {
        self.open_rows(name);
        let slot = self.table.find(name).and_then(|index| self.values.get_mut(index));
        // Anything but rows was refused by `child` before.
        if let Some(Some(Out::Rows(rows))) = slot {
            rows.push(row);
        }
    }

    fn child(&mut self, name: &str, list: bool) -> Option<Reply> {
        match (self.table.field(name).map(|field| field.kind), list) {
            (Some(Kind::Node(table)), false) | (Some(Kind::List { of: table, .. }), true) => Some(Reply::of(table)),
            (Some(_), true) => self.blame(name, "is no list"),
            (Some(_), false) => self.blame(name, "is no node"),
            (None, _) => self.blame(name, "the table has no such field"),
        }
    }

    fn put(&mut self, name: &str, value: Out) {
        let Some(index) = self.table.find(name) else {
            self.blame::<()>(name, "the table has no such field");
            return;
        };
        let field = &self.table.fields[index];
        if fits(field, &value) {
            self.values[index] = Some(value);
        } else {
            self.blame::<()>(name, "a value of another kind");
        }
    }

    fn blame<T>(&mut self, name: &str, what: &'static str) -> Option<T> {
        let fault = ReplyFault { node: self.table.node, name: name.to_owned(), what };
        self.fault.get_or_insert(fault);
        None
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<(), ReplyFault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        out.push(b'{');
        let mut first = true;
        for (field, value) in self.table.fields.iter().zip(&self.values) {
            let Some(value) = value else { continue };
            for name in std::iter::once(&field.wire).chain(field.also) {
                if !std::mem::take(&mut first) {
                    out.push(b',');
                }
                write_text(name, out);
                out.push(b':');
                write_value(field, value, out)?;
            }
        }
        out.push(b'}');
        Ok(())
    }
}

/// Whether the table's kind can carry the value.
fn fits(field: &Field, value: &Out) -> bool {
    match (field.kind, value) {
        (Kind::Number { .. }, Out::Text(text)) => is_number(text),
        (Kind::Number { .. } | Kind::Text { .. }, Out::Number(_) | Out::Bool(_)) => true,
        (Kind::Text { .. } | Kind::File { .. } | Kind::Moment | Kind::Day, Out::Text(_)) => true,
        (Kind::Bool, Out::Bool(_)) | (Kind::Free { .. }, Out::Free(_)) => true,
        (Kind::Node(_), Out::Node(_)) | (Kind::List { .. }, Out::Rows(_)) => true,
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    matches!(Value::parse(text.as_bytes()), Ok(Value::Number(number)) if number.len() == text.len())
}

fn write_value(field: &Field, value: &Out, out: &mut Vec<u8>) -> Result<(), ReplyFault> {
    let digit = |flag: bool| if flag { "1" } else { "0" };
    match (field.kind, value) {
        (Kind::Number { .. }, Out::Text(text) | Out::Number(text)) => out.extend_from_slice(text.as_bytes()),
        (Kind::Number { .. }, Out::Bool(flag)) => out.extend_from_slice(digit(*flag).as_bytes()),
        (Kind::Text { .. }, Out::Bool(flag)) => write_text(digit(*flag), out),
        (_, Out::Text(text) | Out::Number(text)) => write_text(text, out),
        (_, Out::Bool(flag)) => Value::Bool(*flag).write(out),
        (_, Out::Free(value)) => value.write(out),
        (_, Out::Node(child)) => child.write(out)?,
        (_, Out::Rows(rows)) => {
            out.push(b'[');
            for (index, row) in rows.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                row.write(out)?;
            }
            out.push(b']');
        }
    }
    Ok(())
}

/// A file as Base64, for `rxFile`.
pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests;
