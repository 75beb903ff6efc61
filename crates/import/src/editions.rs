//! Editions of the drug catalogue and of the lists: what begins, what ends, what stays as it is.
//!
//! Invariants: where a list holds rows of several places, the edition of one ends no row of another; an edition never counts from before the one that stands; a row that does not change is not touched, so its
//! version stays and a download passes it over.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lf_ports::lists::TagList;
use lf_ports::store::UNDER_MAX;
use lf_ports::{
    ChangeSet, Dated, Drug, Edition, EditionChange, EditionOf, Item, Lists, RowEnd, Since, Store, StoreError,
};
use lf_vocab::{Admdvs, Day, MedListCodg};
use serde_json::Value;

use crate::parse::{Numbered, Parsed, Progress, Rows};
use crate::plan::{ImportError, Wanted, follows};
use crate::report::Report;

/// Rows that are read from the store at once.
const PAGE: usize = 5_000;

/// A row of an edition.
trait Row: PartialEq {
    fn key(&self) -> String;
    fn fields(&self) -> Value;
    /// Whose it is, where rows of several places stand beside each other.
    fn place(&self) -> Option<Admdvs>;
    /// Under which part of its key a message reads it together with others.
    fn first(&self) -> Option<String>;
}

impl Row for Drug {
    fn key(&self) -> String {
        self.med_list_codg.as_str().to_owned()
    }

    fn fields(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    fn place(&self) -> Option<Admdvs> {
        None
    }

    fn first(&self) -> Option<String> {
        None
    }
}

impl Row for Item {
    fn key(&self) -> String {
        Item::key(self)
    }

    fn fields(&self) -> Value {
        serde_json::from_slice(&self.encode()).unwrap_or_default()
    }

    fn place(&self) -> Option<Admdvs> {
        Item::place(self)
    }

    fn first(&self) -> Option<String> {
        Item::first(self)
    }
}

/// Plans an edition. `None` when this very edition of this very file stands already.
pub(crate) async fn plan(
    store: &dyn Store,
    of: EditionOf,
    parsed: &mut Parsed,
    wanted: &Wanted,
    report: &mut Report,
    progress: Progress<'_>,
) -> Result<Option<ChangeSet>, ImportError> {
    let (Some(name), Some(from)) = (&wanted.edition, wanted.from) else {
        return Err(ImportError::Refused("an edition needs a name and a first day".to_owned()));
    };
    let editions = store.editions(of).await?;
    let stands = |known: &&Edition| known.edition == *name && known.from == from && known.file_sm3 == wanted.file_sm3;
    if let Some(known) = editions.iter().find(stands) {
        report.edition = Some(known.into());
        parsed.notes.push("this very file stands already as this edition".to_owned());
        return Ok(None);
    }
    let ver = follows(&editions, name, from)?;
    let edition = Edition {
        of,
        edition: name.clone(),
        from,
        ver,
        file_sm3: wanted.file_sm3.clone(),
        row_cnt: 0,
        imported: wanted.now,
    };
    let mut change = EditionChange { edition, ends: Vec::new(), drugs: Vec::new(), items: Vec::new() };
    match (of, std::mem::replace(&mut parsed.rows, Rows::Items(Vec::new()))) {
        (EditionOf::Drug, Rows::Drugs(rows)) => {
            let standing = drugs(store, from, progress).await?;
            // Rows of no edition have version 1; what follows them must be younger.
            let youngest = standing.iter().map(|row| row.ver).max().unwrap_or(0);
            change.edition.ver = ver.max(youngest.saturating_add(1));
            change.drugs = compare(rows, standing, wanted.part, &mut change, report)?;
        }
        (EditionOf::List(list), Rows::Items(rows)) => {
            let standing = items(store, list, from, progress).await?;
            let drugs = of_drugs(&standing);
            change.items = compare(rows, standing, wanted.part, &mut change, report)?;
            parsed.notes.extend(turned_regular(store, &drugs, &report.diff.ended, from).await?);
        }
        _ => return Err(ImportError::Refused(format!("the rows are none of {}", of.word()))),
    }
    report.edition = Some((&change.edition).into());
    Ok(Some(ChangeSet { edition: Some(change), ..ChangeSet::default() }))
}

/// Fills in what ends and answers what begins.
fn compare<T: Row>(
    rows: Vec<Numbered<T>>,
    standing: Vec<Dated<T>>,
    part: bool,
    change: &mut EditionChange,
    report: &mut Report,
) -> Result<Vec<T>, ImportError> {
    let mut standing: HashMap<String, Dated<T>> = standing.into_iter().map(|row| (row.item.key(), row)).collect();
    let mut begin = Vec::new();
    let mut total = rows.len();
    let places: BTreeSet<_> = rows.iter().map(|(_, row)| row.place()).collect();
    let mut together: BTreeMap<String, usize> = BTreeMap::new();
    rows.iter().filter_map(|(_, row)| row.first()).for_each(|first| *together.entry(first).or_default() += 1);
    for (_, row) in rows {
        let key = row.key();
        match standing.remove(&key) {
            Some(was) if was.item == row => report.diff.unchanged += 1,
            Some(was) => {
                report.diff.change(key.clone(), &was.item.fields(), &row.fields());
                // A row that began on the same day is replaced; every other one ends the day before.
                if was.from < change.edition.from {
                    change.ends.push(RowEnd { key, from: was.from });
                }
                begin.push(row);
            }
            None => {
                report.diff.added.push(key);
                begin.push(row);
            }
        }
    }
    let (left, kept): (Vec<_>, Vec<_>) =
        standing.into_iter().partition(|(_, row)| !part && places.contains(&row.item.place()));
    report.diff.kept = kept.len();
    kept.iter().filter_map(|(_, row)| row.item.first()).for_each(|first| *together.entry(first).or_default() += 1);
    not_crowded(&together)?;
    total += kept.len();
    if !left.is_empty() {
        let mut left: Vec<_> = left.into_iter().map(|(key, row)| RowEnd { key, from: row.from }).collect();
        left.sort_by(|a, b| a.key.cmp(&b.key));
        report.diff.ended = left.iter().map(|row| row.key.clone()).collect();
        change.ends.extend(left);
    }
    change.edition.row_cnt = total as u64;
    Ok(begin)
}

/// Which drug stands under each key of the lists that give a drug its 双通道 or 单独支付.
fn of_drugs(standing: &[Dated<Item>]) -> BTreeMap<String, MedListCodg> {
    let drug = |row: &Dated<Item>| match &row.item {
        Item::Tagged(TagList::Spay | TagList::Dual, drug) => Some((row.item.key(), drug.med_list_codg.clone())),
        _ => None,
    };
    standing.iter().filter_map(drug).collect()
}

/// Drugs that the edition drops and that turned from 谈判 to an ordinary row of the catalogue: for that reason alone none is to be
/// dropped. It is said and not refused, because the text says 原则上; what stays payable are the rows that are left in.
async fn turned_regular(
    store: &dyn Store,
    drugs: &BTreeMap<String, MedListCodg>,
    ended: &[String],
    on: Day,
) -> Result<Vec<String>, StoreError> {
    lf_vocab::covers!("WH-5.7");
    let mut notes = Vec::new();
    for (key, code) in ended.iter().filter_map(|key| drugs.get_key_value(key)) {
        let rows = store.drug_rows(code).await?;
        let now = rows.iter().find(|row| row.in_force(on)).map(|row| &row.item);
        let ordinary =
            now.is_some_and(|drug| !drug.hi_nego && drug.in_list.as_ref().is_some_and(|span| span.contains(on)));
        let was_nego = rows.iter().any(|row| row.from < on && row.item.hi_nego);
        if ordinary && was_nego {
            notes.push(format!(
                "{key} ends, though its drug only turned from 谈判 to an ordinary row of the catalogue: in principle it stays; with its row in the file it stays payable as before"
            ));
        }
    }
    Ok(notes)
}

/// More rows under one part of a key than a message reads would stop every message that asks for them.
fn not_crowded(together: &BTreeMap<String, usize>) -> Result<(), ImportError> {
    match together.iter().find(|(_, count)| **count > UNDER_MAX) {
        None => Ok(()),
        Some((first, count)) => Err(ImportError::Refused(format!(
            "{count} rows would stand under {first}, with those that stand already; a message reads at most {UNDER_MAX}"
        ))),
    }
}

async fn drugs(store: &dyn Store, on: Day, progress: Progress<'_>) -> Result<Vec<Dated<Drug>>, StoreError> {
    let (mut since, mut standing) = (Since::version(0), Vec::new());
    loop {
        let page = store.drugs_since(&since, PAGE).await?;
        let Some(last) = page.last() else { return Ok(standing) };
        since = Since::drug(last);
        standing.extend(page.into_iter().filter(|row| row.in_force(on)));
        progress("comparing", standing.len(), 0);
    }
}

async fn items(
    store: &dyn Store,
    list: Lists,
    on: Day,
    progress: Progress<'_>,
) -> Result<Vec<Dated<Item>>, StoreError> {
    let mut standing: Vec<Dated<Item>> = Vec::new();
    loop {
        let after = standing.last().map(|row| row.item.key());
        let page = store.list_page(list, on, after.as_deref(), PAGE).await?;
        if page.is_empty() {
            return Ok(standing);
        }
        standing.extend(page);
        progress("comparing", standing.len(), 0);
    }
}
