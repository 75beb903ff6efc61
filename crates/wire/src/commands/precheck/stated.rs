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
use crate::commands::extras::Words;
use crate::node::Node;

/// What visit and drugs state.
pub(super) fn stated(take: &mut Take, visit: Option<&Node<'_>>, rows: &[Node<'_>]) -> Stated {
    let stated = match visit {
        Some(visit) => of_visit(&said(visit), &mut |wrong| defect(take, visit, &wrong)),
        None => Stated::default(),
    };
    let lines = rows.iter().map(|row| of_line(&said(row), &mut |wrong| defect(take, row, &wrong))).collect();
    Stated { lines, ..stated }
}

fn said(node: &Node<'_>) -> Words {
    Words::of(node.free("extras").as_deref())
}

fn defect(take: &mut Take, node: &Node<'_>, wrong: &str) {
    take.it::<()>(Err(node.defect("extras", format!("中的{wrong}"))));
}

/// What a prescription stated when it was sent, from its stored content. What could not be read was refused then, and counts as
/// not stated where an earlier edition of this program let it pass.
pub fn stated_in(content: &RxContent) -> Stated {
    let words = |extras: &Option<String>| Words::of(extras.as_deref());
    let stated = of_visit(&words(&content.mdtrtinfo.extras), &mut |_| ());
    let lines = content.rxdrugdetail.iter().map(|drug| of_line(&words(&drug.extras), &mut |_| ()));
    Stated { lines: lines.collect(), ..stated }
}

/// Takes what is wrong.
type Wrong<'w> = &'w mut dyn FnMut(String);

/// Reads what can be read, each by itself, and hands out what is wrong with the rest.
fn of_visit(said: &Words, wrong: Wrong<'_>) -> Stated {
    Stated {
        flags: each(&VISIT_FLAGS, |name| said.flag(name), wrong),
        texts: each(&VISIT_TEXTS, |name| text(said, name), wrong),
        session: it(session(said), wrong),
        itnt_phar_code: it(pharmacy(said), wrong),
        consultation: consultation(said, wrong),
        lines: Vec::new(),
    }
}

fn of_line(said: &Words, wrong: Wrong<'_>) -> StatedLine {
    StatedLine { flags: each(&LINE_FLAGS, |name| said.flag(name), wrong), dspo: it(dspo(said), wrong) }
}

fn it<T: Default>(read: Result<T, String>, wrong: Wrong<'_>) -> T {
    read.map_err(wrong).unwrap_or_default()
}

fn each<T>(
    names: &[&'static str],
    read: impl Fn(&str) -> Result<Option<T>, String>,
    wrong: Wrong<'_>,
) -> Vec<(&'static str, T)> {
    names.iter().filter_map(|name| Some((*name, it(read(name), wrong)?))).collect()
}

/// The longest code, number or text that is stated.
const TEXT_MAX: usize = 100;

/// What a code or number is written with.
fn of_code(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '/' | '.')
}

fn text(said: &Words, name: &str) -> Result<Option<String>, String> {
    let Some(text) = said.word(name)?.map(str::trim) else { return Ok(None) };
    if text.chars().count() > TEXT_MAX {
        return Err(format!("{name}最长{TEXT_MAX}个字"));
    }
    if name != FREE_TEXT && !text.chars().all(of_code) {
        return Err(format!("{name}应为代码或编号，只能含字母、数字和-_/."));
    }
    Ok(Some(text.to_owned()))
}

/// A consultation has both times or neither.
fn session(said: &Words) -> Result<Option<Session>, String> {
    let (begntime, endtime) = (said.word("itnt_begntime")?, said.word("itnt_endtime")?);
    if begntime.is_none() && endtime.is_none() {
        return Ok(None);
    }
    let moment = |text: Option<&str>| text.and_then(|text| text.parse::<Moment>().ok());
    let session = moment(begntime).zip(moment(endtime)).and_then(|(from, until)| Session::new(from, until));
    let wrong = "itnt_begntime、itnt_endtime应为yyyy-MM-dd HH:mm:ss，结束晚于开始且不超过24小时";
    session.map(Some).ok_or_else(|| wrong.to_owned())
}

fn pharmacy(said: &Words) -> Result<Option<FixmedinsCode>, String> {
    let Some(text) = said.word("itnt_phar_code")? else { return Ok(None) };
    let code = text.parse::<FixmedinsCode>().ok().filter(|code| code.kind() == FixmedinsKind::Pharmacy);
    code.map(Some).ok_or_else(|| "itnt_phar_code应为定点零售药店编号".to_owned())
}

/// A record is there as soon as one of its parts is; a part that is not written is missing then.
fn consultation(said: &Words, wrong: Wrong<'_>) -> Option<Consultation> {
    let mut written = |name: &str| it(said.word(name).map(|word| word.is_some()), wrong);
    let record = Consultation {
        fstdiag: written("itnt_fstdiag"),
        drug_his: written("itnt_drug_his"),
        algs_his: written("itnt_algs_his"),
        symp: written("itnt_symp"),
    };
    (record != Consultation::default()).then_some(record)
}

fn dspo(said: &Words) -> Result<Option<Dspo>, String> {
    let dspo_way_rea = said.word("dspo_way_rea")?.map(str::to_owned);
    let Some(code) = said.word("dspo_way")? else { return Ok(None) };
    let dspo_way = DspoWay::from_code(code);
    let dspo_way = dspo_way.ok_or("dspo_way应为1（继续执行医嘱）或2（返回修改医嘱）")?;
    if dspo_way == DspoWay::GoOn && dspo_way_rea.is_none() {
        return Err("dspo_way为1时，dspo_way_rea（处理原因）必填".to_owned());
    }
    Ok(Some(Dspo { dspo_way, dspo_way_rea }))
}
