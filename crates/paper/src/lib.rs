//! Paper: the prescription in its legal layout (前记, 正文, 后记) and the settlement sheet (结算单) as PDF, in A5, A4 and
//! as an 80 mm slip. Serves HB-1.14, JX-3.1b, JX-3.6, WH-3.6 and the 处方标准 of 处方管理办法.
//!
//! Invariants: no clock, no I/O, no chance: the moment of printing and the bytes of the font are arguments, so the same
//! arguments give the same bytes. What stands on a page is decided in whole thousandths of a point (`block`, `layout`);
//! only [`draw`] turns them into the library's floats. Nothing is cut: what is too long wraps, what is too much goes to a
//! further page, a character that the font lacks is written as its code point and reported.

mod block;
mod draw;
mod face;
mod layout;
mod prescription;
mod qr;
mod settlement;
mod size;
mod text;

pub use draw::{DrawError, Paper};
pub use face::{Face, FaceError};
pub use prescription::PrescriptionSheet;
pub use settlement::{BoughtOn, DrugWords, SettlementSheet};
pub use size::Size;

/// The Chinese name of a code of a dictionary: `("gend", "1")`. What is not known is printed as its code.
pub type NameOf = fn(dict: &str, code: &str) -> Option<&'static str>;

/// A code in words, or as it is.
fn named(name_of: NameOf, dict: &str, code: &str) -> String {
    name_of(dict, code).unwrap_or(code).to_owned()
}

#[cfg(test)]
mod fixture;
