//! The national interface as spoken: envelopes and sign texts of the REST/SM dialects, field tables,
//! lengths, dictionaries, aliases and misspellings; all defects of a message at once.
//!
//! Invariants: nothing below this crate sees a wire name; nothing here decides about a prescription or
//! knows a store; no clock, no randomness, no panic on any input.

#[rustfmt::skip]
pub mod generated;

pub mod callback;
pub mod client;
pub mod commands;
pub mod defect;
pub mod envelope;
pub mod explain;
pub mod gateway;
pub mod json;
pub mod node;
pub mod replies;
pub mod reply;
pub mod route;
pub mod sign_text;
pub mod table;
pub mod validate;
pub mod vectors;

pub use defect::{Defect, DefectKind, Defects};
pub use envelope::{CodeStyle, Envelope, EnvelopeError, ReplyHead, ReplyKeys, Wire, parse_data, seal_reply};
pub use generated::Transaction;
pub use node::{FieldValue, Node, Scaled};
pub use reply::{Reply, ReplyFault};
pub use route::{RouteError, route};
pub use sign_text::SignForm;
pub use validate::{Checked, Lint, Valid, validate, validate_partial, validate_table};
