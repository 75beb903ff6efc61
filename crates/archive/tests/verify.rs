//! An archive verifies as written, and every change of it is named: a changed byte, a missing file, a surplus one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use std::io::{Cursor, Read as _, Write as _};

use lf_archive::{
    Done, Finding, Head, Known, MANIFEST, Manifest, PART_MAX, PackError, Packer, Part, Record, Report, SIGNATURE,
    Unreadable, history, verify,
};
use lf_gm::{PrivateKey, Signer, Verifier};
use lf_rx::{ChainHash, link};
use lf_vocab::{Day, HiRxno, Moment};
use zip::write::{SimpleFileOptions, ZipWriter};

fn number(serial: u64) -> HiRxno {
    HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), serial).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn head() -> Head {
    Head {
        fixmedins_code: "P36090200106".parse().unwrap(),
        from: day("2026-11-01"),
        until: day("2026-12-01"),
        made_at: "2026-12-02 08:00:00".parse().unwrap(),
    }
}

fn events(hi_rxno: &HiRxno) -> Vec<u8> {
    let mut head = ChainHash::GENESIS;
    let mut text = String::new();
    for seq in 1..=3 {
        let at = Moment::from_micros(seq as i64);
        head = link(head, hi_rxno, seq, at, b"{}");
        text += &history::line(seq, at, &head, b"{}").unwrap();
    }
    text.into_bytes()
}

fn record(serial: u64) -> Record {
    let hi_rxno = number(serial);
    let part = |name: &str, body: Vec<u8>| Part::new(name, body).unwrap();
    let parts = vec![
        part("prescription.json", format!("{{\"serial\":{serial}}}").into_bytes()),
        part("prescription.pdf", vec![serial as u8; 9_000]),
        part(history::EVENTS, events(&hi_rxno)),
    ];
    Record::new(hi_rxno, parts).unwrap()
}

fn signer() -> Signer {
    Signer::new(&PrivateKey::from_bytes(&[7; 32]).unwrap())
}

fn packed(sign: bool) -> (Vec<u8>, [u8; 32]) {
    let mut packer = Packer::new(Cursor::new(Vec::new()), head());
    for serial in 1..=3 {
        packer.add(&record(serial), day("2028-11-22")).unwrap();
    }
    let sign_with = |bytes: &[u8]| signer().sign(bytes).to_base64();
    let Done { out, manifest, manifest_sm3 } = packer.finish(sign.then_some(&sign_with)).unwrap();
    assert_eq!(manifest.rows.len(), 3);
    (out.into_inner(), manifest_sm3)
}

fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut body = Vec::new();
        file.read_to_end(&mut body).unwrap();
        files.push((file.name().unwrap().into_owned(), body));
    }
    files
}

fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, body) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(body).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn report(bytes: &[u8]) -> Report {
    verify(Cursor::new(bytes), &Known::default()).unwrap()
}

/// What is found after the files were changed.
fn found(change: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> Vec<Finding> {
    let mut all = files(&packed(false).0);
    change(&mut all);
    report(&zipped(&all)).findings
}

fn body<'f>(files: &'f mut [(String, Vec<u8>)], name: &str) -> &'f mut Vec<u8> {
    &mut files.iter_mut().find(|(found, _)| found == name).unwrap().1
}

#[test]
fn an_archive_verifies_as_written_and_is_written_the_same_again() {
    // proves HB-2.5
    let (bytes, manifest_sm3) = packed(false);
    assert_eq!(packed(false).0, bytes);
    let report = report(&bytes);
    assert_eq!(report.findings, []);
    assert_eq!((report.manifest_sm3, report.manifest.head.clone()), (manifest_sm3, head()));
    for (row, serial) in report.manifest.rows.iter().zip(1..) {
        assert_eq!((row.hi_rxno.clone(), row.sm3), (number(serial), record(serial).sm3()));
    }
}

#[test]
fn every_changed_byte_of_every_file_is_named() {
    let all = files(&packed(false).0);
    for (at, (name, content)) in all.iter().enumerate().filter(|(_, (name, _))| name != MANIFEST) {
        for position in [0, content.len() / 2, content.len() - 1] {
            let mut changed = all.clone();
            changed[at].1[position] ^= 1;
            assert_eq!(report(&zipped(&changed)).findings, [Finding::Differs(name.clone())], "{name} {position}");
        }
        let mut longer = all.clone();
        longer[at].1.push(b' ');
        assert_eq!(report(&zipped(&longer)).findings, [Finding::Differs(name.clone())], "{name}");
    }
}

#[test]
fn a_missing_and_a_surplus_file_are_named() {
    let path = format!("rx/{}/prescription.pdf", number(2));
    assert_eq!(found(|all| all.retain(|(name, _)| *name != path)), [Finding::Missing(path.clone())]);
    let extra = format!("rx/{}/more.pdf", number(2));
    assert_eq!(found(|all| all.push((extra.clone(), vec![1]))), [Finding::Surplus(extra.clone())]);
    assert_eq!(found(|all| all.push(("note.txt".to_owned(), vec![]))), [Finding::Surplus("note.txt".to_owned())]);
    let other = format!("rx/{}/prescription.pdf", number(9));
    let moved = found(|all| all.iter_mut().filter(|(name, _)| *name == path).for_each(|file| file.0 = other.clone()));
    assert_eq!(moved, [Finding::Missing(path.clone()), Finding::Surplus(other)]);
}

#[test]
fn a_manifest_made_to_fit_is_betrayed_by_record_chain_or_its_own_hash() {
    let path = format!("rx/{}/prescription.json", number(1));
    let relist = |all: &mut Vec<(String, Vec<u8>)>, name: &str, rebind: bool| {
        let content = body(all, &format!("rx/{}/{name}", number(1))).clone();
        let text = String::from_utf8(body(all, MANIFEST).clone()).unwrap();
        let mut manifest = Manifest::parse(&text).unwrap();
        let row = &mut manifest.rows[0];
        let file = row.files.iter_mut().find(|(found, ..)| found == name).unwrap();
        *file = (name.to_owned(), content.len() as u64, lf_gm::sm3(&content));
        if rebind {
            let parts = row.files.iter().map(|(name, length, sm3)| (name.as_str(), *length, sm3));
            row.sm3 = lf_archive::record_sm3(&row.hi_rxno, parts);
        }
        *body(all, MANIFEST) = manifest.render().into_bytes();
    };
    let changed = found(|all| {
        body(all, &path)[2] ^= 1;
        relist(all, "prescription.json", false);
    });
    assert_eq!(changed, [Finding::Record(number(1))]);
    let unchained = found(|all| {
        let events = body(all, &format!("rx/{}/{}", number(1), history::EVENTS));
        *events = String::from_utf8(events.clone()).unwrap().replace("{}", "[]").into_bytes();
        relist(all, history::EVENTS, true);
    });
    assert_eq!(unchained, [Finding::Chain(number(1), 1)]);
    let (bytes, manifest_sm3) = packed(true);
    let mut all = files(&bytes);
    body(&mut all, &path)[2] ^= 1;
    relist(&mut all, "prescription.json", true);
    let forged = zipped(&all);
    let signer = signer();
    let key = signer.public_key().clone();
    let verifier = Verifier::new(&key);
    let known = Known { manifest_sm3: Some(manifest_sm3), signer: Some(&verifier) };
    assert_eq!(report(&forged).findings, [], "from the ZIP alone nobody can know");
    assert_eq!(verify(Cursor::new(&forged), &known).unwrap().findings, [Finding::OtherManifest, Finding::Signature]);
    assert_eq!(verify(Cursor::new(&bytes), &known).unwrap().findings, []);
    let unsigned = Known { signer: Some(&verifier), ..Known::default() };
    assert_eq!(verify(Cursor::new(&packed(false).0), &unsigned).unwrap().findings, [Finding::Signature]);
}

#[test]
fn what_is_no_archive_is_said() {
    let none = |bytes: &[u8]| verify(Cursor::new(bytes), &Known::default()).err();
    assert!(matches!(none(b"no zip"), Some(Unreadable::NoZip(_))));
    assert!(matches!(none(&zipped(&[("a".to_owned(), vec![])])), Some(Unreadable::NoManifest)));
    assert!(matches!(none(&zipped(&[(MANIFEST.to_owned(), vec![0xff])])), Some(Unreadable::NoManifest)));
    let broken = none(&zipped(&[(MANIFEST.to_owned(), b"liufang-archive\t1\n".to_vec())]));
    assert!(matches!(broken, Some(Unreadable::Manifest(error)) if error.line == 2));
    let (bytes, _) = packed(false);
    for end in [bytes.len() / 3, bytes.len() - 1] {
        assert!(none(&bytes[..end]).is_some(), "{end}");
    }
    assert!(files(&packed(true).0).iter().any(|(name, _)| name == SIGNATURE));
}

#[test]
fn records_come_in_order_once_and_parts_have_a_limit() {
    let mut packer = Packer::new(Cursor::new(Vec::new()), head());
    packer.add(&record(2), day("2028-11-22")).unwrap();
    for serial in [1, 2] {
        assert!(matches!(packer.add(&record(serial), day("2028-11-22")), Err(PackError::Order(_))), "{serial}");
    }
    let sized = |serial, bytes: u64| {
        let part = Part::new("a", vec![0; usize::try_from(bytes).unwrap()]).unwrap();
        Record::new(number(serial), vec![part]).unwrap()
    };
    assert!(packer.add(&sized(3, PART_MAX), day("2028-11-22")).is_ok());
    assert!(matches!(packer.add(&sized(4, PART_MAX + 1), day("2028-11-22")), Err(PackError::TooLarge(_))));
    let done = packer.finish(None).unwrap();
    assert_eq!(done.manifest.rows.len(), 2);
}

#[test]
fn damaged_bytes_are_found_or_unreadable_and_never_a_panic() {
    let (bytes, _) = packed(true);
    let mut found = 0;
    for at in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x41;
        found += usize::from(
            verify(Cursor::new(&damaged), &Known::default()).is_ok_and(|report| !report.findings.is_empty()),
        );
    }
    assert!(found > 50, "{found}");
}

#[test]
fn two_files_of_one_name_are_told_whichever_comes_first() {
    let path = format!("rx/{}/prescription.json", number(1));
    let twin = format!("rx/{}/prescriptioX.json", number(1));
    for first in [true, false] {
        let mut all = files(&packed(false).0);
        let at = if first { 0 } else { all.len() };
        all.insert(at, (twin.clone(), b"{}".to_vec()));
        let mut bytes = zipped(&all);
        let places: Vec<usize> =
            (0..bytes.len() - twin.len()).filter(|at| bytes[*at..].starts_with(twin.as_bytes())).collect();
        assert_eq!(places.len(), 2, "the name stands in both headers");
        for at in places {
            bytes[at..at + path.len()].copy_from_slice(path.as_bytes());
        }
        match verify(Cursor::new(&bytes), &Known::default()) {
            Ok(report) => assert_ne!(report.findings, [], "first: {first}"),
            Err(error) => assert!(matches!(error, Unreadable::NoZip(_)), "{error}"),
        }
    }
}
