//! The auditor itself: what somebody changes behind its back is told.

use lf_stock::{Code, Lot};
use lf_vocab::DrugTracCodg;

use super::*;

/// A shelf after so many days, and what its evening says once the ledger was changed behind its back.
fn evening_after(change: impl Fn(&mut Ledger, &str, &Lot, &DrugTracCodg)) -> Report {
    let mut report = Report::default();
    let mut shelf = Shelf::open(Dice::new(3, 1));
    (0..60).for_each(|_| shelf.day(&mut report));
    assert!(report.passes() && report.moves > 100, "{report}");
    let (at, own) = shelf.lots.iter().enumerate().find(|(_, own)| !own.boxes.is_empty()).unwrap();
    let (number, box_no) = (number_of(at), code(*own.boxes.keys().next().unwrap()).unwrap());
    let lot = shelf.ledger.lot(&number).unwrap().clone();
    change(&mut shelf.ledger, &number, &lot, &box_no);
    let mut evening = Report::default();
    shelf.evening(Day::from_ymd(2026, 1, 1).unwrap(), &mut evening);
    evening
}

#[test]
fn a_unit_too_many_and_a_box_elsewhere_are_told() {
    assert!(evening_after(|_, _, _, _| ()).passes());
    let more = evening_after(|ledger, number, lot, _| {
        ledger.put_lot(number.to_owned(), Lot { bought: lot.bought + 1, ..lot.clone() });
    });
    assert_eq!(more.differences, 1, "{:?}", more.told);
    let elsewhere = evening_after(|ledger, _, _, box_no| ledger.put_code(box_no.clone(), Code::default()));
    assert_eq!(elsewhere.differences, 1, "{:?}", elsewhere.told);
}
