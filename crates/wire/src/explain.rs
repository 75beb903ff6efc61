//! Why a received body does or does not verify: for `liufang gm explain` and for a vendor who connects.
//!
//! It shows the sign text that the center expects and tries what clients are known to do otherwise, in the
//! text and, through [`lf_gm::diagnose`], in the signature. Invariants: nothing is ever accepted because of
//! what is found here; an explanation holds the app's secret and a patient's data, so it goes to the key's owner
//! only and never into a log.

use lf_gm::diagnose::{Case, Diagnosis, diagnose};
use lf_gm::{PublicKey, Signature, Sm4Key, Verifier, hex};

use crate::envelope::{Envelope, EnvelopeError, parse_data};
use crate::json::Value;
use crate::sign_text::{Keys, Numbers, SignForm, Signed, Style, candidates, sign_text, with_object};

/// What the center knows of an app.
#[derive(Debug, Clone, Copy)]
pub struct App<'k> {
    /// Its id.
    pub app_id: &'k str,
    /// Its secret.
    pub app_secret: &'k str,
    /// Its SM4 key.
    pub sm4: &'k Sm4Key,
    /// Its public key.
    pub public_key: &'k PublicKey,
    /// The platform's public key, which clients confuse with theirs.
    pub platform_key: Option<&'k PublicKey>,
}

/// What was found, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The first thing wrong with the envelope or the payload.
    pub defect: Option<EnvelopeError>,
    /// The payload in plain.
    pub plain: Option<String>,
    /// The official sign text that belongs to the body.
    pub sign_text: Option<String>,
    /// Its SM3 without Z, upper-case hex.
    pub digest: Option<String>,
    /// The form that verified.
    pub verified: Option<SignForm>,
    /// What was found out, in Chinese, the most telling first.
    pub findings: Vec<String>,
}

/// Explains a received body.
pub fn explain(body: &[u8], app: &App<'_>) -> Explanation {
    let mut out = Explanation::default();
    if let Err(defect) = examine(body, app, &mut out) {
        out.defect = Some(defect);
        out.findings.insert(0, defect.to_string());
    }
    out
}

fn examine(body: &[u8], app: &App<'_>, out: &mut Explanation) -> Result<(), EnvelopeError> {
    let envelope = Envelope::parse(body)?;
    if envelope.app_id() != app.app_id {
        out.findings.push("报文的appId与所给密钥的appId不同，以下按所给密钥核对".to_owned());
    }
    let plain = envelope.open(app.sm4).inspect_err(|_| {
        let base64 = envelope.enc_data().contains(['+', '/', '=']);
        if base64 {
            out.findings.push("encData像是Base64，应为大写十六进制".to_owned());
        }
        out.findings.push("SM4密钥为：以appId前16个字符加密appSecret所得大写十六进制的前16个字符".to_owned());
    })?;
    out.plain = Some(String::from_utf8_lossy(&plain).into_owned());
    let data = parse_data(&plain)?;
    let signed = Signed { members: envelope.members(), data: &data, plain: &plain, enc_data: envelope.enc_data() };
    let official = sign_text(&signed, app.app_secret, SignForm::Object);
    out.digest = Some(hex::upper(&lf_gm::sm3(&official)));
    out.sign_text = Some(String::from_utf8_lossy(&official).into_owned());
    let verifier = Verifier::new(app.public_key);
    match envelope.verify(&verifier, app.app_secret, &plain, &data, None) {
        Ok(form) => {
            out.verified = Some(form);
            out.findings.push(format!("验签通过，待签名文本写法：{}", form.describe()));
            if form != SignForm::Object {
                out.findings.push("此写法与规范不同，本中心接受并按应用记住".to_owned());
            }
            Ok(())
        }
        Err(error) => {
            out.findings.extend(causes(&signed, envelope.sign_data(), app));
            Err(error)
        }
    }
}

/// What would verify, if anything does.
fn causes(signed: &Signed<'_, '_>, sign_data: &str, app: &App<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let verifier = Verifier::new(app.public_key);
    if let Ok(signature) = Signature::from_base64(sign_data) {
        for (what, text) in odd_texts(signed, app) {
            if verifier.verify(&text, &signature) {
                found.push(format!("签名本身有效，但待签名文本写法有误：{what}"));
            }
        }
    }
    if !found.is_empty() {
        return found;
    }
    let ids = [("appSecret", app.app_secret), ("appId", app.app_id), ("空", "")];
    let keys: Vec<(&str, &PublicKey)> = app.platform_key.iter().map(|key| ("平台密钥", *key)).collect();
    let mut last = None;
    for form in candidates(None) {
        let text = sign_text(signed, app.app_secret, form);
        let case = Case {
            public_key: app.public_key,
            sign_text: &text,
            signature: sign_data,
            other_ids: &ids,
            other_keys: &keys,
        };
        match diagnose(&case) {
            Diagnosis::Explained(deviation) => {
                found.push(deviation.to_string());
                if form != SignForm::Object {
                    found.push(format!("且待签名文本写法为：{}", form.describe()));
                }
                return found;
            }
            other => last = Some(other),
        }
    }
    found.push(match last {
        Some(Diagnosis::Malformed(error)) => format!("{error}，且没有一种读法能通过验签"),
        Some(Diagnosis::OutOfRange) => "签名的r或s超出取值范围，不是任何SM2实现的正常输出".to_owned(),
        _ => "签名格式正确，但已知写法都不能通过：请核对私钥是否为本应用私钥，并逐字比对待签名文本".to_owned(),
    });
    found
}

/// Sign texts that clients build by mistake, each with what the mistake is.
fn odd_texts(signed: &Signed<'_, '_>, app: &App<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let secret = app.app_secret;
    let style = |keys, numbers, keep_empty| Style { keys, numbers, keep_empty };
    let official = with_object(signed, secret, Style::OFFICIAL, false);
    let mut texts = vec![
        ("数字没有转为字符串", with_object(signed, secret, style(Keys::Ordinal, Numbers::Bare, false), false)),
        (
            "data内保留了空值（null、空字符串、空数组）",
            with_object(signed, secret, style(Keys::Ordinal, Numbers::Literal, true), false),
        ),
        ("data内层没有排序", with_object(signed, secret, style(Keys::AsSent, Numbers::Literal, false), false)),
        (
            "data内层没有排序且数字没有转为字符串",
            with_object(signed, secret, style(Keys::AsSent, Numbers::Bare, false), false),
        ),
        (
            "data按原文拼接（未排序、未去空值、数字未转字符串）",
            with_object(signed, secret, style(Keys::AsSent, Numbers::Bare, true), false),
        ),
        ("保留了外层空值", with_object(signed, secret, Style::OFFICIAL, true)),
        ("漏掉了&key=appSecret", official.rsplitn(2, |byte| *byte == b'&').last().unwrap_or_default().to_vec()),
        ("末尾多了&", [official.as_slice(), b"&"].concat()),
        ("签的是data明文", signed.plain.to_vec()),
        ("签的是密文encData", signed.enc_data.as_bytes().to_vec()),
        ("签的是data的规范文本，没有外层字段", crate::sign_text::canonical_data(signed.data)),
        ("用appId代替了appSecret作key", with_object(signed, app.app_id, Style::OFFICIAL, false)),
        ("整个报文原样签名", sign_text(signed, secret, SignForm::RawMessage)),
    ];
    for (what, key, change) in [
        ("漏掉了version", "version", None),
        ("漏掉了timestamp", "timestamp", None),
        ("encType大小写与报文不同", "encType", Some(swapped_case as fn(&str) -> String)),
        ("signType大小写与报文不同", "signType", Some(swapped_case as fn(&str) -> String)),
        ("时间戳的小数在签名时去掉了", "timestamp", Some(whole as fn(&str) -> String)),
    ] {
        let members: Vec<_> = signed
            .members
            .iter()
            .filter_map(|(name, value)| match (name == key, change) {
                (false, _) => Some((name.clone(), value.clone())),
                (true, None) => None,
                (true, Some(change)) => {
                    let text = change(value.scalar().unwrap_or_default());
                    Some((name.clone(), Value::Text(text.into())))
                }
            })
            .collect();
        texts.push((what, sign_text(&Signed { members: &members, ..*signed }, secret, SignForm::Object)));
    }
    texts.push(("encType和signType的大小写与报文不同", both_cases(signed, secret)));
    texts.retain(|(_, text)| *text != official);
    texts
}

fn both_cases(signed: &Signed<'_, '_>, secret: &str) -> Vec<u8> {
    let members: Vec<_> = signed
        .members
        .iter()
        .map(|(name, value)| match name.as_ref() {
            "encType" | "signType" => {
                (name.clone(), Value::Text(swapped_case(value.scalar().unwrap_or_default()).into()))
            }
            _ => (name.clone(), value.clone()),
        })
        .collect();
    sign_text(&Signed { members: &members, ..*signed }, secret, SignForm::Object)
}

fn swapped_case(text: &str) -> String {
    if text.chars().any(|c| c.is_ascii_uppercase()) { text.to_ascii_lowercase() } else { text.to_ascii_uppercase() }
}

fn whole(text: &str) -> String {
    text.split('.').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
