//! 7203 电子处方二维码解码: the code that a person's app shows stands for the consent to carry this one prescription.
//!
//! The value is ours, 40 characters: the 30 digits of `hi_rxno` and the first ten hex digits of the HMAC-SM3 of it
//! under the institution's signature, so that a code cannot be made up from a number.

use lf_law::Gate;
use lf_rx::decide::carry;
use lf_vocab::{FixmedinsCode, FixmedinsKind, HiRxno, Moment};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::{Center, gate};

/// A scanned code.
#[derive(Debug, Clone)]
pub struct Command {
    /// 电子处方二维码码值.
    pub epc_qrcd: String,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
}

/// The token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 医保处方授权编号.
    pub auth_rxno: String,
    /// 电子处方访问令牌.
    pub epc_token: String,
    /// When the token lapses.
    pub expires_in: Moment,
}

lf_rx::refusals! {
    /// Why a code opens nothing (7203).
    QrcodeRefusal {
        Form = "RX-7203-01", "接口规范 7203 epcQrcd", "不是本中心的电子处方二维码";
        Unknown = "RX-7203-02", "接口规范 7203 epcQrcd", "二维码对应的处方不存在或二维码无效";
    }
}

/// The code of a prescription: its number and a proof from its signature.
pub fn epc_qrcd(hi_rxno: &HiRxno, sign_digest: &str) -> String {
    let proof = lf_gm::hmac_sm3(sign_digest.as_bytes(), hi_rxno.as_str().as_bytes());
    format!("{hi_rxno}{}", &lf_gm::hex::lower(&proof)[..10])
}

impl Center {
    /// 7203. Errors: [`QrcodeRefusal`], [`carry::CarryRefusal`], the caller's.
    pub async fn t7203_qrcode(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, &command.fixmedins_code)?;
        self.attempts(ctx, || self.try_qrcode(ctx, command)).await
    }

    async fn try_qrcode(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Attempt> {
        let number = command.epc_qrcd.get(..30).and_then(|digits| digits.parse::<HiRxno>().ok());
        let Some(hi_rxno) = number else { return Ok(refused(QrcodeRefusal::Form)?) };
        let key = ctx.exact_key("7203");
        let (idem, rx) = tokio::try_join!(self.store.idem(&key), self.store.rx(&hi_rxno))?;
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        let Some(rx) = rx else { return Ok(refused(QrcodeRefusal::Unknown)?) };
        // The proof first: who only knows a number learns nothing of the prescription.
        let digest = rx.state.active().map(|active| &active.signed.sign_digest);
        if digest.is_some_and(|digest| epc_qrcd(&hi_rxno, digest) != command.epc_qrcd) {
            return Ok(refused(QrcodeRefusal::Unknown)?);
        }
        carry::may_carry(&rx, ctx.now).map_err(Failure::from_refusal)?;
        let (pair, content) = self.beside_carry(&rx, ctx).await?;
        let reminders = gate::ask(&self.law, Gate::Authorise, ctx, &gate::carry_facts(&rx, ctx, pair))?;
        let psn_no = rx.opened.psn_no.clone();
        let (mut changes, shown) = self.show(ctx, (hi_rxno.poolarea_no(), &psn_no), &[(rx, content)])?;
        let Some(one) = shown.list.into_iter().next() else { return Ok(refused(QrcodeRefusal::Unknown)?) };
        let reply = Reply { auth_rxno: one.auth_rxno, epc_token: one.epc_token, expires_in: one.expires_in };
        let answer = Answer { reply, reminders };
        ctx.remember(key, &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }
}
