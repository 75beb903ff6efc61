//! Verifying an archive from its bytes alone: every file that differs, is missing or is surplus is named.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{Read, Seek};

use lf_gm::{Signature, Verifier};
use lf_vocab::HiRxno;
use thiserror::Error;
use zip::ZipArchive;

use crate::history::{EVENTS, check};
use crate::manifest::{Manifest, ManifestError, Row};
use crate::{MANIFEST, MANIFEST_MAX, PART_MAX, SIGNATURE, record_sm3};

/// The bytes are no archive of ours at all.
#[derive(Debug, Error)]
pub enum Unreadable {
    /// No ZIP.
    #[error("not a ZIP: {0}")]
    NoZip(String),
    /// No manifest in it.
    #[error("no {MANIFEST} in it, or none that can be read")]
    NoManifest,
    /// A manifest that is none.
    #[error("{MANIFEST}, {0}")]
    Manifest(#[from] ManifestError),
}

/// In place of a name that is no text.
const UNREADABLE_NAME: &str = "（文件名无法读出）";

/// Something that is not as the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The manifest is not the one whose hash was given.
    OtherManifest,
    /// The signature over the manifest is missing or not of the key that was given.
    Signature,
    /// Listed, and not there.
    Missing(String),
    /// There, and other bytes than listed.
    Differs(String),
    /// There, and not listed.
    Surplus(String),
    /// Several files of one name, of which only one was compared.
    Twice,
    /// The hash of the record does not follow from its files as listed.
    Record(HiRxno),
    /// The history's chain breaks at this event.
    Chain(HiRxno, u64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherManifest => write!(f, "清单不是所给SM3的那一份：{MANIFEST}"),
            Self::Signature => write!(f, "清单签名缺失或不符：{SIGNATURE}"),
            Self::Missing(path) => write!(f, "缺少：{path}"),
            Self::Differs(path) => write!(f, "不符：{path}"),
            Self::Surplus(path) => write!(f, "多余：{path}"),
            Self::Twice => write!(f, "有同名文件，只核对了其中一份"),
            Self::Record(hi_rxno) => write!(f, "档案摘要不符：{hi_rxno}"),
            Self::Chain(hi_rxno, seq) => write!(f, "履历链在第{seq}条中断：{hi_rxno}"),
        }
    }
}

/// What was verified and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What lies in it by its own word.
    pub manifest: Manifest,
    /// SM3 of the manifest's bytes.
    pub manifest_sm3: [u8; 32],
    /// Nothing is good.
    pub findings: Vec<Finding>,
}

/// What the verifier knows from elsewhere.
#[derive(Default)]
pub struct Known<'k> {
    /// The hash of the manifest.
    pub manifest_sm3: Option<[u8; 32]>,
    /// The key of the center that signed it.
    pub signer: Option<&'k Verifier>,
}

/// Reads an archive and compares everything in it with its manifest.
///
/// # Errors
/// [`Unreadable`] when there is nothing to compare.
pub fn verify<R: Read + Seek>(archive: R, known: &Known<'_>) -> Result<Report, Unreadable> {
    let mut zip = ZipArchive::new(archive).map_err(|error| Unreadable::NoZip(error.to_string()))?;
    let text = read(&mut zip, MANIFEST, MANIFEST_MAX).ok_or(Unreadable::NoManifest)?;
    let manifest_sm3 = lf_gm::sm3(&text);
    let manifest = Manifest::parse(std::str::from_utf8(&text).map_err(|_| Unreadable::NoManifest)?)?;
    let mut findings = Vec::new();
    if known.manifest_sm3.is_some_and(|sm3| sm3 != manifest_sm3) {
        findings.push(Finding::OtherManifest);
    }
    if let Some(signer) = known.signer
        && !is_signed(&mut zip, signer, &text)
    {
        findings.push(Finding::Signature);
    }
    if zip.has_duplicate_names() {
        findings.push(Finding::Twice);
    }
    let name =
        |name: Result<_, _>| name.map_or_else(|_| UNREADABLE_NAME.to_owned(), |name: Cow<'_, str>| name.into_owned());
    let mut surplus: BTreeSet<String> = zip.file_names().map(name).collect();
    surplus.remove(MANIFEST);
    surplus.remove(SIGNATURE);
    for row in &manifest.rows {
        record(&mut zip, row, &mut surplus, &mut findings);
    }
    findings.extend(surplus.into_iter().map(Finding::Surplus));
    Ok(Report { manifest, manifest_sm3, findings })
}

fn record<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    row: &Row,
    surplus: &mut BTreeSet<String>,
    findings: &mut Vec<Finding>,
) {
    for (name, length, sm3) in &row.files {
        let path = row.path(name);
        if !surplus.remove(&path) {
            findings.push(Finding::Missing(path));
            continue;
        }
        // What cannot be unpacked, or only to more than any part has, is not what was listed.
        match read(zip, &path, PART_MAX) {
            Some(body) if body.len() as u64 == *length && lf_gm::sm3(&body) == *sm3 => {
                if name == EVENTS
                    && let Err(seq) = check(&row.hi_rxno, &body)
                {
                    findings.push(Finding::Chain(row.hi_rxno.clone(), seq));
                }
            }
            _ => findings.push(Finding::Differs(path)),
        }
    }
    let files = row.files.iter().map(|(name, length, sm3)| (name.as_str(), *length, sm3));
    if record_sm3(&row.hi_rxno, files) != row.sm3 {
        findings.push(Finding::Record(row.hi_rxno.clone()));
    }
}

fn is_signed<R: Read + Seek>(zip: &mut ZipArchive<R>, signer: &Verifier, text: &[u8]) -> bool {
    let signature = read(zip, SIGNATURE, 1_024).and_then(|bytes| String::from_utf8(bytes).ok());
    let signature = signature.and_then(|base64| Signature::from_base64(base64.trim()).ok());
    signature.is_some_and(|signature| signer.verify(text, &signature))
}

/// A file of the ZIP up to a limit; `None` when it is not there, broken or larger.
fn read<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str, most: u64) -> Option<Vec<u8>> {
    let file = zip.by_name(name).ok()?;
    let mut body = Vec::new();
    file.take(most + 1).read_to_end(&mut body).ok()?;
    (body.len() as u64 <= most).then_some(body)
}
