//! The three sizes of paper: what fits on them and how large their letters are.
//!
//! Lengths are whole thousandths of a point. Letters are chosen for readers over fifty: 10.5 points (五号) is the body of A5,
//! 12 (小四) that of A4; a slip is held in the hand and has 10.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A length in thousandths of a point.
pub type Len = i32;

/// Points as a length.
pub const fn pt(points: i32) -> Len {
    points * 1_000
}

/// Millimetres as a length: 72 points to the inch of 25.4 mm.
pub const fn mm(millimetres: i32) -> Len {
    millimetres * 720_000 / 254
}

/// The longest slip before it is torn off and a further one begins.
pub const SLIP_MAX: Len = mm(2_000);

/// A size of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 148 × 210 mm, the usual 处方笺.
    A5,
    /// 210 × 297 mm.
    A4,
    /// The roll of a till, 80 mm wide and as long as it must be.
    Slip,
}

/// The word is no size.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}`: a5, a4 or slip")]
pub struct SizeError(String);

impl Size {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::A5, Self::A4, Self::Slip];

    /// The word on a command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::A5 => "a5",
            Self::A4 => "a4",
            Self::Slip => "slip",
        }
    }

    pub(crate) const fn measures(self) -> Measures {
        match self {
            Self::A5 => Measures {
                width: mm(148),
                height: mm(210),
                side: mm(9),
                top: mm(7),
                bottom: mm(6),
                letters: Letters { title: pt(15), strong: 11_500, body: 10_500, small: 8_500 },
                code: mm(21),
                line: 131,
            },
            Self::A4 => Measures {
                width: mm(210),
                height: mm(297),
                side: mm(15),
                top: mm(13),
                bottom: mm(11),
                letters: Letters { title: pt(18), strong: 13_500, body: pt(12), small: 9_500 },
                code: mm(27),
                line: 140,
            },
            Self::Slip => Measures {
                width: mm(80),
                height: SLIP_MAX,
                side: mm(4),
                top: mm(4),
                bottom: mm(6),
                letters: Letters { title: pt(13), strong: pt(11), body: pt(10), small: 8_500 },
                code: mm(32),
                line: 138,
            },
        }
    }
}

impl FromStr for Size {
    type Err = SizeError;
    fn from_str(word: &str) -> Result<Self, SizeError> {
        Self::ALL.into_iter().find(|size| size.word() == word).ok_or_else(|| SizeError(word.to_owned()))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a size of paper gives.
#[derive(Debug, Clone, Copy)]
pub struct Measures {
    /// Of the paper.
    pub width: Len,
    /// Of the paper; of a slip the most.
    pub height: Len,
    /// Margin left and right.
    pub side: Len,
    /// Margin above.
    pub top: Len,
    /// Margin below.
    pub bottom: Len,
    /// Sizes of letters.
    pub letters: Letters,
    /// Side of the QR code.
    pub code: Len,
    /// Height of a line, in hundredths of its letters.
    pub line: Len,
}

/// Sizes of letters.
#[derive(Debug, Clone, Copy)]
pub struct Letters {
    /// The institution's name.
    pub title: Len,
    /// Names of drugs, sums.
    pub strong: Len,
    /// Everything else.
    pub body: Len,
    /// Notes and numbers of certificates.
    pub small: Len,
}

impl Measures {
    /// Between the side margins.
    pub const fn inner(&self) -> Len {
        self.width - 2 * self.side
    }
}
