//! HTTP: routing, the envelope, the only mapping to `code`, and nothing of the domain.
//!
//! A message: body within its limit → envelope → app → timestamp → opened → verified → routed → validated →
//! command → center → rendered → sealed. Every answer on the interface is HTTP 200, because real clients throw on
//! anything else (epc.md §1.1).

mod apps;
mod dispatch;
mod outcome;
mod receive;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use lf_center::Center;
use lf_gm::Signer;
use lf_ports::Clock;

/// What the operator may choose of this front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest body, in bytes.
    pub body_max: usize,
    /// How far a message's timestamp may lie from now, in seconds.
    pub timestamp_window_seconds: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_max: 8 * 1024 * 1024, timestamp_window_seconds: 600 }
    }
}

/// The front with all it needs.
pub struct Front {
    center: Center,
    clock: Arc<dyn Clock>,
    platform: Signer,
    limits: Limits,
    apps: apps::Apps,
}

impl Front {
    /// Puts the front before a center. `platform` signs every reply.
    pub fn new(center: Center, clock: Arc<dyn Clock>, platform: Signer, limits: Limits) -> Self {
        Self { center, clock, platform, limits, apps: apps::Apps::default() }
    }

    /// The center behind it.
    pub fn center(&self) -> &Center {
        &self.center
    }

    /// Answers one body sent to a path: what the router does, for tests and tools without a socket.
    pub async fn answer(&self, path: &str, body: &[u8]) -> Vec<u8> {
        receive::answer(self, path, body).await
    }
}

/// The routes: any path that ends in `fixmedins/<method>`, and a sign of life.
pub fn router(front: Arc<Front>) -> Router {
    Router::new().route("/healthz", get(alive)).route("/{*path}", post(message)).with_state(front)
}

async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn message(State(front): State<Arc<Front>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let reply = match axum::body::to_bytes(request.into_body(), front.limits.body_max).await {
        Ok(body) => front.answer(&path, &body).await,
        Err(_) => receive::too_large(&front),
    };
    let mut response = Bytes::from(reply).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    response
}
