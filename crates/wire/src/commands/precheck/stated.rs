//! `extras` of 7101 as far as they state facts for the law; other content is the client's own and is left alone.
//!
//! Serves JX-4.1.2: `dspo_way` and `dspo_way_rea` are the words of 3103 (事前事中服务反馈), which has a message of its own only on
//! the gateway front. A statement that is there and cannot be read is a defect of the message, and so is a code
//! or number that is written as a sentence: those stand in the clear later on.

use lf_center::t7101_precheck::{
    Consultation, Dspo, DspoWay, FREE_TEXT, LINE_FLAGS, Stated, StatedLine, VISIT_FLAGS, VISIT_TEXTS,
};
use lf_rx::RxContent;
use lf_rx::event::Session;
use lf_vocab::{FixmedinsCode, FixmedinsKind, Moment};

use crate::commands::Take;
use crate::defect::Defect;
use crate::json::Value;
use crate::node::Node;

/// What visit and drugs state.
pub(super) fn stated(take: &mut Take, visit: Option<&Node<'_>>, rows: &[Node<'_>]) -> Stated {
    let words = visit.map(said).unwrap_or_default();
    let stated = match visit {
        Some(visit) => of_visit(&words, |wrong| defect(take, visit, wrong)),
        None => Stated::default(),
    };
    let lines = rows.iter().map(|row| of_line(&said(row), |wrong| defect(take, row, wrong))).collect();
    Stated { lines, ..stated }
}

fn defect(take: &mut Take, node: &Node<'_>, wrong: String) {
    take.it::<()>(Err(node.defect("extras", wrong)));
}

/// What a prescription stated when it was sent, from its stored content. What could not be read was refused then, and counts as
/// not stated where an earlier edition of this program let it pass.
pub fn stated_in(content: &RxContent) -> Stated {
    let stated = of_visit(&words(content.mdtrtinfo.extras.as_deref()), |_| ());
    let lines = content.rxdrugdetail.iter().map(|drug| of_line(&words(drug.extras.as_deref()), |_| ()));
    Stated { lines: lines.collect(), ..stated }
}

/// Reads what can be read, and hands out what is wrong with the rest.
fn of_visit(said: &[(String, String)], mut wrong: impl FnMut(String)) -> Stated {
    fn it<T: Default>(read: Result<T, String>, wrong: &mut impl FnMut(String)) -> T {
        read.map_err(wrong).unwrap_or_default()
    }
    Stated {
        flags: it(read_flags(said, &VISIT_FLAGS), &mut wrong),
        texts: it(texts(said), &mut wrong),
        session: it(session(said), &mut wrong),
        itnt_phar_code: it(pharmacy(said), &mut wrong),
        consultation: consultation(said),
        lines: Vec::new(),
    }
}

fn of_line(said: &[(String, String)], mut wrong: impl FnMut(String)) -> StatedLine {
    let flags = read_flags(said, &LINE_FLAGS).map_err(&mut wrong).unwrap_or_default();
    StatedLine { flags, dspo: dspo(said).map_err(&mut wrong).unwrap_or_default() }
}

/// The longest code, number or text that is stated.
const TEXT_MAX: usize = 100;

/// What a code or number is written with.
fn of_code(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '/' | '.')
}

fn texts(said: &[(String, String)]) -> Result<Vec<(&'static str, String)>, String> {
    let mut texts = Vec::new();
    for name in VISIT_TEXTS {
        let Some(text) = word(said, name).map(str::trim).filter(|text| !text.is_empty()) else { continue };
        if text.chars().count() > TEXT_MAX {
            return Err(format!("中的{name}最长{TEXT_MAX}个字"));
        }
        if name != FREE_TEXT && !text.chars().all(of_code) {
            return Err(format!("中的{name}应为代码或编号，只能含字母、数字和-_/."));
        }
        texts.push((name, text.to_owned()));
    }
    Ok(texts)
}

/// A consultation has both times or neither.
fn session(said: &[(String, String)]) -> Result<Option<Session>, String> {
    let (begntime, endtime) = (word(said, "itnt_begntime"), word(said, "itnt_endtime"));
    if begntime.is_none() && endtime.is_none() {
        return Ok(None);
    }
    let moment = |text: Option<&str>| text.and_then(|text| text.parse::<Moment>().ok());
    let session = moment(begntime).zip(moment(endtime)).and_then(|(from, until)| Session::new(from, until));
    let wrong = "中的itnt_begntime、itnt_endtime应为yyyy-MM-dd HH:mm:ss，结束晚于开始且不超过24小时";
    session.map(Some).ok_or_else(|| wrong.to_owned())
}

fn pharmacy(said: &[(String, String)]) -> Result<Option<FixmedinsCode>, String> {
    let Some(text) = word(said, "itnt_phar_code") else { return Ok(None) };
    let code = text.parse::<FixmedinsCode>().ok().filter(|code| code.kind() == FixmedinsKind::Pharmacy);
    code.map(Some).ok_or_else(|| "中的itnt_phar_code应为定点零售药店编号".to_owned())
}

/// A record is there as soon as one of its parts is; a part that is not written is missing then.
fn consultation(said: &[(String, String)]) -> Option<Consultation> {
    let written = |name: &str| word(said, name).is_some_and(|text| !text.trim().is_empty());
    let record = Consultation {
        fstdiag: written("itnt_fstdiag"),
        drug_his: written("itnt_drug_his"),
        algs_his: written("itnt_algs_his"),
        symp: written("itnt_symp"),
    };
    (record != Consultation::default()).then_some(record)
}

/// The scalars of `extras`, where it is an object.
pub(in crate::commands) fn said(node: &Node<'_>) -> Vec<(String, String)> {
    words(node.free("extras").as_deref())
}

fn words(extras: Option<&str>) -> Vec<(String, String)> {
    let Some(Ok(Value::Object(members))) = extras.map(|text| Value::parse(text.as_bytes())) else {
        return Vec::new();
    };
    let scalars = members.into_iter().filter_map(|(name, value)| Some((name.into_owned(), value.scalar()?.to_owned())));
    scalars.filter(|(_, text)| !text.is_empty()).collect()
}

fn word<'s>(said: &'s [(String, String)], name: &str) -> Option<&'s str> {
    said.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str())
}

pub(in crate::commands) fn flags(
    node: &Node<'_>,
    said: &[(String, String)],
    names: &[&'static str],
) -> Result<Vec<(&'static str, bool)>, Defect> {
    read_flags(said, names).map_err(|wrong| node.defect("extras", wrong))
}

fn read_flags(said: &[(String, String)], names: &[&'static str]) -> Result<Vec<(&'static str, bool)>, String> {
    let mut flags = Vec::new();
    for name in names {
        match word(said, name) {
            None => {}
            Some("1" | "true") => flags.push((*name, true)),
            Some("0" | "false") => flags.push((*name, false)),
            Some(_) => return Err(format!("中的{name}应为1或0")),
        }
    }
    Ok(flags)
}

fn dspo(said: &[(String, String)]) -> Result<Option<Dspo>, String> {
    let Some(code) = word(said, "dspo_way") else { return Ok(None) };
    let dspo_way = DspoWay::from_code(code);
    let dspo_way = dspo_way.ok_or("中的dspo_way应为1（继续执行医嘱）或2（返回修改医嘱）")?;
    let dspo_way_rea = word(said, "dspo_way_rea").map(str::to_owned);
    if dspo_way == DspoWay::GoOn && dspo_way_rea.is_none() {
        return Err("中的dspo_way为1时，dspo_way_rea（处理原因）必填".to_owned());
    }
    Ok(Some(Dspo { dspo_way, dspo_way_rea }))
}
