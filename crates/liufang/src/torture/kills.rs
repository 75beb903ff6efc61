//! `torture --kills`: whole lives from many clients while the center, or its database, is ended with SIGKILL again and again.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use super::dice::Dice;
use super::ledger::{Ledger, Lived};
use super::record::Unsure;
use super::{Stage, life, questions, record, seed_of, verdict};
use crate::cli::KillArgs;
use crate::region::{Patient, Region};

/// Persons a client: one comes again when the prescribing second of the life before is over.
const PERSONS_A_CLIENT: usize = 24;
/// Kills after which the center is asked about what it acknowledged last; at the end it is asked about everything.
const ASK_EVERY: u32 = 10;
/// Lives that are asked about then: the load goes on meanwhile, and the questions must not fall ever further behind it.
const ASK_MOST: usize = 100;
/// How long the center may be silent after its database has recovered.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// What the clients share.
struct Load {
    region: Region,
    crowd: Vec<Patient>,
    desk: Arc<super::desk::Desk>,
    ledger: Ledger,
    serial: AtomicU64,
    stopping: AtomicBool,
    seed: u64,
}

/// What the storm did.
#[derive(Default)]
struct Storm {
    kills: u32,
    /// Of them, before the process served.
    at_start: u32,
    postgres_kills: u32,
    asked: u64,
    /// The longest time from a kill of the database to the next answer.
    silence: Duration,
}

/// Runs it all. Whether nothing was lost.
#[allow(clippy::disallowed_methods, reason = "the torture measures time")]
pub async fn run(args: &KillArgs) -> anyhow::Result<bool> {
    let began = Instant::now();
    let seed = seed_of(args.seed);
    let persons = u32::try_from(PERSONS_A_CLIENT)? * args.clients;
    let mut stage = Stage::set(&args.place, args.processes, persons).await?;
    let load = Arc::new(Load {
        region: crate::region::load()?,
        crowd: std::mem::take(&mut stage.crowd),
        desk: stage.desk.clone(),
        ledger: Ledger::default(),
        serial: AtomicU64::new(1),
        stopping: AtomicBool::new(false),
        seed,
    });
    let clients: Vec<_> =
        (0..args.clients as usize).map(|client| tokio::spawn(keep_living(load.clone(), client))).collect();
    let storm = storm(args, &mut stage, &load).await;
    load.stopping.store(true, Ordering::Relaxed);
    let mut storm = storm?;
    for client in clients {
        client.await?;
    }
    let lives = load.ledger.take();
    storm.asked += questions::ask_all(&load.desk, lives.clone(), seed).await?;
    let (store, audit) = stage.strike().await?;
    let opening: BTreeMap<_, _> =
        load.crowd.iter().map(|one| (one.person.psn_no.as_str().to_owned(), one.balc.get())).collect();
    let unsure = record::compare(store.as_ref(), &lives, &opening, &audit, &load.desk.faults).await?;
    store.close().await;
    let engine = stage.end().await?;
    let faults = load.desk.faults.texts();
    report(
        args,
        &Told { seed, engine, seconds: began.elapsed().as_secs_f64(), storm, unsure },
        &load,
        &lives,
        &faults,
    )?;
    Ok(verdict(&faults))
}

async fn keep_living(load: Arc<Load>, client: usize) {
    let mut turn = 0;
    while !load.stopping.load(Ordering::Relaxed) {
        let person = client * PERSONS_A_CLIENT + turn % PERSONS_A_CLIENT;
        turn += 1;
        let serial = load.serial.fetch_add(1, Ordering::Relaxed);
        let dice = Dice::new(load.seed, serial);
        let lived = life::live(&load.desk, &load.region, &load.crowd[person % load.crowd.len()], serial, dice).await;
        load.ledger.add(lived);
    }
}

async fn storm(args: &KillArgs, stage: &mut Stage, load: &Arc<Load>) -> anyhow::Result<Storm> {
    let mut dice = Dice::new(load.seed, u64::MAX);
    let mut storm = Storm::default();
    let kills = args.kills.unwrap_or(if args.postgres_kills > 0 { 0 } else { 20 });
    while storm.kills < kills || storm.postgres_kills < args.postgres_kills {
        let (centers, databases) = (kills - storm.kills, args.postgres_kills - storm.postgres_kills);
        let database = dice.below(u64::from(centers + databases)) < u64::from(databases);
        let wait = match (database, dice.one_in(5)) {
            (true, _) => dice.between(200, 1_500),
            // Often under full load, now and then right after the start.
            (false, false) => dice.between(20, 500),
            (false, true) => dice.below(20),
        };
        tokio::time::sleep(Duration::from_millis(wait)).await;
        if database {
            kill_database(stage, load, &mut storm).await?;
        } else {
            kill_centers(stage, kills, &mut dice, &mut storm).await?;
        }
        if (storm.kills + storm.postgres_kills) % ASK_EVERY == 0 {
            let last = load.ledger.last(ASK_MOST);
            storm.asked += questions::ask_all(&load.desk, last, load.seed).await?;
        }
    }
    Ok(storm)
}

/// One process, or both; now and then once more before it serves.
async fn kill_centers(stage: &mut Stage, kills: u32, dice: &mut Dice, storm: &mut Storm) -> anyhow::Result<()> {
    let processes = stage.site.addresses.len();
    let first = dice.below(processes as u64) as usize;
    let both = processes > 1 && dice.one_in(3) && storm.kills + 1 < kills;
    for place in (0..processes).filter(|place| both || *place == first) {
        stage.site.kill(place).await?;
        storm.kills += 1;
    }
    while storm.kills < kills && dice.one_in(4) {
        stage.site.still_birth(Duration::from_millis(dice.between(0, 60))).await?;
        storm.kills += 1;
        storm.at_start += 1;
    }
    for place in (0..processes).filter(|place| both || *place == first) {
        stage.site.raise(place).await?;
    }
    Ok(())
}

/// The centers stay, say that they cannot, and go on when the database is back.
#[allow(clippy::disallowed_methods, reason = "the torture measures time")]
async fn kill_database(stage: &mut Stage, load: &Load, storm: &mut Storm) -> anyhow::Result<()> {
    let cluster = stage.cluster.as_mut().context("no cluster to kill")?;
    let killed = Instant::now();
    cluster.kill_and_recover().await?;
    storm.postgres_kills += 1;
    let answered = || load.desk.tally.answered.load(Ordering::Relaxed);
    let (before, recovered) = (answered(), Instant::now());
    while answered() == before {
        if recovered.elapsed() > SILENCE_MAX {
            load.desk.faults.add(format!("nothing was answered for {SILENCE_MAX:?} after PostgreSQL was back"));
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    storm.silence = storm.silence.max(killed.elapsed());
    Ok(())
}

struct Told {
    seed: u64,
    engine: &'static str,
    seconds: f64,
    storm: Storm,
    unsure: Unsure,
}

fn report(args: &KillArgs, told: &Told, load: &Load, lives: &[Lived], faults: &[String]) -> anyhow::Result<()> {
    let Told { seed, engine, seconds, storm, unsure } = told;
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let tally = &load.desk.tally;
    let acknowledged: usize = lives.iter().map(|lived| lived.acks.len()).sum();
    let messages = acknowledged + lives.iter().filter(|lived| lived.given_up.is_some()).count();
    let of_life = |infno: &str| {
        let acks = lives.iter().flat_map(|lived| &lived.acks);
        acks.filter(|ack| ack.infno == infno && ack.accepted()).count()
    };
    let (settled, refunded, revoked, undone) = (of_life("2102"), of_life("2103"), of_life("7104"), of_life("7208"));
    if args.json {
        let result = json!({
            "database": engine, "seed": seed, "seconds": seconds, "processes": args.processes, "clients": args.clients,
            "kills": storm.kills, "kills_at_start": storm.at_start, "postgres_kills": storm.postgres_kills,
            "longest_silence_ms": storm.silence.as_millis() as u64,
            "lives": lives.len(), "messages": messages, "sendings": count(&tally.sendings),
            "acknowledged": acknowledged, "repeated_at_once": count(&tally.repeats), "questions": storm.asked,
            "unavailable": count(&tally.unavailable),
            "settled": settled, "refunded": refunded, "revoked": revoked, "sales_undone": undone,
            "unsure": {
                "done_before": unsure.done_before, "done_by_repetition": unsure.done_by_repetition,
                "refused": unsure.refused, "given_up_done": unsure.given_up_done,
                "given_up_not_done": unsure.given_up_not_done,
            },
            "faults": faults,
        });
        println!("{}", serde_json::to_string_pretty(&result)?);
        return Ok(());
    }
    println!(
        "{engine}, {} processes, {} clients, seed {seed}: {} kills ({} before it served), {} of PostgreSQL, {seconds:.0} s",
        args.processes, args.clients, storm.kills, storm.at_start, storm.postgres_kills
    );
    println!(
        "{} lives, {messages} messages, {} sendings in all, {acknowledged} acknowledgements remembered: {settled} settlements, \
         {refunded} refunds, {undone} sales undone, {revoked} revocations",
        lives.len(),
        count(&tally.sendings)
    );
    println!(
        "lost answers: {} had been done, {} were done by the repetition, {} refused; given up: {} done, {} not done; \
         {} times unavailable",
        unsure.done_before,
        unsure.done_by_repetition,
        unsure.refused,
        unsure.given_up_done,
        unsure.given_up_not_done,
        count(&tally.unavailable)
    );
    println!(
        "{} messages repeated at once, {} questions about what was acknowledged",
        count(&tally.repeats),
        storm.asked
    );
    if storm.postgres_kills > 0 {
        println!("longest silence around a kill of PostgreSQL: {:.1} s", storm.silence.as_secs_f64());
    }
    match faults.len() {
        0 => println!("nothing acknowledged was lost, nothing half done, audit clean"),
        many => println!("{many} FAULTS"),
    }
    Ok(())
}
