//! One prescription through every built transaction, over sealed messages in each dialect; the payloads are the
//! same in all of them, and those of the official one stand below as the interface shows them.

use expect_test::{ExpectFile, expect_file};
use lf_wire::Transaction::{self, *};
use lf_wire::client::Dialect;
use lf_wire::gateway::client::GatewayDialect;
use serde_json::Value;

use crate::gateway_client::Speech;
use crate::journey::{Told, text};
use crate::messages as m;
use crate::support::{Answer, World, envelope};

async fn whole_life(dialect: impl Into<Speech>) -> Vec<(Transaction, Answer)> {
    let world = World::new().await;
    let mut told = Told::new(&world, dialect);
    let issued = told.issue("CF0001").await;
    let question = m::question(&issued.hi_rxno);
    told.tell(T7105, question.clone()).await;
    let epc_token = told.fetch().await;
    let rx_chk_biz_sn = told.review(&issued, &epc_token).await;
    told.tell(T7106, question.clone()).await;
    told.sell(&issued, &rx_chk_biz_sn).await;
    told.tell(T2101, m::t2102(&issued.hi_rxno, world.now())).await;
    let (setl_id, mdtrt_id) = told.settle(&issued).await;
    told.tell(T7209, m::t7209(&issued.hi_rxno, world.now())).await;
    told.tell(T7210, m::t7210(&issued.hi_rxno, world.now())).await;
    told.tell(T7107, question).await;
    told.tell(T2103, m::t2103(&setl_id, &mdtrt_id)).await;
    world.audited().await;
    told.answers
}

fn pretty(answers: &[(Transaction, Answer)], transaction: Transaction) -> String {
    let (_, answer) = answers.iter().find(|(told, _)| *told == transaction).unwrap();
    format!("{}\n{}", answer.message, serde_json::to_string_pretty(&answer.data).unwrap())
}

#[tokio::test]
async fn a_prescription_lives_the_same_in_every_dialect() {
    let official = whole_life(Dialect::Official).await;
    for dialect in [Dialect::Sorted, Dialect::Cipher] {
        let other = whole_life(dialect).await;
        assert_eq!(official.len(), other.len());
        for ((transaction, want), (_, got)) in official.iter().zip(&other) {
            assert_eq!(got, want, "{transaction} in dialect {}", dialect.letter());
        }
    }
    for dialect in [GatewayDialect::Plain, GatewayDialect::Signed] {
        let other = whole_life(dialect).await;
        assert_eq!(official.len(), other.len());
        for ((transaction, want), (_, got)) in official.iter().zip(&other) {
            // The same but for the order of keys, which the helper does not keep.
            assert_eq!((got.code, &got.message), (want.code, &want.message), "{transaction} in {dialect:?}");
            assert_eq!(got.data, want.data, "{transaction} in {dialect:?}");
        }
    }
    let check = |transaction, expected: ExpectFile| expected.assert_eq(&pretty(&official, transaction));
    check(T7101, expect_file!["payloads/7101.txt"]);
    check(T7102, expect_file!["payloads/7102.txt"]);
    check(T7103, expect_file!["payloads/7103.txt"]);
    check(T7105, expect_file!["payloads/7105.txt"]);
    check(T7201, expect_file!["payloads/7201.txt"]);
    check(T7204, expect_file!["payloads/7204.txt"]);
    check(T7205, expect_file!["payloads/7205.txt"]);
    check(T7206, expect_file!["payloads/7206.txt"]);
    check(T7106, expect_file!["payloads/7106.txt"]);
    check(T7207, expect_file!["payloads/7207.txt"]);
    check(T2101, expect_file!["payloads/2101.txt"]);
    check(T2102, expect_file!["payloads/2102.txt"]);
    check(T7209, expect_file!["payloads/7209.txt"]);
    check(T7210, expect_file!["payloads/7210.txt"]);
    check(T7107, expect_file!["payloads/7107.txt"]);
    check(T2103, expect_file!["payloads/2103.txt"]);
}

/// One client reads this reply into a class of two fields and refuses any other.
#[tokio::test]
async fn upload_chk_answers_exactly_two_fields() {
    let world = World::new().await;
    let answer = world.good(Dialect::Official, T7101, &m::t7101(world.now(), "CF0001")).await;
    let fields: Vec<_> = answer.data.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["hiRxno", "rxTraceCode"]);
    assert_eq!((text(&answer, "/hiRxno").len(), text(&answer, "/rxTraceCode").len()), (30, 20));
}

#[tokio::test]
async fn the_other_transactions_answer_too() {
    let mut first = Vec::new();
    let gateways = [GatewayDialect::Plain, GatewayDialect::Signed].map(Speech::from);
    for dialect in Dialect::ALL.map(Speech::from).into_iter().chain(gateways) {
        let world = World::new().await;
        let mut told = Told::new(&world, dialect);
        let issued = told.issue("CF0001").await;
        let hi_rxno: lf_vocab::HiRxno = issued.hi_rxno.parse().unwrap();
        let sign_digest = text(&told.answers[1].1, "/signDigest");
        let qrcd = lf_center::t7203_qrcode::epc_qrcd(&hi_rxno, &sign_digest);
        let answer = told.tell(T7203, m::t7203(&qrcd)).await;
        let epc_token = text(&answer, "/epcToken");
        told.tell(T7204, m::t7204(&epc_token, &text(&answer, "/authRxno"))).await;
        let rx_chk_biz_sn = told.review(&issued, &epc_token).await;
        let sel_stoout_sn = told.sell(&issued, &rx_chk_biz_sn).await;
        told.tell(T7208, m::t7208(&issued.hi_rxno, &sel_stoout_sn)).await;
        told.tell(T7104, m::t7104(&issued.hi_rxno, world.now())).await;
        told.tell(T7211, m::t7211()).await;
        world.audited().await;
        if first.is_empty() {
            first = told.answers;
        } else {
            let said = |answers: &[(Transaction, Answer)]| -> Vec<_> {
                answers.iter().map(|(t, answer)| (*t, answer.message.clone(), answer.data.clone())).collect()
            };
            assert_eq!(said(&first), said(&told.answers), "{dialect:?}");
        }
    }
    let check = |transaction, expected: ExpectFile| expected.assert_eq(&pretty(&first, transaction));
    check(T7203, expect_file!["payloads/7203.txt"]);
    check(T7208, expect_file!["payloads/7208.txt"]);
    check(T7104, expect_file!["payloads/7104.txt"]);
    check(T7211, expect_file!["payloads/7211.txt"]);
}

#[tokio::test]
async fn code_is_a_number_or_a_text_as_the_app_wants_it() {
    let world = World::new().await;
    let good = world.hospital.seal(Dialect::Official, world.now_ms(), &m::t7101(world.now(), "CF0001").to_string());
    let bad = world.hospital.seal(Dialect::Official, world.now_ms(), "{}");
    let other = world.pharmacy.seal(Dialect::Official, world.now_ms(), &m::t7211().to_string());
    let other_bad = world.pharmacy.seal(Dialect::Official, world.now_ms(), "{}");
    let path = |method: &str| format!("{}{method}", crate::support::BASE);
    for (method, body, code) in [
        ("uploadChk", &good, Value::from(0)),
        ("uploadChk", &bad, Value::from(400)),
        ("circDrugQuery", &other, Value::from("0")),
        ("circDrugQuery", &other_bad, Value::from("400")),
    ] {
        let reply = envelope(&world.front.answer(&path(method), body).await);
        assert_eq!(reply["code"], code, "{method}");
        assert_eq!(reply["success"], code == 0 || code == "0");
    }
}

/// Both spellings that clients read go out, with the same value.
#[tokio::test]
async fn both_spellings_are_emitted() {
    let answers = whole_life(Dialect::Official).await;
    let of = |transaction| &answers.iter().find(|(told, _)| *told == transaction).unwrap().1.data;
    for (transaction, node, spellings) in
        [(T7105, "/rxOtpinfo", ["iptOtpNo", "iptOpNo"]), (T2103, "/setlinfo", ["psn_part_amt", "psn_pay"])]
    {
        let node = of(transaction).pointer(node).unwrap();
        for spelling in spellings {
            assert!(!node[spelling].is_null(), "{transaction}: {spelling}");
            assert_eq!(node[spelling], node[spellings[0]], "{transaction}: {spelling}");
        }
    }
}
