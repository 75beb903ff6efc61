//! The payload inside the sign text: sorted keys, absent values dropped, scalars as texts.
//!
//! Invariants: array order stays; an empty object stays; what was an empty array is dropped from an object
//! and `null` inside an array, as the reference client does.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::json::{Value, write_text};

/// How keys are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// By UTF-16 units, capitals first.
    Ordinal,
    /// Without regard to case.
    Caseless,
    /// As sent, which is wrong but met.
    AsSent,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// As a text of what was sent.
    Literal,
    /// As a text without trailing zeros or exponent.
    Normalised,
    /// As a JSON number or truth value, which is wrong but met.
    Bare,
}

/// A style of writing the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Order of keys.
    pub keys: Keys,
    /// Form of numbers.
    pub numbers: Numbers,
    /// Whether null and empty values stay, which is wrong but met.
    pub keep_empty: bool,
}

impl Style {
    /// The rule.
    pub const OFFICIAL: Self = Self { keys: Keys::Ordinal, numbers: Numbers::Literal, keep_empty: false };
}

/// Appends the payload.
pub(super) fn write(value: &Value<'_>, style: Style, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Text(text) => write_text(text, out),
        Value::Bool(flag) if style.numbers == Numbers::Bare => {
            out.extend_from_slice(if *flag { b"true" } else { b"false" });
        }
        Value::Bool(flag) => out.extend_from_slice(if *flag { b"\"true\"" } else { b"\"false\"" }),
        Value::Number(text) => number(text, style.numbers, out),
        Value::Array(items) => array(items, style, out),
        Value::Object(members) => object(members, style, out),
    }
}

fn object(members: &[(Cow<'_, str>, Value<'_>)], style: Style, out: &mut Vec<u8>) {
    let mut sorted: Vec<&(Cow<'_, str>, Value<'_>)> =
        members.iter().filter(|(_, value)| style.keep_empty || !is_dropped(value)).collect();
    match style.keys {
        Keys::Ordinal => sorted.sort_by(|a, b| ordinal(&a.0, &b.0)),
        Keys::Caseless => sorted.sort_by(|a, b| super::caseless(a.0.as_bytes(), b.0.as_bytes())),
        Keys::AsSent => {}
    }
    out.push(b'{');
    for (index, (key, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_text(key, out);
        out.push(b':');
        write(value, style, out);
    }
    out.push(b'}');
}

fn array(items: &[Value<'_>], style: Style, out: &mut Vec<u8>) {
    out.push(b'[');
    let mut first = true;
    for item in items.iter().filter(|item| style.keep_empty || !matches!(item, Value::Text(text) if text.is_empty())) {
        if !first {
            out.push(b',');
        }
        first = false;
        match item {
            Value::Array(inner) if inner.is_empty() && !style.keep_empty => out.extend_from_slice(b"null"),
            item => write(item, style, out),
        }
    }
    out.push(b']');
}

fn is_dropped(value: &Value<'_>) -> bool {
    value.is_absent() || matches!(value, Value::Array(items) if items.is_empty())
}

/// Java and C# compare UTF-16 units, which differs from code points only beyond the basic plane.
fn ordinal(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

fn number(text: &str, numbers: Numbers, out: &mut Vec<u8>) {
    match numbers {
        Numbers::Bare => out.extend_from_slice(text.as_bytes()),
        // A number has no character that a text must escape.
        Numbers::Literal => out.extend_from_slice(&[b"\"", text.as_bytes(), b"\""].concat()),
        Numbers::Normalised => out.extend_from_slice(&[b"\"", normalised(text).as_bytes(), b"\""].concat()),
    }
}

/// Without exponent and trailing zeros; beyond 30 places the text stays.
fn normalised(text: &str) -> Cow<'_, str> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().unwrap_or(i32::MAX)),
        None if !text.contains('.') => return Cow::Borrowed(text),
        None => (text, 0),
    };
    if !(-30..=30).contains(&exponent) {
        return Cow::Borrowed(text);
    }
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let mut point = whole.len() as i32 + exponent;
    let mut digits = if point <= 0 {
        let zeros = "0".repeat(1 + point.unsigned_abs() as usize);
        point = 1;
        zeros + &digits
    } else {
        digits
    };
    while digits.len() < point as usize {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(point as usize);
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    match fraction.trim_end_matches('0') {
        "" if whole == "0" => Cow::Borrowed("0"),
        "" => Cow::Owned(format!("{sign}{whole}")),
        fraction => Cow::Owned(format!("{sign}{whole}.{fraction}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_normalised_as_the_common_library_does() {
        for (text, want) in [
            ("1.50", "1.5"),
            ("10.0", "10"),
            ("10", "10"),
            ("0.0", "0"),
            ("-0.0", "0"),
            ("-1.250", "-1.25"),
            ("1e2", "100"),
            ("1.25E+1", "12.5"),
            ("1e-3", "0.001"),
            ("12e-1", "1.2"),
            ("987654321098765432109876543210", "987654321098765432109876543210"),
            ("1e99", "1e99"),
        ] {
            assert_eq!(normalised(text), want, "{text}");
        }
    }
}
