//! Statements on a connection: prepared once, sent without waiting for the answer before, values passed as our four types.
//!
//! Serves finders and commits. Invariants: a statement is on its way when `Pipe::send` returns, or its failure is known;
//! answers are taken in the order of the questions; no parameter is ever printed.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use deadpool_postgres::Object;
use futures_util::TryStreamExt as _;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error, Statement};

use crate::value::{Row, Value};

/// What a statement did.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Rows written or found.
    pub(super) count: u64,
    /// Rows answered.
    pub(super) rows: Vec<Row>,
}

/// The prepared statement of a text; one round trip when the connection sees it first, else none.
pub(super) async fn statement(link: &Object, text: &str) -> Result<Statement, Error> {
    link.prepare_cached(text).await
}

/// Runs a prepared statement; sent when first polled.
pub(super) async fn run<'a, P>(link: &Object, statement: Statement, params: P) -> Result<Done, Error>
where
    P: IntoIterator<Item = &'a Value, IntoIter: ExactSizeIterator>,
{
    let columns = statement.columns().len();
    let mut stream = pin!(link.query_raw(&statement, params.into_iter().map(Param)).await?);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        let cells: Result<Row, Error> = (0..columns).map(|at| row.try_get::<_, Cell>(at).map(|cell| cell.0)).collect();
        rows.push(cells?);
    }
    Ok(Done { count: stream.rows_affected().unwrap_or(0), rows })
}

/// A statement without parameters and rows, such as COMMIT.
pub(super) async fn tell(link: &Object, text: &str) -> Result<Done, Error> {
    link.batch_execute(text).await.map(|()| Done::default())
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Done, Error>> + Send + 'a>>;

enum Slot<'a> {
    Waiting(Sent<'a>),
    Answered(Result<Done, Error>),
}

/// Statements under way on one connection.
#[derive(Default)]
pub(super) struct Pipe<'a> {
    slots: Vec<Slot<'a>>,
}

impl<'a> Pipe<'a> {
    /// Sends a statement behind the ones before.
    pub(super) async fn send(&mut self, statement: impl Future<Output = Result<Done, Error>> + Send + 'a) {
        let mut sent: Sent<'a> = Box::pin(statement);
        let slot = match poll_fn(|context| Poll::Ready(sent.as_mut().poll(context))).await {
            Poll::Ready(answer) => Slot::Answered(answer),
            Poll::Pending => Slot::Waiting(sent),
        };
        self.slots.push(slot);
    }

    /// Whether something could not even be sent, or has failed already.
    pub(super) fn has_failed(&self) -> bool {
        self.slots.iter().any(|slot| matches!(slot, Slot::Answered(Err(_))))
    }

    /// The answers in the order of sending.
    pub(super) async fn finish(self) -> Vec<Result<Done, Error>> {
        let mut answers = Vec::with_capacity(self.slots.len());
        for slot in self.slots {
            answers.push(match slot {
                Slot::Answered(answer) => answer,
                Slot::Waiting(sent) => sent.await,
            });
        }
        answers
    }
}

type Boxed = Box<dyn std::error::Error + Sync + Send>;

/// A parameter. The driver prints parameters when it logs, so this one says nothing of itself.
struct Param<'a>(&'a Value);

impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut tokio_postgres::types::private::BytesMut) -> Result<IsNull, Boxed> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            // `$2 < 0` makes the server take a flag for a short integer.
            Value::Int(int) if *ty == Type::INT4 => i32::try_from(*int)?.to_sql(ty, out),
            Value::Int(int) if *ty == Type::INT8 => int.to_sql(ty, out),
            Value::Text(text) if <&str as ToSql>::accepts(ty) => text.as_str().to_sql(ty, out),
            Value::Bytes(bytes) if is_blob(ty) => bytes.as_slice().to_sql(&Type::BYTEA, out),
            _ => Err(format!("a value of another type than {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Bytes, also under our name for them.
fn is_blob(ty: &Type) -> bool {
    match ty.kind() {
        tokio_postgres::types::Kind::Domain(base) => *base == Type::BYTEA,
        _ => *ty == Type::BYTEA,
    }
}

/// A cell of an answer.
struct Cell(Value);

impl<'a> FromSql<'a> for Cell {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Boxed> {
        Ok(Self(match ty {
            _ if *ty == Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            _ if *ty == Type::INT4 => Value::Int(i64::from(i32::from_sql(ty, raw)?)),
            _ if is_blob(ty) => Value::Bytes(raw.to_vec()),
            _ => Value::Text(String::from_sql(ty, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Boxed> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
