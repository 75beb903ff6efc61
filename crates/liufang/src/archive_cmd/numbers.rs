//! `liufang archive paper`: running numbers of paper prescriptions, kept as claims; the rows of a batch, kept sealed as the
//! reply to it. Serves HB-1.17 and HB-2.6. Nothing of it is ever deleted.

mod report;
mod waiting;

use std::path::Path;

use anyhow::{Context as _, bail};
use lf_archive::paper::{BATCH_MAX, PaperRx, Range, render};
use lf_gm::hex;
use lf_import::Table;
use lf_import::file::Place;
use lf_ports::{ChangeSet, Claim, ClaimKind, Clock as _, CommitError, IdemKey, IdemRow};
use lf_store::Engine;
use lf_vocab::{FixmedinsCode, FixmedinsKind, PaperNo};

use super::registered;
use crate::cli::PaperNumbers;
use crate::edge::SystemClock;

/// Claims read at once.
const PAGE: usize = 1_000;
/// How often a batch is decided again when another is taken in at the same time.
const ATTEMPTS: usize = 8;
/// In place of a transaction's number.
const BATCH: &str = "paper_batch";
/// The columns of a batch.
const COLUMNS: [&str; 6] = ["fixmedins_code", "paper_no", "prsc_date", "dr_code", "dr_sign_flag", "seal_flag"];

/// `liufang archive paper …`
pub async fn run(command: &PaperNumbers, store: &dyn Engine) -> anyhow::Result<bool> {
    match command {
        PaperNumbers::Range { fixmedins_code, first, last } => {
            range(store, fixmedins_code, Range::new(*first, *last)?).await
        }
        PaperNumbers::Submit { fixmedins_code, batch, file } => submit(store, fixmedins_code, batch, file).await,
        PaperNumbers::Report { fixmedins_code, waits } => match fixmedins_code.kind() {
            FixmedinsKind::Hospital if waits.age_days.is_some() || waits.from.is_some() => {
                bail!("--age-days and --from are of a pharmacy, which hands papers in")
            }
            FixmedinsKind::Hospital => report::of_institution(store, fixmedins_code).await,
            FixmedinsKind::Pharmacy => {
                registered(store, fixmedins_code).await?;
                let whole = report::of_pharmacy(store, fixmedins_code).await?;
                Ok(waiting::told(store, fixmedins_code, waits, SystemClock.now().day()).await? && whole)
            }
        },
    }
}

async fn range(store: &dyn Engine, code: &FixmedinsCode, new: Range) -> anyhow::Result<bool> {
    known(store, code, FixmedinsKind::Hospital).await?;
    for _ in 0..ATTEMPTS {
        let known = ranges(store, code).await?;
        if let Some(other) = known.iter().find(|other| other.overlaps(&new)) {
            println!("号段 {new} 与已登记的 {other} 重叠");
            return Ok(false);
        }
        let claim = |kind, key: String, owner: String| Claim { kind, key: format!("{code}/{key}"), owner };
        let claims = vec![
            claim(ClaimKind::PaperRangeNo, (known.len() + 1).to_string(), new.first.to_string()),
            claim(ClaimKind::PaperRange, new.first.to_string(), new.last.to_string()),
        ];
        match store.commit(ChangeSet { claims, ..ChangeSet::default() }).await {
            // Another range was entered in between; it may overlap.
            Err(CommitError::Claimed(_)) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => {
                println!("{code} 登记号段 {new}，共{}张", new.count());
                return Ok(true);
            }
        }
    }
    bail!("others enter ranges of {code} all the time; try again")
}

async fn submit(store: &dyn Engine, code: &FixmedinsCode, batch: &str, file: &Path) -> anyhow::Result<bool> {
    // Handed in to the bureau batch by batch, with signature and seal as they are on the paper.
    lf_vocab::covers!("HB-2.6");
    known(store, code, FixmedinsKind::Pharmacy).await?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if batch.is_empty() || batch.len() > 32 || !batch.chars().all(plain) {
        bail!("--batch: one to 32 letters, digits, - and _");
    }
    let rows = read(file)?;
    let body = render(&rows).into_bytes();
    let digest = lf_gm::sm3(&body);
    let key = batch_key(code, batch);
    for _ in 0..ATTEMPTS {
        if let Some(before) = store.idem(&key).await? {
            let same = before.digest == digest;
            println!(
                "批次 {batch} 已于 {} 提交{}",
                before.at,
                if same { "，内容相同" } else { "，内容不同，不予接收" }
            );
            return Ok(same);
        }
        let (claims, doubled) = claims(store, code, batch, &rows, &digest).await?;
        let now = SystemClock.now();
        let idem = IdemRow { key: key.clone(), digest, reply: body.clone(), at: now };
        match store.commit(ChangeSet { idem: Some(idem), claims, ..ChangeSet::default() }).await {
            // Somebody handed in one of these numbers in between, or this very batch.
            Err(CommitError::Claimed(_) | CommitError::Repeated(_) | CommitError::Stale(_)) => {}
            Err(error) => return Err(error.into()),
            Ok(()) => {
                println!("批次 {batch} 收到纸质处方{}张，SM3 {}", rows.len(), hex::lower(&digest));
                return told(store, &rows, &doubled).await;
            }
        }
    }
    bail!("others hand in the same numbers all the time; try again")
}

/// Each number with which time it came, and those that had come before with who handed them in.
async fn claims(
    store: &dyn Engine,
    code: &FixmedinsCode,
    batch: &str,
    rows: &[PaperRx],
    digest: &[u8; 32],
) -> anyhow::Result<(Vec<Claim>, Vec<String>)> {
    let summary = format!("{} {}", rows.len(), hex::lower(digest));
    let mut claims = vec![Claim { kind: ClaimKind::PaperBatch, key: format!("{code}/{batch}"), owner: summary }];
    let mut doubled = Vec::new();
    let owner = format!("{code}/{batch}");
    for rx in rows {
        let mut holders = handed_in(store, &rx.fixmedins_code, rx.number).await?;
        // The same number again in this very batch.
        let prefix = format!("{}/{}/", rx.fixmedins_code, rx.number);
        holders.extend(claims.iter().filter(|claim| claim.key.starts_with(&prefix)).map(|own| own.owner.clone()));
        doubled.extend(holders.iter().map(|holder| format!("{} {} 已由 {holder} 提交", rx.fixmedins_code, rx.number)));
        let key = time_key(&rx.fixmedins_code, rx.number, holders.len() + 1);
        claims.push(Claim { kind: ClaimKind::PaperRxno, key, owner: owner.clone() });
    }
    Ok((claims, doubled))
}

/// Says what is to be looked at; whether there is nothing.
async fn told(store: &dyn Engine, rows: &[PaperRx], doubled: &[String]) -> anyhow::Result<bool> {
    let mut clean = doubled.is_empty();
    doubled.iter().for_each(|line| println!("重号：{line}"));
    let mut printed: Vec<(FixmedinsCode, Vec<Range>)> = Vec::new();
    for rx in rows {
        if !printed.iter().any(|(code, _)| *code == rx.fixmedins_code) {
            printed.push((rx.fixmedins_code.clone(), ranges(store, &rx.fixmedins_code).await?));
        }
        let ranges = printed.iter().find(|(code, _)| *code == rx.fixmedins_code).map_or(&[][..], |(_, of)| of);
        let wrong = [
            (!ranges.iter().any(|range| range.contains(rx.number)), "号段外"),
            (!rx.dr_sign, "无医师签名"),
            (!rx.seal, "无外配处方专用章"),
        ];
        for (_, what) in wrong.iter().filter(|(is, _)| *is) {
            println!("{what}：{} {} 开具于 {}", rx.fixmedins_code, rx.number, rx.prsc_date);
            clean = false;
        }
    }
    Ok(clean)
}

/// Under which a batch's rows are kept.
pub fn batch_key(pharmacy: &FixmedinsCode, batch: &str) -> IdemKey {
    IdemKey { fixmedins_code: pharmacy.clone(), infno: BATCH, key: batch.to_owned() }
}

async fn ranges(store: &dyn Engine, code: &FixmedinsCode) -> anyhow::Result<Vec<Range>> {
    let mut ranges = Vec::new();
    for claim in scan(store, ClaimKind::PaperRange, code).await? {
        let first = claim.key.split('/').nth(1).unwrap_or_default().parse()?;
        ranges.push(Range::new(first, claim.owner.parse()?)?);
    }
    Ok(ranges)
}

/// As which time a paper came.
pub fn time_key(code: &FixmedinsCode, number: PaperNo, time: usize) -> String {
    format!("{code}/{number}/{time:04}")
}

/// Who handed a paper in, each by pharmacy and batch, in the order in which they came.
pub async fn handed_in(store: &dyn Engine, code: &FixmedinsCode, number: PaperNo) -> anyhow::Result<Vec<String>> {
    let mut owners = Vec::new();
    while let Some(claim) = store.claim(ClaimKind::PaperRxno, &time_key(code, number, owners.len() + 1)).await? {
        owners.push(claim.owner);
    }
    Ok(owners)
}

/// The claims of one institution: their keys begin with its code.
async fn scan(store: &dyn Engine, kind: ClaimKind, code: &FixmedinsCode) -> anyhow::Result<Vec<Claim>> {
    let prefix = format!("{code}/");
    let mut after = prefix.clone();
    let mut found = Vec::new();
    loop {
        let page = store.scan_claims(kind, Some(&after), PAGE).await?;
        let whole = page.len() == PAGE;
        for claim in page {
            if !claim.key.starts_with(&prefix) {
                return Ok(found);
            }
            after.clone_from(&claim.key);
            found.push(claim);
        }
        if !whole {
            return Ok(found);
        }
    }
}

async fn known(store: &dyn Engine, code: &FixmedinsCode, kind: FixmedinsKind) -> anyhow::Result<()> {
    if code.kind() != kind || store.fixmedins(code).await?.is_none() {
        bail!("{code} is no {} of this center", if kind == FixmedinsKind::Hospital { "hospital" } else { "pharmacy" });
    }
    Ok(())
}

/// Reads a batch; every row that is wrong is named and nothing of the file is taken then.
fn read(file: &Path) -> anyhow::Result<Vec<PaperRx>> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let table = Table::read(&bytes, &Place::default()).with_context(|| file.display().to_string())?;
    let place = |name: &str| table.headings.iter().position(|heading| heading == name);
    let places: Option<Vec<usize>> = COLUMNS.iter().map(|name| place(name)).collect();
    let places = places.with_context(|| format!("{}: the columns are {}", file.display(), COLUMNS.join(", ")))?;
    if table.rows.is_empty() || table.rows.len() > BATCH_MAX {
        bail!("{}: a batch has 1 to {BATCH_MAX} prescriptions", file.display());
    }
    let mut rows = Vec::with_capacity(table.rows.len());
    let mut wrong = Vec::new();
    for row in &table.rows {
        let cell = |at: usize| places.get(at).and_then(|place| row.cells.get(*place)).map_or("", String::as_str);
        match paper_rx(&cell) {
            Ok(rx) => rows.push(rx),
            Err(column) => wrong.push(format!("row {}: {column}", row.number)),
        }
    }
    if wrong.is_empty() { Ok(rows) } else { bail!("{}: {}", file.display(), wrong.join("; ")) }
}

/// A row, or the column that is wrong.
fn paper_rx<'c>(cell: &impl Fn(usize) -> &'c str) -> Result<PaperRx, &'static str> {
    let flag = |at: usize| match cell(at) {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(COLUMNS[at]),
    };
    let fixmedins_code: FixmedinsCode = cell(0).parse().map_err(|_| COLUMNS[0])?;
    if fixmedins_code.kind() != FixmedinsKind::Hospital {
        return Err(COLUMNS[0]);
    }
    Ok(PaperRx {
        fixmedins_code,
        number: cell(1).parse().map_err(|_| COLUMNS[1])?,
        prsc_date: cell(2).parse().map_err(|_| COLUMNS[2])?,
        dr_code: cell(3).parse().map_err(|_| COLUMNS[3])?,
        dr_sign: flag(4)?,
        seal: flag(5)?,
    })
}
