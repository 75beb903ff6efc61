//! 总额预算 of a pool and year beside what its fund has paid (JX-5.1).
//!
//! No notice prints a threshold, so the measure is the year itself: a pool that has used a larger share of its money than of its days
//! is ahead. Invariant: integers only; shares are ten-thousandths, cut.

use lf_vocab::{Day, Fen};
use serde::Serialize;

/// How a budget stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// No larger a share of the money than of the year.
    Within,
    /// A larger one.
    Ahead,
    /// All of it, and more.
    Over,
}

/// A budget's use as of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BudgetUse {
    /// The budget, in fen.
    pub budget_fen: Fen,
    /// Paid by the fund, reversals taken off, in fen.
    pub used_fen: Fen,
    /// Of the budget, in ten-thousandths.
    pub used_share: i64,
    /// Of the year's days that are over, in ten-thousandths.
    pub year_share: i64,
    /// How it stands.
    pub stands: Stands,
}

/// The use of a year's budget as of a day; a day outside of the year counts as its end or its beginning. `None` for a budget that is
/// not above nothing.
pub fn budget_use(year: i16, budget: Fen, used: Fen, on: Day) -> Option<BudgetUse> {
    lf_vocab::covers!("JX-5.1");
    if budget <= Fen::ZERO {
        return None;
    }
    let (first, next) = (Day::from_ymd(year, 1, 1)?, Day::from_ymd(year.checked_add(1)?, 1, 1)?);
    let (days, over) = (next.since(first), on.plus(1).since(first).clamp(0, next.since(first)));
    let share = |part: i128, whole: i128| i64::try_from(part * 10_000 / whole).unwrap_or(i64::MAX);
    let (paid, whole) = (i128::from(used.get()), i128::from(budget.get()));
    let stands = match () {
        () if paid > whole => Stands::Over,
        () if paid * i128::from(days) > whole * i128::from(over) => Stands::Ahead,
        () => Stands::Within,
    };
    let (used_share, year_share) = (share(paid, whole), share(over.into(), days.into()));
    Some(BudgetUse { budget_fen: budget, used_fen: used, used_share, year_share, stands })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_measured_by_the_days_of_its_year() {
        // proves JX-5.1
        let on =
            |text: &str, used: i64| budget_use(2026, Fen::new(36_500), Fen::new(used), text.parse().unwrap()).unwrap();
        for (day, used, want) in [
            ("2026-01-01", 100, Stands::Within),
            ("2026-01-01", 101, Stands::Ahead),
            ("2026-12-31", 36_500, Stands::Within),
            ("2026-12-31", 36_501, Stands::Over),
            ("2025-06-01", 0, Stands::Within),
            ("2025-06-01", 1, Stands::Ahead),
            ("2027-06-01", 36_500, Stands::Within),
        ] {
            assert_eq!(on(day, used).stands, want, "{day} {used}");
        }
        let half = on("2026-07-02", 18_250);
        assert_eq!((half.used_share, half.year_share), (5_000, 5_013));
        assert_eq!(budget_use(2026, Fen::ZERO, Fen::ZERO, "2026-01-01".parse().unwrap()), None);
    }
}
