//! The parser behind [`Value::parse`]: one pass, RFC 8259, limits of [`crate::json`].
//!
//! Invariant: the position only grows and stays on character borders of text already proved UTF-8.

use super::{JsonError, MAX_DEPTH, MAX_VALUES, Value, plain_prefix};
use std::borrow::Cow;

/// Objects up to this many members are searched for a double key one by one.
const FEW_MEMBERS: usize = 64;

pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    values: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0, values: 0 }
    }

    pub(super) fn document(mut self) -> Result<Value<'a>, JsonError> {
        self.blanks();
        let value = self.value()?;
        self.blanks();
        if self.at < self.text.len() { Err(JsonError::Trailing(self.at)) } else { Ok(value) }
    }

    fn value(&mut self) -> Result<Value<'a>, JsonError> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(JsonError::TooMany);
        }
        match self.peek() {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => Err(JsonError::Syntax(self.at)),
            None => Err(JsonError::Truncated(self.at)),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value<'a>, JsonError>) -> Result<Value<'a>, JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError::TooDeep(self.at));
        }
        self.depth += 1;
        self.at += 1;
        self.blanks();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// Behind `{` and blanks.
    fn object(&mut self) -> Result<Value<'a>, JsonError> {
        let mut members: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        if self.eat(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            let key = self.string()?;
            self.blanks();
            self.expect(b':')?;
            self.blanks();
            let value = self.value()?;
            members.push((key, value));
            self.blanks();
            if self.eat(b'}') {
                break;
            }
            self.expect(b',')?;
            self.blanks();
        }
        if has_double_key(&members) { Err(JsonError::DuplicateKey(self.at)) } else { Ok(Value::Object(members)) }
    }

    /// Behind `[` and blanks.
    fn array(&mut self) -> Result<Value<'a>, JsonError> {
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            self.blanks();
            if self.eat(b']') {
                return Ok(Value::Array(items));
            }
            self.expect(b',')?;
            self.blanks();
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, JsonError> {
        let rest = &self.text.as_bytes()[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(value)
        } else if word.as_bytes().starts_with(rest) {
            Err(JsonError::Truncated(self.text.len()))
        } else {
            Err(JsonError::Syntax(self.at))
        }
    }

    fn number(&mut self) -> Result<Value<'a>, JsonError> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') && self.digits() == 0 {
            return Err(self.unexpected());
        }
        if self.eat(b'.') && self.digits() == 0 {
            return Err(self.unexpected());
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.unexpected());
            }
        }
        Ok(Value::Number(Cow::Borrowed(&self.text[start..self.at])))
    }

    fn digits(&mut self) -> usize {
        let count = self.text.as_bytes()[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    /// At the opening quotation mark.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let text = self.text;
        self.at += 1;
        let start = self.at;
        self.at += plain_prefix(&text.as_bytes()[start..]);
        if self.peek() == Some(b'"') {
            let plain = &text[start..self.at];
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut out = String::from(&text[start..self.at]);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                Some(_) => return Err(JsonError::Syntax(self.at)),
                None => return Err(JsonError::Truncated(self.at)),
            }
            let from = self.at;
            self.at += plain_prefix(&text.as_bytes()[from..]);
            out.push_str(&text[from..self.at]);
        }
    }

    /// Behind the backslash.
    fn escape(&mut self) -> Result<char, JsonError> {
        let at = self.at;
        let byte = self.peek().ok_or(JsonError::Truncated(at))?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.unicode(),
            _ => {
                self.at = at;
                return Err(JsonError::Syntax(at));
            }
        })
    }

    /// Behind `\u`; a pair of surrogates makes one character, half a pair is refused.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let at = self.at;
        let first = self.hex4()?;
        let code = if (0xD800..0xDC00).contains(&first) {
            let rest = &self.text.as_bytes()[self.at..];
            if !rest.starts_with(b"\\u") {
                return Err(if b"\\u".starts_with(rest) {
                    JsonError::Truncated(self.text.len())
                } else {
                    JsonError::Syntax(at)
                });
            }
            self.at += 2;
            let second = self.hex4()?;
            if !(0xDC00..0xE000).contains(&second) {
                return Err(JsonError::Syntax(at));
            }
            0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
        } else {
            first
        };
        char::from_u32(code).ok_or(JsonError::Syntax(at))
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.peek().ok_or(JsonError::Truncated(self.at))?;
            let digit = char::from(byte).to_digit(16).ok_or(JsonError::Syntax(self.at))?;
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.eat(byte) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn unexpected(&self) -> JsonError {
        if self.at < self.text.len() { JsonError::Syntax(self.at) } else { JsonError::Truncated(self.at) }
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }
}

fn has_double_key(members: &[(Cow<'_, str>, Value<'_>)]) -> bool {
    if members.len() <= FEW_MEMBERS {
        return members.iter().enumerate().any(|(index, (key, _))| {
            // Most keys differ in length or first byte, which the comparison sees at once.
            members[..index].iter().any(|(other, _)| other == key)
        });
    }
    let mut keys: Vec<&str> = members.iter().map(|(key, _)| key.as_ref()).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}
