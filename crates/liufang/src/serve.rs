//! `liufang serve` and `liufang migrate`: the center on its database, and its graceful end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use lf_center::{Center, Settings};
use lf_gm::Signer;
use lf_http::{Courier, Front, Limits};
use lf_ports::Clock as _;
use lf_store::{Database, Engine, Options, Sealer};
use tokio::net::TcpListener;

use crate::cli::{MigrateArgs, ServeArgs};
use crate::config::{Config, database};
use crate::edge::{OsChance, SystemClock};
use crate::{keys_cmd, law_files, ring};

/// A center that answers.
pub struct Served {
    /// Where.
    pub address: SocketAddr,
    /// The database, for those who look.
    pub store: Arc<dyn Engine>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
    looking: tokio::task::JoinHandle<()>,
    stop: tokio::sync::oneshot::Sender<()>,
    courier: tokio::task::JoinHandle<()>,
    stop_courier: tokio::sync::oneshot::Sender<()>,
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
    log();
    let key = keys_cmd::read(&config.platform_key)?;
    let served = start(&config, Signer::new(&key.private_key), Migrate::No).await?;
    tracing::info!(address = %served.address, database = %database(&config.database)?, "serving");
    println!("serving on http://{}/epc/api/fixmedins/<method>", served.address);
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
    };
    let platform = Arc::new(platform);
    let front = Arc::new(Front::new(center, Arc::new(SystemClock), platform.clone(), limits));
    let listener =
        TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, lf_http::router(front)).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let task = tokio::spawn(serving.into_future());
    let looking = tokio::spawn(ring::keep_looking(store.clone()));
    let delivery = config.callback.delivery();
    let courier = Courier::new(store.clone(), store.clone(), Arc::new(SystemClock), platform, delivery);
    let (stop_courier, stopped) = tokio::sync::oneshot::channel::<()>();
    let courier = tokio::spawn(Arc::new(courier).run(async {
        let _ = stopped.await;
    }));
    Ok(Served { address, store, task, looking, stop, courier, stop_courier, stop_seconds: config.stop_seconds })
}

impl Served {
    /// Takes no more, finishes what was accepted, but waits no longer than `stop_seconds`: who keeps a connection
    /// open and says nothing does not keep the center alive.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let _ = self.stop.send(());
        let _ = self.stop_courier.send(());
        let both = async { tokio::join!(&mut self.task, &mut self.courier) };
        match tokio::time::timeout(Duration::from_secs(self.stop_seconds), both).await {
            Ok((served, courier)) => {
                served?.context("while serving")?;
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
    let options = Options { migrate_at, ..Options::new(sealer) };
    database.open(options).await.with_context(|| format!("cannot open the database {database}"))
}

/// The database that a command works on beside a center, and how it is opened: its key ring is the one named, or the one
/// beside it.
pub fn beside(url: &str, store_key: Option<&Path>) -> anyhow::Result<(Database, Options)> {
    let database = database(url)?;
    let ring = store_key.map_or_else(|| ring::beside(&database), Path::to_owned);
    Ok((database, Options::new(ring::sealer(&ring)?)))
}

/// Opens it.
pub async fn open_beside(url: &str, store_key: Option<&Path>) -> anyhow::Result<Arc<dyn Engine>> {
    let (database, options) = beside(url, store_key)?;
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

/// Logs as JSON lines on standard error; `RUST_LOG` chooses how much.
pub fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
