//! Each limit of a body at its end and one past it, on a clock that is moved by waiting.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::HttpBody;
use hyper::body::Frame;

use super::*;

/// A body of pieces, each after a while.
struct Late {
    pieces: VecDeque<(Duration, Bytes)>,
    wait: Option<Pin<Box<Sleep>>>,
}

impl HttpBody for Late {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(wait) = self.pieces.front().map(|(wait, _)| *wait) else { return Poll::Ready(None) };
        let sleep = self.wait.get_or_insert_with(|| Box::pin(tokio::time::sleep(wait)));
        ready!(sleep.as_mut().poll(cx));
        self.wait = None;
        Poll::Ready(self.pieces.pop_front().map(|(_, bytes)| Ok(Frame::data(bytes))))
    }
}

fn late(pieces: impl IntoIterator<Item = (Duration, Vec<u8>)>) -> Body {
    let pieces = pieces.into_iter().map(|(wait, bytes)| (wait, Bytes::from(bytes))).collect();
    Body::new(Late { pieces, wait: None })
}

async fn code(body: Body, limits: &Limits) -> i32 {
    let places = Places::new(limits.bodies_max);
    let taken = take(body, limits.body_max, limits, &places).await;
    let code = taken.as_ref().map_or_else(|outcome| outcome.code, |_| 0);
    drop(taken);
    assert_eq!((places.free.available_permits(), places.taken.get()), (limits.bodies_max, 0), "a place is given back");
    code
}

const MS: Duration = Duration::from_millis(1);

#[tokio::test(start_paused = true)]
async fn a_body_may_take_its_time_and_no_longer() {
    let limits = Limits { body_seconds: 30, body_bytes_per_second: 1, ..Limits::default() };
    // Bytes enough for the least speed, the last of them at the end of the time.
    let rest = |more: Duration| late([(Duration::ZERO, vec![b' '; 100]), (Duration::from_secs(30) + more, vec![b'x'])]);
    assert_eq!(code(rest(Duration::ZERO), &limits).await, 0);
    let places = Places::new(1);
    let refused = take(rest(MS), 200, &limits, &places).await.err();
    assert_eq!(refused, Some(Outcome::too_slow(30)));
}

#[tokio::test(start_paused = true)]
async fn a_body_may_come_at_the_least_speed_and_not_slower() {
    let limits = Limits { body_seconds: 600, body_bytes_per_second: 100, ..Limits::default() };
    let silent = |wait| late([(wait, b"{}".to_vec())]);
    assert_eq!(code(silent(GRACE), &limits).await, 0);
    assert_eq!(code(silent(GRACE + MS), &limits).await, 408);
    // 100 bytes earn a second beyond the grace.
    let drops = |wait| late([(Duration::ZERO, vec![b' '; 100]), (GRACE + Duration::from_secs(1) + wait, vec![b'x'])]);
    assert_eq!(code(drops(Duration::ZERO), &limits).await, 0);
    let refused = take(drops(MS), 200, &limits, &Places::new(1)).await.err();
    assert_eq!(refused, Some(Outcome::too_thin(100)));
}

#[tokio::test(start_paused = true)]
async fn so_many_bodies_at_once_and_not_one_more() {
    let limits = Limits { bodies_max: 2, ..Limits::default() };
    let places = Places::new(limits.bodies_max);
    let take = |body: &'static str| take(Body::from(body), 10, &limits, &places);
    let (first, second) = (take("1").await, take("2").await);
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(places.taken.get(), 2);
    assert_eq!(take("3").await.err().map(|outcome| outcome.code), Some(503));
    drop(first);
    assert!(take("3").await.is_ok(), "an answered message leaves its place");
}

/// Who opens requests and sends nothing takes no place from those who do.
#[tokio::test(start_paused = true)]
async fn a_silent_sender_holds_no_place() {
    let limits = Limits { bodies_max: 1, ..Limits::default() };
    let places = Places::new(limits.bodies_max);
    let silent = take(late([(Duration::from_secs(4), b"{}".to_vec())]), 10, &limits, &places);
    let (silent, quick) = tokio::join!(silent, async { take(Body::from("1"), 10, &limits, &places).await.is_ok() });
    assert!(quick && silent.is_ok());
}

#[tokio::test]
async fn a_body_may_have_its_size_and_not_one_byte_more() {
    let limits = Limits::default();
    let places = Places::new(1);
    let pieces = |sizes: [usize; 2]| late(sizes.map(|size| (Duration::ZERO, vec![b'x'; size])));
    for (body, fits) in [
        (Body::from("1234"), true),
        (Body::from("12345"), false),
        (pieces([2, 2]), true),
        (pieces([2, 3]), false),
        (pieces([5, 0]), false),
    ] {
        let taken = take(body, 4, &limits, &places).await;
        assert_eq!(taken.map(|taken| taken.bytes.len()), if fits { Ok(4) } else { Err(Outcome::too_large(4)) });
    }
}
