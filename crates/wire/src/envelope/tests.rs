//! Every fault of an envelope, every dialect, replies in both styles.

use super::*;
use crate::client::{ClientKeys, Dialect, ReplyError, open_reply, seal_members, seal_request};
use lf_gm::{PrivateKey, PublicKey, Signer, sec_key};
use proptest::prelude::*;
use std::sync::LazyLock;

const APP_ID: &str = "57E2D561E97141A3871DEFB410ADD920";
const SECRET: &str = "F30D0D261BA04063A0BCAEF19F8ADBCC";
const NOW: i64 = 1_795_307_954_172;

struct Keys {
    sm4: Sm4Key,
    app: Signer,
    app_public: Verifier,
    platform: Signer,
    platform_public: Verifier,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let pair = |seed: u8| {
        let key = PrivateKey::from_seed_bytes(&[seed; 32]).unwrap();
        let public: PublicKey = key.public_key();
        (Signer::new(&key), Verifier::new(&public))
    };
    let (app, app_public) = pair(1);
    let (platform, platform_public) = pair(2);
    Keys { sm4: sec_key(APP_ID, SECRET).unwrap(), app, app_public, platform, platform_public }
});

fn client() -> ClientKeys<'static> {
    let keys = &*KEYS;
    ClientKeys {
        app_id: APP_ID,
        app_secret: SECRET,
        sm4: &keys.sm4,
        signer: &keys.app,
        platform: &keys.platform_public,
    }
}

/// What the server does with a body.
fn receive(body: &[u8], remembered: Option<SignForm>) -> Result<(SignForm, Vec<u8>), EnvelopeError> {
    let envelope = Envelope::parse(body)?;
    let plain = envelope.open(&KEYS.sm4)?;
    let data = parse_data(&plain)?;
    let form = envelope.verify(&KEYS.app_public, SECRET, &plain, &data, remembered)?;
    Ok((form, plain.clone()))
}

#[test]
fn every_dialect_verifies_and_is_recognised() {
    let data = r#"{"rxDrugCnt":2,"price":1.50,"Zeta":"z","alpha":"阿莫西林","none":null,"list":[{"b":1,"a":""}]}"#;
    for (dialect, want) in [
        (Dialect::Official, SignForm::Object),
        (Dialect::Sorted, SignForm::Object),
        (Dialect::Cipher, SignForm::Cipher),
    ] {
        let body = seal_request(dialect, client(), NOW, data.as_bytes()).unwrap();
        for remembered in [None, Some(want), Some(SignForm::ObjectCaseless)] {
            assert_eq!(receive(&body, remembered).unwrap().0, want, "{dialect:?}");
        }
        let envelope = Envelope::parse(&body).unwrap();
        assert_eq!((envelope.app_id(), envelope.timestamp_ms()), (APP_ID, NOW));
    }
}

#[test]
fn the_other_forms_verify_too() {
    let members = || {
        vec![
            ("appId".into(), Value::Text(APP_ID.into())),
            ("encType".into(), Value::Text("sm4".into())),
            ("signType".into(), Value::Text("sm2".into())),
            ("timestamp".into(), Value::Number("1795307954172".into())),
            ("version".into(), Value::Text("1.0.0".into())),
            ("channel".into(), Value::Text("x".into())),
        ]
    };
    for (form, data) in [
        (SignForm::ObjectNormalised, r#"{"a":1.50}"#),
        (SignForm::ObjectCaseless, r#"{"Z":"1","a":"2"}"#),
        (SignForm::RawMessage, r#"{"medListCodgs":["B","A"]}"#),
    ] {
        let body = seal_members(members(), form, client(), data.as_bytes()).unwrap();
        assert_eq!(receive(&body, None).unwrap().0, form);
    }
    // The fallback of one client is not tried where that client would not fall back.
    let body = seal_members(members(), SignForm::RawMessage, client(), br#"{"a":[{"b":"1"}]}"#).unwrap();
    assert_eq!(receive(&body, None), Err(EnvelopeError::NotVerified));
}

fn replaced(key: &str, value: Option<serde_json::Value>) -> Vec<u8> {
    let body = seal_request(Dialect::Official, client(), NOW, b"{}").unwrap();
    let mut json: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&body).unwrap();
    match value {
        Some(value) => json.insert(key.to_owned(), value),
        None => json.remove(key),
    };
    serde_json::to_vec(&json).unwrap()
}

#[test]
fn every_fault_has_its_own_error() {
    use serde_json::json;
    for key in ["appId", "timestamp", "encType", "signType", "encData", "signData"] {
        for value in [None, Some(json!(null)), Some(json!(""))] {
            assert_eq!(receive(&replaced(key, value), None).unwrap_err().to_string(), format!("请求报文缺少{key}"));
        }
        assert_eq!(
            receive(&replaced(key, Some(json!({}))), None).unwrap_err().to_string(),
            format!("请求报文的{key}应为文本")
        );
    }
    let long = |length: usize| Some(json!("A".repeat(length)));
    assert_eq!(Envelope::parse(&replaced("appId", long(MAX_FIELD))).err(), None);
    for (body, want) in [
        (b"".to_vec(), EnvelopeError::Body(JsonError::Truncated(0))),
        (b"\xff".to_vec(), EnvelopeError::Body(JsonError::NotUtf8(0))),
        (b"[]".to_vec(), EnvelopeError::NotObject("数组")),
        (replaced("appId", long(MAX_FIELD + 1)), EnvelopeError::TooLong("appId")),
        (replaced("timestamp", Some(json!("yesterday"))), EnvelopeError::Timestamp),
        (replaced("timestamp", Some(json!("1795307954172."))), EnvelopeError::Timestamp),
        (replaced("timestamp", Some(json!("17953079541720000"))), EnvelopeError::Timestamp),
        (replaced("encType", Some(json!("AES"))), EnvelopeError::EncType),
        (replaced("signType", Some(json!("RSA"))), EnvelopeError::SignType),
        (replaced("encData", Some(json!("0G"))), EnvelopeError::Open(OpenError::NotHex(1))),
        (replaced("encData", Some(json!("ABC"))), EnvelopeError::Open(OpenError::OddLength(3))),
        (replaced("encData", Some(json!("ABCD"))), EnvelopeError::Open(OpenError::NotBlocks(2))),
        (replaced("encData", Some(json!("00".repeat(16)))), EnvelopeError::Open(OpenError::Padding)),
        (replaced("signData", Some(json!("AAAA"))), EnvelopeError::Signature(SignatureError::Length(3))),
        (replaced("version", Some(json!("2"))), EnvelopeError::NotVerified),
    ] {
        assert_eq!(receive(&body, None).unwrap_err(), want);
    }
    for (plain, want) in [
        (&b"{"[..], EnvelopeError::Data(JsonError::Truncated(1))),
        (b"[]", EnvelopeError::DataNotObject("数组")),
        (b"\"x\"", EnvelopeError::DataNotObject("文本")),
    ] {
        let sealed = KEYS.sm4.seal_hex_upper(plain);
        assert_eq!(receive(&replaced("encData", Some(json!(sealed))), None).unwrap_err(), want);
    }
}

#[test]
fn the_number_of_fields_is_limited() {
    let body = |extra: usize| {
        let mut json: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&seal_request(Dialect::Official, client(), NOW, b"{}").unwrap()).unwrap();
        for index in 0..extra {
            json.insert(format!("x{index}"), serde_json::Value::Null);
        }
        serde_json::to_vec(&json).unwrap()
    };
    assert!(receive(&body(MAX_FIELDS - 7), None).is_ok());
    assert_eq!(receive(&body(MAX_FIELDS - 6), None).unwrap_err(), EnvelopeError::TooManyFields(MAX_FIELDS + 1));
}

#[test]
fn the_sender_is_known_even_where_the_envelope_is_wrong() {
    let mut body: serde_json::Value =
        serde_json::from_slice(&seal_request(Dialect::Sorted, client(), NOW, b"{}").unwrap()).unwrap();
    body["timestamp"] = "yesterday".into();
    let bytes = serde_json::to_vec(&body).unwrap();
    assert_eq!(Envelope::parse(&bytes), Err(EnvelopeError::Timestamp));
    let wire = Wire { enc_type: "sm4", sign_type: "sm2", version: "1.0.0" };
    assert_eq!(claimed_sender(&bytes), Some((APP_ID.to_owned(), wire)));
    for body in ["", "{", "[]", "{}", r#"{"appId":""}"#, r#"{"appId":{}}"#] {
        assert_eq!(claimed_sender(body.as_bytes()), None, "{body}");
    }
    assert_eq!(claimed_sender(br#"{"appId":"X","encType":"AES"}"#), Some(("X".to_owned(), Wire::default())));
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let keys = ClientKeys { signer: &KEYS.platform, ..client() };
    for dialect in Dialect::ALL {
        let body = seal_request(dialect, keys, NOW, br#"{"a":"1"}"#).unwrap();
        assert_eq!(receive(&body, None), Err(EnvelopeError::NotVerified));
    }
}

#[test]
fn replies_read_back_in_both_styles_and_on_errors() {
    let keys = &*KEYS;
    let sealing = ReplyKeys { app_id: APP_ID, app_secret: SECRET, sm4: &keys.sm4, signer: &keys.platform };
    for (code, style, data) in [
        (0, CodeStyle::Number, r#"{"hiRxno":"1","price":1.50,"flag":true}"#),
        (0, CodeStyle::Text, r#"{"hiRxno":"1"}"#),
        (-1, CodeStyle::Number, "{}"),
        (401, CodeStyle::Text, "{}"),
    ] {
        let wire = Wire { enc_type: "sm4", sign_type: "sm2", ..Wire::default() };
        let head = ReplyHead { code, style, message: "成功/“失败”", now_ms: NOW, wire };
        let body = seal_reply(sealing, head, data.as_bytes()).unwrap();
        let opened = open_reply(client(), &body).unwrap();
        assert_eq!((opened.code, opened.message.as_str()), (i64::from(code), "成功/“失败”"));
        assert_eq!(opened.data, data.as_bytes());
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["code"].is_string(), style == CodeStyle::Text);
        assert_eq!(json["success"], code == 0);
        assert_eq!((&json["encType"], &json["signType"]), (&"sm4".into(), &"sm2".into()));
        let fields: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields.len(), 11, "{fields:?}");
        // Another platform key does not pass, nor does a changed field.
        assert_eq!(
            open_reply(ClientKeys { platform: &keys.app_public, ..client() }, &body),
            Err(ReplyError::NotVerified)
        );
        let tampered = String::from_utf8(body).unwrap().replace("失败", "成功");
        assert_eq!(open_reply(client(), tampered.as_bytes()), Err(ReplyError::NotVerified));
    }
    let head =
        ReplyHead { code: 401, style: CodeStyle::Number, message: "未知应用", now_ms: NOW, wire: Wire::default() };
    let unsealed = ReplyError::Unsealed { code: 401, message: "未知应用".to_owned() };
    assert_eq!(open_reply(client(), &unsealed_reply(head)), Err(unsealed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_received_panics(body in prop::collection::vec(any::<u8>(), 0..300), at in 0usize..400, byte in any::<u8>()) {
        let _ = receive(&body, None);
        let mut sealed = seal_request(Dialect::Official, client(), NOW, br#"{"a":"1"}"#).unwrap();
        let length = sealed.len();
        let original = std::mem::replace(&mut sealed[at % length], byte);
        // One changed byte never passes, unless it is no change or only the hex's case.
        if receive(&sealed, None).is_ok() {
            prop_assert!(original.eq_ignore_ascii_case(&byte));
        }
        sealed.truncate(at % length);
        prop_assert!(receive(&sealed, None).is_err());
    }
}
