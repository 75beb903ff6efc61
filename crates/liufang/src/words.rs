//! What the center answers a command, as an officer reads it: codes with their sentences, not the codes alone.

use lf_center::Failure;

/// A failure as the error with which a command ends.
pub fn in_words(failure: Failure) -> anyhow::Error {
    anyhow::anyhow!(failure.in_words())
}
