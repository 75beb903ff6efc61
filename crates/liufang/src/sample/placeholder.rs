//! Placeholders of example files: `${name}`, `${now}`, `${now+60s}`, `${serial}`.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use lf_vocab::Moment;
use serde_json::Value;

/// What placeholders stand for in one run.
pub struct Filling {
    /// `${now}`.
    pub now: Moment,
    /// `${serial}`.
    pub serial: u64,
    /// The others: values of earlier replies.
    pub values: BTreeMap<String, String>,
}

/// Puts values into an example's text.
///
/// # Errors
/// Bad JSON, or a placeholder without a value: it is named.
pub fn fill(text: &str, filling: &Filling) -> anyhow::Result<Value> {
    let mut body: Value = serde_json::from_str(text).context("the example is not JSON")?;
    each_text(&mut body, &|text| filled(text, filling))?;
    Ok(body)
}

/// Changes every text below a value.
pub(super) fn each_text(value: &mut Value, change: &dyn Fn(&str) -> anyhow::Result<String>) -> anyhow::Result<()> {
    match value {
        Value::String(text) => *text = change(text)?,
        Value::Array(items) => {
            for item in items {
                each_text(item, change)?;
            }
        }
        Value::Object(fields) => {
            for (_, field) in fields.iter_mut() {
                each_text(field, change)?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn filled(text: &str, filling: &Filling) -> anyhow::Result<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out += &rest[..at];
        let after = &rest[at + 2..];
        let end = after.find('}').ok_or_else(|| anyhow!("a placeholder does not end"))?;
        out += &value_of(&after[..end], filling)?;
        rest = &after[end + 1..];
    }
    Ok(out + rest)
}

fn value_of(name: &str, filling: &Filling) -> anyhow::Result<String> {
    if name == "serial" {
        return Ok(format!("{:09}", filling.serial));
    }
    if let Some(offset) = name.strip_prefix("now") {
        let seconds = match offset.strip_suffix('s') {
            Some(seconds) => seconds.parse::<i64>().with_context(|| format!("placeholder {name}"))?,
            None if offset.is_empty() => 0,
            None => bail!("placeholder {name} is not now+…s"),
        };
        return Ok(filling.now.plus_seconds(seconds).to_string());
    }
    filling.values.get(name).cloned().ok_or_else(|| anyhow!("no value for placeholder {name}"))
}
