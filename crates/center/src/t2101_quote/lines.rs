//! The charged lines: as facts of the case, and as the money is computed from them. The same for a prescription that flowed, one on
//! paper and a purchase of the account alone.

use std::borrow::Cow;

use lf_law::{Facts, Field, LineFacts, Scope};
use lf_ports::Drug;
use lf_settle::Line;
use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Day, Pric};

use super::FeeLine;
use crate::gate;
use crate::registers::DrugSays;
use crate::till::Till;
use crate::transition::{Renewal, in_catalogue};

impl FeeLine {
    /// As the money is computed from it.
    pub(crate) fn to_settle(&self, drug: Option<&Drug>, pric_uplmt: Option<Pric>, in_scope: bool) -> Line {
        Line {
            feedetl_sn: self.feedetl_sn.clone(),
            med_list_codg: self.med_list_codg.clone(),
            cnt: self.cnt,
            pric: self.pric,
            det_item_fee_sumamt: self.det_item_fee_sumamt,
            chrgitm_lv: drug.map_or(ChrgitmLv::C, |drug| drug.chrgitm_lv),
            pric_uplmt,
            in_scope,
        }
    }
}

/// The drugs that are charged, and what is charged for bringing them.
pub(crate) fn without_delivery(lines: &[FeeLine]) -> (Cow<'_, [FeeLine]>, Vec<&FeeLine>) {
    let fees: Vec<_> = lines.iter().filter(|line| line.dlv_fee_flag).collect();
    if fees.is_empty() {
        return (Cow::Borrowed(lines), fees);
    }
    (lines.iter().filter(|line| !line.dlv_fee_flag).cloned().collect(), fees)
}

/// Not of a prescription, and no drug of which anything else is asked.
pub(crate) fn put_delivery(facts: &mut Facts<'_>, line: &FeeLine) {
    facts
        .push_line(Scope::Sale)
        .set(Field::SaleMedListCodg, line.med_list_codg.to_string())
        .set(Field::InRxFlag, true)
        .set(Field::DrugTotlcnt, line.cnt)
        .set(Field::TracCnt, 0i64)
        .set(Field::TracExmpFlag, true)
        .set(Field::Pric, line.pric)
        .set(Field::DlvFeeFlag, true);
}

/// Begins a line with what the catalogue of the day says of its drug.
pub(crate) fn put_drug<'f, 'a>(
    facts: &'f mut Facts<'a>,
    line: &FeeLine,
    drug: Option<&Drug>,
    day: Day,
) -> LineFacts<'f, 'a> {
    let mut of_line = facts.push_line(Scope::Sale);
    of_line
        .set(Field::SaleMedListCodg, line.med_list_codg.to_string())
        .set_opt(Field::SaleDrugGenname, drug.map(|drug| drug.genname.clone()))
        .set(Field::TracExmpFlag, drug.is_some_and(|drug| drug.trac_exempt))
        .set_opt(Field::SaleChrgitmLv, drug.map(|drug| drug.chrgitm_lv.code()))
        .set(Field::SaleListFlag, gate::listed(drug, day));
    of_line
}

/// What the fund's side asks besides: the lists of the place, and whether the person may use the drug.
pub(crate) fn put_says(
    of_line: &mut LineFacts<'_, '_>,
    drug: Option<&Drug>,
    (says, qualified): (Option<&DrugSays>, Option<bool>),
    day: Day,
) {
    // What a later edition has again, and what is paid on, failed nothing that counts today.
    let failed = |of: Option<Renewal>| of.is_some_and(|of| of.over(day)) && !in_catalogue(drug, day);
    of_line
        .set(Field::InRxFlag, true)
        .set(Field::NegoFlag, drug.is_some_and(|drug| drug.hi_nego))
        .set_opt(Field::SaleDrugTag, drug.map(|drug| gate::drug_tags(drug, says)))
        .set_opt(Field::SpayListFlag, says.and_then(|says| says.in_spay))
        .set_opt(Field::DrugQualFlag, qualified)
        .set_opt(Field::RenewFailFlag, says.and_then(|says| says.renewal).map(failed));
}

/// A line of a prescription that flowed, laid beside its sale.
pub(super) fn put_fee(
    facts: &mut Facts<'_>,
    (line, says, qualified): (&FeeLine, Option<&DrugSays>, Option<bool>),
    drug: Option<&Drug>,
    (till, number): (&Till<'_>, usize),
    day: Day,
) {
    let (prescribed, sold) = till.packs(number);
    let mut of_line = put_drug(facts, line, drug, day);
    put_says(&mut of_line, drug, (says, qualified), day);
    of_line
        .set_opt(Field::PrscCnt, prescribed)
        .set(Field::DrugTotlcnt, sold)
        .set(Field::TracCnt, till.codes(number))
        .set(Field::Pric, till.judged_pric(number, line))
        .set_opt(Field::PayStdPric, till.standard(number))
        .set_opt(Field::SelPric, till.reference(number, |prics| prics.sel_pric))
        .set_opt(Field::PlatPric, till.reference(number, |prics| prics.plat_pric));
}
