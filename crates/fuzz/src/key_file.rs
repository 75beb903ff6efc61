//! Key files, keys, signatures, and the diagnosis of foreign signatures.
//!
//! Properties: what is read and written again says the same; no error repeats what stood there.

use lf_gm::diagnose::{Case, diagnose};
use lf_gm::{KeyFile, PrivateKey, PublicKey, Signature};

use crate::edit::edited_text;
use crate::feed::Feed;
use crate::known::{APP_SECRET, KNOWN};

const APP: &str = "kind = \"app\"
app_id = \"57E2D561E97141A3871DEFB410ADD920\"
app_secret = \"F30D0D261BA04063A0BCAEF19F8ADBCC\"
private_key = \"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\"
created = \"2026-11-22T09:30:00+08:00\"
";
const PLATFORM: &str = "kind = \"platform\"
private_key = \"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\"
created = \"2026-11-22T09:30:00+08:00\"
";

pub fn run(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    match feed.byte() % 6 {
        0 => file(&edited_text(APP, &mut feed)),
        1 => file(&edited_text(PLATFORM, &mut feed)),
        2 => file(&String::from_utf8_lossy(feed.rest())),
        3 => keys(feed.rest()),
        4 => signature(&edited_text(&KNOWN.signer.sign(b"text").to_base64(), &mut feed)),
        _ => signature(&String::from_utf8_lossy(feed.rest())),
    }
}

fn file(text: &str) {
    match KeyFile::parse(text) {
        Ok(file) => {
            let written = file.render();
            let again = KeyFile::parse(&written);
            assert!(again.is_ok_and(|again| *again.render() == *written), "a key file as written is another");
            drop((file.sec_key(), file.public_key()));
        }
        Err(error) => assert!(!error.to_string().contains(APP_SECRET), "an error shows a secret"),
    }
}

fn keys(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for key in [PublicKey::from_bytes(bytes), text.parse::<PublicKey>()].into_iter().flatten() {
        assert_eq!(key.to_base64().parse::<PublicKey>().as_ref(), Ok(&key));
    }
    for key in [PrivateKey::from_bytes(bytes), text.parse::<PrivateKey>()].into_iter().flatten() {
        let again = key.to_base64().parse::<PrivateKey>();
        assert!(again.is_ok_and(|again| *again.to_bytes() == *key.to_bytes()));
    }
}

fn signature(text: &str) {
    if let Ok(signature) = Signature::from_base64(text) {
        assert_eq!(Signature::from_base64(&signature.to_base64()), Ok(signature));
        let _ = Signature::from_der_lossy(text.as_bytes());
        // Only the one that we made verifies.
        assert!(!KNOWN.verifier.verify(b"text", &signature) || signature == KNOWN.signer.sign(b"text"));
    }
    let case = Case {
        public_key: &KNOWN.public_key,
        sign_text: b"text",
        signature: text,
        other_ids: &[("appSecret", APP_SECRET)],
        other_keys: &[],
    };
    drop(diagnose(&case));
}
