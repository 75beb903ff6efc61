//! The prescription proved from outside: refusals as ladders, the machine as a printed table, properties of
//! random lives, the comparison of baskets, the chain of a history.

// Helpers of tests are tests: clippy's own exception covers only functions marked #[test].
#![allow(clippy::unwrap_used, clippy::panic)]

mod chain;
mod delivery;
mod fixture;
mod ladder_counter;
mod ladder_issue;
mod machine;
mod properties;
mod sale;
