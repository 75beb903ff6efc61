//! The statements that put an edition of a dated list in the place of the one before it.
//!
//! Serves import. Invariants: the edition's name and version come first, so that of two imports at once the second
//! writes nothing; a row ends only while it is open; an edition holds rows of its own list only.

use lf_ports::{Drug, EditionChange, EditionOf, Item, RowEnd, StoreError};
use lf_vocab::Day;

use super::{Must, Step, contradiction, drug_find_text, step, write_or_stale};
use crate::sql;
use crate::value::{Value, open_day};

pub(super) fn edition(change: &EditionChange, steps: &mut Vec<Step>) -> Result<(), StoreError> {
    let EditionChange { edition, ends, drugs, items } = change;
    check(change)?;
    let row_cnt = i64::try_from(edition.row_cnt).map_err(|_| contradiction("edition: more rows than BIGINT counts"))?;
    let params = vec![
        edition.of.word().into(),
        edition.edition.as_str().into(),
        edition.from.into(),
        edition.ver.into(),
        edition.file_sm3.as_str().into(),
        row_cnt.into(),
        edition.imported.into(),
    ];
    steps.push(write_or_stale(sql::EDITION_NEW, params, "edition"));
    steps.extend(ends.iter().map(|row| end(edition.of, row, edition.from, edition.ver)));
    steps.extend(drugs.iter().map(|row| drug(row, edition.from, edition.ver)));
    steps.extend(items.iter().map(|row| item(row, edition.from, edition.ver)));
    Ok(())
}

fn check(change: &EditionChange) -> Result<(), StoreError> {
    let EditionChange { edition, ends, drugs, items } = change;
    if edition.ver < 1 {
        return Err(contradiction("edition: versions count from 1"));
    }
    if ends.iter().any(|row| row.from > edition.from) {
        return Err(contradiction("edition: a row ends before it begins"));
    }
    let its_own = match edition.of {
        EditionOf::Drug => items.is_empty(),
        EditionOf::List(list) => drugs.is_empty() && items.iter().all(|item| item.list() == list),
    };
    if its_own { Ok(()) } else { Err(contradiction("edition: rows of another list")) }
}

fn end(of: EditionOf, row: &RowEnd, until: Day, ver: i64) -> Step {
    let key = [row.key.as_str().into(), row.from.into(), until.into(), ver.into(), open_day()];
    match of {
        EditionOf::Drug => write_or_stale(sql::DRUG_END, key.to_vec(), "drug"),
        EditionOf::List(list) => {
            let mut params = vec![Value::from(list.word())];
            params.extend(key);
            write_or_stale(sql::LIST_ITEM_END, params, "list_item")
        }
    }
}

/// A drug from a day on, in the place of one that began on the same day.
pub(super) fn drug(row: &Drug, from: Day, ver: i64) -> Step {
    let params = vec![
        row.med_list_codg.as_str().into(),
        from.into(),
        open_day(),
        ver.into(),
        drug_find_text(row).into(),
        row.dualchnl.into(),
        row.oppool.into(),
        Value::json(row),
    ];
    step(sql::DRUG_PUT, params, Must::Any)
}

fn item(row: &Item, from: Day, ver: i64) -> Step {
    // Our own encoding is UTF-8; were it ever not, the row would be empty and the next read would say so.
    let body = String::from_utf8(row.encode()).unwrap_or_default();
    let params = vec![row.list().word().into(), row.key().into(), from.into(), open_day(), ver.into(), body.into()];
    step(sql::LIST_ITEM_PUT, params, Must::Any)
}
