//! SM2 keys on the recommended curve of GB/T 32918.5, in the texts in which centres and
//! institutions hand them to each other.
//!
//! Invariants: a [`PublicKey`] lies on the curve and is not the point at infinity; a
//! [`PrivateKey`] lies in `[1, n-2]`, where the inverse of `1 + d` that signing needs exists;
//! a private key is wiped on drop and shows nothing in `Debug`.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

use crate::hex;

/// Longest key text that is looked at, in bytes.
const MAX_KEY_TEXT: usize = 512;

/// n - 1, big endian: the one scalar below the order that cannot sign.
const ORDER_MINUS_ONE: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x72, 0x03, 0xDF,
    0x6B, 0x21, 0xC6, 0x05, 0x2B, 0x53, 0xBB, 0xF4, 0x09, 0x39, 0xD5, 0x41, 0x22,
];

/// A point of the curve against which signatures are checked.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(pub(crate) sm2::PublicKey);

/// The secret scalar with which messages are signed.
#[derive(Clone)]
pub struct PrivateKey(pub(crate) sm2::SecretKey);

/// Why a text or bytes are no key. No variant carries any of the key's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing, or blanks only.
    #[error("密钥为空")]
    Empty,
    /// Longer than any key; holds the length in bytes.
    #[error("密钥文本过长（{0}字节，上限{MAX_KEY_TEXT}）")]
    TooLong(usize),
    /// Neither Base64 nor hexadecimal text.
    #[error("密钥既不是Base64，也不是十六进制文本")]
    NotText,
    /// Not a length that such a key has; holds the number of bytes.
    #[error("密钥长度为{0}字节：公钥应为65字节（04||X||Y）或64字节（X||Y），私钥应为32字节或带前导00的33字节")]
    Length(usize),
    /// The first byte is not the one that this length demands; holds it.
    #[error("密钥首字节为{0:02X}：65字节的公钥应以04开头，33字节的私钥应以00开头")]
    Prefix(u8),
    /// A compressed point (`02` or `03`), which the interface does not use.
    #[error("公钥是压缩格式（02/03开头），应为未压缩的04||X||Y")]
    Compressed,
    /// An ASN.1 structure (X.509 or PKCS#8) around the key.
    #[error("密钥是ASN.1结构（X.509或PKCS#8），应为裸密钥")]
    Der,
    /// The point does not lie on the curve.
    #[error("公钥不在SM2曲线上")]
    OffCurve,
    /// The scalar is 0 or not below n-1.
    #[error("私钥超出取值范围[1, n-2]")]
    OutOfRange,
}

impl PublicKey {
    /// Takes `04||X||Y` (65 bytes) or `X||Y` (64 bytes).
    ///
    /// # Errors
    /// [`KeyError`] naming the defect; [`KeyError::OffCurve`] also for coordinates that are
    /// not below the field's prime.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let mut sec1 = [0x04u8; 65];
        match bytes {
            [] => return Err(KeyError::Empty),
            [0x04, rest @ ..] if rest.len() == 64 => sec1[1..].copy_from_slice(rest),
            [prefix, rest @ ..] if rest.len() == 64 => return Err(KeyError::Prefix(*prefix)),
            point if point.len() == 64 => sec1[1..].copy_from_slice(point),
            [0x02 | 0x03, rest @ ..] if rest.len() == 32 => return Err(KeyError::Compressed),
            [0x30, _, rest @ ..] if rest.len() > 64 => return Err(KeyError::Der),
            other => return Err(KeyError::Length(other.len())),
        }
        sm2::PublicKey::from_sec1_bytes(&sec1).map(Self).map_err(|_| KeyError::OffCurve)
    }

    /// `04||X||Y`.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 65] {
        let point = self.0.as_affine().to_sec1_point(false);
        let mut bytes = [0u8; 65];
        // An affine point that is not infinity always has 65 bytes uncompressed.
        for (to, from) in bytes.iter_mut().zip(point.as_bytes()) {
            *to = *from;
        }
        bytes
    }

    /// Base64 of `04||X||Y`, 88 characters, as the platform writes public keys.
    #[must_use]
    pub fn to_base64(&self) -> String {
        BASE64_STANDARD.encode(self.to_bytes())
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    /// Base64 or hexadecimal text; blanks around it are let pass.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&bytes_of(text, &[64, 65])?)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.to_base64())
    }
}

impl PrivateKey {
    /// Takes 32 bytes, or 33 with a leading 00 as Java's integers have it.
    ///
    /// # Errors
    /// [`KeyError`] naming the defect.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let scalar = match bytes {
            [] => return Err(KeyError::Empty),
            scalar if scalar.len() == 32 => scalar,
            [0x00, scalar @ ..] if scalar.len() == 32 => scalar,
            [prefix, scalar @ ..] if scalar.len() == 32 => return Err(KeyError::Prefix(*prefix)),
            [0x30, _, rest @ ..] if rest.len() > 32 => return Err(KeyError::Der),
            other => return Err(KeyError::Length(other.len())),
        };
        if scalar == ORDER_MINUS_ONE {
            return Err(KeyError::OutOfRange);
        }
        sm2::SecretKey::from_slice(scalar).map(Self).map_err(|_| KeyError::OutOfRange)
    }

    /// Makes a key from 32 random bytes drawn by the caller.
    ///
    /// # Errors
    /// [`KeyError::OutOfRange`] for 0 and for values not below n-1: draw again (once in
    /// four thousand million).
    pub fn from_seed_bytes(seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::from_bytes(seed)
    }

    /// The public key that belongs to it.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public_key())
    }

    /// The scalar, 32 bytes big endian, wiped on drop. For key files only.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut scalar = self.0.to_bytes();
        let bytes = Zeroizing::new(scalar.into());
        zeroize::Zeroize::zeroize(&mut scalar);
        bytes
    }

    /// Base64 of the 32 bytes, wiped on drop. For key files only.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_STANDARD.encode(*self.to_bytes()))
    }
}

impl FromStr for PrivateKey {
    type Err = KeyError;

    /// Base64 or hexadecimal text; blanks around it are let pass.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&bytes_of(text, &[32, 33])?)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

/// Decodes a key text. Digits only, and as many as a key of one of these sizes has, is
/// hexadecimal: Base64 of those sizes has other lengths.
fn bytes_of(text: &str, sizes: &[usize]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(KeyError::Empty);
    }
    if text.len() > MAX_KEY_TEXT {
        return Err(KeyError::TooLong(text.len()));
    }
    if sizes.iter().any(|size| text.len() == size * 2)
        && let Ok(bytes) = hex::decode(text.as_bytes())
    {
        return Ok(Zeroizing::new(bytes));
    }
    BASE64_STANDARD.decode(text).map(Zeroizing::new).map_err(|_| KeyError::NotText)
}
