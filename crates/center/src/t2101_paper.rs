//! 2101 and 2102 on a paper prescription, where the law of the place still takes paper.
//!
//! Serves HB-1.15, HB-2.6, GX-3.5, GX-3.6 and DG-4.1c at the gates `review` and `settle`. The counter states what is on the paper and
//! which pharmacist verified it; the center knows the institution, the doctor, the pharmacist, the numbers that were printed and those that are
//! paid. Invariants: a number of an institution and a box are paid once, until their settlement is taken back; without a provision
//! `paper.accepted` no paper is settled; every box has its code, since nobody here reads the unit on the paper.

use lf_law::{Facts, Field, Gate, Grant, Law};
use lf_ports::reim::REIM_OWNER;
use lf_ports::{ClaimKind, Drug, Fixmedins, Person, Practitioner, PractitionerKind, Prics, SetlPaper, StoreError};
use lf_rx::Refusal;
use lf_vocab::{Admdvs, Day, DrugTracCodg, Moment};

use crate::catalogue::apart;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::filings::Filings;
use crate::gate::spoken_by;
use crate::scheme::{Ask, Level, chosen};
use crate::t2101_quote::{
    Command, FeeLine, Issued, KnownAtCounter, KnownAtTill, Priced, PurchaseRefusal, Purse, put_delivery, put_drug,
    put_says, several, without_delivery,
};
use crate::{Center, gate};

mod form;

use form::{by_the_box, in_order, same_number, without_reason};

lf_rx::refusals! {
    /// Why no paper is settled here (2101, 2102).
    PaperRefusal {
        NotTaken = "RX-2102-30", "规则包 paper.accepted", "本统筹区没有可以凭纸质处方结算的规定，请凭电子处方中心流转的处方";
        Issuer = "RX-2102-31", "接口规范 2102 exp_content", "纸质处方的开方机构在开方当日不是本中心登记的定点医疗机构";
        Settled(String) = "RX-2102-32", "本中心 纸质处方编号", "纸质处方{0}已经结算，不能再次结算";
        Rxno = "RX-2102-33", "接口规范 2102 rxno", "明细的处方号与纸质处方的编号不符";
        Mixed = "RX-2102-34", "接口规范 2102 rx_circ_flag", "流转的电子处方和纸质处方不能一起结算";
        Unverified = "RX-2102-35", "接口规范 2102 exp_content", "核验纸质处方的药师不是本店登记有效的执业药师";
        Times = "RX-2102-36", "接口规范 2102 exp_content、begntime", "开方、购药和结算的先后不合：购药不得早于开方，也不得晚于现在";
        Packs(String) = "RX-2102-37", "接口规范 2102 cnt、drug_trac_info", "药品{0}应按整盒计数，一盒一码，同一追溯码只填一次";
        TracSold(String) = "RX-2102-38", "一盒药品的追溯码只应有一次被扫码销售的记录", "追溯码{0}已有销售记录";
    }
}

/// The paper prescription of a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What the settlement keeps of it.
    pub rx: SetlPaper,
    /// 病种, where the purchase is for one.
    pub dise_codg: Option<String>,
}

/// What the registers say of those who stand on it.
struct Signers {
    issuer: Option<Fixmedins>,
    doctor: Option<Practitioner>,
    pharmacist: Option<Practitioner>,
    /// Whether its number was printed for the institution and is not paid yet; nothing where nobody knows what was printed.
    unique: Option<bool>,
    /// Whether a claim with papers stands for it.
    reimbursed: bool,
}

/// What is charged, with what the catalogue and the lists say of it.
struct Charged<'a> {
    lines: &'a [FeeLine],
    fees: &'a [&'a FeeLine],
    drugs: &'a [Option<Drug>],
    prics: &'a [Prics],
    known: &'a KnownAtTill,
    counter: &'a KnownAtCounter,
    filings: &'a Filings,
    /// Boxes that somebody sold before.
    held: &'a [DrugTracCodg],
}

impl Charged<'_> {
    fn to_settle(&self, day: Day) -> Vec<lf_settle::Line> {
        let of = |(line, drug): (&FeeLine, &Option<Drug>)| {
            let standard = drug.as_ref().and_then(|drug| drug.hi_pay_std);
            line.to_settle(drug.as_ref(), standard, gate::listed(drug.as_ref(), day))
        };
        self.lines.iter().zip(self.drugs).map(of).collect()
    }
}

impl Signers {
    /// That no claim with papers stands for it.
    fn unclaimed(&self) -> Result<(), PurchaseRefusal> {
        if self.reimbursed { Err(PurchaseRefusal::Reimbursed) } else { Ok(()) }
    }

    /// The institution, which had an agreement on the day of the paper; and that the pharmacist may verify.
    fn proved(&self, paper: &SetlPaper, today: Day) -> Result<&Fixmedins, PaperRefusal> {
        let issuer = self.issuer.as_ref().filter(|of| of.agreement.contains(paper.prsc_time.day()));
        let issuer = issuer.ok_or(PaperRefusal::Issuer)?;
        let verified = self.pharmacist.as_ref().is_some_and(|of| of.reviews_on(today));
        if verified { Ok(issuer) } else { Err(PaperRefusal::Unverified) }
    }

    /// A signature counts that is of a doctor of the institution, registered there on the day.
    fn of_the_house(&self, paper: &SetlPaper) -> bool {
        let on = paper.prsc_time.day();
        self.doctor.as_ref().is_some_and(|of| of.kind == PractitionerKind::Doctor && of.registered.contains(on))
    }
}

impl Center {
    /// What a purchase on paper costs whom.
    pub(crate) async fn price_on_paper(
        &self,
        ctx: &Ctx,
        command: &Command,
        paper: &Paper,
        person: Person,
    ) -> Result<Answer<Priced>, Failure> {
        lf_vocab::covers!("HB-2.6", "DG-4.1c");
        if !takes_paper(&self.law, ctx.caller.fixmedins.poolarea_no, ctx.now, &ctx.grants)? {
            return refused(PaperRefusal::NotTaken);
        }
        same_number(command, &paper.rx).map_err(Failure::from_refusal)?;
        in_order(command, &paper.rx, ctx.now).map_err(Failure::from_refusal)?;
        let (here, day) = (ctx.caller.fixmedins.poolarea_no, ctx.now.day());
        let (lines, fees) = without_delivery(&command.lines);
        let codes: Vec<_> = lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let boxes: Vec<_> = lines.iter().flat_map(|line| &line.drug_trac_codg).collect();
        let (signers, held, filings, listed, counter, grants) = tokio::try_join!(
            self.signers(ctx, &paper.rx),
            self.held_of(&boxes),
            self.filings(person.poolarea_no, &person.psn_no, day, ctx.now),
            self.priced_each([(&*codes, day)], here),
            self.known_at_counter(ctx, &command.stated, None),
            self.grants_of(ctx, person.poolarea_no)
        )?;
        if counter.media_differs {
            return refused(PurchaseRefusal::MediaDiffers);
        }
        signers.unclaimed().map_err(Failure::from_refusal)?;
        let issuer = signers.proved(&paper.rx, day).map_err(Failure::from_refusal)?;
        let [(mut drugs, prics)] = listed.map(apart);
        self.paid_on_each((person.poolarea_no, ctx.now), [(&*codes, day, &mut *drugs)]).await?;
        by_the_box(&lines, &drugs).map_err(Failure::from_refusal)?;
        let issued = Issued {
            place: issuer.poolarea_no,
            fixmedins_code: &issuer.fixmedins_code,
            on: paper.rx.prsc_time.day(),
            dise: paper.dise_codg.as_deref(),
        };
        let known = self.known_at_till(ctx, &codes, issued).await?;
        let charged = Charged {
            lines: &lines,
            fees: &fees,
            drugs: &drugs,
            prics: &prics,
            known: &known,
            counter: &counter,
            filings: &filings,
            held: &held,
        };
        let reminders = self.ask_on_paper(ctx, command, (paper, &signers, issuer), (&person, &charged))?;
        if !fees.is_empty() {
            return refused(PurchaseRefusal::DeliveryFee);
        }
        let dises = several(paper.dise_codg.as_deref(), &filings, day);
        let purse = self.purse_on_paper(command, &person, (issuer, &dises, &grants), day).await?;
        let shares = purse.shares(day, command.medfee_sumamt, command.acct_used_flag, charged.to_settle(day))?;
        let at_counter = counter.kept(&command.stated);
        let Purse { accum_key, accum, pots, acct, .. } = purse;
        let drug_trac_codg = boxes.into_iter().cloned().collect();
        let kept = SetlPaper { drug_trac_codg, at_counter: without_reason(at_counter.clone()), ..paper.rx.clone() };
        let paper = Some(kept);
        let reply = Priced { rx: None, paper, person, shares, accum_key, accum, pots, acct, at_counter };
        Ok(Answer { reply, reminders })
    }

    async fn purse_on_paper(
        &self,
        command: &Command,
        person: &Person,
        (issuer, dises, grants): (&Fixmedins, &[String], &[Grant]),
        day: Day,
    ) -> Result<Purse, Failure> {
        let ask = Ask {
            place: person.poolarea_no,
            day,
            insutype: person.insutype,
            psn_type: person.psn_type,
            med_type: &command.med_type,
            level: issuer.hosp_lv.as_deref().and_then(Level::from_hosp_lv),
            dises,
            grants,
        };
        let Some(known) = chosen(&self.law, &ask, false)? else {
            return refused(PurchaseRefusal::MedType(command.med_type.clone()));
        };
        Ok(self.purse_of(person, day, known.benefit(&self.law, &ask)?).await?)
    }

    /// Of these boxes those that are sold already.
    async fn held_of(&self, boxes: &[&DrugTracCodg]) -> Result<Vec<DrugTracCodg>, StoreError> {
        let keys: Vec<&str> = boxes.iter().map(|code| code.as_str()).collect();
        let held = self.store.claims(ClaimKind::DrugTracCodg, &keys).await?;
        Ok(boxes.iter().zip(held).filter(|(_, held)| held.is_some()).map(|(code, _)| (*code).clone()).collect())
    }

    async fn signers(&self, ctx: &Ctx, paper: &SetlPaper) -> Result<Signers, StoreError> {
        let number = paper.claim("").key;
        let first = format!("{}/1", paper.fixmedins_code);
        let (issuer, doctor, pharmacist, paid, range, printed) = tokio::try_join!(
            self.store.fixmedins(&paper.fixmedins_code),
            self.store.practitioner(&paper.fixmedins_code, paper.dr_code.as_str()),
            self.store.practitioner(ctx.code(), paper.phar_code.as_str()),
            self.store.claim(ClaimKind::PaperSetl, &number),
            self.store.claim_upto(ClaimKind::PaperRange, &number),
            self.store.claim(ClaimKind::PaperRangeNo, &first)
        )?;
        let own = range.filter(|range| range.key.split('/').next() == Some(paper.fixmedins_code.as_str()));
        let in_range = own.is_some_and(|range| range.owner >= paper.paper_no.to_string());
        let reimbursed = paid.as_ref().is_some_and(|held| held.owner.starts_with(REIM_OWNER));
        let unique = match (paid, printed) {
            (Some(_), _) => Some(false),
            (None, Some(_)) => Some(in_range),
            (None, None) => None,
        };
        Ok(Signers { issuer, doctor, pharmacist, unique, reimbursed })
    }

    /// The gate of review, then that of settlement; reminders of both.
    fn ask_on_paper(
        &self,
        ctx: &Ctx,
        command: &Command,
        (paper, signers, issuer): (&Paper, &Signers, &Fixmedins),
        (person, charged): (&Person, &Charged<'_>),
    ) -> Result<Vec<Refusal>, Failure> {
        lf_vocab::covers!("HB-1.15", "GX-3.5", "GX-3.6");
        let rx = &paper.rx;
        let mut facts = Facts::new();
        facts
            .set(Field::SetlTime, ctx.now)
            .set(Field::RxChkTime, ctx.now)
            .set(Field::StooutTime, command.begntime)
            .set(Field::PrscTime, rx.prsc_time)
            .set(Field::ValiEndTime, rx.vali_end_time)
            .set(Field::PharRegFlag, true)
            .set(Field::RxChkStasCodg, "1")
            .set(Field::PharFixmedinsCode, ctx.code().as_str())
            .set(Field::IssPoolareaNo, issuer.poolarea_no.to_string())
            .set(Field::PharPoolareaNo, ctx.caller.fixmedins.poolarea_no.as_str())
            .set(Field::PharOppoolFlag, ctx.caller.fixmedins.oppool)
            .set(Field::PharDualchnlFlag, ctx.caller.fixmedins.dualchnl)
            .set(Field::PaperFlag, true)
            .set(Field::IssCircFlag, issuer.circ_ready)
            .set_opt(Field::PaperDrSignFlag, rx.dr_sign_flag.map(|signed| signed && signers.of_the_house(rx)))
            .set_opt(Field::PaperSealFlag, rx.seal_flag)
            .set_opt(Field::PaperNoUniqFlag, signers.unique)
            .set_opt(Field::PaperSituCode, rx.paper_situ_code.as_deref())
            .set(Field::Insutype, command.insutype.code())
            .set(Field::MedType, command.med_type.as_str())
            .set(Field::SetlCnt, 0i64)
            .set(Field::FundFlag, true);
        charged.counter.put(&mut facts, ctx, &command.stated);
        charged.known.put(&mut facts, ctx, (person, charged.filings, paper.dise_codg.as_deref()));
        let codes = charged.lines.iter().map(|line| vec![&line.med_list_codg]);
        let qualified = charged.known.qualified(&mut facts, charged.filings, codes, ctx.now.day());
        for (number, (line, drug)) in charged.lines.iter().zip(charged.drugs).enumerate() {
            let of_rx = (charged.known.says.get(number), qualified.get(number).copied().flatten());
            let sold = line.drug_trac_codg.iter().any(|code| charged.held.contains(code));
            let prics = charged.prics.get(number).copied().unwrap_or_default();
            // That it stands on the paper, by whole packs, is what the pharmacist verified.
            let mut of_line = put_drug(&mut facts, line, drug.as_ref(), ctx.now.day());
            put_says(&mut of_line, drug.as_ref(), of_rx, ctx.now.day());
            of_line
                .set(Field::DrugTotlcnt, line.cnt)
                .set(Field::TracCnt, line.drug_trac_codg.len() as i64)
                .set(Field::TracSoldFlag, sold)
                .set(Field::Pric, line.pric)
                .set_opt(Field::PayStdPric, drug.as_ref().and_then(|drug| drug.hi_pay_std))
                .set_opt(Field::SelPric, prics.sel_pric)
                .set_opt(Field::PlatPric, prics.plat_pric);
        }
        charged.fees.iter().for_each(|line| put_delivery(&mut facts, line));
        let mut reminders = gate::ask(&self.law, Gate::Review, ctx, &facts)?;
        reminders.extend(gate::ask(&self.law, Gate::Settle, ctx, &facts)?);
        Ok(reminders)
    }
}

/// Whether a place takes paper at all; most never did.
pub(crate) fn takes_paper(law: &Law, place: Admdvs, at: Moment, grants: &[Grant]) -> Result<bool, Failure> {
    let mut facts = Facts::new();
    facts.set(Field::SetlTime, at).set(Field::PaperFlag, true);
    Ok(spoken_by(law.view_of(&place, &facts, grants).flag("paper.accepted"))?.unwrap_or(false))
}
