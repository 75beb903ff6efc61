//! Moves of the sale: 7207 and 7208, and the comparison of basket and prescription (JX-3.5a, HB-2.4).

use lf_vocab::dict::HiFeesetlFlag;
use lf_vocab::{FixmedinsCode, MedListCodg, Moment, Qty};

use crate::content::RxDrug;
use crate::decide::review::CLOCK_AHEAD_SECONDS;
use crate::event::{SaleLine, Sold};
use crate::refusals;
use crate::state::{Passed, Prescription, State};

refusals! {
    /// Why a sale is refused (7207).
    SaleRefusal {
        NotReviewed = "RX-7207-01", "赣医保字〔2024〕9号 三（三）；接口规范 7206", "处方尚未在本机构通过药师审核";
        WrongReviewSn = "RX-7207-02", "接口规范 7207 rxChkBizSn", "处方审核业务流水号不符";
        AlreadySold = "RX-7207-03", "赣医保字〔2024〕9号 三（一）单次结算", "处方已出库，且本次内容与已上传的不同";
        Expired = "RX-7207-04", "接口规范 7101 valiEndTime", "处方已超过有效截止时间";
        CashMissing = "RX-7207-05", "接口规范 7207 psnCashPay", "非医保结算必须填写现金支付总费用";
        ZeroCount(String) = "RX-7207-06", "接口规范 7207 drugTotlcnt", "药品{0}的数量必须大于0";
        TimeAhead(String) = "RX-7207-10", "接口规范 7207 stooutTime", "药品{0}的出库时间晚于当前时间";
        NotPrescribed(String) = "RX-7207-07", "鄂医保办〔2024〕32号 二；赣医保字〔2024〕9号 三（五）", "药品{0}不在处方中";
        TracCodgTwice(String) = "RX-7207-08", "接口规范 7207 drugTraceCodg", "药品追溯码{0}在本次出库中重复";
        TracCodgSold(String) = "RX-7207-09", "药品追溯码一码一售", "药品追溯码{0}已有销售记录，不能再次销售";
    }
}

refusals! {
    /// Why a sale is not undone (7208).
    SaleUndoRefusal {
        NotSold = "RX-7208-01", "接口规范 7208", "处方没有可撤销的出库明细";
        OtherPharmacy = "RX-7208-02", "接口规范 7208 fixmedinsCode", "出库明细不是本机构上传的";
        WrongSale = "RX-7208-03", "接口规范 7208 selStooutSn", "销售出库流水号不符";
        OtherKind = "RX-7208-04", "接口规范 7208 hiFeesetlFlag", "医疗保险结算标志与出库时不同";
        Settled = "RX-7208-05", "接口规范 7208：医保退费后明细自动撤销", "处方已结算，请通过结算撤销退费";
    }
}

/// How a drug is packed: what the catalogue says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packing {
    /// 最小包装单位, such as 盒.
    pub min_pacunt: String,
    /// 最小制剂单位, such as 片.
    pub min_prepunt: String,
    /// How many of these are in a pack.
    pub min_pac_cnt: Qty,
}

/// Where basket and prescription differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BasketDifference {
    /// Prescribed, in packs, against sold.
    Count {
        /// The drug.
        med_list_codg: MedListCodg,
        /// Packs that the prescription asks for.
        prescribed: Qty,
        /// Packs in the basket.
        sold: Qty,
    },
    /// The prescription's unit is neither the catalogue's pack nor its preparation unit.
    Unit {
        /// The drug.
        med_list_codg: MedListCodg,
    },
}

impl BasketDifference {
    /// Nothing of the drug was sold, or nobody can say how much of it should have been.
    pub fn missing(&self) -> bool {
        match self {
            Self::Count { sold, .. } => *sold == Qty::ZERO,
            Self::Unit { .. } => true,
        }
    }
}

/// How many packs a prescribed drug needs; opened packs count whole. `None` when the unit is unknown.
pub fn packs_needed(drug: &RxDrug, packing: &Packing) -> Option<Qty> {
    const ONE: i64 = 10_000;
    let in_pack = match &drug.drug_dosunt {
        unit if *unit == packing.min_pacunt => ONE,
        unit if *unit == packing.min_prepunt && packing.min_pac_cnt > Qty::ZERO => packing.min_pac_cnt.get(),
        _ => return None,
    };
    let packs = drug.drug_cnt.get().checked_add(in_pack - 1)? / in_pack;
    packs.checked_mul(ONE).map(Qty::new)
}

/// Compares line by line; empty when equal. The packing of every prescribed drug comes with it.
pub fn compare_basket(drugs: &[(&RxDrug, Option<Packing>)], lines: &[SaleLine]) -> Vec<BasketDifference> {
    let mut differences = Vec::new();
    for (at, (drug, packing)) in drugs.iter().enumerate() {
        let sold = lines
            .iter()
            .filter(|line| prescribed_as(drugs.iter().map(|(drug, _)| *drug), line) == Some(at))
            .try_fold(Qty::ZERO, |sum, line| sum.checked_add(line.drug_totlcnt))
            .unwrap_or(Qty::new(i64::MAX));
        let med_list_codg = drug.med_list_codg.clone();
        match packing.as_ref().and_then(|packing| packs_needed(drug, packing)) {
            None => differences.push(BasketDifference::Unit { med_list_codg }),
            Some(prescribed) if prescribed != sold => {
                differences.push(BasketDifference::Count { med_list_codg, prescribed, sold });
            }
            Some(_) => {}
        }
    }
    differences
}

/// Which of the prescribed drugs a line is: the one of its code, else the first of its generic name ("可按通用名开方
/// 和取药", 7101 medListCodg); so that no box counts twice.
pub fn prescribed_as<'d>(drugs: impl Iterator<Item = &'d RxDrug> + Clone, line: &SaleLine) -> Option<usize> {
    let by_code = drugs.clone().position(|drug| drug.med_list_codg == line.med_list_codg);
    by_code.or_else(|| drugs.clone().position(|drug| drug.drug_genname == line.drug_genname))
}

/// 7207. Ok: the review that it rests on.
pub fn may_sell<'a>(
    rx: &'a Prescription,
    pharmacy: &FixmedinsCode,
    rx_chk_biz_sn: &str,
    now: Moment,
) -> Result<&'a Passed, SaleRefusal> {
    let Some(passed) = rx.state.passed() else {
        return Err(SaleRefusal::NotReviewed);
    };
    if passed.downloaded.fixmedins_code != *pharmacy {
        return Err(SaleRefusal::NotReviewed);
    }
    if passed.reviewed.rx_chk_biz_sn != rx_chk_biz_sn {
        return Err(SaleRefusal::WrongReviewSn);
    }
    // Sold, or sold and refunded: one prescription is sold once.
    if rx.state.sold().is_some() {
        return Err(SaleRefusal::AlreadySold);
    }
    if rx.expired(now) { Err(SaleRefusal::Expired) } else { Ok(passed) }
}

/// 7207: that every line counts something, is no sale of tomorrow (whose law would then be asked), belongs to the
/// prescription and repeats no trace code.
pub fn check_lines(drugs: &[RxDrug], lines: &[SaleLine], now: Moment) -> Result<(), SaleRefusal> {
    if let Some(line) = lines.iter().find(|line| line.drug_totlcnt <= Qty::ZERO) {
        return Err(SaleRefusal::ZeroCount(line.med_list_codg.to_string()));
    }
    let latest = now.plus_seconds(CLOCK_AHEAD_SECONDS);
    if let Some(line) = lines.iter().find(|line| line.stoout_time > latest) {
        return Err(SaleRefusal::TimeAhead(line.med_list_codg.to_string()));
    }
    let foreign = lines.iter().find(|line| prescribed_as(drugs.iter(), line).is_none());
    if let Some(line) = foreign {
        return Err(SaleRefusal::NotPrescribed(line.med_list_codg.to_string()));
    }
    let mut codes: Vec<_> = lines.iter().filter_map(|line| line.drug_trac_codg.as_ref()).collect();
    codes.sort();
    match codes.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(SaleRefusal::TracCodgTwice(pair[0].to_string())),
        None => Ok(()),
    }
}

/// 7208. Ok: the sale to take back.
pub fn may_undo_sale<'a>(
    rx: &'a Prescription,
    pharmacy: &FixmedinsCode,
    sel_stoout_sn: Option<&str>,
    insured: bool,
) -> Result<&'a Sold, SaleUndoRefusal> {
    // A refund took its sale back with it, so there is none to undo any more.
    let (State::Sold { passed, sold } | State::SelfPaid { passed, sold } | State::Settled { passed, sold, .. }) =
        &rx.state
    else {
        return Err(SaleUndoRefusal::NotSold);
    };
    if passed.downloaded.fixmedins_code != *pharmacy {
        return Err(SaleUndoRefusal::OtherPharmacy);
    }
    if sel_stoout_sn.is_some_and(|sn| sn != sold.sel_stoout_sn) {
        return Err(SaleUndoRefusal::WrongSale);
    }
    if insured != (sold.hi_feesetl_flag == HiFeesetlFlag::Insured) {
        return Err(SaleUndoRefusal::OtherKind);
    }
    if matches!(rx.state, State::Settled { .. }) { Err(SaleUndoRefusal::Settled) } else { Ok(sold) }
}
