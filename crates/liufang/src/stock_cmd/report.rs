//! `liufang stock report` and `balance`: what a bureau watches of goods, as files for city, province and country (GX-1.1b, WH-5.9, WH-5.10,
//! JX-1.6b, DG-3.4c).

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use lf_center::outlist::outlist;
use lf_center::published::Table;
use lf_center::supervised::{DAYS_MAX, Period, availability, balance, listing, no_prod, traces, uploads};
use lf_law::Law;
use lf_store::Engine;
use lf_vocab::{Admdvs, Day, FixmedinsCode};

use super::registered;
use crate::cli::{ReportPeriod, StockReport};
use crate::publish_cmd;
use crate::words::in_words;

/// A report, where it goes, and whether all is well.
pub(super) struct Told {
    table: Table,
    out: Option<PathBuf>,
    good: bool,
}

impl Told {
    /// Writes it.
    pub(super) fn show(&self, json: bool) -> anyhow::Result<bool> {
        publish_cmd::out(&self.table, self.out.as_deref(), json)?;
        Ok(self.good)
    }
}

/// `stock report`: all is well where no row has an alert.
pub(super) async fn report(
    store: &dyn Engine,
    law: &Law,
    report: StockReport,
    area: Admdvs,
    (period, today): (&ReportPeriod, Day),
) -> anyhow::Result<Told> {
    let days = days(period, today)?;
    let table = match report {
        StockReport::Availability => availability(store, area, days).await,
        StockReport::NoProd => no_prod(store, area, days).await,
        StockReport::Listing => listing(store, law, area, days).await,
        StockReport::Uploads => uploads(store, law, area, days).await,
        StockReport::Traces => traces(store, area, days).await,
    };
    let table = table.map_err(in_words)?;
    let alert = table.columns.iter().position(|(field, _)| *field == "alert");
    let alerted = |row: &Vec<String>| alert.and_then(|at| row.get(at)).is_some_and(|cell| !cell.is_empty());
    let good = !table.rows.iter().any(alerted);
    Ok(Told { table, out: period.out.clone(), good })
}

/// `stock balance`: all is well where the sums agree with the ledger.
pub(super) async fn balanced(
    store: &dyn Engine,
    institution: &FixmedinsCode,
    (period, today): (&ReportPeriod, Day),
) -> anyhow::Result<Told> {
    registered(store, institution).await?;
    let balance = balance(store, institution, days(period, today)?).await;
    let (table, good) = balance.map_err(in_words)?;
    Ok(Told { table, out: period.out.clone(), good })
}

/// `stock out-list`: all is well where every code is valid, and the last upload no older than the operator wants.
pub(super) async fn outlisted(
    store: &dyn Engine,
    institution: &FixmedinsCode,
    (on, age_days): (Day, Option<i32>),
    out: Option<PathBuf>,
) -> anyhow::Result<Told> {
    let told = outlist(store, institution, on).await.map_err(in_words)?;
    for note in &told.table.notes {
        eprintln!("{note}");
    }
    let fresh = age_days.is_none_or(|most| told.age_days.is_some_and(|days| days <= most));
    Ok(Told { table: told.table, out, good: told.invalid == 0 && fresh })
}

fn days(period: &ReportPeriod, today: Day) -> anyhow::Result<Period> {
    // A day that has not come would be told as one without an upload.
    if period.to > today {
        bail!("--to: {} is still to come", period.to);
    }
    Period::new(period.from, period.to).with_context(|| format!("from the first day to the last, at most {DAYS_MAX}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_ends_today_at_the_latest() {
        let today: Day = "2026-11-22".parse().unwrap();
        let asked = |to| days(&ReportPeriod { from: today.plus(-1), to, out: None }, today);
        assert_eq!(asked(today).unwrap().to, today);
        assert_eq!(asked(today.plus(1)).unwrap_err().to_string(), "--to: 2026-11-23 is still to come");
    }
}
