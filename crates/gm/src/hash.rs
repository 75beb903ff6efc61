//! SM3 (GB/T 32905) and HMAC over it: digests of messages, chained histories, pinned law
//! texts, and keyed hashes by which sealed patient fields are found again.
//!
//! Invariant: a digest is always 32 bytes; how it is written (hex case) is the caller's.

use hmac::{Hmac, KeyInit, Mac};
use sm3::Digest;

/// Incremental SM3.
#[derive(Clone, Default)]
pub struct Sm3(sm3::Sm3);

impl Sm3 {
    /// A hasher that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    /// The digest of everything taken in.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// SM3 of one piece of bytes.
#[must_use]
pub fn sm3(bytes: &[u8]) -> [u8; 32] {
    sm3::Sm3::digest(bytes).into()
}

/// Keyed SM3 (HMAC, GB/T 15852.2), its key prepared once and cloned for each value.
#[derive(Clone)]
pub struct HmacSm3(Hmac<sm3::Sm3>);

impl HmacSm3 {
    /// Prepares a key of any length; 32 random bytes are right.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        // HMAC takes every length, so only the type of the library's answer can fail; a
        // key longer than a block is replaced by its digest, as the standard says.
        let short = |bytes: &[u8]| {
            let mut block = [0u8; 64];
            block[..bytes.len()].copy_from_slice(bytes);
            let mac = Hmac::new(&block.into());
            zeroize::Zeroize::zeroize(&mut block);
            mac
        };
        if key.len() > 64 { Self(short(&sm3(key))) } else { Self(short(key)) }
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    /// The 32-byte tag of everything taken in.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }

    /// Whether the tag belongs to everything taken in, compared in constant time.
    #[must_use]
    pub fn verify(self, tag: &[u8; 32]) -> bool {
        self.0.verify(tag.into()).is_ok()
    }

    /// Whether the tag of everything taken in begins with these bytes, compared in constant time.
    #[must_use]
    pub fn verify_start(self, start: &[u8; 16]) -> bool {
        self.0.verify_truncated_left(start).is_ok()
    }
}

/// HMAC-SM3 of one piece of bytes.
#[must_use]
pub fn hmac_sm3(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut mac = HmacSm3::new(key);
    mac.update(bytes);
    mac.finish()
}
