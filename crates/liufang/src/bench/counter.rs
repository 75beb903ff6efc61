//! `bench counter`: 2102 over HTTP with SM2 and SM4 at a fixed rate, on a store with few settlements and on one with many, in
//! turns; what the tills sell before is not measured.
//!
//! Invariants: a settlement is sent when its time has come, whether or not earlier ones were answered, and its time counts
//! from then, so that a center that stands still is seen; the client's own work is included. The floor is what nobody can
//! leave out of one 2102: both ends' SM2, SM3 and SM4 and one durable commit, one after another (`floor.rs`).

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::floor;
use super::load::{Load, PERSONS_A_CLIENT, Sold};
use super::site::{Fill, Kept, Site};
use super::stats::{Times, median};
use crate::cli::CounterBenchArgs;
use crate::ground;

/// Where the stores are made.
const FOLDERS: [&str; 2] = ["var/bench/counter/base", "var/bench/counter/stored"];
const FLOOR_FOLDER: &str = "var/bench/counter/floor";
const FLOOR: Duration = Duration::from_secs(2);
/// Tills that sell before they settle.
const TILLS: usize = 32;
/// Bytes of the load's prescription file.
const FILE_BYTES: usize = 1_024;
/// What a settlement may take, in milliseconds.
const P99_MAX_MS: f64 = 25.0;
/// How much slower the fuller store may answer.
const RATIO_MAX: f64 = 1.5;

/// p50 and p99 of one round, in milliseconds.
type Round = (f64, f64);

/// `liufang bench counter`
pub async fn run(args: &CounterBenchArgs) -> anyhow::Result<bool> {
    ensure!(args.base > 0 && args.stored >= args.base, "--stored must not be below --base, nor --base be 0");
    let mut sites = Vec::new();
    for (folder, size) in FOLDERS.into_iter().zip([args.base, args.stored]) {
        let how =
            Fill { folder, size, database: None, clients: TILLS, file_bytes: FILE_BYTES, kept: Kept::Settlements };
        let site = Site::fill(how).await?;
        eprintln!("{}", site.filled);
        sites.push(site);
    }
    let load = &sites[0].load;
    let recorded = load.settle_recorded(&load.sold(0).await?).await?;
    let floor_ms = 1_000.0 / floor::run(&ground::fresh(FLOOR_FOLDER)?, &recorded, 1, FLOOR).await?;
    let mut rounds: [Vec<Round>; 2] = [Vec::new(), Vec::new()];
    for number in 0..args.rounds.max(1) {
        // Neither always follows the other.
        for at in if number.is_multiple_of(2) { [0, 1] } else { [1, 0] } {
            rounds[at].push(round(&sites[at].load, args).await?);
        }
    }
    for site in sites {
        site.server.kill().await?;
    }
    report(args, &rounds, floor_ms)
}

async fn round(load: &Arc<Load>, args: &CounterBenchArgs) -> anyhow::Result<Round> {
    let wanted = usize::try_from(u64::from(args.rate) * args.seconds.max(1))?;
    let sold = sell(load, wanted).await?;
    let begun = Instant::now() + Duration::from_millis(50);
    let mut tasks = Vec::with_capacity(wanted);
    for (sold, nth) in sold.into_iter().zip(0u32..) {
        let due = begun + Duration::from_secs(1) * nth / args.rate;
        tokio::time::sleep_until(due.into()).await;
        let load = load.clone();
        tasks.push(tokio::spawn(async move {
            load.settle(&sold).await?;
            anyhow::Ok(due.elapsed().as_micros())
        }));
    }
    let mut times = Times::default();
    for task in tasks {
        times.push(task.await??);
    }
    Ok((times.percentile_ms(50), times.percentile_ms(99)))
}

/// So many prescriptions up to their sale, by all tills at once.
async fn sell(load: &Arc<Load>, wanted: usize) -> anyhow::Result<Vec<Sold>> {
    let tills: Vec<_> = (0..TILLS)
        .map(|till| {
            let load = load.clone();
            tokio::spawn(async move {
                let mut sold = Vec::new();
                for nth in (till..wanted).step_by(TILLS) {
                    sold.push(load.sold(till * PERSONS_A_CLIENT + nth / TILLS % PERSONS_A_CLIENT).await?);
                }
                anyhow::Ok(sold)
            })
        })
        .collect();
    let mut by_till = Vec::with_capacity(TILLS);
    for till in tills {
        by_till.push(till.await??.into_iter());
    }
    // By turns of the tills, so that one person's settlements do not follow each other.
    let mut all = Vec::with_capacity(wanted);
    while all.len() < wanted {
        let before = all.len();
        all.extend(by_till.iter_mut().filter_map(Iterator::next));
        ensure!(all.len() > before, "fewer sales than wanted");
    }
    Ok(all)
}

fn report(args: &CounterBenchArgs, rounds: &[Vec<Round>; 2], floor_ms: f64) -> anyhow::Result<bool> {
    let medians = |rounds: &[Round]| (median(rounds.iter().map(|of| of.0)), median(rounds.iter().map(|of| of.1)));
    let [(base_p50, base_p99), (stored_p50, stored_p99)] = [medians(&rounds[0]), medians(&rounds[1])];
    ensure!(base_p99 > 0.0 && floor_ms > 0.0, "nothing was measured");
    let ratio = stored_p99 / base_p99;
    if args.json {
        let result = json!({
            "base": args.base, "stored": args.stored, "rate_per_s": args.rate, "seconds": args.seconds,
            "rounds": args.rounds.max(1), "base_p50_ms": base_p50, "base_p99_ms": base_p99, "stored_p50_ms": stored_p50,
            "stored_p99_ms": stored_p99, "p99_ratio": ratio, "floor_ms": floor_ms,
            "p50_to_floor": stored_p50 / floor_ms, "database": "sqlite",
        });
        println!("{}", serde_json::to_string_pretty(&result).context("the report")?);
    } else {
        println!("2102 at {}/s over HTTP, medians of {} rounds of {} s", args.rate, args.rounds.max(1), args.seconds);
        for (size, p50, p99) in [(args.base, base_p50, base_p99), (args.stored, stored_p50, stored_p99)] {
            println!("{size:>9} settlements stored: p50 {p50:.1} ms, p99 {p99:.1} ms (below {P99_MAX_MS:.0})");
        }
        println!(
            "p99 grows by {ratio:.2} (at most {RATIO_MAX}); p50 is {:.1} of the floor's {floor_ms:.1} ms",
            stored_p50 / floor_ms
        );
    }
    Ok(stored_p99 < P99_MAX_MS && base_p99 < P99_MAX_MS && ratio <= RATIO_MAX)
}
