//! Every defect of a key, signature, sealed text or key file is told apart, and none of
//! the answers shows a secret.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use lf_gm::{
    AppSecret, IdError, KeyError, KeyFile, KeyFileError, KeyOwner, MAX_ID, MAX_KEY_FILE, MAX_SIGNATURE_TEXT, OpenError,
    PrivateKey, PublicKey, SecKeyError, Signature, SignatureError, Signer, Sm4Key, Verifier, hex, sec_key,
};

const ORDER: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";
const PRIVATE: &str = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
const PUBLIC: &str = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020\
                      CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
const PRIME: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF";

fn private() -> PrivateKey {
    PRIVATE.parse().unwrap()
}

#[test]
fn public_key_texts() {
    let right: PublicKey = PUBLIC.parse().unwrap();
    for same in [format!("04{PUBLIC}"), PUBLIC.to_lowercase(), format!(" {}\n", right.to_base64())] {
        assert_eq!(same.parse::<PublicKey>().unwrap(), right, "{same}");
    }
    let (x, y) = PUBLIC.split_at(64);
    for (text, want) in [
        (String::new(), KeyError::Empty),
        (" \n".into(), KeyError::Empty),
        ("A".repeat(513), KeyError::TooLong(513)),
        ("A".repeat(512), KeyError::Length(384)),
        ("not a key!".into(), KeyError::NotText),
        ("AAAA".into(), KeyError::Length(3)),
        (format!("05{PUBLIC}"), KeyError::Prefix(5)),
        (format!("{y}{x}"), KeyError::OffCurve),
        ("00".repeat(64), KeyError::OffCurve),
        (format!("{PRIME}{y}"), KeyError::OffCurve),
        (format!("{x}{PRIME}"), KeyError::OffCurve),
    ] {
        assert_eq!(text.parse::<PublicKey>(), Err(want), "{text}");
    }
    // The point with this small X lies on the curve; written with X + p it is refused.
    let small = "FD4511E81736A60F07E88A83D6CF5A167FAE6D1A9C9330E76E232E00F5CDC154";
    assert!(format!("{:064X}{small}", 0).parse::<PublicKey>().is_ok());
    let above = format!("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF{small}").parse::<PublicKey>();
    assert_eq!(above, Err(KeyError::OffCurve));
    let mut compressed = vec![0x03];
    compressed.extend(hex::decode(x.as_bytes()).unwrap());
    assert_eq!(PublicKey::from_bytes(&compressed), Err(KeyError::Compressed));
    let x509 = [&[0x30, 0x59][..], &[0; 89]].concat();
    assert_eq!(PublicKey::from_bytes(&x509), Err(KeyError::Der));
}

#[test]
fn private_key_texts() {
    let same = format!("00{PRIVATE}").parse::<PrivateKey>().unwrap();
    assert_eq!(same.to_bytes(), private().to_bytes());
    let minus = |less: u8| {
        let mut bytes = hex::decode(ORDER.as_bytes()).unwrap();
        bytes[31] -= less;
        hex::upper(&bytes)
    };
    for (text, want) in [
        (String::new(), KeyError::Empty),
        ("00".repeat(32), KeyError::OutOfRange),
        (minus(0), KeyError::OutOfRange),
        (minus(1), KeyError::OutOfRange),
        ("FF".repeat(32), KeyError::OutOfRange),
        (format!("01{PRIVATE}"), KeyError::Prefix(1)),
        ("AAAA".into(), KeyError::Length(3)),
        ("密钥".into(), KeyError::NotText),
    ] {
        assert_eq!(text.parse::<PrivateKey>().err(), Some(want), "{text}");
    }
    // n - 2 is the largest key, 1 the smallest, and both sign.
    for key in [minus(2), format!("{:064X}", 1)] {
        let key: PrivateKey = key.parse().unwrap();
        let signature = Signer::new(&key).sign(b"edge");
        assert!(Verifier::new(&key.public_key()).verify(b"edge", &signature));
    }
    assert_eq!(PrivateKey::from_seed_bytes(&[0; 32]).err(), Some(KeyError::OutOfRange));
    let pkcs8 = [&[0x30, 0x81][..], &[0; 136]].concat();
    assert_eq!(PrivateKey::from_bytes(&pkcs8).err(), Some(KeyError::Der));
}

#[test]
fn signature_texts() {
    let signature = Signer::new(&private()).sign(b"text");
    let right = signature.to_base64();
    assert_eq!(Signature::from_base64(&right), Ok(signature));
    let wrapped = format!("{}\n{}", &right[..76], &right[76..]);
    let mut der = vec![0x30, 68, 2, 32];
    der.extend(&signature.0[..32]);
    der.extend([2, 32]);
    der.extend(&signature.0[32..]);
    for (text, want) in [
        (String::new(), SignatureError::Empty),
        ("  ".into(), SignatureError::Empty),
        ("A".repeat(MAX_SIGNATURE_TEXT), SignatureError::Hex(MAX_SIGNATURE_TEXT)),
        ("A".repeat(MAX_SIGNATURE_TEXT + 1), SignatureError::TooLong(MAX_SIGNATURE_TEXT + 1)),
        (hex::lower(&signature.0), SignatureError::Hex(128)),
        (hex::upper(&der), SignatureError::Hex(140)),
        (base64(&der), SignatureError::Der(70)),
        (wrapped, SignatureError::WhiteSpace(76)),
        (format!("{right}\n"), SignatureError::WhiteSpace(88)),
        (right[..84].into(), SignatureError::Length(63)),
        (right[..87].into(), SignatureError::NotBase64(87)),
        (format!("{}签", &right[..80]), SignatureError::NotBase64(80)),
        ("_-8".repeat(28) + "_-9_", SignatureError::UrlSafe),
    ] {
        assert_eq!(Signature::from_base64(&text), Err(want), "{text}");
    }
    assert_eq!(Signature::from_der_lossy(&der), Some(signature));
    for cut in 0..der.len() {
        assert_eq!(Signature::from_der_lossy(&der[..cut]), None, "cut at {cut}");
    }
}

#[test]
fn sealed_texts() {
    let key = Sm4Key::new(b"988849C630C6A756");
    let sealed = key.seal_hex_upper(b"{}");
    for (text, want) in [
        (String::new(), OpenError::Empty),
        (sealed[..31].into(), OpenError::OddLength(31)),
        (format!("{}G{}", &sealed[..5], &sealed[6..]), OpenError::NotHex(5)),
        (sealed[..30].into(), OpenError::NotBlocks(15)),
        (format!("{sealed}00"), OpenError::NotBlocks(17)),
    ] {
        assert_eq!(key.open_hex(&text), Err(want), "{text}");
    }
    assert_eq!(Sm4Key::new(&[0; 16]).open_hex(&sealed), Err(OpenError::Padding));
    // Each wrong padding: zero, more than a block, and unequal bytes.
    let block = |last: [u8; 2]| {
        let mut plain = [7u8; 16];
        plain[14..].copy_from_slice(&last);
        key.seal(&plain)[..16].to_vec()
    };
    for last in [[0, 0], [17, 17], [1, 2], [255, 255]] {
        assert_eq!(key.open(block(last)), Err(OpenError::Padding), "{last:?}");
    }
    assert_eq!(key.open(block([2, 2])).unwrap(), [7; 14]);
    assert_eq!(key.open(key.seal(b"")).unwrap(), b"");
}

#[test]
fn application_keys() {
    let id = "57E2D561E97141A3871DEFB410ADD920";
    for (app_id, secret, want) in [
        ("", "s", SecKeyError::AppIdTooShort(0)),
        (&id[..15], "s", SecKeyError::AppIdTooShort(15)),
        ("应用应用应用", "s", SecKeyError::AppIdNotAscii),
        (id, "", SecKeyError::NoAppSecret),
    ] {
        assert_eq!(sec_key(app_id, secret).err(), Some(want), "{app_id}");
    }
    assert!(sec_key(&id[..16], "s").is_ok());
    let key = private().public_key();
    assert!(Verifier::with_id(&key, &"i".repeat(MAX_ID)).is_ok());
    assert_eq!(Verifier::with_id(&key, &"i".repeat(MAX_ID + 1)).err(), Some(IdError(MAX_ID + 1)));
}

fn app() -> KeyFile {
    KeyFile {
        owner: KeyOwner::App {
            app_id: "57E2D561E97141A3871DEFB410ADD920".into(),
            app_secret: AppSecret::new("a \"secret\" \\ of\u{7} 院"),
        },
        private_key: private(),
        created: "2026-11-22T08:00:00+08:00".into(),
    }
}

#[test]
fn key_files_survive_their_text() {
    let file = app();
    let text = file.render();
    let back = KeyFile::parse(&text).unwrap();
    assert_eq!(back.render(), text);
    assert_eq!(back.private_key.to_bytes(), file.private_key.to_bytes());
    let (KeyOwner::App { app_id, app_secret }, KeyOwner::App { app_id: id, app_secret: secret }) =
        (&back.owner, &file.owner)
    else {
        panic!("an application's file came back as the platform's");
    };
    assert_eq!((app_id, app_secret.expose()), (id, secret.expose()));
    assert_eq!(back.created, file.created);
    assert!(back.sec_key().unwrap().is_some());

    let platform = KeyFile { owner: KeyOwner::Platform, ..app() };
    let back = KeyFile::parse(&platform.render()).unwrap();
    assert!(matches!(back.owner, KeyOwner::Platform));
    assert!(back.sec_key().unwrap().is_none());
}

#[test]
fn key_file_defects() {
    let text = app().render().to_string();
    let other = PrivateKey::from_seed_bytes(&[5; 32]).unwrap().public_key().to_base64();
    let without = |field: &str| text.lines().filter(|line| !line.starts_with(field)).collect::<Vec<_>>().join("\n");
    let with = |field: &str, value: &str| format!("{}\n{field} = \"{value}\"\n", without(field));
    for (text, want) in [
        (format!("{text}{}", "#".repeat(MAX_KEY_FILE - text.len() + 1)), KeyFileError::TooLong(MAX_KEY_FILE + 1)),
        ("\n= 1".into(), KeyFileError::Form(2)),
        (format!("{text}password = \"x\"\n"), KeyFileError::Form(9)),
        (text.replace("\"app\"", "\"person\""), KeyFileError::Form(3)),
        (without("app_secret"), KeyFileError::NoApp),
        (without("app_id"), KeyFileError::NoApp),
        (with("kind", "platform"), KeyFileError::AppOnPlatform),
        (with("app_id", "short"), KeyFileError::SecKey(SecKeyError::AppIdTooShort(5))),
        (with("private_key", "AAAA"), KeyFileError::PrivateKey(KeyError::Length(3))),
        (with("public_key", ""), KeyFileError::PublicKey(KeyError::Empty)),
        (with("public_key", &other), KeyFileError::NoPair),
        (with("created", ""), KeyFileError::Created),
        (with("created", &"2".repeat(41)), KeyFileError::Created),
    ] {
        assert_eq!(KeyFile::parse(&text).err(), Some(want), "{text}");
    }
    assert!(KeyFile::parse(&with("created", &"2".repeat(40))).is_ok());
}

#[test]
fn nothing_secret_is_shown() {
    let file = app();
    let shown =
        format!("{file:?} {:?} {:?} {:?}", file.private_key, Signer::new(&file.private_key), file.sec_key().unwrap());
    let base64 = file.private_key.to_base64();
    for secret in [PRIVATE, &PRIVATE.to_lowercase(), base64.as_str(), "secret\\\" ", "a \"secret"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("57E2D561E97141A3871DEFB410ADD920"), "the id may be shown");
    // A defect in the line of the private key does not quote it.
    let broken = file.render().replace("private_key = \"", "private_key = 7\"");
    let error = KeyFile::parse(&broken).unwrap_err();
    assert_eq!(error, KeyFileError::Form(6));
    assert!(!format!("{error} {error:?}").contains(base64.as_str()));
}

fn base64(bytes: &[u8]) -> String {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    BASE64_STANDARD.encode(bytes)
}
