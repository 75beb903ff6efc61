//! One list of cases, good and bad, from the first message of a prescription to the undoing of its settlement, told in every
//! dialect: what is answered is the same in all of them, to the word.

use expect_test::expect;
use lf_wire::Transaction::{self, *};
use serde_json::{Value, json};

use crate::gateway_client::Speech;
use crate::journey::Told;
use crate::messages as m;
use crate::support::World;

/// What was said, a line a message, and the payloads of the good ones.
#[derive(Default)]
struct Heard {
    lines: String,
    payloads: Vec<Value>,
}

/// Sends a message that is refused.
async fn bad(world: &World, speech: Speech, heard: &mut Heard, transaction: Transaction, data: Value) {
    let written = world.written();
    let answer = world.call(speech, transaction, &data).await;
    assert_ne!(answer.code, 0, "{speech:?} {transaction}: {data}");
    assert_eq!(world.written(), written, "{speech:?} {transaction}: a refusal stores nothing");
    heard.lines += &format!("{transaction} {}\n", answer.message);
}

fn with(mut data: Value, pointer: &str, value: Value) -> Value {
    *data.pointer_mut(pointer).unwrap() = value;
    data
}

async fn cases(speech: Speech) -> Heard {
    let (world, mut heard) = (World::speaking(speech).await, Heard::default());
    let (mut told, now) = (Told::new(&world, speech), world.now());
    bad(&world, speech, &mut heard, T7101, json!({ "hospRxno": "CF0001" })).await;
    let issued = told.issue("CF0001").await;
    let other = with(m::t7101(now, "CF0001"), "/mdtrtinfo/iptOtpNo", json!("MZ0002"));
    bad(&world, speech, &mut heard, T7101, other).await;
    bad(&world, speech, &mut heard, T7105, m::question("360900202605110000000000000000")).await;
    bad(&world, speech, &mut heard, T7204, m::t7204("x", "1")).await;
    let token = told.fetch().await;
    bad(&world, speech, &mut heard, T7207, m::t7207(&issued.hi_rxno, "1", world.now())).await;
    let sn = told.review(&issued, &token).await;
    bad(&world, speech, &mut heard, T2102, m::t2102(&issued.hi_rxno, world.now())).await;
    told.sell(&issued, &sn).await;
    told.tell(T2101, m::t2102(&issued.hi_rxno, world.now())).await;
    bad(&world, speech, &mut heard, T2103, m::t2103("1", "1")).await;
    let settlement = m::t2102(&issued.hi_rxno, world.now());
    let answer = told.tell(T2102, settlement.clone()).await;
    let id = |name: &str| answer.data["setlinfo"][name].as_str().unwrap().to_owned();
    let (setl_id, mdtrt_id) = (id("setl_id"), id("mdtrt_id"));
    bad(
        &world,
        speech,
        &mut heard,
        T2102,
        with(settlement.clone(), "/druginfo/begntime", json!("2026-05-11 08:00:00")),
    )
    .await;
    told.tell(T7107, m::question(&issued.hi_rxno)).await;
    let undo = |psn_no: &str| json!({ "psn_no": psn_no, "omsgid": setl_id, "oinfno": "2102" });
    let number = |answer: Value| answer["setlinfo"]["medins_setl_id"].as_str().unwrap_or_default().to_owned();
    let mut ask = json!({ "psn_no": m::PSN_NO, "setl_id": setl_id, "mdtrt_id": mdtrt_id });
    let shown = world.good(speech, T5203, &ask).await;
    // On the gateway front the settlement has the number of the message that made it, and 2601 names it by that.
    let omsgid = number(shown.data.clone());
    ask["setl_id"] = json!(omsgid);
    assert_eq!(world.good(speech, T5203, &ask).await.data, shown.data);
    let undo = |psn_no: &str| with(undo(psn_no), "/omsgid", json!(omsgid));
    bad(&world, speech, &mut heard, T2601, undo("36090000002024000213")).await;
    bad(&world, speech, &mut heard, T2601, with(undo(m::PSN_NO), "/oinfno", json!("2304"))).await;
    assert_eq!(shown.data["setlinfo"]["refd_setl_flag"], "0");
    told.tell(T2601, undo(m::PSN_NO)).await;
    told.tell(T2601, undo(m::PSN_NO)).await;
    assert_eq!(world.good(speech, T5203, &ask).await.data["setlinfo"]["refd_setl_flag"], "1");
    bad(&world, speech, &mut heard, T2102, settlement).await;
    bad(&world, speech, &mut heard, T2103, m::t2103(&setl_id, &mdtrt_id)).await;
    bad(&world, speech, &mut heard, T7208, m::t7208(&issued.hi_rxno, "1")).await;
    world.audited().await;
    for (transaction, answer) in told.answers {
        heard.lines += &format!("{transaction} {}\n", answer.message);
        heard.payloads.push(answer.data);
    }
    heard
}

#[tokio::test]
async fn good_and_bad_cases_are_answered_the_same_in_every_dialect() {
    // proves JX-3.5b
    let official = cases(Speech::ALL[0]).await;
    for speech in &Speech::ALL[1..] {
        let other = cases(*speech).await;
        assert_eq!(other.lines, official.lines, "{speech:?}");
        assert_eq!(other.payloads, official.payloads, "{speech:?}");
    }
    expect![[r#"
        7101 报文有11处错误：mdtrtCertType（就诊凭证类型）必填；bizTypeCode（业务类型代码）必填；rxTypeCode（处方类别代码）必填；prscTime（开方时间）必填；rxDrugCnt（药品类目数）必填；valiDays（处方有效天数）必填；valiEndTime（有效截止时间）必填；rxCotnFlag（续方标志）必填；rxdrugdetail（处方药品明细）必填；mdtrtinfo（就诊信息）必填；diseinfo（诊断信息）必填
        7101 [RX-0001-01] 该编号的报文已受理，且本次内容与已受理的不同（依据：接口规范：同一编号不可重复使用）
        7105 报文有1处错误：hiRxno（医保处方号）校验位不正确
        7204 [RX-7204-01] 电子处方令牌不存在（依据：接口规范 7204 epcToken）
        7207 [RX-7207-01] 处方尚未在本机构通过药师审核（依据：赣医保字〔2024〕9号 三（三）；接口规范 7206）
        2102 [RX-2102-06] 处方尚未上传销售出库明细（依据：接口规范 7207）
        2103 [RX-2103-01] 本机构查无此结算（依据：接口规范 2103 setl_id）
        2102 [RX-2102-02] 处方已结算，不能再次结算（依据：赣医保字〔2024〕9号 三（一）单次结算）
        2601 [RX-2103-02] 人员编号与结算不符（依据：接口规范 2103 psn_no）
        2601 [RX-2601-02] 交易2304尚未开通，没有可冲正的数据（依据：接口规范 2601 oinfno）
        2102 [RX-2102-04] 处方已退费并关闭，请重新开具处方（依据：赣医保字〔2024〕9号 三（一）单次结算）
        2103 [RX-2103-04] 结算已撤销（依据：接口规范 2103）
        7208 [RX-7208-01] 处方没有可撤销的出库明细（依据：接口规范 7208）
        7101 成功
        7102 成功
        7103 成功。提醒：[RX-NO-CONSENT] 没有收到患者同意处方流转的记录，请确认已征得患者同意（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》三（二））
        7201 成功
        7204 成功
        7205 成功
        7206 成功
        7207 成功
        2101 成功
        2102 成功
        7107 成功
        2601 成功
        2601 成功
    "#]].assert_eq(&official.lines);
}
