//! Until when the record of a prescription must be kept: the gate `retain`. Serves HB-1.16, HB-2.5, GX-3.7, JX-4.2b.
//!
//! The years stand in the packs: the country's by class of prescription (处方管理办法第五十条), a place's own by who keeps it. Of
//! all that hold in a place the longest is taken, because each of them says "at least".

use lf_law::{Dates, Grant, Law, View};
use lf_vocab::{Admdvs, Day};

use crate::failure::Failure;
use crate::gate::{LawRefusal, number, quantity};

/// What a place may order besides the country.
const LOCAL: [&str; 3] = ["archive.years", "archive.institution_years", "archive.pharmacy_paper_years"];

/// Until when, and by which provisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The first day on which it may be destroyed.
    pub until: Day,
    /// At least so many years.
    pub years: i64,
    /// The provisions that say so many, each with its dated value.
    pub by: Vec<String>,
}

lf_rx::refusals! {
    /// Why a record may not be destroyed.
    RetainRefusal {
        Locked(Day, i64) = "ARC-KEEP-01", "处方保存年限", "处方至少保存{1}年，{0}前不得销毁";
    }
}

impl Kept {
    /// Whether the record may be destroyed on a day.
    ///
    /// # Errors
    /// [`RetainRefusal::Locked`] before the day.
    pub fn may_destroy(&self, on: Day) -> Result<(), RetainRefusal> {
        // A lock by law: nothing of a prescription goes before its years are over, whoever asks.
        lf_vocab::covers!("HB-1.16", "GX-3.7");
        if on < self.until { Err(RetainRefusal::Locked(self.until, self.years)) } else { Ok(()) }
    }

    /// The longer of two terms: a prescription's place and its keeper's each say "at least".
    #[must_use]
    pub fn or_longer(self, other: Self) -> Self {
        if self.until < other.until { other } else { self }
    }
}

/// Until when a prescription of that day and class is kept in a place, by its grants of that day.
///
/// # Errors
/// A refusal where the country's own term is not formalised for the day; `Broken` for a pack whose years are no number.
pub fn keep_until(
    law: &Law,
    (place, grants): (Admdvs, &[Grant]),
    prsc_day: Day,
    rx_type_code: &str,
) -> Result<Kept, Failure> {
    let dates = Dates::all(prsc_day);
    let view = law.view(&place, &dates, grants);
    let mut kept = Kept { until: prsc_day, years: 0, by: Vec::new() };
    let national = format!("rx.retain_years.{}", class(rx_type_code));
    if !kept.hear(&view, &national)? {
        let what = format!("{prsc_day}所开处方的保存年限");
        return Err(Failure::from_refusal(LawRefusal::NotFormalised(what)));
    }
    for id in LOCAL {
        kept.hear(&view, id)?;
    }
    kept.until = years_after(prsc_day, kept.years);
    Ok(kept)
}

impl Kept {
    /// Takes a provision in, if the place has it; whether it has.
    fn hear(&mut self, view: &View<'_>, id: &str) -> Result<bool, Failure> {
        let Some((years, by)) = quantity(view, id, number)? else { return Ok(false) };
        if years > self.years {
            self.years = years;
            self.by.clear();
        }
        if years == self.years {
            self.by.push(by);
        }
        Ok(true)
    }
}

/// The classes of 处方管理办法第五十条 by 处方类别代码.
fn class(rx_type_code: &str) -> &'static str {
    match rx_type_code {
        "7" => "narcotic",
        "8" => "toxic",
        _ => "ordinary",
    }
}

/// The same day so many years later; of 29 February the day after its month's end.
fn years_after(day: Day, years: i64) -> Day {
    let (year, month, of_month) = day.ymd();
    let year = i16::try_from(i64::from(year) + years).unwrap_or(i16::MAX);
    Day::from_ymd(year, month, of_month).or_else(|| Day::from_ymd(year, month + 1, 1)).unwrap_or(Day::LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn kept(place: &str, prsc_day: &str, rx_type_code: &str) -> (String, i64, String) {
        let law = lf_testkit::center::repository_law();
        let kept = keep_until(&law, (place.parse().unwrap(), &[]), day(prsc_day), rx_type_code).unwrap();
        (kept.until.to_string(), kept.years, kept.by.join(" "))
    }

    #[test]
    fn the_longest_term_of_country_and_place_is_kept() {
        // proves HB-1.16, GX-3.7
        let of = |until: &str, years, by: &str| (until.to_owned(), years, by.to_owned());
        assert_eq!(kept("360900", "2026-11-22", "1"), of("2028-11-22", 2, "360000/archive.years@2024-03-12"));
        assert_eq!(
            kept("360900", "2024-03-11", "1"),
            of("2025-03-11", 1, "100000/rx.retain_years.ordinary@2007-05-01")
        );
        assert_eq!(
            kept("360900", "2026-11-22", "7"),
            of("2029-11-22", 3, "100000/rx.retain_years.narcotic@2007-05-01")
        );
        let (until, years, by) = kept("420100", "2026-11-22", "8");
        assert_eq!((until.as_str(), years), ("2028-11-22", 2));
        for provision in ["100000/rx.retain_years.toxic", "420000/archive.institution_years"] {
            assert!(by.contains(provision), "{by}");
        }
        assert_eq!(kept("450000", "2025-01-01", "1"), of("2027-01-01", 2, "450000/archive.years@2025-01-01"));
        assert_eq!(kept("441900", "2026-11-22", "1").1, 1);
        assert_eq!(kept("360900", "2024-02-29", "1").0, "2025-03-01");
        let law = lf_testkit::center::repository_law();
        assert!(keep_until(&law, ("360900".parse().unwrap(), &[]), day("2007-04-30"), "1").is_err());
    }

    #[test]
    fn of_two_places_the_longer_term_holds() {
        let law = lf_testkit::center::repository_law();
        let of = |place: &str| keep_until(&law, (place.parse().unwrap(), &[]), day("2026-11-22"), "1").unwrap();
        let (one_year, two_years) = (of("441900"), of("360900"));
        assert_eq!(one_year.clone().or_longer(two_years.clone()), two_years);
        assert_eq!(two_years.clone().or_longer(one_year), two_years);
    }

    #[test]
    fn a_record_is_locked_until_the_day_and_free_on_it() {
        // proves HB-1.16
        let kept = Kept { until: day("2028-11-22"), years: 2, by: Vec::new() };
        let locked = RetainRefusal::Locked(day("2028-11-22"), 2);
        assert_eq!(kept.may_destroy(day("2028-11-21")), Err(locked));
        assert_eq!(kept.may_destroy(day("2028-11-22")), Ok(()));
    }
}
