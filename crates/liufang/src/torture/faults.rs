//! What went wrong, for the list at the end. Numbers, codes and transactions only: no names, no bodies.

use std::sync::{Mutex, PoisonError};

/// How many are kept with their text; all are counted.
const FAULTS_MAX: usize = 200;

/// Shared by whoever finds something.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    count: usize,
    texts: Vec<String>,
}

impl Faults {
    /// Notes one.
    pub fn add(&self, what: impl Into<String>) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.count += 1;
        if found.texts.len() < FAULTS_MAX {
            found.texts.push(what.into());
        }
    }

    /// All of them, with a last line for those that were not kept.
    pub fn texts(&self) -> Vec<String> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut texts = found.texts.clone();
        if found.count > texts.len() {
            texts.push(format!("{} more", found.count - texts.len()));
        }
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_are_kept() {
        let faults = Faults::default();
        assert!(faults.texts().is_empty());
        (0..FAULTS_MAX).for_each(|at| faults.add(at.to_string()));
        assert_eq!(faults.texts().len(), FAULTS_MAX);
        faults.add("past the limit");
        assert_eq!(faults.texts().last().map(String::as_str), Some("1 more"));
    }
}
