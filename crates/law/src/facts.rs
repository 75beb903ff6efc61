//! The facts of one case, flat and indexed by field: what a gate asks the law about.
//!
//! Invariants: a stored fact is of its field's kind and scale; what did not fit is kept as a defect
//! and refused by `Law::decide`, never dropped; nothing is hashed on the way.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lf_vocab::{Day, Fen, Moment, Pric, Qty};
use thiserror::Error;

use crate::field::{Field, Kind, Need, Scope};
use crate::input::Input;

const DAY_MICROS: i64 = 86_400_000_000;

/// The most lines of one repeated node that a case may carry.
pub const MAX_LINES: usize = 500;

/// One fact as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Yes or no.
    Flag(bool),
    /// A whole number, in whole units of the field (fen for money).
    Int(i64),
    /// A decimal: the scaled integer and its places.
    Scaled(i64, u32),
    /// A moment; a day is its beginning.
    Time(Moment),
    /// A code or a word.
    Text(Cow<'a, str>),
    /// Several words.
    Set(Vec<Cow<'a, str>>),
}

macro_rules! from {
    ($($type:ty, $it:ident => $value:expr;)+) => {
        $(impl<'a> From<$type> for Value<'a> { fn from($it: $type) -> Self { $value } })+
    };
}

from! {
    bool, it => Value::Flag(it);
    i64, it => Value::Int(it);
    i32, it => Value::Int(i64::from(it));
    Moment, it => Value::Time(it);
    Day, it => Value::Time(it.start());
    Qty, it => Value::Scaled(it.get(), 4);
    Pric, it => Value::Scaled(it.get(), 6);
    Fen, it => Value::Int(it.get());
    String, it => Value::Text(Cow::Owned(it));
    &'a str, it => Value::Text(Cow::Borrowed(it));
}

/// Why a fact could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FactError {
    /// Not of the field's kind.
    #[error("{}（{}）的值类型不符", .0.cn(), .0.name())]
    WrongKind(Field),
    /// Set in a scope it does not belong to, or a derived field.
    #[error("{}（{}）不能在此处给出", .0.cn(), .0.name())]
    WrongPlace(Field),
    /// Outside the range that can be kept.
    #[error("{}（{}）超出范围", .0.cn(), .0.name())]
    OutOfRange(Field),
    /// No such field.
    #[error("字段词典中没有“{0}”")]
    Unknown(String),
    /// More lines than the limit.
    #[error("{}超过{MAX_LINES}行", .0.name())]
    TooManyLines(Scope),
}

type Slot<'a> = Option<Value<'a>>;

/// The facts of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'a> {
    case: Vec<Slot<'a>>,
    lines: [Vec<Slot<'a>>; 3],
    defects: Vec<FactError>,
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Facts<'a> {
    /// No fact yet.
    pub fn new() -> Self {
        Self { case: vec![None; Scope::Case.size()], lines: [Vec::new(), Vec::new(), Vec::new()], defects: Vec::new() }
    }

    /// Gives a case-level fact. A value that does not fit is kept as a defect and refused by `decide`.
    pub fn set(&mut self, field: Field, value: impl Into<Value<'a>>) -> &mut Self {
        if field.scope() != Scope::Case || field.need() == Need::Derived {
            self.defects.push(FactError::WrongPlace(field));
            return self;
        }
        match fit(field, value.into()) {
            Ok(value) => self.case[field.slot()] = Some(value),
            Err(defect) => self.defects.push(defect),
        }
        self
    }

    /// Gives a fact if it is there; absence stays absence.
    pub fn set_opt(&mut self, field: Field, value: Option<impl Into<Value<'a>>>) -> &mut Self {
        if let Some(value) = value {
            self.set(field, value);
        }
        self
    }

    /// Begins a line of a repeated node.
    pub fn push_line(&mut self, scope: Scope) -> LineFacts<'_, 'a> {
        let node = node_of(scope);
        if scope == Scope::Case || self.line_count(scope) >= MAX_LINES {
            self.defects.push(FactError::TooManyLines(scope));
        } else {
            let size = self.lines[node].len() + scope.size();
            self.lines[node].resize(size, None);
        }
        LineFacts { facts: self, scope }
    }

    /// Gives every line of a node the same fact.
    pub(crate) fn set_every(&mut self, scope: Scope, field: Field, value: &Value<'a>) {
        let Ok(value) = fit(field, value.clone()) else { return };
        for line in 0..self.line_count(scope) {
            if let Some(slot) = self.lines[node_of(scope)].get_mut(line * scope.size() + field.slot()) {
                *slot = Some(value.clone());
            }
        }
    }

    /// How many lines of a repeated node there are.
    pub fn line_count(&self, scope: Scope) -> usize {
        if scope == Scope::Case { 1 } else { self.lines[node_of(scope)].len() / scope.size() }
    }

    /// What could not be taken.
    pub fn defects(&self) -> &[FactError] {
        &self.defects
    }

    /// Facts from named values: case fields, and lists of tables under the node names.
    pub fn from_input(given: &BTreeMap<String, Input>) -> Result<Facts<'static>, Vec<FactError>> {
        let mut facts = Facts::new();
        for (name, input) in given {
            match (Scope::from_name(name), input) {
                (Some(scope), Input::List(lines)) => {
                    for line in lines {
                        let mut target = facts.push_line(scope);
                        let Input::Map(cells) = line else {
                            target.facts.defects.push(FactError::Unknown(name.clone()));
                            continue;
                        };
                        for (name, input) in cells {
                            match Field::from_name(name, scope) {
                                Some(field) => target.set_input(field, input),
                                None => target.facts.defects.push(FactError::Unknown(name.clone())),
                            }
                        }
                    }
                }
                _ => match Field::from_name(name, Scope::Case) {
                    Some(field) => match input.to_value(field) {
                        Some(value) => drop(facts.set(field, value)),
                        None => facts.defects.push(FactError::WrongKind(field)),
                    },
                    None => facts.defects.push(FactError::Unknown(name.clone())),
                },
            }
        }
        if facts.defects.is_empty() { Ok(facts) } else { Err(facts.defects) }
    }

    pub(crate) fn get(&self, field: Field, line: usize) -> Option<Cow<'_, Value<'a>>> {
        if field.need() == Need::Derived {
            return self.derive(field, line).map(Cow::Owned);
        }
        self.stored(field, line).map(Cow::Borrowed)
    }

    /// A number or flag or time as an integer in the field's own scale.
    pub(crate) fn number(&self, field: Field, line: usize) -> Option<i64> {
        if field.need() == Need::Derived {
            return self.derive(field, line).as_ref().and_then(as_number);
        }
        self.stored(field, line).and_then(as_number)
    }

    pub(crate) fn text(&self, field: Field, line: usize) -> Option<&str> {
        match self.stored(field, line)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn set_of(&self, field: Field, line: usize) -> Option<&[Cow<'a, str>]> {
        match self.stored(field, line)? {
            Value::Set(words) => Some(words),
            _ => None,
        }
    }

    pub(crate) fn is_present(&self, field: Field, line: usize) -> bool {
        if field.need() == Need::Derived {
            self.derive(field, line).is_some()
        } else {
            self.stored(field, line).is_some()
        }
    }

    /// The day of a date field.
    pub fn day(&self, field: Field) -> Option<Day> {
        match self.stored(field, 0)? {
            Value::Time(moment) => Some(moment.day()),
            _ => None,
        }
    }

    #[inline]
    fn stored(&self, field: Field, line: usize) -> Option<&Value<'a>> {
        let scope = field.scope();
        let slots = if scope == Scope::Case { &self.case } else { &self.lines[node_of(scope)] };
        let at = if scope == Scope::Case { field.slot() } else { line * scope.size() + field.slot() };
        slots.get(at)?.as_ref()
    }

    /// Whole years from a day to another; a year is over on the same day of the next, and what began on the 29th of February on
    /// the 1st of March.
    fn years(&self, from: Field, to: Field) -> Option<Value<'static>> {
        let ((year, month, day), (to_year, to_month, to_day)) = (self.day(from)?.ymd(), self.day(to)?.ymd());
        let short = (to_month, to_day) < (month, day);
        Some(Value::Int(i64::from(to_year) - i64::from(year) - i64::from(short)))
    }

    /// The stated days, and how long the quantity lasts where a pack less would have lasted them too.
    fn days_in_words(&self, line: usize) -> Option<String> {
        let stated = self.number(Field::MedcDays, line)?;
        let stated_text = hundredths(stated);
        let less = self.number(Field::SuppDaysLess, line).filter(|less| *less >= stated);
        Some(match less.and(self.number(Field::SuppDays, line)) {
            Some(days) => format!("{stated_text}天（所开数量按用法用量可用{}天）", hundredths(days)),
            None => format!("{stated_text}天"),
        })
    }

    fn derive(&self, field: Field, line: usize) -> Option<Value<'static>> {
        match field {
            Field::RxdrugdetailCnt => Some(Value::Int(self.line_count(Scope::Line) as i64)),
            Field::RxDrugKinds => {
                let lines = 0..self.line_count(Scope::Line);
                let kinds = lines.filter(|line| matches!(self.text(Field::RxItemTypeCode, *line), Some("11" | "12")));
                Some(Value::Int(kinds.count() as i64))
            }
            Field::ValiClockDays => {
                let micros = self.number(Field::ValiEndTime, 0)? - self.number(Field::PrscTime, 0)?;
                Some(Value::Int(micros.div_euclid(DAY_MICROS) + i64::from(micros.rem_euclid(DAY_MICROS) > 0)))
            }
            Field::ValiExclDays | Field::ValiInclDays => {
                let days = self.day(Field::ValiEndTime)?.since(self.day(Field::PrscTime)?);
                Some(Value::Int(i64::from(days) + i64::from(field == Field::ValiInclDays)))
            }
            Field::StooutExclDays => {
                let days = self.day(Field::StooutTime)?.since(self.day(Field::PrscTime)?);
                Some(Value::Int(i64::from(days)))
            }
            Field::ValiEndMatchFlag => {
                let days = self.number(Field::ValiDays, 0)?;
                let end = self.number(Field::PrscTime, 0)?.checked_add(days.checked_mul(DAY_MICROS)?)?;
                Some(Value::Flag(end == self.number(Field::ValiEndTime, 0)?))
            }
            Field::RetnSameMonthFlag => {
                let (retn, setl) = (self.day(Field::RetnTime)?.ymd(), self.day(Field::OrigSetlTime)?.ymd());
                Some(Value::Flag((retn.0, retn.1) == (setl.0, setl.1)))
            }
            Field::SamePoolFlag => {
                let (iss, phar) = (self.text(Field::IssPoolareaNo, 0)?, self.text(Field::PharPoolareaNo, 0)?);
                Some(Value::Flag(iss == phar))
            }
            Field::MedcDaysDscr => Some(Value::Text(Cow::Owned(self.days_in_words(line)?))),
            Field::KeptYears => self.years(Field::PrscTime, Field::DstrTime),
            Field::PnltYears => self.years(Field::PnltTime, Field::AppyTime),
            Field::CancYears => self.years(Field::CancTime, Field::AppyTime),
            Field::SetlYears => self.years(Field::SetlBegnTime, Field::AppyTime),
            Field::HospGrade => hosp_grade(self.text(Field::HospLv, 0)?).map(Value::Int),
            // The first two digits of an administrative division are its province's.
            Field::SameProvFlag => {
                let (iss, phar) = (self.text(Field::IssPoolareaNo, 0)?, self.text(Field::PharPoolareaNo, 0)?);
                Some(Value::Flag(iss.get(..2)? == phar.get(..2)?))
            }
            _ => None,
        }
    }
}

/// Hundredths as they are read, without trailing noughts.
fn hundredths(number: i64) -> String {
    let text = format!("{}.{:02}", number / 100, number.unsigned_abs() % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The grade of a `hosp_lv` by its dictionary; a code outside it says no grade.
fn hosp_grade(hosp_lv: &str) -> Option<i64> {
    match hosp_lv.trim_start_matches('0') {
        "1" | "2" | "3" | "4" | "12" => Some(3),
        "5" | "6" | "7" | "13" => Some(2),
        "8" | "9" | "10" | "14" => Some(1),
        "11" => Some(0),
        _ => None,
    }
}

/// A line being filled.
pub struct LineFacts<'f, 'a> {
    facts: &'f mut Facts<'a>,
    scope: Scope,
}

impl<'a> LineFacts<'_, 'a> {
    /// Gives a fact of this line.
    pub fn set(&mut self, field: Field, value: impl Into<Value<'a>>) -> &mut Self {
        if field.scope() != self.scope {
            self.facts.defects.push(FactError::WrongPlace(field));
            return self;
        }
        match fit(field, value.into()) {
            Ok(value) => {
                let slots = &mut self.facts.lines[node_of(self.scope)];
                let start = slots.len().saturating_sub(self.scope.size());
                if let Some(slot) = slots.get_mut(start + field.slot()) {
                    *slot = Some(value);
                }
            }
            Err(defect) => self.facts.defects.push(defect),
        }
        self
    }

    /// Gives a fact of this line if it is there.
    pub fn set_opt(&mut self, field: Field, value: Option<impl Into<Value<'a>>>) -> &mut Self {
        if let Some(value) = value {
            self.set(field, value);
        }
        self
    }

    fn set_input(&mut self, field: Field, input: &Input) {
        match input.to_value(field) {
            Some(value) => drop(self.set(field, value)),
            None => self.facts.defects.push(FactError::WrongKind(field)),
        }
    }
}

const fn node_of(scope: Scope) -> usize {
    match scope {
        Scope::Case | Scope::Line => 0,
        Scope::Dise => 1,
        Scope::Sale => 2,
    }
}

fn as_number(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Int(number) | Value::Scaled(number, _) => Some(*number),
        Value::Flag(flag) => Some(i64::from(*flag)),
        Value::Time(moment) => Some(moment.micros()),
        Value::Text(_) | Value::Set(_) => None,
    }
}

/// Brings a value to the kind and scale of its field. Decimals that are too fine are rounded up, because
/// every limit on them is a maximum.
fn fit<'a>(field: Field, value: Value<'a>) -> Result<Value<'a>, FactError> {
    let range = FactError::OutOfRange(field);
    match (field.kind(), value) {
        (Kind::Flag, value @ Value::Flag(_))
        | (Kind::Time, value @ Value::Time(_))
        | (Kind::Text, value @ Value::Text(_))
        | (Kind::Set, value @ Value::Set(_))
        | (Kind::Int | Kind::Fen, value @ Value::Int(_)) => Ok(value),
        (Kind::Dec(places), Value::Int(whole)) => whole.checked_mul(10i64.pow(places)).map(Value::Int).ok_or(range),
        (Kind::Dec(places), Value::Scaled(number, given)) => {
            rescale(number, given, places).map(Value::Int).ok_or(range)
        }
        (Kind::Int, Value::Scaled(number, given)) => rescale(number, given, 0).map(Value::Int).ok_or(range),
        (Kind::Fen, Value::Scaled(number, given)) => rescale(number, given, 2).map(Value::Int).ok_or(range),
        _ => Err(FactError::WrongKind(field)),
    }
}

fn rescale(number: i64, given: u32, wanted: u32) -> Option<i64> {
    if given <= wanted {
        return number.checked_mul(10i64.checked_pow(wanted - given)?);
    }
    let power = 10i64.checked_pow(given - wanted)?;
    Some(number.div_euclid(power) + i64::from(number.rem_euclid(power) > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_keep_their_scale() {
        let mut facts = Facts::new();
        facts.push_line(Scope::Line).set(Field::MedcDays, 7i64);
        facts.push_line(Scope::Line).set(Field::MedcDays, Value::Scaled(75_000, 4));
        facts.push_line(Scope::Line).set(Field::MedcDays, Value::Scaled(75_001, 4));
        let days: Vec<_> = (0..3).map(|line| facts.number(Field::MedcDays, line)).collect();
        assert_eq!(days, [Some(700), Some(750), Some(751)]);
        assert!(facts.defects().is_empty());
    }

    #[test]
    fn what_does_not_fit_is_a_defect() {
        let mut facts = Facts::new();
        facts.set(Field::PrscTime, "昨天").set(Field::MedcDays, 3i64).set(Field::RxDrugKinds, 3i64);
        facts.push_line(Scope::Dise).set(Field::MedListCodg, "X");
        assert_eq!(
            facts.defects(),
            [
                FactError::WrongKind(Field::PrscTime),
                FactError::WrongPlace(Field::MedcDays),
                FactError::WrongPlace(Field::RxDrugKinds),
                FactError::WrongPlace(Field::MedListCodg),
            ]
        );
        for _ in 0..=MAX_LINES {
            facts.push_line(Scope::Line);
        }
        assert_eq!(facts.line_count(Scope::Line), MAX_LINES);
        assert_eq!(facts.defects().last(), Some(&FactError::TooManyLines(Scope::Line)));
    }

    #[test]
    fn days_in_words_tell_of_a_pack_too_many() {
        let mut facts = Facts::new();
        let told = |facts: &Facts<'_>, line| match facts.get(Field::MedcDaysDscr, line).map(Cow::into_owned) {
            Some(Value::Text(text)) => text.into_owned(),
            other => panic!("{other:?}"),
        };
        let day = |number| Value::Scaled(number, 2);
        facts.push_line(Scope::Line).set(Field::MedcDays, day(750));
        facts
            .push_line(Scope::Line)
            .set(Field::MedcDays, day(700))
            .set(Field::SuppDays, day(1_405))
            .set(Field::SuppDaysLess, day(700));
        facts
            .push_line(Scope::Line)
            .set(Field::MedcDays, day(1_000))
            .set(Field::SuppDays, day(1_400))
            .set(Field::SuppDaysLess, day(999));
        assert_eq!(told(&facts, 0), "7.5天");
        assert_eq!(told(&facts, 1), "7天（所开数量按用法用量可用14.05天）");
        assert_eq!(told(&facts, 2), "10天");
        assert_eq!(facts.get(Field::MedcDaysDscr, 3), None);
    }

    #[test]
    fn a_year_is_over_on_the_same_day() {
        for (from, to, years) in [
            ("2024-11-29", "2026-11-28", 1),
            ("2024-11-29", "2026-11-29", 2),
            ("2024-11-29", "2024-11-29", 0),
            ("2024-02-29", "2025-02-28", 0),
            ("2024-02-29", "2025-03-01", 1),
        ] {
            let mut facts = Facts::new();
            facts.set(Field::PrscTime, from.parse::<Day>().unwrap()).set(Field::DstrTime, to.parse::<Day>().unwrap());
            assert_eq!(facts.number(Field::KeptYears, 0), Some(years), "{from} {to}");
        }
        assert_eq!(Facts::new().number(Field::KeptYears, 0), None);
    }

    #[test]
    fn the_grade_of_an_institution_is_that_of_its_dictionary() {
        let grade = |code: &str| {
            let mut facts = Facts::new();
            facts.set(Field::HospLv, code.to_owned());
            facts.number(Field::HospGrade, 0)
        };
        let codes = ["1", "04", "12", "5", "07", "13", "8", "10", "14", "11", "15", "", "三级"];
        let grades = [3, 3, 3, 2, 2, 2, 1, 1, 1, 0].map(Some);
        assert_eq!(codes.map(grade)[..10], grades);
        assert_eq!(codes.map(grade)[10..], [None; 3]);
        assert_eq!(Facts::new().number(Field::HospGrade, 0), None);
    }

    #[test]
    fn validity_is_counted_three_ways() {
        let mut facts = Facts::new();
        facts.set(Field::PrscTime, "2025-01-01 10:00:00".parse::<Moment>().unwrap());
        facts.set(Field::ValiDays, 3i64);
        for (end, clock, excl, incl, matches) in [
            ("2025-01-04 10:00:00", 3, 3, 4, true),
            ("2025-01-04 10:00:01", 4, 3, 4, false),
            ("2025-01-03 23:59:59", 3, 2, 3, false),
        ] {
            facts.set(Field::ValiEndTime, end.parse::<Moment>().unwrap());
            facts.set(Field::StooutTime, end.parse::<Moment>().unwrap());
            let read = |field| facts.number(field, 0).unwrap();
            assert_eq!(read(Field::ValiClockDays), clock, "{end}");
            assert_eq!(read(Field::ValiExclDays), excl, "{end}");
            assert_eq!(read(Field::ValiInclDays), incl, "{end}");
            assert_eq!(read(Field::StooutExclDays), excl, "bought at {end}");
            assert_eq!(read(Field::ValiEndMatchFlag), i64::from(matches), "{end}");
        }
    }
}
