//! What proves the others: the independent auditor, and a whole center in a test.
//!
//! Invariants: the auditor reads through the ports only and shares no arithmetic with what it judges; nothing here
//! reads a clock or draws chance.

pub mod audit;
