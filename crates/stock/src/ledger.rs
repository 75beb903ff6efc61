//! The ledger of one institution, as far as its rows name it: posts a row, or refuses it and stays as it was.
//!
//! Invariants: a row is examined in the order of [`StockRefusal`] and applied at once when nothing was found; rows
//! posted later see what earlier ones left, so that a batch is judged as if its rows had come one by one.

use std::collections::{BTreeMap, BTreeSet};

use lf_vocab::{DrugTracCodg, Moment};

use crate::code::{Code, CodeLife, HeldSince, Owner};
use crate::lot::{Counted, Goods, Lot};
use crate::measure::Measure;
use crate::refusal::StockRefusal;
use crate::rows::{CODES_MAX, ChgType, DataType, Entry, Sale, SecondSale, What};

mod codes;

pub use codes::VIRTUAL;

/// A visit in a lot: what was sold in it can come back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SaleKey {
    /// 批次.
    pub fixmedins_bchno: String,
    /// 就医流水号.
    pub mdtrt_sn: String,
}

/// What the caller loaded, and what the posted rows made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    fixmedins_code: String,
    lots: BTreeMap<String, Lot>,
    codes: BTreeMap<DrugTracCodg, Code>,
    sales: BTreeMap<SaleKey, i64>,
}

/// What a posted row did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// How the balance changed, in minimal units.
    pub units: i64,
    /// Units that it states, whatever they did to the balance.
    pub stated: i64,
    /// Codes as they are afterwards.
    pub codes: Vec<(DrugTracCodg, CodeLife)>,
    /// Codes that were sold before and are sold again, which the law of the place records.
    pub leads: Vec<DrugTracCodg>,
}

/// What a row will do, before anything is done.
struct Draft {
    lot: Lot,
    sale: Option<(SaleKey, i64)>,
    codes: Vec<(DrugTracCodg, Code)>,
    leads: Vec<DrugTracCodg>,
    stated: i64,
}

impl Ledger {
    /// An empty one.
    pub fn new(fixmedins_code: &str) -> Self {
        Self {
            fixmedins_code: fixmedins_code.to_owned(),
            lots: BTreeMap::new(),
            codes: BTreeMap::new(),
            sales: BTreeMap::new(),
        }
    }

    /// A lot as stored.
    pub fn put_lot(&mut self, fixmedins_bchno: String, lot: Lot) {
        self.lots.insert(fixmedins_bchno, lot);
    }

    /// A code as stored.
    pub fn put_code(&mut self, code: DrugTracCodg, state: Code) {
        self.codes.insert(code, state);
    }

    /// Units that were sold in a visit and have not come back.
    pub fn put_sale(&mut self, key: SaleKey, units: i64) {
        self.sales.insert(key, units);
    }

    /// A lot as it is now.
    pub fn lot(&self, fixmedins_bchno: &str) -> Option<&Lot> {
        self.lots.get(fixmedins_bchno)
    }

    /// A code as it is now.
    pub fn code(&self, code: &DrugTracCodg) -> Option<&Code> {
        self.codes.get(code)
    }

    /// All lots.
    pub fn lots(&self) -> impl Iterator<Item = (&String, &Lot)> {
        self.lots.iter()
    }

    /// Posts a row.
    ///
    /// # Errors
    /// The first [`StockRefusal`] in their order; the ledger is as before then.
    pub fn post(&mut self, entry: &Entry, now: Moment) -> Result<Posting, StockRefusal> {
        let draft = self.draft(entry, now)?;
        let before = self.lots.get(&entry.fixmedins_bchno).map_or(0, Lot::balance);
        let posting = Posting {
            units: draft.lot.balance() - before,
            stated: draft.stated,
            codes: draft.codes.iter().map(|(code, state)| (code.clone(), state.life.clone())).collect(),
            leads: draft.leads,
        };
        if let Some((key, units)) = draft.sale {
            self.sales.insert(key, units);
        }
        self.codes.extend(draft.codes);
        self.lots.insert(entry.fixmedins_bchno.clone(), draft.lot);
        if entry.what == What::Delete(DataType::Sale) {
            self.sales.retain(|key, _| key.fixmedins_bchno != entry.fixmedins_bchno);
        }
        Ok(posting)
    }

    fn draft(&self, entry: &Entry, now: Moment) -> Result<Draft, StockRefusal> {
        examine_form(entry, now)?;
        let known = self.lots.get(&entry.fixmedins_bchno);
        let new = match &entry.what {
            What::Count { goods, measure, .. } | What::Purchase { goods, measure, .. } => Some((goods, *measure)),
            _ => None,
        };
        let lot = match (known, new) {
            (Some(lot), _) => lot.clone(),
            (None, Some((goods, measure))) => Lot::new(Goods::clone(goods), measure),
            (None, None) => return Err(StockRefusal::LotUnknown(entry.fixmedins_bchno.clone())),
        };
        let stated = stated(&entry.what, lot.measure)?;
        examine_codes(&entry.what, lot.measure, stated)?;
        if let Some(told) = entry.what.told() {
            lot.same_goods(&told)?;
        }
        let mut draft = Draft { lot, sale: None, codes: Vec::new(), leads: Vec::new(), stated };
        self.apply(entry, &mut draft)?;
        let Lot { changed, bought, sold, .. } = draft.lot;
        if [changed, bought, sold].iter().any(|sum| sum.abs() > Lot::MOST) {
            return Err(StockRefusal::BalanceTooLarge);
        }
        if draft.lot.balance() < 0 {
            return Err(StockRefusal::Short);
        }
        Ok(draft)
    }

    fn apply(&self, entry: &Entry, draft: &mut Draft) -> Result<(), StockRefusal> {
        let (lotno, units) = (&entry.fixmedins_bchno, draft.stated);
        match &entry.what {
            What::Count { invdate, .. } => {
                draft.lot.counted = Some(Counted { invdate: *invdate, found: units, book: draft.lot.balance() });
            }
            What::Change { chg, .. } => change(&mut draft.lot, *chg, units),
            What::Purchase { codes, .. } => {
                draft.lot.bought += units;
                draft.codes = codes.iter().map(|code| self.bought(code, lotno)).collect::<Result<_, _>>()?;
            }
            What::PurchaseReturn { .. } => draft.lot.bought -= units,
            What::Sale(sale) => {
                lf_vocab::covers!("JX-4.2d");
                if draft.lot.expired(entry.at.day()) {
                    return Err(StockRefusal::Expired(draft.lot.goods.expy_end));
                }
                draft.lot.sold += units;
                draft.sale = Some(self.moved_in_visit(entry, sale, units));
                self.sell_codes(lotno, sale, draft)?;
            }
            What::SaleReturn(sale) => {
                let (key, left) = self.moved_in_visit(entry, sale, -units);
                if left < 0 {
                    return Err(StockRefusal::NotSoldSo);
                }
                draft.lot.sold -= units;
                draft.sale = Some((key, left));
                self.return_codes(lotno, sale, draft)?;
            }
            What::Delete(data) => self.delete(lotno, *data, draft)?,
        }
        Ok(())
    }

    fn moved_in_visit(&self, entry: &Entry, sale: &Sale, units: i64) -> (SaleKey, i64) {
        let key = SaleKey { fixmedins_bchno: entry.fixmedins_bchno.clone(), mdtrt_sn: sale.mdtrt_sn.clone() };
        let sum = self.sales.get(&key).copied().unwrap_or(0) + units;
        (key, sum)
    }

    /// 3507: the sum of a kind becomes nothing, and codes that only it told of are as before it.
    fn delete(&self, lotno: &str, data: DataType, draft: &mut Draft) -> Result<(), StockRefusal> {
        let lot = &mut draft.lot;
        match data {
            DataType::Count if lot.counted.is_none() => return Err(StockRefusal::NothingToDelete),
            DataType::Count => lot.counted = None,
            DataType::Change => {
                lot.changed = 0;
                let booked = std::mem::take(&mut lot.booked);
                if let Some(counted) = &mut lot.counted {
                    counted.book -= booked;
                }
            }
            DataType::Purchase => lot.bought = 0,
            DataType::Sale => lot.sold = 0,
        }
        for (code, state) in &self.codes {
            if state.life.lot() != Some(lotno) {
                continue;
            }
            let life = match (data, &state.life) {
                (DataType::Purchase, CodeLife::Held { since: HeldSince::Bought, .. }) => CodeLife::Unseen,
                (DataType::Sale, CodeLife::Sold { .. } | CodeLife::Opened { .. }) => back(&state.life, lotno),
                _ => continue,
            };
            draft.codes.push((code.clone(), Code { life, held_by: kept(state) }));
        }
        Ok(())
    }
}

/// 3502. What a count found is booked, so that goods and book agree again; any other change moves both.
fn change(lot: &mut Lot, chg: ChgType, units: i64) {
    let (units, of_count) = match chg {
        ChgType::In => (units, false),
        ChgType::Out => (-units, false),
        ChgType::Gain => (units, true),
        ChgType::Loss => (-units, true),
    };
    lot.changed += units;
    if of_count {
        lot.booked += units;
        if let Some(counted) = &mut lot.counted {
            counted.book += units;
        }
    }
}

/// A code as before its sale; one that was never bought here stands on the shelf since its return.
fn back(life: &CodeLife, lotno: &str) -> CodeLife {
    let since = life.shelf().unwrap_or(HeldSince::Returned);
    CodeLife::Held { fixmedins_bchno: lotno.to_owned(), since }
}

/// Who holds the code after its goods came back: a prescription holds on until its own sale is undone (7208, 2103).
fn kept(state: &Code) -> Option<String> {
    match &state.life {
        CodeLife::Sold { owner: Owner::Rx(_), .. } | CodeLife::Held { .. } => state.held_by.clone(),
        _ => None,
    }
}

fn examine_form(entry: &Entry, now: Moment) -> Result<(), StockRefusal> {
    if let What::Count { goods, .. } | What::Purchase { goods, .. } = &entry.what
        && goods.expy_end < goods.manu_date
    {
        return Err(StockRefusal::DatesWrong);
    }
    let counted_later = matches!(&entry.what, What::Count { invdate, .. } if *invdate > now.day());
    if entry.at > now || counted_later {
        return Err(StockRefusal::InFuture);
    }
    let codes = entry.what.codes();
    if codes.len() > CODES_MAX {
        return Err(StockRefusal::TooManyCodes(codes.len()));
    }
    let mut seen = BTreeSet::new();
    match codes.iter().find(|code| !seen.insert(*code)) {
        Some(twice) => Err(StockRefusal::CodeTwice(twice.to_string())),
        None => Ok(()),
    }
}

fn stated(what: &What, measure: Measure) -> Result<i64, StockRefusal> {
    match what {
        What::Count { cnt, .. } => measure.stated(*cnt, false),
        What::Change { cnt, split, .. } => measure.units(*cnt, *split),
        What::Purchase { cnt, .. } | What::PurchaseReturn { cnt, .. } => measure.units(*cnt, false),
        What::Sale(sale) | What::SaleReturn(sale) => measure.units(sale.cnt, sale.split),
        What::Delete(_) => Ok(0),
    }
}

/// 一盒一码: a sale of whole packs has a code each, one of opened packs at least one; a purchase may bring none.
fn examine_codes(what: &What, measure: Measure, units: i64) -> Result<(), StockRefusal> {
    let (codes, split, exempt) = match what {
        What::Sale(sale) | What::SaleReturn(sale) => {
            (&sale.codes, sale.split, sale.exempt || measure == Measure::Weighed)
        }
        What::Purchase { codes, .. } => (codes, false, true),
        _ => return Ok(()),
    };
    if codes.is_empty() {
        return if exempt { Ok(()) } else { Err(StockRefusal::CodesMissing) };
    }
    if split || measure == Measure::Weighed {
        return Ok(());
    }
    lf_vocab::covers!("HB-2.7");
    match measure.whole_packs(units) {
        Some(packs) if i64::try_from(codes.len()) == Ok(packs) => Ok(()),
        Some(packs) => Err(StockRefusal::CodesNotPacks(packs, codes.len())),
        None => Err(StockRefusal::CntNotWhole),
    }
}

/// What a second sale of a code is under the law of the place.
fn second(sale: &Sale, refusal: StockRefusal) -> Result<(), StockRefusal> {
    match sale.second {
        SecondSale::Refuse => Err(refusal),
        SecondSale::Record => Ok(()),
    }
}
