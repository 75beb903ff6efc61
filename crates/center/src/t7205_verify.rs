//! 7205 电子处方信息核验: the pharmacy has file and signature proved before its pharmacist looks. Serves HB-2.1.

use lf_gm::{Signature, hex};
use lf_ports::ChangeSet;
use lf_rx::Event;
use lf_rx::decide::carry::{self, VerifyRefusal};
use lf_rx::event::{Signed, Verified};
use lf_rx::state::State;
use lf_vocab::{FixmedinsCode, FixmedinsKind, HiRxno, RxTraceCode};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::t7102_sign::{RxRefusal, decode};
use crate::{Center, journal};

/// A check.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// As printed in the file.
    pub rx_trace_code: RxTraceCode,
    /// The file that the pharmacy holds, Base64.
    pub rx_file: String,
    /// 电子处方令牌.
    pub epc_token: String,
}

/// The proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 处方签名验签流水号.
    pub rx_sign_verify_sn: String,
    /// 签名机构证书SN.
    pub sign_cert_sn: String,
    /// 签名机构证书DN.
    pub sign_cert_dn: String,
}

impl Center {
    /// 7205. Errors: [`VerifyRefusal`], [`RxRefusal`], the caller's.
    pub async fn t7205_verify(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, &command.fixmedins_code)?;
        self.attempts(ctx, || self.try_verify(ctx, command)).await
    }

    async fn try_verify(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Attempt> {
        lf_vocab::covers!("HB-2.1");
        let Some(rx) = self.store.rx(&command.hi_rxno).await? else { return Ok(refused(RxRefusal::Unknown)?) };
        let (active, _) =
            carry::may_verify(&rx, ctx.code(), &command.epc_token, ctx.now).map_err(Failure::from_refusal)?;
        if rx.opened.rx_trace_code != command.rx_trace_code {
            return Ok(refused(VerifyRefusal::WrongTraceCode)?);
        }
        let signed = &active.signed;
        self.prove(signed, &command.rx_file)?;
        let reply = |sn: &str| Reply {
            rx_sign_verify_sn: sn.to_owned(),
            sign_cert_sn: signed.sign_cert_sn.clone(),
            sign_cert_dn: signed.sign_cert_dn.clone(),
        };
        match &rx.state {
            State::Verified { verified, .. } => return Ok(reply(&verified.rx_sign_verify_sn).into()),
            State::Reviewed { passed } => return Ok(reply(&passed.verified.rx_sign_verify_sn).into()),
            _ => {}
        }
        let rx_sign_verify_sn = hex::lower(&self.chance.draw());
        let answer = reply(&rx_sign_verify_sn);
        let change = journal::advance(&rx, &Event::Verified(Verified { rx_sign_verify_sn }), ctx.now)?;
        self.store.commit(ChangeSet { rx: vec![change], message: ctx.message("7205"), ..ChangeSet::default() }).await?;
        Ok(answer.into())
    }

    /// That the file is the signed one and both signatures are of the key that signed. That key stands in the history
    /// of the prescription: one that the institution changed later does not take back what was signed before.
    fn prove(&self, signed: &Signed, rx_file: &str) -> Result<(), Failure> {
        let file_sm3 = lf_gm::sm3(&decode("rx_file", rx_file)?);
        if hex::lower(&file_sm3) != signed.file_sm3 {
            return refused(VerifyRefusal::FileChanged);
        }
        let Some(verifier) = self.proofs.of(&signed.sign_public_key) else {
            return refused(VerifyRefusal::BadSignature);
        };
        let text = decode("original_value", &signed.original_value)?;
        let holds = |message: &[u8], base64: &str| {
            Signature::from_base64(base64).is_ok_and(|signature| verifier.verify(message, &signature))
        };
        if holds(&text, &signed.sign_digest) && holds(&file_sm3, &signed.file_sign) {
            Ok(())
        } else {
            refused(VerifyRefusal::BadSignature)
        }
    }
}
