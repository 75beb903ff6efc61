//! Sentences with places for facts: `第{line}项{drug_genname}用药{medc_days}天，超过{value}天。`
//!
//! Invariant: every place names `value`, `line` or a field the rule's scope can see; unknown ones are load errors.

use std::fmt::{self, Write as _};

use crate::facts::{Facts, Value};
use crate::field::{Field, Kind, Scope};
use crate::value::LawValue;

#[derive(Debug, Clone)]
enum Part {
    Plain(Box<str>),
    Said,
    Line,
    Fact(Field),
}

/// A sentence with places.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Part>);

/// As it is read without a case: the places by their names.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Plain(plain) => f.write_str(plain),
            Part::Said => f.write_str("〔取值〕"),
            Part::Line => f.write_str("〔行号〕"),
            Part::Fact(field) => write!(f, "〔{}〕", field.cn()),
        })
    }
}

impl Template {
    /// Reads a sentence; the error is the place that names nothing.
    pub(crate) fn read(text: &str, scope: Scope) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((plain, tail)) = rest.split_once('{') {
            let (name, tail) = tail.split_once('}').ok_or_else(|| rest.to_owned())?;
            parts.push(Part::Plain(plain.into()));
            parts.push(match name {
                "value" => Part::Said,
                "line" if scope != Scope::Case => Part::Line,
                _ => {
                    let field = Field::from_name(name, scope).or_else(|| Field::from_name(name, Scope::Case));
                    Part::Fact(field.ok_or_else(|| name.to_owned())?)
                }
            });
            rest = tail;
        }
        parts.push(Part::Plain(rest.into()));
        Ok(Self(parts))
    }

    pub(crate) fn render(&self, facts: &Facts<'_>, line: usize, said: &LawValue) -> String {
        let mut text = String::with_capacity(96);
        for part in &self.0 {
            // Writing to a String cannot fail.
            let _ = match part {
                Part::Plain(plain) => {
                    text.push_str(plain);
                    Ok(())
                }
                Part::Said => write!(text, "{said}"),
                Part::Line => write!(text, "{}", line + 1),
                Part::Fact(field) => match facts.get(*field, line) {
                    Some(value) => write_fact(&mut text, *field, &value),
                    None => write!(text, "（未填）"),
                },
            };
        }
        text
    }
}

fn write_fact(text: &mut String, field: Field, value: &Value<'_>) -> std::fmt::Result {
    match value {
        Value::Flag(true) => write!(text, "是"),
        Value::Flag(false) => write!(text, "否"),
        Value::Text(word) => write!(text, "{word}"),
        Value::Set(words) => write!(text, "{}", words.join("、")),
        Value::Time(moment) => write!(text, "{moment}"),
        Value::Int(number) | Value::Scaled(number, _) => match field.kind() {
            Kind::Dec(places) => write_scaled(text, *number, places, 0),
            Kind::Fen => write_scaled(text, *number, 2, 2),
            _ => write!(text, "{number}"),
        },
    }
}

fn write_scaled(text: &mut String, number: i64, places: u32, least: usize) -> std::fmt::Result {
    let power = 10u64.pow(places);
    let magnitude = number.unsigned_abs();
    let mut tail = format!("{:0width$}", magnitude % power, width = places as usize);
    while tail.len() > least && tail.ends_with('0') {
        tail.pop();
    }
    let sign = if number < 0 { "-" } else { "" };
    let dot = if tail.is_empty() { "" } else { "." };
    write!(text, "{sign}{}{dot}{tail}", magnitude / power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_unknown_ones_refused() {
        let mut facts = Facts::new();
        facts.push_line(Scope::Line).set(Field::MedcDays, Value::Scaled(750, 2)).set(Field::DrugGenname, "阿莫西林");
        let template =
            Template::read("第{line}项{drug_genname}{medc_days}天>{value}，{drug_cnt}", Scope::Line).unwrap();
        assert_eq!(template.render(&facts, 0, &LawValue::Int(7)), "第1项阿莫西林7.5天>7，（未填）");
        assert_eq!(Template::read("{nothing}", Scope::Line).unwrap_err(), "nothing");
        assert_eq!(Template::read("{line}", Scope::Case).unwrap_err(), "line");
    }
}
