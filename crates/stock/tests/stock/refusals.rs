//! Every refusal of a row, in the order of examination, and that nothing moved then.

use crate::fixture::*;
use lf_rx::refusal::Refused;
use lf_stock::*;
use lf_vocab::Qty;

fn refused(ledger: &mut Ledger, entry: &Entry) -> &'static str {
    let before = ledger.clone();
    let refusal = post(ledger, entry).unwrap_err();
    assert_eq!(*ledger, before, "a refused row moved something");
    refusal.code()
}

#[test]
fn what_a_row_says_is_examined_first() {
    let mut ledger = stocked("10");
    for (entry, want) in [
        (sell("v", "0", &[1]), "RX-3500-01"),
        (sell("v", "-1", &[1]), "RX-3500-01"),
        (sell("v", "10000000.0001", &[1]), "RX-3500-02"),
        (sell("v", "0.3", &[1]), "RX-3500-04"),
        (sell("v", "0.5", &[1]), "RX-3500-04"),
        (sell("v", "1", &[]), "RX-3500-09"),
        (sell("v", "2", &[1]), "RX-3500-10"),
        (sell("v", "1", &[1, 2]), "RX-3500-10"),
        (sell("v", "2", &[1, 1]), "RX-3500-08"),
        (sell("v", "11", &(0..11).collect::<Vec<_>>()), "RX-3500-15"),
        (count("-1"), "RX-3500-01"),
        (give_back("11"), "RX-3500-15"),
        (change(ChgType::Out, "10.5"), "RX-3500-15"),
        (delete(DataType::Count), "RX-3500-17"),
    ] {
        assert_eq!(refused(&mut ledger, &entry), want, "{entry:?}");
    }
    assert_eq!(balance(&ledger), 240);
}

#[test]
fn a_lot_is_this_institutions_and_of_one_goods() {
    // The lot of another pharmacy is not in this ledger, so it is not known.
    assert_eq!(refused(&mut Ledger::new(PHARMACY), &sell("v", "1", &[1])), "RX-3500-11");
    let mut ledger = stocked("1");
    let mut other = goods();
    other.manu_lotnum = Some("2602".to_owned());
    let what = What::Purchase { goods: other, measure: Measure::Packs(24), cnt: qty("1"), codes: vec![] };
    assert_eq!(refused(&mut ledger, &entry(what)), "RX-3500-12");
    let mut silent = sale("v", "1", false, &[1]);
    silent.goods.manu_lotnum = None;
    silent.goods.expy_end = None;
    assert!(post(&mut ledger, &entry(What::Sale(silent))).is_ok());
}

#[test]
fn the_last_day_of_a_lot_sells_and_the_day_after_does_not() {
    // proves JX-4.2d
    let mut ledger = stocked("2");
    assert!(post(&mut ledger, &sell("v", "1", &[1])).is_ok());
    let later = "2026-05-12 00:00:00".parse().unwrap();
    let mut sale = sell("v", "1", &[2]);
    sale.at = later;
    assert_eq!(ledger.post(&sale, later).unwrap_err(), StockRefusal::Expired("2026-05-11".parse().unwrap()));
    // Back to the maker it may go.
    let mut back = give_back("1");
    back.at = later;
    assert!(ledger.post(&back, later).is_ok());
}

#[test]
fn times_do_not_run_ahead_and_dates_have_an_order() {
    let mut ledger = stocked("1");
    let mut early = sell("v", "1", &[1]);
    early.at = now().plus_seconds(1);
    assert_eq!(refused(&mut ledger, &early), "RX-3500-06");
    let mut wrong = goods();
    wrong.expy_end = wrong.manu_date.plus(-1);
    let what = What::Purchase { goods: wrong, measure: Measure::Packs(24), cnt: qty("1"), codes: vec![] };
    assert_eq!(refused(&mut ledger, &entry(what)), "RX-3500-05");
    let what = What::Count { goods: goods(), measure: Measure::Packs(24), invdate: now().day().plus(1), cnt: qty("1") };
    assert_eq!(refused(&mut ledger, &entry(what)), "RX-3500-06");
}

#[test]
fn a_row_has_so_many_codes_and_not_one_more() {
    let boxes: Vec<u32> = (0..1_001).collect();
    let mut ledger = stocked("2000");
    assert_eq!(refused(&mut ledger, &sell("v", "1001", &boxes)), "RX-3500-07");
    assert!(post(&mut ledger, &sell("v", "1000", &boxes[..CODES_MAX])).is_ok());
}

#[test]
fn sums_end_where_they_say() {
    let measure = Measure::Packs(PER_PACK_MAX);
    let mut ledger = Ledger::new(PHARMACY);
    let most = What::Purchase { goods: goods(), measure, cnt: CNT_MAX, codes: vec![] };
    for _ in 0..1_000 {
        assert!(post(&mut ledger, &entry(most.clone())).is_ok());
    }
    let one = What::Purchase { goods: goods(), measure, cnt: Qty::new(10_000), codes: vec![] };
    assert_eq!(refused(&mut ledger, &entry(one)), "RX-3500-16");
    assert_eq!(balance(&ledger), Lot::MOST);
}

#[test]
fn weighed_goods_and_exempt_ones_need_no_code() {
    let mut ledger = Ledger::new(PHARMACY);
    let what = What::Purchase { goods: goods(), measure: Measure::Weighed, cnt: qty("0.5"), codes: vec![] };
    post(&mut ledger, &entry(what)).unwrap();
    assert!(post(&mut ledger, &sell("v", "0.0075", &[])).is_ok());
    assert_eq!(balance(&ledger), 4_925);
    let mut exempt = sale("v", "1", false, &[]);
    exempt.exempt = true;
    assert!(post(&mut stocked("1"), &entry(What::Sale(exempt))).is_ok());
}

#[test]
fn tickets_book_and_goods_are_three_numbers() {
    // proves JX-1.5a
    let mut ledger = stocked("10");
    post(&mut ledger, &sell("v", "2", &[1, 2])).unwrap();
    post(&mut ledger, &count("7.5")).unwrap();
    let found = |ledger: &Ledger, tickets| ledger.lot(LOT).unwrap().consistency(tickets);
    assert_eq!(found(&ledger, 192), Consistency { tickets: 192, book: 192, goods: Some(180) });
    assert!(!found(&ledger, 192).agrees());
    assert_eq!(found(&ledger, 192).difference(), -12);
    // What is missing is booked, and the three agree; a sale moves all of them.
    post(&mut ledger, &change(ChgType::Loss, "0.5")).unwrap();
    assert!(found(&ledger, 180).agrees());
    post(&mut ledger, &sell("w", "1", &[3])).unwrap();
    assert!(found(&ledger, 156).agrees());
    assert!(!found(&ledger, 157).agrees());
}
