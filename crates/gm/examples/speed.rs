//! Measures the operations that every message costs, on one core:
//! `cargo run --release -p lf-gm --example speed`.

use lf_gm::{Engine, Gm as _, PrivateKey, Signer, Sm4Key, Verifier, hex, sm3};
use sm2::dsa::signature::{Signer as _, Verifier as _};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What is counted.
#[derive(Clone, Copy)]
enum Per {
    Call,
    /// So many in every call.
    Bytes(usize),
}

impl Per {
    /// Units of one call, times what makes nanoseconds the unit's second.
    fn units(self) -> u128 {
        match self {
            Self::Call => 1_000_000_000,
            Self::Bytes(bytes) => bytes as u128 * 1000,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Call => "/s",
            Self::Bytes(_) => "MB/s",
        }
    }
}

/// Slices of time that are measured; the best counts, because other work on the machine
/// only ever slows one down.
const SLICES: u32 = 500;

#[allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn rate(name: &str, per: Per, mut call: impl FnMut()) {
    let mut best = 0;
    for _ in 0..SLICES {
        let start = Instant::now();
        let mut calls = 0u64;
        while start.elapsed() < Duration::from_millis(1) {
            call();
            calls += 1;
        }
        let elapsed = start.elapsed().as_nanos();
        best = best.max(u128::from(calls) * per.units() / elapsed);
    }
    println!("{name:<32}{best:>9} {}", per.name());
}

/// The library's own signer and verifier, for scale.
fn baseline(private: &PrivateKey, text: &[u8]) {
    let Ok(key) = sm2::dsa::SigningKey::from_slice(lf_gm::DEFAULT_ID, &*private.to_bytes()) else {
        return;
    };
    let signature: sm2::dsa::Signature = key.sign(text);
    rate("  sign as the library does", Per::Call, || {
        black_box(key.try_sign(black_box(text)).is_ok());
    });
    rate("  verify as the library does", Per::Call, || {
        black_box(key.verifying_key().verify(black_box(text), &signature).is_ok());
    });
}

/// What is done to every byte of a message, for a message of so many KiB.
fn bulk(kib: usize) {
    let body = vec![b'x'; kib * 1024];
    let measure = |name: &str, call: &mut dyn FnMut()| {
        rate(&format!("{name}, {kib} KiB"), Per::Bytes(body.len()), call);
    };
    let mut blocks = vec![[b'x'; 16]; body.len() / 16];
    for engine in Engine::ALL.into_iter().filter(|engine| engine.is_here()) {
        let cipher = engine.block_cipher(&[7; 16]);
        measure(&format!("SM4 {engine:?}"), &mut || cipher.encrypt_blocks(black_box(&mut blocks)));
        measure(&format!("SM4 {engine:?}, back"), &mut || cipher.decrypt_blocks(black_box(&mut blocks)));
    }
    let digits = hex::upper(&body);
    measure("hex", &mut || {
        black_box(hex::upper(black_box(&body)));
    });
    measure("hex, back", &mut || {
        black_box(hex::decode(black_box(digits.as_bytes())).is_ok());
    });
    let key = Sm4Key::new(&[7; 16]);
    let sealed = key.seal_hex_upper(&body);
    measure("seal to hex", &mut || {
        black_box(key.seal_hex_upper(black_box(&body)));
    });
    measure("open from hex", &mut || {
        black_box(key.open_hex(black_box(&sealed)).is_ok());
    });
    measure("SM3", &mut || {
        black_box(sm3(black_box(&body)));
    });
}

fn main() -> Result<(), lf_gm::KeyError> {
    let private = PrivateKey::from_seed_bytes(&[0x39; 32])?;
    let public = private.public_key();
    let (signer, verifier) = (Signer::new(&private), Verifier::new(&public));
    let text = [b'x'; 1000];
    let signature = signer.sign(&text);
    rate("SM2 sign, 1 kB", Per::Call, || {
        black_box(signer.sign(black_box(&text)));
    });
    rate("SM2 verify, 1 kB", Per::Call, || {
        black_box(verifier.verify(black_box(&text), &signature));
    });
    baseline(&private, &text);
    rate("SM2 prepare a key", Per::Call, || {
        black_box(Verifier::new(black_box(&public)));
    });
    for kib in [16, 64] {
        bulk(kib);
    }
    Ok(())
}
