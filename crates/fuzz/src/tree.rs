//! Edits of a JSON tree: the text stays JSON and most of the message stays valid, so validation and conversion are reached.

use std::borrow::Cow;

use lf_wire::json::Value;

use crate::feed::Feed;

/// Most edits of one tree.
const EDITS: usize = 16;
/// Most rows that an edit makes of one.
const ROWS: usize = 400;
/// Bytes beyond which a tree is repeated no further: more would only be slow.
const LARGE: usize = 64 * 1024;
/// What no error may repeat.
pub const MARK: &str = "SECRET-OF-A-PATIENT";

/// Texts at which readers stumble.
const TEXTS: [&str; 24] = [
    "",
    " ",
    "0",
    "1",
    "-1",
    "01",
    "1.00001",
    "99999999999999999999999999",
    "1e30",
    "1e-9223372036854775808",
    "2026-02-30",
    "2026-11-22 24:00:00",
    "2026-11-22T09:30:00",
    "0000-00-00 00:00:00",
    "9999-12-31 23:59:59",
    "中文字符",
    "\u{feff}x",
    "\0",
    "😀😀",
    "QUJD",
    "QUJ=",
    "360900",
    MARK,
    "null",
];

const NUMBERS: [&str; 10] =
    ["0", "-0", "1", "-1", "0.00001", "1E400", "1e-400", "99999999999999999999", "9223372036854775807", "1.5e3"];

/// The tree with the edits of the feed.
pub fn edited(mut tree: Value<'static>, feed: &mut Feed<'_>) -> Value<'static> {
    for _ in 0..EDITS {
        if feed.is_empty() {
            break;
        }
        let (op, at) = (feed.byte(), feed.word());
        let mut left = at % count(&tree);
        change(&mut tree, &mut left, op, feed);
    }
    tree
}

fn count(value: &Value<'_>) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.iter().map(|(_, value)| count(value)).sum(),
        _ => 0,
    }
}

/// Bytes of its texts and some for each value.
fn weight(value: &Value<'_>) -> usize {
    8 + match value {
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => members.iter().map(|(key, value)| key.len() + weight(value)).sum(),
        Value::Text(text) | Value::Number(text) => text.len(),
        _ => 0,
    }
}

/// Walks to the `left`-th value and changes it there; answers whether it did.
fn change(value: &mut Value<'static>, left: &mut usize, op: u8, feed: &mut Feed<'_>) -> bool {
    if *left == 0 {
        here(value, op, feed);
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| change(item, left, op, feed)),
        Value::Object(members) => members.iter_mut().any(|(_, item)| change(item, left, op, feed)),
        _ => false,
    }
}

fn here(value: &mut Value<'static>, op: u8, feed: &mut Feed<'_>) {
    match op % 12 {
        0 => *value = text(feed.pick(&TEXTS).unwrap_or_default()),
        1 => {
            let most = usize::from(feed.byte());
            *value = text(&String::from_utf8_lossy(feed.take(most)));
        }
        2 => *value = Value::Number(Cow::Borrowed(feed.pick(&NUMBERS).unwrap_or("0"))),
        3 => *value = Value::Null,
        4 => *value = Value::Bool(feed.byte() % 2 == 1),
        5 => *value = Value::Array(Vec::new()),
        6 => *value = Value::Object(Vec::new()),
        7 => *value = Value::Array(vec![value.clone()]),
        8 => repeat(value, feed.word() % ROWS),
        9 => drop_one(value, usize::from(feed.byte())),
        10 => rename(value, usize::from(feed.byte()), feed),
        _ => *value = text(&"长".repeat(feed.word() % 5_000)),
    }
}

fn text(text: &str) -> Value<'static> {
    Value::Text(Cow::Owned(text.to_owned()))
}

fn repeat(value: &mut Value<'static>, rows: usize) {
    match value {
        Value::Array(items) => {
            if let Some(first) = items.first().cloned() {
                items.resize(rows.min(LARGE / weight(&first)), first);
            }
        }
        other => *other = Value::Array(vec![other.clone(); rows.min(8).min(LARGE / weight(other))]),
    }
}

fn drop_one(value: &mut Value<'static>, at: usize) {
    match value {
        Value::Array(items) if !items.is_empty() => drop(items.remove(at % items.len())),
        Value::Object(members) if !members.is_empty() => drop(members.remove(at % members.len())),
        other => *other = Value::Null,
    }
}

/// Another spelling of a key, never one that stands there already.
fn rename(value: &mut Value<'static>, at: usize, feed: &mut Feed<'_>) {
    let Value::Object(members) = value else { return };
    let Some(at) = at.checked_rem(members.len()) else { return };
    let key = members[at].0.clone();
    let new = match feed.byte() % 4 {
        0 => key.to_ascii_lowercase(),
        1 => key.to_ascii_uppercase(),
        2 => format!("{key}s"),
        _ => ["data", "input", "signIn", "encData"][usize::from(feed.byte()) % 4].to_owned(),
    };
    if members.iter().all(|(key, _)| *key != new) {
        members[at].0 = Cow::Owned(new);
    }
}
