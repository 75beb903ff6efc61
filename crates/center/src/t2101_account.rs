//! 2101 and 2102 without a prescription: what the personal account alone pays (WH-3.3).
//!
//! Where the insured's place has a scheme of the personal account for the 医疗类别, a purchase needs no prescription; nowhere else.
//! Nothing was signed, carried or sold through the center, so what left the shelf is told by 3505 only. Invariants: the pooled
//! fund pays nothing of it; the settlement names no prescription; one settlement a bill, whose reversal is its end:
//! what is bought again is another bill.

use lf_law::{Facts, Field, Gate};
use lf_ports::{Drug, IdemKey, Person, PersonKey};
use lf_rx::event::AtCounter;
use lf_rx::{Refusal, Refused as _};
use lf_vocab::dict::AcctUsedFlag;
use lf_vocab::{Fen, FixmedinsKind};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::once::{MsgidUse, msgid_key};
use crate::people::{PersonRefusal, shown};
use crate::scheme::{Ask, Kind, chosen};
use crate::t2101_quote::{
    Command, FeeLine, KnownAtCounter, Priced, PurchaseRefusal, Purse, Said, check_person, put_delivery, put_drug,
    without_delivery,
};
use crate::t2102_settle::Reply;
use crate::{Center, gate};

/// How often the very same bill is settled at most, each time after the one before was reversed.
pub const SAME_BILL_MAX: usize = 8;

/// Whether no line is of a prescription that flowed.
pub(crate) fn without_rx(command: &Command) -> bool {
    !command.lines.is_empty() && command.lines.iter().all(|line| !line.rx_circ_flag)
}

impl Center {
    /// 2102 of such a purchase. A till that sends the very same again gets the same settlement; after its reversal, under
    /// another `msgid`, a new one.
    pub(crate) async fn settle_without_rx(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        // The content is part of what is one purchase: two bills of one moment are two.
        let bill = lf_gm::hex::lower(&ctx.digest);
        let number = format!("{}/{}/{bill}", command.psn_no.as_str(), command.begntime);
        let mut key = ctx.idem_key("2102", number.clone());
        for _ in 1..SAME_BILL_MAX {
            let settled = self.attempts_once(ctx, &key, || self.try_settle_from_account(ctx, command, &key)).await;
            if !matches!(&settled, Err(Failure::Refused(why)) if why.iter().any(is_reversed)) {
                return settled;
            }
            match self.ended_before(ctx, &key).await? {
                Some(reversed) => key = ctx.idem_key("2102", format!("{number}/{reversed}")),
                None => return settled,
            }
        }
        self.attempts_once(ctx, &key, || self.try_settle_from_account(ctx, command, &key)).await
    }

    /// The reversed settlement of this bill that is not this message's own. A message that settled it once and comes late
    /// settles nothing more; one without a number cannot be told from it.
    async fn ended_before(&self, ctx: &Ctx, key: &IdemKey) -> Result<Option<String>, Failure> {
        let Some(own) = ctx.msgid.as_ref().map(|msgid| msgid_key(ctx.code(), key.infno, msgid)) else {
            return Ok(None);
        };
        let (idem, own) = tokio::try_join!(self.store.idem(key), self.store.idem(&own))?;
        let Some(answered) = ctx.answered::<String>(idem)? else { return Ok(None) };
        let own = own.as_ref().map(MsgidUse::of).transpose()?;
        Ok(Some(answered.reply).filter(|setl_id| own != Some(MsgidUse::Setl(setl_id.clone()))))
    }

    async fn try_settle_from_account(
        &self,
        ctx: &Ctx,
        command: &Command,
        key: &IdemKey,
    ) -> Result<Answer<Reply>, Attempt> {
        let by = shown_by(command);
        let person = async {
            match &by {
                Ok(by) => self.store.person(by).await,
                Err(_) => Ok(None),
            }
        };
        let (idem, person) = tokio::try_join!(self.store.idem(key), person)?;
        if let Some(answer) = self.settled_before(ctx, key.infno, idem).await? {
            return Ok(answer);
        }
        by?;
        let priced = self.price_of(ctx, command, person).await?;
        self.commit_without_rx(ctx, command, priced, key).await
    }

    /// What it costs the account and the person.
    pub(crate) async fn price_without_rx(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Priced>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        let person = self.store.person(&shown_by(command)?).await?;
        self.price_of(ctx, command, person).await
    }

    async fn price_of(&self, ctx: &Ctx, command: &Command, person: Option<Person>) -> Result<Answer<Priced>, Failure> {
        lf_vocab::covers!("WH-3.3");
        let Some(person) = person else { return refused(PersonRefusal::Unknown) };
        check_person(&person, &Said::from(command), ctx)?;
        if let Some(paper) = &command.paper {
            return self.price_on_paper(ctx, command, paper, person).await;
        }
        let grants = self.grants_of(ctx, person.poolarea_no).await?;
        let ask = Ask {
            place: person.poolarea_no,
            day: ctx.now.day(),
            insutype: person.insutype,
            psn_type: person.psn_type,
            med_type: &command.med_type,
            level: None,
            dises: &[],
            grants: &grants,
        };
        // Every other scheme is of prescriptions.
        let Some(known) = chosen(&self.law, &ask, false)?.filter(|known| known.kind == Kind::Acct) else {
            return refused(PurchaseRefusal::NoRxno);
        };
        let scheme = known.benefit(&self.law, &ask)?;
        let (bought, fees) = without_delivery(&command.lines);
        let codes: Vec<_> = bought.iter().map(|line| line.med_list_codg.clone()).collect();
        let (drugs, purse, counter) = tokio::try_join!(
            self.store.drugs(&codes, ctx.now.day()),
            self.purse_of(&person, ctx.now.day(), scheme),
            self.known_at_counter(ctx, &command.stated, None)
        )?;
        if counter.media_differs {
            return refused(PurchaseRefusal::MediaDiffers);
        }
        let reminders = self.ask_account(ctx, command, (&bought, &drugs, &fees), &counter)?;
        if !fees.is_empty() {
            return refused(PurchaseRefusal::DeliveryFee);
        }
        // No standard limits what the account pays.
        let day = ctx.now.day();
        let of = |(line, drug): (&FeeLine, &Option<Drug>)| {
            line.to_settle(drug.as_ref(), None, gate::listed(drug.as_ref(), day))
        };
        let shares = purse.shares(command, day, bought.iter().zip(&drugs).map(of).collect())?;
        if shares.fund_pay_sumamt != Fen::ZERO {
            return Err(Failure::Broken("the scheme of the account pays from the fund".to_owned()));
        }
        let Purse { accum_key, accum, pots, acct, .. } = purse;
        // What the counter stated is kept in the history of a prescription; here is none.
        let at_counter = AtCounter::default();
        let (rx, paper) = (None, None);
        Ok(Answer { reply: Priced { rx, paper, person, shares, accum_key, accum, pots, acct, at_counter }, reminders })
    }

    /// The gate of settlement, told that the fund is not asked.
    fn ask_account(
        &self,
        ctx: &Ctx,
        command: &Command,
        (bought, drugs, fees): (&[FeeLine], &[Option<Drug>], &[&FeeLine]),
        counter: &KnownAtCounter,
    ) -> Result<Vec<Refusal>, Failure> {
        let mut facts = Facts::new();
        facts
            .set(Field::SetlTime, ctx.now)
            .set(Field::StooutTime, command.begntime)
            .set(Field::PharFixmedinsCode, ctx.code().as_str())
            .set(Field::PharPoolareaNo, ctx.caller.fixmedins.poolarea_no.as_str())
            .set(Field::PharOppoolFlag, ctx.caller.fixmedins.oppool)
            .set(Field::PharDualchnlFlag, ctx.caller.fixmedins.dualchnl)
            .set(Field::Insutype, command.insutype.code())
            .set(Field::MedType, command.med_type.as_str())
            .set(Field::SetlCnt, 0i64)
            .set(Field::FundFlag, false);
        counter.put(&mut facts, ctx, &command.stated);
        for (line, drug) in bought.iter().zip(drugs) {
            put_drug(&mut facts, line, drug.as_ref(), ctx.now.day())
                .set(Field::DrugTotlcnt, line.cnt)
                .set(Field::TracCnt, line.drug_trac_codg.len() as i64)
                .set(Field::Pric, line.pric);
        }
        fees.iter().for_each(|line| put_delivery(&mut facts, line));
        gate::ask(&self.law, Gate::Settle, ctx, &facts)
    }
}

fn is_reversed(refusal: &Refusal) -> bool {
    refusal.code == PurchaseRefusal::BillReversed.code()
}

/// Whose account, by the credential that was shown.
fn shown_by(command: &Command) -> Result<PersonKey, Failure> {
    if command.acct_used_flag == AcctUsedFlag::Family {
        return refused(PurchaseRefusal::FamilyAccount);
    }
    shown(&command.mdtrt_cert_type, &command.mdtrt_cert_no, PurchaseRefusal::CertType)
}
