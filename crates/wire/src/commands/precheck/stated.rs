//! `extras` of 7101 as far as they state facts for the law; other content is the client's own and is left alone.
//!
//! Serves JX-4.1.2: `dspo_way` and `dspo_way_rea` are the words of 3103 (事前事中服务反馈), which has a message of its own only on
//! the gateway front. A statement that is there and cannot be read is a defect of the message.

use lf_center::t7101_precheck::{Consultation, Dspo, DspoWay, LINE_FLAGS, Stated, StatedLine, VISIT_FLAGS};

use crate::commands::Take;
use crate::defect::Defect;
use crate::json::Value;
use crate::node::Node;

/// What visit and drugs state.
pub(super) fn stated(take: &mut Take, visit: Option<&Node<'_>>, rows: &[Node<'_>]) -> Stated {
    let said = visit.map(said).unwrap_or_default();
    let flags = visit.and_then(|visit| take.it(flags(visit, &said, &VISIT_FLAGS))).unwrap_or_default();
    let consultation = consultation(&said);
    let lines = rows.iter().map(|row| line(take, row)).collect();
    Stated { flags, consultation, lines }
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
fn said(node: &Node<'_>) -> Vec<(String, String)> {
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

fn flags(
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
