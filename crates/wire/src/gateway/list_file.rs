//! The files of 1301–1303, 1305–1311, 1313–1315, 1320: a ZIP of one TXT, a row a line, TAB between its columns, in the printed order.
//!
//! Invariants: every row has all columns of its table; what the center does not know is `null`, as the interface writes
//! an empty value in a TXT; no value can break a column or a line; the same rows make the same bytes.

use std::io::{Cursor, Write as _};

use lf_center::t1301_download::{Catalogue, CatalogueFile, Line, What};
use lf_ports::lists::{Diagnosis, Opsp, Printed, PrintedRow};
use lf_ports::{Drug, Item};
use lf_vocab::Day;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

/// An absent value in a TXT.
const NULL: &str = "null";

/// Columns of a row, by the transaction that downloads it.
pub const fn columns(catalogue: Catalogue) -> usize {
    match catalogue {
        Catalogue::Medicines => 97,
        Catalogue::Pieces => 33,
        Catalogue::Preparations => 83,
        Catalogue::Diagnoses => 24,
        Catalogue::Opsp => 16,
        Catalogue::Granules => 44,
        Catalogue::Printed(list) => list.headings().len(),
    }
}

/// A file that is being written.
pub struct ListFile {
    catalogue: Catalogue,
    zip: ZipWriter<Cursor<Vec<u8>>>,
    line: String,
    /// The first error; what comes after it is of no use.
    broken: Option<String>,
}

impl ListFile {
    /// An empty one.
    pub fn new(catalogue: Catalogue) -> Self {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        // No time of making in it, so that two processes make the same file.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        let started = zip.start_file(format!("{}.txt", catalogue.infno()), options);
        Self { catalogue, zip, line: String::new(), broken: started.err().map(|error| error.to_string()) }
    }
}

impl CatalogueFile for ListFile {
    fn add(&mut self, line: &Line<'_>) {
        let mut row = Row::new(columns(self.catalogue));
        match line.what {
            What::Item(Item::Opsp(opsp)) => opsp_row(&mut row, opsp, line),
            What::Item(Item::Diagnosis(diagnosis)) => diagnosis_row(&mut row, diagnosis, line),
            What::Item(Item::Printed(list, cells)) => printed_row(&mut row, *list, cells, line),
            // No other list is downloaded.
            What::Item(_) => return,
            What::Drug(drug) => match self.catalogue {
                Catalogue::Pieces => piece_row(&mut row, drug, line),
                Catalogue::Preparations => preparation_row(&mut row, drug, line),
                Catalogue::Granules => granule_row(&mut row, drug, line),
                _ => medicine_row(&mut row, drug, line),
            },
        }
        self.line.clear();
        row.write(&mut self.line);
        if self.broken.is_none() {
            self.broken = self.zip.write_all(self.line.as_bytes()).err().map(|error| error.to_string());
        }
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, String> {
        match self.broken {
            Some(broken) => Err(broken),
            None => Ok(self.zip.finish().map_err(|error| error.to_string())?.into_inner()),
        }
    }
}

/// The columns of a row, counted from 1 as the interface prints them.
struct Row(Vec<Option<String>>);

impl Row {
    fn new(columns: usize) -> Self {
        Self(vec![None; columns])
    }

    fn set(&mut self, column: usize, value: impl ToString) -> &mut Self {
        if let Some(cell) = self.0.get_mut(column - 1) {
            *cell = Some(value.to_string());
        }
        self
    }

    fn opt(&mut self, column: usize, value: Option<impl ToString>) -> &mut Self {
        match value {
            Some(value) => self.set(column, value),
            None => self,
        }
    }

    fn flag(&mut self, column: usize, value: bool) -> &mut Self {
        self.set(column, i32::from(value))
    }

    fn write(&self, out: &mut String) {
        for (at, cell) in self.0.iter().enumerate() {
            if at > 0 {
                out.push('\t');
            }
            match cell.as_deref().filter(|text| !text.is_empty()) {
                Some(text) => out.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c })),
                None => out.push_str(NULL),
            }
        }
        out.push('\n');
    }
}

/// 唯一记录号: a code has one row from a day on.
pub fn rid(code: &str, from: Day) -> String {
    format!("{code}{}", from.compact())
}

fn medicine_row(row: &mut Row, drug: &Drug, line: &Line<'_>) {
    let code = drug.med_list_codg.as_str();
    row.set(1, code).opt(2, drug.prodname.as_deref()).set(4, &drug.genname).set(8, &drug.reg_name);
    row.set(11, &drug.dosform_name).set(14, &drug.spec_name).flag(24, code.starts_with('Z'));
    row.set(37, line.from).opt(38, line.last()).set(42, drug.min_pac_cnt);
    row.set(45, &drug.min_pacunt).set(46, &drug.min_prepunt).set(47, drug.min_pac_cnt).set(54, &drug.prdr_name);
    row.flag(58, drug.memo.is_some()).opt(62, drug.aprvno.as_deref()).opt(69, drug.memo.as_deref());
    row.flag(75, drug.hi_nego);
    row.flag(79, line.vali()).set(80, rid(code, line.from));
    edition(row, line, [81, 82, 83, 84]);
    row.flag(85, drug.chld_medc).set(92, drug.chrgitm_lv.code()).set(94, 1);
    row.set(96, line.from.start()).opt(97, line.until.map(Day::start));
}

fn piece_row(row: &mut Row, drug: &Drug, line: &Line<'_>) {
    let code = drug.med_list_codg.as_str();
    row.set(1, code).set(2, &drug.genname).set(12, line.from).opt(13, line.last());
    row.flag(14, line.vali()).set(15, rid(code, line.from));
    edition(row, line, [16, 17, 18, 19]);
    row.opt(25, drug.memo.as_deref()).set(30, 1);
    row.set(32, line.from.start()).opt(33, line.until.map(Day::start));
}

fn granule_row(row: &mut Row, drug: &Drug, line: &Line<'_>) {
    let code = drug.med_list_codg.as_str();
    row.set(2, code).set(3, &drug.genname).set(4, &drug.min_prepunt).set(6, &drug.spec_name).set(9, &drug.prdr_name);
    row.opt(11, drug.aprvno.as_deref()).set(28, 1).flag(29, line.vali()).set(30, rid(code, line.from));
    edition(row, line, [34, 31, 42, 43]);
    row.opt(41, drug.memo.as_deref());
}

fn preparation_row(row: &mut Row, drug: &Drug, line: &Line<'_>) {
    let code = drug.med_list_codg.as_str();
    row.set(1, code).opt(2, drug.prodname.as_deref()).set(6, &drug.dosform_name).set(11, &drug.spec_name);
    row.set(31, drug.min_pac_cnt).set(34, &drug.min_prepunt).set(41, &drug.prdr_name).opt(44, drug.aprvno.as_deref());
    row.set(50, drug.min_pac_cnt).set(52, &drug.min_pacunt).set(53, &drug.reg_name).opt(59, drug.memo.as_deref());
    row.flag(65, line.vali()).set(66, line.from.start()).opt(67, line.until.map(Day::start));
    row.set(68, rid(code, line.from));
    edition(row, line, [69, 70, 71, 72]);
    row.flag(74, drug.chld_medc).set(79, 1);
}

fn diagnosis_row(row: &mut Row, diagnosis: &Diagnosis, line: &Line<'_>) {
    row.set(11, &diagnosis.diag_code).set(12, &diagnosis.diag_name).flag(19, line.vali());
    row.set(20, rid(&diagnosis.diag_code, line.from));
    edition(row, line, [21, 22, 23, 24]);
}

/// What the file had under a heading that was imported, and what the center knows of the row under the others.
fn printed_row(row: &mut Row, list: Printed, cells: &PrintedRow, line: &Line<'_>) {
    let code = cells.cell(list.code_and_name().0).unwrap_or_default();
    let imported = line.edition.map(|edition| edition.imported);
    for (column, heading) in (1..).zip(list.headings()) {
        match *heading {
            "有效标志" => row.flag(column, line.vali()),
            "唯一记录号" => row.set(column, rid(code, line.from)),
            "数据创建时间" | "数据更新时间" => row.opt(column, imported),
            "版本号" => row.set(column, line.ver),
            "版本名称" => row.opt(column, line.edition.map(|edition| &edition.edition)),
            "开始日期" => row.set(column, line.from),
            "结束日期" => row.opt(column, line.last()),
            "下发标志" => row.set(column, 1),
            "生效时间" => row.set(column, line.from.start()),
            own => row.opt(column, cells.cell(own)),
        };
    }
}

fn opsp_row(row: &mut Row, opsp: &Opsp, line: &Line<'_>) {
    row.set(1, &opsp.opsp_dise_code).flag(6, line.vali()).set(7, rid(&opsp.opsp_dise_code, line.from));
    edition(row, line, [8, 9, 10, 12]);
    row.set(15, &opsp.opsp_dise_name);
}

/// 数据创建时间, 数据更新时间, 版本号, 版本名称.
fn edition(row: &mut Row, line: &Line<'_>, [crte, updt, ver, ver_name]: [usize; 4]) {
    row.set(ver, line.ver);
    if let Some(edition) = line.edition {
        row.set(crte, edition.imported).set(updt, edition.imported).set(ver_name, &edition.edition);
    }
}
