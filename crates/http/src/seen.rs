//! What is recorded of one message: one line of the log, and the figures of `metrics`.
//!
//! Invariants: nothing of a message's content is kept, no name, number of a person, token, key or text; what is kept are words
//! of ours (transaction, dialect, codes) and the ids that the register gives out (app, institution).

use std::time::Duration;

use lf_center::Failure;
use lf_ports::App;
use lf_wire::Transaction;

use crate::Front;

/// A message so far.
pub struct Seen {
    began: Duration,
    /// A, B, C on the REST front; E, E-sealed, F on the gateway, `gateway` before the body is read; else `none`.
    pub dialect: &'static str,
    /// Once it is known.
    pub transaction: Option<Transaction>,
    /// What the answer says; 0 is success.
    pub code: i32,
    /// Under which the log tells more.
    pub reference: String,
    app_id: String,
    fixmedins_code: String,
    refused: Vec<String>,
}

impl Seen {
    /// A message that begins now.
    pub fn begin(front: &Front) -> Self {
        Self {
            began: front.clock.steady(),
            dialect: "none",
            transaction: None,
            code: 0,
            reference: String::new(),
            app_id: String::new(),
            fixmedins_code: String::new(),
            refused: Vec::new(),
        }
    }

    /// The sender is proved.
    pub fn sender(&mut self, app: &App) {
        self.app_id.clone_from(&app.app_id);
        self.fixmedins_code = app.fixmedins_code.to_string();
    }

    /// The transaction as a label; `none` before it is known.
    pub fn transaction(&self) -> &'static str {
        self.transaction.map_or("none", Transaction::number)
    }

    /// The codes of a refusal.
    pub fn failed(&mut self, failure: &Failure) {
        if let Failure::Refused(refusals) = failure {
            self.refused = refusals.iter().map(|refusal| refusal.code.clone()).collect();
        }
    }

    /// The answer is made: counts it and writes the line.
    pub fn done(self, front: &Front) {
        let took = front.clock.steady().saturating_sub(self.began);
        front.metrics.message(&self, &self.refused, took);
        tracing::info!(
            target: "liufang::message",
            transaction = self.transaction(),
            dialect = self.dialect,
            app_id = self.app_id,
            fixmedins_code = self.fixmedins_code,
            code = self.code,
            refused = self.refused.join(","),
            ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            reference = self.reference,
            "message"
        );
    }
}
