//! SM4 on x86-64, eight blocks in four 256-bit registers, in two forms that differ in the
//! S-box only: GFNI inverts in AES's field itself, and AES-NI computes AES's whole S-box,
//! of which the affine end is undone.
//!
//! Invariants: no index, branch or address depends on key or data ([`super::field`]'s
//! nibble tables are looked up inside registers by `vpshufb`); a [`Gfni`] or [`AesNi`] exists
//! only where the processor has been found to have its instructions, which is what makes
//! the calls below sound; round keys are wiped on drop. All `unsafe` of the workspace is in
//! this file: loads and stores of references to whole registers, and calls of functions
//! compiled for those instructions.

#![allow(
    unsafe_code,
    reason = "a function compiled for GFNI or AES-NI can be called in no other way, docs/decisions/0016"
)]

use std::arch::x86_64::*;

use zeroize::Zeroize;

use super::field::{BEFORE, BEHIND, BEHIND_AES};
use crate::seam::BlockCipher;

/// Blocks that fill the four registers of one group.
const GROUP: usize = 8;
/// Groups worked on at once, so that one's operations fill the other's waiting.
const AT_ONCE: usize = 4;

/// The system parameter FK of GB/T 32907.
const FK: [u32; 4] = [0xA3B1_BAC6, 0x56AA_3350, 0x677D_9197, 0xB270_22DC];

type Group = [[u8; 16]; GROUP];

/// Round keys in the order of use.
struct RoundKeys {
    encrypt: [u32; 32],
    decrypt: [u32; 32],
}

impl RoundKeys {
    fn new(encrypt: [u32; 32]) -> Self {
        let mut decrypt = encrypt;
        decrypt.reverse();
        Self { encrypt, decrypt }
    }
}

impl Drop for RoundKeys {
    fn drop(&mut self) {
        self.encrypt.zeroize();
        self.decrypt.zeroize();
    }
}

/// SM4 with a given S-box over 32 bytes: everything but the S-box is the same.
macro_rules! sm4 {
    ($name:ident, $module:ident, $features:tt, $found:expr, $sbox:ident) => {
        /// A key expanded for the instructions it is named after.
        pub(super) struct $name(RoundKeys);

        impl $name {
            /// Whether the processor has the instructions.
            pub(super) fn is_here() -> bool {
                $found
            }

            /// Expands a key, where the processor has the instructions.
            pub(super) fn new(key: &[u8; 16]) -> Option<Self> {
                // SAFETY: the instructions have just been found.
                Self::is_here().then(|| Self(RoundKeys::new(unsafe { $module::expand(key) })))
            }
        }

        impl BlockCipher for $name {
            fn encrypt_blocks(&self, blocks: &mut [[u8; 16]]) {
                // SAFETY: this value exists, so `new` has found the instructions.
                unsafe { $module::crypt(&self.0.encrypt, blocks) }
            }

            fn decrypt_blocks(&self, blocks: &mut [[u8; 16]]) {
                // SAFETY: this value exists, so `new` has found the instructions.
                unsafe { $module::crypt(&self.0.decrypt, blocks) }
            }
        }

        mod $module {
            use super::*;

            #[target_feature(enable = $features)]
            pub(super) fn expand(key: &[u8; 16]) -> [u32; 32] {
                let mut words = [0; 4];
                for (word, (bytes, fk)) in words.iter_mut().zip(key.as_chunks::<4>().0.iter().zip(FK)) {
                    *word = u32::from_be_bytes(*bytes) ^ fk;
                }
                let mut keys = [0; 32];
                let mut ck = [0u8, 7, 14, 21];
                for key in &mut keys {
                    let mixed = words[1] ^ words[2] ^ words[3] ^ u32::from_be_bytes(ck);
                    let b = _mm256_cvtsi256_si32($sbox(_mm256_set1_epi32(mixed.cast_signed()))).cast_unsigned();
                    *key = words[0] ^ b ^ b.rotate_left(13) ^ b.rotate_left(23);
                    words = [words[1], words[2], words[3], *key];
                    ck = ck.map(|byte| byte.wrapping_add(28));
                }
                words.zeroize();
                keys
            }

            #[target_feature(enable = $features)]
            pub(super) fn crypt(keys: &[u32; 32], blocks: &mut [[u8; 16]]) {
                let (groups, rest) = blocks.as_chunks_mut::<GROUP>();
                let (many, few) = groups.as_chunks_mut::<AT_ONCE>();
                for groups in many {
                    rounds(keys, groups);
                }
                for group in few {
                    rounds(keys, std::array::from_mut(group));
                }
                if !rest.is_empty() {
                    let mut group = [[0; 16]; GROUP];
                    group[..rest.len()].copy_from_slice(rest);
                    rounds(keys, std::array::from_mut(&mut group));
                    rest.copy_from_slice(&group[..rest.len()]);
                }
            }

            #[target_feature(enable = $features)]
            fn rounds<const N: usize>(keys: &[u32; 32], groups: &mut [Group; N]) {
                let mut state = [[_mm256_setzero_si256(); 4]; N];
                for (words, group) in state.iter_mut().zip(&*groups) {
                    *words = read(group);
                }
                for [a, b, c, d] in keys.as_chunks::<4>().0 {
                    for words in &mut state {
                        words[0] = _mm256_xor_si256(words[0], t(words[1], words[2], words[3], *a));
                    }
                    for words in &mut state {
                        words[1] = _mm256_xor_si256(words[1], t(words[2], words[3], words[0], *b));
                    }
                    for words in &mut state {
                        words[2] = _mm256_xor_si256(words[2], t(words[3], words[0], words[1], *c));
                    }
                    for words in &mut state {
                        words[3] = _mm256_xor_si256(words[3], t(words[0], words[1], words[2], *d));
                    }
                }
                for ([a, b, c, d], group) in state.into_iter().zip(groups) {
                    write([d, c, b, a], group);
                }
            }

            /// The standard's T over the sum of three words and a round key.
            #[inline]
            #[target_feature(enable = $features)]
            fn t(x: __m256i, y: __m256i, z: __m256i, key: u32) -> __m256i {
                let key = _mm256_set1_epi32(key.cast_signed());
                linear($sbox(_mm256_xor_si256(_mm256_xor_si256(x, y), _mm256_xor_si256(z, key))))
            }
        }
    };
}

sm4!(Gfni, gfni, "avx2,gfni", is_x86_feature_detected!("avx2") && is_x86_feature_detected!("gfni"), sbox_gfni);
sm4!(AesNi, aes_ni, "avx2,aes", is_x86_feature_detected!("avx2") && is_x86_feature_detected!("aes"), sbox_aes);

#[inline]
#[target_feature(enable = "avx2,gfni")]
fn sbox_gfni(x: __m256i) -> __m256i {
    const TO: i32 = BEFORE.constant as i32;
    const FROM: i32 = BEHIND.constant as i32;
    let x = _mm256_gf2p8affine_epi64_epi8::<TO>(x, _mm256_set1_epi64x(const { BEFORE.matrix() }));
    _mm256_gf2p8affineinv_epi64_epi8::<FROM>(x, _mm256_set1_epi64x(const { BEHIND.matrix() }))
}

#[inline]
#[target_feature(enable = "avx2,aes")]
fn sbox_aes(x: __m256i) -> __m256i {
    // The last round of AES with key 0 is its S-box on bytes in another order (ShiftRows).
    const UNSHIFT: [u8; 16] = [0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3];
    let x = affine(x, const { &BEFORE.nibbles() });
    let zero = _mm_setzero_si128();
    let low = _mm_aesenclast_si128(_mm256_castsi256_si128(x), zero);
    let high = _mm_aesenclast_si128(_mm256_extracti128_si256::<1>(x), zero);
    let x = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), both(&UNSHIFT));
    affine(x, const { &BEHIND_AES.nibbles() })
}

#[inline]
#[target_feature(enable = "avx2")]
fn affine(x: __m256i, [low, high]: &[[u8; 16]; 2]) -> __m256i {
    let nibble = _mm256_set1_epi8(0x0F);
    let lows = _mm256_and_si256(x, nibble);
    let highs = _mm256_and_si256(_mm256_srli_epi32::<4>(x), nibble);
    _mm256_xor_si256(_mm256_shuffle_epi8(both(low), lows), _mm256_shuffle_epi8(both(high), highs))
}

/// The standard's L: `b ^ b<<<2 ^ b<<<10 ^ b<<<18 ^ b<<<24`, the middle three as one
/// rotation by two bits of a sum of rotations by whole bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn linear(b: __m256i) -> __m256i {
    const BY_8: [u8; 16] = [3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14];
    const BY_16: [u8; 16] = [2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13];
    const BY_24: [u8; 16] = [1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12];
    let by_8 = _mm256_shuffle_epi8(b, both(&BY_8));
    let by_16 = _mm256_shuffle_epi8(b, both(&BY_16));
    let by_24 = _mm256_shuffle_epi8(b, both(&BY_24));
    let sum = _mm256_xor_si256(_mm256_xor_si256(b, by_8), by_16);
    let by_2 = _mm256_or_si256(_mm256_slli_epi32::<2>(sum), _mm256_srli_epi32::<30>(sum));
    _mm256_xor_si256(_mm256_xor_si256(b, by_24), by_2)
}

/// Eight blocks as four registers, the first of which holds the first word of each.
#[inline]
#[target_feature(enable = "avx2")]
fn read(group: &Group) -> [__m256i; 4] {
    let mut rows = [_mm256_setzero_si256(); 4];
    for (row, pair) in rows.iter_mut().zip(group.as_chunks::<2>().0) {
        // SAFETY: an unaligned load of the 32 bytes that the reference covers.
        *row = turn(unsafe { _mm256_loadu_si256(std::ptr::from_ref(pair).cast()) });
    }
    transpose(rows)
}

/// The reverse of [`read`].
#[inline]
#[target_feature(enable = "avx2")]
fn write(words: [__m256i; 4], group: &mut Group) {
    for (row, pair) in transpose(words).into_iter().zip(group.as_chunks_mut::<2>().0) {
        // SAFETY: an unaligned store to the 32 bytes that the reference covers.
        unsafe { _mm256_storeu_si256(std::ptr::from_mut(pair).cast(), turn(row)) };
    }
}

/// Words between the standard's byte order (big endian) and the processor's.
#[inline]
#[target_feature(enable = "avx2")]
fn turn(row: __m256i) -> __m256i {
    _mm256_shuffle_epi8(row, both(&[3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]))
}

/// Rows and columns exchanged in each half; twice is nothing.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose([a, b, c, d]: [__m256i; 4]) -> [__m256i; 4] {
    let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
    let (ab_high, cd_high) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
    [
        _mm256_unpacklo_epi64(ab, cd),
        _mm256_unpackhi_epi64(ab, cd),
        _mm256_unpacklo_epi64(ab_high, cd_high),
        _mm256_unpackhi_epi64(ab_high, cd_high),
    ]
}

/// The same 16 bytes in both halves.
#[inline]
#[target_feature(enable = "avx2")]
fn both(bytes: &[u8; 16]) -> __m256i {
    let number = u128::from_le_bytes(*bytes);
    // The two halves of the number, kept whole by the conversion.
    let (low, high) = (number as u64, (number >> 64) as u64);
    _mm256_broadcastsi128_si256(_mm_set_epi64x(high.cast_signed(), low.cast_signed()))
}
