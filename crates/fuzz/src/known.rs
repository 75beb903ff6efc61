//! Keys that never change, so that a target can seal what it then opens.

use std::sync::LazyLock;

use lf_gm::{PrivateKey, PublicKey, Signer, Sm4Key, Verifier, sec_key};
use lf_wire::client::ClientKeys;

pub const APP_ID: &str = "57E2D561E97141A3871DEFB410ADD920";
pub const APP_SECRET: &str = "F30D0D261BA04063A0BCAEF19F8ADBCC";
/// 2026-11-22 in milliseconds.
pub const NOW_MS: i64 = 1_795_307_954_172;

/// One pair serves as the app's and as the platform's.
pub struct Known {
    pub signer: Signer,
    pub verifier: Verifier,
    pub public_key: PublicKey,
    pub sm4: Sm4Key,
}

#[allow(clippy::expect_used, reason = "constants of this crate; a wrong one ends every target at once")]
pub static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let private = PrivateKey::from_seed_bytes(&[7; 32]).expect("a scalar in range");
    let public_key = private.public_key();
    Known {
        signer: Signer::new(&private),
        verifier: Verifier::new(&public_key),
        public_key,
        sm4: sec_key(APP_ID, APP_SECRET).expect("two ids of 32 digits"),
    }
});

/// The client's half.
pub fn client() -> ClientKeys<'static> {
    let known = &*KNOWN;
    ClientKeys {
        app_id: APP_ID,
        app_secret: APP_SECRET,
        sm4: &known.sm4,
        signer: &known.signer,
        platform: &known.verifier,
    }
}
