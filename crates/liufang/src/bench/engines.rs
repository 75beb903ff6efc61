//! `bench lifecycle --cluster`: the same load on SQLite and on PostgreSQL in turns, because on a shared machine a minute can
//! make more difference than the database.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::lifecycle::is_clean;
use super::load::{Load, Measured, PERSONS_A_CLIENT};
use super::stats::{Times, median};
use crate::cli::LifecycleArgs;
use crate::cluster::Cluster;
use crate::ground;
use crate::process::Server;
use crate::region;

const NAMES: [&str; 2] = ["sqlite", "postgres"];
/// Where the databases are left.
const FOLDERS: [&str; 2] = ["var/bench/sqlite", "var/bench/postgres"];
const TURNS: [usize; 6] = [0, 1, 1, 0, 0, 1];
/// What PostgreSQL must reach of the lives a second of SQLite.
const RATIO_MIN: f64 = 0.7;

/// `liufang bench lifecycle --cluster`
pub async fn run(args: &LifecycleArgs) -> anyhow::Result<bool> {
    let cluster = Cluster::start(Path::new(FOLDERS[1])).await?;
    let url = cluster.url();
    let sides = [Side::start(FOLDERS[0], None, args).await?, Side::start(FOLDERS[1], Some(&url), args).await?];
    let mut rounds: [Vec<Round>; 2] = [Vec::new(), Vec::new()];
    for at in TURNS {
        rounds[at].push(Round::of(sides[at].measure(args).await?));
    }
    let mut clean = true;
    for side in sides {
        clean &= side.end().await?;
    }
    cluster.stop().await?;
    Ok(report(args, &rounds, clean)? >= RATIO_MIN && clean)
}

/// A center on one of the two.
struct Side {
    database: String,
    store_key: std::path::PathBuf,
    server: Server,
    load: Arc<Load>,
}

impl Side {
    async fn start(folder: &str, database: Option<&str>, args: &LifecycleArgs) -> anyhow::Result<Self> {
        let crowd = region::load()?.crowd(u32::try_from(args.clients.max(1) * PERSONS_A_CLIENT)?)?;
        let ground = ground::prepare(&ground::fresh(folder)?, database, &crowd).await?;
        let server = Server::start(&ground.write_config(&[])?).await?;
        let load = Arc::new(Load::new(&ground, crowd, &server.rest_base, args.file_bytes)?);
        Ok(Self { store_key: ground.store_key(), database: ground.database, server, load })
    }

    async fn measure(&self, args: &LifecycleArgs) -> anyhow::Result<Measured> {
        self.load.measure(args.clients, Duration::from_secs(args.seconds.max(1)), &self.server).await
    }

    /// Ends the center. Whether the auditor finds nothing in what it wrote.
    async fn end(self) -> anyhow::Result<bool> {
        self.server.kill().await?;
        is_clean(&self.database, &self.store_key).await
    }
}

/// What one turn came to.
#[derive(Clone, Copy)]
struct Round {
    lives_per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_ms: f64,
}

impl Round {
    fn of(measured: Measured) -> Self {
        let mut all = Times::default();
        measured.times.into_values().for_each(|times| all.extend(times));
        Self {
            lives_per_s: measured.lives as f64 / measured.seconds,
            cpu_ms: measured.server_cpu_ms / all.len().max(1) as f64,
            p50_ms: all.percentile_ms(50),
            p99_ms: all.percentile_ms(99),
        }
    }

    /// The median of each figure.
    fn median_of(rounds: &[Self]) -> Self {
        let of = |pick: fn(&Self) -> f64| median(rounds.iter().map(pick));
        Self {
            lives_per_s: of(|round| round.lives_per_s),
            p50_ms: of(|round| round.p50_ms),
            p99_ms: of(|round| round.p99_ms),
            cpu_ms: of(|round| round.cpu_ms),
        }
    }
}

/// Prints what was found; answers the ratio.
fn report(args: &LifecycleArgs, rounds: &[Vec<Round>; 2], clean: bool) -> anyhow::Result<f64> {
    let medians = rounds.each_ref().map(|rounds| Round::median_of(rounds));
    let ratio = medians[1].lives_per_s / medians[0].lives_per_s;
    if args.json {
        let mut result = json!({
            "postgres_ratio": ratio, "ratio_min": RATIO_MIN, "audit_clean": clean,
            "rounds": rounds[0].len(), "seconds": args.seconds, "clients": args.clients, "file_bytes": args.file_bytes,
        });
        for (name, figures) in NAMES.into_iter().zip(medians) {
            result[name] = json!({
                "lifecycles_per_s": figures.lives_per_s, "p50_ms": figures.p50_ms, "p99_ms": figures.p99_ms,
                "server_cpu_ms_per_call": figures.cpu_ms,
            });
        }
        println!("{}", serde_json::to_string_pretty(&result)?);
        return Ok(ratio);
    }
    println!(
        "PostgreSQL reaches {ratio:.2} of the lives of SQLite (at least {RATIO_MIN}); medians of {} turns",
        rounds[0].len()
    );
    for (name, Round { lives_per_s, p50_ms, p99_ms, cpu_ms }) in NAMES.into_iter().zip(medians) {
        println!(
            "  {name:<8}  {lives_per_s:>6.1} lifecycles/s  p50 {p50_ms:>6.1} ms  p99 {p99_ms:>6.1} ms  server {cpu_ms:.3} ms CPU a call"
        );
    }
    Ok(ratio)
}
