//! `bench pdf`: the prescription and the settlement sheet of a life that was lived over HTTP, drawn on every size of paper,
//! on one core.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::time::{Duration, Instant};

use anyhow::Context as _;
use lf_paper::{Paper, Size};
use lf_ports::Clock as _;
use serde_json::json;

use super::load::{Load, PERSONS_A_CLIENT};
use super::stats::Times;
use crate::beside::open_beside;
use crate::config::Config;
use crate::edge::SystemClock;
use crate::ground;
use crate::paper_cmd::{Printable, SetlPrintable, face};
use crate::process::Server;
use crate::region;

const FOLDER: &str = "var/bench/pdf";
/// What a page may take.
const AIM_MS: f64 = 15.0;

/// `liufang bench pdf`: exit 1 beyond the aim.
pub async fn run(as_json: bool, seconds: u64) -> anyhow::Result<bool> {
    let face = face(&Config::read(None)?.paper_fonts)?;
    let crowd = region::load()?.crowd(u32::try_from(PERSONS_A_CLIENT)?)?;
    let ground = ground::prepare(&ground::fresh(FOLDER)?, None, &crowd).await?;
    let server = Server::start(&ground.write_config(&[])?).await?;
    let (_, lived) = Load::new(&ground, crowd, &server.rest_base, 20_480)?.one_life(0).await?;
    server.kill().await?;
    let store = open_beside(&ground.database, Some(&ground.store_key())).await?;
    let hi_rxno = lived.hi_rxno.parse()?;
    let rx = Printable::load(store.as_ref(), &hi_rxno).await?.context("the life is not stored")?;
    let setl = SetlPrintable::of_rx(store.as_ref(), &hi_rxno, false).await?.context("the life was not settled")?;
    store.close().await;
    let printed = SystemClock.now();
    let time = Duration::from_secs(seconds.max(1)) / 6;
    let mut rows = Vec::new();
    let mut slowest: f64 = 0.0;
    for size in Size::ALL {
        let prescription = || rx.prescription(size, &face, printed);
        let settlement = || setl.settlement(size, &face, printed);
        let kinds: [(&str, &dyn Fn() -> anyhow::Result<Paper>); 2] =
            [("prescription", &prescription), ("settlement", &settlement)];
        for (kind, draw) in kinds {
            let (mut times, bytes) = measure(time, draw)?;
            let (p50, p99) = (times.percentile_ms(50), times.percentile_ms(99));
            slowest = slowest.max(p50);
            rows.push(json!({ "paper": kind, "size": size.word(), "p50_ms": p50, "p99_ms": p99, "bytes": bytes, "drawn": times.len() }));
        }
    }
    let passes = slowest < AIM_MS;
    let result = json!({ "papers": rows, "slowest_p50_ms": slowest, "aim_ms": AIM_MS, "passes": passes });
    if as_json {
        println!("{}", serde_json::to_string_pretty(&result)?);
        return Ok(passes);
    }
    for row in &rows {
        println!(
            "{:<13} {:<5} p50 {:>6.2} ms  p99 {:>6.2} ms  {} bytes",
            row["paper"].as_str().unwrap_or_default(),
            row["size"].as_str().unwrap_or_default(),
            row["p50_ms"].as_f64().unwrap_or_default(),
            row["p99_ms"].as_f64().unwrap_or_default(),
            row["bytes"]
        );
    }
    println!("slowest median {slowest:.2} ms, aim < {AIM_MS} ms");
    Ok(passes)
}

#[allow(clippy::disallowed_methods, reason = "the bench measures time")]
fn measure(time: Duration, draw: &dyn Fn() -> anyhow::Result<Paper>) -> anyhow::Result<(Times, usize)> {
    let mut times = Times::default();
    let began = Instant::now();
    let mut bytes = draw()?.pdf.len();
    while began.elapsed() < time {
        let start = Instant::now();
        bytes = std::hint::black_box(draw()?).pdf.len();
        times.push(start.elapsed().as_micros());
    }
    Ok((times, bytes))
}
