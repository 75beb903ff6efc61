//! What rows of goods are judged by: lots, codes, claims, vouchers, visits, drugs, prescriptions and the law, each asked for
//! once for all rows.

use std::collections::{BTreeMap, BTreeSet};

use lf_law::{Dates, LawValue};
use lf_ports::{ClaimKind, DocKey, Drug, MovesOf, PractitionerKind};
use lf_stock::{Code, DataType, Ledger, Measure, SaleKey, SecondSale};
use lf_vocab::{Day, DrugTracCodg, HiRxno, MedListCodg};

use super::post::Desk;
use super::{PharNo, Row, RowWhat};
use crate::Center;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::gate::quantity;
use crate::t7204_download::listed;

/// Rows of a page of a lot's codes or moves.
const PAGE: usize = 5_000;

impl Center {
    /// Loads what the rows name.
    pub(super) async fn load_goods(&self, ctx: &Ctx, rows: &[Row]) -> Result<Desk, Failure> {
        let own = ctx.code();
        let lots: Vec<&str> = sorted(rows.iter().map(|row| row.fixmedins_bchno.as_str()));
        let codes: Vec<&DrugTracCodg> = sorted(rows.iter().flat_map(|row| row.what.codes()));
        let keys: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        let docs: Vec<DocKey> = sorted(rows.iter().map(Row::key));
        let asked: Vec<&DocKey> = docs.iter().collect();
        let sales = rows.iter().filter_map(|row| Some((row.fixmedins_bchno.as_str(), row.what.sale()?)));
        let visits: Vec<(&str, &str)> = sorted(sales.map(|(lot, sale)| (lot, sale.mdtrt_sn.as_str())));
        let drugs: Vec<MedListCodg> = sorted(rows.iter().filter_map(|row| row.what.med_list_codg().cloned()));
        let (found, held, claims, meant, sold, listed) = tokio::try_join!(
            self.store.stock_lots(own, &lots),
            self.store.stock_codes(own, &codes),
            self.store.claims(ClaimKind::DrugTracCodg, &keys),
            self.store.stock_docs(own, &asked),
            self.store.stock_visits(own, &visits),
            self.store.drugs(&drugs, ctx.now.day()),
        )?;
        let mut desk = Desk::new(Ledger::new(own.as_str()));
        for lot in found.into_iter().flatten() {
            desk.seqs.insert(lot.fixmedins_bchno.clone(), (lot.seq, lot.seq));
            desk.ledger.put_lot(lot.fixmedins_bchno, lot.lot);
        }
        for ((code, held), claim) in codes.into_iter().zip(held).zip(claims) {
            let ver = held.as_ref().map_or(0, |held| held.ver);
            let life = held.map(|held| held.life).unwrap_or_default();
            desk.put_code(code.clone(), ver, Code { life, held_by: claim.map(|claim| claim.owner) });
        }
        desk.docs = docs.into_iter().zip(meant).filter_map(|(doc, meant)| Some((doc, meant?))).collect();
        for ((lot, visit), units) in visits.into_iter().zip(sold) {
            let key = SaleKey { fixmedins_bchno: lot.to_owned(), mdtrt_sn: visit.to_owned() };
            desk.ledger.put_sale(key, units);
        }
        desk.drugs = drugs.into_iter().zip(listed).filter_map(|(code, drug)| Some((code, drug?))).collect();
        for row in rows {
            self.load_row(ctx, row, &mut desk).await?;
        }
        Ok(desk)
    }

    /// What few rows need: a prescription, a pharmacist, the law of a day, everything of a lot that is deleted.
    async fn load_row(&self, ctx: &Ctx, row: &Row, desk: &mut Desk) -> Result<(), Failure> {
        if let RowWhat::Delete(data) = &row.what {
            return self.load_deleted(ctx, &row.fixmedins_bchno, *data, desk).await;
        }
        let RowWhat::Sale(sale) = &row.what else { return Ok(()) };
        let day = row.at.day();
        if let std::collections::btree_map::Entry::Vacant(entry) = desk.second.entry(day) {
            entry.insert(self.second_sale(ctx, day)?);
        }
        if let Some(hi_rxno) = sale.rxno.as_deref().and_then(|text| text.parse::<HiRxno>().ok())
            && !desk.rx.contains_key(&hi_rxno)
        {
            let found = self.load_prescribed(ctx, &hi_rxno).await?;
            desk.rx.insert(hi_rxno, found);
        }
        if let Some(PharNo::Told(phar_no)) = &sale.phar_no
            && !desk.pharmacists.contains_key(phar_no)
        {
            let found = self.store.practitioner(ctx.code(), phar_no).await?;
            let registered =
                found.is_some_and(|who| who.kind == PractitionerKind::Pharmacist && who.registered.contains(day));
            desk.pharmacists.insert(phar_no.clone(), registered);
        }
        Ok(())
    }

    /// Codes of a lot whose data are deleted, and whether there are any data.
    async fn load_deleted(&self, ctx: &Ctx, lot: &str, data: DataType, desk: &mut Desk) -> Result<(), Failure> {
        let mut after = String::new();
        loop {
            let page = self.store.stock_codes_of_lot(ctx.code(), lot, &after, PAGE).await?;
            let keys: Vec<&str> = page.iter().map(|code| code.drug_trac_codg.as_str()).collect();
            let claims = self.store.claims(ClaimKind::DrugTracCodg, &keys).await?;
            let full = page.len() == PAGE;
            for (code, claim) in page.into_iter().zip(claims) {
                after = code.drug_trac_codg.to_string();
                let state = Code { life: code.life, held_by: claim.map(|claim| claim.owner) };
                desk.put_code(code.drug_trac_codg, code.ver, state);
            }
            if !full {
                break;
            }
        }
        let (of, mut seq) = (MovesOf::Lot(lot.to_owned()), 0);
        loop {
            let page = self.store.stock_moves(ctx.code(), &of, (lot, seq), PAGE).await?;
            let stands = |moved: &lf_ports::StockMove| {
                moved.data_type == data && moved.void_seq == 0 && !moved.body.infno.starts_with("3507")
            };
            if page.iter().any(stands) {
                desk.deletable.insert((lot.to_owned(), data));
                return Ok(());
            }
            match page.last() {
                Some(last) if page.len() == PAGE => seq = last.seq,
                _ => return Ok(()),
            }
        }
    }

    /// What the law of the place says of a code that was sold before; where it says nothing, a code is sold once.
    fn second_sale(&self, ctx: &Ctx, day: Day) -> Result<SecondSale, Failure> {
        let view = self.law.view(&ctx.caller.fixmedins.poolarea_no, &Dates::all(day), &ctx.grants);
        let found = quantity(&view, "trac.second_sale", |value| match value {
            LawValue::Text(word) if word == "record" => Some(SecondSale::Record),
            LawValue::Text(word) if word == "refuse" => Some(SecondSale::Refuse),
            _ => None,
        })?;
        Ok(found.map_or(SecondSale::Refuse, |(said, _)| said))
    }
}

/// How goods are counted, by the catalogue's word; what it does not know is counted in packs that nobody splits.
pub(crate) fn measure(drug: Option<&Drug>) -> Measure {
    match drug {
        Some(drug) if listed(drug).packing.sold_loose() => Measure::Weighed,
        Some(drug) => Measure::packs_of(drug.min_pac_cnt),
        None => Measure::Packs(1),
    }
}

impl Row {
    /// What makes it one.
    pub(super) fn key(&self) -> DocKey {
        DocKey {
            fixmedins_bchno: self.fixmedins_bchno.clone(),
            data_type: self.what.data_type(),
            doc_no: self.doc_no.clone(),
        }
    }
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    items.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// Loaded by number.
pub(super) type ByNumber<T> = BTreeMap<HiRxno, Option<T>>;
