//! Our steps around the curve against the library's own signer and verifier, and the laws
//! that hold for every key, message and payload.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use lf_gm::{PrivateKey, PublicKey, Signature, Signer, Sm4Key, Verifier};
use proptest::prelude::*;
use sm2::dsa::signature::{Signer as _, Verifier as _};

fn key() -> impl Strategy<Value = PrivateKey> {
    any::<[u8; 32]>().prop_filter_map("not a key", |seed| PrivateKey::from_seed_bytes(&seed).ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn signer_equals_the_library(key in key(), message in prop::collection::vec(any::<u8>(), 0..300)) {
        let library = sm2::dsa::SigningKey::from_slice(lf_gm::DEFAULT_ID, &*key.to_bytes()).unwrap();
        let theirs: sm2::dsa::Signature = library.sign(&message);
        let ours = Signer::new(&key).sign(&message);
        prop_assert_eq!(&ours.0[..], &theirs.to_bytes()[..]);
        library.verifying_key().verify(&message, &theirs).unwrap();
        prop_assert!(Verifier::new(&key.public_key()).verify(&message, &ours));
    }

    #[test]
    fn verifier_equals_the_library_on_anything(
        key in key(),
        id in "[ -~]{0,40}",
        message in prop::collection::vec(any::<u8>(), 0..100),
        noise in any::<[u8; 32]>(),
        keep in 0..5usize,
    ) {
        // True signatures, and such with one half or both replaced, zero or too large.
        let library = sm2::dsa::SigningKey::from_slice(&id, &*key.to_bytes()).unwrap();
        let signature: sm2::dsa::Signature = library.sign(&message);
        let mut raw: [u8; 64] = signature.to_bytes().into();
        match keep {
            0 => raw[..32].copy_from_slice(&noise),
            1 => raw[32..].copy_from_slice(&noise),
            2 => raw[..32].fill(0),
            3 => raw[32..].fill(0xFF),
            _ => {}
        }
        let theirs = sm2::dsa::Signature::from_slice(&raw)
            .is_ok_and(|parsed| library.verifying_key().verify(&message, &parsed).is_ok());
        let ours = Verifier::with_id(&key.public_key(), &id).unwrap().verify(&message, &Signature(raw));
        prop_assert_eq!(ours, theirs);
        prop_assert_eq!(ours, keep == 4);
    }

    #[test]
    fn any_flipped_bit_is_noticed(
        key in key(),
        message in prop::collection::vec(any::<u8>(), 1..200),
        at in any::<prop::sample::Index>(),
        bit in 0..8u8,
    ) {
        let signature = Signer::new(&key).sign(&message);
        let verifier = Verifier::new(&key.public_key());
        prop_assert!(verifier.verify(&message, &signature));
        let mut changed = message.clone();
        changed[at.index(message.len())] ^= 1 << bit;
        prop_assert!(!verifier.verify(&changed, &signature));
        let mut forged = signature;
        forged.0[at.index(64)] ^= 1 << bit;
        prop_assert!(!verifier.verify(&message, &forged));
    }

    #[test]
    fn keys_and_signatures_survive_their_texts(key in key(), raw in prop::collection::vec(any::<u8>(), 64)) {
        let public = key.public_key();
        prop_assert_eq!(&public.to_base64().parse::<PublicKey>().unwrap(), &public);
        prop_assert_eq!(&lf_gm::hex::lower(&public.to_bytes()[1..]).parse::<PublicKey>().unwrap(), &public);
        prop_assert_eq!(key.to_base64().parse::<PrivateKey>().unwrap().to_bytes(), key.to_bytes());
        let signature = Signature::from_slice(&raw).unwrap();
        prop_assert_eq!(Signature::from_base64(&signature.to_base64()), Ok(signature));
    }

    #[test]
    fn open_undoes_seal(key in any::<[u8; 16]>(), plain in prop::collection::vec(any::<u8>(), 0..600)) {
        let key = Sm4Key::new(&key);
        let sealed = key.seal(&plain);
        prop_assert_eq!(sealed.len(), plain.len() / 16 * 16 + 16);
        prop_assert_eq!(key.open(sealed), Ok(plain.clone()));
        let text = key.seal_hex_upper(&plain);
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)));
        prop_assert_eq!(key.open_hex(text.to_lowercase()), Ok(plain));
    }

    #[test]
    fn opening_rubbish_never_panics(key in any::<[u8; 16]>(), text in prop::collection::vec(any::<u8>(), 0..200)) {
        let key = Sm4Key::new(&key);
        if let Ok(plain) = key.open(text.clone()) {
            prop_assert_eq!(key.seal(&plain), text);
        } else {
            prop_assert!(key.open_hex(&text).is_err() || lf_gm::hex::looks_like_hex(&text));
        }
    }
}

#[test]
fn the_point_at_infinity_is_refused() {
    use sm2::elliptic_curve::{PrimeField as _, ops::Reduce};
    // With r = e and s = -r d / (1 + d), the sum of step B6 is the point at infinity, whose
    // x, were it taken as 0, would satisfy step B7.
    let key = PrivateKey::from_seed_bytes(&[0x2B; 32]).unwrap();
    let reduce = |bytes: [u8; 32]| <sm2::Scalar as Reduce<sm2::FieldBytes>>::reduce(&bytes.into());
    let d = reduce(*key.to_bytes());
    let r = reduce([7; 32]);
    let s = -(r * d) * (d + sm2::Scalar::ONE).invert().unwrap();
    let mut raw = [0; 64];
    raw[..32].copy_from_slice(&r.to_repr());
    raw[32..].copy_from_slice(&s.to_repr());
    let signature = Signature(raw);
    assert!(signature.in_range());
    assert!(!Verifier::new(&key.public_key()).verify_prehashed(&[7; 32], &signature));
}

#[test]
fn r_and_s_that_cancel_out_are_refused() {
    // r + s = n makes t = 0 (step B5).
    let key = PrivateKey::from_seed_bytes(&[0x2B; 32]).unwrap();
    let order = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";
    let mut raw = [0; 64];
    raw[31] = 1;
    raw[32..].copy_from_slice(&lf_gm::hex::decode(order.as_bytes()).unwrap());
    raw[63] -= 1;
    assert!(Signature(raw).in_range());
    assert!(!Verifier::new(&key.public_key()).verify(b"m", &Signature(raw)));
    raw[63] += 1;
    assert!(!Signature(raw).in_range());
}
