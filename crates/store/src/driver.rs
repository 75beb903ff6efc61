//! What an engine must do, so that the ports stand on it: run our SQL, commit a change set, set serials aside.
//!
//! Serves `finders` and `audit`, which are written once for all engines. Invariants: what was acknowledged is seen by every
//! later read; a driver sends a question when its future is first polled, so that questions polled together
//! travel together.

use std::future::Future;
use std::sync::Arc;

use lf_ports::{CommitError, Inconsistency, StoreError};
use tokio::sync::Notify;

use crate::plan::Step;
use crate::sealer::Sealer;
use crate::value::{Row, Value};

/// The most rows one page answers.
pub(crate) const PAGE_MAX: usize = 10_000;

/// The ports of `lf-ports` on an engine. Shared between tasks behind an `Arc`; several on one database work together.
pub struct Ports<D> {
    pub(crate) driver: D,
    pub(crate) sealer: Arc<Sealer>,
    /// That letters were written.
    pub(crate) letters: Notify,
}

/// An engine.
pub(crate) trait Driver: Send + Sync + 'static {
    /// Rows found by one question.
    fn rows(&self, sql: &'static str, params: Vec<Value>) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// Rows found by the same question with each of several parameters, in their order.
    fn rows_each(
        &self,
        sql: &'static str,
        each: Vec<Vec<Value>>,
    ) -> impl Future<Output = Result<Vec<Vec<Row>>, StoreError>> + Send;

    /// Applies steps, durably and all of them or none. `name` is what repetitions are counted under.
    fn apply(&self, name: &'static str, steps: Vec<Step>) -> impl Future<Output = Result<(), CommitError>> + Send;

    /// Sets `count` serials aside and answers the first.
    fn serials(&self, params: Vec<Value>, count: i64) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

#[allow(private_bounds, reason = "nothing of this is public; the engines are those of this crate")]
impl<D: Driver> Ports<D> {
    pub(crate) fn over(driver: D, sealer: Arc<Sealer>) -> Self {
        Self { driver, sealer, letters: Notify::new() }
    }

    pub(crate) async fn rows(
        &self,
        sql: &'static str,
        params: impl Into<Vec<Value>> + Send,
    ) -> Result<Vec<Row>, StoreError> {
        self.driver.rows(sql, params.into()).await
    }

    pub(crate) async fn one<T>(
        &self,
        sql: &'static str,
        params: impl Into<Vec<Value>> + Send,
        read: impl FnOnce(&Sealer, Row) -> Result<T, Inconsistency> + Send,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, params).await?.pop().map(|row| read(&self.sealer, row)).transpose()?)
    }

    pub(crate) async fn many<T>(
        &self,
        sql: &'static str,
        params: impl Into<Vec<Value>> + Send,
        mut read: impl FnMut(&Sealer, Row) -> Result<T, Inconsistency> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.rows(sql, params).await?.into_iter();
        Ok(rows.map(|row| read(&self.sealer, row)).collect::<Result<_, _>>()?)
    }
}

/// A page's size as a parameter.
pub(crate) fn page(most: usize) -> Value {
    Value::Int(i64::try_from(most.min(PAGE_MAX)).unwrap_or(0))
}
