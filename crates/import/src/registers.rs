//! Registers: institutions, doctors and pharmacists, insured persons. Rows are put in the place of those of their key; rows
//! that the file leaves out stay.
//!
//! Invariants: every reference leads somewhere; nobody else is found by a certificate, token or card afterwards; what a file has no
//! column for stays as it stood, above all keys and tokens; an account is opened once, for a new person.

use std::collections::{BTreeSet, HashMap};

use futures_util::future::try_join_all;
use lf_gm::PrivateKey;
use lf_ports::{
    AcctChange, Chance, ChangeSet, Fixmedins, Person, PersonKey, Practitioner, RegistryPut, Store, StoreError,
};
use lf_vocab::{Day, Fen, FixmedinsCode, FixmedinsKind, Moment, Span};
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::column::Mapping;
use crate::defect::Defects;
use crate::filings;
use crate::parse::{Numbered, Parsed, Progress, Rows};
use crate::plan::ImportError;
use crate::report::Report;

/// Questions that are asked together.
pub(crate) const TOGETHER: usize = 256;
/// Institutions that a note names; the others are counted.
const NAMED: usize = 10;

/// Looks after references; rows whose references lead nowhere become defects.
pub(crate) async fn check(store: &dyn Store, parsed: &mut Parsed, progress: Progress<'_>) -> Result<(), StoreError> {
    let (defects, mapping) = (&mut parsed.defects, parsed.mapping.as_ref());
    match &mut parsed.rows {
        Rows::Fixmedins(rows) => {
            let own: BTreeSet<FixmedinsCode> = rows.iter().map(|(_, row)| row.fixmedins_code.clone()).collect();
            let parent = |row: &Fixmedins| row.consult.as_ref().map(|consult| consult.parent_fixmedins_code.clone());
            let parents = rows.iter().filter_map(|(_, row)| parent(row)).filter(|code| !own.contains(code)).collect();
            let missing = missing(store, parents).await?;
            sift(rows, defects, |row| {
                parent(row).filter(|code| missing.contains(code)).map(|code| ("itnt_parent_code", unknown(&code)))
            });
        }
        Rows::Practitioners(rows) => {
            let missing = missing(store, rows.iter().map(|(_, row)| row.fixmedins_code.clone()).collect()).await?;
            sift(rows, defects, |row| {
                let code = &row.fixmedins_code;
                missing.contains(code).then(|| ("fixmedins_code", unknown(code)))
            });
        }
        Rows::Persons(rows) => check_persons(store, rows, defects, progress).await?,
        Rows::Filings(rows) => filings::check(store, rows, mapping, (defects, progress)).await?,
        Rows::Drugs(_) | Rows::Items(_) => {}
    }
    Ok(())
}

fn unknown(code: &FixmedinsCode) -> String {
    format!("names no registered institution: {code}; import fixmedins first")
}

async fn missing(store: &dyn Store, codes: BTreeSet<FixmedinsCode>) -> Result<BTreeSet<FixmedinsCode>, StoreError> {
    let codes: Vec<_> = codes.into_iter().collect();
    let mut missing = BTreeSet::new();
    for part in codes.chunks(TOGETHER) {
        let found = try_join_all(part.iter().map(|code| store.fixmedins(code))).await?;
        missing.extend(part.iter().zip(found).filter(|(_, found)| found.is_none()).map(|(code, _)| code.clone()));
    }
    Ok(missing)
}

/// Keeps the rows that nothing is wrong with.
fn sift<T>(rows: &mut Vec<Numbered<T>>, defects: &mut Defects, wrong: impl Fn(&T) -> Option<(&'static str, String)>) {
    rows.retain(|(number, row)| match wrong(row) {
        None => true,
        Some((column, reason)) => {
            defects.push(*number, column, reason);
            false
        }
    });
}

/// A certificate, token or card that already leads to somebody else must be mended there first.
async fn check_persons(
    store: &dyn Store,
    rows: &mut Vec<Numbered<(Person, Option<Fen>)>>,
    defects: &mut Defects,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    // Who is in the file himself gives his keys up with this very import.
    let own: BTreeSet<_> = rows.iter().map(|(_, (person, _))| (person.poolarea_no, person.psn_no.clone())).collect();
    let mut taken: HashMap<u64, &'static str> = HashMap::new();
    let of = rows.len();
    for (part, done) in rows.chunks(TOGETHER).zip((0..).step_by(TOGETHER)) {
        progress("checking", done, of);
        let holders = try_join_all(part.iter().map(|(_, (person, _))| holders(store, person))).await?;
        for ((number, (person, _)), holders) in part.iter().zip(holders) {
            let other = |holder: &Person| {
                let key = (holder.poolarea_no, holder.psn_no.clone());
                key != (person.poolarea_no, person.psn_no.clone()) && !own.contains(&key)
            };
            let column = holders.into_iter().find(|(_, holder)| holder.as_ref().is_some_and(other));
            if let Some((column, _)) = column {
                taken.insert(*number, column);
            }
        }
    }
    rows.retain(|(number, _)| match taken.get(number) {
        None => true,
        Some(column) => {
            defects.push(*number, column, "is that of another registered person");
            false
        }
    });
    Ok(())
}

async fn holders(store: &dyn Store, person: &Person) -> Result<[(&'static str, Option<Person>); 3], StoreError> {
    let cert = PersonKey::Cert(person.psn_cert_type.clone(), person.certno.clone());
    let by_cert = store.person(&cert).await?;
    let by_token = if person.ec_token.is_empty() {
        None
    } else {
        store.person(&PersonKey::EcToken(person.ec_token.clone())).await?
    };
    let by_card = match &person.card {
        Some(card) => store.person(&PersonKey::Card(card.sscno.clone())).await?,
        None => None,
    };
    Ok([("certno", by_cert), ("ec_token", by_token), ("sscno", by_card)])
}

/// Plans the rows. `None` when all of them stand already.
pub(crate) async fn plan(
    store: &dyn Store,
    (chance, now): (&dyn Chance, Moment),
    parsed: &mut Parsed,
    report: &mut Report,
    progress: Progress<'_>,
) -> Result<Option<ChangeSet>, ImportError> {
    let Some(mapping) = parsed.mapping.clone() else { return Ok(None) };
    let mut unknown_natu = Vec::new();
    let mut changes = ChangeSet::default();
    match std::mem::replace(&mut parsed.rows, Rows::Items(Vec::new())) {
        Rows::Fixmedins(rows) => {
            for part in parts(rows, progress) {
                let found = try_join_all(part.iter().map(|row| store.fixmedins(&row.fixmedins_code))).await?;
                for (mut row, was) in part.into_iter().zip(found) {
                    inherit_fixmedins(&mut row, was.as_ref(), &mapping);
                    let key = row.fixmedins_code.to_string();
                    if row.fixmedins_code.kind() == FixmedinsKind::Hospital && row.medins_natu.is_none() {
                        unknown_natu.push(row.fixmedins_code.clone());
                    }
                    if row.fixmedins_code.kind() == FixmedinsKind::Hospital && row.sign_key.is_none() {
                        draw_sign_key(&mut row, chance)?;
                        report.sign_keys_drawn += 1;
                    }
                    put(report, &mut changes, key, was, row, RegistryPut::Fixmedins);
                }
            }
        }
        Rows::Practitioners(rows) => {
            for part in parts(rows, progress) {
                let found = part.iter().map(|row| store.practitioner(&row.fixmedins_code, &row.prac_code));
                let found = try_join_all(found).await?;
                for (mut row, was) in part.into_iter().zip(found) {
                    inherit_practitioner(&mut row, was.as_ref(), &mapping);
                    let key = format!("{}|{}", row.fixmedins_code, row.prac_code);
                    put(report, &mut changes, key, was, row, RegistryPut::Practitioner);
                }
            }
        }
        Rows::Persons(rows) => persons(store, rows, &mapping, report, &mut changes, progress).await?,
        Rows::Filings(rows) => filings::plan(store, rows, report, &mut changes, (now, progress)).await?,
        Rows::Drugs(_) | Rows::Items(_) => {}
    }
    parsed.notes.extend(natu_note(&unknown_natu));
    let is_empty = changes.registry.is_empty() && changes.acct.is_empty() && changes.filings.is_empty();
    Ok((!is_empty).then_some(changes))
}

/// Which hospitals of the file stay without 医疗机构性质: a provision that asks public hospitals alone passes over them in silence.
fn natu_note(codes: &[FixmedinsCode]) -> Option<String> {
    let named: Vec<&str> = codes.iter().take(NAMED).map(FixmedinsCode::as_str).collect();
    let more = if codes.len() > NAMED { ", …" } else { "" };
    let count = codes.len();
    let note = format!(
        "hospitals without medins_natu, of which nothing is asked as of public ones: {count} ({}{more})",
        named.join(", ")
    );
    (count > 0).then_some(note)
}

/// Rows in parts whose questions are asked together.
pub(crate) fn parts<T>(rows: Vec<Numbered<T>>, progress: Progress<'_>) -> impl Iterator<Item = Vec<T>> {
    let (of, mut done) = (rows.len(), 0);
    let mut rows = rows.into_iter().map(|(_, row)| row);
    std::iter::from_fn(move || {
        progress("comparing", done, of);
        let part: Vec<T> = rows.by_ref().take(TOGETHER).collect();
        done += part.len();
        (!part.is_empty()).then_some(part)
    })
}

async fn persons(
    store: &dyn Store,
    rows: Vec<Numbered<(Person, Option<Fen>)>>,
    mapping: &Mapping,
    report: &mut Report,
    changes: &mut ChangeSet,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    for part in parts(rows, progress) {
        let known = |person: &Person| PersonKey::PsnNo(person.poolarea_no, person.psn_no.clone());
        let keys: Vec<PersonKey> = part.iter().map(|(person, _)| known(person)).collect();
        let found = try_join_all(keys.iter().map(|key| store.person(key))).await?;
        let accts = part.iter().map(|(person, _)| store.acct(person.poolarea_no, &person.psn_no));
        let accts = try_join_all(accts).await?;
        for (((mut person, balc), was), acct) in part.into_iter().zip(found).zip(accts) {
            inherit_person(&mut person, was.as_ref(), mapping);
            let (poolarea_no, psn_no) = (person.poolarea_no, person.psn_no.clone());
            if let Some(balc) = balc.filter(|_| was.is_none() && acct.version == 0) {
                changes.acct.push(AcctChange { poolarea_no, psn_no: psn_no.clone(), expect_version: 0, balc });
                report.accounts_opened += 1;
            }
            put(report, changes, format!("{poolarea_no}|{}", psn_no.as_str()), was, person, RegistryPut::Person);
        }
    }
    Ok(())
}

fn inherit_fixmedins(row: &mut Fixmedins, was: Option<&Fixmedins>, mapping: &Mapping) {
    let Some(was) = was else { return };
    row.sign_key.clone_from(&was.sign_key);
    if !mapping.has("sign_cert_sn") {
        row.sign_cert_sn.clone_from(&was.sign_cert_sn);
    }
    if !mapping.has("callback_url") {
        row.callback.clone_from(&was.callback);
    }
    if !mapping.has("itnt_parent_code") {
        row.consult.clone_from(&was.consult);
    }
    if !mapping.has("open_hours") {
        row.open_hours = was.open_hours;
    }
    if !mapping.has("hosp_lv") {
        row.hosp_lv.clone_from(&was.hosp_lv);
    }
    if !mapping.has("medins_natu") {
        row.medins_natu = was.medins_natu;
    }
    for (column, flag, stood) in [
        ("circ_ready", &mut row.circ_ready, was.circ_ready),
        ("dualchnl", &mut row.dualchnl, was.dualchnl),
        ("oppool", &mut row.oppool, was.oppool),
    ] {
        if !mapping.has(column) {
            *flag = stood;
        }
    }
    row.agreement = ends(row.agreement, was.agreement, mapping);
}

/// What began on the same day ends when it ended, if the file does not speak of ends; what begins anew has its end in the file.
fn ends(span: Span<Day>, was: Span<Day>, mapping: &Mapping) -> Span<Day> {
    if mapping.has("enddate") || span.from() != was.from() { span } else { was }
}

fn inherit_practitioner(row: &mut Practitioner, was: Option<&Practitioner>, mapping: &Mapping) {
    let Some(was) = was else { return };
    if !mapping.has("certno") {
        row.certno.clone_from(&was.certno);
    }
    if !mapping.has("ec_token") {
        row.ec_token.clone_from(&was.ec_token);
    }
    for (column, flag, stood) in [
        ("western", &mut row.western, was.western),
        ("tcm", &mut row.tcm, was.tcm),
        ("licensed", &mut row.licensed, was.licensed),
    ] {
        if !mapping.has(column) {
            *flag = stood;
        }
    }
    row.registered = ends(row.registered, was.registered, mapping);
}

fn inherit_person(row: &mut Person, was: Option<&Person>, mapping: &Mapping) {
    let Some(was) = was else { return };
    if !mapping.has("ec_token") {
        row.ec_token.clone_from(&was.ec_token);
    }
    if !mapping.has("sscno") || !mapping.has("card_sn") {
        row.card.clone_from(&was.card);
    }
    if !mapping.has("cvlserv") {
        row.cvlserv = was.cvlserv;
    }
    row.insured = ends(row.insured, was.insured, mapping);
}

fn put<T: PartialEq + Serialize>(
    report: &mut Report,
    changes: &mut ChangeSet,
    key: String,
    was: Option<T>,
    row: T,
    wrap: impl FnOnce(T) -> RegistryPut,
) {
    let fields = |row: &T| serde_json::to_value(row).unwrap_or(Value::Null);
    match was {
        Some(was) if was == row => {
            report.diff.unchanged += 1;
            return;
        }
        Some(was) => report.diff.change(key, &fields(&was), &fields(&row)),
        None => report.diff.added.push(key),
    }
    changes.registry.push(wrap(row));
}

/// Gives a hospital the key with which the center signs for it (7102), and where no certificate names the key, a serial
/// number made of it. A draw out of range happens once in four thousand million.
fn draw_sign_key(row: &mut Fixmedins, chance: &dyn Chance) -> Result<(), ImportError> {
    for _ in 0..4 {
        let mut seed = Zeroizing::new([0u8; 32]);
        seed[..16].copy_from_slice(&chance.draw());
        seed[16..].copy_from_slice(&chance.draw());
        let Ok(key) = PrivateKey::from_seed_bytes(&seed) else { continue };
        row.sign_key = Some(key.to_base64().to_string());
        if row.sign_cert_sn.is_none() {
            let digest = lf_gm::sm3(key.public_key().to_base64().as_bytes());
            row.sign_cert_sn = Some(lf_gm::hex::upper(digest.get(..16).unwrap_or_default()));
        }
        return Ok(());
    }
    Err(ImportError::Refused("the source of chance gives no usable SM2 key".to_owned()))
}
