//! What proves the others: the independent auditor, and (feature `center`) a whole center in a test.
//!
//! Invariants: the auditor reads through the ports only and shares no arithmetic with what it judges; nothing here
//! reads a clock or draws chance.

#![cfg_attr(
    feature = "center",
    allow(clippy::panic, reason = "a test that cannot go on ends; the auditor is also checked without the feature")
)]

pub mod audit;
#[cfg(feature = "center")]
pub mod center;
pub mod counter;
#[cfg(feature = "center")]
pub mod edge;
#[cfg(feature = "center")]
mod elsewhere;
#[cfg(feature = "center")]
pub mod life;
#[cfg(feature = "center")]
pub mod region;
#[cfg(feature = "center")]
pub mod watched;

#[cfg(feature = "center")]
pub use center::{TestCenter, law_with, sealer, write_law};
#[cfg(feature = "center")]
pub use life::{Life, Step};
#[cfg(feature = "center")]
pub use watched::Watched;
