//! `liufang archive export`: the records of one institution as a ZIP. Serves HB-2.5 and GX-3.7.
//!
//! A hospital's archive holds what it issued, a pharmacy's what it dispensed, and the amounts of a settlement are in the pharmacy's only.

use std::fs::File;
use std::io::BufWriter;

use anyhow::{Context as _, bail};
use lf_archive::{Done, Head, Packer};
use lf_gm::{Signer, hex};
use lf_law::Law;
use lf_paper::Face;
use lf_ports::{Clock as _, Fixmedins};
use lf_rx::Prescription;
use lf_store::Engine;
use lf_vocab::{Admdvs, FixmedinsKind, HiRxno};

use super::keep::Terms;
use super::{parts, registered};
use crate::beside::with_law;
use crate::cli::ExportArgs;
use crate::config::Config;
use crate::edge::SystemClock;
use crate::keys_cmd::{self, private_file};
use crate::paper_cmd::face;

/// Prescriptions read at once.
const PAGE: usize = 256;

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
    let sign = |bytes: &[u8]| signer.as_ref().map(|signer| signer.sign(bytes).to_base64()).unwrap_or_default();
    with_law(&args.lawful, async |store, law| {
        let fixmedins = registered(store.as_ref(), &args.fixmedins_code).await?;
        // Beside the target, so that an export that fails leaves the archive that stood there.
        let part = args.out.with_added_extension("part");
        let out = BufWriter::new(private_file(&part, true)?);
        let head = Head { fixmedins_code: args.fixmedins_code.clone(), from: args.from, until: args.until, made_at };
        let mut packer = Packer::new(out, head);
        let filled = fill(&mut packer, (store.as_ref(), law), &fixmedins, face.as_ref()).await;
        if filled.is_err() {
            // What is half written is of use to nobody; why it failed is what the operator is told.
            let _ = std::fs::remove_file(&part);
        }
        filled?;
        let Done { out, manifest, manifest_sm3 } = packer.finish(signer.is_some().then_some(&sign))?;
        let file = out.into_inner().map_err(|error| error.into_error())?;
        let written = file.sync_all().and_then(|()| std::fs::rename(&part, &args.out));
        written.with_context(|| format!("cannot write {}", args.out.display()))?;
        println!("{}: {} record(s) of {}", args.out.display(), manifest.rows.len(), fixmedins.fixmedins_name);
        println!("manifest SM3 {}", hex::lower(&manifest_sm3));
        Ok(true)
    })
    .await
}

/// Adds every record of the institution in the archive's time, in the order of their numbers.
async fn fill(
    packer: &mut Packer<BufWriter<File>>,
    (store, law): (&dyn Engine, &Law),
    fixmedins: &Fixmedins,
    face: Option<&Face>,
) -> anyhow::Result<()> {
    // Every dispensed prescription is one record with one hash, ready for inspection.
    lf_vocab::covers!("HB-2.5");
    let head = packer.head().clone();
    let mut terms = Terms::new(store, law);
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
                    let kept = terms
                        .of((rx.opened.prsc_time.day(), &class), &[rx.hi_rxno.poolarea_no(), fixmedins.poolarea_no])
                        .await
                        .with_context(|| rx.hi_rxno.to_string())?;
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
