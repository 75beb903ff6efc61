//! The one shape in which the application changes the world: applied whole or not at all, with optimistic
//! version checks, so that conflicts come back as refusals of the domain.

use lf_rx::{AuthBatch, Prescription, RxContent};
use lf_vocab::{Admdvs, Day, Fen, PsnNo};
use thiserror::Error;

use crate::consult::{Course, ItntSession};
use crate::duty::DutyRow;
use crate::file::FileChange;
use crate::filing::FilingChange;
use crate::grant::GrantChange;
use crate::list_match::MatchChange;
use crate::lists::{Edition, Item};
use crate::mdtrt::MdtrtChange;
use crate::memo::MemoRow;
use crate::notice::Letter;
use crate::registry::{App, Drug, Fixmedins, Person, Practitioner};
use crate::reim::ReimChange;
use crate::row::{AccumKey, AccumRow, Claim, IdemRow, RxFile, Setl, StoredEvent};
use crate::stock::StockChange;
use crate::store::StoreError;
use crate::supply::SupplyCase;

/// Everything one command changes.
#[derive(Debug, Clone, Default)]
pub struct ChangeSet {
    /// The message's identity and reply.
    pub idem: Option<IdemRow>,
    /// The sender's own number of the message (`msgid` of the gateway front), taken with it.
    pub message: Option<IdemRow>,
    /// Taken in this order; the first that is held already is reported.
    pub claims: Vec<Claim>,
    /// Given back. Only the owner's are removed.
    pub releases: Vec<Claim>,
    /// Prescriptions.
    pub rx: Vec<RxChange>,
    /// An authorisation.
    pub batch: Option<BatchChange>,
    /// A settlement.
    pub setl: Option<SetlChange>,
    /// Accumulators.
    pub accum: Vec<AccumChange>,
    /// Personal accounts.
    pub acct: Vec<AcctChange>,
    /// Registers (import, demo).
    pub registry: Vec<RegistryPut>,
    /// What hospitals are told of the events in `rx`.
    pub outbox: Vec<Letter>,
    /// An edition of a dated list (import).
    pub edition: Option<EditionChange>,
    /// A file.
    pub file: Option<FileChange>,
    /// Matches of lists (3301, 3302); of one key at most one.
    pub matches: Vec<MatchChange>,
    /// Filings of persons (operator, import); of one number at most one.
    pub filings: Vec<FilingChange>,
    /// A grant (operator).
    pub grant: Option<GrantChange>,
    /// A pharmacist comes on duty or goes (9001, 9002).
    pub duty: Option<DutyRow>,
    /// A memo (officer).
    pub memo: Option<MemoRow>,
    /// Goods.
    pub stock: Option<StockChange>,
    /// A case as it is afterwards; it must have had one step less (none: it must not exist).
    pub supply: Option<SupplyCase>,
    /// A visit of the clinic route.
    pub mdtrt: Option<MdtrtChange>,
    /// A consultation; its number must be free, or the change is stale.
    pub session: Option<ItntSession>,
    /// How long the drugs of a new prescription last.
    pub course: Option<Course>,
    /// A claim with papers (零星报销).
    pub reim: Option<ReimChange>,
}

/// An edition takes the place of the one before it, from its day on.
#[derive(Debug, Clone)]
pub struct EditionChange {
    /// The new edition. Another one of its name or version makes the change stale.
    pub edition: Edition,
    /// Rows that end with the day before the edition's first; each must be open still.
    pub ends: Vec<RowEnd>,
    /// Rows that begin with it, when it is an edition of the drug catalogue.
    pub drugs: Vec<Drug>,
    /// Rows that begin with it, when it is an edition of a list.
    pub items: Vec<Item>,
}

/// Which row ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowEnd {
    /// Its key.
    pub key: String,
    /// Its first day.
    pub from: Day,
}

/// A prescription moves on.
#[derive(Debug, Clone)]
pub struct RxChange {
    /// As it is afterwards; `seq` and `head` are those of the last of `events`.
    pub rx: Prescription,
    /// The `seq` it must have had; 0 = it must not exist.
    pub expect_seq: u64,
    /// What happened, in order.
    pub events: Vec<StoredEvent>,
    /// Written once, with the first event.
    pub content: Option<RxContent>,
    /// Written with the signature.
    pub file: Option<RxFile>,
}

/// An authorisation is made or used.
#[derive(Debug, Clone)]
pub struct BatchChange {
    /// As it is afterwards.
    pub batch: AuthBatch,
    /// Whether it must be new (else it must exist and have taken nothing yet).
    pub new: bool,
}

/// A settlement is added.
#[derive(Debug, Clone)]
pub struct SetlChange {
    /// The new row. When it names `refd_setl_id`, that settlement must exist and not be reversed yet.
    pub setl: Setl,
}

/// An accumulator moves on.
#[derive(Debug, Clone)]
pub struct AccumChange {
    /// Whose.
    pub key: AccumKey,
    /// The version it must have had; 0 = it must not exist.
    pub expect_version: i64,
    /// As it is afterwards.
    pub row: AccumRow,
}

/// A personal account moves on.
#[derive(Debug, Clone)]
pub struct AcctChange {
    /// 参保统筹区.
    pub poolarea_no: Admdvs,
    /// Whose.
    pub psn_no: PsnNo,
    /// The version it must have had; 0 = it must not exist.
    pub expect_version: i64,
    /// 余额 afterwards.
    pub balc: Fen,
}

/// A register row, inserted or replaced.
#[derive(Debug, Clone)]
pub enum RegistryPut {
    /// App.
    App(App),
    /// Institution.
    Fixmedins(Fixmedins),
    /// Doctor or pharmacist.
    Practitioner(Practitioner),
    /// Insured person.
    Person(Person),
    /// Drug, in force on every day and of no edition: demo and tests. A real catalogue comes as [`EditionChange`].
    Drug(Drug),
}

/// Why a commit did not happen. Nothing was written then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CommitError {
    /// Somebody else moved first: load and decide again.
    #[error("stale: {0}")]
    Stale(&'static str),
    /// The thing is held by another prescription.
    #[error("claimed")]
    Claimed(Claim),
    /// The message was answered already.
    #[error("repeated")]
    Repeated(Box<IdemRow>),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
