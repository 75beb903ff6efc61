//! 2103 药店结算撤销, and 2208 门诊结算撤销 of the clinic route: a new negative settlement; accumulators and account are restored exactly. Serves JX-3.5b.
//!
//! Whole settlement only, each part back where it came from. The sale is taken back with it, its trace codes are
//! free again, and the prescription is closed (单次结算).

use lf_law::{Facts, Field, Gate};
use lf_ports::reim::rx_paid;
use lf_ports::{
    Acct, AcctChange, AccumKey, AccumRow, ChangeSet, Claim, ClaimKind, CommitError, IdemKey, Setl, SetlChange,
    StockCode, StoreError,
};
use lf_rx::decide::settle::{self, RefundRefusal};
use lf_rx::event::Refunded;
use lf_rx::{Event, Prescription, Refusal};
use lf_settle::reverse;
use lf_stock::CodeLife;
use lf_vocab::{Fen, FixmedinsKind, PsnNo};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::mdtrt::MdtrtRefusal;
use crate::t2102_settle::restored;
use crate::t7102_sign::RxRefusal;
use crate::t7207_sell::claims;
use crate::tell::Paid;
use crate::{Center, gate, journal};

/// Which settlement.
#[derive(Debug, Clone)]
pub struct Command {
    /// 结算ID.
    pub setl_id: String,
    /// 就诊ID.
    pub mdtrt_id: String,
    /// 人员编号.
    pub psn_no: PsnNo,
}

/// The negative settlement.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The row.
    pub setl: Setl,
}

impl Center {
    /// 2103. Errors: [`RefundRefusal`], [`RxRefusal`], the law's at the gate `refund`.
    pub async fn t2103_refund(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.idem_key("2103", command.setl_id.clone());
        self.attempts_once(ctx, &key, || self.try_refund(ctx, command, &key)).await
    }

    /// 2208 门诊结算撤销: the same for what 2207 settled. Errors: as 2103, and [`MdtrtRefusal`].
    pub async fn t2208_clinic_refund(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.idem_key("2208", command.setl_id.clone());
        self.attempts_once(ctx, &key, || self.try_refund(ctx, command, &key)).await
    }

    async fn try_refund(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let (idem, found, visit) = tokio::try_join!(
            self.store.idem(key),
            self.store.setl(ctx.code(), &command.setl_id),
            self.store.mdtrt(ctx.code(), &command.mdtrt_id)
        )?;
        if let Some(answered) = ctx.answered::<String>(idem.filter(|row| row.digest == ctx.digest))? {
            let missing = || Failure::Broken(format!("reversal {} was answered but is not stored", answered.reply));
            let (setl, _) = self.store.setl(ctx.code(), &answered.reply).await?.ok_or_else(missing)?;
            return Ok(answered.with(Reply { setl }));
        }
        let Some((setl, reversed_by)) = found else { return Ok(refused(RefundRefusal::Unknown)?) };
        check(&setl, reversed_by.as_deref(), command).map_err(Failure::from_refusal)?;
        match (key.infno, visit) {
            ("2208", None) => return Ok(refused(MdtrtRefusal::NotClinic)?),
            ("2103", Some(_)) => return Ok(refused(MdtrtRefusal::Clinic)?),
            _ => {}
        }
        let (mut changes, Answer { reply: negative, reminders }) = self.reverse(ctx, &setl).await?;
        let answered = Answer { reply: negative.setl_id.clone(), reminders };
        ctx.remember(key.clone(), &answered, &mut changes);
        self.store.commit(changes).await?;
        Ok(answered.with(Reply { setl: negative }))
    }

    /// What takes a settlement back and tells the hospital, and its negative: 2103 and 2601.
    pub(crate) async fn reverse(&self, ctx: &Ctx, setl: &Setl) -> Result<(ChangeSet, Answer<Setl>), Attempt> {
        let key = &setl.accum_key;
        let Some(hi_rxno) = &setl.hi_rxno else { return self.reverse_without_rx(ctx, setl).await };
        let (rx, content, accum, acct) = tokio::try_join!(
            self.store.rx(hi_rxno),
            self.store.rx_content(hi_rxno),
            self.store.accum(key),
            self.store.acct(key.poolarea_no, &key.psn_no)
        )?;
        let Some(rx) = rx else { return Ok(refused(RxRefusal::Unknown)?) };
        let pots = self.pots(setl).await?;
        settle::may_refund(&rx, &setl.setl_id).map_err(Failure::from_refusal)?;
        let reminders = self.ask_refund(ctx, setl)?;
        match self.reversal(ctx, Some(&rx), setl, Held { accum, pots, acct, paper: Vec::new() }) {
            // An accumulator that does not fit may be one that the same reversal, sent twice, restored meanwhile.
            Err(Failure::Broken(_)) if self.store.rx(hi_rxno).await?.as_ref() != Some(&rx) => {
                Err(CommitError::Stale("rx").into())
            }
            reversal => {
                let (mut changes, negative) = reversal?;
                self.tell_settlement(&mut changes, Paid::of(&rx), content.as_ref(), ctx.now).await?;
                Ok((changes, Answer { reply: negative, reminders }))
            }
        }
    }

    /// What the account alone or a paper prescription paid: each part goes back, and no prescription of the center moves.
    async fn reverse_without_rx(&self, ctx: &Ctx, setl: &Setl) -> Result<(ChangeSet, Answer<Setl>), Attempt> {
        let key = &setl.accum_key;
        let acct = self.store.acct(key.poolarea_no, &key.psn_no);
        let (accum, acct, pots, paper) =
            tokio::try_join!(self.store.accum(key), acct, self.pots(setl), self.freed(setl))?;
        let reminders = self.ask_refund(ctx, setl)?;
        match self.reversal(ctx, None, setl, Held { accum, pots, acct, paper }) {
            // As of a prescription: the same reversal, sent twice, may have restored the accumulator meanwhile.
            Err(Failure::Broken(_)) if self.reversed(ctx, setl).await? => Err(CommitError::Stale("setl").into()),
            reversal => {
                let (changes, negative) = reversal?;
                Ok((changes, Answer { reply: negative, reminders }))
            }
        }
    }

    /// The accumulators of the limits that the settlement moved.
    async fn pots(&self, setl: &Setl) -> Result<Vec<(AccumKey, Option<AccumRow>)>, StoreError> {
        let mut pots = Vec::with_capacity(setl.shares.pots.len());
        for pot in &setl.shares.pots {
            let key = AccumKey { scheme: pot.clone(), ..setl.accum_key.clone() };
            let row = self.store.accum(&key).await?;
            pots.push((key, row));
        }
        Ok(pots)
    }

    /// What a paper prescription gives back: its number, and those of its boxes that the goods (3505A) are not told to have left;
    /// the others are free when they are back (3506A).
    async fn freed(&self, setl: &Setl) -> Result<Vec<Claim>, StoreError> {
        let Some(paper) = &setl.paper else { return Ok(Vec::new()) };
        let boxes: Vec<_> = paper.drug_trac_codg.iter().collect();
        let codes = self.store.stock_codes(&setl.fixmedins_code, &boxes).await?;
        let gone = |key: &str| {
            let of =
                |code: &StockCode| code.drug_trac_codg.as_str() == key && matches!(code.life, CodeLife::Sold { .. });
            codes.iter().flatten().any(of)
        };
        let mut claims = paper.claims(&setl.fixmedins_code, &setl.setl_id);
        claims.retain(|claim| claim.kind != ClaimKind::DrugTracCodg || !gone(&claim.key));
        Ok(claims)
    }

    async fn reversed(&self, ctx: &Ctx, setl: &Setl) -> Result<bool, StoreError> {
        let found = self.store.setl(ctx.code(), &setl.setl_id).await?;
        Ok(found.is_some_and(|(_, reversed_by)| reversed_by.is_some()))
    }

    fn ask_refund(&self, ctx: &Ctx, setl: &Setl) -> Result<Vec<Refusal>, Failure> {
        let mut facts = Facts::new();
        facts
            .set(Field::RetnTime, ctx.now)
            .set(Field::OrigSetlTime, setl.setl_time)
            .set(Field::PharFixmedinsCode, ctx.code().as_str())
            // A reversal of ours has no other route than the parts of the settlement it negates.
            .set(Field::OrigRouteFlag, true);
        gate::ask(&self.law, Gate::Refund, ctx, &facts)
    }

    fn reversal(
        &self,
        ctx: &Ctx,
        rx: Option<&Prescription>,
        setl: &Setl,
        Held { accum, pots, acct, paper }: Held,
    ) -> Result<(ChangeSet, Setl), Failure> {
        lf_vocab::covers!("JX-3.5b");
        let key = &setl.accum_key;
        let accum = restored(&setl.shares, (key, accum.as_ref()), &pots)?;
        let mut shares = reverse(&setl.shares);
        let balc = acct.balc.checked_sub(shares.acct_pay);
        shares.balc = balc.ok_or_else(|| Failure::Broken("account beyond its range".to_owned()))?;
        let (setl_id, _) = self.setl_ids(ctx);
        let negative = Setl {
            setl_id,
            setl_time: ctx.now,
            shares,
            refd_setl_id: Some(setl.setl_id.clone()),
            law_edition: self.law.edition().to_owned(),
            medins_setl_id: ctx.msgid.clone(),
            ..setl.clone()
        };
        let event = Event::Refunded(Refunded { setl_id: negative.setl_id.clone(), refd_setl_id: setl.setl_id.clone() });
        let goods = rx.and_then(|rx| rx.state.sold().map(|sold| claims(&rx.hi_rxno, &sold.lines)));
        let paid = rx.map(|rx| rx_paid(&rx.opened.fixmedins_code, &rx.opened.hosp_rxno, &setl.setl_id));
        let mut changes = ChangeSet {
            // A paper counts again, and may be settled rightly.
            releases: goods.into_iter().flatten().chain(paid).chain(paper).collect(),
            rx: rx.iter().map(|rx| journal::advance(rx, &event, ctx.now)).collect::<Result<_, _>>()?,
            setl: Some(SetlChange { setl: negative.clone() }),
            accum,
            ..ChangeSet::default()
        };
        if setl.shares.acct_pay != Fen::ZERO {
            changes.acct.push(AcctChange {
                poolarea_no: key.poolarea_no,
                psn_no: key.psn_no.clone(),
                expect_version: acct.version,
                balc: negative.shares.balc,
            });
        }
        Ok((changes, negative))
    }
}

/// What the person has by now.
struct Held {
    accum: Option<AccumRow>,
    pots: Vec<(AccumKey, Option<AccumRow>)>,
    acct: Acct,
    /// What a paper gives back.
    paper: Vec<Claim>,
}

fn check(setl: &Setl, reversed_by: Option<&str>, command: &Command) -> Result<(), RefundRefusal> {
    if setl.accum_key.psn_no != command.psn_no {
        return Err(RefundRefusal::OtherPerson);
    }
    if setl.mdtrt_id != command.mdtrt_id {
        return Err(RefundRefusal::OtherVisit);
    }
    if reversed_by.is_some() {
        return Err(RefundRefusal::AlreadyReversed);
    }
    if setl.refd_setl_id.is_some() { Err(RefundRefusal::Negative) } else { Ok(()) }
}
