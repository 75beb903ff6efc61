//! One parameter of a scheme from the law: the most particular provision that speaks, with its source.
//!
//! Where a parameter `name` of a scheme `key` may stand, in the order in which it is looked for: for one disease and
//! one kind of person (`key.dise.CODE.name.who`), for the disease, for the kind of person, for the scheme
//! (`key.name`), and for all schemes of the place (`benefit.name`). Invariant: silence is `NotFormalised`; two answers
//! are the law's conflict and are passed on.

use lf_law::{Dates, Grant, Law, LawValue, ViewError};
use lf_settle::{AccountUse, At, Mode, OverStandard, Preselfpay, Remainder, Rounding, Sourced};
use lf_vocab::{Admdvs, Day, Fen, Ratio};

use super::{Ask, Kind, words};
use crate::failure::Failure;
use crate::gate::{LawRefusal, quantity, ratio};

/// Reads the parameters of one scheme.
#[derive(Clone, Copy)]
pub(super) struct Reader<'l> {
    pub(super) law: &'l Law,
    pub(super) place: Admdvs,
    pub(super) day: Day,
    pub(super) key: &'l str,
    /// What kind of person, the most particular word first.
    pub(super) who: &'l [&'l str],
    pub(super) dise: Option<&'l str>,
    pub(super) grants: &'l [Grant],
}

/// What the law does not say.
pub(super) fn silent(what: String) -> Failure {
    Failure::from_refusal(LawRefusal::NotFormalised(what))
}

impl<'l> Reader<'l> {
    /// What a scheme says of everybody and every disease.
    pub(super) fn of_scheme(law: &'l Law, ask: &Ask<'l>, kind: Kind) -> Self {
        Self { law, place: ask.place, day: ask.day, key: kind.code(), who: &[], dise: None, grants: ask.grants }
    }

    /// The same for another disease.
    pub(super) fn of(self, dise: &'l str) -> Self {
        Self { dise: Some(dise), ..self }
    }

    pub(super) fn fen(&self, name: &str) -> Result<Sourced<Fen>, Failure> {
        self.required(name, |value| match value {
            LawValue::Fen(fen) => Some(*fen),
            _ => None,
        })
    }

    pub(super) fn text(&self, name: &str) -> Result<Sourced<String>, Failure> {
        self.word_or_nothing(name)?.ok_or_else(|| self.nothing(&format!("{}.{name}", self.key)))
    }

    /// A word, or nothing where the law is silent.
    pub(super) fn word_or_nothing(&self, name: &str) -> Result<Option<Sourced<String>>, Failure> {
        self.optional(&self.places(name), |value| match value {
            LawValue::Text(word) => Some(word.clone()),
            _ => None,
        })
    }

    /// A list of words, or nothing where the law is silent.
    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Failure> {
        Ok(self.optional(&self.places(name), words)?.map(|found| found.value))
    }

    /// A provision that is asked only for its source, or nothing where the law is silent.
    pub(super) fn sourced(&self, name: &str) -> Result<Option<Sourced<()>>, Failure> {
        self.optional(&self.places(name), |_| Some(()))
    }

    /// The fund's ratio, where it goes by a level for that level.
    pub(super) fn ratio_by(&self, basis: Option<&str>) -> Result<Sourced<Ratio>, Failure> {
        let suffix = basis.map(|basis| format!(".{basis}")).unwrap_or_default();
        let Self { key, who, .. } = self;
        let mut ids = Vec::new();
        if let Some(dise) = self.dise {
            ids.extend(who.iter().map(|who| format!("{key}.dise.{dise}.ratio.{who}{suffix}")));
            ids.push(format!("{key}.dise.{dise}.ratio{suffix}"));
        }
        ids.extend(who.iter().map(|who| format!("{key}.ratio.{who}{suffix}")));
        ids.push(format!("{key}.ratio{suffix}"));
        ids.push(format!("benefit.ratio{suffix}"));
        let silence = who.first().map(|who| format!("{key}.ratio.{who}{suffix}")).unwrap_or_default();
        self.optional(&ids, ratio)?.ok_or_else(|| self.nothing(&silence))
    }

    /// By class; a class of which the law is silent has none.
    pub(super) fn preselfpay(&self) -> Result<Preselfpay, Failure> {
        let of = |class: &str| self.optional(&self.places(&format!("preselfpay.{class}")), ratio);
        Ok(Preselfpay { a: of("a")?, b: of("b")?, c: of("c")? })
    }

    pub(super) fn over_standard(&self) -> Result<Sourced<OverStandard>, Failure> {
        self.word("over_standard", |word| match word {
            "person_pays" => Some(OverStandard::PersonPays),
            "ignored" => Some(OverStandard::Ignored),
            _ => None,
        })
    }

    pub(super) fn account_use(&self) -> Result<Sourced<AccountUse>, Failure> {
        self.word("account", |word| match word {
            "nothing" => Some(AccountUse::Nothing),
            "person_part" => Some(AccountUse::PersonPart),
            "eligible_part" => Some(AccountUse::EligiblePart),
            _ => None,
        })
    }

    pub(super) fn rounding(&self) -> Result<Sourced<Rounding>, Failure> {
        let mode = self.word("rounding.mode", |word| match word {
            "half_up" => Some(Mode::HalfUp),
            "down" => Some(Mode::Down),
            _ => None,
        })?;
        let at = self.word("rounding.at", |word| match word {
            "line" => Some(At::Line),
            "total" => Some(At::Total),
            _ => None,
        })?;
        let remainder = self.word("rounding.remainder", |word| match word {
            "fund" => Some(Remainder::Fund),
            "person" => Some(Remainder::Person),
            _ => None,
        })?;
        let rounding = Rounding { mode: mode.value, at: at.value, remainder: remainder.value };
        Ok(Sourced::new(rounding, mode.provision))
    }

    fn word<T>(&self, name: &str, meaning: fn(&str) -> Option<T>) -> Result<Sourced<T>, Failure> {
        self.required(name, |value| match value {
            LawValue::Text(word) => meaning(word),
            _ => None,
        })
    }

    fn required<T>(&self, name: &str, value: impl Fn(&LawValue) -> Option<T>) -> Result<Sourced<T>, Failure> {
        self.optional(&self.places(name), value)?.ok_or_else(|| self.nothing(&format!("{}.{name}", self.key)))
    }

    /// That the law says nothing under this id.
    pub(super) fn nothing(&self, id: &str) -> Failure {
        silent(ViewError::NotFormalised { admdvs: self.place, id: id.to_owned() }.to_string())
    }

    /// Where a parameter may stand, the most particular first.
    fn places(&self, name: &str) -> Vec<String> {
        let Self { key, who, .. } = self;
        let mut ids = Vec::new();
        if let Some(dise) = self.dise {
            ids.extend(who.iter().map(|who| format!("{key}.dise.{dise}.{name}.{who}")));
            ids.push(format!("{key}.dise.{dise}.{name}"));
        }
        ids.extend(who.iter().map(|who| format!("{key}.{name}.{who}")));
        ids.push(format!("{key}.{name}"));
        ids.push(format!("benefit.{name}"));
        ids
    }

    /// The first of these provisions that speaks.
    fn optional<T>(
        &self,
        ids: &[String],
        value: impl Fn(&LawValue) -> Option<T>,
    ) -> Result<Option<Sourced<T>>, Failure> {
        let dates = Dates::all(self.day);
        let view = self.law.view(&self.place, &dates, self.grants);
        for id in ids {
            if let Some((found, by)) = quantity(&view, id, &value)? {
                return Ok(Some(Sourced::new(found, by)));
            }
        }
        Ok(None)
    }
}
