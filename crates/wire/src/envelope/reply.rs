//! Sealing replies (epc.md §1.3).
//!
//! Invariants: `encData` is always valid cipher text, because a widespread client opens it before it looks
//! at `code`; the signature is the platform's, over every field that is sent.

use std::borrow::Cow;

use lf_gm::{Signer, Sm4Key};

use crate::json::{JsonError, Value};
use crate::sign_text::{SignForm, Signed, sign_text};

/// The envelope's version.
pub(super) const VERSION: &str = "1.0.0";

/// How `code` is written, a choice of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CodeStyle {
    /// As JSON number, which most clients declare.
    #[default]
    Number,
    /// As text, which the platform's own kit casts to.
    Text,
}

/// How a client writes its envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wire<'e> {
    /// `SM4` or `sm4`.
    pub enc_type: &'e str,
    /// `SM2` or `sm2`.
    pub sign_type: &'e str,
    /// `1.0.0`.
    pub version: &'e str,
}

impl Default for Wire<'static> {
    fn default() -> Self {
        Self { enc_type: "SM4", sign_type: "SM2", version: VERSION }
    }
}

/// What a reply says besides its payload.
#[derive(Debug, Clone, Copy)]
pub struct ReplyHead<'e> {
    /// 0 for success.
    pub code: i32,
    /// How it is written.
    pub style: CodeStyle,
    /// For people, in Chinese.
    pub message: &'e str,
    /// Milliseconds since the epoch.
    pub now_ms: i64,
    /// Echoed from the request.
    pub wire: Wire<'e>,
}

/// What sealing a reply to an app needs.
#[derive(Debug, Clone, Copy)]
pub struct ReplyKeys<'k> {
    /// The app.
    pub app_id: &'k str,
    /// Its secret.
    pub app_secret: &'k str,
    /// Its SM4 key.
    pub sm4: &'k Sm4Key,
    /// The platform's signer.
    pub signer: &'k Signer,
}

/// Seals a reply around a payload, `{}` where there is none.
///
/// # Errors
/// [`JsonError`] if the payload is no JSON: a fault of ours.
pub fn seal_reply(keys: ReplyKeys<'_>, head: ReplyHead<'_>, data_json: &[u8]) -> Result<Vec<u8>, JsonError> {
    let mut members = head_members(head);
    members.insert(4, text_member("appId", keys.app_id));
    seal_members(members, SignForm::Object, (keys.sm4, keys.signer, keys.app_secret), data_json)
}

/// Seals and signs a payload into an object of these fields.
pub(crate) fn seal_members<'e>(
    mut members: Vec<(Cow<'e, str>, Value<'e>)>,
    form: SignForm,
    (sm4, signer, app_secret): (&Sm4Key, &Signer, &str),
    plain: &[u8],
) -> Result<Vec<u8>, JsonError> {
    let data = Value::parse(plain)?;
    let enc_data = sm4.seal_hex_upper(plain);
    let signed = Signed { members: &members, data: &data, plain, enc_data: &enc_data };
    let sign_data = signer.sign(&sign_text(&signed, app_secret, form)).to_base64();
    members.push((Cow::Borrowed("encData"), Value::Text(Cow::Owned(enc_data))));
    members.push((Cow::Borrowed("signData"), Value::Text(Cow::Owned(sign_data))));
    Ok(Value::Object(members).to_json())
}

/// A reply to a sender whose keys are not known: the same fields, nothing sealed or signed.
pub fn unsealed_reply(head: ReplyHead<'_>) -> Vec<u8> {
    let mut members = head_members(head);
    members.push(text_member("encData", ""));
    members.push(text_member("signData", ""));
    Value::Object(members).to_json()
}

fn head_members<'e>(head: ReplyHead<'e>) -> Vec<(Cow<'e, str>, Value<'e>)> {
    let good = head.code == 0;
    let code = Cow::Owned(head.code.to_string());
    let code = match head.style {
        CodeStyle::Number => Value::Number(code),
        CodeStyle::Text => Value::Text(code),
    };
    vec![
        ("code".into(), code),
        text_member("message", head.message),
        ("success".into(), Value::Bool(good)),
        text_member("type", if good { "success" } else { "error" }),
        ("timestamp".into(), Value::Text(Cow::Owned(head.now_ms.to_string()))),
        text_member("encType", head.wire.enc_type),
        text_member("signType", head.wire.sign_type),
        text_member("version", head.wire.version),
    ]
}

fn text_member<'e>(key: &'static str, text: &'e str) -> (Cow<'e, str>, Value<'e>) {
    (Cow::Borrowed(key), Value::Text(Cow::Borrowed(text)))
}
