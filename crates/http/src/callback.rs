//! The courier: takes letters out of the outbox and brings 7108 and 7109 to the hospitals, at least once and in the
//! order of each prescription (docs/decisions/0012-callbacks.md).
//!
//! Invariants: a letter is deleted only after the hospital said `success`; one letter of a prescription is under way at a
//! time, in all processes together; nobody is asked whether there is something to do more often than the settings say;
//! what stands in `why` and in the log holds nothing of a letter.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use lf_gm::Signer;
use lf_ports::{App, Claimed, Clock, Letter, Next, Outbox, Store, StoreError};
use lf_vocab::Moment;
use lf_wire::callback;
use tokio::task::JoinSet;

use crate::apps::{Apps, style};

mod why;

pub use why::Why;

/// The largest answer that is read.
pub const ANSWER_MAX: usize = 64 * 1024;
/// What a claim lasts beyond the time that a delivery may take, for the writing of its end.
const LEASE_MARGIN_SECONDS: i64 = 10;
/// The longest that an institution that cannot be reached is left alone at a time.
const REST_MAX_SECONDS: i64 = 60;
/// The shortest sleep: another process may hold what seems due.
const SLEEP_MIN: Duration = Duration::from_millis(100);

/// What the operator may choose of the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Letters under way at once.
    pub at_once: usize,
    /// How long a connection may take.
    pub connect_seconds: u64,
    /// How long the answer may take, from the connection on.
    pub answer_seconds: u64,
    /// The wait after the first failure; each further one doubles it.
    pub wait_seconds: i64,
    /// The longest wait.
    pub wait_max_seconds: i64,
    /// Failures after which a letter is dead.
    pub tries_max: u32,
    /// Age at a failure, from when it was first to be sent, at which a letter is dead.
    pub age_max_hours: i64,
    /// How often to look for what other processes left.
    pub look_seconds: u64,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            at_once: 16,
            connect_seconds: 5,
            answer_seconds: 10,
            wait_seconds: 5,
            wait_max_seconds: 3_600,
            tries_max: 60,
            age_max_hours: 48,
            look_seconds: 15,
        }
    }
}

impl Delivery {
    /// The wait after a letter failed that had failed `tried` times before.
    pub fn wait(&self, tried: u32) -> i64 {
        let doubled = 1i64.checked_shl(tried.min(62)).and_then(|factor| self.wait_seconds.checked_mul(factor));
        doubled.unwrap_or(i64::MAX).min(self.wait_max_seconds)
    }

    /// What becomes of a letter that failed.
    pub fn after(&self, claimed: &Claimed, now: Moment) -> Next {
        let too_often = claimed.tried.saturating_add(1) >= self.tries_max;
        let too_old = now >= claimed.since.plus_seconds(self.age_max_hours.saturating_mul(3_600));
        if too_often || too_old { Next::Dead } else { Next::Due(now.plus_seconds(self.wait(claimed.tried))) }
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.connect_seconds.saturating_add(self.answer_seconds))
    }

    fn lease_seconds(&self) -> i64 {
        i64::try_from(self.patience().as_secs()).unwrap_or(i64::MAX).saturating_add(LEASE_MARGIN_SECONDS)
    }
}

/// Brings letters to hospitals.
pub struct Courier {
    store: Arc<dyn Store>,
    outbox: Arc<dyn Outbox>,
    clock: Arc<dyn Clock>,
    platform: Arc<Signer>,
    delivery: Delivery,
    http: Client<HttpConnector, Full<Bytes>>,
    apps: Apps,
}

impl Courier {
    /// A courier over a store and its outbox. `platform` signs every notice.
    pub fn new(
        store: Arc<dyn Store>,
        outbox: Arc<dyn Outbox>,
        clock: Arc<dyn Clock>,
        platform: impl Into<Arc<Signer>>,
        delivery: Delivery,
    ) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(delivery.connect_seconds)));
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(4)
            .build(connector);
        Self { store, outbox, clock, platform: platform.into(), delivery, http, apps: Apps::default() }
    }

    /// Delivers until `stop` resolves, then finishes what is under way.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()> + Send) {
        let mut stop = std::pin::pin!(stop);
        let mut flying = JoinSet::new();
        loop {
            let room = self.delivery.at_once.saturating_sub(flying.len());
            let claimed = self.take(room).await;
            for claimed in claimed {
                let courier = Arc::clone(&self);
                flying.spawn(async move { courier.deliver(&claimed).await });
            }
            let full = flying.len() >= self.delivery.at_once;
            let sleep = self.sleep().await;
            tokio::select! {
                () = &mut stop => break,
                Some(_) = flying.join_next() => {}
                () = self.outbox.written(), if !full => {}
                () = tokio::time::sleep(sleep), if !full => {}
            }
        }
        while flying.join_next().await.is_some() {}
    }

    /// Delivers once what is due now and answers how many letters were tried.
    ///
    /// # Errors
    /// The store's.
    pub async fn round(self: &Arc<Self>) -> Result<usize, StoreError> {
        let claimed = self.claim(self.delivery.at_once).await?;
        let mut flying = JoinSet::new();
        let tried = claimed.len();
        for claimed in claimed {
            let courier = Arc::clone(self);
            flying.spawn(async move { courier.deliver(&claimed).await });
        }
        while flying.join_next().await.is_some() {}
        Ok(tried)
    }

    async fn claim(&self, most: usize) -> Result<Vec<Claimed>, StoreError> {
        let now = self.clock.now();
        self.outbox.claim_due(now, now.plus_seconds(self.delivery.lease_seconds()), most).await
    }

    async fn take(&self, room: usize) -> Vec<Claimed> {
        if room == 0 {
            return Vec::new();
        }
        self.claim(room).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the outbox cannot be read");
            Vec::new()
        })
    }

    /// Until the next letter is due, but within bounds: another process may write or revive one unheard.
    async fn sleep(&self) -> Duration {
        let most = Duration::from_secs(self.delivery.look_seconds);
        let Ok(Some(due)) = self.outbox.next_due().await else { return most };
        let micros = due.micros().saturating_sub(self.clock.now().micros());
        Duration::from_micros(u64::try_from(micros).unwrap_or(0)).clamp(SLEEP_MIN, most.max(SLEEP_MIN))
    }

    async fn deliver(&self, claimed: &Claimed) {
        let Letter { seq, fixmedins_code, .. } = &claimed.letter;
        let done = match self.send(&claimed.letter).await {
            Ok(()) => {
                tracing::info!(seq, %fixmedins_code, "told");
                self.outbox.delivered(claimed, self.clock.now()).await
            }
            // Not the hospital's fault and no try: the claim lapses, then it is tried.
            Err(Why::Store(error)) => Err(error),
            Err(why) => self.failed(claimed, &why).await,
        };
        match done {
            Ok(true) => {}
            Ok(false) => tracing::warn!(seq, %fixmedins_code, "the claim on a letter had lapsed; it may be sent twice"),
            Err(error) => {
                tracing::error!(seq, %fixmedins_code, %error, "a letter stays claimed; it will be sent again")
            }
        }
    }

    async fn failed(&self, claimed: &Claimed, why: &Why) -> Result<bool, StoreError> {
        let Letter { seq, fixmedins_code, .. } = &claimed.letter;
        let now = self.clock.now();
        let next = self.delivery.after(claimed, now);
        tracing::warn!(seq, %fixmedins_code, tried = claimed.tried + 1, %why, ?next, "not told");
        let done = self.outbox.failed(claimed, next, &why.to_string()).await?;
        if why.unreachable() {
            // Its other letters would only keep those of reachable hospitals waiting.
            let rest = self.delivery.wait(claimed.tried).min(REST_MAX_SECONDS);
            self.outbox.rest(fixmedins_code, now.plus_seconds(rest)).await?;
        }
        Ok(done)
    }

    async fn send(&self, letter: &Letter) -> Result<(), Why> {
        let hospital = self.store.fixmedins(&letter.fixmedins_code).await?;
        // As registered now, so that a corrected address serves the letters that wait.
        let callback = hospital.and_then(|hospital| hospital.callback).ok_or(Why::NoAddress)?;
        let app = self.store.app(&callback.app_id).await?;
        let speaks = |app: &App| !app.disabled && app.fixmedins_code == letter.fixmedins_code;
        let app = app.filter(speaks).ok_or(Why::NoApp)?;
        let keys = self.apps.prepared(&app).map_err(|_| Why::Keys)?;
        let reply_keys = keys.reply_keys(&app, &self.platform);
        let payload = callback::payload(letter).map_err(|_| Why::Ours)?;
        let body =
            callback::seal(reply_keys, style(&app), self.clock.now().millis(), &payload).map_err(|_| Why::Ours)?;
        let address = callback::address(callback.url.as_str(), &letter.notice);
        let answer = tokio::time::timeout(self.delivery.patience(), self.post(&address, body)).await;
        let answer = answer.map_err(|_| Why::Slow(self.delivery.patience().as_secs()))??;
        Ok(callback::read_answer(&keys.sm4, &answer)?)
    }

    async fn post(&self, address: &str, body: Vec<u8>) -> Result<Bytes, Why> {
        let request = hyper::Request::post(address)
            .header(hyper::header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| Why::NoAddress)?;
        let response = self.http.request(request).await.map_err(|error| Why::of(&error))?;
        if !response.status().is_success() {
            return Err(Why::Status(response.status().as_u16()));
        }
        match Limited::new(response.into_body(), ANSWER_MAX).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Why::Long),
            Err(_) => Err(Why::Closed),
        }
    }
}

#[cfg(test)]
mod tests {
    use lf_ports::Notice;
    use lf_vocab::dict::{RxStasCodg, RxUsedStasCodg};

    use super::*;

    fn claimed(tried: u32) -> Claimed {
        let at = |seconds| Moment::from_micros(0).plus_seconds(seconds);
        let notice = Notice::Settlement(lf_ports::SettlementNotice {
            setl_time: at(0),
            rx_stas_codg: RxStasCodg::Valid,
            rx_used_stas_codg: RxUsedStasCodg::Used,
            taken: Vec::new(),
        });
        let letter = Letter {
            hi_rxno: lf_vocab::HiRxno::new("360900".parse().unwrap(), at(0).day(), 1).unwrap(),
            seq: 9,
            fixmedins_code: "H36090200101".parse().unwrap(),
            written: at(0),
            notice,
        };
        Claimed { letter, turn: 1, tried, since: at(100) }
    }

    #[test]
    fn each_wait_doubles_up_to_the_longest() {
        let delivery = Delivery { wait_seconds: 5, wait_max_seconds: 100, ..Delivery::default() };
        let waits: Vec<_> = (0..7).map(|tried| delivery.wait(tried)).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 100, 100]);
        for tried in [61, 62, 63, 64, u32::MAX] {
            assert_eq!(delivery.wait(tried), 100, "{tried}");
        }
    }

    #[test]
    fn a_letter_dies_of_tries_or_of_age_and_not_before() {
        let delivery = Delivery { tries_max: 3, age_max_hours: 2, ..Delivery::default() };
        let now = Moment::from_micros(0).plus_seconds(200);
        assert_eq!(delivery.after(&claimed(0), now), Next::Due(now.plus_seconds(5)));
        assert_eq!(delivery.after(&claimed(1), now), Next::Due(now.plus_seconds(10)));
        assert_eq!(delivery.after(&claimed(2), now), Next::Dead);
        let old = Moment::from_micros(0).plus_seconds(100 + 7_200);
        assert_eq!(delivery.after(&claimed(0), old.plus_seconds(-1)), Next::Due(old.plus_seconds(4)));
        assert_eq!(delivery.after(&claimed(0), old), Next::Dead);
    }
}
