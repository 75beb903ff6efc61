//! Until when the original of a paper prescription is kept. Serves HB-2.6.
//!
//! A paper is known by what was done with it: a counter settled it, a claim with papers paid it, or a batch brought it. Invariant: of two
//! days of prescribing the later one counts, because what is kept too short cannot be brought back.

use anyhow::Context as _;
use lf_archive::paper::parse;
use lf_center::retain::Kept;
use lf_law::Law;
use lf_ports::reim::reim_of;
use lf_ports::{ClaimKind, Setl};
use lf_store::Engine;
use lf_vocab::{Day, FixmedinsCode, PaperNo};

use super::{Terms, places_of};
use crate::archive_cmd::numbers::{batch_key, handed_in};

/// The class of a paper of which nobody said any.
const ORDINARY: &str = "1";
/// How many settlements can have the same number but for its last digit, which is hexadecimal.
const SIBLINGS: usize = 16;

/// Whose paper, by the number that is printed on it.
pub struct PaperKey {
    /// Who issued it.
    pub code: FixmedinsCode,
    /// Its running number.
    pub number: PaperNo,
}

/// What is known of a paper.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    prsc_day: Day,
    /// Pharmacies that have the original.
    keepers: Vec<FixmedinsCode>,
    /// How it is known.
    by: String,
}

/// The longer of what the issuer's and the pharmacy's place order; `None` where nobody has seen the paper.
pub async fn kept(store: &dyn Engine, law: &Law, key: &PaperKey, class: Option<&str>) -> anyhow::Result<Option<Kept>> {
    // The original is locked like an electronic record: by the day on which it was issued, wherever that was stated.
    lf_vocab::covers!("HB-2.6");
    let PaperKey { code, number } = key;
    let Some(known) = known(store, key).await? else {
        eprintln!("no paper prescription {number} of {code} was settled, claimed or handed in");
        return Ok(None);
    };
    println!("{code}的纸质处方{number}，{}开具（{}）", known.prsc_day, known.by);
    if class.is_none() {
        println!("没有说明处方类别，按普通处方计算；麻醉、精神、毒性药品处方请用--rx-type-code说明");
    }
    let places = places_of(store, std::iter::once(code).chain(&known.keepers)).await?;
    Terms::new(store, law).of((known.prsc_day, class.unwrap_or(ORDINARY)), &places).await.map(Some)
}

async fn known(store: &dyn Engine, key: &PaperKey) -> anyhow::Result<Option<Known>> {
    match store.claim(ClaimKind::PaperSetl, &format!("{}/{}", key.code, key.number)).await? {
        Some(paid) => self::paid(store, &paid.owner).await.map(Some),
        None => in_batches(store, key).await,
    }
}

/// As the counter or the officer stated it who had the paper paid.
async fn paid(store: &dyn Engine, owner: &str) -> anyhow::Result<Known> {
    if let Some((pool, reim_no)) = reim_of(owner) {
        let row = store.reim(pool, reim_no).await?;
        let row = row.with_context(|| format!("the claim {reim_no} of {pool} holds a paper and is not stored"))?;
        let intake = row.reim.intake();
        let keepers = vec![intake.bought.phar_fixmedins_code.clone()];
        return Ok(Known {
            prsc_day: intake.rx.prsc_time.day(),
            keepers,
            by: format!("{pool}零星报销受理号{reim_no}"),
        });
    }
    let setl = setl(store, owner).await?;
    let paper = setl.as_ref().and_then(|setl| Some((setl, setl.paper.as_ref()?)));
    let (setl, paper) = paper.with_context(|| format!("the settlement {owner} holds a paper and is not stored"))?;
    let keepers = vec![setl.fixmedins_code.clone()];
    Ok(Known { prsc_day: paper.prsc_time.day(), keepers, by: format!("结算{owner}") })
}

/// A settlement by its number alone, which begins with the pharmacy's 统筹区.
async fn setl(store: &dyn Engine, setl_id: &str) -> anyhow::Result<Option<Setl>> {
    let Some(pool) = setl_id.get(..6).and_then(|pool| pool.parse().ok()) else { return Ok(None) };
    let before = setl_id.get(..setl_id.len() - 1);
    let page = store.scan_setl(pool, before, SIBLINGS).await?;
    Ok(page.into_iter().map(|(setl, _)| setl).find(|setl| setl.setl_id == setl_id))
}

/// As the pharmacies stated it that handed it in.
async fn in_batches(store: &dyn Engine, key: &PaperKey) -> anyhow::Result<Option<Known>> {
    let mut found: Option<Known> = None;
    for owner in handed_in(store, &key.code, key.number).await? {
        let (pharmacy, batch) = owner.split_once('/').with_context(|| format!("{owner} is no batch"))?;
        let pharmacy: FixmedinsCode = pharmacy.parse()?;
        let kept = store.idem(&batch_key(&pharmacy, batch)).await?;
        let rows = kept.and_then(|kept| parse(std::str::from_utf8(&kept.reply).ok()?));
        let rows = rows.with_context(|| format!("the rows of batch {owner} are not stored"))?;
        let days = rows.iter().filter(|rx| rx.fixmedins_code == key.code && rx.number == key.number);
        let day = days.map(|rx| rx.prsc_date).max().with_context(|| format!("batch {owner} does not have it"))?;
        let all = found.get_or_insert_with(|| Known { prsc_day: day, keepers: Vec::new(), by: String::new() });
        all.prsc_day = all.prsc_day.max(day);
        if !all.keepers.contains(&pharmacy) {
            all.keepers.push(pharmacy);
        }
        all.by += &format!("{}批次{owner}", if all.by.is_empty() { "" } else { "，" });
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
