//! Replies of the gateway front (fsi.md §1.2).
//!
//! Invariants: the ten fields are always there, absent ones as null; nothing in a reply depends on anything but the
//! message, the outcome and the two times, so that a repetition differs in its times only.

use std::borrow::Cow;

use lf_gm::{Signer, Sm4Key};
use lf_vocab::{Admdvs, Moment};

use super::auth::AuthError;
use super::head::Head;
use crate::envelope::seal_members;
use crate::generated::Transaction;
use crate::json::{JsonError, Value};

/// `output`, ready to be written.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Nothing.
    None,
    /// A payload in JSON.
    Json(Vec<u8>),
    /// The same as a text, for clients that read it so.
    Text(Vec<u8>),
    /// SM4 in hex.
    Sealed(String),
}

/// A reply.
#[derive(Debug, Clone, PartialEq)]
pub struct GatewayReply<'r> {
    /// 0 or -1.
    pub good: bool,
    /// For people, in Chinese; only of a failure.
    pub err_msg: Option<&'r str>,
    /// What the law reminds of.
    pub warn_msg: Option<&'r str>,
    /// The payload.
    pub output: Output,
    /// 接收方报文ID, of [`refmsgid`].
    pub inf_refmsgid: &'r str,
    /// When the message came.
    pub received: Moment,
    /// When it is answered.
    pub responded: Moment,
}

impl GatewayReply<'_> {
    /// As JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        out.extend_from_slice(if self.good { br#"{"infcode":0"# } else { br#"{"infcode":-1"# });
        text(&mut out, "inf_refmsgid", Some(self.inf_refmsgid));
        text(&mut out, "refmsg_time", Some(&stamp(self.received)));
        text(&mut out, "respond_time", Some(&stamp(self.responded)));
        text(&mut out, "err_msg", self.err_msg);
        out.extend_from_slice(br#","output":"#);
        match &self.output {
            Output::None => out.extend_from_slice(b"null"),
            Output::Json(json) => out.extend_from_slice(json),
            Output::Text(json) => crate::json::write_text(&String::from_utf8_lossy(json), &mut out),
            Output::Sealed(cipher) => crate::json::write_text(cipher, &mut out),
        }
        text(&mut out, "warn_msg", self.warn_msg);
        text(&mut out, "cainfo", None);
        text(&mut out, "signtype", None);
        text(&mut out, "enctype", matches!(self.output, Output::Sealed(_)).then_some("SM4"));
        out.push(b'}');
        out
    }
}

/// What a gateway says before it lets anybody in.
pub fn refused_at_the_gate(error: AuthError) -> Vec<u8> {
    let mut out = br#"{"code":401"#.to_vec();
    text(&mut out, "message", Some(&error.to_string()));
    out.push(b'}');
    out
}

/// The payload as this front shows it: the electronic prescription under `data`, the rest as its nodes; `{}` is none.
///
/// # Errors
/// [`JsonError`] if the payload is no JSON: a fault of ours.
pub fn shown(transaction: Transaction, payload: &[u8]) -> Result<Option<Vec<u8>>, JsonError> {
    let value = Value::parse(payload)?;
    if matches!(&value, Value::Object(members) if members.is_empty()) {
        return Ok(None);
    }
    let under_data = transaction.number().starts_with('7') && value.get("data").is_none();
    Ok(Some(if under_data { [br#"{"data":"#, payload, b"}"].concat() } else { payload.to_vec() }))
}

/// `output` of dialect F: the fields of its `input`, sealed for the app and signed by the platform.
///
/// # Errors
/// [`JsonError`] if the payload is no JSON: a fault of ours.
pub fn signed_output(
    (app_id, app_secret): (&str, &str),
    sm4: &Sm4Key,
    platform: &Signer,
    payload: &[u8],
) -> Result<Vec<u8>, JsonError> {
    let member = |key: &'static str, value| (Cow::Borrowed(key), Value::Text(Cow::Borrowed(value)));
    let members = vec![member("appid", app_id), member("encType", "SM4"), member("signType", "SM2")];
    seal_members(members, crate::SignForm::ObjectCaseless, (sm4, platform, app_secret), payload)
}

/// 接收方报文ID: the region, the second, and ten digits of the message's SM3: no counter is needed, and two messages of
/// a second have the same number only by chance.
pub fn refmsgid(region: Admdvs, received: Moment, head: Option<&Head>, body: &[u8]) -> String {
    let mut hash = lf_gm::Sm3::new();
    if let Some(head) = head {
        hash.update(head.fixmedins_code.as_str().as_bytes()).update(head.msgid.as_bytes());
    }
    hash.update(&body[..body.len().min(4096)]);
    let number = hash.finish().iter().take(8).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
    format!("{region}{}{:010}", &stamp(received)[..14], number % 10_000_000_000)
}

/// `yyyyMMddHHmmssSSS`
fn stamp(moment: Moment) -> String {
    let mut stamp: String = moment.to_string().chars().filter(char::is_ascii_digit).collect();
    stamp.push_str(&format!("{:03}", moment.millis().rem_euclid(1_000)));
    stamp
}

fn text(out: &mut Vec<u8>, key: &'static str, value: Option<&str>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":");
    match value {
        Some(value) => crate::json::write_text(value, out),
        None => out.extend_from_slice(b"null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(good: bool, output: Output) -> String {
        let at: Moment = "2026-05-11 09:30:00".parse().unwrap();
        let reply = GatewayReply {
            good,
            err_msg: (!good).then_some("报文有1处错误"),
            warn_msg: None,
            output,
            inf_refmsgid: "360900202605110930000000000001",
            received: at,
            responded: Moment::from_micros(at.micros() + 7_000),
        };
        String::from_utf8(reply.to_json()).unwrap()
    }

    #[test]
    fn a_reply_has_its_ten_fields_whatever_happened() {
        assert_eq!(
            reply(true, Output::Json(br#"{"a":1}"#.to_vec())),
            r#"{"infcode":0,"inf_refmsgid":"360900202605110930000000000001","refmsg_time":"20260511093000000","respond_time":"20260511093000007","err_msg":null,"output":{"a":1},"warn_msg":null,"cainfo":null,"signtype":null,"enctype":null}"#
        );
        assert_eq!(
            reply(false, Output::None),
            r#"{"infcode":-1,"inf_refmsgid":"360900202605110930000000000001","refmsg_time":"20260511093000000","respond_time":"20260511093000007","err_msg":"报文有1处错误","output":null,"warn_msg":null,"cainfo":null,"signtype":null,"enctype":null}"#
        );
        assert!(reply(true, Output::Text(br#"{"a":1}"#.to_vec())).contains(r#""output":"{\"a\":1}""#));
        let sealed = reply(true, Output::Sealed("AB".to_owned()));
        assert!(sealed.contains(r#""output":"AB""#) && sealed.contains(r#""enctype":"SM4""#));
    }

    #[test]
    fn the_gate_speaks_as_clients_know_it() {
        let told = [AuthError::Missing, AuthError::Stale, AuthError::Unknown, AuthError::Mismatch]
            .map(|error| String::from_utf8(refused_at_the_gate(error)).unwrap());
        assert_eq!(
            told,
            [
                r#"{"code":401,"message":"缺少服务网关的请求头!"}"#,
                r#"{"code":401,"message":"签名时间戳超时!"}"#,
                r#"{"code":401,"message":"非法用户!"}"#,
                r#"{"code":401,"message":"签名不一致!"}"#,
            ]
        );
    }

    #[test]
    fn a_prescription_stands_under_data_and_a_settlement_in_its_nodes() {
        let show = |transaction, payload: &str| {
            shown(transaction, payload.as_bytes()).unwrap().map(|json| String::from_utf8(json).unwrap())
        };
        assert_eq!(show(Transaction::T7101, r#"{"hiRxno":"1"}"#).unwrap(), r#"{"data":{"hiRxno":"1"}}"#);
        assert_eq!(show(Transaction::T7201, r#"{"data":[]}"#).unwrap(), r#"{"data":[]}"#);
        assert_eq!(show(Transaction::T2102, r#"{"setlinfo":{}}"#).unwrap(), r#"{"setlinfo":{}}"#);
        assert_eq!(show(Transaction::T9002, "{}"), None);
    }

    #[test]
    fn the_number_of_a_reply_is_thirty_digits_of_the_message() {
        let at: Moment = "2026-05-11 09:30:00".parse().unwrap();
        let number = refmsgid("360900".parse().unwrap(), at, None, b"x");
        assert!(number.starts_with("36090020260511093000") && number.len() == 30, "{number}");
        assert!(number.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(number, refmsgid("360900".parse().unwrap(), at, None, b"x"));
        assert_ne!(number, refmsgid("360900".parse().unwrap(), at, None, b"y"));
    }
}
