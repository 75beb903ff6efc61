//! What an import changes, by keys and names of fields.
//!
//! Invariant: values never appear, so that the diff of a register of people may be printed and kept.

use serde::Serialize;
use serde_json::Value;

/// The difference between a file and what stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Keys that are new.
    pub added: Vec<String>,
    /// Keys whose rows differ.
    pub changed: Vec<Changed>,
    /// Rows that are the same.
    pub unchanged: usize,
    /// Keys that the file leaves out and that end.
    pub ended: Vec<String>,
    /// Rows that the file leaves out and that stay.
    pub kept: usize,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its key.
    pub key: String,
    /// The fields that differ.
    pub fields: Vec<String>,
}

impl Diff {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.ended.is_empty()
    }

    /// Notes a row that differs.
    pub(crate) fn change(&mut self, key: String, was: &Value, is: &Value) {
        self.changed.push(Changed { key, fields: differing(was, is) });
    }
}

/// The fields of two objects that differ.
fn differing(was: &Value, is: &Value) -> Vec<String> {
    let (Value::Object(was), Value::Object(is)) = (was, is) else { return Vec::new() };
    let mut names: Vec<String> = was.keys().filter(|name| was.get(*name) != is.get(*name)).cloned().collect();
    names.extend(is.keys().filter(|name| !was.contains_key(*name)).cloned());
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_that_differ_are_named_and_no_value_is() {
        let was = json!({"a": 1, "b": "x", "c": null});
        let is = json!({"a": 1, "b": "y", "c": null, "d": 2});
        let mut diff = Diff::default();
        assert!(diff.is_empty());
        diff.change("k".to_owned(), &was, &is);
        assert_eq!(diff.changed, [Changed { key: "k".to_owned(), fields: vec!["b".to_owned(), "d".to_owned()] }]);
        assert!(!diff.is_empty());
    }
}
