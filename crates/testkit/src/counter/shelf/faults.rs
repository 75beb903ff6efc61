//! Rows with one thing wrong.

use lf_stock::What;
use lf_vocab::Day;

use super::{Place, Shelf};
use crate::counter::Report;

impl Shelf {
    /// A row with one thing wrong; nothing may come of it.
    pub(super) fn bad(&mut self, lot: usize, day: Day, report: &mut Report) {
        let fault = self.dice.below(9);
        let Some((fault, what)) = self.faulty(lot, day, fault) else { return };
        report.bad_moves += 1;
        let before = self.ledger.clone();
        let refused = self.post(lot, day, what).is_err();
        report.unless(refused, || format!("{day} lot {lot}: {fault} passed"));
        report.unless(self.ledger == before, || format!("{day} lot {lot}: {fault} moved something"));
    }

    fn faulty(&self, lot: usize, day: Day, fault: u64) -> Option<(&'static str, What)> {
        let own = self.lots.get(lot)?;
        let shelf = own.at(|place| *place == Place::Shelf);
        let sold = own.at(|place| matches!(place, Place::Sold(_)));
        let open = own.at(|place| matches!(place, Place::Open(_)));
        let expired = day > own.goods.expy_end;
        let other = self.lots.iter().enumerate().filter(|(at, _)| *at != lot);
        let elsewhere = other.flat_map(|(_, own)| own.at(|place| *place == Place::Shelf)).next();
        let (fresh, visit, per_pack) = (self.boxes + 1_000_000, self.visits + 1, own.per_pack);
        let sale = |packs, numbers: &[u64]| What::Sale(self.sale(lot, visit, packs, false, numbers));
        let back = |of: u64, number| What::SaleReturn(self.sale(lot, of, 1, false, &[number]));
        Some(match fault {
            0 => ("a box sold twice", sale(1, &[*sold.first()?])),
            1 => ("a box of another lot", sale(1, &[elsewhere?])),
            2 => ("one box on two lines", sale(2, &[*shelf.first()?; 2])),
            3 => ("two boxes and one code", sale(2, &[*shelf.first()?])),
            4 => ("an open pack sold whole", sale(1, &[*open.first()?])),
            5 => ("more units than a pack holds", self.overdraw(lot, *open.first().or(shelf.first())?, per_pack + 1)),
            6 => ("a box back that was not sold", back(visit, *shelf.first()?)),
            7 => ("a known box bought again", self.bought(lot, &[*shelf.first().or(sold.first())?], 1)),
            _ if expired => ("an expired box", sale(1, &[fresh])),
            _ => ("nothing of something", self.bought(lot, &[], 0)),
        })
    }

    fn overdraw(&self, lot: usize, number: u64, units: i64) -> What {
        What::Sale(self.sale(lot, self.visits + 1, units, true, &[number]))
    }
}
