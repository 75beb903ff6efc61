//! Asking the law at a gate and turning its findings into refusals and reminders.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lf_law::{Decision, Facts, Field, Finding, Gate, Law, LawError, LawValue, Severity, Value, View, ViewError};
use lf_ports::{Drug, SpecialClass};
use lf_rx::{Prescription, Refusal};
use lf_vocab::{Admdvs, Day, Ratio};

use crate::consult;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::registers::DrugSays;
use crate::t7101_precheck::put_visit;

lf_rx::refusals! {
    /// Why the law has no answer for a case.
    LawRefusal {
        NotFormalised(String) = "LAW-00-01", "规则包 formalised_from", "该时间、地点的规定尚未形成规则，不能判断：{0}";
        Conflict(String) = "LAW-00-02", "规则包", "规定相互冲突，不能判断：{0}";
    }
}

/// Asks at a gate, in the caller's place. Ok: the reminders. Err: all refusals in documented order.
pub fn ask(law: &Law, gate: Gate, ctx: &Ctx, facts: &Facts<'_>) -> Result<Vec<Refusal>, Failure> {
    Ok(findings(law, gate, ctx, facts)?.into_iter().map(spoken).collect())
}

/// The same, with the reminders as findings.
pub fn findings(law: &Law, gate: Gate, ctx: &Ctx, facts: &Facts<'_>) -> Result<Vec<Finding>, Failure> {
    let decision = law.decide(gate, &ctx.caller.fixmedins.poolarea_no, facts, &ctx.grants).map_err(failure)?;
    divide(decision)
}

/// Whether a doctor may go on against a reminder for a stated reason (JX-4.1.2).
pub fn may_override(law: &Law, ctx: &Ctx, facts: &Facts<'_>) -> Result<bool, Failure> {
    let place = &ctx.caller.fixmedins.poolarea_no;
    // A place that does not say so lets no reminder be overridden.
    Ok(spoken_by(law.view_of(place, facts, &ctx.grants).flag("remind.override"))?.unwrap_or(false))
}

fn divide(decision: Decision) -> Result<Vec<Finding>, Failure> {
    let mut refusals = Vec::new();
    let mut reminders = Vec::new();
    for finding in decision.findings {
        match finding.severity {
            Severity::Refuse => refusals.push(spoken(finding)),
            Severity::Remind => reminders.push(finding),
            Severity::Record => {}
        }
    }
    if refusals.is_empty() { Ok(reminders) } else { Err(Failure::Refused(refusals)) }
}

/// A finding as the caller reads it.
pub fn spoken(finding: Finding) -> Refusal {
    let field = match finding.line {
        Some(line) => format!("{}[{}].{}", finding.node, line + 1, finding.field),
        None => finding.field.to_owned(),
    };
    Refusal {
        code: finding.code.to_string(),
        source: finding.cite.to_string(),
        provision: Some(finding.by()),
        sentence: finding.sentence,
        field: Some(field),
        quote: Some(finding.quote.to_string()),
    }
}

/// A finding as an officer reads and keeps it, with the provision that made it.
pub fn kept(finding: &Finding) -> String {
    format!("[{}] {}（依据：{}，{}）", finding.code, finding.sentence, finding.cite, finding.by())
}

/// What a provision says, and nothing where the law of the place is silent. Two answers are the law's conflict and fail as
/// they do at a gate.
pub fn spoken_by<T>(said: Result<T, ViewError>) -> Result<Option<T>, Failure> {
    match said {
        Ok(said) => Ok(Some(said)),
        Err(ViewError::NotFormalised { .. }) => Ok(None),
        Err(ViewError::Law(error)) => Err(failure(error)),
        Err(error @ ViewError::WrongQuantity(_)) => Err(Failure::Broken(error.to_string())),
    }
}

/// A quantity that the law says of a case, and by which provision; `None` where it is silent.
///
/// # Errors
/// It says two things, or another quantity.
pub fn quantity<T>(
    view: &View<'_>,
    id: &str,
    read: impl FnOnce(&LawValue) -> Option<T>,
) -> Result<Option<(T, String)>, Failure> {
    let Some(found) = spoken_by(view.get(id))? else { return Ok(None) };
    let read = read(&found.value).ok_or_else(|| Failure::Broken(format!("{id}: another quantity")))?;
    Ok(Some((read, found.by())))
}

/// A whole number that the law of a place says for a day, and by which provision; `None` where it is silent.
///
/// # Errors
/// It says two things, or another quantity.
pub fn number_on(law: &Law, place: Admdvs, on: Day, id: &str) -> Result<Option<(i64, String)>, Failure> {
    let mut facts = Facts::new();
    facts.set(Field::AppyTime, on);
    quantity(&law.view_of(&place, &facts, &[]), id, number)
}

/// A whole number.
pub fn number(value: &LawValue) -> Option<i64> {
    match value {
        LawValue::Int(number) => Some(*number),
        _ => None,
    }
}

/// A share.
pub fn ratio(value: &LawValue) -> Option<Ratio> {
    match value {
        LawValue::Ratio(ratio) => Some(*ratio),
        _ => None,
    }
}

/// A law that cannot answer is said so, never guessed; bad facts are our fault.
pub fn failure(error: LawError) -> Failure {
    let text = error.to_string();
    match error {
        LawError::NotFormalised { .. } | LawError::NoLaw(_) => Failure::from_refusal(LawRefusal::NotFormalised(text)),
        LawError::Conflict(_) => Failure::from_refusal(LawRefusal::Conflict(text)),
        LawError::MissingDate { .. } | LawError::BadGrant(_) | LawError::BadFacts(_) => Failure::Broken(text),
    }
}

/// What the gates `authorise` and `download` are asked with. The person who shows the credential to a pharmacy, or
/// hands it the printed code, agrees to this flow (JX-3.2b).
pub fn carry_facts<'a>(rx: &'a Prescription, ctx: &'a Ctx, pair: Option<bool>) -> Facts<'a> {
    let mut facts = Facts::new();
    visited(&mut facts, rx);
    consult::put_pair(&mut facts, pair);
    facts
        .set(Field::AuthTime, ctx.now)
        .set(Field::DldTime, ctx.now)
        .set(Field::PrscTime, rx.opened.prsc_time)
        .set(Field::ValiEndTime, rx.opened.vali_end_time)
        .set(Field::FixmedinsCode, rx.opened.fixmedins_code.as_str())
        .set(Field::PharFixmedinsCode, ctx.code().as_str())
        .set(Field::IssPoolareaNo, rx.hi_rxno.poolarea_no().to_string())
        .set(Field::PharPoolareaNo, ctx.caller.fixmedins.poolarea_no.as_str())
        .set(Field::PsnAgreFlag, true);
    facts
}

/// What was stated of the visit with 7101 and 7103; of what was opened before that was kept, nothing.
pub fn visited<'a>(facts: &mut Facts<'a>, rx: &'a Prescription) {
    const NOTHING: &BTreeMap<String, bool> = &BTreeMap::new();
    let later = rx.state.active().map_or(NOTHING, |active| &active.uploaded.flags);
    if let Some(visit) = &rx.opened.visit {
        put_visit(facts, visit, later);
    }
}

/// The words by which the law speaks of classes of drugs: those that the catalogue marks, and those of the place's own lists.
pub fn drug_tags(drug: &Drug, says: Option<&DrugSays>) -> Value<'static> {
    let antimicrobial = drug.special == Some(SpecialClass::Antimicrobial);
    let marks =
        [(drug.dualchnl, "双通道"), (drug.hi_nego, "谈判"), (drug.oppool, "门诊统筹"), (antimicrobial, "抗微生物")];
    let mut words: Vec<_> = marks.iter().filter(|(marked, _)| *marked).map(|(_, word)| Cow::Borrowed(*word)).collect();
    let own = says.map(|says| says.tags.as_slice()).unwrap_or_default();
    words.extend(
        own.iter().filter(|tag| marks.iter().all(|(marked, word)| !marked || word != tag)).cloned().map(Cow::Owned),
    );
    Value::Set(words)
}

/// Whether a drug is in the 医保目录 on a day.
pub fn listed(drug: Option<&Drug>, day: Day) -> bool {
    drug.and_then(|drug| drug.in_list.as_ref()).is_some_and(|span| span.contains(day))
}
