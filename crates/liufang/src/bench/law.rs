//! `bench law`: a full precheck decision of a five-drug prescription with all its findings, on one core and on two.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::time::{Duration, Instant};

use anyhow::anyhow;
use lf_center::t7101_precheck::{Known, facts};
use lf_center::{Caller, Ctx};
use lf_law::{Gate, Law};
use lf_ports::Clock as _;
use lf_rx::RxContent;
use lf_wire::json::Value;
use lf_wire::{Transaction, commands, validate};
use serde_json::json;

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

/// `liufang bench law`
pub fn run(json: bool, seconds: u64) -> anyhow::Result<()> {
    let region = region::load()?;
    let question = question(&region)?;
    let time = Duration::from_secs(seconds.max(1));
    let asked = facts(&question.ctx, &question.content, &question.known);
    let admdvs = question.ctx.caller.fixmedins.poolarea_no;
    let decision = question.law.decide(Gate::Precheck, &admdvs, &asked, &[])?;
    let decide = |question: &Question| {
        let decision = question.law.decide(Gate::Precheck, &admdvs, &asked, &[]);
        std::hint::black_box(decision.is_ok());
    };
    let whole = |question: &Question| {
        let asked = facts(&question.ctx, &question.content, &question.known);
        std::hint::black_box(question.law.decide(Gate::Precheck, &admdvs, &asked, &[]).is_ok());
    };
    let faulty = faulty(&question);
    let faulty_facts = facts(&faulty.ctx, &faulty.content, &faulty.known);
    let found = question.law.decide(Gate::Precheck, &admdvs, &faulty_facts, &[])?.findings.len();
    let faulty_us = micros_each(time, || {
        std::hint::black_box(question.law.decide(Gate::Precheck, &admdvs, &faulty_facts, &[]).is_ok());
    });
    let decide_us = micros_each(time, || decide(&question));
    let whole_us = micros_each(time, || whole(&question));
    let two_cores = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| 1e6 / micros_each(time, || decide(&question)))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(0.0)).sum::<f64>()
    });
    let result = json!({
        "decision_us": decide_us,
        "facts_and_decision_us": whole_us,
        "decisions_per_s_two_threads": two_cores,
        "findings": decision.findings.len(),
        "faulty_decision_us": faulty_us,
        "faulty_findings": found,
        "drugs": question.content.rxdrugdetail.len(),
        "edition": decision.edition,
    });
    if json {
        println!("{}", serde_json::to_string_pretty(&result)?);
    } else {
        println!("{decide_us:.1} µs a decision ({whole_us:.1} µs with its facts), {two_cores:.0}/s on two threads");
        println!("{faulty_us:.1} µs a decision of a faulty prescription with {found} findings");
    }
    Ok(())
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
    let ctx = Ctx { caller, digest: [0; 32], envelope_digest: [0; 32], msgid: None, now: case.now };
    Ok(Question { law: law_files::load(None)?, ctx, content, known })
}

#[allow(clippy::disallowed_methods, reason = "the bench measures time")]
fn micros_each(time: Duration, mut work: impl FnMut()) -> f64 {
    let began = Instant::now();
    let mut count = 0u64;
    while began.elapsed() < time {
        for _ in 0..64 {
            work();
        }
        count += 64;
    }
    began.elapsed().as_secs_f64() * 1e6 / count as f64
}
