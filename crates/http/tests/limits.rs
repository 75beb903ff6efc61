//! What one app and one connection may ask of the front, at each limit and one past it; and what operators are told of it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroU32;
use std::time::Duration;

use lf_http::{Limits, NotReady, QRCODE_FAILURES_MAX, QRCODE_WINDOW, Sockets};
use lf_ports::{App, AppLimits, CodeStyle, GatewayScheme, RegistryPut};
use lf_wire::Transaction::{self, T7101, T7102, T7103, T7211};
use lf_wire::client::Dialect;
use lf_wire::gateway::client::{Call, GatewayDialect, GatewayKeys, envelope, headers};
use prometheus_client::registry::Registry;
use serde_json::Value;

use crate::gateway_client::Speech;
use crate::journey::{Told, text};
use crate::messages as m;
use crate::router::{Raw, exchange, serve, serve_with};
use crate::support::{Client, World, app};

fn number(number: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(number)
}

/// The hospital's app with limits of its own.
fn limited(world: &World, limits: AppLimits) -> Vec<RegistryPut> {
    let RegistryPut::App(row) = app(&world.hospital, m::HOSPITAL, CodeStyle::Number, false) else { panic!("no app") };
    vec![RegistryPut::App(App { limits: Some(limits), ..row })]
}

fn sealed(world: &World, data: &str) -> Vec<u8> {
    world.hospital.seal(Dialect::Official, world.now_ms(), data)
}

async fn get(address: SocketAddr, path: &str) -> Raw {
    exchange(address, format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), Vec::new()).await
}

#[tokio::test]
async fn an_app_sends_its_burst_and_not_one_more() {
    let world = World::new().await;
    world
        .register(limited(&world, AppLimits { per_second: number(1), burst: number(3), ..AppLimits::default() }))
        .await;
    let body = sealed(&world, &m::t7101(world.now(), "CF0001").to_string());
    // Who only claims to be the app uses up nothing.
    let mut forged = body.clone();
    let at = forged.windows(12).position(|w| w == b"\"signData\":\"").unwrap() + 20;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    for _ in 0..10 {
        assert_eq!(world.send(&world.hospital, "uploadChk", &forged).await.code, 401);
    }
    for nth in 1..=3 {
        assert_eq!(world.send(&world.hospital, "uploadChk", &body).await.code, 0, "{nth}");
    }
    let written = world.written();
    let refused = world.send(&world.hospital, "uploadChk", &body).await;
    assert_eq!((refused.code, refused.plain.as_str()), (429, "{}"));
    assert_eq!(refused.message, "应用发送过快，上限为每秒1笔、连续3笔，请稍后原样重发");
    assert_eq!(world.written(), written);
    // The same app on the other front: the same limit, in that front's words.
    let raw = world.input(&world.hospital, "7101", "m1", &m::t7101(world.now(), "CF0001")).await;
    assert_eq!((raw.infcode(), raw.err_msg()), (-1, refused.message.as_str()));
    assert_eq!(world.call(Dialect::Official, T7211, &m::t7211()).await.code, 0, "another app is not concerned");
    world.clock.forward(1);
    assert_eq!(world.send(&world.hospital, "uploadChk", &body).await.code, 0);
}

#[tokio::test]
async fn an_app_sends_bodies_of_its_size() {
    let world = World::new().await;
    let body = sealed(&world, &m::t7101(world.now(), "CF0001").to_string());
    let size = u32::try_from(body.len()).unwrap();
    for (body_max, code) in [(size, 0), (size - 1, 413)] {
        world.register(limited(&world, AppLimits { body_max: number(body_max), ..AppLimits::default() })).await;
        let answer = world.send(&world.hospital, "uploadChk", &body).await;
        assert_eq!(answer.code, code);
        assert!(
            code == 0 || answer.message.starts_with(&format!("请求体超过上限{body_max}字节")),
            "{}",
            answer.message
        );
    }
}

/// Decision 0008: the proof in a code has 40 bits.
#[tokio::test]
async fn a_pharmacy_guesses_so_many_codes_and_not_one_more() {
    let world = World::new().await;
    let wrong = m::t7203(&format!("{}0123456789", "3".repeat(30)));
    let show = async |speech: Dialect| world.call(speech, Transaction::T7203, &wrong).await;
    for nth in 0..QRCODE_FAILURES_MAX {
        let answer = show(Dialect::Official).await;
        assert!(answer.code == 403 && answer.message.contains("RX-7203-0"), "{nth}: {}", answer.message);
    }
    let refused = show(Dialect::Cipher).await;
    assert_eq!(refused.code, 429, "{}", refused.message);
    assert!(refused.message.contains("上限20次"), "{}", refused.message);
    let gateway = world.call_gateway(Speech::Gateway(GatewayDialect::Signed), Transaction::T7203, &wrong).await;
    assert!(gateway.message.contains("上限20次"), "{}", gateway.message);
    assert_eq!(world.call(Dialect::Official, T7211, &m::t7211()).await.code, 0, "only 7203 is closed");
    world.clock.forward(i64::try_from(QRCODE_WINDOW.as_secs()).unwrap());
    assert_eq!(show(Dialect::Official).await.code, 403);
}

/// The head of a gateway request that announces a body.
fn gateway_head(world: &World, client: &Client, size: usize) -> String {
    let secret_key = crate::gateway_client::registered(client).secret_key;
    let keys = GatewayKeys { scheme: GatewayScheme::Csb, access_key: &client.app_id, secret_key: &secret_key };
    let signed: String =
        headers(keys, "9001", world.now_ms()).iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("POST /x/callService HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{signed}Content-Length: {size}\r\n\r\n")
}

/// Before its body is read: who has no headers, who may not send so much, who has too many under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_gateway_nobody_sends_a_body_before_the_headers_are_judged() {
    let world = World::new().await;
    let address = serve(&world).await;
    let limits = AppLimits { concurrent: number(1), body_max: number(2_000), ..AppLimits::default() };
    world.register(limited(&world, limits)).await;
    let reply = |raw: Raw| serde_json::from_slice::<Value>(&raw.body).unwrap();
    let unknown = "POST /x/callService HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9\r\n\r\n";
    assert_eq!(reply(exchange(address, unknown.to_owned(), Vec::new()).await)["code"], 401);
    let large = reply(exchange(address, gateway_head(&world, &world.hospital, 2_001), Vec::new()).await);
    assert!(large["err_msg"].as_str().unwrap().starts_with("请求体超过上限2000字节"), "{large}");
    let call = Call { infno: "9001", msgid: "m1", fixmedins_code: m::HOSPITAL, inf_time: world.now() };
    let body = envelope(call, br#"{"signIn":{"opter_no":"0001","mac":"x","ip":"y"}}"#);
    // The place of the app is taken while a body is on its way.
    let mut first = TcpStream::connect(address).unwrap();
    first.write_all(gateway_head(&world, &world.hospital, body.len()).as_bytes()).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = reply(exchange(address, gateway_head(&world, &world.hospital, body.len()), Vec::new()).await);
    assert_eq!(second["err_msg"], "应用同时处理中的请求已达上限1个，请收到应答后再原样重发");
    let mut answer = String::new();
    first.write_all(&body).unwrap();
    first.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("\"infcode\":0"), "{answer}");
    let third = reply(exchange(address, gateway_head(&world, &world.hospital, body.len()), body).await);
    assert_eq!(third["infcode"], 0, "{third}");
}

/// Whether the server closed the connection, waiting no longer than a while.
fn closed(stream: &mut TcpStream, wait: Duration) -> bool {
    stream.set_read_timeout(Some(wait)).unwrap();
    match stream.read(&mut [0; 1024]) {
        Ok(0) => true,
        Ok(_) => false,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_many_connections_are_served_and_the_next_waits() {
    let world = World::new().await;
    let router = lf_http::router(world.front.clone());
    let address = serve_with(router, Sockets { connections_max: 2, ..Sockets::default() }).await;
    let ask = |stream: &mut TcpStream| stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let answered = |stream: &mut TcpStream, wait: u64| {
        stream.set_read_timeout(Some(Duration::from_millis(wait))).unwrap();
        stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0)
    };
    let mut open: Vec<_> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
    open.iter_mut().for_each(ask);
    assert!(answered(&mut open[0], 10_000) && answered(&mut open[1], 10_000));
    assert!(!answered(&mut open[2], 500), "one more is not read");
    drop(open.remove(0));
    assert!(answered(&mut open[1], 10_000), "until another has gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_does_not_come_and_an_idle_connection_are_closed() {
    let world = World::new().await;
    let router = lf_http::router(world.front.clone());
    let address = serve_with(router, Sockets { connections_max: 9, header_seconds: 1, ..Sockets::default() }).await;
    let began = |text: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    let (mut silent, mut half) = (began(""), began("POST /x HTTP/1.1\r\nHo"));
    let mut idle = began("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(!closed(&mut idle, Duration::from_secs(5)), "first its answer");
    for (name, stream) in [("silent", &mut silent), ("half", &mut half), ("idle", &mut idle)] {
        // What may come first is an error's answer.
        let wait = Duration::from_secs(5);
        assert!(closed(stream, wait) || closed(stream, wait), "{name}");
    }
}

/// Whoever announces bodies and does not send them keeps nobody from being answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_senders_hold_no_place_for_a_body() {
    let world = World::with(Limits { bodies_max: 1, ..Limits::default() }, |_| {}).await;
    let address = serve(&world).await;
    let announce = |path: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n").unwrap();
        stream
    };
    let silent: Vec<_> = (0..8).map(|_| announce("/fixmedins/7101")).collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let body = sealed(&world, &m::t7101(world.now(), "CF0001").to_string());
    let head = format!(
        "POST /fixmedins/7101 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let raw = exchange(address, head.clone(), body.clone()).await;
    assert_eq!(world.hospital.open(&raw.body).code, 0);
    // One that has begun to send does hold it: one more is told so.
    let mut begun = announce("/fixmedins/7101");
    begun.write_all(b"{").unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let reply: Value = serde_json::from_slice(&exchange(address, head, body).await.body).unwrap();
    assert_eq!(reply["code"], 503, "{reply}");
    drop((silent, begun));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_are_told_what_happens_and_the_interface_tells_nobody() {
    // proves WH-3.4: how long a prescription took to reach every pharmacy
    let world = World::new().await;
    let public = serve(&world).await;
    let admin = serve_with(lf_http::admin(world.front.clone(), Registry::default()), Sockets::default()).await;
    for dialect in [Dialect::Official, Dialect::Sorted, Dialect::Cipher] {
        assert_eq!(world.call(dialect, T7101, &m::t7101(world.now(), dialect.letter())).await.code, 0);
    }
    // Reviewed at the hospital, and uploaded a minute and a half later.
    let (mut told, reviewed) = (Told::new(&world, Dialect::Official), world.now());
    let answer = told.tell(T7101, m::t7101(reviewed, "CF0001")).await;
    let issued = m::Issued { hi_rxno: text(&answer, "/hiRxno"), rx_trace_code: text(&answer, "/rxTraceCode") };
    let answer = told.tell(T7102, m::t7102(&issued, reviewed)).await;
    world.clock.forward(90);
    told.tell(T7103, m::t7103(&issued, reviewed, &text(&answer, "/signDigest"))).await;
    assert_eq!(world.call(Dialect::Official, T7101, &Value::Object(serde_json::Map::new())).await.code, 400);
    world.send(&world.hospital, "nothing", &sealed(&world, "{}")).await;
    world.call(GatewayDialect::Plain, T7211, &m::t7211()).await;
    let other = world.pharmacy.seal(Dialect::Official, world.now_ms(), &m::t7101(world.now(), "X").to_string());
    assert_eq!(world.send(&world.pharmacy, "uploadChk", &other).await.code, 403);
    let metrics = get(admin, "/metrics").await;
    assert!(metrics.head.contains("content-type: application/openmetrics-text"), "{}", metrics.head);
    let text = String::from_utf8(metrics.body).unwrap();
    for line in [
        r#"liufang_messages_total{transaction="7101",dialect="A",code="0"} 2"#,
        r#"liufang_messages_total{transaction="7101",dialect="B",code="0"} 1"#,
        r#"liufang_messages_total{transaction="7101",dialect="C",code="0"} 1"#,
        r#"liufang_messages_total{transaction="7101",dialect="A",code="400"} 1"#,
        r#"liufang_messages_total{transaction="none",dialect="A",code="404"} 1"#,
        r#"liufang_message_seconds_count{transaction="7101"} 6"#,
        "liufang_rx_sync_seconds_count 1",
        // Each of the three messages takes a second of this clock.
        "liufang_rx_sync_seconds_sum 93.0",
        r#"liufang_refusals_total{code="RX-0000-01"} 1"#,
        "liufang_bodies_in_flight 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(text.contains(r#"transaction="7211",dialect="E""#), "{text}");
    assert!(!text.contains(&world.hospital.app_id), "no label says who");
    assert_ne!(get(public, "/metrics").await.status, 200);
    for address in [public, admin] {
        assert_eq!(get(address, "/healthz").await.status, 204);
        assert_eq!(get(address, "/readyz").await.status, 200);
    }
    world.front.stopping();
    assert_eq!(world.front.ready().await, Err(NotReady::Stopping));
    for address in [public, admin] {
        let raw = get(address, "/readyz").await;
        assert_eq!((raw.status, raw.body.as_slice()), (503, b"stopping\n".as_slice()));
        assert_eq!(get(address, "/healthz").await.status, 204);
    }
}
