//! Duty of licensed pharmacists: who came on duty in a pharmacy and who went, when; nothing is ever taken out.
//!
//! Serves JX-1.2. Invariants: a mark is one pharmacist's of one pharmacy; whoever is on duty at the end of a day has not signed in for
//! the next one.

use std::collections::BTreeSet;

use lf_vocab::{FixmedinsCode, Moment};
use serde::{Deserialize, Serialize};

/// Marks of one pharmacy and day after which nobody signs in any more; who stands on duty then still signs out.
pub const DUTY_MAX: usize = 200;

/// Marks of one pharmacy and day that are read: everybody who signed in may have signed out.
pub const DUTY_READ_MAX: usize = 2 * DUTY_MAX;

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DutyMark {
    /// 9001: on duty from here on.
    On,
    /// 9002: no longer.
    Off,
}

impl DutyMark {
    /// As stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }

    /// From the stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::On, Self::Off].into_iter().find(|mark| mark.word() == word)
    }
}

/// A mark as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyRow {
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// When.
    pub at: Moment,
    /// Who.
    pub phar_code: String,
    /// What.
    pub mark: DutyMark,
}

/// Who is on duty after these marks of one day, which come in the order of their time.
pub fn on_duty(marks: &[DutyRow]) -> BTreeSet<&str> {
    let mut standing = BTreeSet::new();
    for row in marks {
        match row.mark {
            DutyMark::On => standing.insert(row.phar_code.as_str()),
            DutyMark::Off => standing.remove(row.phar_code.as_str()),
        };
    }
    standing
}

/// 营业时间, the same every day: minutes since midnight, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHours {
    /// The first minute.
    from: u16,
    /// The first minute no longer.
    until: u16,
}

const DAY_MINUTES: u16 = 24 * 60;

impl OpenHours {
    /// Minutes since midnight; `None` unless the first lies before the other within one day.
    pub fn new(from: u16, until: u16) -> Option<Self> {
        (from < until && until <= DAY_MINUTES).then_some(Self { from, until })
    }

    /// From `08:30-21:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, until) = text.split_once(['-', '–', '~'])?;
        Self::new(minutes(from)?, minutes(until)?)
    }

    /// First moment and first moment no longer, on the day of a moment.
    pub fn on_day_of(self, at: Moment) -> (Moment, Moment) {
        let start = at.day().start();
        (start.plus_seconds(i64::from(self.from) * 60), start.plus_seconds(i64::from(self.until) * 60))
    }

    /// Whether it is open then.
    pub fn contains(self, at: Moment) -> bool {
        let (from, until) = self.on_day_of(at);
        from <= at && at < until
    }
}

impl std::fmt::Display for OpenHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (from, until) = (self.from, self.until);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
    (hours <= 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// Times of a day in which the pharmacy is open and no pharmacist is on duty, by its marks of that day in the order of their time.
pub fn gaps(hours: OpenHours, day: Moment, marks: &[DutyRow]) -> Vec<(Moment, Moment)> {
    let (open, close) = hours.on_day_of(day);
    let mut gaps = Vec::new();
    let mut alone = Some(open);
    for (at, row) in marks.iter().enumerate() {
        let nobody = on_duty(&marks[..=at]).is_empty();
        match (alone, nobody) {
            (Some(since), false) => {
                gaps.push((since, row.at));
                alone = None;
            }
            (None, true) => alone = Some(row.at),
            _ => {}
        }
    }
    gaps.extend(alone.map(|since| (since, close)));
    let within = |(since, until): (Moment, Moment)| (since.max(open), until.min(close));
    gaps.into_iter().map(within).filter(|(since, until)| since < until).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Moment {
        format!("2026-11-22 {time}").parse().unwrap()
    }

    fn marks(said: &[(&str, &str, DutyMark)]) -> Vec<DutyRow> {
        let row = |(time, phar_code, mark): &(&str, &str, DutyMark)| DutyRow {
            fixmedins_code: "P36090200101".parse().unwrap(),
            at: at(time),
            phar_code: (*phar_code).to_owned(),
            mark: *mark,
        };
        said.iter().map(row).collect()
    }

    #[test]
    fn hours_are_read_in_one_form() {
        let hours = OpenHours::parse("08:30-21:00").unwrap();
        assert_eq!(hours.to_string(), "08:30-21:00");
        assert_eq!(OpenHours::parse("0:00-24:00").unwrap().to_string(), "00:00-24:00");
        for wrong in
            ["", "08:30", "21:00-08:30", "08:30-08:30", "08:60-21:00", "08:30-24:01", "八点-九点", "-1:00-2:00"]
        {
            assert_eq!(OpenHours::parse(wrong), None, "{wrong}");
        }
        assert!(!hours.contains(at("08:29:59")) && hours.contains(at("08:30:00")));
        assert!(hours.contains(at("20:59:59")) && !hours.contains(at("21:00:00")));
    }

    #[test]
    fn a_gap_is_where_nobody_is_while_it_is_open() {
        let hours = OpenHours::parse("09:00-18:00").unwrap();
        let told = |said: &[(&str, &str, DutyMark)]| -> Vec<String> {
            let gaps = gaps(hours, at("00:00:00"), &marks(said));
            gaps.iter()
                .map(|(since, until)| format!("{}-{}", &since.to_string()[11..16], &until.to_string()[11..16]))
                .collect()
        };
        use DutyMark::{Off, On};
        assert_eq!(told(&[]), ["09:00-18:00"]);
        assert_eq!(told(&[("08:00:00", "A", On), ("19:00:00", "A", Off)]), [""; 0]);
        assert_eq!(told(&[("08:00:00", "A", On)]), [""; 0], "who has not signed out is there");
        assert_eq!(told(&[("09:10:00", "A", On), ("12:00:00", "A", Off)]), ["09:00-09:10", "12:00-18:00"]);
        let handed = [("09:00:00", "A", On), ("12:00:00", "B", On), ("12:05:00", "A", Off), ("17:00:00", "B", Off)];
        assert_eq!(told(&handed), ["17:00-18:00"]);
        let break_ = [("09:00:00", "A", On), ("12:00:00", "A", Off), ("12:30:00", "A", On), ("20:00:00", "A", Off)];
        assert_eq!(told(&break_), ["12:00-12:30"]);
        assert_eq!(told(&[("19:00:00", "A", On)]), ["09:00-18:00"], "too late is not there");
        assert_eq!(on_duty(&marks(&handed[..3])).into_iter().collect::<Vec<_>>(), ["B"]);
    }
}
