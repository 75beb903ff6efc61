//! Who sends: the headers of the gateways, as their clients really write them (fsi.md §1.4, epc.md §1.9).
//!
//! `_api_*`: Base64 of HMAC-SHA1 over four of the headers, with one or two `&` before `_api_version`; `x-tif-*` and
//! `x-rio-*`: SHA-256 over timestamp, secret, nonce and timestamp, in lower or upper case hex. None of them covers the
//! body: that is the gateways' choice, and the reason why the same `msgid` with another content is refused.
//!
//! Invariants: signatures are compared in constant time; an empty secret proves nobody; no error carries a value.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use lf_gm::hex;
use lf_ports::{Gateway, GatewayScheme};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// Longest header value looked at, in bytes.
pub const MAX_HEADER: usize = 512;
/// What some clients write into `_api_name` whatever they call.
pub const CONSTANT_NAME: &str = "hssServives";

/// Why a sender is turned away at the gate: the four texts that clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// A header is absent, empty or too long.
    #[error("缺少服务网关的请求头!")]
    Missing,
    /// Too old, too far ahead, or no time.
    #[error("签名时间戳超时!")]
    Stale,
    /// Nobody of that key on this front.
    #[error("非法用户!")]
    Unknown,
    /// The signature is not that of the secret.
    #[error("签名不一致!")]
    Mismatch,
}

/// Of the body, not of the sender: 9101 comes as a form.
const CONTENT_TYPE: &str = "content-type";
/// How the names of the headers begin that this front reads.
const OURS: [&str; 4] = ["_api_", "x-tif-", "x-rio-", CONTENT_TYPE];

/// The headers of a request that concern this front, names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Keeps what a gateway reads; the first of two equal names wins.
    pub fn of<'h>(all: impl IntoIterator<Item = (&'h str, &'h str)>) -> Self {
        let ours = |name: &str| OURS.iter().any(|start| name.starts_with(start));
        let all = all.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        Self(all.filter(|(name, _)| ours(name)).collect())
    }

    /// What the body is said to be; empty where nothing is said.
    pub fn content_type(&self) -> &str {
        self.get(CONTENT_TYPE).unwrap_or_default()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim())
    }

    fn need(&self, name: &str) -> Result<&str, AuthError> {
        self.get(name).filter(|value| !value.is_empty() && value.len() <= MAX_HEADER).ok_or(AuthError::Missing)
    }

    fn any(&self, start: &str) -> bool {
        self.0.iter().any(|(name, _)| name.starts_with(start))
    }
}

/// What the headers claim; nothing is proved before [`Credentials::verify`].
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials<'h> {
    /// Which headers.
    pub scheme: GatewayScheme,
    /// Who: the app's id.
    pub access_key: &'h str,
    /// `_api_name`: the transaction, or a constant.
    pub name: Option<&'h str>,
    timestamp: &'h str,
    timestamp_ms: i64,
    /// `_api_version` or the nonce.
    other: &'h str,
    signature: &'h str,
}

impl<'h> Credentials<'h> {
    /// Reads the one family of headers that is there.
    ///
    /// # Errors
    /// [`AuthError::Missing`]; [`AuthError::Stale`] for a timestamp that is none.
    pub fn read(headers: &'h Headers) -> Result<Self, AuthError> {
        if headers.any("_api_") {
            let name = Some(headers.need("_api_name")?);
            let access_key = headers.need("_api_access_key")?;
            let other = headers.need("_api_version")?;
            let (timestamp, signature) = (headers.need("_api_timestamp")?, headers.need("_api_signature")?);
            let timestamp_ms = millis(timestamp)?;
            return Ok(Self {
                scheme: GatewayScheme::Csb,
                access_key,
                name,
                timestamp,
                timestamp_ms,
                other,
                signature,
            });
        }
        let (scheme, start) =
            if headers.any("x-tif-") { (GatewayScheme::Tif, "x-tif") } else { (GatewayScheme::Rio, "x-rio") };
        let need = |name: &str| headers.need(&format!("{start}-{name}"));
        let (access_key, timestamp) = (need("paasid")?, need("timestamp")?);
        let (other, signature) = (need("nonce")?, need("signature")?);
        let timestamp_ms = millis(timestamp)?;
        Ok(Self { scheme, access_key, name: None, timestamp, timestamp_ms, other, signature })
    }

    /// That it was signed within so many seconds of now.
    ///
    /// # Errors
    /// [`AuthError::Stale`].
    pub fn fresh(&self, now_ms: i64, window_seconds: i64) -> Result<(), AuthError> {
        let inside = self.timestamp_ms.abs_diff(now_ms) <= window_seconds.unsigned_abs().saturating_mul(1_000);
        if inside { Ok(()) } else { Err(AuthError::Stale) }
    }

    /// That the sender knows the secret, in the scheme that the app was given.
    ///
    /// # Errors
    /// [`AuthError::Mismatch`].
    pub fn verify(&self, gateway: &Gateway) -> Result<(), AuthError> {
        if gateway.secret_key.is_empty() || gateway.scheme != self.scheme {
            return Err(AuthError::Mismatch);
        }
        let proved = match self.scheme {
            GatewayScheme::Csb => self.verify_csb(&gateway.secret_key),
            GatewayScheme::Tif => equal(&self.digest(&gateway.secret_key, hex::lower), self.signature),
            GatewayScheme::Rio => equal(&self.digest(&gateway.secret_key, hex::upper), self.signature),
        };
        if proved { Ok(()) } else { Err(AuthError::Mismatch) }
    }

    fn verify_csb(&self, secret_key: &str) -> bool {
        let Ok(signature) = BASE64_STANDARD.decode(self.signature) else { return false };
        let name = self.name.unwrap_or_default();
        ["&", "&&"].into_iter().any(|joint| {
            let text = csb_text(self.access_key, name, self.timestamp, joint, self.other);
            hmac_sha1(secret_key, &text).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
        })
    }

    fn digest(&self, secret_key: &str, write: fn(&[u8]) -> String) -> String {
        tif_digest(self.timestamp, secret_key, self.other, write)
    }
}

/// The text that `_api_signature` covers; one province's printed text has a second `&` as joint.
pub(super) fn csb_text(access_key: &str, name: &str, timestamp: &str, joint: &str, version: &str) -> String {
    format!("_api_access_key={access_key}&_api_name={name}&_api_timestamp={timestamp}{joint}_api_version={version}")
}

/// `None` never happens: HMAC takes keys of any length.
pub(super) fn hmac_sha1(secret_key: &str, text: &str) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret_key.as_bytes()).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

pub(super) fn tif_digest(timestamp: &str, secret_key: &str, nonce: &str, write: fn(&[u8]) -> String) -> String {
    write(&Sha256::digest(format!("{timestamp}{secret_key}{nonce}{timestamp}")))
}

/// Equal, in a time that does not tell where they differ.
fn equal(ours: &str, sent: &str) -> bool {
    let difference = ours.bytes().zip(sent.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    ours.len() == sent.len() && difference == 0
}

/// 13 digits of milliseconds or 10 of seconds.
fn millis(text: &str) -> Result<i64, AuthError> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AuthError::Stale);
    }
    let number = text.parse::<i64>().map_err(|_| AuthError::Stale)?;
    match text.len() {
        13 => Ok(number),
        10 => Ok(number * 1_000),
        _ => Err(AuthError::Stale),
    }
}

#[cfg(test)]
mod tests;
