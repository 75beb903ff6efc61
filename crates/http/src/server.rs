//! Connections: how many at once, how long a request's head may take, and the end.
//!
//! Serves every front. Invariants: one connection more than the limit waits in the system's queue and is not read; who opens a
//! connection and sends no head within the time is closed, also between two requests; a stop closes the listener at
//! once, lets requests under way finish, and ends when the last connection has.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use prometheus_client::metrics::gauge::Gauge;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The rest after a connection could not be accepted: the system is out of files, and asking again at once helps nobody.
const REST: Duration = Duration::from_millis(200);

/// What the operator may choose of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sockets {
    /// Connections at once.
    pub connections_max: usize,
    /// How long a head may take to come, from the opening of the connection or the last answer on it.
    pub header_seconds: u64,
}

impl Default for Sockets {
    fn default() -> Self {
        Self { connections_max: 4_096, header_seconds: 30 }
    }
}

/// Serves until `stopped` is done and what was accepted then is finished. Dropped earlier, it closes every connection.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    sockets: Sockets,
    open: Gauge,
    stopped: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(sockets.connections_max.min(Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(sockets.header_seconds));
    let mut connections = JoinSet::new();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            let (stream, peer) = accept(&listener).await;
            Some((place, stream, peer))
        };
        let (place, stream, peer) = tokio::select! {
            accepted = accepted => match accepted {
                Some(accepted) => accepted,
                None => break,
            },
            () = &mut stopped => break,
        };
        // An answer is one write: waiting for more to send with it would only delay it.
        let _ = stream.set_nodelay(true);
        let inner = TowerToHyperService::new(router.clone());
        let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(peer);
            hyper::service::Service::call(&inner, request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        let open = open.clone();
        connections.spawn(async move {
            open.inc();
            // How a connection ends is the client's affair.
            let _: Result<(), hyper::Error> = connection.await;
            open.dec();
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
    while connections.join_next().await.is_some() {}
}

/// Who opened a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

async fn accept(listener: &TcpListener) -> (TcpStream, Peer) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => return (stream, Peer(address.ip())),
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(REST).await;
            }
        }
    }
}
