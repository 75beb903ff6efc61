//! 2201 门诊挂号 and 2202 门诊挂号撤销 at a pharmacy: a visit begins, or ends before anything of it was paid.
//!
//! Invariants: one visit a 门诊号 of the pharmacy; the number of a visit is the center's and cannot be guessed; a visit of
//! which anything stands settled is not withdrawn.

use lf_ports::{Batch, BatchState, IdemKey, Mdtrt, MdtrtChange, MdtrtState};
use lf_vocab::dict::Insutype;
use lf_vocab::{CardSn, Certno, FixmedinsKind, Moment, PsnNo};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::mdtrt::MdtrtRefusal;
use crate::people::MdtrtCert;
use crate::t2101_quote::{PurchaseRefusal, Said, check_person};

/// 2201.
#[derive(Debug, Clone)]
pub struct Command {
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 险种.
    pub insutype: Insutype,
    /// 挂号时间.
    pub begntime: Moment,
    /// 就诊凭证类型.
    pub mdtrt_cert_type: String,
    /// 就诊凭证编号.
    pub mdtrt_cert_no: String,
    /// 卡识别码, where sent.
    pub card_sn: Option<CardSn>,
    /// 证件号码, where sent.
    pub certno: Option<Certno>,
    /// 姓名, where sent.
    pub psn_name: Option<String>,
    /// 门诊号.
    pub ipt_otp_no: String,
    /// 科室编码.
    pub dept_code: String,
    /// 科室名称.
    pub dept_name: String,
    /// 科别.
    pub caty: String,
}

/// 2201's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 就诊ID.
    pub mdtrt_id: String,
}

/// 2202.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 就诊ID.
    pub mdtrt_id: String,
    /// 门诊号.
    pub ipt_otp_no: String,
}

impl Center {
    /// 2201. Errors: [`PurchaseRefusal`], the person's.
    pub async fn t2201_register(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.idem_key("2201", command.ipt_otp_no.clone());
        self.attempts_once(ctx, &key, || self.try_register(ctx, command, &key)).await
    }

    async fn try_register(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let by = Said::from(command).cert.key(PurchaseRefusal::CertType)?;
        let (idem, person) = tokio::try_join!(self.store.idem(key), self.store.person(&by))?;
        if let Some(answered) = ctx.answered::<String>(idem)? {
            let mdtrt_id = answered.reply.clone();
            return Ok(answered.with(Reply { mdtrt_id }));
        }
        let Some(person) = person else { return Ok(refused(Said::from(command).cert.unknown())?) };
        check_person(&person, &Said::from(command), ctx)?;
        let pool = ctx.caller.fixmedins.poolarea_no;
        let mdtrt_id = self.secret_id(ctx);
        let mdtrt = Mdtrt {
            mdtrt_id: mdtrt_id.clone(),
            fixmedins_code: ctx.code().clone(),
            poolarea_no: pool,
            insu_poolarea_no: person.poolarea_no,
            psn_no: person.psn_no,
            insutype: person.insutype,
            ipt_otp_no: command.ipt_otp_no.clone(),
            begntime: command.begntime,
            dept_code: command.dept_code.clone(),
            dept_name: command.dept_name.clone(),
            caty: command.caty.clone(),
            state: MdtrtState::Registered,
        };
        let change = MdtrtChange { mdtrt, expect_ver: 0 };
        let answered = self.move_visit(ctx, key, change, Answer::from(mdtrt_id)).await?;
        Ok(Reply { mdtrt_id: answered.reply }.into())
    }

    /// 2202. Errors: [`MdtrtRefusal`].
    pub async fn t2202_withdraw(&self, ctx: &Ctx, command: &Withdrawal) -> Result<Answer<()>, Failure> {
        ctx.expect_kind(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.idem_key("2202", command.mdtrt_id.clone());
        self.attempts_once(ctx, &key, || self.try_deregister(ctx, command, &key)).await
    }

    async fn try_deregister(&self, ctx: &Ctx, command: &Withdrawal, key: &IdemKey) -> Result<Answer<()>, Attempt> {
        if let Some(answered) = ctx.answered(self.store.idem(key).await?)? {
            return Ok(answered);
        }
        let (mdtrt, ver) = self.visit(ctx, &command.mdtrt_id, &command.psn_no).await?;
        if mdtrt.ipt_otp_no != command.ipt_otp_no {
            return Ok(refused(MdtrtRefusal::OtherNumber)?);
        }
        if matches!(mdtrt.state, MdtrtState::Withdrawn { .. }) {
            return Ok(refused(MdtrtRefusal::Withdrawn)?);
        }
        let batches = mdtrt.state.batches().to_vec();
        for Batch { chrg_bchno, state, .. } in &batches {
            let BatchState::Settled { setl_id } = state else {
                return Ok(refused(MdtrtRefusal::StillOpen(chrg_bchno.clone()))?);
            };
            if self.store.setl(ctx.code(), setl_id).await?.is_none_or(|(_, by)| by.is_none()) {
                return Ok(refused(MdtrtRefusal::StillPaid(chrg_bchno.clone()))?);
            }
        }
        let mdtrt = Mdtrt { state: MdtrtState::Withdrawn { at: ctx.now, batches }, ..mdtrt };
        self.move_visit(ctx, key, MdtrtChange { mdtrt, expect_ver: ver }, Answer::from(())).await
    }
}

impl<'a> From<&'a Command> for Said<'a> {
    fn from(command: &'a Command) -> Self {
        Self {
            cert: MdtrtCert::of(&command.mdtrt_cert_type, &command.mdtrt_cert_no, command.card_sn.as_ref()),
            psn_no: &command.psn_no,
            psn_name: command.psn_name.as_deref(),
            certno: command.certno.as_ref(),
            insutype: command.insutype,
        }
    }
}
