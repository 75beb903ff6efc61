//! Days and moments as the interface writes them: `yyyy-MM-dd`, `yyyy-MM-dd HH:mm:ss`, always +08:00.
//!
//! Invariants: a `Day` is a real calendar day; a `Moment` is microseconds since the epoch. Nothing
//! here reads a clock.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// China keeps one offset all year.
const OFFSET_MICROS: i64 = 8 * 3_600 * 1_000_000;
const DAY_MICROS: i64 = 86_400 * 1_000_000;
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Why a text is not a day or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DayError {
    /// Not `yyyy-MM-dd`, or no such day.
    #[error("不是yyyy-MM-dd格式的日期")]
    BadDay,
    /// Not `yyyy-MM-dd HH:mm:ss`, or no such time.
    #[error("不是yyyy-MM-dd HH:mm:ss格式的时间")]
    BadMoment,
}

/// A calendar day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(i32);

impl Day {
    /// The first day of the calendar.
    pub const FIRST: Self = Self(-719_162);
    /// The last day of the calendar, 9999-12-31.
    pub const LAST: Self = Self(2_932_896);

    /// From year, month and day of month; `None` if there is no such day.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self::from_date)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// From days since 1970-01-01, within the years 1 to 9999; `None` outside.
    pub fn from_number(number: i32) -> Option<Self> {
        (Self::FIRST.0..=Self::LAST.0).contains(&number).then_some(Self(number))
    }

    /// The day `days` later (earlier if negative), staying within the calendar.
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(Self::FIRST.0, Self::LAST.0))
    }

    /// Full days from `earlier` to this day.
    pub const fn since(self, earlier: Day) -> i32 {
        self.0 - earlier.0
    }

    /// Midnight at its beginning, +08:00.
    pub const fn start(self) -> Moment {
        Moment(self.0 as i64 * DAY_MICROS - OFFSET_MICROS)
    }

    /// Year, month, day of month.
    pub fn ymd(self) -> (i16, i8, i8) {
        let date = self.date();
        (date.year(), date.month(), date.day())
    }

    /// The calendar year, the period of accumulators.
    pub fn year(self) -> i16 {
        self.date().year()
    }

    /// Eight digits, `yyyyMMdd`.
    pub fn compact(self) -> String {
        let (year, month, day) = self.ymd();
        format!("{year:04}{month:02}{day:02}")
    }

    fn date(self) -> Date {
        EPOCH.saturating_add(jiff::Span::new().days(self.0))
    }

    fn from_date(date: Date) -> Self {
        let days = date.since(EPOCH).map(|span| span.get_days()).unwrap_or_default();
        Self(days)
    }
}

impl FromStr for Day {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Self, DayError> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(DayError::BadDay);
        }
        let year = digits(&bytes[0..4]).ok_or(DayError::BadDay)?;
        let month = digits(&bytes[5..7]).ok_or(DayError::BadDay)?;
        let day = digits(&bytes[8..10]).ok_or(DayError::BadDay)?;
        Self::from_ymd(year as i16, month as i8, day as i8).ok_or(DayError::BadDay)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A point in time, microseconds since 1970-01-01T00:00:00Z; read and written at +08:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the epoch, as the envelope's `timestamp`.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// The day it falls on, +08:00.
    pub const fn day(self) -> Day {
        Day((self.0 + OFFSET_MICROS).div_euclid(DAY_MICROS) as i32)
    }

    /// That many seconds later (earlier if negative).
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The same clock time that many days later.
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY_MICROS)))
    }

    /// Seconds of the day, +08:00.
    pub const fn second_of_day(self) -> i64 {
        (self.0 + OFFSET_MICROS).rem_euclid(DAY_MICROS) / 1_000_000
    }
}

impl FromStr for Moment {
    type Err = DayError;
    /// Accepts a blank or a `T` between day and time (epc.md §2.9).
    fn from_str(text: &str) -> Result<Self, DayError> {
        let bytes = text.as_bytes();
        if bytes.len() != 19 || !matches!(bytes[10], b' ' | b'T') || bytes[13] != b':' || bytes[16] != b':' {
            return Err(DayError::BadMoment);
        }
        let day: Day = text.get(..10).ok_or(DayError::BadMoment)?.parse().map_err(|_| DayError::BadMoment)?;
        let hour = digits(&bytes[11..13]).filter(|h| *h < 24).ok_or(DayError::BadMoment)?;
        let minute = digits(&bytes[14..16]).filter(|m| *m < 60).ok_or(DayError::BadMoment)?;
        let second = digits(&bytes[17..19]).filter(|s| *s < 60).ok_or(DayError::BadMoment)?;
        Ok(day.start().plus_seconds(i64::from(hour * 3_600 + minute * 60 + second)))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.second_of_day();
        write!(f, "{} {:02}:{:02}:{:02}", self.day(), second / 3_600, second / 60 % 60, second % 60)
    }
}

impl From<DateTime> for Moment {
    fn from(time: DateTime) -> Self {
        let seconds = i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
        Day::from_date(time.date()).start().plus_seconds(seconds)
    }
}

fn digits(bytes: &[u8]) -> Option<i32> {
    bytes.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments_read_and_write_at_plus_eight() {
        let moment: Moment = "2026-11-22 00:00:01".parse().unwrap();
        assert_eq!(moment.micros(), 1_795_276_801_000_000);
        assert_eq!(moment.to_string(), "2026-11-22 00:00:01");
        assert_eq!(moment.day().to_string(), "2026-11-22");
        assert_eq!("2026-11-22T00:00:01".parse::<Moment>(), Ok(moment));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["2026-02-29", "2026-13-01", "2026-1-01", "", "20260101", "2026-01-0１"] {
            assert_eq!(text.parse::<Day>(), Err(DayError::BadDay), "{text}");
        }
        for text in ["2026-01-01", "2026-01-01 24:00:00", "2026-01-01 1:00:00", "2026-01-01 00:60:00"] {
            assert_eq!(text.parse::<Moment>(), Err(DayError::BadMoment), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_survives_its_text(number in -100_000i32..2_000_000) {
            let day = Day::from_number(number).unwrap();
            prop_assert_eq!(day.to_string().parse::<Day>().unwrap(), day);
            prop_assert_eq!(day.start().day(), day);
            prop_assert_eq!(Day::from_ymd(day.ymd().0, day.ymd().1, day.ymd().2).unwrap(), day);
        }
    }
}
