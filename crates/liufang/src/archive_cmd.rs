//! `liufang archive`: what an institution must keep, exported, verified, and until when. Serves HB-1.16, HB-2.5, GX-3.7.
//!
//! An export is scoped by institution: a hospital's holds what it issued, a pharmacy's what it dispensed, and the amounts of
//! a settlement are in the pharmacy's only.

mod numbers;
mod parts;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context as _, bail};
use lf_archive::{Done, Head, Known, Packer, verify};
use lf_center::grants::of_place;
use lf_center::retain::{Kept, keep_until};
use lf_gm::{PublicKey, Signer, Verifier, hex};
use lf_law::{Grant, Law};
use lf_paper::Face;
use lf_ports::{Clock as _, Fixmedins, Setl, Store};
use lf_rx::{Prescription, State};
use lf_store::Engine;
use lf_vocab::{Admdvs, Day, FixmedinsCode, FixmedinsKind, HiRxno};
use serde_json::json;

use crate::cli::{ArchiveArgs, ArchiveCommand, ExportArgs};
use crate::config::Config;
use crate::edge::{SystemClock, runtime};
use crate::keys_cmd::{self, private_file};
use crate::law_files;
use crate::paper_cmd::face;
use crate::serve::{open_beside, with_store};

/// Prescriptions read at once.
const PAGE: usize = 256;

/// `liufang archive …`
pub fn run(args: ArchiveArgs) -> anyhow::Result<bool> {
    match args.command {
        ArchiveCommand::Export(args) => runtime()?.block_on(export(&args)),
        ArchiveCommand::Verify { file, manifest_sm3, platform_public_key, json } => {
            check(&file, manifest_sm3.as_deref(), platform_public_key.as_deref(), json)
        }
        ArchiveCommand::Paper { command, beside } => {
            runtime()?.block_on(with_store(&beside, async |store| numbers::run(&command, store.as_ref()).await))
        }
        ArchiveCommand::Unsigned { fixmedins_code, from, until, beside } => {
            let days = (from, until);
            runtime()?
                .block_on(with_store(&beside, async |store| unsigned(store.as_ref(), &fixmedins_code, days).await))
        }
        ArchiveCommand::Keep { hi_rxno, on, beside } => {
            let on = on.unwrap_or_else(|| SystemClock.now().day());
            runtime()?.block_on(with_store(&beside, async |store| keep(store.as_ref(), &hi_rxno, on).await))
        }
    }
}

/// `archive unsigned`: every settlement that stands without its signed pair is a finding (JX-3.6).
pub async fn unsigned(store: &dyn Store, code: &FixmedinsCode, days: (Day, Day)) -> anyhow::Result<bool> {
    let Unsigned { found, on_paper } = Unsigned::of(store, code, days).await?;
    found.iter().for_each(|line| println!("{line}"));
    println!("{} settlement(s) without a signed pair", found.len());
    if on_paper > 0 {
        println!(
            "{on_paper} settlement(s) of paper prescriptions stand: their signed sheets do not come here, look at the papers"
        );
    }
    Ok(found.is_empty())
}

/// Settlements that stand and whose signed pair is not here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Unsigned {
    /// A line of each whose pair should have come.
    found: Vec<String>,
    /// Of paper prescriptions: whether they were signed cannot be checked here.
    on_paper: usize,
}

impl Unsigned {
    async fn of(store: &dyn Store, code: &FixmedinsCode, (from, until): (Day, Day)) -> anyhow::Result<Self> {
        let (mut after, mut told) = ((from.start(), String::new()), Self::default());
        loop {
            let page = store.setls_of(code, (after.0, &after.1), until.start(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(told) };
            after = (last.setl_time, last.setl_id.clone());
            for setl in page.iter().filter(|setl| setl.refd_setl_id.is_none()) {
                told.meet(store, setl).await?;
            }
        }
    }

    async fn meet(&mut self, store: &dyn Store, setl: &Setl) -> anyhow::Result<()> {
        let Some(hi_rxno) = &setl.hi_rxno else {
            // No prescription whose history could hold the pair: a paper, or only the account paid, and then nothing is due.
            if setl.paper.is_some() {
                let stands = store.setl(&setl.fixmedins_code, &setl.setl_id).await?;
                self.on_paper += usize::from(stands.is_some_and(|(_, reversed_by)| reversed_by.is_none()));
            }
            return Ok(());
        };
        let rx = store.rx(hi_rxno).await?;
        if rx.is_some_and(|rx| matches!(rx.state, State::Settled { .. }) && rx.state.pair().is_none()) {
            self.found.push(format!("未见签字件 {} {hi_rxno} {}", setl.setl_id, setl.setl_time));
        }
        Ok(())
    }
}

/// `archive export`.
pub async fn export(args: &ExportArgs) -> anyhow::Result<bool> {
    if args.from >= args.until {
        bail!("--until must lie after --from");
    }
    let made_at = args.made_at.unwrap_or_else(|| SystemClock.now());
    let face = match (args.no_sheets, &args.font) {
        (true, _) => None,
        (false, Some(font)) => Some(face(std::slice::from_ref(font))?),
        (false, None) => Some(face(&Config::read(None)?.paper_fonts)?),
    };
    let signer = args.platform_key.as_deref().map(keys_cmd::read).transpose()?;
    let signer = signer.map(|key| Signer::new(&key.private_key));
    let store = open_beside(&args.beside.database, args.beside.store_key.as_deref()).await?;
    let Some(fixmedins) = store.fixmedins(&args.fixmedins_code).await? else {
        store.close().await;
        eprintln!("no institution {}", args.fixmedins_code);
        return Ok(false);
    };
    // Beside the target, so that an export that fails leaves the archive that stood there.
    let part = args.out.with_added_extension("part");
    let out = BufWriter::new(private_file(&part, true)?);
    let head = Head { fixmedins_code: args.fixmedins_code.clone(), from: args.from, until: args.until, made_at };
    let mut packer = Packer::new(out, head);
    let filled = fill(&mut packer, store.as_ref(), &fixmedins, face.as_ref()).await;
    store.close().await;
    if filled.is_err() {
        // What is half written is of use to nobody; why it failed is what the operator is told.
        let _ = std::fs::remove_file(&part);
    }
    filled?;
    let sign = |bytes: &[u8]| signer.as_ref().map(|signer| signer.sign(bytes).to_base64()).unwrap_or_default();
    let Done { out, manifest, manifest_sm3 } = packer.finish(signer.is_some().then_some(&sign))?;
    let file = out.into_inner().map_err(|error| error.into_error())?;
    let written = file.sync_all().and_then(|()| std::fs::rename(&part, &args.out));
    written.with_context(|| format!("cannot write {}", args.out.display()))?;
    println!("{}: {} record(s) of {}", args.out.display(), manifest.rows.len(), fixmedins.fixmedins_name);
    println!("manifest SM3 {}", hex::lower(&manifest_sm3));
    Ok(true)
}

/// Adds every record of the institution in the archive's time, in the order of their numbers.
async fn fill(
    packer: &mut Packer<BufWriter<File>>,
    store: &dyn Engine,
    fixmedins: &Fixmedins,
    face: Option<&Face>,
) -> anyhow::Result<()> {
    // Every dispensed prescription is one record with one hash, ready for inspection.
    lf_vocab::covers!("HB-2.5");
    let law = law_files::load(None)?;
    let head = packer.head().clone();
    let mut terms = Terms::new(store, &law);
    for pool in pools(store, fixmedins).await? {
        let mut after = HiRxno::new(pool, head.from.plus(-1), lf_vocab::SERIAL_MAX)?;
        'pool: loop {
            let page = store.scan_rx(pool, Some(&after), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.hi_rxno.clone();
            for rx in page {
                if rx.hi_rxno.day() >= head.until {
                    break 'pool;
                }
                if belongs(&rx, fixmedins) {
                    let class = parts::rx_type_code(store, &rx).await?;
                    let kept = terms.of(&rx, &class, &[fixmedins.poolarea_no]).await?;
                    let record = parts::record(store, &rx, fixmedins, face, &kept, head.made_at).await?;
                    packer.add(&record, kept.until)?;
                }
            }
        }
    }
    Ok(())
}

/// Where prescriptions of the institution can lie: a hospital's in its own 统筹区, a pharmacy's in any.
async fn pools(store: &dyn Engine, fixmedins: &Fixmedins) -> anyhow::Result<Vec<Admdvs>> {
    if fixmedins.fixmedins_code.kind() == FixmedinsKind::Hospital {
        return Ok(vec![fixmedins.poolarea_no]);
    }
    Ok(store.pools().await?)
}

/// A hospital keeps what it issued, a pharmacy what it dispensed.
fn belongs(rx: &Prescription, fixmedins: &Fixmedins) -> bool {
    match fixmedins.fixmedins_code.kind() {
        FixmedinsKind::Hospital => rx.opened.fixmedins_code == fixmedins.fixmedins_code && rx.state.active().is_some(),
        FixmedinsKind::Pharmacy => rx.state.sold().is_some() && rx.state.pharmacy() == Some(&fixmedins.fixmedins_code),
    }
}

/// `archive verify`.
pub fn check(file: &Path, manifest_sm3: Option<&str>, key: Option<&str>, as_json: bool) -> anyhow::Result<bool> {
    let manifest_sm3 = match manifest_sm3 {
        Some(text) => {
            let bytes = hex::decode(text.as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
            Some(bytes.context("--manifest-sm3 is no SM3 in hexadecimal")?)
        }
        None => None,
    };
    let key: Option<PublicKey> = key.map(str::parse).transpose().context("--platform-public-key")?;
    let verifier = key.as_ref().map(Verifier::new);
    let archive = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let known = Known { manifest_sm3, signer: verifier.as_ref() };
    let report = verify(archive, &known).with_context(|| file.display().to_string())?;
    let head = &report.manifest.head;
    let files: usize = report.manifest.rows.iter().map(|row| row.files.len()).sum();
    if as_json {
        let result = json!({
            "fixmedins_code": head.fixmedins_code, "from": head.from.to_string(), "until": head.until.to_string(),
            "made_at": head.made_at.to_string(), "records": report.manifest.rows.len(), "files": files,
            "manifest_sm3": hex::lower(&report.manifest_sm3),
            "findings": report.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        println!("{}", serde_json::to_string_pretty(&result)?);
    } else {
        println!(
            "{} {} 至 {}（不含），{}导出：档案{}份，文件{files}个",
            head.fixmedins_code,
            head.from,
            head.until,
            head.made_at,
            report.manifest.rows.len()
        );
        println!("清单SM3 {}", hex::lower(&report.manifest_sm3));
        report.findings.iter().for_each(|finding| println!("{finding}"));
        println!("{}", if report.findings.is_empty() { "全部相符。" } else { "不相符。" });
    }
    Ok(report.findings.is_empty())
}

/// Until when records are kept, with the grants of each place read once.
struct Terms<'t> {
    store: &'t dyn Engine,
    law: &'t Law,
    grants: BTreeMap<Admdvs, Vec<Grant>>,
}

impl<'t> Terms<'t> {
    fn new(store: &'t dyn Engine, law: &'t Law) -> Self {
        Self { store, law, grants: BTreeMap::new() }
    }

    /// By the law of the prescription's place and by that of its keepers: whichever is longer.
    async fn of(&mut self, rx: &Prescription, class: &str, keepers: &[Admdvs]) -> anyhow::Result<Kept> {
        let mut longest: Option<Kept> = None;
        for place in [rx.hi_rxno.poolarea_no()].iter().chain(keepers) {
            if !self.grants.contains_key(place) {
                self.grants.insert(*place, of_place(self.store, self.law, *place).await?);
            }
            let grants = self.grants.get(place).map_or(&[][..], Vec::as_slice);
            let kept = keep_until(self.law, (*place, grants), rx.opened.prsc_time.day(), class);
            let kept = kept.map_err(|failure| anyhow::anyhow!("{}: {}", rx.hi_rxno, failure.in_words()))?;
            longest = Some(match longest {
                Some(other) => other.or_longer(kept),
                None => kept,
            });
        }
        longest.context("no place was asked")
    }
}

async fn keep(store: &dyn Engine, hi_rxno: &HiRxno, on: lf_vocab::Day) -> anyhow::Result<bool> {
    let Some(rx) = store.rx(hi_rxno).await? else {
        eprintln!("no prescription {hi_rxno}");
        return Ok(false);
    };
    let class = parts::rx_type_code(store, &rx).await?;
    let law = law_files::load(None)?;
    let mut keepers = Vec::new();
    for code in std::iter::once(&rx.opened.fixmedins_code).chain(rx.state.pharmacy()) {
        keepers.extend(store.fixmedins(code).await?.map(|keeper| keeper.poolarea_no));
    }
    let kept = Terms::new(store, &law).of(&rx, &class, &keepers).await?;
    println!("保存至 {}（至少{}年），依据 {}", kept.until, kept.years, kept.by.join("、"));
    match kept.may_destroy(on) {
        Ok(()) => Ok(true),
        Err(refusal) => {
            println!("{refusal}");
            Ok(false)
        }
    }
}

#[cfg(test)]
mod tests;
