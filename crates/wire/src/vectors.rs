//! Checking a file of published vectors: keys, sign texts, cipher texts, signatures, whole bodies.
//!
//! Serves `liufang gm vectors FILE`. The file: `keys` (`appId`, `appSecret`, `publicKeyBase64`,
//! `privateKeyBase64`) and `vectors[]` with `name`, `kind` (`request` or `response`), `data`, `signText`,
//! `encData`, `signData`, `body`, each optional but the name. Invariant: a vector in which nothing can be
//! checked is a failure, not a success.

use std::borrow::Cow;
use std::str::FromStr;

use lf_gm::{PrivateKey, PublicKey, Signature, Sm4Key, Verifier, sec_key};

use crate::json::Value;
use crate::sign_text::{SignForm, Signed, UNSIGNED, sign_text};

/// What came of one vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The vector's name.
    pub name: String,
    /// What was checked and is right.
    pub passed: Vec<String>,
    /// What is wrong.
    pub failed: Vec<String>,
}

impl Outcome {
    /// Whether something was checked and nothing is wrong.
    pub fn is_right(&self) -> bool {
        self.failed.is_empty() && !self.passed.is_empty()
    }

    fn note(&mut self, what: impl Into<String>, right: bool) {
        if right { self.passed.push(what.into()) } else { self.failed.push(what.into()) }
    }
}

struct Keys {
    app_secret: String,
    sm4: Sm4Key,
    verifier: Verifier,
}

/// Checks every vector of a file.
///
/// # Errors
/// In Chinese, when the file has not the form or its keys are none.
pub fn check(text: &[u8]) -> Result<Vec<Outcome>, String> {
    let file = Value::parse(text).map_err(|error| error.to_string())?;
    let (keys, first) = keys(&file)?;
    let Some(Value::Array(vectors)) = file.get("vectors") else {
        return Err("文件缺少vectors数组".to_owned());
    };
    let mut outcomes = vec![first];
    outcomes.extend(vectors.iter().map(|vector| check_one(vector, &keys)));
    Ok(outcomes)
}

fn keys(file: &Value<'_>) -> Result<(Keys, Outcome), String> {
    let keys = file.get("keys").ok_or("文件缺少keys")?;
    let text = |key: &str| keys.get(key).and_then(Value::as_text).ok_or(format!("keys缺少{key}"));
    let (app_id, app_secret) = (text("appId")?, text("appSecret")?);
    let sm4 = sec_key(app_id, app_secret).map_err(|error| error.to_string())?;
    let public = PublicKey::from_str(text("publicKeyBase64")?).map_err(|error| format!("公钥：{error}"))?;
    let mut outcome = Outcome { name: "keys".to_owned(), passed: vec![], failed: vec![] };
    outcome.note("公钥在曲线上", true);
    if let Ok(private) = text("privateKeyBase64") {
        let private = PrivateKey::from_str(private).map_err(|error| format!("私钥：{error}"))?;
        outcome.note("公钥与私钥相配", private.public_key() == public);
    }
    if let Ok(expected) = text("sm4SecKey_ascii") {
        let derived = lf_gm::sec_key_text(app_id, app_secret).map_err(|error| error.to_string())?;
        outcome.note("SM4密钥推导", derived.as_slice() == expected.as_bytes());
    }
    Ok((Keys { app_secret: app_secret.to_owned(), sm4, verifier: Verifier::new(&public) }, outcome))
}

fn check_one(vector: &Value<'_>, keys: &Keys) -> Outcome {
    let text = |key: &str| vector.get(key).and_then(Value::as_text);
    let mut outcome = Outcome { name: text("name").unwrap_or("?").to_owned(), passed: vec![], failed: vec![] };
    let body = vector.get("body");
    // What stands in the body counts as well as what stands beside it.
    let either = |key: &str| text(key).or_else(|| body.and_then(|body| body.get(key)).and_then(Value::as_text));
    let (data, expected) = (text("data"), text("signText"));
    let (enc_data, sign_data) = (either("encData"), either("signData"));
    if let (Some(data), Some(enc_data)) = (data, enc_data) {
        let opened = keys.sm4.open_hex(enc_data).is_ok_and(|plain| plain == data.as_bytes());
        let sealed = keys.sm4.seal_hex_upper(data.as_bytes()) == enc_data;
        // A client may have sorted its payload before it sealed it, so the meaning decides.
        outcome.note("密文解密得明文", opened || same_meaning(keys, enc_data, data));
        if opened {
            outcome.note(
                "明文加密得密文",
                sealed || enc_data.eq_ignore_ascii_case(&keys.sm4.seal_hex_upper(data.as_bytes())),
            );
        }
    }
    if let (Some(expected), Some(sign_data)) = (expected, sign_data) {
        let verified = Signature::from_base64(sign_data)
            .is_ok_and(|signature| keys.verifier.verify(expected.as_bytes(), &signature));
        outcome.note("签名对待签名文本有效", verified);
    }
    if let (Some(data), Some(expected)) = (data, expected) {
        let sealed = keys.sm4.seal_hex_upper(data.as_bytes());
        let form = rebuild(body, data, enc_data.unwrap_or(&sealed), expected, &keys.app_secret);
        let what = form.map_or("待签名文本可由明文重建".to_owned(), |form| {
            format!("待签名文本可由明文重建（{}）", form.name())
        });
        outcome.note(what, form.is_some());
    }
    if outcome.passed.is_empty() && outcome.failed.is_empty() {
        outcome.note("没有可核对的内容", false);
    }
    outcome
}

fn same_meaning(keys: &Keys, enc_data: &str, data: &str) -> bool {
    let Ok(plain) = keys.sm4.open_hex(enc_data) else { return false };
    match (Value::parse(&plain), Value::parse(data.as_bytes())) {
        (Ok(a), Ok(b)) => crate::sign_text::canonical_data(&a) == crate::sign_text::canonical_data(&b),
        _ => false,
    }
}

/// The form in which the payload gives the expected text.
fn rebuild(body: Option<&Value<'_>>, data: &str, enc_data: &str, expected: &str, app_secret: &str) -> Option<SignForm> {
    let parsed = Value::parse(data.as_bytes()).ok()?;
    SignForm::ALL.into_iter().find(|form| {
        let from_text;
        let members = match body {
            Some(Value::Object(members)) => members,
            _ => {
                from_text = fields_of(expected, &shown_data(&parsed, data, enc_data, *form));
                &from_text
            }
        };
        let signed = Signed { members, data: &parsed, plain: data.as_bytes(), enc_data };
        sign_text(&signed, app_secret, *form) == expected.as_bytes()
    })
}

/// What stands behind `data=` in a sign text of this form.
fn shown_data(parsed: &Value<'_>, plain: &str, enc_data: &str, form: SignForm) -> String {
    let alone = Signed { members: &[], data: parsed, plain: plain.as_bytes(), enc_data };
    let text = String::from_utf8(sign_text(&alone, "", form)).unwrap_or_default();
    text.trim_start_matches("data=").trim_end_matches("&key=").to_owned()
}

/// The envelope's fields out of a sign text, when only the text is given.
fn fields_of<'t>(text: &'t str, shown: &str) -> Vec<(Cow<'t, str>, Value<'t>)> {
    let (before, after) = text.split_once(&format!("data={shown}&")).unwrap_or((text, ""));
    before
        .split('&')
        .chain(after.split('&'))
        .filter_map(|piece| piece.split_once('='))
        .filter(|(key, _)| *key != "key" && !UNSIGNED.contains(key))
        .map(|(key, value)| (Cow::Borrowed(key), Value::Text(Cow::Borrowed(value))))
        .collect()
}
