//! Published vectors: the national standards' own examples and the interface's messages
//! with demonstration keys, as far as they are cryptography (how a sign text is built is
//! tested where it is built).

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use lf_gm::{
    DEFAULT_ID, Gm as _, PrivateKey, PublicKey, RustCrypto, Signature, Signer, Sm3, Verifier, hex, hmac_sm3, sec_key,
    sec_key_text, sm3,
};
use serde_json::Value;

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn standards() -> Value {
    read(include_str!("data/standards.json"))
}

fn epc() -> Value {
    read(include_str!("data/epc.json"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name}"))
}

fn bytes<const N: usize>(value: &Value, name: &str) -> [u8; N] {
    hex::decode(text(value, name).as_bytes()).unwrap().try_into().unwrap()
}

#[test]
fn sm3_examples_of_gbt_32905() {
    let file = standards();
    for case in file["sm3"].as_array().unwrap() {
        let message = text(case, "text").as_bytes();
        assert_eq!(hex::upper(&sm3(message)), text(case, "digest"));
        assert_eq!(RustCrypto.sm3(&[message]), sm3(message));
        for cut in 0..=message.len() {
            let mut hash = Sm3::new();
            hash.update(&message[..cut]).update(&message[cut..]);
            assert_eq!(hash.finish(), sm3(message), "cut at {cut}");
        }
    }
}

#[test]
fn hmac_sm3_follows_its_definition() {
    // H((K ^ opad) || H((K ^ ipad) || m)), with long keys hashed first.
    for length in [0, 1, 32, 63, 64, 65, 200] {
        let key = vec![0xA7u8; length];
        let mut block = [0u8; 64];
        if length > 64 {
            block[..32].copy_from_slice(&sm3(&key));
        } else {
            block[..length].copy_from_slice(&key);
        }
        let padded = |pad: u8| block.map(|byte| byte ^ pad);
        let inner = sm3(&[&padded(0x36)[..], b"message"].concat());
        let outer = sm3(&[&padded(0x5C)[..], &inner].concat());
        assert_eq!(hmac_sm3(&key, b"message"), outer, "key of {length}");
    }
}

#[test]
fn sm4_examples_of_gbt_32907() {
    let case = &standards()["sm4"];
    let cipher = RustCrypto.block_cipher(&bytes(case, "key"));
    let plain: [u8; 16] = bytes(case, "plain");
    let mut block = [plain];
    cipher.encrypt_blocks(&mut block);
    assert_eq!(hex::upper(&block[0]), text(case, "once"));
    for _ in 1..case["times"].as_u64().unwrap() {
        cipher.encrypt_blocks(&mut block);
    }
    assert_eq!(hex::upper(&block[0]), text(case, "many"));
    let mut back = [bytes(case, "once")];
    cipher.decrypt_blocks(&mut back);
    assert_eq!(back[0], plain);
}

#[test]
fn sm2_example_of_gbt_32918_5() {
    let case = &standards()["sm2"];
    assert_eq!(text(case, "id"), DEFAULT_ID);
    let private: PrivateKey = text(case, "privateKey").parse().unwrap();
    let public: PublicKey = text(case, "publicKey").parse().unwrap();
    assert_eq!(private.public_key(), public);
    let message = text(case, "message").as_bytes();

    // The standard's own signature, with its own nonce.
    let raw = [bytes::<32>(case, "r"), bytes::<32>(case, "s")];
    let signature = Signature::from_slice(raw.as_flattened()).unwrap();
    let verifier = Verifier::new(&public);
    assert!(verifier.verify(message, &signature));
    assert!(verifier.verify_prehashed(&bytes(case, "e"), &signature));
    assert_eq!(sm3(&[&bytes::<32>(case, "z")[..], message].concat()), bytes::<32>(case, "e"));
    assert!(!verifier.verify(b"message digesT", &signature));

    let ours = Signer::new(&private).sign(message);
    assert!(verifier.verify(message, &ours));
}

#[test]
fn another_id_verifies_only_under_that_id() {
    // Made with OpenSSL, published with the sm2 crate.
    let file = standards();
    let case = &file["sm2_other_id"];
    let public: PublicKey = text(case, "publicKey").parse().unwrap();
    let signature = Signature(bytes(case, "signature"));
    let message = text(case, "message").as_bytes();
    assert!(Verifier::with_id(&public, text(case, "id")).unwrap().verify(message, &signature));
    assert!(!Verifier::new(&public).verify(message, &signature));
}

#[test]
fn demonstration_keys_belong_together() {
    let keys = &epc()["keys"];
    let private: PrivateKey = text(keys, "privateKeyBase64").parse().unwrap();
    let public: PublicKey = text(keys, "publicKeyBase64").parse().unwrap();
    assert_eq!(private.public_key(), public);
    assert_eq!(public.to_base64(), text(keys, "publicKeyBase64"));
    // The published text has a leading 00; ours is the same key without it.
    assert_eq!(private.to_base64().parse::<PrivateKey>().unwrap().public_key(), public);
    let key = sec_key_text(text(keys, "appId"), text(keys, "appSecret")).unwrap();
    assert_eq!(&key[..], text(keys, "sm4SecKey_ascii").as_bytes());
}

#[test]
fn interface_messages_verify_and_open() {
    let file = epc();
    let keys = &file["keys"];
    let public: PublicKey = text(keys, "publicKeyBase64").parse().unwrap();
    let verifier = Verifier::new(&public);
    let wrong_id = Verifier::with_id(&public, text(keys, "appSecret")).unwrap();
    let key = sec_key(text(keys, "appId"), text(keys, "appSecret")).unwrap();
    assert_eq!(key.seal_hex_upper(b"{}"), "82D611C6CAF67762E2BBEBA54781684D");

    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 6);
    for case in vectors {
        let name = text(case, "name");
        let message = text(case, "signText").as_bytes();
        let signature = Signature::from_base64(text(case, "signData")).unwrap();
        assert!(verifier.verify(message, &signature), "{name}");
        assert!(!wrong_id.verify(message, &signature), "{name}");
        assert_eq!(signature.to_base64(), text(case, "signData"));
        if let Some(sealed) = case["encData"].as_str() {
            let opened = key.open_hex(sealed).unwrap();
            assert_eq!(key.open_hex(sealed.to_lowercase()).unwrap(), opened);
            assert_eq!(key.seal_hex_upper(&opened), sealed, "{name}");
            // Some clients sort or stringify before sealing, so compare as JSON.
            let opened: Value = serde_json::from_slice(&opened).unwrap();
            assert_eq!(opened, read(text(case, "data")), "{name}");
        }
    }
}
