//! What a person lets a pharmacy see (7201–7203): a batch of tokens of which one may be used.
//!
//! Invariants: tokens lapse at `expires_in`; after one prescription of a batch is downloaded, the others of
//! the batch have lapsed ("一次仅能下载那一张", 7201); a token takes its prescription once; the token names its batch.

use lf_vocab::{Admdvs, FixmedinsCode, HiRxno, Moment, PsnNo};
use serde::{Deserialize, Serialize};

use crate::refusals;

/// The most prescriptions one authorisation shows.
pub const BATCH_MAX: usize = 50;

/// One authorisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthBatch {
    /// Its number: the beginning of every token in it.
    pub batch_no: String,
    /// The partition.
    pub poolarea_no: Admdvs,
    /// The pharmacy that may download.
    pub fixmedins_code: FixmedinsCode,
    /// Whose prescriptions.
    pub psn_no: PsnNo,
    /// The first moment at which it no longer works.
    pub expires_in: Moment,
    /// The prescriptions shown.
    pub entries: Vec<AuthEntry>,
    /// The one that was downloaded.
    pub taken: Option<HiRxno>,
    /// The app in which the person chose (7202); at a counter nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epc_chnl_id: Option<String>,
}

/// One prescription shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthEntry {
    /// 医保处方授权编号.
    pub auth_rxno: String,
    /// 电子处方访问令牌.
    pub epc_token: String,
    /// Which prescription.
    pub hi_rxno: HiRxno,
}

refusals! {
    /// Why a token opens nothing (7204).
    TokenRefusal {
        Unknown = "RX-7204-01", "接口规范 7204 epcToken", "电子处方令牌不存在";
        OtherPharmacy = "RX-7204-02", "接口规范 7204 fixmedinsCode", "令牌授权的是另一家取药机构";
        Lapsed = "RX-7204-03", "接口规范 7201 expiresIn", "令牌已过期，请参保人重新授权";
        WrongNumber = "RX-7204-04", "接口规范 7204 authRxno", "授权编号与令牌不符";
        OtherTaken = "RX-7204-05", "接口规范 7201：一次授权仅能下载一张处方", "本次授权已下载另一张处方，其余授权已失效，请参保人重新授权";
        Superseded = "RX-7204-06", "接口规范 7204", "该授权下载后处方已转由其他环节或机构处理，请参保人重新授权";
    }
}

impl AuthBatch {
    /// The entry that `epc_token` opens for this pharmacy now.
    pub fn open(
        &self,
        epc_token: &str,
        auth_rxno: &str,
        pharmacy: &FixmedinsCode,
        now: Moment,
    ) -> Result<&AuthEntry, TokenRefusal> {
        let entry = self.entries.iter().find(|e| e.epc_token == epc_token).ok_or(TokenRefusal::Unknown)?;
        if self.fixmedins_code != *pharmacy {
            return Err(TokenRefusal::OtherPharmacy);
        }
        if now >= self.expires_in {
            return Err(TokenRefusal::Lapsed);
        }
        if entry.auth_rxno != auth_rxno {
            return Err(TokenRefusal::WrongNumber);
        }
        match &self.taken {
            Some(taken) if *taken != entry.hi_rxno => Err(TokenRefusal::OtherTaken),
            _ => Ok(entry),
        }
    }

    /// That the batch has taken nothing yet: who held the prescription and no longer does needs a new consent.
    pub fn may_take(&self) -> Result<(), TokenRefusal> {
        if self.taken.is_some() { Err(TokenRefusal::Superseded) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> AuthBatch {
        let pool: Admdvs = "360900".parse().unwrap();
        let number = |serial| HiRxno::new(pool, "2026-11-22".parse().unwrap(), serial).unwrap();
        AuthBatch {
            batch_no: "b".into(),
            poolarea_no: pool,
            fixmedins_code: "P36090200101".parse().unwrap(),
            psn_no: "1".parse().unwrap(),
            expires_in: Moment::from_micros(100),
            entries: vec![
                AuthEntry { auth_rxno: "a1".into(), epc_token: "t1".into(), hi_rxno: number(1) },
                AuthEntry { auth_rxno: "a2".into(), epc_token: "t2".into(), hi_rxno: number(2) },
            ],
            taken: None,
            epc_chnl_id: None,
        }
    }

    #[test]
    fn a_token_is_refused_in_order() {
        let mine: FixmedinsCode = "P36090200101".parse().unwrap();
        let other: FixmedinsCode = "P36090200102".parse().unwrap();
        let at = Moment::from_micros;
        let batch = batch();
        let code = |token, number, who, now| batch.open(token, number, who, at(now)).map(|e| e.hi_rxno.clone()).err();
        assert_eq!(code("x", "x", &other, 100), Some(TokenRefusal::Unknown));
        assert_eq!(code("t1", "x", &other, 100), Some(TokenRefusal::OtherPharmacy));
        assert_eq!(code("t1", "x", &mine, 100), Some(TokenRefusal::Lapsed));
        assert_eq!(code("t1", "x", &mine, 99), Some(TokenRefusal::WrongNumber));
        assert_eq!(code("t1", "a1", &mine, 99), None);
    }

    #[test]
    fn after_one_download_the_others_lapse() {
        let mine: FixmedinsCode = "P36090200101".parse().unwrap();
        let mut batch = batch();
        assert!(batch.may_take().is_ok());
        batch.taken = Some(batch.entries[0].hi_rxno.clone());
        assert!(batch.open("t1", "a1", &mine, Moment::from_micros(1)).is_ok());
        assert_eq!(batch.may_take(), Err(TokenRefusal::Superseded));
        assert_eq!(batch.open("t2", "a2", &mine, Moment::from_micros(1)), Err(TokenRefusal::OtherTaken));
    }
}
