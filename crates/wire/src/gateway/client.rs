//! The client's half of the gateway front: headers, envelopes and replies as its clients write and read them.
//!
//! Invariant: nothing here is used by the server.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::Mac as _;
use lf_gm::{Signature, hex};
use lf_ports::GatewayScheme;
use lf_vocab::Moment;

use super::auth::{csb_text, hmac_sha1, tif_digest};
use crate::client::{ClientKeys, ReplyError, seal_members};
use crate::json::{JsonError, Value, write_text};
use crate::sign_text::{SignForm, Signed, sign_text};

/// A family of clients of this front (epc.md §1.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GatewayDialect {
    /// E: the payload under `input.data`, nothing sealed.
    Plain,
    /// F: `input` sealed and signed, the body a JSON text of JSON.
    Signed,
}

/// What the headers need.
#[derive(Debug, Clone, Copy)]
pub struct GatewayKeys<'k> {
    /// Which headers.
    pub scheme: GatewayScheme,
    /// The app's id.
    pub access_key: &'k str,
    /// The secret of the headers.
    pub secret_key: &'k str,
}

/// The head of a call.
#[derive(Debug, Clone, Copy)]
pub struct Call<'c> {
    /// 交易编号.
    pub infno: &'c str,
    /// 发送方报文ID.
    pub msgid: &'c str,
    /// 定点医药机构编号.
    pub fixmedins_code: &'c str,
    /// 交易时间.
    pub inf_time: Moment,
}

/// A reply, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// 0 or -1; 401 where the gate refused.
    pub infcode: i64,
    /// For people.
    pub err_msg: Option<String>,
    /// What the law reminds of.
    pub warn_msg: Option<String>,
    /// `output` in JSON, opened and verified where it was sealed.
    pub output: Option<Vec<u8>>,
}

/// The headers of a request, each with the name as it is sent.
pub fn headers(keys: GatewayKeys<'_>, infno: &str, now_ms: i64) -> Vec<(&'static str, String)> {
    let (access_key, secret_key) = (keys.access_key.to_owned(), keys.secret_key);
    let seconds = (now_ms / 1_000).to_string();
    let nonce = format!("{}", now_ms % 1_000_000_007);
    match keys.scheme {
        GatewayScheme::Csb => {
            let (timestamp, version) = (now_ms.to_string(), "1.0.0".to_owned());
            let text = csb_text(keys.access_key, infno, &timestamp, "&", &version);
            let mac = hmac_sha1(secret_key, &text).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
            vec![
                ("_api_name", infno.to_owned()),
                ("_api_version", version),
                ("_api_timestamp", timestamp),
                ("_api_access_key", access_key),
                ("_api_signature", BASE64_STANDARD.encode(mac)),
            ]
        }
        GatewayScheme::Tif => {
            let signature = tif_digest(&seconds, secret_key, &nonce, hex::lower);
            vec![
                ("x-tif-paasid", access_key),
                ("x-tif-timestamp", seconds),
                ("x-tif-nonce", nonce),
                ("x-tif-signature", signature),
            ]
        }
        GatewayScheme::Rio => {
            let signature = tif_digest(&seconds, secret_key, &nonce, hex::upper);
            vec![
                ("x-rio-paasid", access_key),
                ("x-rio-timestamp", seconds),
                ("x-rio-nonce", nonce),
                ("x-rio-signature", signature),
            ]
        }
    }
}

/// The body of a request around a payload: the prescription's under `input.data`, the others' as they are.
///
/// # Errors
/// [`JsonError`] if the payload is no JSON.
pub fn body(
    dialect: GatewayDialect,
    keys: ClientKeys<'_>,
    call: Call<'_>,
    payload: &[u8],
) -> Result<Vec<u8>, JsonError> {
    let input = match dialect {
        GatewayDialect::Plain if call.infno.starts_with('7') => [br#"{"data":"#, payload, b"}"].concat(),
        GatewayDialect::Plain => payload.to_vec(),
        GatewayDialect::Signed => {
            let member = |key: &'static str, value: &str| (key.into(), Value::Text(value.to_owned().into()));
            let members = vec![member("appid", keys.app_id), member("encType", "SM4"), member("signType", "SM2")];
            seal_members(members, SignForm::ObjectCaseless, keys, payload)?
        }
    };
    let json = envelope(call, &input);
    if dialect == GatewayDialect::Plain {
        return Ok(json);
    }
    let mut quoted = Vec::with_capacity(json.len() + 64);
    write_text(&String::from_utf8_lossy(&json), &mut quoted);
    Ok(quoted)
}

/// The envelope around any `input`, which is JSON already.
pub fn envelope(call: Call<'_>, input: &[u8]) -> Vec<u8> {
    let inf_time = call.inf_time.to_string();
    let mut out = Vec::with_capacity(input.len() + 512);
    for (at, (key, value)) in [
        ("infno", call.infno),
        ("msgid", call.msgid),
        ("mdtrtarea_admvs", call.fixmedins_code.get(1..7).unwrap_or_default()),
        ("insuplc_admdvs", ""),
        ("recer_sys_code", "1"),
        ("dev_no", ""),
        ("dev_safe_info", ""),
        ("cainfo", ""),
        ("signtype", ""),
        ("infver", "V1.0"),
        ("opter_type", "1"),
        ("opter", "0001"),
        ("opter_name", "收银一号"),
        ("inf_time", inf_time.as_str()),
        ("fixmedins_code", call.fixmedins_code),
        ("fixmedins_name", call.fixmedins_code),
        ("sign_no", ""),
    ]
    .into_iter()
    .enumerate()
    {
        out.push(if at == 0 { b'{' } else { b',' });
        write_text(key, &mut out);
        out.push(b':');
        write_text(value, &mut out);
    }
    [out.as_slice(), br#","input":"#, input, b"}"].concat()
}

/// Opens a reply; a sealed one must be the platform's.
///
/// # Errors
/// [`ReplyError`].
pub fn open_reply(keys: ClientKeys<'_>, body: &[u8]) -> Result<Opened, ReplyError> {
    let reply = Value::parse(body)?;
    let text = |key: &str| reply.get(key).and_then(Value::as_text).map(str::to_owned);
    if let Some(Value::Number(code)) = reply.get("code") {
        let infcode = code.parse().map_err(|_| ReplyError::Missing("code"))?;
        return Ok(Opened { infcode, err_msg: text("message"), warn_msg: None, output: None });
    }
    let Some(Value::Number(infcode)) = reply.get("infcode") else { return Err(ReplyError::Missing("infcode")) };
    let infcode = infcode.parse().map_err(|_| ReplyError::Missing("infcode"))?;
    let output = match reply.get("output") {
        None => return Err(ReplyError::Missing("output")),
        Some(Value::Null) => None,
        Some(Value::Text(sealed)) if text("enctype").as_deref() == Some("SM4") => {
            Some(keys.sm4.open_hex(sealed.as_bytes())?)
        }
        Some(Value::Text(json)) => Some(json.as_bytes().to_vec()),
        Some(signed) if signed.get("encData").is_some() => Some(open_signed(keys, signed)?),
        Some(plain) => Some(plain.to_json()),
    };
    Ok(Opened { infcode, err_msg: text("err_msg"), warn_msg: text("warn_msg"), output })
}

fn open_signed(keys: ClientKeys<'_>, output: &Value<'_>) -> Result<Vec<u8>, ReplyError> {
    let Value::Object(members) = output else { return Err(ReplyError::Missing("encData")) };
    let need = |key: &'static str| output.get(key).and_then(Value::as_text).ok_or(ReplyError::Missing(key));
    let (enc_data, sign_data) = (need("encData")?, need("signData")?);
    let plain = keys.sm4.open_hex(enc_data)?;
    let data = Value::parse(&plain)?;
    let signed = Signed { members, data: &data, plain: &plain, enc_data };
    let text = sign_text(&signed, keys.app_secret, SignForm::ObjectCaseless);
    if keys.platform.verify(&text, &Signature::from_base64(sign_data)?) {
        return Ok(plain);
    }
    Err(ReplyError::NotVerified)
}
