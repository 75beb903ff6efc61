//! The published vectors of the REST/SM front, both directions: texts rebuilt, cipher texts opened and sealed,
//! signatures verified, whole bodies received as the server does.

use lf_gm::{PrivateKey, Signer, Verifier, sec_key};
use lf_wire::client::{ClientKeys, open_reply};
use lf_wire::json::Value;
use lf_wire::{Envelope, SignForm, parse_data, vectors};

const FILE: &str = include_str!("data/vectors.json");

#[test]
fn every_published_vector_is_right() {
    let outcomes = vectors::check(FILE.as_bytes()).unwrap();
    assert_eq!(outcomes.len(), 8);
    for outcome in &outcomes {
        assert!(outcome.is_right(), "{outcome:?}");
    }
    assert_eq!(outcomes[0].passed.len(), 3);
    for (index, form) in
        [(1, "object"), (2, "object"), (3, "object"), (4, "object"), (5, "object"), (6, "cipher"), (7, "object")]
    {
        let rebuilt = outcomes[index].passed.iter().any(|passed| passed.ends_with(&format!("（{form}）")));
        assert!(rebuilt, "{:?}", outcomes[index]);
    }
}

#[test]
fn any_change_of_a_vector_is_noticed() {
    let json: serde_json::Value = serde_json::from_str(FILE).unwrap();
    for index in 0..json["vectors"].as_array().unwrap().len() {
        for field in ["data", "signText", "encData", "signData"] {
            let mut changed = json.clone();
            let place = if changed["vectors"][index].get(field).is_some() {
                &mut changed["vectors"][index][field]
            } else if changed["vectors"][index]["body"].get(field).is_some() {
                &mut changed["vectors"][index]["body"][field]
            } else {
                continue;
            };
            let text = place.as_str().unwrap();
            // One character in the middle becomes another that is as valid there.
            let places: Vec<usize> =
                text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).map(|(at, _)| at).collect();
            let middle = places[places.len() / 2];
            let other = if &text[middle..=middle] == "A" { "B" } else { "A" };
            *place = format!("{}{other}{}", &text[..middle], &text[middle + 1..]).into();
            let outcomes = vectors::check(serde_json::to_string(&changed).unwrap().as_bytes()).unwrap();
            assert!(!outcomes[index + 1].is_right(), "{index} {field}");
        }
    }
    for file in ["", "{}", r#"{"keys":{}}"#, r#"{"keys":{"appId":"x"}}"#] {
        assert!(vectors::check(file.as_bytes()).is_err(), "{file}");
    }
    let mut empty = json;
    empty["vectors"] = serde_json::json!([{"name": "nothing in it"}]);
    let outcomes = vectors::check(serde_json::to_string(&empty).unwrap().as_bytes()).unwrap();
    assert!(!outcomes[1].is_right());
}

#[test]
fn published_bodies_are_received_and_replies_opened() {
    let file = Value::parse(FILE.as_bytes()).unwrap();
    let text = |key: &str| file.get("keys").and_then(|keys| keys.get(key)).and_then(Value::as_text).unwrap();
    let (app_id, app_secret) = (text("appId"), text("appSecret"));
    let sm4 = sec_key(app_id, app_secret).unwrap();
    let private: PrivateKey = text("privateKeyBase64").parse().unwrap();
    let verifier = Verifier::new(&private.public_key());
    let Some(Value::Array(all)) = file.get("vectors") else { panic!("no vectors") };
    let mut seen = 0;
    for vector in all {
        let Some(body) = vector.get("body") else { continue };
        let bytes = body.to_json();
        seen += 1;
        if vector.get("kind").and_then(Value::as_text) == Some("response") {
            let signer = Signer::new(&private);
            let keys = ClientKeys { app_id, app_secret, sm4: &sm4, signer: &signer, platform: &verifier };
            let opened = open_reply(keys, &bytes).unwrap();
            assert_eq!(opened.data, vector.get("data").and_then(Value::as_text).unwrap().as_bytes());
            assert_eq!(opened.code, 0);
            continue;
        }
        let envelope = Envelope::parse(&bytes).unwrap();
        let plain = envelope.open(&sm4).unwrap();
        let data = parse_data(&plain).unwrap();
        assert_eq!(envelope.verify(&verifier, app_secret, &plain, &data, None), Ok(SignForm::Object));
    }
    assert_eq!(seen, 2);
}
