//! `extras` of 7101 as far as they state facts for the law; other content is the client's own and is left alone.
//!
//! Serves JX-4.1.2: `dspo_way` and `dspo_way_rea` are the words of 3103 (事前事中服务反馈), which has a message of its own only on
//! the gateway front. A statement that is there and cannot be read is a defect of the message, and so is a code
//! or number that is written as a sentence: those stand in the clear later on.

use lf_center::t7101_precheck::{
    Consultation, Dspo, DspoWay, FREE_TEXT, LINE_FLAGS, Stated, StatedLine, VISIT_FLAGS, VISIT_TEXTS,
};
use lf_rx::event::Session;
use lf_vocab::{FixmedinsCode, FixmedinsKind, Moment};

use crate::commands::Take;
use crate::defect::Defect;
use crate::json::Value;
use crate::node::Node;

/// What visit and drugs state.
pub(super) fn stated(take: &mut Take, visit: Option<&Node<'_>>, rows: &[Node<'_>]) -> Stated {
    let said = visit.map(said).unwrap_or_default();
    let flags = visit.and_then(|visit| take.it(flags(visit, &said, &VISIT_FLAGS))).unwrap_or_default();
    let texts = visit.and_then(|visit| take.it(texts(visit, &said))).unwrap_or_default();
    let session = visit.and_then(|visit| take.it(session(visit, &said))).flatten();
    let itnt_phar_code = visit.and_then(|visit| take.it(pharmacy(visit, &said))).flatten();
    let consultation = consultation(&said);
    let lines = rows.iter().map(|row| line(take, row)).collect();
    Stated { flags, texts, consultation, session, itnt_phar_code, lines }
}

/// The longest code, number or text that is stated.
const TEXT_MAX: usize = 100;

/// What a code or number is written with.
fn of_code(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '/' | '.')
}

fn texts(node: &Node<'_>, said: &[(String, String)]) -> Result<Vec<(&'static str, String)>, Defect> {
    let mut texts = Vec::new();
    for name in VISIT_TEXTS {
        let Some(text) = word(said, name).map(str::trim).filter(|text| !text.is_empty()) else { continue };
        if text.chars().count() > TEXT_MAX {
            return Err(node.defect("extras", format!("中的{name}最长{TEXT_MAX}个字")));
        }
        if name != FREE_TEXT && !text.chars().all(of_code) {
            return Err(node.defect("extras", format!("中的{name}应为代码或编号，只能含字母、数字和-_/.")));
        }
        texts.push((name, text.to_owned()));
    }
    Ok(texts)
}

/// A consultation has both times or neither.
fn session(node: &Node<'_>, said: &[(String, String)]) -> Result<Option<Session>, Defect> {
    let (begntime, endtime) = (word(said, "itnt_begntime"), word(said, "itnt_endtime"));
    if begntime.is_none() && endtime.is_none() {
        return Ok(None);
    }
    let moment = |text: Option<&str>| text.and_then(|text| text.parse::<Moment>().ok());
    let session = moment(begntime).zip(moment(endtime)).and_then(|(from, until)| Session::new(from, until));
    let wrong = "中的itnt_begntime、itnt_endtime应为yyyy-MM-dd HH:mm:ss，结束晚于开始且不超过24小时";
    session.map(Some).ok_or_else(|| node.defect("extras", wrong))
}

fn pharmacy(node: &Node<'_>, said: &[(String, String)]) -> Result<Option<FixmedinsCode>, Defect> {
    let Some(text) = word(said, "itnt_phar_code") else { return Ok(None) };
    let code = text.parse::<FixmedinsCode>().ok().filter(|code| code.kind() == FixmedinsKind::Pharmacy);
    code.map(Some).ok_or_else(|| node.defect("extras", "中的itnt_phar_code应为定点零售药店编号"))
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

fn line(take: &mut Take, row: &Node<'_>) -> StatedLine {
    let said = said(row);
    let flags = take.it(flags(row, &said, &LINE_FLAGS)).unwrap_or_default();
    StatedLine { flags, dspo: take.it(dspo(row, &said)).flatten() }
}

/// The scalars of `extras`, where it is an object.
pub(in crate::commands) fn said(node: &Node<'_>) -> Vec<(String, String)> {
    let Some(Ok(Value::Object(members))) =
        node.free("extras").map(|text| Value::parse(text.as_bytes()).map(Value::into_owned))
    else {
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
    let mut flags = Vec::new();
    for name in names {
        match word(said, name) {
            None => {}
            Some("1" | "true") => flags.push((*name, true)),
            Some("0" | "false") => flags.push((*name, false)),
            Some(_) => return Err(node.defect("extras", format!("中的{name}应为1或0"))),
        }
    }
    Ok(flags)
}

fn dspo(row: &Node<'_>, said: &[(String, String)]) -> Result<Option<Dspo>, Defect> {
    let Some(code) = word(said, "dspo_way") else { return Ok(None) };
    let dspo_way = DspoWay::from_code(code);
    let dspo_way =
        dspo_way.ok_or_else(|| row.defect("extras", "中的dspo_way应为1（继续执行医嘱）或2（返回修改医嘱）"))?;
    let dspo_way_rea = word(said, "dspo_way_rea").map(str::to_owned);
    if dspo_way == DspoWay::GoOn && dspo_way_rea.is_none() {
        return Err(row.defect("extras", "中的dspo_way为1时，dspo_way_rea（处理原因）必填"));
    }
    Ok(Some(Dspo { dspo_way, dspo_way_rea }))
}
