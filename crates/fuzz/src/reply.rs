//! The client's side: opening replies of the center.
//!
//! Properties: what the center seals the client opens, code, message and payload; a changed reply is refused or says the same.

use lf_wire::client::open_reply;
use lf_wire::gateway::client::open_reply as open_gateway;
use lf_wire::json::Value;
use lf_wire::{CodeStyle, ReplyHead, ReplyKeys, Wire, envelope, seal_reply};

use crate::edit::edited;
use crate::feed::Feed;
use crate::known::{APP_ID, APP_SECRET, KNOWN, NOW_MS, client};
use crate::samples::SAMPLES;
use crate::tree;

pub fn run(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    let kind = feed.byte() % 4;
    if kind == 0 {
        let raw = feed.rest();
        drop((open_reply(client(), raw), open_gateway(client(), raw)));
        return;
    }
    let code = i32::from_be_bytes([feed.byte(), feed.byte(), feed.byte(), feed.byte()]);
    let style = if feed.byte().is_multiple_of(2) { CodeStyle::Number } else { CodeStyle::Text };
    let most = usize::from(feed.byte());
    let message = String::from_utf8_lossy(feed.take(most)).into_owned();
    let wire = Wire { enc_type: "SM4", sign_type: "SM2", version: "1.0.0" };
    let head = ReplyHead { code, style, message: &message, now_ms: NOW_MS, wire };
    if kind == 1 {
        drop(open_reply(client(), &edited(&envelope::unsealed_reply(head), &mut feed)));
        return;
    }
    let sample = SAMPLES.get(usize::from(feed.byte()) % SAMPLES.len()).map_or(Value::Null, |(_, tree)| tree.clone());
    let most = usize::from(feed.byte()) % 64;
    let payload = tree::edited(sample, &mut Feed::new(feed.take(most))).to_json();
    let keys = ReplyKeys { app_id: APP_ID, app_secret: APP_SECRET, sm4: &KNOWN.sm4, signer: &KNOWN.signer };
    let Ok(sealed) = seal_reply(keys, head, &payload) else { return };
    if kind == 2 {
        let opened = open_reply(client(), &sealed).ok().map(|opened| (opened.code, opened.message, opened.data));
        assert_eq!(opened, Some((i64::from(code), message, payload)), "a reply opens to something else");
        return;
    }
    drop(open_reply(client(), &edited(&sealed, &mut feed)));
}
