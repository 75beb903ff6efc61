//! PostgreSQL as the ports' engine: a pool that writes, a few shared connections that read.
//!
//! Serves every transaction. Invariants: questions that one task polls together travel on one connection in one
//! round trip; a command that was accepted is finished even when its caller goes away; a connection that may be inside
//! a transaction never returns to the pool; a lost connection is answered as unavailable, never guessed.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use lf_ports::{CommitError, StoreError};
use prometheus_client::registry::Registry;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::database::Options;
use crate::driver::{Driver, Ports};
use crate::figures::Figures;
use crate::history::OpenError;
use crate::plan::Step;
use crate::sealer::Sealer;
use crate::value::{Row, Value};
use crate::{probe, sql};

mod commit;
mod error;
mod merge;
mod pipe;
mod readers;
mod schema;
mod tls;
mod url;

use error::store_error;
use pipe::{Pipe, run, statement};
use readers::Readers;
pub use schema::{migrate, pending};
pub use url::Url;

/// The ports on a PostgreSQL database. Shared between tasks behind an `Arc`; several on one database, also of several
/// processes, work as one.
pub type PostgresStore = Ports<Postgres>;

/// PostgreSQL: its connections.
pub struct Postgres {
    writing: Arc<Writing>,
    readers: Readers,
    /// All that may wait or run at once; what `close` takes back.
    accepted: usize,
    url: Url,
}

/// What a command's task needs.
struct Writing {
    pool: Pool,
    queue: Arc<Semaphore>,
    figures: Figures,
    patience: Duration,
    sealer: Arc<Sealer>,
    texts: merge::Texts,
}

impl PostgresStore {
    /// Opens a database, migrating it where `options.migrate_at` allows to.
    ///
    /// # Errors
    /// A server that does not answer or refuses, another program's database, a schema that is older (without
    /// `migrate_at`), newer or changed by hand.
    pub async fn open(url: &Url, options: Options) -> Result<Self, OpenError> {
        match options.migrate_at {
            Some(now) => drop(schema::migrate(url, now).await?),
            None => schema::refuse_pending(url).await?,
        }
        let sealer = options.sealer;
        let (readers, writers) = (options.readers.max(1), options.writers.max(1));
        let pool = pool(url, options.busy, readers + writers)?;
        let accepted = writers.saturating_add(options.queue).min(Semaphore::MAX_PERMITS);
        // Longer than the server waits for a lock, so that its own answer comes first.
        let patience = options.busy.saturating_mul(4);
        let writing = Writing {
            pool: pool.clone(),
            queue: Arc::new(Semaphore::new(accepted)),
            figures: Figures::new(options.ticks),
            patience,
            sealer: Arc::clone(&sealer),
            texts: merge::Texts::default(),
        };
        let readers = Readers::new(pool, readers, patience);
        writing.prove().await?;
        Ok(Self::over(Postgres { writing: Arc::new(writing), readers, accepted, url: url.clone() }, sealer))
    }

    /// The database, without its password.
    pub fn url(&self) -> &Url {
        &self.driver.url
    }

    /// Names what operators may be told, among it how often a transaction was repeated after a serialization failure or
    /// a deadlock, by the number of the message it answers; `commit`, `outbox` and `serials` are those that
    /// answer none.
    pub fn register(&self, registry: &mut Registry) {
        self.driver.writing.figures.register(registry);
        self.driver.writing.figures.register_pool(registry);
    }

    /// Takes no more commands, finishes those accepted, and returns when they are durable. Reads go on.
    pub async fn close(&self) {
        let queue = &self.driver.writing.queue;
        let all = u32::try_from(self.driver.accepted).unwrap_or(u32::MAX);
        if let Ok(permits) = queue.acquire_many(all).await {
            permits.forget();
        }
        queue.close();
    }
}

impl Driver for Postgres {
    async fn rows(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let params = &params;
        let ask = |link: Arc<Object>| async move {
            let statement = statement(&link, sql).await?;
            Ok(run(&link, statement, params).await?.rows)
        };
        self.readers.ask(ask).await
    }

    async fn rows_each(&self, sql: &'static str, each: Vec<Vec<Value>>) -> Result<Vec<Vec<Row>>, StoreError> {
        let each = &each;
        let ask = |link: Arc<Object>| async move {
            let statement = statement(&link, sql).await?;
            let mut pipe = Pipe::default();
            for params in each {
                pipe.send(run(&link, statement.clone(), params)).await;
            }
            pipe.finish().await.into_iter().map(|done| done.map(|done| done.rows)).collect()
        };
        self.readers.ask(ask).await
    }

    async fn apply(&self, name: &'static str, steps: Vec<Step>) -> Result<(), CommitError> {
        let began = self.writing.figures.began();
        let answer = self.writing.accept(move |writing| async move { writing.commit(name, &steps).await }).await;
        self.writing.figures.committed(began);
        answer
    }

    async fn serials(&self, params: Vec<Value>, count: i64) -> Result<u64, StoreError> {
        let work = move |writing: Arc<Writing>| async move { writing.serials(&params, count).await };
        match self.writing.accept(work).await {
            Ok(first) => Ok(first),
            Err(CommitError::Store(error)) => Err(error),
            Err(other) => Err(StoreError::Broken(other.to_string())),
        }
    }
}

impl Writing {
    /// Proves the ring on a connection of the pool, so that no reader is made for it.
    async fn prove(&self) -> Result<(), OpenError> {
        for _ in 0..2 {
            let link = self.pool.get().await.map_err(pool_error)?;
            let listed = async { run(&link, statement(&link, sql::SEALED_BY).await?, &[]).await };
            let listed = listed.await.map_err(|error| store_error(&error))?;
            drop(link);
            let Some(step) = probe::judge(&self.sealer, listed.rows)? else { break };
            self.commit("rotation", &[step]).await.map_err(|error| StoreError::Broken(error.to_string()))?;
        }
        Ok(())
    }

    /// Runs a command in a task of its own, so that it ends whatever becomes of the caller.
    async fn accept<T: Send + 'static, F>(
        self: &Arc<Self>,
        work: impl FnOnce(Arc<Self>) -> F + Send + 'static,
    ) -> Result<T, CommitError>
    where
        F: Future<Output = Result<T, CommitError>> + Send + 'static,
    {
        let permit = self.permit()?;
        let work = work(Arc::clone(self));
        let waiting = self.figures.waiting.clone();
        waiting.inc();
        let task = tokio::spawn(async move {
            let answer = work.await;
            waiting.dec();
            drop(permit);
            answer
        });
        task.await.unwrap_or_else(|_| Err(stopped().into()))
    }

    /// A connection that writes.
    async fn connection(&self) -> Result<Object, StoreError> {
        let began = self.figures.began();
        let link = self.pool.get().await.map_err(pool_error);
        self.figures.connected(began);
        link
    }

    fn permit(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        Arc::clone(&self.queue).try_acquire_owned().map_err(|_| {
            if self.queue.is_closed() {
                stopped()
            } else {
                StoreError::Unavailable("写入队列已满，请稍后重试".to_owned())
            }
        })
    }
}

/// Connections that wait for a lock no longer than `busy`, see what was acknowledged whatever the server's defaults, and
/// acknowledge nothing before the disk has it.
fn pool(url: &Url, busy: Duration, size: usize) -> Result<Pool, OpenError> {
    let manager = Manager::from_config(
        url.config(busy),
        url.connector()?,
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    let first = format!(
        "SET lock_timeout = {};
         SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED;
         SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
        busy.as_millis().clamp(1, 2_000_000_000)
    );
    let settle = Hook::async_fn(move |link: &mut deadpool_postgres::ClientWrapper, _| {
        let first = first.clone();
        Box::pin(async move { link.batch_execute(&first).await.map_err(HookError::Backend) })
    });
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(busy))
        .create_timeout(Some(busy))
        .post_create(settle)
        .build()
        .map_err(|error| OpenError::Store(StoreError::Broken(error.to_string())))
}

/// Why there is no connection.
fn pool_error(error: PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => store_error(&error),
        PoolError::Timeout(_) => StoreError::Unavailable("数据库连接均被占用或无法建立，请稍后重试".to_owned()),
        other => StoreError::Unavailable(other.to_string()),
    }
}

/// The store is closed; what was under way may or may not have been written.
fn stopped() -> StoreError {
    StoreError::Unavailable("存储正在停止".to_owned())
}
