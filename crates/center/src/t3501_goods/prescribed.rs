//! A sale from stock for a prescription of the center: what 7207 sold is what leaves the lot, once. Serves JX-3.5a.

use std::collections::BTreeMap;

use lf_ports::Drug;
use lf_rx::basket::Unit;
use lf_stock::{DataType, Measure};
use lf_vocab::{DrugTracCodg, HiRxno, MedListCodg, Qty};

use super::load::measure;
use super::{GoodsRefusal, SaleRow};
use crate::Center;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::t7204_download::listed;
use crate::t7207_sell::left_on;

/// What 7207 sold of each drug, and what left the lots for it already.
#[derive(Debug, Default)]
pub(super) struct Prescribed(BTreeMap<MedListCodg, OfDrug>);

#[derive(Debug, Default)]
struct OfDrug {
    measure: Option<Measure>,
    units: i64,
    taken: i64,
    codes: Vec<DrugTracCodg>,
}

impl Center {
    /// The prescription's sale, if this institution made it and it was not taken back.
    pub(super) async fn load_prescribed(&self, ctx: &Ctx, hi_rxno: &HiRxno) -> Result<Option<Prescribed>, Failure> {
        let (rx, moves) = tokio::try_join!(self.store.rx(hi_rxno), self.store.stock_moves_of_rx(ctx.code(), hi_rxno))?;
        let Some(rx) = rx.filter(|rx| rx.state.dispensed()) else { return Ok(None) };
        let ours = rx.state.pharmacy() == Some(ctx.code());
        let Some(sold) = rx.state.sold().filter(|_| ours) else { return Ok(None) };
        let codes: Vec<_> = sold.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let drugs = self.store.drugs(&codes, left_on(&sold.lines, ctx.now)).await?;
        let mut found = Prescribed::default();
        for (line, drug) in sold.lines.iter().zip(&drugs) {
            let of_drug = found.0.entry(line.med_list_codg.clone()).or_default();
            of_drug.measure = Some(measure(drug.as_ref()));
            of_drug.units += units(drug.as_ref(), line.drug_totlcnt, &line.drug_totlcnt_emp);
            of_drug.codes.extend(line.drug_trac_codg.clone());
        }
        for moved in moves.iter().filter(|moved| moved.data_type == DataType::Sale) {
            let drug = moved.body.told("med_list_codg").and_then(|code| code.parse::<MedListCodg>().ok());
            if let Some(of_drug) = drug.and_then(|code| found.0.get_mut(&code)) {
                of_drug.taken -= moved.units;
            }
        }
        Ok(Some(found))
    }
}

impl Prescribed {
    /// That a row takes what the prescription's sale sold, no other box and no more.
    pub(super) fn check(&self, sale: &SaleRow) -> Result<i64, GoodsRefusal> {
        lf_vocab::covers!("JX-3.5a");
        let of_drug = self.0.get(&sale.goods.med_list_codg).ok_or(GoodsRefusal::RxDrug)?;
        // 7207 has one code a row: where it has fewer than packs, the other boxes are not known by name.
        if of_drug.names_all()
            && let Some(other) = sale.codes.iter().find(|code| !of_drug.codes.contains(code))
        {
            return Err(GoodsRefusal::RxCode(other.to_string()));
        }
        // A quantity that is none is refused by the ledger, which says why.
        let measure = of_drug.measure.unwrap_or(Measure::Packs(1));
        let Ok(units) = measure.units(sale.cnt, sale.split) else { return Ok(0) };
        if of_drug.taken.saturating_add(units) > of_drug.units {
            return Err(GoodsRefusal::RxCnt);
        }
        Ok(units)
    }

    /// That it was taken.
    pub(super) fn take(&mut self, code: &MedListCodg, units: i64) {
        if let Some(of_drug) = self.0.get_mut(code) {
            of_drug.taken += units;
        }
    }
}

impl OfDrug {
    /// Whether 7207 named every box.
    fn names_all(&self) -> bool {
        let per_pack = self.measure.map_or(1, Measure::per_pack);
        i64::try_from(self.codes.len()).is_ok_and(|codes| codes > 0 && codes.saturating_mul(per_pack) >= self.units)
    }
}

/// A sold quantity in minimal units; one in a unit that the catalogue does not know counts as none.
fn units(drug: Option<&Drug>, cnt: Qty, unit: &str) -> i64 {
    let split = match drug.and_then(|drug| listed(drug).packing.unit(unit)) {
        Some(Unit::Prep) => true,
        Some(Unit::Pack) | None => false,
    };
    measure(drug).units(cnt, split).unwrap_or(0)
}
