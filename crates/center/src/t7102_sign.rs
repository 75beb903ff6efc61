//! 7102 电子处方医保电子签名: the center signs text and file with the institution's key.
//!
//! Invariant: what is signed speaks of the visit, patient and doctor that 7101 judged.
//!
//! The signature value is ours to define (the national one is a CMS structure of a platform service):
//! SM3withSM2, default id, raw r‖s in Base64, over the decoded `originalValue`; over the 32 bytes of the file's
//! SM3 for the file. The file itself comes back unchanged.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_gm::hex;
use lf_ports::{ChangeSet, IdemKey, RxFile};
use lf_rx::Event;
use lf_rx::decide::issue::{self, SignRefusal, SignedFields};
use lf_rx::event::Signed;
use lf_vocab::{FixmedinsCode, FixmedinsKind, HiRxno, RxTraceCode};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::{Center, journal};

/// What is to be signed.
#[derive(Debug, Clone)]
pub struct Command {
    /// The institution.
    pub fixmedins_code: FixmedinsCode,
    /// From the text.
    pub hi_rxno: HiRxno,
    /// From the text.
    pub rx_trace_code: Option<RxTraceCode>,
    /// What the text says.
    pub fields: SignedFields,
    /// The text, Base64 as sent.
    pub original_value: String,
    /// The file, Base64 as sent.
    pub original_rx_file: String,
}

/// The signature. The signed file is the file of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Base64 of r‖s over the text.
    pub sign_digest: String,
    /// 签名机构证书SN.
    pub sign_cert_sn: String,
    /// 签名机构证书DN.
    pub sign_cert_dn: String,
}

lf_rx::refusals! {
    /// Why the number leads nowhere (every transaction that names a prescription).
    RxRefusal {
        Unknown = "RX-0003-01", "接口规范 hiRxno", "查无此处方";
        NotBase64(String) = "RX-0003-02", "接口规范 7102", "字段{0}不是有效的Base64";
        FileEmpty = "RX-0003-03", "接口规范 7102 originalRxFile", "处方文件为空";
        NotAFile = "RX-0003-04", "接口规范 7103：PDF或OFD格式", "处方文件既不是PDF也不是OFD";
    }
}

impl Center {
    /// 7102. Errors: [`SignRefusal`], [`RxRefusal`], the caller's, the message's.
    pub async fn t7102_sign(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Hospital, &command.fixmedins_code)?;
        let key = ctx.idem_key("7102", command.hi_rxno.as_str());
        self.attempts_once(ctx, &key, || self.try_sign(ctx, command, &key)).await
    }

    async fn try_sign(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let (idem, rx, content) = tokio::try_join!(
            self.store.idem(key),
            self.store.rx(&command.hi_rxno),
            self.store.rx_content(&command.hi_rxno)
        )?;
        if let Some(answer) = answered_or_signed(ctx, idem)? {
            return Ok(answer);
        }
        let (Some(rx), Some(content)) = (rx, content) else { return Ok(refused(RxRefusal::Unknown)?) };
        issue::may_sign(&rx, ctx.code(), command.rx_trace_code.as_ref(), ctx.now).map_err(Failure::from_refusal)?;
        issue::same_as_prechecked(&content, &command.fields).map_err(Failure::from_refusal)?;
        let signed = self.sign(ctx, command)?;
        let answer = Answer::from(Reply {
            sign_digest: signed.sign_digest.clone(),
            sign_cert_sn: signed.sign_cert_sn.clone(),
            sign_cert_dn: signed.sign_cert_dn.clone(),
        });
        let file = RxFile { base64: command.original_rx_file.clone() };
        let change = journal::advance_with_file(&rx, &Event::Signed(signed), file, ctx.now)?;
        let mut changes = ChangeSet { rx: vec![change], ..ChangeSet::default() };
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }

    fn sign(&self, ctx: &Ctx, command: &Command) -> Result<Signed, Failure> {
        let text = decode("original_value", &command.original_value)?;
        let file = decode("original_rx_file", &command.original_rx_file)?;
        if file.is_empty() {
            return refused(RxRefusal::FileEmpty);
        }
        file_suffix(&file)?;
        let signer = self.keys.of(&ctx.caller.fixmedins)?;
        let file_sm3 = lf_gm::sm3(&file);
        Ok(Signed {
            original_value: command.original_value.clone(),
            sign_digest: signer.sign(&text).to_base64(),
            file_sm3: hex::lower(&file_sm3),
            file_sign: signer.sign(&file_sm3).to_base64(),
            sign_public_key: signer.public_key().to_base64(),
            sign_cert_sn: ctx.caller.fixmedins.sign_cert_sn.clone().unwrap_or_default(),
            sign_cert_dn: cert_dn(ctx),
        })
    }
}

/// A second text or file for the same number is the prescription's refusal, not the envelope's.
fn answered_or_signed(ctx: &Ctx, idem: Option<lf_ports::IdemRow>) -> Result<Option<Answer<Reply>>, Failure> {
    if idem.as_ref().is_some_and(|row| row.digest != ctx.digest) {
        return refused(SignRefusal::AlreadySigned);
    }
    ctx.answered(idem)
}

fn cert_dn(ctx: &Ctx) -> String {
    let fixmedins = &ctx.caller.fixmedins;
    format!(
        "C=CN,O=NHSA,ST={},L={},CN={}",
        &fixmedins.poolarea_no.as_str()[..2],
        fixmedins.poolarea_no,
        fixmedins.fixmedins_code
    )
}

/// Base64 of the standard alphabet, refused by field name.
pub(crate) fn decode(field: &str, text: &str) -> Result<Vec<u8>, Failure> {
    BASE64_STANDARD.decode(text).map_err(|_| Failure::from_refusal(RxRefusal::NotBase64(field.to_owned())))
}

/// `pdf` or `ofd`, by the first bytes: an OFD is a ZIP.
pub(crate) fn file_suffix(file: &[u8]) -> Result<&'static str, Failure> {
    if file.starts_with(b"%PDF-") {
        Ok("pdf")
    } else if file.starts_with(b"PK\x03\x04") {
        Ok("ofd")
    } else {
        refused(RxRefusal::NotAFile)
    }
}
