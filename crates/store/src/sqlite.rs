//! SQLite as the ports' engine: one writer, a few readers.
//!
//! Serves every transaction. Invariants: what was acknowledged is seen by every later read; reads are made in
//! the calling task (microseconds each) and never wait for the writer; numbers, texts and lists have limits.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use lf_ports::{CommitError, StoreError};
use prometheus_client::registry::Registry;
use tokio::sync::oneshot;

use crate::database::Options;
use crate::db::{Db, Role};
use crate::driver::{Driver, Ports};
use crate::figures::Figures;
use crate::history::OpenError;
use crate::plan::Step;
use crate::sql;
use crate::value::{Row, Value};
use crate::writer::{Command, Writer, stopped};
use crate::{probe, schema};

/// The ports on a SQLite file. Shared between tasks behind an `Arc`; several on one file work together.
pub type SqliteStore = Ports<Sqlite>;

/// SQLite: one writer, a few readers.
pub struct Sqlite {
    writer: Writer,
    readers: Vec<Mutex<Db>>,
    next: AtomicUsize,
    path: PathBuf,
    figures: Figures,
}

impl SqliteStore {
    /// Opens a database file, creating it where `options.migrate_at` allows to.
    ///
    /// # Errors
    /// A file that is no database or another program's, a schema that is older (without `migrate_at`), newer
    /// or changed by hand, and whatever the disk says.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let path = path.as_ref();
        match options.migrate_at {
            Some(now) => drop(schema::migrate(path, now)?),
            None => schema::refuse_pending(path)?,
        }
        let mut writer = Db::open(path, options.busy, Role::Writer)?;
        let sealer = options.sealer;
        for _ in 0..2 {
            let listed = writer.query(sql::SEALED_BY, &[])?;
            let Some(new) = probe::judge(&sealer, listed)? else { break };
            writer.execute(new.sql, &new.params)?;
        }
        let reader = |_| Db::open(path, options.busy, Role::Reader).map(Mutex::new);
        let readers = (0..options.readers.max(1)).map(reader).collect::<Result<Vec<_>, _>>()?;
        let figures = Figures::new(options.ticks);
        let (queue, batch_max) = (options.queue.max(1), options.batch_max.max(1));
        let writer = Writer::start(writer, Arc::clone(&sealer), queue, batch_max, figures.clone())
            .map_err(|error| OpenError::Store(StoreError::Unavailable(error.to_string())))?;
        Ok(Self::over(Sqlite { writer, readers, next: AtomicUsize::new(0), path: path.to_owned(), figures }, sealer))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.driver.path
    }

    /// Names what operators may be told.
    pub fn register(&self, registry: &mut Registry) {
        self.driver.figures.register(registry);
        self.driver.figures.register_batches(registry);
    }

    /// Takes no more commands, finishes those accepted, and returns when they are on the disk. Reads go on.
    /// Dropping the store does the same.
    pub fn close(&self) {
        self.driver.writer.close();
    }
}

impl Sqlite {
    /// Any reader that is free, else the next one in turn.
    fn reader(&self) -> MutexGuard<'_, Db> {
        let count = self.readers.len();
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for step in 0..count {
            match self.readers[(first + step) % count].try_lock() {
                Ok(db) => return db,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.readers[first % count].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Driver for Sqlite {
    async fn rows(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.reader().query(sql, &params)
    }

    async fn rows_each(&self, sql: &'static str, each: Vec<Vec<Value>>) -> Result<Vec<Vec<Row>>, StoreError> {
        let mut db = self.reader();
        each.iter().map(|params| db.query(sql, params)).collect()
    }

    async fn apply(&self, _: &'static str, steps: Vec<Step>) -> Result<(), CommitError> {
        let began = self.figures.began();
        let (reply, answer) = oneshot::channel();
        self.writer.send(Command::Commit { steps, reply })?;
        let answer = answer.await.unwrap_or_else(|_| Err(stopped().into()));
        self.figures.committed(began);
        answer
    }

    async fn serials(&self, params: Vec<Value>, count: i64) -> Result<u64, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.writer.send(Command::Serials { params, count, reply })?;
        match answer.await {
            Ok(Ok(first)) => Ok(first),
            Ok(Err(CommitError::Store(error))) => Err(error),
            Ok(Err(other)) => Err(StoreError::Broken(other.to_string())),
            Err(_) => Err(stopped()),
        }
    }
}
