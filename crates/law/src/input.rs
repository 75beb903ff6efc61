//! Named values from TOML or JSON, before they become facts: examples of packs and `law decide --facts`.
//!
//! Invariant: no float; a decimal is written as text (`"7.5"`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use lf_vocab::amount::parse_scaled;
use lf_vocab::{Day, Moment};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::facts::Value;
use crate::field::{Field, Kind};

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Int(i64),
    /// A text, a decimal, a day or a moment.
    Text(String),
    /// Several values.
    List(Vec<Input>),
    /// Named values.
    Map(BTreeMap<String, Input>),
}

impl Input {
    /// From TOML; `None` for a float.
    pub(crate) fn from_toml(value: &toml::Value) -> Option<Self> {
        Some(match value {
            toml::Value::Boolean(flag) => Input::Flag(*flag),
            toml::Value::Integer(number) => Input::Int(*number),
            toml::Value::String(text) => Input::Text(text.clone()),
            toml::Value::Datetime(time) => Input::Text(time.to_string()),
            toml::Value::Float(_) => return None,
            toml::Value::Array(items) => Input::List(items.iter().map(Self::from_toml).collect::<Option<_>>()?),
            toml::Value::Table(table) => Input::Map(
                table.iter().map(|(key, value)| Some((key.clone(), Self::from_toml(value)?))).collect::<Option<_>>()?,
            ),
        })
    }

    pub(crate) fn to_value(&self, field: Field) -> Option<Value<'static>> {
        match (field.kind(), self) {
            (Kind::Flag, Input::Flag(flag)) => Some(Value::Flag(*flag)),
            (Kind::Flag, Input::Text(text)) => match text.as_str() {
                "1" => Some(Value::Flag(true)),
                "0" => Some(Value::Flag(false)),
                _ => None,
            },
            (Kind::Int | Kind::Dec(_) | Kind::Fen, Input::Int(number)) => Some(Value::Int(*number)),
            (Kind::Int, Input::Text(text)) => text.parse().ok().map(Value::Int),
            (Kind::Fen, Input::Text(text)) => parse_scaled(text, 2).ok().map(|fen| Value::Scaled(fen, 2)),
            (Kind::Dec(places), Input::Text(text)) => {
                parse_scaled(text, places).ok().map(|number| Value::Scaled(number, places))
            }
            (Kind::Time, Input::Text(text)) => parse_time(text).map(Value::Time),
            (Kind::Text, Input::Text(text)) => Some(Value::Text(Cow::Owned(text.clone()))),
            (Kind::Set, Input::List(items)) => {
                let words = items.iter().map(|item| match item {
                    Input::Text(text) => Some(Cow::Owned(text.clone())),
                    _ => None,
                });
                words.collect::<Option<_>>().map(Value::Set)
            }
            _ => None,
        }
    }
}

fn parse_time(text: &str) -> Option<Moment> {
    text.parse::<Moment>().ok().or_else(|| text.parse::<Day>().ok().map(Day::start))
}

impl<'de> Deserialize<'de> for Input {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InputVisitor)
    }
}

struct InputVisitor;

/// How serde_json hands over a number when it keeps its digits.
const NUMBER_KEY: &str = "$serde_json::private::Number";

impl<'de> Visitor<'de> for InputVisitor {
    type Value = Input;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("是否、整数、文字、列表或具名值（小数请写成文字）")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Input, E> {
        Ok(Input::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Input, E> {
        Ok(Input::Int(number))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Input, E> {
        i64::try_from(number).map(Input::Int).map_err(|_| E::custom("整数超出范围"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Input, E> {
        Ok(Input::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Input, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Input::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Input, A::Error> {
        let mut cells = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Input>()? {
            if key == NUMBER_KEY
                && let Input::Text(digits) = value
            {
                return Ok(digits.parse().map_or(Input::Text(digits), Input::Int));
            }
            cells.insert(key, value);
        }
        Ok(Input::Map(cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_numbers_keep_their_digits() {
        let input: Input = serde_json::from_str(r#"{"medc_days":7.25,"vali_days":3,"long_rx_flag":true}"#).unwrap();
        let Input::Map(cells) = input else { panic!("a map") };
        assert_eq!(cells["medc_days"].to_value(Field::MedcDays), Some(Value::Scaled(725, 2)));
        assert_eq!(cells["vali_days"], Input::Int(3));
        assert_eq!(cells["long_rx_flag"].to_value(Field::LongRxFlag), Some(Value::Flag(true)));
    }
}
