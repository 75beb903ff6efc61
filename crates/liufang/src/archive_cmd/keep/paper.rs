//! Until when the original of a paper prescription is kept. Serves HB-2.6.
//!
//! A paper is known by what was done with it: a counter settled it, a claim with papers paid it, or batches brought it. Invariant: of several
//! days of prescribing the latest counts, whoever stated it, because what is kept too short cannot be brought back.

use anyhow::{Context as _, bail};
use lf_archive::paper::parse;
use lf_center::retain::Kept;
use lf_law::Law;
use lf_ports::ClaimKind;
use lf_ports::reim::reim_of;
use lf_store::Engine;
use lf_vocab::{Day, FixmedinsCode, PaperNo};

use super::{Terms, places_of};
use crate::archive_cmd::numbers::{batch_key, handed_in};
use crate::scans::setl_of_id;

/// The class of a paper of which nobody said any.
const ORDINARY: &str = "1";

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

/// The longer of what the issuer's and the pharmacy's place order.
///
/// # Errors
/// Nobody has seen the paper.
pub async fn kept(store: &dyn Engine, law: &Law, key: &PaperKey, class: Option<&str>) -> anyhow::Result<Kept> {
    // The original is locked like an electronic record: by the day on which it was issued, wherever that was stated.
    lf_vocab::covers!("HB-2.6");
    let PaperKey { code, number } = key;
    let Some(known) = known(store, key).await? else {
        bail!("no paper prescription {number} of {code} was settled, claimed or handed in");
    };
    println!("{code}的纸质处方{number}，{}开具（{}）", known.prsc_day, known.by);
    if class.is_none() {
        println!("没有说明处方类别，按普通处方计算；处方类别用--rx-type-code说明：毒性、精二填8，麻醉、精一填7");
    }
    let places = places_of(store, std::iter::once(code).chain(&known.keepers)).await?;
    Terms::new(store, law).of((known.prsc_day, class.unwrap_or(ORDINARY)), &places).await
}

impl Known {
    /// What two say of the same paper.
    fn and(mut self, other: Self) -> Self {
        self.prsc_day = self.prsc_day.max(other.prsc_day);
        for keeper in other.keepers {
            if !self.keepers.contains(&keeper) {
                self.keepers.push(keeper);
            }
        }
        self.by = format!("{}，{}", self.by, other.by);
        self
    }
}

async fn known(store: &dyn Engine, key: &PaperKey) -> anyhow::Result<Option<Known>> {
    let paid = match store.claim(ClaimKind::PaperSetl, &format!("{}/{}", key.code, key.number)).await? {
        Some(paid) => Some(self::paid(store, &paid.owner).await?),
        None => None,
    };
    Ok(match (paid, in_batches(store, key).await?) {
        (Some(paid), Some(brought)) => Some(paid.and(brought)),
        (paid, brought) => paid.or(brought),
    })
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
    let setl = setl_of_id(store, owner).await?;
    let paper = setl.as_ref().and_then(|setl| Some((setl, setl.paper.as_ref()?)));
    let (setl, paper) = paper.with_context(|| format!("the settlement {owner} holds a paper and is not stored"))?;
    let keepers = vec![setl.fixmedins_code.clone()];
    Ok(Known { prsc_day: paper.prsc_time.day(), keepers, by: format!("结算{owner}") })
}

/// As the pharmacies stated it that handed it in.
async fn in_batches(store: &dyn Engine, key: &PaperKey) -> anyhow::Result<Option<Known>> {
    let mut found: Option<Known> = None;
    let mut owners = handed_in(store, &key.code, key.number).await?;
    // What a batch has twice came at once, and is one batch.
    owners.dedup();
    for owner in owners {
        let (pharmacy, batch) = owner.split_once('/').with_context(|| format!("{owner} is no batch"))?;
        let pharmacy: FixmedinsCode = pharmacy.parse()?;
        let kept = store.idem(&batch_key(&pharmacy, batch)).await?;
        let rows = kept.and_then(|kept| parse(std::str::from_utf8(&kept.reply).ok()?));
        let rows = rows.with_context(|| format!("the rows of batch {owner} are not stored"))?;
        let days = rows.iter().filter(|rx| rx.fixmedins_code == key.code && rx.number == key.number);
        let day = days.map(|rx| rx.prsc_date).max().with_context(|| format!("batch {owner} does not have it"))?;
        let batch = Known { prsc_day: day, keepers: vec![pharmacy], by: format!("批次{owner}") };
        found = Some(match found {
            Some(others) => others.and(batch),
            None => batch,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
