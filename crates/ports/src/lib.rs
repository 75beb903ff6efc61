//! The ports: what the application asks of the world, and the one shape in which it changes it.
//!
//! `center` calls these traits, `store` and the edge implement them; so neither knows the other
//! (decision 0002). Invariants: a use case is load, decide, commit; a commit is atomic; every finder of people's data is scoped
//! by an institution, a person, a number or a 统筹区.

pub mod change;
pub mod codec;
pub mod consult;
pub mod duty;
pub mod edge;
pub mod ended;
pub mod file;
pub mod filing;
pub mod grant;
mod list_match;
pub mod lists;
pub mod mdtrt;
pub mod memo;
pub mod notice;
pub mod outbox;
mod paper;
pub mod registry;
pub mod reim;
pub mod replay;
pub mod row;
pub mod stock;
pub mod store;
pub mod supply;

pub use change::{
    AcctChange, AccumChange, BatchChange, ChangeSet, CommitError, EditionChange, RegistryPut, RowEnd, RxChange,
    SetlChange,
};
pub use codec::Inconsistency;
pub use consult::{Course, CourseDrug, ItntSession};
pub use duty::{DutyMark, DutyRow, OpenHours};
pub use edge::{Chance, Clock};
pub use ended::EndedBy;
pub use file::{FILE_SM3, FileChange, FileHead, FileOwner, StoredFile};
pub use filing::{Filed, Filing, FilingBody, FilingChange, FilingKind, OpspFiling, SpayFiling};
pub use grant::{GrantChange, GrantGiven, GrantRow};
pub use list_match::{ListMatch, MatchBody, MatchChange, MatchKey};
pub use lists::{Dated, Edition, EditionOf, Item, Lists, PlacePric, Prics, Since, Site};
pub use mdtrt::{Batch, BatchState, Diag, Mdtrt, MdtrtChange, MdtrtFee, MdtrtInfo, MdtrtState, MdtrtStore};
pub use memo::{Application, Ended, Memo, MemoRow, MemoTopic, Said};
pub use notice::{Callback, CallbackUrl, Letter, Notice, ReviewNotice, SettlementNotice, TakenDrug};
pub use outbox::{Claimed, DroppedRow, Next, Outbox, OutboxRow};
pub use paper::SetlPaper;
pub use registry::{
    App, AppLimits, Card, CodeStyle, Consult, Drug, Fixmedins, Gateway, GatewayScheme, MedinsNatu, Person,
    Practitioner, PractitionerKind, SpecialClass,
};
pub use reim::{ReimChange, ReimRow, ReimStore};
pub use replay::{Earlier, ReplayStore, Standing, StoredCase};
pub use row::{Acct, AccumKey, AccumRow, Claim, ClaimKind, IdemKey, IdemRow, PersonKey, RxFile, Setl, StoredEvent};
pub use stock::{
    DocKey, LeadKey, LotsOf, MoveBody, MovesOf, STOCK_KEYS_MAX, StockChange, StockCode, StockLead, StockLot, StockMove,
    StockStore,
};
pub use store::{AuditStore, Store, StoreError};
pub use supply::{CaseBody, CaseState, CaseStep, ShownThen, SupplyCase};
