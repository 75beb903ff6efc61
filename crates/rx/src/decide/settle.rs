//! Moves of the settlement: 2101/2102 and 2103 as far as the prescription is concerned. Serves JX-3.1a
//! (single settlement), JX-3.5b (refund by reversal only). The money itself is `lf-settle`'s.

use lf_vocab::{Admdvs, FixmedinsCode, PsnNo};

use crate::event::{Pair, Settled, Sold};
use crate::refusals;
use crate::state::{Prescription, State};

refusals! {
    /// Why a prescription cannot be settled (2101, 2102).
    SettleRefusal {
        OtherPerson = "RX-2102-01", "接口规范 2102 psn_no", "参保人与处方不符";
        AlreadySettled = "RX-2102-02", "赣医保字〔2024〕9号 三（一）单次结算", "处方已结算，不能再次结算";
        SelfPaid = "RX-2102-03", "接口规范 7207 hiFeesetlFlag", "处方已按自费取药，不能再医保结算";
        Refunded = "RX-2102-04", "赣医保字〔2024〕9号 三（一）单次结算", "处方已退费并关闭，请重新开具处方";
        Revoked = "RX-2102-05", "接口规范 7104", "处方已撤销";
        NotSold = "RX-2102-06", "接口规范 7207", "处方尚未上传销售出库明细";
        OtherPharmacy = "RX-2102-07", "接口规范 2102", "出库明细不是本机构上传的";
        LineForeign(String) = "RX-2102-08", "赣医保字〔2024〕9号 三（五）", "药品{0}不在出库明细中";
        LinesDiffer(String) = "RX-2102-09", "赣医保字〔2024〕9号 三（五）", "药品{0}的结算数量与出库数量不一致（结算数量按处方开具的单位计）";
        TracCodgDiffers(String) = "RX-2102-10", "接口规范 2102 drug_trac_info", "追溯码{0}不在该药品的出库明细中";
        AmountDiffers(String) = "RX-2102-19", "赣医保字〔2024〕9号 三（五）；接口规范 7207 drugSumamt", "药品{0}的结算金额与出库上传的药品金额不一致";
    }
}

refusals! {
    /// Why a reversal is refused (2103).
    RefundRefusal {
        Unknown = "RX-2103-01", "接口规范 2103 setl_id", "本机构查无此结算";
        OtherPerson = "RX-2103-02", "接口规范 2103 psn_no", "人员编号与结算不符";
        OtherVisit = "RX-2103-03", "接口规范 2103 mdtrt_id", "就诊ID与结算不符";
        AlreadyReversed = "RX-2103-04", "接口规范 2103", "结算已撤销";
        Negative = "RX-2103-05", "接口规范 2103", "撤销产生的负结算不能再撤销";
        OnDelivery = "RX-2103-06", "接口规范 7209；接口规范 2103", "药品正在配送途中，请先取消配送或完成签收再撤销结算";
    }
}

refusals! {
    /// Why a signed pair is not bound (9101).
    PairRefusal {
        Name = "RX-9101-11", "接口规范 9101 filename", "签字件的文件名应为PAIR_结算ID.后缀或PAIR_结算ID_档案号.后缀，档案号不超过30个字符";
        Unknown = "RX-9101-12", "接口规范 9101 filename", "本机构查无文件名中的结算";
        Reversed = "RX-9101-13", "接口规范 2103", "文件名中的结算已撤销";
        OtherBound = "RX-9101-14", "接口规范 9101 in", "该结算的签字件已归档，且本次文件与已归档的不同";
    }
}

/// 9101. Ok: whether it is new; the same copy again changes nothing.
pub fn may_bind(rx: &Prescription, setl_id: &str, pair_sm3: &str) -> Result<bool, PairRefusal> {
    match &rx.state {
        State::Settled { settled, pair, .. } if settled.setl_id == setl_id => match pair {
            Pair::Missing => Ok(true),
            Pair::Bound(bound) if bound.pair_sm3 == pair_sm3 => Ok(false),
            Pair::Bound(_) => Err(PairRefusal::OtherBound),
        },
        State::Refunded { settled, .. } if settled.setl_id == setl_id => Err(PairRefusal::Reversed),
        _ => Err(PairRefusal::Unknown),
    }
}

/// 2101, 2102. Ok: the sale that is paid for.
pub fn may_settle<'a>(
    rx: &'a Prescription,
    pharmacy: &FixmedinsCode,
    insu_poolarea_no: Admdvs,
    psn_no: &PsnNo,
) -> Result<&'a Sold, SettleRefusal> {
    if rx.opened.insu_poolarea_no != insu_poolarea_no || rx.opened.psn_no != *psn_no {
        return Err(SettleRefusal::OtherPerson);
    }
    let (passed, sold) = match &rx.state {
        State::Sold { passed, sold, .. } => (passed, sold),
        State::Settled { .. } => return Err(SettleRefusal::AlreadySettled),
        State::SelfPaid { .. } => return Err(SettleRefusal::SelfPaid),
        State::Refunded { .. } => return Err(SettleRefusal::Refunded),
        State::Revoked { .. } => return Err(SettleRefusal::Revoked),
        _ => return Err(SettleRefusal::NotSold),
    };
    if passed.downloaded.fixmedins_code == *pharmacy { Ok(sold) } else { Err(SettleRefusal::OtherPharmacy) }
}

/// 2103. Ok: the settlement to reverse.
pub fn may_refund<'a>(rx: &'a Prescription, setl_id: &str) -> Result<&'a Settled, RefundRefusal> {
    match &rx.state {
        State::Settled { settled, delivery, .. } if settled.setl_id == setl_id => {
            if delivery.under_way() {
                Err(RefundRefusal::OnDelivery)
            } else {
                Ok(settled)
            }
        }
        State::Refunded { settled, .. } if settled.setl_id == setl_id => Err(RefundRefusal::AlreadyReversed),
        State::Refunded { refunded, .. } if refunded.setl_id == setl_id => Err(RefundRefusal::Negative),
        _ => Err(RefundRefusal::Unknown),
    }
}
