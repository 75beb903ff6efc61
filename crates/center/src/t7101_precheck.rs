//! 7101 电子处方上传预核验: the law judges the prescription before it is signed; the center gives its numbers out.
//!
//! Serves JX-2.6.3, JX-3.1c, JX-4.1.2 (事前提醒), HB-1.7 (the hospital's stock is never asked).

use lf_gm::hex;
use lf_law::{Gate, Scope};
use lf_ports::{Card, ChangeSet, Drug, Lists, Person, PersonKey, Practitioner, StoreError, codec};
use lf_rx::basket::Basket;
use lf_rx::content::RxHead;
use lf_rx::event::{Opened, Overridden};
use lf_rx::{Refusal, RxContent, RxDrug};
use lf_vocab::{FixmedinsKind, HiRxno, MedListCodg, RxTraceCode};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::limit::Limits;
use crate::people::{CARD, Claimed, PersonRefusal, identified};
use crate::registers::Side;
use crate::t7204_download::listed;
use crate::{Center, consult, gate, journal};

mod facts;
mod stated;

pub(crate) use facts::public;
pub use facts::{Beside, facts, facts_beside, frequency};
pub(crate) use stated::put_visit;
pub use stated::{
    Consultation, Dspo, DspoWay, FREE_TEXT, LINE_FLAGS, Stated, StatedLine, UPLOAD_FLAGS, VISIT_FLAGS, VISIT_TEXTS,
};

/// A prescription to be checked.
#[derive(Debug, Clone)]
pub struct Command {
    /// All it says.
    pub content: RxContent,
    /// What its free fields state for the law.
    pub stated: Stated,
}

/// The two numbers, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 处方追溯码.
    pub rx_trace_code: RxTraceCode,
    /// 医保处方编号.
    pub hi_rxno: HiRxno,
}

/// What the registers say of the people and drugs in it.
pub struct Known {
    /// The patient.
    pub person: Person,
    /// The doctor, where registered at the institution.
    pub doctor: Option<Practitioner>,
    /// The drugs, in the doctor's order.
    pub drugs: Vec<Option<Drug>>,
}

lf_rx::refusals! {
    /// Why a prescription is not even judged (7101).
    PrecheckRefusal {
        ValidityOver = "RX-7101-01", "接口规范 7101 valiEndTime", "有效截止时间已过";
        PrescribedAhead = "RX-7101-02", "接口规范 7101 prscTime", "开方时间晚于当前时间";
        CertForm = "RX-7101-03", "接口规范 7101 certno", "居民身份证号码校验不通过";
        DrugTwice(String) = "RX-7101-04", "接口规范 7101 rxdrugdetail", "药品{0}在处方中重复，同一药品请合并为一行";
        UnitUnknown(String, String) = "RX-7101-05", "接口规范 7101 drugDosunt：国家医保药品目录的最小制剂单位或最小包装单位", "药品{0}的总用药量单位应为目录中的{1}";
    }
}

impl Center {
    /// 7101. Errors: [`PrecheckRefusal`], the person's, the law's at the gate `precheck` (all of them).
    pub async fn t7101_precheck(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Hospital, &command.content.mdtrtinfo.fixmedins_code)?;
        self.attempts(ctx, || self.try_precheck(ctx, command)).await
    }

    async fn try_precheck(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Attempt> {
        let content = &command.content;
        let key = ctx.idem_key("7101", content.head.hosp_rxno.clone());
        let (idem, known) = tokio::try_join!(self.store.idem(&key), self.known(ctx, command))?;
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        check_times(ctx, content)?;
        let (known, beside) = known?;
        let Heard { reminders, overridden } = self.ask_precheck(ctx, content, &known, &beside)?;
        check_sellable(content, &known.drugs)?;
        let reply = self.numbers(ctx).await?;
        let visit = &content.mdtrtinfo;
        let opened = Opened {
            rx_trace_code: reply.rx_trace_code.clone(),
            hosp_rxno: content.head.hosp_rxno.clone(),
            fixmedins_code: visit.fixmedins_code.clone(),
            dr_code: visit.dr_code.clone(),
            insu_poolarea_no: known.person.poolarea_no,
            psn_no: visit.psn_no.clone(),
            mdtrt_id: visit.mdtrt_id.clone(),
            prsc_time: content.head.prsc_time,
            vali_end_time: content.head.vali_end_time,
            content_sm3: hex::lower(&lf_gm::sm3(&codec::encode(content))),
            law_edition: self.law.edition().to_owned(),
            overridden,
            visit: Some(Box::new(command.stated.visit(content))),
        };
        let earlier = beside.courses.as_deref().unwrap_or_default();
        let days = beside.days(content, &known.drugs);
        let psn = (known.person.poolarea_no, &visit.psn_no);
        let course = consult::course(&reply.hi_rxno, psn, content, (&known.drugs, &days, earlier));
        let change = journal::open(reply.hi_rxno.clone(), opened, content.clone(), ctx.now);
        let mut changes = ChangeSet { rx: vec![change], course: Some(course), ..ChangeSet::default() };
        let answer = Answer { reply, reminders };
        ctx.remember(key, &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }

    /// What the registers say, or what is wrong with it; told apart from a store that does not answer, because a message
    /// that was answered before is answered again whatever the registers say by now.
    async fn known(&self, ctx: &Ctx, command: &Command) -> Result<Result<(Known, Beside), Failure>, StoreError> {
        let content = &command.content;
        let (visit, rows) = (&content.mdtrtinfo, &content.rxdrugdetail);
        let codes: Vec<_> = rows.iter().map(|drug| drug.med_list_codg.clone()).collect();
        let firsts: Vec<_> = codes.iter().map(MedListCodg::as_str).collect();
        let keys = frequency_keys(rows);
        let keys: Vec<_> = keys.iter().map(String::as_str).collect();
        let cert = PersonKey::Cert(visit.psn_cert_type.clone(), visit.certno.clone());
        // As of the day of prescribing: the doctor saw that day's catalogue, rules and table of frequencies.
        let day = content.head.prsc_time.day();
        let place = ctx.caller.fixmedins.poolarea_no;
        let side =
            Side { place, code: ctx.code(), dr_code: Some(visit.dr_code.as_str()), dise: visit.dise_codg.as_deref() };
        // Most people are insured where they go to hospital; of the others the courses are asked for again.
        let near = content.head.insu_plc_no.unwrap_or(place);
        let told = command.stated.visit(content);
        let (person, doctor, mut drugs, rules, table, designated, says, filings, courses, over) = tokio::try_join!(
            self.store.person(&cert),
            self.store.practitioner(ctx.code(), visit.dr_code.as_str()),
            self.store.drugs(&codes, day),
            self.store.list_under(Lists::DrugRule, &firsts, day),
            self.store.list_items(Lists::Frequency, &keys, day),
            self.designated(side, day, ctx.now),
            self.drug_says(place, &codes, day, ctx.now),
            // Most patients are insured where they are treated.
            self.filings(place, &visit.psn_no, day, ctx.now),
            self.store.courses(near, &visit.psn_no, ctx.now),
            self.over_consultation(ctx, &told, (&visit.dr_code, (near, &visit.psn_no)), day)
        )?;
        let filings = match &person {
            Some(person) if person.poolarea_no != place => {
                self.filings(person.poolarea_no, &visit.psn_no, day, ctx.now).await?
            }
            _ => filings,
        };
        let pays = person.as_ref().map_or(place, |person| person.poolarea_no);
        if let Err(failure) = self.paid_on((pays, ctx.now), [(&codes, day, &mut drugs)]).await? {
            return Ok(Err(failure));
        }
        let person = match known(person, content, ctx) {
            Ok(person) => person,
            Err(failure) => return Ok(Err(failure)),
        };
        let own = person.poolarea_no;
        let (courses, overlaps) = if own == near {
            (courses, over.overlaps)
        } else {
            tokio::try_join!(
                self.store.courses(own, &visit.psn_no, ctx.now),
                self.overlaps(&visit.dr_code, told.session.as_ref(), (own, &visit.psn_no))
            )?
        };
        let beside = Beside {
            limits: rules.iter().map(|rows| Limits::of(rows)).collect(),
            frequencies: rows.iter().map(|drug| facts::frequency(drug, &table, &keys)).collect(),
            stated: command.stated.clone(),
            designated,
            says,
            filings,
            pair: over.pair,
            parent: over.parent,
            others: told.session.map(|_| consult::others(&overlaps)),
            courses: Some(courses),
        };
        Ok(Ok((Known { person, doctor, drugs }, beside)))
    }

    /// All refusals, or what the doctor is reminded of. A reminder that the doctor has answered with a reason is kept with the
    /// prescription and not repeated, where the law lets a reminder be overridden.
    fn ask_precheck(&self, ctx: &Ctx, content: &RxContent, known: &Known, beside: &Beside) -> Result<Heard, Failure> {
        lf_vocab::covers!("JX-4.1.2", "HB-1.7", "HB-1.12");
        let facts = facts_beside(ctx, content, known, beside);
        let findings = gate::findings(&self.law, Gate::Precheck, ctx, &facts)?;
        let mut heard = Heard::default();
        let may_go_on = gate::may_override(&self.law, ctx, &facts)?;
        for finding in findings {
            // The doctor's reason stands at a drug; a finding about a diagnosis has a line too.
            let of_drug = finding.node == Scope::Line.name();
            let line = finding.line.filter(|line| of_drug && may_go_on && beside.stated.goes_on(*line));
            match line {
                Some(line) => heard.overridden.push(Overridden { line: line as u32, provision: finding.by() }),
                None => heard.reminders.push(gate::spoken(finding)),
            }
        }
        Ok(heard)
    }

    async fn numbers(&self, ctx: &Ctx) -> Result<Reply, Failure> {
        let (pool, day) = (ctx.caller.fixmedins.poolarea_no, ctx.now.day());
        let serial = self.serials.next(self.store.as_ref(), pool, day).await?;
        let exhausted = |error: lf_vocab::IdentError| Failure::Unavailable(error.to_string());
        Ok(Reply {
            rx_trace_code: RxTraceCode::new(pool, day, serial).map_err(exhausted)?,
            hi_rxno: HiRxno::new(pool, day, serial).map_err(exhausted)?,
        })
    }
}

/// What the law had to say of a prescription that it lets pass.
#[derive(Default)]
struct Heard {
    reminders: Vec<Refusal>,
    overridden: Vec<Overridden>,
}

/// The frequencies of the drugs as they are written, and in small letters, in which tables have them.
pub fn frequency_keys(rows: &[RxDrug]) -> Vec<String> {
    let codes = rows.iter().filter_map(|drug| drug.used_frqu_codg.as_deref());
    let mut keys: Vec<_> = codes.flat_map(|code| [code.to_owned(), code.to_lowercase()]).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The patient, proved by what the prescription says of him.
fn known(person: Option<Person>, content: &RxContent, ctx: &Ctx) -> Result<Person, Failure> {
    let visit = &content.mdtrtinfo;
    if visit.psn_cert_type == "01" && visit.certno.check_resident().is_err() {
        return refused(PrecheckRefusal::CertForm);
    }
    let card = card_of(&content.head)?;
    let claimed = Claimed {
        psn_cert_type: &visit.psn_cert_type,
        certno: &visit.certno,
        psn_name: &visit.patn_name,
        psn_no: Some(&visit.psn_no),
        ec_token: content.head.ec_token.as_deref(),
        card: card.as_ref(),
    };
    identified(person, &claimed, ctx.now)
}

/// The 社会保障卡 that the person showed the hospital, if it was one.
fn card_of(head: &RxHead) -> Result<Option<Card>, Failure> {
    if head.mdtrt_cert_type != CARD {
        return Ok(None);
    }
    let sscno = head.mdtrt_cert_no.as_deref().and_then(|text| text.parse().ok());
    let card_sn = head.card_sn.as_deref().and_then(|text| text.parse().ok());
    match sscno.zip(card_sn) {
        Some((sscno, card_sn)) => Ok(Some(Card { sscno, card_sn })),
        None => refused(PersonRefusal::CardSnMissing),
    }
}

/// How far a client's clock may run ahead, in seconds.
pub(crate) const CLOCK_AHEAD_SECONDS: i64 = 600;

fn check_times(ctx: &Ctx, content: &RxContent) -> Result<(), Failure> {
    if ctx.now >= content.head.vali_end_time {
        return refused(PrecheckRefusal::ValidityOver);
    }
    if content.head.prsc_time > ctx.now.plus_seconds(CLOCK_AHEAD_SECONDS) {
        return refused(PrecheckRefusal::PrescribedAhead);
    }
    Ok(())
}

/// What would pass the law and still could be sold by no pharmacy, found before anybody signs it: a drug on two lines,
/// and a quantity in a unit that the catalogue does not count the drug in.
fn check_sellable(content: &RxContent, drugs: &[Option<Drug>]) -> Result<(), Failure> {
    let rows = &content.rxdrugdetail;
    let earlier = |at: usize| rows.iter().take(at).any(|row| row.med_list_codg == rows[at].med_list_codg);
    if let Some(at) = (0..rows.len()).find(|at| earlier(*at)) {
        return refused(PrecheckRefusal::DrugTwice(rows[at].med_list_codg.to_string()));
    }
    let basket = Basket::new(rows, drugs.iter().map(|drug| drug.as_ref().map(listed)).collect());
    for (at, row) in rows.iter().enumerate() {
        let Some(packing) = basket.packing(at) else { continue };
        if basket.packs_needed(at).is_none() {
            let mut units = vec![packing.min_prepunt.as_str(), packing.min_pacunt.as_str()];
            units.dedup();
            let units = units.join("或");
            return refused(PrecheckRefusal::UnitUnknown(row.med_list_codg.to_string(), units));
        }
    }
    Ok(())
}
