//! How an operator ends what was entered for a span of days, and reads of it. Serves `liufang grant` and `liufang filing`.

use anyhow::anyhow;
use lf_ports::{Clock as _, EndedBy, ended};
use lf_vocab::Day;

use crate::edge::SystemClock;

/// The first day no longer of what shall end with a last day, and who says so.
pub fn end(span: (Day, Option<Day>), last_day: Day, (rea, by): (&str, &str)) -> anyhow::Result<(Day, EndedBy)> {
    let until = ended::end(span, last_day).map_err(|already| anyhow!("it ends on {already} already"))?;
    Ok((until, EndedBy { rea: rea.to_owned(), opter_name: by.to_owned(), opt_time: SystemClock.now() }))
}

/// The days of a span whose end is the first day no longer.
pub fn days(from: Day, until: Option<Day>) -> String {
    until.map_or_else(|| format!("自{from}起"), |until| format!("{from}至{}", until.plus(-1)))
}

/// Prints who ended it, if somebody did.
pub fn print(ended: Option<&EndedBy>) {
    if let Some(ended) = ended {
        println!("    ended: {}；{} {}", ended.rea, ended.opter_name, ended.opt_time);
    }
}
