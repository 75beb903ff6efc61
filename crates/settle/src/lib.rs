//! Settlement of a purchase at a pharmacy: who bears which fen, and by which provision.
//!
//! Serves 2101 (trial), 2102 (settlement) and 2103 (reversal). The caller resolves the law into a
//! [`Scheme`] whose every number carries its provision; this crate knows no jurisdiction.
//!
//! Invariants: the amount identities of the interface hold for every result ([`check_identities`]);
//! the cap of a scheme is never exceeded; a settlement and its reversal leave the [`Accumulator`]'s
//! amounts as they were; no I/O, no clock, no float, no panic on any input.
//!
//! How one fen travels: line amount → 全自费 (class C, outside the catalogue) | 超限价 (above the
//! payment standard) | 先行自付 | eligible (符合政策范围) → 起付 | 按比例自付 | 超封顶 | fund.
//! Those seven are the parts of [`Shares::steps`]; their sum is the whole bill.

mod accumulator;
mod budget;
mod case;
mod identity;
mod quote;
mod refusal;
pub mod reim;
mod round;
mod scheme;
mod shares;
pub mod statement;

pub use accumulator::{Accumulator, AccumulatorError, Totals};
pub use budget::{BudgetUse, Stands, budget_use};
pub use case::{Case, Line, MAX_LINES, MAX_MEDFEE_FEN};
pub use identity::{IdentityBroken, check_identities};
pub use quote::{Used, quote};
pub use refusal::Refusal;
pub use scheme::{
    AccountUse, At, Deductible, Fund, FundCap, MAX_POTS, Mode, OverStandard, Period, Pot, Preselfpay, Remainder,
    Rounding, Scheme, SchemeDefect, SchemeTerms, Sourced,
};
pub use shares::{FundKind, FundShare, LineShare, Part, Shares, Step, reverse};
