//! 7108 and 7109: what the center tells a hospital, and how the hospital says that it heard.
//!
//! A notice goes out in the envelope of a reply (docs/decisions/0012-callbacks.md), so that whoever can open replies can open
//! it. Invariants: the fields are those of 7106 and 7107, written by the same functions; an answer counts only when it
//! says `success`; why it does not is told without anything of its content.

use lf_gm::Sm4Key;
use lf_ports::{Letter, Notice};

use crate::envelope::{CodeStyle, ReplyHead, ReplyKeys, Wire, seal_reply};
use crate::generated::Transaction;
use crate::json::{JsonError, Value};
use crate::replies::Payload;
use crate::replies::query::{handed_out, judged, paid};
use crate::reply::Reply;
use crate::validate::validate_table;

/// Why a hospital's answer is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No JSON object.
    #[error("the answer is no JSON object")]
    NotJson,
    /// `encData` that does not open with the app's key, or holds no JSON object.
    #[error("the answer's encData does not open with the app's key")]
    NotOpened,
    /// A `code` beside `encData` that is not 0.
    #[error("the answer's code is not 0")]
    Code,
    /// `success` is absent, no truth value, or false.
    #[error("the answer does not say success")]
    NotSuccess,
}

/// The transaction of a notice.
pub const fn transaction(notice: &Notice) -> Transaction {
    match notice {
        Notice::Review(_) => Transaction::T7108,
        Notice::Settlement(_) => Transaction::T7109,
    }
}

/// The address of a notice below the hospital's own.
pub fn address(base: &str, notice: &Notice) -> String {
    let spec = transaction(notice).spec();
    format!("{}/{}", base.trim_end_matches('/'), spec.method.unwrap_or(spec.number))
}

/// The payload of a letter.
///
/// # Errors
/// A fault of ours.
pub fn payload(letter: &Letter) -> Payload {
    let mut out = Reply::of(transaction(&letter.notice).spec().input);
    match &letter.notice {
        Notice::Review(notice) => judged(&mut out, &letter.hi_rxno, &notice.reviewed, notice.rx_stas_codg),
        Notice::Settlement(notice) => {
            let statuses = (notice.rx_stas_codg, notice.rx_used_stas_codg);
            paid(&mut out, &letter.hi_rxno, notice.setl_time, statuses);
            out.each("seltdelts", &notice.taken, handed_out);
        }
    }
    out.to_json()
}

/// Seals a payload as a message of the platform to an app.
///
/// # Errors
/// [`JsonError`] if the payload is no JSON: a fault of ours.
pub fn seal(keys: ReplyKeys<'_>, style: CodeStyle, now_ms: i64, payload: &[u8]) -> Result<Vec<u8>, JsonError> {
    let head = ReplyHead { code: 0, style, message: "成功", now_ms, wire: Wire::default() };
    seal_reply(keys, head, payload)
}

/// That a hospital heard: `{"success":true}`, or the same sealed with the app's key in `encData`.
///
/// # Errors
/// [`AnswerError`].
pub fn read_answer(sm4: &Sm4Key, body: &[u8]) -> Result<(), AnswerError> {
    let answer = Value::parse(body).map_err(|_| AnswerError::NotJson)?;
    if !matches!(answer, Value::Object(_)) {
        return Err(AnswerError::NotJson);
    }
    match answer.get("encData").and_then(Value::as_text).filter(|sealed| !sealed.is_empty()) {
        None => says_success(&answer),
        Some(sealed) => {
            // What the envelope says of itself must not contradict what is in it.
            if answer.get("code").is_some_and(|code| code.scalar() != Some("0")) {
                return Err(AnswerError::Code);
            }
            let plain = sm4.open_hex(sealed.as_bytes()).map_err(|_| AnswerError::NotOpened)?;
            says_success(&Value::parse(&plain).map_err(|_| AnswerError::NotOpened)?)
        }
    }
}

fn says_success(answer: &Value<'_>) -> Result<(), AnswerError> {
    // Other fields are the hospital's own affair; this one is read as the table says, spellings of truth included.
    let Some(success) = answer.get("success") else { return Err(AnswerError::NotSuccess) };
    let only = Value::Object(vec![("success".into(), success.clone())]);
    let valid = validate_table(Transaction::T7108.spec().output, &only);
    match valid.ok().and_then(|valid| valid.node.bool("success")) {
        Some(true) => Ok(()),
        _ => Err(AnswerError::NotSuccess),
    }
}

#[cfg(test)]
mod tests {
    use lf_gm::{PrivateKey, Signer, Verifier, sec_key};

    use super::*;
    use crate::client::{ClientKeys, open_reply};

    const APP: (&str, &str) = ("57E2D561E97141A3871DEFB410ADD920", "F30D0D261BA04063A0BCAEF19F8ADBCC");

    fn sm4() -> Sm4Key {
        sec_key(APP.0, APP.1).unwrap()
    }

    #[test]
    fn an_answer_says_success_plain_or_sealed() {
        let sealed = |plain: &str| sm4().seal_hex_upper(plain.as_bytes());
        for good in [
            r#"{"success":true}"#.to_owned(),
            r#" {"success":"true","message":"ok","code":"200"} "#.to_owned(),
            r#"{"success":true,"encData":""}"#.to_owned(),
            format!(r#"{{"encData":"{}"}}"#, sealed(r#"{"success":true}"#)),
            format!(r#"{{"code":"0","success":false,"encData":"{}"}}"#, sealed(r#"{"success":true}"#).to_lowercase()),
        ] {
            assert_eq!(read_answer(&sm4(), good.as_bytes()), Ok(()), "{good}");
        }
        for (bad, why) in [
            (String::new(), AnswerError::NotJson),
            ("<html>".to_owned(), AnswerError::NotJson),
            ("true".to_owned(), AnswerError::NotJson),
            ("{}".to_owned(), AnswerError::NotSuccess),
            (r#"{"success":false}"#.to_owned(), AnswerError::NotSuccess),
            (r#"{"success":null}"#.to_owned(), AnswerError::NotSuccess),
            (r#"{"success":"yes"}"#.to_owned(), AnswerError::NotSuccess),
            (r#"{"success":[true]}"#.to_owned(), AnswerError::NotSuccess),
            (r#"{"success":true,"encData":"00"}"#.to_owned(), AnswerError::NotOpened),
            (format!(r#"{{"success":true,"encData":"{}"}}"#, sealed("{}")), AnswerError::NotSuccess),
            (format!(r#"{{"encData":"{}"}}"#, sealed("no json")), AnswerError::NotOpened),
            (format!(r#"{{"code":1,"encData":"{}"}}"#, sealed(r#"{"success":true}"#)), AnswerError::Code),
        ] {
            assert_eq!(read_answer(&sm4(), bad.as_bytes()), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_notice_opens_as_a_reply_of_the_platform_does() {
        let key = |seed: u8| PrivateKey::from_seed_bytes(&[seed; 32]).unwrap();
        let (platform, app) = (Signer::new(&key(1)), Signer::new(&key(2)));
        let sm4 = sm4();
        let keys = ReplyKeys { app_id: APP.0, app_secret: APP.1, sm4: &sm4, signer: &platform };
        let body = seal(keys, CodeStyle::Text, 1_700_000_000_000, br#"{"hiRxno":"1"}"#).unwrap();
        let verifier = Verifier::new(&key(1).public_key());
        let client = ClientKeys { app_id: APP.0, app_secret: APP.1, sm4: &sm4, signer: &app, platform: &verifier };
        let opened = open_reply(client, &body).unwrap();
        assert_eq!((opened.code, opened.data.as_slice()), (0, br#"{"hiRxno":"1"}"#.as_slice()));
        let other = Verifier::new(&key(2).public_key());
        assert!(open_reply(ClientKeys { platform: &other, ..client }, &body).is_err(), "not the platform's");
    }
}
