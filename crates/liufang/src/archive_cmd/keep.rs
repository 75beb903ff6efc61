//! `liufang archive keep`: until when a prescription must be kept, and by which provisions. Serves HB-1.16, HB-2.6 and GX-3.7.

mod paper;

use std::collections::BTreeMap;

use anyhow::Context as _;
use lf_center::grants::of_place;
use lf_center::retain::{Kept, keep_until};
use lf_law::{Grant, Law};
use lf_rx::Refused as _;
use lf_store::Engine;
use lf_vocab::{Admdvs, Day, FixmedinsCode, HiRxno};

use super::parts;
use crate::words::in_words;
pub use paper::PaperKey;

/// What may be destroyed or not.
pub enum Asked {
    /// A prescription of the center.
    Rx(HiRxno),
    /// A paper, with its class where it was told.
    Paper(PaperKey, Option<String>),
}

/// `archive keep`: whether it may be destroyed on a day.
pub async fn keep(store: &dyn Engine, law: &Law, asked: &Asked, on: Day) -> anyhow::Result<bool> {
    let kept = match asked {
        Asked::Rx(hi_rxno) => rx(store, law, hi_rxno).await?,
        Asked::Paper(key, class) => paper::kept(store, law, key, class.as_deref()).await?,
    };
    println!("保存至 {}（至少{}年），依据 {}", kept.until, kept.years, kept.by.join("、"));
    match kept.may_destroy(on) {
        Ok(()) => Ok(true),
        Err(refusal) => {
            println!("{} {refusal}", refusal.code());
            Ok(false)
        }
    }
}

async fn rx(store: &dyn Engine, law: &Law, hi_rxno: &HiRxno) -> anyhow::Result<Kept> {
    let rx = store.rx(hi_rxno).await?.with_context(|| format!("no prescription {hi_rxno}"))?;
    let class = parts::rx_type_code(store, &rx).await?;
    let keepers = std::iter::once(&rx.opened.fixmedins_code).chain(rx.state.pharmacy());
    let mut places = vec![hi_rxno.poolarea_no()];
    places.extend(places_of(store, keepers).await?);
    Terms::new(store, law).of((rx.opened.prsc_time.day(), &class), &places).await
}

/// Where institutions are that are registered.
async fn places_of(
    store: &dyn Engine,
    keepers: impl IntoIterator<Item = &FixmedinsCode>,
) -> anyhow::Result<Vec<Admdvs>> {
    let mut places = Vec::new();
    for code in keepers {
        places.extend(store.fixmedins(code).await?.map(|keeper| keeper.poolarea_no));
    }
    Ok(places)
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

    /// What was prescribed on a day, of a class, by the law of each place that it concerns: whichever is longer.
    pub async fn of(&mut self, (prsc_day, class): (Day, &str), places: &[Admdvs]) -> anyhow::Result<Kept> {
        let mut longest: Option<Kept> = None;
        for place in places {
            if !self.grants.contains_key(place) {
                self.grants.insert(*place, of_place(self.store, self.law, *place).await?);
            }
            let grants = self.grants.get(place).map_or(&[][..], Vec::as_slice);
            let kept = keep_until(self.law, (*place, grants), prsc_day, class).map_err(in_words)?;
            longest = Some(match longest {
                Some(other) => other.or_longer(kept),
                None => kept,
            });
        }
        longest.context("no place was asked")
    }
}
