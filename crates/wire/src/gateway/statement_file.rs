//! The two files of 3202: a ZIP of one TXT, a row a line, TAB between its columns, in the printed order (tables 150, 151).
//!
//! Invariants: what cannot be read is told with its line, and nothing of the line is repeated; a ZIP is never unpacked
//! beyond [`TEXT_MAX`]; no value can break a column or a line.

use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};

use lf_center::t3202_details::{Found, ROWS_MAX, StatementFile};
use lf_settle::statement::{Finding, Row};
use lf_vocab::Fen;
use zip::read::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

/// The largest text of a file, in bytes.
pub const TEXT_MAX: u64 = 16 * 1024 * 1024;
/// 结算ID, 就诊ID, 人员编号, 医疗费总额, 基金支付总额, 个人账户支出, 退费结算标志.
const COLUMNS: usize = 7;
/// The longest of a number.
const ID_MAX: usize = 30;
/// An absent value in a TXT.
const NULL: &str = "null";

/// The files as the interface prints them.
#[derive(Debug, Clone, Copy, Default)]
pub struct StatementZip;

impl StatementFile for StatementZip {
    fn read(&self, bytes: &[u8]) -> Result<Vec<Row>, String> {
        let text = unpacked(bytes)?;
        let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let lines = lines.filter(|(_, line)| !line.trim().is_empty()).take(ROWS_MAX + 1);
        lines.map(|(at, line)| row(line).map_err(|why| format!("第{}行{why}", at + 1))).collect()
    }

    fn write(&self, found: &[Found]) -> Result<Vec<u8>, String> {
        let mut text = String::with_capacity(found.len() * 160);
        for one in found {
            line(&mut text, one);
        }
        packed(&text).map_err(|error| error.to_string())
    }
}

fn unpacked(bytes: &[u8]) -> Result<String, String> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| "不是ZIP压缩包".to_owned())?;
    if zip.len() != 1 {
        return Err("压缩包内应只有一个TXT文件".to_owned());
    }
    let file = zip.by_index(0).map_err(|_| "压缩包损坏".to_owned())?;
    let mut text = Vec::new();
    file.take(TEXT_MAX + 1).read_to_end(&mut text).map_err(|_| "压缩包损坏".to_owned())?;
    if text.len() as u64 > TEXT_MAX {
        return Err(format!("解压后超过{TEXT_MAX}字节"));
    }
    String::from_utf8(text).map_err(|_| "不是UTF-8文本".to_owned())
}

fn row(line: &str) -> Result<Row, String> {
    let cells: Vec<&str> = line.trim_end_matches('\r').split('\t').map(str::trim).collect();
    let &[setl_id, mdtrt_id, psn_no, medfee, fund, acct, refd] = cells.as_slice() else {
        return Err(format!("应有{COLUMNS}列，实有{}列", cells.len()));
    };
    let refd_setl_flag = match refd {
        "0" => false,
        "1" => true,
        _ => return Err("的退费结算标志应为0或1".to_owned()),
    };
    Ok(Row {
        setl_id: id("结算ID", setl_id)?,
        mdtrt_id: id("就诊ID", mdtrt_id)?,
        psn_no: id("人员编号", psn_no)?,
        medfee_sumamt: fen("医疗费总额", medfee)?,
        fund_pay_sumamt: fen("基金支付总额", fund)?,
        acct_pay: fen("个人账户支出", acct)?,
        refd_setl_id: None,
        refd_setl_flag,
    })
}

fn id(name: &str, cell: &str) -> Result<String, String> {
    if cell.is_empty() || cell == NULL || cell.len() > ID_MAX {
        return Err(format!("的{name}应有1至{ID_MAX}个字符"));
    }
    Ok(cell.to_owned())
}

fn fen(name: &str, cell: &str) -> Result<Fen, String> {
    cell.parse().map_err(|_| format!("的{name}应为最多两位小数的金额"))
}

fn line(out: &mut String, found: &Found) {
    let row = &found.row;
    let even = if found.finding == Finding::Same { "0" } else { "1" };
    let refd = if row.refd_setl_flag { "1" } else { "0" };
    let msgid = found.msgid.as_deref().unwrap_or_default();
    for text in [&row.psn_no, &row.mdtrt_id, &row.setl_id, msgid, even, refd, &found.memo] {
        cell(out, text);
        out.push('\t');
    }
    // Amounts have no character that could break a column.
    let _ = writeln!(out, "{}\t{}\t{}", row.medfee_sumamt, row.fund_pay_sumamt, row.acct_pay);
}

fn cell(out: &mut String, text: &str) {
    match text {
        "" => out.push_str(NULL),
        text => out.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c })),
    }
}

fn packed(text: &str) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // No time of making in it, so that the same findings make the same file.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    zip.start_file("3202.txt", options)?;
    zip.write_all(text.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Row>, String> {
        StatementZip.read(&packed(text).unwrap())
    }

    #[test]
    fn rows_are_read_in_the_printed_order() {
        let rows = read("\u{feff}S1\tM1\tP1\t100.00\t65.5\t0\t0\r\n\nS2\tM1\tP1\t-100\t-65.50\t-1.00\t1\n").unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].fund_pay_sumamt, rows[0].refd_setl_flag), (Fen::new(6_550), false));
        assert_eq!((rows[1].acct_pay, rows[1].refd_setl_flag), (Fen::new(-100), true));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let good = "S1\tM1\tP1\t1\t1\t0\t0\n";
        for (text, want) in [
            ("S1\tM1\tP1\t1\t1\t0\n", "第2行应有7列，实有6列"),
            ("\tM1\tP1\t1\t1\t0\t0\n", "第2行的结算ID应有1至30个字符"),
            ("S1\tnull\tP1\t1\t1\t0\t0\n", "第2行的就诊ID应有1至30个字符"),
            ("S1\tM1\t1234567890123456789012345678901\t1\t1\t0\t0\n", "第2行的人员编号应有1至30个字符"),
            ("S1\tM1\tP1\t1.001\t1\t0\t0\n", "第2行的医疗费总额应为最多两位小数的金额"),
            ("S1\tM1\tP1\t1\tx\t0\t0\n", "第2行的基金支付总额应为最多两位小数的金额"),
            ("S1\tM1\tP1\t1\t1\t\t0\n", "第2行的个人账户支出应为最多两位小数的金额"),
            ("S1\tM1\tP1\t1\t1\t0\t2\n", "第2行的退费结算标志应为0或1"),
        ] {
            assert_eq!(read(&format!("{good}{text}")), Err(want.to_owned()));
        }
        assert_eq!(StatementZip.read(b"PK"), Err("不是ZIP压缩包".to_owned()));
        let mut two = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["a", "b"] {
            two.start_file(name, SimpleFileOptions::default()).unwrap();
        }
        assert!(StatementZip.read(&two.finish().unwrap().into_inner()).unwrap_err().contains("只有一个"));
    }

    #[test]
    fn no_file_unpacks_beyond_its_limit() {
        let at = " ".repeat(usize::try_from(TEXT_MAX).unwrap());
        assert_eq!(read(&at), Ok(Vec::new()));
        assert!(read(&format!("{at} ")).unwrap_err().contains("解压后超过"));
        let line = "S1\tM1\tP1\t1\t1\t0\t0\n";
        assert_eq!(read(&line.repeat(ROWS_MAX + 5)).unwrap().len(), ROWS_MAX + 1, "one more tells that there are more");
    }

    #[test]
    fn findings_are_written_in_the_printed_order_and_break_no_line() {
        let row = read("S1\tM1\tP1\t100\t65\t0\t0\n").unwrap().remove(0);
        let found = |finding, msgid: Option<&str>, row: Row| Found {
            finding,
            row,
            msgid: msgid.map(str::to_owned),
            memo: "备\t注\n".to_owned(),
        };
        let hidden = Row { setl_id: String::new(), mdtrt_id: String::new(), refd_setl_flag: true, ..row.clone() };
        let rows = [found(Finding::Same, Some("m1"), row), found(Finding::OnlyCenter, None, hidden)];
        let text = unpacked(&StatementZip.write(&rows).unwrap()).unwrap();
        assert_eq!(
            text,
            "P1\tM1\tS1\tm1\t0\t0\t备 注 \t100.00\t65.00\t0.00\nP1\tnull\tnull\tnull\t1\t1\t备 注 \t100.00\t65.00\t0.00\n"
        );
        assert_eq!(StatementZip.write(&rows), StatementZip.write(&rows));
    }
}
