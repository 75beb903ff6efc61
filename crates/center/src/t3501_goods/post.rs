//! Rows of goods are posted to the ledger, and what they changed becomes one change set.

use std::collections::{BTreeMap, BTreeSet};

use lf_ports::{
    ChangeSet, Claim, ClaimKind, DocKey, Drug, MoveBody, StockChange, StockCode, StockLead, StockLot, StockMove,
};
use lf_rx::Refusal;
use lf_stock::{Code, CodeLife, DataType, Entry, Ledger, Owner, Posting, Sale, SecondSale, StockRefusal, What};
use lf_vocab::{Day, DrugTracCodg, HiRxno, MedListCodg};

use super::load::{ByNumber, measure};
use super::prescribed::Prescribed;
use super::{GoodsRefusal, PharNo, Row, RowWhat, SaleRow};
use crate::ctx::Ctx;

/// What was loaded, and what the rows made of it.
pub(super) struct Desk {
    pub(super) ledger: Ledger,
    /// Number of the last move of a lot: as loaded, and now.
    pub(super) seqs: BTreeMap<String, (i64, i64)>,
    pub(super) docs: BTreeMap<DocKey, [u8; 32]>,
    pub(super) drugs: BTreeMap<MedListCodg, Drug>,
    pub(super) rx: ByNumber<Prescribed>,
    pub(super) pharmacists: BTreeMap<String, bool>,
    pub(super) second: BTreeMap<Day, SecondSale>,
    pub(super) deletable: BTreeSet<(String, DataType)>,
    codes: BTreeMap<DrugTracCodg, (i64, Code)>,
    touched: BTreeMap<DrugTracCodg, String>,
    moves: Vec<StockMove>,
    voids: Vec<(String, DataType, i64)>,
    leads: Vec<StockLead>,
}

#[allow(clippy::result_large_err, reason = "a refusal is moved once a row, into its answer")]
impl Desk {
    pub(super) fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            seqs: BTreeMap::new(),
            docs: BTreeMap::new(),
            drugs: BTreeMap::new(),
            rx: BTreeMap::new(),
            pharmacists: BTreeMap::new(),
            second: BTreeMap::new(),
            deletable: BTreeSet::new(),
            codes: BTreeMap::new(),
            touched: BTreeMap::new(),
            moves: Vec::new(),
            voids: Vec::new(),
            leads: Vec::new(),
        }
    }

    /// A code as stored, version 0 where it is not.
    pub(super) fn put_code(&mut self, code: DrugTracCodg, ver: i64, state: Code) {
        self.ledger.put_code(code.clone(), state.clone());
        self.codes.insert(code, (ver, state));
    }

    /// Takes a row, or says why not and stays as it was.
    pub(super) fn take(&mut self, ctx: &Ctx, infno: &str, row: &Row) -> Result<(), Refusal> {
        let (key, digest) = (row.key(), row.digest());
        if let Some(known) = self.docs.get(&key) {
            return if *known == digest { Ok(()) } else { Err(StockRefusal::DocUsed.into()) };
        }
        if let RowWhat::Delete(data) = &row.what
            && self.ledger.lot(&row.fixmedins_bchno).is_some()
            && !self.deletable.contains(&(row.fixmedins_bchno.clone(), *data))
        {
            return Err(StockRefusal::NothingToDelete.into());
        }
        let of_rx = self.check_sale(&row.what)?;
        let entry = self.entry(row);
        let before = self.sold_for(row);
        let posting = self.ledger.post(&entry, ctx.now)?;
        let hi_rxno = of_rx.as_ref().map(|(hi_rxno, _)| hi_rxno.clone()).or(before);
        if let (Some((hi_rxno, units)), Some(code)) = (of_rx, row.what.med_list_codg())
            && let Some(Some(prescribed)) = self.rx.get_mut(&hi_rxno)
        {
            prescribed.take(code, units);
        }
        self.write(ctx, infno, row, posting, (digest, hi_rxno));
        self.docs.insert(key, digest);
        Ok(())
    }

    /// What must hold of a sale beyond the ledger; the prescription it is for, with the units it takes of it.
    fn check_sale(&self, what: &RowWhat) -> Result<Option<(HiRxno, i64)>, Refusal> {
        let RowWhat::Sale(sale) = what else { return Ok(None) };
        match &sale.phar_no {
            Some(PharNo::Missing) => return Err(GoodsRefusal::PharMissing.into()),
            Some(PharNo::Told(phar_no)) if self.pharmacists.get(phar_no) != Some(&true) => {
                return Err(GoodsRefusal::PharUnknown.into());
            }
            _ => {}
        }
        let Some(rxno) = &sale.rxno else { return Ok(None) };
        let hi_rxno = rxno.parse::<HiRxno>().map_err(|_| GoodsRefusal::RxUnknown)?;
        let Some(Some(prescribed)) = self.rx.get(&hi_rxno) else { return Err(GoodsRefusal::RxUnknown.into()) };
        let units = prescribed.check(sale)?;
        Ok(Some((hi_rxno, units)))
    }

    /// The prescription by which returned boxes went, told by their own lives.
    fn sold_for(&self, row: &Row) -> Option<HiRxno> {
        let RowWhat::SaleReturn(sale) = &row.what else { return None };
        sale.codes.iter().find_map(|code| match &self.ledger.code(code)?.life {
            CodeLife::Sold { owner: Owner::Rx(hi_rxno), .. } => hi_rxno.parse().ok(),
            _ => None,
        })
    }

    fn entry(&self, row: &Row) -> Entry {
        let drug = |code: &MedListCodg| self.drugs.get(code);
        let what = match row.what.clone() {
            RowWhat::Count { goods, invdate, cnt } => {
                What::Count { measure: measure(drug(&goods.med_list_codg)), goods, invdate, cnt }
            }
            RowWhat::Change { goods, chg, cnt, split } => What::Change { goods, chg, cnt, split },
            RowWhat::Purchase { goods, cnt, codes } => {
                What::Purchase { measure: measure(drug(&goods.med_list_codg)), goods, cnt, codes }
            }
            RowWhat::PurchaseReturn { goods, cnt } => What::PurchaseReturn { goods, cnt },
            RowWhat::Sale(sale) => What::Sale(self.sale(row, sale)),
            RowWhat::SaleReturn(sale) => What::SaleReturn(self.sale(row, sale)),
            RowWhat::Delete(data) => What::Delete(data),
        };
        Entry { fixmedins_bchno: row.fixmedins_bchno.clone(), at: row.at, what }
    }

    fn sale(&self, row: &Row, sale: SaleRow) -> Sale {
        let exempt = self.drugs.get(&sale.goods.med_list_codg).is_some_and(|drug| drug.trac_exempt);
        Sale {
            goods: sale.goods,
            owner: sale.rxno.map_or_else(|| Owner::Counter(sale.mdtrt_sn.clone()), Owner::Rx),
            mdtrt_sn: sale.mdtrt_sn,
            cnt: sale.cnt,
            split: sale.split,
            codes: sale.codes,
            exempt,
            second: self.second.get(&row.at.day()).copied().unwrap_or(SecondSale::Refuse),
        }
    }

    fn write(
        &mut self,
        ctx: &Ctx,
        infno: &str,
        row: &Row,
        posting: Posting,
        (digest, hi_rxno): ([u8; 32], Option<HiRxno>),
    ) {
        let (_, seq) = self.seqs.entry(row.fixmedins_bchno.clone()).or_default();
        *seq += 1;
        let seq = *seq;
        for (code, _) in &posting.codes {
            self.touched.insert(code.clone(), row.fixmedins_bchno.clone());
        }
        for code in &posting.leads {
            let holder = self.ledger.code(code).and_then(|state| state.held_by.clone());
            self.leads.push(StockLead {
                poolarea_no: ctx.caller.fixmedins.poolarea_no,
                raised: ctx.now,
                drug_trac_codg: code.clone(),
                fixmedins_code: ctx.code().clone(),
                fixmedins_bchno: row.fixmedins_bchno.clone(),
                seq,
                holder: holder.unwrap_or_default(),
            });
        }
        let deletes = matches!(row.what, RowWhat::Delete(_));
        if let RowWhat::Delete(data) = row.what {
            self.voids.push((row.fixmedins_bchno.clone(), data, seq));
            self.deletable.remove(&(row.fixmedins_bchno.clone(), data));
        }
        self.moves.push(StockMove {
            fixmedins_code: ctx.code().clone(),
            fixmedins_bchno: row.fixmedins_bchno.clone(),
            seq,
            data_type: row.what.data_type(),
            // A deletion has no voucher: its own number tells it apart.
            doc_no: if deletes { format!("3507/{seq}") } else { row.doc_no.clone() },
            units: posting.units,
            mdtrt_sn: row.what.sale().map(|sale| sale.mdtrt_sn.clone()),
            hi_rxno,
            psn_no: row.psn_no.clone(),
            at: row.at,
            taken: ctx.now,
            void_seq: 0,
            digest,
            body: MoveBody {
                infno: infno.to_owned(),
                told: row.told.clone(),
                codes: posting.codes,
                leads: posting.leads,
            },
        });
    }

    /// Everything that was changed; `None`: nothing.
    pub(super) fn changes(self, ctx: &Ctx) -> Option<ChangeSet> {
        if self.moves.is_empty() {
            return None;
        }
        let (mut claims, mut releases, mut codes) = (Vec::new(), Vec::new(), Vec::new());
        for (code, lot) in &self.touched {
            let (ver, before) = self.codes.get(code).cloned().unwrap_or_default();
            let after = self.ledger.code(code).cloned().unwrap_or_default();
            let claim = |owner| Claim { kind: ClaimKind::DrugTracCodg, key: code.to_string(), owner };
            if before.held_by != after.held_by {
                releases.extend(before.held_by.map(claim));
                claims.extend(after.held_by.map(claim));
            }
            codes.push(StockCode {
                fixmedins_code: ctx.code().clone(),
                drug_trac_codg: code.clone(),
                ver: ver + 1,
                fixmedins_bchno: after.life.lot().unwrap_or(lot).to_owned(),
                life: after.life,
            });
        }
        let lots = self.seqs.iter().filter(|(_, (before, after))| before != after);
        let lots = lots.filter_map(|(lotno, (before, after))| {
            let lot = StockLot {
                fixmedins_code: ctx.code().clone(),
                fixmedins_bchno: lotno.clone(),
                poolarea_no: ctx.caller.fixmedins.poolarea_no,
                seq: *after,
                lot: self.ledger.lot(lotno)?.clone(),
            };
            Some((*before, lot))
        });
        let stock = StockChange {
            fixmedins_code: ctx.code().clone(),
            lots: lots.collect(),
            voids: self.voids,
            moves: self.moves,
            codes,
            leads: self.leads,
        };
        Some(ChangeSet { claims, releases, stock: Some(stock), ..ChangeSet::default() })
    }
}
