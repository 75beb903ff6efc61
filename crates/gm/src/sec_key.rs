//! The SM4 key of an application, derived from `appId` and `appSecret` as every client of
//! the platform does: appSecret sealed under the first 16 characters of appId, in upper-case
//! hex, and of that the first 16 characters as ASCII bytes.
//!
//! Invariant: the secret appears in no error.

use zeroize::Zeroizing;

use crate::Sm4Key;

/// Why no key can be derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecKeyError {
    /// `appId` has fewer than 16 characters; holds how many.
    #[error("appId只有{0}个字符，至少应为16个")]
    AppIdTooShort(usize),
    /// One of the first 16 characters of `appId` is not ASCII, so they are not 16 bytes.
    #[error("appId的前16个字符含非ASCII字符")]
    AppIdNotAscii,
    /// `appSecret` is empty.
    #[error("appSecret为空")]
    NoAppSecret,
}

/// The prepared SM4 key with which an application's `encData` is sealed and opened.
///
/// # Errors
/// [`SecKeyError`] naming the defect of `app_id` or `app_secret`.
pub fn sec_key(app_id: &str, app_secret: &str) -> Result<Sm4Key, SecKeyError> {
    sec_key_text(app_id, app_secret).map(|key| Sm4Key::new(&key))
}

/// The same key as its 16 ASCII characters, wiped on drop, for showing to its owner.
///
/// # Errors
/// As [`sec_key`].
pub fn sec_key_text(app_id: &str, app_secret: &str) -> Result<Zeroizing<[u8; 16]>, SecKeyError> {
    let Some(first) = app_id.as_bytes().first_chunk::<16>() else {
        return Err(SecKeyError::AppIdTooShort(app_id.chars().count()));
    };
    if !first.is_ascii() {
        return Err(SecKeyError::AppIdNotAscii);
    }
    if app_secret.is_empty() {
        return Err(SecKeyError::NoAppSecret);
    }
    let sealed = Zeroizing::new(Sm4Key::new(first).seal_hex_upper(app_secret.as_bytes()));
    let mut key = Zeroizing::new([0u8; 16]);
    // A sealed text has at least one block, which is 32 digits.
    for (to, from) in key.iter_mut().zip(sealed.bytes()) {
        *to = from;
    }
    Ok(key)
}
