//! A store that is watched: which questions a use case asks, and which of them together. Questions that are asked together
//! travel together, so the waves are the round trips that a far database costs.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use async_trait::async_trait;
use lf_ports::lists::{DsgnSide, DsgnType};
use lf_ports::store::DrugQuery;
use lf_ports::{
    Acct, AccumKey, AccumRow, App, ChangeSet, Claim, ClaimKind, CommitError, Course, Dated, Drug, DutyRow, Edition,
    EditionOf, FileHead, FileOwner, Filing, FilingKind, Fixmedins, GrantRow, IdemKey, IdemRow, Item, ItntSession,
    ListMatch, Lists, MatchKey, Mdtrt, MdtrtStore, MemoRow, MemoTopic, Person, PersonKey, Practitioner, Prics, ReimRow,
    ReimStore, RxFile, Setl, Since, Store, StoreError, StoredEvent, StoredFile,
};
use lf_ports::{DocKey, LeadKey, LotsOf, MovesOf, StockCode, StockLead, StockLot, StockMove, StockStore, SupplyCase};
use lf_rx::event::Session;
use lf_rx::{AuthBatch, Prescription, RxContent};
use lf_settle::reim::ReimStas;
use lf_vocab::{Admdvs, Day, DrCode, DrugTracCodg, FixmedinsCode, HiRxno, MedListCodg, Moment, PsnNo};

/// A store behind which another one answers.
pub struct Watched {
    store: Arc<dyn Store>,
    asked: Mutex<Asked>,
    early: AtomicBool,
}

#[derive(Default)]
struct Asked {
    under_way: usize,
    waves: Vec<Vec<&'static str>>,
}

impl Watched {
    /// Watches a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, asked: Mutex::default(), early: AtomicBool::new(false) }
    }

    /// Its next look for an answered message comes a moment too early and finds nothing.
    #[must_use]
    pub fn early(self) -> Self {
        self.early.store(true, Ordering::Relaxed);
        self
    }

    /// What was asked since the last time, wave by wave; a commit is a wave of its own.
    pub fn waves(&self) -> Vec<Vec<&'static str>> {
        std::mem::take(&mut self.asked().waves)
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a question, and lets those that are asked with it be asked before it is answered.
    async fn ask(&self, name: &'static str) {
        {
            let mut asked = self.asked();
            if asked.under_way == 0 {
                asked.waves.push(Vec::new());
            }
            asked.under_way += 1;
            if let Some(wave) = asked.waves.last_mut() {
                wave.push(name);
            }
        }
        let mut waited = false;
        poll_fn(|cx| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        self.asked().under_way -= 1;
    }
}

macro_rules! asked {
    (goods $($name:ident($($arg:ident: $kind:ty),*) -> $reply:ty;)+) => {
        #[async_trait]
        impl StockStore for Watched {
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$reply, StoreError> {
                self.ask(stringify!($name)).await;
                self.store.$name($($arg),*).await
            })+
        }
    };
    (claims $($name:ident($($arg:ident: $kind:ty),*) -> $reply:ty;)+) => {
        #[async_trait]
        impl ReimStore for Watched {
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$reply, StoreError> {
                self.ask(stringify!($name)).await;
                self.store.$name($($arg),*).await
            })+
        }
    };
    (visits $($name:ident($($arg:ident: $kind:ty),*) -> $reply:ty;)+) => {
        #[async_trait]
        impl MdtrtStore for Watched {
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$reply, StoreError> {
                self.ask(stringify!($name)).await;
                self.store.$name($($arg),*).await
            })+
        }
    };
    ($($name:ident($($arg:ident: $kind:ty),*) -> $reply:ty;)+) => {
        #[async_trait]
        impl Store for Watched {
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$reply, StoreError> {
                self.ask(stringify!($name)).await;
                self.store.$name($($arg),*).await
            })+

            async fn idem(&self, key: &IdemKey) -> Result<Option<IdemRow>, StoreError> {
                self.ask("idem").await;
                if self.early.swap(false, Ordering::Relaxed) { Ok(None) } else { self.store.idem(key).await }
            }

            async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
                self.ask("commit").await;
                self.store.commit(changes).await
            }
        }
    };
}
asked! {
    app(app_id: &str) -> Option<App>;
    apps_page(after: &str, limit: usize) -> Vec<App>;
    fixmedins(fixmedins_code: &FixmedinsCode) -> Option<Fixmedins>;
    practitioner(fixmedins_code: &FixmedinsCode, prac_code: &str) -> Option<Practitioner>;
    person(key: &PersonKey) -> Option<Person>;
    drugs(codes: &[MedListCodg], on: Day) -> Vec<Option<Drug>>;
    drug_page(query: &DrugQuery) -> (u64, Vec<Drug>);
    drugs_since(since: &Since, limit: usize) -> Vec<Dated<Drug>>;
    drug_rows(code: &MedListCodg) -> Vec<Dated<Drug>>;
    list_items(list: Lists, keys: &[&str], on: Day) -> Vec<Option<Dated<Item>>>;
    drug_prics(codes: &[MedListCodg], place: Admdvs, on: Day) -> Vec<Prics>;
    list_under(list: Lists, firsts: &[&str], on: Day) -> Vec<Vec<Dated<Item>>>;
    filings(poolarea_no: Admdvs, psn_no: &PsnNo) -> Vec<Filing>;
    filings_kept(poolarea_no: Admdvs) -> Vec<FilingKind>;
    lists_have(asked: &[(Lists, String)], on: Day) -> Vec<bool>;
    designations_kept(poolarea_no: Admdvs, on: Day) -> Vec<(DsgnType, DsgnSide)>;
    list_page(list: Lists, on: Day, after_key: Option<&str>, limit: usize) -> Vec<Dated<Item>>;
    list_since(list: Lists, since: &Since, limit: usize) -> Vec<Dated<Item>>;
    editions(of: EditionOf) -> Vec<Edition>;
    grants(places: &[Admdvs]) -> Vec<GrantRow>;
    practitioners_of(fixmedins_code: &FixmedinsCode, after: &str, most: usize) -> Vec<Practitioner>;
    duty(fixmedins_code: &FixmedinsCode, within: (Moment, Moment), most: usize) -> Vec<DutyRow>;
    memos(poolarea_no: Admdvs, topic: MemoTopic, after: (&str, i64), most: usize) -> Vec<MemoRow>;
    rx(hi_rxno: &HiRxno) -> Option<Prescription>;
    rx_content(hi_rxno: &HiRxno) -> Option<RxContent>;
    rx_file(hi_rxno: &HiRxno) -> Option<RxFile>;
    rx_events(hi_rxno: &HiRxno) -> Vec<StoredEvent>;
    rx_of_person(poolarea_no: Admdvs, psn_no: &PsnNo, most: usize) -> Vec<Prescription>;
    itnt_last(dr_code: &DrCode) -> i64;
    itnt_overlaps(dr_code: &DrCode, session: &Session, but: (Admdvs, &PsnNo)) -> Vec<ItntSession>;
    courses(poolarea_no: Admdvs, psn_no: &PsnNo, now: Moment) -> Vec<Course>;
    rxnos_of_person(poolarea_no: Admdvs, psn_no: &PsnNo, after: Option<&HiRxno>, most: usize) -> Vec<HiRxno>;
    batch(poolarea_no: Admdvs, batch_no: &str) -> Option<AuthBatch>;
    setl(fixmedins_code: &FixmedinsCode, setl_id: &str) -> Option<(Setl, Option<String>)>;
    setls_of(fixmedins_code: &FixmedinsCode, after: (Moment, &str), until: Moment, limit: usize) -> Vec<Setl>;
    accum(key: &AccumKey) -> Option<AccumRow>;
    acct(poolarea_no: Admdvs, psn_no: &PsnNo) -> Acct;
    claim_upto(kind: ClaimKind, key: &str) -> Option<Claim>;
    claim(kind: ClaimKind, key: &str) -> Option<Claim>;
    reserve_serials(poolarea_no: Admdvs, day: Day, count: u64) -> u64;
    file(owner: &FileOwner, file_qury_no: &str) -> Option<StoredFile>;
    matches_since(fixmedins_code: &FixmedinsCode, after: Moment, behind: Option<&MatchKey>, limit: usize) -> Vec<ListMatch>;
    file_head(owner: &FileOwner, file_qury_no: &str) -> Option<FileHead>;
    file_count(owner: &FileOwner, now: Moment) -> u64;
}
asked! {
    claims
    reim(poolarea_no: Admdvs, reim_no: &str) -> Option<ReimRow>;
    reims(poolarea_no: Admdvs, stas: Option<ReimStas>, after: &str, most: usize) -> Vec<ReimRow>;
}
asked! {
    visits
    mdtrt(fixmedins_code: &FixmedinsCode, mdtrt_id: &str) -> Option<(Mdtrt, i64)>;
    scan_mdtrt(poolarea_no: Admdvs, after: Option<&str>, most: usize) -> Vec<Mdtrt>;
}
asked! {
    goods
    stock_lots(fixmedins_code: &FixmedinsCode, lots: &[&str]) -> Vec<Option<StockLot>>;
    stock_codes(fixmedins_code: &FixmedinsCode, codes: &[&DrugTracCodg]) -> Vec<Option<StockCode>>;
    claims(kind: ClaimKind, keys: &[&str]) -> Vec<Option<Claim>>;
    stock_docs(fixmedins_code: &FixmedinsCode, docs: &[&DocKey]) -> Vec<Option<[u8; 32]>>;
    stock_visits(fixmedins_code: &FixmedinsCode, visits: &[(&str, &str)]) -> Vec<i64>;
    stock_codes_of_lot(fixmedins_code: &FixmedinsCode, fixmedins_bchno: &str, after: &str, most: usize)
        -> Vec<StockCode>;
    stock_moves(fixmedins_code: &FixmedinsCode, of: &MovesOf, after: (&str, i64), most: usize) -> Vec<StockMove>;
    stock_moves_of_rx(fixmedins_code: &FixmedinsCode, hi_rxno: &HiRxno) -> Vec<StockMove>;
    stock_offers(poolarea_no: Admdvs, med_list_codg: &MedListCodg, after: (&str, &str), most: usize) -> Vec<StockLot>;
    stock_lots_after(fixmedins_code: &FixmedinsCode, after: &str, most: usize) -> Vec<StockLot>;
    stock_lots_of(fixmedins_code: &FixmedinsCode, of: &LotsOf, after: &str, most: usize) -> Vec<StockLot>;
    stock_leads(poolarea_no: Admdvs, after: LeadKey<'_>, most: usize) -> Vec<StockLead>;
    stock_told(fixmedins_code: &FixmedinsCode, until: Moment) -> Option<Moment>;
    stock_moves_taken(fixmedins_code: &FixmedinsCode, after: (Moment, &str, i64), until: Moment, most: usize) -> Vec<StockMove>;
    supply_case(fixmedins_code: &FixmedinsCode, case_no: &str) -> Option<SupplyCase>;
    supply_cases(poolarea_no: Admdvs, after: (&str, &str), most: usize) -> Vec<SupplyCase>;
    stock_holder_after(fixmedins_code: &str) -> Option<FixmedinsCode>;
}
