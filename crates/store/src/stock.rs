//! `StockStore` on every engine: the finders of goods.
//!
//! Serves 3501–3507 and 3513. Invariants: scoped by institution, prescription or 统筹区; many keys are one question each,
//! sent together.

use async_trait::async_trait;
use lf_ports::{
    Claim, ClaimKind, DocKey, Inconsistency, LeadKey, LotsOf, MovesOf, STOCK_KEYS_MAX, StockCode, StockLead, StockLot,
    StockMove, StockStore, StoreError, SupplyCase,
};
use lf_vocab::{Admdvs, DrugTracCodg, FixmedinsCode, HiRxno, MedListCodg, Moment};

use crate::driver::{Driver, PAGE_MAX, Ports, page};
use crate::row::{self, stock as rows};
use crate::sealer::Sealer;
use crate::sql::{self, stock};
use crate::value::{Cells, Row, Value};

#[async_trait]
impl<D: Driver> StockStore for Ports<D> {
    async fn stock_lots(
        &self,
        fixmedins_code: &FixmedinsCode,
        lots: &[&str],
    ) -> Result<Vec<Option<StockLot>>, StoreError> {
        let each = lots.iter().map(|lot| vec![fixmedins_code.as_str().into(), (*lot).into()]).collect();
        self.each(stock::LOT, each, rows::lot).await
    }

    async fn stock_codes(
        &self,
        fixmedins_code: &FixmedinsCode,
        codes: &[&DrugTracCodg],
    ) -> Result<Vec<Option<StockCode>>, StoreError> {
        let each = codes.iter().map(|code| vec![fixmedins_code.as_str().into(), code.as_str().into()]).collect();
        self.each(stock::CODE, each, rows::code).await
    }

    async fn claims(&self, kind: ClaimKind, keys: &[&str]) -> Result<Vec<Option<Claim>>, StoreError> {
        let each = keys.iter().map(|key| vec![kind.word().into(), (*key).into()]).collect();
        self.each(sql::CLAIM, each, |sealer, found| row::claim(sealer, kind, found)).await
    }

    async fn stock_docs(
        &self,
        fixmedins_code: &FixmedinsCode,
        docs: &[&DocKey],
    ) -> Result<Vec<Option<[u8; 32]>>, StoreError> {
        let params = |doc: &&DocKey| -> Vec<Value> {
            vec![
                fixmedins_code.as_str().into(),
                doc.fixmedins_bchno.as_str().into(),
                doc.data_type.word().into(),
                doc.doc_no.as_str().into(),
            ]
        };
        self.each(stock::DOC, docs.iter().map(params).collect(), rows::doc).await
    }

    async fn stock_visits(
        &self,
        fixmedins_code: &FixmedinsCode,
        visits: &[(&str, &str)],
    ) -> Result<Vec<i64>, StoreError> {
        let params = |(lot, visit): &(&str, &str)| -> Vec<Value> {
            vec![fixmedins_code.as_str().into(), (*lot).into(), (*visit).into()]
        };
        let read = |sealer: &Sealer, found| Cells::new(sealer, "stock_move", 0, found).int("units");
        let sums = self.each(stock::VISIT, visits.iter().map(params).collect(), read).await?;
        Ok(sums.into_iter().map(Option::unwrap_or_default).collect())
    }

    async fn stock_codes_of_lot(
        &self,
        fixmedins_code: &FixmedinsCode,
        fixmedins_bchno: &str,
        after: &str,
        most: usize,
    ) -> Result<Vec<StockCode>, StoreError> {
        let params = [fixmedins_code.as_str().into(), fixmedins_bchno.into(), after.into(), page(most)];
        self.many(stock::CODES_OF_LOT, params, rows::code).await
    }

    async fn stock_moves(
        &self,
        fixmedins_code: &FixmedinsCode,
        of: &MovesOf,
        (lot, seq): (&str, i64),
        most: usize,
    ) -> Result<Vec<StockMove>, StoreError> {
        let whose = || Value::from(fixmedins_code.as_str());
        match of {
            MovesOf::Lot(of) => {
                let params = [whose(), of.as_str().into(), seq.into(), page(most)];
                self.many(stock::MOVES_OF_LOT, params, rows::moved).await
            }
            MovesOf::Visit(visit) => {
                let params = [whose(), visit.as_str().into(), lot.into(), seq.into(), page(most)];
                self.many(stock::MOVES_OF_VISIT, params, rows::moved).await
            }
            MovesOf::Person(psn_no) => {
                let params = [whose(), psn_no.as_str().into(), lot.into(), seq.into(), page(most)];
                self.many(stock::MOVES_OF_PERSON, params, rows::moved).await
            }
        }
    }

    async fn stock_moves_of_rx(
        &self,
        fixmedins_code: &FixmedinsCode,
        hi_rxno: &HiRxno,
    ) -> Result<Vec<StockMove>, StoreError> {
        let params = [fixmedins_code.as_str().into(), hi_rxno.as_str().into()];
        self.many(stock::MOVES_OF_RX, params, rows::moved).await
    }

    async fn stock_offers(
        &self,
        poolarea_no: Admdvs,
        med_list_codg: &MedListCodg,
        (fixmedins_code, lot): (&str, &str),
        most: usize,
    ) -> Result<Vec<StockLot>, StoreError> {
        let params =
            [poolarea_no.as_str().into(), med_list_codg.as_str().into(), fixmedins_code.into(), lot.into(), page(most)];
        self.many(stock::OFFERS, params, rows::lot).await
    }

    async fn stock_lots_after(
        &self,
        fixmedins_code: &FixmedinsCode,
        after: &str,
        most: usize,
    ) -> Result<Vec<StockLot>, StoreError> {
        let params = [fixmedins_code.as_str().into(), after.into(), page(most)];
        self.many(stock::LOTS_AFTER, params, rows::lot).await
    }

    async fn stock_lots_of(
        &self,
        fixmedins_code: &FixmedinsCode,
        of: &LotsOf,
        after: &str,
        most: usize,
    ) -> Result<Vec<StockLot>, StoreError> {
        let (text, key) = match of {
            LotsOf::Drug(code) => (stock::LOTS_OF_DRUG, code.as_str()),
            LotsOf::Own(id) => (stock::LOTS_OF_OWN, id.as_str()),
        };
        let params = [fixmedins_code.as_str().into(), key.into(), after.into(), page(most)];
        self.many(text, params, rows::lot).await
    }

    async fn stock_leads(
        &self,
        poolarea_no: Admdvs,
        after: LeadKey<'_>,
        most: usize,
    ) -> Result<Vec<StockLead>, StoreError> {
        let params = [
            poolarea_no.as_str().into(),
            after.raised.into(),
            after.drug_trac_codg.into(),
            after.fixmedins_code.into(),
            after.fixmedins_bchno.into(),
            after.seq.into(),
            page(most),
        ];
        self.many(stock::LEADS, params, rows::lead).await
    }

    async fn stock_told(&self, fixmedins_code: &FixmedinsCode, until: Moment) -> Result<Option<Moment>, StoreError> {
        let read = |sealer: &Sealer, found| Cells::new(sealer, "stock_move", 0, found).opt_int("taken_us");
        Ok(self
            .one(stock::TOLD, [fixmedins_code.as_str().into(), until.into()], read)
            .await?
            .flatten()
            .map(Moment::from_micros))
    }

    async fn stock_moves_taken(
        &self,
        fixmedins_code: &FixmedinsCode,
        (taken, lot, seq): (Moment, &str, i64),
        until: Moment,
        most: usize,
    ) -> Result<Vec<StockMove>, StoreError> {
        let whose = fixmedins_code.as_str().into();
        let params = [whose, taken.into(), lot.into(), seq.into(), until.into(), page(most)];
        self.many(stock::MOVES_TAKEN, params, rows::moved).await
    }

    async fn supply_case(
        &self,
        fixmedins_code: &FixmedinsCode,
        case_no: &str,
    ) -> Result<Option<SupplyCase>, StoreError> {
        self.one(stock::CASE, [fixmedins_code.as_str().into(), case_no.into()], rows::case).await
    }

    async fn supply_cases(
        &self,
        poolarea_no: Admdvs,
        (fixmedins_code, case_no): (&str, &str),
        most: usize,
    ) -> Result<Vec<SupplyCase>, StoreError> {
        let params = [poolarea_no.as_str().into(), fixmedins_code.into(), case_no.into(), page(most)];
        self.many(stock::CASES, params, rows::case).await
    }

    async fn stock_holder_after(&self, fixmedins_code: &str) -> Result<Option<FixmedinsCode>, StoreError> {
        let read = |sealer: &Sealer, found| {
            Cells::new(sealer, "stock_lot", 0, found).opt_parsed::<FixmedinsCode>("fixmedins_code")
        };
        Ok(self.one(stock::HOLDER_AFTER, [Value::from(fixmedins_code)], read).await?.flatten())
    }
}

#[allow(private_bounds, reason = "nothing of this is public; the engines are those of this crate")]
impl<D: Driver> Ports<D> {
    /// One row at most for each of several keys, in their order.
    async fn each<T>(
        &self,
        text: &'static str,
        each: Vec<Vec<Value>>,
        read: impl Fn(&Sealer, Row) -> Result<T, Inconsistency> + Send,
    ) -> Result<Vec<Option<T>>, StoreError> {
        if each.is_empty() {
            return Ok(Vec::new());
        }
        if each.len() > STOCK_KEYS_MAX {
            return Err(StoreError::Broken(format!("at most {STOCK_KEYS_MAX} keys at once")));
        }
        let mut found = Vec::with_capacity(each.len());
        for some in each.chunks(PAGE_MAX) {
            found.extend(self.driver.rows_each(text, some.to_vec()).await?);
        }
        let read = |rows: Vec<Row>| rows.into_iter().next().map(|row| read(&self.sealer, row)).transpose();
        Ok(found.into_iter().map(read).collect::<Result<_, _>>()?)
    }
}
