//! The rules of the moves that are nobody's local law: who may move a prescription from which state.
//!
//! Each function examines in the order in which its refusals are declared and returns the evidence that the
//! next event rests on. Local law (`lf-law`) is asked apart, by the use case.

pub mod carry;
pub mod deliver;
pub mod issue;
pub mod review;
pub mod sale;
pub mod settle;
