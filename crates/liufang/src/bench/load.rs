//! The load of the benches: clients that live whole lives over HTTP, each answer timed with the client's own work.
//!
//! Serves `bench lifecycle`, `bench counter` and `bench growth`. Invariant: what is timed is the same in both.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_ports::Clock as _;
use lf_vocab::Moment;
use lf_wire::client::Dialect;

use super::floor::Recorded;
use super::stats::Times;
use crate::client::{AppClient, http};
use crate::edge::SystemClock;
use crate::ground::Ground;
use crate::journey::{Answered, Journey};
use crate::process::Server;
use crate::region::{self, Patient, Region};
use crate::sample::{self, Case};

/// Persons a client; each buys in turn.
pub const PERSONS_A_CLIENT: usize = 4;
const WARM_UP: Duration = Duration::from_secs(1);

/// What all clients share.
pub struct Load {
    region: Region,
    crowd: Vec<Patient>,
    hospital: AppClient,
    pharmacy: AppClient,
    rx_file: String,
    drugs: usize,
    serial: AtomicU64,
    counting: AtomicBool,
    stopping: AtomicBool,
    lives: AtomicU64,
    times: Mutex<BTreeMap<&'static str, Times>>,
}

impl Load {
    /// Clients of a center on a ground; `crowd` are persons that the ground registered, [`PERSONS_A_CLIENT`] for each.
    pub fn new(ground: &Ground, crowd: Vec<Patient>, rest_base: &str, file_bytes: usize) -> anyhow::Result<Self> {
        let region = region::load()?;
        let case = Case::new(&region, SystemClock.now(), 0)?;
        let http = http();
        let client = |code| ground.client(code, &http, rest_base, Dialect::Official);
        let hospital = client(&case.hospital.fixmedins.fixmedins_code)?;
        let pharmacy = client(&case.pharmacy.fixmedins.fixmedins_code)?;
        let rx_file = BASE64_STANDARD.encode(sample::rx_pdf("bench", &["bench".to_owned()], file_bytes));
        drop(case);
        Ok(Self {
            region,
            crowd,
            hospital,
            pharmacy,
            rx_file,
            drugs: usize::MAX,
            serial: AtomicU64::new(1),
            counting: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            lives: AtomicU64::new(0),
            times: Mutex::new(BTreeMap::new()),
        })
    }

    /// With one drug for one diagnosis a prescription, the smallest that is real.
    pub fn of_one_drug(self) -> Self {
        Self { drugs: 1, ..self }
    }

    /// Leaves out the numbers of so many lives, which another load lived on the same ground.
    pub fn skip(&self, lives: u64) {
        self.serial.fetch_add(lives, Ordering::Relaxed);
    }

    /// One life of one person before a measurement, with the payload of every message and of its reply.
    pub async fn one_life(&self, person: usize) -> anyhow::Result<(Recorded, Lived)> {
        let mut recorded = Recorded::new(&self.rx_file);
        let lived = live(self, person, &mut |request, answered| recorded.add(request, &answered.opened.data)).await?;
        Ok((recorded, lived))
    }

    /// A life of one person up to its sale (7207).
    pub async fn sold(&self, person: usize) -> anyhow::Result<Sold> {
        sell(self, person, &mut |_, _| {}).await
    }

    /// Settles it (2102).
    pub async fn settle(&self, sold: &Sold) -> anyhow::Result<()> {
        settle(self, sold, &mut |_, _| {}).await
    }

    /// Settles it, with the payload of the message and of its reply.
    pub async fn settle_recorded(&self, sold: &Sold) -> anyhow::Result<Recorded> {
        let mut recorded = Recorded::new("");
        settle(self, sold, &mut |request, answered| recorded.add(request, &answered.opened.data)).await?;
        Ok(recorded)
    }

    fn journey(&self, begun: Moment, serial: u64, person: usize) -> anyhow::Result<Journey<'_>> {
        let mut case = Case::new(&self.region, begun, serial)?;
        case.drugs.truncate(self.drugs);
        case.diagnoses.truncate(self.drugs);
        case.patient = &self.crowd[person % self.crowd.len()];
        Ok(Journey { hospital: &self.hospital, pharmacy: &self.pharmacy, case, rx_file: self.rx_file.clone() })
    }

    /// Lets so many clients live for a while. May be asked again and again.
    #[allow(clippy::disallowed_methods, reason = "the bench measures time")]
    pub async fn measure(
        self: &Arc<Self>,
        clients: usize,
        time: Duration,
        server: &Server,
    ) -> anyhow::Result<Measured> {
        self.stopping.store(false, Ordering::Relaxed);
        self.lives.store(0, Ordering::Relaxed);
        let tasks: Vec<_> = (0..clients.max(1)).map(|client| tokio::spawn(keep_living(self.clone(), client))).collect();
        tokio::time::sleep(WARM_UP).await;
        self.counting.store(true, Ordering::Relaxed);
        let (began, cpu_before) = (Instant::now(), server.cpu_ms()?);
        tokio::time::sleep(time).await;
        self.counting.store(false, Ordering::Relaxed);
        let (seconds, cpu_after) = (began.elapsed().as_secs_f64(), server.cpu_ms()?);
        let lives = self.lives.load(Ordering::Relaxed);
        self.stopping.store(true, Ordering::Relaxed);
        for task in tasks {
            task.await??;
        }
        let times = std::mem::take(&mut *self.times.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Measured {
            lives,
            seconds,
            server_cpu_ms: cpu_after - cpu_before,
            peak_rss_mb: server.memory_mb("VmHWM")?,
            times,
        })
    }
}

/// What was measured.
pub struct Measured {
    /// Whole lives.
    pub lives: u64,
    /// In so many seconds.
    pub seconds: f64,
    /// Processor time of the center meanwhile.
    pub server_cpu_ms: f64,
    /// The most memory of the center until now.
    pub peak_rss_mb: f64,
    /// Of every call, by transaction.
    pub times: BTreeMap<&'static str, Times>,
}

/// By what a life is found again.
pub struct Lived {
    /// 医保处方编号.
    pub hi_rxno: String,
    /// 电子处方令牌 that it was downloaded on.
    pub epc_token: String,
}

/// A prescription that was sold and not settled yet.
pub struct Sold {
    begun: Moment,
    serial: u64,
    person: usize,
    hi_rxno: String,
    epc_token: String,
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

/// Who is told every answer, with the payload that asked for it.
type Told<'t> = dyn FnMut(&[u8], &Answered) + Send + 't;

/// One life.
async fn live(load: &Load, person: usize, told: &mut Told<'_>) -> anyhow::Result<Lived> {
    let sold = sell(load, person, told).await?;
    settle(load, &sold, told).await?;
    Ok(Lived { hi_rxno: sold.hi_rxno, epc_token: sold.epc_token })
}

/// A life up to its sale.
async fn sell(load: &Load, person: usize, told: &mut Told<'_>) -> anyhow::Result<Sold> {
    let serial = load.serial.fetch_add(1, Ordering::Relaxed);
    let now = || SystemClock.now();
    let begun = now();
    let journey = load.journey(begun, serial, person)?;
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
    Ok(Sold { begun, serial, person, hi_rxno: issued.hi_rxno, epc_token: carried.epc_token })
}

/// What ends a life.
async fn settle(load: &Load, sold: &Sold, told: &mut Told<'_>) -> anyhow::Result<()> {
    let journey = load.journey(sold.begun, sold.serial, sold.person)?;
    let settled = journey.settle(&sold.hi_rxno, SystemClock.now()).await?;
    told(sample::t2102(&journey.case, &sold.hi_rxno, SystemClock.now()).to_string().as_bytes(), &settled);
    Ok(())
}
