//! What a provision says on a day: integers, exact ratios, words and scales. No float anywhere.
//!
//! Invariants: a scale's thresholds rise strictly from zero, and its last bracket is open.

use std::fmt;

use lf_vocab::{Fen, Ratio};
use serde::Serialize;

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Days.
    Days,
    /// Pieces, persons, times.
    Count,
    /// Fen.
    Fen,
    /// An exact ratio, written as a decimal text.
    Ratio,
    /// Whether something is ordered.
    Flag,
    /// A word of a closed list.
    Text,
    /// Several words.
    Texts,
    /// Brackets with a ratio each.
    Scale,
}

impl Quantity {
    /// The quantity of its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "days" => Self::Days,
            "count" => Self::Count,
            "fen" => Self::Fen,
            "ratio" => Self::Ratio,
            "flag" => Self::Flag,
            "text" => Self::Text,
            "texts" => Self::Texts,
            "scale" => Self::Scale,
            _ => return None,
        })
    }
}

/// How the brackets of a scale work together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleKind {
    /// Each part of the amount at the ratio of its own bracket.
    Marginal,
    /// The whole amount at the ratio of the bracket it reaches.
    Step,
    /// One bracket.
    Flat,
}

/// One bracket: from this amount, this ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bracket {
    /// The threshold; the first is zero.
    pub from_fen: Fen,
    /// The ratio from there to the next threshold.
    pub ratio: Ratio,
}

/// Brackets with their kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scale {
    pub(crate) kind: ScaleKind,
    pub(crate) brackets: Vec<Bracket>,
}

impl Scale {
    /// How the brackets work together.
    pub fn kind(&self) -> ScaleKind {
        self.kind
    }

    /// The brackets, thresholds rising.
    pub fn brackets(&self) -> &[Bracket] {
        &self.brackets
    }

    /// The ratio of the bracket an amount reaches.
    pub fn ratio_at(&self, amount: Fen) -> Option<Ratio> {
        self.brackets.iter().rev().find(|bracket| bracket.from_fen <= amount).map(|bracket| bracket.ratio)
    }
}

/// A value of the law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LawValue {
    /// Days or a count.
    Int(i64),
    /// Money.
    Fen(Fen),
    /// An exact ratio.
    Ratio(Ratio),
    /// Ordered or not.
    Flag(bool),
    /// A word.
    Text(String),
    /// Several words.
    Texts(Vec<String>),
    /// Brackets.
    Scale(Scale),
    /// A declared gap: the text says nothing for this time.
    Nothing,
}

impl LawValue {
    /// As an integer, if it is one.
    pub(crate) fn number(&self) -> Option<i64> {
        match self {
            LawValue::Int(number) => Some(*number),
            LawValue::Fen(fen) => Some(fen.get()),
            LawValue::Ratio(ratio) => Some(ratio.get()),
            _ => None,
        }
    }

    /// Reads a TOML value of a declared quantity.
    pub(crate) fn read(quantity: Quantity, value: &toml::Value) -> Result<Self, &'static str> {
        if value.as_str() == Some("none") {
            return Ok(LawValue::Nothing);
        }
        let int = || value.as_integer().filter(|number| *number >= 0);
        match quantity {
            Quantity::Days | Quantity::Count => int().map(LawValue::Int).ok_or("应为不小于零的整数"),
            Quantity::Fen => int().map(Fen::new).map(LawValue::Fen).ok_or("应为以分计的整数"),
            Quantity::Ratio => read_ratio(value).map(LawValue::Ratio),
            Quantity::Flag => value.as_bool().map(LawValue::Flag).ok_or("应为true或false"),
            Quantity::Text => value.as_str().map(|text| LawValue::Text(text.to_owned())).ok_or("应为文字"),
            Quantity::Texts => {
                let words = value.as_array().and_then(|items| {
                    items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
                });
                words.filter(|words| !words.is_empty()).map(LawValue::Texts).ok_or("应为不空的文字列表")
            }
            Quantity::Scale => Err("应为分段表"),
        }
    }

    /// Reads a scale: `{ kind = "marginal", brackets = [{ from = 0, is = "0.60" }, …] }`.
    pub(crate) fn read_scale(value: &toml::Value) -> Result<Self, &'static str> {
        if value.as_str() == Some("none") {
            return Ok(LawValue::Nothing);
        }
        let table = value.as_table().ok_or("应为分段表")?;
        if table.keys().any(|key| key != "kind" && key != "brackets") {
            return Err("分段表只有kind和brackets两项");
        }
        let kind = match table.get("kind").and_then(toml::Value::as_str) {
            Some("marginal") => ScaleKind::Marginal,
            Some("step") => ScaleKind::Step,
            Some("flat") => ScaleKind::Flat,
            _ => return Err("分段表的kind应为marginal、step或flat"),
        };
        let items = table.get("brackets").and_then(toml::Value::as_array).ok_or("分段表没有brackets")?;
        let mut brackets = Vec::with_capacity(items.len());
        for item in items {
            let cells = item.as_table().filter(|cells| cells.len() == 2).ok_or("每段应写明from和is")?;
            let from = cells.get("from").and_then(toml::Value::as_integer).ok_or("每段的from应为以分计的整数")?;
            let ratio = read_ratio(cells.get("is").ok_or("每段应写明is")?)?;
            brackets.push(Bracket { from_fen: Fen::new(from), ratio });
        }
        let rising = brackets.windows(2).all(|pair| pair[0].from_fen < pair[1].from_fen);
        if brackets.first().is_none_or(|first| first.from_fen != Fen::ZERO) || !rising {
            return Err("分段表应从0开始，各段起点依次增大");
        }
        if kind == ScaleKind::Flat && brackets.len() != 1 {
            return Err("flat的分段表只能有一段");
        }
        Ok(LawValue::Scale(Scale { kind, brackets }))
    }
}

fn read_ratio(value: &toml::Value) -> Result<Ratio, &'static str> {
    let ratio: Option<Ratio> = value.as_str().and_then(|text| text.parse().ok());
    ratio.filter(|ratio| (0..=Ratio::ONE.get()).contains(&ratio.get())).ok_or("应为写成文字的小数，在0和1之间")
}

impl fmt::Display for LawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LawValue::Int(number) => write!(f, "{number}"),
            LawValue::Fen(fen) => write!(f, "{fen}元"),
            LawValue::Ratio(ratio) => write!(f, "{ratio}"),
            LawValue::Flag(true) => f.write_str("是"),
            LawValue::Flag(false) => f.write_str("否"),
            LawValue::Text(text) => f.write_str(text),
            LawValue::Texts(words) => f.write_str(&words.join("、")),
            LawValue::Scale(scale) => {
                for (at, bracket) in scale.brackets.iter().enumerate() {
                    if at > 0 {
                        f.write_str("；")?;
                    }
                    write!(f, "{}元起{}", bracket.from_fen, bracket.ratio)?;
                }
                Ok(())
            }
            LawValue::Nothing => f.write_str("无规定"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> toml::Value {
        toml::from_str::<toml::Table>(&format!("is = {text}")).unwrap().remove("is").unwrap()
    }

    #[test]
    fn values_read_exactly_their_quantity() {
        for (quantity, text, good) in [
            (Quantity::Days, "3", true),
            (Quantity::Days, "-1", false),
            (Quantity::Days, "\"3\"", false),
            (Quantity::Ratio, "\"0.65\"", true),
            (Quantity::Ratio, "0.65", false),
            (Quantity::Ratio, "\"1.01\"", false),
            (Quantity::Flag, "1", false),
            (Quantity::Texts, "[]", false),
            (Quantity::Fen, "\"none\"", true),
        ] {
            assert_eq!(LawValue::read(quantity, &parse(text)).is_ok(), good, "{quantity:?} {text}");
        }
    }

    #[test]
    fn scales_rise_from_zero() {
        let good = "{ kind = \"step\", brackets = [{ from = 0, is = \"0.5\" }, { from = 100, is = \"0.6\" }] }";
        let LawValue::Scale(scale) = LawValue::read_scale(&parse(good)).unwrap() else { panic!("a scale") };
        assert_eq!(scale.ratio_at(Fen::new(99)).unwrap().to_string(), "0.5");
        assert_eq!(scale.ratio_at(Fen::new(100)).unwrap().to_string(), "0.6");
        for bad in [
            "{ kind = \"step\", brackets = [{ from = 1, is = \"0.5\" }] }",
            "{ kind = \"step\", brackets = [{ from = 0, is = \"0.5\" }, { from = 0, is = \"0.6\" }] }",
            "{ kind = \"round\", brackets = [{ from = 0, is = \"0.5\" }] }",
            "{ kind = \"flat\", brackets = [{ from = 0, is = \"0.5\" }, { from = 9, is = \"0.6\" }] }",
        ] {
            assert!(LawValue::read_scale(&parse(bad)).is_err(), "{bad}");
        }
    }
}
