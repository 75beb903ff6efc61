//! A file as a table of text: headings, and rows with the numbers by which their author finds them again.
//!
//! Invariants: no table is larger than the limits; blank rows are passed over and keep their number; a cell is trimmed of
//! the blanks that spreadsheets and people leave.

use thiserror::Error;

use crate::{CELL_MAX, COLUMNS_MAX, FILE_MAX, ROWS_MAX, sheet, text};

/// Rows of text under headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The number of the heading row.
    pub heading_row: u64,
    /// The headings.
    pub headings: Vec<String>,
    /// What stands below them.
    pub rows: Vec<RawRow>,
}

/// A row as its author sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRow {
    /// Line of a CSV file, row of a sheet, from 1.
    pub number: u64,
    /// As many as there are, blank ones at the end left out.
    pub cells: Vec<String>,
}

/// Where in the file the table is.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Name of the sheet of a workbook; the first one unless said.
    pub sheet: Option<String>,
    /// Number of the heading row; the first row that is not blank unless said.
    pub heading_row: Option<u64>,
}

/// Why a file gives no table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileError {
    /// Beyond [`FILE_MAX`].
    #[error("the file has more than {FILE_MAX} bytes; split it")]
    TooLarge,
    /// Beyond [`ROWS_MAX`].
    #[error("the file has more than {ROWS_MAX} rows; split it")]
    TooManyRows,
    /// Beyond [`COLUMNS_MAX`].
    #[error("row {0} has more than {COLUMNS_MAX} columns")]
    TooManyColumns(u64),
    /// Beyond [`CELL_MAX`].
    #[error("row {0}, column {1}: the cell has more than {CELL_MAX} characters")]
    LongCell(u64, usize),
    /// Nothing in it.
    #[error("the file has no heading row")]
    Empty,
    /// Neither UTF-8 nor GB18030.
    #[error("the text is neither UTF-8 nor GB18030 (GBK)")]
    Encoding,
    /// The CSV reader's word, by line.
    #[error("line {0}: not CSV: a quote is not closed or does not stand at the edge of its cell")]
    Csv(u64),
    /// No workbook.
    #[error("the file is no XLSX workbook, or a damaged one")]
    Workbook,
    /// No such sheet.
    #[error("the workbook has no sheet of that name; it has: {0}")]
    Sheet(String),
    /// The binary format before 2007.
    #[error("this is the old .xls format; save it as .xlsx or as CSV")]
    OldWorkbook,
}

impl Table {
    /// Reads a file, XLSX or CSV as its first bytes say.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(bytes: &[u8], place: &Place) -> Result<Self, FileError> {
        if bytes.len() as u64 > FILE_MAX {
            return Err(FileError::TooLarge);
        }
        let mut builder = Builder { heading_row: place.heading_row, table: None };
        if bytes.starts_with(b"PK\x03\x04") {
            sheet::read(bytes, place.sheet.as_deref(), &mut builder)?;
        } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err(FileError::OldWorkbook);
        } else {
            text::read(bytes, &mut builder)?;
        }
        builder.table.ok_or(FileError::Empty)
    }
}

/// Takes rows in their order.
pub(crate) struct Builder {
    heading_row: Option<u64>,
    table: Option<Table>,
}

impl Builder {
    /// The next row. Limits are looked at here, before anything is kept.
    pub(crate) fn row(&mut self, number: u64, cells: Vec<String>) -> Result<(), FileError> {
        let mut cells: Vec<String> = cells.into_iter().map(|cell| trimmed(&cell)).collect();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.len() > COLUMNS_MAX {
            return Err(FileError::TooManyColumns(number));
        }
        let long = |cell: &String| cell.len() > CELL_MAX && cell.chars().nth(CELL_MAX).is_some();
        if let Some(at) = cells.iter().position(long) {
            return Err(FileError::LongCell(number, at + 1));
        }
        match &mut self.table {
            None if self.heading_row.is_some_and(|heading| number < heading) || cells.is_empty() => {}
            None => self.table = Some(Table { heading_row: number, headings: cells, rows: Vec::new() }),
            Some(_) if cells.is_empty() => {}
            Some(table) if table.rows.len() == ROWS_MAX => return Err(FileError::TooManyRows),
            Some(table) => table.rows.push(RawRow { number, cells }),
        }
        Ok(())
    }
}

/// Without the blanks at both ends; the ideographic space and the no-break space are blanks of Chinese forms.
fn trimmed(cell: &str) -> String {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder() -> Builder {
        Builder { heading_row: None, table: None }
    }

    #[test]
    fn rows_columns_and_cells_have_an_end() {
        let mut at_limit = builder();
        for number in 1..=ROWS_MAX as u64 + 1 {
            at_limit.row(number, vec!["x".to_owned()]).unwrap();
        }
        assert_eq!(at_limit.row(0, vec!["x".to_owned()]), Err(FileError::TooManyRows));
        assert_eq!(at_limit.row(0, vec![]), Ok(()), "a blank row is no row");
        assert_eq!(builder().row(1, vec!["x".to_owned(); COLUMNS_MAX]), Ok(()));
        assert_eq!(builder().row(1, vec!["x".to_owned(); COLUMNS_MAX + 1]), Err(FileError::TooManyColumns(1)));
        assert_eq!(builder().row(1, vec!["药".repeat(CELL_MAX)]), Ok(()));
        assert_eq!(builder().row(7, vec!["药".repeat(CELL_MAX + 1)]), Err(FileError::LongCell(7, 1)));
        let zeros = vec![b'0'; FILE_MAX as usize + 1];
        assert_eq!(Table::read(&zeros, &Place::default()), Err(FileError::TooLarge));
    }

    #[test]
    fn a_title_above_the_table_is_passed_over_when_the_heading_row_is_said() {
        let file = "药品目录（2026年）\n\n编码,名称\n1,　甲 \n,\n2,乙\n";
        let place = Place { heading_row: Some(3), ..Place::default() };
        let table = Table::read(file.as_bytes(), &place).unwrap();
        assert_eq!((table.heading_row, table.headings.join(",").as_str()), (3, "编码,名称"));
        let rows: Vec<_> = table.rows.iter().map(|row| (row.number, row.cells.join(","))).collect();
        assert_eq!(rows, [(4, "1,甲".to_owned()), (6, "2,乙".to_owned())]);
        assert_eq!(Table::read(b"\n , \n", &Place::default()), Err(FileError::Empty));
        assert_eq!(Table::read(b"\xd0\xcf\x11\xe0\xa1\xb1", &Place::default()), Err(FileError::OldWorkbook));
    }
}
