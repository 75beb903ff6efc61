//! Rows of the drug catalogue and of dated lists become dated values, or an `Inconsistency`.
//!
//! Serves the finders of the catalogue, the lists, their editions, the grants and the memos. Invariants: a row's key is the one its body has; a row
//! never ends before it begins.

use lf_ports::{Dated, Drug, DutyMark, DutyRow, Edition, EditionOf, GrantRow, Item, Lists, Memo, MemoRow};
use lf_vocab::Day;

use super::Read;
use crate::plan::drug_find_text;
use crate::sealer::Sealer;
use crate::value::{Cells, Row};

pub(crate) fn drug(sealer: &Sealer, row: Row) -> Read<Dated<Drug>> {
    let mut cells = Cells::new(sealer, "drug", 2, row);
    let med_list_codg = cells.text("med_list_codg")?;
    let from = cells.day("from_day")?;
    let until = until(&mut cells, from)?;
    let ver = cells.count("ver")?;
    let find_text = cells.text("find_text")?;
    let (dualchnl, oppool) = (cells.flag("dualchnl")?, cells.flag("oppool")?);
    let drug: Drug = cells.json("body")?;
    cells.agree("med_list_codg", drug.med_list_codg.as_str() == med_list_codg)?;
    cells.agree("find_text", drug_find_text(&drug) == find_text)?;
    cells.agree("dualchnl", drug.dualchnl == dualchnl)?;
    cells.agree("oppool", drug.oppool == oppool)?;
    Ok(Dated { item: drug, from, until, ver })
}

pub(crate) fn item(sealer: &Sealer, list: Lists, row: Row) -> Read<Dated<Item>> {
    let mut cells = Cells::new(sealer, "list_item", 3, row);
    let word = cells.text("list")?;
    cells.agree("list", word == list.word())?;
    item_body(&mut cells, list)
}

/// The same where rows of several lists were asked for at once.
pub(crate) fn item_of_any(sealer: &Sealer, row: Row) -> Read<Dated<Item>> {
    let mut cells = Cells::new(sealer, "list_item", 3, row);
    let word = cells.text("list")?;
    let list = Lists::ALL.into_iter().find(|list| list.word() == word);
    let list = list.ok_or_else(|| cells.wrong("list", "no such list"))?;
    item_body(&mut cells, list)
}

fn item_body(cells: &mut Cells<'_>, list: Lists) -> Read<Dated<Item>> {
    let key = cells.text("item_key")?;
    let from = cells.day("from_day")?;
    let until = until(cells, from)?;
    let ver = cells.count("ver")?;
    let item = Item::decode(list, cells.text("body")?.as_bytes(), &cells.key())?;
    cells.agree("item_key", item.key() == key)?;
    Ok(Dated { item, from, until, ver })
}

pub(crate) fn edition(sealer: &Sealer, of: EditionOf, row: Row) -> Read<Edition> {
    let mut cells = Cells::new(sealer, "edition", 2, row);
    let word = cells.text("list")?;
    cells.agree("list", word == of.word())?;
    let edition = cells.text("edition")?;
    let from = cells.day("from_day")?;
    let ver = cells.count("ver")?;
    let file_sm3 = cells.text("file_sm3")?;
    let row_cnt = u64::try_from(cells.int("row_cnt")?).map_err(|_| cells.wrong("row_cnt", "negative"))?;
    Ok(Edition { of, edition, from, ver, file_sm3, row_cnt, imported: cells.moment("imported_us")? })
}

pub(crate) fn grant(sealer: &Sealer, row: Row) -> Read<GrantRow> {
    let mut cells = Cells::new(sealer, "grant_given", 3, row);
    let admdvs = cells.parsed("admdvs")?;
    let provision = cells.text("provision")?;
    let grant_no = cells.count("grant_no")?;
    let from = cells.day("from_day")?;
    let until = until(&mut cells, from)?;
    Ok(GrantRow { admdvs, provision, grant_no, from, until, given: cells.json("body")? })
}

pub(crate) fn duty(sealer: &Sealer, row: Row) -> Read<DutyRow> {
    let mut cells = Cells::new(sealer, "duty", 4, row);
    let fixmedins_code = cells.parsed("fixmedins_code")?;
    let (at, phar_code) = (cells.moment("at_us")?, cells.text("phar_code")?);
    let word = cells.text("mark")?;
    let mark = DutyMark::from_word(&word).ok_or_else(|| cells.wrong("mark", "neither on nor off"))?;
    Ok(DutyRow { fixmedins_code, at, phar_code, mark })
}

pub(crate) fn memo(sealer: &Sealer, row: Row) -> Read<MemoRow> {
    let mut cells = Cells::new(sealer, "memo", 4, row);
    let poolarea_no = cells.parsed("poolarea_no")?;
    let topic = cells.text("topic")?;
    let (key, memo_no) = (cells.text("memo_key")?, cells.count("memo_no")?);
    let memo: Memo = cells.json("body")?;
    cells.agree("topic", memo.said.topic().word() == topic)?;
    Ok(MemoRow { poolarea_no, key, memo_no, memo })
}

/// The first day no longer, `None` where it is open.
pub(super) fn until(cells: &mut Cells<'_>, from: Day) -> Read<Option<Day>> {
    let until = cells.day("until_day")?;
    if until < from {
        return Err(cells.wrong("until_day", "before from_day"));
    }
    Ok(Some(until).filter(|until| *until < Day::LAST))
}
