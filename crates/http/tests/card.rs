//! The 社会保障卡 as credential, over HTTP and in every dialect: a prescription that was written with the card is paid with it.

use expect_test::expect;
use lf_wire::Transaction::{self, *};
use serde_json::{Value, json};

use crate::gateway_client::Speech;
use crate::journey::{Told, text};
use crate::messages::{self as m, Issued};
use crate::support::World;

/// The bill with the card in the place of the token.
fn with_card(mut bill: Value) -> Value {
    let info = &mut bill["druginfo"];
    (info["mdtrt_cert_type"], info["mdtrt_cert_no"]) = ("03".into(), m::SSCNO.into());
    info["card_sn"] = m::CARD_SN.into();
    bill
}

fn with(mut data: Value, pointer: (&str, &str), value: Value) -> Value {
    data.pointer_mut(pointer.0).unwrap()[pointer.1] = value;
    data
}

async fn bad(world: &World, speech: Speech, heard: &mut String, transaction: Transaction, data: Value) {
    let written = world.written();
    let answer = world.call(speech, transaction, &data).await;
    assert_ne!(answer.code, 0, "{speech:?} {transaction}: {data}");
    assert_eq!(world.written(), written, "{speech:?} {transaction}: a refusal stores nothing");
    assert!(!answer.message.contains(m::SSCNO) && !answer.message.contains(m::CARD_SN), "{}", answer.message);
    *heard += &format!("{transaction} {}\n", answer.message);
}

async fn paid(speech: Speech) -> String {
    let (world, mut heard) = (World::speaking(speech).await, String::new());
    let (mut told, now) = (Told::new(&world, speech), world.now());
    let mut written = m::t7101(now, "CF0001");
    (written["mdtrtCertType"], written["mdtrtCertNo"]) = ("03".into(), m::SSCNO.into());
    (written["cardSn"], written["ecToken"]) = (m::CARD_SN.into(), Value::Null);
    for (name, value) in [("mdtrtCertNo", json!("J1")), ("cardSn", json!("1")), ("cardSn", Value::Null)] {
        bad(&world, speech, &mut heard, T7101, with(written.clone(), ("", name), value)).await;
    }
    let answer = told.tell(T7101, written).await;
    let issued = Issued { hi_rxno: text(&answer, "/hiRxno"), rx_trace_code: text(&answer, "/rxTraceCode") };
    let answer = told.tell(T7102, m::t7102(&issued, now)).await;
    told.tell(T7103, m::t7103(&issued, now, &text(&answer, "/signDigest"))).await;
    let token = told.fetch().await;
    let sn = told.review(&issued, &token).await;
    told.sell(&issued, &sn).await;
    let bill = with_card(m::t2102(&issued.hi_rxno, world.now()));
    for (name, value) in [
        ("card_sn", json!("1")),
        ("card_sn", json!("")),
        ("card_sn", json!("1".repeat(33))),
        ("mdtrt_cert_no", json!("J36092408")),
        ("mdtrt_cert_type", json!("04")),
    ] {
        bad(&world, speech, &mut heard, T2102, with(bill.clone(), ("/druginfo", name), value)).await;
    }
    let quoted = told.tell(T2101, bill.clone()).await.data["setlinfo"].clone();
    let setl = told.tell(T2102, bill.clone()).await.data["setlinfo"].clone();
    assert_eq!((&setl["mdtrt_cert_type"], &setl["psn_no"]), (&json!("03"), &json!(m::PSN_NO)));
    assert_eq!(setl["acct_pay"], quoted["acct_pay"]);
    let back = m::t2103(setl["setl_id"].as_str().unwrap(), setl["mdtrt_id"].as_str().unwrap());
    told.tell(T2103, back).await;
    world.audited().await;
    heard
}

#[tokio::test]
async fn a_prescription_is_paid_with_the_card_in_every_dialect() {
    // proves JX-4.1.3b
    let official = paid(Speech::ALL[0]).await;
    for speech in &Speech::ALL[1..] {
        assert_eq!(paid(*speech).await, official, "{speech:?}");
    }
    expect![[r#"
        7101 [RX-0002-08] 社会保障卡卡号或卡识别码不符（依据：接口规范 1101、2102、7101 card_sn）
        7101 [RX-0002-08] 社会保障卡卡号或卡识别码不符（依据：接口规范 1101、2102、7101 card_sn）
        7101 报文有1处错误：cardSn（卡识别码）在mdtrtCertType为03时必填
        2102 [RX-0002-08] 社会保障卡卡号或卡识别码不符（依据：接口规范 1101、2102、7101 card_sn）
        2102 报文有1处错误：druginfo.card_sn（卡识别码）在mdtrt_cert_type为03时必填
        2102 报文有1处错误：druginfo.card_sn（卡识别码）长度为33，最多32个字符
        2102 [RX-0002-08] 社会保障卡卡号或卡识别码不符（依据：接口规范 1101、2102、7101 card_sn）
        2102 报文有1处错误：druginfo.mdtrt_cert_type（就诊凭证类型）的代码不在字典mdtrt_cert_type（就诊凭证类型）内
    "#]]
    .assert_eq(&official);
}
