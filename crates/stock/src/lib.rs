//! The goods of an institution: what came in, what went out, what must be there, and the life of each 追溯码.
//!
//! Serves 3501–3507 with their batches 3501A–3507A, JX-1.5 (票账货一致) and JX-4.2d (nothing past its expiry is sold): the caller
//! loads a [`Ledger`] with the lots, codes and sales that its rows name, and posts the rows one after the other. Beside it stands
//! what follows from lots ([`offered`]): the drug query (JX-1.6), the share of 谈判 drugs stocked (GX-1.2.4), and cases of drugs
//! that were shown and not supplied (JX-4.5.1).
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
