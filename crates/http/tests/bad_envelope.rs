//! Envelopes that cannot be taken: each is answered in Chinese with its code, sealed and signed wherever the sender
//! is registered, and leaves no row behind. The code is that of `outcome.rs`.

use expect_test::expect;
use lf_wire::Transaction::{self, *};
use lf_wire::client::{Dialect, ReplyError, open_reply};
use serde_json::{Value, json};

use crate::messages as m;
use crate::support::{BASE, Client, World, Written, envelope, key};

/// Cases of one world, whose outcomes are written one a line.
pub struct Cases<'w> {
    pub world: &'w World,
    before: Written,
    pub told: String,
}

impl<'w> Cases<'w> {
    pub fn new(world: &'w World) -> Self {
        Self { world, before: world.written(), told: String::new() }
    }

    /// Sends a body in the client's name; the reply must be readable to it, and a refusal.
    pub async fn case(&mut self, name: &str, client: &Client, method: &str, body: &[u8]) {
        let reply = self.world.front.answer(&format!("{BASE}{method}"), body).await;
        let (code, message, sealed) = match open_reply(client.keys(), &reply) {
            Ok(opened) => {
                assert_eq!(opened.data, b"{}", "{name}: a refusal has no payload");
                (opened.code, opened.message, "")
            }
            Err(ReplyError::Unsealed { code, message }) => (code, message, " (unsealed)"),
            Err(error) => panic!("{name}: {error}"),
        };
        assert_ne!(code, 0, "{name} was accepted");
        assert_eq!(envelope(&reply)["success"], Value::Bool(false), "{name}");
        assert!(message.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{name}: {message}");
        for secret in [m::CERTNO, "章样康", m::EC_TOKEN, client.app_secret.as_str()] {
            assert!(!message.contains(secret), "{name} tells a secret: {message}");
        }
        self.told += &format!("{name}: {code}{sealed} {message}\n");
    }

    /// That nothing was stored, and what was answered.
    pub fn done(self) -> String {
        assert_eq!(self.world.written(), self.before, "a refused message was stored");
        self.told
    }
}

/// A good request of the hospital with one field changed after it was sealed.
fn changed(body: &[u8], name: &str, value: Value) -> Vec<u8> {
    let mut fields = envelope(body);
    match value {
        Value::Null => drop(fields.as_object_mut().unwrap().remove(name)),
        value => fields[name] = value,
    }
    fields.to_string().into_bytes()
}

fn good(world: &World) -> Vec<u8> {
    world.hospital.seal(Dialect::Official, world.now_ms(), &m::t7101(world.now(), "CF0001").to_string())
}

#[tokio::test]
async fn bodies_that_are_no_envelope() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    let body = good(&world);
    let gbk = [&body[..body.len() - 1], b",\"transType\":\"\xb4\xa6\xb7\xbd\"}"].concat();
    let twice = [&body[..body.len() - 1], b",\"appId\":\"x\"}"].concat();
    let trailing = [&body[..], b"}"].concat();
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels)).into_bytes();
    for (name, body) in [
        ("empty", Vec::new()),
        ("truncated", body[..body.len() / 2].to_vec()),
        ("no JSON", b"hello".to_vec()),
        ("a form", b"appId=1&timestamp=2".to_vec()),
        ("an array", b"[]".to_vec()),
        ("a text", b"\"{}\"".to_vec()),
        ("null", b"null".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("GBK", gbk),
        ("UTF-16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a key twice", twice),
        ("something behind", trailing),
        ("32 levels", deep(32)),
        ("33 levels", deep(33)),
        ("a hundred thousand levels", vec![b'['; 100_000]),
    ] {
        cases.case(name, &world.hospital, "uploadChk", &body).await;
    }
    expect![[r#"
        empty: 400 (unsealed) 请求体错误：报文不完整，在第0字节处中断
        truncated: 400 (unsealed) 请求体错误：报文不完整，在第2534字节处中断
        no JSON: 400 (unsealed) 请求体错误：报文不是合法的JSON（第1字节）
        a form: 400 (unsealed) 请求体错误：报文不是合法的JSON（第1字节）
        an array: 400 (unsealed) 请求体应为JSON对象，实为数组
        a text: 400 (unsealed) 请求体应为JSON对象，实为文本
        null: 400 (unsealed) 请求体应为JSON对象，实为空值
        an empty object: 400 (unsealed) 请求报文缺少appId
        GBK: 400 (unsealed) 请求体错误：报文不是UTF-8编码（第5082字节起有误）
        UTF-16: 400 (unsealed) 请求体错误：报文不是合法的JSON（第2字节）
        a key twice: 400 (unsealed) 请求体错误：JSON对象中有重复的键（第5081字节之前）
        something behind: 400 (unsealed) 请求体错误：JSON之后还有多余内容（第5069字节）
        32 levels: 400 (unsealed) 请求体应为JSON对象，实为数组
        33 levels: 400 (unsealed) 请求体错误：JSON嵌套超过32层（第33字节）
        a hundred thousand levels: 400 (unsealed) 请求体错误：JSON嵌套超过32层（第33字节）
    "#]]
    .assert_eq(&cases.done());
}

#[tokio::test]
async fn every_prefix_of_a_request_is_truncated() {
    let world = World::new().await;
    let before = world.written();
    let body = good(&world);
    for end in 0..body.len() {
        let reply = envelope(&world.front.answer("/fixmedins/7101", &body[..end]).await);
        assert_eq!(reply["code"], 400, "{end}");
        assert!(reply["message"].as_str().unwrap().contains("报文不完整"), "{end}: {reply}");
    }
    assert_eq!(world.written(), before);
}

#[tokio::test]
async fn fields_of_the_envelope() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    let body = good(&world);
    for (name, field, value) in [
        ("no appId", "appId", Value::Null),
        ("an unknown appId", "appId", json!("00000000000000000000000000000000")),
        ("appId is an object", "appId", json!({})),
        ("appId too long", "appId", json!("A".repeat(513))),
        ("no timestamp", "timestamp", Value::Null),
        ("timestamp in words", "timestamp", json!("today")),
        ("timestamp with a sign", "timestamp", json!(-1)),
        ("timestamp of seconds", "timestamp", json!(world.now_ms() / 1_000)),
        ("timestamp beyond any clock", "timestamp", json!(9_999_999_999_999_999i64)),
        ("no encType", "encType", Value::Null),
        ("another cipher", "encType", json!("AES")),
        ("no signType", "signType", Value::Null),
        ("another signature", "signType", json!("RSA2")),
        ("no encData", "encData", Value::Null),
        ("encData empty", "encData", json!("")),
        ("encData is a list", "encData", json!(["00"])),
        ("no signData", "signData", Value::Null),
        ("signData empty", "signData", json!("")),
        ("signData too long", "signData", json!("A".repeat(513))),
    ] {
        cases.case(name, &world.hospital, "uploadChk", &changed(&body, field, value)).await;
    }
    let mut many = envelope(&body);
    for at in 0..26 {
        many[format!("x{at}")] = json!("1");
    }
    cases.case("33 fields", &world.hospital, "uploadChk", many.to_string().as_bytes()).await;
    let switched_off = world.disabled.seal(Dialect::Official, world.now_ms(), &m::t7211().to_string());
    cases.case("a disabled app", &world.disabled, "uploadChk", &switched_off).await;
    expect![[r#"
        no appId: 400 (unsealed) 请求报文缺少appId
        an unknown appId: 401 (unsealed) appId未登记或已停用
        appId is an object: 400 (unsealed) 请求报文的appId应为文本
        appId too long: 400 (unsealed) 请求报文的appId过长（上限512字节）
        no timestamp: 400 请求报文缺少timestamp
        timestamp in words: 400 timestamp应为毫秒时间戳
        timestamp with a sign: 400 timestamp应为毫秒时间戳
        timestamp of seconds: 401 timestamp早于中心时间1776684537秒，允许的偏差为600秒；请校准时钟后重新签名发送
        timestamp beyond any clock: 401 timestamp晚于中心时间9998221537000秒，允许的偏差为600秒；请校准时钟后重新签名发送
        no encType: 400 请求报文缺少encType
        another cipher: 400 encType应为SM4
        no signType: 400 请求报文缺少signType
        another signature: 400 signType应为SM2
        no encData: 400 请求报文缺少encData
        encData empty: 400 请求报文缺少encData
        encData is a list: 400 请求报文的encData应为文本
        no signData: 400 请求报文缺少signData
        signData empty: 400 请求报文缺少signData
        signData too long: 400 请求报文的signData过长（上限512字节）
        33 fields: 400 请求报文有33个字段，最多32个
        a disabled app: 401 appId未登记或已停用
    "#]].assert_eq(&cases.done());
}

#[tokio::test]
async fn cipher_texts_that_do_not_open() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    let body = good(&world);
    let enc_data = envelope(&body)["encData"].as_str().unwrap().to_owned();
    let foreign = world.pharmacy.sm4.seal_hex_upper(b"{\"fixmedinsCode\":\"H36090200101\"}");
    let wrong_at = |at: usize| {
        let mut text = enc_data.clone();
        text.replace_range(at..=at, "G");
        text
    };
    for (name, text) in [
        ("odd", enc_data[..enc_data.len() - 1].to_owned()),
        ("no hex at the first", wrong_at(0)),
        ("no hex at the 101st", wrong_at(100)),
        ("no hex at the last", wrong_at(enc_data.len() - 1)),
        ("Base64", "eyJhIjoxfQ==".to_owned()),
        ("no whole blocks", enc_data[..enc_data.len() - 2].to_owned()),
        ("the last block is gone", enc_data[..enc_data.len() - 32].to_owned()),
        ("sealed with another key", foreign),
    ] {
        cases.case(name, &world.hospital, "uploadChk", &changed(&body, "encData", json!(text))).await;
    }
    expect![[r#"
        odd: 400 encData解密失败：密文十六进制位数为奇数（4831）
        no hex at the first: 400 encData解密失败：密文第1个字符不是十六进制数字
        no hex at the 101st: 400 encData解密失败：密文第101个字符不是十六进制数字
        no hex at the last: 400 encData解密失败：密文第4832个字符不是十六进制数字
        Base64: 400 encData解密失败：密文第2个字符不是十六进制数字
        no whole blocks: 400 encData解密失败：密文为2415字节，不是16字节的整数倍
        the last block is gone: 400 encData解密失败：解密后填充不正确：多半是密钥（appId、appSecret）不一致
        sealed with another key: 400 encData解密失败：解密后填充不正确：多半是密钥（appId、appSecret）不一致
    "#]]
    .assert_eq(&cases.done());
}

/// `SEQUENCE { INTEGER r, INTEGER s }` in Base64.
fn der(raw: &[u8; 64]) -> String {
    let integer = |bytes: &[u8]| {
        let zero: &[u8] = if bytes[0] >= 0x80 { &[0] } else { &[] };
        [&[2, (bytes.len() + zero.len()) as u8], zero, bytes].concat()
    };
    let body = [integer(&raw[..32]), integer(&raw[32..])].concat();
    lf_wire::reply::base64(&[&[0x30, body.len() as u8], &body[..]].concat())
}

#[tokio::test]
async fn signatures_that_do_not_verify() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    let body = good(&world);
    let sign_data = envelope(&body)["signData"].as_str().unwrap().to_owned();
    let signature = lf_gm::Signature::from_base64(&sign_data).unwrap();
    let foreign = lf_gm::Signer::new(&key("stranger")).sign(b"anything").to_base64();
    for (name, text) in [
        ("DER", der(&signature.0)),
        ("hex", lf_gm::hex::upper(&signature.0)),
        ("URL-safe", sign_data.replace('+', "-").replace('/', "_")),
        ("wrapped", format!("{}\n{}", &sign_data[..76], &sign_data[76..])),
        ("a byte short", lf_wire::reply::base64(&signature.0[1..])),
        ("no Base64", "签名".to_owned()),
        ("all zero", lf_wire::reply::base64(&[0; 64])),
        ("s and r", signature.swapped().to_base64()),
        ("of another key", foreign),
    ] {
        cases.case(name, &world.hospital, "uploadChk", &changed(&body, "signData", json!(text))).await;
    }
    let other = world.hospital.sm4.seal_hex_upper(m::t7101(world.now(), "CF0002").to_string().as_bytes());
    let ahead = json!(world.now_ms() + 1);
    for (name, field, value) in [
        ("another payload", "encData", json!(other)),
        ("another time", "timestamp", ahead),
        ("a field more", "transType", json!("1")),
        ("another version", "version", json!("2.0.0")),
        ("another case", "encType", json!("sm4")),
    ] {
        cases.case(name, &world.hospital, "uploadChk", &changed(&body, field, value)).await;
    }
    let renamed = changed(&body, "appId", json!(world.pharmacy.app_id));
    cases.case("another app", &world.pharmacy, "uploadChk", &renamed).await;
    expect![[r#"
        DER: 401 signData错误：签名是ASN.1 DER编码（71字节），应为r||s共64字节
        hex: 401 signData错误：签名像是十六进制文本（128位），应为Base64
        URL-safe: 401 signData错误：签名使用了URL安全的Base64字母表，应为标准字母表（+ /）
        wrapped: 401 signData错误：签名中第77个字符是空白（换行，或“+”被还原成空格）
        a byte short: 401 signData错误：签名长度为63字节，应为64字节（r||s）
        no Base64: 401 signData错误：签名不是Base64（第1个字符起有误）
        all zero: 401 验签失败：签名与报文不符，请核对应用私钥、appSecret和待签名文本的拼接规则
        s and r: 401 验签失败：签名与报文不符，请核对应用私钥、appSecret和待签名文本的拼接规则
        of another key: 401 验签失败：签名与报文不符，请核对应用私钥、appSecret和待签名文本的拼接规则
        another payload: 401 验签失败：签名与报文不符，请核对应用私钥、appSecret和待签名文本的拼接规则
        another time: 401 验签失败：签名与报文不符，请核对应用私钥、appSecret和待签名文本的拼接规则
        a field more: 401 验签失败：签名与报文不符，请核对应用私钥、appSecret和待签名文本的拼接规则
        another version: 401 验签失败：签名与报文不符，请核对应用私钥、appSecret和待签名文本的拼接规则
        another case: 401 验签失败：签名与报文不符，请核对应用私钥、appSecret和待签名文本的拼接规则
        another app: 400 encData解密失败：解密后填充不正确：多半是密钥（appId、appSecret）不一致
    "#]]
    .assert_eq(&cases.done());
}

#[tokio::test]
async fn a_timestamp_is_good_to_the_edge_of_the_window() {
    for (off_ms, good) in [(0, true), (-600_000, true), (600_000, true), (-600_001, false), (600_001, false)] {
        for dialect in Dialect::ALL {
            let world = World::new().await;
            let before = world.written();
            let data = m::t7101(world.now(), "CF0001").to_string();
            let body = world.hospital.seal(dialect, world.now_ms() + off_ms, &data);
            let answer = world.send(&world.hospital, "uploadChk", &body).await;
            assert_eq!(answer.code, if good { 0 } else { 401 }, "{off_ms} {}: {}", dialect.letter(), answer.message);
            assert_eq!(world.written() == before, !good, "{off_ms}");
        }
    }
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    for (name, off_ms) in [("stale", -600_001), ("future", 3_600_000), ("an hour ago", -3_600_000)] {
        let body = world.hospital.seal(Dialect::Official, world.now_ms() + off_ms, "{}");
        cases.case(name, &world.hospital, "uploadChk", &body).await;
    }
    expect![[r#"
        stale: 401 timestamp早于中心时间601秒，允许的偏差为600秒；请校准时钟后重新签名发送
        future: 401 timestamp晚于中心时间3600秒，允许的偏差为600秒；请校准时钟后重新签名发送
        an hour ago: 401 timestamp早于中心时间3600秒，允许的偏差为600秒；请校准时钟后重新签名发送
    "#]]
    .assert_eq(&cases.done());
}

/// A message captured and sent again later is stale, whatever it was answered the first time.
#[tokio::test]
async fn a_replay_outside_the_window_is_stale() {
    let world = World::new().await;
    let body = good(&world);
    assert_eq!(world.send(&world.hospital, "uploadChk", &body).await.code, 0);
    let before = world.written();
    world.clock.forward(601);
    let answer = world.send(&world.hospital, "uploadChk", &body).await;
    assert_eq!((answer.code, answer.plain.as_str()), (401, "{}"));
    assert_eq!(world.written(), before);
}

#[tokio::test]
async fn methods_that_lead_nowhere() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    let sealed = |client: &Client| client.seal(Dialect::Official, world.now_ms(), "{}");
    for method in ["uploadchk", "9999", "", "7202", "7209", "7210", "rxChkInfoCallback", "uploadChk/x"] {
        cases.case(&format!("/{method}"), &world.hospital, method, &sealed(&world.hospital)).await;
    }
    expect![[r#"
        /uploadchk: 404 没有此接口方法，请核对方法名或交易编号
        /9999: 404 没有此接口方法，请核对方法名或交易编号
        /: 404 接口地址应以/fixmedins/方法名结尾
        /7202: 400 报文有8处错误：hiRxno（医保处方编号）必填；fixmedinsCode（定点医药机构编号）必填；authCircBizSn（线上流转授权业务流水号）必填；epcChnlId（线上流转授权的医保电子处方中心定点医药机构渠道应用id）必填；ipInfo（终端IP）必填；opter（操作人ID）必填；opterName（操作人姓名）必填；optinsNo（操作机构）必填
        /7209: 400 报文有10处错误：hiRxno（医保处方编号）必填；delvNo（配送单业务编号）必填；delvAddr（配送地址）必填；delvEntpName（配送企业名称）必填；delvStasCodg（状态编码）必填；delvStasName（状态名称）必填；delvStasTime（状态描述变更时间）必填；delvConner（收货人）必填；fixmedinsCode（供药定点机构编号）必填；fixmedinsName（供药定点机构名称）必填
        /7210: 400 报文有5处错误：hiRxno（医保处方编号）必填；delverCertType（配送员证件类型）必填；delverCertno（配送员证件编号）必填；delverName（配送员姓名）必填；delvStasTime（配送完成时间）必填
        /rxChkInfoCallback: 501 交易7108 电子处方审核结果通知尚未开通
        /uploadChk/x: 404 接口地址应以/fixmedins/方法名结尾
    "#]]
    .assert_eq(&cases.done());
}

/// What only the other kind of institution may send, with every field right.
#[tokio::test]
async fn transactions_of_the_other_kind_of_institution() {
    let world = World::new().await;
    let mut told = crate::journey::Told::new(&world, Dialect::Official);
    let issued = told.issue("CF0001").await;
    let mut cases = Cases::new(&world);
    let now = world.now();
    let sn = "0123456789abcdef0123456789abcd";
    let hospitals: Vec<(Transaction, Value)> = vec![
        (T7101, m::t7101(now, "CF0002")),
        (T7102, m::t7102(&issued, now)),
        (T7103, m::t7103(&issued, now, &world.pharmacy.signer.sign(b"x").to_base64())),
        (T7104, m::t7104(&issued.hi_rxno, now)),
        (T7105, m::question(&issued.hi_rxno)),
        (T7106, m::question(&issued.hi_rxno)),
        (T7107, m::question(&issued.hi_rxno)),
    ];
    let pharmacies: Vec<(Transaction, Value)> = vec![
        (T7201, m::t7201()),
        (T7202, m::t7202(&issued.hi_rxno, &"3".repeat(38))),
        (T7203, m::t7203(&format!("{}0123456789", issued.hi_rxno))),
        (T7204, m::t7204(&"0".repeat(70), "1")),
        (T7205, m::t7205(&issued, "token")),
        (T7206, m::t7206(&issued.hi_rxno, "token", sn, now)),
        (T7207, m::t7207(&issued.hi_rxno, sn, now)),
        (T7208, m::t7208(&issued.hi_rxno, sn)),
        (T7209, m::t7209(&issued.hi_rxno, now)),
        (T7210, m::t7210(&issued.hi_rxno, now)),
        (T7211, m::t7211()),
        (T2101, m::t2102(&issued.hi_rxno, now)),
        (T2102, m::t2102(&issued.hi_rxno, now)),
        (T2103, m::t2103("1", "1")),
    ];
    let all =
        hospitals.iter().map(|case| (&world.pharmacy, case)).chain(pharmacies.iter().map(|c| (&world.hospital, c)));
    for (client, (transaction, data)) in all {
        let body = client.seal(Dialect::Official, world.now_ms(), &data.to_string());
        cases.case(transaction.number(), client, transaction.method(), &body).await;
    }
    expect![[r#"
        7101: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7102: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7103: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7104: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7105: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7106: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7107: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7201: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7202: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7203: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7204: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7205: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7206: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7207: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7208: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7209: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7210: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        7211: 403 [RX-0000-02] 报文中的机构编号与应用所属机构不符（依据：接口规范 fixmedinsCode）
        2101: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        2102: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
        2103: 403 [RX-0000-01] 该交易不对本类机构开放（依据：接口规范）
    "#]]
    .assert_eq(&cases.done());
}
