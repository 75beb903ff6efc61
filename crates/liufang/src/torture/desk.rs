//! Clients that do not give up: a message whose answer got lost is sent again, byte for byte, until it is answered,
//! by whichever process takes it. What was sent and what came of it is all that they know.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use hyper::body::Bytes;
use lf_ports::Clock as _;
use lf_wire::client::{Dialect, Opened, ReplyError};

use super::dice::Dice;
use super::faults::Faults;
use super::site::Addresses;
use crate::client::{AppClient, http};
use crate::edge::SystemClock;
use crate::ground::Ground;

/// How long one sending may take until it counts as hung.
const HANG: Duration = Duration::from_secs(30);
/// How often a message is sent before it counts as never answered.
const SENDINGS_MAX: u32 = 500;
/// Between two sendings, growing to ten times of it: who waits for a database that recovers does not storm it.
const PAUSE: Duration = Duration::from_millis(20);
/// 暂时无法处理，请稍后原样重发.
const UNAVAILABLE: i64 = 503;

/// The clients of all institutions.
pub struct Desk {
    apps: BTreeMap<String, AppClient>,
    /// Where the processes are.
    pub addresses: Addresses,
    /// What must not have happened.
    pub faults: Faults,
    /// How much was done.
    pub tally: Tally,
}

/// Counts of all clients.
#[derive(Debug, Default)]
pub struct Tally {
    /// Sendings.
    pub sendings: AtomicU64,
    /// Messages that were answered.
    pub answered: AtomicU64,
    /// Sendings that were answered "unavailable, repeat".
    pub unavailable: AtomicU64,
    /// Acknowledged messages that were sent again.
    pub repeats: AtomicU64,
}

impl Tally {
    fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// A message, ready to be sent any number of times.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Institution that sends it.
    pub who: String,
    /// Transaction.
    pub infno: &'static str,
    /// Payload.
    pub data: Vec<u8>,
    /// Its timestamp.
    pub at_ms: i64,
    body: Bytes,
}

/// What became of a message.
pub enum Fate {
    /// It was answered.
    Answered(Answer),
    /// It may have been taken or not, and its sender does not ask again.
    GivenUp,
    /// Something that must not happen happened, and is noted.
    Fault,
}

/// An answer, and what it took to get it.
pub struct Answer {
    /// As opened.
    pub opened: Opened,
    /// Sendings before the answered one that may have been taken.
    pub unsure: u32,
    /// When the answered sending was made, in microseconds.
    pub last_sent_us: i64,
}

/// What became of one sending.
pub enum Sending {
    /// Answered for good.
    Answered(Opened),
    /// Never reached anybody.
    NotSent,
    /// May have been taken: the connection broke, or the center could not say.
    Unsure,
    /// Must not happen.
    Fault(String),
}

impl Desk {
    /// Clients for every institution of the region.
    pub fn new(ground: &Ground, addresses: Addresses) -> anyhow::Result<Self> {
        let http = http();
        let codes = ground.region.institutions.iter().map(|one| &one.fixmedins.fixmedins_code);
        let apps = codes.map(|code| Ok((code.to_string(), ground.client(code, &http, "", Dialect::Official)?)));
        let apps = apps.collect::<anyhow::Result<_>>()?;
        Ok(Self { apps, addresses, faults: Faults::default(), tally: Tally::default() })
    }

    /// Seals a message, once.
    pub fn letter(&self, who: &str, infno: &'static str, data: Vec<u8>, at_ms: i64) -> anyhow::Result<Letter> {
        let body = Bytes::from(self.app(who)?.seal(&data, at_ms)?);
        Ok(Letter { who: who.to_owned(), infno, data, at_ms, body })
    }

    fn app(&self, who: &str) -> anyhow::Result<&AppClient> {
        self.apps.get(who).with_context(|| format!("no client for {who}"))
    }

    /// Sends until answered. With `may_give_up` its sender is one who does not come back when the answer got lost.
    pub async fn deliver(&self, letter: &Letter, dice: &mut Dice, may_give_up: bool) -> Fate {
        let mut unsure = 0;
        for sending in 1..=SENDINGS_MAX {
            let last_sent_us = SystemClock.now().micros();
            let place = dice.below(self.addresses.len() as u64) as usize;
            match self.send(letter, place).await {
                Sending::Answered(opened) => {
                    Tally::count(&self.tally.answered);
                    return Fate::Answered(Answer { opened, unsure, last_sent_us });
                }
                Sending::NotSent => {}
                Sending::Unsure => {
                    unsure += 1;
                    if may_give_up {
                        return Fate::GivenUp;
                    }
                }
                Sending::Fault(what) => {
                    self.faults.add(what);
                    return Fate::Fault;
                }
            }
            tokio::time::sleep(PAUSE * sending.min(10)).await;
        }
        self.faults.add(format!("{}: not answered in {SENDINGS_MAX} sendings", letter.infno));
        Fate::Fault
    }

    /// Sends once to the process in this place.
    pub async fn send(&self, letter: &Letter, place: usize) -> Sending {
        let Some(address) = self.addresses.of(place) else { return Sending::NotSent };
        let Ok(app) = self.app(&letter.who) else { return Sending::Fault(format!("no client for {}", letter.who)) };
        Tally::count(&self.tally.sendings);
        let sent = app.post_to(&address, letter.infno, letter.body.clone());
        let reply = match tokio::time::timeout(HANG, sent).await {
            Err(_) => return Sending::Fault(format!("{}: no answer in {HANG:?}", letter.infno)),
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => {
                let never = error.downcast_ref::<hyper_util::client::legacy::Error>().is_some_and(|e| e.is_connect());
                return if never { Sending::NotSent } else { Sending::Unsure };
            }
        };
        let (code, message) = match app.open(&reply) {
            Ok(opened) if matches!(opened.code, 0 | 403) => return Sending::Answered(opened),
            Ok(opened) => (opened.code, opened.message),
            // Who cannot look up the sender's keys can seal nothing for it.
            Err(error) => match error.downcast_ref::<ReplyError>() {
                Some(ReplyError::Unsealed { code, message }) => (*code, message.clone()),
                _ => return Sending::Fault(format!("{}: a reply that cannot be opened: {error:#}", letter.infno)),
            },
        };
        if code == UNAVAILABLE {
            Tally::count(&self.tally.unavailable);
            return Sending::Unsure;
        }
        Sending::Fault(format!("{}: answered with code {code}: {message}", letter.infno))
    }
}
