//! Paper prescriptions: ranges of running numbers that an institution had printed, what pharmacies hand in, and which numbers
//! are missing, doubled or of nobody. Serves HB-1.17 and HB-2.6 (and HB-1.15: whether signature and seal are on it).
//!
//! Pure: rows and numbers in, findings out. A number that comes twice is kept twice, because the second is evidence.

use std::collections::BTreeMap;
use std::fmt;

use lf_vocab::{Day, DrCode, FixmedinsCode, PaperNo};
use thiserror::Error;

/// Prescriptions of one batch at most.
pub const BATCH_MAX: usize = 2_000;

/// Numbers from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// The first.
    pub first: PaperNo,
    /// The last.
    pub last: PaperNo,
}

/// The range has no first before its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Backwards.
    #[error("the range ends before it begins")]
    Backwards,
}

/// A paper prescription as a pharmacy hands it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperRx {
    /// Who issued it.
    pub fixmedins_code: FixmedinsCode,
    /// Its running number.
    pub number: PaperNo,
    /// When it was issued.
    pub prsc_date: Day,
    /// The doctor.
    pub dr_code: DrCode,
    /// Whether the doctor's signature is on it.
    pub dr_sign: bool,
    /// Whether the 外配处方专用章 is on it.
    pub seal: bool,
}

impl Range {
    /// From the first to the last.
    ///
    /// # Errors
    /// [`NumberError::Backwards`].
    pub fn new(first: PaperNo, last: PaperNo) -> Result<Self, NumberError> {
        if first > last { Err(NumberError::Backwards) } else { Ok(Self { first, last }) }
    }

    /// Whether a number is in it.
    pub fn contains(&self, number: PaperNo) -> bool {
        (self.first..=self.last).contains(&number)
    }

    /// Whether they share a number.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// How many numbers.
    pub fn count(&self) -> u64 {
        self.last.get() - self.first.get() + 1
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(f) } else { write!(f, "{}–{}", self.first, self.last) }
    }
}

/// What is to be said of one institution's numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberReport {
    /// Different numbers that came.
    pub used: u64,
    /// Numbers of a range that did not come although a later one of it did.
    pub gaps: Vec<Range>,
    /// Numbers of a range after the last that came: not issued yet, or not handed in.
    pub open: Vec<Range>,
    /// Numbers that came more than once, with how often.
    pub doubled: Vec<(PaperNo, u64)>,
    /// Numbers of no range: nobody printed them.
    pub foreign: Vec<PaperNo>,
}

impl NumberReport {
    /// Nothing is missing, doubled or foreign.
    pub fn is_clean(&self) -> bool {
        self.gaps.is_empty() && self.doubled.is_empty() && self.foreign.is_empty()
    }
}

/// Compares the numbers that came with the ranges that were printed.
pub fn report(ranges: &[Range], came: impl IntoIterator<Item = PaperNo>) -> NumberReport {
    // Running and unique: what is missing between two numbers and what came twice is said.
    lf_vocab::covers!("HB-1.17");
    let mut times: BTreeMap<PaperNo, u64> = BTreeMap::new();
    for number in came {
        *times.entry(number).or_default() += 1;
    }
    let mut report = NumberReport { used: times.len() as u64, ..NumberReport::default() };
    report.doubled = times.iter().filter(|(_, count)| **count > 1).map(|(number, count)| (*number, *count)).collect();
    report.foreign =
        times.keys().filter(|number| !ranges.iter().any(|range| range.contains(**number))).copied().collect();
    let mut ranges = ranges.to_vec();
    ranges.sort();
    for range in ranges {
        let mut next = range.first.get();
        for number in times.range(range.first..=range.last).map(|(number, _)| number.get()) {
            report.gaps.extend(span(next, number - 1));
            next = number + 1;
        }
        report.open.extend(span(next, range.last.get()));
    }
    report
}

fn span(first: u64, last: u64) -> Option<Range> {
    Range::new(PaperNo::of(first)?, PaperNo::of(last)?).ok()
}

/// The rows of a batch as they are kept: one a line, TAB between columns, flags as 0 and 1.
pub fn render(rows: &[PaperRx]) -> String {
    let flag = |yes: bool| if yes { '1' } else { '0' };
    let line = |rx: &PaperRx| {
        let PaperRx { fixmedins_code, number, prsc_date, dr_code, dr_sign, seal } = rx;
        format!("{fixmedins_code}\t{number}\t{prsc_date}\t{dr_code}\t{}\t{}\n", flag(*dr_sign), flag(*seal))
    };
    rows.iter().map(line).collect()
}

/// The rows of a batch that was kept; `None` where a line is none of [`render`]'s.
pub fn parse(kept: &str) -> Option<Vec<PaperRx>> {
    let flag = |text: &str| match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    };
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [fixmedins_code, number, prsc_date, dr_code, dr_sign, seal] = columns.try_into().ok()?;
        Some(PaperRx {
            fixmedins_code: fixmedins_code.parse().ok()?,
            number: number.parse().ok()?,
            prsc_date: prsc_date.parse().ok()?,
            dr_code: dr_code.parse().ok()?,
            dr_sign: flag(dr_sign)?,
            seal: flag(seal)?,
        })
    };
    kept.lines().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no(number: u64) -> PaperNo {
        number.to_string().parse().unwrap()
    }

    fn range(first: u64, last: u64) -> Range {
        Range::new(no(first), no(last)).unwrap()
    }

    fn check(ranges: &[Range], came: &[u64]) -> NumberReport {
        report(ranges, came.iter().copied().map(no))
    }

    #[test]
    fn gaps_doubles_and_foreign_numbers_are_told() {
        // proves HB-1.17
        let ranges = [range(101, 110), range(1, 20)];
        assert!(check(&ranges, &[1, 2, 3, 101]).is_clean());
        let told = check(&ranges, &[2, 5, 5, 9, 101, 105, 300, 5]);
        assert_eq!(told.used, 6);
        assert_eq!(told.gaps, [range(1, 1), range(3, 4), range(6, 8), range(102, 104)]);
        assert_eq!(told.open, [range(10, 20), range(106, 110)]);
        assert_eq!(told.doubled, [(no(5), 3)]);
        assert_eq!(told.foreign, [no(300)]);
        let all: Vec<u64> = (1..=20).chain(101..=110).collect();
        assert_eq!(check(&ranges, &all), NumberReport { used: 30, ..NumberReport::default() });
        assert_eq!(check(&ranges, &[]).open, [range(1, 20), range(101, 110)]);
    }

    #[test]
    fn every_number_of_a_range_is_used_missing_or_open() {
        let all = range(1, 500);
        for step in 1..40u64 {
            let came: Vec<u64> = (1..=500).filter(|number| number * number % 41 < step).collect();
            let told = check(&[all], &came);
            let count = |ranges: &[Range]| ranges.iter().map(Range::count).sum::<u64>();
            assert_eq!(told.used + count(&told.gaps) + count(&told.open), 500, "{step}");
            assert!(told.gaps.iter().chain(&told.open).all(|gap| came.iter().all(|number| !gap.contains(no(*number)))));
        }
    }

    #[test]
    fn a_range_has_a_first_before_its_last() {
        assert_eq!(Range::new(no(2), no(1)), Err(NumberError::Backwards));
        assert!(range(1, 5).overlaps(&range(5, 9)) && !range(1, 5).overlaps(&range(6, 9)));
        assert_eq!(
            (range(7, 7).to_string(), range(1, 2).to_string()),
            ("000000000007".to_owned(), "000000000001–000000000002".to_owned())
        );
    }

    #[test]
    fn a_batch_is_read_as_it_was_kept() {
        let rx = |number: u64, dr_sign: bool, seal: bool| PaperRx {
            fixmedins_code: "H36090200101".parse().unwrap(),
            number: no(number),
            prsc_date: "2026-11-20".parse().unwrap(),
            dr_code: "D360902000001".parse().unwrap(),
            dr_sign,
            seal,
        };
        let rows = vec![rx(1, true, true), rx(2, false, true), rx(999_999_999_999, true, false)];
        let kept = render(&rows);
        assert_eq!(parse(&kept), Some(rows));
        assert_eq!(parse(""), Some(Vec::new()));
        let (line, _) = kept.split_once('\n').unwrap();
        for wrong in
            [format!("{line}\t1"), line.replace("\t1\t1", "\t1"), line.replace("\t1\t1", "\t2\t1"), "x".to_owned()]
        {
            assert_eq!(parse(&wrong), None, "{wrong}");
        }
    }
}
