//! JX-3.5a at the till: what is charged is what left the shelf, drug by drug, in the unit in which it was prescribed.
//!
//! Serves 2101, 2102, 2206 and 2207. Invariants: lines, sale and prescription meet in the catalogue, never in free text; one
//! function says in which unit a drug counts; of opened packs no more is charged than was prescribed.

use lf_ports::{Drug, Prics};
use lf_rx::RxContent;
use lf_rx::basket::{Basket, Sold as SoldCode, Unit};
use lf_rx::decide::settle::SettleRefusal;
use lf_rx::event::{SaleLine, Sold};
use lf_vocab::{Day, DrugTracCodg, Fen, MedListCodg, Pric, Qty};

use crate::gate;
use crate::t2101_quote::FeeLine;
use crate::t7204_download::listed;

/// A purchase laid beside its sale and its prescription.
pub struct Till<'a> {
    basket: &'a Basket<'a>,
    content: &'a RxContent,
    lines: &'a [FeeLine],
    drugs: &'a [Option<Drug>],
    prics: &'a [Prics],
    /// The prescribed drug that each line is charged for.
    places: Vec<usize>,
    /// Packs sold of each prescribed drug.
    packs: Vec<Qty>,
    /// Trace codes scanned at the sale of each prescribed drug.
    codes: Vec<i64>,
}

/// What is laid beside each other.
pub struct Laid<'a> {
    /// The prescribed drugs.
    pub basket: &'a Basket<'a>,
    /// The prescription.
    pub content: &'a RxContent,
    /// The sale.
    pub sold: &'a Sold,
    /// The catalogue rows of the sale's lines.
    pub sold_drugs: &'a [Option<Drug>],
    /// The charged lines.
    pub lines: &'a [FeeLine],
    /// Their catalogue rows.
    pub drugs: &'a [Option<Drug>],
    /// What their prices are compared with.
    pub prics: &'a [Prics],
}

impl<'a> Till<'a> {
    /// Lays them beside each other; refused in declared order when they differ.
    pub fn lay(laid: &Laid<'a>) -> Result<Self, SettleRefusal> {
        let sold_places: Vec<_> =
            laid.sold.lines.iter().zip(laid.sold_drugs).map(|(l, d)| place(laid.basket, &l.med_list_codg, d)).collect();
        let mut packs = vec![Qty::ZERO; laid.basket.len()];
        let mut codes = vec![0; laid.basket.len()];
        for (line, at) in laid.sold.lines.iter().zip(&sold_places) {
            if let Some(sum) = at.and_then(|at| packs.get_mut(at)) {
                *sum = sum.checked_add(packs_of(laid.basket, *at, line)).unwrap_or(Qty::new(i64::MAX));
            }
        }
        for (line, at) in laid.sold.lines.iter().zip(&sold_places) {
            if let Some(count) = at.and_then(|at| codes.get_mut(at)) {
                *count += i64::from(line.drug_trac_codg.is_some());
            }
        }
        let mut places = Vec::with_capacity(laid.lines.len());
        for (line, drug) in laid.lines.iter().zip(laid.drugs) {
            let sold = laid.sold.lines.iter().any(|sold| sold.med_list_codg == line.med_list_codg);
            let at = place(laid.basket, &line.med_list_codg, drug).filter(|_| sold);
            places.push(at.ok_or_else(|| SettleRefusal::LineForeign(line.med_list_codg.to_string()))?);
        }
        let (basket, content) = (laid.basket, laid.content);
        let (lines, drugs, prics) = (laid.lines, laid.drugs, laid.prics);
        let till = Self { basket, content, lines, drugs, prics, places, packs, codes };
        till.compare_counts()?;
        till.compare_codes(&laid.sold.lines, &sold_places)?;
        till.compare_amounts(&laid.sold.lines, &sold_places)?;
        Ok(till)
    }

    fn compare_counts(&self) -> Result<(), SettleRefusal> {
        for (at, packs) in self.packs.iter().enumerate().filter(|(_, packs)| **packs > Qty::ZERO) {
            let charged = sum(self.charged(at).map(|line| line.cnt));
            if self.basket.chargeable(at, *packs) != Some(charged) {
                return Err(SettleRefusal::LinesDiffer(self.name(at)));
            }
        }
        Ok(())
    }

    fn compare_codes(&self, sold: &[SaleLine], places: &[Option<usize>]) -> Result<(), SettleRefusal> {
        for (line, at) in self.lines.iter().zip(&self.places) {
            let scanned = |key: &&DrugTracCodg| {
                let mut rows = sold.iter().zip(places).filter(|(_, place)| **place == Some(*at));
                !rows.any(|(row, _)| row.drug_trac_codg.as_ref() == Some(*key))
            };
            if let Some(foreign) = line.drug_trac_codg.iter().find(scanned) {
                return Err(SettleRefusal::TracCodgDiffers(foreign.to_string()));
            }
        }
        Ok(())
    }

    /// Where the sale stated amounts, the same money is charged; for a part of the packs no more than its share.
    fn compare_amounts(&self, sold: &[SaleLine], places: &[Option<usize>]) -> Result<(), SettleRefusal> {
        for (at, packs) in self.packs.iter().enumerate().filter(|(_, packs)| **packs > Qty::ZERO) {
            let rows = sold.iter().zip(places).filter(|(_, place)| **place == Some(at)).map(|(row, _)| row.drug_sumamt);
            let Some(stated) = rows.collect::<Option<Vec<_>>>().and_then(Fen::sum) else { continue };
            let charged = Fen::sum(self.charged(at).map(|line| line.det_item_fee_sumamt));
            let agrees = match self.share(at, *packs, stated) {
                None => charged == Some(stated),
                Some(most) => charged.is_some_and(|charged| charged <= most),
            };
            if !agrees {
                return Err(SettleRefusal::AmountDiffers(self.name(at)));
            }
        }
        Ok(())
    }

    /// The most that may be charged where less is charged than the opened packs hold: its share of what the sale
    /// stated, rounded up once a line. `None` where whole packs are charged.
    fn share(&self, at: usize, packs: Qty, stated: Fen) -> Option<Fen> {
        let packing = self.basket.packing(at).filter(|_| self.basket.unit(at) == Some(Unit::Prep))?;
        let charged = sum(self.charged(at).map(|line| line.cnt));
        if packing.packs_exactly(charged, Unit::Prep) == Some(packs) {
            return None;
        }
        let held = i128::from(packs.get()) / 10_000 * i128::from(packing.min_pac_cnt.get());
        let part = i128::from(stated.get()) * i128::from(charged.get());
        let more_lines = self.charged(at).count() as i128 - 1;
        let most = part.checked_add(held - 1)?.checked_div(held)? + more_lines;
        Some(Fen::new(i64::try_from(most).unwrap_or(i64::MAX)))
    }

    fn charged(&self, at: usize) -> impl Iterator<Item = &FeeLine> {
        self.lines.iter().zip(&self.places).filter(move |(_, place)| **place == at).map(|(line, _)| line)
    }

    fn name(&self, at: usize) -> String {
        self.basket.drug(at).map(|drug| drug.med_list_codg.to_string()).unwrap_or_default()
    }

    /// The prescribed drug that a line is charged for.
    pub fn prescribed(&self, line: usize) -> Option<&MedListCodg> {
        let at = *self.places.get(line)?;
        self.basket.drug(at).map(|drug| &drug.med_list_codg)
    }

    /// Prescribed drugs of which nothing was sold.
    pub fn missing(&self) -> i64 {
        self.packs.iter().filter(|packs| **packs == Qty::ZERO).count() as i64
    }

    /// Packs prescribed and sold of the drug that a line is charged for.
    pub fn packs(&self, line: usize) -> (Option<Qty>, Qty) {
        let Some(at) = self.places.get(line) else { return (None, Qty::ZERO) };
        (self.basket.packs_needed(*at), self.packs.get(*at).copied().unwrap_or(Qty::ZERO))
    }

    /// Trace codes of the drug that a line is charged for: scanned at the sale (7207), whether or not the till
    /// repeats them.
    pub fn codes(&self, line: usize) -> i64 {
        self.places.get(line).and_then(|at| self.codes.get(*at)).copied().unwrap_or_default()
    }

    /// The payment standard in the unit that is charged: per pack, or its share per unit, rounded down.
    pub fn standard(&self, line: usize) -> Option<Pric> {
        self.charged_pric(line, self.drugs.get(line)?.as_ref()?.hi_pay_std?)
    }

    /// A published price in the unit that is charged. Where the line's amount is within it, a price that is above it only
    /// by the rounding of a pack's price to one tablet is raised to what is charged.
    pub fn reference(&self, line: usize, of: impl Fn(&Prics) -> Option<Pric>) -> Option<Pric> {
        let (fee, pack) = (self.lines.get(line)?, of(self.prics.get(line)?)?);
        let pric = self.charged_pric(line, pack)?;
        let within = self.amount_at(line, pack).is_some_and(|most| fee.det_item_fee_sumamt <= most);
        Some(if within { pric.max(fee.pric) } else { pric })
    }

    /// A pack's price per unit that is charged, rounded down.
    fn charged_pric(&self, line: usize, pack: Pric) -> Option<Pric> {
        charged_pric(self.basket, *self.places.get(line)?, pack)
    }

    /// The price by which the law judges a line: where its amount is within the standard, a price that differs only
    /// by the rounding of a pack's price to one tablet is the standard.
    pub fn judged_pric(&self, line: usize, fee: &FeeLine) -> Pric {
        let within = self.standard_amount(line).is_some_and(|most| fee.det_item_fee_sumamt <= most);
        self.standard(line).filter(|_| within).map_or(fee.pric, |standard| fee.pric.min(standard))
    }

    /// What a line may cost by the standard of whole packs, half a fen rounded up.
    fn standard_amount(&self, line: usize) -> Option<Fen> {
        self.amount_at(line, self.drugs.get(line)?.as_ref()?.hi_pay_std?)
    }

    fn amount_at(&self, line: usize, pack: Pric) -> Option<Fen> {
        let at = *self.places.get(line)?;
        let pack = i128::from(pack.get());
        let in_pack = match self.basket.unit(at)? {
            Unit::Pack => 10_000,
            Unit::Prep => i128::from(self.basket.packing(at)?.min_pac_cnt.get()),
        };
        // Millionths of a yuan to fen.
        let (amount, divisor) = (pack * i128::from(self.lines.get(line)?.cnt.get()), in_pack.checked_mul(10_000)?);
        let rounded = (amount + divisor / 2).checked_div(divisor)?;
        i64::try_from(rounded).ok().map(Fen::new)
    }

    /// The lines as the money is computed from them.
    pub fn settle_lines(&self, day: Day) -> Vec<lf_settle::Line> {
        let lines = self.lines.iter().zip(self.drugs).zip(&self.places).enumerate();
        let lines = lines.map(|(number, ((line, drug), at))| {
            // 审批不通过 is settled as wholly own (7101 hospApprFlag).
            let approved = self.content.rxdrugdetail.get(*at).is_some_and(|drug| drug.hosp_appr_flag != "2");
            line.to_settle(drug.as_ref(), self.standard(number), approved && gate::listed(drug.as_ref(), day))
        });
        lines.collect()
    }
}

/// A pack's price per unit in which a drug was prescribed, rounded down.
pub(crate) fn charged_pric(basket: &Basket<'_>, at: usize, pack: Pric) -> Option<Pric> {
    match basket.unit(at)? {
        Unit::Pack => Some(pack),
        Unit::Prep => {
            let in_pack = basket.packing(at)?.min_pac_cnt.get();
            pack.get().checked_mul(10_000).filter(|_| in_pack > 0).map(|scaled| Pric::new(scaled / in_pack))
        }
    }
}

/// The prescribed drug that a code is sold for.
pub(crate) fn place(basket: &Basket<'_>, med_list_codg: &MedListCodg, drug: &Option<Drug>) -> Option<usize> {
    let listed = drug.as_ref().map(listed);
    basket.sold_for(&SoldCode { med_list_codg, listed: listed.as_ref() })
}

/// The sale was understood when it was taken; a catalogue that changed since counts it as it was sent.
fn packs_of(basket: &Basket<'_>, at: Option<usize>, line: &SaleLine) -> Qty {
    let packing = at.and_then(|at| basket.packing(at));
    let unit = packing.and_then(|packing| packing.unit(&line.drug_totlcnt_emp));
    let packs = packing.zip(unit).and_then(|(packing, unit)| packing.packs_exactly(line.drug_totlcnt, unit));
    packs.unwrap_or(line.drug_totlcnt)
}

fn sum(quantities: impl Iterator<Item = Qty>) -> Qty {
    quantities.fold(Qty::ZERO, |sum, qty| sum.checked_add(qty).unwrap_or(Qty::new(i64::MAX)))
}
