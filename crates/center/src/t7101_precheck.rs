//! 7101 电子处方上传预核验: the law judges the prescription before it is signed; the center gives its numbers out.
//!
//! Serves JX-2.6.3, JX-3.1c, JX-4.1.2 (事前提醒), HB-1.7 (the hospital's stock is never asked).

use std::borrow::Cow;

use lf_gm::hex;
use lf_law::{Facts, Field, Gate, Scope, Value};
use lf_ports::{ChangeSet, Drug, Person, PersonKey, Practitioner, PractitionerKind, SpecialClass, StoreError, codec};
use lf_rx::basket::Basket;
use lf_rx::event::Opened;
use lf_rx::{Refusal, RxContent};
use lf_vocab::dict::{BizTypeCode, RxItemTypeCode};
use lf_vocab::{FixmedinsKind, HiRxno, RxTraceCode};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::people::{Claimed, identified};
use crate::t7204_download::listed;
use crate::{Center, gate, journal};

/// A prescription to be checked.
#[derive(Debug, Clone)]
pub struct Command {
    /// All it says.
    pub content: RxContent,
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
        let (idem, known) = tokio::try_join!(self.store.idem(&key), self.known(ctx, content))?;
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        check_times(ctx, content)?;
        let known = known?;
        let reminders = self.ask_precheck(ctx, content, &known)?;
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
        };
        let change = journal::open(reply.hi_rxno.clone(), opened, content.clone(), ctx.now);
        let mut changes = ChangeSet { rx: vec![change], ..ChangeSet::default() };
        let answer = Answer { reply, reminders };
        ctx.remember(key, &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }

    /// What the registers say, or what is wrong with it; told apart from a store that does not answer, because a message
    /// that was answered before is answered again whatever the registers say by now.
    async fn known(&self, ctx: &Ctx, content: &RxContent) -> Result<Result<Known, Failure>, StoreError> {
        let visit = &content.mdtrtinfo;
        let codes: Vec<_> = content.rxdrugdetail.iter().map(|drug| drug.med_list_codg.clone()).collect();
        let cert = PersonKey::Cert(visit.psn_cert_type.clone(), visit.certno.clone());
        let (person, doctor, drugs) = tokio::try_join!(
            self.store.person(&cert),
            self.store.practitioner(ctx.code(), visit.dr_code.as_str()),
            // As of the day of prescribing: the doctor saw that day's catalogue.
            self.store.drugs(&codes, content.head.prsc_time.day())
        )?;
        Ok(known(person, content, ctx).map(|person| Known { person, doctor, drugs }))
    }

    fn ask_precheck(&self, ctx: &Ctx, content: &RxContent, known: &Known) -> Result<Vec<Refusal>, Failure> {
        lf_vocab::covers!("JX-4.1.2", "HB-1.7");
        gate::ask(&self.law, Gate::Precheck, ctx, &facts(ctx, content, known))
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

/// The patient, proved by what the prescription says of him.
fn known(person: Option<Person>, content: &RxContent, ctx: &Ctx) -> Result<Person, Failure> {
    let visit = &content.mdtrtinfo;
    if visit.psn_cert_type == "01" && visit.certno.check_resident().is_err() {
        return refused(PrecheckRefusal::CertForm);
    }
    let claimed = Claimed {
        psn_cert_type: &visit.psn_cert_type,
        certno: &visit.certno,
        psn_name: &visit.patn_name,
        psn_no: Some(&visit.psn_no),
        ec_token: content.head.ec_token.as_deref(),
    };
    identified(person, &claimed, ctx.now)
}

/// How far a client's clock may run ahead, in seconds.
const CLOCK_AHEAD_SECONDS: i64 = 600;

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

/// The case as the law is asked it.
pub fn facts<'a>(ctx: &'a Ctx, content: &'a RxContent, known: &'a Known) -> Facts<'a> {
    let mut facts = Facts::new();
    put_head(&mut facts, content);
    put_visit(&mut facts, ctx, content, known);
    put_people(&mut facts, ctx, content, known);
    for (drug, entry) in content.rxdrugdetail.iter().zip(&known.drugs) {
        put_drug(&mut facts, drug, entry.as_ref(), content);
    }
    for disease in &content.diseinfo {
        facts
            .push_line(Scope::Dise)
            .set(Field::DiagCode, disease.diag_code.as_str())
            .set(Field::DiagType, disease.diag_type.as_str())
            .set(Field::MaindiagFlag, disease.maindiag_flag == "1")
            .set(Field::DiagTime, disease.diag_time);
    }
    facts
}

fn put_head<'a>(facts: &mut Facts<'a>, content: &'a RxContent) {
    let head = &content.head;
    facts
        .set(Field::PrscTime, head.prsc_time)
        .set(Field::ValiEndTime, head.vali_end_time)
        .set(Field::ValiDays, head.vali_days)
        .set(Field::RxTypeCode, head.rx_type_code.as_str())
        .set(Field::BizTypeCode, head.biz_type_code.code())
        .set_opt(Field::RxExraAttrCode, head.rx_exra_attr_code.as_deref())
        .set(Field::RxDrugCnt, head.rx_drug_cnt)
        .set(Field::LongRxFlag, head.long_rx_flag)
        .set(Field::ReptFlag, head.rept_flag.as_deref() == Some("1"))
        .set_opt(Field::MaxReptCnt, head.max_rept_cnt)
        .set_opt(Field::InsuPlcNo, head.insu_plc_no.map(|place| place.to_string()))
        .set_opt(Field::MdtrtareaNo, head.mdtrtarea_no.map(|place| place.to_string()))
        .set(Field::WireDefectCnt, 0i64);
}

fn put_visit<'a>(facts: &mut Facts<'a>, ctx: &'a Ctx, content: &'a RxContent, known: &'a Known) {
    let visit = &content.mdtrtinfo;
    let earliest = content.diseinfo.iter().map(|disease| disease.diag_time).min();
    facts
        .set(Field::MdtrtTime, visit.mdtrt_time)
        .set_opt(Field::DiagTimeMin, earliest)
        .set(Field::FixmedinsCode, visit.fixmedins_code.as_str())
        .set(Field::MedType, visit.med_type.as_str())
        .set(Field::OtpIptFlag, visit.otp_ipt_flag.as_deref().unwrap_or("1"))
        .set(Field::PatnAge, visit.patn_age)
        .set(Field::PatnAgeDays, i64::from(ctx.now.day().since(known.person.brdy)))
        .set_opt(Field::PatnWt, visit.patn_wt)
        .set(Field::Gend, visit.gend.as_str())
        .set(Field::MaindiagCode, visit.maindiag_code.as_str())
        .set_opt(Field::DiseCodg, visit.dise_codg.as_deref())
        .set(Field::DrCode, visit.dr_code.as_str())
        .set(Field::DrProfttlCodg, visit.dr_profttl_codg.as_str())
        .set(Field::Insutype, known.person.insutype.code());
}

fn put_people<'a>(facts: &mut Facts<'a>, ctx: &'a Ctx, content: &'a RxContent, known: &'a Known) {
    let fixmedins = &ctx.caller.fixmedins;
    let day = ctx.now.day();
    let here = known.doctor.as_ref().filter(|doctor| doctor.kind == PractitionerKind::Doctor);
    let registered = here
        .is_some_and(|doctor| doctor.registered.contains(day) && doctor.prac_name == content.mdtrtinfo.prsc_dr_name);
    facts
        .set_opt(Field::HospLv, fixmedins.hosp_lv.as_deref())
        .set(Field::IssPoolareaNo, fixmedins.poolarea_no.as_str())
        .set(Field::IssFixmedinsFlag, fixmedins.agreement.contains(day))
        .set(Field::IssCircFlag, fixmedins.circ_ready)
        .set(Field::DrRegFlag, registered);
    if let Some(doctor) = here {
        let scopes = [(doctor.western, "western"), (doctor.tcm, "tcm")];
        let scopes: Vec<_> = scopes.iter().filter(|(may, _)| *may).map(|(_, word)| Cow::Borrowed(*word)).collect();
        facts.set(Field::DrPracScope, Value::Set(scopes)).set(Field::DrPracType, if doctor.tcm { "4" } else { "1" });
    }
    if content.head.biz_type_code == BizTypeCode::Internet {
        let consult = fixmedins.consult.as_ref();
        facts
            .set(Field::ItntLicFlag, consult.is_some_and(|c| c.licence.contains(day)))
            .set(Field::ItntParentFlag, consult.is_some())
            .set(Field::ItntSuppAgreFlag, consult.is_some_and(|c| c.supplement.contains(day)))
            .set(Field::ItntDrRegFlag, registered);
    }
}

fn put_drug<'a>(facts: &mut Facts<'a>, drug: &'a lf_rx::RxDrug, entry: Option<&'a Drug>, content: &'a RxContent) {
    facts
        .push_line(Scope::Line)
        .set(Field::MedListCodg, drug.med_list_codg.as_str())
        .set(Field::DrugGenname, drug.drug_genname.as_str())
        .set(Field::RxItemTypeCode, drug.rx_item_type_code.code())
        .set_opt(Field::TcmdrugTypeCode, drug.tcmdrug_type_code.as_deref())
        .set(Field::HospPrepFlag, drug.hosp_prep_flag.as_deref() == Some("1"))
        .set(Field::MedcDays, drug.medc_days)
        .set(Field::DrugCnt, drug.drug_cnt)
        .set_opt(Field::SinDoscnt, drug.sin_doscnt)
        .set_opt(Field::UsedFrquCodg, drug.used_frqu_codg.as_deref())
        .set(Field::HospApprFlag, drug.hosp_appr_flag.as_str())
        .set_opt(Field::SelfPayRea, drug.self_pay_rea.as_deref())
        .set_opt(Field::ChrgitmLv, entry.map(|entry| entry.chrgitm_lv.code()))
        .set(Field::ListFlag, gate::listed(entry, content.head.prsc_time.day()))
        .set_opt(Field::ChldMedcFlag, entry.map(|entry| entry.chld_medc))
        .set_opt(Field::SpecDrugClass, entry.and_then(|entry| entry.special).and_then(special_word))
        .set_opt(Field::DrugTag, entry.map(gate::drug_tags))
        .set(Field::VagueUseFlag, vague(drug));
}

/// The words by which the law names the classes of specially managed drugs.
fn special_word(class: SpecialClass) -> Option<&'static str> {
    match class {
        SpecialClass::Narcotic => Some("麻醉"),
        SpecialClass::PsychotropicOne => Some("精一"),
        SpecialClass::PsychotropicTwo => Some("精二"),
        SpecialClass::Toxic => Some("毒性"),
        SpecialClass::Radioactive => Some("放射"),
        SpecialClass::Antimicrobial => None,
    }
}

/// "遵医嘱" and "自用" say nothing (处方管理办法 第六条).
fn vague(drug: &lf_rx::RxDrug) -> bool {
    let texts = [&drug.used_frqu_name, &drug.medc_way_dscr];
    let herb = drug.rx_item_type_code == RxItemTypeCode::Herb;
    !herb
        && texts.iter().filter_map(|text| text.as_deref()).any(|text| text.contains("遵医嘱") || text.contains("自用"))
}
