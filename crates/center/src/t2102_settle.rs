//! 2102 药店结算: the quote made true, once. Serves JX-3.1a (single settlement).
//!
//! One commit holds the settlement, the accumulator, the account and the prescription's event; whichever of two
//! racing settlements comes second is decided again and finds the prescription settled. The same message again gets
//! the same settlement for as long as it stands; afterwards it is refused like any other on a closed prescription.

use lf_gm::hex;
use lf_ports::reim::rx_paid;
use lf_ports::{AcctChange, AccumChange, AccumKey, AccumRow, ChangeSet, IdemKey, IdemRow, Setl, SetlChange};
use lf_rx::Event;
use lf_rx::decide::settle::SettleRefusal;
use lf_rx::event::Settled;
use lf_settle::{Accumulator, AccumulatorError, Shares, check_identities, reverse};
use lf_vocab::Fen;

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::mdtrt::Informed;
use crate::once::MsgidUse;
use crate::t2101_quote::{Command, Papers, Priced, PurchaseRefusal, before_of};
use crate::t2101_without_rx::without_rx;
use crate::tell::{Paid, tell_paid};
use crate::{Center, journal, t2206_clinic};

/// A settlement.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The row.
    pub setl: Setl,
    /// Whose.
    pub person: lf_ports::Person,
}

impl Center {
    /// 2102. Errors: those of 2101; [`SettleRefusal::AlreadySettled`] for other content on the same prescription.
    pub async fn t2102_settle(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        if without_rx(command) {
            return self.settle_without_rx(ctx, command).await;
        }
        let number = command.lines.first().and_then(|line| line.rxno.clone()).unwrap_or_default();
        let key = ctx.idem_key("2102", number);
        self.attempts_once(ctx, &key, || self.try_settle(ctx, command, &key)).await
    }

    async fn try_settle(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let (idem, papers) = tokio::try_join!(self.store.idem(key), self.papers(ctx, command))?;
        match self.settled_before(ctx, key.infno, idem).await? {
            Some(answer) => Ok(answer),
            None => self.settle_now(ctx, command, papers?, key, None).await,
        }
    }

    /// What this purchase was settled to before: by the same message the same again, by another none.
    pub(crate) async fn settled_before(
        &self,
        ctx: &Ctx,
        infno: &'static str,
        idem: Option<IdemRow>,
    ) -> Result<Option<Answer<Reply>>, Attempt> {
        if idem.as_ref().is_some_and(|row| row.digest != ctx.digest) {
            return Ok(refused(SettleRefusal::AlreadySettled)?);
        }
        let Some(answered) = ctx.answered::<String>(idem)? else { return Ok(None) };
        let reply = self.settled(ctx, &answered.reply).await?;
        self.lead_to_setl(ctx, infno, &answered.reply).await?;
        Ok(Some(answered.with(reply)))
    }

    /// Prices and commits what nobody settled yet; of the clinic route with the visit whose batch it settles.
    pub(crate) async fn settle_now(
        &self,
        ctx: &Ctx,
        command: &Command,
        papers: Papers,
        key: &IdemKey,
        visit: Option<(Informed, &t2206_clinic::Command)>,
    ) -> Result<Answer<Reply>, Attempt> {
        let wants_letters = async { Ok(self.wants_letters(&papers.rx).await?) };
        let (priced, wants_letters) = tokio::try_join!(self.price(ctx, command, &papers), wants_letters)?;
        self.commit_priced(ctx, command, priced, key, (visit, wants_letters.then_some(&papers.content))).await
    }

    /// Commits what was priced, with the letter to the hospital where it wants one.
    pub(crate) async fn commit_priced(
        &self,
        ctx: &Ctx,
        command: &Command,
        Answer { reply: priced, reminders }: Answer<Priced>,
        key: &IdemKey,
        (visit, letter_of): (Option<(Informed, &t2206_clinic::Command)>, Option<&lf_rx::RxContent>),
    ) -> Result<Answer<Reply>, Attempt> {
        let mut ids = self.setl_ids(ctx);
        if let Some((_, asked)) = &visit {
            asked.agrees(&priced.shares).map_err(Failure::from_refusal)?;
            ids.1.clone_from(&asked.mdtrt_id);
        }
        if priced.paper.is_some() {
            // 3505A names its boxes by the visit: one number for both, by which their claim is found again.
            ids.1.clone_from(&ids.0);
        }
        let setl = setl(ctx, command, &priced, ids, self.law.edition());
        check_identities(&setl.shares).map_err(|broken| Failure::Broken(format!("amount identities: {broken:?}")))?;
        let mut changes = changes(ctx, &priced, &setl)?;
        let answered = Answer { reply: setl.setl_id.clone(), reminders };
        ctx.remember(key.clone(), &answered, &mut changes);
        changes.message = ctx.message_for(key.infno, &MsgidUse::Setl(setl.setl_id.clone()));
        changes.mdtrt = visit.map(|(visit, asked)| visit.settled(&asked.chrg_bchno, &setl.setl_id));
        let after = changes.rx.last().map(|change| change.rx.clone());
        if let Some(paid) = after.as_ref().and_then(Paid::of)
            && let Some(content) = letter_of
        {
            tell_paid(&mut changes, &paid, Some(content), ctx.now)?;
        }
        self.store.commit(changes).await?;
        Ok(answered.with(Reply { setl, person: priced.person }))
    }

    /// What was answered, while it stands: amounts that were given back are no success for a till that asks again.
    pub(crate) async fn settled(&self, ctx: &Ctx, setl_id: &str) -> Result<Reply, Failure> {
        let missing = || Failure::Broken(format!("settlement {setl_id} was answered but is not stored"));
        let (setl, reversed_by) = self.store.setl(ctx.code(), setl_id).await?.ok_or_else(missing)?;
        match (reversed_by, &setl.hi_rxno) {
            (Some(_), Some(_)) => return refused(SettleRefusal::Refunded),
            (Some(_), None) => return refused(PurchaseRefusal::BillReversed),
            (None, _) => {}
        }
        let key = lf_ports::PersonKey::PsnNo(setl.accum_key.poolarea_no, setl.accum_key.psn_no.clone());
        let person = self.store.person(&key).await?.ok_or_else(missing)?;
        Ok(Reply { setl, person })
    }

    /// 结算ID and 就诊ID.
    pub(crate) fn setl_ids(&self, ctx: &Ctx) -> (String, String) {
        (self.secret_id(ctx), self.secret_id(ctx))
    }

    /// A number of the caller's partition that nobody can guess; 30 characters.
    pub(crate) fn secret_id(&self, ctx: &Ctx) -> String {
        format!("{}{}", ctx.caller.fixmedins.poolarea_no, &hex::upper(&self.chance.draw())[..24])
    }
}

fn setl(ctx: &Ctx, command: &Command, priced: &Priced, ids: (String, String), edition: &str) -> Setl {
    Setl {
        setl_id: ids.0,
        mdtrt_id: ids.1,
        poolarea_no: ctx.caller.fixmedins.poolarea_no,
        fixmedins_code: ctx.code().clone(),
        hi_rxno: priced.rx.as_ref().map(|rx| rx.hi_rxno.clone()),
        accum_key: priced.accum_key.clone(),
        insutype: priced.person.insutype,
        med_type: command.med_type.clone(),
        mdtrt_cert_type: command.mdtrt_cert_type.clone(),
        setl_time: ctx.now,
        shares: priced.shares.clone(),
        refd_setl_id: None,
        law_edition: edition.to_owned(),
        medins_setl_id: ctx.msgid.clone(),
        paper: priced.paper.clone(),
    }
}

fn changes(ctx: &Ctx, priced: &Priced, setl: &Setl) -> Result<ChangeSet, Failure> {
    let accum = taken(&setl.shares, (&priced.accum_key, priced.accum.as_ref()), &priced.pots)?;
    let mut acct = Vec::new();
    if setl.shares.acct_pay != Fen::ZERO {
        acct.push(AcctChange {
            poolarea_no: priced.accum_key.poolarea_no,
            psn_no: priced.accum_key.psn_no.clone(),
            expect_version: priced.acct.version,
            balc: setl.shares.balc,
        });
    }
    let held = |rx: &lf_rx::Prescription| rx_paid(&rx.opened.fixmedins_code, &rx.opened.hosp_rxno, &setl.setl_id);
    Ok(ChangeSet {
        claims: priced
            .rx
            .iter()
            .map(held)
            .chain(setl.paper.iter().flat_map(|paper| paper.claims(&setl.fixmedins_code, &setl.setl_id)))
            .collect(),
        rx: priced
            .rx
            .iter()
            .map(|rx| journal::advance(rx, &settled_event(priced, setl), ctx.now))
            .collect::<Result<_, _>>()?,
        setl: Some(SetlChange { setl: setl.clone() }),
        accum,
        acct,
        ..ChangeSet::default()
    })
}

/// What the prescription's history is told.
fn settled_event(priced: &Priced, setl: &Setl) -> Event {
    Event::Settled(Settled {
        setl_id: setl.setl_id.clone(),
        mdtrt_id: setl.mdtrt_id.clone(),
        setl_time: setl.setl_time,
        medfee_sumamt: setl.shares.medfee_sumamt,
        fund_pay_sumamt: setl.shares.fund_pay_sumamt,
        law_edition: setl.law_edition.clone(),
        at_counter: priced.at_counter.clone(),
    })
}

/// The accumulators of the scheme and of the limits that it shares, after these amounts: a settlement's or a claim's.
pub(crate) fn taken(
    shares: &Shares,
    (key, row): (&AccumKey, Option<&AccumRow>),
    pots: &[(AccumKey, Option<AccumRow>)],
) -> Result<Vec<AccumChange>, Failure> {
    let mut changes = vec![moved(key, row, before_of(key, row).after(shares))?];
    for (key, row) in pots {
        changes.push(moved(key, row.as_ref(), before_of(key, row.as_ref()).after_fund(shares))?);
    }
    Ok(changes)
}

/// The same as they are without these amounts.
pub(crate) fn restored(
    shares: &Shares,
    (key, row): (&AccumKey, Option<&AccumRow>),
    pots: &[(AccumKey, Option<AccumRow>)],
) -> Result<Vec<AccumChange>, Failure> {
    let missing = |key: &AccumKey| Failure::Broken(format!("no accumulator of {} in {}", key.scheme, key.year));
    let own = row.ok_or_else(|| missing(key))?;
    let mut changes = vec![moved(key, Some(own), own.accum.without(shares))?];
    for (key, row) in pots {
        let row = row.as_ref().ok_or_else(|| missing(key))?;
        changes.push(moved(key, Some(row), row.accum.after_fund(&reverse(shares)))?);
    }
    Ok(changes)
}

/// An accumulator's row after a settlement or a reversal.
fn moved(
    key: &AccumKey,
    row: Option<&AccumRow>,
    after: Result<Accumulator, AccumulatorError>,
) -> Result<AccumChange, Failure> {
    let accum = after.map_err(|error| Failure::Broken(error.to_string()))?;
    let expect_version = row.map_or(0, |row| row.version);
    Ok(AccumChange { key: key.clone(), expect_version, row: AccumRow { version: expect_version + 1, accum } })
}
