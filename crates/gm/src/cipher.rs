//! SM4 in ECB mode with PKCS#7 padding, written as upper-case hex: the `encData` of every
//! message.
//!
//! ECB and the missing integrity are the interface's choice, not ours: integrity comes
//! from the SM2 signature alone. [`OpenError`] says exactly what is wrong because the
//! operator must find out; what is answered to an unknown sender is the caller's affair.
//!
//! Invariants: open∘seal is the identity; a sealed text is never empty; no error carries bytes.

use std::fmt;
use std::sync::Arc;

use crate::hex::{self, HexError};
use crate::seam::{BlockCipher, Gm};
use crate::wide::Engine;

const BLOCK: usize = 16;

/// An SM4 key, expanded once; clones share it.
#[derive(Clone)]
pub struct Sm4Key(Arc<dyn BlockCipher>);

/// Why a sealed text cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Nothing.
    #[error("密文为空")]
    Empty,
    /// An odd number of hexadecimal digits; holds it.
    #[error("密文十六进制位数为奇数（{0}）")]
    OddLength(usize),
    /// The byte at this index (from 0) is no hexadecimal digit.
    #[error("密文第{}个字符不是十六进制数字", .0 + 1)]
    NotHex(usize),
    /// Not whole blocks of 16 bytes; holds the number of bytes.
    #[error("密文为{0}字节，不是16字节的整数倍")]
    NotBlocks(usize),
    /// The padding is wrong: nearly always another key, else a damaged last block.
    #[error("解密后填充不正确：多半是密钥（appId、appSecret）不一致")]
    Padding,
}

impl Sm4Key {
    /// Expands a key of 16 bytes with the fastest implementation that this processor has.
    #[must_use]
    pub fn new(key: &[u8; 16]) -> Self {
        Self::with(&Engine::best(), key)
    }

    /// Expands a key of 16 bytes with a given implementation.
    #[must_use]
    pub fn with(gm: &dyn Gm, key: &[u8; 16]) -> Self {
        Self(Arc::from(gm.block_cipher(key)))
    }

    /// Encrypts to raw bytes: the next multiple of 16 above the plain length.
    #[must_use]
    pub fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let padding = BLOCK - plain.len() % BLOCK;
        let mut sealed = Vec::with_capacity(plain.len() + padding);
        sealed.extend_from_slice(plain);
        // 1 to 16, so the conversion keeps the value.
        sealed.resize(plain.len() + padding, u8::try_from(padding).unwrap_or(0));
        self.0.encrypt_blocks(sealed.as_chunks_mut::<BLOCK>().0);
        sealed
    }

    /// Encrypts to upper-case hexadecimal text, as `encData` carries it.
    #[must_use]
    pub fn seal_hex_upper(&self, plain: &[u8]) -> String {
        hex::upper(&self.seal(plain))
    }

    /// Decrypts raw bytes in place of the given vector.
    ///
    /// # Errors
    /// [`OpenError::Empty`], [`OpenError::NotBlocks`] or [`OpenError::Padding`].
    pub fn open(&self, sealed: impl Into<Vec<u8>>) -> Result<Vec<u8>, OpenError> {
        let mut bytes: Vec<u8> = sealed.into();
        if bytes.is_empty() {
            return Err(OpenError::Empty);
        }
        let length = bytes.len();
        let (blocks, rest) = bytes.as_chunks_mut::<BLOCK>();
        if !rest.is_empty() {
            return Err(OpenError::NotBlocks(length));
        }
        self.0.decrypt_blocks(blocks);
        let padding = usize::from(bytes.last().copied().unwrap_or(0));
        let plain = length.checked_sub(padding).ok_or(OpenError::Padding)?;
        let right = (1..=BLOCK).contains(&padding) && bytes[plain..].iter().all(|byte| usize::from(*byte) == padding);
        if !right {
            return Err(OpenError::Padding);
        }
        bytes.truncate(plain);
        Ok(bytes)
    }

    /// Decrypts hexadecimal text in either case.
    ///
    /// # Errors
    /// [`OpenError`] naming the defect.
    pub fn open_hex(&self, sealed: impl AsRef<[u8]>) -> Result<Vec<u8>, OpenError> {
        let bytes = hex::decode(sealed.as_ref()).map_err(|error| match error {
            HexError::OddLength(digits) => OpenError::OddLength(digits),
            HexError::NotHex(index) => OpenError::NotHex(index),
        })?;
        self.open(bytes)
    }
}

impl fmt::Debug for Sm4Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm4Key(…)")
    }
}
