//! `bench growth`: whether a center slows down as its store fills. Two stores stand beside each other, one with `--base`
//! prescriptions and one with `--stored`, and the same load goes to them in turn.
//!
//! In turn, not first the one and then the other, because on a shared machine an hour makes more difference than a
//! million rows. The stores are filled through the port with lives cast from a real one (`mould.rs`). Persons of the load
//! have a long history in both. Only a sample is audited: the auditor's one pass over a million takes longer than all this.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::load::Measured;
use super::site::{Fill, Kept, Site};
use super::stats::{Times, median};
use crate::cli::GrowthArgs;

/// Where the stores are made.
const FOLDERS: [&str; 2] = ["var/bench/growth/base", "var/bench/growth/stored"];
/// How much slower the fuller store may answer.
const RATIO_MAX: f64 = 1.5;
/// Prescriptions of the sample.
const SAMPLE: u64 = 500;

/// `liufang bench growth`
pub async fn run(args: &GrowthArgs) -> anyhow::Result<bool> {
    ensure!(args.base > 0 && args.stored >= args.base, "--stored must not be below --base, nor --base be 0");
    let sizes = [args.base, args.stored];
    let databases = [args.base_database.as_deref(), args.database.as_deref()];
    let mut sites = Vec::new();
    for ((folder, size), database) in FOLDERS.into_iter().zip(sizes).zip(databases) {
        let (clients, file_bytes) = (args.clients.max(1), args.file_bytes);
        let site = Site::fill(Fill { folder, size, database, clients, file_bytes, kept: Kept::Lives }).await?;
        eprintln!("{}", site.filled);
        sites.push(site);
    }
    let mut rounds: [Vec<Round>; 2] = [Vec::new(), Vec::new()];
    for number in 0..args.rounds.max(1) {
        for at in turns(number) {
            let Site { load, server, .. } = &sites[at];
            let measured = load.measure(args.clients, Duration::from_secs(args.seconds.max(1)), server).await?;
            rounds[at].push(Round::of(measured));
        }
    }
    let mut differences = 0;
    for site in sites {
        differences += site.end(SAMPLE).await?;
    }
    let [base, stored] = &rounds;
    let report = report(args, base, stored, differences)?;
    Ok(report.p99_ratio <= RATIO_MAX && differences == 0)
}

/// Which store is measured first, alternately, so that neither always follows the other.
fn turns(round: usize) -> [usize; 2] {
    if round.is_multiple_of(2) { [0, 1] } else { [1, 0] }
}

/// Percentiles of one round: of all calls under `""`, and of each transaction.
struct Round {
    lives_per_s: f64,
    by_infno: BTreeMap<&'static str, (f64, f64)>,
}

impl Round {
    fn of(mut measured: Measured) -> Self {
        let mut all = Times::default();
        let mut by_infno = BTreeMap::new();
        for (infno, times) in &mut measured.times {
            by_infno.insert(*infno, (times.percentile_ms(50), times.percentile_ms(99)));
            all.extend(times.clone());
        }
        by_infno.insert("", (all.percentile_ms(50), all.percentile_ms(99)));
        Self { lives_per_s: measured.lives as f64 / measured.seconds, by_infno }
    }
}

/// The medians of the rounds: p50 and p99.
fn medians(rounds: &[Round], infno: &str) -> (f64, f64) {
    let of =
        |pick: fn(&(f64, f64)) -> f64| median(rounds.iter().filter_map(|round| round.by_infno.get(infno)).map(pick));
    (of(|both| both.0), of(|both| both.1))
}

struct Report {
    p99_ratio: f64,
}

fn report(args: &GrowthArgs, base: &[Round], stored: &[Round], differences: u64) -> anyhow::Result<Report> {
    let ratio = |few: f64, many: f64| if few > 0.0 { many / few } else { f64::INFINITY };
    let infnos: Vec<&'static str> = base.iter().flat_map(|round| round.by_infno.keys().copied()).collect();
    let rows: BTreeMap<&'static str, _> =
        infnos.into_iter().map(|infno| (infno, (medians(base, infno), medians(stored, infno)))).collect();
    let ((base_p50, base_p99), (stored_p50, stored_p99)) = rows.get("").copied().context("nothing was measured")?;
    let p99_ratio = ratio(base_p99, stored_p99);
    if args.json {
        let of = |(few, many): &((f64, f64), (f64, f64))| {
            json!({
                "base_p50_ms": few.0, "base_p99_ms": few.1, "stored_p50_ms": many.0, "stored_p99_ms": many.1,
                "p50_ratio": ratio(few.0, many.0), "p99_ratio": ratio(few.1, many.1),
            })
        };
        let lives = |rounds: &[Round]| median(rounds.iter().map(|round| round.lives_per_s));
        let transactions: serde_json::Map<String, _> = rows
            .iter()
            .filter(|(infno, _)| !infno.is_empty())
            .map(|(infno, row)| ((*infno).to_owned(), of(row)))
            .collect();
        let result = json!({
            "base": args.base, "stored": args.stored, "rounds": base.len(), "seconds": args.seconds,
            "clients": args.clients, "p50_ratio": ratio(base_p50, stored_p50), "p99_ratio": p99_ratio,
            "all": rows.get("").map(of), "base_lives_per_s": lives(base), "stored_lives_per_s": lives(stored),
            "transactions": transactions, "sample_differences": differences,
        });
        println!("{}", serde_json::to_string_pretty(&result)?);
        return Ok(Report { p99_ratio });
    }
    println!("{:<5} {:>22}   {:>22}   ratio", "", args.base, args.stored);
    for (infno, ((p50, p99), (many_p50, many_p99))) in &rows {
        let name = if infno.is_empty() { "all" } else { infno };
        println!(
            "{name:<5} p50 {p50:>6.2} p99 {p99:>7.2}   p50 {many_p50:>6.2} p99 {many_p99:>7.2}   p50 {:.2} p99 {:.2}",
            ratio(*p50, *many_p50),
            ratio(*p99, *many_p99)
        );
    }
    println!(
        "p99 with {} stored is {p99_ratio:.2} of that with {} (at most {RATIO_MAX}); medians of {} rounds, ms",
        args.stored,
        args.base,
        base.len()
    );
    println!("sample of the stored lives: {differences} differences; the whole was not audited");
    Ok(Report { p99_ratio })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_store_always_follows_the_other() {
        assert_eq!([0, 1, 2].map(turns), [[0, 1], [1, 0], [0, 1]]);
    }

    #[test]
    fn the_medians_are_of_rounds_not_of_calls() {
        let round = |p99: f64| Round { lives_per_s: 1.0, by_infno: BTreeMap::from([("", (1.0, p99))]) };
        assert_eq!(medians(&[round(9.0), round(2.0), round(3.0)], ""), (1.0, 3.0));
    }
}
