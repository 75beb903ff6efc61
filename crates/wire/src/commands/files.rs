//! Files and lists: 9101, 9102, the downloads 1301 …, the pages 1312 ….

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lf_center::t1301_download::{self, Catalogue};
use lf_center::t1312_hilist::{self, Question};
use lf_center::{t9101_file_upload, t9102_file_download};
use lf_ports::lists::Printed;
use lf_vocab::{Day, MedListCodg, Moment};

use super::Take;
use crate::Transaction;
use crate::defect::{Defect, Defects};
use crate::json::Value;
use crate::node::Node;

/// Most bytes of a file that is written as an array of numbers; a larger one comes in a form, or as Base64.
pub const ARRAY_MAX: usize = 150_000;

/// 9101. `file` is the part of a form; without one the bytes stand under `in`.
pub fn t9101(node: &Node<'_>, file: Option<&[u8]>) -> Result<t9101_file_upload::Command, Defects> {
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let filename = take.it(filename(node));
    let body = match file {
        Some(file) => Some(file.to_vec()),
        None => take.it(bytes(node)),
    };
    take.done(|| Some(t9101_file_upload::Command { fixmedins_code: fixmedins_code?, filename: filename?, body: body? }))
}

/// A name, and no path.
fn filename(node: &Node<'_>) -> Result<String, Defect> {
    let filename = node.need("filename")?;
    if filename.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | '"')) {
        return Err(node.defect("filename", "不能含有路径分隔符、引号或控制字符"));
    }
    Ok(filename.to_owned())
}

/// A byte array as the clients' libraries write it: numbers from 0 to 255 or from -128 to 127, or Base64.
fn bytes(node: &Node<'_>) -> Result<Vec<u8>, Defect> {
    let wrong = |reason: String| node.defect("in", reason);
    let json = node.required("in", node.free("in"))?;
    let value = Value::parse(json.as_bytes()).map_err(|error| wrong(error.to_string()))?;
    match &value {
        Value::Text(text) => BASE64_STANDARD.decode(text.trim()).map_err(|_| wrong("不是合法的Base64".to_owned())),
        Value::Array(items) if items.len() > ARRAY_MAX => {
            Err(wrong(format!("以数组传入时最多{ARRAY_MAX}字节，更大的文件请以表单的file部分传入")))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, item)| byte(item).ok_or_else(|| wrong(format!("的第{}项不是字节", at + 1))))
            .collect(),
        other => Err(wrong(format!("应为字节数组或Base64文本，实为{}", other.kind_cn()))),
    }
}

fn byte(item: &Value<'_>) -> Option<u8> {
    let number: i16 = item.scalar()?.parse().ok()?;
    // Java's bytes have a sign.
    match number {
        0..=255 => u8::try_from(number).ok(),
        -128..=-1 => u8::try_from(number + 256).ok(),
        _ => None,
    }
}

/// 9102. Its `filename` is not needed: the number says which file.
pub fn t9102(node: &Node<'_>) -> Result<t9102_file_download::Command, Defects> {
    let mut take = Take::default();
    let file_qury_no = take.it(node.need("file_qury_no").map(str::to_owned));
    let owner = take.it(node.parse("fixmedins_code"));
    take.done(|| Some(t9102_file_download::Command { file_qury_no: file_qury_no?, owner: owner? }))
}

/// 1301–1303, 1305–1311, 1313–1315, 1320.
pub fn t1301(catalogue: Catalogue, node: &Node<'_>) -> Result<t1301_download::Command, Defects> {
    let mut take = Take::default();
    let ver = take.it(node.need("ver").map(str::to_owned));
    take.done(|| Some(t1301_download::Command { catalogue, ver: ver? }))
}

/// Which list a transaction downloads.
pub const fn catalogue(transaction: Transaction) -> Option<Catalogue> {
    match transaction {
        Transaction::T1301 => Some(Catalogue::Medicines),
        Transaction::T1302 => Some(Catalogue::Pieces),
        Transaction::T1303 => Some(Catalogue::Preparations),
        Transaction::T1305 => Some(Catalogue::Printed(Printed::ServiceItem)),
        Transaction::T1306 => Some(Catalogue::Printed(Printed::Consumable)),
        Transaction::T1307 => Some(Catalogue::Diagnoses),
        Transaction::T1308 => Some(Catalogue::Printed(Printed::Operation)),
        Transaction::T1309 => Some(Catalogue::Opsp),
        Transaction::T1310 => Some(Catalogue::Printed(Printed::DiseasePay)),
        Transaction::T1311 => Some(Catalogue::Printed(Printed::DaySurgery)),
        Transaction::T1313 => Some(Catalogue::Printed(Printed::Morphology)),
        Transaction::T1314 => Some(Catalogue::Printed(Printed::TcmDisease)),
        Transaction::T1315 => Some(Catalogue::Printed(Printed::TcmSyndrome)),
        Transaction::T1320 => Some(Catalogue::Granules),
        _ => None,
    }
}

/// Which of the five questions a transaction asks.
pub const fn question(transaction: Transaction) -> Option<Question> {
    match transaction {
        Transaction::T1304 => Some(Question::Ethnic),
        Transaction::T1312 => Some(Question::Entries),
        Transaction::T1316 => Some(Question::Matches),
        Transaction::T1318 => Some(Question::PayStd),
        Transaction::T1319 => Some(Question::Preselfpay),
        _ => None,
    }
}

/// Conditions on what the lists of this center do not hold: asked for, they are refused and not passed over.
const NOT_HELD: [&str; 16] = [
    "genname_codg",
    "tcmherb_name",
    "cpnd_flag",
    "ver",
    "opt_begn_time",
    "opt_end_time",
    "wubi",
    "pinyin",
    "med_use_flag",
    "matn_used_flag",
    "hilist_use_type",
    "lmt_cpnd_type",
    "hilist_lmtpric_type",
    "overlmt_dspo_way",
    "rid",
    "tabname",
];

/// What a table of the five may lack, absent where it does.
struct Asked<'n, 'a>(&'n Node<'a>);

impl<'n> Asked<'n, '_> {
    fn text(&self, name: &str) -> Option<&'n str> {
        self.0.knows(name).then(|| self.0.text(name)).flatten()
    }

    fn day(&self, name: &str) -> Option<Day> {
        self.0.knows(name).then(|| self.0.day(name)).flatten()
    }

    fn parse<T>(&self, take: &mut Take, name: &str) -> Option<T>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        if self.0.knows(name) { take.it(self.0.parse_opt(name)).flatten() } else { None }
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.text(name).map(|flag| flag == "1")
    }
}

/// 1304, 1312, 1316, 1318, 1319.
pub fn t1312(question: Question, node: &Node<'_>) -> Result<t1312_hilist::Command, Defects> {
    let (mut take, asked) = (Take::default(), Asked(node));
    let mut code: Option<MedListCodg> = asked.parse(&mut take, "hilist_code");
    if let Some(other) = asked.parse::<MedListCodg>(&mut take, "med_list_codg") {
        if code.as_ref().is_some_and(|code| *code != other) {
            take.it::<()>(Err(node.defect("med_list_codg", "与hilist_code不同：本中心两种编码相同")));
        }
        code = Some(other);
    }
    let insu_admdvs = asked.parse(&mut take, "insu_admdvs");
    let poolarea_no = asked.parse(&mut take, "poolarea_no");
    let updt_time = take.it(updt_time(node));
    let page = |name: &'static str| node.required(name, node.integer(name)).map(i64::unsigned_abs);
    let (page_num, page_size) = (take.it(page("page_num")), take.it(page("page_size")));
    let family = asked.text("med_chrgitm_type").map(family);
    take.done(|| {
        Some(t1312_hilist::Command {
            question,
            query_date: asked.day("query_date"),
            code,
            hilist_name: asked.text("hilist_name").map(str::to_owned),
            drug_genname: asked.text("drug_genname").map(str::to_owned),
            drug_prodname: asked.text("drug_prodname").map(str::to_owned),
            list_type: asked.text("list_type").map(str::to_owned),
            chrgitm_lv: asked.text("chrgitm_lv").map(str::to_owned),
            lmt_used: asked.flag("lmt_used_flag"),
            family: family.flatten(),
            begndate: asked.day("begndate"),
            enddate: asked.day("enddate"),
            poolarea_no: insu_admdvs.or(poolarea_no),
            vali: asked.flag("vali_flag"),
            not_held: not_held(&asked, family == Some(None)),
            updt_time: updt_time?,
            page_num: page_num?,
            page_size: page_size?,
        })
    })
}

/// 医疗收费项目类别 by the first letter of the code, as replies write it.
fn family(med_chrgitm_type: &str) -> Option<char> {
    match med_chrgitm_type {
        "09" => Some('X'),
        "10" => Some('T'),
        "11" => Some('Z'),
        _ => None,
    }
}

fn not_held(asked: &Asked<'_, '_>, other_family: bool) -> Vec<&'static str> {
    let mut names: Vec<&str> = NOT_HELD.into_iter().filter(|name| asked.text(name).is_some()).collect();
    // The one 险种 and the one kind of 自付比例 that are formalised.
    let only = [("selfpay_prop_psn_type", "310"), ("selfpay_prop_type", "10")];
    names
        .extend(only.iter().filter(|(name, only)| asked.text(name).is_some_and(|asked| asked != *only)).map(|at| at.0));
    if other_family {
        names.push("med_chrgitm_type");
    }
    names.into_iter().map(|name| asked.0.cn(name)).collect()
}

/// Printed as a day, sent as a moment by most.
pub(super) fn updt_time(node: &Node<'_>) -> Result<Moment, Defect> {
    let text = node.need("updt_time")?;
    let day = || text.parse::<Day>().map(Day::start);
    text.parse::<Moment>()
        .or_else(|_| day())
        .map_err(|_| node.defect("updt_time", "应为yyyy-MM-dd HH:mm:ss或yyyy-MM-dd格式的有效时间"))
}
