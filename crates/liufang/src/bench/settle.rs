//! `bench settle`: quotes of the pure core a second, on one thread and on two, and what reading the scheme from the
//! law costs beside it. The purchases are those of `examples/settle`, so that every kind of scheme has its share.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::time::Duration;

use anyhow::{Context as _, anyhow};
use lf_law::Law;
use lf_settle::{Accumulator, Case, Scheme, Used, quote};
use serde_json::json;

use super::law::micros_each;
use crate::law_files;
use crate::settle_cmd::{Facts, prepared};

/// What the issue asks of two cores.
const QUOTES_PER_SECOND_MIN: f64 = 200_000.0;

const FACTS: [(&str, &str); 4] = [
    ("jiangxi-mz_tc", include_str!("../../../../examples/settle/jiangxi-mz_tc.json")),
    ("nanning-opsp", include_str!("../../../../examples/settle/nanning-opsp.json")),
    ("wuhan-spay", include_str!("../../../../examples/settle/wuhan-spay.json")),
    ("wuhan-acct", include_str!("../../../../examples/settle/wuhan-acct.json")),
];

/// A purchase with everything that the core needs.
struct Purchase {
    name: &'static str,
    facts: Facts,
    scheme: Scheme,
    own: Accumulator,
    pots: Vec<Accumulator>,
    case: Case,
}

/// `liufang bench settle`: false below the aim.
pub fn run(json: bool, seconds: u64) -> anyhow::Result<bool> {
    let law = law_files::load(None)?;
    let purchases = FACTS.iter().map(|(name, text)| purchase(&law, name, text)).collect::<anyhow::Result<Vec<_>>>()?;
    let time = Duration::from_secs(seconds.max(1));
    let mut turn = 0;
    let one_us = micros_each(time, || next(&purchases, &mut turn));
    let two: f64 = std::thread::scope(|scope| {
        let quoted = |start: usize| {
            let mut turn = start;
            1e6 / micros_each(time, || next(&purchases, &mut turn))
        };
        let threads: Vec<_> = (0..2).map(|start| scope.spawn(move || quoted(start))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(0.0)).sum()
    });
    let mut turn = 0;
    let scheme_us = micros_each(time, || {
        turn += 1;
        let purchase = &purchases[turn % purchases.len()];
        std::hint::black_box(prepared(&law, &purchase.facts).is_ok());
    });
    let lines: usize = purchases.iter().map(|purchase| purchase.case.lines.len()).sum();
    if json {
        let result = json!({
            "purchases": purchases.iter().map(|purchase| purchase.name).collect::<Vec<_>>(),
            "lines": lines,
            "quote_us": one_us,
            "quotes_per_second_one_thread": 1e6 / one_us,
            "quotes_per_second_two_threads": two,
            "quotes_per_second_min": QUOTES_PER_SECOND_MIN,
            "scheme_from_law_us": scheme_us,
        });
        println!("{}", serde_json::to_string_pretty(&result)?);
    } else {
        println!("{} purchases of {lines} lines in turn", purchases.len());
        println!("a quote, one thread          {one_us:>10.2} µs  {:>10.0} a second", 1e6 / one_us);
        println!("quotes, two threads          {two:>24.0} a second (aim: {QUOTES_PER_SECOND_MIN:.0})");
        println!("the scheme read from the law {scheme_us:>10.2} µs");
    }
    Ok(two >= QUOTES_PER_SECOND_MIN)
}

fn next(purchases: &[Purchase], turn: &mut usize) {
    *turn += 1;
    let Purchase { scheme, own, pots, case, .. } = &purchases[*turn % purchases.len()];
    std::hint::black_box(quote(scheme, Used { own, pots }, case).is_ok());
}

fn purchase(law: &Law, name: &'static str, text: &str) -> anyhow::Result<Purchase> {
    let facts: Facts = serde_json::from_str(text).with_context(|| name.to_owned())?;
    let (scheme, own, pots) = prepared(law, &facts).map_err(|failure| anyhow!("{name}: {failure}"))?;
    let case = facts.case().map_err(|refusal| anyhow!("{name}: {refusal}"))?;
    quote(&scheme, Used { own: &own, pots: &pots }, &case).map_err(|refusal| anyhow!("{name}: {refusal}"))?;
    Ok(Purchase { name, facts, scheme, own, pots, case })
}
