//! Moves of the sale: 7207 and 7208. Rows are compared with the prescription by [`crate::basket`] (JX-3.5a, HB-2.4).

use lf_vocab::dict::HiFeesetlFlag;
use lf_vocab::{FixmedinsCode, Moment, Qty};

use crate::basket::{Basket, Listed, Sold as SoldCode, Unit};
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
        UnitUnknown(String) = "RX-7207-11", "接口规范 7207 drugTotlcntEmp：国家医保药品目录的最小包装单位", "药品{0}的库存单位不是目录中的最小包装单位或最小制剂单位";
        PartOfPack(String) = "RX-7207-12", "接口规范 7207 drugTotlcnt：按库存（包装）单位", "药品{0}的数量不是整包装，本中心尚未开通拆零销售";
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
        OnDelivery = "RX-7208-06", "接口规范 7209；接口规范 7208", "药品正在配送途中，请先取消配送再撤销出库";
    }
}

/// A row of 7207 with what the catalogue says of its code.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// As sent.
    pub line: &'a SaleLine,
    /// As listed.
    pub listed: Option<Listed>,
}

/// A row understood: which prescribed drug it is sold for, and how many packs left the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Understood {
    /// The prescribed drug.
    pub at: usize,
    /// Packs.
    pub packs: Qty,
}

impl Row<'_> {
    fn code(&self) -> String {
        self.line.med_list_codg.to_string()
    }
}

/// Packs sold of each prescribed drug.
pub fn packs_sold(basket: &Basket<'_>, rows: &[Understood]) -> Vec<Qty> {
    let mut sold = vec![Qty::ZERO; basket.len()];
    for row in rows {
        if let Some(sum) = sold.get_mut(row.at) {
            *sum = sum.checked_add(row.packs).unwrap_or(Qty::new(i64::MAX));
        }
    }
    sold
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

/// 7207: that every row counts something, is no sale of tomorrow (whose law would then be asked), belongs to the
/// prescription by the catalogue's word, counts whole packs in a unit of its drug, and repeats no trace code.
/// Ok: each row understood.
pub fn check_rows(basket: &Basket<'_>, rows: &[Row<'_>], now: Moment) -> Result<Vec<Understood>, SaleRefusal> {
    if let Some(row) = rows.iter().find(|row| row.line.drug_totlcnt <= Qty::ZERO) {
        return Err(SaleRefusal::ZeroCount(row.code()));
    }
    let latest = now.plus_seconds(CLOCK_AHEAD_SECONDS);
    if let Some(row) = rows.iter().find(|row| row.line.stoout_time > latest) {
        return Err(SaleRefusal::TimeAhead(row.code()));
    }
    let sold_for = |row: &Row<'_>| {
        basket.sold_for(&SoldCode { med_list_codg: &row.line.med_list_codg, listed: row.listed.as_ref() })
    };
    if let Some(row) = rows.iter().find(|row| sold_for(row).is_none()) {
        return Err(SaleRefusal::NotPrescribed(row.code()));
    }
    let places: Vec<usize> = rows.iter().filter_map(sold_for).collect();
    let unit = |(at, row): (&usize, &Row<'_>)| basket.packing(*at)?.unit(&row.line.drug_totlcnt_emp);
    let units: Vec<Option<Unit>> = places.iter().zip(rows).map(unit).collect();
    if let Some((row, _)) = rows.iter().zip(&units).find(|(_, unit)| unit.is_none()) {
        return Err(SaleRefusal::UnitUnknown(row.code()));
    }
    let mut understood = Vec::with_capacity(rows.len());
    for ((row, at), unit) in rows.iter().zip(places).zip(units.into_iter().flatten()) {
        let packs = basket.packing(at).and_then(|packing| packing.packs_exactly(row.line.drug_totlcnt, unit));
        understood.push(Understood { at, packs: packs.ok_or_else(|| SaleRefusal::PartOfPack(row.code()))? });
    }
    let mut codes: Vec<_> = rows.iter().filter_map(|row| row.line.drug_trac_codg.as_ref()).collect();
    codes.sort();
    match codes.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(SaleRefusal::TracCodgTwice(pair[0].to_string())),
        None => Ok(understood),
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
    let (State::Sold { passed, sold, .. } | State::SelfPaid { passed, sold, .. } | State::Settled { passed, sold, .. }) =
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
    if matches!(rx.state, State::Settled { .. }) {
        return Err(SaleUndoRefusal::Settled);
    }
    if rx.state.delivery().under_way() { Err(SaleUndoRefusal::OnDelivery) } else { Ok(sold) }
}
