//! `bench lifecycle`: 7101, 7102, 7103, 7201, 7204, 7205, 7206, 7207, 2102 over HTTP with SM2 and SM4, durable commits,
//! the load generator on the same cores.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::floor;
use super::load::{Load, Measured, PERSONS_A_CLIENT};
use super::stats::Times;
use crate::beside::open_beside;
use crate::cli::LifecycleArgs;
use crate::ground;
use crate::process::Server;
use crate::region;

/// Where the database is left, so that it can be audited afterwards.
const FOLDER: &str = "var/bench";
const FLOOR_FOLDER: &str = "var/bench/floor";
const FLOOR: Duration = Duration::from_secs(4);

/// `liufang bench lifecycle`
pub async fn run(args: &LifecycleArgs) -> anyhow::Result<bool> {
    let crowd = region::load()?.crowd(u32::try_from(args.clients.max(1) * PERSONS_A_CLIENT)?)?;
    let ground = ground::prepare(&ground::fresh(FOLDER)?, args.database.as_deref(), &crowd).await?;
    let url = ground.database.clone();
    let (config, store_key) = (ground.write_config(&[])?, ground.store_key());
    let server = Server::start(&config).await?;
    let load = Arc::new(Load::new(&ground, crowd, &server.rest_base, args.file_bytes)?);
    let (recorded, _) = load.one_life(0).await?;
    let start_ms = server.started.elapsed().as_secs_f64() * 1_000.0;
    let idle_rss_mb = server.memory_mb("VmRSS")?;
    let measured = load.measure(args.clients, Duration::from_secs(args.seconds.max(1)), &server).await?;
    server.kill().await?;
    let floor = floor::run(&ground::fresh(FLOOR_FOLDER)?, &recorded, args.clients, FLOOR).await?;
    let clean = is_clean(&url, &store_key).await?;
    report(args, measured, &Around { floor, start_ms, idle_rss_mb, clean })?;
    Ok(clean)
}

/// Whether the auditor finds nothing in what a bench wrote; what it finds is told.
pub async fn is_clean(database: &str, store_key: &Path) -> anyhow::Result<bool> {
    let store = open_beside(database, Some(store_key)).await?;
    let audit = lf_testkit::audit::audit(store.as_ref()).await?;
    store.close().await;
    if !audit.passes() {
        eprintln!("{audit}");
    }
    Ok(audit.passes())
}

/// What was found out around the measurement.
struct Around {
    floor: f64,
    start_ms: f64,
    idle_rss_mb: f64,
    clean: bool,
}

/// Calls in a life.
const CALLS: f64 = 9.0;

fn report(args: &LifecycleArgs, mut measured: Measured, around: &Around) -> anyhow::Result<()> {
    let Around { floor, start_ms, idle_rss_mb, clean } = *around;
    let lifecycles_per_s = measured.lives as f64 / measured.seconds;
    let calls: usize = measured.times.values().map(Times::len).sum();
    let calls_per_s = calls as f64 / measured.seconds;
    let mut all = Times::default();
    let mut by_infno = serde_json::Map::new();
    for (infno, times) in &mut measured.times {
        by_infno.insert(
            (*infno).to_owned(),
            json!({ "p50_ms": times.percentile_ms(50), "p99_ms": times.percentile_ms(99) }),
        );
        all.extend(times.clone());
    }
    let result = json!({
        "lifecycles_per_s": lifecycles_per_s,
        "calls_per_s": calls_per_s,
        "floor_ratio": lifecycles_per_s / floor,
        "floor_lifecycles_per_s": floor,
        "floor_calls_per_s": floor * CALLS,
        "server_cpu_ms_per_call": measured.server_cpu_ms / calls.max(1) as f64,
        "p50_ms": all.percentile_ms(50),
        "p99_ms": all.percentile_ms(99),
        "peak_rss_mb": measured.peak_rss_mb,
        "idle_rss_mb": idle_rss_mb,
        "start_to_first_life_ms": start_ms,
        "database": if args.database.is_some() { "postgres" } else { "sqlite" },
        "audit_clean": clean,
        "clients": args.clients,
        "seconds": measured.seconds,
        "file_bytes": args.file_bytes,
        "transactions": by_infno,
    });
    if args.json {
        println!("{}", serde_json::to_string_pretty(&result)?);
        return Ok(());
    }
    println!(
        "{lifecycles_per_s:.1} lifecycles/s, {calls_per_s:.0} calls/s, {:.2} of the floor ({floor:.1} lifecycles/s)",
        lifecycles_per_s / floor
    );
    println!(
        "server {:.3} ms CPU a call, p50 {:.1} ms, p99 {:.1} ms, peak {:.0} MB, idle {:.0} MB, {:.0} ms from start to the end of the first life",
        measured.server_cpu_ms / calls.max(1) as f64,
        all.percentile_ms(50),
        all.percentile_ms(99),
        measured.peak_rss_mb,
        idle_rss_mb,
        start_ms
    );
    for (infno, times) in &mut measured.times {
        println!("  {infno}  p50 {:>7.2} ms  p99 {:>7.2} ms", times.percentile_ms(50), times.percentile_ms(99));
    }
    Ok(())
}
