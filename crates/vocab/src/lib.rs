//! The words of the domain, each parsed once at the border: identifiers, money, ratios,
//! quantities, days and moments. Serves every transaction; knows no interface and does no I/O.
//!
//! Invariants: every value of a type here satisfies its type's rule; there is no float.

pub mod amount;
pub mod code;
pub mod covers;
pub mod day;
pub mod dict;
pub mod ident;
pub mod paper_no;
pub mod person;
pub mod span;
pub mod spot;

pub use amount::{AmountError, Fen, Pric, Qty, Ratio};
pub use code::{Admdvs, CodeError, DrCode, DrugTracCodg, FixmedinsCode, FixmedinsKind, MedListCodg, PharCode};
pub use day::{Day, DayError, Moment};
pub use ident::{HiRxno, IdentError, RxTraceCode, SERIAL_MAX};
pub use paper_no::{PaperNo, PaperNoError};
pub use person::{CardSn, Certno, PsnNo, Sscno};
pub use span::Span;
pub use spot::{Spot, SpotError};
