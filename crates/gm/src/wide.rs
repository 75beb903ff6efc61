//! SM4 on many blocks at once: the implementation in use, chosen by what the processor has.
//!
//! Invariants: an [`Engine`] agrees with [`RustCrypto`] on every input (the oracle of
//! `tests/wide.rs`) and may be asked for on any machine: where its instructions are missing,
//! `RustCrypto` answers. SM2 and SM3 are `RustCrypto`'s in every engine. The processor is asked when a
//! key is expanded, never per block.

#[cfg(any(target_arch = "x86_64", test))]
mod field;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::seam::{BlockCipher, Gm, RustCrypto, Sign, Verify};
use crate::{PrivateKey, PublicKey};

/// By what SM4's S-box is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// AVX2 and GFNI: inversion in GF(2^8) as one instruction.
    Gfni,
    /// AVX2 and AES-NI: AES's S-box, mapped to SM4's.
    AesNi,
    /// The crate `sm4`, one block after another and by table.
    RustCrypto,
}

impl Engine {
    /// All, the fastest first.
    pub const ALL: [Self; 3] = [Self::Gfni, Self::AesNi, Self::RustCrypto];

    /// Whether this processor has the instructions.
    #[must_use]
    pub fn is_here(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Gfni => x86::Gfni::is_here(),
            #[cfg(target_arch = "x86_64")]
            Self::AesNi => x86::AesNi::is_here(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Gfni | Self::AesNi => false,
            Self::RustCrypto => true,
        }
    }

    /// The fastest that this processor has.
    #[must_use]
    pub fn best() -> Self {
        Self::ALL.into_iter().find(|engine| engine.is_here()).unwrap_or(Self::RustCrypto)
    }

    /// A key expanded for this engine's own instructions; `None` where they are missing.
    fn expand(self, key: &[u8; 16]) -> Option<Box<dyn BlockCipher>> {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Gfni => Some(Box::new(x86::Gfni::new(key)?)),
            #[cfg(target_arch = "x86_64")]
            Self::AesNi => Some(Box::new(x86::AesNi::new(key)?)),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Gfni | Self::AesNi => None,
            Self::RustCrypto => Some(RustCrypto.block_cipher(key)),
        }
    }
}

impl Gm for Engine {
    fn signer(&self, key: &PrivateKey) -> Box<dyn Sign> {
        RustCrypto.signer(key)
    }

    fn verifier(&self, key: &PublicKey) -> Box<dyn Verify> {
        RustCrypto.verifier(key)
    }

    fn block_cipher(&self, key: &[u8; 16]) -> Box<dyn BlockCipher> {
        self.expand(key).unwrap_or_else(|| RustCrypto.block_cipher(key))
    }

    fn sm3(&self, pieces: &[&[u8]]) -> [u8; 32] {
        RustCrypto.sm3(pieces)
    }
}
