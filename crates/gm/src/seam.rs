//! The seam: everything that computes is reached through [`Gm`], so that a verifier with
//! larger tables or another SM4 can take RustCrypto's place without a caller noticing.
//!
//! Invariants: an implementation is right when it agrees with [`RustCrypto`] on every
//! input (that is the oracle); objects are made once per key and then called without
//! locks or allocation; what is not worth replacing (padding, hex, Base64) is not here.

use sm4::Sm4;
use sm4::cipher::{Array, BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};

use crate::{PrivateKey, PublicKey, Signature, Signer, Verifier};

/// An implementation of the national algorithms.
pub trait Gm: Send + Sync {
    /// Prepares a private key for signing with the default id; constant-time.
    fn signer(&self, key: &PrivateKey) -> Box<dyn Sign>;
    /// Prepares a public key for verifying with the default id.
    fn verifier(&self, key: &PublicKey) -> Box<dyn Verify>;
    /// Expands an SM4 key.
    fn block_cipher(&self, key: &[u8; 16]) -> Box<dyn BlockCipher>;
    /// SM3 of the pieces one after another.
    fn sm3(&self, pieces: &[&[u8]]) -> [u8; 32];
}

/// A private key ready to sign.
pub trait Sign: Send + Sync {
    /// Signs a message with SM3withSM2.
    fn sign(&self, message: &[u8]) -> Signature;
    /// The public key that belongs to it.
    fn public_key(&self) -> &PublicKey;
}

/// A public key ready to verify.
pub trait Verify: Send + Sync {
    /// Whether the signature is the key's over this message.
    fn verify(&self, message: &[u8], signature: &Signature) -> bool;
    /// The key it verifies with.
    fn public_key(&self) -> &PublicKey;
}

/// An expanded SM4 key; each block by itself (ECB), all blocks of a message in one call so
/// that an implementation may work on many at once.
pub trait BlockCipher: Send + Sync {
    /// Encrypts every block in place.
    fn encrypt_blocks(&self, blocks: &mut [[u8; 16]]);
    /// Decrypts every block in place.
    fn decrypt_blocks(&self, blocks: &mut [[u8; 16]]);
}

/// The `RustCrypto` crates `sm2`, `sm3` and `sm4`: in use for the first two, and the oracle of
/// [`Engine`](crate::Engine), which is in use for SM4.
#[derive(Clone, Copy, Debug, Default)]
pub struct RustCrypto;

impl Gm for RustCrypto {
    fn signer(&self, key: &PrivateKey) -> Box<dyn Sign> {
        Box::new(Signer::new(key))
    }

    fn verifier(&self, key: &PublicKey) -> Box<dyn Verify> {
        Box::new(Verifier::new(key))
    }

    fn block_cipher(&self, key: &[u8; 16]) -> Box<dyn BlockCipher> {
        Box::new(RustCryptoSm4(Sm4::new(key.into())))
    }

    fn sm3(&self, pieces: &[&[u8]]) -> [u8; 32] {
        let mut hash = crate::Sm3::new();
        for piece in pieces {
            hash.update(piece);
        }
        hash.finish()
    }
}

impl Sign for Signer {
    fn sign(&self, message: &[u8]) -> Signature {
        Signer::sign(self, message)
    }

    fn public_key(&self) -> &PublicKey {
        Signer::public_key(self)
    }
}

impl Verify for Verifier {
    fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        Verifier::verify(self, message, signature)
    }

    fn public_key(&self) -> &PublicKey {
        Verifier::public_key(self)
    }
}

/// The library wipes its round keys on drop.
struct RustCryptoSm4(Sm4);

impl BlockCipher for RustCryptoSm4 {
    fn encrypt_blocks(&self, blocks: &mut [[u8; 16]]) {
        self.0.encrypt_blocks(Array::cast_slice_from_core_mut(blocks));
    }

    fn decrypt_blocks(&self, blocks: &mut [[u8; 16]]) {
        self.0.decrypt_blocks(Array::cast_slice_from_core_mut(blocks));
    }
}
