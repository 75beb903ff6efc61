//! SM3withSM2 (GB/T 32918.2): signing the sign text of a message and verifying it.
//!
//! The curve, field and scalar arithmetic is RustCrypto's; what stands here is the
//! standard's few steps around it, so that what depends on the key alone (Z, the inverse
//! of `1 + d`, multiples of the public point) is computed once per key.
//!
//! Invariants: signing is constant-time in the secret and deterministic (nonce after RFC
//! 6979 with SM3), so no randomness is needed; verifying handles public data only and may
//! take variable time; both are proved equal to the library's own signer and verifier.

use primeorder::{LookupTable, Radix16Decomposition, Radix16Digits};
use sm2::elliptic_curve::{
    Curve as _, Group as _, PrimeField as _,
    ops::{MulByGeneratorVartime as _, Reduce},
    point::AffineCoordinates as _,
};
use sm2::{FieldBytes, ProjectivePoint, Scalar, Sm2};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

use crate::hash::Sm3;
use crate::{DEFAULT_ID, PrivateKey, PublicKey, Signature};

/// Longest distinguishing identifier: its length in bits is two bytes of Z.
pub const MAX_ID: usize = 8191;

/// a, b, and the generator's coordinates, as they enter Z (GB/T 32918.5).
const CURVE: [[u8; 32]; 4] = [
    [
        0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFC,
    ],
    [
        0x28, 0xE9, 0xFA, 0x9E, 0x9D, 0x9F, 0x5E, 0x34, 0x4D, 0x5A, 0x9E, 0x4B, 0xCF, 0x65, 0x09, 0xA7, 0xF3, 0x97,
        0x89, 0xF5, 0x15, 0xAB, 0x8F, 0x92, 0xDD, 0xBC, 0xBD, 0x41, 0x4D, 0x94, 0x0E, 0x93,
    ],
    [
        0x32, 0xC4, 0xAE, 0x2C, 0x1F, 0x19, 0x81, 0x19, 0x5F, 0x99, 0x04, 0x46, 0x6A, 0x39, 0xC9, 0x94, 0x8F, 0xE3,
        0x0B, 0xBF, 0xF2, 0x66, 0x0B, 0xE1, 0x71, 0x5A, 0x45, 0x89, 0x33, 0x4C, 0x74, 0xC7,
    ],
    [
        0xBC, 0x37, 0x36, 0xA2, 0xF4, 0xF6, 0x77, 0x9C, 0x59, 0xBD, 0xCE, 0xE3, 0x6B, 0x69, 0x21, 0x53, 0xD0, 0xA9,
        0x87, 0x7C, 0xC6, 0x2A, 0x47, 0x40, 0x02, 0xDF, 0x32, 0xE5, 0x21, 0x39, 0xF0, 0xA0,
    ],
];

/// The identifier is longer than [`MAX_ID`] bytes; holds its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("签名者标识过长（{0}字节，上限{MAX_ID}）")]
pub struct IdError(pub usize);

/// A private key made ready to sign with the default id. Wiped on drop.
pub struct Signer {
    secret: Scalar,
    /// `(1 + d)^-1`.
    inverse: Scalar,
    public_key: PublicKey,
    /// SM3 after taking in Z.
    start: Sm3,
}

/// A public key made ready to verify: Z and multiples of the point, 25 KiB a key.
#[derive(Clone)]
pub struct Verifier {
    public_key: PublicKey,
    start: Sm3,
    multiples: Multiples,
}

impl Signer {
    /// Prepares a key, with the default id.
    #[must_use]
    pub fn new(key: &PrivateKey) -> Self {
        let public_key = key.public_key();
        let start = start(&public_key, DEFAULT_ID);
        let secret: Scalar = *key.0.to_nonzero_scalar();
        // A private key is never n-1, so the inverse exists.
        let inverse = (secret + Scalar::ONE).invert().unwrap_or(Scalar::ZERO);
        Self { secret, inverse, public_key, start }
    }

    /// Signs a message. The same message gives the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        let e = digest(&self.start, message);
        let d = Zeroizing::new(self.secret.to_repr());
        let mut nonces = rfc6979::KGenerator::<sm3::Sm3, _>::new(&d, &e.to_repr(), &[], &*Sm2::ORDER);
        loop {
            if let Some(signature) = self.sign_with(&mut nonces, e) {
                return signature;
            }
        }
    }

    /// The public key that belongs to it.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Steps A3 to A7 with the next nonce; `None` sends back to A3, which happens once in
    /// 2^255.
    fn sign_with(&self, nonces: &mut rfc6979::KGenerator<'_, sm3::Sm3, sm2::U256>, e: Scalar) -> Option<Signature> {
        let mut bytes = Zeroizing::new(FieldBytes::default());
        nonces.fill_next_k(&mut bytes);
        let k = Zeroizing::new(Scalar::from_repr(*bytes).into_option()?);
        let point = ProjectivePoint::mul_by_generator(&*k).to_affine();
        let r = e + reduce(&point.x());
        let s = self.inverse * (*k - r * self.secret);
        if bool::from(r.is_zero() | (r + *k).is_zero() | s.is_zero()) {
            return None;
        }
        let mut raw = [0u8; 64];
        raw[..32].copy_from_slice(&r.to_repr());
        raw[32..].copy_from_slice(&s.to_repr());
        Some(Signature(raw))
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.inverse.zeroize();
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

impl Verifier {
    /// Prepares a key, with the default id. Costs about as much as three verifications.
    #[must_use]
    pub fn new(key: &PublicKey) -> Self {
        Self::prepare(key, start(key, DEFAULT_ID))
    }

    /// Prepares a key with another signer's id, for diagnostics.
    ///
    /// # Errors
    /// [`IdError`] if the id exceeds [`MAX_ID`] bytes.
    pub fn with_id(key: &PublicKey, id: &str) -> Result<Self, IdError> {
        if id.len() > MAX_ID {
            return Err(IdError(id.len()));
        }
        Ok(Self::prepare(key, start(key, id)))
    }

    /// Whether the signature is the key's over this message.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        self.verify_digest(digest(&self.start, message), signature)
    }

    /// Whether the signature is the key's over these 32 bytes taken as `e` itself, as
    /// clients sign that leave out Z; for diagnostics.
    #[must_use]
    pub fn verify_prehashed(&self, e: &[u8; 32], signature: &Signature) -> bool {
        self.verify_digest(reduce(&FieldBytes::from(*e)), signature)
    }

    /// The key it verifies with.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn prepare(key: &PublicKey, start: Sm3) -> Self {
        Self { public_key: key.clone(), start, multiples: Multiples::new(key.0.to_projective()) }
    }

    /// Steps B1, B2 and B5 to B7.
    fn verify_digest(&self, e: Scalar, signature: &Signature) -> bool {
        let (r, s) = signature.0.split_at(32);
        let (Some(r), Some(s)) = (component(r), component(s)) else {
            return false;
        };
        let t = r + s;
        if bool::from(t.is_zero()) {
            return false;
        }
        let point = ProjectivePoint::mul_by_generator_vartime(&s) + self.multiples.mul(&t);
        if bool::from(point.is_identity()) {
            return false;
        }
        r == e + reduce(&point.to_affine().x())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

/// `1..=8` times `256^i P` for every byte position `i` of a scalar and one for the carry.
#[derive(Clone)]
struct Multiples(Box<[LookupTable<ProjectivePoint>]>);

impl Multiples {
    fn new(point: ProjectivePoint) -> Self {
        let mut base = point;
        let table = (0..33)
            .map(|_| {
                let table = LookupTable::new(base);
                for _ in 0..8 {
                    base = base.double();
                }
                table
            })
            .collect();
        Self(table)
    }

    /// `k P` in variable time: two signed digits of base 16 a byte, the odd ones summed
    /// apart and shifted by one digit at the end.
    fn mul(&self, k: &Scalar) -> ProjectivePoint {
        let digits = Radix16Decomposition::<Radix16Digits<Sm2>>::new(k);
        let mut even = ProjectivePoint::IDENTITY;
        let mut odd = ProjectivePoint::IDENTITY;
        for (index, table) in self.0.iter().enumerate() {
            even += &table.select_vartime(digits[index * 2]);
            if index < 32 {
                odd += &table.select_vartime(digits[index * 2 + 1]);
            }
        }
        for _ in 0..4 {
            odd = odd.double();
        }
        even + odd
    }
}

/// r or s as a scalar in `[1, n-1]`.
pub(crate) fn component(bytes: &[u8]) -> Option<Scalar> {
    let repr = FieldBytes::try_from(bytes).ok()?;
    let scalar = Scalar::from_repr(repr).into_option()?;
    (!bool::from(scalar.is_zero())).then_some(scalar)
}

/// SM3 after taking in `Z = SM3(ENTL || ID || a || b || G || P)` (GB/T 32918.2, 5.5).
fn start(key: &PublicKey, id: &str) -> Sm3 {
    let bits = u16::try_from(id.len() * 8).unwrap_or(u16::MAX);
    let mut z = Sm3::new();
    z.update(&bits.to_be_bytes()).update(id.as_bytes()).update(CURVE.as_flattened()).update(&key.to_bytes()[1..]);
    let mut start = Sm3::new();
    start.update(&z.finish());
    start
}

/// `e = SM3(Z || M)` modulo n.
fn digest(start: &Sm3, message: &[u8]) -> Scalar {
    let mut hash = start.clone();
    hash.update(message);
    reduce(&FieldBytes::from(hash.finish()))
}

/// Bytes of a digest or a coordinate modulo n.
fn reduce(bytes: &FieldBytes) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(bytes)
}
