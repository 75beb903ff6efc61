//! What one app may ask of the center: messages a second, messages under way, the size of a body, wrong codes in 7203.
//!
//! Invariants: a limit is met by a sender who was proved, never by an address or a claim, so that nobody can use up another's; a
//! place is given back when its message is answered; what is kept of apps has an end.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use lf_ports::{App, Clock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Limits;
use crate::outcome::Outcome;

/// How many apps are remembered; those at rest are forgotten first.
const KEPT_MAX: usize = 16_384;
/// How many wrong codes an app may show in 7203 within [`QRCODE_WINDOW`]: the proof in a code has 40 bits (decision 0008).
pub const QRCODE_FAILURES_MAX: usize = 20;
/// See [`QRCODE_FAILURES_MAX`].
pub const QRCODE_WINDOW: Duration = Duration::from_secs(3_600);

/// The limits of all apps.
pub struct Guards {
    clock: Steady,
    usual: Allowed,
    kept_max: usize,
    kept: Mutex<BTreeMap<String, Arc<Guard>>>,
}

/// What is counted of one app.
struct Guard {
    allowed: Allowed,
    rate: RateLimiter<NotKeyed, InMemoryState, Steady, NoOpMiddleware<Duration>>,
    places: Arc<Semaphore>,
    wrong_codes: Mutex<VecDeque<Duration>>,
}

/// The limits of one app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Allowed {
    per_second: NonZeroU32,
    burst: NonZeroU32,
    concurrent: NonZeroU32,
    body_max: usize,
}

/// A message that was let in; its place is free again when this is dropped.
pub struct Pass {
    guard: Arc<Guard>,
    clock: Steady,
    _place: OwnedSemaphorePermit,
}

/// The steady clock as the rate limiter reads it.
#[derive(Clone)]
struct Steady(Arc<dyn Clock>);

impl governor::clock::Clock for Steady {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.steady()
    }
}

impl Guards {
    /// Nobody is known yet.
    pub fn new(clock: Arc<dyn Clock>, limits: &Limits) -> Self {
        let usual = Allowed {
            per_second: limits.app_per_second,
            burst: limits.app_burst,
            concurrent: limits.app_concurrent,
            body_max: limits.body_max,
        };
        Self { clock: Steady(clock), usual, kept_max: KEPT_MAX, kept: Mutex::default() }
    }

    /// Lets a message of a proved sender in, or says which limit it met.
    pub fn enter(&self, app: &App) -> Result<Pass, Outcome> {
        let guard = self.guard(app);
        let Allowed { per_second, burst, concurrent, .. } = guard.allowed;
        if guard.rate.check().is_err() {
            return Err(Outcome::app_too_fast(per_second, burst));
        }
        let place = Arc::clone(&guard.places).try_acquire_owned();
        let place = place.map_err(|_| Outcome::app_too_many(concurrent))?;
        Ok(Pass { guard, clock: self.clock.clone(), _place: place })
    }

    fn guard(&self, app: &App) -> Arc<Guard> {
        let allowed = self.usual.of(app);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.get(&app.app_id);
        if let Some(guard) = known.filter(|guard| guard.allowed == allowed) {
            return Arc::clone(guard);
        }
        let known = known.cloned();
        let guard = Arc::new(Guard::new(allowed, self.clock.clone()));
        match known {
            // The register was changed: what was counted against the app stays.
            Some(known) => *guard.codes() = std::mem::take(&mut *known.codes()),
            None if kept.len() >= self.kept_max => {
                let since = self.clock.0.steady().saturating_sub(QRCODE_WINDOW);
                kept.retain(|_, guard| !guard.is_at_rest(since));
                // Apps are of the register, so that only an operator can come here.
                if kept.len() >= self.kept_max {
                    kept.clear();
                }
            }
            None => {}
        }
        kept.insert(app.app_id.clone(), Arc::clone(&guard));
        guard
    }
}

impl Allowed {
    fn of(self, app: &App) -> Self {
        let own = app.limits.unwrap_or_default();
        let body_max = own.body_max.and_then(|max| usize::try_from(max.get()).ok());
        Self {
            per_second: own.per_second.unwrap_or(self.per_second),
            burst: own.burst.unwrap_or(self.burst),
            concurrent: own.concurrent.unwrap_or(self.concurrent),
            body_max: body_max.map_or(self.body_max, |max| max.min(self.body_max)),
        }
    }
}

impl Guard {
    fn new(allowed: Allowed, clock: Steady) -> Self {
        let quota = Quota::per_second(allowed.per_second).allow_burst(allowed.burst);
        Self {
            allowed,
            rate: RateLimiter::direct_with_clock(quota, clock),
            places: Arc::new(Semaphore::new(places(allowed))),
            wrong_codes: Mutex::default(),
        }
    }

    fn codes(&self) -> std::sync::MutexGuard<'_, VecDeque<Duration>> {
        self.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing under way, and no wrong code since then.
    fn is_at_rest(&self, since: Duration) -> bool {
        self.places.available_permits() == places(self.allowed) && self.codes().back().is_none_or(|last| *last < since)
    }
}

fn places(allowed: Allowed) -> usize {
    usize::try_from(allowed.concurrent.get()).map_or(Semaphore::MAX_PERMITS, |many| many.min(Semaphore::MAX_PERMITS))
}

impl Pass {
    /// The largest body of the app.
    pub fn body_max(&self) -> usize {
        self.guard.allowed.body_max
    }

    /// That a body was not larger than the app's may be.
    pub fn check_size(&self, size: usize) -> Result<(), Outcome> {
        if size <= self.body_max() { Ok(()) } else { Err(Outcome::too_large(self.body_max())) }
    }

    /// That the app may still show codes in 7203.
    pub fn may_show_code(&self) -> Result<(), Outcome> {
        let now = self.clock.0.steady();
        let mut codes = self.guard.codes();
        while codes.front().is_some_and(|first| now.saturating_sub(*first) >= QRCODE_WINDOW) {
            codes.pop_front();
        }
        if codes.len() < QRCODE_FAILURES_MAX { Ok(()) } else { Err(Outcome::app_guesses()) }
    }

    /// Counts a code that was none of ours.
    pub fn showed_wrong_code(&self) {
        let mut codes = self.guard.codes();
        // Messages under way together may be more than the limit; the newest decide.
        if codes.len() >= QRCODE_FAILURES_MAX {
            codes.pop_front();
        }
        codes.push_back(self.clock.0.steady());
    }
}

#[cfg(test)]
mod tests;
