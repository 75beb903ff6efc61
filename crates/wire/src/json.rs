//! Untrusted JSON into a small tree that borrows from the text. Serves every transaction: the payload of
//! each is read here once, for its sign text and for its fields.
//!
//! Why not a general library: the sign text needs numbers as they were written, the body must stay within
//! named limits, and a text of 27 KB must be copied once at most.
//!
//! Invariants: a number keeps its text; a key stands once in an object (the same key twice is refused,
//! because two readers could see two messages); nesting, members and size are limited; no input panics.

mod parse;

use std::borrow::Cow;

/// Longest text looked at, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Deepest nesting of arrays and objects.
pub const MAX_DEPTH: usize = 32;
/// Most values in one text, all levels together.
pub const MAX_VALUES: usize = 200_000;

/// A JSON value; text and numbers borrow from what was parsed where they can.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was written.
    Number(Cow<'a, str>),
    /// A text, escapes resolved.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object, members in the order written.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

/// Why a text is not acceptable JSON. Positions are bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Longer than [`MAX_BYTES`]; holds its length.
    #[error("报文过长（{0}字节，上限{MAX_BYTES}）")]
    TooLong(usize),
    /// Not UTF-8; holds the first wrong position.
    #[error("报文不是UTF-8编码（第{}字节起有误）", .0 + 1)]
    NotUtf8(usize),
    /// The text ends before the value does.
    #[error("报文不完整，在第{0}字节处中断")]
    Truncated(usize),
    /// Something that cannot stand there.
    #[error("报文不是合法的JSON（第{}字节）", .0 + 1)]
    Syntax(usize),
    /// Something behind the value.
    #[error("JSON之后还有多余内容（第{}字节）", .0 + 1)]
    Trailing(usize),
    /// Deeper than [`MAX_DEPTH`].
    #[error("JSON嵌套超过{MAX_DEPTH}层（第{}字节）", .0 + 1)]
    TooDeep(usize),
    /// More than [`MAX_VALUES`] values.
    #[error("JSON的值超过{MAX_VALUES}个")]
    TooMany,
    /// A key that stands twice in one object; holds the position of the object's end.
    #[error("JSON对象中有重复的键（第{}字节之前）", .0 + 1)]
    DuplicateKey(usize),
}

impl<'a> Value<'a> {
    /// Parses a text.
    ///
    /// # Errors
    /// The first [`JsonError`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, JsonError> {
        if bytes.len() > MAX_BYTES {
            return Err(JsonError::TooLong(bytes.len()));
        }
        // A byte order mark is no part of the text, though some clients send it.
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| JsonError::NotUtf8(error.valid_up_to()))?;
        parse::Parser::new(text).document()
    }

    /// The member of an object.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a text or number, or of `true` and `false`; `None` for the rest.
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// Whether it says nothing: `null` or the empty text.
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }

    /// What it is, for messages.
    pub fn kind_cn(&self) -> &'static str {
        match self {
            Self::Null => "空值",
            Self::Bool(_) => "布尔值",
            Self::Number(_) => "数字",
            Self::Text(_) => "文本",
            Self::Array(_) => "数组",
            Self::Object(_) => "对象",
        }
    }

    /// Appends it as compact JSON.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(true) => out.extend_from_slice(b"true"),
            Self::Bool(false) => out.extend_from_slice(b"false"),
            Self::Number(text) => out.extend_from_slice(text.as_bytes()),
            Self::Text(text) => write_text(text, out),
            Self::Array(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(members) => {
                out.push(b'{');
                for (index, (key, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    write_text(key, out);
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }

    /// As compact JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// The same value with nothing borrowed.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(text) => Value::Number(Cow::Owned(text.into_owned())),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Array(items) => Value::Array(items.into_iter().map(Value::into_owned).collect()),
            Self::Object(members) => Value::Object(
                members.into_iter().map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned())).collect(),
            ),
        }
    }
}

/// Appends a text in quotation marks; only `"`, `\` and control characters are escaped, as the sign
/// text demands (epc.md §1.4).
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut rest = bytes;
    loop {
        let plain = plain_prefix(rest);
        out.extend_from_slice(&rest[..plain]);
        let Some((byte, after)) = rest[plain..].split_first() else { break };
        write_escape(*byte, out);
        rest = after;
    }
    out.push(b'"');
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0C => b'f',
        _ => {
            let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + value - 10 };
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// How many bytes pass before a quotation mark, a backslash or a control character.
fn plain_prefix(bytes: &[u8]) -> usize {
    let special = |byte: u8| (byte == b'"') | (byte == b'\\') | (byte < 0x20);
    let (chunks, _) = bytes.as_chunks::<32>();
    // A whole chunk at a time, without a branch for each byte, so that long texts cost little.
    let whole =
        chunks.iter().take_while(|chunk| !chunk.iter().fold(false, |found, byte| found | special(*byte))).count();
    let start = whole * 32;
    start + bytes[start..].iter().take_while(|byte| !special(**byte)).count()
}

#[cfg(test)]
mod tests;
