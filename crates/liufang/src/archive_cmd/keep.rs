//! `liufang archive keep`: until when a prescription must be kept, and by which provisions. Serves HB-1.16 and GX-3.7.

use std::collections::BTreeMap;

use anyhow::Context as _;
use lf_center::grants::of_place;
use lf_center::retain::{Kept, keep_until};
use lf_law::{Grant, Law};
use lf_rx::Prescription;
use lf_store::Engine;
use lf_vocab::{Admdvs, Day, HiRxno};

use super::parts;

/// `archive keep`: whether the prescription may be destroyed on a day.
pub async fn keep(store: &dyn Engine, law: &Law, hi_rxno: &HiRxno, on: Day) -> anyhow::Result<bool> {
    let Some(rx) = store.rx(hi_rxno).await? else {
        eprintln!("no prescription {hi_rxno}");
        return Ok(false);
    };
    let class = parts::rx_type_code(store, &rx).await?;
    let mut keepers = Vec::new();
    for code in std::iter::once(&rx.opened.fixmedins_code).chain(rx.state.pharmacy()) {
        keepers.extend(store.fixmedins(code).await?.map(|keeper| keeper.poolarea_no));
    }
    let kept = Terms::new(store, law).of(&rx, &class, &keepers).await?;
    println!("保存至 {}（至少{}年），依据 {}", kept.until, kept.years, kept.by.join("、"));
    match kept.may_destroy(on) {
        Ok(()) => Ok(true),
        Err(refusal) => {
            println!("{refusal}");
            Ok(false)
        }
    }
}

/// Until when records are kept, with the grants of each place read once.
pub struct Terms<'t> {
    store: &'t dyn Engine,
    law: &'t Law,
    grants: BTreeMap<Admdvs, Vec<Grant>>,
}

impl<'t> Terms<'t> {
    /// None read yet.
    pub fn new(store: &'t dyn Engine, law: &'t Law) -> Self {
        Self { store, law, grants: BTreeMap::new() }
    }

    /// By the law of the prescription's place and by that of its keepers: whichever is longer.
    pub async fn of(&mut self, rx: &Prescription, class: &str, keepers: &[Admdvs]) -> anyhow::Result<Kept> {
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
