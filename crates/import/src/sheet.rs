//! XLSX, cell by cell.
//!
//! Invariants: no cell's place makes anything large, because rows are taken as they come and their limits are looked at
//! on the way; a day is written `yyyy-MM-dd`, a whole number without a point.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};

use crate::COLUMNS_MAX;
use crate::file::{Builder, FileError};

pub(crate) fn read(bytes: &[u8], sheet: Option<&str>, builder: &mut Builder) -> Result<(), FileError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| FileError::Workbook)?;
    let names = book.sheet_names();
    let name = match sheet {
        None => names.first().cloned().ok_or(FileError::Workbook)?,
        Some(name) if names.iter().any(|known| known == name) => name.to_owned(),
        Some(_) => return Err(FileError::Sheet(names.join(", "))),
    };
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| FileError::Workbook)?;
    let (mut current, mut row) = (0u64, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(|_| FileError::Workbook)? {
        let (at_row, at_column) = cell.get_position();
        let number = u64::from(at_row) + 1;
        if number != current {
            if current > 0 {
                builder.row(current, std::mem::take(&mut row))?;
            }
            current = number;
        }
        let text = written(cell.get_value());
        let at = usize::try_from(at_column).unwrap_or(usize::MAX);
        if text.is_empty() {
            continue;
        }
        if at >= COLUMNS_MAX {
            return Err(FileError::TooManyColumns(number));
        }
        if row.len() <= at {
            row.resize(at + 1, String::new());
        }
        if let Some(place) = row.get_mut(at) {
            *place = text;
        }
    }
    if current > 0 { builder.row(current, row) } else { Ok(()) }
}

fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(int) => int.to_string(),
        // The shortest text that is the same number: 12.0 is 12, and 0.1 stays 0.1.
        DataRef::Float(float) => float.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(flag) => if *flag { "1" } else { "0" }.to_owned(),
        DataRef::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.get(..10).unwrap_or(text).to_owned(),
        // No field of ours reads this, so it becomes a defect of its row.
        DataRef::Error(_) => "#错误".to_owned(),
    }
}
