//! What an authority may grant: a grant made from the words of an operator, judged by the provision that it stands under.
//!
//! Serves `liufang grant` and the reading of stored grants. Invariant: what is refused here would be refused by every decision.

use lf_vocab::{Admdvs, Day, Span};
use thiserror::Error;

use crate::model::{Grant, Law};
use crate::value::{LawValue, Quantity};

/// Why something cannot be granted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GrantError {
    /// No such provision.
    #[error("没有规定{0}")]
    Unknown(String),
    /// The provision leaves nothing to be granted.
    #[error("规定{0}没有留给批准的余地")]
    NotGranted(String),
    /// Another authority's place.
    #[error("{provision}不适用于{admdvs}")]
    Elsewhere {
        /// The provision.
        provision: String,
        /// The place.
        admdvs: Admdvs,
    },
    /// Not of the provision's quantity.
    #[error("批准的值“{0}”{1}")]
    Value(String, String),
    /// Beyond what the provision allows.
    #[error("批准的值{value}超过{provision}允许的{max}")]
    TooMuch {
        /// The provision.
        provision: String,
        /// Asked.
        value: String,
        /// Allowed.
        max: i64,
    },
    /// Longer than the provision allows, or without an end.
    #[error("{provision}的批准最长{max_days}日，须写明止日")]
    TooLong {
        /// The provision.
        provision: String,
        /// Days.
        max_days: i32,
    },
    /// Another grant of the same place and provision holds on one of the days.
    #[error("与已登记的批准{0}在时间上重叠")]
    Overlap(String),
}

impl Law {
    /// The grant that an operator's words make.
    ///
    /// # Errors
    /// [`GrantError`], in its order; overlaps are judged by [`Law::overlapping`].
    pub fn grant(
        &self,
        provision: &str,
        admdvs: Admdvs,
        span: Span<Day>,
        value: &str,
        filing_no: &str,
    ) -> Result<Grant, GrantError> {
        let named = || provision.to_owned();
        let index = self.by_id.get(provision).copied().ok_or_else(|| GrantError::Unknown(named()))?;
        let known = &self.provisions[index];
        let rule = known.grant.as_ref().ok_or_else(|| GrantError::NotGranted(named()))?;
        if !admdvs.chain().contains(&known.pack) {
            return Err(GrantError::Elsewhere { provision: named(), admdvs });
        }
        let wrong = |why: &str| GrantError::Value(value.to_owned(), why.to_owned());
        let written = written(known.quantity, value);
        let read = LawValue::read(known.quantity, &written).map_err(wrong)?;
        if let Some(max) = rule.max
            && read.number().is_none_or(|number| number > max)
        {
            return Err(GrantError::TooMuch { provision: named(), value: value.to_owned(), max });
        }
        let lasts = span.until().map(|until| until.since(span.from()));
        if let Some(max_days) = rule.max_days
            && lasts.is_none_or(|days| days > max_days)
        {
            return Err(GrantError::TooLong { provision: named(), max_days });
        }
        Ok(Grant { provision: named(), admdvs, span, value: read, filing_no: filing_no.to_owned() })
    }

    /// That no other grant would answer beside this one: the same provision, the same place or one of its chain, a common day.
    ///
    /// # Errors
    /// [`GrantError::Overlap`].
    pub fn overlapping(grant: &Grant, others: &[Grant]) -> Result<(), GrantError> {
        let clash = others.iter().find(|other| {
            let near = grant.admdvs.chain().contains(&other.admdvs) || other.admdvs.chain().contains(&grant.admdvs);
            let ends_before = |one: &Grant, two: &Grant| one.span.until().is_some_and(|until| until <= two.span.from());
            other.provision == grant.provision && near && !ends_before(other, grant) && !ends_before(grant, other)
        });
        clash.map_or(Ok(()), |other| Err(GrantError::Overlap(other.filing_no.clone())))
    }
}

/// The words as a pack would write them: a whole number, yes or no, or a text.
fn written(quantity: Quantity, value: &str) -> toml::Value {
    let text = || toml::Value::String(value.to_owned());
    match quantity {
        Quantity::Days | Quantity::Count | Quantity::Fen => value.parse().map_or_else(|_| text(), toml::Value::Integer),
        Quantity::Flag => value.parse().map_or_else(|_| text(), toml::Value::Boolean),
        Quantity::Texts => {
            toml::Value::Array(value.split('、').map(|word| toml::Value::String(word.to_owned())).collect())
        }
        Quantity::Ratio | Quantity::Text | Quantity::Scale => text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    const PACK: &str = r#"
pack = "420000"
title = "例"
edition = 1
formalised_from = 2024-01-01
[instrument.x]
title = "例"
in_force = { from = 2024-01-01 }
text = "texts/x.md"
sm3 = "SM3"
[[provision]]
id = "ext"
title = "延长"
gate = "settle"
quantity = "count"
reckoned = "setl_time"
grant = { max = 1, max_days = 92 }
value = [{ from = 2024-01-01, is = 0, cite = "x 一", quote = "甲" }]
[[provision]]
id = "share"
title = "比例"
gate = "admit"
quantity = "ratio"
reckoned = "appy_time"
grant = {}
value = [{ from = 2024-01-01, is = "0.5", cite = "x 一", quote = "甲" }]
[[provision]]
id = "fixed"
title = "不留余地"
gate = "settle"
quantity = "count"
reckoned = "setl_time"
value = [{ from = 2024-01-01, is = 0, cite = "x 一", quote = "甲" }]
"#;

    fn law() -> Law {
        let text = "甲";
        let pack = PACK.replace("SM3", &crate::source::sm3_hex(text.as_bytes()));
        let sources = [Source { path: "420000/x.toml", text: &pack }, Source { path: "420000/texts/x.md", text }];
        Law::load(&sources).unwrap()
    }

    fn span(from: &str, until: Option<&str>) -> Span<Day> {
        Span::new(from.parse().unwrap(), until.map(|day| day.parse().unwrap())).unwrap()
    }

    fn place(text: &str) -> Admdvs {
        text.parse().unwrap()
    }

    #[test]
    fn a_grant_is_what_its_provision_allows() {
        let law = law();
        let until = |until| span("2025-01-01", until);
        let grant = |provision, admdvs, span, value| law.grant(provision, place(admdvs), span, value, "备1");
        let most = until(Some("2025-04-03"));
        let made = grant("420000/ext", "420200", most, "1").unwrap();
        assert_eq!((made.value, made.filing_no.as_str()), (LawValue::Int(1), "备1"));
        assert!(grant("420000/share", "420200", until(None), "0.4").is_ok());
        for (provision, admdvs, span, value, said) in [
            ("420000/no", "420200", most, "1", "没有规定420000/no"),
            ("420000/fixed", "420200", most, "1", "规定420000/fixed没有留给批准的余地"),
            ("420000/ext", "360900", most, "1", "420000/ext不适用于360900"),
            ("420000/ext", "420200", most, "一", "批准的值“一”应为不小于零的整数"),
            ("420000/ext", "420200", most, "-1", "批准的值“-1”应为不小于零的整数"),
            ("420000/ext", "420200", most, "2", "批准的值2超过420000/ext允许的1"),
            ("420000/ext", "420200", until(Some("2025-04-04")), "1", "420000/ext的批准最长92日，须写明止日"),
            ("420000/ext", "420200", until(None), "1", "420000/ext的批准最长92日，须写明止日"),
        ] {
            assert_eq!(grant(provision, admdvs, span, value).unwrap_err().to_string(), said);
        }
    }

    #[test]
    fn two_grants_of_one_day_are_one_too_many() {
        let law = law();
        let grant =
            |admdvs, from, until| law.grant("420000/share", place(admdvs), span(from, until), "0.4", admdvs).unwrap();
        let standing = [grant("420200", "2025-01-01", Some("2025-02-01")), grant("420000", "2026-01-01", None)];
        for (new, clash) in [
            (grant("420200", "2025-02-01", Some("2026-01-01")), false),
            (grant("420200", "2025-01-31", Some("2025-03-01")), true),
            (grant("420300", "2025-01-01", Some("2025-02-01")), false),
            (grant("420300", "2026-06-01", None), true),
            (grant("420000", "2024-12-31", Some("2025-01-02")), true),
            (grant("420000", "2024-12-31", Some("2025-01-01")), false),
        ] {
            assert_eq!(Law::overlapping(&new, &standing).is_err(), clash, "{new:?}");
        }
    }
}
