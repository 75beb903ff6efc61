//! From a table of text to typed rows of a kind, with every defect of every row.
//!
//! Invariants: a key stands once; the very same row again is one row and a note; a row with a defect is not among the rows.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lf_ports::store::UNDER_MAX;
use lf_ports::{Drug, EditionOf, Filing, Fixmedins, Item, Person, Practitioner};
use lf_vocab::Fen;

use crate::cells::Cells;
use crate::column::Mapping;
use crate::defect::Defects;
use crate::file::Table;
use crate::kind::Kind;
use crate::kinds::{drug, filing, lists, registers};

/// A row and its number in the file.
pub type Numbered<T> = (u64, T);

/// The rows of a file.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "each holds the rows of the kind of its name")]
pub enum Rows {
    Drugs(Vec<Numbered<Drug>>),
    Items(Vec<Numbered<Item>>),
    Fixmedins(Vec<Numbered<Fixmedins>>),
    Practitioners(Vec<Numbered<Practitioner>>),
    /// With the opening balance of the account.
    Persons(Vec<Numbered<(Person, Option<Fen>)>>),
    Filings(Vec<Numbered<Filing>>),
}

/// A file as far as it can be read alone.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// Of what kind.
    pub kind: Kind,
    /// The rows without a defect.
    pub rows: Rows,
    /// Rows of the file, with and without.
    pub row_cnt: usize,
    /// What is wrong.
    pub defects: Defects,
    /// What the operator should know.
    pub notes: Vec<String>,
    /// Where the columns are; `None` when a required one is missing.
    pub mapping: Option<Mapping>,
}

/// Tells how far the work is: what is done, how much of how much.
pub type Progress<'a> = &'a mut (dyn FnMut(&'static str, usize, usize) + Send);

/// How many rows pass between two words about progress.
const TOLD_EVERY: usize = 2_000;

/// Reads all rows.
pub fn parse(kind: Kind, table: &Table, map: &[(String, String)], progress: Progress<'_>) -> Parsed {
    let mut defects = Defects::default();
    let mapping = Mapping::new(kind.columns(), table, map, &mut defects);
    if table.rows.is_empty() {
        defects.push(table.heading_row, "", "there is no row below the headings");
    }
    let mut notes = Vec::new();
    let rows = match &mapping {
        Some(mapping) => {
            if !mapping.unused.is_empty() {
                notes.push(format!("columns passed over: {}", mapping.unused.join(", ")));
            }
            if let (Kind::Person, Some((has, lacks))) = (kind, registers::half_card(mapping)) {
                notes.push(format!("column passed over: {has}; a card has both numbers, and no heading means {lacks}"));
            }
            rows(kind, &mut Reading { table, mapping, defects: &mut defects, notes: &mut notes, kind, progress })
        }
        None => Rows::Items(Vec::new()),
    };
    Parsed { kind, rows, row_cnt: table.rows.len(), defects, notes, mapping }
}

fn rows(kind: Kind, reading: &mut Reading<'_>) -> Rows {
    match kind {
        Kind::Edition(EditionOf::Drug) => {
            Rows::Drugs(reading.rows(drug::row, |row| row.med_list_codg.as_str().to_owned()))
        }
        Kind::Edition(EditionOf::List(list)) => {
            let items = reading.rows(|cells| lists::row(list, cells), Item::key);
            Rows::Items(reading.not_crowded(items))
        }
        Kind::Fixmedins => {
            Rows::Fixmedins(reading.rows(registers::fixmedins, |row| row.fixmedins_code.as_str().to_owned()))
        }
        Kind::Practitioner => Rows::Practitioners(
            reading.rows(registers::practitioner, |row| format!("{}|{}", row.fixmedins_code, row.prac_code)),
        ),
        Kind::Person => {
            let persons =
                reading.rows(registers::person, |(row, _)| format!("{}|{}", row.poolarea_no, row.psn_no.as_str()));
            Rows::Persons(reading.shown_once(persons))
        }
        Kind::Filing => Rows::Filings(
            reading
                .rows(filing::filing, |row| format!("{}|{}|{}", row.poolarea_no, row.psn_no.as_str(), row.filing_no)),
        ),
    }
}

/// The work on one table.
struct Reading<'a> {
    table: &'a Table,
    mapping: &'a Mapping,
    defects: &'a mut Defects,
    notes: &'a mut Vec<String>,
    kind: Kind,
    progress: Progress<'a>,
}

impl Reading<'_> {
    fn rows<T: PartialEq>(
        &mut self,
        read: impl Fn(&mut Cells<'_>) -> Option<T>,
        key: impl Fn(&T) -> String,
    ) -> Vec<Numbered<T>> {
        let of = self.table.rows.len();
        let mut kept: Vec<Numbered<T>> = Vec::with_capacity(of);
        let mut places: HashMap<String, usize> = HashMap::with_capacity(of);
        let mut repeated = 0usize;
        for (done, raw) in self.table.rows.iter().enumerate() {
            if done % TOLD_EVERY == 0 {
                (self.progress)("reading", done, of);
            }
            let before = self.defects.total();
            let mut cells = Cells::new(self.mapping, raw, self.defects, self.kind.personal());
            let Some(row) = read(&mut cells) else { continue };
            if self.defects.total() > before {
                continue;
            }
            match places.entry(key(&row)) {
                Entry::Vacant(place) => {
                    place.insert(kept.len());
                    kept.push((raw.number, row));
                }
                Entry::Occupied(place) => match kept.get(*place.get()) {
                    Some((_, earlier)) if *earlier == row => repeated += 1,
                    Some((number, _)) => {
                        let reason = format!("has the key of row {number} and says something else");
                        self.defects.push(raw.number, "", reason);
                    }
                    None => {}
                },
            }
        }
        if repeated > 0 {
            self.notes.push(format!("rows that repeat an earlier one word for word, counted once: {repeated}"));
        }
        (self.progress)("reading", of, of);
        kept
    }

    /// More designations of one institution or doctor for one purpose than a message reads would stop every message of theirs.
    fn not_crowded(&mut self, items: Vec<Numbered<Item>>) -> Vec<Numbered<Item>> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut kept = Vec::with_capacity(items.len());
        for (number, item) in items {
            if let Item::Designation(row) = &item {
                let count = counts.entry(row.first()).or_default();
                *count += 1;
                if *count > UNDER_MAX {
                    let reason = format!("more than {UNDER_MAX} rows for one purpose; leave drug or disease blank");
                    self.defects.push(number, "fixmedins_code", reason);
                    continue;
                }
            }
            kept.push((number, item));
        }
        kept
    }

    /// Of two persons who show the same certificate, token or card, only one would be found by it.
    fn shown_once(&mut self, persons: Vec<Numbered<(Person, Option<Fen>)>>) -> Vec<Numbered<(Person, Option<Fen>)>> {
        let mut shown: HashMap<(&'static str, String), u64> = HashMap::new();
        let mut kept = Vec::with_capacity(persons.len());
        for (number, (person, balc)) in persons {
            let token = Some(person.ec_token.clone()).filter(|token| !token.is_empty());
            let card = person.card.as_ref().map(|card| card.sscno.as_str().to_owned());
            let each = [
                ("certno", Some(format!("{}:{}", person.psn_cert_type, person.certno.as_str()))),
                ("ec_token", token),
                ("sscno", card),
            ];
            let twice = each.into_iter().find_map(|(column, text)| {
                let earlier = *shown.entry((column, text?)).or_insert(number);
                (earlier != number).then_some((column, earlier))
            });
            match twice {
                Some((column, earlier)) => {
                    self.defects.push(number, column, format!("is that of another person in row {earlier}"));
                }
                None => kept.push((number, (person, balc))),
            }
        }
        kept
    }
}
