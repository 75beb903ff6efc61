//! What a purchase on paper must say by itself, whoever is registered.

use std::collections::BTreeSet;

use lf_ports::{Drug, SetlPaper};
use lf_rx::event::{AtCounter, PsnMatch};
use lf_vocab::{Moment, PaperNo};

use super::PaperRefusal;
use crate::t2101_quote::{Command, FeeLine};
use crate::t7101_precheck::CLOCK_AHEAD_SECONDS;

/// One, as a quantity is scaled.
const ONE: i64 = 10_000;

/// Nothing leaves the shelf before it is prescribed, or tomorrow.
pub(super) fn in_order(command: &Command, paper: &SetlPaper, now: Moment) -> Result<(), PaperRefusal> {
    let latest = now.plus_seconds(CLOCK_AHEAD_SECONDS);
    let ordered = paper.prsc_time <= command.begntime && command.begntime <= latest;
    if ordered { Ok(()) } else { Err(PaperRefusal::Times) }
}

/// Nobody here reads the unit on the paper: a box is a code, and a drug without codes is counted as it is sold.
pub(super) fn by_the_box(lines: &[FeeLine], drugs: &[Option<Drug>]) -> Result<(), PaperRefusal> {
    let mut seen = BTreeSet::new();
    for (line, drug) in lines.iter().zip(drugs) {
        let exempt = drug.as_ref().is_some_and(|drug| drug.trac_exempt);
        let boxes = i64::try_from(line.drug_trac_codg.len()).unwrap_or(i64::MAX);
        let whole = boxes.checked_mul(ONE) == Some(line.cnt.get());
        if !(whole || exempt && boxes == 0) || !line.drug_trac_codg.iter().all(|code| seen.insert(code)) {
            return Err(PaperRefusal::Packs(line.med_list_codg.to_string()));
        }
    }
    Ok(())
}

/// A settlement stands in clear, so that no words about a person stand in it.
pub(super) fn without_reason(at_counter: AtCounter) -> AtCounter {
    let psn_match = at_counter.psn_match.map(|by| match by {
        PsnMatch::Manual { face_score, .. } => PsnMatch::Manual { face_score, psn_match_rea: String::new() },
        other => other,
    });
    AtCounter { psn_match, ..at_counter }
}

/// Lines that name a prescription name this one.
pub(super) fn same_number(command: &Command, paper: &SetlPaper) -> Result<(), PaperRefusal> {
    let mut named = command.lines.iter().filter_map(|line| line.rxno.as_deref());
    match named.find(|rxno| rxno.parse::<PaperNo>() != Ok(paper.paper_no)) {
        Some(_) => Err(PaperRefusal::Rxno),
        None => Ok(()),
    }
}
