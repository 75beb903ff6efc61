//! Connections: how many at once, how long a request's head may take, and the end.
//!
//! Serves every front. Invariants: one connection more than the limit waits in the system's queue and is not read; one more than an
//! address may hold is closed at once, so that it waits in nobody's way; who opens a connection and sends no head within the time
//! is closed, also between two requests; a stop closes the listener at once, lets requests under way finish, and ends when the
//! last connection has.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
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
    /// Of these, how many one address may hold; `None` where all may come from one, as through a proxy.
    pub peer_connections_max: Option<usize>,
    /// How long a head may take to come, from the opening of the connection or the last answer on it.
    pub header_seconds: u64,
}

impl Default for Sockets {
    fn default() -> Self {
        Self { connections_max: 4_096, peer_connections_max: None, header_seconds: 30 }
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
    let peers = Arc::new(Peers::default());
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
        let Some(share) = Peers::enter(&peers, peer, sockets.peer_connections_max) else { continue };
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
            drop((place, share));
        });
    }
    drop(listener);
    graceful.shutdown().await;
    while connections.join_next().await.is_some() {}
}

/// Who opened a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// Who is counted as one: a subscriber has a whole network of the longer addresses.
    pub fn network(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(long) => IpAddr::V6((u128::from(long) & !u128::from(u64::MAX)).into()),
            short => short,
        }
    }
}

/// How many connections each address holds; only addresses that hold some are remembered.
#[derive(Default)]
struct Peers(Mutex<BTreeMap<IpAddr, usize>>);

impl Peers {
    /// A connection of an address, until it is dropped; `None` when it holds as many as it may.
    fn enter(peers: &Arc<Self>, peer: Peer, most: Option<usize>) -> Option<Share> {
        let network = peer.network();
        let mut held = peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.get(&network).copied().unwrap_or(0);
        if most.is_some_and(|most| own >= most) {
            return None;
        }
        held.insert(network, own + 1);
        Some(Share { peers: Arc::clone(peers), network })
    }
}

/// One connection of an address.
struct Share {
    peers: Arc<Peers>,
    network: IpAddr,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        match held.get(&self.network).copied() {
            Some(own) if own > 1 => held.insert(self.network, own - 1),
            _ => held.remove(&self.network),
        };
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_so_many_connections_and_is_forgotten_with_the_last() {
        let peers = Arc::new(Peers::default());
        let enter = |address: &str| Peers::enter(&peers, Peer(address.parse().unwrap()), Some(2));
        let held = [enter("10.0.0.1").unwrap(), enter("::ffff:10.0.0.1").unwrap()];
        assert!(enter("10.0.0.1").is_none(), "one past it");
        assert!(enter("10.0.0.2").is_some(), "another address");
        let [one, other] = held;
        drop(one);
        let third = enter("10.0.0.1").unwrap();
        assert!(enter("10.0.0.1").is_none());
        drop((other, third));
        assert!(peers.0.lock().unwrap().is_empty());
        let network = |text: &str| Peer(text.parse().unwrap()).network();
        assert_eq!(network("2001:db8:1:2:3::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}
