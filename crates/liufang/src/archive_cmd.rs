//! `liufang archive`: what an institution must keep, exported, verified, and until when. Serves HB-1.16, HB-2.5, GX-3.7.

mod export;
#[cfg(test)]
pub mod fixtures;
mod keep;
mod numbers;
mod parts;
mod unsigned;

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, bail};
use lf_archive::{Known, verify};
use lf_gm::{PublicKey, Verifier, hex};
use lf_ports::{Clock as _, Fixmedins};
use lf_store::Engine;
use lf_vocab::{FixmedinsCode, FixmedinsKind};
use serde_json::json;

use crate::beside::{with_law, with_store};
use crate::cli::{ArchiveArgs, ArchiveCommand};
use crate::edge::{SystemClock, runtime};
pub use export::export;
use keep::{Asked, PaperKey, keep};
pub use unsigned::unsigned;

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
        ArchiveCommand::Keep { hi_rxno, paper_fixmedins_code, paper_no, rx_type_code, on, lawful } => {
            let on = on.unwrap_or_else(|| SystemClock.now().day());
            let asked = match (hi_rxno, paper_fixmedins_code.zip(paper_no)) {
                (Some(hi_rxno), _) => Asked::Rx(hi_rxno),
                (None, Some((code, number))) => Asked::Paper(PaperKey { code, number }, rx_type_code),
                (None, None) => bail!("name a prescription"),
            };
            runtime()?.block_on(with_law(&lawful, async |store, law| keep(store.as_ref(), law, &asked, on).await))
        }
    }
}

/// An institution by its code: of one that is not there a report would be clean.
async fn registered(store: &dyn Engine, code: &FixmedinsCode) -> anyhow::Result<Fixmedins> {
    let kind = if code.kind() == FixmedinsKind::Pharmacy { "pharmacy" } else { "institution" };
    store.fixmedins(code).await?.with_context(|| format!("no {kind} {code}"))
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
