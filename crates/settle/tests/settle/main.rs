//! Tests of settlement: worked examples, refusals, properties, and a recomputation that shares no
//! code with the crate.

mod fixture;
mod jiangxi;
mod nanning;
mod oracle;
mod properties;
mod refusals;
