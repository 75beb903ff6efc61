//! The hospital's endpoint of the demo: what a HIS has to build to be told of reviews and settlements (7108, 7109).
//!
//! A foreign program's role, played in this process: it opens a notice with its app's secret, checks that the signature is
//! the platform's, and answers `{"success":true}`. Whatever it cannot open it does not hear.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use lf_ports::{Callback, ChangeSet, RegistryPut, Store};
use lf_vocab::FixmedinsCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::client::AppClient;

/// How long the demo waits for a notice.
const PATIENCE: Duration = Duration::from_secs(30);
/// Notices that nobody fetched; one more is not heard.
const KEPT_MAX: usize = 64;

/// What the hospital heard, in order.
pub struct Inbox {
    /// Where it listens.
    pub url: String,
    heard: mpsc::Receiver<(String, Value)>,
}

struct Endpoint {
    app: AppClient,
    heard: mpsc::Sender<(String, Value)>,
}

impl Inbox {
    /// Starts the endpoint of a hospital.
    pub async fn start(app: AppClient) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("the hospital's endpoint cannot listen")?;
        let url = format!("http://{}/his/epc", listener.local_addr()?);
        let (sender, heard) = mpsc::channel(KEPT_MAX);
        let endpoint = Arc::new(Endpoint { app, heard: sender });
        let router = Router::new().route("/his/epc/{method}", post(notice)).with_state(endpoint);
        tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { url, heard })
    }

    /// Registers the address with the center's register.
    pub async fn register(&self, store: &dyn Store, code: &FixmedinsCode, app_id: &str) -> anyhow::Result<()> {
        let mut hospital = store.fixmedins(code).await?.ok_or_else(|| anyhow!("{code} is not registered"))?;
        hospital.callback = Some(Callback { url: self.url.parse()?, app_id: app_id.to_owned() });
        let registry = vec![RegistryPut::Fixmedins(hospital)];
        Ok(store.commit(ChangeSet { registry, ..ChangeSet::default() }).await?)
    }

    /// The next notice: its method and payload.
    pub async fn next(&mut self) -> anyhow::Result<(String, Value)> {
        let next = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
        let next = next.map_err(|_| anyhow!("the hospital was not told within {} s", PATIENCE.as_secs()))?;
        next.ok_or_else(|| anyhow!("the hospital's endpoint ended"))
    }
}

async fn notice(State(endpoint): State<Arc<Endpoint>>, Path(method): Path<String>, body: Bytes) -> impl IntoResponse {
    let opened = endpoint.app.open(&body).and_then(|opened| Ok(serde_json::from_slice(&opened.data)?));
    let heard = opened.is_ok_and(|data| endpoint.heard.try_send((method, data)).is_ok());
    ([(header::CONTENT_TYPE, "application/json")], format!(r#"{{"success":{heard}}}"#))
}
