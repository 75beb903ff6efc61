//! Filings of persons against a store: whose, where and on whose advice must be registered; then one change a row.
//!
//! Serves import and `liufang filing add`, WH-2.3. Invariant: where the register of designations is kept, only a responsible doctor of the institution
//! advises on 单独支付药品, for the drug if he is designated for single ones.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use lf_ports::filing::{FILINGS_MAX, Filed, Filing, FilingChange, SpayFiling};
use lf_ports::lists::{Designation, DsgnType};
use lf_ports::{ChangeSet, Item, Lists, PersonKey, Store, StoreError};
use lf_vocab::{Admdvs, Moment, PsnNo};
use serde_json::{Value, json};

use crate::defect::Defects;
use crate::parse::{Numbered, Progress};
use crate::report::Report;

/// Rows that are looked after together.
const TOGETHER: usize = 256;

/// What is wrong with a filing beside the registers: column and reason.
///
/// # Errors
/// The store's word.
pub async fn defect(store: &dyn Store, filing: &Filing) -> Result<Option<(&'static str, String)>, StoreError> {
    let key = PersonKey::PsnNo(filing.poolarea_no, filing.psn_no.clone());
    if store.person(&key).await?.is_none() {
        return Ok(Some(("psn_no", "names no registered person; import person first".to_owned())));
    }
    match &filing.body.filed {
        Filed::Opsp(opsp) => {
            let found = try_join_all(opsp.fixmedins.iter().map(|code| store.fixmedins(code))).await?;
            Ok(found.iter().any(Option::is_none).then(no_institution))
        }
        Filed::Spay(spay) => of_spay(store, spay).await,
    }
}

fn no_institution() -> (&'static str, String) {
    ("fixmedins_code", "names no registered institution; import fixmedins first".to_owned())
}

async fn of_spay(store: &dyn Store, spay: &SpayFiling) -> Result<Option<(&'static str, String)>, StoreError> {
    lf_vocab::covers!("WH-2.3");
    let (house, doctor) = futures_util::try_join!(
        store.fixmedins(&spay.fixmedins_code),
        store.practitioner(&spay.fixmedins_code, &spay.dr_code)
    )?;
    let Some(house) = house else { return Ok(Some(no_institution())) };
    let Some(doctor) = doctor.filter(|doctor| doctor.prac_name == spay.dr_name) else {
        return Ok(Some(("dr_code", "names no registered doctor of that name at the institution".to_owned())));
    };
    if !doctor.registered.contains(spay.dcsn_day) {
        return Ok(Some(("dr_code", "was not registered there on the day of the decision".to_owned())));
    }
    let place = house.poolarea_no;
    let kept = [(Lists::Designation, Designation::kept_of(place, DsgnType::Spay))];
    let first = Designation::first_of(place, DsgnType::Spay, &spay.fixmedins_code, Some(&spay.dr_code));
    let on = spay.dcsn_day;
    let (first, kept) = (&[first.as_str()], store.lists_have(&kept, on).await?);
    let rows = store.list_under(Lists::Designation, first, on).await?;
    let advises = |item: &Item| match item {
        Item::Designation(row) => {
            row.counts(on, None) && row.med_list_codg.as_ref().is_none_or(|own| *own == spay.med_list_codg)
        }
        _ => false,
    };
    let responsible = rows.iter().flatten().any(|row| advises(&row.item));
    let wrong = kept.contains(&true) && !responsible;
    Ok(wrong.then(|| {
        ("dr_code", "is no responsible doctor for this drug there, by the register of designations".to_owned())
    }))
}

/// Rows whose references lead nowhere become defects.
pub(crate) async fn check(
    store: &dyn Store,
    rows: &mut Vec<Numbered<Filing>>,
    defects: &mut Defects,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    let (of, mut kept) = (rows.len(), Vec::with_capacity(rows.len()));
    let mut rest = std::mem::take(rows).into_iter();
    loop {
        progress("checking", kept.len(), of);
        let part: Vec<_> = rest.by_ref().take(TOGETHER).collect();
        if part.is_empty() {
            break;
        }
        let found = try_join_all(part.iter().map(|(_, row)| defect(store, row))).await?;
        for ((number, row), wrong) in part.into_iter().zip(found) {
            match wrong {
                Some((column, reason)) => defects.push(number, column, reason),
                None => kept.push((number, row)),
            }
        }
    }
    let mut counted = Counted::default();
    for (number, row) in kept {
        match counted.takes(store, &row).await? {
            true => rows.push((number, row)),
            false => defects.push(number, "filing_no", CROWDED.to_owned()),
        }
    }
    Ok(())
}

/// Why one more filing of a person is not entered.
pub const CROWDED: &str = "is one filing more than are kept of one person";

/// Numbers of the filings of persons, those that stand and those that come.
#[derive(Default)]
pub struct Counted(BTreeMap<(Admdvs, PsnNo), BTreeSet<String>>);

impl Counted {
    /// Whether a filing is within what is read of one person; one of a number that stands takes its place.
    ///
    /// # Errors
    /// The store's word.
    pub async fn takes(&mut self, store: &dyn Store, filing: &Filing) -> Result<bool, StoreError> {
        let numbers = match self.0.entry((filing.poolarea_no, filing.psn_no.clone())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let standing = store.filings(filing.poolarea_no, &filing.psn_no).await?;
                place.insert(standing.into_iter().map(|row| row.filing_no).collect())
            }
        };
        if numbers.len() >= FILINGS_MAX && !numbers.contains(&filing.filing_no) {
            return Ok(false);
        }
        numbers.insert(filing.filing_no.clone());
        Ok(true)
    }
}

/// Plans the rows: what stands word for word is not touched; what somebody ended stays ended.
pub(crate) async fn plan(
    store: &dyn Store,
    rows: Vec<Numbered<Filing>>,
    report: &mut Report,
    changes: &mut ChangeSet,
    now: Moment,
) -> Result<(), StoreError> {
    for (_, mut row) in rows {
        let standing = store.filings(row.poolarea_no, &row.psn_no).await?;
        let was = standing.into_iter().find(|was| was.filing_no == row.filing_no);
        let key = format!("{}|{}|{}", row.poolarea_no, row.psn_no.as_str(), row.filing_no);
        match was {
            Some(was) if was.body.ended.is_some() || same(&was, &row) => report.diff.unchanged += 1,
            was => {
                row.body.opt_time = now;
                changes.filings.push(match was {
                    Some(was) => {
                        report.diff.change(key, &fields(&was), &fields(&row));
                        // Somebody may end it between this look and the commit, and what was ended stays ended.
                        FilingChange::Changed { filing: row, expect_from: was.from, expect_until: was.until }
                    }
                    None => {
                        report.diff.added.push(key);
                        FilingChange::New(row)
                    }
                });
            }
        }
    }
    Ok(())
}

fn same(was: &Filing, row: &Filing) -> bool {
    let body = &was.body;
    was.from == row.from
        && was.until == row.until
        && body.filed == row.body.filed
        && body.opter_name == row.body.opter_name
}

/// Which fields differ may be told, what they hold not: they are of a person's health.
fn fields(filing: &Filing) -> Value {
    json!({ "begndate": filing.from, "enddate": filing.until, "filed": filing.body.filed, "opter_name": filing.body.opter_name })
}
