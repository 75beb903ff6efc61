//! Filings of persons against a store: whose, where and on whose advice must be registered; then one change a row.
//!
//! Serves import and `liufang filing add`, WH-2.3. Invariant: where the register of designations is kept, only a responsible doctor of the institution
//! advises on 单独支付药品, for the drug if he is designated for single ones.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use futures_util::try_join;
use lf_ports::filing::{FILINGS_MAX, Filed, Filing, FilingChange, SpayFiling};
use lf_ports::lists::{Designation, DsgnSide, DsgnType};
use lf_ports::{ChangeSet, Item, Lists, PersonKey, Store, StoreError};
use lf_vocab::{Admdvs, Moment, PsnNo};
use serde_json::{Value, json};

use crate::defect::Defects;
use crate::parse::{Numbered, Progress};
use crate::registers::{TOGETHER, parts};
use crate::report::Report;

/// What is wrong with a filing beside the registers: column and reason.
///
/// # Errors
/// The store's word.
pub async fn defect(store: &dyn Store, filing: &Filing) -> Result<Option<(&'static str, String)>, StoreError> {
    let key = PersonKey::PsnNo(filing.poolarea_no, filing.psn_no.clone());
    let named = async {
        match &filing.body.filed {
            Filed::Opsp(opsp) => {
                let found = try_join_all(opsp.fixmedins.iter().map(|code| store.fixmedins(code))).await?;
                Ok(found.iter().any(Option::is_none).then(no_institution))
            }
            Filed::Spay(spay) => of_spay(store, spay).await,
        }
    };
    let (person, wrong) = try_join!(store.person(&key), named)?;
    Ok(match person {
        Some(_) => wrong,
        None => Some(("psn_no", "names no registered person; import person first".to_owned())),
    })
}

fn no_institution() -> (&'static str, String) {
    ("fixmedins_code", "names no registered institution; import fixmedins first".to_owned())
}

async fn of_spay(store: &dyn Store, spay: &SpayFiling) -> Result<Option<(&'static str, String)>, StoreError> {
    lf_vocab::covers!("WH-2.3");
    let (house, doctor) =
        try_join!(store.fixmedins(&spay.fixmedins_code), store.practitioner(&spay.fixmedins_code, &spay.dr_code))?;
    let Some(house) = house else { return Ok(Some(no_institution())) };
    let Some(doctor) = doctor.filter(|doctor| doctor.prac_name == spay.dr_name) else {
        return Ok(Some(("dr_code", "names no registered doctor of that name at the institution".to_owned())));
    };
    if !doctor.registered.contains(spay.dcsn_day) {
        return Ok(Some(("dr_code", "was not registered there on the day of the decision".to_owned())));
    }
    let (place, on) = (house.poolarea_no, spay.dcsn_day);
    let first = Designation::first_of(place, DsgnType::Spay, &spay.fixmedins_code, Some(&spay.dr_code));
    let first = [first.as_str()];
    let (kept, rows) = try_join!(store.designations_kept(place, on), store.list_under(Lists::Designation, &first, on))?;
    let advises = |item: &Item| match item {
        Item::Designation(row) => row.counts(on, None) && row.covers(&spay.med_list_codg),
        _ => false,
    };
    let responsible = rows.iter().flatten().any(|row| advises(&row.item));
    let wrong = kept.contains(&(DsgnType::Spay, DsgnSide::Doctor)) && !responsible;
    Ok(wrong.then(|| {
        ("dr_code", "is no responsible doctor for this drug there, by the register of designations".to_owned())
    }))
}

/// Rows whose references lead nowhere, or that are one too many of a person, become defects.
pub(crate) async fn check(
    store: &dyn Store,
    rows: &mut Vec<Numbered<Filing>>,
    defects: &mut Defects,
    progress: Progress<'_>,
) -> Result<(), StoreError> {
    let (of, mut done, mut crowded, mut counted) = (rows.len(), 0, Vec::new(), Counted::default());
    let mut rest = std::mem::take(rows).into_iter();
    loop {
        progress("checking", done, of);
        let part: Vec<_> = rest.by_ref().take(TOGETHER).collect();
        if part.is_empty() {
            break;
        }
        done += part.len();
        let found = try_join_all(part.iter().map(|(_, row)| defect(store, row))).await?;
        let mut kept = Vec::with_capacity(part.len());
        for ((number, row), wrong) in part.into_iter().zip(found) {
            match wrong {
                Some((column, reason)) => defects.push(number, column, reason),
                None => kept.push((number, row)),
            }
        }
        counted.meet(store, kept.iter().map(|(_, row)| row)).await?;
        for (number, row) in kept {
            match counted.takes(&row) {
                true => rows.push((number, row)),
                false => crowded.push(number),
            }
        }
    }
    crowded.into_iter().for_each(|number| defects.push(number, "filing_no", CROWDED.to_owned()));
    Ok(())
}

/// Why one more filing of a person is not entered.
pub const CROWDED: &str = "is one filing more than are kept of one person";

/// A person of a 统筹区.
type Whose = (Admdvs, PsnNo);

fn whose(filing: &Filing) -> Whose {
    (filing.poolarea_no, filing.psn_no.clone())
}

/// The filings that stand of some persons, each of them asked for once and all together.
async fn standing(store: &dyn Store, of: BTreeSet<Whose>) -> Result<Vec<(Whose, Vec<Filing>)>, StoreError> {
    let of: Vec<_> = of.into_iter().collect();
    let found = try_join_all(of.iter().map(|(poolarea_no, psn_no)| store.filings(*poolarea_no, psn_no))).await?;
    Ok(of.into_iter().zip(found).collect())
}

/// Numbers of the filings of persons, those that stand and those that come.
#[derive(Default)]
pub struct Counted(BTreeMap<Whose, BTreeSet<String>>);

impl Counted {
    /// Counts what stands of the persons of these filings, as far as they are new here.
    ///
    /// # Errors
    /// The store's word.
    pub async fn meet(&mut self, store: &dyn Store, filings: impl Iterator<Item = &Filing>) -> Result<(), StoreError> {
        let new = filings.map(whose).filter(|whose| !self.0.contains_key(whose)).collect();
        let numbers = |rows: Vec<Filing>| rows.into_iter().map(|row| row.filing_no).collect();
        self.0.extend(standing(store, new).await?.into_iter().map(|(whose, rows)| (whose, numbers(rows))));
        Ok(())
    }

    /// Whether a filing of a person that was met is within what is kept; one of a number that stands takes its place.
    pub fn takes(&mut self, filing: &Filing) -> bool {
        let numbers = self.0.entry(whose(filing)).or_default();
        if numbers.len() >= FILINGS_MAX && !numbers.contains(&filing.filing_no) {
            return false;
        }
        numbers.insert(filing.filing_no.clone());
        true
    }
}

/// Plans the rows: what stands word for word is not touched; what somebody ended stays ended.
pub(crate) async fn plan(
    store: &dyn Store,
    rows: Vec<Numbered<Filing>>,
    report: &mut Report,
    changes: &mut ChangeSet,
    (now, progress): (Moment, Progress<'_>),
) -> Result<(), StoreError> {
    for part in parts(rows, progress) {
        let met = standing(store, part.iter().map(whose).collect()).await?;
        let mut met: BTreeMap<(Whose, String), Filing> =
            met.into_iter().flat_map(|(_, rows)| rows).map(|row| ((whose(&row), row.filing_no.clone()), row)).collect();
        for mut row in part {
            let was = met.remove(&(whose(&row), row.filing_no.clone()));
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
