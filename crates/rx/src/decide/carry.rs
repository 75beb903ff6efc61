//! Moves of carrying: 7201/7203 authorise, 7204 download, 7205 verify. Serves HB-2.1, HB-2.4.

use lf_vocab::{FixmedinsCode, Moment};

use crate::event::Downloaded;
use crate::refusals;
use crate::state::{Active, Prescription, State};

refusals! {
    /// Why a prescription is not handed out (7201, 7203, 7204).
    CarryRefusal {
        NotUploaded = "RX-7201-01", "接口规范 7103", "处方尚未上传生效";
        Revoked = "RX-7201-02", "接口规范 7104", "处方已撤销";
        Expired = "RX-7201-03", "接口规范 7101 valiDays：过期后无法使用", "处方已超过有效截止时间";
        Used = "RX-7201-04", "赣医保字〔2024〕9号 三（一）单次结算；接口规范 rx_used_stas_codg", "处方已取药，不能再次使用";
        Refunded = "RX-7201-05", "接口规范 2103", "处方已退费并关闭";
    }
}

refusals! {
    /// Why a verification is refused (7205).
    VerifyRefusal {
        NotCarried = "RX-7205-01", "接口规范 7204", "本机构尚未下载该处方，或授权已失效";
        OtherToken = "RX-7205-02", "接口规范 7205 epcToken", "电子处方令牌与下载时不同";
        Expired = "RX-7205-03", "接口规范 7101 valiEndTime", "处方已超过有效截止时间";
        WrongTraceCode = "RX-7205-04", "接口规范 7205 rxTraceCode", "处方追溯码与医保处方编号不符";
        FileChanged = "RX-7205-05", "接口规范 7205 rxFile", "处方文件与医保电子签名的文件不一致";
        BadSignature = "RX-7205-06", "接口规范 7205", "处方电子签名验证不通过";
    }
}

/// 7201, 7203, 7204. Ok: it may be shown and handed out.
pub fn may_carry(rx: &Prescription, now: Moment) -> Result<&Active, CarryRefusal> {
    match &rx.state {
        State::PreChecked | State::Signed { .. } => Err(CarryRefusal::NotUploaded),
        State::Revoked { .. } => Err(CarryRefusal::Revoked),
        State::Sold { .. } | State::SelfPaid { .. } | State::Settled { .. } => Err(CarryRefusal::Used),
        State::Refunded { .. } => Err(CarryRefusal::Refunded),
        _ if rx.expired(now) => Err(CarryRefusal::Expired),
        state => state.active().ok_or(CarryRefusal::NotUploaded),
    }
}

/// 7205. Ok: what was signed and by which download it is held.
pub fn may_verify<'a>(
    rx: &'a Prescription,
    pharmacy: &FixmedinsCode,
    epc_token: &str,
    now: Moment,
) -> Result<(&'a Active, &'a Downloaded), VerifyRefusal> {
    // After the review the same check may come again and gets the same answer.
    let (active, downloaded) = match &rx.state {
        State::Carried { active, downloaded } | State::Verified { active, downloaded, .. } => (active, downloaded),
        State::Reviewed { passed } => (&passed.active, &passed.downloaded),
        _ => return Err(VerifyRefusal::NotCarried),
    };
    if downloaded.fixmedins_code != *pharmacy {
        return Err(VerifyRefusal::NotCarried);
    }
    if downloaded.epc_token != epc_token {
        return Err(VerifyRefusal::OtherToken);
    }
    if rx.expired(now) { Err(VerifyRefusal::Expired) } else { Ok((active, downloaded)) }
}
