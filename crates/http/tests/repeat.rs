//! The same message again gets the same reply and is stored once, also in another dialect, also when its numbers
//! are written as texts; the same number with other content is refused.

use expect_test::expect;
use lf_wire::Transaction::{self, *};
use lf_wire::client::Dialect;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::bad_envelope::Cases;
use crate::journey::Told;
use crate::messages as m;
use crate::router::serve;
use crate::support::World;

/// Sends a message of each transaction, and each again, at once and as it was, in every dialect and with scalars
/// rewritten: the reply is the same and no row is added.
async fn again(world: &World, transaction: Transaction, data: &Value) -> Value {
    let client = world.client_of(transaction);
    let at = world.now_ms();
    let body = client.seal(Dialect::Official, at, &data.to_string());
    let first = world.send(client, transaction.method(), &body).await;
    assert_eq!(first.code, 0, "{transaction}: {}", first.message);
    let written = world.written();
    world.clock.forward(7);
    let mut bodies = vec![("the very same bytes".to_owned(), body)];
    for dialect in Dialect::ALL {
        bodies.push((dialect.letter().to_owned(), client.seal(dialect, at, &data.to_string())));
    }
    // Who has a number of its own may be sent at any time; else only the time of the message tells it from a new one.
    if !matches!(transaction, T7201 | T7203) {
        bodies.push(("later".to_owned(), client.seal(Dialect::Official, world.now_ms(), &data.to_string())));
    }
    for (name, body) in bodies {
        let answer = world.send(client, transaction.method(), &body).await;
        assert_eq!((answer.code, &answer.plain), (0, &first.plain), "{transaction} again: {name}: {}", answer.message);
        assert_eq!(world.written(), written, "{transaction} again: {name}");
    }
    first.data
}

#[tokio::test]
async fn every_message_may_be_sent_again() {
    let world = World::new().await;
    let now = world.now();
    let data = again(&world, T7101, &m::t7101(now, "CF0001")).await;
    let text = |data: &Value, pointer: &str| data.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let issued = m::Issued { hi_rxno: text(&data, "/hiRxno"), rx_trace_code: text(&data, "/rxTraceCode") };
    let data = again(&world, T7102, &m::t7102(&issued, now)).await;
    again(&world, T7103, &m::t7103(&issued, now, &text(&data, "/signDigest"))).await;
    let data = again(&world, T7201, &m::t7201()).await;
    let token = text(&data, "/data/0/epcToken");
    again(&world, T7204, &m::t7204(&token, &text(&data, "/data/0/authRxno"))).await;
    let data = again(&world, T7205, &m::t7205(&issued, &token)).await;
    let sn = text(&data, "/rxSignVerifySn");
    let data = again(&world, T7206, &m::t7206(&issued.hi_rxno, &token, &sn, world.now())).await;
    let sn = text(&data, "/rxChkBizSn");
    let data = again(&world, T7207, &m::t7207(&issued.hi_rxno, &sn, world.now())).await;
    again(&world, T7208, &m::t7208(&issued.hi_rxno, &text(&data, "/selStooutSn"))).await;
    again(&world, T7207, &m::t7207(&issued.hi_rxno, &sn, world.now())).await;
    let data = again(&world, T2102, &m::t2102(&issued.hi_rxno, world.now())).await;
    again(&world, T7209, &m::t7209(&issued.hi_rxno, world.now())).await;
    again(&world, T7210, &m::t7210(&issued.hi_rxno, world.now())).await;
    again(&world, T2103, &m::t2103(&text(&data, "/setlinfo/setl_id"), &text(&data, "/setlinfo/mdtrt_id"))).await;
    let mut told = Told::new(&world, Dialect::Official);
    let other = told.issue("CF0002").await;
    again(&world, T7104, &m::t7104(&other.hi_rxno, world.now())).await;
    world.audited().await;
}

/// The same number, other content: refused, and what was stored stays.
#[tokio::test]
async fn a_number_is_not_used_twice() {
    let world = World::new().await;
    let now = world.now();
    let mut told = Told::new(&world, Dialect::Official);
    let issued = told.issue("CF0001").await;
    let sign_digest = told.answers[1].1.data["signDigest"].as_str().unwrap().to_owned();
    let token = told.fetch().await;
    let data = told.tell(T7205, m::t7205(&issued, &token)).await.data;
    let sn = data["rxSignVerifySn"].as_str().unwrap().to_owned();
    let reviewed_at = world.now();
    let biz_sn = told.tell(T7206, m::t7206(&issued.hi_rxno, &token, &sn, reviewed_at)).await.data;
    let biz_sn = biz_sn["rxChkBizSn"].as_str().unwrap().to_owned();
    let sold_at = world.now();
    told.tell(T7207, m::t7207(&issued.hi_rxno, &biz_sn, sold_at)).await;
    let (setl_id, mdtrt_id) = told.settle(&issued).await;
    told.tell(T2103, m::t2103(&setl_id, &mdtrt_id)).await;

    let changed = |mut data: Value, pointer: &str, value: Value| {
        *data.pointer_mut(pointer).unwrap() = value;
        data
    };
    let mut cases = Cases::new(&world);
    for (name, transaction, data) in [
        ("7101", T7101, changed(m::t7101(now, "CF0001"), "/mdtrtinfo/mdtrtId", json!("JZ0002"))),
        ("7101, a drug less", T7101, {
            let mut data = m::t7101(now, "CF0001");
            data["rxdrugdetail"].as_array_mut().unwrap().pop();
            data
        }),
        ("7102", T7102, changed(m::t7102(&issued, now), "/originalRxFile", json!("JVBERi0xLjQKbW9yZQo="))),
        ("7103", T7103, changed(m::t7103(&issued, now, &sign_digest), "/patnName", json!("程样宁"))),
        ("7206", T7206, changed(m::t7206(&issued.hi_rxno, &token, &sn, reviewed_at), "/rxChkStasCodg", json!("0"))),
        (
            "7207",
            T7207,
            changed(m::t7207(&issued.hi_rxno, &biz_sn, sold_at), "/rxSaleDrugDetl/0/drugTotlcnt", json!(2)),
        ),
        ("2102", T2102, changed(m::t2102(&issued.hi_rxno, now), "/druginfo/acct_used_flag", json!("0"))),
        ("2103", T2103, changed(m::t2103(&setl_id, &mdtrt_id), "/mdtrt_id", json!("1"))),
        (
            "2103, another person",
            T2103,
            changed(m::t2103(&setl_id, &mdtrt_id), "/psn_no", json!("36090000002024000213")),
        ),
    ] {
        let client = world.client_of(transaction);
        let body = client.seal(Dialect::Official, world.now_ms(), &data.to_string());
        cases.case(name, client, transaction.method(), &body).await;
    }
    expect![[r#"
        7101: 403 [RX-0001-01] 该编号的报文已受理，且本次内容与已受理的不同（依据：接口规范：同一编号不可重复使用）
        7101, a drug less: 403 [RX-0001-01] 该编号的报文已受理，且本次内容与已受理的不同（依据：接口规范：同一编号不可重复使用）
        7102: 403 [RX-7102-05] 处方已签名，且本次原文或文件与已签名的不同（依据：接口规范 7102）
        7103: 403 [RX-7103-04] 处方追溯码已使用，且本次内容与已上传的不同（依据：接口规范 7103：每张处方只能使用一次）
        7206: 403 [RX-7206-02] 处方已审核，且本次内容与已上传的不同（依据：接口规范 7206）
        7207: 403 [RX-7207-03] 处方已出库，且本次内容与已上传的不同（依据：赣医保字〔2024〕9号 三（一）单次结算）
        2102: 403 [RX-2102-02] 处方已结算，不能再次结算（依据：赣医保字〔2024〕9号 三（一）单次结算）
        2103: 403 [RX-2103-03] 就诊ID与结算不符（依据：接口规范 2103 mdtrt_id）
        2103, another person: 403 [RX-2103-02] 人员编号与结算不符（依据：接口规范 2103 psn_no）
    "#]].assert_eq(&cases.done());
}

/// A connection that breaks in the message or before its reply: the hospital asks what became of it, and sends it again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_connection_harms_nobody() {
    // proves WH-3.7
    let world = World::new().await;
    let address = serve(&world).await;
    let now = world.now();
    let data = world.good(Dialect::Official, T7101, &m::t7101(now, "CF0001")).await.data;
    let text = |data: &Value, pointer: &str| data.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let issued = m::Issued { hi_rxno: text(&data, "/hiRxno"), rx_trace_code: text(&data, "/rxTraceCode") };
    let data = world.good(Dialect::Official, T7102, &m::t7102(&issued, now)).await.data;
    let upload = m::t7103(&issued, now, &text(&data, "/signDigest")).to_string();
    let body = world.hospital.seal(Dialect::Official, world.now_ms(), &upload);
    let stands = async || world.call(Dialect::Official, T7105, &m::question(&issued.hi_rxno)).await.data;
    let (before, written) = (stands().await, world.written());
    broken(address, &body, body.len() / 2).await;
    assert_eq!((stands().await, world.written()), (before.clone(), written.clone()), "half a message is none");
    broken(address, &body, body.len()).await;
    for _ in 0..100 {
        if world.written() != written {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let after = stands().await;
    assert_ne!(after, before, "who asks is told that it arrived");
    let (rows, written) = (world.rows().await, world.written());
    let again = world.send(&world.hospital, T7103.method(), &body).await;
    assert_eq!(again.code, 0, "{}", again.message);
    assert_eq!((world.rows().await, world.written()), (rows, written), "it counts once");
    assert_eq!(stands().await, after);
    world.audited().await;
}

/// Posts so much of 7103 and goes away; the connection stays a moment, so that what was sent whole is read.
async fn broken(address: std::net::SocketAddr, body: &[u8], sent: usize) {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!(
        "POST /epc/api/fixmedins/rxFileUpld HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body[..sent]).await.unwrap();
    stream.flush().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
}

/// Two messages of one meaning at the same time: both get the same numbers, one prescription is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn simultaneous_repetitions_are_one_prescription() {
    let world = World::new().await;
    let data = m::t7101(world.now(), "CF0001").to_string();
    let mut tasks = Vec::new();
    for round in 0..24 {
        let dialect = Dialect::ALL[round % 3];
        let body = world.hospital.seal(dialect, world.now_ms() + round as i64, &data);
        let front = world.front.clone();
        tasks.push(tokio::spawn(async move { front.answer("/fixmedins/uploadChk", &body).await }));
    }
    let mut plains = Vec::new();
    for task in tasks {
        let answer = world.hospital.open(&task.await.unwrap());
        assert_eq!(answer.code, 0, "{}", answer.message);
        plains.push(answer.plain);
    }
    plains.dedup();
    assert_eq!(plains.len(), 1, "{plains:?}");
    assert_eq!(world.rows().await["rx"].len(), 1);
    world.audited().await;
}
