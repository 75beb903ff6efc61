//! Archives as an inspector receives them: edited ones, and bytes that never were one.
//!
//! Properties: nothing panics; an archive in which nothing is found to be wrong, against the SM3 that was noted, has the records
//! that were written.

use std::io::Cursor;
use std::sync::LazyLock;

use lf_archive::{Done, Head, Known, Manifest, Packer, Part, Record, verify};
use lf_vocab::HiRxno;

use crate::edit::edited;
use crate::feed::Feed;

/// A small archive, its manifest's SM3, and what it says.
struct Sample {
    bytes: Vec<u8>,
    manifest_sm3: [u8; 32],
    manifest: Manifest,
}

static SAMPLE: LazyLock<Option<Sample>> = LazyLock::new(sample);

fn sample() -> Option<Sample> {
    let day = |text: &str| text.parse().ok();
    let head = Head {
        fixmedins_code: "P36090200106".parse().ok()?,
        from: day("2026-11-01")?,
        until: day("2026-12-01")?,
        made_at: "2026-12-02 08:00:00".parse().ok()?,
    };
    let mut packer = Packer::new(Cursor::new(Vec::new()), head);
    for serial in 1..=2 {
        let hi_rxno = HiRxno::new("360900".parse().ok()?, day("2026-11-22")?, serial).ok()?;
        let parts = vec![
            Part::new("prescription.json", format!("{{\"serial\":{serial}}}").into_bytes()).ok()?,
            Part::new("prescription.pdf", vec![b'%'; 300]).ok()?,
        ];
        packer.add(&Record::new(hi_rxno, parts).ok()?, day("2028-11-22")?).ok()?;
    }
    let Done { out, manifest, manifest_sm3 } = packer.finish(None).ok()?;
    Some(Sample { bytes: out.into_inner(), manifest_sm3, manifest })
}

pub fn run(bytes: &[u8]) {
    assert!(SAMPLE.is_some(), "the sample cannot be packed");
    let Some(sample) = SAMPLE.as_ref() else { return };
    let mut feed = Feed::new(bytes);
    let archive = match feed.byte() % 4 {
        0 => feed.rest().to_vec(),
        1 => sample.bytes.get(..feed.word() % sample.bytes.len()).unwrap_or_default().to_vec(),
        _ => edited(&sample.bytes, &mut feed),
    };
    let known = Known { manifest_sm3: Some(sample.manifest_sm3), signer: None };
    if let Ok(report) = verify(Cursor::new(archive), &known) {
        assert!(!report.findings.is_empty() || report.manifest == sample.manifest, "another archive verifies");
        report.findings.iter().for_each(|finding| drop(finding.to_string()));
    }
}
