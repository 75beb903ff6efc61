//! What a record of a purchase must say in a place, and which rows do not say it (JX-1.5b).
//!
//! The interface requires less of 3503 than a place may, and a till that leaves a field out is not refused for it: the row is counted.
//! Dosage form, specification and generic name are those of the catalogue, by the code of the row.

use std::collections::{BTreeMap, BTreeSet};

use lf_law::{Facts, Field, Law};
use lf_ports::{Drug, Fixmedins, StockMove, Store, StoreError};
use lf_stock::DataType;
use lf_vocab::{Day, FixmedinsKind, MedListCodg};

use super::coded_by;
use crate::failure::Failure;
use crate::gate::quantity;
use crate::scheme::words;
use crate::stock_pages::{PAGE, pause};

/// What the interface writes where a drug has no code.
const NONE: &str = "NMLC999";

/// Who knows what a field says.
#[derive(Debug, Clone, Copy)]
enum Known {
    /// The row itself.
    Told,
    /// The catalogue, of the row's drug.
    Catalogue(fn(&Drug) -> &str),
    /// The row, of its boxes; some drugs have no codes.
    Codes,
    /// The row, unless it says that there is none.
    MedListCodg,
}

/// A word of a record, and what people call it.
type Asked = (&'static str, &'static str, Known);

const FIELDS: [Asked; 14] = [
    ("drug_genname", "通用名称", Known::Catalogue(|drug| &drug.genname)),
    ("prodentp_name", "生产厂家", Known::Told),
    ("drug_dosform", "剂型", Known::Catalogue(|drug| &drug.dosform_name)),
    ("drug_spec", "规格", Known::Catalogue(|drug| &drug.spec_name)),
    ("manu_lotnum", "批号", Known::Told),
    ("manu_date", "生产日期", Known::Told),
    ("expy_end", "有效期", Known::Told),
    ("aprvno", "批准文号", Known::Told),
    ("spler_name", "供货单位", Known::Told),
    ("purc_retn_cnt", "数量", Known::Told),
    ("finl_trns_pric", "价格", Known::Told),
    ("purc_retn_stoin_time", "购进日期", Known::Told),
    ("drug_trac_codg", "药品追溯码", Known::Codes),
    ("med_list_codg", "医保药品编码", Known::MedListCodg),
];

/// What rows say alike: the day and code of their drug, the fields that they do not tell, and whether they have codes of boxes,
/// which is kept apart, as some drugs have none.
type Alike = (Day, Option<MedListCodg>, Vec<&'static str>, bool);

/// Purchases of a pharmacy as they are read.
pub(super) struct Purchases {
    /// What its place asks of a record; nothing where the law is silent.
    asked: Vec<&'static Asked>,
    by: BTreeMap<Alike, u64>,
}

/// What was found of them.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    /// Purchases.
    pub(super) rows: u64,
    /// Those that lack anything.
    pub(super) cnt: u64,
    /// What they lack, each with how many rows.
    fields: BTreeMap<&'static str, u64>,
}

impl Purchases {
    /// None yet, with what the law of its place asks of a pharmacy on a day: the notices speak of pharmacies.
    pub(super) fn asked(law: &Law, of: &Fixmedins, on: Day) -> Result<Self, Failure> {
        lf_vocab::covers!("JX-1.5b");
        const ID: &str = "stock.purchase_fields";
        let mut facts = Facts::new();
        facts.set(Field::AppyTime, on);
        let said = quantity(&law.view_of(&of.poolarea_no, &facts, &[]), ID, words)?;
        let said = said.filter(|_| of.fixmedins_code.kind() == FixmedinsKind::Pharmacy);
        let field = |word: &String| {
            let known = FIELDS.iter().find(|(name, ..)| name == word);
            known.ok_or_else(|| Failure::Broken(format!("{ID}: no record has a word {word}")))
        };
        let asked = said.iter().flat_map(|(words, _)| words).map(field).collect::<Result<_, _>>()?;
        Ok(Self { asked, by: BTreeMap::new() })
    }

    /// Takes a row in, if it is a purchase that stands.
    pub(super) fn count(&mut self, moved: &StockMove) {
        if moved.data_type != DataType::Purchase || moved.void_seq != 0 || moved.units < 0 {
            return;
        }
        let told = |name| moved.body.told(name);
        // A gift has no price.
        let given = told("prod_geay_flag") == Some("1");
        let drug = told("med_list_codg").filter(|code| *code != NONE).and_then(|code| code.parse().ok());
        let untold = |(name, cn, known): &&'static Asked| {
            let silent = match known {
                Known::Told => told(name).is_none() && !(given && *name == "finl_trns_pric"),
                Known::MedListCodg => drug.is_none(),
                Known::Catalogue(_) | Known::Codes => false,
            };
            silent.then_some(*cn)
        };
        let untold = self.asked.iter().filter_map(untold).collect();
        let codeless = !coded_by(moved, false);
        *self.by.entry((moved.at.day(), drug, untold, codeless)).or_default() += 1;
    }

    /// What neither the rows nor the catalogue of their day say.
    pub(super) async fn lacking(self, store: &dyn Store) -> Result<Lacking, StoreError> {
        let known = self.known(store).await?;
        let mut found = Lacking::default();
        for ((day, code, untold, codeless), rows) in &self.by {
            let drug = code.as_ref().map(|code| known.get(&(*day, code)));
            let unknown = |(_, cn, by): &&'static Asked| {
                let silent = match by {
                    Known::Told | Known::MedListCodg => false,
                    // Of what has no code of the catalogue, the code is what lacks.
                    Known::Catalogue(read) => drug.is_some_and(|drug| drug.is_none_or(|drug| read(drug).is_empty())),
                    Known::Codes => *codeless && !drug.flatten().is_some_and(|drug| drug.trac_exempt),
                };
                silent.then_some(*cn)
            };
            let lacks: BTreeSet<_> = untold.iter().copied().chain(self.asked.iter().filter_map(unknown)).collect();
            found.rows += rows;
            found.cnt += if lacks.is_empty() { 0 } else { *rows };
            lacks.into_iter().for_each(|cn| *found.fields.entry(cn).or_default() += rows);
        }
        Ok(found)
    }

    /// The drugs as they were in the catalogue on the days of their purchases.
    async fn known(&self, store: &dyn Store) -> Result<BTreeMap<(Day, &MedListCodg), Drug>, StoreError> {
        let mut days: BTreeMap<Day, BTreeSet<&MedListCodg>> = BTreeMap::new();
        for (day, code, ..) in self.by.keys() {
            days.entry(*day).or_default().extend(code);
        }
        let mut known = BTreeMap::new();
        for (day, codes) in days {
            let codes: Vec<_> = codes.into_iter().collect();
            for some in codes.chunks(PAGE) {
                let asked: Vec<_> = some.iter().copied().cloned().collect();
                let drugs = store.drugs(&asked, day).await?;
                known.extend(some.iter().zip(drugs).filter_map(|(code, drug)| Some(((day, *code), drug?))));
            }
            pause().await;
        }
        Ok(known)
    }
}

impl Lacking {
    /// Such as 价格2行、药品追溯码1行.
    pub(super) fn fields(&self) -> String {
        let told = self.fields.iter().map(|(cn, rows)| format!("{cn}{rows}行"));
        told.collect::<Vec<_>>().join("、")
    }
}
