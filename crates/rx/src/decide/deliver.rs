//! Moves of the delivery: 7209 and 7210. Serves DG-3.5b (网订店取, 网订店送) and what a place orders of deliveries.

use lf_vocab::dict::DelvStasCodg;
use lf_vocab::{FixmedinsCode, Moment};

use crate::decide::review::CLOCK_AHEAD_SECONDS;
use crate::delivery::{Delivery, DeliverySigned, DeliveryStep};
use crate::event::Sold;
use crate::refusals;
use crate::state::{Prescription, State};

/// Events of a prescription after which its delivery is told of no more places and delays, only of its end.
pub const TRACK_MAX: u64 = 500;

refusals! {
    /// Why a delivery is not taken or moved on (7209).
    DeliverRefusal {
        NotSold = "RX-7209-01", "接口规范 7209；接口规范 7207", "处方没有有效的销售出库明细，不能配送";
        OtherPharmacy = "RX-7209-02", "接口规范 7209 fixmedinsCode", "出库明细不是本机构上传的";
        AlreadySigned = "RX-7209-03", "接口规范 7210", "配送已签收，不能再变更";
        OtherOrder(String) = "RX-7209-04", "接口规范 7209 delvNo", "同一次出库已有配送单{0}，不能再建另一张";
        CancelledOrder(String) = "RX-7209-05", "接口规范 7209 delvNo", "配送单{0}已取消，重新配送请使用新的配送单编号";
        TimeAhead = "RX-7209-06", "接口规范 7209 delvStasTime", "配送状态时间晚于当前时间";
        TimeBack = "RX-7209-07", "接口规范 7209 delvStasTime", "配送状态时间早于上一次上传的状态时间";
        BeforeSale = "RX-7209-08", "接口规范 7207 stooutTime", "发出时间早于药品出库时间";
        Course(&'static str, &'static str) = "RX-7209-09", "接口规范 delv_stas_codg", "配送状态不能由{0}变为{1}";
        SheetChanged = "RX-7209-10", "接口规范 7209 delvAddr、delvConner", "药品已发出，不能更改配送方式、收货人和收货地址";
        TooMany = "RX-7209-11", "本中心 配送状态上限", "处方的记录已达500条，只接受配送完成、配送取消和签收";
    }
}

refusals! {
    /// Why a delivery is not signed for (7210).
    SignOffRefusal {
        NotSold = "RX-7210-01", "接口规范 7210；接口规范 7207", "处方没有有效的销售出库明细，不能签收";
        OtherPharmacy = "RX-7210-02", "接口规范 7210", "出库明细不是本机构上传的";
        AlreadySigned = "RX-7210-03", "接口规范 7210", "配送已签收，且本次内容与已上传的不同";
        NotUnderWay = "RX-7210-04", "接口规范 7209；接口规范 7210", "没有已发出或待取的配送单，不能签收";
        OtherOrder = "RX-7210-05", "接口规范 7210 delvNo", "配送单业务编号与配送单不符";
        OtherCarrier = "RX-7210-06", "接口规范 7210 delvEntpNo", "配送企业编码与配送单不符";
        TimeAhead = "RX-7210-07", "接口规范 7210 delvStasTime", "配送完成时间晚于当前时间";
        TimeBack = "RX-7210-08", "接口规范 7210 delvStasTime", "配送完成时间早于上一次上传的状态时间";
    }
}

/// The standing sale of a prescription and how far its delivery has come.
fn standing(rx: &Prescription) -> Option<(&FixmedinsCode, &Sold, &Delivery)> {
    match &rx.state {
        State::Sold { passed, sold, delivery }
        | State::SelfPaid { passed, sold, delivery }
        | State::Settled { passed, sold, delivery, .. } => Some((&passed.downloaded.fixmedins_code, sold, delivery)),
        _ => None,
    }
}

/// 7209. Ok: the sale that is delivered; `None` where this very word was taken before.
pub fn may_deliver<'a>(
    rx: &'a Prescription,
    pharmacy: &FixmedinsCode,
    step: &DeliveryStep,
    now: Moment,
) -> Result<Option<&'a Sold>, DeliverRefusal> {
    let Some((seller, sold, delivery)) = standing(rx) else { return Err(DeliverRefusal::NotSold) };
    if seller != pharmacy {
        return Err(DeliverRefusal::OtherPharmacy);
    }
    if delivery.last() == Some(step) && delivery.signed().is_none() {
        return Ok(None);
    }
    check_order(delivery, step)?;
    if step.delv_stas_time > now.plus_seconds(CLOCK_AHEAD_SECONDS) {
        return Err(DeliverRefusal::TimeAhead);
    }
    if delivery.last().is_some_and(|last| step.delv_stas_time < last.delv_stas_time) {
        return Err(DeliverRefusal::TimeBack);
    }
    let left = sold.lines.iter().map(|line| line.stoout_time).max();
    if step.delv_stas_codg != DelvStasCodg::Waiting && left.is_some_and(|left| step.delv_stas_time < left) {
        return Err(DeliverRefusal::BeforeSale);
    }
    if delivery.moved(step).is_none() {
        return Err(DeliverRefusal::Course(delivery.name_cn(), step.delv_stas_codg.name()));
    }
    let (before, after) = (delivery.last().map(|last| &last.sheet), &step.sheet);
    let moved = before.is_some_and(|before| before.delv_way != after.delv_way || before.to != after.to);
    if delivery.under_way() && moved {
        return Err(DeliverRefusal::SheetChanged);
    }
    let ends = matches!(step.delv_stas_codg, DelvStasCodg::Arrived | DelvStasCodg::Cancelled);
    if rx.seq >= TRACK_MAX && !ends { Err(DeliverRefusal::TooMany) } else { Ok(Some(sold)) }
}

/// One delivery a sale: another number begins only after the one before was called off.
fn check_order(delivery: &Delivery, step: &DeliveryStep) -> Result<(), DeliverRefusal> {
    let Some(last) = delivery.last() else { return Ok(()) };
    let known = &last.sheet.delv_no;
    match delivery {
        Delivery::Signed { .. } => Err(DeliverRefusal::AlreadySigned),
        Delivery::Cancelled { .. } if *known == step.sheet.delv_no => {
            Err(DeliverRefusal::CancelledOrder(known.clone()))
        }
        Delivery::Cancelled { .. } => Ok(()),
        _ if *known == step.sheet.delv_no => Ok(()),
        _ => Err(DeliverRefusal::OtherOrder(known.clone())),
    }
}

/// What a signature says of the delivery that it ends, where it says it.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// 配送单业务编号.
    pub delv_no: Option<&'a str>,
    /// 配送企业编码.
    pub delv_entp_no: Option<&'a str>,
}

impl Named<'_> {
    /// That this delivery is meant.
    fn is(self, last: &DeliveryStep) -> Result<(), SignOffRefusal> {
        if self.delv_no.is_some_and(|delv_no| delv_no != last.sheet.delv_no) {
            return Err(SignOffRefusal::OtherOrder);
        }
        let carrier = last.sheet.carrier.delv_entp_no.as_deref();
        if self.delv_entp_no.is_some() && carrier.is_some() && self.delv_entp_no != carrier {
            return Err(SignOffRefusal::OtherCarrier);
        }
        Ok(())
    }
}

/// 7210. Ok: the sale and the last word of its delivery; `None` where this very signature was taken before.
pub fn may_sign<'a>(
    rx: &'a Prescription,
    pharmacy: &FixmedinsCode,
    named: Named<'_>,
    signed: &DeliverySigned,
    now: Moment,
) -> Result<Option<(&'a Sold, &'a DeliveryStep)>, SignOffRefusal> {
    let Some((seller, sold, delivery)) = standing(rx) else { return Err(SignOffRefusal::NotSold) };
    if seller != pharmacy {
        return Err(SignOffRefusal::OtherPharmacy);
    }
    if let (Some(before), Some(last)) = (delivery.signed(), delivery.last()) {
        if before != signed {
            return Err(SignOffRefusal::AlreadySigned);
        }
        // The same words about another delivery are not the same signature.
        return named.is(last).map(|()| None);
    }
    let (Some(last), Some(_)) = (delivery.last(), delivery.taken(signed)) else {
        return Err(SignOffRefusal::NotUnderWay);
    };
    named.is(last)?;
    if signed.delv_stas_time > now.plus_seconds(CLOCK_AHEAD_SECONDS) {
        return Err(SignOffRefusal::TimeAhead);
    }
    if signed.delv_stas_time < last.delv_stas_time { Err(SignOffRefusal::TimeBack) } else { Ok(Some((sold, last))) }
}
