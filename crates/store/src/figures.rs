//! What operators are told of the store: how long a commit takes, how many share one, what waits, what was repeated.
//!
//! Serves `/metrics`. Invariants: no clock is read here, `Options::ticks` is the caller's; the only label is the number of
//! the message that a commit answers, a word of ours.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Seconds.
const SECONDS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// Commands.
const COMMANDS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// A clock that is passed in.
pub type Ticks = fn() -> Duration;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RetryLabels {
    transaction: &'static str,
}

/// The figures of one store; clones count together.
#[derive(Clone)]
pub(crate) struct Figures {
    ticks: Option<Ticks>,
    commit: Histogram,
    batch: Histogram,
    pool_wait: Histogram,
    retries: Family<RetryLabels, Counter>,
    /// Commands accepted and not answered.
    pub waiting: Gauge,
}

impl Figures {
    pub(crate) fn new(ticks: Option<Ticks>) -> Self {
        Self {
            ticks,
            commit: Histogram::new(SECONDS),
            batch: Histogram::new(COMMANDS),
            pool_wait: Histogram::new(SECONDS),
            retries: Family::default(),
            waiting: Gauge::default(),
        }
    }

    /// The beginning of something that is measured.
    pub(crate) fn began(&self) -> Option<Duration> {
        self.ticks.map(|ticks| ticks())
    }

    fn measure(&self, began: Option<Duration>, histogram: &Histogram) {
        if let (Some(began), Some(now)) = (began, self.began()) {
            histogram.observe(now.saturating_sub(began).as_secs_f64());
        }
    }

    /// A change set was committed or refused.
    pub(crate) fn committed(&self, began: Option<Duration>) {
        self.measure(began, &self.commit);
    }

    /// A connection was got.
    pub(crate) fn connected(&self, began: Option<Duration>) {
        self.measure(began, &self.pool_wait);
    }

    /// So many commands share a COMMIT.
    pub(crate) fn batched(&self, commands: usize) {
        self.batch.observe(u32::try_from(commands).unwrap_or(u32::MAX).into());
    }

    /// A transaction is done again because another was in the way.
    pub(crate) fn repeated(&self, transaction: &'static str) {
        self.retries.get_or_create(&RetryLabels { transaction }).inc();
    }

    /// Gives the figures of every engine their names.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "liufang_store_commit_seconds",
            "From a change set to its durable commit, or to its refusal",
            self.commit.clone(),
        );
        registry.register(
            "liufang_store_waiting",
            "Commands accepted and not answered; beyond the limit messages are answered 503",
            self.waiting.clone(),
        );
    }

    /// And those of SQLite.
    pub(crate) fn register_batches(&self, registry: &mut Registry) {
        registry.register(
            "liufang_store_batch_commands",
            "Commands that share one COMMIT (SQLite)",
            self.batch.clone(),
        );
    }

    /// And those of PostgreSQL.
    pub(crate) fn register_pool(&self, registry: &mut Registry) {
        registry.register(
            "liufang_store_pool_wait_seconds",
            "Waiting for a connection that writes (PostgreSQL)",
            self.pool_wait.clone(),
        );
        registry.register(
            "liufang_store_retries",
            "Transactions repeated after a serialization failure or a deadlock, by the message they answer (PostgreSQL)",
            self.retries.clone(),
        );
    }
}
