//! The one file in which a key pair is kept: TOML, one pair a file, of an application
//! (with its appId and appSecret) or of the platform (without).
//!
//! Invariants: the public key in a file belongs to its private key; an application's id
//! and secret yield an SM4 key; no secret appears in `Debug`, nor in an error, which names
//! a line at most (the parser's own messages quote the text). Who may read the file is
//! the edge's affair.

use serde::Deserialize;
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

use crate::{KeyError, PrivateKey, PublicKey, SecKeyError, Sm4Key, sec_key};

/// Longest key file, in bytes.
pub const MAX_KEY_FILE: usize = 16 * 1024;
/// Longest `created`, in bytes.
const MAX_CREATED: usize = 40;

const HEADER: &str = "# 流方密钥文件：一个文件一对SM2密钥。含私钥，请勿外传，也不要提交到版本库。\n\n";

/// A key pair and whose it is.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// Whose pair it is.
    pub owner: KeyOwner,
    /// The private key; the public key follows from it.
    pub private_key: PrivateKey,
    /// When it was made, as the maker wrote it (RFC 3339), at most 40 bytes.
    pub created: String,
}

/// Whose pair a key file holds.
#[derive(Clone, Debug)]
pub enum KeyOwner {
    /// An institution's application: signs requests, and its `encData` has a key of its own.
    App {
        /// The `appId` that the centre gave.
        app_id: String,
        /// The `appSecret` that the centre gave.
        app_secret: AppSecret,
    },
    /// The centre: signs replies.
    Platform,
}

/// An `appSecret`: wiped on drop, shown nowhere.
#[derive(Clone)]
pub struct AppSecret(Zeroizing<String>);

/// Why a text is no key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Longer than [`MAX_KEY_FILE`]; holds the length in bytes.
    #[error("密钥文件过长（{0}字节，上限{MAX_KEY_FILE}）")]
    TooLong(usize),
    /// Not TOML, or a field is missing, unknown or of another type; holds the line from 1.
    #[error("密钥文件第{0}行有误：不是TOML，或字段缺失、多余、类型不符")]
    Form(usize),
    /// `kind = "app"` without `app_id` or `app_secret`.
    #[error("应用密钥文件缺少app_id或app_secret")]
    NoApp,
    /// `kind = "platform"` with `app_id` or `app_secret`.
    #[error("平台密钥文件不应含app_id或app_secret")]
    AppOnPlatform,
    /// `app_id` and `app_secret` yield no SM4 key.
    #[error("密钥文件：{0}")]
    SecKey(SecKeyError),
    /// `private_key` is no private key.
    #[error("密钥文件的private_key：{0}")]
    PrivateKey(KeyError),
    /// `public_key` is no public key.
    #[error("密钥文件的public_key：{0}")]
    PublicKey(KeyError),
    /// The two keys are no pair.
    #[error("密钥文件的公钥与私钥不成对")]
    NoPair,
    /// `created` is empty, too long or holds control characters.
    #[error("密钥文件的created应为日期时间文本（至多{MAX_CREATED}字节）")]
    Created,
}

impl KeyFile {
    /// Reads a key file's text.
    ///
    /// # Errors
    /// [`KeyFileError`] naming the defect, without quoting the text.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        if text.len() > MAX_KEY_FILE {
            return Err(KeyFileError::TooLong(text.len()));
        }
        let mut raw: Raw = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            KeyFileError::Form(1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count())
        })?;
        let owner = match (raw.kind, raw.app_id.take(), raw.app_secret.take()) {
            (Kind::App, Some(app_id), Some(app_secret)) => {
                let app_secret = AppSecret::new(app_secret);
                sec_key(&app_id, app_secret.expose()).map_err(KeyFileError::SecKey)?;
                KeyOwner::App { app_id, app_secret }
            }
            (Kind::App, ..) => return Err(KeyFileError::NoApp),
            (Kind::Platform, None, None) => KeyOwner::Platform,
            (Kind::Platform, ..) => return Err(KeyFileError::AppOnPlatform),
        };
        let private_key: PrivateKey = raw.private_key.parse().map_err(KeyFileError::PrivateKey)?;
        let public_key: PublicKey = raw.public_key.parse().map_err(KeyFileError::PublicKey)?;
        if private_key.public_key() != public_key {
            return Err(KeyFileError::NoPair);
        }
        let created = std::mem::take(&mut raw.created);
        if created.is_empty() || created.len() > MAX_CREATED || created.contains(char::is_control) {
            return Err(KeyFileError::Created);
        }
        Ok(Self { owner, private_key, created })
    }

    /// The file's text, private key and secret included; wiped on drop.
    #[must_use]
    pub fn render(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(1024));
        out.push_str(HEADER);
        match &self.owner {
            KeyOwner::App { app_id, app_secret } => {
                line(&mut out, "kind", "app");
                line(&mut out, "app_id", app_id);
                line(&mut out, "app_secret", app_secret.expose());
            }
            KeyOwner::Platform => line(&mut out, "kind", "platform"),
        }
        line(&mut out, "private_key", &self.private_key.to_base64());
        line(&mut out, "public_key", &self.public_key().to_base64());
        line(&mut out, "created", &self.created);
        out
    }

    /// The public key of the pair.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.private_key.public_key()
    }

    /// The prepared SM4 key of an application's pair; `None` for the platform's.
    ///
    /// # Errors
    /// [`SecKeyError`] if id and secret, set by hand, yield no key; never after [`Self::parse`].
    pub fn sec_key(&self) -> Result<Option<Sm4Key>, SecKeyError> {
        match &self.owner {
            KeyOwner::App { app_id, app_secret } => sec_key(app_id, app_secret.expose()).map(Some),
            KeyOwner::Platform => Ok(None),
        }
    }
}

impl AppSecret {
    /// Takes a secret over.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    /// The secret itself, for deriving keys and ending sign texts.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppSecret(…)")
    }
}

/// The file as TOML has it; wiped on drop.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    kind: Kind,
    app_id: Option<String>,
    app_secret: Option<String>,
    private_key: String,
    public_key: String,
    created: String,
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.app_secret.zeroize();
        self.private_key.zeroize();
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    App,
    Platform,
}

/// One `key = "value"` line. A TOML basic string escapes the quote, the backslash and
/// control characters; serialising here keeps every copy of a secret wiped.
fn line(out: &mut String, key: &str, value: &str) {
    out.push_str(key);
    out.push_str(" = \"");
    for char in value.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            control if control.is_control() => {
                out.push_str("\\u00");
                out.push_str(&crate::hex::upper(&[u32::from(control) as u8]));
            }
            plain => out.push(plain),
        }
    }
    out.push_str("\"\n");
}
