//! `bench lifecycle`: 7101, 7102, 7103, 7201, 7204, 7205, 7206, 7207, 2102 over HTTP with SM2 and SM4, durable commits,
//! the load generator on the same cores.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_ports::Clock as _;
use lf_wire::client::Dialect;
use serde_json::json;

use super::floor::{self, Recorded};
use super::stats::Times;
use crate::cli::LifecycleArgs;
use crate::client::{AppClient, http};
use crate::config;
use crate::edge::SystemClock;
use crate::ground::{self, Ground};
use crate::journey::{Answered, Journey};
use crate::process::Server;
use crate::region::{self, Patient};
use crate::sample::{self, Case};
use crate::serve::{Migrate, open};

/// Persons a client; each buys in turn.
const PERSONS_A_CLIENT: usize = 4;
/// Where the database is left, so that it can be audited afterwards.
const FOLDER: &str = "var/bench";
const FLOOR_FOLDER: &str = "var/bench/floor";
const WARM_UP: Duration = Duration::from_secs(1);
const FLOOR: Duration = Duration::from_secs(4);

/// What all clients share.
struct Load {
    ground: Ground,
    crowd: Vec<Patient>,
    hospital: AppClient,
    pharmacy: AppClient,
    rx_file: String,
    serial: AtomicU64,
    counting: AtomicBool,
    stopping: AtomicBool,
    lives: AtomicU64,
    times: Mutex<BTreeMap<&'static str, Times>>,
}

/// `liufang bench lifecycle`
pub async fn run(args: &LifecycleArgs) -> anyhow::Result<bool> {
    let crowd = region::load()?.crowd(u32::try_from(args.clients.max(1) * PERSONS_A_CLIENT)?)?;
    let ground = ground::prepare(&ground::fresh(FOLDER)?, args.database.as_deref(), &crowd).await?;
    let database = config::database(&ground.database)?;
    let config = ground.write_config(&[])?;
    let server = Server::start(&config).await?;
    let load = Arc::new(load(args, ground, crowd, &server.rest_base)?);
    let recorded = first_life(&load).await?;
    let start_ms = server.started.elapsed().as_secs_f64() * 1_000.0;
    let idle_rss_mb = server.memory_mb("VmRSS")?;
    let measured = measure(args, &load, &server).await?;
    server.kill().await?;
    let floor = floor::run(&ground::fresh(FLOOR_FOLDER)?, &recorded, args.clients, FLOOR).await?;
    let audit = lf_testkit::audit::audit(open(&database, Migrate::No).await?.as_ref()).await?;
    let clean = audit.passes();
    report(args, measured, &Around { floor, start_ms, idle_rss_mb, clean })?;
    if !clean {
        eprintln!("{audit}");
    }
    Ok(clean)
}

/// What was found out around the measurement.
struct Around {
    floor: f64,
    start_ms: f64,
    idle_rss_mb: f64,
    clean: bool,
}

fn load(args: &LifecycleArgs, ground: Ground, crowd: Vec<Patient>, rest_base: &str) -> anyhow::Result<Load> {
    let case = Case::new(&ground.region, SystemClock.now(), 0)?;
    let http = http();
    let client = |code| ground.client(code, &http, rest_base, Dialect::Official);
    let hospital = client(&case.hospital.fixmedins.fixmedins_code)?;
    let pharmacy = client(&case.pharmacy.fixmedins.fixmedins_code)?;
    let rx_file = BASE64_STANDARD.encode(sample::rx_pdf("bench", &["bench".to_owned()], args.file_bytes));
    drop(case);
    Ok(Load {
        ground,
        crowd,
        hospital,
        pharmacy,
        rx_file,
        serial: AtomicU64::new(1),
        counting: AtomicBool::new(false),
        stopping: AtomicBool::new(false),
        lives: AtomicU64::new(0),
        times: Mutex::new(BTreeMap::new()),
    })
}

/// One life before the measurement: its messages are those that the floor works on.
async fn first_life(load: &Load) -> anyhow::Result<Recorded> {
    let mut recorded = Recorded::new(&load.rx_file);
    live(load, 0, &mut |request, answered| recorded.add(request, &answered.opened.data)).await?;
    Ok(recorded)
}

/// What was measured.
struct Measured {
    lives: u64,
    seconds: f64,
    server_cpu_ms: f64,
    peak_rss_mb: f64,
    times: BTreeMap<&'static str, Times>,
}

#[allow(clippy::disallowed_methods, reason = "the bench measures time")]
async fn measure(args: &LifecycleArgs, load: &Arc<Load>, server: &Server) -> anyhow::Result<Measured> {
    let tasks: Vec<_> =
        (0..args.clients.max(1)).map(|client| tokio::spawn(keep_living(load.clone(), client))).collect();
    tokio::time::sleep(WARM_UP).await;
    load.counting.store(true, Ordering::Relaxed);
    let (began, cpu_before) = (Instant::now(), server.cpu_ms()?);
    tokio::time::sleep(Duration::from_secs(args.seconds.max(1))).await;
    load.counting.store(false, Ordering::Relaxed);
    let (seconds, cpu_after) = (began.elapsed().as_secs_f64(), server.cpu_ms()?);
    let lives = load.lives.load(Ordering::Relaxed);
    load.stopping.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await??;
    }
    let times = std::mem::take(&mut *load.times.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Measured {
        lives,
        seconds,
        server_cpu_ms: cpu_after - cpu_before,
        peak_rss_mb: server.memory_mb("VmHWM")?,
        times,
    })
}

async fn keep_living(load: Arc<Load>, client: usize) -> anyhow::Result<()> {
    let mut own: BTreeMap<&'static str, Times> = BTreeMap::new();
    let mut turn = 0;
    while !load.stopping.load(Ordering::Relaxed) {
        let person = client * PERSONS_A_CLIENT + turn % PERSONS_A_CLIENT;
        turn += 1;
        let mut lap = Lap::new();
        live(&load, person, &mut |_, answered| {
            let micros = lap.next();
            if load.counting.load(Ordering::Relaxed) {
                own.entry(answered.infno).or_default().push(micros);
            }
        })
        .await?;
        if load.counting.load(Ordering::Relaxed) {
            load.lives.fetch_add(1, Ordering::Relaxed);
        }
    }
    let mut all = load.times.lock().unwrap_or_else(PoisonError::into_inner);
    own.into_iter().for_each(|(infno, times)| all.entry(infno).or_default().extend(times));
    Ok(())
}

/// Time since the last call, the client's own work included.
struct Lap(Instant);

impl Lap {
    #[allow(clippy::disallowed_methods, reason = "the bench measures time")]
    fn new() -> Self {
        Self(Instant::now())
    }

    #[allow(clippy::disallowed_methods, reason = "the bench measures time")]
    fn next(&mut self) -> u128 {
        let now = Instant::now();
        let micros = now.duration_since(self.0).as_micros();
        self.0 = now;
        micros
    }
}

/// One life; every answer is told with the payload that asked for it.
async fn live(load: &Load, person: usize, told: &mut (dyn FnMut(&[u8], &Answered) + Send)) -> anyhow::Result<()> {
    let serial = load.serial.fetch_add(1, Ordering::Relaxed);
    let now = || SystemClock.now();
    let mut case = Case::new(&load.ground.region, now(), serial)?;
    case.patient = &load.crowd[person % load.crowd.len()];
    let journey = Journey { hospital: &load.hospital, pharmacy: &load.pharmacy, case, rx_file: load.rx_file.clone() };
    let case = &journey.case;
    let (answered, issued) = journey.precheck(now()).await?;
    told(sample::t7101(case).to_string().as_bytes(), &answered);
    let signed = journey.sign(&issued, now()).await?;
    told(sample::t7102(case, &issued, &journey.rx_file).to_string().as_bytes(), &signed);
    let digest = signed.text("signDigest")?;
    told(
        sample::t7103(case, &issued, &journey.rx_file, &digest).to_string().as_bytes(),
        &journey.upload(&issued, &digest, now()).await?,
    );
    let (answered, carried) = journey.authorise(now()).await?;
    told(sample::t7201(case).to_string().as_bytes(), &answered);
    let downloaded = journey.download(&carried, now()).await?;
    told(sample::t7204(case, &carried.epc_token, &carried.auth_rxno).to_string().as_bytes(), &downloaded);
    let file = downloaded.text("rxFile")?;
    let verified = journey.verify(&issued, &file, &carried, now()).await?;
    told(sample::t7205(case, &issued, &file, &carried.epc_token).to_string().as_bytes(), &verified);
    let hi_rxno = &issued.hi_rxno;
    let reviewed = journey.review(hi_rxno, &carried, &verified.text("rxSignVerifySn")?, now()).await?;
    told(b"{}", &reviewed);
    let sold = journey.sell(hi_rxno, &reviewed.text("rxChkBizSn")?, now()).await?;
    told(sample::t7207(case, hi_rxno, "", now()).to_string().as_bytes(), &sold);
    let settled = journey.settle(hi_rxno, now()).await?;
    told(sample::t2102(case, hi_rxno, now()).to_string().as_bytes(), &settled);
    Ok(())
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
