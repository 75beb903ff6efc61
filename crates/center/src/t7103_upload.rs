//! 7103 电子处方上传: what was signed is uploaded, once, and the prescription is valid.

use lf_gm::hex;
use lf_law::{Facts, Field, Gate};
use lf_ports::{ChangeSet, IdemKey};
use lf_rx::decide::issue::{self, SignedFields};
use lf_rx::event::Uploaded;
use lf_rx::{Event, Prescription, Projection, Refusal};
use lf_vocab::dict::RxStasCodg;
use lf_vocab::{FixmedinsCode, FixmedinsKind, HiRxno, Moment, RxTraceCode};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::t7101_precheck::{public, put_visit};
use crate::t7102_sign::{RxRefusal, decode, file_suffix};
use crate::{Center, gate, journal};

/// Reads the signed fields out of the text that 7102 signed; the wire knows its names.
pub type ReadSigned = fn(&[u8]) -> Option<SignedFields>;

/// An upload.
#[derive(Debug, Clone)]
pub struct Command {
    /// The institution.
    pub fixmedins_code: FixmedinsCode,
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// Used once.
    pub rx_trace_code: RxTraceCode,
    /// The institution's pharmacist.
    pub phar_code: String,
    /// Name.
    pub phar_name: String,
    /// When the institution's pharmacist reviewed it.
    pub phar_chk_time: Moment,
    /// The twenty signed fields as sent now.
    pub fields: SignedFields,
    /// How to read them from the signed text.
    pub read_signed: ReadSigned,
    /// The signature as 7102 answered it.
    pub sign_digest: String,
    /// The signed file, Base64.
    pub rx_file: String,
    /// Names out of [`crate::t7101_precheck::UPLOAD_FLAGS`].
    pub flags: Vec<(&'static str, bool)>,
}

/// Number and status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 医保处方编号.
    pub hi_rxno: HiRxno,
    /// 医保处方状态.
    pub rx_stas_codg: RxStasCodg,
}

impl Center {
    /// 7103. Errors: [`lf_rx::decide::issue::UploadRefusal`], [`RxRefusal`], the caller's, the message's.
    pub async fn t7103_upload(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Hospital, &command.fixmedins_code)?;
        let key = ctx.idem_key("7103", command.rx_trace_code.as_str());
        self.attempts_once(ctx, &key, || self.try_upload(ctx, command, &key)).await
    }

    async fn try_upload(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let (idem, rx) = tokio::try_join!(self.store.idem(key), self.store.rx(&command.hi_rxno))?;
        if idem.as_ref().is_some_and(|row| row.digest != ctx.digest) {
            return Ok(refused(issue::UploadRefusal::AlreadyUploaded)?);
        }
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        let Some(rx) = rx else { return Ok(refused(RxRefusal::Unknown)?) };
        let signed =
            issue::may_upload(&rx, ctx.code(), &command.rx_trace_code, ctx.now).map_err(Failure::from_refusal)?;
        let text = decode("original_value", &signed.original_value)?;
        let signed_fields = (command.read_signed)(&text)
            .ok_or_else(|| Failure::Broken(format!("{}: signed text unreadable", rx.hi_rxno)))?;
        let file = decode("rx_file", &command.rx_file)?;
        let file_sm3 = hex::lower(&lf_gm::sm3(&file));
        issue::same_as_signed(signed, &signed_fields, &command.fields, &command.sign_digest, &file_sm3)
            .map_err(Failure::from_refusal)?;
        let uploaded = Uploaded {
            phar_code: command.phar_code.clone(),
            phar_name: command.phar_name.clone(),
            phar_chk_time: command.phar_chk_time,
            file_suffix: file_suffix(&file)?.to_owned(),
            flags: command.flags.iter().map(|(name, flag)| ((*name).to_owned(), *flag)).collect(),
        };
        let session = match rx.opened.visit.as_ref().and_then(|visit| visit.session) {
            Some(session) => Some(self.next_session(&rx, session).await?),
            None => None,
        };
        let reminders = self.ask_upload(ctx, &rx, &uploaded, session.as_ref().map(|(_, others)| *others))?;
        let change = journal::advance(&rx, &Event::Uploaded(uploaded), ctx.now)?;
        let reply =
            Reply { hi_rxno: command.hi_rxno.clone(), rx_stas_codg: Projection::of(&change.rx, ctx.now).rx_stas_codg };
        let session = session.map(|(row, _)| row);
        let mut changes = ChangeSet { rx: vec![change], session, ..ChangeSet::default() };
        let answer = Answer { reply, reminders };
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }

    /// What was stated with 7101 is decided again: the interface has no field for the person's consent (JX-3.2b), the own choice
    /// of a pharmacy, or why the drugs are bought outside.
    fn ask_upload(
        &self,
        ctx: &Ctx,
        rx: &Prescription,
        uploaded: &Uploaded,
        others: Option<i64>,
    ) -> Result<Vec<Refusal>, Failure> {
        lf_vocab::covers!("JX-3.2b");
        let mut facts = Facts::new();
        if let Some(visit) = &rx.opened.visit {
            put_visit(&mut facts, visit, &uploaded.flags);
        }
        facts.set_opt(Field::ItntOverlapCnt, others);
        facts
            .set(Field::UpldTime, ctx.now)
            .set(Field::PrscTime, rx.opened.prsc_time)
            .set(Field::ValiEndTime, rx.opened.vali_end_time)
            .set(Field::FixmedinsCode, ctx.code().as_str())
            .set_opt(Field::IssPublFlag, public(&ctx.caller.fixmedins))
            .set(Field::IssPoolareaNo, ctx.caller.fixmedins.poolarea_no.as_str())
            // 7103 names the institution's pharmacist and the time of the review, or is refused as malformed.
            .set(Field::HospChkFlag, true)
            .set(Field::IssFixmedinsFlag, ctx.caller.fixmedins.agreement.contains(ctx.now.day()))
            .set(Field::IssCircFlag, ctx.caller.fixmedins.circ_ready);
        gate::ask(&self.law, Gate::Upload, ctx, &facts)
    }
}
