//! What the personal account alone pays (WH-3.3): its price and its gate in 2101 and 2102; the rest is `t2101_without_rx`.
//!
//! Where the insured's place has a scheme of the personal account for the 医疗类别, a purchase needs no prescription; nowhere else.
//! Invariant: the pooled fund pays nothing of it.

use lf_law::{Facts, Field, Gate};
use lf_ports::{Drug, Person};
use lf_rx::Refusal;
use lf_rx::event::AtCounter;
use lf_vocab::Fen;

use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::scheme::{Ask, Kind, chosen};
use crate::t2101_quote::{
    Command, FeeLine, KnownAtCounter, Priced, PurchaseRefusal, Purse, put_delivery, put_drug, without_delivery,
};
use crate::{Center, gate};

impl Center {
    /// What it costs the account and the person.
    pub(crate) async fn price_from_account(
        &self,
        ctx: &Ctx,
        command: &Command,
        person: Person,
    ) -> Result<Answer<Priced>, Failure> {
        lf_vocab::covers!("WH-3.3");
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
        let shares = purse.shares(
            day,
            command.medfee_sumamt,
            command.acct_used_flag,
            bought.iter().zip(&drugs).map(of).collect(),
        )?;
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
