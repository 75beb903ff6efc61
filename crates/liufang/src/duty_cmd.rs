//! `liufang duty`: when a pharmacy was open and no licensed pharmacist was on duty. Serves JX-1.2.

use lf_ports::Clock as _;
use lf_ports::duty::{DUTY_READ_MAX, gaps, on_duty};
use lf_store::Engine;
use lf_vocab::{Day, FixmedinsCode};

use crate::beside::with_store;
use crate::cli::{DutyArgs, DutyCommand};
use crate::edge::{SystemClock, runtime};

/// `liufang duty …`
pub fn run(args: &DutyArgs) -> anyhow::Result<bool> {
    runtime()?.block_on(report(args))
}

/// A line a gap; false when there is one, or nothing to judge by.
async fn report(args: &DutyArgs) -> anyhow::Result<bool> {
    let DutyCommand::Gaps { fixmedins_code, from, until, beside } = &args.command;
    if from >= until {
        anyhow::bail!("--until must lie after --from");
    }
    with_store(beside, async |store| gaps_of(store.as_ref(), fixmedins_code, (*from, *until)).await).await
}

async fn gaps_of(
    store: &dyn Engine,
    fixmedins_code: &FixmedinsCode,
    (from, until): (Day, Day),
) -> anyhow::Result<bool> {
    let now = SystemClock.now();
    let found = store.fixmedins(fixmedins_code).await?;
    let Some(hours) = found.and_then(|row| row.open_hours) else {
        eprintln!("{fixmedins_code}: no such pharmacy, or no opening hours imported (open_hours of fixmedins)");
        return Ok(false);
    };
    println!("{fixmedins_code}: open {hours}");
    let (mut day, mut count) = (from, 0usize);
    while day < until && day.start() <= now {
        let marks = store.duty(fixmedins_code, (day.start(), day.plus(1).start()), DUTY_READ_MAX).await?;
        for (since, gap_until) in gaps(hours, day.start(), &marks) {
            // What is still to come is no gap yet.
            let gap_until = gap_until.min(now);
            if since < gap_until {
                count += 1;
                println!("缺岗 {since} – {gap_until}");
            }
        }
        if day == now.day() {
            println!("在岗 {}", on_duty(&marks).into_iter().collect::<Vec<_>>().join(" "));
        }
        day = day.plus(1);
    }
    println!("{count} gap(s)");
    Ok(count == 0)
}
