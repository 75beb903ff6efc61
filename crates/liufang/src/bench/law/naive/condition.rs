//! Conditions read from the TOML each time they are asked. True, false, or nothing for want of a fact.

use lf_law::{Field, Kind, Scope, Value};
use lf_vocab::amount::parse_scaled;
use lf_vocab::{Day, Moment};
use toml::{Table, Value as Toml};

use super::{Asked, Naive};

/// Where a condition stands: node and line, and the value that its provision has that day.
#[derive(Clone, Copy)]
pub struct At<'n> {
    pub naive: &'n Naive,
    pub asked: &'n Asked<'n>,
    pub scope: Scope,
    pub line: usize,
    /// The line that is being judged, also inside `some` and `every`.
    pub outer: usize,
    pub value: &'n Table,
}

impl At<'_> {
    /// A table: every key of it.
    pub fn holds(&self, condition: &Toml) -> Option<bool> {
        let table = condition.as_table()?;
        all(table.iter().map(|(key, value)| self.word(key, value)))
    }

    fn word(&self, key: &str, value: &Toml) -> Option<bool> {
        match key {
            "all" => all(value.as_array()?.iter().map(|part| self.holds(part))),
            "any" => any(value.as_array()?.iter().map(|part| self.holds(part))),
            "not" => self.holds(value).map(|holds| !holds),
            "some" | "every" => {
                let (node, inner) = value.as_table()?.iter().next()?;
                let scope = Scope::from_name(node)?;
                let lines =
                    (0..self.asked.lines[scope as usize]).map(|line| Self { scope, line, ..*self }.holds(inner));
                if key == "some" { any(lines) } else { all(lines) }
            }
            "param" => {
                let (id, wanted) = value.as_table()?.iter().next()?;
                let hit = self.naive.resolve(self.asked, self.naive.find(id)?, self.outer).ok()??;
                Some(hit.value.get("is")? == wanted)
            }
            name => match value.as_table() {
                Some(operators) => all(operators.iter().map(|(operator, right)| self.compare(name, operator, right))),
                None => self.compare(name, "eq", value),
            },
        }
    }

    fn compare(&self, name: &str, operator: &str, right: &Toml) -> Option<bool> {
        let (field, value) = self.asked.fact(name, self.scope, self.line)?;
        if operator == "present" {
            return Some(value.is_some() == right.as_bool()?);
        }
        let value = value?;
        let said = right.as_str() == Some("$value");
        let right = if said { self.value.get("is")? } else { right };
        let other = right.as_str().and_then(|text| text.strip_prefix('$')).filter(|_| !said);
        let other = match other {
            Some(other) => Some(self.asked.fact(other, self.scope, self.line)?.1?),
            None => None,
        };
        match (value, other) {
            (Value::Text(left), Some(Value::Text(right))) => {
                Some(if operator == "ne" { left != right } else { left == right })
            }
            (Value::Text(left), _) => {
                let words = words(right);
                Some(match operator {
                    "ne" => !words.contains(&&**left),
                    "prefix" => words.iter().any(|word| left.starts_with(word)),
                    _ => words.contains(&&**left),
                })
            }
            (Value::Set(left), _) => Some(words(right).iter().any(|word| left.iter().any(|had| had == word))),
            (left, Some(right)) if operator.starts_with("day_") => {
                let day = |micros| Moment::from_micros(micros).day();
                let (left, right): (Day, Day) = (day(number(left)?), day(number(right)?));
                Some(if operator == "day_lt" { left < right } else { left > right })
            }
            (left, Some(right)) => ordered(operator, number(left)?, number(right)?),
            (left, None) => ordered(operator, number(left)?, constant(field, right)?),
        }
    }
}

fn words(right: &Toml) -> Vec<&str> {
    match right {
        Toml::Array(items) => items.iter().filter_map(Toml::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn number(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Int(number) | Value::Scaled(number, _) => Some(*number),
        Value::Flag(flag) => Some(i64::from(*flag)),
        Value::Time(moment) => Some(moment.micros()),
        Value::Text(_) | Value::Set(_) => None,
    }
}

/// A written number in the scale in which facts of the field are kept.
fn constant(field: Field, right: &Toml) -> Option<i64> {
    let places = match field.kind() {
        Kind::Dec(places) => places,
        Kind::Fen if right.is_str() => 2,
        _ => 0,
    };
    match right {
        Toml::Integer(number) => number.checked_mul(10i64.checked_pow(places)?),
        Toml::Boolean(flag) => Some(i64::from(*flag)),
        Toml::String(text) => parse_scaled(text, places).ok(),
        Toml::Datetime(time) => {
            let text = time.to_string();
            let moment = text.parse::<Moment>().ok().or_else(|| Some(text.parse::<Day>().ok()?.start()));
            moment.map(|moment| moment.micros())
        }
        _ => None,
    }
}

fn ordered(operator: &str, left: i64, right: i64) -> Option<bool> {
    Some(match operator {
        "eq" => left == right,
        "ne" => left != right,
        "gt" => left > right,
        "ge" => left >= right,
        "lt" => left < right,
        "le" => left <= right,
        _ => return None,
    })
}

fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut holds = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => holds = None,
            Some(true) => {}
        }
    }
    holds
}

fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.map(|part| part.map(|holds| !holds))).map(|none| !none)
}
