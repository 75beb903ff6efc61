//! `liufang stock report` and `balance`: what a bureau watches of goods, as files for city, province and country (GX-1.1b, WH-5.9, WH-5.10,
//! JX-1.6b, DG-3.4c).

use std::path::PathBuf;

use anyhow::Context as _;
use lf_center::published::Table;
use lf_center::supervised::{DAYS_MAX, Period, availability, balance, traces, uploads};
use lf_store::Engine;

use super::told;
use crate::cli::{ReportPeriod, StockCommand, StockReport};
use crate::{law_files, publish_cmd};

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

/// The report that a command asks for; `None` where it asks for something else.
pub(super) async fn of(store: &dyn Engine, command: &StockCommand) -> anyhow::Result<Option<Told>> {
    Ok(match command {
        StockCommand::Report { report, area, period, .. } => {
            let (days, law) = (days(period)?, law_files::load(None)?);
            let table = match report {
                StockReport::Availability => availability(store, *area, days).await,
                StockReport::Uploads => uploads(store, &law, *area, days).await,
                StockReport::Traces => traces(store, *area, days).await,
            };
            let table = table.map_err(told)?;
            let alert = table.columns.iter().position(|(field, _)| *field == "alert");
            let alerted = |row: &Vec<String>| alert.and_then(|at| row.get(at)).is_some_and(|cell| !cell.is_empty());
            let good = !table.rows.iter().any(alerted);
            Some(Told { table, out: period.out.clone(), good })
        }
        StockCommand::Balance { institution, period, .. } => {
            let (table, good) = balance(store, institution, days(period)?).await.map_err(told)?;
            Some(Told { table, out: period.out.clone(), good })
        }
        _ => None,
    })
}

fn days(period: &ReportPeriod) -> anyhow::Result<Period> {
    Period::new(period.from, period.to).with_context(|| format!("from the first day to the last, at most {DAYS_MAX}"))
}
