//! A change set as one transaction of PostgreSQL: in one round trip when nothing stands against it.
//!
//! Serves every transaction that writes. The hopeful way joins the steps into few statements (`merge`) and sends them at
//! once, between BEGIN and COMMIT where there are several; a step that had to write a row and did not ends the
//! transaction itself, by dividing by the number of rows. Only then the careful way sends the steps again with the questions that tell why, judges the answers in order, and commits or
//! rolls back. Invariants: READ COMMITTED, whatever the server's default; nothing is committed unless every
//! statement did what it must; after a lost connection the answer is unavailable, and nothing is repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use deadpool_postgres::Object;
use futures_util::future::try_join_all;
use lf_ports::{CommitError, StoreError};
use tokio_postgres::{Error, Statement};

use super::Writing;
use super::error::{guarded, late, store_error, to_repeat};
use super::merge::{Joined, Texts};
use super::pipe::{Done, Pipe, run, statement, tell};
use crate::plan::{Must, Step};
use crate::sealer::Sealer;
use crate::value::Value;
use crate::{row, sql};

const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// How often one transaction is tried.
const TRIES: u32 = 10;
/// The rest before the second try; each further one rests as much longer.
const REST: Duration = Duration::from_millis(5);

/// Why a transaction did not commit.
pub(super) enum Failure {
    /// A serialization failure or a deadlock: to be done again.
    Repeat,
    /// Something wrote nothing: the careful way says what it means.
    Guarded,
    /// The answer.
    Final(CommitError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            error if to_repeat(&error) => Self::Repeat,
            error if guarded(&error) => Self::Guarded,
            error => Self::Final(store_error(&error).into()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Final(error.into())
    }
}

impl Writing {
    /// Commits the steps of a change set; `name` is what its repetitions are counted under.
    pub(super) async fn commit(&self, name: &'static str, steps: &[Step]) -> Result<(), CommitError> {
        for tried in 1..=TRIES {
            let mut answer = self.session(Way::Hopeful, steps).await;
            if matches!(answer, Err(Failure::Guarded)) {
                answer = self.session(Way::Careful, steps).await;
            }
            match answer {
                Ok(()) => return Ok(()),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Repeat | Failure::Guarded) => self.rest(name, tried).await,
            }
        }
        Err(in_the_way().into())
    }

    /// Sets serials aside: one statement, a transaction of its own.
    pub(super) async fn serials(&self, params: &[Value], count: i64) -> Result<u64, CommitError> {
        for tried in 1..=TRIES {
            let link = self.connection().await?;
            let asked = async { run(&link, statement(&link, sql::SERIALS).await?, params).await };
            match tokio::time::timeout(self.patience, asked).await.map_err(|_| late())? {
                Ok(mut done) => {
                    let row = done.rows.pop();
                    let row = row.ok_or_else(|| StoreError::Broken("no serial came back".to_owned()))?;
                    return Ok(row::serials(&self.sealer, row, count).map_err(StoreError::from)?);
                }
                Err(error) if to_repeat(&error) => self.rest("serials", tried).await,
                Err(error) => return Err(store_error(&error).into()),
            }
        }
        Err(in_the_way().into())
    }

    /// Counts a repetition and waits for the others to be done.
    async fn rest(&self, name: &'static str, tried: u32) {
        self.figures.repeated(name);
        tracing::warn!(transaction = name, tried, "another transaction was in the way");
        tokio::time::sleep(REST * tried).await;
    }

    /// Work on a connection that goes back to the pool only when its transaction is known to have ended.
    async fn session(&self, way: Way, steps: &[Step]) -> Result<(), Failure> {
        let mut lease = Lease(Some(self.connection().await?));
        let Some(link) = lease.0.as_ref() else { return Err(late().into()) };
        let work = async {
            match way {
                Way::Hopeful => hopeful(link, &self.texts, steps).await,
                Way::Careful => careful(link, &self.sealer, steps).await,
            }
        };
        let (ended, answer) = tokio::time::timeout(self.patience, work).await.map_err(|_| late())?;
        if ended {
            drop(lease.0.take());
        }
        answer
    }
}

/// How a transaction is sent.
#[derive(Clone, Copy)]
enum Way {
    Hopeful,
    Careful,
}

fn in_the_way() -> StoreError {
    StoreError::Unavailable("数据库正忙，请稍后重试".to_owned())
}

/// A connection that is thrown away unless it was taken out: the server then rolls back what is open on it.
struct Lease(Option<Object>);

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(link) = self.0.take() {
            drop(Object::take(link));
        }
    }
}

/// One round trip: everything at once. Answers whether the transaction has ended, and how.
async fn hopeful(link: &Object, texts: &Texts, steps: &[Step]) -> (bool, Result<(), Failure>) {
    let joined = texts.of(steps);
    let prepared = match statements(link, &joined).await {
        Ok(prepared) => prepared,
        Err(error) => return (!link.is_closed(), Err(error.into())),
    };
    // A statement alone is a transaction by itself: its answer ends when it is durable.
    if let [statement] = prepared.as_slice() {
        let answer = run(link, statement.clone(), params(steps)).await;
        return (!link.is_closed(), answer.map(drop).map_err(Failure::from));
    }
    let mut pipe = Pipe::default();
    pipe.send(tell(link, BEGIN)).await;
    let mut rest = steps;
    for (statement, joined) in prepared.into_iter().zip(joined.iter()) {
        let (now, later) = rest.split_at(joined.steps);
        pipe.send(run(link, statement, params(now))).await;
        rest = later;
    }
    // What could not be sent would be missing from the transaction.
    pipe.send(tell(link, if pipe.has_failed() { ROLLBACK } else { COMMIT })).await;
    let answers = pipe.finish().await;
    let ended = answers.last().is_some_and(Result::is_ok);
    // COMMIT succeeds also where it ends a failed transaction, so every answer counts.
    let failure = answers.into_iter().find_map(Result::err);
    (ended, failure.map_or(Ok(()), |error| Err(error.into())))
}

/// The parameters of joined steps.
fn params(steps: &[Step]) -> Vec<&Value> {
    steps.iter().flat_map(|step| &step.params).collect()
}

/// Two round trips: the statements with the questions that tell why, then the end.
async fn careful(link: &Object, sealer: &Sealer, steps: &[Step]) -> (bool, Result<(), Failure>) {
    let mut plans = Vec::with_capacity(steps.len());
    for step in steps {
        match Asked::prepare(link, step).await {
            Ok(asked) => plans.push(asked),
            Err(error) => return (!link.is_closed(), Err(error.into())),
        }
    }
    let mut pipe = Pipe::default();
    pipe.send(tell(link, BEGIN)).await;
    for asked in &plans {
        pipe.send(run(link, asked.statement.clone(), &asked.step.params)).await;
        if let Some((question, params)) = &asked.question {
            pipe.send(run(link, question.clone(), params)).await;
        }
    }
    let verdict = judge(sealer, &plans, pipe.finish().await);
    let end = tell(link, if verdict.is_ok() { COMMIT } else { ROLLBACK }).await;
    match (end, verdict) {
        (Ok(_), verdict) => (true, verdict),
        (Err(error), Ok(())) => (false, Err(error.into())),
        (Err(_), verdict) => (false, verdict),
    }
}

/// A step with what is asked where it writes nothing.
struct Asked<'a> {
    step: &'a Step,
    statement: Statement,
    question: Option<(Statement, Vec<Value>)>,
}

impl<'a> Asked<'a> {
    async fn prepare(link: &Object, step: &'a Step) -> Result<Self, Error> {
        let question = match &step.must {
            Must::Write(otherwise) => otherwise.question(),
            Must::Any | Must::Find(_) => None,
        };
        let question = match question {
            Some((sql, params)) => Some((statement(link, sql).await?, params)),
            None => None,
        };
        Ok(Self { step, statement: statement(link, step.sql).await?, question })
    }
}

/// The first step in order that did not do what it must decides; what follows it in a failed transaction says nothing.
fn judge(sealer: &Sealer, plans: &[Asked<'_>], answers: Vec<Result<Done, Error>>) -> Result<(), Failure> {
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap_or_else(|| Ok(Done::default()));
    next()?;
    for asked in plans {
        let done = next()?;
        let found = asked.question.is_some().then(&mut next);
        let verdict = match &asked.step.must {
            Must::Any => Ok(()),
            Must::Find(what) if done.rows.is_empty() => Err(CommitError::Stale(what)),
            Must::Write(otherwise) if done.count == 0 => {
                otherwise.judge(sealer, &asked.step.params, found.transpose()?.unwrap_or_default().rows)
            }
            Must::Find(_) | Must::Write(_) => found.transpose().map(drop).map_err(|error| store_error(&error).into()),
        };
        verdict.map_err(Failure::Final)?;
    }
    Ok(())
}

/// The prepared statements of texts; those that the connection has not seen are prepared together, each once.
async fn statements(link: &Object, joined: &[Joined]) -> Result<Vec<Statement>, Error> {
    let distinct: BTreeSet<&str> = joined.iter().map(|joined| joined.text.as_str()).collect();
    let prepared = try_join_all(distinct.iter().map(|text| statement(link, text))).await?;
    let prepared: BTreeMap<&str, Statement> = distinct.into_iter().zip(prepared).collect();
    Ok(joined.iter().map(|joined| prepared[joined.text.as_str()].clone()).collect())
}
