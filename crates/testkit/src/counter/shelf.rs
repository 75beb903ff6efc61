//! A pharmacy's shelf: `lf-stock` is asked, and every box is kept here as a thing of its own.
//!
//! `lf-stock` keeps sums of a lot; this module keeps boxes, each with where it is, and counts them again at the end of each day. What
//! 3502 and 3504 move without naming a box is added up apart. Invariants: nothing of `lf-stock`'s arithmetic is called here; a bad row
//! must be refused and leave the ledger as it was.

use std::collections::BTreeMap;

use lf_stock::{
    ChgType, DataType, Entry, Goods, Ledger, Measure, Owner, Posting, Sale, SecondSale, StockRefusal, What,
};
use lf_vocab::{Day, MedListCodg, Moment};

use super::Report;
use super::dice::Dice;

mod faults;
mod own;

use own::{Own, Place, code, codes, number_of, qty};

/// The pharmacy.
const PHARMACY: &str = "P36090200101";
/// Lots on the shelf, and minimal units in a pack of each.
const PER_PACK: [i64; 4] = [1, 6, 10, 24];
/// Where a day's moves are told, in seconds after midnight.
const TOLD_AT: i64 = 40_000;

/// The shelf of one pharmacy.
pub(super) struct Shelf {
    dice: Dice,
    ledger: Ledger,
    lots: Vec<Own>,
    boxes: u64,
    visits: u64,
    today: Option<Day>,
}

impl Shelf {
    pub(super) fn open(mut dice: Dice) -> Self {
        let today = Day::from_ymd(2024, 10, 1);
        let drug = "XC09AAF321A001010100112".parse::<MedListCodg>();
        let lot = |(at, per_pack): (usize, &i64)| {
            let from = today?;
            let goods = Goods {
                med_list_codg: drug.clone().ok()?,
                fixmedins_hilist_id: format!("G{at}"),
                fixmedins_hilist_name: "药品".to_owned(),
                rx_flag: true,
                manu_lotnum: Some(format!("24{at:02}")),
                manu_date: from.plus(-100),
                // Some lots expire while the pharmacy is played, and may not be sold from then on.
                expy_end: from.plus(i32::try_from(dice.amount(100, 900)).unwrap_or(900)),
            };
            let (boxes, split) = (BTreeMap::new(), BTreeMap::new());
            Some(Own { goods, per_pack: *per_pack, boxes, changed: 0, given_back: 0, split })
        };
        let lots = PER_PACK.iter().enumerate().filter_map(lot).collect();
        Self { dice, ledger: Ledger::new(PHARMACY), lots, boxes: 0, visits: 0, today }
    }

    /// One day: some rows, a bad one now and then; in the evening every box is counted.
    pub(super) fn day(&mut self, report: &mut Report) {
        let Some(day) = self.today.filter(|_| !self.lots.is_empty()) else {
            return report.differs("the shelf has no lots".to_owned());
        };
        for _ in 0..2 + self.dice.below(4) {
            let lot = usize::try_from(self.dice.below(self.lots.len() as u64)).unwrap_or(0);
            match self.dice.below(20) {
                0..=3 => self.purchase(lot, day, report),
                4..=9 => self.sell(lot, day, report),
                10..=12 => self.sell_split(lot, day, report),
                13 | 14 => self.take_back(lot, day, report),
                15 => self.take_back_split(lot, day, report),
                16 => self.change(lot, day, report),
                17 => self.stocktaking(lot, day, report),
                18 => self.delete_sales(lot, day, report),
                _ => self.bad(lot, day, report),
            }
        }
        self.evening(day, report);
        self.today = Some(day.plus(i32::try_from(1 + self.dice.below(3)).unwrap_or(1)));
    }

    fn purchase(&mut self, lot: usize, day: Day, report: &mut Report) {
        let numbers: Vec<u64> = (0..1 + self.dice.below(4)).map(|at| self.boxes + at).collect();
        self.boxes += numbers.len() as u64;
        let what = self.bought(lot, &numbers, numbers.len() as i64);
        self.good(lot, day, what, report);
        let Some(own) = self.lots.get_mut(lot) else { return };
        own.boxes.extend(numbers.into_iter().map(|number| (number, Place::Shelf)));
    }

    fn sell(&mut self, lot: usize, day: Day, report: &mut Report) {
        let Some(own) = self.lots.get(lot).filter(|own| day <= own.goods.expy_end) else { return };
        let shelf = own.at(|place| *place == Place::Shelf);
        // What was given back without a number is not there to be sold, though nobody knows which boxes it was.
        let there = own.units() / i128::from(own.per_pack);
        let most = u64::try_from(there.clamp(0, shelf.len() as i128)).unwrap_or(0).min(3);
        if most == 0 {
            return;
        }
        let count = 1 + self.dice.below(most);
        let from = self.dice.below(shelf.len() as u64 - count + 1);
        let numbers: Vec<u64> = shelf.into_iter().skip(from as usize).take(count as usize).collect();
        self.visits += 1;
        let visit = self.visits;
        let what = What::Sale(self.sale(lot, visit, numbers.len() as i64, false, &numbers));
        if !self.good(lot, day, what, report) {
            return;
        }
        report.boxes_sold += numbers.len() as u64;
        let Some(own) = self.lots.get_mut(lot) else { return };
        own.boxes.extend(numbers.into_iter().map(|number| (number, Place::Sold(visit))));
    }

    /// Units out of one pack, open already or opened now.
    fn sell_split(&mut self, lot: usize, day: Day, report: &mut Report) {
        let Some(own) = self.lots.get(lot).filter(|own| day <= own.goods.expy_end && own.per_pack > 1) else { return };
        let open = own.at(|place| matches!(place, Place::Open(out) if *out < own.per_pack));
        let shelf = own.at(|place| *place == Place::Shelf);
        let Some(number) = open.first().or(shelf.first()).copied() else { return };
        let out = match own.boxes.get(&number) {
            Some(Place::Open(out)) => *out,
            _ => 0,
        };
        let there = i64::try_from(own.units()).unwrap_or(0).min(own.per_pack - out);
        if there <= 0 {
            return;
        }
        let units = self.dice.amount(1, there);
        self.visits += 1;
        let visit = self.visits;
        let what = What::Sale(self.sale(lot, visit, units, true, &[number]));
        if !self.good(lot, day, what, report) {
            return;
        }
        report.units_sold += units.unsigned_abs();
        let Some(own) = self.lots.get_mut(lot) else { return };
        own.boxes.insert(number, Place::Open(out + units));
        own.split.insert(visit, units);
    }

    /// All boxes of a visit come back, or one of them.
    fn take_back(&mut self, lot: usize, day: Day, report: &mut Report) {
        let Some(own) = self.lots.get(lot) else { return };
        let visit = own.boxes.values().find_map(|place| match place {
            Place::Sold(visit) => Some(*visit),
            _ => None,
        });
        let Some(visit) = visit else { return };
        let mut numbers = own.at(|place| *place == Place::Sold(visit));
        if self.dice.one_in(2) {
            numbers.truncate(1);
        }
        let what = What::SaleReturn(self.sale(lot, visit, numbers.len() as i64, false, &numbers));
        if !self.good(lot, day, what, report) {
            return;
        }
        report.boxes_returned += numbers.len() as u64;
        let Some(own) = self.lots.get_mut(lot) else { return };
        own.boxes.extend(numbers.into_iter().map(|number| (number, Place::Shelf)));
    }

    /// Units of a visit come back into an open pack that has lost as many.
    fn take_back_split(&mut self, lot: usize, day: Day, report: &mut Report) {
        let Some(own) = self.lots.get(lot) else { return };
        let Some((visit, sold)) = own.split.iter().next_back().map(|(visit, units)| (*visit, *units)) else { return };
        let fits = |place: &Place| matches!(place, Place::Open(out) if *out >= sold);
        let Some(number) = own.at(fits).first().copied() else { return };
        let Some(Place::Open(out)) = own.boxes.get(&number).copied() else { return };
        let units = self.dice.amount(1, sold);
        let what = What::SaleReturn(self.sale(lot, visit, units, true, &[number]));
        if !self.good(lot, day, what, report) {
            return;
        }
        report.units_returned += units.unsigned_abs();
        let Some(own) = self.lots.get_mut(lot) else { return };
        own.boxes.insert(number, if out == units { Place::Shelf } else { Place::Open(out - units) });
        match sold - units {
            0 => drop(own.split.remove(&visit)),
            left => drop(own.split.insert(visit, left)),
        }
    }

    /// 3502 and 3504: goods that move without a number.
    fn change(&mut self, lot: usize, day: Day, report: &mut Report) {
        let Some(own) = self.lots.get(lot).filter(|own| !own.boxes.is_empty()) else { return };
        let packs = self.dice.amount(1, 2);
        let units = i128::from(packs * own.per_pack);
        let goods = own.goods.told();
        let (there, cnt) = (own.units(), qty(packs));
        let (what, by): (What, fn(&mut Own, i128)) = match self.dice.below(3) {
            0 => (What::Change { goods, chg: ChgType::In, cnt, split: false }, |own, units| own.changed += units),
            _ if there < units => return,
            1 => (What::Change { goods, chg: ChgType::Out, cnt, split: false }, |own, units| own.changed -= units),
            _ => (What::PurchaseReturn { goods, cnt }, |own, units| own.given_back += units),
        };
        if self.good(lot, day, what, report)
            && let Some(own) = self.lots.get_mut(lot)
        {
            by(own, units);
        }
    }

    /// 3501: packs are counted, and what was found is booked by 3502; then tickets, book and goods agree.
    fn stocktaking(&mut self, lot: usize, day: Day, report: &mut Report) {
        let Some(own) = self.lots.get(lot).filter(|own| !own.boxes.is_empty()) else { return };
        let (goods, per_pack, there) = (own.goods.clone(), own.per_pack, own.units());
        let whole = i64::try_from(there / i128::from(per_pack)).unwrap_or(0);
        let found = (whole + self.dice.amount(-1, 1)).max(0);
        let differs = i128::from(found * per_pack) - there;
        let told = goods.told();
        let count = What::Count { goods, measure: Measure::Packs(per_pack), invdate: day, cnt: qty(found) };
        self.good(lot, day, count, report);
        self.consistent(lot, there, differs, report);
        let chg = if differs > 0 { ChgType::Gain } else { ChgType::Loss };
        // Packs that cannot be opened have no units to be booked in.
        let split = per_pack > 1;
        let cnt = qty(i64::try_from(differs.abs()).unwrap_or(0));
        if differs != 0 && self.good(lot, day, What::Change { goods: told, chg, cnt, split }, report) {
            if let Some(own) = self.lots.get_mut(lot) {
                own.changed += differs;
            }
            self.consistent(lot, there + differs, 0, report);
        }
    }

    fn consistent(&self, lot: usize, tickets: i128, differs: i128, report: &mut Report) {
        let told = self.ledger.lot(&number_of(lot)).zip(i64::try_from(tickets).ok());
        let Some((kept, tickets)) = told else { return };
        let said = kept.consistency(tickets);
        report.unless(i128::from(said.difference()) == differs && said.agrees() == (differs == 0), || {
            format!("lot {lot}: {said:?}, counted {differs} more than {tickets}")
        });
    }

    /// 3507 of the sales of a lot: all its boxes are on the shelf as before.
    fn delete_sales(&mut self, lot: usize, day: Day, report: &mut Report) {
        if !self.dice.one_in(4) || self.lots.get(lot).is_none_or(|own| own.boxes.is_empty()) {
            return;
        }
        self.good(lot, day, What::Delete(DataType::Sale), report);
        let Some(own) = self.lots.get_mut(lot) else { return };
        own.boxes.values_mut().for_each(|place| *place = Place::Shelf);
        own.split.clear();
    }

    fn bought(&self, lot: usize, numbers: &[u64], packs: i64) -> What {
        let (goods, measure) = match self.lots.get(lot) {
            Some(own) => (own.goods.clone(), Measure::Packs(own.per_pack)),
            None => unreachable!("the dice throw a lot that is there"),
        };
        What::Purchase { goods, measure, cnt: qty(packs), codes: codes(numbers) }
    }

    fn sale(&self, lot: usize, visit: u64, cnt: i64, split: bool, numbers: &[u64]) -> Sale {
        let goods = match self.lots.get(lot) {
            Some(own) => own.goods.told(),
            None => unreachable!("the dice throw a lot that is there"),
        };
        let mdtrt_sn = format!("V{visit}");
        let owner = Owner::Counter(mdtrt_sn.clone());
        let second = SecondSale::Refuse;
        Sale { goods, mdtrt_sn, owner, cnt: qty(cnt), split, codes: codes(numbers), exempt: false, second }
    }

    fn post(&mut self, lot: usize, day: Day, what: What) -> Result<Posting, StockRefusal> {
        let at: Moment = day.start().plus_seconds(TOLD_AT);
        self.ledger.post(&Entry { fixmedins_bchno: number_of(lot), at, what }, at)
    }

    /// A row that must be taken; whether it was.
    fn good(&mut self, lot: usize, day: Day, what: What, report: &mut Report) -> bool {
        report.moves += 1;
        let said = self.post(lot, day, what);
        report.unless(said.is_ok(), || format!("{day} lot {lot}: a good row is refused: {said:?}"));
        said.is_ok()
    }

    /// Every lot and every box once more.
    fn evening(&self, day: Day, report: &mut Report) {
        for (lot, own) in self.lots.iter().enumerate().filter(|(_, own)| !own.boxes.is_empty()) {
            let kept = self.ledger.lot(&number_of(lot)).map(|kept| i128::from(kept.balance()));
            let counted = own.units();
            report.unless(kept == Some(counted), || format!("{day} lot {lot}: book {kept:?}, boxes {counted}"));
            for (number, place) in &own.boxes {
                let word = code(*number).and_then(|code| self.ledger.code(&code)).map(|code| code.life.word());
                let ours = match place {
                    Place::Shelf => "held",
                    Place::Sold(_) => "sold",
                    Place::Open(_) => "opened",
                };
                report.unless(word == Some(ours), || format!("{day} lot {lot} box {number}: {word:?}, is {ours}"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
