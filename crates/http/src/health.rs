//! Whether the center lives and may be sent messages, and the listener for operators: `/healthz`, `/readyz`, `/metrics`.
//!
//! Invariants: what is said here names no institution and no person; metrics are never served on the interface's listener.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::registry::Registry;

use crate::Front;

/// How long the database may take to answer the question of `/readyz`.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why the center should not be sent messages now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// It finishes what it accepted.
    Stopping,
    /// The database refuses or cannot be reached.
    Database,
    /// The database does not answer in time.
    DatabaseSlow,
}

impl NotReady {
    /// For an operator.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Stopping => "stopping",
            Self::Database => "the database does not answer",
            Self::DatabaseSlow => "the database does not answer within a second",
        }
    }
}

impl Front {
    /// From now on `/readyz` says no, so that a balancer sends new messages elsewhere; messages are answered still.
    pub fn stopping(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether messages can be answered. The law is loaded, or there would be no front.
    ///
    /// # Errors
    /// [`NotReady`].
    pub async fn ready(&self) -> Result<(), NotReady> {
        if self.stopping.load(Ordering::SeqCst) {
            return Err(NotReady::Stopping);
        }
        // Nobody has this id, so that one look into one index is all it costs.
        match tokio::time::timeout(PATIENCE, self.center.store().app("")).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready");
                Err(NotReady::Database)
            }
            Err(_) => Err(NotReady::DatabaseSlow),
        }
    }
}

/// A sign of life.
pub async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// 200, or 503 with the reason.
pub async fn ready(State(front): State<Arc<Front>>) -> Response {
    match front.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", why.describe())).into_response(),
    }
}

/// The operators' listener. `registry` holds whatever else is to be told.
pub fn admin(front: Arc<Front>, mut registry: Registry) -> Router {
    front.metrics.register(&mut registry, front.bodies.taken());
    let registry = Arc::new(registry);
    let metrics = move || async move { shown(&registry) };
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(front)
}

fn shown(registry: &Registry) -> Response {
    let mut text = String::new();
    match prometheus_client::encoding::text::encode(&mut text, registry) {
        Ok(()) => ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
            .into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
