//! Over random rows: balances never negative, the sum of postings is the stock, a sale and its return are nothing,
//! no code is sold twice.

use std::collections::BTreeMap;

use crate::fixture::*;
use lf_stock::*;
use proptest::prelude::*;

fn quantity() -> impl Strategy<Value = String> {
    prop_oneof![6 => (1u32..6).prop_map(|n| n.to_string()), 1 => Just("0.5".to_owned()), 1 => Just("-1".to_owned())]
}

fn boxes(n: usize) -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::btree_set(0u32..12, 0..=n).prop_map(|set| set.into_iter().collect())
}

fn row() -> impl Strategy<Value = Entry> {
    let visit = || (0u8..4).prop_map(|n| format!("v{n}"));
    let data =
        prop_oneof![Just(DataType::Count), Just(DataType::Change), Just(DataType::Purchase), Just(DataType::Sale)];
    let whole = || boxes(4).prop_map(|boxes| (boxes.len().to_string(), boxes));
    let lot = prop_oneof![4 => Just("L1"), 1 => Just("L2")];
    let what = prop_oneof![
        3 => (quantity(), Just(vec![])).prop_map(|(cnt, boxes)| buy(&cnt, &boxes)),
        3 => whole().prop_map(|(cnt, boxes)| buy(&cnt, &boxes)),
        1 => quantity().prop_map(|cnt| give_back(&cnt)),
        1 => quantity().prop_map(|cnt| change(ChgType::In, &cnt)),
        1 => quantity().prop_map(|cnt| change(ChgType::Out, &cnt)),
        1 => quantity().prop_map(|cnt| count(&cnt)),
        8 => (visit(), whole()).prop_map(|(visit, (cnt, boxes))| sell(&visit, &cnt, &boxes)),
        4 => (visit(), whole()).prop_map(|(visit, (cnt, boxes))| unsell(&visit, &cnt, &boxes)),
        4 => (visit(), 1u32..40, boxes(3)).prop_map(|(visit, units, boxes)| {
            entry(What::Sale(sale(&visit, &units.to_string(), true, &boxes)))
        }),
        2 => (visit(), 1u32..40, boxes(3)).prop_map(|(visit, units, boxes)| {
            entry(What::SaleReturn(sale(&visit, &units.to_string(), true, &boxes)))
        }),
        1 => data.prop_map(delete),
    ];
    (what, lot).prop_map(|(entry, lot)| Entry { fixmedins_bchno: lot.to_owned(), ..entry })
}

/// Who has each box, kept by other means than the ledger's.
#[derive(Default)]
struct Boxes(BTreeMap<String, String>);

impl Boxes {
    fn told(&mut self, entry: &Entry) {
        match &entry.what {
            What::Sale(sale) if !sale.split => {
                for code in &sale.codes {
                    let before = self.0.insert(code.to_string(), sale.mdtrt_sn.clone());
                    assert_eq!(before, None, "{code} sold twice");
                }
            }
            What::SaleReturn(sale) if !sale.split => {
                for code in &sale.codes {
                    assert_eq!(self.0.remove(&code.to_string()).as_ref(), Some(&sale.mdtrt_sn));
                }
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn balances_are_sums_and_never_negative(rows in proptest::collection::vec(row(), 1..60)) {
        let mut ledger = Ledger::new(PHARMACY);
        let mut moved = BTreeMap::<String, i64>::new();
        for row in &rows {
            let before = ledger.clone();
            match ledger.post(row, now()) {
                Ok(posting) => *moved.entry(row.fixmedins_bchno.clone()).or_default() += posting.units,
                Err(_) => prop_assert_eq!(&ledger, &before),
            }
            for (lotno, lot) in ledger.lots() {
                prop_assert!(lot.balance() >= 0);
                prop_assert_eq!(lot.balance(), moved.get(lotno).copied().unwrap_or(0));
            }
        }
    }

    #[test]
    fn no_box_is_sold_twice(rows in proptest::collection::vec(row(), 1..60)) {
        let mut ledger = Ledger::new(PHARMACY);
        let mut boxes = Boxes::default();
        for row in rows.iter().filter(|row| !matches!(row.what, What::Delete(_))) {
            if ledger.post(row, now()).is_ok() {
                boxes.told(row);
            }
        }
    }

    #[test]
    fn units_out_of_open_packs_are_what_was_sold_of_them(rows in proptest::collection::vec(row(), 1..60)) {
        let mut ledger = Ledger::new(PHARMACY);
        for row in &rows {
            let _ = ledger.post(row, now());
        }
        for (lotno, lot) in ledger.lots() {
            let of_lot = (0..12).filter_map(|n| ledger.code(&code(n)))
                .filter(|code| code.life.lot() == Some(lotno.as_str()));
            let gone: i64 = of_lot.map(|code| match code.life {
                CodeLife::Sold { .. } => 24,
                CodeLife::Opened { out, .. } => out,
                _ => 0,
            }).sum();
            prop_assert_eq!(gone, lot.sold, "what codes say is gone is what was sold");
        }
    }

    #[test]
    fn a_sale_and_its_return_are_nothing(rows in proptest::collection::vec(row(), 0..30), picked in boxes(4)) {
        let mut ledger = Ledger::new(PHARMACY);
        for row in &rows {
            let _ = ledger.post(row, now());
        }
        let before = ledger.clone();
        let packs = picked.len().to_string();
        if ledger.post(&sell("new", &packs, &picked), now()).is_ok() {
            prop_assert!(ledger.post(&unsell("new", &packs, &picked), now()).is_ok());
            prop_assert_eq!(ledger.lot(LOT), before.lot(LOT));
            for n in picked {
                let now_held = ledger.code(&code(n)).unwrap();
                prop_assert_eq!((now_held.life.word(), &now_held.held_by), ("held", &None));
            }
        }
    }
}
