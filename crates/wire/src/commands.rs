//! From validated messages to commands of the center: one function a transaction.
//!
//! Invariants: every defect that a conversion finds is kept, not only the first; a text that a domain type
//! refuses is a defect of its field with the type's own reason.

mod basics;
mod institution;
mod pharmacy;
mod precheck;
mod settle;

pub use basics::{t1101, t1201, t9001, t9002};
pub use institution::{read_signed, t7102, t7103, t7104, t7105};
pub use pharmacy::{t7201, t7203, t7204, t7205, t7206, t7207, t7208, t7211};
pub use precheck::t7101;
pub use settle::{t2102, t2103};

use crate::defect::{Defect, Defects};

/// Collects values and the defects of those that could not be taken.
#[derive(Default)]
pub(crate) struct Take {
    defects: Defects,
}

impl Take {
    /// The value, or its defect kept.
    pub(crate) fn it<T>(&mut self, result: Result<T, Defect>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(defect) => {
                self.defects.push(defect);
                None
            }
        }
    }

    /// The command, or all defects. `build` is asked only when there was none.
    pub(crate) fn done<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Defects> {
        match build() {
            Some(command) if self.defects.is_empty() => Ok(command),
            _ => Err(self.defects),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
