//! `liufang stock` on a database with lots of two pharmacies: offers, vouchers and book, leads, 谈判 drugs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use lf_gm::RingFile;
use lf_ports::{
    ChangeSet, Drug, Fixmedins, MoveBody, RegistryPut, StockChange, StockLead, StockLot, StockMove, Store as _,
};
use lf_stock::{Counted, DataType, Goods, Lot, Measure};
use lf_store::{Options, Sealer, SqliteStore};
use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Day, Qty, Span};
use serde_json::Value;

/// In Guangxi, where half of the 谈判 drugs must be stocked.
const NEAR: &str = "P45010000101";
const FAR: &str = "P45010000102";
/// In Jiangxi, where three confirmed cases end an agreement.
const OF_JIANGXI: &str = "P36090200101";
const DRUG: &str = "XJ01CAA040E001010100001";
const OTHER: &str = "XJ01CAA040E001010100002";
const THIRD: &str = "XJ01CAA040E001010100003";

struct Place(PathBuf);

impl Place {
    async fn named(name: &str) -> Self {
        let place = Self(std::env::temp_dir().join(format!("liufang-stock-{name}-{}", std::process::id())));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&place.0);
        std::fs::create_dir_all(&place.0).unwrap();
        assert_eq!(place.ran(&["keys", "new", "store.key.toml", "--store"]).0, 0);
        assert_eq!(place.ran(&["migrate", "--database", "sqlite://center.db"]).0, 0);
        place.fill().await;
        place
    }

    fn ran(&self, args: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_liufang")).args(args).current_dir(&self.0).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }

    fn stock(&self, args: &[&str]) -> (i32, Vec<Value>) {
        let (command, rest) = args.split_first().unwrap();
        let all = [&["stock", command, "--database", "sqlite://center.db", "--json"], rest].concat();
        let (status, told) = self.ran(&all);
        (status, serde_json::from_str(&told).unwrap_or_default())
    }

    async fn fill(&self) {
        let ring = std::fs::read_to_string(self.0.join("store.key.toml")).unwrap();
        let sealer = Arc::new(Sealer::new(&RingFile::parse(&ring).unwrap()));
        let store = SqliteStore::open(self.0.join("center.db"), Options::new(sealer)).unwrap();
        let mut registry: Vec<_> = [NEAR, FAR, OF_JIANGXI].map(|code| RegistryPut::Fixmedins(pharmacy(code))).into();
        registry.extend([DRUG, OTHER, THIRD].map(|code| RegistryPut::Drug(drug(code))));
        store.commit(ChangeSet { registry, ..ChangeSet::default() }).await.unwrap();
        for (code, lotno, drug, expy_end, bought) in [
            (NEAR, "L1", DRUG, "2030-01-01", 48),
            (NEAR, "L2", DRUG, "2026-01-01", 240),
            (FAR, "L1", DRUG, "2030-01-01", 23),
            (FAR, "L2", OTHER, "2030-01-01", 24),
            (OF_JIANGXI, "L1", DRUG, "2030-01-01", 24),
            (OF_JIANGXI, "L9", THIRD, "2030-01-01", 24),
        ] {
            store.commit(one_lot(code, lotno, drug, expy_end, bought)).await.unwrap();
        }
        store.close();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn pharmacy(code: &str) -> Fixmedins {
    Fixmedins {
        open_hours: None,
        medins_natu: None,
        fixmedins_code: code.parse().unwrap(),
        fixmedins_name: format!("示例药店{}", &code[10..]),
        poolarea_no: pool(code).parse().unwrap(),
        hosp_lv: None,
        agreement: Span::new("2024-01-01".parse::<Day>().unwrap(), None).unwrap(),
        circ_ready: true,
        dualchnl: true,
        oppool: true,
        consult: None,
        sign_key: None,
        sign_cert_sn: None,
        callback: None,
    }
}

fn pool(code: &str) -> &'static str {
    if code == OF_JIANGXI { "360900" } else { "450100" }
}

fn drug(code: &str) -> Drug {
    Drug {
        med_list_codg: code.parse().unwrap(),
        genname: format!("药{}", &code[20..]),
        prodname: None,
        reg_name: "药".to_owned(),
        dosform_name: "片".to_owned(),
        spec_name: "1mg".to_owned(),
        prdr_name: "厂".to_owned(),
        aprvno: None,
        min_pacunt: "盒".to_owned(),
        min_prepunt: "片".to_owned(),
        min_pac_cnt: Qty::new(240_000),
        list_type: "101".to_owned(),
        chrgitm_lv: ChrgitmLv::B,
        in_list: None,
        chld_medc: false,
        hi_nego: true,
        dualchnl: true,
        oppool: true,
        hi_pay_std: None,
        special: None,
        memo: None,
        trac_exempt: false,
    }
}

fn one_lot(code: &str, lotno: &str, drug: &str, expy_end: &str, bought: i64) -> ChangeSet {
    let day: Day = "2025-06-01".parse().unwrap();
    let goods = Goods {
        med_list_codg: drug.parse().unwrap(),
        fixmedins_hilist_id: "G".to_owned(),
        fixmedins_hilist_name: "药".to_owned(),
        rx_flag: true,
        manu_lotnum: None,
        manu_date: day,
        expy_end: expy_end.parse().unwrap(),
    };
    // The second pharmacy has one tablet less on the shelf than in the book.
    let found = if code == FAR { bought - 1 } else { bought };
    let counted = Some(Counted { invdate: day, found, book: bought });
    let lot = Lot { bought, counted, ..Lot::new(goods, Measure::Packs(24)) };
    let moved = StockMove {
        fixmedins_code: code.parse().unwrap(),
        fixmedins_bchno: lotno.to_owned(),
        seq: 1,
        data_type: DataType::Purchase,
        doc_no: "1".to_owned(),
        // A voucher that does not say what the book has.
        units: if lotno == "L9" { bought - 1 } else { bought },
        mdtrt_sn: None,
        hi_rxno: None,
        psn_no: None,
        at: day.start(),
        // The nearer one uploads again a year later.
        taken: if code == NEAR && lotno == "L2" { day.plus(365).start() } else { day.start() },
        void_seq: 0,
        digest: [0; 32],
        body: MoveBody::default(),
    };
    let lead = StockLead {
        poolarea_no: "450100".parse().unwrap(),
        raised: day.start(),
        drug_trac_codg: format!("8000000000000000000{bought}").parse().unwrap(),
        fixmedins_code: code.parse().unwrap(),
        fixmedins_bchno: lotno.to_owned(),
        seq: 1,
        holder: "sale:P45010000109/V1".to_owned(),
    };
    let row = StockLot {
        fixmedins_code: code.parse().unwrap(),
        fixmedins_bchno: lotno.to_owned(),
        poolarea_no: pool(code).parse().unwrap(),
        seq: 1,
        lot,
    };
    let stock = StockChange {
        fixmedins_code: code.parse().unwrap(),
        lots: vec![(0, row)],
        voids: vec![],
        moves: vec![moved],
        codes: vec![],
        leads: if code == FAR { vec![lead] } else { vec![] },
    };
    ChangeSet { stock: Some(stock), ..ChangeSet::default() }
}

#[tokio::test]
async fn the_bureau_sees_the_shelves() {
    // proves JX-1.5a, GX-1.2.4
    let place = Place::named("shelves").await;
    let offers = |drug: &str, at: &str| {
        place.stock(&["offers", "--pool", "450100", "--drug", drug, "--at", &format!("{at} 00:00:00")])
    };
    let (status, rows) = offers(DRUG, "2026-06-01");
    assert_eq!((status, rows.len()), (0, 1), "an expired lot offers nothing, and 23 tablets are no pack: {rows:?}");
    assert_eq!((&rows[0]["fixmedins_code"], &rows[0]["packs"]), (&NEAR.into(), &2.into()));
    assert_eq!(rows[0]["told"], "2026-06-01 00:00:00", "as people write it");
    assert_eq!(offers(DRUG, "2025-06-01").1[0]["packs"], 12);
    assert_eq!(offers(DRUG, "2025-12-31"), (1, vec![]), "nothing was uploaded within a day");
    assert_eq!(offers(THIRD, "2026-06-01"), (1, vec![]));
    let named = |name: &str| {
        place.stock(&[
            "offers",
            "--pool",
            "450100",
            "--name",
            name,
            "--near",
            "22.8,108.3",
            "--at",
            "2025-06-01 00:00:00",
        ])
    };
    let (status, rows) = named("药");
    assert_eq!((status, rows.len()), (2, 0), "one character names nothing");
    assert_eq!((named("药001").0, named("药001").1.len()), (0, 1));
    let (status, rows) = place.stock(&["lots", "--institution", NEAR]);
    assert_eq!((status, rows.len(), &rows[0]["agrees"]), (0, 2, &true.into()));
    let (status, rows) = place.stock(&["lots", "--institution", FAR]);
    assert_eq!((status, &rows[0]["difference"]), (1, &(-1).into()), "{rows:?}");
    assert_eq!(place.stock(&["lots", "--institution", "P45010000199"]).0, 2, "no such institution");
    let (status, rows) = place.stock(&["leads", "--pool", "450100"]);
    assert_eq!((status, rows.len()), (1, 2));
    assert_eq!(place.stock(&["leads", "--pool", "450200"]), (0, vec![]));
    // One of three, and half is asked.
    let nego = |code: &str| place.stock(&["nego", "--institution", code, "--on", "2026-06-01"]);
    let (status, rows) = nego(NEAR);
    assert_eq!(status, 1, "{rows:?}");
    assert_eq!((&rows[0]["stocked"], &rows[0]["total"], &rows[0]["least"]), (&1.into(), &3.into(), &"0.5".into()));
    // Nobody of the 统筹区 reaches half, so it may be lowered to what the best has, and no further.
    let (status, rows) = place.stock(&["nego", "--pool", "450100", "--on", "2026-06-01"]);
    assert_eq!((status, rows.len()), (1, 3));
    assert_eq!((&rows[2]["may_be_lowered"], &rows[2]["lowest"]), (&true.into(), &"0.333333".into()), "{rows:?}");
    let (status, rows) = place.stock(&["nego", "--pool", "360900", "--on", "2026-06-01"]);
    assert_eq!((status, &rows[1]["printed"], &rows[1]["may_be_lowered"]), (0, &Value::Null, &false.into()));
}

#[tokio::test]
async fn a_drug_that_was_shown_and_not_there_counts_when_confirmed() {
    // proves JX-4.5.1
    let place = Place::named("cases").await;
    let step = |command: &str, case: &str, more: &[&str]| {
        let whose = ["--institution", OF_JIANGXI, "--case", case, "--by", "市医保局稽核科", "--evidence", "稽核2025-7"];
        let args = [&["complain", command, "--database", "sqlite://center.db", "--json"], &whose[..], more].concat();
        let (status, told) = place.ran(&[&["stock"], &args[..]].concat());
        (status, serde_json::from_str::<Vec<Value>>(&told).unwrap_or_default())
    };
    let add = |case: &str, asked: &str| step("add", case, &["--drug", DRUG, "--asked", asked]);
    let list = || {
        let args = ["stock", "complain", "list", "--database", "sqlite://center.db", "--json", "--pool", "360900"];
        let (status, told) = place.ran(&args);
        (status, serde_json::from_str::<Vec<Value>>(&told).unwrap())
    };
    assert_eq!(list(), (0, vec![]));
    for case in ["1", "2", "3"] {
        let (status, rows) = add(case, "2025-06-01 09:00:00");
        assert_eq!((status, &rows[0]["shown_packs"]), (0, &1.into()), "{rows:?}");
    }
    assert_eq!(add("1", "2025-06-01 10:00:00").0, 2, "one number is one case");
    assert_eq!(add("4", "2025-06-03 09:00:00").1[0]["shown_packs"], Value::Null, "too old to have been shown");
    let (status, rows) = step("confirm", "4", &[]);
    assert_eq!((status, &rows[0]["state"]), (1, &"opened".into()), "what was not shown is no case of this article");
    assert_eq!(step("confirm", "1", &[]).0, 0);
    assert_eq!(step("confirm", "1", &[]).0, 2, "once");
    assert_eq!(step("confirm", "2", &[]).0, 0);
    let (status, rows) = list();
    let sum = rows.last().unwrap();
    assert_eq!((status, &sum["confirmed"], &sum["ends_at"], &sum["finding"]), (0, &2.into(), &3.into(), &Value::Null));
    assert_eq!(step("confirm", "3", &[]).0, 0);
    let (status, rows) = list();
    let sum = rows.last().unwrap();
    assert_eq!((status, &sum["finding"]), (1, &"解除药店门诊统筹协议".into()));
    assert_eq!(sum["by"], "360000/supply.strikes@2024-03-12");
    // What is found to be otherwise later counts no longer.
    assert_eq!(step("dismiss", "2", &[]).0, 0);
    assert_eq!(list().0, 0);
    assert_eq!(list().1[1]["steps"].as_array().unwrap().len(), 3, "every step is kept");
    assert_eq!(step("confirm", "9", &[]).0, 2, "no such case");
    for (evidence, status) in [("字".repeat(200), 0), ("字".repeat(201), 2)] {
        let whose = ["--institution", OF_JIANGXI, "--case", "1", "--by", "市医保局稽核科", "--evidence", &evidence];
        let all = [&["stock", "complain", "dismiss", "--database", "sqlite://center.db"], &whose[..]].concat();
        assert_eq!(place.ran(&all).0, status, "{}", evidence.chars().count());
    }
    assert_eq!(add(&"9".repeat(61), "2025-06-01 09:00:00").0, 2);
    assert_eq!(add(&"9".repeat(60), "2025-06-01 09:00:00").0, 0);
    assert_eq!(add("5", "2999-01-01 00:00:00").0, 2, "still to come");
}

#[tokio::test]
async fn reports_and_lists_are_written_as_files() {
    // proves GX-1.1b, DG-3.4c
    let place = Place::named("reports").await;
    let base = ["--database", "sqlite://center.db"];
    let run = |args: &[&str]| place.ran(&[args, &base[..]].concat());
    let days = ["--from", "2025-05-31", "--to", "2025-06-02"];
    let read = |file: &str| std::fs::read_to_string(place.0.join(file)).unwrap();
    let report = |kind: &str, out: &str| {
        run(&[&["stock", "report", kind, "--area", "450000", "--out", out], &days[..]].concat())
    };
    assert_eq!(report("availability", "a.json").0, 1, "a drug has no channel there");
    let told: Value = serde_json::from_str(&read("a.json")).unwrap();
    let of =
        |code: &str| told["rows"].as_array().unwrap().iter().find(|row| row["med_list_codg"] == code).unwrap().clone();
    assert_eq!(
        (&of(DRUG)["phar_cnt"], &of(DRUG)["days_without"], &of(DRUG)["alert"]),
        (&"1".into(), &"1".into(), &"".into())
    );
    assert_eq!(of(THIRD)["alert"], "医疗机构和药店均无药");
    assert_eq!(report("no-prod", "n.html").0, 0, "no list was imported, so nothing is told of");
    assert!(read("n.html").contains("停产日期") && read("n.html").contains("no_prod_drug"), "{}", read("n.html"));
    assert_eq!(report("listing", "l.json").0, 0, "no text asks for it there");
    assert!(read("l.json").contains("目录新增药品挂网情况"), "{}", read("l.json"));
    assert_eq!(report("uploads", "u.csv").0, 0);
    assert!(read("u.csv").starts_with('\u{feff}') && read("u.csv").lines().count() == 3, "{}", read("u.csv"));
    assert_eq!(report("traces", "t.html").0, 0);
    assert!(read("t.html").contains("没有记录"));
    assert_eq!(report("traces", "t.doc").0, 2, "no such form");
    assert!(!place.0.join("t.doc").exists() && !place.0.join("t.html.part").exists());
    let balance = |code: &str| run(&[&["stock", "balance", "--institution", code, "--json"], &days[..]].concat());
    assert_eq!(balance(NEAR).0, 0);
    let (status, told) = balance(OF_JIANGXI);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((status, &told["rows"][1]["closing"], &told["rows"][1]["ledger"]), (1, &"23".into(), &"24".into()));
    let long = ["--from", "2025-01-01", "--to", "2026-01-02"];
    assert_eq!(run(&[&["stock", "balance", "--institution", NEAR], &long[..]].concat()).0, 2, "a day too long");
    assert_eq!(balance("P45010000199").0, 2, "no such institution");
    let future = ["--from", "2999-01-01", "--to", "2999-01-01"];
    assert_eq!(run(&[&["stock", "balance", "--institution", NEAR], &future[..]].concat()).0, 2, "still to come");
    assert_eq!(run(&[&["stock", "report", "uploads", "--area", "450000"], &future[..]].concat()).0, 2);
    for table in ["prices", "spay-drugs", "spay-pharmacies"] {
        let (status, told) = run(&["publish", table, "--pool", "450100", "--date", "2025-06-01"]);
        assert_eq!((status, told.lines().count()), (1, 1), "headings only: {told}");
    }
}

/// The packs of this repository in a folder `law` of the place, with a text of one file replaced.
fn change(place: &Place, file: &str, from: &str, to: &str) {
    let law = place.0.join("law");
    if !law.exists() {
        lf_testkit::write_law(&law);
    }
    let text = std::fs::read_to_string(law.join(file)).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(law.join(file), text.replacen(from, to, 1)).unwrap();
}

#[tokio::test]
async fn the_shelves_are_judged_by_the_packs_that_are_named() {
    let place = Place::named("packs").await;
    change(&place, "100000/supply.toml", "is = 24, cite = \"Q-药品查询", "is = 9999, cite = \"Q-药品查询");
    change(&place, "450000/stdwp.toml", "is = \"0.50\"", "is = \"0.30\"");
    change(
        &place,
        "360000/yd_mztc.toml",
        "is = 3, cite = \"jx-2024-9 四（五）1\"",
        "is = 1, cite = \"jx-2024-9 四（五）1\"",
    );
    let asked = |args: &[&str]| {
        let others = place.stock(&[args, &["--packs", "law"]].concat());
        (place.stock(args).0, others.0, others.1)
    };
    let offers = ["offers", "--pool", "450100", "--drug", DRUG, "--at", "2025-12-31 00:00:00"];
    let (own, other, rows) = asked(&offers);
    assert_eq!((own, other, &rows[0]["packs"]), (1, 0, &12.into()), "uploads of half a year ago still count: {rows:?}");
    let (own, other, rows) = asked(&["nego", "--institution", NEAR, "--on", "2026-06-01"]);
    assert_eq!((own, other, &rows[0]["least"]), (1, 0, &"0.3".into()));
    let (own, other, _) = asked(&["nego", "--pool", "450100", "--on", "2026-06-01"]);
    assert_eq!((own, other), (1, 0));
    let step = |command: &str, more: &[&str]| {
        let whose = ["--institution", OF_JIANGXI, "--case", "1", "--by", "市医保局稽核科", "--evidence", "稽核2025-7"];
        let all = [&["stock", "complain", command, "--database", "sqlite://center.db"], &whose[..], more].concat();
        place.ran(&all)
    };
    // Too old to have been shown by the center's own law.
    let add = ["--drug", DRUG, "--asked", "2025-06-03 09:00:00", "--packs", "law", "--json"];
    let (status, told) = step("add", &add);
    assert!(status == 0 && told.contains("\"shown_packs\": 1"), "{told}");
    assert_eq!(step("confirm", &[]).0, 0);
    let list = ["stock", "complain", "list", "--database", "sqlite://center.db", "--pool", "360900"];
    assert_eq!(place.ran(&list).0, 0);
    let (status, told) = place.ran(&[&list[..], &["--packs", "law"]].concat());
    assert!(status == 1 && told.contains("解除药店门诊统筹协议"), "{told}");
    change(&place, "100000/supply.toml", "is = 24, cite = \"Q-实时上传", "is = 9999999, cite = \"Q-实时上传");
    let late = |packs: &[&str]| {
        let report = ["stock", "report", "uploads", "--area", "450000", "--from", "2025-05-31", "--to", "2025-06-02"];
        place.ran(&[&report[..], &["--database", "sqlite://center.db"], packs].concat()).1
    };
    assert_ne!(late(&[]), late(&["--packs", "law"]), "what is late goes by the law");
}
