//! Import: registers and dated lists from CSV and XLSX files into a store, with every defect named by its row.
//!
//! Serves `liufang import`. The way of a file: [`file`] makes rows of text of it, [`parse`] makes typed rows of these by the
//! columns of its [`kind`], [`plan`] compares them with what stands and writes the one change set that makes them stand.
//! Invariants: a file with defects changes nothing unless the operator leaves the defective rows out; a
//! commit is whole or nothing; no defect of a register of people shows a value.

pub mod cells;
pub mod column;
pub mod defect;
pub mod diff;
pub mod file;
pub mod filings;
pub mod kind;
pub mod kinds;
pub mod parse;
pub mod plan;
pub mod report;

mod editions;
mod registers;
mod sheet;
mod text;

pub use defect::{Defect, Defects};
pub use diff::Diff;
pub use file::{FileError, Table};
pub use kind::Kind;
pub use parse::{Parsed, Rows, parse};
pub use plan::{Figure, ImportError, Plan, Wanted, commit, plan};
pub use report::Report;

/// The largest file, in bytes.
pub const FILE_MAX: u64 = 128 << 20;
/// The most rows of a file; a larger register comes in several files.
pub const ROWS_MAX: usize = 250_000;
/// The most columns of a file.
pub const COLUMNS_MAX: usize = 200;
/// The longest cell, in characters.
pub const CELL_MAX: usize = 4_000;
/// Defects that are kept; the rest is counted.
pub const DEFECTS_MAX: usize = 10_000;
