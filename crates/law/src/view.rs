//! Reading numbers of the law: the only way any other code reads what a notice prints.
//! Serves 2101/2102 (shares, deductibles, caps) and every deadline.
//!
//! Invariants: total or a typed error; a name without its pack that two packs answer is a conflict.

use lf_vocab::{Admdvs, Day, Fen, Ratio};
use serde::Serialize;
use std::sync::Arc;
use thiserror::Error;

use crate::decide::{Asking, LawError};
use crate::facts::Facts;
use crate::field::Field;
use crate::model::{Confidence, Grant, Jurisdiction, Law};
use crate::value::{LawValue, Scale};

/// The dates a view is asked for: which date field stands at which day.
#[derive(Debug, Clone, Default)]
pub struct Dates(Vec<(Field, Day)>);

impl Dates {
    /// No date yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One date; a field that is no date is refused when the view is read.
    #[must_use]
    pub fn with(mut self, field: Field, day: Day) -> Self {
        self.0.push((field, day));
        self
    }

    /// Every date field at one day: for questions that are not about a case.
    pub fn all(day: Day) -> Self {
        let times = Field::ALL.iter().filter(|field| field.kind() == crate::field::Kind::Time);
        Self(times.filter(|field| field.scope() == crate::field::Scope::Case).map(|field| (*field, day)).collect())
    }
}

/// The law of one place at given dates.
#[derive(Clone)]
pub struct View<'l> {
    law: &'l Law,
    admdvs: Admdvs,
    facts: Facts<'l>,
    grants: &'l [Grant],
}

/// A value with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resolved {
    /// The value.
    pub value: LawValue,
    /// The provision.
    pub provision: Arc<str>,
    /// The first day of the dated value.
    #[serde(serialize_with = "crate::source::day_text")]
    pub from: Day,
    /// The document and article.
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
}

impl Resolved {
    /// The provision with its dated value.
    pub fn by(&self) -> String {
        format!("{}@{}", self.provision, self.from)
    }
}

/// Why a value could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ViewError {
    /// No pack says it for that place and time.
    #[error("{admdvs}没有形成规则：{id}")]
    NotFormalised {
        /// Where.
        admdvs: Admdvs,
        /// What was asked.
        id: String,
    },
    /// The value is of another quantity than was asked.
    #[error("{0}不是所要的量")]
    WrongQuantity(String),
    /// See the law's own errors: conflict, missing date, bad grant.
    #[error(transparent)]
    Law(#[from] LawError),
}

impl Law {
    /// The law of a place at given dates.
    pub fn view<'l>(&'l self, admdvs: &Admdvs, dates: &Dates, grants: &'l [Grant]) -> View<'l> {
        let mut facts = Facts::new();
        for (field, day) in &dates.0 {
            facts.set(*field, *day);
        }
        View { law: self, admdvs: *admdvs, facts, grants }
    }

    /// The law of a place for the facts of a case, so that conditions are heard too.
    pub fn view_of<'l>(&'l self, admdvs: &Admdvs, facts: &Facts<'l>, grants: &'l [Grant]) -> View<'l> {
        View { law: self, admdvs: *admdvs, facts: facts.clone(), grants }
    }
}

impl View<'_> {
    /// What a provision says: by full id (`360000/mz_tc.deductible_fen`) or by the id without pack, which the packs along
    /// the chain must answer once.
    ///
    /// # Errors
    /// `NotFormalised` when nothing is said, `Law(Conflict)` when two are.
    pub fn get(&self, id: &str) -> Result<Resolved, ViewError> {
        let silent = || ViewError::NotFormalised { admdvs: self.admdvs, id: id.to_owned() };
        if !self.facts.defects().is_empty() {
            return Err(LawError::BadFacts(self.facts.defects().to_vec()).into());
        }
        let place = self.law.jurisdiction(self.admdvs).ok_or_else(silent)?;
        let mut found: Option<Resolved> = None;
        for head in self.heads(place, id) {
            let asking = Asking {
                law: self.law,
                gate: None,
                admdvs: self.admdvs,
                place,
                facts: &self.facts,
                line: 0,
                grants: self.grants,
            };
            let Some(hit) = asking.resolve(head)? else { continue };
            let provision = &self.law.provisions[hit.provision];
            let dated = &provision.values[hit.dated];
            if let Some(other) = found {
                return Err(LawError::Conflict(vec![other.provision.to_string(), provision.id.to_string()]).into());
            }
            found = Some(Resolved {
                value: asking.said(&hit).clone(),
                provision: provision.id.clone(),
                from: dated.from,
                cite: dated.cite.clone(),
                doc_no: dated.doc_no.clone(),
                quote: dated.quote.clone(),
                confidence: dated.confidence,
                overrode: hit.overrode.map(|index| self.law.provisions[index].id.clone()),
                grant: hit.grant.map(|grant| grant.filing_no.clone()),
            });
        }
        found.ok_or_else(silent)
    }

    /// The provisions an id names here: an exception is reached through the one it excepts from.
    fn heads(&self, place: &Jurisdiction, id: &str) -> Vec<usize> {
        let named: Vec<usize> = if id.contains('/') {
            self.law
                .by_id
                .get(id)
                .copied()
                .filter(|index| place.chain.contains(&self.law.provisions[*index].pack))
                .into_iter()
                .collect()
        } else {
            place.bare.get(id).cloned().unwrap_or_default()
        };
        let is_nested = |index: &usize| {
            let upper = self.law.provisions[*index].relation.map(|(target, _)| target);
            upper.is_some_and(|upper| named.contains(&upper))
        };
        named.iter().copied().filter(|index| !is_nested(index)).collect()
    }

    /// A number of days or a count.
    ///
    /// # Errors
    /// As [`View::get`], and `WrongQuantity`.
    pub fn int(&self, id: &str) -> Result<i64, ViewError> {
        self.typed(id, |value| if let LawValue::Int(number) = value { Some(number) } else { None })
    }

    /// Money.
    ///
    /// # Errors
    /// As [`View::get`], and `WrongQuantity`.
    pub fn fen(&self, id: &str) -> Result<Fen, ViewError> {
        self.typed(id, |value| if let LawValue::Fen(fen) = value { Some(fen) } else { None })
    }

    /// An exact ratio.
    ///
    /// # Errors
    /// As [`View::get`], and `WrongQuantity`.
    pub fn ratio(&self, id: &str) -> Result<Ratio, ViewError> {
        self.typed(id, |value| if let LawValue::Ratio(ratio) = value { Some(ratio) } else { None })
    }

    /// Whether something is ordered.
    ///
    /// # Errors
    /// As [`View::get`], and `WrongQuantity`.
    pub fn flag(&self, id: &str) -> Result<bool, ViewError> {
        self.typed(id, |value| if let LawValue::Flag(flag) = value { Some(flag) } else { None })
    }

    /// A word.
    ///
    /// # Errors
    /// As [`View::get`], and `WrongQuantity`.
    pub fn text(&self, id: &str) -> Result<String, ViewError> {
        self.typed(id, |value| if let LawValue::Text(text) = value { Some(text) } else { None })
    }

    /// Several words.
    ///
    /// # Errors
    /// As [`View::get`], and `WrongQuantity`.
    pub fn texts(&self, id: &str) -> Result<Vec<String>, ViewError> {
        self.typed(id, |value| if let LawValue::Texts(words) = value { Some(words) } else { None })
    }

    /// Brackets.
    ///
    /// # Errors
    /// As [`View::get`], and `WrongQuantity`.
    pub fn scale(&self, id: &str) -> Result<Scale, ViewError> {
        self.typed(id, |value| if let LawValue::Scale(scale) = value { Some(scale) } else { None })
    }

    fn typed<T>(&self, id: &str, take: impl Fn(LawValue) -> Option<T>) -> Result<T, ViewError> {
        take(self.get(id)?.value).ok_or_else(|| ViewError::WrongQuantity(id.to_owned()))
    }
}
