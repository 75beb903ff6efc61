//! `liufang serve`, `migrate`, `backup`: the center on its database and its graceful end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lf_center::{Center, Settings};
use lf_gm::Signer;
use lf_http::{Courier, Front, Limits, Sockets};
use lf_ports::Clock as _;
use lf_store::{Database, Engine, Options, Sealer};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::cli::{BackupArgs, MigrateArgs, ServeArgs};
use crate::config::{Config, database};
use crate::edge::{OsChance, SystemClock, steady};
use crate::{keys_cmd, law_files, ring};

/// Connections of those who ask for metrics.
const ADMIN_CONNECTIONS: usize = 16;

/// A center that answers.
pub struct Served {
    /// Where.
    pub address: SocketAddr,
    /// The database, for those who look.
    pub store: Arc<dyn Engine>,
    /// Where operators ask, if anywhere.
    pub admin_address: Option<SocketAddr>,
    /// Where patients ask, if anywhere.
    pub public_address: Option<SocketAddr>,
    front: Arc<Front>,
    task: JoinHandle<()>,
    admin: Option<JoinHandle<()>>,
    public: Option<JoinHandle<()>>,
    looking: JoinHandle<()>,
    stop: tokio::sync::oneshot::Sender<()>,
    courier: JoinHandle<()>,
    stop_courier: tokio::sync::oneshot::Sender<()>,
    drain_seconds: u64,
    stop_seconds: u64,
}

/// `liufang serve`
pub async fn run(args: &ServeArgs) -> anyhow::Result<()> {
    let mut config = Config::read(args.config.as_deref())?;
    if let Some(database) = &args.database {
        config.database.clone_from(database);
    }
    if let Some(listen) = args.listen {
        config.listen = listen;
    }
    if let Some(platform_key) = &args.platform_key {
        config.platform_key.clone_from(platform_key);
    }
    if let Some(store_key) = &args.store_key {
        config.store_key.clone_from(store_key);
    }
    log("info");
    let key = keys_cmd::read(&config.platform_key)?;
    let served = start(&config, Signer::new(&key.private_key), Migrate::No).await?;
    tracing::info!(address = %served.address, database = %database(&config.database)?, "serving");
    println!("serving on http://{}/epc/api/fixmedins/<method>", served.address);
    if let Some(address) = served.admin_address {
        println!("metrics on http://{address}/metrics");
    }
    if let Some(address) = served.public_address {
        println!("public pages on http://{address}/");
    }
    stop_signal().await;
    tracing::info!("stopping: finishing what was accepted");
    served.stop().await
}

/// Whether a new or old database may be brought up to date at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrate {
    /// Yes: the demo and the bench own theirs.
    Yes,
    /// No: an operator runs `liufang migrate`.
    No,
}

/// Starts a center.
pub async fn start(config: &Config, platform: Signer, migrate: Migrate) -> anyhow::Result<Served> {
    let law = law_files::load(config.law.as_deref())?;
    let store = open(&database(&config.database)?, migrate, ring::sealer(&config.store_key)?).await?;
    let settings = Settings { token_minutes: config.token_minutes, ..Settings::default() };
    let center = Center::new(store.clone(), Arc::new(law), Arc::new(OsChance), settings);
    let limits = Limits {
        body_max: config.body_max_bytes,
        timestamp_window_seconds: config.timestamp_window_seconds,
        gateway_window_seconds: config.gateway_window_seconds,
        body_seconds: config.body_seconds,
        bodies_max: config.bodies_max,
        body_bytes_per_second: config.body_bytes_per_second,
        app_per_second: config.app_per_second,
        app_burst: config.app_burst,
        app_concurrent: config.app_concurrent,
    };
    let platform = Arc::new(platform);
    let front = Arc::new(Front::new(center, Arc::new(SystemClock), platform.clone(), limits));
    let (listener, address) = listen(config.listen).await?;
    let (admin, admin_address) = match config.admin_listen {
        Some(admin) => {
            let (listener, address) = listen(admin).await?;
            (Some(tokio::spawn(admin_task(listener, front.clone(), store.as_ref()))), Some(address))
        }
        None => (None, None),
    };
    let sockets = Sockets {
        connections_max: config.connections_max,
        peer_connections_max: None,
        header_seconds: config.header_seconds,
    };
    let (public, public_address) = match config.public_listen {
        Some(public) => {
            let (listener, address) = listen(public).await?;
            (Some(tokio::spawn(public_task(listener, front.clone(), sockets))), Some(address))
        }
        None => (None, None),
    };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async {
        let _ = stopped.await;
    };
    let router = lf_http::router(front.clone());
    let task = tokio::spawn(lf_http::serve(listener, router, sockets, front.connections(), stopped));
    let looking = tokio::spawn(ring::keep_looking(store.clone()));
    let delivery = config.callback.delivery();
    let courier = Courier::new(store.clone(), store.clone(), Arc::new(SystemClock), platform, delivery);
    let (stop_courier, stopped) = tokio::sync::oneshot::channel::<()>();
    let courier = tokio::spawn(Arc::new(courier).run(async {
        let _ = stopped.await;
    }));
    let (drain_seconds, stop_seconds) = (config.drain_seconds, config.stop_seconds);
    Ok(Served {
        address,
        store,
        admin_address,
        public_address,
        front,
        task,
        admin,
        public,
        looking,
        stop,
        courier,
        stop_courier,
        drain_seconds,
        stop_seconds,
    })
}

async fn listen(address: SocketAddr) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// The listener of those who ask the public pages.
fn public_task(listener: TcpListener, front: Arc<Front>, sockets: Sockets) -> impl Future<Output = ()> {
    let sockets = lf_http::public_sockets(sockets);
    lf_http::serve(listener, lf_http::public(front), sockets, Gauge::default(), std::future::pending())
}

/// The operators' listener, which answers until the very end.
fn admin_task(listener: TcpListener, front: Arc<Front>, store: &dyn Engine) -> impl Future<Output = ()> + use<> {
    let mut registry = Registry::default();
    store.register(&mut registry);
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    registry.register("liufang_build", "This program", Info::new(version));
    let began: Gauge = Gauge::default();
    began.set(SystemClock.now().millis() / 1_000);
    registry.register("process_start_time_seconds", "When this process began to serve, in seconds since 1970", began);
    let sockets = Sockets { connections_max: ADMIN_CONNECTIONS, ..Sockets::default() };
    lf_http::serve(listener, lf_http::admin(front, registry), sockets, Gauge::default(), std::future::pending())
}

impl Served {
    /// Takes no more, finishes what was accepted, but waits no longer than `stop_seconds`: who keeps a connection
    /// open and says nothing does not keep the center alive.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.front.stopping();
        if let Some(public) = &self.public {
            public.abort();
        }
        tokio::time::sleep(Duration::from_secs(self.drain_seconds)).await;
        let _ = self.stop.send(());
        let _ = self.stop_courier.send(());
        let both = async { tokio::join!(&mut self.task, &mut self.courier) };
        match tokio::time::timeout(Duration::from_secs(self.stop_seconds), both).await {
            Ok((served, courier)) => {
                served.context("while serving")?;
                courier?;
            }
            Err(_) => {
                tracing::warn!(stop_seconds = self.stop_seconds, "stopped with messages or notices unanswered");
                self.task.abort();
                // What it had under way stays claimed and is sent again.
                self.courier.abort();
            }
        }
        self.looking.abort();
        self.store.close().await;
        if let Some(admin) = self.admin {
            admin.abort();
        }
        Ok(())
    }

    /// Where the interface is.
    pub fn rest_base(&self) -> String {
        format!("http://{}/epc/api", self.address)
    }
}

/// Opens the database of a center.
pub async fn open(database: &Database, migrate: Migrate, sealer: Arc<Sealer>) -> anyhow::Result<Arc<dyn Engine>> {
    let migrate_at = (migrate == Migrate::Yes).then(|| SystemClock.now());
    let options = Options { migrate_at, ticks: Some(steady), ..Options::new(sealer) };
    database.open(options).await.with_context(|| format!("cannot open the database {database}"))
}

/// `liufang migrate`
pub async fn migrate(args: &MigrateArgs) -> anyhow::Result<()> {
    let database = database(&args.database)?;
    let names = if args.dry_run { database.pending().await? } else { database.migrate(SystemClock.now()).await? };
    let what = if args.dry_run { "pending" } else { "applied" };
    if names.is_empty() {
        println!("{database}: up to date");
    }
    for name in names {
        println!("{what}: {name}");
    }
    Ok(())
}

/// `liufang backup`
pub fn backup(args: &BackupArgs) -> anyhow::Result<()> {
    let database = database(&args.database)?;
    let bytes = database.backup(&args.to).with_context(|| format!("no backup of {database}"))?;
    println!("{}: {bytes} bytes, checked", args.to.display());
    Ok(())
}

/// Until the operator or the system ends us.
pub async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

/// Logs as JSON lines on standard error; `RUST_LOG` chooses how much, `usual` when it is not set. Libraries that write through
/// the crate `log` are not heard: the database driver's lines hold the values of every statement.
pub fn log(usual: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
