//! How a use case ends without a reply. Refused is the law's or the state's word, Unavailable means nobody now,
//! Broken is ours; malformed messages never come this far.

use lf_ports::{CommitError, StoreError};
use lf_rx::{Refusal, Refused};
use thiserror::Error;

/// Why there is no reply.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// In documented order; at least one.
    #[error("refused: {}", .0.first().map(|r| r.code.as_str()).unwrap_or("?"))]
    Refused(Vec<Refusal>),
    /// Nobody now.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Our fault: logged with its chain, the caller gets a reference only.
    #[error("broken: {0}")]
    Broken(String),
}

/// What an attempt ended with: a failure, or a commit that must be looked at again.
#[derive(Debug)]
pub enum Attempt {
    /// Final.
    Failed(Failure),
    /// Perhaps only late.
    Commit(CommitError),
}

/// One refusal as a result.
pub fn refused<T>(refusal: impl Refused) -> Result<T, Failure> {
    Err(Failure::Refused(vec![refusal.into()]))
}

impl Failure {
    /// From one refusal.
    pub fn from_refusal(refusal: impl Refused) -> Self {
        Self::Refused(vec![refusal.into()])
    }

    /// For people: of a refusal every code with its sentence and where that stands.
    pub fn in_words(&self) -> String {
        match self {
            Self::Refused(refusals) => {
                let said =
                    refusals.iter().map(|one| format!("[{}] {}（依据：{}）", one.code, one.sentence, one.source));
                said.collect::<Vec<_>>().join("；")
            }
            other => other.to_string(),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(why) => Self::Unavailable(why),
            StoreError::Inconsistent(row) => Self::Broken(row.to_string()),
            StoreError::Broken(why) => Self::Broken(why),
        }
    }
}

impl From<lf_rx::Inconsistent> for Failure {
    fn from(error: lf_rx::Inconsistent) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<lf_ports::Inconsistency> for Failure {
    fn from(error: lf_ports::Inconsistency) -> Self {
        Self::Broken(error.to_string())
    }
}

impl<E: Into<Failure>> From<E> for Attempt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl From<CommitError> for Attempt {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Store(error) => Self::Failed(error.into()),
            late => Self::Commit(late),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_in_words() {
        let refusal = |code: &str| Refusal {
            code: code.to_owned(),
            source: "本中心".to_owned(),
            sentence: "不可".to_owned(),
            field: None,
            provision: None,
            quote: None,
        };
        let both = Failure::Refused(vec![refusal("A-1"), refusal("A-2")]);
        assert_eq!(both.in_words(), "[A-1] 不可（依据：本中心）；[A-2] 不可（依据：本中心）");
        assert_eq!(Failure::Unavailable("x".to_owned()).in_words(), "unavailable: x");
    }
}
