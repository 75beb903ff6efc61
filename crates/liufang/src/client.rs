//! A foreign client: what a HIS or a POS does. Shared by `call`, `demo`, `bench` and `torture`; uses the public interface only.

use anyhow::{Context as _, anyhow};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lf_gm::{Signer, Sm4Key, Verifier};
use lf_wire::client::{ClientKeys, Dialect, Opened, open_reply, seal_request};

/// The largest reply that is read.
const REPLY_MAX: usize = 64 * 1024 * 1024;

/// Connections to a center, shared by clones.
pub type Http = HyperClient<HttpConnector, Full<Bytes>>;

/// New connections.
pub fn http() -> Http {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    HyperClient::builder(TokioExecutor::new()).pool_max_idle_per_host(256).build(connector)
}

/// An app that speaks one dialect.
pub struct AppClient {
    /// Connections.
    pub http: Http,
    /// …/epc/api
    pub rest_base: String,
    /// Its id.
    pub app_id: String,
    /// Its secret.
    pub app_secret: String,
    /// Its SM4 key.
    pub sm4: Sm4Key,
    /// Its signer.
    pub signer: Signer,
    /// The platform.
    pub platform: std::sync::Arc<Verifier>,
    /// How it writes.
    pub dialect: Dialect,
}

impl AppClient {
    /// Sends a payload and opens the reply, whose signature is checked.
    pub async fn call(&self, method: &str, data: &[u8], now_ms: i64) -> anyhow::Result<Opened> {
        let body = self.seal(data, now_ms)?;
        let reply = self.post(method, body).await?;
        self.open(&reply)
    }

    /// The sealed request.
    pub fn seal(&self, data: &[u8], now_ms: i64) -> anyhow::Result<Vec<u8>> {
        seal_request(self.dialect, self.keys(), now_ms, data).map_err(|error| anyhow!("the payload: {error}"))
    }

    /// The opened reply.
    pub fn open(&self, reply: &[u8]) -> anyhow::Result<Opened> {
        Ok(open_reply(self.keys(), reply)?)
    }

    /// Sends a body as it is.
    pub async fn post(&self, method: &str, body: Vec<u8>) -> anyhow::Result<Bytes> {
        self.post_to(&self.rest_base, method, Bytes::from(body)).await
    }

    /// Sends a body as it is to another center than its own.
    pub async fn post_to(&self, rest_base: &str, method: &str, body: Bytes) -> anyhow::Result<Bytes> {
        let uri = format!("{}/fixmedins/{method}", rest_base.trim_end_matches('/'));
        let request = hyper::Request::post(&uri)
            .header(hyper::header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(Full::new(body))
            .with_context(|| format!("the address {uri}"))?;
        let response = self.http.request(request).await.with_context(|| format!("no answer from {uri}"))?;
        let body = Limited::new(response.into_body(), REPLY_MAX).collect().await;
        Ok(body.map_err(|error| anyhow!("the reply of {uri}: {error}"))?.to_bytes())
    }

    fn keys(&self) -> ClientKeys<'_> {
        ClientKeys {
            app_id: &self.app_id,
            app_secret: &self.app_secret,
            sm4: &self.sm4,
            signer: &self.signer,
            platform: &self.platform,
        }
    }
}
