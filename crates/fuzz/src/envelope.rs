//! The envelope of the REST front: parsed, opened, verified, explained.
//!
//! Properties: what a client of any dialect seals is opened to the same bytes and verifies; whatever is done to a sealed
//! body, if it still verifies then its payload is the one that was sealed or says the same.

use lf_wire::client::{Dialect, seal_request};
use lf_wire::explain::{App, explain};
use lf_wire::json::Value;
use lf_wire::sign_text::canonical_data;
use lf_wire::{Envelope, SignForm, envelope, parse_data, route};

use crate::edit::edited;
use crate::feed::Feed;
use crate::known::{APP_ID, APP_SECRET, KNOWN, NOW_MS, client};
use crate::samples::SAMPLES;
use crate::tree;

pub fn run(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    match feed.byte() % 4 {
        0 => {
            let raw = feed.rest();
            drop(open(raw));
            drop(envelope::claimed_sender(raw));
            let _ = route(&String::from_utf8_lossy(raw));
        }
        1 => {
            let app = App {
                app_id: APP_ID,
                app_secret: APP_SECRET,
                sm4: &KNOWN.sm4,
                public_key: &KNOWN.public_key,
                platform_key: Some(&KNOWN.public_key),
            };
            drop(explain(&edited(&sealed(&mut feed).0, &mut feed), &app));
        }
        2 => {
            let (body, plain, _) = sealed(&mut feed);
            let (opened, _) = open(&body).unwrap_or_default();
            assert_eq!(opened, plain, "opened is not what was sealed");
        }
        _ => {
            let (body, plain, dialect) = sealed(&mut feed);
            let Some((opened, form)) = open(&edited(&body, &mut feed)) else { return };
            // Dialect C signs the cipher text; the others sign what the payload says.
            let same = |bytes: &[u8]| Value::parse(bytes).map(|value| canonical_data(&value));
            let cipher = dialect == Dialect::Cipher || form == Some(SignForm::Cipher);
            assert!(if cipher { opened == plain } else { same(&opened) == same(&plain) }, "another payload verifies");
        }
    }
}

/// A sealed body, what is sealed in it, and how.
fn sealed(feed: &mut Feed<'_>) -> (Vec<u8>, Vec<u8>, Dialect) {
    let dialect = feed.pick(&Dialect::ALL).unwrap_or(Dialect::Official);
    let small = usize::from(feed.byte()) % SAMPLES.len();
    let sample = SAMPLES.get(small).map_or(Value::Null, |(_, sample)| sample.clone());
    let most = usize::from(feed.byte()) % 64;
    let tree = tree::edited(sample, &mut Feed::new(feed.take(most)));
    // The payload is an object on this front.
    let tree = if matches!(tree, Value::Object(_)) { tree } else { Value::Object(vec![("data".into(), tree)]) };
    let json = tree.to_json();
    let body = seal_request(dialect, client(), NOW_MS, &json).unwrap_or_default();
    let plain = if dialect == Dialect::Sorted { canonical_data(&tree) } else { json };
    (body, plain, dialect)
}

/// As the server does: the payload if everything was right, with the form that verified.
fn open(body: &[u8]) -> Option<(Vec<u8>, Option<SignForm>)> {
    let envelope = Envelope::parse(body).ok()?;
    let plain = envelope.open(&KNOWN.sm4).ok()?;
    let data = parse_data(&plain).ok()?;
    let form = envelope.verify(&KNOWN.verifier, APP_SECRET, &plain, &data, None).ok()?;
    drop(data);
    Some((plain, Some(form)))
}
