//! What is sold against what was prescribed, in one unit, by the catalogue's word and never by the pharmacy's text.
//!
//! Serves 7204 (packs needed), 7207 (JX-3.5a, HB-2.4) and 2101/2102. A sold drug is a prescribed one when the codes
//! are equal, or when the catalogue lists both alike in everything but the maker ("可按通用名开方和取药", 7101
//! medListCodg). Invariants: nothing is compared across units; an unknown unit is an answer, not a guess.

use lf_vocab::{MedListCodg, Qty};

use crate::content::RxDrug;

/// One, as a quantity is scaled.
const ONE: i64 = 10_000;

/// How a drug is packed: what the catalogue says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packing {
    /// 最小包装单位, such as 盒.
    pub min_pacunt: String,
    /// 最小制剂单位, such as 片.
    pub min_prepunt: String,
    /// How many of these are in a pack.
    pub min_pac_cnt: Qty,
}

/// What the catalogue says of a code, as far as two codes can be the same medicine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// 通用名.
    pub genname: String,
    /// 剂型.
    pub dosform_name: String,
    /// 规格.
    pub spec_name: String,
    /// How it is packed.
    pub packing: Packing,
}

/// In what a quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Packs.
    Pack,
    /// Preparation units: tablets, grams.
    Prep,
}

/// The prescribed drugs with what the catalogue says of each, in the doctor's order.
#[derive(Debug, Clone)]
pub struct Basket<'a> {
    prescribed: Vec<(&'a RxDrug, Option<Listed>)>,
}

/// A sold or charged quantity of a code.
#[derive(Debug, Clone)]
pub struct Sold<'a> {
    /// The code.
    pub med_list_codg: &'a MedListCodg,
    /// What the catalogue says of it.
    pub listed: Option<&'a Listed>,
}

/// Units of weight and volume in the two ways in which they are written: the catalogue's word first.
const MEASURES: [(&str, &str); 5] = [("g", "克"), ("kg", "千克"), ("mg", "毫克"), ("ml", "毫升"), ("L", "升")];

/// One word for a unit: without spaces around it, a measure always by its sign.
fn one_word(unit: &str) -> &str {
    let unit = unit.trim();
    MEASURES.iter().find(|(_, chinese)| *chinese == unit).map_or(unit, |(sign, _)| sign)
}

impl Packing {
    /// What a unit's text means for this drug; a drug whose pack is its preparation unit counts in packs.
    pub fn unit(&self, text: &str) -> Option<Unit> {
        let text = one_word(text);
        if text == one_word(&self.min_pacunt) {
            Some(Unit::Pack)
        } else if text == one_word(&self.min_prepunt) && self.min_pac_cnt > Qty::ZERO {
            Some(Unit::Prep)
        } else {
            None
        }
    }

    /// Sold by weight or volume, as 饮片 by the gram: there is no pack to open, and any part can be sold.
    pub fn sold_loose(&self) -> bool {
        let unit = one_word(&self.min_pacunt);
        MEASURES.iter().any(|(sign, _)| *sign == unit)
    }

    /// Whole packs that a quantity is, or needs: an opened pack counts whole; what is sold loose is as it is.
    pub fn packs_up(&self, cnt: Qty, unit: Unit) -> Option<Qty> {
        if self.sold_loose() && unit == Unit::Pack {
            return Some(cnt);
        }
        let in_pack = self.in_pack(unit);
        (cnt.get().checked_add(in_pack - 1)? / in_pack).checked_mul(ONE).map(Qty::new)
    }

    /// The packs that a sold quantity is exactly; `None` for a part of a pack.
    pub fn packs_exactly(&self, cnt: Qty, unit: Unit) -> Option<Qty> {
        if self.sold_loose() && unit == Unit::Pack {
            return Some(cnt);
        }
        let in_pack = self.in_pack(unit);
        if cnt.get() % in_pack != 0 {
            return None;
        }
        (cnt.get() / in_pack).checked_mul(ONE).map(Qty::new)
    }

    fn in_pack(&self, unit: Unit) -> i64 {
        match unit {
            Unit::Pack => ONE,
            Unit::Prep => self.min_pac_cnt.get().max(1),
        }
    }
}

impl<'a> Basket<'a> {
    /// The prescribed drugs, each with its catalogue row.
    pub fn new(drugs: &'a [RxDrug], listed: Vec<Option<Listed>>) -> Self {
        Self { prescribed: drugs.iter().zip(listed).collect() }
    }

    /// How many drugs are prescribed.
    pub fn len(&self) -> usize {
        self.prescribed.len()
    }

    /// Whether nothing is prescribed.
    pub fn is_empty(&self) -> bool {
        self.prescribed.is_empty()
    }

    /// A prescribed drug.
    pub fn drug(&self, at: usize) -> Option<&'a RxDrug> {
        self.prescribed.get(at).map(|(drug, _)| *drug)
    }

    /// How a prescribed drug is packed.
    pub fn packing(&self, at: usize) -> Option<&Packing> {
        self.prescribed.get(at)?.1.as_ref().map(|listed| &listed.packing)
    }

    /// Which of the prescribed drugs a code is sold for: the one of the same code, else the first that the
    /// catalogue lists alike. No box counts twice.
    pub fn sold_for(&self, sold: &Sold<'_>) -> Option<usize> {
        let by_code = self.prescribed.iter().position(|(drug, _)| drug.med_list_codg == *sold.med_list_codg);
        by_code.or_else(|| {
            let listed = sold.listed?;
            self.prescribed.iter().position(|(_, prescribed)| prescribed.as_ref() == Some(listed))
        })
    }

    /// In what the doctor counted a drug.
    pub fn unit(&self, at: usize) -> Option<Unit> {
        let (drug, listed) = self.prescribed.get(at)?;
        listed.as_ref()?.packing.unit(&drug.drug_dosunt)
    }

    /// Packs that a prescribed drug needs.
    pub fn packs_needed(&self, at: usize) -> Option<Qty> {
        let (drug, listed) = self.prescribed.get(at)?;
        let packing = &listed.as_ref()?.packing;
        packing.packs_up(drug.drug_cnt, packing.unit(&drug.drug_dosunt)?)
    }

    /// What may be charged for so many sold packs, in the prescribed unit: of tablets no more than prescribed.
    pub fn chargeable(&self, at: usize, packs: Qty) -> Option<Qty> {
        let (drug, listed) = self.prescribed.get(at)?;
        match self.unit(at)? {
            Unit::Pack => Some(packs),
            Unit::Prep => {
                let in_packs = (packs.get() / ONE).checked_mul(listed.as_ref()?.packing.min_pac_cnt.get())?;
                Some(Qty::new(in_packs).min(drug.drug_cnt))
            }
        }
    }
}
