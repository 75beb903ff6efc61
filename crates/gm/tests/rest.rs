//! Values at rest: the construction from its primitives, and everything that must not open.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use lf_gm::rest::{SEALED_OVERHEAD, looked_up_by, sealed_by};
use lf_gm::{BlockCipher, Gm, MAX_RING, MAX_RING_FILE, RestError, RestKey, RingFile, RingFileError, RustCrypto};
use lf_gm::{hex, hmac_sm3};
use proptest::prelude::*;

const SECRET: [u8; 32] = *b"0123456789abcdef0123456789ABCDEF";

fn key() -> RestKey {
    RestKey::derive(3, &SECRET)
}

/// The construction written out again, block by block.
fn by_hand(place: &[&[u8]], plain: &[u8]) -> Vec<u8> {
    let mac_key = hmac_sm3(&SECRET, b"liufang rest mac");
    let sm4: [u8; 16] = hmac_sm3(&SECRET, b"liufang rest sm4")[..16].try_into().unwrap();
    let mut text = vec![1, 0, 0, 0, 3];
    text.extend((place.len() as u64).to_be_bytes());
    for piece in place {
        text.extend((piece.len() as u64).to_be_bytes());
        text.extend(*piece);
    }
    text.extend(plain);
    let tag: [u8; 16] = hmac_sm3(&mac_key, &text)[..16].try_into().unwrap();
    let cipher = RustCrypto.block_cipher(&sm4);
    let mut sealed = [&[1, 0, 0, 0, 3][..], &tag].concat();
    for (at, part) in plain.chunks(16).enumerate() {
        let mut block = [u128::from_be_bytes(tag).wrapping_add(at as u128).to_be_bytes()];
        cipher.encrypt_blocks(&mut block);
        sealed.extend(part.iter().zip(block[0]).map(|(byte, key)| byte ^ key));
    }
    sealed
}

#[test]
fn it_is_what_its_primitives_make() {
    for length in [0, 1, 15, 16, 17, 4_095, 4_096, 4_097, 10_000] {
        let plain: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let sealed = key().seal(&[b"person", b"body", b"360900"], &plain);
        assert_eq!(sealed, by_hand(&[b"person", b"body", b"360900"], &plain), "{length}");
        assert_eq!(sealed.len(), SEALED_OVERHEAD + length);
    }
    // Written down once: a change of the format is a new format byte, not a new answer here.
    let sealed = key().seal(&[b"t", b"c", b"k"], "张三".as_bytes());
    assert_eq!(hex::lower(&sealed), KNOWN);
    let hash = hmac_sm3(&hmac_sm3(&SECRET, b"liufang rest lookup"), b"\0\0\0\0\0\0\0\x04certtext");
    assert_eq!(key().lookup("cert", "text"), format!("3:{}", hex::lower(&hash)));
}

const KNOWN: &str = "0100000003e656ec3681c4cdb436302dc8c2ff53199b8da2c67704";

#[test]
fn every_changed_byte_is_refused() {
    let place: &[&[u8]] = &[b"t", b"c", b"k"];
    let sealed = key().seal(place, b"a value of more than one block");
    for at in 0..sealed.len() {
        for flip in [1u8, 0x80] {
            let mut changed = sealed.clone();
            changed[at] ^= flip;
            let error = key().open(place, changed).unwrap_err();
            match at {
                0 => assert_eq!(error, RestError::Format(1 ^ flip)),
                1..5 => assert!(matches!(error, RestError::UnknownVersion(version) if version != 3), "{at}: {error}"),
                _ => assert_eq!(error, RestError::NotAuthentic, "{at}"),
            }
        }
    }
    for length in 0..SEALED_OVERHEAD {
        assert_eq!(key().open(place, sealed[..length].to_vec()), Err(RestError::TooShort(length)));
    }
    assert_eq!(key().open(place, sealed[..SEALED_OVERHEAD].to_vec()), Err(RestError::NotAuthentic), "cut off");
    assert_eq!(key().open(place, [&sealed[..], &[0]].concat()), Err(RestError::NotAuthentic), "longer");
    assert_eq!(sealed_by(&sealed), Ok(3));
}

#[test]
fn another_place_or_key_opens_nothing() {
    let sealed = key().seal(&[b"t", b"c", b"k"], b"x");
    let open = |place: &[&[u8]]| key().open(place, sealed.clone());
    assert_eq!(open(&[b"t", b"c", b"k"]), Ok(b"x".to_vec()));
    for place in [&[b"t", b"c", b"l" as &[u8]][..], &[b"tc", b"", b"k"], &[b"t", b"c"], &[b"t", b"c", b"k", b""], &[]] {
        assert_eq!(open(place), Err(RestError::NotAuthentic));
    }
    let other = RestKey::derive(3, &[7; 32]);
    assert_eq!(other.open(&[b"t", b"c", b"k"], sealed), Err(RestError::NotAuthentic), "another key of that version");
    assert_ne!(RestKey::derive(3, &[7; 32]).lookup("cert", "t"), key().lookup("cert", "t"));
    assert_ne!(key().lookup("cert", "t"), key().lookup("ec_token", "t"));
    assert_ne!(key().lookup("ce", "rtt"), key().lookup("cert", "t"));
    assert_eq!(looked_up_by(&key().lookup("cert", "t")), Some(3));
    for none in ["", "3", "3:", "x:00", "01:身份证"] {
        assert_eq!(looked_up_by(none), None, "{none}");
    }
    assert!(!format!("{:?}", key()).contains("0123"));
}

proptest! {
    #[test]
    fn what_is_sealed_opens(plain in prop::collection::vec(any::<u8>(), 0..9_000), place in "\\PC{0,30}") {
        let place: &[&[u8]] = &[b"t", place.as_bytes()];
        let sealed = key().seal(place, &plain);
        prop_assert_eq!(&sealed, &key().seal(place, &plain), "nothing is drawn");
        prop_assert_eq!(key().open(place, sealed).unwrap(), plain);
    }

    #[test]
    fn rubbish_never_opens_and_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        prop_assert!(key().open(&[b"t"], bytes).is_err());
    }
}

/// A cipher that must be handed many blocks in one call.
struct Counted;

impl Gm for Counted {
    fn signer(&self, key: &lf_gm::PrivateKey) -> Box<dyn lf_gm::Sign> {
        RustCrypto.signer(key)
    }
    fn verifier(&self, key: &lf_gm::PublicKey) -> Box<dyn lf_gm::Verify> {
        RustCrypto.verifier(key)
    }
    fn block_cipher(&self, key: &[u8; 16]) -> Box<dyn BlockCipher> {
        Box::new(AtLeast(RustCrypto.block_cipher(key)))
    }
    fn sm3(&self, pieces: &[&[u8]]) -> [u8; 32] {
        RustCrypto.sm3(pieces)
    }
}

struct AtLeast(Box<dyn BlockCipher>);

impl BlockCipher for AtLeast {
    fn encrypt_blocks(&self, blocks: &mut [[u8; 16]]) {
        assert!(blocks.len() >= 64, "{} blocks only", blocks.len());
        self.0.encrypt_blocks(blocks);
    }
    fn decrypt_blocks(&self, blocks: &mut [[u8; 16]]) {
        self.0.decrypt_blocks(blocks);
    }
}

#[test]
fn the_cipher_is_handed_many_blocks_at_once() {
    let plain = vec![9; 3 * 4_096 + 64 * 16];
    let sealed = RestKey::with(&Counted, 3, &SECRET).seal(&[b"t"], &plain);
    assert_eq!(sealed, key().seal(&[b"t"], &plain));
}

#[test]
fn a_ring_file_goes_there_and_back_and_shows_nothing() {
    let mut ring = RingFile::new("2026-11-22 10:00:00", SECRET).unwrap();
    assert_eq!(ring.push("2026-11-23 \"x\\", [9; 32]), Ok(2));
    let text = ring.render();
    let again = RingFile::parse(&text).unwrap();
    assert_eq!(*again.render(), *text);
    let versions: Vec<_> = again.secrets().iter().map(|key| (key.version, key.created.as_str())).collect();
    assert_eq!(versions, [(1, "2026-11-22 10:00:00"), (2, "2026-11-23 \"x\\")]);
    let sealed = ring.keys()[1].seal(&[b"t"], b"x");
    assert_eq!(again.keys()[1].open(&[b"t"], sealed), Ok(b"x".to_vec()));
    assert!(!format!("{again:?} {:?}", again.keys()).to_uppercase().contains(&hex::upper(&SECRET)[..8]));
    assert_eq!((ring.retire_old(), ring.newest(), ring.secrets().len()), (vec![1], 2, 1));
    assert_eq!(ring.push("later", [1; 32]), Ok(3), "a version is never given out twice");
}

#[test]
fn a_wrong_ring_file_is_refused_by_name() {
    let good = RingFile::new("now", SECRET).unwrap().render();
    let refused = |text: &str| RingFile::parse(text).unwrap_err();
    assert_eq!(refused("kind = \"store\"\n"), RingFileError::Empty);
    assert_eq!(refused("kind = \"app\"\n"), RingFileError::Form(1));
    assert_eq!(refused(&good.replace("version = 1", "version = 0")), RingFileError::Order(0));
    assert_eq!(refused(&good.replace("secret = \"30", "secret = \"3")), RingFileError::Secret(1));
    assert_eq!(refused(&good.replace("secret = \"30", "secret = \"3030")), RingFileError::Secret(1));
    assert_eq!(refused(&good.replace("\"now\"", "\"\"")), RingFileError::Created(1));
    assert_eq!(RingFile::new(&"x".repeat(41), SECRET).unwrap_err(), RingFileError::Created(1));
    assert!(RingFile::new(&"x".repeat(40), SECRET).is_ok());
    let twice = format!("{}{}", *good, good.split_once("\n\n[[").map(|(_, key)| format!("\n[[{key}")).unwrap());
    assert_eq!(refused(&twice), RingFileError::Order(1));
    let long = format!("{}#{}", *good, "x".repeat(MAX_RING_FILE));
    assert_eq!(refused(&long), RingFileError::TooLong(long.len()));
    let error = refused(&good.replace("created", "creatde"));
    assert!(!error.to_string().contains("3031"), "{error}");
    let mut ring = RingFile::new("now", SECRET).unwrap();
    for version in 2..=MAX_RING as u32 {
        assert_eq!(ring.push("now", [2; 32]), Ok(version));
    }
    assert_eq!(ring.push("now", [2; 32]), Err(RingFileError::TooMany));
    assert_eq!(ring.secrets().len(), MAX_RING);
}
