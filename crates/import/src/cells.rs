//! The cells of one row, read by column into types; what does not read is a defect of the row.
//!
//! Invariants: every reader says what is wrong and answers `None` only then, so that a row tells all its defects at once; a
//! value is shown only where the kind holds no personal data.

use std::str::FromStr;

use lf_vocab::{Day, Span};

use crate::column::Mapping;
use crate::defect::Defects;
use crate::file::RawRow;

/// Characters of a wrong value that a defect shows.
const SHOWN: usize = 40;

/// A row that is read.
pub struct Cells<'a> {
    mapping: &'a Mapping,
    row: &'a RawRow,
    defects: &'a mut Defects,
    personal: bool,
}

impl<'a> Cells<'a> {
    /// Over a row.
    pub fn new(mapping: &'a Mapping, row: &'a RawRow, defects: &'a mut Defects, personal: bool) -> Self {
        let cells = Self { mapping, row, defects, personal };
        if cells.row.cells.len() > cells.mapping.width {
            let (has, width) = (cells.row.cells.len(), cells.mapping.width);
            let reason = format!("{has} cells under {width} headings; a comma inside a cell wants quotes around it");
            cells.defects.push(cells.row.number, "", reason);
        }
        cells
    }

    /// What stands in a column; nothing is nothing.
    pub fn raw(&self, name: &str) -> Option<&'a str> {
        let cell = self.row.cells.get(self.mapping.at(name)?)?;
        Some(cell.as_str()).filter(|cell| !cell.is_empty())
    }

    /// Which cell holds which column.
    pub fn mapping(&self) -> &'a Mapping {
        self.mapping
    }

    /// Something else is wrong with a column.
    pub fn wrong(&mut self, name: &'static str, reason: impl Into<String>) {
        self.defects.push(self.row.number, name, reason);
    }

    /// Reads a column that may be blank. The outer `None` is a defect.
    pub fn read<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
        let Some(raw) = self.raw(name) else {
            if self.mapping.column(name).is_some_and(|column| column.required) {
                self.wrong(name, "is missing");
                return None;
            }
            return Some(None);
        };
        if shortened(raw) {
            self.wrong(name, "was shortened by a spreadsheet; format the column as text and export it again");
            return None;
        }
        let value = parse(raw);
        if value.is_none() {
            let what = self.mapping.column(name).map_or("of the right form", |column| column.what);
            let shown = if self.personal { String::new() } else { format!(": {}", short(raw)) };
            self.wrong(name, format!("is not {what}{shown}"));
        }
        value.map(Some)
    }

    /// Reads a required column.
    pub fn need<T: FromStr>(&mut self, name: &'static str) -> Option<T> {
        self.read(name, |raw| raw.parse().ok())?
    }

    /// Reads a required column by a function.
    pub fn need_by<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.read(name, parse)?
    }

    /// Reads a column that may be blank.
    pub fn opt<T: FromStr>(&mut self, name: &'static str) -> Option<Option<T>> {
        self.read(name, |raw| raw.parse().ok())
    }

    /// A text that must be there.
    pub fn need_text(&mut self, name: &'static str) -> Option<String> {
        self.need_by(name, plain)
    }

    /// A text that may be there.
    pub fn text(&mut self, name: &'static str) -> Option<Option<String>> {
        self.read(name, plain)
    }

    /// Yes or no; blank is what the caller says.
    pub fn flag(&mut self, name: &'static str, blank: bool) -> Option<bool> {
        self.read(name, flag).map(|flag| flag.unwrap_or(blank))
    }

    /// From a first day to a last day that belongs, as people write it; `None` inside where no first day stands.
    pub fn span(&mut self, from: &'static str, last: &'static str) -> Option<Option<Span<Day>>> {
        let first = self.read(from, day);
        let end = self.read(last, day);
        let (first, end) = (first?, end?);
        let Some(first) = first else {
            if end.is_some() {
                self.wrong(from, "is missing beside the last day");
                return None;
            }
            return Some(None);
        };
        // The last day of the calendar, and 2099-12-31 before it in many files, say that there is no end.
        let until = end.map(|last| last.plus(1)).filter(|until| *until < Day::LAST);
        let span = Span::new(first, until);
        if span.is_none() {
            self.wrong(last, "lies before the first day");
        }
        span.map(Some)
    }
}

/// A text on one or more lines, without control characters.
fn plain(raw: &str) -> Option<String> {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!raw.contains(control)).then(|| raw.to_owned())
}

/// Yes or no in the words of forms.
fn flag(raw: &str) -> Option<bool> {
    match raw.to_ascii_lowercase().as_str() {
        "1" | "是" | "y" | "yes" | "true" | "√" | "有" => Some(true),
        "0" | "否" | "n" | "no" | "false" | "×" | "无" => Some(false),
        _ => None,
    }
}

/// `yyyy-MM-dd`, `yyyy/M/d`, `yyyy.M.d`, `yyyy年M月d日`, `yyyyMMdd`; a clock time behind it is passed over.
pub(crate) fn day(raw: &str) -> Option<Day> {
    let raw = raw.split([' ', 'T']).next().unwrap_or(raw);
    if raw.len() == 8 && raw.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{}-{}-{}", &raw[..4], &raw[4..6], &raw[6..]).parse().ok();
    }
    let parts: Vec<&str> = raw.trim_end_matches('日').split(['-', '/', '.', '年', '月']).collect();
    let &[year, month, day] = parts.as_slice() else { return None };
    if year.len() != 4 || month.is_empty() || day.is_empty() {
        return None;
    }
    format!("{year}-{month:0>2}-{day:0>2}").parse().ok()
}

/// A long code that a spreadsheet took for a number, such as 3.60902E+17.
fn shortened(raw: &str) -> bool {
    let Some((digits, power)) = raw.split_once("E+").or_else(|| raw.split_once("e+")) else { return false };
    let digits = digits.replace('.', "");
    !digits.is_empty() && [digits.as_str(), power].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn short(raw: &str) -> String {
    let mut shown: String = raw.chars().take(SHOWN).filter(|c| !c.is_control()).collect();
    if raw.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_as_people_write_them() {
        for text in ["2026-07-01", "2026/7/1", "2026.7.1", "2026年7月1日", "20260701", "2026-07-01 00:00:00"] {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), Some("2026-07-01"), "{text}");
        }
        for text in
            ["2026-02-30", "7/1/2026", "2026-07", "26-7-1", "2026-07-01-01", "46204", "２０２６-07-01", "２２0701"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_shortened_number_is_told_from_a_code() {
        assert!(shortened("3.60902E+17") && shortened("1e+21"));
        assert!(!shortened("E11.900") && !shortened("1E11") && !shortened("E+11"));
        assert_eq!((flag("是"), flag("否"), flag("也许")), (Some(true), Some(false), None));
        assert_eq!((short("药").as_str(), short(&"药".repeat(41)).chars().count()), ("药", 41));
    }
}
