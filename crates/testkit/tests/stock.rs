//! Somebody with the database in hand changes one thing about goods: the auditor says which promise is broken.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use expect_test::expect;
use lf_ports::{ChangeSet, Claim, ClaimKind, MoveBody, StockChange, StockCode, StockLot, StockMove, Store as _};
use lf_stock::{CodeLife, DataType, Goods, HeldSince, Lot, Measure, Owner};
use lf_testkit::TestCenter;
use lf_testkit::region::{PHARMACY, POOL};
use lf_vocab::DrugTracCodg;
use rusqlite::Connection;

fn box_no(n: u32) -> DrugTracCodg {
    format!("8{n:019}").parse().unwrap()
}

fn moved(seq: i64, infno: &str, told: &[(&str, &str)], units: i64, codes: Vec<(DrugTracCodg, CodeLife)>) -> StockMove {
    let at = "2026-05-11 09:00:00".parse().unwrap();
    StockMove {
        fixmedins_code: PHARMACY.parse().unwrap(),
        fixmedins_bchno: "L1".to_owned(),
        seq,
        data_type: if infno == "3503" { DataType::Purchase } else { DataType::Sale },
        doc_no: seq.to_string(),
        units,
        mdtrt_sn: (infno != "3503").then(|| "V1".to_owned()),
        hi_rxno: None,
        psn_no: None,
        at,
        taken: at,
        void_seq: 0,
        digest: [0; 32],
        body: MoveBody {
            infno: infno.to_owned(),
            told: told.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
            codes,
            leads: vec![],
        },
    }
}

/// Three packs of 24 bought, one sold whole, six tablets sold of another.
fn day() -> ChangeSet {
    let lot = || "L1".to_owned();
    let held = || CodeLife::Held { fixmedins_bchno: lot(), since: HeldSince::Bought };
    let before = Some(HeldSince::Bought);
    let owner = Owner::Counter("V1".to_owned());
    let sold = CodeLife::Sold { fixmedins_bchno: lot(), mdtrt_sn: "V1".to_owned(), owner, before: before.clone() };
    let opened = CodeLife::Opened { fixmedins_bchno: lot(), out: 6, before };
    let goods = Goods {
        med_list_codg: "XJ01CAA040E001010100001".parse().unwrap(),
        fixmedins_hilist_id: "G".to_owned(),
        fixmedins_hilist_name: "药".to_owned(),
        rx_flag: true,
        manu_lotnum: None,
        manu_date: "2026-01-01".parse().unwrap(),
        expy_end: "2026-05-11".parse().unwrap(),
    };
    let row = StockLot {
        fixmedins_code: PHARMACY.parse().unwrap(),
        fixmedins_bchno: lot(),
        poolarea_no: POOL.parse().unwrap(),
        seq: 3,
        lot: Lot { bought: 72, sold: 30, ..Lot::new(goods, Measure::Packs(24)) },
    };
    let code = |n, life| StockCode {
        fixmedins_code: PHARMACY.parse().unwrap(),
        drug_trac_codg: box_no(n),
        ver: 1,
        fixmedins_bchno: lot(),
        life,
    };
    let claim = |n, owner| Claim { kind: ClaimKind::DrugTracCodg, key: box_no(n).to_string(), owner };
    let all = (1..=3).map(|n| (box_no(n), held())).collect();
    let whole = [("sel_retn_cnt", "1"), ("trdn_flag", "0")];
    let split = [("sel_retn_cnt", "6"), ("trdn_flag", "1")];
    let stock = StockChange {
        fixmedins_code: PHARMACY.parse().unwrap(),
        lots: vec![(0, row)],
        voids: vec![],
        moves: vec![
            moved(1, "3503", &[("purc_retn_cnt", "3")], 72, all),
            moved(2, "3505A", &whole, -24, vec![(box_no(1), sold.clone())]),
            moved(3, "3505", &split, -6, vec![(box_no(2), opened.clone())]),
        ],
        codes: vec![code(1, sold), code(2, opened), code(3, held())],
        leads: vec![],
    };
    let claims = vec![claim(1, format!("sale:{PHARMACY}/V1")), claim(2, format!("open:{PHARMACY}/L1"))];
    ChangeSet { claims, stock: Some(stock), ..ChangeSet::default() }
}

#[tokio::test]
async fn the_auditor_says_what_was_changed() {
    let mut told = String::new();
    for (name, deed) in [
        ("nothing", ""),
        ("units of a row", "UPDATE stock_move SET units = -5 WHERE seq = 3"),
        ("a row dropped", "DELETE FROM stock_move WHERE seq = 2"),
        ("the last row dropped", "DELETE FROM stock_move WHERE seq = 3"),
        ("more bought", "UPDATE stock_lot SET balance = 43, body = json_set(body, '$.bought', 73)"),
        ("less sold", "UPDATE stock_lot SET balance = 43, body = json_set(body, '$.sold', 29)"),
        ("balance alone", "UPDATE stock_lot SET balance = 43"),
        ("a sale after the expiry", "UPDATE stock_move SET at_us = at_us + 86400000000 WHERE seq = 2"),
        (
            "a sold box back",
            "UPDATE stock_code SET life = (SELECT life FROM stock_code WHERE drug_trac_codg LIKE '%3')
            WHERE drug_trac_codg LIKE '%1'",
        ),
        ("a tablet more out", "UPDATE stock_code SET life = json_set(life, '$.out', 7) WHERE drug_trac_codg LIKE '%2'"),
        ("a claim dropped", "DELETE FROM claim WHERE claim_key LIKE '%1'"),
        ("a claim of another", "UPDATE claim SET owner = 'sale:P36090200102/V1' WHERE claim_key LIKE '%1'"),
        ("a claim of nobody", "UPDATE claim SET owner = 'x' WHERE claim_key LIKE '%2'"),
        (
            "a claim too many",
            "INSERT INTO claim VALUES ('drug_trac_codg', '80000000000000000003', 'sale:P36090200101/V1')",
        ),
    ] {
        let center = TestCenter::new().await;
        center.store.commit(day()).await.unwrap();
        let raw = Connection::open(center.database()).unwrap();
        raw.execute_batch(deed).unwrap();
        let report = center.audit().await;
        let kinds: Vec<_> = report.kinds().iter().map(|kind| kind.word()).collect();
        told += &format!("{name}: {}\n", kinds.join(" "));
        if deed.is_empty() {
            assert_eq!((report.stock_lots, report.stock_moves, report.stock_codes, report.claims), (1, 3, 3, 2));
        }
    }
    expect![[r#"
        nothing: 
        units of a row: stock
        a row dropped: stock code
        the last row dropped: stock code
        more bought: stock
        less sold: stock code
        balance alone: row
        a sale after the expiry: stock
        a sold box back: claim code
        a tablet more out: code
        a claim dropped: code
        a claim of another: claim code
        a claim of nobody: claim code
        a claim too many: claim
    "#]]
    .assert_eq(&told);
}
