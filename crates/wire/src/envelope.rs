//! The REST/SM envelope (epc.md §1): parsing requests of dialects A, B and C, opening and verifying them,
//! and sealing replies so that every known client reads them.
//!
//! Invariants: what was received is signed over, never re-formatted; a request is accepted only when one
//! known form of its sign text verifies; a reply always carries a valid `encData`, also when it is an error.

mod reply;

use std::borrow::Cow;

use lf_gm::{OpenError, Signature, SignatureError, Sm4Key, Verifier};

use crate::json::{JsonError, Value};
use crate::sign_text::{SignForm, Signed, candidates, sign_text};

pub(crate) use reply::seal_members;
pub use reply::{CodeStyle, ReplyHead, ReplyKeys, Wire, seal_reply, unsealed_reply};

/// Longest text of a field of the envelope other than `encData`, in bytes.
pub const MAX_FIELD: usize = 512;
/// Most fields of an envelope.
pub const MAX_FIELDS: usize = 32;

/// A request's envelope, borrowed from the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
    app_id: Cow<'a, str>,
    timestamp_ms: i64,
    enc_type: Cow<'a, str>,
    sign_type: Cow<'a, str>,
    enc_data: Cow<'a, str>,
    sign_data: Cow<'a, str>,
}

/// What is wrong with an envelope or its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The body is no acceptable JSON.
    #[error("请求体错误：{0}")]
    Body(JsonError),
    /// The body is JSON, but no object.
    #[error("请求体应为JSON对象，实为{0}")]
    NotObject(&'static str),
    /// More fields than [`MAX_FIELDS`]; holds how many.
    #[error("请求报文有{0}个字段，最多{MAX_FIELDS}个")]
    TooManyFields(usize),
    /// A field is absent or empty.
    #[error("请求报文缺少{0}")]
    Missing(&'static str),
    /// A field is neither text nor number.
    #[error("请求报文的{0}应为文本")]
    NotText(&'static str),
    /// A field is longer than [`MAX_FIELD`].
    #[error("请求报文的{0}过长（上限{MAX_FIELD}字节）")]
    TooLong(&'static str),
    /// `timestamp` is no number of milliseconds.
    #[error("timestamp应为毫秒时间戳")]
    Timestamp,
    /// Another cipher than SM4.
    #[error("encType应为SM4")]
    EncType,
    /// Another signature than SM2.
    #[error("signType应为SM2")]
    SignType,
    /// `encData` cannot be opened.
    #[error("encData解密失败：{0}")]
    Open(OpenError),
    /// The payload is no acceptable JSON.
    #[error("业务数据错误：{0}")]
    Data(JsonError),
    /// The payload is JSON, but no object.
    #[error("业务数据应为JSON对象，实为{0}")]
    DataNotObject(&'static str),
    /// `signData` is no signature.
    #[error("signData错误：{0}")]
    Signature(SignatureError),
    /// No known form of the sign text verifies.
    #[error("验签失败：签名与报文不符，请核对应用私钥、appSecret和待签名文本的拼接规则")]
    NotVerified,
}

impl<'a> Envelope<'a> {
    /// Parses a request body.
    ///
    /// # Errors
    /// The first [`EnvelopeError`] of the envelope itself.
    pub fn parse(body: &'a [u8]) -> Result<Self, EnvelopeError> {
        let members = match Value::parse(body).map_err(EnvelopeError::Body)? {
            Value::Object(members) => members,
            other => return Err(EnvelopeError::NotObject(other.kind_cn())),
        };
        if members.len() > MAX_FIELDS {
            return Err(EnvelopeError::TooManyFields(members.len()));
        }
        let app_id = field(&members, "appId")?;
        let timestamp = field(&members, "timestamp")?;
        let timestamp_ms = millis(&timestamp).ok_or(EnvelopeError::Timestamp)?;
        let enc_type = field(&members, "encType")?;
        if !enc_type.eq_ignore_ascii_case("SM4") {
            return Err(EnvelopeError::EncType);
        }
        let sign_type = field(&members, "signType")?;
        if !sign_type.eq_ignore_ascii_case("SM2") {
            return Err(EnvelopeError::SignType);
        }
        let enc_data = text(&members, "encData")?;
        let sign_data = field(&members, "signData")?;
        Ok(Self { members, app_id, timestamp_ms, enc_type, sign_type, enc_data, sign_data })
    }

    /// Who says to have sent it.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// When it was sent, milliseconds since the epoch; a fraction is dropped.
    pub fn timestamp_ms(&self) -> i64 {
        self.timestamp_ms
    }

    /// `SM4` in the sender's case.
    pub fn enc_type(&self) -> &str {
        &self.enc_type
    }

    /// `SM2` in the sender's case.
    pub fn sign_type(&self) -> &str {
        &self.sign_type
    }

    /// The cipher text as received.
    pub fn enc_data(&self) -> &str {
        &self.enc_data
    }

    /// The signature text as received.
    pub fn sign_data(&self) -> &str {
        &self.sign_data
    }

    /// All fields as received.
    pub fn members(&self) -> &[(Cow<'a, str>, Value<'a>)] {
        &self.members
    }

    /// How its client writes an envelope, to be echoed in the reply.
    pub fn wire(&self) -> Wire<'_> {
        let version = self.members.iter().find(|(key, _)| key == "version").and_then(|(_, value)| value.scalar());
        Wire { enc_type: &self.enc_type, sign_type: &self.sign_type, version: version.unwrap_or(reply::VERSION) }
    }

    /// Opens the payload's bytes.
    ///
    /// # Errors
    /// [`EnvelopeError::Open`].
    pub fn open(&self, key: &Sm4Key) -> Result<Vec<u8>, EnvelopeError> {
        key.open_hex(self.enc_data.as_bytes()).map_err(EnvelopeError::Open)
    }

    /// Verifies the signature by the known forms of the sign text, the remembered one first, and says which
    /// one it was. `plain` are the payload's bytes, `data` the same parsed.
    ///
    /// # Errors
    /// [`EnvelopeError::Signature`] or [`EnvelopeError::NotVerified`].
    pub fn verify(
        &self,
        verifier: &Verifier,
        app_secret: &str,
        plain: &[u8],
        data: &Value<'_>,
        remembered: Option<SignForm>,
    ) -> Result<SignForm, EnvelopeError> {
        let signature = Signature::from_base64(&self.sign_data).map_err(EnvelopeError::Signature)?;
        let signed = Signed { members: &self.members, data, plain, enc_data: &self.enc_data };
        verify_members(&signed, &signature, verifier, app_secret, remembered)
    }
}

/// The form of the sign text that verifies, the remembered one tried first.
pub(crate) fn verify_members(
    signed: &Signed<'_, '_>,
    signature: &Signature,
    verifier: &Verifier,
    app_secret: &str,
    remembered: Option<SignForm>,
) -> Result<SignForm, EnvelopeError> {
    let mut tried: Vec<Vec<u8>> = Vec::new();
    for form in candidates(remembered) {
        // One client falls back to the raw message only here, so nobody else pays for a further try.
        if form == SignForm::RawMessage && !holds_array_of_texts(signed.data) {
            continue;
        }
        let text = sign_text(signed, app_secret, form);
        // Most forms of most messages are the same bytes; verifying costs far more than comparing.
        if tried.contains(&text) {
            continue;
        }
        if verifier.verify(&text, signature) {
            return Ok(form);
        }
        tried.push(text);
    }
    Err(EnvelopeError::NotVerified)
}

/// Who a body says to come from and how that client writes, read even where the rest of the envelope is wrong:
/// so that the error can be sealed for a client that opens `encData` before it looks at `code`. Nothing is
/// proved by it. `None` where the body is no JSON object or names nobody.
pub fn claimed_sender(body: &[u8]) -> Option<(String, Wire<'static>)> {
    let body = Value::parse(body).ok()?;
    let text = |key: &str| body.get(key).and_then(Value::scalar);
    let app_id = text("appId").filter(|id| !id.is_empty() && id.len() <= MAX_FIELD)?;
    let echo =
        |key: &str, upper: &'static str, lower: &'static str| if text(key) == Some(lower) { lower } else { upper };
    let wire = Wire {
        enc_type: echo("encType", "SM4", "sm4"),
        sign_type: echo("signType", "SM2", "sm2"),
        version: reply::VERSION,
    };
    Some((app_id.to_owned(), wire))
}

/// Parses an opened payload, which must be an object.
///
/// # Errors
/// [`EnvelopeError::Data`] or [`EnvelopeError::DataNotObject`].
pub fn parse_data(plain: &[u8]) -> Result<Value<'_>, EnvelopeError> {
    match Value::parse(plain).map_err(EnvelopeError::Data)? {
        object @ Value::Object(_) => Ok(object),
        other => Err(EnvelopeError::DataNotObject(other.kind_cn())),
    }
}

fn text<'a>(members: &[(Cow<'a, str>, Value<'a>)], key: &'static str) -> Result<Cow<'a, str>, EnvelopeError> {
    match members.iter().find(|(name, _)| name == key).map(|(_, value)| value) {
        None | Some(Value::Null) => Err(EnvelopeError::Missing(key)),
        Some(Value::Text(text)) if text.is_empty() => Err(EnvelopeError::Missing(key)),
        Some(Value::Text(text) | Value::Number(text)) => Ok(text.clone()),
        Some(_) => Err(EnvelopeError::NotText(key)),
    }
}

fn field<'a>(members: &[(Cow<'a, str>, Value<'a>)], key: &'static str) -> Result<Cow<'a, str>, EnvelopeError> {
    let text = text(members, key)?;
    if text.len() > MAX_FIELD { Err(EnvelopeError::TooLong(key)) } else { Ok(text) }
}

/// `1795307954172` or `1795307954172.66`.
fn millis(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() > 16 {
        return None;
    }
    whole.parse().ok()
}

fn holds_array_of_texts(value: &Value<'_>) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| !matches!(item, Value::Object(_)) || holds_array_of_texts(item)),
        Value::Object(members) => members.iter().any(|(_, value)| holds_array_of_texts(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
