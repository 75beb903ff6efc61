//! Why a foreign signature fails: tries what other makers' clients are known to do
//! otherwise and says which reading would verify. For `liufang gm explain` and for a vendor
//! who connects; a request is never accepted because of it.
//!
//! Invariants: the fewest deviations are reported; labels of ids and keys are shown, never
//! their values, because the id tried may be the appSecret; work is bounded by
//! [`MAX_OTHERS`].

use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::fmt;

use crate::signature::{MAX_SIGNATURE_TEXT, url_safe};
use crate::{PublicKey, Signature, SignatureError, Verifier, hex, sm3};

/// How many other ids and how many other keys are tried; further ones are ignored.
pub const MAX_OTHERS: usize = 4;

/// A signature that fails, and what may have been mistaken.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The key under which it should verify.
    pub public_key: &'a PublicKey,
    /// The sign text that we expect.
    pub sign_text: &'a [u8],
    /// `signData` as received.
    pub signature: &'a str,
    /// Signer ids to try beside the default: a label to show, and the id (such as
    /// `("appSecret", …)`).
    pub other_ids: &'a [(&'a str, &'a str)],
    /// Keys to try beside the right one: a label to show, and the key.
    pub other_keys: &'a [(&'a str, &'a PublicKey)],
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Diagnosis {
    /// It verifies as it is.
    Valid,
    /// It verifies if read or made otherwise.
    Explained(Deviation),
    /// Its form is wrong, and no reading of it verifies.
    Malformed(SignatureError),
    /// r or s is 0 or not below n: no signer makes such.
    OutOfRange,
    /// Well-formed, but nothing tried verifies: another key pair, or another sign text.
    Unexplained,
}

/// In what the sender deviates; at least one part is not its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// How the bytes were written.
    pub encoding: Encoding,
    /// How r and s lie in the bytes.
    pub layout: Layout,
    /// What was signed.
    pub signed: Signed,
    /// Label of the signer id, `None` for the default.
    pub id: Option<String>,
    /// Label of the key, `None` for the right one.
    pub key: Option<String>,
}

/// How the signature's bytes were written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Standard Base64, as it should be.
    Base64,
    /// The URL-safe alphabet, or padding left out.
    UrlSafe,
    /// Line breaks or blanks in it.
    Wrapped,
    /// Every `+` turned into a blank by a form decoder.
    PlusLost,
    /// Hexadecimal text.
    Hex,
    /// Base64 of hexadecimal text.
    Base64OfHex,
}

/// How r and s lie in the signature's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `r||s`, 32 bytes each, as it should be.
    Raw,
    /// ASN.1 DER.
    Der,
    /// `s||r`.
    Swapped,
    /// Integers with a sign byte or without leading zeros, as `BigInteger.toByteArray` gives.
    NotPadded,
}

/// What was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The sign text, as it should be.
    Text,
    /// The text's SM3 as `e` itself: Z left out.
    WithoutZ,
    /// The 32 bytes of the text's SM3 as message.
    Digest,
    /// The text's SM3 in lower-case hex as message.
    DigestHexLower,
    /// The text's SM3 in upper-case hex as message.
    DigestHexUpper,
}

/// Tries the known deviations, the likelier first.
#[must_use]
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let parsed = Signature::from_base64(case.signature);
    let verifiers = verifiers(case);
    let digest = sm3(case.sign_text);
    let (lower, upper) = (hex::lower(&digest), hex::upper(&digest));
    let mut best: Option<Deviation> = None;
    for (encoding, layout, signature) in readings(case.signature) {
        for candidate in &verifiers {
            for signed in Signed::ALL {
                let verifier = &candidate.verifier;
                let verifies = match signed {
                    Signed::Text => verifier.verify(case.sign_text, &signature),
                    // Without Z the id plays no part.
                    Signed::WithoutZ if candidate.id.is_some() => false,
                    Signed::WithoutZ => verifier.verify_prehashed(&digest, &signature),
                    Signed::Digest => verifier.verify(&digest, &signature),
                    Signed::DigestHexLower => verifier.verify(lower.as_bytes(), &signature),
                    Signed::DigestHexUpper => verifier.verify(upper.as_bytes(), &signature),
                };
                if verifies {
                    let found = Deviation {
                        encoding,
                        layout,
                        signed,
                        id: candidate.id.map(str::to_owned),
                        key: candidate.key.map(str::to_owned),
                    };
                    if best.as_ref().is_none_or(|best| found.weight() < best.weight()) {
                        best = Some(found);
                    }
                }
            }
        }
    }
    match (best, parsed) {
        (Some(found), _) if found.weight() == 0 => Diagnosis::Valid,
        (Some(found), _) => Diagnosis::Explained(found),
        (None, Err(error)) => Diagnosis::Malformed(error),
        (None, Ok(signature)) if !signature.in_range() => Diagnosis::OutOfRange,
        (None, Ok(_)) => Diagnosis::Unexplained,
    }
}

impl Deviation {
    fn weight(&self) -> usize {
        [
            self.encoding != Encoding::Base64,
            self.layout != Layout::Raw,
            self.signed != Signed::Text,
            self.id.is_some(),
            self.key.is_some(),
        ]
        .into_iter()
        .filter(|deviates| *deviates)
        .count()
    }
}

impl Signed {
    const ALL: [Self; 5] = [Self::Text, Self::WithoutZ, Self::Digest, Self::DigestHexLower, Self::DigestHexUpper];
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => f.write_str("验签通过"),
            Self::Explained(deviation) => write!(f, "按约定验签不通过；若作如下理解则通过：{deviation}"),
            Self::Malformed(error) => write!(f, "{error}；按各种常见写法解读后仍不能通过验签"),
            Self::OutOfRange => f.write_str("r或s为0或不小于n，不是SM2签名"),
            Self::Unexplained => {
                f.write_str("签名格式正确，但所试各种情形均不通过：密钥对不一致，或双方签名原文不一致")
            }
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoding = match self.encoding {
            Encoding::Base64 => None,
            Encoding::UrlSafe => Some("签名用了URL安全的Base64或省略了补位（应为标准Base64）"),
            Encoding::Wrapped => Some("签名的Base64中夹有换行或空格（应为一行）"),
            Encoding::PlusLost => Some("签名中的“+”变成了空格（多半是表单解码）"),
            Encoding::Hex => Some("签名写成了十六进制（应为Base64）"),
            Encoding::Base64OfHex => Some("签名先写成十六进制再做Base64（应直接对64字节做Base64）"),
        };
        let layout = match self.layout {
            Layout::Raw => None,
            Layout::Der => Some("签名是ASN.1 DER编码（应为r||s共64字节）"),
            Layout::Swapped => Some("r与s前后颠倒（应为r在前）"),
            Layout::NotPadded => Some("r、s带符号位或未左补零至32字节"),
        };
        let signed = match self.signed {
            Signed::Text => None,
            Signed::WithoutZ => Some("计算摘要时漏掉了Z值（应为SM3(Z||原文)）"),
            Signed::Digest => Some("先对原文做SM3，再对32字节摘要签名（应直接对原文签名）"),
            Signed::DigestHexLower => Some("先对原文做SM3，再对其小写十六进制文本签名（应直接对原文签名）"),
            Signed::DigestHexUpper => Some("先对原文做SM3，再对其大写十六进制文本签名（应直接对原文签名）"),
        };
        let id = self.id.as_ref().map(|label| format!("签名者标识用了{label}（应为默认值{}）", crate::DEFAULT_ID));
        let key = self.key.as_ref().map(|label| format!("用了另一对密钥：{label}"));
        let parts: Vec<String> =
            [encoding, layout, signed].into_iter().flatten().map(str::to_owned).chain(id).chain(key).collect();
        f.write_str(&parts.join("；"))
    }
}

/// A key and id prepared for trying, with their labels.
struct Candidate<'a> {
    key: Option<&'a str>,
    id: Option<&'a str>,
    verifier: Verifier,
}

fn verifiers<'a>(case: &Case<'a>) -> Vec<Candidate<'a>> {
    let keys = std::iter::once((None, case.public_key))
        .chain(case.other_keys.iter().take(MAX_OTHERS).map(|(label, key)| (Some(*label), *key)));
    keys.flat_map(|(key_label, key)| {
        let usual = Candidate { key: key_label, id: None, verifier: Verifier::new(key) };
        let others = case.other_ids.iter().take(MAX_OTHERS).filter_map(move |(label, id)| {
            let verifier = Verifier::with_id(key, id).ok()?;
            Some(Candidate { key: key_label, id: Some(*label), verifier })
        });
        std::iter::once(usual).chain(others)
    })
    .collect()
}

/// Every way to read a text as a signature.
fn readings(text: &str) -> Vec<(Encoding, Layout, Signature)> {
    decodings(text)
        .into_iter()
        .flat_map(|(encoding, bytes)| {
            layouts(&bytes).into_iter().map(move |(layout, signature)| (encoding, layout, signature))
        })
        .collect()
}

fn decodings(text: &str) -> Vec<(Encoding, Vec<u8>)> {
    let trimmed = text.trim();
    if trimmed.is_empty() || text.len() > MAX_SIGNATURE_TEXT {
        return Vec::new();
    }
    let mut found = Vec::new();
    if trimmed.len() >= 120
        && let Ok(bytes) = hex::decode(trimmed.as_bytes())
    {
        found.push((Encoding::Hex, bytes));
    }
    if let Ok(bytes) = BASE64_STANDARD.decode(text) {
        if bytes.len() >= 120
            && let Ok(inner) = hex::decode(&bytes)
        {
            found.push((Encoding::Base64OfHex, inner));
        }
        found.push((Encoding::Base64, bytes));
        return found;
    }
    let joined: String = trimmed.split_whitespace().collect();
    if let Ok(bytes) = BASE64_STANDARD.decode(&joined) {
        found.push((Encoding::Wrapped, bytes));
    }
    if let Ok(bytes) = BASE64_STANDARD.decode(text.replace(' ', "+")) {
        found.push((Encoding::PlusLost, bytes));
    }
    if let Some(bytes) = url_safe(&joined.replace('+', "-").replace('/', "_")) {
        found.push((Encoding::UrlSafe, bytes));
    }
    found
}

fn layouts(bytes: &[u8]) -> Vec<(Layout, Signature)> {
    if let Ok(raw) = Signature::from_slice(bytes) {
        let mut found = vec![(Layout::Raw, raw), (Layout::Swapped, raw.swapped())];
        // 33 + 31 bytes make 64 as well.
        found.extend(not_padded(bytes));
        return found;
    }
    match Signature::from_der_lossy(bytes) {
        Some(signature) => vec![(Layout::Der, signature)],
        None => not_padded(bytes),
    }
}

/// r and s of 30 to 33 bytes each, cut at every place where both fit.
fn not_padded(bytes: &[u8]) -> Vec<(Layout, Signature)> {
    if !(60..=66).contains(&bytes.len()) {
        return Vec::new();
    }
    (30..=33)
        .filter(|cut| *cut != 32 || bytes.len() != 64)
        .filter_map(|cut| {
            let (r, s) = bytes.split_at_checked(cut)?;
            Some((Layout::NotPadded, Signature::from_integers(r, s)?))
        })
        .collect()
}
