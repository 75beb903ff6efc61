//! Values at rest: what a database keeps of a person is sealed before it gets there, and found again by a keyed hash.
//!
//! Deterministic authenticated encryption by the SIV construction: the tag of place and plain text is the counter's start,
//! so nothing is drawn, and the same value in the same place seals to the same bytes. Format, version 1:
//! `1 ‖ key version u32 BE ‖ tag 16 ‖ SM4-CTR`; tag = HMAC-SM3(mac key, format ‖ version ‖ framed place ‖ plain)[..16].
//!
//! Invariants: a value opens only under the key and in the place it was sealed in; the tag is compared in constant time;
//! three keys for three purposes come from one secret by labels; no error carries a byte of what was sealed.

use std::fmt;

use crate::Engine;
use crate::seam::{BlockCipher, Gm};
use crate::{HmacSm3, hex, hmac_sm3};

/// The only format so far.
const FORMAT: u8 = 1;
const TAG: usize = 16;
/// Format and key version.
const HEAD: usize = 5;
/// What sealing adds to a value, in bytes.
pub const SEALED_OVERHEAD: usize = HEAD + TAG;
/// Blocks of key stream made in one call of the cipher.
const STREAM: usize = 256;

/// The keys of one version.
pub struct RestKey {
    version: u32,
    cipher: Box<dyn BlockCipher>,
    mac: HmacSm3,
    lookup: HmacSm3,
}

/// Why a sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// Shorter than anything sealed; holds the length in bytes.
    #[error("{0} bytes are too short for a sealed value")]
    TooShort(usize),
    /// Another format; holds its byte.
    #[error("format {0} is not known")]
    Format(u8),
    /// Sealed by a key version that is not at hand.
    #[error("key version {0} is not in the ring")]
    UnknownVersion(u32),
    /// Changed, sealed elsewhere, or by another key of this version.
    #[error("not what was sealed here")]
    NotAuthentic,
}

impl RestKey {
    /// Derives the keys of a version from its secret.
    #[must_use]
    pub fn derive(version: u32, secret: &[u8; 32]) -> Self {
        Self::with(&Engine::best(), version, secret)
    }

    /// The same with a given implementation of the cipher.
    #[must_use]
    pub fn with(gm: &dyn Gm, version: u32, secret: &[u8; 32]) -> Self {
        let derived = |label: &str| zeroize::Zeroizing::new(hmac_sm3(secret, label.as_bytes()));
        let mut cipher = zeroize::Zeroizing::new([0u8; 16]);
        cipher.copy_from_slice(&derived("liufang rest sm4")[..16]);
        Self {
            version,
            cipher: gm.block_cipher(&cipher),
            mac: HmacSm3::new(&*derived("liufang rest mac")),
            lookup: HmacSm3::new(&*derived("liufang rest lookup")),
        }
    }

    /// Which version.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The first bytes of everything that this version sealed.
    #[must_use]
    pub fn head(&self) -> [u8; HEAD] {
        let [a, b, c, d] = self.version.to_be_bytes();
        [FORMAT, a, b, c, d]
    }

    /// Seals a value for a place, such as table, column and key.
    #[must_use]
    pub fn seal(&self, place: &[&[u8]], plain: &[u8]) -> Vec<u8> {
        let tag = first(&self.tag(place, plain).finish());
        let mut sealed = Vec::with_capacity(SEALED_OVERHEAD + plain.len());
        sealed.extend_from_slice(&self.head());
        sealed.extend_from_slice(&tag);
        sealed.extend_from_slice(plain);
        self.stream(&tag, &mut sealed[SEALED_OVERHEAD..]);
        sealed
    }

    /// Opens a value of this version in its place.
    ///
    /// # Errors
    /// [`RestError`].
    pub fn open(&self, place: &[&[u8]], mut sealed: Vec<u8>) -> Result<Vec<u8>, RestError> {
        let version = sealed_by(&sealed)?;
        if version != self.version {
            return Err(RestError::UnknownVersion(version));
        }
        let tag: [u8; TAG] = first(&sealed[HEAD..]);
        sealed.drain(..SEALED_OVERHEAD);
        self.stream(&tag, &mut sealed);
        let authentic = self.tag(place, &sealed).verify_start(&tag);
        if authentic { Ok(sealed) } else { Err(RestError::NotAuthentic) }
    }

    /// The keyed hash by which a text is found: `version:hex`. Who has the database alone cannot try texts against it.
    #[must_use]
    pub fn lookup(&self, kind: &str, text: &str) -> String {
        let mut mac = self.lookup.clone();
        mac.update(&(kind.len() as u64).to_be_bytes()).update(kind.as_bytes()).update(text.as_bytes());
        format!("{}:{}", self.version, hex::lower(&mac.finish()))
    }

    /// Every piece with its length before it, so that no two places read the same.
    fn tag(&self, place: &[&[u8]], plain: &[u8]) -> HmacSm3 {
        let mut mac = self.mac.clone();
        mac.update(&self.head()).update(&(place.len() as u64).to_be_bytes());
        for piece in place {
            mac.update(&(piece.len() as u64).to_be_bytes()).update(piece);
        }
        mac.update(plain);
        mac
    }

    /// Counter mode from `start`, many blocks at once.
    fn stream(&self, start: &[u8; TAG], bytes: &mut [u8]) {
        let mut counter = u128::from_be_bytes(*start);
        let mut blocks = [[0u8; 16]; STREAM];
        for part in bytes.chunks_mut(STREAM * 16) {
            let blocks = &mut blocks[..part.len().div_ceil(16)];
            for block in blocks.iter_mut() {
                *block = counter.to_be_bytes();
                counter = counter.wrapping_add(1);
            }
            self.cipher.encrypt_blocks(blocks);
            part.iter_mut().zip(blocks.as_flattened()).for_each(|(byte, key)| *byte ^= key);
        }
    }
}

impl fmt::Debug for RestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RestKey({})", self.version)
    }
}

/// The key version that sealed a value.
///
/// # Errors
/// [`RestError::TooShort`] or [`RestError::Format`].
pub fn sealed_by(sealed: &[u8]) -> Result<u32, RestError> {
    match sealed {
        [FORMAT, a, b, c, d, rest @ ..] if rest.len() >= TAG => Ok(u32::from_be_bytes([*a, *b, *c, *d])),
        [format, ..] if sealed.len() >= SEALED_OVERHEAD => Err(RestError::Format(*format)),
        _ => Err(RestError::TooShort(sealed.len())),
    }
}

/// The key version of a [`RestKey::lookup`]; `None` when the text is none.
#[must_use]
pub fn looked_up_by(text: &str) -> Option<u32> {
    let (version, digest) = text.split_once(':')?;
    (digest.len() == 64 && hex::looks_like_hex(digest.as_bytes())).then(|| version.parse().ok()).flatten()
}

/// The first sixteen of at least as many bytes.
fn first(bytes: &[u8]) -> [u8; TAG] {
    bytes.first_chunk().copied().unwrap_or_default()
}
