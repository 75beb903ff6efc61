//! The pharmacist's move: 7206. Serves JX-3.3 (every flow prescription is reviewed), JX-4.2c.

use lf_vocab::{FixmedinsCode, Moment};

use crate::event::Downloaded;
use crate::refusals;
use crate::state::{Prescription, State};

refusals! {
    /// Why a review is not taken (7206).
    ReviewRefusal {
        NotVerified = "RX-7206-01", "接口规范 7205：先验签后审核", "处方尚未在本机构完成验签";
        AlreadyReviewed = "RX-7206-02", "接口规范 7206", "处方已审核，且本次内容与已上传的不同";
        OtherToken = "RX-7206-03", "接口规范 7206 epcToken", "电子处方令牌与下载时不同";
        WrongVerifySn = "RX-7206-04", "接口规范 7206 rxSignVerifySn", "处方签名验签流水号不符";
        Expired = "RX-7206-05", "接口规范 7101 valiEndTime", "处方已超过有效截止时间";
        TimeAhead = "RX-7206-06", "接口规范 7206 rxChkTime", "审核时间晚于当前时间";
    }
}

/// How far a client's clock may run ahead before its times are refused, in seconds.
pub const CLOCK_AHEAD_SECONDS: i64 = 600;

/// 7206. Ok: the download that it rests on.
pub fn may_review<'a>(
    rx: &'a Prescription,
    pharmacy: &FixmedinsCode,
    epc_token: &str,
    rx_sign_verify_sn: &str,
    rx_chk_time: Moment,
    now: Moment,
) -> Result<&'a Downloaded, ReviewRefusal> {
    let (downloaded, verified) = match &rx.state {
        State::Verified { downloaded, verified, .. } if downloaded.fixmedins_code == *pharmacy => {
            (downloaded, verified)
        }
        state if state.reviewed().is_some_and(|r| r.fixmedins_code == *pharmacy) => {
            return Err(ReviewRefusal::AlreadyReviewed);
        }
        _ => return Err(ReviewRefusal::NotVerified),
    };
    if downloaded.epc_token != epc_token {
        return Err(ReviewRefusal::OtherToken);
    }
    if verified.rx_sign_verify_sn != rx_sign_verify_sn {
        return Err(ReviewRefusal::WrongVerifySn);
    }
    if rx.expired(now) {
        return Err(ReviewRefusal::Expired);
    }
    if rx_chk_time > now.plus_seconds(CLOCK_AHEAD_SECONDS) { Err(ReviewRefusal::TimeAhead) } else { Ok(downloaded) }
}
