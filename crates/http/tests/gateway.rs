//! The gateway front: who is let in, what a head must say, the shapes of `input`, the sender's own number of a message,
//! and the transactions that only this front's clients use.

use lf_http::Limits;
use lf_ports::filing::{Filed, Filing, FilingBody, FilingChange, OpspFiling};
use lf_ports::{App, ChangeSet, GatewayScheme, RegistryPut, Store as _};
use lf_wire::Transaction::*;
use lf_wire::client::Dialect;
use lf_wire::gateway::Headers;
use lf_wire::gateway::client::{Call, GatewayDialect, body, envelope};
use serde_json::{Value, json};

use crate::gateway_client::{CALL_SERVICE, Raw, msgid, signed_headers};
use crate::journey::Told;
use crate::messages as m;
use crate::support::World;

const SIGN_IN: &str = r#"{"signIn":{"opter_no":"0001","mac":"00-00-5E-00-53-01","ip":"192.0.2.10"}}"#;

fn sign_in() -> Value {
    serde_json::from_str(SIGN_IN).unwrap()
}

/// A world in which the pharmacy's app is another one on this front.
async fn world_with(change: impl Fn(&mut App)) -> World {
    World::with(Limits::default(), |registry| {
        for row in registry {
            if let RegistryPut::App(app) = row
                && app.fixmedins_code.as_str() == m::PHARMACY
            {
                change(app);
            }
        }
    })
    .await
}

async fn send_signed(world: &World, scheme: GatewayScheme, name: &str, infno: &str, path: &str) -> Raw {
    let client = &world.pharmacy;
    let msgid = msgid(world, m::PHARMACY);
    let call = Call { infno, msgid: &msgid, fixmedins_code: m::PHARMACY, inf_time: world.now() };
    let headers = signed_headers(world, client, scheme, name);
    world.post_with(client, &headers, path, &envelope(call, SIGN_IN.as_bytes())).await
}

#[tokio::test]
async fn each_scheme_lets_its_own_clients_in() {
    for scheme in [GatewayScheme::Csb, GatewayScheme::Tif, GatewayScheme::Rio] {
        let world = world_with(|app| app.gateway.as_mut().unwrap().scheme = scheme).await;
        for other in [GatewayScheme::Csb, GatewayScheme::Tif, GatewayScheme::Rio] {
            let raw = send_signed(&world, other, "9001", "9001", CALL_SERVICE).await;
            let want = if other == scheme { (0, "") } else { (401, "签名不一致!") };
            assert_eq!((raw.infcode(), raw.err_msg()), want, "{scheme:?} {other:?}");
        }
    }
}

#[tokio::test]
async fn the_gate_refuses_in_its_four_sentences_and_stores_nothing() {
    let world = World::new().await;
    let client = &world.pharmacy;
    let written = world.written();
    let call = Call { infno: "9001", msgid: "m1", fixmedins_code: m::PHARMACY, inf_time: world.now() };
    let body = envelope(call, SIGN_IN.as_bytes());
    let good = |world: &World| signed_headers(world, client, GatewayScheme::Csb, "9001");
    let early = good(&world);
    let stranger = signed_headers(&world, &world.disabled, GatewayScheme::Csb, "9001");
    let forged = Headers::of([
        ("_api_name", "9001"),
        ("_api_version", "1.0.0"),
        ("_api_timestamp", &world.now_ms().to_string()),
        ("_api_access_key", &client.app_id),
        ("_api_signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ]);
    world.clock.forward(1_801);
    let late_forged = forged.clone();
    for (name, headers, want) in [
        ("no header", Headers::default(), "缺少服务网关的请求头!"),
        ("too old", early.clone(), "签名时间戳超时!"),
        ("too old and forged", late_forged, "签名时间戳超时!"),
    ] {
        let raw = world.post_with(client, &headers, CALL_SERVICE, &body).await;
        assert_eq!(raw.json, json!({ "code": 401, "message": want }), "{name}");
    }
    world.clock.forward(-1);
    for (name, headers, want) in [("switched off", stranger, "非法用户!"), ("forged", forged, "签名不一致!")] {
        let raw = world.post_with(client, &headers, CALL_SERVICE, &body).await;
        assert_eq!(raw.json, json!({ "code": 401, "message": want }), "{name}");
    }
    assert_eq!(world.written(), written);
    // At the edge of the window the very same headers are good.
    let raw = world.post_with(client, &early, CALL_SERVICE, &body).await;
    assert_eq!(raw.infcode(), 0, "{}", raw.json);
}

#[tokio::test]
async fn an_app_without_a_gateway_is_nobody_here() {
    let world = world_with(|app| app.gateway = None).await;
    let raw = send_signed(&world, GatewayScheme::Csb, "9001", "9001", CALL_SERVICE).await;
    assert_eq!(raw.json, json!({ "code": 401, "message": "非法用户!" }));
}

#[tokio::test]
async fn name_path_and_number_must_agree() {
    let world = World::new().await;
    for (name, infno, path, want) in [
        ("9001", "9001", "/x/callService/9001", ""),
        ("hssServives", "9001", CALL_SERVICE, ""),
        ("9001", "9001", "/ebus/rio_fsi/fsi/api/signInSignOutService/signIn", ""),
        ("2102", "9001", CALL_SERVICE, "请求头_api_name与报文的infno不符"),
        ("9001", "9001", "/x/callService/9002", "地址中的交易编号与报文的infno不同"),
        ("3101", "3101", CALL_SERVICE, "交易3101 明细审核事前分析服务尚未开通"),
        ("7108", "7108", CALL_SERVICE, "交易7108 电子处方审核结果通知尚未开通"),
        ("Ld7102", "Ld7102", CALL_SERVICE, "交易Ld7102 电子处方审核结果接收（旧版）尚未开通"),
        ("0001", "0001", CALL_SERVICE, "没有交易编号0001，请核对infno"),
    ] {
        let raw = send_signed(&world, GatewayScheme::Csb, name, infno, path).await;
        let infcode = if want.is_empty() { 0 } else { -1 };
        assert_eq!((raw.infcode(), raw.err_msg()), (infcode, want), "{name} {infno} {path}");
    }
}

#[tokio::test]
async fn a_head_is_told_all_its_defects_and_whom_it_may_name() {
    let world = World::new().await;
    let client = &world.pharmacy;
    for (name, body, want) in [
        ("nothing", b"".to_vec(), "请求体错误：报文不完整，在第0字节处中断"),
        ("no object", b"[]".to_vec(), "请求体应为JSON对象，实为数组"),
        ("a text of nothing", b"\"\"".to_vec(), "请求体错误：报文不完整，在第0字节处中断"),
        ("an empty head", br#"{"infno":"9001","input":{}}"#.to_vec(), "报文有10处错误：msgid（发送方报文ID）必填"),
        ("no input", br#"{"infno":"9001"}"#.to_vec(), "input（交易输入）必填"),
    ] {
        let raw = world.post(client, "9001", &body).await;
        assert_eq!(raw.infcode(), -1, "{name}");
        assert!(raw.err_msg().contains(want), "{name}: {}", raw.err_msg());
        assert!(raw.json["inf_refmsgid"].as_str().is_some_and(|number| number.len() == 30), "{name}");
    }
    let call = Call { infno: "9001", msgid: "m1", fixmedins_code: m::HOSPITAL, inf_time: world.now() };
    let raw = world.post(client, "9001", &envelope(call, SIGN_IN.as_bytes())).await;
    assert!(raw.err_msg().starts_with("[RX-0000-02]"), "{}", raw.err_msg());
}

#[tokio::test]
async fn input_is_read_in_every_shape_and_answered_the_same() {
    let world = World::new().await;
    let client = &world.hospital;
    let mut outputs = Vec::new();
    let data = m::t7101(world.now(), "CF0001");
    let text = json!({ "data": data }).to_string();
    for (name, input) in [
        ("under data", json!({ "data": data })),
        ("bare", data.clone()),
        ("an array", json!([{ "data": data }])),
        ("an array under data", json!({ "data": [data] })),
        ("JSON text", json!(text)),
        ("JSON text of the bare payload", json!(data.to_string())),
    ] {
        let raw = world.input(client, "7101", &msgid(&world, m::HOSPITAL), &input).await;
        assert_eq!(raw.infcode(), 0, "{name}: {}", raw.json);
        outputs.push(raw.output());
    }
    assert!(outputs.windows(2).all(|two| two[0] == two[1]), "{outputs:?}");
    assert!(outputs[0]["data"]["hiRxno"].is_string());
    for (name, input, want) in [
        ("a number", json!(7), "input应为对象、数组或JSON文本，实为数字"),
        ("no JSON", json!("hello"), "input错误：业务数据错误：报文不是合法的JSON（第1字节）"),
        ("a text of a text", json!("\"x\""), "input错误：业务数据应为JSON对象，实为文本"),
    ] {
        let raw = world.input(client, "7101", &msgid(&world, m::HOSPITAL), &input).await;
        assert_eq!((raw.infcode(), raw.err_msg()), (-1, want), "{name}");
    }
    // The same message on the REST front is a repetition too.
    let again = world.call(Dialect::Official, T7101, &data).await;
    assert_eq!(again.data, outputs[0]["data"]);
}

#[tokio::test]
async fn what_an_app_asks_for_is_kept() {
    let text = world_with(|app| app.gateway.as_mut().unwrap().output_text = true).await;
    let raw = text.input(&text.pharmacy, "9001", "m1", &sign_in()).await;
    let output = raw.json["output"].as_str().unwrap();
    assert!(serde_json::from_str::<Value>(output).unwrap()["signinoutb"]["sign_no"].is_string());

    let sealed = world_with(|app| app.gateway.as_mut().unwrap().sealed = true).await;
    let client = &sealed.pharmacy;
    let raw = sealed.input(client, "9001", "m1", &sign_in()).await;
    assert_eq!((raw.infcode(), raw.err_msg()), (-1, "本应用的input须以SM4加密"));
    let raw = sealed.input(client, "9001", "m1", &json!(client.sm4.seal_hex_upper(SIGN_IN.as_bytes()))).await;
    assert_eq!((raw.infcode(), &raw.json["enctype"]), (0, &json!("SM4")), "{}", raw.json);
    assert!(raw.output()["signinoutb"]["sign_no"].is_string());
    let raw = sealed.input(client, "9001", "m2", &json!(sealed.hospital.sm4.seal_hex_upper(b"{}"))).await;
    assert!(raw.err_msg().starts_with("input错误：encData解密失败"), "{}", raw.err_msg());
}

#[tokio::test]
async fn enc_type_of_the_head_seals_both_ways() {
    let world = World::new().await;
    let client = &world.pharmacy;
    let send = |input: Value| {
        let call = Call { infno: "9001", msgid: "m1", fixmedins_code: m::PHARMACY, inf_time: world.now() };
        let mut json: Value = serde_json::from_slice(&envelope(call, input.to_string().as_bytes())).unwrap();
        json["enc_type"] = "SM4".into();
        json.to_string().into_bytes()
    };
    let raw = world.post(client, "9001", &send(json!(client.sm4.seal_hex_upper(SIGN_IN.as_bytes())))).await;
    assert_eq!((raw.infcode(), &raw.json["enctype"]), (0, &json!("SM4")), "{}", raw.json);
    let raw = world.post(client, "9001", &send(sign_in())).await;
    assert_eq!((raw.infcode(), raw.err_msg()), (-1, "enc_type为SM4时input应为密文"));
}

#[tokio::test]
async fn dialect_f_is_proved_by_its_own_signature_too() {
    let world = World::new().await;
    let (client, other) = (&world.pharmacy, &world.hospital);
    let call = Call { infno: "9001", msgid: "m1", fixmedins_code: m::PHARMACY, inf_time: world.now() };
    let good = body(GatewayDialect::Signed, client.keys(), call, SIGN_IN.as_bytes()).unwrap();
    assert_eq!(good.first(), Some(&b'"'));
    let raw = world.post(client, "9001", &good).await;
    assert_eq!(raw.infcode(), 0, "{}", raw.json);
    assert_eq!(raw.json["output"]["appid"], client.app_id);
    let mut keys = client.keys();
    keys.signer = &other.signer;
    let forged = body(GatewayDialect::Signed, keys, call, SIGN_IN.as_bytes()).unwrap();
    let mut keys = client.keys();
    keys.app_id = &other.app_id;
    let foreign = body(GatewayDialect::Signed, keys, call, SIGN_IN.as_bytes()).unwrap();
    for (name, body, want) in
        [("forged", forged, "input错误：验签失败"), ("another app's", foreign, "input中的appid与请求头不符")]
    {
        let raw = world.post(client, "9001", &body).await;
        assert_eq!(raw.infcode(), -1, "{name}");
        assert!(raw.err_msg().starts_with(want), "{name}: {}", raw.err_msg());
    }
}

#[tokio::test]
async fn a_msgid_belongs_to_one_meaning() {
    let world = World::new().await;
    let client = &world.hospital;
    let first = json!({ "data": m::t7101(world.now(), "CF0001") });
    let other = json!({ "data": m::t7101(world.now(), "CF0002") });
    let told = world.input(client, "7101", "m1", &first).await;
    assert_eq!(told.infcode(), 0, "{}", told.json);
    let written = world.written();
    world.clock.forward(5);
    let again = world.input(client, "7101", "m1", &first).await;
    assert_eq!((again.infcode(), again.output()), (0, told.output()));
    let later = world.input(client, "7101", "m2", &first).await;
    assert_eq!((later.infcode(), later.output()), (0, told.output()), "the natural number decides");
    let used = world.input(client, "7101", "m1", &other).await;
    assert!(used.err_msg().starts_with("[RX-0001-02]"), "{}", used.err_msg());
    assert_eq!(world.written(), written);
    // The number is of the institution and the transaction, and a refusal does not use it up.
    let refused = world.input(client, "7101", "m3", &json!({})).await;
    assert_eq!(refused.infcode(), -1);
    for (infno, msgid, input) in [("7101", "m3", &other), ("9001", "m1", &sign_in())] {
        let raw = world.input(client, infno, msgid, input).await;
        assert_eq!(raw.infcode(), 0, "{infno} {msgid}: {}", raw.json);
    }
    let raw = world.input(&world.pharmacy, "9001", "m1", &sign_in()).await;
    assert_eq!(raw.infcode(), 0, "{}", raw.json);
}

/// A number that two messages race for: one takes it, the others are refused, and nothing of theirs is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_messages_with_one_msgid_leave_one() {
    let world = World::new().await;
    let inputs: Vec<Value> =
        (0..16).map(|at| json!({ "data": m::t7101(world.now(), &format!("CF{:04}", at % 4)) })).collect();
    let bodies = inputs.iter().map(|input| {
        let call = Call { infno: "7101", msgid: "m1", fixmedins_code: m::HOSPITAL, inf_time: world.now() };
        envelope(call, input.to_string().as_bytes())
    });
    let headers = signed_headers(&world, &world.hospital, GatewayScheme::Csb, "7101");
    let mut tasks = Vec::new();
    for body in bodies {
        let (front, headers) = (world.front.clone(), headers.clone());
        tasks.push(tokio::spawn(async move { front.answer_gateway(CALL_SERVICE, &headers, &body).await }));
    }
    let mut numbers = Vec::new();
    for task in tasks {
        let reply: Value = serde_json::from_slice(&task.await.unwrap()).unwrap();
        match reply["infcode"].as_i64() {
            Some(0) => numbers.push(reply["output"]["data"]["hiRxno"].to_string()),
            _ => assert!(reply["err_msg"].as_str().unwrap().starts_with("[RX-0001-02]"), "{reply}"),
        }
    }
    numbers.dedup();
    assert_eq!(numbers.len(), 1, "{numbers:?}");
    assert_eq!(world.rows().await["rx"].len(), 1);
    world.audited().await;
}

#[tokio::test]
async fn a_sale_that_was_taken_back_is_not_made_again_by_its_old_message() {
    let world = World::new().await;
    let mut told = Told::new(&world, GatewayDialect::Plain);
    let issued = told.issue("CF0001").await;
    let token = told.fetch().await;
    let rx_chk_biz_sn = told.review(&issued, &token).await;
    let sale = json!({ "data": m::t7207(&issued.hi_rxno, &rx_chk_biz_sn, world.now()) });
    let first = world.input(&world.pharmacy, "7207", "m1", &sale).await;
    assert_eq!(first.infcode(), 0, "{}", first.json);
    let again = world.input(&world.pharmacy, "7207", "m1", &sale).await;
    assert_eq!(again.output(), first.output());
    let sel_stoout_sn = first.output()["data"]["selStooutSn"].as_str().unwrap().to_owned();
    told.tell(T7208, m::t7208(&issued.hi_rxno, &sel_stoout_sn)).await;
    let (written, old) = (world.written(), world.input(&world.pharmacy, "7207", "m1", &sale).await);
    assert_eq!((old.output(), world.written()), (first.output(), written));
    let anew = world.input(&world.pharmacy, "7207", "m2", &sale).await;
    assert_eq!(anew.infcode(), 0, "{}", anew.json);
    assert_ne!(anew.output(), first.output());
    world.audited().await;
}

/// A download is answered again while the prescription stands where it left it; once another download took it, the old
/// message does not take it back.
#[tokio::test]
async fn an_old_download_does_not_take_a_prescription_back() {
    let world = World::new().await;
    let client = &world.pharmacy;
    let mut told = Told::new(&world, GatewayDialect::Plain);
    told.issue("CF0001").await;
    let mut downloads = Vec::new();
    for msgid in ["m1", "m2"] {
        let shown = told.tell(T7201, m::t7201()).await;
        let text = |pointer: &str| shown.data.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let download = json!({ "data": m::t7204(&text("/data/0/epcToken"), &text("/data/0/authRxno")) });
        for _ in 0..2 {
            let raw = world.input(client, "7204", msgid, &download).await;
            assert_eq!(raw.infcode(), 0, "{msgid}: {}", raw.json);
        }
        downloads.push(download);
    }
    let written = world.written();
    let spent = world.input(client, "7204", "m1", &downloads[0]).await;
    assert!(spent.err_msg().starts_with("[RX-7204-06]"), "{}", spent.json);
    assert_eq!(world.written(), written);
}

#[tokio::test]
async fn an_operator_has_one_number_a_day() {
    let world = World::new().await;
    let client = &world.pharmacy;
    let number = |raw: &Raw| raw.output()["signinoutb"]["sign_no"].as_str().unwrap_or_default().to_owned();
    let first = world.input(client, "9001", "m1", &sign_in()).await;
    assert_eq!(number(&first).len(), 30, "{}", first.json);
    let unwrapped = json!({ "opter_no": "0001", "mac": "00-00-5E-00-53-99", "ip": "192.0.2.99" });
    let again = world.input(client, "9001", "m2", &unwrapped).await;
    assert_eq!(again.output(), first.output(), "the same day, from another machine");
    let other = json!({ "signIn": { "opter_no": "0002", "mac": "x", "ip": "y" } });
    assert_ne!(number(&world.input(client, "9001", "m3", &other).await), number(&first));

    let out = |sign_no: &str, opter_no: &str| json!({ "signOut": { "sign_no": sign_no, "opter_no": opter_no } });
    for (opter_no, sign_no, want) in
        [("0003", number(&first), "[RX-9002-01]"), ("0002", number(&first), "[RX-9002-02]")]
    {
        let raw = world.input(client, "9002", &msgid(&world, m::PHARMACY), &out(&sign_no, opter_no)).await;
        assert!(raw.err_msg().starts_with(want), "{}", raw.err_msg());
    }
    let raw = world.input(client, "9002", "m4", &out(&number(&first), "0001")).await;
    assert_eq!(raw.output(), json!({ "signoutoutb": { "sign_time": "2026-05-11 09:30:00" } }));
    world.clock.forward(60);
    let raw = world.input(client, "9002", "m5", &out(&number(&first), "0001")).await;
    assert_eq!(raw.output(), json!({ "signoutoutb": { "sign_time": "2026-05-11 09:30:00" } }));

    world.clock.forward(86_400);
    let raw = world.input(client, "9002", "m6", &out(&number(&first), "0001")).await;
    assert!(raw.err_msg().starts_with("[RX-9002-01]"), "{}", raw.err_msg());
    assert_ne!(number(&world.input(client, "9001", "m7", &sign_in()).await), number(&first));
}

#[tokio::test]
async fn a_person_is_told_to_who_shows_the_credential() {
    // proves JX-4.1.3b
    let world = World::new().await;
    let client = &world.pharmacy;
    let by_token = json!({ "data": {
        "mdtrt_cert_type": "01", "mdtrt_cert_no": m::EC_TOKEN, "psn_cert_type": "", "certno": "", "psn_name": "",
    }});
    let by_cert = json!({ "data": {
        "mdtrt_cert_type": "02", "mdtrt_cert_no": m::CERTNO, "psn_cert_type": "01", "certno": m::CERTNO,
        "psn_name": "章样康",
    }});
    let want = json!({
        "baseinfo": {
            "psn_no": m::PSN_NO, "psn_cert_type": "01", "certno": m::CERTNO, "psn_name": "章样康", "gend": "1",
            "brdy": "1979-04-16", "age": 47,
        },
        "insuinfo": [{
            "balc": serde_json::from_str::<Value>("3250.00").unwrap(), "insutype": "310", "psn_type": "11",
            "psn_insu_stas": "1", "psn_insu_date": "2024-01-01", "cvlserv_flag": "0", "insuplc_admdvs": "360900",
        }],
        "idetinfo": [],
    });
    let by_card = json!({ "data": {
        "mdtrt_cert_type": "03", "mdtrt_cert_no": m::SSCNO, "card_sn": m::CARD_SN, "psn_cert_type": "01",
        "certno": m::CERTNO, "psn_name": "章样康",
    }});
    let written = world.written();
    for input in [&by_token, &by_cert, &by_card] {
        let raw = world.input(client, "1101", "m1", input).await;
        assert_eq!((raw.infcode(), raw.output()), (0, want.clone()), "{}", raw.json);
    }
    let changed = |key: &str, value: &str| {
        let mut input = by_cert.clone();
        input["data"][key] = value.into();
        input
    };
    for (input, want) in [
        (changed("psn_name", "章样"), "[RX-0002-02]"),
        (changed("certno", "360902195610095040"), "[RX-0002-03]"),
        (changed("psn_cert_type", "02"), "[RX-0002-03]"),
        (changed("mdtrt_cert_no", "360902197904165016"), "[RX-0002-01]"),
        (changed("psn_name", ""), "报文有1处错误：psn_name（人员姓名）在mdtrt_cert_type为02时必填"),
        (changed("mdtrt_cert_type", "01"), "[RX-0002-01]"),
    ] {
        let raw = world.input(client, "1101", "m1", &input).await;
        assert_eq!((raw.infcode(), raw.output()), (-1, Value::Null));
        assert!(raw.err_msg().starts_with(want), "{want}: {}", raw.err_msg());
    }
    for (key, value, want) in [
        ("card_sn", "1", "[RX-0002-08]"),
        ("card_sn", "", "报文有1处错误：card_sn（卡识别码）在mdtrt_cert_type为03时必填"),
        ("mdtrt_cert_no", "J36092408", "[RX-0002-08]"),
        ("mdtrt_cert_no", m::CERTNO, "[RX-0002-08]"),
        ("psn_name", "章样", "[RX-0002-02]"),
    ] {
        let mut input = by_card.clone();
        input["data"][key] = value.into();
        let raw = world.input(client, "1101", "m1", &input).await;
        assert_eq!((raw.infcode(), raw.output()), (-1, Value::Null));
        assert!(raw.err_msg().starts_with(want), "{want}: {}", raw.err_msg());
    }
    assert_eq!(world.written(), written);
}

#[tokio::test]
async fn an_institution_is_told_by_its_code() {
    let world = World::new().await;
    let ask = |kind: &str, code: &str, name: &str| json!({ "medinsinfo": { "fixmedins_type": kind, "fixmedins_name": name, "fixmedins_code": code } });
    let raw = world.input(&world.pharmacy, "1201", "m1", &ask("1", m::HOSPITAL, "")).await;
    let want = json!({ "medinsinfo": {
        "fixmedins_code": m::HOSPITAL, "fixmedins_name": "示例人民医院", "uscc": "", "fixmedins_type": "1", "hosp_lv": "2",
    }});
    assert_eq!(raw.output(), want, "{}", raw.json);
    for (input, want) in [
        (ask("2", m::HOSPITAL, ""), "[RX-1201-02]"),
        (ask("1", "H36090200999", ""), "[RX-1201-02]"),
        (ask("1", m::HOSPITAL, "药房"), "[RX-1201-02]"),
        (ask("1", "", "示例"), "[RX-1201-01]"),
        (ask("1", "", ""), "报文有1处错误：fixmedins_code"),
        (ask("3", m::HOSPITAL, ""), "报文有1处错误：fixmedins_type"),
    ] {
        let raw = world.input(&world.pharmacy, "1201", "m1", &input).await;
        assert!(raw.err_msg().starts_with(want), "{want}: {}", raw.err_msg());
    }
}

#[tokio::test]
async fn a_counter_is_told_the_registered_diseases_and_chosen_institutions() {
    let world = World::new().await;
    let ask = json!({ "data": { "psn_no": m::PSN_NO } });
    let raw = world.input(&world.pharmacy, "5301", "m1", &ask).await;
    assert!(raw.err_msg().starts_with("[RX-5301-01]"), "{}", raw.err_msg());
    let opsp = OpspFiling {
        opsp_dise_code: "M03900".to_owned(),
        opsp_dise_name: "高血压病".to_owned(),
        biz_appy_type: Some("14".to_owned()),
        fixmedins: vec![m::HOSPITAL.parse().unwrap()],
    };
    let filing = Filing {
        poolarea_no: "360900".parse().unwrap(),
        psn_no: m::PSN_NO.parse().unwrap(),
        filing_no: "备1".to_owned(),
        from: "2026-01-01".parse().unwrap(),
        until: Some("2028-01-01".parse().unwrap()),
        body: FilingBody {
            filed: Filed::Opsp(opsp),
            opter_name: "甲经办".to_owned(),
            opt_time: lf_vocab::Moment::from_micros(0),
            ended: None,
        },
    };
    let filings = vec![FilingChange::New(filing)];
    world.store.commit(ChangeSet { filings, ..ChangeSet::default() }).await.unwrap();
    world.clock.forward(lf_center::registers::KEPT_FRESH_SECONDS);
    let raw = world.input(&world.pharmacy, "5301", "m2", &ask).await;
    let want = json!({ "feedetail": [{
        "opsp_dise_code": "M03900", "opsp_dise_name": "高血压病", "begndate": "2026-01-01", "enddate": "2027-12-31",
    }]});
    assert_eq!((raw.infcode(), raw.output()), (0, want), "{}", raw.json);
    let ask = |biz: &str| json!({ "data": { "psn_no": m::PSN_NO, "biz_appy_type": biz } });
    let raw = world.input(&world.pharmacy, "5302", "m3", &ask("14")).await;
    let want = json!({ "psnfixmedin": [{
        "psn_no": m::PSN_NO, "insutype": "310", "fix_srt_no": "1", "fixmedins_code": m::HOSPITAL,
        "fixmedins_name": "示例人民医院", "begndate": "2026-01-01", "enddate": "2027-12-31", "memo": "高血压病",
    }]});
    assert_eq!((raw.infcode(), raw.output()), (0, want), "{}", raw.json);
    let raw = world.input(&world.pharmacy, "5302", "m4", &ask("15")).await;
    assert_eq!(raw.output(), json!({ "psnfixmedin": [] }));
    let raw = world.input(&world.pharmacy, "5301", "m5", &json!({ "data": { "psn_no": "1" } })).await;
    assert!(raw.err_msg().starts_with("[RX-0002-01]"), "{}", raw.err_msg());
}
