//! The store port. Finders that a use case needs together are polled together (`try_join!`), so that a
//! pipelining driver answers them in one round trip.

use async_trait::async_trait;
use lf_rx::event::Session;
use lf_rx::{AuthBatch, Prescription, RxContent};
use lf_vocab::{Admdvs, Day, DrCode, FixmedinsCode, HiRxno, MedListCodg, Moment, PsnNo};
use thiserror::Error;

use crate::change::{ChangeSet, CommitError};
use crate::codec::Inconsistency;
use crate::consult::{Course, ItntSession};
use crate::duty::DutyRow;
use crate::file::{FileHead, FileOwner, StoredFile};
use crate::filing::{Filing, FilingKind};
use crate::grant::GrantRow;
use crate::list_match::{ListMatch, MatchKey};
use crate::lists::{Dated, DsgnSide, DsgnType, Edition, EditionOf, Item, Lists, Prics, Since};
use crate::mdtrt::MdtrtStore;
use crate::memo::{MemoRow, MemoTopic};
use crate::registry::{App, Drug, Fixmedins, Person, Practitioner};
use crate::reim::ReimStore;
use crate::row::{Acct, AccumKey, AccumRow, Claim, ClaimKind, IdemKey, IdemRow, PersonKey, RxFile, Setl, StoredEvent};
use crate::stock::StockStore;

/// Why the store did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Nobody now; a retry may help.
    #[error("store unavailable: {0}")]
    Unavailable(String),
    /// A row contradicts its type.
    #[error(transparent)]
    Inconsistent(#[from] Inconsistency),
    /// Our fault or the disk's.
    #[error("store broken: {0}")]
    Broken(String),
}

/// Rows that [`Store::list_under`] gives of one first part; a list that has more of one is refused.
pub const UNDER_MAX: usize = 64;

/// What the use cases read and write.
#[async_trait]
pub trait Store: StockStore + MdtrtStore + ReimStore + Send + Sync {
    /// An app by its id.
    async fn app(&self, app_id: &str) -> Result<Option<App>, StoreError>;
    /// A page of all apps in the order of their ids, after an id: for the operator.
    async fn apps_page(&self, after: &str, limit: usize) -> Result<Vec<App>, StoreError>;
    /// An institution.
    async fn fixmedins(&self, fixmedins_code: &FixmedinsCode) -> Result<Option<Fixmedins>, StoreError>;
    /// A practitioner of an institution.
    async fn practitioner(
        &self,
        fixmedins_code: &FixmedinsCode,
        prac_code: &str,
    ) -> Result<Option<Practitioner>, StoreError>;
    /// A person.
    async fn person(&self, key: &PersonKey) -> Result<Option<Person>, StoreError>;
    /// Drugs by code as of a day, in the order asked; those not in the catalogue then are `None`.
    async fn drugs(&self, codes: &[MedListCodg], on: Day) -> Result<Vec<Option<Drug>>, StoreError>;
    /// A page of the catalogue as of a day: by code list, or by a part of the name; total and rows, ordered by code.
    async fn drug_page(&self, query: &DrugQuery) -> Result<(u64, Vec<Drug>), StoreError>;
    /// Rows of the catalogue that changed, past and future ones too, in the order of version, code and first day.
    async fn drugs_since(&self, since: &Since, limit: usize) -> Result<Vec<Dated<Drug>>, StoreError>;
    /// Rows of a list by key as of a day, in the order asked; those not in it then are `None`.
    async fn list_items(&self, list: Lists, keys: &[&str], on: Day) -> Result<Vec<Option<Dated<Item>>>, StoreError>;
    /// What prices of drugs are compared with in a place as of a day, in the order asked: payment standard, 集采中选价, 省药采平台价.
    async fn drug_prics(&self, codes: &[MedListCodg], place: Admdvs, on: Day) -> Result<Vec<Prics>, StoreError>;
    /// Rows of a list as of a day whose key has this first part, for each of the first parts in the order asked: of one
    /// drug all its restrictions. Each in the order of keys, at most [`UNDER_MAX`] of them.
    async fn list_under(&self, list: Lists, firsts: &[&str], on: Day) -> Result<Vec<Vec<Dated<Item>>>, StoreError>;
    /// Whether lists have rows as of a day whose key has a first part, in the order asked.
    async fn lists_have(&self, asked: &[(Lists, String)], on: Day) -> Result<Vec<bool>, StoreError>;
    /// For which purposes a 统筹区 has designations of each side as of a day.
    async fn designations_kept(&self, poolarea_no: Admdvs, on: Day) -> Result<Vec<(DsgnType, DsgnSide)>, StoreError>;
    /// A page of a list as of a day, in the order of keys, after a key.
    async fn list_page(
        &self,
        list: Lists,
        on: Day,
        after_key: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Dated<Item>>, StoreError>;
    /// Rows of a list that changed, past and future ones too, in the order of version, key and first day.
    async fn list_since(&self, list: Lists, since: &Since, limit: usize) -> Result<Vec<Dated<Item>>, StoreError>;
    /// The editions of a list, the first one first.
    async fn editions(&self, of: EditionOf) -> Result<Vec<Edition>, StoreError>;
    /// All grants of these places, also those that ended, in the order of places, provisions and numbers.
    async fn grants(&self, places: &[Admdvs]) -> Result<Vec<GrantRow>, StoreError>;
    /// Doctors and pharmacists of an institution after one, in the order of their codes.
    async fn practitioners_of(
        &self,
        fixmedins_code: &FixmedinsCode,
        after: &str,
        most: usize,
    ) -> Result<Vec<Practitioner>, StoreError>;
    /// Marks of duty of a pharmacy in a half-open time, in the order of their time.
    async fn duty(
        &self,
        fixmedins_code: &FixmedinsCode,
        within: (Moment, Moment),
        most: usize,
    ) -> Result<Vec<DutyRow>, StoreError>;
    /// Memos of a place about a topic after one (its key and number), in that order.
    async fn memos(
        &self,
        poolarea_no: Admdvs,
        topic: MemoTopic,
        after: (&str, i64),
        most: usize,
    ) -> Result<Vec<MemoRow>, StoreError>;
    /// All filings of a person, also those that ended or were refused, in the order of their numbers.
    async fn filings(&self, poolarea_no: Admdvs, psn_no: &PsnNo) -> Result<Vec<Filing>, StoreError>;
    /// Of which kinds a 统筹区 keeps filings at all.
    async fn filings_kept(&self, poolarea_no: Admdvs) -> Result<Vec<FilingKind>, StoreError>;
    /// A prescription.
    async fn rx(&self, hi_rxno: &HiRxno) -> Result<Option<Prescription>, StoreError>;
    /// What it says.
    async fn rx_content(&self, hi_rxno: &HiRxno) -> Result<Option<RxContent>, StoreError>;
    /// Its file.
    async fn rx_file(&self, hi_rxno: &HiRxno) -> Result<Option<RxFile>, StoreError>;
    /// Its history, from the first event.
    async fn rx_events(&self, hi_rxno: &HiRxno) -> Result<Vec<StoredEvent>, StoreError>;
    /// A person's prescriptions in one 统筹区 that a pharmacy may fetch (uploaded, neither dispensed nor closed),
    /// newest first.
    async fn rx_of_person(
        &self,
        poolarea_no: Admdvs,
        psn_no: &PsnNo,
        most: usize,
    ) -> Result<Vec<Prescription>, StoreError>;
    /// The number of a doctor's last consultation; 0 where there is none yet.
    async fn itnt_last(&self, dr_code: &DrCode) -> Result<i64, StoreError>;
    /// Consultations of a doctor with others than this person that have a moment in common with this time, at most
    /// [`crate::consult::OVERLAPS_MAX`].
    async fn itnt_overlaps(
        &self,
        dr_code: &DrCode,
        session: &Session,
        but: (Admdvs, &PsnNo),
    ) -> Result<Vec<ItntSession>, StoreError>;
    /// Prescriptions of a person, of whatever institution, whose drugs last until today or longer: dispensed, or free to be. At
    /// most [`crate::consult::COURSES_MAX`], those that last longest first, among the [`crate::consult::COURSES_LOOKED_MAX`]
    /// that last longest whether they stand or not.
    async fn courses(&self, poolarea_no: Admdvs, psn_no: &PsnNo, now: Moment) -> Result<Vec<Course>, StoreError>;
    /// Numbers of all prescriptions that were pre-checked for a person, behind one, in their order.
    async fn rxnos_of_person(
        &self,
        poolarea_no: Admdvs,
        psn_no: &PsnNo,
        after: Option<&HiRxno>,
        most: usize,
    ) -> Result<Vec<HiRxno>, StoreError>;
    /// An authorisation.
    async fn batch(&self, poolarea_no: Admdvs, batch_no: &str) -> Result<Option<AuthBatch>, StoreError>;
    /// A settlement of a pharmacy, and the settlement that reversed it.
    async fn setl(
        &self,
        fixmedins_code: &FixmedinsCode,
        setl_id: &str,
    ) -> Result<Option<(Setl, Option<String>)>, StoreError>;
    /// Settlements and reversals of a pharmacy in the order of their time and number: those after a time and number (an
    /// empty one comes before all), made before `until`.
    async fn setls_of(
        &self,
        fixmedins_code: &FixmedinsCode,
        after: (Moment, &str),
        until: Moment,
        limit: usize,
    ) -> Result<Vec<Setl>, StoreError>;
    /// An accumulator.
    async fn accum(&self, key: &AccumKey) -> Result<Option<AccumRow>, StoreError>;
    /// A personal account; never opened is zero.
    async fn acct(&self, poolarea_no: Admdvs, psn_no: &PsnNo) -> Result<Acct, StoreError>;
    /// Who holds a thing.
    async fn claim(&self, kind: ClaimKind, key: &str) -> Result<Option<Claim>, StoreError>;
    /// The claim of this kind with the greatest key up to and including this one.
    async fn claim_upto(&self, kind: ClaimKind, key: &str) -> Result<Option<Claim>, StoreError>;
    /// What was answered to a message.
    async fn idem(&self, key: &IdemKey) -> Result<Option<IdemRow>, StoreError>;
    /// Sets aside `count` serials of a 统筹区 and day; answers the first. Never gives one twice, also not to
    /// two processes; serials of a process that stopped are lost.
    async fn reserve_serials(&self, poolarea_no: Admdvs, day: Day, count: u64) -> Result<u64, StoreError>;
    /// Applies a change set, durably and whole.
    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError>;
    /// A file of this owner, also when it is past its time.
    async fn file(&self, owner: &FileOwner, file_qury_no: &str) -> Result<Option<StoredFile>, StoreError>;
    /// The same without its name and bytes.
    async fn file_head(&self, owner: &FileOwner, file_qury_no: &str) -> Result<Option<FileHead>, StoreError>;
    /// How many files of an owner are not past their time.
    async fn file_count(&self, owner: &FileOwner, now: Moment) -> Result<u64, StoreError>;
    /// Matches of an institution that changed after a moment, and of that moment those behind a match; in the order of
    /// their last change and key.
    async fn matches_since(
        &self,
        fixmedins_code: &FixmedinsCode,
        after: Moment,
        behind: Option<&MatchKey>,
        limit: usize,
    ) -> Result<Vec<ListMatch>, StoreError>;
    /// Every row that the catalogue ever had of a code, in the order of their days.
    async fn drug_rows(&self, code: &MedListCodg) -> Result<Vec<Dated<Drug>>, StoreError>;
}

/// What 7211 asks of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrugQuery {
    /// As of this day.
    pub on: Day,
    /// These codes, if any.
    pub codes: Vec<MedListCodg>,
    /// Part of the generic name.
    pub name_part: Option<String>,
    /// Only 双通道 or only not.
    pub dualchnl: Option<bool>,
    /// Only 门诊统筹 or only not.
    pub oppool: Option<bool>,
    /// Rows to pass over.
    pub offset: u64,
    /// Rows at most.
    pub limit: u64,
}

impl DrugQuery {
    /// No condition, and no row yet.
    pub fn on(on: Day) -> Self {
        Self { on, codes: Vec::new(), name_part: None, dualchnl: None, oppool: None, offset: 0, limit: 0 }
    }
}

/// What the auditor reads: everything, one 统筹区 at a time, in key order.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// All 统筹区 that have rows.
    async fn pools(&self) -> Result<Vec<Admdvs>, StoreError>;
    /// Prescriptions after a number.
    async fn scan_rx(
        &self,
        poolarea_no: Admdvs,
        after: Option<&HiRxno>,
        most: usize,
    ) -> Result<Vec<Prescription>, StoreError>;
    /// Settlements after an id.
    async fn scan_setl(
        &self,
        poolarea_no: Admdvs,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<(Setl, Option<String>)>, StoreError>;
    /// All accumulators of a 统筹区 after a key.
    async fn scan_accum(
        &self,
        poolarea_no: Admdvs,
        after: Option<&AccumKey>,
        most: usize,
    ) -> Result<Vec<(AccumKey, AccumRow)>, StoreError>;
    /// All claims of a kind after a key.
    async fn scan_claims(&self, kind: ClaimKind, after: Option<&str>, most: usize) -> Result<Vec<Claim>, StoreError>;
    /// Opening balance of a personal account as the register gave it, and the balance now.
    async fn scan_acct(
        &self,
        poolarea_no: Admdvs,
        after: Option<&PsnNo>,
        most: usize,
    ) -> Result<Vec<(PsnNo, lf_vocab::Fen, lf_vocab::Fen)>, StoreError>;
}
