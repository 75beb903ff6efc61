//! The client's half of the REST/SM envelope: for `liufang call`, the demonstration, the bench and the tests.
//!
//! It seals requests as the three known families of clients do, byte for byte in what they sign, and opens
//! replies as the platform's own kit does. Invariant: nothing here is used by the server.

use std::borrow::Cow;

use lf_gm::{OpenError, Signature, SignatureError, Signer, Sm4Key, Verifier};

use crate::json::{JsonError, Value};
use crate::sign_text::{SignForm, Signed, canonical_data, sign_text};

/// A family of clients (epc.md §1.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The official one: payload as it is, `SM4`/`SM2`, timestamp as number.
    Official,
    /// Payload sorted and turned into texts before sealing, `sm4`/`sm2`, every field a text.
    Sorted,
    /// The cipher text in the sign text, no version, a fraction in the timestamp.
    Cipher,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Official, Self::Sorted, Self::Cipher];

    /// The letter of the dialect: A, B, C.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Official => "A",
            Self::Sorted => "B",
            Self::Cipher => "C",
        }
    }

    /// The dialect of a letter in either case.
    pub fn from_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.letter().eq_ignore_ascii_case(letter))
    }
}

/// What a client holds.
#[derive(Debug, Clone, Copy)]
pub struct ClientKeys<'k> {
    /// Its app.
    pub app_id: &'k str,
    /// Its secret.
    pub app_secret: &'k str,
    /// Its SM4 key, of [`lf_gm::sec_key`].
    pub sm4: &'k Sm4Key,
    /// Its own signer.
    pub signer: &'k Signer,
    /// The platform's public key.
    pub platform: &'k Verifier,
}

/// A reply, opened and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// 0 for success.
    pub code: i64,
    /// For people.
    pub message: String,
    /// The payload.
    pub data: Vec<u8>,
}

/// Why a reply cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// No acceptable JSON.
    #[error("应答不是合法的JSON：{0}")]
    Json(#[from] JsonError),
    /// A field is absent or of another type.
    #[error("应答缺少{0}")]
    Missing(&'static str),
    /// The center answered without sealing, as it does to an app that it does not know.
    #[error("应答未加密：code={code}，{message}")]
    Unsealed {
        /// Its code.
        code: i64,
        /// Its message.
        message: String,
    },
    /// `encData` cannot be opened.
    #[error("应答解密失败：{0}")]
    Open(#[from] OpenError),
    /// `signData` is no signature.
    #[error("应答签名格式错误：{0}")]
    Signature(#[from] SignatureError),
    /// The signature is not the platform's.
    #[error("应答验签失败：不是平台私钥的签名")]
    NotVerified,
}

/// Seals a request.
///
/// # Errors
/// [`JsonError`] if the payload is no JSON.
pub fn seal_request(
    dialect: Dialect,
    keys: ClientKeys<'_>,
    now_ms: i64,
    data_json: &[u8],
) -> Result<Vec<u8>, JsonError> {
    let timestamp = now_ms.to_string();
    let text = |key: &'static str, value: &str| (Cow::Borrowed(key), Value::Text(Cow::Owned(value.to_owned())));
    let number = |key: &'static str, value: &str| (Cow::Borrowed(key), Value::Number(Cow::Owned(value.to_owned())));
    let (members, form) = match dialect {
        Dialect::Official => (
            vec![
                text("appId", keys.app_id),
                text("version", "1.0.0"),
                number("timestamp", &timestamp),
                text("encType", "SM4"),
                text("signType", "SM2"),
            ],
            SignForm::Object,
        ),
        Dialect::Sorted => (
            vec![
                text("appId", keys.app_id),
                text("encType", "sm4"),
                text("signType", "sm2"),
                text("timestamp", &timestamp),
                text("version", "1.0.0"),
            ],
            SignForm::Object,
        ),
        Dialect::Cipher => (
            vec![
                text("appId", keys.app_id),
                text("timestamp", &format!("{timestamp}.66")),
                text("encType", "SM4"),
                text("signType", "SM2"),
            ],
            SignForm::Cipher,
        ),
    };
    if dialect == Dialect::Sorted {
        let sorted = canonical_data(&Value::parse(data_json)?);
        return seal_members(members, form, keys, &sorted);
    }
    seal_members(members, form, keys, data_json)
}

/// Seals a payload into an envelope of any fields, signed in any form: what a client beyond the three
/// dialects may send.
///
/// # Errors
/// [`JsonError`] if the payload is no JSON.
pub fn seal_members(
    members: Vec<(Cow<'_, str>, Value<'_>)>,
    form: SignForm,
    keys: ClientKeys<'_>,
    plain: &[u8],
) -> Result<Vec<u8>, JsonError> {
    crate::envelope::seal_members(members, form, (keys.sm4, keys.signer, keys.app_secret), plain)
}

/// Opens a reply and verifies that it is the platform's.
///
/// # Errors
/// [`ReplyError`].
pub fn open_reply(keys: ClientKeys<'_>, body: &[u8]) -> Result<Opened, ReplyError> {
    let reply = Value::parse(body)?;
    let Value::Object(members) = &reply else { return Err(ReplyError::Missing("code")) };
    let field = |key: &'static str| reply.get(key).and_then(Value::scalar).ok_or(ReplyError::Missing(key));
    let code = field("code")?.parse().map_err(|_| ReplyError::Missing("code"))?;
    let message = field("message")?.to_owned();
    let (enc_data, sign_data) = (field("encData")?, field("signData")?);
    if enc_data.is_empty() && sign_data.is_empty() {
        return Err(ReplyError::Unsealed { code, message });
    }
    let plain = keys.sm4.open_hex(enc_data)?;
    let data = Value::parse(&plain)?;
    let signed = Signed { members, data: &data, plain: &plain, enc_data };
    let signature = Signature::from_base64(sign_data)?;
    if !keys.platform.verify(&sign_text(&signed, keys.app_secret, SignForm::Object), &signature) {
        return Err(ReplyError::NotVerified);
    }
    Ok(Opened { code, message, data: plain })
}
