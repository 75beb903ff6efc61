//! Half-open intervals: the start belongs, the end does not. Used for law, agreements, validity.

use serde::{Deserialize, Serialize};

/// `from ≤ x < until`; without `until` it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span<T> {
    from: T,
    until: Option<T>,
}

impl<T: PartialOrd + Copy> Span<T> {
    /// `None` when the end does not lie after the start.
    pub fn new(from: T, until: Option<T>) -> Option<Self> {
        match until {
            Some(until) if until <= from => None,
            _ => Some(Self { from, until }),
        }
    }

    /// The first that belongs.
    pub fn from(&self) -> T {
        self.from
    }

    /// The first that no longer belongs.
    pub fn until(&self) -> Option<T> {
        self.until
    }

    /// Whether `at` belongs.
    pub fn contains(&self, at: T) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_belongs_and_end_does_not() {
        let span = Span::new(3, Some(5)).unwrap();
        assert_eq!([2, 3, 4, 5].map(|x| span.contains(x)), [false, true, true, false]);
        assert!(Span::new(5, Some(5)).is_none());
        assert!(Span::new(5, None).unwrap().contains(9));
    }
}
