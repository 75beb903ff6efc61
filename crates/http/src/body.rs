//! Reading a request's body within its limits: size, time, and how many at once.
//!
//! Invariants: nothing of a body is kept past a limit; a place is held until its message is answered, because the
//! body lies in memory until then.

use std::time::Duration;

use axum::body::{Body, Bytes};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::Limits;
use crate::outcome::Outcome;

/// A body and its place among those in flight.
pub struct Taken<'s> {
    /// The bytes.
    pub bytes: Bytes,
    _place: SemaphorePermit<'s>,
}

/// Reads a body, or says which limit it met: 503 when no place is free, 408 when it does not come in time, 413 when
/// it is too large.
pub async fn take<'s>(body: Body, limits: &Limits, places: &'s Semaphore) -> Result<Taken<'s>, Outcome> {
    // Who finds no place is told at once; waiting for one would only move the queue to here.
    let Ok(place) = places.try_acquire() else { return Err(Outcome::too_many(limits.bodies_max)) };
    let read = axum::body::to_bytes(body, limits.body_max);
    match tokio::time::timeout(Duration::from_secs(limits.body_seconds), read).await {
        Ok(Ok(bytes)) => Ok(Taken { bytes, _place: place }),
        Ok(Err(_)) => Err(Outcome::too_large(limits.body_max)),
        Err(_) => Err(Outcome::too_slow(limits.body_seconds)),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll, ready};

    use axum::body::HttpBody;
    use hyper::body::Frame;
    use tokio::time::Sleep;

    use super::*;

    /// A body of one piece that comes after a while.
    struct Late {
        wait: Pin<Box<Sleep>>,
        sent: bool,
    }

    impl HttpBody for Late {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            ready!(self.wait.as_mut().poll(cx));
            let first = !std::mem::replace(&mut self.sent, true);
            Poll::Ready(first.then(|| Ok(Frame::data(Bytes::from_static(b"{}")))))
        }
    }

    fn late(wait: Duration) -> Body {
        Body::new(Late { wait: Box::pin(tokio::time::sleep(wait)), sent: false })
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_take_its_time_and_no_longer() {
        let limits = Limits::default();
        let places = Semaphore::new(limits.bodies_max);
        let whole = Duration::from_secs(limits.body_seconds);
        let taken = take(late(whole), &limits, &places).await;
        assert_eq!(taken.map(|taken| taken.bytes).ok(), Some(Bytes::from_static(b"{}")));
        let refused = take(late(whole + Duration::from_millis(1)), &limits, &places).await.err();
        assert_eq!(refused, Some(Outcome::too_slow(30)));
        assert_eq!(refused.map(|outcome| outcome.code), Some(408));
        assert_eq!(places.available_permits(), limits.bodies_max, "a place is given back");
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_bodies_at_once_and_not_one_more() {
        let limits = Limits { bodies_max: 2, ..Limits::default() };
        let places = Semaphore::new(limits.bodies_max);
        let first = take(Body::from("1"), &limits, &places).await;
        let second = take(Body::from("2"), &limits, &places).await;
        assert!(first.is_ok() && second.is_ok());
        let refused = take(Body::from("3"), &limits, &places).await.err();
        assert_eq!(refused.map(|outcome| outcome.code), Some(503));
        drop(first);
        assert!(take(Body::from("3"), &limits, &places).await.is_ok(), "an answered message leaves its place");
    }

    #[tokio::test]
    async fn a_body_may_have_its_size_and_not_one_byte_more() {
        let limits = Limits { body_max: 4, ..Limits::default() };
        let places = Semaphore::new(limits.bodies_max);
        assert!(take(Body::from("1234"), &limits, &places).await.is_ok());
        let refused = take(Body::from("12345"), &limits, &places).await.err();
        assert_eq!(refused, Some(Outcome { code: 413, message: "请求体超过上限4字节".to_owned() }));
    }
}
