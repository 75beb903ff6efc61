//! `bench stock`: 3505A over HTTP with SM2 and SM4, every line a box of its own sold from its lot, durable commits on SQLite,
//! the load generator on the same cores.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use lf_ports::Clock as _;
use lf_vocab::{FixmedinsKind, Moment};
use lf_wire::client::Dialect;
use serde_json::{Value, json};

use super::lifecycle::is_clean;
use super::stats::Times;
use crate::cli::StockArgs;
use crate::client::{AppClient, http};
use crate::edge::SystemClock;
use crate::ground;
use crate::process::Server;

/// Where the database is left, so that it can be audited afterwards.
const FOLDER: &str = "var/bench/stock";
/// Packs bought of each lot, more than any run sells.
const BOUGHT: &str = "9999999";

/// One client's doing.
struct Worker {
    client: AppClient,
    lot: String,
    rows: usize,
    sold: usize,
    batches: usize,
}

/// `liufang bench stock`
pub async fn run(args: &StockArgs) -> anyhow::Result<bool> {
    let ground = ground::prepare(&ground::fresh(FOLDER)?, None, &[]).await?;
    let server = Server::start(&ground.write_config(&[])?).await?;
    let pharmacy = ground.region.of_kind(FixmedinsKind::Pharmacy).next().context("the region has no pharmacy")?;
    let pharmacy = &pharmacy.fixmedins.fixmedins_code;
    let shared = http();
    let mut workers = Vec::new();
    for at in 0..args.clients.max(1) {
        let client = ground.client(pharmacy, &shared, &server.rest_base, Dialect::Official)?;
        let lot = format!("BENCH{at:04}");
        let mut worker = Worker { client, lot, rows: args.rows.max(1), sold: 0, batches: 0 };
        worker.buy().await?;
        workers.push(worker);
    }
    let until = Instant::now() + Duration::from_secs(args.seconds.max(1));
    let started = Instant::now();
    let cpu = server.cpu_ms()?;
    let tasks: Vec<_> = workers.into_iter().map(|worker| tokio::spawn(worker.sell_until(until))).collect();
    let (mut lines, mut times) = (0, Times::default());
    for task in tasks {
        let (sold, own) = task.await??;
        lines += sold;
        times.extend(own);
    }
    let seconds = started.elapsed().as_secs_f64();
    let cpu = server.cpu_ms()? - cpu;
    server.kill().await?;
    // Killed, not stopped: what was acknowledged is in the file, and the auditor adds it up.
    let clean = is_clean(&ground.database, &ground.store_key()).await?;
    let lines_per_s = lines as f64 / seconds;
    let result = json!({
        "lines_per_s": lines_per_s,
        "lines": lines,
        "rows_a_batch": args.rows,
        "clients": args.clients,
        "seconds": seconds,
        "batch_p50_ms": times.percentile_ms(50),
        "batch_p99_ms": times.percentile_ms(99),
        "server_cpu_us_per_line": cpu * 1_000.0 / lines.max(1) as f64,
        "database": "sqlite",
        "audit_clean": clean,
    });
    if args.json {
        println!("{}", serde_json::to_string_pretty(&result)?);
    } else {
        println!(
            "{lines_per_s:.0} lines/s ({lines} in {seconds:.1} s, {} a batch, {} clients), a batch p50 {:.1} ms p99 {:.1} ms, \
             server {:.0} µs CPU a line",
            args.rows,
            args.clients,
            times.percentile_ms(50),
            times.percentile_ms(99),
            cpu * 1_000.0 / lines.max(1) as f64
        );
    }
    Ok(clean)
}

impl Worker {
    fn goods(&self) -> Value {
        json!({
            "med_list_codg": "NMLC999", "fixmedins_hilist_id": self.lot, "fixmedins_hilist_name": "样例药片",
            "rx_flag": "0", "fixmedins_bchno": self.lot, "manu_lotnum": "1", "manu_date": "2026-01-01",
            "expy_end": "2099-12-31",
        })
    }

    async fn buy(&mut self) -> anyhow::Result<()> {
        let mut row = self.goods();
        let now = now();
        merge(
            &mut row,
            json!({
                "spler_name": "样例医药", "prodentp_name": "样例制药", "aprvno": "国药准字H1", "purc_retn_cnt": BOUGHT,
                "purc_retn_stoin_time": now.to_string(), "purc_retn_opter_name": "样采",
            }),
        );
        self.send("3503", json!({ "purcinfo": row }), now).await.map(drop)
    }

    async fn sell_until(mut self, until: Instant) -> anyhow::Result<(usize, Times)> {
        let mut times = Times::default();
        while Instant::now() < until {
            let now = now();
            let rows: Vec<_> = (0..self.rows).map(|at| self.row(at, now)).collect();
            let began = Instant::now();
            let told = self.send("3505A", json!({ "selinfoDetail": rows }), now).await?;
            times.push(began.elapsed().as_micros());
            let taken = told["selinfoDetail"]
                .as_array()
                .map_or(0, |rows| rows.iter().filter(|row| row["retRslt"] == "1").count());
            ensure!(taken == self.rows, "{taken} of {} rows were taken: {told}", self.rows);
            self.sold += taken;
            self.batches += 1;
        }
        Ok((self.sold, times))
    }

    fn row(&self, at: usize, now: Moment) -> Value {
        let number = self.batches * self.rows + at;
        let mut row = self.goods();
        // Every lot has ten digits of boxes of its own.
        let own: String = self.lot.chars().filter(char::is_ascii_digit).collect();
        merge(
            &mut row,
            json!({
                "prsc_dr_name": "样医", "phar_name": "样药", "phar_prac_cert_no": "Z1", "hi_feesetl_type": "0",
                "mdtrt_sn": format!("V{number}"), "trdn_flag": "0", "rtal_docno": format!("D{number}"), "sel_retn_cnt": 1,
                "finl_trns_pric": 15.5, "sel_retn_time": now.to_string(), "sel_retn_opter_name": "样售",
                "drug_prod_barc": "NDPB999", "MDTRT_SETL_TYPE": "2",
                "drugtracinfo": [{ "drug_trac_codg": format!("8{own:0>9}{number:010}") }],
            }),
        );
        row
    }

    async fn send(&self, infno: &str, data: Value, now: Moment) -> anyhow::Result<Value> {
        let opened = self.client.call(infno, data.to_string().as_bytes(), now.millis()).await?;
        ensure!(opened.code == 0, "{infno}: {} {}", opened.code, opened.message);
        Ok(serde_json::from_slice(&opened.data)?)
    }
}

fn now() -> Moment {
    SystemClock.now()
}

fn merge(row: &mut Value, more: Value) {
    if let (Value::Object(row), Value::Object(more)) = (row, more) {
        row.extend(more);
    }
}
