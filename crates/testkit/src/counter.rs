//! The auditor of the counter: random days of a pharmacy, every fen computed and every box counted a second time.
//!
//! A day is quotes, settlements and reversals of a few persons under random terms; reversals also in a later month, in
//! the next year and after the month was cleared. `lf-settle` computes; this module computes again from the plain
//! numbers that the dice threw, another way ([`second`]), and keeps a ledger of its own by mere addition. Beside it goods are bought,
//! sold and brought back ([`shelf`]): `lf-stock` keeps sums, this module boxes. Invariants: no arithmetic of `lf-settle` and `lf-stock`
//! is called here; sums are taken in 128 bits; a seed gives the same days again.

mod dice;
mod plain;
mod second;
mod shelf;
mod till;

use std::fmt;

use dice::Dice;
use serde::Serialize;
use shelf::Shelf;
use till::Till;

/// Differences that are told at most; all are counted.
const TOLD_MAX: usize = 20;

/// Persons of one pharmacy, and days before its terms change and everything starts anew.
const PERSONS: u64 = 6;
const DAYS_OF_A_PHARMACY: u64 = 250;

/// What was done, and what differed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Days.
    pub days: u64,
    /// Quotes that moved nothing.
    pub quotes: u64,
    /// Settlements.
    pub settlements: u64,
    /// Lines of all settlements.
    pub lines: u64,
    /// Reversals.
    pub reversals: u64,
    /// Of them, in a later month than the settlement.
    pub reversals_later_month: u64,
    /// Of them, in a later year.
    pub reversals_later_year: u64,
    /// Of them, after the settlement's month was cleared.
    pub reversals_after_clearing: u64,
    /// Bad purchases; each must be refused.
    pub bad: u64,
    /// Months cleared.
    pub clearings: u64,
    /// Settlements that some cap cut short.
    pub over_cap: u64,
    /// Rows of goods that must be taken.
    pub moves: u64,
    /// Bad rows of goods; each must be refused and move nothing.
    pub bad_moves: u64,
    /// Boxes sold whole, each by its code.
    pub boxes_sold: u64,
    /// Boxes that came back.
    pub boxes_returned: u64,
    /// Minimal units sold out of open packs.
    pub units_sold: u64,
    /// Units that came back.
    pub units_returned: u64,
    /// How many differences there are.
    pub differences: u64,
    /// The first of them.
    pub told: Vec<String>,
}

impl Report {
    /// Whether no fen and no box differs.
    pub fn passes(&self) -> bool {
        self.differences == 0
    }

    fn differs(&mut self, what: String) {
        self.differences += 1;
        if self.told.len() < TOLD_MAX {
            self.told.push(what);
        }
    }

    fn unless(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.differs(what());
        }
    }

    /// Adds another run's figures.
    pub fn add(&mut self, other: Self) {
        self.days += other.days;
        self.quotes += other.quotes;
        self.settlements += other.settlements;
        self.lines += other.lines;
        self.reversals += other.reversals;
        self.reversals_later_month += other.reversals_later_month;
        self.reversals_later_year += other.reversals_later_year;
        self.reversals_after_clearing += other.reversals_after_clearing;
        self.bad += other.bad;
        self.clearings += other.clearings;
        self.over_cap += other.over_cap;
        self.moves += other.moves;
        self.bad_moves += other.bad_moves;
        self.boxes_sold += other.boxes_sold;
        self.boxes_returned += other.boxes_returned;
        self.units_sold += other.units_sold;
        self.units_returned += other.units_returned;
        self.differences += other.differences;
        let room = TOLD_MAX.saturating_sub(self.told.len());
        self.told.extend(other.told.into_iter().take(room));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} days: {} settlements of {} lines, {} quotes",
            self.days, self.settlements, self.lines, self.quotes
        )?;
        writeln!(
            f,
            "{} reversals, {} of them in a later month, {} in a later year, {} after clearing; {} months cleared",
            self.reversals,
            self.reversals_later_month,
            self.reversals_later_year,
            self.reversals_after_clearing,
            self.clearings
        )?;
        writeln!(f, "{} settlements cut by a cap, {} bad purchases refused", self.over_cap, self.bad)?;
        writeln!(
            f,
            "{} rows of goods: {} boxes sold and {} back, {} units of open packs sold and {} back; {} bad rows refused",
            self.moves, self.boxes_sold, self.boxes_returned, self.units_sold, self.units_returned, self.bad_moves
        )?;
        write!(f, "{} differences", self.differences)
    }
}

/// Plays so many days of pharmacies from a seed.
pub fn play(seed: u64, days: u64) -> Report {
    let mut report = Report::default();
    let (mut left, mut pharmacy) = (days, 0);
    while left > 0 {
        let now = left.min(DAYS_OF_A_PHARMACY);
        let mut till = Till::open(Dice::new(seed, pharmacy), PERSONS);
        // Of dice of its own: what goods do changes no amount.
        let mut shelf = Shelf::open(Dice::new(!seed, pharmacy));
        for _ in 0..now {
            till.day(&mut report);
            shelf.day(&mut report);
        }
        till.close(&mut report);
        left -= now;
        pharmacy += 1;
    }
    report
}
