//! What was asked of the store once, kept with a limit.
//!
//! Invariant: no more is kept than the limit; then it begins anew, so that memory does not grow with what is stored.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Answers of one kind that are kept at most.
pub const KEPT: usize = 20_000;

/// Answers by their questions.
pub struct Kept<K, V>(HashMap<K, V>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq, V> Kept<K, V> {
    /// What was answered, if it is still kept.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// Keeps an answer.
    pub fn keep(&mut self, key: K, answer: V) {
        if self.0.len() >= KEPT {
            self.0.clear();
        }
        self.0.insert(key, answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_kept_than_the_limit() {
        let mut kept = Kept::default();
        for number in 0..KEPT {
            kept.keep(number, ());
        }
        assert_eq!(kept.0.len(), KEPT);
        kept.keep(KEPT, ());
        assert_eq!(kept.0.len(), 1);
        assert!(kept.get(&KEPT).is_some(), "what is asked for is always there");
    }
}
