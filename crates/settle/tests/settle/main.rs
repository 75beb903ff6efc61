//! Tests of settlement: worked examples, refusals, properties, and a recomputation that shares no
//! code with the crate.

// The lint's own exception reaches test functions only, not the helpers beside them.
#![allow(clippy::unwrap_used)]

mod fixture;
mod jiangxi;
mod nanning;
mod oracle;
mod properties;
mod refusals;
mod reim;
mod statement;
