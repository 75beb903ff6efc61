//! Sign texts in all forms, and files of test vectors.
//!
//! Properties: the canonical payload is JSON, and canonical already; a sign text depends on the order of the envelope's
//! fields only in the raw form; the secret closes it.

use lf_wire::json::Value;
use lf_wire::sign_text::{SignForm, Signed, canonical_data, sign_text};
use lf_wire::vectors;

use crate::edit::edited;
use crate::feed::Feed;
use crate::known::APP_SECRET;
use crate::samples::SAMPLES;
use crate::tree;

const VECTORS: &[u8] = include_bytes!("../../wire/tests/data/vectors.json");

pub fn run(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    match feed.byte() % 4 {
        0 => drop(vectors::check(&edited(VECTORS, &mut feed))),
        1 => {
            if let Ok(tree) = Value::parse(feed.rest()) {
                judge(&tree);
            }
        }
        _ => {
            let at = usize::from(feed.byte()) % SAMPLES.len();
            let sample = SAMPLES.get(at).map_or(Value::Null, |(_, sample)| sample.clone());
            judge(&tree::edited(sample, &mut feed));
        }
    }
}

fn judge(tree: &Value<'_>) {
    let canonical = canonical_data(tree);
    let again = Value::parse(&canonical);
    // Dropping what is empty may leave something empty, so the second time may drop more; the third time nothing new.
    assert!(again.is_ok(), "the canonical payload is no JSON");
    let Value::Object(members) = tree else { return };
    let mut turned = members.clone();
    turned.reverse();
    let plain = tree.to_json();
    for form in SignForm::ALL {
        let of = |members| {
            let signed = Signed { members, data: tree, plain: &plain, enc_data: "AB" };
            sign_text(&signed, APP_SECRET, form)
        };
        let text = of(members);
        if form != SignForm::RawMessage {
            assert!(text.ends_with(format!("key={APP_SECRET}").as_bytes()), "{}", form.name());
            assert_eq!(text.len(), of(&turned).len(), "{}: the order of the fields counts", form.name());
        }
    }
}
