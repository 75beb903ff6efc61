//! `liufang publish`: prices (DG-4.3), the 单独支付 drugs (WH-1.3) and their pharmacies (WH-6.8) as files for website, 公众号 and 小程序.
//!
//! Works on the database, beside a running center, and changes nothing. Invariant: a file is whole or not there.

use std::path::Path;

use anyhow::{Context as _, bail};
use lf_center::published::{Table, prices, spay_drugs, spay_pharmacies};
use lf_http::table::{Form, written};
use lf_ports::Clock as _;

use crate::beside::with_law;
use crate::cli::{PublishArgs, Published};
use crate::edge::SystemClock;
use crate::words::in_words;

/// `liufang publish …`
pub async fn run(args: &PublishArgs) -> anyhow::Result<bool> {
    let today = SystemClock.now().day();
    let table = with_law(&args.place.lawful, async |store, law| {
        let found = match args.table {
            Published::Prices => prices(store.as_ref(), law, args.pool, args.date.unwrap_or(today.plus(-1))).await,
            Published::SpayDrugs => spay_drugs(store.as_ref(), args.pool, args.date.unwrap_or(today)).await,
            Published::SpayPharmacies => spay_pharmacies(store.as_ref(), args.pool, args.date.unwrap_or(today)).await,
        };
        found.map_err(in_words)
    });
    let table = table.await?;
    out(&table, args.out.as_deref(), args.place.json)?;
    Ok(!table.rows.is_empty())
}

/// Writes a table to a file or to standard output.
pub fn out(table: &Table, file: Option<&Path>, json: bool) -> anyhow::Result<()> {
    let Some(file) = file else {
        print!("{}", written(table, if json { Form::Json } else { Form::Csv }));
        return Ok(());
    };
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let Some(form) = Form::of_ending(ending) else { bail!("{}: the ending is .csv, .json or .html", file.display()) };
    let beside = file.with_extension(format!("{ending}.part"));
    std::fs::write(&beside, written(table, form)).with_context(|| format!("cannot write {}", beside.display()))?;
    std::fs::rename(&beside, file).with_context(|| format!("cannot write {}", file.display()))?;
    println!("{}: {} rows", file.display(), table.rows.len());
    Ok(())
}
