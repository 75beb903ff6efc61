//! The file of the keys that seal what is stored: TOML, one secret a version; the newest seals, all open.
//!
//! Invariants: versions count up without repetition and there is at least one; no secret appears in `Debug`, nor in an error,
//! which names a line at most. Who may read the file is the edge's affair, and so is drawing secrets.

use std::fmt;

use serde::Deserialize;
use zeroize::{Zeroize as _, Zeroizing};

use crate::{RestKey, hex};

/// Longest ring file, in bytes.
pub const MAX_RING_FILE: usize = 16 * 1024;
/// The most versions in a ring: a look-up tries them all in one question.
pub const MAX_RING: usize = 8;
/// Longest `created`, in bytes.
const MAX_CREATED: usize = 40;

const HEADER: &str = "# 流方存储密钥环：数据库中的个人信息用它封存。丢失它，数据即不可恢复；请离线备份，请勿外传，也不要提交到版本库。\n\nkind = \"store\"\n";

/// The secrets of a ring, oldest first.
#[derive(Clone, Debug)]
pub struct RingFile {
    keys: Vec<RingSecret>,
}

/// One version.
#[derive(Clone)]
pub struct RingSecret {
    /// Counts up.
    pub version: u32,
    /// When it was made, as the maker wrote it, at most 40 bytes.
    pub created: String,
    secret: Zeroizing<[u8; 32]>,
}

/// Why a text is no ring file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingFileError {
    /// Longer than [`MAX_RING_FILE`]; holds the length in bytes.
    #[error("密钥环文件过长（{0}字节，上限{MAX_RING_FILE}）")]
    TooLong(usize),
    /// Not TOML, or a field is missing, unknown or of another type; holds the line from 1.
    #[error("密钥环文件第{0}行有误：不是TOML，或字段缺失、多余、类型不符")]
    Form(usize),
    /// No key at all.
    #[error("密钥环中没有密钥")]
    Empty,
    /// More than [`MAX_RING`].
    #[error("密钥环中的密钥多于{MAX_RING}把，请先用 keys rotate --retire 停用旧密钥")]
    TooMany,
    /// Versions do not count up from 1; holds the one that is wrong.
    #[error("密钥环中的版本号应从小到大且不重复，第{0}版有误")]
    Order(u32),
    /// The secret of this version is not 64 hexadecimal digits.
    #[error("密钥环第{0}版的secret应为64位十六进制")]
    Secret(u32),
    /// `created` of this version is empty, too long or holds control characters.
    #[error("密钥环第{0}版的created应为日期时间文本（至多{MAX_CREATED}字节）")]
    Created(u32),
}

impl RingFile {
    /// A ring of one key.
    ///
    /// # Errors
    /// [`RingFileError::Created`].
    pub fn new(created: &str, secret: [u8; 32]) -> Result<Self, RingFileError> {
        let mut ring = Self { keys: Vec::new() };
        ring.push(created, secret)?;
        Ok(ring)
    }

    /// Adds the next version and answers it.
    ///
    /// # Errors
    /// [`RingFileError::TooMany`] or [`RingFileError::Created`]; the ring stays as it was.
    pub fn push(&mut self, created: &str, secret: [u8; 32]) -> Result<u32, RingFileError> {
        let version = self.newest().checked_add(1).ok_or(RingFileError::TooMany)?;
        let secret = Zeroizing::new(secret);
        self.keys.push(RingSecret { version, created: created.to_owned(), secret });
        let judged = self.check();
        if judged.is_err() {
            self.keys.pop();
        }
        judged.map(|()| version)
    }

    /// Reads a ring file's text.
    ///
    /// # Errors
    /// [`RingFileError`] naming the defect, without quoting the text.
    pub fn parse(text: &str) -> Result<Self, RingFileError> {
        if text.len() > MAX_RING_FILE {
            return Err(RingFileError::TooLong(text.len()));
        }
        let raw: Raw = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            RingFileError::Form(1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count())
        })?;
        let Kind::Store = raw.kind;
        let keys: Result<Vec<_>, _> = raw.key.iter().map(RawKey::read).collect();
        let ring = Self { keys: keys? };
        ring.check()?;
        Ok(ring)
    }

    /// The file's text, secrets included; wiped on drop.
    #[must_use]
    pub fn render(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(HEADER.len() + 256 * self.keys.len()));
        out.push_str(HEADER);
        for key in &self.keys {
            let secret = Zeroizing::new(hex::upper(&key.secret[..]));
            let version = key.version.to_string();
            let parts = ["\n[[key]]\nversion = ", &version, "\nsecret = \"", &secret, "\"\ncreated = \""];
            parts.into_iter().for_each(|part| out.push_str(part));
            key.created.chars().for_each(|char| match char {
                '"' | '\\' => out.extend(['\\', char]),
                plain => out.push(plain),
            });
            out.push_str("\"\n");
        }
        out
    }

    /// The versions, oldest first.
    #[must_use]
    pub fn secrets(&self) -> &[RingSecret] {
        &self.keys
    }

    /// The version that seals.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.keys.last().map_or(0, |key| key.version)
    }

    /// Takes every version but the newest out and answers which those were.
    pub fn retire_old(&mut self) -> Vec<u32> {
        let old = self.keys.len().saturating_sub(1);
        self.keys.drain(..old).map(|key| key.version).collect()
    }

    /// The prepared keys, oldest first.
    #[must_use]
    pub fn keys(&self) -> Vec<RestKey> {
        self.keys.iter().map(|key| RestKey::derive(key.version, &key.secret)).collect()
    }

    fn check(&self) -> Result<(), RingFileError> {
        if self.keys.is_empty() {
            return Err(RingFileError::Empty);
        }
        if self.keys.len() > MAX_RING {
            return Err(RingFileError::TooMany);
        }
        let mut before = 0;
        for key in &self.keys {
            if key.version <= before {
                return Err(RingFileError::Order(key.version));
            }
            before = key.version;
            let created = &key.created;
            if created.is_empty() || created.len() > MAX_CREATED || created.contains(char::is_control) {
                return Err(RingFileError::Created(key.version));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingSecret").field("version", &self.version).finish_non_exhaustive()
    }
}

/// The file as TOML has it; wiped on drop.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    kind: Kind,
    #[serde(default)]
    key: Vec<RawKey>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Store,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKey {
    version: u32,
    secret: String,
    created: String,
}

impl RawKey {
    fn read(&self) -> Result<RingSecret, RingFileError> {
        let wrong = RingFileError::Secret(self.version);
        let bytes = Zeroizing::new(hex::decode(self.secret.as_bytes()).map_err(|_| wrong)?);
        let secret: [u8; 32] = bytes.as_slice().try_into().map_err(|_| wrong)?;
        Ok(RingSecret { version: self.version, created: self.created.clone(), secret: Zeroizing::new(secret) })
    }
}

impl Drop for RawKey {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}
