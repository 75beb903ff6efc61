//! The sign text: what the SM2 signature of a message covers (epc.md §1.4), in the forms that real
//! clients build it.
//!
//! The rule: the envelope's fields without `signData`, `encData` and `extra`, with the payload as `data`;
//! absent ones dropped; `k=v&` sorted without regard to case; `key=<appSecret>` at the end. Inside the
//! payload keys are sorted, absent values and empty arrays dropped, and every scalar becomes a text.
//!
//! Invariants: the text depends on what was received, never on a re-formatted value; the secret stands
//! in it, so it is never logged, only shown to the key's owner.

mod canonical;

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::json::Value;

pub use canonical::{Keys, Numbers, Style};

/// Fields of the envelope that the signature does not cover.
pub const UNSIGNED: [&str; 3] = ["signData", "encData", "extra"];

/// A way in which clients build the sign text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignForm {
    /// The official one: the payload as object, keys in ordinal order, numbers as written.
    Object,
    /// As before, numbers without trailing zeros, as one common library writes them.
    ObjectNormalised,
    /// As the first, nested keys sorted without regard to case, empty fields of the envelope kept.
    ObjectCaseless,
    /// The cipher text in place of the payload.
    Cipher,
    /// The whole message unsorted, which one client signs when the payload holds an array of plain texts.
    RawMessage,
}

impl SignForm {
    /// All of them, the likelier first.
    pub const ALL: [Self; 5] =
        [Self::Object, Self::ObjectNormalised, Self::ObjectCaseless, Self::Cipher, Self::RawMessage];

    /// A stable name for logs and for remembering it with the app.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::ObjectNormalised => "object-normalised",
            Self::ObjectCaseless => "object-caseless",
            Self::Cipher => "cipher",
            Self::RawMessage => "raw-message",
        }
    }

    /// The form with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// What it is, in Chinese.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Object => "data为对象，键按字典序，数字保持原文",
            Self::ObjectNormalised => "data为对象，数字去掉末尾的零",
            Self::ObjectCaseless => "data为对象，内层键不区分大小写排序",
            Self::Cipher => "data为密文encData",
            Self::RawMessage => "未排序的整个报文（数组含纯文本时的回退写法）",
        }
    }
}

/// All forms, the remembered one first.
pub fn candidates(remembered: Option<SignForm>) -> impl Iterator<Item = SignForm> {
    remembered.into_iter().chain(SignForm::ALL.into_iter().filter(move |form| Some(*form) != remembered))
}

/// What a sign text is made of.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'s, 'a> {
    /// The envelope's fields as received, in any order.
    pub members: &'s [(Cow<'a, str>, Value<'a>)],
    /// The payload.
    pub data: &'s Value<'a>,
    /// The payload's bytes before they were parsed.
    pub plain: &'s [u8],
    /// The cipher text as received.
    pub enc_data: &'s str,
}

/// The bytes that a signature in this form covers.
pub fn sign_text(signed: &Signed<'_, '_>, app_secret: &str, form: SignForm) -> Vec<u8> {
    match form {
        SignForm::Object => with_object(signed, app_secret, Style::OFFICIAL, false),
        SignForm::ObjectNormalised => {
            with_object(signed, app_secret, Style { numbers: Numbers::Normalised, ..Style::OFFICIAL }, false)
        }
        SignForm::ObjectCaseless => {
            with_object(signed, app_secret, Style { keys: Keys::Caseless, ..Style::OFFICIAL }, true)
        }
        SignForm::Cipher => assemble(signed.members, signed.enc_data.as_bytes(), app_secret, false),
        SignForm::RawMessage => raw_message(signed),
    }
}

/// The sign text with the payload in any style, for explaining a signature that fails.
pub fn with_object(signed: &Signed<'_, '_>, app_secret: &str, style: Style, keep_empty: bool) -> Vec<u8> {
    let mut data = Vec::with_capacity(signed.plain.len() + 64);
    canonical::write(signed.data, style, &mut data);
    assemble(signed.members, &data, app_secret, keep_empty)
}

/// The payload as the sign text shows it: sorted, every scalar a text. One dialect also sends it so.
pub fn canonical_data(data: &Value<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    canonical::write(data, Style::OFFICIAL, &mut out);
    out
}

fn assemble(members: &[(Cow<'_, str>, Value<'_>)], data: &[u8], app_secret: &str, keep_empty: bool) -> Vec<u8> {
    let mut pieces: Vec<Vec<u8>> = Vec::with_capacity(members.len() + 1);
    for (key, value) in members {
        let dropped = UNSIGNED.contains(&key.as_ref()) || key == "data" || matches!(value, Value::Null);
        if dropped || (value.is_absent() && !keep_empty) {
            continue;
        }
        let mut piece = Vec::with_capacity(key.len() + 48);
        piece.extend_from_slice(key.as_bytes());
        piece.push(b'=');
        match value.scalar() {
            Some(text) => piece.extend_from_slice(text.as_bytes()),
            None => canonical::write(value, Style::OFFICIAL, &mut piece),
        }
        piece.push(b'&');
        pieces.push(piece);
    }
    pieces.push([b"data=", data, b"&"].concat());
    pieces.sort_by(|a, b| caseless(a, b));
    pieces.push([b"key=", app_secret.as_bytes()].concat());
    pieces.concat()
}

/// The message as its client wrote it before sealing: fixed order, timestamp as number, nothing dropped.
fn raw_message(signed: &Signed<'_, '_>) -> Vec<u8> {
    let member = |key: &str| signed.members.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let mut out = Vec::with_capacity(signed.plain.len() + 256);
    let text = |out: &mut Vec<u8>, key: &str| {
        crate::json::write_text(key, out);
        out.push(b':');
        crate::json::write_text(member(key).and_then(Value::scalar).unwrap_or_default(), out);
    };
    out.push(b'{');
    text(&mut out, "appId");
    out.push(b',');
    text(&mut out, "encType");
    out.extend_from_slice(b",\"data\":");
    out.extend_from_slice(signed.plain);
    out.push(b',');
    text(&mut out, "signType");
    out.extend_from_slice(b",\"timestamp\":");
    out.extend_from_slice(member("timestamp").and_then(Value::scalar).unwrap_or_default().as_bytes());
    for key in ["transType", "version"] {
        out.push(b',');
        text(&mut out, key);
    }
    out.push(b'}');
    out
}

/// The order in which the pieces stand: by UTF-16 units without regard to ASCII case.
pub(crate) fn caseless(a: &[u8], b: &[u8]) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        let lower = |bytes: &[u8]| bytes.iter().map(u8::to_ascii_lowercase).collect::<Vec<_>>();
        // Names differ early, so most pairs are decided without copying a long value.
        let early = a.iter().zip(b).take(64).map(|(a, b)| a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()));
        return early.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| lower(a).cmp(&lower(b)));
    }
    let units = |bytes: &[u8]| -> Vec<u16> { String::from_utf8_lossy(bytes).to_lowercase().encode_utf16().collect() };
    let early = a.iter().zip(b).take_while(|(a, b)| a.is_ascii() && b.is_ascii());
    let decided = early.map(|(a, b)| a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase())).find(|order| order.is_ne());
    decided.unwrap_or_else(|| units(a).cmp(&units(b)))
}

#[cfg(test)]
mod tests;
