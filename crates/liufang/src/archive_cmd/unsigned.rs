//! `liufang archive unsigned`: settlements that stand without the pair that the person signed. Serves JX-3.6.

use anyhow::bail;
use lf_ports::Setl;
use lf_rx::State;
use lf_store::Engine;
use lf_vocab::{Day, FixmedinsCode, FixmedinsKind};

use super::registered;
use crate::scans::for_each_setl_of;

/// `archive unsigned`: every settlement that stands without its signed pair is a finding (JX-3.6).
pub async fn unsigned(store: &dyn Engine, code: &FixmedinsCode, days: (Day, Day)) -> anyhow::Result<bool> {
    if code.kind() != FixmedinsKind::Pharmacy {
        bail!("{code} is no pharmacy: settlements are of pharmacies");
    }
    if days.0 >= days.1 {
        bail!("--until must lie after --from");
    }
    registered(store, code).await?;
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
    async fn of(store: &dyn Engine, code: &FixmedinsCode, days: (Day, Day)) -> anyhow::Result<Self> {
        let mut told = Self::default();
        for_each_setl_of(store, code, days, async |setl| match setl.refd_setl_id {
            None => told.meet(store, &setl).await,
            Some(_) => Ok(()),
        })
        .await?;
        Ok(told)
    }

    async fn meet(&mut self, store: &dyn Engine, setl: &Setl) -> anyhow::Result<()> {
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

#[cfg(test)]
mod tests;
