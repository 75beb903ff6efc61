//! Why a notice did not arrive: for the operator's list. Nothing of the letter or of the answer is in it.

use hyper_util::client::legacy;
use lf_ports::StoreError;
use lf_wire::callback::AnswerError;

/// Why a notice did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The hospital took its address out of the register.
    NoAddress,
    /// The app of the address.
    NoApp,
    /// The app's keys.
    Keys,
    /// A notice that cannot be written: a fault of ours.
    Ours,
    /// No connection.
    Refused,
    /// The connection ended before the answer did.
    Closed,
    /// No answer within this many seconds.
    Slow(u64),
    /// Another status than 2xx; redirections are not followed.
    Status(u16),
    /// An answer of more than `ANSWER_MAX` bytes.
    Long,
    /// An answer that is none.
    Answer(AnswerError),
    /// Our own database.
    Store(StoreError),
}

impl Why {
    pub(super) fn of(error: &legacy::Error) -> Self {
        if error.is_connect() { Self::Refused } else { Self::Closed }
    }

    /// Whether the hospital's other letters would fare no better.
    pub(super) fn unreachable(&self) -> bool {
        matches!(self, Self::NoAddress | Self::NoApp | Self::Keys | Self::Refused | Self::Slow(_))
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoAddress => f.write_str("the hospital has no callback address any more"),
            Self::NoApp => f.write_str("the callback's app is unknown, disabled or another institution's"),
            Self::Keys => f.write_str("the keys of the callback's app cannot be used"),
            Self::Ours => f.write_str("the notice cannot be written (a fault of the center)"),
            Self::Refused => f.write_str("no connection"),
            Self::Closed => f.write_str("the connection ended before the answer did"),
            Self::Slow(seconds) => write!(f, "no answer within {seconds} s"),
            Self::Status(status) => write!(f, "HTTP {status}"),
            Self::Long => write!(f, "an answer of more than {} bytes", super::ANSWER_MAX),
            Self::Answer(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl From<AnswerError> for Why {
    fn from(error: AnswerError) -> Self {
        Self::Answer(error)
    }
}

impl From<StoreError> for Why {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
