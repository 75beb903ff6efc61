//! 3501–3507, 3505A, 3506A, 3513, 3592B: goods and boxes of a pharmacy, beside 7207; after each the auditor adds up again.

use expect_test::expect;
use lf_center::t3501_goods::{Command, GoodsRefusal, PharNo, ROWS_MAX, Reply, Row, RowWhat, SaleRow};
use lf_center::t3513_traces::{self, By, MOVES_MAX, ROWS_MAX as TRACES_MAX};
use lf_center::{Answer, Failure, t3592b_virtual};
use lf_ports::{LeadKey, STOCK_KEYS_MAX, StockStore};
use lf_stock::{ChgType, DataType, Goods};
use lf_testkit::life::Item;
use lf_testkit::region::{HOSPITAL, OTHER_PHARMACY, PHARMACIST, PHARMACY, POOL, drugs};
use lf_testkit::{Step, TestCenter};
use lf_vocab::{DrugTracCodg, Moment};

use crate::said::{Said, code, send, with};

pub const LOT: &str = "L1";

fn box_no(n: u32) -> DrugTracCodg {
    format!("8{n:019}").parse().unwrap()
}

pub fn goods(med_list_codg: &str) -> Goods {
    Goods {
        med_list_codg: med_list_codg.parse().unwrap(),
        fixmedins_hilist_id: "YP1".to_owned(),
        fixmedins_hilist_name: "阿莫西林胶囊".to_owned(),
        rx_flag: true,
        manu_lotnum: Some("2601".to_owned()),
        manu_date: "2026-01-01".parse().unwrap(),
        expy_end: "2027-12-31".parse().unwrap(),
    }
}

fn row(at: Moment, doc_no: &str, told: &[(&str, &str)], what: RowWhat) -> Row {
    let told = told.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Row { fixmedins_bchno: LOT.to_owned(), at, doc_no: doc_no.to_owned(), told, psn_no: None, what }
}

pub fn bought(at: Moment, doc_no: &str, cnt: &str, boxes: &[u32]) -> Row {
    let codes = boxes.iter().map(|n| box_no(*n)).collect();
    let what = RowWhat::Purchase { goods: goods(drugs::AMOXICILLIN), cnt: cnt.parse().unwrap(), codes };
    row(at, doc_no, &[("purc_retn_cnt", cnt), ("med_list_codg", drugs::AMOXICILLIN)], what)
}

fn sale_row(visit: &str, cnt: &str, split: bool, codes: Vec<DrugTracCodg>) -> SaleRow {
    SaleRow {
        goods: goods(drugs::AMOXICILLIN).told(),
        mdtrt_sn: visit.to_owned(),
        rxno: None,
        phar_no: None,
        cnt: cnt.parse().unwrap(),
        split,
        codes,
    }
}

fn sale_told(cnt: &str, split: bool) -> [(&str, &str); 4] {
    [
        ("med_list_codg", drugs::AMOXICILLIN),
        ("sel_retn_cnt", cnt),
        ("trdn_flag", if split { "1" } else { "0" }),
        ("psn_name", "张三"),
    ]
}

pub fn sold(at: Moment, visit: &str, cnt: &str, split: bool, boxes: &[u32]) -> Row {
    let codes = boxes.iter().map(|n| box_no(*n)).collect();
    let doc_no = format!("3505/{visit}/{boxes:?}");
    row(at, &doc_no, &sale_told(cnt, split), RowWhat::Sale(sale_row(visit, cnt, split, codes)))
}

fn returned(at: Moment, visit: &str, cnt: &str, split: bool, boxes: &[u32]) -> Row {
    let codes = boxes.iter().map(|n| box_no(*n)).collect();
    let doc_no = format!("3506/{visit}/{boxes:?}");
    row(at, &doc_no, &sale_told(cnt, split), RowWhat::SaleReturn(sale_row(visit, cnt, split, codes)))
}

pub fn single(infno: &'static str, row: Row) -> Command {
    Command { infno, batch: false, rows: vec![row] }
}

pub async fn told(center: &TestCenter, who: &str, command: &Command) -> Result<Answer<Reply>, Failure> {
    // The texts of a row stay out of its `Debug`, and a message is told apart by what it says.
    let meaning: Vec<_> = command.rows.iter().map(|row| (&row.doc_no, &row.told, &row.what)).collect();
    let ctx = center.ctx(who, &format!("{} {meaning:?}", command.infno)).await;
    center.center.t3501_goods(&ctx, command).await
}

async fn balance(center: &TestCenter) -> i64 {
    let lots = center.store.stock_lots(&PHARMACY.parse().unwrap(), &[LOT]).await.unwrap();
    lots[0].as_ref().map_or(0, |lot| lot.lot.balance())
}

async fn audited(center: &TestCenter) {
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
}

pub fn deleted(data: DataType) -> Row {
    row(Moment::from_micros(0), "3507", &[("inv_data_type", data.word())], RowWhat::Delete(data))
}

#[tokio::test]
async fn goods_come_go_come_back_and_are_counted() {
    // proves JX-1.5a
    let center = TestCenter::new().await;
    let now = center.now();
    let count = |cnt: &str| {
        let what = RowWhat::Count { goods: goods(drugs::AMOXICILLIN), invdate: now.day(), cnt: cnt.parse().unwrap() };
        row(now.day().start(), &format!("{}/{cnt}", now.day()), &[("inv_cnt", cnt)], what)
    };
    let change = |kind: &str, cnt: &str| {
        let goods = goods(drugs::AMOXICILLIN).told();
        let chg = ChgType::from_code(kind).unwrap();
        let what = RowWhat::Change { goods, chg, cnt: cnt.parse().unwrap(), split: false };
        row(now, &format!("{kind}/{cnt}"), &[("inv_chg_type", kind), ("cnt", cnt)], what)
    };
    let give_back = || {
        let what = RowWhat::PurchaseReturn { goods: goods(drugs::AMOXICILLIN).told(), cnt: "1".parse().unwrap() };
        row(now, "3504/1", &[("purc_retn_cnt", "1")], what)
    };
    // A first stocktaking makes the lot, and 3502 tells what is in it.
    for (infno, row, units) in [
        ("3501", count("2"), 0),
        ("3502", change("103", "2"), 48),
        ("3503", bought(now, "1", "10", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 288),
        ("3505", sold(now, "v1", "2", false, &[1, 2]), 240),
        ("3505", sold(now, "v2", "6", true, &[3]), 234),
        ("3506", returned(now, "v1", "1", false, &[1]), 258),
        ("3506", returned(now, "v2", "6", true, &[3]), 264),
        ("3504", give_back(), 240),
        ("3502", change("105", "0.5"), 228),
        ("3501", count("9.5"), 228),
    ] {
        told(&center, PHARMACY, &single(infno, row)).await.unwrap();
        assert_eq!(balance(&center).await, units, "{infno}");
        audited(&center).await;
    }
    let lots = center.store.stock_lots(&PHARMACY.parse().unwrap(), &[LOT]).await.unwrap();
    assert!(lots[0].as_ref().unwrap().lot.consistency(228).agrees(), "tickets, book and goods");
    // What a row said is kept, and only sealed: the name stands nowhere in the file.
    let of = lf_ports::MovesOf::Visit("v1".to_owned());
    let moves = center.store.stock_moves(&PHARMACY.parse().unwrap(), &of, ("", 0), 9).await.unwrap();
    assert_eq!(moves[0].body.told("psn_name"), Some("张三"));
}

#[tokio::test]
async fn the_same_row_again_moves_nothing_and_another_under_its_number_is_refused() {
    let center = TestCenter::new().await;
    let now = center.now();
    let first = told(&center, PHARMACY, &single("3503", bought(now, "1", "10", &[]))).await.unwrap();
    center.clock.advance_seconds(1);
    let again = told(&center, PHARMACY, &single("3503", bought(now, "1", "10", &[]))).await.unwrap();
    assert_eq!((first.reply, balance(&center).await), (again.reply, 240));
    let other = told(&center, PHARMACY, &single("3503", bought(now, "1", "11", &[]))).await;
    assert_eq!((code(&other), balance(&center).await), ("RX-3500-23".to_owned(), 240));
    // Deleted, it may be told anew.
    told(&center, PHARMACY, &single("3507", deleted(DataType::Purchase))).await.unwrap();
    assert_eq!(balance(&center).await, 0);
    let nothing = with(single("3507", deleted(DataType::Purchase)), |command| command.rows[0].told.clear());
    assert_eq!(code(&told(&center, PHARMACY, &nothing).await), "RX-3500-17");
    told(&center, PHARMACY, &single("3503", bought(now, "1", "11", &[]))).await.unwrap();
    assert_eq!(balance(&center).await, 264);
    audited(&center).await;
}

#[tokio::test]
async fn a_batch_takes_what_it_can_and_says_why_not_the_rest() {
    let center = TestCenter::new().await;
    let now = center.now();
    told(&center, PHARMACY, &single("3503", bought(now, "1", "5", &[]))).await.unwrap();
    let batch = |rows: Vec<Row>| Command { infno: "3505A", batch: true, rows };
    let rows = vec![
        sold(now, "v1", "2", false, &[1, 2]),
        sold(now, "v2", "1", false, &[2]),
        sold(now, "v3", "4", false, &[4, 5, 6, 7]),
        sold(now, "v3", "1", false, &[4]),
        sold(now, "v1", "2", false, &[1, 2]),
    ];
    let command = batch(rows);
    let answer = told(&center, PHARMACY, &command).await.unwrap();
    let codes: Vec<_> =
        answer.reply.rows.iter().map(|done| done.refusal.as_ref().map(|refusal| refusal.code.as_str())).collect();
    assert_eq!(codes, [None, Some("RX-3500-19"), Some("RX-3500-15"), None, None], "the last is the first again");
    assert_eq!(balance(&center).await, 2 * 24);
    assert_eq!(told(&center, PHARMACY, &command).await.unwrap(), answer, "the same message again");
    audited(&center).await;
    let full = batch((0..ROWS_MAX as u32).map(|n| sold(now, &format!("w{n}"), "1", false, &[100 + n])).collect());
    let answer = told(&center, PHARMACY, &full).await.unwrap();
    assert_eq!(answer.reply.rows.iter().filter(|done| done.refusal.is_none()).count(), 2);
    let past = with(full, |command| command.rows.push(sold(now, "past", "1", false, &[999])));
    assert!(
        matches!(told(&center, PHARMACY, &past).await, Err(Failure::Broken(_))),
        "the table of the wire ends before"
    );
    assert_eq!(balance(&center).await, 0);
    audited(&center).await;
}

#[tokio::test]
async fn a_box_is_sold_once_whoever_sells_it() {
    let center = TestCenter::new().await;
    let now = center.now();
    for who in [PHARMACY, OTHER_PHARMACY] {
        told(&center, who, &single("3503", bought(now, "1", "5", &[]))).await.unwrap();
    }
    // By another pharmacy's counter.
    told(&center, PHARMACY, &single("3505", sold(now, "v1", "1", false, &[1]))).await.unwrap();
    let again = told(&center, OTHER_PHARMACY, &single("3505", sold(now, "v1", "1", false, &[1]))).await;
    assert_eq!(code(&again), "RX-3500-19");
    // By a prescription: what 3505 sold, 7207 does not, and the other way round.
    let life = center.life(&center.people.active).up_to(Step::Reviewed).await;
    let command = life.sell_command();
    let of_rx = command.lines[0].drug_trac_codg.clone().unwrap();
    let direct = with(sold(now, "v2", "1", false, &[]), |row| {
        if let RowWhat::Sale(sale) = &mut row.what {
            sale.codes = vec![of_rx.clone()];
        }
    });
    told(&center, PHARMACY, &single("3505", direct.clone())).await.unwrap();
    assert_eq!(code(&send!(life, t7207_sell, pharmacy, command)), "RX-7207-09");
    let back = with(direct.clone(), |row| {
        row.doc_no = "3506/1".to_owned();
        if let RowWhat::Sale(sale) = row.what.clone() {
            row.what = RowWhat::SaleReturn(sale);
        }
    });
    told(&center, PHARMACY, &single("3506", back)).await.unwrap();
    let life = life.up_to(Step::Sold).await;
    let anew = with(direct, |row| row.doc_no = "3505/anew".to_owned());
    assert_eq!(code(&told(&center, PHARMACY, &single("3505", anew)).await), "RX-3500-19");
    audited(&center).await;
    drop(life);
}

#[tokio::test]
async fn of_many_sales_of_one_box_at_once_one_is_taken() {
    let center = TestCenter::new().await;
    let now = center.now();
    for who in [PHARMACY, OTHER_PHARMACY] {
        told(&center, who, &single("3503", bought(now, "1", "50", &[]))).await.unwrap();
    }
    let commands: Vec<_> = (0..16).map(|n| single("3505", sold(now, &format!("v{n}"), "1", false, &[1]))).collect();
    let who = |n: usize| if n.is_multiple_of(2) { PHARMACY } else { OTHER_PHARMACY };
    let all = commands.iter().enumerate().map(|(n, command)| told(&center, who(n), command));
    let taken = futures_util::future::join_all(all).await;
    assert_eq!(taken.iter().filter(|one| one.is_ok()).count(), 1);
    for refused in taken.iter().filter(|one| one.is_err()) {
        assert_eq!(code(refused), "RX-3500-19");
    }
    audited(&center).await;
}

#[tokio::test]
async fn what_leaves_the_lot_for_a_prescription_is_what_7207_sold_once() {
    // proves JX-3.5a, HB-2.7
    let center = TestCenter::new().await;
    let now = center.now();
    told(&center, PHARMACY, &single("3503", bought(now, "1", "5", &[]))).await.unwrap();
    let one = Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "1", "25");
    let life = center.life(&center.people.active).of(vec![one]).up_to(Step::Reviewed).await;
    let number = life.hi_rxno().to_string();
    let line = life.sell_command().lines[0].clone();
    let of_rx = line.drug_trac_codg.clone().unwrap();
    let packs = line.drug_totlcnt.to_string();
    let base = |rxno: &str, codes: Vec<DrugTracCodg>| {
        with(sold(now, "m1", &packs, false, &[]), |row| {
            row.doc_no = format!("3505/{rxno}/{codes:?}");
            if let RowWhat::Sale(sale) = &mut row.what {
                (sale.rxno, sale.codes) = (Some(rxno.to_owned()), codes);
            }
        })
    };
    let good = base(&number, vec![of_rx.clone()]);
    let mut said = Said::default();
    // Not sold yet by 7207.
    said.refused(told(&center, PHARMACY, &single("3505", good.clone())).await);
    let life = life.up_to(Step::Sold).await;
    let mut other_drug = good.clone();
    if let RowWhat::Sale(sale) = &mut other_drug.what {
        sale.goods.med_list_codg = drugs::PATENT.parse().unwrap();
    }
    said.refused(told(&center, PHARMACY, &single("3505", other_drug)).await);
    said.refused(told(&center, PHARMACY, &single("3505", base(&number, vec![box_no(77)]))).await);
    let more = with(good.clone(), |row| {
        if let RowWhat::Sale(sale) = &mut row.what {
            sale.cnt = lf_vocab::Qty::new(sale.cnt.get() + 10_000);
        }
    });
    said.refused(told(&center, PHARMACY, &single("3505", more)).await);
    // By the insurance: the pharmacist is one of this pharmacy.
    for phar_no in [PharNo::Missing, PharNo::Told("HY000000000000".to_owned())] {
        let mut unknown = good.clone();
        if let RowWhat::Sale(sale) = &mut unknown.what {
            sale.phar_no = Some(phar_no);
        }
        said.refused(told(&center, PHARMACY, &single("3505A", unknown)).await);
    }
    are_of_a_prescription(&center, said).await;
    // Debited once, and only here.
    let mut settled = good.clone();
    if let RowWhat::Sale(sale) = &mut settled.what {
        sale.phar_no = Some(PharNo::Told(PHARMACIST.to_owned()));
    }
    let before = balance(&center).await;
    told(&center, PHARMACY, &single("3505A", settled)).await.unwrap();
    let after = balance(&center).await;
    assert_eq!(before - after, 24 * line.drug_totlcnt.get() / 10_000);
    let twice = with(good.clone(), |row| row.doc_no = "3505/twice".to_owned());
    assert_eq!(code(&told(&center, PHARMACY, &single("3505", twice)).await), "RX-3505-04");
    audited(&center).await;
    // 7208 takes the sale back: the box stays gone from the shelf until 3506 says that it is there.
    send!(life, t7208_undo_sale, pharmacy, life.undo_sale_command()).unwrap();
    audited(&center).await;
    let back = with(good, |row| {
        row.doc_no = "3506/1".to_owned();
        if let RowWhat::Sale(sale) = row.what.clone() {
            row.what = RowWhat::SaleReturn(sale);
        }
    });
    told(&center, PHARMACY, &single("3506", back)).await.unwrap();
    assert_eq!(balance(&center).await, before);
    audited(&center).await;
}

/// Why a sale for a prescription was not taken, each once; and what no message may bring.
async fn are_of_a_prescription(center: &TestCenter, mut said: Said) {
    let before = balance(center).await;
    said.refused(told(center, PHARMACY, &so_many_codes(center.now(), STOCK_KEYS_MAX + 1)).await);
    assert_eq!(balance(center).await, before);
    said.are(
        expect![[r#"
            RX-3505-01 处方号不是本机构已出库的电子处方；电子处方请先上传7207，纸质处方的外购处方标志填0〔接口规范 3505 rxno〕
            RX-3505-02 该药品不在电子处方的出库明细中〔赣医保字〔2024〕9号 三（五）〕
            RX-3505-03 追溯码80000000000000000077不在电子处方该药品的出库明细中〔赣医保字〔2024〕9号 三（五）〕
            RX-3505-04 数量超过电子处方该药品的出库数量〔赣医保字〔2024〕9号 三（五）〕
            RX-3505-05 医保结算的销售应填写医保药师编号〔接口规范 3505A phar_no〕
            RX-3505-06 医保药师编号不是本机构在册的医保药师〔接口规范 3505A：校验药师是否为医保药师〕
            RX-3505-07 一次上传的追溯码共100001个，超过上限100000个，请分次上传〔本中心 追溯码上限〕
        "#]],
        &[GoodsRefusal::CODES],
    );
}

#[tokio::test]
async fn a_prescription_gets_no_box_of_an_expired_lot() {
    // proves JX-4.2d
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Reviewed).await;
    let command = life.sell_command();
    let (of_rx, day) = (command.lines[0].drug_trac_codg.clone().unwrap(), command.lines[0].stoout_time.day());
    let lot = |expy_end| {
        let mut row = bought(center.now(), "1", "1", &[]);
        if let RowWhat::Purchase { goods, codes, .. } = &mut row.what {
            (goods.expy_end, *codes) = (expy_end, vec![of_rx.clone()]);
        }
        single("3503", row)
    };
    told(&center, PHARMACY, &lot(day.plus(-1))).await.unwrap();
    assert_eq!(code(&send!(life, t7207_sell, pharmacy, command.clone())), "SALE-EXPIRED-LOT");
    told(&center, PHARMACY, &single("3507", deleted(DataType::Purchase))).await.unwrap();
    let mut good = lot(day);
    (good.rows[0].fixmedins_bchno, good.rows[0].doc_no) = ("L2".to_owned(), "2".to_owned());
    told(&center, PHARMACY, &good).await.unwrap();
    assert_eq!(code(&send!(life, t7207_sell, pharmacy, command)), "ok");
}

#[tokio::test]
async fn boxes_that_7207_had_no_row_for_leave_the_lot_too() {
    let center = TestCenter::new().await;
    let now = center.now();
    told(&center, PHARMACY, &single("3503", bought(now, "1", "5", &[]))).await.unwrap();
    let two = Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "2", "25");
    let life = center.life(&center.people.active).of(vec![two]).up_to(Step::Sold).await;
    let of_rx = life.sell_command().lines[0].drug_trac_codg.clone().unwrap();
    let both = with(sold(now, "m1", "2", false, &[]), |row| {
        if let RowWhat::Sale(sale) = &mut row.what {
            (sale.rxno, sale.codes) = (Some(life.hi_rxno().to_string()), vec![of_rx, box_no(7)]);
        }
    });
    told(&center, PHARMACY, &single("3505", both)).await.unwrap();
    assert_eq!(balance(&center).await, 3 * 24);
    audited(&center).await;
}

#[tokio::test]
async fn a_box_without_a_code_gets_a_number_for_its_lot() {
    let center = TestCenter::new().await;
    let now = center.now();
    told(&center, PHARMACY, &single("3503", bought(now, "1", "5", &[]))).await.unwrap();
    let command = t3592b_virtual::Command {
        med_list_codg: drugs::AMOXICILLIN.to_owned(),
        fixmedins_hilist_id: "YP1".to_owned(),
        fixmedins_hilist_name: "阿莫西林胶囊".to_owned(),
        fixmedins_bchno: LOT.to_owned(),
    };
    let ctx = center.ctx(PHARMACY, "3592B").await;
    let number = center.center.t3592b_virtual(&ctx, &command).await.unwrap().reply.drug_trac_codg;
    assert_eq!(center.center.t3592b_virtual(&ctx, &command).await.unwrap().reply.drug_trac_codg, number);
    assert!(number.as_str().len() == 30 && number.as_str().starts_with("XN"), "{number}");
    let by = |doc: &str, number: &str| {
        with(sold(now, doc, "1", false, &[]), |row| {
            row.doc_no = doc.to_owned();
            if let RowWhat::Sale(sale) = &mut row.what {
                sale.codes = vec![number.parse().unwrap()];
            }
        })
    };
    let made_up = told(&center, PHARMACY, &single("3505", by("a", "XN0000000000"))).await;
    assert_eq!(code(&made_up), "RX-3500-22");
    told(&center, PHARMACY, &single("3505", by("b", number.as_str()))).await.unwrap();
    assert_eq!(code(&told(&center, PHARMACY, &single("3505", by("c", number.as_str()))).await), "RX-3500-19");
    audited(&center).await;
}

#[tokio::test]
async fn sold_boxes_are_shown_to_their_own_institution() {
    let center = TestCenter::new().await;
    let now = center.now();
    told(&center, PHARMACY, &single("3503", bought(now, "1", "5", &[]))).await.unwrap();
    let person = center.people.active.clone();
    let of_person = with(sold(now, "v1", "2", false, &[1, 2]), |row| row.psn_no = Some(person.psn_no.clone()));
    told(&center, PHARMACY, &single("3505", of_person)).await.unwrap();
    told(&center, PHARMACY, &single("3505", sold(now, "v2", "1", false, &[3]))).await.unwrap();
    let asked = async |who: &str, command: t3513_traces::Command| {
        let ctx = center.ctx(who, "3513").await;
        let rows = center.center.t3513_traces(&ctx, &command).await.map(|answer| answer.reply.rows);
        rows.map(|rows| rows.into_iter().map(|row| row.drug_trac_codg.to_string()).collect::<Vec<_>>())
    };
    let command = |by: By| t3513_traces::Command {
        fixmedins_code: PHARMACY.parse().unwrap(),
        by,
        begndate: None,
        enddate: None,
        drug_trac_codg: None,
        psn_no: None,
    };
    let (one, two, three) = (box_no(1).to_string(), box_no(2).to_string(), box_no(3).to_string());
    let all = vec![one.clone(), two.clone(), three.clone()];
    let cert = By::Cert(person.psn_cert_type.clone(), person.certno.clone());
    for (by, want) in [
        (By::Lot(LOT.to_owned()), &all),
        (By::Drug(drugs::AMOXICILLIN.parse().unwrap()), &all),
        (By::Own("YP1".to_owned()), &all),
        (By::Visit("v2".to_owned()), &vec![three.clone()]),
        (cert, &vec![one, two.clone()]),
        (By::Lot("L2".to_owned()), &vec![]),
    ] {
        assert_eq!(asked(PHARMACY, command(by)).await.as_ref(), Ok(want));
    }
    let one_box = with(command(By::Lot(LOT.to_owned())), |command| command.drug_trac_codg = Some(box_no(2)));
    assert_eq!(asked(PHARMACY, one_box).await, Ok(vec![two]));
    let today = now.day();
    for (begin, end, count) in [(Some(today), Some(today), 3), (Some(today.plus(1)), None, 0)] {
        let days = with(command(By::Lot(LOT.to_owned())), |command| {
            (command.begndate, command.enddate) = (begin, end);
        });
        assert_eq!(asked(PHARMACY, days).await.unwrap().len(), count);
    }
    let wrong = with(command(By::Lot(LOT.to_owned())), |command| {
        (command.begndate, command.enddate) = (Some(today), Some(today.plus(-1)));
    });
    let refused = |result: Result<Vec<String>, Failure>| match result {
        Err(Failure::Refused(refusals)) => refusals[0].code.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(asked(PHARMACY, wrong).await), "RX-3513-01");
    assert_eq!(refused(asked(OTHER_PHARMACY, command(By::Lot(LOT.to_owned()))).await), "RX-0000-02");
    assert_eq!(refused(asked(HOSPITAL, command(By::Lot(LOT.to_owned()))).await), "RX-0000-02");
    assert_eq!(center.store.stock_leads(POOL.parse().unwrap(), LeadKey::FIRST, 9).await.unwrap(), []);
}

#[tokio::test]
async fn where_the_law_records_a_second_sale_it_is_taken_and_raised() {
    let mut center = TestCenter::new().await;
    let said = "is = \"refuse\", cite = \"Q-19";
    let law = lf_testkit::law_with(|path, text| {
        assert!(!path.ends_with("zsm.toml") || text.contains(said), "the provision has moved");
        text.replace(said, "is = \"record\", cite = \"Q-19")
    });
    let chance = std::sync::Arc::new(lf_testkit::edge::SeededChance::new(1));
    let settings = lf_center::Settings::default();
    center.center = lf_center::Center::new(center.store.clone(), std::sync::Arc::new(law), chance, settings);
    let now = center.now();
    for who in [PHARMACY, OTHER_PHARMACY] {
        told(&center, who, &single("3503", bought(now, "1", "5", &[]))).await.unwrap();
        told(&center, who, &single("3505", sold(now, "v1", "2", false, &[1, if who == PHARMACY { 2 } else { 3 }])))
            .await
            .unwrap();
    }
    let leads = center.store.stock_leads(POOL.parse().unwrap(), LeadKey::FIRST, 9).await.unwrap();
    assert_eq!(leads.len(), 1);
    let lead = &leads[0];
    assert_eq!((lead.fixmedins_code.as_str(), &lead.drug_trac_codg), (OTHER_PHARMACY, &box_no(1)));
    assert_eq!(lead.holder, format!("sale:{PHARMACY}/v1"));
    audited(&center).await;
}

#[tokio::test]
async fn weighed_goods_sold_with_a_code_leave_the_auditor_content() {
    let center = TestCenter::new().await;
    let now = center.now();
    let herb = |mut row: Row| {
        let code: lf_vocab::MedListCodg = drugs::HERB.parse().unwrap();
        match &mut row.what {
            RowWhat::Purchase { goods, .. } => goods.med_list_codg = code,
            RowWhat::Sale(sale) | RowWhat::SaleReturn(sale) => sale.goods.med_list_codg = code,
            _ => unreachable!(),
        }
        row
    };
    for (infno, row, units) in [
        ("3503", bought(now, "1", "500", &[]), 5_000_000),
        ("3505", sold(now, "v1", "12.5", false, &[1]), 4_875_000),
        ("3506", returned(now, "v1", "12.5", false, &[1]), 5_000_000),
        ("3505", sold(now, "v2", "2.5", false, &[1]), 4_975_000),
    ] {
        told(&center, PHARMACY, &single(infno, herb(row))).await.unwrap();
        assert_eq!(balance(&center).await, units, "{infno}");
        audited(&center).await;
    }
}

/// Rows with as many codes as they may have, so many in all.
fn so_many_codes(now: Moment, most: usize) -> Command {
    let boxes: Vec<u32> = (1_000_000..).take(most).collect();
    let rows = boxes.chunks(lf_stock::CODES_MAX).enumerate();
    let rows = rows.map(|(n, some)| bought(now, &format!("m{n}"), &some.len().to_string(), some)).collect();
    Command { infno: "3503", batch: true, rows }
}

#[tokio::test]
async fn as_many_codes_as_a_message_may_have_are_taken() {
    let center = TestCenter::new().await;
    let taken = told(&center, PHARMACY, &so_many_codes(center.now(), STOCK_KEYS_MAX)).await.unwrap();
    assert!(taken.reply.rows.iter().all(|row| row.refusal.is_none()));
    assert_eq!(balance(&center).await, 24 * STOCK_KEYS_MAX as i64);
}

/// A row of chance; a return is that of a sale that was taken.
fn of_chance(now: Moment, doc_no: String, dice: &dyn Fn(u32) -> u32, taken: &mut Vec<Row>) -> Row {
    let boxes: std::collections::BTreeSet<u32> = (0..=dice(3)).map(|_| dice(60)).collect();
    let boxes: Vec<u32> = boxes.into_iter().collect();
    let (cnt, visit) = (boxes.len().to_string(), format!("v{}", dice(30)));
    let row = match dice(10) {
        0 => bought(now, "", &cnt, &boxes),
        1 => bought(now, "", "3", &[]),
        2..=5 => sold(now, &visit, &cnt, false, &boxes),
        6 => sold(now, &visit, &(1 + dice(40)).to_string(), true, &boxes),
        7 => returned(now, &visit, &cnt, false, &boxes),
        _ if taken.is_empty() => bought(now, "", "2", &[]),
        _ => {
            let sale = taken.swap_remove(dice(taken.len() as u32) as usize);
            let what = match sale.what.clone() {
                RowWhat::Sale(sale) => RowWhat::SaleReturn(sale),
                other => other,
            };
            return Row { what, doc_no, at: now, ..sale };
        }
    };
    Row { fixmedins_bchno: ["L1", "L2", "L3"][dice(3) as usize].to_owned(), doc_no, ..row }
}

/// Random rows of two pharmacies beside each other, many of them wrong: refused ones move nothing, and the auditor agrees
/// with all that was taken.
#[tokio::test]
async fn random_days_of_two_pharmacies_add_up() {
    use lf_ports::Chance as _;
    let center = TestCenter::new().await;
    let chance = lf_testkit::edge::SeededChance::new(7);
    let dice = |end: u32| u32::from(u16::from_be_bytes([chance.draw()[0], chance.draw()[1]])) % end;
    let mut tally = std::collections::BTreeMap::<(&str, bool), u32>::new();
    let mut standing = [Vec::new(), Vec::new()];
    for day in 0..12 {
        for (who, taken) in [PHARMACY, OTHER_PHARMACY].into_iter().zip(&mut standing) {
            let rows = (0..25).map(|n| of_chance(center.now(), format!("{day}/{n}"), &dice, taken));
            for row in rows.collect::<Vec<_>>() {
                let infno = match row.what {
                    RowWhat::Purchase { .. } => "3503",
                    RowWhat::Sale(_) => "3505A",
                    _ => "3506A",
                };
                let answer =
                    told(&center, who, &Command { infno, batch: true, rows: vec![row.clone()] }).await.unwrap();
                let good = answer.reply.rows[0].refusal.is_none();
                *tally.entry((infno, good)).or_default() += 1;
                if good && infno == "3505A" {
                    taken.push(row);
                }
            }
            if dice(8) == 0 {
                let lot = with(deleted(DataType::Sale), |row| row.fixmedins_bchno = "L2".to_owned());
                if told(&center, who, &single("3507", lot)).await.is_ok() {
                    taken.retain(|row| row.fixmedins_bchno != "L2");
                }
            }
        }
        center.clock.advance_seconds(86_400);
        audited(&center).await;
    }
    assert!(tally.len() == 6 && tally.values().all(|count| *count > 5), "{tally:?}");
}

async fn traced(center: &TestCenter, day: Option<lf_vocab::Day>) -> Result<usize, String> {
    let command = t3513_traces::Command {
        fixmedins_code: PHARMACY.parse().unwrap(),
        by: By::Lot(LOT.to_owned()),
        begndate: day,
        enddate: None,
        drug_trac_codg: None,
        psn_no: None,
    };
    let ctx = center.ctx(PHARMACY, "3513").await;
    match center.center.t3513_traces(&ctx, &command).await {
        Ok(answer) => Ok(answer.reply.rows.len()),
        Err(Failure::Refused(refusals)) => Err(refusals[0].code.clone()),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn so_many_boxes_are_traced_and_one_more_is_refused() {
    let center = TestCenter::new().await;
    let now = center.now();
    told(&center, PHARMACY, &single("3503", bought(now, "1", "2000", &[]))).await.unwrap();
    let boxes: Vec<u32> = (0..TRACES_MAX as u32).collect();
    told(&center, PHARMACY, &single("3505", sold(now, "v1", &TRACES_MAX.to_string(), false, &boxes))).await.unwrap();
    assert_eq!(traced(&center, None).await, Ok(TRACES_MAX));
    told(&center, PHARMACY, &single("3505", sold(now, "v2", "1", false, &[5_000]))).await.unwrap();
    assert_eq!(traced(&center, None).await, Err("RX-3513-02".to_owned()));
}

#[tokio::test]
async fn so_many_rows_are_looked_through_and_one_more_is_refused() {
    let center = TestCenter::new().await;
    let now = center.now();
    let batches = |from: usize, upto: usize| {
        let rows: Vec<_> = (from..upto).map(|n| bought(now, &format!("m{n}"), "1", &[])).collect();
        rows.chunks(ROWS_MAX)
            .map(|some| Command { infno: "3503", batch: true, rows: some.to_vec() })
            .collect::<Vec<_>>()
    };
    for batch in batches(0, MOVES_MAX) {
        told(&center, PHARMACY, &batch).await.unwrap();
    }
    assert_eq!(traced(&center, None).await, Ok(0), "purchases are no sales, but they are looked through");
    told(&center, PHARMACY, &batches(MOVES_MAX, MOVES_MAX + 1)[0]).await.unwrap();
    assert_eq!(traced(&center, None).await, Err("RX-3513-02".to_owned()));
}
