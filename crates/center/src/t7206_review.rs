//! 7206 电子处方审核信息上传: a licensed pharmacist of the pharmacy passes or refuses. Serves JX-3.3, JX-4.2c.

use lf_gm::hex;
use lf_law::{Field, Gate};
use lf_ports::{ChangeSet, IdemKey, Practitioner};
use lf_rx::decide::review;
use lf_rx::event::Reviewed;
use lf_rx::{Event, Prescription, Refusal};
use lf_vocab::dict::RxChkStasCodg;
use lf_vocab::{Certno, FixmedinsCode, FixmedinsKind, HiRxno, Moment, PharCode};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::t7102_sign::RxRefusal;
use crate::{Center, gate, journal};

/// A judgement.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// 电子处方令牌.
    pub epc_token: String,
    /// Token of the pharmacist's own credential.
    pub ec_token: Option<String>,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// 证件号码 of the pharmacist.
    pub phar_certno: Certno,
    /// Name.
    pub phar_name: String,
    /// The pharmacist.
    pub phar_code: PharCode,
    /// The judgement in words.
    pub rx_chk_opnn: String,
    /// Passed or refused.
    pub rx_chk_stas_codg: RxChkStasCodg,
    /// When.
    pub rx_chk_time: Moment,
    /// 处方签名验签流水号.
    pub rx_sign_verify_sn: String,
}

/// The number of the judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 处方审核业务流水号.
    pub rx_chk_biz_sn: String,
}

lf_rx::refusals! {
    /// Why a pharmacist is not accepted (7206).
    PharmacistRefusal {
        NameDiffers = "RX-7206-11", "接口规范 7206 pharName", "审方药师姓名与登记不符";
        CertDiffers = "RX-7206-12", "接口规范 7206 pharCertno", "审方药师证件与登记不符";
        TokenDiffers = "RX-7206-13", "接口规范 7206 ecToken", "审方药师电子凭证令牌无效";
    }
}

impl Center {
    /// 7206. Errors: [`review::ReviewRefusal`], [`PharmacistRefusal`], the law's at the gate `review`.
    pub async fn t7206_review(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, &command.fixmedins_code)?;
        let key = ctx.idem_key("7206", command.rx_sign_verify_sn.clone());
        self.attempts_once(ctx, &key, || self.try_review(ctx, command, &key)).await
    }

    async fn try_review(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let (idem, rx, pharmacist) = tokio::try_join!(
            self.store.idem(key),
            self.store.rx(&command.hi_rxno),
            self.store.practitioner(ctx.code(), command.phar_code.as_str())
        )?;
        if idem.as_ref().is_some_and(|row| row.digest != ctx.digest) {
            return Ok(refused(review::ReviewRefusal::AlreadyReviewed)?);
        }
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        let Some(rx) = rx else { return Ok(refused(RxRefusal::Unknown)?) };
        review::may_review(
            &rx,
            ctx.code(),
            &command.epc_token,
            &command.rx_sign_verify_sn,
            command.rx_chk_time,
            ctx.now,
        )
        .map_err(Failure::from_refusal)?;
        if let Some(pharmacist) = &pharmacist {
            prove(pharmacist, command)?;
        }
        let reminders = self.ask_review(ctx, command, &rx, pharmacist.as_ref())?;
        let reviewed = Reviewed {
            rx_chk_stas_codg: command.rx_chk_stas_codg,
            rx_chk_opnn: command.rx_chk_opnn.clone(),
            rx_chk_time: command.rx_chk_time,
            rx_chk_biz_sn: hex::lower(&self.chance.draw())[..30].to_owned(),
            phar_code: command.phar_code.clone(),
            phar_name: command.phar_name.clone(),
            fixmedins_code: ctx.code().clone(),
            law_edition: self.law.edition().to_owned(),
        };
        let reply = Reply { rx_chk_biz_sn: reviewed.rx_chk_biz_sn.clone() };
        let change = journal::advance(&rx, &Event::Reviewed(reviewed), ctx.now)?;
        let mut changes = ChangeSet { rx: vec![change], ..ChangeSet::default() };
        let answer = Answer { reply, reminders };
        ctx.remember(key.clone(), &answer, &mut changes);
        self.tell_review(&mut changes, ctx.now).await?;
        self.store.commit(changes).await?;
        Ok(answer)
    }

    fn ask_review(
        &self,
        ctx: &Ctx,
        command: &Command,
        rx: &Prescription,
        pharmacist: Option<&Practitioner>,
    ) -> Result<Vec<Refusal>, Failure> {
        let registered = pharmacist.is_some_and(|p| p.reviews_on(ctx.now.day()));
        // Who shows the own credential at the counter is on duty there (JX-1.2).
        let shown = pharmacist.is_some_and(|p| p.ec_token.is_some() && p.ec_token == command.ec_token);
        let mut facts = lf_law::Facts::new();
        facts
            .set(Field::RxChkTime, command.rx_chk_time)
            .set(Field::PrscTime, rx.opened.prsc_time)
            .set(Field::ValiEndTime, rx.opened.vali_end_time)
            .set_opt(Field::PharDutyFlag, shown.then_some(true))
            .set(Field::PharFixmedinsCode, ctx.code().as_str())
            .set(Field::PharPoolareaNo, ctx.caller.fixmedins.poolarea_no.as_str())
            .set(Field::PharRegFlag, registered)
            .set(Field::RxSignVerifyFlag, true)
            .set(Field::PaperFlag, false)
            .set(Field::RxChkStasCodg, command.rx_chk_stas_codg.code());
        gate::ask(&self.law, Gate::Review, ctx, &facts)
    }
}

/// That the message names the registered pharmacist; one who is not registered is the law's affair.
fn prove(pharmacist: &Practitioner, command: &Command) -> Result<(), Failure> {
    if pharmacist.prac_name != command.phar_name {
        return refused(PharmacistRefusal::NameDiffers);
    }
    if pharmacist.certno.as_ref().is_some_and(|certno| *certno != command.phar_certno) {
        return refused(PharmacistRefusal::CertDiffers);
    }
    match (&pharmacist.ec_token, &command.ec_token) {
        (Some(known), Some(sent)) if known != sent => refused(PharmacistRefusal::TokenDiffers),
        _ => Ok(()),
    }
}
