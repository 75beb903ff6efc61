//! What a record of a purchase must say in a place, and which rows do not say it (JX-1.5b).
//!
//! The interface requires less of 3503 than a place may, and a till that leaves a field out is not refused for it: the row is counted.
//! Dosage form, specification and generic name are those of the catalogue, by the code of the row.

use std::collections::{BTreeMap, BTreeSet};

use lf_law::{Facts, Field, Law};
use lf_ports::{Drug, StockMove, Store, StoreError};
use lf_stock::DataType;
use lf_vocab::{Admdvs, Day, MedListCodg};

use crate::failure::Failure;
use crate::gate::quantity;
use crate::scheme::words;
use crate::stock_pages::PAGE;

/// Who knows what a field says.
#[derive(Debug, Clone, Copy)]
enum Known {
    /// The row itself.
    Told,
    /// The catalogue, of the row's drug.
    Catalogue(fn(&Drug) -> &str),
    /// The row, of its boxes; some drugs have no codes.
    Codes,
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
    ("med_list_codg", "医保药品编码", Known::Told),
];

/// Purchases of an institution as they are read.
pub(super) struct Purchases {
    /// What its place asks of a record; nothing where the law is silent.
    asked: Vec<&'static Asked>,
    /// How many rows of a drug do not tell these fields; whether they have codes is kept apart, as some drugs have none.
    by: BTreeMap<(Option<MedListCodg>, Vec<&'static str>, bool), u64>,
}

/// What was found of them.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    /// Purchases.
    pub(super) rows: u64,
    /// Those that lack anything.
    pub(super) cnt: u64,
    /// What they lack, each with how many rows.
    pub(super) fields: BTreeMap<&'static str, u64>,
}

impl Purchases {
    /// None yet, with what the law of the place asks on a day.
    pub(super) fn asked(law: &Law, place: Admdvs, on: Day) -> Result<Self, Failure> {
        lf_vocab::covers!("JX-1.5b");
        const ID: &str = "stock.purchase_fields";
        let mut facts = Facts::new();
        facts.set(Field::AppyTime, on);
        let said = quantity(&law.view_of(&place, &facts, &[]), ID, words)?;
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
        let untold = |(name, cn, known): &&'static Asked| {
            (matches!(known, Known::Told) && moved.body.told(name).is_none()).then_some(*cn)
        };
        let untold = self.asked.iter().filter_map(untold).collect();
        let drug = moved.body.told("med_list_codg").and_then(|code| code.parse().ok());
        *self.by.entry((drug, untold, moved.body.codes.is_empty())).or_default() += 1;
    }

    /// What neither the rows nor the catalogue of a day say.
    pub(super) async fn lacking(self, store: &dyn Store, on: Day) -> Result<Lacking, StoreError> {
        let codes: BTreeSet<_> = self.by.keys().filter_map(|(drug, ..)| drug.clone()).collect();
        let codes: Vec<_> = codes.into_iter().collect();
        let mut known: BTreeMap<&MedListCodg, Drug> = BTreeMap::new();
        for some in codes.chunks(PAGE) {
            let drugs = store.drugs(some, on).await?;
            known.extend(some.iter().zip(drugs).filter_map(|(code, drug)| Some((code, drug?))));
        }
        let mut found = Lacking::default();
        for ((code, untold, codeless), rows) in &self.by {
            let drug = code.as_ref().and_then(|code| known.get(code));
            let unknown = |(_, cn, by): &&'static Asked| {
                let silent = match by {
                    Known::Told => false,
                    Known::Catalogue(read) => drug.is_none_or(|drug| read(drug).is_empty()),
                    Known::Codes => *codeless && !drug.is_some_and(|drug| drug.trac_exempt),
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
}

impl Lacking {
    /// Such as 价格2行、药品追溯码1行.
    pub(super) fn fields(&self) -> String {
        let told = self.fields.iter().map(|(cn, rows)| format!("{cn}{rows}行"));
        told.collect::<Vec<_>>().join("、")
    }
}
