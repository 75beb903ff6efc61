//! 2101 and 2102 without a prescription: what the personal account alone pays (WH-3.3).
//!
//! Where the insured's place has a scheme of the personal account for the 医疗类别, a purchase needs no prescription; nowhere else.
//! Nothing was signed, carried or sold through the center, so what left the shelf is told by 3505 only. Invariants: the pooled
//! fund pays nothing of it; the settlement names no prescription; one settlement a person and moment of purchase.

use lf_law::{Facts, Field, Gate, Scope};
use lf_ports::{AccumKey, Drug, IdemKey, PersonKey};
use lf_rx::Refusal;
use lf_rx::decide::settle::SettleRefusal;
use lf_rx::event::AtCounter;
use lf_settle::{Accumulator, Case, Line, Used, quote};
use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv};
use lf_vocab::{Fen, FixmedinsKind};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::people::{PersonRefusal, shown};
use crate::scheme::{self, Ask, Kind};
use crate::t2101_quote::{Command, Priced, PurchaseRefusal, Said, amount_failure, check_person};
use crate::t2102_settle::Reply;
use crate::{Center, gate};

/// Whether no line is of a prescription that flowed.
pub(crate) fn without_rx(command: &Command) -> bool {
    !command.lines.is_empty() && command.lines.iter().all(|line| !line.rx_circ_flag)
}

impl Center {
    /// 2102 of such a purchase. A till that sends the very same again gets the same settlement.
    pub(crate) async fn settle_from_account(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.idem_key("2102", format!("{}/{}", command.psn_no.as_str(), command.begntime));
        self.attempts_once(ctx, &key, || self.try_settle_from_account(ctx, command, &key)).await
    }

    async fn try_settle_from_account(
        &self,
        ctx: &Ctx,
        command: &Command,
        key: &IdemKey,
    ) -> Result<Answer<Reply>, Attempt> {
        let idem = self.store.idem(key).await?;
        if idem.as_ref().is_some_and(|row| row.digest != ctx.digest) {
            return Ok(refused(SettleRefusal::AlreadySettled)?);
        }
        if let Some(answered) = ctx.answered::<String>(idem)? {
            let reply = self.settled(ctx, &answered.reply).await?;
            self.lead_to_setl(ctx, "2102", &answered.reply).await?;
            return Ok(answered.with(reply));
        }
        let priced = self.price_from_account(ctx, command).await?;
        self.commit_priced(ctx, command, priced, key, (None, None)).await
    }

    /// What it costs the account and the person.
    pub(crate) async fn price_from_account(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Priced>, Failure> {
        lf_vocab::covers!("WH-3.3");
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        if command.acct_used_flag == AcctUsedFlag::Family {
            return refused(PurchaseRefusal::FamilyAccount);
        }
        let by: PersonKey = shown(&command.mdtrt_cert_type, &command.mdtrt_cert_no, PurchaseRefusal::CertType)?;
        let Some(person) = self.store.person(&by).await? else { return refused(PersonRefusal::Unknown) };
        check_person(&person, &Said::from(command), ctx)?;
        let grants = match person.poolarea_no == ctx.caller.fixmedins.poolarea_no {
            true => ctx.grants.clone(),
            false => self.grants(person.poolarea_no, ctx.now).await?,
        };
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
        if scheme::kind_of(&self.law, &ask)? != Some(Kind::Acct) {
            return refused(PurchaseRefusal::NoRxno);
        }
        let scheme = scheme::benefit(&self.law, &ask, Kind::Acct)?;
        let codes: Vec<_> = command.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let accum_key = AccumKey {
            poolarea_no: person.poolarea_no,
            psn_no: person.psn_no.clone(),
            year: ctx.now.day().year(),
            scheme: scheme.code.clone(),
        };
        let (drugs, accum, acct) = tokio::try_join!(
            self.store.drugs(&codes, ctx.now.day()),
            self.store.accum(&accum_key),
            self.store.acct(person.poolarea_no, &person.psn_no)
        )?;
        let reminders = self.ask_account(ctx, command, &drugs)?;
        let case = Case {
            lines: lines(ctx, command, &drugs),
            day: ctx.now.day(),
            medfee_sumamt: command.medfee_sumamt,
            acct: command.acct_used_flag,
            acct_balance: acct.balc,
        };
        let fresh = Accumulator::new(accum_key.year);
        let used = Used { own: accum.as_ref().map_or(&fresh, |row| &row.accum), pots: &[] };
        let shares = quote(&scheme, used, &case).map_err(|refusal| amount_failure(&refusal))?;
        if shares.fund_pay_sumamt != Fen::ZERO {
            return Err(Failure::Broken("the scheme of the account pays from the fund".to_owned()));
        }
        let at_counter = AtCounter { print_time: command.stated.print_time, ..AtCounter::default() };
        let pots = Vec::new();
        Ok(Answer { reply: Priced { rx: None, person, shares, accum_key, accum, pots, acct, at_counter }, reminders })
    }

    /// The gate of settlement, told that the fund is not asked.
    fn ask_account(&self, ctx: &Ctx, command: &Command, drugs: &[Option<Drug>]) -> Result<Vec<Refusal>, Failure> {
        let stated = &command.stated;
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
            .set(Field::FundFlag, false)
            .set_opt(Field::PrintTime, stated.print_time)
            .set_opt(Field::PrintFlag, stated.print_time.map(|time| time <= ctx.now))
            .set_opt(Field::PsnMatchFlag, stated.psn_match_flag)
            .set_opt(Field::MediaRefFlag, stated.media_ref.as_ref().map(|_| true))
            .set_opt(Field::PharDutyFlag, stated.phar_duty_flag);
        for (line, drug) in command.lines.iter().zip(drugs) {
            facts
                .push_line(Scope::Sale)
                .set(Field::SaleMedListCodg, line.med_list_codg.to_string())
                .set_opt(Field::SaleDrugGenname, drug.as_ref().map(|drug| drug.genname.clone()))
                .set(Field::DrugTotlcnt, line.cnt)
                .set(Field::TracCnt, line.drug_trac_codg.len() as i64)
                .set(Field::TracExmpFlag, drug.as_ref().is_some_and(|drug| drug.trac_exempt))
                .set(Field::Pric, line.pric)
                .set_opt(Field::SaleChrgitmLv, drug.as_ref().map(|drug| drug.chrgitm_lv.code()))
                .set(Field::SaleListFlag, gate::listed(drug.as_ref(), ctx.now.day()));
        }
        gate::ask(&self.law, Gate::Settle, ctx, &facts)
    }
}

fn lines(ctx: &Ctx, command: &Command, drugs: &[Option<Drug>]) -> Vec<Line> {
    let lines = command.lines.iter().zip(drugs).map(|(line, drug)| Line {
        feedetl_sn: line.feedetl_sn.clone(),
        med_list_codg: line.med_list_codg.clone(),
        cnt: line.cnt,
        pric: line.pric,
        det_item_fee_sumamt: line.det_item_fee_sumamt,
        chrgitm_lv: drug.as_ref().map_or(ChrgitmLv::C, |drug| drug.chrgitm_lv),
        pric_uplmt: None,
        in_scope: gate::listed(drug.as_ref(), ctx.now.day()),
    });
    lines.collect()
}
