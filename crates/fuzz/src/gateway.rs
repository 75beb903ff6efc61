//! The gateway front: headers, body, head, `input` in its shapes, dialect F, replies.
//!
//! Properties: what a client of this front writes is read back and verifies; headers of one secret do not verify under
//! another; a reply opens to what was put in.

use lf_ports::{Gateway, GatewayScheme};
use lf_vocab::Moment;
use lf_wire::gateway::client::{Call, GatewayDialect, GatewayKeys, body, envelope, headers, open_reply};
use lf_wire::gateway::multipart::boundary;
use lf_wire::gateway::{
    Credentials, Form, GatewayReply, Headers, Input, Message, Output, input, is_gateway, named_in_path, reply,
    transaction, unquoted,
};
use lf_wire::json::Value;

use crate::edit::edited;
use crate::feed::Feed;
use crate::known::{APP_ID, APP_SECRET, KNOWN, NOW_MS, client};
use crate::samples::SAMPLES;
use crate::tree;

const CALL: Call<'static> = Call {
    infno: "7101",
    msgid: "P36090200106202605110930000001",
    fixmedins_code: "P36090200106",
    inf_time: Moment::from_micros(NOW_MS * 1_000),
};

pub fn run(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    match feed.byte() % 6 {
        0 => of_headers(&mut feed),
        1 => {
            let raw = feed.rest();
            drop(read(raw));
            let path = String::from_utf8_lossy(raw);
            let _ = (is_gateway(&path), named_in_path(&path), transaction(&path, "9001").is_ok());
            drop(open_reply(client(), raw));
            of_form(raw);
        }
        2 => drop(read(&edited(&envelope(CALL, &payload(&mut feed)), &mut feed))),
        3 => drop(read(&edited(&signed(&payload(&mut feed)), &mut feed))),
        4 => {
            let payload = payload(&mut feed);
            assert_eq!(read(&signed(&payload)), Some(payload), "dialect F");
        }
        _ => of_reply(&mut feed),
    }
}

/// A form of any bytes, whose boundary is its own first line where that may be one.
fn of_form(raw: &[u8]) {
    let line = raw.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let named = String::from_utf8_lossy(line.strip_prefix(b"--").unwrap_or(line)).into_owned();
    if let Ok(Some(boundary)) = boundary(&format!("multipart/form-data; boundary={named}"))
        && let Ok(form) = Form::parse(raw, boundary)
    {
        drop(Message::parse(form.json));
    }
}

fn payload(feed: &mut Feed<'_>) -> Vec<u8> {
    let at = usize::from(feed.byte()) % SAMPLES.len();
    let sample = SAMPLES.get(at).map_or(Value::Null, |(_, sample)| sample.clone());
    let most = usize::from(feed.byte()) % 64;
    let tree = tree::edited(sample, &mut Feed::new(feed.take(most)));
    let tree = if matches!(tree, Value::Object(_)) { tree } else { Value::Object(vec![("data".into(), tree)]) };
    tree.to_json()
}

fn signed(payload: &[u8]) -> Vec<u8> {
    body(GatewayDialect::Signed, client(), CALL, payload).unwrap_or_default()
}

/// As the server does: the payload of dialect F if all of it was right.
fn read(body: &[u8]) -> Option<Vec<u8>> {
    let body = unquoted(body).ok()?;
    let message = Message::parse(&body).ok()?;
    drop(transaction("/callService", &message.head.infno));
    let at = Moment::from_micros(NOW_MS * 1_000);
    let refmsgid = reply::refmsgid(lf_vocab::Admdvs::NATIONAL, at, Some(&message.head), &body);
    assert_eq!(refmsgid.len(), 30, "接收方报文ID");
    match Input::of(message.input).ok()? {
        Input::Plain(_) => None,
        Input::Text(text) => {
            drop(input::payload(text.as_bytes()));
            let plain = KNOWN.sm4.open_hex(text.as_bytes()).ok()?;
            drop(input::payload(&plain));
            None
        }
        Input::Signed(signed) => {
            let plain = signed.open(&KNOWN.sm4).ok()?;
            let data = input::payload(&plain).ok()?;
            signed.verify(&KNOWN.verifier, APP_SECRET, &plain, &data, None).ok()?;
            drop(data);
            Some(plain)
        }
    }
}

fn of_headers(feed: &mut Feed<'_>) {
    let scheme = feed.pick(&[GatewayScheme::Csb, GatewayScheme::Tif, GatewayScheme::Rio]).unwrap_or(GatewayScheme::Csb);
    let keys = GatewayKeys { scheme, access_key: APP_ID, secret_key: APP_SECRET };
    let mut sent: Vec<(String, String)> =
        headers(keys, "7101", NOW_MS).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let whole = feed.is_empty();
    if !whole {
        let at = usize::from(feed.byte()) % sent.len();
        if feed.byte().is_multiple_of(2) {
            sent[at].1 = String::from_utf8_lossy(&edited(sent[at].1.as_bytes(), feed)).into_owned();
        } else {
            sent[at].0 = String::from_utf8_lossy(feed.rest()).into_owned();
        }
    }
    let read = Headers::of(sent.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let credentials = Credentials::read(&read);
    assert!(credentials.is_ok() || !whole, "headers as sent are not read");
    let Ok(credentials) = credentials else { return };
    let _ = credentials.fresh(NOW_MS, i64::MAX);
    let _ = credentials.fresh(i64::MIN, 0);
    let app = |secret: &str| Gateway { secret_key: secret.to_owned(), scheme, output_text: false, sealed: false };
    assert!(credentials.verify(&app(APP_SECRET)).is_ok() || !whole, "headers as sent do not verify");
    assert!(credentials.verify(&app("another")).is_err() && credentials.verify(&app("")).is_err());
}

fn of_reply(feed: &mut Feed<'_>) {
    let shape = feed.byte() % 4;
    let payload = payload(feed);
    let output = match shape {
        0 => Output::Json(payload.clone()),
        1 => Output::Text(payload.clone()),
        2 => Output::Sealed(KNOWN.sm4.seal_hex_upper(&payload)),
        _ => {
            let keys = (APP_ID, APP_SECRET);
            Output::Json(reply::signed_output(keys, &KNOWN.sm4, &KNOWN.signer, &payload).unwrap_or_default())
        }
    };
    let at = Moment::from_micros(NOW_MS * 1_000);
    let reply = GatewayReply {
        good: true,
        err_msg: None,
        warn_msg: Some("提醒"),
        output,
        inf_refmsgid: CALL.msgid,
        received: at,
        responded: at,
    };
    let json = reply.to_json();
    let opened = open_reply(client(), &json);
    // A payload that itself has `encData` is taken for a signed one: that name is not free on this front.
    let free = Value::parse(&payload).is_ok_and(|value| value.get("encData").is_none());
    if free && let Ok(opened) = &opened {
        assert_eq!(opened.output.as_deref(), Some(payload.as_slice()), "the reply opens to something else");
    }
    assert!(opened.is_ok() || !free, "our own reply cannot be opened: {opened:?}");
    drop(open_reply(client(), &edited(&json, feed)));
}
