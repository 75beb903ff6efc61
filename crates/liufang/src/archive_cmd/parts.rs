//! The parts of a record, from the store: what docs/ARCHIVE.md lists.

use anyhow::{Context as _, anyhow};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_archive::{Part, Record, history};
use lf_center::retain::Kept;
use lf_paper::{Face, Size};
use lf_ports::{FileOwner, Fixmedins, codec};
use lf_rx::{Prescription, RxContent, State};
use lf_store::Engine;
use lf_vocab::{FixmedinsKind, Moment};
use serde_json::json;

use crate::paper_cmd::SetlPrintable;

/// The class by which a prescription is kept.
pub async fn rx_type_code(store: &dyn Engine, rx: &Prescription) -> anyhow::Result<String> {
    let content = store.rx_content(&rx.hi_rxno).await?;
    Ok(content.with_context(|| format!("{} has no content", rx.hi_rxno))?.head.rx_type_code)
}

/// Everything of one prescription that the institution keeps.
pub async fn record(
    store: &dyn Engine,
    rx: &Prescription,
    fixmedins: &Fixmedins,
    face: Option<&Face>,
    kept: &Kept,
    made_at: Moment,
) -> anyhow::Result<Record> {
    let hi_rxno = &rx.hi_rxno;
    let (content, file, events) =
        tokio::try_join!(store.rx_content(hi_rxno), store.rx_file(hi_rxno), store.rx_events(hi_rxno))?;
    let mut content = content.with_context(|| format!("{hi_rxno} has no content"))?;
    if fixmedins.fixmedins_code.kind() == FixmedinsKind::Pharmacy {
        without_credentials(&mut content);
    }
    let mut parts = vec![Part::new("prescription.json", codec::encode(&content))?];
    if let (Some(file), Some(active)) = (file, rx.state.active()) {
        let bytes = BASE64_STANDARD.decode(&file.base64).with_context(|| format!("the file of {hi_rxno}"))?;
        let suffix = if active.uploaded.file_suffix.eq_ignore_ascii_case("ofd") { "ofd" } else { "pdf" };
        parts.push(Part::new(&format!("prescription.{suffix}"), bytes)?);
    }
    let mut lines = String::new();
    for event in &events {
        let line = history::line(event.seq, event.at, &event.hash, &event.body);
        lines += &line.with_context(|| format!("event {} of {hi_rxno} is no line", event.seq))?;
    }
    parts.push(Part::new(history::EVENTS, lines.into_bytes())?);
    parts.extend(evidence(&rx.state)?);
    if fixmedins.fixmedins_code.kind() == FixmedinsKind::Pharmacy {
        parts.extend(settlements(store, rx, fixmedins, face, made_at).await?);
        parts.extend(signed_pair(store, rx, fixmedins).await?);
        if !rx.state.delivery().is_none() {
            parts.push(pretty("delivery.json", &json!(rx.state.delivery()))?);
        }
    }
    let retention = json!({ "keep_until": kept.until.to_string(), "years": kept.years, "by": kept.by });
    parts.push(pretty("retention.json", &retention)?);
    Ok(Record::new(hi_rxno.clone(), parts)?)
}

/// By what the person proved who they are in the hospital is nothing that a pharmacy was ever told (7204), nor is it here.
fn without_credentials(content: &mut RxContent) {
    let head = &mut content.head;
    (head.mdtrt_cert_no, head.card_sn, head.ec_token, head.auth_no) = (None, None, None, None);
}

/// Signatures, review and sale, as the state holds them.
fn evidence(state: &State) -> anyhow::Result<Vec<Part>> {
    let mut parts = Vec::new();
    if let Some(active) = state.active() {
        let verified = state.passed().map(|passed| &passed.verified);
        let signatures = json!({ "signed": active.signed, "uploaded": active.uploaded, "verified": verified });
        parts.push(pretty("signatures.json", &signatures)?);
    }
    if let Some(reviewed) = state.reviewed() {
        parts.push(pretty("review.json", &json!(reviewed))?);
    }
    if let Some(sold) = state.sold() {
        parts.push(pretty("sale.json", &json!(sold))?);
    }
    Ok(parts)
}

/// The settlement and the one that took it back, as amounts and as the sheet that was signed.
async fn settlements(
    store: &dyn Engine,
    rx: &Prescription,
    fixmedins: &Fixmedins,
    face: Option<&Face>,
    made_at: Moment,
) -> anyhow::Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut next = rx.state.settled().map(|settled| settled.setl_id.clone());
    while let Some(setl_id) = next {
        let code = &fixmedins.fixmedins_code;
        let found = store.setl(code, &setl_id).await?;
        let (setl, reversed_by) = found.ok_or_else(|| anyhow!("settlement {setl_id} is not stored"))?;
        parts.push(pretty(&format!("settlement-{setl_id}.json"), &json!(setl))?);
        if let Some(face) = face {
            let sheet = SetlPrintable::load(store, code, &setl_id).await?;
            let sheet = sheet.with_context(|| format!("settlement {setl_id} is not stored"))?;
            let paper = sheet.settlement(Size::A5, face, made_at)?;
            parts.push(Part::new(&format!("settlement-{setl_id}.pdf"), paper.pdf)?);
        }
        // A reversal is not reversed again.
        next = reversed_by.filter(|_| setl.refd_setl_id.is_none());
    }
    Ok(parts)
}

/// What the person signed: its number and hash, and the copy itself while the center has it.
async fn signed_pair(store: &dyn Engine, rx: &Prescription, fixmedins: &Fixmedins) -> anyhow::Result<Vec<Part>> {
    let Some(bound) = rx.state.pair() else { return Ok(Vec::new()) };
    let mut parts = vec![pretty("pair.json", &json!(bound))?];
    let pairs = FileOwner::Pairs(fixmedins.fixmedins_code.clone());
    let file = match store.file(&pairs, &bound.file_qury_no).await? {
        // Where it stood before signed pairs were counted apart.
        None => store.file(&FileOwner::Fixmedins(fixmedins.fixmedins_code.clone()), &bound.file_qury_no).await?,
        file => file,
    };
    if let Some(file) = file {
        let suffix = file.filename.rsplit_once('.').map_or("bin", |(_, suffix)| suffix).to_ascii_lowercase();
        let plain = suffix.chars().all(|c| c.is_ascii_alphanumeric()) && suffix.len() <= 5;
        parts.push(Part::new(&format!("pair.{}", if plain { &suffix } else { "bin" }), file.body)?);
    }
    Ok(parts)
}

fn pretty(name: &str, value: &serde_json::Value) -> anyhow::Result<Part> {
    Ok(Part::new(name, serde_json::to_vec_pretty(value)?)?)
}
