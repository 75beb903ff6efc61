//! Asking the law at a gate: all findings of a case, in documented order, each with its article.
//!
//! Invariants: pure and total; a case without its governing date, two answers to one question, and a time
//! before formalisation are typed errors, never defaults.

use std::sync::Arc;

use lf_vocab::{Admdvs, Day};
use serde::Serialize;
use thiserror::Error;

use crate::expr::{Saying, Tri};
use crate::facts::{FactError, Facts};
use crate::field::{Field, Scope};
use crate::model::{Absent, Confidence, Gate, Grant, Jurisdiction, Law, Provision, Severity};
use crate::value::LawValue;

/// Whether the step may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No finding refuses it.
    Accepted,
    /// At least one finding refuses it.
    Refused,
}

/// What the law says about a case at a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Which gate was asked.
    pub gate: Gate,
    /// For which place.
    pub admdvs: Admdvs,
    /// Whether the step may be taken.
    pub outcome: Outcome,
    /// All findings, in documented order, then by line.
    pub findings: Vec<Finding>,
    /// The edition of the packs.
    pub edition: String,
}

impl Decision {
    /// The findings that refuse.
    pub fn refusals(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Refuse)
    }
}

/// One thing the law has to say about a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The provision, `360000/rx.vali_days`.
    pub provision: Arc<str>,
    /// The first day of the dated value that was applied.
    #[serde(serialize_with = "crate::source::day_text")]
    pub from: Day,
    /// The document and article, `《…》三（一）`.
    pub cite: Arc<str>,
    /// The number of the document.
    pub doc_no: Option<Arc<str>>,
    /// The words of the document.
    pub quote: Arc<str>,
    /// How sure the value is.
    pub confidence: Confidence,
    /// The provision that this one took the place of.
    pub overrode: Option<Arc<str>>,
    /// The filing number of the grant that was applied.
    pub grant: Option<String>,
    /// What follows.
    pub severity: Severity,
    /// The node of the message, `case` or a repeated one.
    pub node: &'static str,
    /// The field of the message, national name in `snake_case`.
    pub field: &'static str,
    /// The line of the node, from 0.
    pub line: Option<usize>,
    /// The sentence for the person who reads it.
    pub sentence: String,
    /// The stable code.
    pub code: Arc<str>,
    /// Whether it speaks of an absent fact, not of a violated rule.
    pub absent: bool,
}

impl Finding {
    /// The provision with its dated value, `360000/rx.vali_days@2024-03-12`.
    pub fn by(&self) -> String {
        format!("{}@{}", self.provision, self.from)
    }
}

/// Why the law could not answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LawError {
    /// The case lacks the date that governs a provision.
    #[error("缺少决定适用规定的日期{}（{}），不能按{provision}判断", .field.cn(), .field.name())]
    MissingDate {
        /// Which date.
        field: Field,
        /// Which provision needs it.
        provision: Arc<str>,
    },
    /// Law of that time or place has not been written as packs.
    #[error("{admdvs}在{on}的规定尚未形成规则")]
    NotFormalised {
        /// Where.
        admdvs: Admdvs,
        /// When.
        on: Day,
    },
    /// No pack holds at that place.
    #[error("{0}没有规则")]
    NoLaw(Admdvs),
    /// Two provisions answer the same question.
    #[error("规定相互冲突：{}", .0.join("、"))]
    Conflict(Vec<String>),
    /// A grant that its provision does not allow.
    #[error("批准事项超出{0}允许的范围")]
    BadGrant(Arc<str>),
    /// Facts that are not of their fields.
    #[error("事实有误：{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("；"))]
    BadFacts(Vec<FactError>),
}

/// A provision in force for a case, and what it took the place of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit<'l> {
    pub provision: usize,
    pub dated: usize,
    pub overrode: Option<usize>,
    pub grant: Option<&'l Grant>,
}

/// Everything a resolution looks at.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'l> {
    pub law: &'l Law,
    pub gate: Option<Gate>,
    /// Whose case it is; its own law may stand with an authority above, which is `place`.
    pub admdvs: Admdvs,
    pub place: &'l Jurisdiction,
    pub facts: &'l Facts<'l>,
    pub line: usize,
    pub grants: &'l [Grant],
}

/// One rule that was applied to a case, for the coverage of examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Applied {
    pub provision: usize,
    pub dated: usize,
}

impl Law {
    /// What the law says about a case at a gate.
    ///
    /// # Errors
    /// See [`LawError`]: a missing governing date, a time that is not formalised, a conflict, bad facts.
    pub fn decide(
        &self,
        gate: Gate,
        admdvs: &Admdvs,
        facts: &Facts<'_>,
        grants: &[Grant],
    ) -> Result<Decision, LawError> {
        self.decide_traced(gate, *admdvs, facts, grants, &mut |_| {})
    }

    pub(crate) fn decide_traced(
        &self,
        gate: Gate,
        admdvs: Admdvs,
        facts: &Facts<'_>,
        grants: &[Grant],
        applied: &mut dyn FnMut(Applied),
    ) -> Result<Decision, LawError> {
        if !facts.defects().is_empty() {
            return Err(LawError::BadFacts(facts.defects().to_vec()));
        }
        let place = self.jurisdiction(admdvs).ok_or(LawError::NoLaw(admdvs))?;
        let mut findings = Vec::new();
        for &head in &place.gates[gate as usize] {
            let provision = &self.provisions[head];
            let asking = Asking { law: self, gate: Some(gate), admdvs, place, facts, line: 0, grants };
            let day = asking.day(provision)?;
            if day < provision.formalised_from {
                return Err(LawError::NotFormalised { admdvs, on: day });
            }
            let scope = provision.each.unwrap_or(Scope::Case);
            for line in 0..facts.line_count(scope) {
                let asking = Asking { line, ..asking };
                let Some(hit) = asking.resolve(head)? else { continue };
                applied(Applied { provision: hit.provision, dated: hit.dated });
                findings.extend(asking.judge(hit, scope));
            }
        }
        let refused = findings.iter().any(|finding| finding.severity == Severity::Refuse);
        let outcome = if refused { Outcome::Refused } else { Outcome::Accepted };
        Ok(Decision { gate, admdvs, outcome, findings, edition: self.edition.clone() })
    }
}

impl<'l> Asking<'l> {
    fn day(&self, provision: &Provision) -> Result<Day, LawError> {
        let field = provision.reckoned_at(self.gate);
        self.facts.day(field).ok_or_else(|| LawError::MissingDate { field, provision: provision.id.clone() })
    }

    /// Which provision of the family of `head` holds for the case, exceptions first.
    pub(crate) fn resolve(&self, head: usize) -> Result<Option<Hit<'l>>, LawError> {
        let provision = &self.law.provisions[head];
        let day = self.day(provision)?;
        let own = provision.on(day);
        let mut found: Option<Hit<'l>> = None;
        for &exception in &self.place.exceptions[head] {
            let Some(mut hit) = self.resolve(exception)? else { continue };
            if self.yields_to(&hit, head, own) {
                continue;
            }
            if let Some(other) = &found {
                let ids = [other.provision, hit.provision].map(|index| self.law.provisions[index].id.to_string());
                return Err(LawError::Conflict(ids.to_vec()));
            }
            hit.overrode = hit.overrode.or(Some(head));
            found = Some(hit);
        }
        if found.is_some() {
            return Ok(found);
        }
        let Some(dated) = own else { return Ok(None) };
        let said = &provision.values[dated].is;
        if let Some(when) = &provision.when
            && when.eval(self.facts, self.line, &Said { asking: self, value: said }) != Tri::True
        {
            return Ok(None);
        }
        Ok(Some(Hit { provision: head, dated, overrode: None, grant: self.grant(provision, day)? }))
    }

    /// Whether the exception steps back because the provision it excepts from is newer national law.
    fn yields_to(&self, hit: &Hit<'_>, head: usize, own: Option<usize>) -> bool {
        let dated = &self.law.provisions[hit.provision].values[hit.dated];
        let Some((switch, own)) = dated.yields.zip(own) else { return false };
        let upper = &self.law.provisions[head];
        if upper.pack != Admdvs::NATIONAL || upper.values[own].from <= dated.in_force_from {
            return false;
        }
        let switched = self.resolve(switch).ok().flatten();
        switched.is_some_and(|hit| self.said(&hit) == &LawValue::Flag(true))
    }

    fn grant(&self, provision: &Provision, day: Day) -> Result<Option<&'l Grant>, LawError> {
        let Some(rule) = provision.grant.as_ref().filter(|_| !self.grants.is_empty()) else { return Ok(None) };
        // A pool that has no pack of its own still has grants of its own.
        let chain = self.admdvs.chain();
        let holds = |grant: &&Grant| {
            *grant.provision == *provision.id && chain.contains(&grant.admdvs) && grant.span.contains(day)
        };
        let mut grants = self.grants.iter().filter(holds);
        let Some(grant) = grants.next() else { return Ok(None) };
        if grants.next().is_some() {
            return Err(LawError::Conflict(vec![provision.id.to_string(), grant.filing_no.clone()]));
        }
        let too_much = rule.max.is_some_and(|max| grant.value.number().is_none_or(|number| number > max));
        let lasts = grant.span.until().map(|until| until.since(grant.span.from()));
        let too_long = rule.max_days.is_some_and(|max| lasts.is_none_or(|days| days > max));
        if too_much || too_long {
            return Err(LawError::BadGrant(provision.id.clone()));
        }
        Ok(Some(grant))
    }

    /// What a hit says: the grant, or the printed value.
    pub(crate) fn said(&self, hit: &Hit<'l>) -> &'l LawValue {
        match hit.grant {
            Some(grant) => &grant.value,
            None => &self.law.provisions[hit.provision].values[hit.dated].is,
        }
    }

    fn judge(&self, hit: Hit<'l>, scope: Scope) -> Option<Finding> {
        let provision = &self.law.provisions[hit.provision];
        let rule = provision.rule.as_ref()?;
        let said = self.said(&hit);
        if *said == LawValue::Flag(false) {
            return None;
        }
        let (severity, template, absent) =
            match rule.violated_if.eval(self.facts, self.line, &Said { asking: self, value: said }) {
                Tri::False => return None,
                Tri::True => (rule.severity, &rule.sentence, false),
                Tri::Unknown => match &rule.absent {
                    Absent::Pass => return None,
                    Absent::Say(severity, template) => (*severity, template, true),
                },
            };
        let dated = &provision.values[hit.dated];
        Some(Finding {
            provision: provision.id.clone(),
            from: dated.from,
            cite: dated.cite.clone(),
            doc_no: dated.doc_no.clone(),
            quote: dated.quote.clone(),
            confidence: dated.confidence,
            overrode: hit.overrode.map(|index| self.law.provisions[index].id.clone()),
            grant: hit.grant.map(|grant| grant.filing_no.clone()),
            severity,
            node: rule.field.scope().name(),
            field: rule.field.name(),
            line: (scope != Scope::Case).then_some(self.line),
            sentence: template.render(self.facts, self.line, said),
            code: rule.code.clone(),
            absent,
        })
    }
}

/// What a condition may ask the law back.
pub(crate) struct Said<'s, 'l> {
    pub asking: &'s Asking<'l>,
    pub value: &'l LawValue,
}

impl Saying for Said<'_, '_> {
    fn said(&self) -> Option<&LawValue> {
        Some(self.value)
    }

    fn param(&self, provision: usize) -> Option<&LawValue> {
        let hit = self.asking.resolve(provision).ok().flatten()?;
        Some(self.asking.said(&hit))
    }
}
