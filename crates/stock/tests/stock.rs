//! The ledger: tables of refusals, lives of codes, and properties over random rows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

#[path = "stock/fixture.rs"]
mod fixture;
#[path = "stock/lives.rs"]
mod lives;
#[path = "stock/properties.rs"]
mod properties;
#[path = "stock/refusals.rs"]
mod refusals;
#[path = "stock/supply.rs"]
mod supply;
