//! HTTP: routing, the envelope, the only mapping to `code`, the callbacks to hospitals, and nothing of the domain.
//!
//! A message: body within its limit → envelope → app → timestamp → opened → verified → routed → validated →
//! command → center → rendered → sealed. Every answer on the interface is HTTP 200, because real clients throw on
//! anything else (epc.md §1.1).

mod apps;
mod body;
mod callback;
mod dispatch;
mod gateway;
mod outcome;
mod receive;

use std::sync::Arc;

pub use callback::{ANSWER_MAX, Courier, Delivery, Why};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use lf_center::Center;
use lf_gm::Signer;
use lf_ports::Clock;
use lf_wire::gateway::{Headers, is_gateway};
use tokio::sync::Semaphore;

pub use gateway::Replied;

/// What the operator may choose of this front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest body, in bytes.
    pub body_max: usize,
    /// How far a message's timestamp may lie from now, in seconds.
    pub timestamp_window_seconds: i64,
    /// The same on the gateway front, whose clients are laxer with their clocks.
    pub gateway_window_seconds: i64,
    /// How long reading a body may take, in seconds.
    pub body_seconds: u64,
    /// How many bodies may be in flight, from their first byte to their answer.
    pub bodies_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_max: 8 * 1024 * 1024,
            timestamp_window_seconds: 600,
            gateway_window_seconds: 1_800,
            body_seconds: 30,
            bodies_max: 512,
        }
    }
}

/// The front with all it needs.
pub struct Front {
    center: Center,
    clock: Arc<dyn Clock>,
    platform: Arc<Signer>,
    limits: Limits,
    bodies: Semaphore,
    apps: apps::Apps,
}

impl Front {
    /// Puts the front before a center. `platform` signs every reply.
    pub fn new(center: Center, clock: Arc<dyn Clock>, platform: impl Into<Arc<Signer>>, limits: Limits) -> Self {
        let bodies = Semaphore::new(limits.bodies_max.min(Semaphore::MAX_PERMITS));
        Self { center, clock, platform: platform.into(), limits, bodies, apps: apps::Apps::default() }
    }

    /// Answers one body sent to a path of the REST front: what the router does, for tests and tools without a socket.
    pub async fn answer(&self, path: &str, body: &[u8]) -> Vec<u8> {
        receive::answer(self, path, body).await
    }

    /// The same on the gateway front, where the headers prove the sender.
    pub async fn answer_gateway(&self, path: &str, headers: &Headers, body: &[u8]) -> Vec<u8> {
        self.reply_gateway(path, headers, body).await.bytes
    }

    /// The same with the name of the file, where the answer is one (9102).
    pub async fn reply_gateway(&self, path: &str, headers: &Headers, body: &[u8]) -> Replied {
        gateway::answer(self, path, headers, body).await
    }
}

/// The routes: any path that ends in `fixmedins/<method>`, those of the gateways (`…/callService`, `…/fsi/…`), and a
/// sign of life.
pub fn router(front: Arc<Front>) -> Router {
    Router::new().route("/healthz", get(alive)).route("/{*path}", post(message)).with_state(front)
}

async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn message(State(front): State<Arc<Front>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let headers = is_gateway(&path).then(|| gateway_headers(request.headers()));
    let reply = match (body::take(request.into_body(), &front.limits, &front.bodies).await, headers) {
        (Ok(taken), None) => front.answer(&path, &taken.bytes).await.into(),
        (Ok(taken), Some(headers)) => front.reply_gateway(&path, &headers, &taken.bytes).await,
        (Err(outcome), None) => receive::not_taken(&front, &outcome).into(),
        (Err(outcome), Some(_)) => gateway::not_taken(&front, &outcome).into(),
    };
    let Replied { bytes, filename } = reply;
    let mut response = Bytes::from(bytes).into_response();
    let kind = if filename.is_some() { "application/octet-stream" } else { "application/json;charset=UTF-8" };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(disposition) = filename.and_then(|filename| HeaderValue::try_from(attachment(&filename)).ok()) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// A file's name in a header, whatever its letters (RFC 8187).
fn attachment(filename: &str) -> String {
    let mut value = "attachment; filename*=UTF-8''".to_owned();
    for byte in filename.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            value.push(char::from(byte));
        } else {
            value.push_str(&format!("%{byte:02X}"));
        }
    }
    value
}

/// A value that is no text is as good as absent.
fn gateway_headers(headers: &HeaderMap) -> Headers {
    Headers::of(headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))))
}
