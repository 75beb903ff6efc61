//! CSV: UTF-8 with or without a byte order mark, UTF-16 with one, or GB18030, as Chinese Excel writes it.
//!
//! Invariants: bytes that are no text in their encoding are refused, never replaced by question marks; the delimiter
//! is the one that the heading line has most of.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

use crate::file::{Builder, FileError};

pub(crate) fn read(bytes: &[u8], builder: &mut Builder) -> Result<(), FileError> {
    let text = decoded(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let begin = record.position().map_or(0, csv::Position::byte);
                builder.row(lines.of(begin), record.iter().map(str::to_owned).collect())?;
            }
            Err(_) => return Err(FileError::Csv(lines.of(reader.position().byte()))),
        }
    }
}

/// Counts lines as an editor shows them: the reader's own count stands still at blank lines and pairs of line ends.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the record begins that the reader began to look for at `byte`.
    fn of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.text.get(self.at)
            && (self.at < byte || matches!(next, b'\r' | b'\n'))
        {
            self.line += u64::from(*next == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// A mark decides; without one UTF-8 is tried first, because what is GB18030 hardly ever is valid UTF-8.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, FileError> {
    let (encoding, skip) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let body = bytes.get(skip..).unwrap_or_default();
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(body) {
        return Ok(text);
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    text.filter(|_| skip == 0).ok_or(FileError::Encoding)
}

fn delimiter(text: &str) -> u8 {
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| heading.bytes().filter(|byte| *byte == delimiter).count();
    // Of equal counts the comma wins: it comes last.
    [b';', b'\t', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{Place, Table};

    fn rows(bytes: &[u8]) -> Result<String, FileError> {
        let table = Table::read(bytes, &Place::default())?;
        let rows = table.rows.iter().map(|row| format!("{}:{}", row.number, row.cells.join("|")));
        Ok(std::iter::once(table.headings.join("|")).chain(rows).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn every_encoding_of_a_chinese_spreadsheet_reads_the_same() {
        let text = "编码,名称\r\n1,阿莫西林\r\n\r\n2,\"含“引号”,和逗号\"\r\n";
        let wanted = "编码|名称 2:1|阿莫西林 4:2|含“引号”,和逗号";
        let (gb18030, _, _) = GB18030.encode(text);
        let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &with_mark, &gb18030, &utf16] {
            assert_eq!(rows(bytes).as_deref(), Ok(wanted));
        }
        // Rare characters of names, four bytes in GB18030.
        let (rare, _, _) = GB18030.encode("姓名\n𠮷㐂\n");
        assert_eq!(rows(&rare).as_deref(), Ok("姓名 2:𠮷㐂"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(rows(b"a,b\n\xff\xff\xff\n"), Err(FileError::Encoding));
        assert_eq!(rows(b"\xef\xbb\xbfa,b\n\xd6\xd0\n"), Err(FileError::Encoding), "a mark is a promise");
    }

    #[test]
    fn other_delimiters_are_seen_from_the_heading() {
        assert_eq!(rows(b"a\tb\n1,2\t3\n").as_deref(), Ok("a|b 2:1,2|3"));
        assert_eq!(rows(b"a;b\n1,2;3\n").as_deref(), Ok("a|b 2:1,2|3"));
        assert_eq!(rows(b"a\n\"x\ny\"\nz\n").as_deref(), Ok("a 2:x\ny 4:z"), "a number is a line of the file");
    }
}
