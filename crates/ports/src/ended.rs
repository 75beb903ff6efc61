//! The end of what was entered for a span of days: who set it, when and why. Serves grants and filings. Invariant: an end only
//! comes earlier, and what is taken back before it begins ends where it begins.

use lf_vocab::{Day, Moment};
use serde::{Deserialize, Serialize};

/// Who ended it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndedBy {
    /// Why, or on what paper.
    pub rea: String,
    /// Who entered it.
    pub opter_name: String,
    /// When.
    pub opt_time: Moment,
}

// Why a filing ended may tell of a person's health: Debug shows that there is an end, and nothing of it.
impl std::fmt::Debug for EndedBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EndedBy").finish_non_exhaustive()
    }
}

/// The first day no longer of what shall end with a last day.
///
/// # Errors
/// It ends no later already: with this last day.
pub fn end((from, until): (Day, Option<Day>), last_day: Day) -> Result<Day, Day> {
    let earlier = last_day.plus(1).max(from);
    match until.filter(|until| *until <= earlier) {
        Some(until) => Err(until.plus(-1)),
        None => Ok(earlier),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_only_comes_earlier_and_never_before_the_beginning() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let (from, until) = (day("2026-01-01"), Some(day("2026-07-01")));
        assert_eq!(end((from, until), day("2026-06-29")), Ok(day("2026-06-30")));
        assert_eq!(end((from, until), day("2026-06-30")), Err(day("2026-06-30")));
        assert_eq!(end((from, until), day("2027-01-01")), Err(day("2026-06-30")));
        assert_eq!(end((from, None), day("2026-06-30")), Ok(day("2026-07-01")));
        assert_eq!(end((from, None), day("2025-06-30")), Ok(from), "taken back before it began");
        assert_eq!(end((from, Some(from)), day("2025-06-30")), Err(day("2025-12-31")));
    }

    #[test]
    fn why_it_ended_stays_out_of_every_log() {
        let ended =
            EndedBy { rea: "停药".to_owned(), opter_name: "乙".to_owned(), opt_time: Moment::from_micros(0) };
        assert!(!format!("{ended:?}").contains("停药"));
    }
}
