//! Each known way of signing otherwise is recognised from the signature alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use lf_gm::diagnose::{Case, Deviation, Diagnosis, Encoding, Layout, MAX_OTHERS, Signed, diagnose};
use lf_gm::{DEFAULT_ID, PrivateKey, Signature, SignatureError, Signer, hex, sm3};
use sm2::dsa::signature::{Signer as _, hazmat::PrehashSigner as _};

const TEXT: &[u8] = "appId=57E2&data={\"userName\":\"张三\"}&key=F30D".as_bytes();
const SECRET: &str = "F30D0D261BA04063A0BCAEF19F8ADBCC";

fn key(seed: u8) -> PrivateKey {
    PrivateKey::from_seed_bytes(&[seed; 32]).unwrap()
}

fn ask(text: &str) -> Diagnosis {
    let (application, platform) = (key(1).public_key(), key(2).public_key());
    diagnose(&Case {
        public_key: &application,
        sign_text: TEXT,
        signature: text,
        other_ids: &[("appSecret", SECRET), ("空标识", "")],
        other_keys: &[("平台密钥", &platform)],
    })
}

fn usual() -> Deviation {
    Deviation { encoding: Encoding::Base64, layout: Layout::Raw, signed: Signed::Text, id: None, key: None }
}

fn explained(text: &str) -> Deviation {
    match ask(text) {
        Diagnosis::Explained(deviation) => deviation,
        other => panic!("{other:?} for {text}"),
    }
}

fn der(signature: &Signature) -> Vec<u8> {
    let integer = |half: &[u8]| {
        let sign = half[0] >> 7;
        let mut out = vec![2, 32 + sign];
        out.extend(vec![0; sign.into()]);
        out.extend(half);
        out
    };
    let body = [integer(&signature.0[..32]), integer(&signature.0[32..])].concat();
    [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat()
}

#[test]
fn a_right_signature_is_valid() {
    assert_eq!(ask(&Signer::new(&key(1)).sign(TEXT).to_base64()), Diagnosis::Valid);
}

#[test]
fn other_writings_of_the_right_signature() {
    // Draw until the text has both letters in which the alphabets differ; r||s of one
    // fixed message will not do, so the message is fixed and the key is not.
    let (seed, right) = (1..=255u8)
        .map(|seed| (seed, Signer::new(&key(seed)).sign(TEXT)))
        .find(|(_, signature)| {
            let text = signature.to_base64();
            text.contains('+') && text.contains('/')
        })
        .unwrap();
    let text = right.to_base64();
    for (given, encoding, layout) in [
        (BASE64_URL_SAFE_NO_PAD.encode(right.0), Encoding::UrlSafe, Layout::Raw),
        (text.trim_end_matches('=').into(), Encoding::UrlSafe, Layout::Raw),
        (format!("{}\r\n{}", &text[..76], &text[76..]), Encoding::Wrapped, Layout::Raw),
        (text.replace('+', " "), Encoding::PlusLost, Layout::Raw),
        (hex::lower(&right.0), Encoding::Hex, Layout::Raw),
        (hex::upper(&der(&right)), Encoding::Hex, Layout::Der),
        (BASE64_STANDARD.encode(hex::lower(&right.0)), Encoding::Base64OfHex, Layout::Raw),
        (BASE64_STANDARD.encode(der(&right)), Encoding::Base64, Layout::Der),
        (right.swapped().to_base64(), Encoding::Base64, Layout::Swapped),
        (
            BASE64_STANDARD.encode([&[0], &right.0[..32], &[0], &right.0[32..]].concat()),
            Encoding::Base64,
            Layout::NotPadded,
        ),
        (BASE64_STANDARD.encode([&right.0[..32], &[0], &right.0[32..]].concat()), Encoding::Base64, Layout::NotPadded),
    ] {
        let public_key = key(seed).public_key();
        let found = diagnose(&Case {
            public_key: &public_key,
            sign_text: TEXT,
            signature: &given,
            other_ids: &[],
            other_keys: &[],
        });
        assert_eq!(found, Diagnosis::Explained(Deviation { encoding, layout, ..usual() }), "{given}");
        assert!(!found.to_string().ends_with('：'), "says what deviates: {found}");
    }
}

#[test]
fn integers_without_leading_zeros() {
    let right = (1..=255u8).flat_map(|seed| {
        let signer = Signer::new(&key(seed));
        (0..8u8).map(move |n| (seed, n, signer.sign(&[n])))
    });
    let (seed, message, right) = right.into_iter().find(|(.., s)| s.0[0] == 0 && s.0[1] != 0).unwrap();
    let public_key = key(seed).public_key();
    let found = diagnose(&Case {
        public_key: &public_key,
        sign_text: &[message],
        signature: &BASE64_STANDARD.encode(&right.0[1..]),
        other_ids: &[],
        other_keys: &[],
    });
    assert_eq!(found, Diagnosis::Explained(Deviation { layout: Layout::NotPadded, ..usual() }));
}

#[test]
fn other_things_signed() {
    let signer = Signer::new(&key(1));
    let digest = sm3(TEXT);
    let library = sm2::dsa::SigningKey::from_slice(DEFAULT_ID, &*key(1).to_bytes()).unwrap();
    let without_z: sm2::dsa::Signature = library.sign_prehash(&digest).unwrap();
    for (signature, signed) in [
        (signer.sign(&digest), Signed::Digest),
        (signer.sign(hex::lower(&digest).as_bytes()), Signed::DigestHexLower),
        (signer.sign(hex::upper(&digest).as_bytes()), Signed::DigestHexUpper),
        (Signature(without_z.to_bytes().into()), Signed::WithoutZ),
    ] {
        assert_eq!(explained(&signature.to_base64()), Deviation { signed, ..usual() });
    }
}

#[test]
fn other_ids_and_keys() {
    for (id, label) in [(SECRET, "appSecret"), ("", "空标识")] {
        let library = sm2::dsa::SigningKey::from_slice(id, &*key(1).to_bytes()).unwrap();
        let signature: sm2::dsa::Signature = library.sign(TEXT);
        let signature = Signature(signature.to_bytes().into());
        let found = explained(&signature.to_base64());
        assert_eq!(found, Deviation { id: Some(label.into()), ..usual() });
        assert!(found.to_string().contains(label));
        assert!(!found.to_string().contains(SECRET), "the id tried is not shown");
        // Two deviations at once.
        let found = explained(&BASE64_STANDARD.encode(der(&signature)));
        assert_eq!(found, Deviation { id: Some(label.into()), layout: Layout::Der, ..usual() });
    }
    let found = explained(&Signer::new(&key(2)).sign(TEXT).to_base64());
    assert_eq!(found, Deviation { key: Some("平台密钥".into()), ..usual() });
}

#[test]
fn what_nothing_explains() {
    let foreign = Signer::new(&key(9)).sign(TEXT);
    assert_eq!(ask(&foreign.to_base64()), Diagnosis::Unexplained);
    assert_eq!(ask(""), Diagnosis::Malformed(SignatureError::Empty));
    assert_eq!(ask("AAAA"), Diagnosis::Malformed(SignatureError::Length(3)));
    assert_eq!(
        ask(&BASE64_STANDARD.encode(der(&foreign))),
        Diagnosis::Malformed(SignatureError::Der(der(&foreign).len()))
    );
    assert_eq!(ask(&"A".repeat(600)), Diagnosis::Malformed(SignatureError::TooLong(600)));
    assert_eq!(ask(&Signature([0; 64]).to_base64()), Diagnosis::OutOfRange);
    assert_eq!(ask(&Signature([0xFF; 64]).to_base64()), Diagnosis::OutOfRange);
}

/// Each key tried costs a table, so a diagnosis stops after so many.
#[test]
fn so_many_other_keys_are_tried_and_not_one_more() {
    let application = key(1).public_key();
    let others: Vec<_> = (10..20).map(|seed| key(seed).public_key()).collect();
    let labels: Vec<(&str, _)> = others.iter().map(|other| ("另一密钥", other)).collect();
    let signed_with = |seed: u8| {
        diagnose(&Case {
            public_key: &application,
            sign_text: TEXT,
            signature: &Signer::new(&key(seed)).sign(TEXT).to_base64(),
            other_ids: &[],
            other_keys: &labels,
        })
    };
    let last = 10 + u8::try_from(MAX_OTHERS).unwrap() - 1;
    assert!(matches!(signed_with(last), Diagnosis::Explained(deviation) if deviation.key.is_some()));
    assert!(!matches!(signed_with(last + 1), Diagnosis::Explained(_)));
}
