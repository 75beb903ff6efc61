//! The law as data: loads, checks, resolves and explains rule packs. Serves every gate of a prescription's
//! life and every number a notice prints; knows no particular jurisdiction.
//!
//! Invariants: pure — no file, clock, chance or float; a refusal names its provision, article and quote;
//! what the packs do not say is `NotFormalised`, never a guess.

mod awaits;
mod case;
mod compile;
pub mod decide;
pub mod explain;
mod expr;
pub mod facts;
pub mod facts_doc;
pub mod field;
mod format;
pub mod grants;
mod input;
mod load;
pub mod model;
pub mod report;
pub mod source;
mod template;
mod told;
pub mod value;
pub mod view;

pub use awaits::Resting;
pub use case::DecideRequest;
pub use decide::{Decision, Finding, LawError, Outcome};
pub use explain::{Explanation, Saying};
pub use facts::{FactError, Facts, LineFacts, Value};
pub use field::{Field, Kind, Need, Scope};
pub use grants::GrantError;
pub use input::Input;
pub use load::{INDEX_LOCK, MAX_SOURCE_BYTES};
pub use model::{Confidence, Gate, Grant, InstrumentInfo, Law, Mode, PackInfo, Severity};
pub use report::{Report, check_report};
pub use source::{PackError, PackErrorKind, Source};
pub use told::WrittenCase;
pub use value::{Bracket, LawValue, Quantity, Scale, ScaleKind};
pub use view::{Dates, Resolved, View, ViewError};
