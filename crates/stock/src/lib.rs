//! The goods of an institution: what came in, what went out, what must be there, and the life of each 追溯码.
//!
//! Serves 3501–3507 with 3505A and 3506A, JX-1.5 (票账货一致), JX-4.2d (nothing past its expiry is sold). The caller loads
//! a [`Ledger`] with the lots, codes and sales that its rows name, and posts the rows one after the other.
//!
//! Invariants: no balance is ever below nothing; the balance of a lot is what was changed and bought less what was sold
//! ([`Lot::balance`]) and the sum of its postings; a sale and its whole return leave lot and codes as they were; no
//! code is sold twice; a refused row moves nothing. Of `rx` only the form of a refusal is used.

mod code;
mod ledger;
mod lot;
mod measure;
mod refusal;
mod rows;
mod supply;

pub use code::{Code, CodeLife, HeldSince, Owner};
pub use ledger::{Ledger, Posting, SaleKey, VIRTUAL};
pub use lot::{Consistency, Counted, Goods, Lot, Told};
pub use measure::{CNT_MAX, Measure, PER_PACK_MAX};
pub use refusal::StockRefusal;
pub use rows::{CODES_MAX, ChgType, DataType, Entry, Sale, SecondSale, What};
pub use supply::{NegoShare, Shown, Strikes, Supplied, offered, share_of_nego};
