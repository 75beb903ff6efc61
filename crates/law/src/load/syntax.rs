//! The parser's English, turned into a kind and a sentence that a lawyer understands.
//!
//! Invariant: nothing of the parser's own wording goes out; what is not known here is told in general words.

use crate::source::PackErrorKind;

/// What every line of a pack looks like, for whoever meets a syntax error.
const HOW: &str = "文字写在英文双引号内，日期写成2025-01-01且不加引号，各项之间用英文逗号隔开";

/// Turns what the parser says into a kind and a sentence.
pub(super) fn explain(message: &str) -> (PackErrorKind, String) {
    let first = message.lines().next().unwrap_or_default();
    let named = |prefix: &str| first.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    if let Some(key) = named("unknown field `") {
        return (PackErrorKind::UnknownKey, format!("格式中没有“{key}”这一项，请核对拼写"));
    }
    if let Some(key) = named("missing field `") {
        return (PackErrorKind::MissingKey, format!("缺少“{key}”这一项"));
    }
    if first.starts_with("duplicate key") {
        return (PackErrorKind::Duplicate, "同一项写了两次".to_owned());
    }
    if first.starts_with("应为") {
        return (PackErrorKind::WrongType, format!("值的类型不对：{first}"));
    }
    if let Some((given, wanted)) = first.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        let kind = if is_date(wanted) { PackErrorKind::BadDate } else { PackErrorKind::WrongType };
        return (kind, format!("值的类型不对：应为{}，写的却是{}", thing(wanted), written(given)));
    }
    if first.starts_with("invalid value") {
        return (PackErrorKind::WrongType, "值超出这一项允许的范围".to_owned());
    }
    if ["date", "month", "day"].iter().any(|word| first.contains(word)) {
        return (PackErrorKind::BadDate, "没有这样的日期；日期应真实存在，写成2025-01-01且不加引号".to_owned());
    }
    (PackErrorKind::Syntax, format!("{}；{HOW}", syntax(first)))
}

fn is_date(wanted: &str) -> bool {
    wanted.contains("datetime")
}

fn syntax(message: &str) -> &'static str {
    if message.contains("must be quoted") {
        return "这里应是加了英文双引号的文字，或不加引号的日期、数字";
    }
    if message.contains("string") {
        return "文字的引号不成对";
    }
    if message.contains("unclosed") {
        return "方括号或花括号不成对";
    }
    if message.contains("expected `,`") {
        return "两项之间缺少逗号";
    }
    "这一行不合写法"
}

/// What the format wants in a place.
fn thing(wanted: &str) -> &'static str {
    match wanted {
        _ if is_date(wanted) => "日期，如2025-01-01",
        "a string" => "文字",
        "a boolean" => "true或false",
        "a sequence" => "列表[…]",
        _ if wanted.starts_with('u') || wanted.starts_with('i') => "不小于零的整数",
        _ => "表{…}",
    }
}

/// What stands there instead.
fn written(given: &str) -> String {
    let (kind, rest) = given.split_once(' ').unwrap_or((given, ""));
    let rest = rest.trim_matches('`').trim_matches('"');
    match kind {
        "string" => format!("文字“{rest}”"),
        "integer" => format!("整数{rest}"),
        "floating" => "小数".to_owned(),
        "boolean" => rest.to_owned(),
        "sequence" => "列表".to_owned(),
        "datetime" => "日期".to_owned(),
        _ => "表".to_owned(),
    }
}
