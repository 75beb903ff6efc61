//! Measures the operations that every message costs, on one core:
//! `cargo run --release -p lf-gm --example speed`.

use lf_gm::{PrivateKey, Signer, Sm4Key, Verifier, sm3};
use sm2::dsa::signature::{Signer as _, Verifier as _};
use std::hint::black_box;
use std::time::{Duration, Instant};

#[allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn rate(name: &str, unit: &str, per_call: u64, mut call: impl FnMut()) {
    let start = Instant::now();
    let mut calls = 0u64;
    while start.elapsed() < Duration::from_secs(1) {
        call();
        calls += 1;
    }
    let per_second = u128::from(calls * per_call) * 1_000_000 / start.elapsed().as_micros();
    println!("{name:<28}{per_second:>9} {unit}");
}

/// The library's own signer and verifier, for scale.
fn baseline(private: &PrivateKey, text: &[u8]) {
    let Ok(key) = sm2::dsa::SigningKey::from_slice(lf_gm::DEFAULT_ID, &*private.to_bytes()) else {
        return;
    };
    let signature: sm2::dsa::Signature = key.sign(text);
    rate("  sign as the library does", "/s", 1, || {
        black_box(key.try_sign(black_box(text)).is_ok());
    });
    rate("  verify as the library does", "/s", 1, || {
        black_box(key.verifying_key().verify(black_box(text), &signature).is_ok());
    });
}

fn main() -> Result<(), lf_gm::KeyError> {
    let private = PrivateKey::from_seed_bytes(&[0x39; 32])?;
    let public = private.public_key();
    let (signer, verifier) = (Signer::new(&private), Verifier::new(&public));
    let text = [b'x'; 1000];
    let signature = signer.sign(&text);
    rate("SM2 sign, 1 kB", "/s", 1, || {
        black_box(signer.sign(black_box(&text)));
    });
    rate("SM2 verify, 1 kB", "/s", 1, || {
        black_box(verifier.verify(black_box(&text), &signature));
    });
    baseline(&private, &text);
    rate("SM2 prepare a key", "/s", 1, || {
        black_box(Verifier::new(black_box(&public)));
    });
    let body = vec![b'x'; 30_000];
    rate("SM3, 30 kB", "kB/s", 30, || {
        black_box(sm3(black_box(&body)));
    });
    let key = Sm4Key::new(&[7; 16]);
    rate("SM4 seal, 30 kB", "kB/s", 30, || {
        black_box(key.seal(black_box(&body)));
    });
    rate("SM4 seal to hex, 30 kB", "kB/s", 30, || {
        black_box(key.seal_hex_upper(black_box(&body)));
    });
    let sealed = key.seal_hex_upper(&body);
    rate("SM4 open from hex, 30 kB", "kB/s", 30, || {
        black_box(key.open_hex(black_box(&sealed)).is_ok());
    });
    Ok(())
}
