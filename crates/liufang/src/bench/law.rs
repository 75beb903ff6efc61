//! `bench law`: a full precheck of a five-drug prescription with all its findings, on one core and on two, against a naive
//! reading of the same packs in the same run. Both must find the same in every written example; else the bench fails.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

mod agree;
mod naive;

use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use lf_center::t7101_precheck::{Known, facts};
use lf_center::{Caller, Ctx};
use lf_law::{Facts, Gate, Law};
use lf_ports::Clock as _;
use lf_rx::RxContent;
use lf_wire::json::Value;
use lf_wire::{Transaction, commands, validate};
use serde_json::json;

use agree::{Agreement, places};
use naive::{Asked, Naive};

use super::stats::median;
use crate::edge::SystemClock;
use crate::law_files;
use crate::region::{self, Region};
use crate::sample::{self, Case};

struct Question {
    law: Law,
    ctx: Ctx,
    content: RxContent,
    known: Known,
}

struct Faulty {
    ctx: Ctx,
    content: RxContent,
    known: Known,
}

/// What the machine of the aims should reach: µs a decision, decisions a second on two threads, ms to load all packs.
const DECISION_US_MAX: f64 = 10.0;
const TWO_THREADS_MIN: f64 = 100_000.0;
const LOAD_MS_MAX: f64 = 50.0;
/// Loads of all packs; the median counts.
const LOADS: usize = 9;

struct Figures {
    drugs: usize,
    findings: usize,
    faulty_findings: usize,
    decision_us: f64,
    whole_us: f64,
    faulty_us: f64,
    naive_us: f64,
    naive_faulty_us: f64,
    two_threads: f64,
    load_ms: f64,
}

/// `liufang bench law`: false when the two readings of the packs differ anywhere.
pub fn run(json: bool, seconds: u64) -> anyhow::Result<bool> {
    let region = region::load()?;
    let question = question(&region)?;
    let naive =
        Naive::read(law_files::BUILT_IN.iter().copied()).context("the packs are not as the naive reading expects")?;
    let faulty = faulty(&question);
    let asked = facts(&question.ctx, &question.content, &question.known);
    let faulty_asked = facts(&faulty.ctx, &faulty.content, &faulty.known);

    let mut agreement = Agreement::default();
    let places = places(&question.law);
    agreement.examples(&question.law, &naive, &places);
    for place in &places {
        agreement.ask(&question.law, &naive, ("lawful", Gate::Precheck, *place), &asked);
        agreement.ask(&question.law, &naive, ("faulty", Gate::Precheck, *place), &faulty_asked);
    }
    let figures = measure(&question, &naive, &asked, &faulty_asked, Duration::from_secs(seconds.max(1)))?;
    if json {
        println!("{}", serde_json::to_string_pretty(&result(&figures, &agreement, question.law.edition()))?);
    } else {
        print(&figures, &agreement);
    }
    Ok(agreement.differences == 0)
}

fn measure(
    question: &Question,
    naive: &Naive,
    asked: &Facts<'_>,
    faulty: &Facts<'_>,
    time: Duration,
) -> anyhow::Result<Figures> {
    let admdvs = question.ctx.caller.fixmedins.poolarea_no;
    let law = &question.law;
    let decide = |facts: &Facts<'_>| drop(std::hint::black_box(law.decide(Gate::Precheck, &admdvs, facts, &[])));
    let naively = |facts: &Facts<'_>| {
        drop(std::hint::black_box(naive.decide(&Asked::new(Gate::Precheck.name(), admdvs, facts))));
    };
    let two_threads = || {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| 1e6 / micros_each(time, || decide(asked)))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or(0.0)).sum::<f64>()
        })
    };
    Ok(Figures {
        drugs: question.content.rxdrugdetail.len(),
        findings: law.decide(Gate::Precheck, &admdvs, asked, &[])?.findings.len(),
        faulty_findings: law.decide(Gate::Precheck, &admdvs, faulty, &[])?.findings.len(),
        decision_us: micros_each(time, || decide(asked)),
        whole_us: micros_each(time, || decide(&facts(&question.ctx, &question.content, &question.known))),
        faulty_us: micros_each(time, || decide(faulty)),
        naive_us: micros_each(time, || naively(asked)),
        naive_faulty_us: micros_each(time, || naively(faulty)),
        two_threads: two_threads(),
        load_ms: load_ms()?,
    })
}

/// Median of loading all packs from their texts, in milliseconds.
#[allow(clippy::disallowed_methods, reason = "the bench measures time")]
fn load_ms() -> anyhow::Result<f64> {
    let mut times = Vec::with_capacity(LOADS);
    for _ in 0..LOADS {
        let began = Instant::now();
        std::hint::black_box(law_files::load(None)?);
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(times))
}

fn result(figures: &Figures, agreement: &Agreement, edition: &str) -> serde_json::Value {
    json!({
        "drugs": figures.drugs,
        "decision_us": figures.decision_us,
        "decision_us_max": DECISION_US_MAX,
        "findings": figures.findings,
        "facts_and_decision_us": figures.whole_us,
        "faulty_decision_us": figures.faulty_us,
        "faulty_findings": figures.faulty_findings,
        "naive_decision_us": figures.naive_us,
        "naive_faulty_decision_us": figures.naive_faulty_us,
        "times_faster_than_naive": figures.naive_us / figures.decision_us,
        "decisions_per_s_two_threads": figures.two_threads,
        "decisions_per_s_two_threads_min": TWO_THREADS_MIN,
        "load_ms": figures.load_ms,
        "load_ms_max": LOAD_MS_MAX,
        "asked_of_both": agreement.asked,
        "differences": agreement.differences,
        "first_differences": agreement.told,
        "edition": edition,
    })
}

fn print(figures: &Figures, agreement: &Agreement) {
    println!(
        "{:.1} µs a precheck of {} drugs with {} findings (at most {DECISION_US_MAX}); {:.1} µs with its facts",
        figures.decision_us, figures.drugs, figures.findings, figures.whole_us
    );
    println!(
        "{:.1} µs a precheck of a faulty prescription with {} findings",
        figures.faulty_us, figures.faulty_findings
    );
    println!("{:.0} decisions/s on two threads (at least {TWO_THREADS_MIN:.0})", figures.two_threads);
    println!("{:.1} ms to load all packs (at most {LOAD_MS_MAX})", figures.load_ms);
    println!(
        "naive reading of the same packs: {:.0} µs and {:.0} µs, {:.0} times as long",
        figures.naive_us,
        figures.naive_faulty_us,
        figures.naive_us / figures.decision_us
    );
    println!("{} cases asked of both, {} differences", agreement.asked, agreement.differences);
    agreement.told.iter().for_each(|difference| println!("  {difference}"));
}

/// The same prescription with as much wrong as fits: too long, too valid, children's drugs, an unregistered doctor.
fn faulty(question: &Question) -> Faulty {
    let mut content = question.content.clone();
    content.head.vali_days = 9;
    content.head.vali_end_time = content.head.prsc_time.plus_days(9);
    content.rxdrugdetail.iter_mut().for_each(|drug| drug.medc_days = lf_vocab::Qty::new(400_000));
    let drugs = question
        .known
        .drugs
        .iter()
        .flatten()
        .map(|drug| Some(lf_ports::Drug { chld_medc: true, in_list: None, ..drug.clone() }));
    let known = Known { person: question.known.person.clone(), doctor: None, drugs: drugs.collect() };
    Faulty { ctx: question.ctx.clone(), content, known }
}

/// Five drugs, as a HIS sends them: through the validator and the conversion of the wire.
fn question(region: &Region) -> anyhow::Result<Question> {
    let mut case = Case::new(region, SystemClock.now(), 1)?;
    let more = region.drugs.iter().filter(|stock| {
        let drug = &stock.drug;
        drug.list_type == "101"
            && drug.special.is_none()
            && !drug.chld_medc
            && drug.in_list.is_some()
            && case.drugs.iter().all(|ordered| ordered.stock.drug.med_list_codg != drug.med_list_codg)
    });
    let more: Vec<_> = more.take(5 - case.drugs.len()).collect();
    for stock in more {
        case.order(stock)?;
    }
    let text = sample::t7101(&case).to_string();
    let data = Value::parse(text.as_bytes())?;
    let valid = validate(Transaction::T7101, &data).map_err(|defects| anyhow!("{defects}"))?;
    let content = commands::t7101(&valid.node).map_err(|defects| anyhow!("{defects}"))?.content;
    let known = Known {
        person: case.patient.person.clone(),
        doctor: Some(case.doctor.practitioner.clone()),
        drugs: case.drugs.iter().map(|ordered| Some(ordered.stock.drug.clone())).collect(),
    };
    let caller = Caller { app_id: String::new(), fixmedins: case.hospital.fixmedins.clone() };
    let ctx = Ctx {
        caller,
        digest: [0; 32],
        envelope_digest: [0; 32],
        msgid: None,
        now: case.now,
        grants: Default::default(),
    };
    Ok(Question { law: law_files::load(None)?, ctx, content, known })
}

#[allow(clippy::disallowed_methods, reason = "the bench measures time")]
pub(super) fn micros_each(time: Duration, mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    let mut count = 0u64;
    while began.elapsed() < time {
        for _ in 0..16 {
            work();
        }
        count += 16;
    }
    began.elapsed().as_secs_f64() * 1e6 / count as f64
}
