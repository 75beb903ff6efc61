//! The life of a code: bought, sold once, returned, sold again; opened; sold by somebody else.

use crate::fixture::*;
use lf_rx::refusal::Refused;
use lf_stock::*;

fn life(ledger: &Ledger, n: u32) -> &'static str {
    ledger.code(&code(n)).map_or("unseen", |code| code.life.word())
}

fn holder(ledger: &Ledger, n: u32) -> Option<String> {
    ledger.code(&code(n)).and_then(|code| code.held_by.clone())
}

fn split(visit: &str, units: &str, boxes: &[u32]) -> Entry {
    entry(What::Sale(sale(visit, units, true, boxes)))
}

#[test]
fn a_code_is_bought_sold_once_returned_and_sold_again() {
    let mut ledger = Ledger::new(PHARMACY);
    post(&mut ledger, &buy("2", &[1, 2])).unwrap();
    assert_eq!((life(&ledger, 1), holder(&ledger, 1)), ("held", None));
    post(&mut ledger, &sell("v1", "1", &[1])).unwrap();
    assert_eq!((life(&ledger, 1), holder(&ledger, 1)), ("sold", Some(format!("sale:{PHARMACY}/v1"))));
    for again in [sell("v1", "1", &[1]), sell("v2", "1", &[1]), split("v2", "1", &[1]), buy("1", &[1])] {
        assert_eq!(post(&mut ledger, &again).unwrap_err().code(), "RX-3500-19", "{again:?}");
    }
    assert_eq!(post(&mut ledger, &unsell("v2", "1", &[1])).unwrap_err().code(), "RX-3500-14");
    post(&mut ledger, &sell("v2", "1", &[2])).unwrap();
    assert_eq!(post(&mut ledger, &unsell("v2", "1", &[1])).unwrap_err().code(), "RX-3500-21");
    post(&mut ledger, &unsell("v1", "1", &[1])).unwrap();
    assert_eq!((life(&ledger, 1), holder(&ledger, 1)), ("held", None));
    post(&mut ledger, &sell("v3", "1", &[1])).unwrap();
    assert_eq!(balance(&ledger), 0);
}

#[test]
fn an_open_pack_gives_what_it_holds_and_is_never_sold_whole() {
    let mut ledger = stocked("3");
    post(&mut ledger, &split("v1", "20", &[1])).unwrap();
    assert_eq!(holder(&ledger, 1), Some(format!("open:{PHARMACY}/{LOT}")));
    assert_eq!(post(&mut ledger, &sell("v2", "1", &[1])).unwrap_err().code(), "RX-3500-20");
    assert_eq!(post(&mut ledger, &split("v2", "5", &[1])).unwrap_err().code(), "RX-3500-20");
    // Five of two packs: what is left of the first, and the second is opened.
    post(&mut ledger, &split("v2", "5", &[1, 2])).unwrap();
    assert_eq!(balance(&ledger), 72 - 25);
    assert_eq!(post(&mut ledger, &split("v3", "1", &[1])).unwrap_err().code(), "RX-3500-20");
    // All of it back: the pack is whole again.
    post(&mut ledger, &entry(What::SaleReturn(sale("v1", "20", true, &[1])))).unwrap();
    post(&mut ledger, &entry(What::SaleReturn(sale("v2", "4", true, &[1])))).unwrap();
    assert_eq!((life(&ledger, 1), holder(&ledger, 1)), ("held", None));
    assert_eq!((life(&ledger, 2), balance(&ledger)), ("opened", 71));
}

#[test]
fn a_code_that_somebody_else_sold_is_refused_or_raised_as_a_lead() {
    let elsewhere = || {
        let mut ledger = stocked("2");
        ledger.put_code(code(1), Code { life: CodeLife::Unseen, held_by: Some("sale:P36090200102/x".to_owned()) });
        ledger
    };
    let mut ledger = elsewhere();
    assert_eq!(post(&mut ledger, &sell("v", "1", &[1])).unwrap_err().code(), "RX-3500-19");
    let mut recorded = sale("v", "1", false, &[1]);
    recorded.second = SecondSale::Record;
    let posting = post(&mut ledger, &entry(What::Sale(recorded.clone()))).unwrap();
    assert_eq!((posting.leads, posting.codes), (codes(&[1]), vec![]));
    // The box left the shelf, and the code stays with who sold it first.
    assert_eq!((balance(&ledger), holder(&ledger, 1)), (24, Some("sale:P36090200102/x".to_owned())));
    recorded.split = true;
    recorded.cnt = qty("3");
    let posting = post(&mut elsewhere(), &entry(What::Sale(recorded))).unwrap();
    assert_eq!((posting.leads, posting.units), (codes(&[1]), -3));
}

#[test]
fn a_prescriptions_code_is_its_own_and_stays_with_it() {
    let mut ledger = stocked("2");
    ledger.put_code(code(1), Code { life: CodeLife::Unseen, held_by: Some("RX1".to_owned()) });
    let of = |rx: &str| Sale { owner: Owner::Rx(rx.to_owned()), ..sale("m1", "1", false, &[1]) };
    assert_eq!(post(&mut ledger, &entry(What::Sale(of("RX2")))).unwrap_err().code(), "RX-3500-19");
    post(&mut ledger, &entry(What::Sale(of("RX1")))).unwrap();
    // Debited once: the same box again, although the claim is the same prescription's.
    assert_eq!(post(&mut ledger, &entry(What::Sale(of("RX1")))).unwrap_err().code(), "RX-3500-19");
    post(&mut ledger, &entry(What::SaleReturn(of("RX1")))).unwrap();
    // Only 7208 or 2103 sets it free for others.
    assert_eq!(holder(&ledger, 1), Some("RX1".to_owned()));
    assert_eq!(post(&mut ledger, &sell("v", "1", &[1])).unwrap_err().code(), "RX-3500-19");
}

#[test]
fn a_code_moves_within_its_lot_only_and_a_virtual_one_is_known() {
    let mut ledger = stocked("2");
    let held = CodeLife::Held { fixmedins_bchno: "L2".to_owned(), since: HeldSince::Bought };
    ledger.put_code(code(1), Code { life: held, held_by: None });
    assert_eq!(post(&mut ledger, &sell("v", "1", &[1])).unwrap_err().code(), "RX-3500-18");
    assert_eq!(post(&mut ledger, &buy("1", &[1])).unwrap_err().code(), "RX-3500-18");
    let made_up: lf_vocab::DrugTracCodg = "XN0123456789".parse().unwrap();
    let mut virtual_one = sale("v", "1", false, &[]);
    virtual_one.codes = vec![made_up.clone()];
    assert_eq!(post(&mut ledger, &entry(What::Sale(virtual_one.clone()))).unwrap_err().code(), "RX-3500-22");
    let held = CodeLife::Held { fixmedins_bchno: LOT.to_owned(), since: HeldSince::Bought };
    ledger.put_code(made_up, Code { life: held, held_by: None });
    assert!(post(&mut ledger, &entry(What::Sale(virtual_one))).is_ok());
}

#[test]
fn deleted_data_leaves_lot_and_codes_as_before_it() {
    let mut ledger = Ledger::new(PHARMACY);
    post(&mut ledger, &buy("3", &[1, 2, 3])).unwrap();
    let bought = ledger.clone();
    post(&mut ledger, &sell("v1", "1", &[1])).unwrap();
    post(&mut ledger, &split("v2", "6", &[2])).unwrap();
    assert_eq!(post(&mut ledger, &delete(DataType::Purchase)).unwrap_err().code(), "RX-3500-15");
    let posting = post(&mut ledger, &delete(DataType::Sale)).unwrap();
    assert_eq!((posting.units, ledger.clone()), (30, bought));
    let posting = post(&mut ledger, &delete(DataType::Purchase)).unwrap();
    assert_eq!((posting.units, life(&ledger, 1), balance(&ledger)), (-72, "unseen", 0));
}

/// A count finds a pack too few; the loss is booked, then deleted with all changes: the shortage shows again.
#[test]
fn a_deleted_loss_leaves_the_shortage_that_was_counted() {
    let mut ledger = Ledger::new(PHARMACY);
    post(&mut ledger, &buy("3", &[])).unwrap();
    post(&mut ledger, &count("2")).unwrap();
    let difference = |ledger: &Ledger| {
        let lot = ledger.lot(LOT).unwrap();
        lot.consistency(lot.balance()).difference()
    };
    assert_eq!(difference(&ledger), -24);
    for round in 0..2 {
        post(&mut ledger, &change(ChgType::Loss, "1")).unwrap();
        assert_eq!((difference(&ledger), balance(&ledger)), (0, 48), "round {round}");
        post(&mut ledger, &delete(DataType::Change)).unwrap();
        assert_eq!((difference(&ledger), balance(&ledger)), (-24, 72), "round {round}");
    }
    // The same where it was counted again in between, and where that count is another one.
    for again in [true, false] {
        post(&mut ledger, &change(ChgType::Loss, "1")).unwrap();
        if !again {
            post(&mut ledger, &delete(DataType::Count)).unwrap();
        }
        post(&mut ledger, &count("2")).unwrap();
        assert_eq!(difference(&ledger), 0);
        post(&mut ledger, &delete(DataType::Change)).unwrap();
        assert_eq!((difference(&ledger), balance(&ledger)), (-24, 72), "counted again: {again}");
    }
}
