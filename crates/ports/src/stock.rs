//! 进销存 as stored: lots, what moved in them, codes, leads; and the finders of 3501–3513.
//!
//! Invariants: lots, moves and codes are found by institution only; a sale for a prescription by its number, and what is
//! offered by 统筹区; a move is never changed but for being made void by a later one (3507).

use async_trait::async_trait;
use lf_stock::{CodeLife, DataType, Lot};
use lf_vocab::{Admdvs, DrugTracCodg, FixmedinsCode, HiRxno, MedListCodg, Moment, Pric, PsnNo};
use serde::{Deserialize, Serialize};

use crate::row::{Claim, ClaimKind};
use crate::store::StoreError;
use crate::supply::SupplyCase;

/// A lot of an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLot {
    /// Whose.
    pub fixmedins_code: FixmedinsCode,
    /// 定点医药机构批次流水号.
    pub fixmedins_bchno: String,
    /// 统筹区 of the institution.
    pub poolarea_no: Admdvs,
    /// The number of its last move; its version.
    pub seq: i64,
    /// The lot.
    pub lot: Lot,
}

/// A row of 3501–3507 that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMove {
    /// Whose.
    pub fixmedins_code: FixmedinsCode,
    /// In which lot.
    pub fixmedins_bchno: String,
    /// Counts the lot's moves from 1.
    pub seq: i64,
    /// What 3507 deletes it with.
    pub data_type: DataType,
    /// What makes the row one of its kind in its lot, such as 零售单据号.
    pub doc_no: String,
    /// How it changed the balance, in minimal units.
    pub units: i64,
    /// 就医流水号 of a sale or return.
    pub mdtrt_sn: Option<String>,
    /// The prescription that it was sold for.
    pub hi_rxno: Option<HiRxno>,
    /// To whom, if told.
    pub psn_no: Option<PsnNo>,
    /// When it happened, as told.
    pub at: Moment,
    /// When the center took it.
    pub taken: Moment,
    /// The move that made it void; 0 = it stands.
    pub void_seq: i64,
    /// SM3 of the row's meaning.
    pub digest: [u8; 32],
    /// What the row said.
    pub body: MoveBody,
}

impl StockMove {
    /// Whether it is a sale that was neither deleted nor is a return.
    pub fn stands_sold(&self) -> bool {
        self.data_type == DataType::Sale && self.void_seq == 0 && self.units < 0
    }

    /// At what a whole pack was sold; nothing of a split pack, of what is no sale, or where no price was told.
    pub fn whole_pack_pric(&self) -> Option<Pric> {
        let whole = self.stands_sold() && self.body.told("trdn_flag") != Some("1");
        self.body.told("finl_trns_pric").filter(|_| whole)?.parse().ok()
    }
}

/// A row as it came, and what it did to codes. Sealed in the database: it names people.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MoveBody {
    /// The transaction.
    pub infno: String,
    /// Field and text, by the interface's names.
    pub told: Vec<(String, String)>,
    /// Codes as they were afterwards.
    pub codes: Vec<(DrugTracCodg, CodeLife)>,
    /// Codes that were sold before.
    #[serde(default)]
    pub leads: Vec<DrugTracCodg>,
}

impl std::fmt::Debug for MoveBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MoveBody").field("infno", &self.infno).field("codes", &self.codes).finish_non_exhaustive()
    }
}

impl MoveBody {
    /// What a field said.
    pub fn told(&self, field: &str) -> Option<&str> {
        self.told.iter().find(|(name, _)| name == field).map(|(_, text)| text.as_str())
    }
}

/// A code at an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockCode {
    /// Whose.
    pub fixmedins_code: FixmedinsCode,
    /// The code.
    pub drug_trac_codg: DrugTracCodg,
    /// Counts changes from 1.
    pub ver: i64,
    /// The lot that it belongs or last belonged to.
    pub fixmedins_bchno: String,
    /// Where it is.
    pub life: CodeLife,
}

/// A code that was sold before and is sold again, where the law records that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLead {
    /// 统筹区 of the second seller.
    pub poolarea_no: Admdvs,
    /// When it was raised.
    pub raised: Moment,
    /// The code.
    pub drug_trac_codg: DrugTracCodg,
    /// Who sold it again.
    pub fixmedins_code: FixmedinsCode,
    /// Of which lot.
    pub fixmedins_bchno: String,
    /// By which move.
    pub seq: i64,
    /// Who held it: a prescription, a sale or an open pack.
    pub holder: String,
}

/// What one lead is by, in the order in which leads are listed: the same code twice in one batch is two leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadKey<'a> {
    /// When it was raised.
    pub raised: Moment,
    /// The code.
    pub drug_trac_codg: &'a str,
    /// Who sold it again.
    pub fixmedins_code: &'a str,
    /// Of which lot.
    pub fixmedins_bchno: &'a str,
    /// By which move.
    pub seq: i64,
}

impl LeadKey<'_> {
    /// Before every lead.
    pub const FIRST: Self =
        Self { raised: Moment::from_micros(0), drug_trac_codg: "", fixmedins_code: "", fixmedins_bchno: "", seq: 0 };
}

impl StockLead {
    /// Its key.
    pub fn key(&self) -> LeadKey<'_> {
        LeadKey {
            raised: self.raised,
            drug_trac_codg: self.drug_trac_codg.as_str(),
            fixmedins_code: self.fixmedins_code.as_str(),
            fixmedins_bchno: &self.fixmedins_bchno,
            seq: self.seq,
        }
    }
}

/// The most keys that a finder of goods is asked for at once: lots, codes, vouchers or visits of one message.
pub const STOCK_KEYS_MAX: usize = 100_000;

/// What identifies a row in its lot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocKey {
    /// 批次.
    pub fixmedins_bchno: String,
    /// Kind.
    pub data_type: DataType,
    /// Number.
    pub doc_no: String,
}

/// Whose moves 3508–3513 ask for, inside one institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MovesOf {
    /// Of a lot.
    Lot(String),
    /// Of a visit.
    Visit(String),
    /// Of a person.
    Person(PsnNo),
}

/// Which goods of an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LotsOf {
    /// 医疗目录编码.
    Drug(MedListCodg),
    /// 定点医药机构目录编号.
    Own(String),
}

/// Everything that rows of 3501–3507 change, beside the claims on codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockChange {
    /// Whose.
    pub fixmedins_code: FixmedinsCode,
    /// Lots as they are afterwards, each with the `seq` it must have had (0 = it must not exist).
    pub lots: Vec<(i64, StockLot)>,
    /// Made void: lot, kind, by which move.
    pub voids: Vec<(String, DataType, i64)>,
    /// New moves; each follows the `seq` before it.
    pub moves: Vec<StockMove>,
    /// Codes as they are afterwards, each one version on.
    pub codes: Vec<StockCode>,
    /// Leads.
    pub leads: Vec<StockLead>,
}

/// Finders of goods.
#[async_trait]
pub trait StockStore: Send + Sync {
    /// Lots of an institution, in the order asked.
    async fn stock_lots(
        &self,
        fixmedins_code: &FixmedinsCode,
        lots: &[&str],
    ) -> Result<Vec<Option<StockLot>>, StoreError>;
    /// Codes at an institution, in the order asked.
    async fn stock_codes(
        &self,
        fixmedins_code: &FixmedinsCode,
        codes: &[&DrugTracCodg],
    ) -> Result<Vec<Option<StockCode>>, StoreError>;
    /// Who holds things of a kind, in the order asked.
    async fn claims(&self, kind: ClaimKind, keys: &[&str]) -> Result<Vec<Option<Claim>>, StoreError>;
    /// The meaning of the rows that stand under these numbers, in the order asked.
    async fn stock_docs(
        &self,
        fixmedins_code: &FixmedinsCode,
        docs: &[&DocKey],
    ) -> Result<Vec<Option<[u8; 32]>>, StoreError>;
    /// Units sold and not returned of lots in visits, in the order asked.
    async fn stock_visits(
        &self,
        fixmedins_code: &FixmedinsCode,
        visits: &[(&str, &str)],
    ) -> Result<Vec<i64>, StoreError>;
    /// Codes of a lot after a code.
    async fn stock_codes_of_lot(
        &self,
        fixmedins_code: &FixmedinsCode,
        fixmedins_bchno: &str,
        after: &str,
        most: usize,
    ) -> Result<Vec<StockCode>, StoreError>;
    /// Moves of an institution after a place (lot and number), in that order.
    async fn stock_moves(
        &self,
        fixmedins_code: &FixmedinsCode,
        of: &MovesOf,
        after: (&str, i64),
        most: usize,
    ) -> Result<Vec<StockMove>, StoreError>;
    /// Moves of an institution that a prescription was sold by, void ones left out.
    async fn stock_moves_of_rx(
        &self,
        fixmedins_code: &FixmedinsCode,
        hi_rxno: &HiRxno,
    ) -> Result<Vec<StockMove>, StoreError>;
    /// Lots of a drug in a 统筹区 with something in them, after an institution and lot.
    async fn stock_offers(
        &self,
        poolarea_no: Admdvs,
        med_list_codg: &MedListCodg,
        after: (&str, &str),
        most: usize,
    ) -> Result<Vec<StockLot>, StoreError>;
    /// Lots of an institution after one, in their order.
    async fn stock_lots_after(
        &self,
        fixmedins_code: &FixmedinsCode,
        after: &str,
        most: usize,
    ) -> Result<Vec<StockLot>, StoreError>;
    /// Lots of an institution that are of these goods, after a lot.
    async fn stock_lots_of(
        &self,
        fixmedins_code: &FixmedinsCode,
        of: &LotsOf,
        after: &str,
        most: usize,
    ) -> Result<Vec<StockLot>, StoreError>;
    /// Leads of a 统筹区 after one, in the order of their keys.
    async fn stock_leads(
        &self,
        poolarea_no: Admdvs,
        after: LeadKey<'_>,
        most: usize,
    ) -> Result<Vec<StockLead>, StoreError>;
    /// When the center took a row of an institution last, at a moment or before it.
    async fn stock_told(&self, fixmedins_code: &FixmedinsCode, until: Moment) -> Result<Option<Moment>, StoreError>;
    /// Moves of an institution that were taken after a moment (of that moment those after a lot and number) and before
    /// another, in that order.
    async fn stock_moves_taken(
        &self,
        fixmedins_code: &FixmedinsCode,
        after: (Moment, &str, i64),
        until: Moment,
        most: usize,
    ) -> Result<Vec<StockMove>, StoreError>;
    /// A case of an institution.
    async fn supply_case(
        &self,
        fixmedins_code: &FixmedinsCode,
        case_no: &str,
    ) -> Result<Option<SupplyCase>, StoreError>;
    /// Cases of a 统筹区 after an institution and number, in that order.
    async fn supply_cases(
        &self,
        poolarea_no: Admdvs,
        after: (&str, &str),
        most: usize,
    ) -> Result<Vec<SupplyCase>, StoreError>;
    /// The next institution that has lots, for the auditor.
    async fn stock_holder_after(&self, fixmedins_code: &str) -> Result<Option<FixmedinsCode>, StoreError>;
}
