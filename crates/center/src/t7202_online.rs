//! 7202 电子处方线上流转查询: the pharmacy that a person chose online gets the token of one prescription. Serves DG-3.5a, HB-2.2.
//!
//! The person chooses in a channel ([`Center::authorise_online`]): pharmacy and prescriptions are fixed there, as in 7201 at the
//! counter. 授权业务流水号 is ours: the partition and the drawn number of the batch, 38 characters, so nobody guesses another's.

use lf_law::Gate;
use lf_ports::PersonKey;
use lf_rx::decide::carry;
use lf_rx::{AuthBatch, auth};
use lf_vocab::{Admdvs, FixmedinsCode, FixmedinsKind, HiRxno, Moment};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::people::PersonRefusal;
use crate::t7102_sign::RxRefusal;
use crate::t7201_authorise::Shown;
use crate::t7203_qrcode::Reply;
use crate::{Center, gate};

/// What the pharmacy asks for.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// 线上流转授权业务流水号.
    pub auth_circ_biz_sn: String,
    /// The app in which the person chose.
    pub epc_chnl_id: String,
}

/// What a person chose in a channel. The context's institution is the pharmacy, its app the channel.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The token of the person's credential, which the channel had shown.
    pub ec_token: String,
    /// Which prescriptions; all that may flow there, if none is named.
    pub hi_rxno: Vec<HiRxno>,
}

/// What the person's channel tells the pharmacy with the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// 线上流转授权业务流水号.
    pub auth_circ_biz_sn: String,
    /// From when on it opens nothing.
    pub expires_in: Moment,
    /// The prescriptions, newest first.
    pub list: Vec<(HiRxno, Shown)>,
}

lf_rx::refusals! {
    /// Why an online choice opens nothing (7202).
    OnlineRefusal {
        Unknown = "RX-7202-01", "接口规范 7202 authCircBizSn", "线上流转授权业务流水号不存在";
        OtherPharmacy = "RX-7202-02", "接口规范 7202 fixmedinsCode", "线上流转授权的是另一家取药机构";
        OtherChannel = "RX-7202-03", "接口规范 7202 epcChnlId", "渠道应用与线上流转授权时的不同";
        Lapsed = "RX-7202-04", "接口规范 7202 expiresIn", "线上流转授权已过期，请参保人重新授权";
        OtherRx = "RX-7202-05", "接口规范 7202 hiRxno", "处方不在本次线上流转授权内";
        NothingToCarry = "RX-7202-06", "接口规范 7202；接口规范 7201", "没有可以流转到该药店的处方，或所选处方不能流转";
    }
}

/// The partition and the batch behind a number of ours.
fn parts(auth_circ_biz_sn: &str) -> Option<(Admdvs, &str)> {
    let (pool, batch_no) = auth_circ_biz_sn.split_at_checked(6)?;
    (batch_no.len() == 32).then_some((pool.parse().ok()?, batch_no))
}

impl Center {
    /// 7202. Errors: [`OnlineRefusal`], [`carry::CarryRefusal`], the law's at the gate `authorise`, the caller's.
    pub async fn t7202_online(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, &command.fixmedins_code)?;
        let Some((pool, batch_no)) = parts(&command.auth_circ_biz_sn) else { return refused(OnlineRefusal::Unknown) };
        let (batch, rx) = tokio::try_join!(self.store.batch(pool, batch_no), self.store.rx(&command.hi_rxno))?;
        let entry = opened(batch.as_ref(), ctx, command)?;
        let Some(rx) = rx else { return refused(RxRefusal::Unknown) };
        carry::may_carry(&rx, ctx.now).map_err(Failure::from_refusal)?;
        let pair = self.consulted_here(&rx, ctx).await?;
        let reminders = gate::ask(&self.law, Gate::Authorise, ctx, &gate::carry_facts(&rx, ctx, pair))?;
        Ok(Answer { reply: entry, reminders })
    }

    /// The person's choice in a channel. Errors: [`OnlineRefusal::NothingToCarry`], the person's, the pharmacy's.
    pub async fn authorise_online(&self, ctx: &Ctx, choice: &Choice) -> Result<Chosen, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        Ok(self.attempts(ctx, || self.try_choose(ctx, choice)).await?.reply)
    }

    async fn try_choose(&self, ctx: &Ctx, choice: &Choice) -> Result<Answer<Chosen>, Attempt> {
        let found = self.store.person(&PersonKey::EcToken(choice.ec_token.clone())).await?;
        let Some(person) = found else { return Ok(refused(PersonRefusal::TokenDiffers)?) };
        if !person.insured.contains(ctx.now.day()) {
            return Ok(refused(PersonRefusal::NotInsured)?);
        }
        let mut carriable = self.carriable(ctx, &person).await?;
        carriable.retain(|(rx, _)| choice.hi_rxno.is_empty() || choice.hi_rxno.contains(&rx.hi_rxno));
        if carriable.is_empty() || carriable.len() < choice.hi_rxno.len() {
            return Ok(refused(OnlineRefusal::NothingToCarry)?);
        }
        let poolarea_no = ctx.caller.fixmedins.poolarea_no;
        let (mut changes, shown) = self.show(ctx, (poolarea_no, &person.psn_no), &carriable)?;
        let Some(change) = &mut changes.batch else { return Ok(refused(OnlineRefusal::NothingToCarry)?) };
        change.batch.epc_chnl_id = Some(ctx.caller.app_id.clone());
        let auth_circ_biz_sn = format!("{poolarea_no}{}", change.batch.batch_no);
        let expires_in = change.batch.expires_in;
        self.store.commit(changes).await?;
        let numbers = carriable.into_iter().map(|(rx, _)| rx.hi_rxno);
        Ok(Answer::from(Chosen { auth_circ_biz_sn, expires_in, list: numbers.zip(shown.list).collect() }))
    }
}

/// The entry that this choice opens for this pharmacy now.
fn opened(batch: Option<&AuthBatch>, ctx: &Ctx, command: &Command) -> Result<Reply, Failure> {
    // A batch of the counter (7201) has no channel, and its number is nobody's to ask by.
    let Some((batch, channel)) = batch.and_then(|batch| Some((batch, batch.epc_chnl_id.as_deref()?))) else {
        return refused(OnlineRefusal::Unknown);
    };
    if batch.fixmedins_code != *ctx.code() {
        return refused(OnlineRefusal::OtherPharmacy);
    }
    if channel != command.epc_chnl_id {
        return refused(OnlineRefusal::OtherChannel);
    }
    if ctx.now >= batch.expires_in {
        return refused(OnlineRefusal::Lapsed);
    }
    let Some(entry) = batch.entries.iter().find(|entry| entry.hi_rxno == command.hi_rxno) else {
        return refused(OnlineRefusal::OtherRx);
    };
    if batch.taken.as_ref().is_some_and(|taken| *taken != entry.hi_rxno) {
        return refused(auth::TokenRefusal::OtherTaken);
    }
    let (auth_rxno, epc_token) = (entry.auth_rxno.clone(), entry.epc_token.clone());
    Ok(Reply { auth_rxno, epc_token, expires_in: batch.expires_in })
}
