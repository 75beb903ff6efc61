//! The case of 7101 as the law is asked it.
//!
//! Serves JX-2.5, HB-1.10–HB-1.13. Invariant: a fact that nobody stated and no register holds is absent, never a default.

use std::borrow::Cow;

use lf_law::{Facts, Field, LineFacts, Scope, Value};
use lf_ports::{Course, Dated, Drug, Fixmedins, Item, MedinsNatu, PractitionerKind, SpecialClass};
use lf_rx::supply::{Frequency, Rhythm, Supply, Untold, supply};
use lf_rx::{RxContent, RxDrug};
use lf_vocab::dict::{BizTypeCode, RxItemTypeCode};

use super::{Known, Stated};
use crate::ctx::Ctx;
use crate::filings::Filings;
use crate::limit::Limits;
use crate::registers::{Designated, DrugSays};
use crate::t7204_download::listed;
use crate::{consult, gate};

/// What the lists say of the prescribed drugs, in the doctor's order, and what the doctor states beyond the interface's own
/// fields.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// 限定支付 of each drug.
    pub limits: Vec<Limits>,
    /// The frequency of each drug.
    pub frequencies: Vec<Option<Frequency>>,
    /// Stated by the doctor.
    pub stated: Stated,
    /// What the register of designations says of institution and doctor.
    pub designated: Designated,
    /// What the lists of the place say of each drug.
    pub says: Vec<DrugSays>,
    /// What is filed of the patient.
    pub filings: Filings,
    /// Whether the agreement of hospital and pharmacy on consultations is in force.
    pub pair: Option<bool>,
    /// Whether the physical institution on which an internet hospital rests is one of its province under agreement.
    pub parent: Option<bool>,
    /// How many others the doctor saw at the same time.
    pub others: Option<i64>,
    /// Earlier prescriptions whose drugs still last, where they were asked for.
    pub courses: Option<Vec<Course>>,
}

impl Beside {
    /// Whom and what the place's registers know.
    fn put(&self, facts: &mut Facts<'_>, content: &RxContent) {
        self.stated.put(facts);
        self.designated.put_issuer(facts);
        let special = content.rxdrugdetail.iter().zip(&self.says).filter(|(_, says)| says.spay());
        let responsible = self.designated.responsible(special.map(|(drug, _)| &drug.med_list_codg));
        facts.set_opt(Field::DrSpayFlag, responsible);
        self.filings.put_dise(facts, content.mdtrtinfo.dise_codg.as_deref(), content.head.prsc_time.day());
        consult::put_pair(facts, self.pair);
        facts.set_opt(Field::ItntOverlapCnt, self.others);
        if let Some(parent) = self.parent {
            facts.set(Field::ItntParentFlag, parent);
        }
    }

    /// For how many days each drug lasts by dose, frequency and pack (else as stated), and for how many it is stated to be
    /// taken; a part of a day counts as a whole one.
    pub fn days(&self, content: &RxContent, drugs: &[Option<Drug>]) -> Vec<(i64, i64)> {
        let lines = content.rxdrugdetail.iter().zip(drugs).enumerate();
        lines.map(|(at, (drug, entry))| whole_days(drug, self.lasts(at, drug, entry.as_ref()))).collect()
    }

    /// How long a drug lasts; 饮片 are counted in doses of the whole prescription, and a drug that the catalogue does not know
    /// has no pack.
    fn lasts(&self, at: usize, drug: &RxDrug, entry: Option<&Drug>) -> Result<Option<Supply>, Untold> {
        let herb = drug.rx_item_type_code == RxItemTypeCode::Herb;
        let Some(entry) = entry.filter(|_| !herb) else { return Ok(None) };
        let listed = listed(entry);
        let frequency = self.frequencies.get(at).copied().flatten().ok_or(Untold::NoFrequency)?;
        supply(drug, &listed.packing, &listed.spec_name, frequency)
    }
}

/// Parts of a day as a whole one.
const fn ceil(parts: i64, of: i64) -> i64 {
    parts.saturating_add(of - 1).div_euclid(of)
}

fn whole_days(drug: &RxDrug, lasts: Result<Option<Supply>, Untold>) -> (i64, i64) {
    let stated = ceil(drug.medc_days.get(), 10_000);
    match lasts {
        Ok(Some(lasts)) => (ceil(lasts.days, 100), stated),
        Ok(None) | Err(_) => (stated, stated),
    }
}

/// What the imported table says of the frequency of a line, else what the national dictionary does; `None` without one.
pub fn frequency(drug: &RxDrug, table: &[Option<Dated<Item>>], keys: &[&str]) -> Option<Frequency> {
    let code = drug.used_frqu_codg.as_deref()?;
    let row = |code: &str| {
        let at = keys.iter().position(|key| *key == code)?;
        match &table.get(at)?.as_ref()?.item {
            Item::Frequency(row) => Some(row),
            _ => None,
        }
    };
    let Some(row) = row(code).or_else(|| row(&code.to_lowercase())) else { return Some(Frequency::national(code)) };
    // Tables write 即时 and 必要时 as once a day, by which nothing can be counted.
    let names = [Some(&row.used_frqu_name), row.alias.as_ref()];
    let no_rhythm = ["必要时", "即时", "立即"];
    if names.into_iter().flatten().any(|name| no_rhythm.iter().any(|word| name.contains(word))) {
        return Some(Frequency::NoRhythm);
    }
    Some(Frequency::Every(Rhythm { period_days: row.period_days, times: row.times_per_period }))
}

/// The case as far as registers and message know it; see [`facts_beside`].
pub fn facts<'a>(ctx: &'a Ctx, content: &'a RxContent, known: &'a Known) -> Facts<'a> {
    facts_with(ctx, content, known, None)
}

/// The case with what lists and doctor say beside it.
pub fn facts_beside<'a>(ctx: &'a Ctx, content: &'a RxContent, known: &'a Known, beside: &'a Beside) -> Facts<'a> {
    facts_with(ctx, content, known, Some(beside))
}

fn facts_with<'a>(ctx: &'a Ctx, content: &'a RxContent, known: &'a Known, beside: Option<&'a Beside>) -> Facts<'a> {
    let mut facts = Facts::new();
    put_head(&mut facts, content);
    put_visit(&mut facts, ctx, content, known);
    put_people(&mut facts, ctx, content, known);
    if let Some(beside) = beside {
        beside.put(&mut facts, content);
    }
    for (at, (drug, entry)) in content.rxdrugdetail.iter().zip(&known.drugs).enumerate() {
        let says = beside.and_then(|beside| beside.says.get(at));
        let mut line = put_drug(&mut facts, (drug, says), entry.as_ref(), content);
        if let Some(beside) = beside {
            put_beside(&mut line, (at, drug), entry.as_ref(), content, beside);
        }
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

/// Whether the institution is public; nothing where its register does not say.
pub(crate) fn public(fixmedins: &Fixmedins) -> Option<bool> {
    lf_vocab::covers!("GX-2.1a");
    fixmedins.medins_natu.map(|medins_natu| medins_natu == MedinsNatu::Public)
}

fn put_people<'a>(facts: &mut Facts<'a>, ctx: &'a Ctx, content: &'a RxContent, known: &'a Known) {
    let fixmedins = &ctx.caller.fixmedins;
    let day = ctx.now.day();
    let here = known.doctor.as_ref().filter(|doctor| doctor.kind == PractitionerKind::Doctor);
    let registered = here
        .is_some_and(|doctor| doctor.registered.contains(day) && doctor.prac_name == content.mdtrtinfo.prsc_dr_name);
    facts
        .set_opt(Field::HospLv, fixmedins.hosp_lv.as_deref())
        .set_opt(Field::IssPublFlag, public(fixmedins))
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

fn put_drug<'f, 'a>(
    facts: &'f mut Facts<'a>,
    (drug, says): (&'a RxDrug, Option<&DrugSays>),
    entry: Option<&'a Drug>,
    content: &'a RxContent,
) -> LineFacts<'f, 'a> {
    let mut line = facts.push_line(Scope::Line);
    line.set(Field::MedListCodg, drug.med_list_codg.as_str())
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
        .set_opt(Field::SpecDosform, entry.and_then(managed_form))
        .set_opt(Field::DrugTag, entry.map(|entry| gate::drug_tags(entry, says)))
        .set(Field::VagueUseFlag, vague(drug));
    line
}

/// Restrictions, days of supply, and the doctor's answer to a reminder.
fn put_beside<'a>(
    line: &mut LineFacts<'_, 'a>,
    (at, drug): (usize, &'a RxDrug),
    entry: Option<&'a Drug>,
    content: &'a RxContent,
    beside: &'a Beside,
) {
    if let Some(limits) = beside.limits.get(at) {
        limits.put(line, &content.diseinfo);
    }
    // A drug that the place does not list for the 病种 does not match, whatever its restrictions say of the diagnosis.
    let dises = beside.says.get(at).and_then(|says| says.dises.as_ref()).zip(content.mdtrtinfo.dise_codg.as_ref());
    if dises.is_some_and(|(dises, dise)| !dises.contains(dise)) {
        line.set(Field::DiseMatchFlag, false);
    }
    if let Some(stated) = beside.stated.lines.get(at) {
        stated.put(line);
    }
    let lasts = beside.lasts(at, drug, entry);
    if let Some(courses) = &beside.courses {
        let on = content.head.prsc_time.day();
        consult::put_course(line, consult::same_name(drug, entry), whole_days(drug, lasts), on, courses);
    }
    match lasts {
        // Hundredths become the scale of a quantity.
        Ok(Some(lasts)) => {
            line.set(Field::SuppDays, scaled(lasts.days)).set(Field::SuppDaysLess, scaled(lasts.days_less));
        }
        Ok(None) => {}
        Err(why) => {
            line.set(Field::SuppUnkn, why.cn());
        }
    }
}

fn scaled(hundredths: i64) -> Value<'static> {
    Value::Scaled(hundredths, 2)
}

/// The form of a specially managed drug, as far as the law tells forms apart (处方管理办法 第二十二、二十三条).
fn managed_form(entry: &Drug) -> Option<&'static str> {
    special_word(entry.special?)?;
    let form = |words: &[&str]| words.iter().any(|word| entry.dosform_name.contains(word));
    Some(match () {
        () if form(&["注射"]) => "注射剂",
        () if form(&["缓释", "控释"]) => "控缓释制剂",
        () => "其他",
    })
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
fn vague(drug: &RxDrug) -> bool {
    let texts = [&drug.used_frqu_name, &drug.medc_way_dscr];
    let herb = drug.rx_item_type_code == RxItemTypeCode::Herb;
    !herb
        && texts.iter().filter_map(|text| text.as_deref()).any(|text| text.contains("遵医嘱") || text.contains("自用"))
}
