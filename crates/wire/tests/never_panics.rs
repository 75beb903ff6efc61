//! Whatever comes from outside ends in an answer, never in a panic.

// Helpers of an integration test stand outside `#[test]`, where the lint does not see that it is one.
#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use lf_gm::{PrivateKey, PublicKey, Signer, Sm4Key, Verifier, sec_key};
use lf_wire::client::{ClientKeys, Dialect, open_reply, seal_request};
use lf_wire::explain::{App, explain};
use lf_wire::json::Value;
use lf_wire::{Transaction, commands, envelope, route, validate_partial, vectors};
use proptest::prelude::*;

const APP_ID: &str = "57E2D561E97141A3871DEFB410ADD920";
const SECRET: &str = "F30D0D261BA04063A0BCAEF19F8ADBCC";

static KEYS: LazyLock<(Signer, PublicKey, Verifier, Sm4Key)> = LazyLock::new(|| {
    let private = PrivateKey::from_seed_bytes(&[7; 32]).unwrap();
    let public = private.public_key();
    (Signer::new(&private), public.clone(), Verifier::new(&public), sec_key(APP_ID, SECRET).unwrap())
});

fn client() -> ClientKeys<'static> {
    let (signer, _, platform, sm4) = &*KEYS;
    ClientKeys { app_id: APP_ID, app_secret: SECRET, sm4, signer, platform }
}

fn everything(bytes: &[u8]) {
    let app =
        App { app_id: APP_ID, app_secret: SECRET, sm4: &KEYS.3, public_key: &KEYS.1, platform_key: Some(&KEYS.1) };
    let _ = explain(bytes, &app);
    let _ = open_reply(client(), bytes);
    let _ = vectors::check(bytes);
    let _ = envelope::claimed_sender(bytes);
    let _ = route(&String::from_utf8_lossy(bytes));
    if let Ok(value) = Value::parse(bytes) {
        for transaction in Transaction::ALL {
            let _ = commands::all_defects(*transaction, validate_partial(*transaction, &value));
        }
    }
}

/// JSON-like noise that reaches far into the readers.
fn noise() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"data\"",
        "\"keys\"",
        "\"vectors\"",
        "\"appId\"",
        "\"encData\"",
        "null",
        "true",
        "1.5e3",
        "-0",
        "\"\\u4e2d\"",
        "\"2026-11-22 09:30:00\"",
        "\"AB\"",
        "\"rxdrugdetail\"",
        "\"gend\"",
        " ",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn on_noise(text in noise()) {
        everything(text.as_bytes());
    }

    #[test]
    fn on_bytes(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        everything(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn on_payloads_of_noise_inside_a_right_envelope(text in noise(), dialect in prop::sample::select(Dialect::ALL.to_vec())) {
        if let Ok(body) = seal_request(dialect, client(), 1_795_307_954_172, text.as_bytes()) {
            everything(&body);
        }
    }

    #[test]
    fn on_the_published_vectors_cut_and_changed(cut in 0usize..4000, byte in any::<u8>()) {
        let mut file = include_bytes!("data/vectors.json").to_vec();
        let at = cut % file.len();
        file[at] = byte;
        let _ = vectors::check(&file);
        file.truncate(at);
        prop_assert!(vectors::check(&file).is_err());
    }
}
