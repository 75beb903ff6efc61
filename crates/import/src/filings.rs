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

use crate::column::Mapping;
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
    let rows = store.list_under(Lists::Designation, &first, on).await?;
    let advises = |item: &Item| match item {
        Item::Designation(row) => row.counts(on, None) && row.covers(&spay.med_list_codg),
        _ => false,
    };
    if rows.iter().flatten().any(|row| advises(&row.item)) {
        return Ok(None);
    }
    // Who is in no register may be in none because none is kept; of who is in it nobody has to ask that.
    let kept = store.designations_kept(place, on).await?;
    Ok(kept.contains(&(DsgnType::Spay, DsgnSide::Doctor)).then(|| {
        ("dr_code", "is no responsible doctor for this drug there, by the register of designations".to_owned())
    }))
}

/// Rows whose references lead nowhere, or that are one too many of a person, become defects.
pub(crate) async fn check(
    store: &dyn Store,
    rows: &mut Vec<Numbered<Filing>>,
    mapping: Option<&Mapping>,
    (defects, progress): (&mut Defects, Progress<'_>),
) -> Result<(), StoreError> {
    let (of, mut done, mut crowded, mut counted) = (rows.len(), 0, Vec::new(), Counted::default());
    let mut rest = std::mem::take(rows).into_iter();
    loop {
        progress("checking", done, of);
        let mut part: Vec<_> = rest.by_ref().take(TOGETHER).collect();
        if part.is_empty() {
            break;
        }
        done += part.len();
        counted.meet(store, part.iter().map(|(_, row)| row)).await?;
        for (_, row) in &mut part {
            if let (Some(was), Some(mapping)) = (counted.standing(row), mapping) {
                inherit(row, was, mapping);
            }
        }
        let found = try_join_all(part.iter().map(|(_, row)| defect(store, row))).await?;
        let mut kept = Vec::with_capacity(part.len());
        for ((number, row), wrong) in part.into_iter().zip(found) {
            // What a row has in itself was looked at when it was read, but not what it inherited.
            let own = row.defect().map(|(column, reason)| (column, reason.into_owned()));
            match own.or(wrong) {
                Some((column, reason)) => defects.push(number, column, reason),
                None => kept.push((number, row)),
            }
        }
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

/// What a file has no column for stays as it stands.
fn inherit(row: &mut Filing, was: &Filing, mapping: &Mapping) {
    // As of the registers: what begins anew has its end in the file.
    if !mapping.has("enddate") && row.from == was.from {
        row.until = was.until;
    }
    match (&mut row.body.filed, &was.body.filed) {
        (Filed::Spay(row), Filed::Spay(was)) => {
            let (applied, stood) = (&mut row.applied, &was.applied);
            if !mapping.has("appy_chnl") {
                applied.appy_chnl = stood.appy_chnl;
            }
            if !mapping.has("appy_form_no") {
                applied.appy_form_no.clone_from(&stood.appy_form_no);
            }
            if !mapping.has("paper_sm3") {
                applied.paper_sm3.clone_from(&stood.paper_sm3);
            }
            // The way without the day says nothing, so they stay or go together.
            if !mapping.has("told_way") && !mapping.has("told_date") {
                applied.told.clone_from(&stood.told);
            }
        }
        (Filed::Opsp(row), Filed::Opsp(was)) => {
            if !mapping.has("biz_appy_type") {
                row.biz_appy_type.clone_from(&was.biz_appy_type);
            }
            if !mapping.has("fixmedins_code") {
                row.fixmedins.clone_from(&was.fixmedins);
            }
        }
        // What was filed of something else under this number says nothing of this.
        _ => {}
    }
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

/// The filings of persons by number: those that stand, and of those that come only the number.
#[derive(Default)]
pub struct Counted(BTreeMap<Whose, BTreeMap<String, Option<Filing>>>);

impl Counted {
    /// Counts what stands of the persons of these filings, as far as they are new here.
    ///
    /// # Errors
    /// The store's word.
    pub async fn meet(&mut self, store: &dyn Store, filings: impl Iterator<Item = &Filing>) -> Result<(), StoreError> {
        let new = filings.map(whose).filter(|whose| !self.0.contains_key(whose)).collect();
        let numbered = |rows: Vec<Filing>| rows.into_iter().map(|row| (row.filing_no.clone(), Some(row))).collect();
        self.0.extend(standing(store, new).await?.into_iter().map(|(whose, rows)| (whose, numbered(rows))));
        Ok(())
    }

    /// What stands under the number of a filing of a person that was met.
    fn standing(&self, filing: &Filing) -> Option<&Filing> {
        self.0.get(&whose(filing))?.get(&filing.filing_no)?.as_ref()
    }

    /// Whether a filing of a person that was met is within what is kept; one of a number that stands takes its place.
    pub fn takes(&mut self, filing: &Filing) -> bool {
        let numbers = self.0.entry(whose(filing)).or_default();
        if numbers.len() >= FILINGS_MAX && !numbers.contains_key(&filing.filing_no) {
            return false;
        }
        numbers.entry(filing.filing_no.clone()).or_default();
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
