//! The one thread that writes: what waits is committed together, so that many commands share one fsync.
//!
//! Serves every transaction that writes. Invariants: one transaction a batch and one savepoint a command, so that a
//! conflict takes back its own command only; no answer, not even a refusal, leaves before the COMMIT it rests on;
//! when the COMMIT fails, every command of the batch is told so; the queue has an end.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use lf_ports::{CommitError, StoreError};
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::oneshot;

use crate::db::Db;
use crate::figures::Figures;
use crate::plan::{Must, Step};
use crate::sealer::Sealer;
use crate::sql;
use crate::value::Value;

/// What the thread is asked.
pub(crate) enum Command {
    /// Make these changes.
    Commit { steps: Vec<Step>, reply: oneshot::Sender<Result<(), CommitError>> },
    /// Set serials aside: partition, day, how many.
    Serials { params: Vec<Value>, count: i64, reply: oneshot::Sender<Result<u64, CommitError>> },
}

/// The way to the thread. Dropping it finishes what was accepted, then ends the thread.
pub(crate) struct Writer {
    queue: Mutex<Option<SyncSender<Command>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    waiting: Gauge,
}

impl Writer {
    /// Starts the thread on a connection of its own.
    pub(crate) fn start(
        db: Db,
        sealer: Arc<Sealer>,
        queue: usize,
        batch_max: usize,
        figures: Figures,
    ) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(queue);
        let waiting = figures.waiting.clone();
        let run = move || run(db, &sealer, &receiver, batch_max, &figures);
        let thread = std::thread::Builder::new().name("lf-store-writer".to_owned()).spawn(run)?;
        Ok(Self { queue: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)), waiting })
    }

    /// Hands a command over, or says that nobody can take it.
    pub(crate) fn send(&self, command: Command) -> Result<(), StoreError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = match queue.as_ref() {
            None => return Err(stopped()),
            Some(sender) => sender.try_send(command),
        };
        if sent.is_ok() {
            self.waiting.inc();
        }
        sent.map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Unavailable("写入队列已满，请稍后重试".to_owned()),
            TrySendError::Disconnected(_) => stopped(),
        })
    }

    /// Takes no more, finishes what was accepted, waits for the end.
    pub(crate) fn close(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the writer thread ended in a panic");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// The writer is gone; what was under way may or may not have been written.
pub(crate) fn stopped() -> StoreError {
    StoreError::Unavailable("存储正在停止".to_owned())
}

fn run(mut db: Db, sealer: &Sealer, queue: &Receiver<Command>, batch_max: usize, figures: &Figures) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        while batch.len() < batch_max
            && let Ok(next) = queue.try_recv()
        {
            batch.push(next);
        }
        figures.batched(batch.len());
        let answers = write(&mut db, sealer, batch);
        for answer in answers {
            figures.waiting.dec();
            answer.send();
        }
    }
}

/// An answer that waits for the COMMIT. A receiver that went away has no claim on it.
enum Answer {
    Commit(Result<(), CommitError>, oneshot::Sender<Result<(), CommitError>>),
    Serials(Result<u64, CommitError>, oneshot::Sender<Result<u64, CommitError>>),
}

impl Answer {
    fn send(self) {
        match self {
            Self::Commit(result, reply) => drop(reply.send(result)),
            Self::Serials(result, reply) => drop(reply.send(result)),
        }
    }

    fn failed(self, error: &StoreError) -> Self {
        match self {
            Self::Commit(_, reply) => Self::Commit(Err(error.clone().into()), reply),
            Self::Serials(_, reply) => Self::Serials(Err(error.clone().into()), reply),
        }
    }
}

/// One transaction for the whole batch.
fn write(db: &mut Db, sealer: &Sealer, batch: Vec<Command>) -> Vec<Answer> {
    let size = batch.len();
    let begun = db.execute(sql::BEGIN, &[]);
    let mut lost = begun.err();
    let mut answers = Vec::with_capacity(size);
    for command in batch {
        let answer = match &lost {
            Some(error) => not_done(command, error),
            None => execute(db, sealer, command),
        };
        answers.push(answer);
        // After a full disk or the like SQLite has taken back the whole transaction by itself.
        if lost.is_none() && !db.in_transaction() {
            lost = Some(StoreError::Broken("the database ended the transaction".to_owned()));
        }
    }
    let failure = lost.or_else(|| db.execute(sql::COMMIT, &[]).err());
    let Some(error) = failure else { return answers };
    tracing::error!(commands = size, %error, "a batch was not committed");
    if db.in_transaction()
        && let Err(error) = db.execute(sql::ROLLBACK, &[])
    {
        tracing::error!(%error, "the batch could not be rolled back");
    }
    answers.into_iter().map(|answer| answer.failed(&error)).collect()
}

fn not_done(command: Command, error: &StoreError) -> Answer {
    match command {
        Command::Commit { reply, .. } => Answer::Commit(Err(error.clone().into()), reply),
        Command::Serials { reply, .. } => Answer::Serials(Err(error.clone().into()), reply),
    }
}

fn execute(db: &mut Db, sealer: &Sealer, command: Command) -> Answer {
    match command {
        Command::Commit { steps, reply } => Answer::Commit(saved(db, |db| apply(db, sealer, steps)), reply),
        Command::Serials { params, count, reply } => {
            Answer::Serials(saved(db, |db| serials(db, sealer, &params, count)), reply)
        }
    }
}

/// Runs `change` in a savepoint that is taken back when it fails.
fn saved<T>(db: &mut Db, change: impl FnOnce(&mut Db) -> Result<T, CommitError>) -> Result<T, CommitError> {
    db.execute(sql::SAVE, &[])?;
    let result = change(db);
    if db.in_transaction() {
        let undone = if result.is_err() { db.execute(sql::BACK, &[]).err() } else { None };
        if let Some(error) = undone.or_else(|| db.execute(sql::RELEASE, &[]).err()) {
            // Half a command must not be committed with its neighbours: the whole batch goes.
            tracing::error!(%error, "a savepoint could not be ended");
            db.execute(sql::ROLLBACK, &[])?;
            return Err(error.into());
        }
    }
    result
}

fn apply(db: &mut Db, sealer: &Sealer, steps: Vec<Step>) -> Result<(), CommitError> {
    for Step { sql, params, must } in steps {
        match must {
            Must::Find(what) => {
                if db.query(sql, &params)?.is_empty() {
                    return Err(CommitError::Stale(what));
                }
            }
            Must::Any => {
                db.execute(sql, &params)?;
            }
            Must::Write(otherwise) => {
                if db.execute(sql, &params)? == 0 {
                    let found = match otherwise.question() {
                        None => Vec::new(),
                        Some((sql, params)) => db.query(sql, &params)?,
                    };
                    otherwise.judge(sealer, &params, found)?;
                }
            }
        }
    }
    Ok(())
}

fn serials(db: &mut Db, sealer: &Sealer, params: &[Value], count: i64) -> Result<u64, CommitError> {
    let row = db.query(sql::SERIALS, params)?.pop();
    let row = row.ok_or_else(|| StoreError::Broken("no serial came back".to_owned()))?;
    Ok(crate::row::serials(sealer, row, count).map_err(StoreError::from)?)
}

#[cfg(test)]
mod tests;
