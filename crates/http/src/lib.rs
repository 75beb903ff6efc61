//! HTTP: routing, the envelope, the only mapping to `code`, the callbacks to hospitals, and nothing of the domain.
//!
//! A message: body within its limit → envelope → app → timestamp → opened → verified → routed → validated →
//! command → center → rendered → sealed. On the gateway the headers prove the sender first. Every answer on the interface is HTTP 200, because real clients throw on
//! anything else (epc.md §1.1).

mod apps;
mod body;
mod callback;
mod dispatch;
mod gateway;
mod guard;
mod health;
mod metrics;
mod outcome;
mod public;
mod receive;
mod seen;
mod server;
pub mod table;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use callback::{ANSWER_MAX, Courier, Delivery, Why};

use crate::seen::Seen;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
pub use guard::{QRCODE_FAILURES_MAX, QRCODE_WINDOW};
pub use health::{NotReady, admin};
use lf_center::Center;
use lf_gm::Signer;
use lf_ports::Clock;
use lf_wire::gateway::{Headers, is_gateway};
pub use public::{
    PUBLIC_BURST, PUBLIC_CONNECTIONS, PUBLIC_PEER_CONNECTIONS, PUBLIC_PER_SECOND, PUBLIC_UNDER_WAY, public,
    public_sockets, public_within,
};
pub use server::{Sockets, serve};

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
    /// The least speed of a body, after the first seconds.
    pub body_bytes_per_second: u64,
    /// Messages of one app a second in the long run; the register may say otherwise of an app.
    pub app_per_second: NonZeroU32,
    /// Messages of one app at once after a pause.
    pub app_burst: NonZeroU32,
    /// Messages of one app under way.
    pub app_concurrent: NonZeroU32,
}

// A large hospital issues some prescriptions a second, each of a handful of messages.
const APP_PER_SECOND: NonZeroU32 = NonZeroU32::new(100).unwrap();
const APP_BURST: NonZeroU32 = NonZeroU32::new(200).unwrap();
const APP_CONCURRENT: NonZeroU32 = NonZeroU32::new(64).unwrap();

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_max: 8 * 1024 * 1024,
            timestamp_window_seconds: 600,
            gateway_window_seconds: 1_800,
            body_seconds: 30,
            bodies_max: 512,
            body_bytes_per_second: 1_024,
            app_per_second: APP_PER_SECOND,
            app_burst: APP_BURST,
            app_concurrent: APP_CONCURRENT,
        }
    }
}

/// The front with all it needs.
pub struct Front {
    center: Center,
    clock: Arc<dyn Clock>,
    platform: Arc<Signer>,
    limits: Limits,
    bodies: body::Places,
    apps: apps::Apps,
    guards: guard::Guards,
    metrics: metrics::Metrics,
    stopping: AtomicBool,
}

impl Front {
    /// The institution for which an app speaks.
    async fn institution(&self, app: &lf_ports::App) -> Result<lf_ports::Fixmedins, lf_center::Failure> {
        let missing = || lf_center::Failure::Broken(format!("app {} speaks for an unknown institution", app.app_id));
        self.center.store().fixmedins(&app.fixmedins_code).await?.ok_or_else(missing)
    }

    /// Puts the front before a center. `platform` signs every reply.
    pub fn new(center: Center, clock: Arc<dyn Clock>, platform: impl Into<Arc<Signer>>, limits: Limits) -> Self {
        Self {
            guards: guard::Guards::new(clock.clone(), &limits),
            bodies: body::Places::new(limits.bodies_max),
            center,
            clock,
            platform: platform.into(),
            limits,
            apps: apps::Apps::default(),
            metrics: metrics::Metrics::new(),
            stopping: AtomicBool::new(false),
        }
    }

    /// The gauge of open connections, for [`serve`].
    pub fn connections(&self) -> prometheus_client::metrics::gauge::Gauge {
        self.metrics.connections.clone()
    }

    /// Answers one body sent to a path of the REST front: what the router does, for tests and tools without a socket.
    pub async fn answer(&self, path: &str, body: &[u8]) -> Vec<u8> {
        let mut seen = Seen::begin(self);
        let reply = receive::answer(self, path, body, &mut seen).await;
        seen.done(self);
        reply
    }

    /// The same on the gateway front, where the headers prove the sender.
    pub async fn answer_gateway(&self, path: &str, headers: &Headers, body: &[u8]) -> Vec<u8> {
        self.reply_gateway(path, headers, body).await.bytes
    }

    /// The same with the name of the file, where the answer is one (9102).
    pub async fn reply_gateway(&self, path: &str, headers: &Headers, body: &[u8]) -> Replied {
        let mut seen = Seen::begin(self);
        let reply = match gateway::admit(self, headers, &mut seen).await {
            Ok(admitted) => gateway::answer(self, path, &admitted, body, &mut seen).await,
            Err(reply) => reply.into(),
        };
        seen.done(self);
        reply
    }
}

/// The routes: any path that ends in `fixmedins/<method>`, those of the gateways (`…/callService`, `…/fsi/…`), and
/// signs of life.
pub fn router(front: Arc<Front>) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/{*path}", post(message))
        .with_state(front)
}

async fn message(State(front): State<Arc<Front>>, request: Request) -> Response {
    let mut seen = Seen::begin(&front);
    let reply = if is_gateway(request.uri().path()) {
        gateway(&front, request, &mut seen).await
    } else {
        let path = request.uri().path().to_owned();
        match body::take(request.into_body(), front.limits.body_max, &front.limits, &front.bodies).await {
            Ok(taken) => receive::answer(&front, &path, &taken.bytes, &mut seen).await,
            Err(outcome) => receive::not_taken(&front, &outcome, &mut seen),
        }
        .into()
    };
    seen.done(&front);
    let Replied { bytes, filename } = reply;
    let mut response = Bytes::from(bytes).into_response();
    let kind = if filename.is_some() { "application/octet-stream" } else { "application/json;charset=UTF-8" };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(disposition) = filename.and_then(|filename| HeaderValue::try_from(attachment(&filename)).ok()) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// No body is taken before its sender is known.
async fn gateway(front: &Front, request: Request, seen: &mut Seen) -> Replied {
    let path = request.uri().path().to_owned();
    let headers = gateway_headers(request.headers());
    let admitted = match gateway::admit(front, &headers, seen).await {
        Ok(admitted) => admitted,
        Err(reply) => return reply.into(),
    };
    match body::take(request.into_body(), admitted.body_max(), &front.limits, &front.bodies).await {
        Ok(taken) => gateway::answer(front, &path, &admitted, &taken.bytes, seen).await,
        Err(outcome) => gateway::not_taken(front, &admitted, &outcome, seen).into(),
    }
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
