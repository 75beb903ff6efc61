//! The prescription: what it says, the states it passes, the events of its history and the rules of its moves.
//!
//! Serves 7101–7107, 7201–7210, 2102, 2103. Invariants: a state holds exactly what it proves; a state is
//! the fold of its events; every move is `decide(state, command, now) → event` and refuses in documented
//! order; nothing leaves a closed state. No wire names, no SQL, no clock.

pub mod auth;
pub mod basket;
pub mod content;
pub mod decide;
pub mod delivery;
pub mod event;
pub mod history;
pub mod projection;
pub mod refusal;
pub mod state;
pub mod supply;

pub use auth::{AuthBatch, AuthEntry};
pub use content::{Diseinfo, Mdtrtinfo, RxContent, RxDrug, RxHead};
pub use delivery::Delivery;
pub use event::Event;
pub use history::{ChainHash, link};
pub use projection::Projection;
pub use refusal::{Refusal, Refused};
pub use state::{Inconsistent, Prescription, State};
