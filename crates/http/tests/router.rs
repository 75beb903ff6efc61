//! The routes over a real socket: status, content type, limits of the body, paths.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use lf_http::{Limits, Sockets};
use lf_ports::GatewayScheme;
use lf_wire::client::Dialect;
use lf_wire::gateway::client::{Call, GatewayKeys, envelope, headers};
use prometheus_client::metrics::gauge::Gauge;
use serde_json::Value;

use crate::messages as m;
use crate::support::World;

/// Serves a world on a port of its own.
pub async fn serve(world: &World) -> SocketAddr {
    serve_with(lf_http::router(world.front.clone()), Sockets::default()).await
}

/// Serves any routes.
pub async fn serve_with(router: axum::Router, sockets: Sockets) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(lf_http::serve(listener, router, sockets, Gauge::default(), std::future::pending()));
    address
}

/// Status line, headers in lower case, body.
pub struct Raw {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

pub async fn exchange(address: SocketAddr, head: String, body: Vec<u8>) -> Raw {
    let sent = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // The server may answer and close before it has read a body that is too large.
        let _ = stream.write_all(&body);
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        all
    };
    let all = tokio::task::spawn_blocking(sent).await.unwrap();
    let end = all.windows(4).position(|w| w == b"\r\n\r\n").expect("no reply");
    let head = String::from_utf8(all[..end].to_vec()).unwrap().to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Raw { status, head, body: all[end + 4..].to_vec() }
}

async fn post(address: SocketAddr, path: &str, body: Vec<u8>) -> Raw {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    exchange(address, head, body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_of_the_interface_is_http_200() {
    let world = World::new().await;
    let address = serve(&world).await;
    let sealed = |data: &str| world.hospital.seal(Dialect::Official, world.now_ms(), data);
    let good = m::t7101(world.now(), "CF0001").to_string();
    for (name, path, body, code) in [
        ("good", "/epc/api/fixmedins/uploadChk", sealed(&good), 0),
        ("by number, behind another prefix", "/a/b/fixmedins/fixmedins/7101", sealed(&good), 0),
        ("with a query", "/epc/api/fixmedins/uploadChk?v=1", sealed(&good), 0),
        ("defects", "/epc/api/fixmedins/uploadChk", sealed("{}"), 400),
        ("no JSON", "/epc/api/fixmedins/uploadChk", b"hello".to_vec(), 400),
        ("empty", "/epc/api/fixmedins/uploadChk", Vec::new(), 400),
        ("no such method", "/epc/api/fixmedins/uploadchk", sealed(&good), 404),
        ("not built", "/epc/api/fixmedins/7108", sealed(&good), 501),
        ("another path", "/elsewhere", sealed(&good), 404),
    ] {
        let raw = post(address, path, body).await;
        assert_eq!(raw.status, 200, "{name}");
        assert!(raw.head.contains("content-type: application/json;charset=utf-8"), "{name}: {}", raw.head);
        let reply: Value = serde_json::from_slice(&raw.body).unwrap();
        assert_eq!(reply["code"], code, "{name}: {}", reply["message"]);
        if !["no JSON", "empty"].contains(&name) {
            assert_eq!(world.hospital.open(&raw.body).code, code, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_taken_to_its_limit_and_not_one_byte_further() {
    // The same request in the three sizes: a field that nobody signs fills it up.
    let filled = |world: &World, size: usize| {
        let good = world.hospital.seal(Dialect::Official, world.now_ms(), &m::t7101(world.now(), "CF0001").to_string());
        let rest = size - good.len() - r#","extra":"""#.len();
        let mut body = good[..good.len() - 1].to_vec();
        body.extend(format!(r#","extra":"{}"}}"#, "x".repeat(rest)).bytes());
        body
    };
    let body_max = 20_000;
    for (size, code) in [(body_max, 0), (body_max + 1, 413)] {
        let limits = Limits { body_max, ..Limits::default() };
        let world = World::with(limits, |_| {}).await;
        let address = serve(&world).await;
        let before = world.written();
        let body = filled(&world, size);
        assert_eq!(body.len(), size);
        let chunked = {
            let head =
                "POST /fixmedins/7101 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
            let body = [format!("{size:x}\r\n").as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
            exchange(address, head.to_owned(), body).await
        };
        for raw in [post(address, "/fixmedins/7101", body).await, chunked] {
            assert_eq!(raw.status, 200);
            let reply: Value = serde_json::from_slice(&raw.body).unwrap();
            assert_eq!(reply["code"], code, "{reply}");
            if code != 0 {
                assert_eq!(reply["message"], "请求体超过上限20000字节，请缩减内容后重新发送");
                assert_eq!(world.written(), before);
            }
        }
    }
}

/// The gateway's headers have underscores and any case; its replies are 200 with the content type that its clients test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_is_reached_by_its_headers() {
    let world = World::new().await;
    let address = serve(&world).await;
    let client = &world.pharmacy;
    let secret_key = crate::gateway_client::registered(client).secret_key;
    let keys = GatewayKeys { scheme: GatewayScheme::Csb, access_key: &client.app_id, secret_key: &secret_key };
    let signed: String =
        headers(keys, "9001", world.now_ms()).iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let call = Call { infno: "9001", msgid: "m1", fixmedins_code: m::PHARMACY, inf_time: world.now() };
    let body = envelope(call, br#"{"signIn":{"opter_no":"0001","mac":"x","ip":"y"}}"#);
    for (name, path, headers, key, want) in [
        ("one URL", "/fsi/api/rsfComIfsService/callService", signed.as_str(), "infcode", 0),
        ("the number behind it", "/x/callService/9001?v=1", &signed, "infcode", 0),
        ("no headers", "/x/callService", "", "code", 401),
    ] {
        for content_type in ["text/plain", "application/json; charset=utf-8"] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let raw = exchange(address, head, body.clone()).await;
            assert_eq!(raw.status, 200, "{name}");
            assert!(raw.head.contains("content-type: application/json;charset=utf-8"), "{name}: {}", raw.head);
            let reply: Value = serde_json::from_slice(&raw.body).unwrap();
            assert_eq!(reply[key], want, "{name}: {reply}");
        }
    }
    let limits = Limits { body_max: body.len() - 1, ..Limits::default() };
    let world = World::with(limits, |_| {}).await;
    let head = format!(
        "POST /x/callService HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{signed}Content-Length: {}\r\n\r\n",
        body.len()
    );
    let raw = exchange(serve(&world).await, head, body).await;
    let reply: Value = serde_json::from_slice(&raw.body).unwrap();
    assert_eq!(reply["infcode"], -1, "{reply}");
    assert!(reply["err_msg"].as_str().unwrap().starts_with("请求体超过上限"), "{reply}");
}

/// Clients tell a file from a refusal by the content type (fsi.md §1.5).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_out_as_one_and_a_refusal_as_json() {
    let world = World::new().await;
    let (address, client) = (serve(&world).await, &world.pharmacy);
    let upload = serde_json::json!({ "in": "UEsB", "filename": "明细 1.zip", "fixmedins_code": m::PHARMACY });
    let told = world.input(client, "9101", "m1", &upload).await;
    let file_qury_no = told.output()["file_qury_no"].as_str().unwrap().to_owned();
    let secret_key = crate::gateway_client::registered(client).secret_key;
    let keys = GatewayKeys { scheme: GatewayScheme::Csb, access_key: &client.app_id, secret_key: &secret_key };
    let signed: String =
        headers(keys, "9102", world.now_ms()).iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    for (file_qury_no, kind) in [(file_qury_no.as_str(), "octet-stream"), ("1", "json;charset=utf-8")] {
        let input = serde_json::json!({ "file_qury_no": file_qury_no, "filename": "x", "fixmedins_code": m::PHARMACY });
        let call = Call { infno: "9102", msgid: "d1", fixmedins_code: m::PHARMACY, inf_time: world.now() };
        let body = envelope(call, input.to_string().as_bytes());
        let head = format!(
            "POST /fsi/api/fileupload/download HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{signed}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let raw = exchange(address, head, body).await;
        assert!(raw.head.contains(&format!("content-type: application/{kind}")), "{}", raw.head);
        let named = raw.head.contains("content-disposition: attachment; filename*=utf-8''%e6%98%8e%e7%bb%86%201.zip");
        assert_eq!((named, raw.body == b"PK\x01"), (kind == "octet-stream", kind == "octet-stream"), "{}", raw.head);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_of_life_has_no_content() {
    let world = World::new().await;
    let address = serve(&world).await;
    let head = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned();
    let raw = exchange(address, head, Vec::new()).await;
    assert_eq!((raw.status, raw.body.len()), (204, 0));
}
