//! What the notices order, asked for over the wire: each test names the rows of the requirements that it proves.

use expect_test::expect;
use lf_http::Limits;
use lf_ports::{RegistryPut, Store as _};
use lf_vocab::Fen;
use lf_wire::Transaction::{self, *};
use lf_wire::client::Dialect;
use serde_json::{Value, json};

use crate::bad_envelope::Cases;
use crate::journey::Told;
use crate::messages::{self as m, Issued};
use crate::support::World;

async fn refused(world: &World, asked: &[(&str, Transaction, Value)]) -> String {
    let mut cases = Cases::new(world);
    for (name, transaction, data) in asked {
        let client = world.client_of(*transaction);
        let body = client.seal(Dialect::Official, world.now_ms(), &data.to_string());
        cases.case(name, client, transaction.method(), &body).await;
    }
    cases.done()
}

fn changed(mut data: Value, pointer: &str, value: Value) -> Value {
    *data.pointer_mut(pointer).unwrap() = value;
    data
}

/// A prescription that the pharmacy holds: issued, fetched.
async fn held(told: &mut Told<'_>, hosp_rxno: &str) -> (Issued, String) {
    let issued = told.issue(hosp_rxno).await;
    let token = told.fetch().await;
    (issued, token)
}

/// An agreement from 2024 up to and without a day.
fn until(day: &str) -> lf_vocab::Span<lf_vocab::Day> {
    lf_vocab::Span::new("2024-01-01".parse().unwrap(), Some(day.parse().unwrap())).unwrap()
}

#[tokio::test]
async fn only_an_institution_under_agreement_and_ready_takes_part() {
    // proves JX-2.6.1, JX-2.6.2
    let change = |edit: fn(&mut lf_ports::Fixmedins)| {
        move |registry: &mut Vec<RegistryPut>| {
            for row in registry {
                if let RegistryPut::Fixmedins(fixmedins) = row {
                    edit(fixmedins);
                }
            }
        }
    };
    let last_day = World::with(Limits::default(), change(|f| f.agreement = until("2026-05-12"))).await;
    last_day.good(Dialect::Official, T7101, &m::t7101(last_day.now(), "CF0001")).await;
    let ended = World::with(Limits::default(), change(|f| f.agreement = until("2026-05-11"))).await;
    let not_ready = World::with(Limits::default(), change(|f| f.circ_ready = false)).await;
    let mut told = String::new();
    for world in [ended, not_ready] {
        let now = world.now();
        let asked = [("7101", T7101, m::t7101(now, "CF0001")), ("7201", T7201, m::t7201())];
        told += &refused(&world, &asked).await;
    }
    expect![[r#"
        7101: 403 [RX-0000-03] 机构的医保定点协议不在有效期内（依据：赣医保字〔2024〕9号 二（六）1）
        7201: 403 [RX-0000-03] 机构的医保定点协议不在有效期内（依据：赣医保字〔2024〕9号 二（六）1）
        7101: 403 [RX-0000-04] 机构尚未完成电子处方流转接口改造（依据：赣医保字〔2024〕9号 二（六）2）
        7201: 403 [RX-0000-04] 机构尚未完成电子处方流转接口改造（依据：赣医保字〔2024〕9号 二（六）2）
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn a_doctor_is_told_every_objection_before_the_prescription_is_signed() {
    // proves JX-4.1.2
    let world = World::new().await;
    let good = m::t7101(world.now(), "CF0001");
    let mut bad = changed(good.clone(), "/mdtrtinfo/prscDrName", json!("无此人"));
    bad["rxdrugdetail"][0]["usedFrquName"] = json!("遵医嘱");
    bad["rxdrugdetail"][1]["medcDays"] = json!(8);
    bad["valiDays"] = json!(4);
    bad["valiEndTime"] = json!(world.now().plus_seconds(-1_800).plus_days(4).to_string());
    let mut six = good.clone();
    for _ in 0..4 {
        let line = six["rxdrugdetail"][0].clone();
        six["rxdrugdetail"].as_array_mut().unwrap().push(line);
    }
    let asked = [("several objections", T7101, bad), ("six drugs", T7101, six)];
    expect![[r#"
        several objections: 403 [RX-VAGUE-USE] 第1项苯磺酸氨氯地平片的用法用了“遵医嘱”“自用”一类含糊字句，请写明用法用量（依据：《处方管理办法》第六条第四项）；[RX-VALI-DAYS] 处方有效天数填写为4天，电子处方流转有效期是3天（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》三（一））；[RX-VALI-SPAN] 处方于2026-05-11 09:00:00开具，有效截止时间2026-05-15 09:00:00，超过最长3天（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》三（一））；[RX-DAYS-MAX] 第2项阿托伐他汀钙片用药8天，超过7日用量；需要更长用量的，应作为长期处方开具（长期处方标志填1）或注明理由（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》二（五））；[DR-NOT-REGISTERED] 开方医师不是本医疗机构依法注册的医保医师，不能开具流转处方（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》二（六）3）
        six drugs: 403 [RX-DRUGS-MAX] 处方开具了6种西药、中成药，每张处方不得超过5种，请分方开具（依据：《处方管理办法》第六条第七项）
    "#]].assert_eq(&refused(&world, &asked).await);
}

#[tokio::test]
async fn the_stock_of_the_hospital_is_never_asked() {
    // proves HB-1.7: the message says nothing of the hospital's own catalogue or shelf, and the drug is not on it.
    let world = World::new().await;
    let data = m::t7101(world.now(), "CF0001");
    assert!(data["rxdrugdetail"][0]["fixmedinsHilistId"].is_null());
    world.good(Dialect::Official, T7101, &data).await;
}

#[tokio::test]
async fn person_and_credential_must_match() {
    // proves JX-4.1.3b
    let world = World::new().await;
    let good = m::t7201();
    let rx = m::t7101(world.now(), "CF0001");
    let asked = [
        ("another name", T7201, changed(good.clone(), "/psnName", json!("程样宁"))),
        ("another certificate", T7201, changed(good.clone(), "/certno", json!("360902195610095040"))),
        ("an unknown certificate", T7201, changed(good.clone(), "/certno", json!("360902195610095041"))),
        ("another's token", T7201, changed(good.clone(), "/ecToken", json!("token-2"))),
        ("both credentials", T7201, {
            let mut data = good.clone();
            data["regSn"] = json!("1");
            data
        }),
        ("another name", T7101, changed(rx.clone(), "/mdtrtinfo/patnName", json!("程样宁"))),
        ("another number", T7101, changed(rx.clone(), "/mdtrtinfo/psnNo", json!("36090000002024000213"))),
        ("a wrong check digit", T7101, changed(rx, "/mdtrtinfo/certno", json!("360902197904165016"))),
    ];
    expect![[r#"
        another name: 403 [RX-0002-02] 姓名与参保信息不符（依据：赣医保字〔2024〕9号 四（一）3：人证相符）
        another certificate: 403 [RX-0002-02] 姓名与参保信息不符（依据：赣医保字〔2024〕9号 四（一）3：人证相符）
        an unknown certificate: 403 [RX-0002-01] 查无此参保人（依据：接口规范 1101）
        another's token: 403 [RX-0002-05] 医保电子凭证令牌无效（依据：接口规范 7201 ecToken）
        both credentials: 400 报文有1处错误：ecToken（电子凭证令牌）不能与regSn同时使用
        another name: 403 [RX-0002-02] 姓名与参保信息不符（依据：赣医保字〔2024〕9号 四（一）3：人证相符）
        another number: 403 [RX-0002-04] 医保人员编号与证件不符（依据：接口规范 1101）
        a wrong check digit: 403 [RX-7101-03] 居民身份证号码校验不通过（依据：接口规范 7101 certno）
    "#]]
    .assert_eq(&refused(&world, &asked).await);
}

#[tokio::test]
async fn nothing_is_reviewed_before_file_and_signature_are_proved() {
    // proves HB-2.1
    let world = World::new().await;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, token) = held(&mut told, "CF0001").await;
    let sn = "0".repeat(32);
    let good = m::t7205(&issued, &token);
    let asked = [
        ("review first", T7206, m::t7206(&issued.hi_rxno, &token, &sn, world.now())),
        ("another file", T7205, changed(good.clone(), "/rxFile", json!("JVBERi0xLjQKb3RoZXIK"))),
        ("another trace code", T7205, changed(good.clone(), "/rxTraceCode", json!("36090026051100000026"))),
        ("another token", T7205, changed(good.clone(), "/epcToken", json!("0".repeat(70)))),
    ];
    expect![[r#"
        review first: 403 [RX-7206-01] 处方尚未在本机构完成验签（依据：接口规范 7205：先验签后审核）
        another file: 403 [RX-7205-05] 处方文件与医保电子签名的文件不一致（依据：接口规范 7205 rxFile）
        another trace code: 403 [RX-7205-04] 处方追溯码与医保处方编号不符（依据：接口规范 7205 rxTraceCode）
        another token: 403 [RX-7205-02] 电子处方令牌与下载时不同（依据：接口规范 7205 epcToken）
    "#]]
    .assert_eq(&refused(&world, &asked).await);
    told.tell(T7205, good).await;
}

#[tokio::test]
async fn only_what_was_prescribed_is_sold() {
    // proves HB-2.4
    let world = World::new().await;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, token) = held(&mut told, "CF0001").await;
    let unseen = "0".repeat(30);
    let early = refused(&world, &[("before the review", T7207, m::t7207(&issued.hi_rxno, &unseen, world.now()))]).await;
    let sn = told.review(&issued, &token).await;
    let good = m::t7207(&issued.hi_rxno, &sn, world.now());
    let row = "/rxSaleDrugDetl/0";
    let mut one_less = good.clone();
    one_less["rxSaleDrugDetl"].as_array_mut().unwrap().pop();
    let asked = [
        ("another review", T7207, m::t7207(&issued.hi_rxno, &unseen, world.now())),
        ("another drug", T7207, {
            let data = changed(good.clone(), &format!("{row}/medListCodg"), json!(m::TADALAFIL));
            changed(data, &format!("{row}/drugGenname"), json!("他达拉非片"))
        }),
        ("one pack too many", T7207, {
            let mut data = good.clone();
            let mut row = data["rxSaleDrugDetl"][0].clone();
            row["drugTraceCodg"] = json!("81000100000000000002");
            data["rxSaleDrugDetl"].as_array_mut().unwrap().push(row);
            data
        }),
        ("no pack", T7207, changed(good.clone(), &format!("{row}/drugTotlcnt"), json!(0))),
        ("a drug less", T7207, one_less),
        ("no trace code", T7207, changed(good.clone(), &format!("{row}/drugTraceCodg"), Value::Null)),
        ("one trace code twice", T7207, {
            let code = good["rxSaleDrugDetl"][1]["drugTraceCodg"].clone();
            changed(good.clone(), &format!("{row}/drugTraceCodg"), code)
        }),
    ];
    let told_so = refused(&world, &asked).await;
    expect![[r#"
        before the review: 403 [RX-7207-01] 处方尚未在本机构通过药师审核（依据：赣医保字〔2024〕9号 三（三）；接口规范 7206）
        another review: 403 [RX-7207-02] 处方审核业务流水号不符（依据：接口规范 7207 rxChkBizSn）
        another drug: 403 [RX-7207-07] 药品XG04BET001A001010199901不在处方中（依据：鄂医保办〔2024〕32号 二；赣医保字〔2024〕9号 三（五））
        one pack too many: 403 [SALE-QUANTITY] 第1项苯磺酸氨氯地平片处方数量1，实际2，数量不一致，不能收银和刷卡（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》三（五））；[SALE-QUANTITY] 第3项苯磺酸氨氯地平片处方数量1，实际2，数量不一致，不能收银和刷卡（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》三（五））
        no pack: 403 [RX-7207-06] 药品XC08CAA901A001010199901的数量必须大于0（依据：接口规范 7207 drugTotlcnt）
        a drug less: 403 [SALE-INCOMPLETE] 处方中有1种药品没有买单，品种不一致，不能收银和刷卡（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》三（五））
        no trace code: 403 [TRAC-MISSING] 第1项苯磺酸氨氯地平片没有扫药品追溯码，不能进行医保结算（依据：《关于加强药品追溯码在医疗保障和工伤保险领域采集应用的通知》（报道））
        one trace code twice: 403 [RX-7207-08] 药品追溯码81000200000000000001在本次出库中重复（依据：接口规范 7207 drugTraceCodg）
    "#]].assert_eq(&format!("{early}{told_so}"));
    told.sell(&issued, &sn).await;
}

#[tokio::test]
async fn a_prescription_is_good_for_three_days_and_one_settlement() {
    // proves JX-3.1a
    let world = World::new().await;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, token) = held(&mut told, "CF0001").await;
    let sn = told.review(&issued, &token).await;
    told.sell(&issued, &sn).await;
    let now = world.now();
    let good = m::t2102(&issued.hi_rxno, now);
    let no_number = changed(good.clone(), "/drugdetail/0/rxno", Value::Null);
    let two_numbers = changed(good.clone(), "/drugdetail/1/rxno", json!("360900202605110000000000000024"));
    let before = refused(&world, &[("no number", T2102, no_number), ("two numbers", T2102, two_numbers)]).await;
    told.settle(&issued).await;
    let later = m::t2102(&issued.hi_rxno, world.now());
    let asked = [
        ("settled again", T2102, later.clone()),
        ("quoted again", T2101, later),
        ("sold again", T7207, m::t7207(&issued.hi_rxno, &sn, world.now())),
        ("revoked after settlement", T7104, m::t7104(&issued.hi_rxno, world.now())),
        ("sale undone after settlement", T7208, m::t7208(&issued.hi_rxno, "")),
    ];
    let after = refused(&world, &asked).await;
    let other = told.issue("CF0002").await;
    world.clock.forward(3 * 86_400);
    let list = told.tell(T7201, m::t7201()).await.data;
    assert_eq!(list["data"], json!([]), "an expired prescription is shown");
    let status = told.tell(T7105, m::question(&other.hi_rxno)).await.data;
    let told_so = format!("{before}{after}three days later: {} {}\n", status["rxStasCodg"], status["rxStasName"]);
    expect![[r#"
        no number: 400 报文有1处错误：drugdetail[1].rxno（处方号）在rx_circ_flag为1时必填
        two numbers: 403 [RX-2102-15] 一次结算只能对应一张处方（依据：赣医保字〔2024〕9号 三（一）单次结算）
        settled again: 403 [RX-2102-02] 处方已结算，不能再次结算（依据：赣医保字〔2024〕9号 三（一）单次结算）
        quoted again: 403 [RX-2102-02] 处方已结算，不能再次结算（依据：赣医保字〔2024〕9号 三（一）单次结算）
        sold again: 403 [RX-7207-03] 处方已出库，且本次内容与已上传的不同（依据：赣医保字〔2024〕9号 三（一）单次结算）
        revoked after settlement: 403 [RX-7104-04] 处方已结算，不能撤销（依据：接口规范 7104：仅限还未结算的处方）
        sale undone after settlement: 403 [RX-7208-05] 处方已结算，请通过结算撤销退费（依据：接口规范 7208：医保退费后明细自动撤销）
        three days later: "2" "已失效"
    "#]].assert_eq(&told_so);
}

#[tokio::test]
async fn a_refund_goes_back_the_way_it_came() {
    // proves JX-3.5b
    let world = World::new().await;
    let pool = "360900".parse().unwrap();
    let balance = async || world.store.acct(pool, &m::PSN_NO.parse().unwrap()).await.unwrap().balc;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, token) = held(&mut told, "CF0001").await;
    let sn = told.review(&issued, &token).await;
    told.sell(&issued, &sn).await;
    assert_eq!(balance().await, Fen::new(325_000));
    let (setl_id, mdtrt_id) = told.settle(&issued).await;
    assert_eq!(balance().await, Fen::new(325_000 - 3_430));
    let paid = told.answers.last().unwrap().1.data["setlinfo"].clone();
    let back = told.tell(T2103, m::t2103(&setl_id, &mdtrt_id)).await.data["setlinfo"].clone();
    assert_eq!(balance().await, Fen::new(325_000));
    let fen = |value: &Value| value.to_string().parse::<Fen>().unwrap();
    for name in ["medfee_sumamt", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "psn_cash_pay", "act_pay_dedc"] {
        assert_eq!(fen(&back[name]), fen(&paid[name]).negated(), "{name}");
    }
    // The boxes are free again, and the prescription is over: another one may take the same boxes.
    let closed = refused(&world, &[("settled again", T2102, m::t2102(&issued.hi_rxno, world.now()))]).await;
    expect![[r#"
        settled again: 403 [RX-2102-02] 处方已结算，不能再次结算（依据：赣医保字〔2024〕9号 三（一）单次结算）
    "#]]
    .assert_eq(&closed);
    let (other, token) = held(&mut told, "CF0002").await;
    let sn = told.review(&other, &token).await;
    told.sell(&other, &sn).await;
    world.audited().await;
}
