//! What is wrong with a file, by row and column.
//!
//! Invariants: everything is counted, the first [`DEFECTS_MAX`] are kept; a defect of a register of people holds no value.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::DEFECTS_MAX;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Defect {
    /// Line of a CSV file or row of a sheet.
    pub row: u64,
    /// The column by our name, or empty for the whole row.
    pub column: &'static str,
    /// What.
    pub reason: String,
}

/// All that is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defects {
    kept: Vec<Defect>,
    rows: BTreeSet<u64>,
    total: u64,
}

impl Defects {
    /// One more.
    pub fn push(&mut self, row: u64, column: &'static str, reason: impl Into<String>) {
        self.total += 1;
        self.rows.insert(row);
        if self.kept.len() < DEFECTS_MAX {
            self.kept.push(Defect { row, column, reason: reason.into() });
        }
    }

    /// Those that are kept, in the order of rows.
    pub fn list(&self) -> &[Defect] {
        &self.kept
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many rows have any.
    pub fn row_cnt(&self) -> usize {
        self.rows.len()
    }

    /// Whether a row has any.
    pub fn has(&self, row: u64) -> bool {
        self.rows.contains(&row)
    }

    /// In the order of rows: those found while comparing come after those found while reading.
    pub fn sort(&mut self) {
        self.kept.sort_by_key(|defect| defect.row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_kept_and_all_are_counted() {
        let mut defects = Defects::default();
        for row in 0..DEFECTS_MAX as u64 {
            defects.push(row, "c", "r");
        }
        assert_eq!((defects.list().len(), defects.total()), (DEFECTS_MAX, DEFECTS_MAX as u64));
        defects.push(7, "c", "once more");
        assert_eq!((defects.list().len(), defects.total()), (DEFECTS_MAX, DEFECTS_MAX as u64 + 1));
        assert_eq!(defects.row_cnt(), DEFECTS_MAX);
        assert!(defects.has(7) && !defects.has(u64::MAX));
    }
}
