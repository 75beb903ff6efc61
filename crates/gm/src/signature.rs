//! An SM2 signature as `signData` carries it: raw `r||s`, 32 bytes each, big endian, in
//! standard Base64 with padding (88 characters).
//!
//! Invariant: parsing tells the forms apart that real clients send by mistake (DER, hex,
//! URL-safe or wrapped Base64), because "signature wrong" helps nobody to connect.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use std::fmt;

use crate::hex;

/// Longest signature text that is looked at, in bytes; the right length is 88.
pub const MAX_SIGNATURE_TEXT: usize = 512;

/// Raw `r||s`. That r and s lie in `[1, n-1]` is checked by the verifier.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature(pub [u8; 64]);

/// Why a text is no raw signature in Base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Nothing, or blanks only.
    #[error("签名为空")]
    Empty,
    /// Longer than [`MAX_SIGNATURE_TEXT`]; holds the length in bytes.
    #[error("签名文本过长（{0}字节，上限{MAX_SIGNATURE_TEXT}）")]
    TooLong(usize),
    /// Hexadecimal text where Base64 belongs; holds the number of digits.
    #[error("签名像是十六进制文本（{0}位），应为Base64")]
    Hex(usize),
    /// The URL-safe alphabet (`-`, `_`) where the standard one (`+`, `/`) belongs.
    #[error("签名使用了URL安全的Base64字母表，应为标准字母表（+ /）")]
    UrlSafe,
    /// Base64 broken by white space, as old encoders do every 76 characters, or with
    /// its `+` turned into blanks by a form decoder; holds the index of the first.
    #[error("签名中第{}个字符是空白（换行，或“+”被还原成空格）", .0 + 1)]
    WhiteSpace(usize),
    /// Not Base64 for another reason; holds the index of the first wrong byte, or the
    /// length where only the padding is wrong.
    #[error("签名不是Base64（第{}个字符起有误）", .0 + 1)]
    NotBase64(usize),
    /// ASN.1 DER instead of raw `r||s`; holds its length in bytes.
    #[error("签名是ASN.1 DER编码（{0}字节），应为r||s共64字节")]
    Der(usize),
    /// Neither 64 bytes nor DER; holds the length in bytes.
    #[error("签名长度为{0}字节，应为64字节（r||s）")]
    Length(usize),
}

impl Signature {
    /// Parses the 88 characters of `signData`.
    ///
    /// # Errors
    /// One [`SignatureError`] for each known mistake.
    pub fn from_base64(text: &str) -> Result<Self, SignatureError> {
        match BASE64_STANDARD.decode(text) {
            Ok(bytes) if text.len() == 88 => Self::from_slice(&bytes),
            _ => Err(defect(text)),
        }
    }

    /// Takes raw bytes.
    ///
    /// # Errors
    /// [`SignatureError::Empty`], [`SignatureError::Der`] or [`SignatureError::Length`].
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SignatureError> {
        match <[u8; 64]>::try_from(bytes) {
            Ok(raw) => Ok(Self(raw)),
            Err(_) if bytes.is_empty() => Err(SignatureError::Empty),
            Err(_) if Self::from_der_lossy(bytes).is_some() => Err(SignatureError::Der(bytes.len())),
            Err(_) => Err(SignatureError::Length(bytes.len())),
        }
    }

    /// Reads `SEQUENCE { INTEGER r, INTEGER s }` for diagnostics only: surplus leading
    /// zeros and trailing bytes are let pass, as broken encoders write both. `None` where
    /// it is no such sequence or an integer exceeds 32 bytes.
    #[must_use]
    pub fn from_der_lossy(bytes: &[u8]) -> Option<Self> {
        let (0x30, body) = bytes.split_first().map(|(tag, rest)| (*tag, rest))? else {
            return None;
        };
        // Two integers of 33 bytes need 70 bytes, so the length is one byte, or, from
        // encoders that are not minimal, 0x81 and one byte.
        let body = match body {
            [0x81, _, rest @ ..] => rest,
            [length, rest @ ..] if *length < 0x80 => rest,
            _ => return None,
        };
        let (r, rest) = der_integer(body)?;
        let (s, _) = der_integer(rest)?;
        Self::from_integers(r, s)
    }

    /// r and s as integers of any width up to 32 significant bytes; `None` for 0.
    pub(crate) fn from_integers(r: &[u8], s: &[u8]) -> Option<Self> {
        let mut raw = [0u8; 64];
        raw[..32].copy_from_slice(&integer(r)?);
        raw[32..].copy_from_slice(&integer(s)?);
        Some(Self(raw))
    }

    /// Whether r and s lie in `[1, n-1]`; the verifier checks it too.
    #[must_use]
    pub fn in_range(&self) -> bool {
        let (r, s) = self.0.split_at(32);
        crate::sign::component(r).is_some() && crate::sign::component(s).is_some()
    }

    /// The 88 characters of `signData`.
    #[must_use]
    pub fn to_base64(&self) -> String {
        BASE64_STANDARD.encode(self.0)
    }

    /// `s||r`, for diagnostics.
    #[must_use]
    pub fn swapped(&self) -> Self {
        let mut raw = self.0;
        raw.rotate_left(32);
        Self(raw)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", self.to_base64())
    }
}

/// Names what is wrong with a text that is not 88 characters of standard Base64.
fn defect(text: &str) -> SignatureError {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return SignatureError::Empty;
    }
    if text.len() > MAX_SIGNATURE_TEXT {
        return SignatureError::TooLong(text.len());
    }
    // 64 raw bytes make 128 digits, DER up to 146: no Base64 of a signature is as long.
    if trimmed.len() >= 128 && hex::looks_like_hex(trimmed.as_bytes()) {
        return SignatureError::Hex(trimmed.len());
    }
    match BASE64_STANDARD.decode(text) {
        Ok(bytes) => match Signature::from_slice(&bytes) {
            Err(error) => error,
            // 64 bytes have one text only, of 88 characters, which was tried before.
            Ok(_) => SignatureError::NotBase64(text.len()),
        },
        Err(_) if text.contains(['-', '_']) && url_safe(trimmed).is_some() => SignatureError::UrlSafe,
        Err(_) => match text.find(char::is_whitespace) {
            Some(index) => SignatureError::WhiteSpace(index),
            None => SignatureError::NotBase64(
                text.bytes()
                    .position(|byte| !(byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)))
                    .unwrap_or(text.len()),
            ),
        },
    }
}

/// Bytes of URL-safe Base64 with or without padding.
pub(crate) fn url_safe(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

fn der_integer(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0x02, length, rest @ ..] = bytes else {
        return None;
    };
    rest.split_at_checked(usize::from(*length))
}

/// An unsigned integer of at most 32 significant bytes.
fn integer(bytes: &[u8]) -> Option<[u8; 32]> {
    let first = bytes.iter().position(|byte| *byte != 0)?;
    let digits = bytes.get(first..)?;
    let mut value = [0u8; 32];
    let start = value.len().checked_sub(digits.len())?;
    value[start..].copy_from_slice(digits);
    Some(value)
}
