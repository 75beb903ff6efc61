//! `input` as provinces lay it: object, array, JSON text, SM4 text, or sealed and signed (dialect F); and the body that
//! one client sends as a JSON text of JSON.
//!
//! Invariant: what was received is signed over, never re-formatted.

use std::borrow::Cow;

use lf_gm::{Signature, Sm4Key, Verifier};

use crate::envelope::{EnvelopeError, MAX_FIELDS, verify_members};
use crate::json::{JsonError, Value};
use crate::sign_text::SignForm;

/// What `input` holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Input<'a> {
    /// The payload itself.
    Plain(Value<'a>),
    /// Text: JSON, or SM4 in hex.
    Text(Cow<'a, str>),
    /// Sealed and signed.
    Signed(SignedInput<'a>),
}

/// `input` of dialect F: `{appid, encType, signType, encData, signData}`; the outer fields are not signed.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedInput<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
    /// Who says to have sealed it.
    pub app_id: Cow<'a, str>,
    enc_data: Cow<'a, str>,
    sign_data: Cow<'a, str>,
}

/// Why `input` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Neither object nor array nor text.
    #[error("input应为对象、数组或JSON文本，实为{0}")]
    Kind(&'static str),
    /// Sealed is what the app asks for.
    #[error("本应用的input须以SM4加密")]
    NotSealed,
    /// `enc_type` says sealed, but it is no text.
    #[error("enc_type为SM4时input应为密文")]
    NotCipher,
    /// Its cipher, its JSON or its signature.
    #[error("input错误：{0}")]
    Inside(EnvelopeError),
}

impl<'a> Input<'a> {
    /// Sorts what stands under `input`.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn of(input: Value<'a>) -> Result<Self, InputError> {
        match input {
            Value::Text(text) => Ok(Self::Text(text)),
            Value::Object(members) if member(&members, "encData").is_some() => {
                SignedInput::of(members).map(Self::Signed).map_err(InputError::Inside)
            }
            plain @ (Value::Object(_) | Value::Array(_)) => Ok(Self::Plain(plain)),
            other => Err(InputError::Kind(other.kind_cn())),
        }
    }
}

impl<'a> SignedInput<'a> {
    fn of(members: Vec<(Cow<'a, str>, Value<'a>)>) -> Result<Self, EnvelopeError> {
        if members.len() > MAX_FIELDS {
            return Err(EnvelopeError::TooManyFields(members.len()));
        }
        let need = |key: &'static str| match member(&members, key) {
            Some(Value::Text(text)) if !text.is_empty() => Ok(text.clone()),
            None | Some(Value::Null | Value::Text(_)) => Err(EnvelopeError::Missing(key)),
            Some(_) => Err(EnvelopeError::NotText(key)),
        };
        let app_id = need("appid")?;
        if !need("encType")?.eq_ignore_ascii_case("SM4") {
            return Err(EnvelopeError::EncType);
        }
        if !need("signType")?.eq_ignore_ascii_case("SM2") {
            return Err(EnvelopeError::SignType);
        }
        let (enc_data, sign_data) = (need("encData")?, need("signData")?);
        Ok(Self { members, app_id, enc_data, sign_data })
    }

    /// Opens the payload's bytes.
    ///
    /// # Errors
    /// [`EnvelopeError::Open`].
    pub fn open(&self, key: &Sm4Key) -> Result<Vec<u8>, EnvelopeError> {
        key.open_hex(self.enc_data.as_bytes()).map_err(EnvelopeError::Open)
    }

    /// Verifies by the known forms of the sign text, as [`crate::Envelope::verify`] does.
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
        let signed = crate::sign_text::Signed { members: &self.members, data, plain, enc_data: &self.enc_data };
        verify_members(&signed, &signature, verifier, app_secret, remembered)
    }
}

/// A member, its key without regard to case.
fn member<'m, 'a>(members: &'m [(Cow<'a, str>, Value<'a>)], key: &str) -> Option<&'m Value<'a>> {
    members.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
}

/// The body, or what a body that is a JSON text says.
///
/// # Errors
/// [`EnvelopeError::Body`].
pub fn unquoted(body: &[u8]) -> Result<Cow<'_, [u8]>, EnvelopeError> {
    let first = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start().first();
    if first != Some(&b'"') {
        return Ok(Cow::Borrowed(body));
    }
    match Value::parse(body).map_err(EnvelopeError::Body)? {
        Value::Text(text) => Ok(Cow::Owned(text.into_owned().into_bytes())),
        _ => Err(EnvelopeError::Body(JsonError::Syntax(0))),
    }
}

/// Parses an opened payload: an object, or an array of one.
///
/// # Errors
/// [`InputError::Inside`].
pub fn payload(plain: &[u8]) -> Result<Value<'_>, InputError> {
    match Value::parse(plain).map_err(|error| InputError::Inside(EnvelopeError::Data(error)))? {
        good @ (Value::Object(_) | Value::Array(_)) => Ok(good),
        other => Err(InputError::Inside(EnvelopeError::DataNotObject(other.kind_cn()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Result<Input<'_>, InputError> {
        Input::of(Value::parse(json.as_bytes()).unwrap())
    }

    #[test]
    fn input_comes_in_four_shapes() {
        assert!(matches!(of(r#"{"data":{}}"#), Ok(Input::Plain(Value::Object(_)))));
        assert!(matches!(of(r#"[{}]"#), Ok(Input::Plain(Value::Array(_)))));
        assert_eq!(of(r#""{\"data\":{}}""#), Ok(Input::Text(Cow::Borrowed(r#"{"data":{}}"#))));
        let sealed = r#"{"appid":"A","ENCTYPE":"SM4","signtype":"sm2","encData":"00","signData":"x"}"#;
        let Ok(Input::Signed(signed)) = of(sealed) else { panic!("not signed") };
        assert_eq!(signed.app_id, "A");
        for (json, want) in [
            ("1", "input应为对象、数组或JSON文本，实为数字"),
            (r#"{"encData":"00"}"#, "input错误：请求报文缺少appid"),
            (r#"{"encData":"00","appid":1}"#, "input错误：请求报文的appid应为文本"),
            (r#"{"encData":"00","appid":"A","encType":"AES"}"#, "input错误：encType应为SM4"),
            (r#"{"encData":"00","appid":"A","encType":"SM4","signType":"RSA"}"#, "input错误：signType应为SM2"),
            (r#"{"encData":"00","appid":"A","encType":"SM4","signType":"SM2"}"#, "input错误：请求报文缺少signData"),
        ] {
            assert_eq!(of(json).unwrap_err().to_string(), want, "{json}");
        }
    }

    #[test]
    fn a_signed_input_has_so_many_fields_and_not_one_more() {
        let with = |fields: usize| {
            let more: String = (5..fields).map(|at| format!(r#","f{at}":1"#)).collect();
            format!(r#"{{"appid":"A","encType":"SM4","signType":"SM2","encData":"00","signData":"x"{more}}}"#)
        };
        assert!(matches!(of(&with(MAX_FIELDS)), Ok(Input::Signed(_))));
        let refused = of(&with(MAX_FIELDS + 1)).unwrap_err();
        assert_eq!(refused, InputError::Inside(EnvelopeError::TooManyFields(MAX_FIELDS + 1)));
    }

    #[test]
    fn a_body_may_be_a_text_of_json() {
        assert_eq!(unquoted(b" {\"a\":1}").unwrap().as_ref(), b" {\"a\":1}");
        assert_eq!(unquoted(b" \"{\\\"a\\\":1}\" ").unwrap().as_ref(), b"{\"a\":1}");
        assert_eq!(unquoted("\u{feff}\"{}\"".as_bytes()).unwrap().as_ref(), b"{}");
        assert!(unquoted(b"\"{}").is_err());
        assert_eq!(unquoted(b"").unwrap().as_ref(), b"");
    }
}
