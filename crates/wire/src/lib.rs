//! The national interface as spoken: envelopes and sign texts of the REST/SM dialects, field tables,
//! lengths, dictionaries, aliases and misspellings; all defects of a message at once.
//!
//! Invariants: nothing below this crate sees a wire name; nothing here decides about a prescription or
//! knows a store; no clock, no randomness, no panic on any input.

#[rustfmt::skip]
pub mod generated;

pub mod defect;
pub mod json;
pub mod node;
pub mod table;
pub mod validate;

pub use generated::Transaction;
pub use defect::{Defect, DefectKind, Defects};
pub use node::{FieldValue, Node, Scaled};
pub use validate::{Lint, Valid, validate, validate_table};
