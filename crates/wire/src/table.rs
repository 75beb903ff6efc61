//! The shape of the generated tables: transactions, nodes, fields, dictionaries.
//!
//! Invariants, kept by the generator: `Table::names` is sorted and its indices lie within `fields`;
//! the first field index that a condition names belongs to the same node; `Dict::codes` is sorted.

/// One transaction of the interface.
#[derive(Debug)]
pub struct TransactionSpec {
    /// Its number, `7101`.
    pub number: &'static str,
    /// Its Chinese name.
    pub name: &'static str,
    /// Its method name on the REST front, if it has one.
    pub method: Option<&'static str>,
    /// Whether this center serves it.
    pub built: bool,
    /// What is sent.
    pub input: &'static Table,
    /// What is answered.
    pub output: &'static Table,
}

/// A node: its name (empty for the root) and its fields.
#[derive(Debug)]
pub struct Table {
    /// The node's name on the wire; empty for the root.
    pub node: &'static str,
    /// In the order of the published table.
    pub fields: &'static [Field],
    /// Every accepted spelling with the index of its field, sorted.
    pub names: &'static [(&'static str, usize)],
}

/// A field of a node.
#[derive(Debug)]
pub struct Field {
    /// Our name, `rx_type_code`.
    pub name: &'static str,
    /// The name on the wire, `rxTypeCode`.
    pub wire: &'static str,
    /// The Chinese name.
    pub cn: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub need: Need,
    /// Indices of fields that may not be there beside it.
    pub excludes: &'static [usize],
    /// Its code table.
    pub dict: Option<&'static Dict>,
    /// Whether codes outside the table pass, because institutions have their own.
    pub open: bool,
    /// Further names under which it is sent.
    pub also: &'static [&'static str],
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text of up to `len` characters.
    Text {
        /// Characters.
        len: u32,
    },
    /// A file in Base64 of up to `len` characters.
    File {
        /// Characters.
        len: u32,
    },
    /// A decimal number of up to `len` digits, `scale` of them behind the point.
    Number {
        /// Digits in all.
        len: u32,
        /// Digits behind the point.
        scale: u32,
    },
    /// `yyyy-MM-dd HH:mm:ss`
    Moment,
    /// `yyyy-MM-dd`
    Day,
    /// `true` or `false`
    Bool,
    /// Up to `rows` texts of up to `len` characters.
    Texts {
        /// Characters of each.
        len: u32,
        /// Most texts.
        rows: usize,
    },
    /// Any JSON of up to `len` characters when written compactly.
    Free {
        /// Characters.
        len: u32,
    },
    /// A single node.
    Node(&'static Table),
    /// A list of nodes.
    List {
        /// What it is a list of.
        of: &'static Table,
        /// Most rows.
        rows: usize,
    },
}

/// Whether a field must be there.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// It may be absent.
    Optional,
    /// It must be there.
    Required,
    /// It must be there when a field of the same node has one of these values.
    When {
        /// Index of that field.
        field: usize,
        /// The values.
        is: &'static [&'static str],
    },
    /// It must be there unless one of these fields is.
    Unless(&'static [usize]),
}

/// A code table.
#[derive(Debug)]
pub struct Dict {
    /// Its name, `psn_cert_type`.
    pub name: &'static str,
    /// Its Chinese name.
    pub cn: &'static str,
    /// Accepted codes, sorted.
    pub codes: &'static [Code],
}

/// A code that is accepted.
#[derive(Debug)]
pub struct Code {
    /// As sent.
    pub code: &'static str,
    /// The code it stands for; the same, but for a few.
    pub means: &'static str,
    /// Its Chinese name.
    pub name: &'static str,
}

impl Table {
    /// The index of the field with one of its spellings.
    pub fn find(&self, spelling: &str) -> Option<usize> {
        let at = self.names.binary_search_by(|(name, _)| (*name).cmp(spelling)).ok()?;
        self.names.get(at).map(|(_, index)| *index)
    }

    /// The field with one of its spellings.
    pub fn field(&self, spelling: &str) -> Option<&'static Field> {
        self.find(spelling).and_then(|index| self.fields.get(index))
    }
}

impl Dict {
    /// The code that a text stands for: exactly, else with other leading zeros (`2` for `02`, `01` for `1`).
    pub fn resolve(&self, text: &str) -> Option<&'static Code> {
        match self.codes.binary_search_by(|code| code.code.cmp(text)) {
            Ok(at) => self.codes.get(at),
            Err(_) => self.codes.iter().find(|code| bare(code.code) == bare(text)),
        }
    }

    /// The Chinese name of a code.
    pub fn name_of(&self, code: &str) -> Option<&'static str> {
        self.resolve(code).map(|code| code.name)
    }
}

/// Without leading zeros, but never empty.
fn bare(code: &str) -> &str {
    let rest = code.trim_start_matches('0');
    if rest.is_empty() { code.get(code.len().saturating_sub(1)..).unwrap_or(code) } else { rest }
}

#[cfg(test)]
mod tests {
    use crate::generated::{Transaction, dicts};
    use crate::table::{Kind, Need, Table};

    fn check(table: &Table) {
        assert!(table.names.is_sorted(), "{}", table.node);
        for (spelling, index) in table.names {
            assert!(table.fields.get(*index).is_some(), "{spelling}");
        }
        for field in table.fields {
            assert_eq!(table.field(field.wire).map(|found| found.name), Some(field.name));
            assert_eq!(table.field(field.name).map(|found| found.name), Some(field.name));
            if let Need::When { field: index, is } = field.need {
                assert!(table.fields.get(index).is_some() && !is.is_empty(), "{}", field.wire);
            }
            match field.kind {
                Kind::Node(of) | Kind::List { of, .. } => check(of),
                _ => {}
            }
        }
    }

    #[test]
    fn the_generated_tables_keep_their_promises() {
        for transaction in Transaction::ALL {
            check(transaction.spec().input);
            check(transaction.spec().output);
        }
        for dict in dicts::ALL {
            assert!(dict.codes.is_sorted_by(|a, b| a.code < b.code), "{}", dict.name);
        }
    }

    #[test]
    fn codes_are_found_with_other_leading_zeros() {
        for (dict, sent, want) in [
            (&dicts::MDTRT_CERT_TYPE, "2", Some("02")),
            (&dicts::MDTRT_CERT_TYPE, "02", Some("02")),
            (&dicts::PSN_CERT_TYPE, "1", Some("01")),
            (&dicts::PSN_CERT_TYPE, "10", Some("10")),
            (&dicts::GEND, "01", Some("1")),
            (&dicts::GEND, "0", Some("0")),
            (&dicts::GEND, "00", Some("0")),
            (&dicts::GEND, "3", None),
            (&dicts::GEND, "", None),
            (&dicts::GEND, "男", None),
            (&dicts::RX_EXRA_ATTR_CODE, "99", Some("03")),
            (&dicts::RX_EXRA_ATTR_CODE, "03", Some("03")),
            (&dicts::RX_EXRA_ATTR_CODE, "98", None),
        ] {
            assert_eq!(dict.resolve(sent).map(|code| code.means), want, "{} {sent}", dict.name);
        }
    }
}
