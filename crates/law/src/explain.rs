//! Why: a provision in words — its value on a day, article and quote, its history, what it overrides and
//! what overrides it. Serves `law explain ADMDVS RULE [--on DATE]`.

use std::fmt;

use lf_vocab::{Admdvs, Day};
use serde::Serialize;

use crate::model::{Dated, Gate, Law, Provision, Severity};
use crate::view::ViewError;

/// A provision in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The full id.
    pub id: String,
    /// The short Chinese name.
    pub title: String,
    /// For which place.
    pub admdvs: Admdvs,
    /// On which day.
    #[serde(serialize_with = "crate::source::day_text")]
    pub on: Day,
    /// The pack file.
    pub file: String,
    /// The unit of the value, where it has a name.
    pub unit: Option<String>,
    /// At which gates it is asked.
    pub gates: Vec<Gate>,
    /// Which date of the case governs, in Chinese.
    pub reckoned: &'static str,
    /// What it says that day; nothing when it is not in force.
    pub in_force: Option<Saying>,
    /// Everything it said and will say, in order.
    pub history: Vec<Saying>,
    /// The condition under which it applies, as written.
    pub when: Option<String>,
    /// The condition that breaks it, as written.
    pub violated_if: Option<String>,
    /// What follows when it is broken.
    pub severity: Option<Severity>,
    /// The stable refusal code.
    pub code: Option<String>,
    /// The sentence for the person who reads it, its places open.
    pub sentence: Option<String>,
    /// The provision it excepts from.
    pub exception_to: Option<String>,
    /// The provisions that except from it here, with what they say that day.
    pub exceptions: Vec<(String, Option<Saying>)>,
    /// Rows of the requirements.
    pub requirement: Vec<String>,
    /// A remark of the writers.
    pub note: Option<String>,
}

/// A dated value in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saying {
    /// The first day.
    #[serde(serialize_with = "crate::source::day_text")]
    pub from: Day,
    /// The first day it no longer holds.
    #[serde(serialize_with = "crate::source::day_or_nothing")]
    pub until: Option<Day>,
    /// The value in words.
    pub value: String,
    /// The document and article.
    pub cite: String,
    /// The number of the document.
    pub doc_no: Option<String>,
    /// The words of the document.
    pub quote: String,
    /// How sure the value is.
    pub confidence: &'static str,
}

impl From<&Dated> for Saying {
    fn from(dated: &Dated) -> Self {
        Self {
            from: dated.from,
            until: dated.until,
            value: dated.is.to_string(),
            cite: dated.cite.to_string(),
            doc_no: dated.doc_no.as_deref().map(str::to_owned),
            quote: dated.quote.to_string(),
            confidence: dated.confidence.cn(),
        }
    }
}

impl Law {
    /// A provision in words, by full id or by an id without pack that holds at the place.
    ///
    /// # Errors
    /// `NotFormalised` when no pack along the chain has it.
    pub fn explain(&self, admdvs: &Admdvs, id: &str, on: Day) -> Result<Explanation, ViewError> {
        let silent = || ViewError::NotFormalised { admdvs: *admdvs, id: id.to_owned() };
        let place = self.jurisdiction(*admdvs).ok_or_else(silent)?;
        let found = match self.by_id.get(id) {
            Some(index) => Some(*index).filter(|index| place.chain.contains(&self.provisions[*index].pack)),
            // The nearest authority speaks last.
            None => place.bare.get(id).and_then(|all| {
                all.iter()
                    .copied()
                    .max_by_key(|index| place.chain.iter().position(|one| *one == self.provisions[*index].pack))
            }),
        };
        let index = found.ok_or_else(silent)?;
        let provision = &self.provisions[index];
        let saying = |provision: &Provision| provision.on(on).map(|dated| Saying::from(&provision.values[dated]));
        let exceptions = place.exceptions[index].iter().map(|exception| {
            let exception = &self.provisions[*exception];
            (exception.id.to_string(), saying(exception))
        });
        Ok(Explanation {
            id: provision.id.to_string(),
            title: provision.title.to_string(),
            admdvs: *admdvs,
            on,
            file: provision.file.to_string(),
            unit: provision.unit.clone(),
            gates: provision.gates.clone(),
            reckoned: provision.reckoned_at(None).cn(),
            in_force: saying(provision),
            history: provision.values.iter().map(Saying::from).collect(),
            when: provision.when_text.clone(),
            violated_if: provision.violated_text.clone(),
            severity: provision.rule.as_ref().map(|rule| rule.severity),
            code: provision.rule.as_ref().map(|rule| rule.code.to_string()),
            sentence: provision.rule.as_ref().map(|rule| rule.sentence.to_string()),
            exception_to: provision.relation.map(|(target, _)| self.provisions[target].id.to_string()),
            exceptions: exceptions.collect(),
            requirement: provision.requirement.clone(),
            note: provision.note.clone(),
        })
    }

    /// The full ids of all provisions, in the order of the packs.
    pub fn provisions(&self) -> impl Iterator<Item = &str> {
        self.provisions.iter().map(|provision| &*provision.id)
    }
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = self.until.map(|until| until.to_string()).unwrap_or_default();
        write!(f, "{}..{until} {}——{}", self.from, self.value, self.cite)?;
        if let Some(doc_no) = &self.doc_no {
            write!(f, "（{doc_no}）")?;
        }
        if !self.quote.is_empty() {
            write!(f, "：“{}”", self.quote)?;
        }
        write!(f, " [{}]", self.confidence)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}（{}）", self.id, self.title, self.file)?;
        let unit = self.unit.as_deref().map(|unit| format!("（单位：{unit}）")).unwrap_or_default();
        match &self.in_force {
            Some(saying) => writeln!(f, "{}在{}：{saying}{}", self.admdvs, self.on, unit)?,
            None => writeln!(f, "{}在{}：没有规定", self.admdvs, self.on)?,
        }
        let gates: Vec<_> = self.gates.iter().map(|gate| format!("{}（{}）", gate.cn(), gate.name())).collect();
        writeln!(f, "环节：{}；以{}为准", gates.join("、"), self.reckoned)?;
        for (name, text) in [("适用条件", &self.when), ("认定条件", &self.violated_if)] {
            if let Some(text) = text {
                writeln!(f, "{name}：{text}")?;
            }
        }
        if let (Some(severity), Some(code)) = (self.severity, &self.code) {
            writeln!(f, "结果：{}（{}） {code}", severity.cn(), severity.name())?;
        }
        if let Some(upper) = &self.exception_to {
            writeln!(f, "是{upper}的例外")?;
        }
        for (id, saying) in &self.exceptions {
            match saying {
                Some(saying) => writeln!(f, "例外{id}：{saying}")?,
                None => writeln!(f, "例外{id}：当日没有规定")?,
            }
        }
        if self.history.len() > 1 {
            writeln!(f, "沿革：")?;
            self.history.iter().try_for_each(|saying| writeln!(f, "  {saying}"))?;
        }
        if !self.requirement.is_empty() {
            writeln!(f, "需求：{}", self.requirement.join("、"))?;
        }
        self.note.iter().try_for_each(|note| writeln!(f, "说明：{note}"))
    }
}
