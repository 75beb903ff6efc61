//! The manifest: what lies in the ZIP, one row a file and a record, TAB between columns.
//!
//! ```text
//! liufang-archive  1
//! fixmedins_code   P36090200106
//! from             2026-11-01
//! until            2026-12-01          half-open
//! made_at          2026-12-02 08:00:00
//! record           3609…(30)   keep until   sm3 of the record
//! file             events.tsv   length   sm3      a part of the record above, in the order of names
//! …
//! end              records   files
//! ```
//!
//! Every line ends with LF; there is no other line, so the same content has one text.

use std::fmt::Write as _;

use lf_gm::hex;
use lf_vocab::{Day, FixmedinsCode, HiRxno, Moment};
use thiserror::Error;

use crate::record::is_name;
use crate::{PARTS_MAX, RECORDS_MAX};

/// Whose archive of which time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The institution or pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// First day of issue.
    pub from: Day,
    /// The day after the last.
    pub until: Day,
    /// When it was exported.
    pub made_at: Moment,
}

/// A record of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The prescription.
    pub hi_rxno: HiRxno,
    /// It may be destroyed from this day on and not before.
    pub keep_until: Day,
    /// The hash that binds its parts.
    pub sm3: [u8; 32],
    /// Name, length and SM3 of its parts.
    pub files: Vec<(String, u64, [u8; 32])>,
}

/// A whole manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Whose.
    pub head: Head,
    /// In the order of their numbers.
    pub rows: Vec<Row>,
}

/// The text is no manifest; the line says where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {why}")]
pub struct ManifestError {
    /// Counts from 1.
    pub line: usize,
    /// In words.
    pub why: String,
}

impl Row {
    /// The file's place in the ZIP.
    pub fn path(&self, name: &str) -> String {
        path(&self.hi_rxno, name)
    }
}

/// A part's place in the ZIP.
pub(crate) fn path(hi_rxno: &HiRxno, name: &str) -> String {
    format!("rx/{hi_rxno}/{name}")
}

impl Manifest {
    /// Its one text.
    pub fn render(&self) -> String {
        let Head { fixmedins_code, from, until, made_at } = &self.head;
        let mut text = format!(
            "liufang-archive\t1\nfixmedins_code\t{fixmedins_code}\nfrom\t{from}\nuntil\t{until}\nmade_at\t{made_at}\n"
        );
        let mut files = 0;
        for row in &self.rows {
            // Writing into a String does not fail.
            let _ = writeln!(text, "record\t{}\t{}\t{}", row.hi_rxno, row.keep_until, hex::lower(&row.sm3));
            for (name, length, sm3) in &row.files {
                let _ = writeln!(text, "file\t{name}\t{length}\t{}", hex::lower(sm3));
            }
            files += row.files.len();
        }
        let _ = writeln!(text, "end\t{}\t{files}", self.rows.len());
        text
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`ManifestError`]: a line that is not as described, a count that is not as it says, an order that is not rising.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let mut lines = Lines { rest: text, line: 0 };
        let version: u64 = lines.value("liufang-archive")?;
        if version != 1 {
            return Err(lines.wrong("a version other than 1"));
        }
        let head = Head {
            fixmedins_code: lines.value("fixmedins_code")?,
            from: lines.value("from")?,
            until: lines.value("until")?,
            made_at: lines.value("made_at")?,
        };
        let mut rows: Vec<Row> = Vec::new();
        loop {
            let columns = lines.next()?;
            match columns.as_slice() {
                ["record", hi_rxno, keep_until, sm3] => {
                    let hi_rxno: HiRxno = hi_rxno.parse().map_err(|_| lines.wrong("no hi_rxno"))?;
                    if rows.last().is_some_and(|last| last.hi_rxno >= hi_rxno) || rows.len() >= RECORDS_MAX {
                        return Err(lines.wrong("records out of order or too many"));
                    }
                    let keep_until = keep_until.parse().map_err(|_| lines.wrong("no day"))?;
                    rows.push(Row { hi_rxno, keep_until, sm3: digest(&lines, sm3)?, files: Vec::new() });
                }
                ["file", name, length, sm3] => {
                    let row = rows.last_mut().ok_or_else(|| lines.wrong("a file without a record"))?;
                    let rising = row.files.last().is_none_or(|(last, ..)| last.as_str() < *name);
                    if !is_name(name) || !rising || row.files.len() >= PARTS_MAX {
                        return Err(lines.wrong("names out of order, too many, or none of a part"));
                    }
                    let length = length.parse().map_err(|_| lines.wrong("no length"))?;
                    row.files.push(((*name).to_owned(), length, digest(&lines, sm3)?));
                }
                ["end", records, files] => {
                    let counted: usize = rows.iter().map(|row| row.files.len()).sum();
                    let agrees = records.parse() == Ok(rows.len()) && files.parse() == Ok(counted);
                    return if agrees && lines.rest.is_empty() {
                        Ok(Self { head, rows })
                    } else {
                        Err(lines.wrong("counts that do not agree, or more after the end"))
                    };
                }
                _ => return Err(lines.wrong("neither record, file nor end")),
            }
        }
    }
}

struct Lines<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Lines<'t> {
    fn next(&mut self) -> Result<Vec<&'t str>, ManifestError> {
        self.line += 1;
        let (line, rest) = self.rest.split_once('\n').ok_or_else(|| self.wrong("the text ends too early"))?;
        self.rest = rest;
        Ok(line.split('\t').collect())
    }

    fn value<T: std::str::FromStr>(&mut self, name: &str) -> Result<T, ManifestError> {
        match self.next()?.as_slice() {
            [found, value] if *found == name => value.parse().map_err(|_| self.wrong(&format!("no value of {name}"))),
            _ => Err(self.wrong(&format!("{name} is expected here"))),
        }
    }

    fn wrong(&self, why: &str) -> ManifestError {
        ManifestError { line: self.line, why: why.to_owned() }
    }
}

fn digest(lines: &Lines<'_>, text: &str) -> Result<[u8; 32], ManifestError> {
    let bytes = hex::decode(text.as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.filter(|bytes| hex::lower(bytes) == text).ok_or_else(|| lines.wrong("no SM3"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let number = |serial| HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), serial).unwrap();
        let row = |serial, files: &[&str]| Row {
            hi_rxno: number(serial),
            keep_until: "2028-11-22".parse().unwrap(),
            sm3: [serial as u8; 32],
            files: files.iter().map(|name| ((*name).to_owned(), 7, [9; 32])).collect(),
        };
        let head = Head {
            fixmedins_code: "P36090200106".parse().unwrap(),
            from: "2026-11-01".parse().unwrap(),
            until: "2026-12-01".parse().unwrap(),
            made_at: "2026-12-02 08:00:00".parse().unwrap(),
        };
        Manifest { head, rows: vec![row(1, &["a.json", "b.tsv"]), row(2, &["a.json"])] }
    }

    #[test]
    fn it_reads_what_it_writes_and_nothing_else() {
        let text = manifest().render();
        assert_eq!(Manifest::parse(&text), Ok(manifest()));
        let empty = Manifest { rows: Vec::new(), ..manifest() };
        assert_eq!(Manifest::parse(&empty.render()), Ok(empty));
        for (from, to) in [
            ("liufang-archive\t1", "liufang-archive\t2"),
            ("fixmedins_code", "code"),
            ("P36090200106", "X"),
            ("2026-12-02 08:00:00", "yesterday"),
            ("a.json\t7", "a.json\t-7"),
            ("a.json\t7", "../x\t7"),
            ("a.json\t7", "z.json\t7"),
            ("0909", "09g9"),
            ("0101", "AAAA"),
            ("end\t2\t3", "end\t2\t4"),
            ("end\t2\t3", "end\t1\t3"),
            ("end\t2\t3\n", "end\t2\t3"),
            ("end\t2\t3\n", "end\t2\t3\nmore\n"),
            ("end\t2\t3\n", ""),
            ("\t2028-11-22", ""),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            assert!(Manifest::parse(&changed).is_err(), "{from} -> {to}");
        }
        let lines: Vec<&str> = text.lines().collect();
        let swapped = [&lines[..5], &lines[8..10], &lines[5..8], &lines[10..]].concat().join("\n") + "\n";
        assert!(Manifest::parse(&swapped).unwrap_err().why.contains("out of order"));
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(Manifest::parse(&text[..end]).is_err(), "{end}");
        }
    }
}
