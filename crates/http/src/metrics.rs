//! What Prometheus is told of the front: messages, how long they took, refusals, bodies in flight.
//!
//! Invariants: a label is a word of ours, never of a sender: transaction (those built, and `none`), dialect (eight),
//! code (those of `outcome`), code of a refusal (those of the code and the packs, at most [`CODES_MAX`]); there is no global registry.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lf_vocab::Moment;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::seen::Seen;

/// How many codes of refusals are counted by name; a pack's further ones are counted as `other`.
pub const CODES_MAX: usize = 1_024;

/// Seconds.
const BUCKETS: [f64; 12] = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Seconds, minutes, hours, days: an institution uploads at once, or when its clerk comes round to it.
const SYNC_BUCKETS: [f64; 10] = [1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0, 259_200.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MessageLabels {
    transaction: &'static str,
    dialect: &'static str,
    code: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TransactionLabels {
    transaction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    code: String,
}

/// The figures of the front.
pub struct Metrics {
    messages: Family<MessageLabels, Counter>,
    seconds: Family<TransactionLabels, Histogram, fn() -> Histogram>,
    sync: Histogram,
    refusals: Family<RefusalLabels, Counter>,
    codes: Mutex<BTreeSet<String>>,
    /// Open connections.
    pub connections: Gauge,
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        Self {
            messages: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            sync: Histogram::new(SYNC_BUCKETS),
            refusals: Family::default(),
            codes: Mutex::default(),
            connections: Gauge::default(),
        }
    }

    /// Gives them their names. `bodies` counts those in flight.
    pub fn register(&self, registry: &mut Registry, bodies: Gauge) {
        registry.register(
            "liufang_messages",
            "Messages answered, by transaction, dialect and code of the answer (0: success)",
            self.messages.clone(),
        );
        registry.register("liufang_message_seconds", "From the head of a request to its answer", self.seconds.clone());
        registry.register(
            "liufang_rx_sync_seconds",
            "From the review at the institution, as its 7103 says, until every pharmacy can fetch the prescription",
            self.sync.clone(),
        );
        registry.register("liufang_refusals", "Refusals, by their code in docs/ERRORS.md", self.refusals.clone());
        registry.register("liufang_bodies_in_flight", "Bodies in memory, limit bodies_max", bodies);
        registry.register(
            "liufang_connections",
            "Open connections of the interface, limit connections_max",
            self.connections.clone(),
        );
    }

    /// Counts an answered message.
    pub fn message(&self, seen: &Seen, refused: &[String], took: Duration) {
        let transaction = seen.transaction();
        self.messages.get_or_create(&MessageLabels { transaction, dialect: seen.dialect, code: seen.code }).inc();
        self.seconds.get_or_create(&TransactionLabels { transaction }).observe(took.as_secs_f64());
        for code in refused {
            self.refusals.get_or_create(&RefusalLabels { code: self.bounded(code) }).inc();
        }
    }

    /// Counts a prescription that pharmacies can fetch. A clock that runs ahead counts as none.
    pub fn synced(&self, reviewed: Moment, now: Moment) {
        let seconds = (now.micros() - reviewed.micros()).max(0) / 1_000_000;
        self.sync.observe(u32::try_from(seconds).unwrap_or(u32::MAX).into());
    }

    fn bounded(&self, code: &str) -> String {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        if !codes.contains(code) {
            if codes.len() >= CODES_MAX {
                return "other".to_owned();
            }
            codes.insert(code.to_owned());
        }
        code.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_codes_have_a_name_and_the_rest_are_others() {
        let metrics = Metrics::new();
        for nth in 0..CODES_MAX {
            assert_eq!(metrics.bounded(&format!("X-{nth}")), format!("X-{nth}"));
        }
        assert_eq!((metrics.bounded("X-new"), metrics.bounded("X-7")), ("other".to_owned(), "X-7".to_owned()));
    }
}
