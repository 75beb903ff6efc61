//! Answers that the store gave a moment ago: what every message needs and only an operator changes, such as grants.
//!
//! Invariants: those who come together ask once; whoever comes later than the answer is good for asks anew; an answer
//! that failed is nobody's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use lf_vocab::Moment;
use tokio::sync::OnceCell;

/// Of how many places (and days) answers are kept.
pub(crate) const PLACES_MAX: usize = 4_096;

/// Answers by what was asked.
pub(crate) struct Fresh<K, V> {
    /// How long an answer is good for.
    seconds: i64,
    kept: Mutex<BTreeMap<K, Kept<V>>>,
}

struct Kept<V> {
    asked: Moment,
    answer: Arc<OnceCell<V>>,
}

impl<K: Ord, V: Clone> Fresh<K, V> {
    /// None yet.
    pub(crate) fn new(seconds: i64) -> Self {
        Self { seconds, kept: Mutex::default() }
    }

    /// The answer, which `ask` gets where nobody has got it or is about to.
    pub(crate) async fn get<E>(&self, key: K, now: Moment, ask: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        let answer = self.place(key, now);
        answer.get_or_try_init(|| ask).await.cloned()
    }

    /// Where the answer stands, or will.
    fn place(&self, key: K, now: Moment) -> Arc<OnceCell<V>> {
        // Messages do not come in the order of their times; what is far ahead was asked before a clock was set back.
        let good =
            |one: &Kept<V>| one.asked.plus_seconds(-self.seconds) < now && now < one.asked.plus_seconds(self.seconds);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = kept.get(&key).filter(|one| good(one)) {
            return Arc::clone(&one.answer);
        }
        if kept.len() >= PLACES_MAX && !kept.contains_key(&key) {
            kept.retain(|_, one| good(one));
            // So many are never needed at once; what is forgotten is asked again.
            if kept.len() >= PLACES_MAX {
                kept.clear();
            }
        }
        let answer = Arc::default();
        kept.insert(key, Kept { asked: now, answer: Arc::clone(&answer) });
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const NOW: Moment = Moment::from_micros(1_000_000_000);

    /// Asks, and tells whether the store was asked.
    async fn asked(fresh: &Fresh<usize, usize>, key: usize, now: Moment) -> bool {
        let asked = Cell::new(false);
        let got = fresh.get(key, now, async {
            asked.set(true);
            Ok::<_, ()>(key)
        });
        assert_eq!(got.await, Ok(key));
        asked.get()
    }

    #[tokio::test]
    async fn so_many_are_kept_and_one_more_begins_anew() {
        let fresh = Fresh::new(10);
        for key in 0..PLACES_MAX {
            assert!(asked(&fresh, key, NOW).await);
        }
        // One that is asked again when its time is over is one no more: the others stay.
        assert!(asked(&fresh, 0, NOW.plus_seconds(10)).await);
        assert!(!asked(&fresh, 1, NOW.plus_seconds(9)).await);
        assert!(!asked(&fresh, PLACES_MAX - 1, NOW.plus_seconds(9)).await);
        // One past the limit: what is no longer good goes first, and only if all are good all of them.
        assert!(asked(&fresh, PLACES_MAX, NOW.plus_seconds(10)).await);
        assert!(!asked(&fresh, 0, NOW.plus_seconds(10)).await);
        for key in 1..PLACES_MAX - 1 {
            assert!(asked(&fresh, key, NOW.plus_seconds(10)).await);
        }
        assert!(asked(&fresh, PLACES_MAX - 1, NOW.plus_seconds(10)).await);
        assert!(asked(&fresh, 0, NOW.plus_seconds(10)).await);
    }

    #[tokio::test]
    async fn an_answer_is_good_for_so_long() {
        let fresh = Fresh::new(10);
        assert!(asked(&fresh, 7, NOW).await);
        for (seconds, again) in [(9, false), (-9, false), (10, true), (0, true), (-10, true)] {
            assert_eq!(asked(&fresh, 7, NOW.plus_seconds(seconds)).await, again, "{seconds}");
        }
    }

    #[tokio::test]
    async fn those_who_come_together_ask_once_and_a_failure_is_asked_again() {
        let (fresh, count) = (Fresh::new(10), Cell::new(0));
        let ask = |answer: Result<usize, ()>| {
            let count = &count;
            fresh.get(1, NOW, async move {
                count.set(count.get() + 1);
                tokio::task::yield_now().await;
                answer
            })
        };
        assert_eq!(tokio::join!(ask(Ok(5)), ask(Ok(6)), ask(Ok(7))), (Ok(5), Ok(5), Ok(5)));
        assert_eq!(count.get(), 1);
        let fresh = Fresh::new(10);
        let get = |answer: Result<usize, ()>| fresh.get(1, NOW, async move { answer });
        assert_eq!((get(Err(())).await, get(Ok(2)).await, get(Ok(3)).await), (Err(()), Ok(2), Ok(2)));
    }
}
