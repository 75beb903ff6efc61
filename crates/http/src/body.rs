//! Reading a request's body within its limits: size, time, least speed, and how many at once.
//!
//! Invariants: nothing of a body is kept past a limit; a place is taken with the first bytes and held until the message is
//! answered, because the body lies in memory until then; who says nothing or little holds no place for long.

use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use http_body_util::BodyExt as _;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, Sleep};

use crate::Limits;
use crate::outcome::Outcome;

/// How long a body may take its time before its speed counts.
const GRACE: Duration = Duration::from_secs(5);

/// A body and its place among those in flight.
pub struct Taken<'s> {
    /// The bytes.
    pub bytes: Bytes,
    _place: SemaphorePermit<'s>,
    _counted: Counted<'s>,
}

/// The places for bodies, and how many are taken.
pub struct Places {
    free: Semaphore,
    taken: Gauge,
}

impl Places {
    /// All of them free.
    pub fn new(bodies_max: usize) -> Self {
        Self { free: Semaphore::new(bodies_max.min(Semaphore::MAX_PERMITS)), taken: Gauge::default() }
    }

    /// How many are taken.
    pub fn taken(&self) -> Gauge {
        self.taken.clone()
    }
}

/// One more in the gauge while it lives.
struct Counted<'s>(&'s Gauge);

impl<'s> Counted<'s> {
    fn one(gauge: &'s Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Reads a body of at most `body_max` bytes, or says which limit it met: 503 when no place is free, 408 when it does not
/// come in time or comes in drops, 413 when it is too large.
pub async fn take<'s>(
    mut body: Body,
    body_max: usize,
    limits: &Limits,
    places: &'s Places,
) -> Result<Taken<'s>, Outcome> {
    if body.size_hint().lower() > u64::try_from(body_max).unwrap_or(u64::MAX) {
        return Err(Outcome::too_large(body_max));
    }
    let total = Duration::from_secs(limits.body_seconds);
    let mut end = pin!(tokio::time::sleep(total));
    let started = end.deadline() - total;
    let first = piece(&mut body, &mut end, started, 0, limits).await?;
    // Who finds no place is told at once; waiting for one would only move the queue to here.
    let Ok(place) = places.free.try_acquire() else { return Err(Outcome::too_many(limits.bodies_max)) };
    let counted = Counted::one(&places.taken);
    let mut all = Vec::from(first.unwrap_or_default());
    while all.len() <= body_max
        && let Some(next) = piece(&mut body, &mut end, started, all.len(), limits).await?
    {
        all.extend_from_slice(&next);
    }
    if all.len() > body_max {
        return Err(Outcome::too_large(body_max));
    }
    Ok(Taken { bytes: Bytes::from(all), _place: place, _counted: counted })
}

/// The next bytes, or `None` at the end. `received` bytes allow it to take until the least speed is met.
async fn piece(
    body: &mut Body,
    end: &mut std::pin::Pin<&mut Sleep>,
    started: Instant,
    received: usize,
    limits: &Limits,
) -> Result<Option<Bytes>, Outcome> {
    let bytes = u64::try_from(received).unwrap_or(u64::MAX);
    let earned = GRACE + Duration::from_millis(bytes.saturating_mul(1_000) / limits.body_bytes_per_second.max(1));
    let total = Duration::from_secs(limits.body_seconds);
    let too_late = || {
        if earned < total {
            Outcome::too_thin(limits.body_bytes_per_second)
        } else {
            Outcome::too_slow(limits.body_seconds)
        }
    };
    end.as_mut().reset(started + earned.min(total));
    loop {
        let frame = tokio::select! {
            biased;
            frame = body.frame() => frame,
            () = end.as_mut() => return Err(too_late()),
        };
        match frame {
            None => return Ok(None),
            // The connection broke: nobody reads the answer.
            Some(Err(_)) => return Err(Outcome::cut_off()),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
