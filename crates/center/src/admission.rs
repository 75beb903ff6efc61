//! Admission to a service: of pharmacies to 双通道, 门特 and 门诊统筹, of hospitals to 单独支付: an application is judged at the gate `admit`, then an officer
//! decides. Serves GX-1.2, DG-2.1–2.3, JX-1, WH-6.7 and the re-entry rules of JX-4.5 and DG-2.3b.
//!
//! Invariants: what the center knows it tells the law itself, and a statement that differs is not taken in; nobody is
//! admitted whom the law refuses, nor with a condition that nobody looked into; an admission that ended stays on record, so
//! that the years until a new application are counted from it.

use std::collections::BTreeMap;

use lf_law::{Facts, Gate, Grant, Input, Law, Severity};
use lf_ports::{Application, Ended, Fixmedins, MemoRow, Practitioner, Said};
use lf_vocab::{Admdvs, Day};

use crate::failure::Failure;
use crate::gate::{self, LawRefusal};

lf_rx::refusals! {
    /// Why a step of an admission is not taken.
    AdmissionRefusal {
        UnderWay = "ADM-01", "本中心 准入办理", "该申请正在办理";
        Holds = "ADM-02", "本中心 准入办理", "该机构已经取得该项服务资格";
        NoApplication = "ADM-03", "本中心 准入办理", "没有待办的申请";
        NotLawful(usize) = "ADM-04", "本中心 准入办理", "有{0}项条件不符合规定，不能批准";
        NotChecked(usize) = "ADM-05", "本中心 准入办理", "有{0}项条件没有查到材料，核实后填写核实情况再批准";
        NotHeld = "ADM-06", "本中心 准入办理", "该机构没有该项服务资格";
        KnownOtherwise(String) = "ADM-07", "本中心 准入办理", "申报的{0}与中心登记不一致";
        BadFacts(String) = "ADM-08", "本中心 准入办理", "申报材料有误：{0}";
    }
}

/// Where an admission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'m> {
    /// Nobody applied.
    Never,
    /// Somebody must decide.
    UnderWay(&'m Application),
    /// In force.
    Holds,
    /// An officer or the law said no.
    Refused,
    /// It ended.
    Cancelled(Ended),
}

impl Standing<'_> {
    /// For people.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Never => "未申请",
            Self::UnderWay(_) => "办理中",
            Self::Holds => "已取得",
            Self::Refused => "未批准",
            Self::Cancelled(_) => "已取消",
        }
    }
}

/// What the newest memo of an admission says.
pub fn standing(newest: Option<&MemoRow>) -> Standing<'_> {
    match newest.map(|row| &row.memo.said) {
        Some(Said::Applied(application)) => Standing::UnderWay(application),
        Some(Said::Granted) => Standing::Holds,
        Some(Said::Refused) => Standing::Refused,
        Some(Said::Cancelled(ended)) => Standing::Cancelled(*ended),
        _ => Standing::Never,
    }
}

/// Whether an officer's step may be taken; `checked`: somebody wrote down how the open conditions were looked into.
///
/// # Errors
/// The first [`AdmissionRefusal`].
pub fn may(standing: Standing<'_>, step: &Said, checked: bool) -> Result<(), AdmissionRefusal> {
    lf_vocab::covers!("DG-2.1");
    match (step, standing) {
        (Said::Applied(_), Standing::UnderWay(_)) => Err(AdmissionRefusal::UnderWay),
        (Said::Applied(_), Standing::Holds) => Err(AdmissionRefusal::Holds),
        (Said::Granted, Standing::UnderWay(application)) => {
            match (application.refused.len(), application.reminded.len()) {
                (0, 0) => Ok(()),
                (0, open) if !checked => Err(AdmissionRefusal::NotChecked(open)),
                (0, _) => Ok(()),
                (refused, _) => Err(AdmissionRefusal::NotLawful(refused)),
            }
        }
        (Said::Refused, Standing::UnderWay(_)) | (Said::Cancelled(_), Standing::Holds) => Ok(()),
        (Said::Granted | Said::Refused, _) => Err(AdmissionRefusal::NoApplication),
        (Said::Cancelled(_), _) => Err(AdmissionRefusal::NotHeld),
        _ => Ok(()),
    }
}

/// What the center knows of an applicant.
pub struct Known<'k> {
    /// Its register row.
    pub fixmedins: &'k Fixmedins,
    /// Its doctors and pharmacists.
    pub practitioners: &'k [Practitioner],
    /// 谈判 drugs it stocks, and how many there are; nothing where the catalogue has none.
    pub nego: Option<(u64, u64)>,
    /// How it lost the same service before.
    pub cancelled: Option<Ended>,
}

impl Known<'_> {
    /// By the law's names of facts.
    fn facts(&self, on: Day) -> BTreeMap<&'static str, Input> {
        let pharmacists = self.practitioners.iter().filter(|who| who.reviews_on(on));
        let mut facts = BTreeMap::from([
            ("phar_dsgn_flag", Input::Flag(self.fixmedins.agreement.contains(on))),
            ("phar_dualchnl_flag", Input::Flag(self.fixmedins.dualchnl)),
            ("intf_test_flag", Input::Flag(self.fixmedins.circ_ready)),
            ("phar_lcs_cnt", Input::Int(i64::try_from(pharmacists.count()).unwrap_or(i64::MAX))),
        ]);
        if let Some((stocked, total)) = self.nego.filter(|(_, total)| *total > 0) {
            // Cut, never rounded up to a threshold.
            let millionths = u128::from(stocked) * 1_000_000 / u128::from(total);
            facts
                .insert("nego_share", Input::Text(format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)));
        }
        if let Some(ended) = self.cancelled {
            facts.insert("canc_flag", Input::Flag(true));
            facts.insert("canc_brch_flag", Input::Flag(ended.breach));
            facts.insert("canc_time", Input::Text(ended.on.to_string()));
        }
        if let Some(hosp_lv) = &self.fixmedins.hosp_lv {
            facts.insert("hosp_lv", Input::Text(hosp_lv.clone()));
        }
        facts
    }
}

/// Judges an application of a day: what was stated, with what the center knows.
///
/// # Errors
/// [`AdmissionRefusal`] where a statement differs from what the center knows or is no fact; where the law of the place has no
/// condition for the service, a refusal that says so; a conflict of the law.
pub fn judge(
    law: &Law,
    (place, grants): (&Admdvs, &[Grant]),
    (appy_type, on): (&str, Day),
    stated: &BTreeMap<String, Input>,
    known: &Known<'_>,
) -> Result<Application, Failure> {
    // The pack of the 统筹区 is heard beside those above it, so a condition of its own is a file, not code.
    lf_vocab::covers!("JX-1.9");
    let mut facts = stated.clone();
    let own = [("appy_type", Input::Text(appy_type.to_owned())), ("appy_time", Input::Text(on.to_string()))];
    for (name, fact) in known.facts(on).into_iter().chain(own.clone()) {
        match facts.get(name) {
            Some(stated) if !same(name, stated, &fact) => {
                return Err(Failure::from_refusal(AdmissionRefusal::KnownOtherwise(name.to_owned())));
            }
            _ => drop(facts.insert(name.to_owned(), fact)),
        }
    }
    let bare = own.map(|(name, fact)| (name.to_owned(), fact)).into();
    if decide(law, (place, grants), &bare)?.is_empty() {
        let what = format!("{place}没有申请{appy_type}服务的条件");
        return Err(Failure::from_refusal(LawRefusal::NotFormalised(what)));
    }
    let as_text = facts.iter().map(|(name, fact)| (name.clone(), written(fact))).collect();
    let mut application = Application { facts: as_text, refused: Vec::new(), reminded: Vec::new() };
    for (severity, text) in decide(law, (place, grants), &facts)? {
        match severity {
            Severity::Refuse => application.refused.push(text),
            Severity::Remind => application.reminded.push(text),
            Severity::Record => {}
        }
    }
    Ok(application)
}

/// The law's findings, each with its provision and sentence.
fn decide(
    law: &Law,
    (place, grants): (&Admdvs, &[Grant]),
    facts: &BTreeMap<String, Input>,
) -> Result<Vec<(Severity, String)>, Failure> {
    let facts = Facts::from_input(facts).map_err(|wrong| {
        let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
        Failure::from_refusal(AdmissionRefusal::BadFacts(wrong.join("；")))
    })?;
    let decision = law.decide(Gate::Admit, place, &facts, grants).map_err(gate::failure)?;
    Ok(decision.findings.iter().map(|finding| (finding.severity, gate::kept(finding))).collect())
}

/// Whether two texts of a fact say the same: `0.5` is `0.500000`.
fn same(name: &str, a: &Input, b: &Input) -> bool {
    let fact = |input: &Input| Facts::from_input(&BTreeMap::from([(name.to_owned(), input.clone())])).ok();
    a == b || fact(a).zip(fact(b)).is_some_and(|(a, b)| a == b)
}

/// A fact as text; lists are no facts of this gate and were refused before.
fn written(fact: &Input) -> String {
    match fact {
        Input::Flag(flag) => if *flag { "1" } else { "0" }.to_owned(),
        Input::Int(number) => number.to_string(),
        Input::Text(text) => text.clone(),
        Input::List(_) | Input::Map(_) => String::new(),
    }
}

#[cfg(test)]
mod tests;
