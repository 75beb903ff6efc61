//! The headers: published vectors of the two hashes, every variant that a client sends, every way to be refused.

use super::*;

const KEY: &str = "ak-36090200106";
const SECRET: &str = "sk-of-the-pharmacy";
const NOW: i64 = 1_778_463_000_000;

fn gateway(scheme: GatewayScheme) -> Gateway {
    Gateway { secret_key: SECRET.to_owned(), scheme, output_text: false, sealed: false }
}

fn judge(headers: &[(&str, &str)], scheme: GatewayScheme) -> Result<(), AuthError> {
    let headers = Headers::of(headers.iter().copied());
    let credentials = Credentials::read(&headers)?;
    credentials.fresh(NOW, 1_800)?;
    assert_eq!(credentials.access_key, KEY);
    credentials.verify(&gateway(scheme))
}

fn csb(name: &str, timestamp: &str, joint: &str) -> Vec<(&'static str, String)> {
    let text = csb_text(KEY, name, timestamp, joint, "1.0.0");
    let signature = BASE64_STANDARD.encode(hmac_sha1(SECRET, &text).unwrap().finalize().into_bytes());
    vec![
        ("_api_name", name.to_owned()),
        ("_api_version", "1.0.0".to_owned()),
        ("_api_timestamp", timestamp.to_owned()),
        ("_api_access_key", KEY.to_owned()),
        ("_api_signature", signature),
    ]
}

fn refs<'h>(headers: &'h [(&'static str, String)]) -> Vec<(&'h str, &'h str)> {
    headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[test]
fn the_hashes_are_those_of_the_published_vectors() {
    // RFC 2202, test case 2; FIPS 180-2, "abc".
    let mac = hmac_sha1("Jefe", "what do ya want for nothing?").unwrap().finalize().into_bytes();
    assert_eq!(hex::lower(&mac), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    assert_eq!(
        tif_digest("", "a", "bc", hex::lower),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let text = csb_text("ak", "1101", "1600000000000", "&", "1.0.0");
    assert_eq!(text, "_api_access_key=ak&_api_name=1101&_api_timestamp=1600000000000&_api_version=1.0.0");
}

#[test]
fn csb_headers_in_every_variant() {
    let ms = NOW.to_string();
    let seconds = (NOW / 1_000).to_string();
    for timestamp in [&ms, &seconds] {
        for name in ["2102", CONSTANT_NAME] {
            for joint in ["&", "&&"] {
                let sent = csb(name, timestamp, joint);
                assert_eq!(judge(&refs(&sent), GatewayScheme::Csb), Ok(()), "{timestamp} {name} {joint}");
            }
        }
    }
    let upper: Vec<_> = csb("2102", &ms, "&").into_iter().map(|(name, v)| (name.to_uppercase(), v)).collect();
    let upper: Vec<_> = upper.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(judge(&upper, GatewayScheme::Csb), Ok(()));
}

#[test]
fn each_csb_header_is_needed_and_signed() {
    let good = csb("2102", &NOW.to_string(), "&");
    for at in 0..good.len() {
        let mut without = good.clone();
        without.remove(at);
        assert_eq!(judge(&refs(&without), GatewayScheme::Csb), Err(AuthError::Missing), "{at}");
        let mut empty = good.clone();
        empty[at].1.clear();
        assert_eq!(judge(&refs(&empty), GatewayScheme::Csb), Err(AuthError::Missing), "{at}");
    }
    for (at, other) in [(0, "2103"), (1, "1.0.1"), (2, "1778463000001"), (4, "AAAA"), (4, "no base64")] {
        let mut changed = good.clone();
        changed[at].1 = other.to_owned();
        assert_eq!(judge(&refs(&changed), GatewayScheme::Csb), Err(AuthError::Mismatch), "{at} {other}");
    }
}

#[test]
fn tif_and_rio_headers_differ_in_name_and_case_only() {
    let seconds = (NOW / 1_000).to_string();
    for nonce in ["1234567890", "0123456789abcdef0123456789ABCDEF"] {
        let lower = tif_digest(&seconds, SECRET, nonce, hex::lower);
        let upper = tif_digest(&seconds, SECRET, nonce, hex::upper);
        let sent = |start: &str, signature: &str| {
            let name = |end: &str| format!("{start}-{end}");
            let all = [("paasid", KEY), ("timestamp", &seconds), ("nonce", nonce), ("signature", signature)];
            all.map(|(end, value)| (name(end), value.to_owned()))
        };
        for (start, signature, scheme, want) in [
            ("x-tif", &lower, GatewayScheme::Tif, Ok(())),
            ("x-rio", &upper, GatewayScheme::Rio, Ok(())),
            ("x-tif", &upper, GatewayScheme::Tif, Err(AuthError::Mismatch)),
            ("x-rio", &lower, GatewayScheme::Rio, Err(AuthError::Mismatch)),
            ("x-tif", &lower, GatewayScheme::Rio, Err(AuthError::Mismatch)),
            ("x-tif", &lower, GatewayScheme::Csb, Err(AuthError::Mismatch)),
        ] {
            let sent = sent(start, signature);
            let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(judge(&sent, scheme), want, "{start} {scheme:?}");
        }
    }
}

#[test]
fn the_window_is_exact_on_both_sides() {
    for (off, want) in [
        (1_800_000, Ok(())),
        (1_800_001, Err(AuthError::Stale)),
        (-1_800_000, Ok(())),
        (-1_800_001, Err(AuthError::Stale)),
    ] {
        assert_eq!(judge(&refs(&csb("2102", &(NOW + off).to_string(), "&")), GatewayScheme::Csb), want, "{off}");
    }
    for timestamp in ["177846300000", "17784630000000", "-778463000000", "1778463000.00", "99999999999999999999"] {
        let sent = csb("2102", timestamp, "&");
        assert_eq!(judge(&refs(&sent), GatewayScheme::Csb), Err(AuthError::Stale), "{timestamp}");
    }
}

#[test]
fn nothing_else_proves_anybody() {
    assert_eq!(judge(&[], GatewayScheme::Csb), Err(AuthError::Missing));
    assert_eq!(judge(&[("authorization", "Bearer x")], GatewayScheme::Csb), Err(AuthError::Missing));
    let sent = csb("2102", &NOW.to_string(), "&");
    let headers = Headers::of(refs(&sent));
    let credentials = Credentials::read(&headers).unwrap();
    let nobody = Gateway { secret_key: String::new(), ..gateway(GatewayScheme::Csb) };
    assert_eq!(credentials.verify(&nobody), Err(AuthError::Mismatch));
    let long = "x".repeat(MAX_HEADER + 1);
    let mut sent = refs(&sent);
    sent[0].1 = &long;
    assert_eq!(judge(&sent, GatewayScheme::Csb), Err(AuthError::Missing));
}
