//! `liufang torture counter`: random days of a pharmacy's counter, judged by `lf_testkit::counter`.

use lf_testkit::counter::{Report, play};

use super::seed_of;
use crate::cli::CounterArgs;

/// Plays the days, some on each thread. Whether no fen differs.
pub fn run(args: &CounterArgs) -> anyhow::Result<bool> {
    let seed = seed_of(args.seed);
    let threads = args.threads.min(args.days);
    let mut report = Report::default();
    let share = |thread: u64| args.days / threads + u64::from(thread < args.days % threads);
    // Every thread draws a seed of its own, far from the next one's.
    let days = &|thread: u64| play(seed.wrapping_add(thread.wrapping_mul(0x9E37_79B9)), share(thread));
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads).map(|thread| scope.spawn(move || days(thread))).collect();
        for run in runs {
            match run.join() {
                Ok(run) => report.add(run),
                Err(_) => {
                    report.differences += 1;
                    report.told.push("a thread ended in a panic".to_owned());
                }
            }
        }
    });
    if args.json {
        println!("{}", serde_json::to_string_pretty(&serde_json::json!({ "seed": seed, "report": report }))?);
    } else {
        println!("{report} (seed {seed})");
    }
    for told in &report.told {
        eprintln!("- {told}");
    }
    Ok(report.passes())
}
