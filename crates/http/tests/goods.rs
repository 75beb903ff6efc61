//! 进销存 on the gateway front: rows as real tills send them, their defects told, and nothing moved by what is refused.

use expect_test::expect;
use lf_center::t3501_goods::ROWS_MAX;
use lf_ports::StockStore as _;
use serde_json::{Value, json};

use crate::gateway_client::{Raw, msgid};
use crate::messages as m;
use crate::support::{Client, World};

const LOT: &str = "PC1";

fn goods() -> Value {
    json!({
        "med_list_codg": "NMLC999", "fixmedins_hilist_id": "YP1", "fixmedins_hilist_name": "样例药片", "rx_flag": "0",
        "fixmedins_bchno": LOT, "manu_lotnum": "260105", "manu_date": "2026-01-05", "expy_end": "2026-05-11",
    })
}

fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

fn purchase(cnt: &str) -> Value {
    let more = json!({
        "spler_name": "样例医药", "prodentp_name": "样例制药", "aprvno": "国药准字H20260001", "purc_retn_cnt": cnt,
        "finl_trns_pric": "12.5", "purc_retn_stoin_time": "2026-05-11 09:00:00", "purc_retn_opter_name": "王样采",
    });
    json!({ "purcinfo": with(goods(), more) })
}

fn sale(visit: &str, cnt: &str, boxes: &[&str]) -> Value {
    let codes: Vec<_> = boxes.iter().map(|code| json!({ "drug_trac_codg": code })).collect();
    let more = json!({
        "prsc_dr_name": "刘医诚", "phar_name": "周药诚", "phar_prac_cert_no": "ZY1", "hi_feesetl_type": "0",
        "mdtrt_sn": visit, "trdn_flag": "0", "rtal_docno": visit, "sel_retn_cnt": cnt, "finl_trns_pric": 15.5,
        "sel_retn_time": "2026-05-11 09:10:00", "sel_retn_opter_name": "李样售", "drug_prod_barc": "NDPB999",
        "MDTRT_SETL_TYPE": "2", "psn_name": "章样康", "drugtracinfo": codes,
    });
    with(goods(), more)
}

fn returned(visit: &str, cnt: &str, boxes: &[&str]) -> Value {
    let mut row = sale(visit, cnt, boxes);
    let object = row.as_object_mut().unwrap();
    for name in [
        "prsc_dr_name",
        "phar_name",
        "phar_prac_cert_no",
        "hi_feesetl_type",
        "rtal_docno",
        "drug_prod_barc",
        "MDTRT_SETL_TYPE",
    ] {
        object.remove(name);
    }
    row
}

async fn send(world: &World, infno: &str, input: &Value) -> Raw {
    let number = msgid(world, m::PHARMACY);
    world.input(&world.pharmacy, infno, &number, input).await
}

async fn balance(world: &World) -> i64 {
    let lots = world.store.stock_lots(&m::PHARMACY.parse().unwrap(), &[LOT]).await.unwrap();
    lots[0].as_ref().map_or(0, |lot| lot.lot.balance())
}

#[tokio::test]
async fn a_day_of_goods() {
    let world = World::new().await;
    let good = async |infno: &str, input: Value| {
        let raw = send(&world, infno, &input).await;
        assert_eq!((raw.infcode(), raw.err_msg()), (0, ""), "{infno}");
        raw.output()
    };
    assert_eq!(good("3503", purchase("5")).await, Value::Null);
    let boxes = ["80000000000000000001", "80000000000000000002"];
    let sold = good("3505A", json!({ "selinfoDetail": [sale("v1", "2", &boxes), sale("v2", "1", &boxes[..1])] })).await;
    let rows = sold["selinfoDetail"].as_array().unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row["retRslt"].as_str(), row["msgRslt"].as_str().unwrap())).collect();
    let why = "追溯码80000000000000000001已有销售记录，不能再次入库或销售（RX-3500-19，一盒药品的追溯码只应有一次被扫码销售的记录）";
    assert_eq!(told, [(Some("1"), ""), (Some("0"), why)]);
    assert_eq!(
        (&rows[0]["psn_name"], &rows[0]["sel_retn_cnt"]),
        (&json!("章样康"), &json!(2)),
        "a row comes back as told"
    );
    assert_eq!(balance(&world).await, 3);
    let traces = good("3513", json!({ "data": { "fixmedins_code": m::PHARMACY, "fixmedins_bchno": LOT } })).await;
    let shown = traces["data"].as_array().unwrap();
    assert_eq!(shown.len(), 2);
    assert_eq!((&shown[1]["drugTracCodg"], &shown[1]["mdtrtId"]), (&json!(boxes[1]), &json!("v1")));
    // A single object where a list belongs, and the batch of returns tells what it did not take.
    let mut one = returned("v1", "1", &[]);
    one["drugtracinfo"] = json!({ "drug_trac_codg": boxes[0] });
    let back = good("3506A", json!({ "selinfoDetail": [one, returned("v9", "1", &boxes[1..])] })).await;
    let refused = back["selinfoErrDetail"].as_array().unwrap();
    assert_eq!((refused.len(), &refused[0]["retRslt"]), (1, &json!("0")), "{back}");
    assert_eq!(balance(&world).await, 4);
    let number = json!({ "data": {
        "med_list_codg": "NMLC999", "fixmedins_hilist_id": "YP1", "fixmedins_hilist_name": "样例药片", "fixmedins_bchno": LOT,
    } });
    let number = good("3592B", number).await;
    assert!(number["result"]["drug_trac_codg"].as_str().unwrap().starts_with("XN"), "{number}");
    good("3507", json!({ "data": { "fixmedins_bchno": LOT, "inv_data_type": "4" } })).await;
    assert_eq!(balance(&world).await, 5);
}

#[tokio::test]
async fn bad_rows_are_told_and_move_nothing() {
    let world = World::new().await;
    assert_eq!(send(&world, "3503", &purchase("5")).await.infcode(), 0);
    let written = world.written();
    let row = |more: Value| json!({ "selinfo": with(sale("v1", "1", &["80000000000000000001"]), more) });
    let six: Vec<_> = (0..6).map(|n| json!({ "drug_trac_codg": format!("8000000000000000001{n}") })).collect();
    let mut said = String::new();
    for (name, input) in [
        ("negative", row(json!({ "sel_retn_cnt": "-1" }))),
        ("nothing", row(json!({ "sel_retn_cnt": 0 }))),
        ("half a pack", row(json!({ "sel_retn_cnt": "0.5" }))),
        ("five places", row(json!({ "sel_retn_cnt": "1.00001" }))),
        ("huge", row(json!({ "sel_retn_cnt": "100000000" }))),
        ("no number", row(json!({ "sel_retn_cnt": "一盒" }))),
        ("split without a unit", row(json!({ "trdn_flag": "1" }))),
        ("more than there is", row(json!({ "sel_retn_cnt": "6", "drugtracinfo": six }))),
        ("fewer codes than packs", row(json!({ "sel_retn_cnt": "2" }))),
        (
            "a code twice",
            row(json!({ "sel_retn_cnt": "2", "drugtracinfo": [
            { "drug_trac_codg": "80000000000000000001" }, { "drug_trac_codg": "80000000000000000001" }] })),
        ),
        ("another's lot", row(json!({ "fixmedins_bchno": "PC2" }))),
        ("another goods", row(json!({ "manu_lotnum": "260106" }))),
        ("not yet", row(json!({ "sel_retn_time": "2026-05-12 00:00:00" }))),
        ("no lot", row(json!({ "fixmedins_bchno": "" }))),
        ("no prescription of ours", row(json!({ "rx_circ_flag": "1", "rxno": "CF1" }))),
        ("an unknown kind", json!({ "data": { "fixmedins_bchno": LOT, "inv_data_type": "5" } })),
    ] {
        let infno = if name == "an unknown kind" { "3507" } else { "3505" };
        let raw = send(&world, infno, &input).await;
        assert_eq!(raw.infcode(), -1, "{name}");
        said += &format!("{name}: {}\n", raw.err_msg());
    }
    expect![[r#"
        negative: 报文有1处错误：selinfo.sel_retn_cnt（销售/退货数量）不能为负数
        nothing: [RX-3500-01] 数量应大于0（依据：接口规范 3501–3506 数量）
        half a pack: [RX-3500-04] 数量不是最小单位的整数倍；整盒按包装数、拆零按最小制剂单位数填写（依据：接口规范 最小计价包装单位）
        five places: 报文有1处错误：selinfo.sel_retn_cnt（销售/退货数量）最多4位小数
        huge: [RX-3500-02] 数量超过单行上限10000000（依据：本中心 数量上限）
        no number: 报文有1处错误：selinfo.sel_retn_cnt（销售/退货数量）不是十进制数字
        split without a unit: [RX-3500-03] 该药品没有最小制剂单位与包装的换算关系，不能拆零（依据：接口规范 trdn_flag）
        more than there is: [RX-3500-15] 该批次账面库存不足（依据：赣医保字〔2024〕9号 一（五）票账货一致）
        fewer codes than packs: [RX-3500-10] 整盒2盒，追溯码1个，应当一盒一码（依据：一盒一码）
        a code twice: [RX-3500-08] 追溯码80000000000000000001在本次上传中重复（依据：接口规范 drugtracinfo）
        another's lot: [RX-3500-11] 本机构没有批次PC2，请先上传采购或盘存（依据：接口规范 fixmedins_bchno）
        another goods: [RX-3500-12] 该批次流水号已用于另一商品：生产批号不同（依据：接口规范 fixmedins_bchno）
        not yet: [RX-3500-06] 业务时间晚于当前时间（依据：接口规范 业务时间）
        no lot: 报文有1处错误：selinfo.fixmedins_bchno（定点医药机构批次流水号）必填
        no prescription of ours: [RX-3505-01] 处方号不是本机构已出库的电子处方；电子处方请先上传7207，纸质处方的外购处方标志填0（依据：接口规范 3505 rxno）
        an unknown kind: 报文有1处错误：inv_data_type（进销存数据类型）的代码不在字典inv_data_type（进销存数据类型）内
    "#]].assert_eq(&said);
    assert_eq!((world.written(), balance(&world).await), (written, 5), "something moved");
    world.clock.forward(86_400);
    let raw = send(&world, "3505", &row(json!({ "sel_retn_time": "2026-05-12 09:00:00" }))).await;
    assert!(raw.err_msg().contains("有效期至2026-05-11，过期药品不得销售"), "{}", raw.err_msg());
}

#[tokio::test]
async fn a_batch_has_so_many_rows_and_not_one_more() {
    let world = World::new().await;
    let rows = |count: usize| {
        let one = |n: usize| sale(&format!("v{n}"), "1", &[]);
        json!({ "selinfoDetail": (0..count).map(one).collect::<Vec<_>>() })
    };
    let full = send(&world, "3505A", &rows(ROWS_MAX)).await;
    assert_eq!((full.infcode(), full.output()["selinfoDetail"].as_array().unwrap().len()), (0, ROWS_MAX));
    let past = send(&world, "3505A", &rows(ROWS_MAX + 1)).await;
    assert_eq!(past.infcode(), -1);
    assert!(past.err_msg().contains("500"), "{}", past.err_msg());
    assert_eq!(balance(&world).await, 0);
}

#[tokio::test]
async fn a_msgid_is_one_messages_and_the_same_message_is_the_same_answer() {
    let world = World::new().await;
    let client: &Client = &world.pharmacy;
    let number = msgid(&world, m::PHARMACY);
    let first = world.input(client, "3503", &number, &purchase("5")).await;
    let again = world.input(client, "3503", &number, &purchase("5")).await;
    assert_eq!((first.infcode(), again.infcode(), balance(&world).await), (0, 0, 5));
    let other = world.input(client, "3503", &number, &purchase("6")).await;
    assert!(other.err_msg().contains("RX-0001-02"), "{}", other.err_msg());
    assert_eq!(balance(&world).await, 5);
}

#[tokio::test]
async fn batches_say_of_each_row_what_became_of_it() {
    // proves JX-1.6b: many rows of one day in one message
    let world = World::new().await;
    let good = async |infno: &str, input: Value| {
        let raw = send(&world, infno, &input).await;
        assert_eq!(raw.infcode(), 0, "{infno}: {raw:?}");
        raw.output()
    };
    let lot = |base: Value, lot: &str| with(base, json!({ "fixmedins_bchno": lot }));
    let bought = |cnt: &str| purchase(cnt)["purcinfo"].clone();
    let file = json!([{ "fixmedins_bchno": LOT, "file_data": "JVBERi0xLjQK", "file_name": "随货单.pdf" }]);
    let first = with(bought("5"), json!({ "purc_invo_file_List": file }));
    let half = lot(bought("0.5"), "PC2");
    let told = good("3503A", json!({ "purcinfoDetail": [first, half] })).await;
    let rows = told["purcinfoDetail"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["retRslt"], &rows[1]["retRslt"]), (2, &json!("1"), &json!("0")), "every row");
    assert_eq!(rows[0]["medins_prod_purc_no"].as_str().unwrap().len(), 30);
    assert_eq!(balance(&world).await, 5);
    let changed = |cnt: &str, lotno: &str| {
        let more = json!({
            "inv_chg_type": "105", "pric": "12.5", "cnt": cnt, "inv_chg_time": "2026-05-11 09:05:00",
            "drugtracinfo": [{ "drug_trac_codg": "80000000000000000009" }], "trac_codg_pac_hery": "1",
        });
        let mut row = lot(with(goods(), more), lotno);
        for name in ["manu_lotnum", "manu_date", "expy_end"] {
            row.as_object_mut().unwrap().remove(name);
        }
        row
    };
    let told = good("3502A", json!({ "invinfoDetail": [changed("1", LOT), changed("1", "PC9")] })).await;
    let rows = told["invinfoErrDetail"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["fixmedins_bchno"]), (1, &json!("PC9")), "those not taken");
    assert_eq!(balance(&world).await, 4);
    let back = with(bought("1"), json!({ "purc_invo_no": "F1" }));
    let told = good(
        "3504A",
        json!({ "purcinfoDetail": [back.clone(), with(back, json!({ "purc_retn_cnt": "9", "purc_invo_no": "F2" }))] }),
    )
    .await;
    assert_eq!(told["purcinfoErrDetail"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(balance(&world).await, 3);
    // 3501A has no answer by row: one that is refused refuses the message, and nothing of it is kept.
    let count = |cnt: &str, lotno: &str| {
        lot(with(goods(), json!({ "invdate": "2026-05-11", "inv_cnt": cnt, "pric": "12.5" })), lotno)
    };
    let written = world.written();
    let raw = send(&world, "3501A", &json!({ "invinfoDetail": [count("3", LOT), count("0.3", "PC3")] })).await;
    assert_ne!(raw.infcode(), 0);
    assert_eq!(world.written(), written);
    good("3501A", json!({ "invinfoDetail": [count("3", LOT), count("2", "PC3")] })).await;
    let lots = world.store.stock_lots(&m::PHARMACY.parse().unwrap(), &[LOT, "PC3"]).await.unwrap();
    let counted = |at: usize| lots[at].as_ref().unwrap().lot.counted.map(|counted| counted.found);
    assert_eq!((counted(0), counted(1)), (Some(3), Some(2)));
    let gone = |data: &str| json!({ "fixmedins_bchno": LOT, "inv_data_type": data });
    let told = good("3507A", json!({ "goodDetail": [gone("2"), gone("4"), gone("2")] })).await;
    let rows = told["goodErrDetail"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "no sales stand, and the same row again is the same answer: {told}");
    assert_eq!(balance(&world).await, 4);
    world.audited().await;
}

#[tokio::test]
async fn what_was_told_is_asked_for_again() {
    let world = World::new().await;
    let mut first = purchase("1");
    first["purcinfo"]["drugtracinfo"] = json!([{ "drug_trac_codg": "80000000000000000001" }]);
    let taken = send(&world, "3503", &first).await;
    assert_eq!(taken.infcode(), 0, "{taken:?}");
    let sold = json!({ "selinfo": sale("v1", "1", &["80000000000000000001"]) });
    let taken = send(&world, "3505", &sold).await;
    assert_eq!(taken.infcode(), 0, "{taken:?}");
    let base = json!({
        "fixmedins_code": m::PHARMACY, "fixmedins_bchno": LOT, "begndate": "2026-05-11", "enddate": "2026-05-11",
    });
    let asked = async |infno: &str, more: Value| {
        let raw = send(&world, infno, &json!({ "data": with(base.clone(), more) })).await;
        assert_eq!(raw.infcode(), 0, "{infno}: {raw:?}");
        raw.output()["data"].as_array().unwrap().clone()
    };
    let bought = asked("3510", json!({})).await;
    assert_eq!(bought.len(), 1);
    let row = &bought[0];
    assert_eq!(
        (&row["splerName"], &row["prodRetnFlag"], &row["valiFlag"]),
        (&json!("样例医药"), &json!("0"), &json!("1"))
    );
    assert_eq!(row["medinsProdPurcNo"].as_str().unwrap().len(), 30);
    let sales = asked("3511", json!({})).await;
    assert_eq!((sales.len(), &sales[0]["psnName"]), (1, &json!("章样康")), "{sales:?}");
    let boxes = asked("3512", json!({})).await;
    assert_eq!((boxes.len(), &boxes[0]["drugTracCodg"]), (1, &json!("80000000000000000001")));
    for (infno, more, rows) in [
        ("3508", json!({}), 0),
        ("3509", json!({}), 0),
        ("3510", json!({ "spler_name": "样例医药" }), 1),
        ("3510", json!({ "spler_name": "别家" }), 0),
        ("3510", json!({ "crter_name": "某人" }), 0),
        ("3510", json!({ "begndate": "2026-05-12", "enddate": "2026-05-12" }), 0),
        ("3512", json!({ "drug_trac_codg": "80000000000000000002" }), 0),
    ] {
        assert_eq!(asked(infno, more.clone()).await.len(), rows, "{infno} {more}");
    }
    assert_eq!(
        send(&world, "3507", &json!({ "data": { "fixmedins_bchno": LOT, "inv_data_type": "4" } })).await.infcode(),
        0
    );
    assert_eq!(asked("3511", json!({})).await.len(), 0, "deleted");
    let gone = asked("3511", json!({ "vali_flag": "0" })).await;
    assert_eq!((gone.len(), &gone[0]["valiFlag"]), (1, &json!("0")));
    let back = send(&world, "3510", &json!({ "data": with(base.clone(), json!({ "enddate": "2026-05-10" })) })).await;
    assert_ne!(back.infcode(), 0, "the end before the beginning");
}
