//! How many durable commits a second a store makes: whole lives of prescriptions, as the use cases commit them.
//!
//! `cargo run --release -p lf-store --example commits [-- FOLDER]` on SQLite, `-- postgres://…` on an empty PostgreSQL database: nine commits a life (7101 to 2102), each with the message's
//! identity and reply, a file of 20 KB among them; by 1, 16, 64 and 256 tasks; then point reads on one task.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a measurement reads the clock and may end")]

#[allow(dead_code, reason = "the rows of the suite, of which this needs some")]
#[path = "../tests/conformance/fixture.rs"]
mod fixture;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fixture as f;
use lf_ports::{AcctChange, AccumChange, BatchChange, ChangeSet, IdemRow, RxFile};
use lf_rx::Event;
use lf_store::{Database, Engine, Options};
use lf_vocab::Fen;

const MEASURED: Duration = Duration::from_secs(5);

static SERIAL: AtomicU64 = AtomicU64::new(1);

#[tokio::main(worker_threads = 2)]
async fn main() {
    let place = std::env::args().nth(1);
    let folder = place.as_deref().map_or_else(std::env::temp_dir, PathBuf::from);
    let path = folder.join(format!("lf-commits-{}.db", std::process::id()));
    let is_url = place.as_ref().is_some_and(|place| place.contains("://"));
    let database = if is_url { place.unwrap().parse().unwrap() } else { Database::Sqlite(path.clone()) };
    let options = Options { migrate_at: Some(f::at(0)), ..f::options() };
    let store = database.open(options).await.unwrap();
    for tasks in [1, 16, 64, 256] {
        lives(&store, tasks).await;
    }
    reads(store.as_ref()).await;
    drop(store);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}

/// Runs lives on `tasks` tasks and prints commits a second and the latency of one commit.
async fn lives(store: &Arc<dyn Engine>, tasks: usize) {
    let begun = Instant::now();
    let running: Vec<_> = (0..tasks)
        .map(|_| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                let mut taken = Vec::new();
                while begun.elapsed() < MEASURED {
                    life(store.as_ref(), SERIAL.fetch_add(1, Ordering::Relaxed), &mut taken).await;
                }
                taken
            })
        })
        .collect();
    let mut taken = Vec::new();
    for task in running {
        taken.extend(task.await.unwrap());
    }
    let micros = begun.elapsed().as_micros();
    taken.sort_unstable();
    let at = |percent: usize| taken[(taken.len() - 1) * percent / 100];
    println!(
        "{tasks:>4} tasks: {:>6} commits/s, p50 {:>6} µs, p99 {:>6} µs ({} commits)",
        taken.len() as u128 * 1_000_000 / micros,
        at(50).as_micros(),
        at(99).as_micros(),
        taken.len()
    );
}

async fn life(store: &dyn Engine, serial: u64, taken: &mut Vec<Duration>) {
    let mut change = f::open(serial);
    let mut rx = change.rx.clone();
    for step in 0..9u8 {
        let mut changes = ChangeSet { idem: Some(message(serial, step)), ..ChangeSet::default() };
        match step {
            0 => changes.claims = vec![f::claim(&format!("hosp-{serial}"), rx.hi_rxno.as_str())],
            1 => change.file = Some(RxFile { base64: "A".repeat(27_000) }),
            3 => changes.batch = Some(batch(serial, false)),
            4 => changes.batch = Some(batch(serial, true)),
            7 => changes.claims = vec![f::claim(&format!("trac-{serial}"), rx.hi_rxno.as_str())],
            8 => settle(&mut changes, serial),
            _ => {}
        }
        changes.rx = vec![change.clone()];
        let begun = Instant::now();
        store.commit(changes).await.unwrap();
        taken.push(begun.elapsed());
        rx = change.rx.clone();
        // 7201 changes no state; the settlement stands for 2102 and needs an event that fits any state.
        let event = match step + 1 {
            3 => authorised(),
            8 => settled(serial),
            _ => f::next_event(&rx).unwrap_or_else(f::revoked),
        };
        if step < 8 {
            change = f::follow(&rx, &event);
        }
    }
}

fn message(serial: u64, step: u8) -> IdemRow {
    let mut idem = f::idem(&format!("{serial}-{step}"), step);
    idem.reply = vec![b'r'; 400];
    idem
}

fn batch(serial: u64, taken: bool) -> BatchChange {
    let mut change = f::batch(taken.then(|| f::number(serial)), !taken);
    change.batch.batch_no = format!("B{serial}");
    change
}

fn settle(changes: &mut ChangeSet, serial: u64) {
    changes.setl = Some(f::setl(&format!("S{serial:012}"), None));
    let psn_no: lf_vocab::PsnNo = format!("p{serial}").parse().unwrap();
    let mut accum = f::accum(0, 1);
    accum.key.psn_no = psn_no.clone();
    changes.accum = vec![AccumChange { ..accum }];
    changes.acct = vec![AcctChange { poolarea_no: f::pool(), psn_no, expect_version: 0, balc: Fen::new(1) }];
}

fn authorised() -> Event {
    Event::Authorised(lf_rx::event::Authorised {
        fixmedins_code: f::pharmacy(),
        auth_rxno: "A1".to_owned(),
        expires_in: f::at(600),
    })
}

fn settled(serial: u64) -> Event {
    Event::Settled(lf_rx::event::Settled {
        setl_id: format!("S{serial:012}"),
        mdtrt_id: "M2".to_owned(),
        setl_time: f::at(9),
        medfee_sumamt: Fen::new(100),
        fund_pay_sumamt: Fen::ZERO,
        law_edition: "2026".to_owned(),
        at_counter: Default::default(),
    })
}

async fn reads(store: &dyn Engine) {
    let last = SERIAL.load(Ordering::Relaxed);
    let begun = Instant::now();
    let mut count = 0u128;
    while begun.elapsed() < Duration::from_secs(2) {
        let serial = 1 + (count as u64 * 7_919) % (last - 1);
        assert!(store.rx(&f::number(serial)).await.unwrap().is_some());
        count += 1;
    }
    println!("   1 task:  {:>6} prescriptions read/s of {last}", count * 1_000_000 / begun.elapsed().as_micros());
}
