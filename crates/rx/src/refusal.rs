//! How a move is refused: a closed enum a use case, in the order in which it is examined, each with a stable
//! code, the source that orders it and a sentence in Chinese. No refusal carries a name or a certificate number.

use serde::{Deserialize, Serialize};

/// What every refusal of every use case can tell.
pub trait Refused {
    /// Stable; a client may branch on it.
    fn code(&self) -> &'static str;
    /// The article or the transaction of the interface that orders it.
    fn source(&self) -> &'static str;
    /// For the person who reads it, in Chinese.
    fn sentence(&self) -> String;
}

/// A refusal as it leaves the core, whatever use case it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Stable code.
    pub code: String,
    /// Article or transaction.
    pub source: String,
    /// Sentence in Chinese.
    pub sentence: String,
    /// The field of the message it concerns, national name, with the line where there is one.
    pub field: Option<String>,
    /// The provision that decided, `id@from`, when a rule pack did.
    pub provision: Option<String>,
    /// The words of the law, when a rule pack did.
    pub quote: Option<String>,
}

impl<R: Refused> From<R> for Refusal {
    fn from(refused: R) -> Self {
        Self {
            code: refused.code().into(),
            source: refused.source().into(),
            sentence: refused.sentence(),
            field: None,
            provision: None,
            quote: None,
        }
    }
}

/// Declares the closed, ordered refusals of one use case.
#[macro_export]
macro_rules! refusals {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $(($($ty:ty),+))? = $code:literal, $source:literal, $text:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
        pub enum $name {
            $(#[doc = $text] #[error($text)] $variant $(($($ty),+))?,)+
        }

        impl $crate::refusal::Refused for $name {
            fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code,)+ }
            }
            fn source(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $source,)+ }
            }
            fn sentence(&self) -> String {
                self.to_string()
            }
        }

        impl $name {
            /// Every code of the use case, in the order of examination.
            pub const CODES: &'static [&'static str] = &[$($code),+];
            /// Code, source and sentence of each, for `docs/ERRORS.md`.
            pub const TABLE: &'static [(&'static str, &'static str, &'static str)] = &[$(($code, $source, $text)),+];
        }
    };
}
