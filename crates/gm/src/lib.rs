//! National cryptography over bytes: SM2 (SM3withSM2), SM3 and SM4 as the interface of
//! the electronic prescription centre uses them in every one of its messages.
//!
//! Standards: GB/T 32918 (SM2), GB/T 32905 (SM3), GB/T 32907 (SM4).
//!
//! Invariants:
//! - this crate knows bytes, never prescriptions, envelopes or how a sign text is built;
//! - a [`PublicKey`] lies on the curve, a [`PrivateKey`] can sign: both are proved on parsing;
//! - nothing secret appears in `Debug`, `Display` or an error, and secrets are wiped on drop;
//! - no clock and no randomness: seeds are arguments and signatures are deterministic.
//!
//! Where to look: [`Gm`] is the seam behind which implementations change places, [`Engine`] the one in use,
//! [`diagnose`] says why a foreign signature fails, [`KeyFile`] is the one key file format,
//! [`rest`] seals what a database keeps and [`RingFile`] holds the keys for it.

pub mod diagnose;
pub mod hex;
pub mod rest;

mod cipher;
mod hash;
mod key;
mod key_file;
mod ring_file;
mod seam;
mod sec_key;
mod sign;
mod signature;
mod wide;

pub use cipher::{OpenError, Sm4Key};
pub use hash::{HmacSm3, Sm3, hmac_sm3, sm3};
pub use key::{KeyError, PrivateKey, PublicKey};
pub use key_file::{AppSecret, KeyFile, KeyFileError, KeyOwner, MAX_KEY_FILE};
pub use rest::{RestError, RestKey};
pub use ring_file::{MAX_RING, MAX_RING_FILE, RingFile, RingFileError, RingSecret};
pub use seam::{BlockCipher, Gm, RustCrypto, Sign, Verify};
pub use sec_key::{SecKeyError, sec_key, sec_key_text};
pub use sign::{IdError, MAX_ID, Signer, Verifier};
pub use signature::{MAX_SIGNATURE_TEXT, Signature, SignatureError};
pub use wide::Engine;

/// The signer's distinguishing identifier that GB/T 32918.2 names as the default and that
/// the platform uses, although its demonstration code passes `appSecret` on a dead line.
pub const DEFAULT_ID: &str = "1234567812345678";
