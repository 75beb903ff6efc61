//! The store on SQLite: one writer, a few readers, the ports.
//!
//! Serves every transaction. Invariants: what was acknowledged is seen by every later read; reads are made in
//! the calling task (microseconds each) and never wait for the writer; numbers, texts and lists have limits.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use lf_ports::{ChangeSet, CommitError, Inconsistency, StoreError};
use lf_vocab::{Admdvs, Day, Moment};
use tokio::sync::oneshot;

use crate::db::{Db, Role};
use crate::plan::plan;
use crate::schema::{self, OpenError};
use crate::value::{Row, Value};
use crate::writer::{Command, Writer, stopped};

mod audit;
mod finders;

/// The most rows one page answers.
const PAGE_MAX: usize = 10_000;
/// The most serials set aside at once.
const SERIALS_MAX: u64 = 1_000_000;

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Reading connections.
    pub readers: usize,
    /// Commands that may wait for the writer; one more is refused as unavailable.
    pub queue: usize,
    /// Commands that share one COMMIT.
    pub batch_max: usize,
    /// How long to wait for another process that writes.
    pub busy: Duration,
    /// Brings the schema up to date and notes this moment; `None` = refuse an old schema.
    pub migrate_at: Option<Moment>,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, queue: 4_096, batch_max: 256, busy: Duration::from_secs(5), migrate_at: None }
    }
}

/// The ports on a SQLite file. Shared between tasks behind an `Arc`; several on one file work together.
pub struct SqliteStore {
    writer: Writer,
    readers: Vec<Mutex<Db>>,
    next: AtomicUsize,
    path: PathBuf,
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
        let writer = Db::open(path, options.busy, Role::Writer)?;
        let reader = |_| Db::open(path, options.busy, Role::Reader).map(Mutex::new);
        let readers = (0..options.readers.max(1)).map(reader).collect::<Result<Vec<_>, _>>()?;
        let writer = Writer::start(writer, options.queue.max(1), options.batch_max.max(1))
            .map_err(|error| OpenError::Store(StoreError::Unavailable(error.to_string())))?;
        Ok(Self { writer, readers, next: AtomicUsize::new(0), path: path.to_owned() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes no more commands, finishes those accepted, and returns when they are on the disk. Reads go on.
    /// Dropping the store does the same.
    pub fn close(&self) {
        self.writer.close();
    }

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

    fn rows(&self, sql: &'static str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.reader().query(sql, params)
    }

    fn one<T>(
        &self,
        sql: &'static str,
        params: &[Value],
        read: impl FnOnce(Row) -> Result<T, Inconsistency>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, params)?.pop().map(read).transpose()?)
    }

    fn many<T>(
        &self,
        sql: &'static str,
        params: &[Value],
        read: impl FnMut(Row) -> Result<T, Inconsistency>,
    ) -> Result<Vec<T>, StoreError> {
        Ok(self.rows(sql, params)?.into_iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn reserve(&self, poolarea_no: Admdvs, day: Day, count: u64) -> Result<u64, StoreError> {
        let in_range = Some(count).filter(|count| (1..=SERIALS_MAX).contains(count));
        let count = in_range.and_then(|count| i64::try_from(count).ok());
        let count = count.ok_or_else(|| StoreError::Broken(format!("serials are taken 1 to {SERIALS_MAX} at once")))?;
        let (reply, answer) = oneshot::channel();
        let params =
            vec![poolarea_no.as_str().into(), i64::from(day.number()).into(), (count + 1).into(), count.into()];
        self.writer.send(Command::Serials { params, count, reply })?;
        match answer.await {
            Ok(Ok(first)) => Ok(first),
            Ok(Err(CommitError::Store(error))) => Err(error),
            Ok(Err(other)) => Err(StoreError::Broken(other.to_string())),
            Err(_) => Err(stopped()),
        }
    }

    async fn write(&self, changes: ChangeSet) -> Result<(), CommitError> {
        let steps = plan(&changes)?;
        // Large texts live on in the steps only.
        drop(changes);
        let (reply, answer) = oneshot::channel();
        self.writer.send(Command::Commit { steps, reply })?;
        answer.await.unwrap_or_else(|_| Err(stopped().into()))
    }
}

/// A page's size as a parameter.
fn page(most: usize) -> Value {
    Value::Int(i64::try_from(most.min(PAGE_MAX)).unwrap_or(0))
}
