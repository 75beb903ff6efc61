//! Percentiles of measured times.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

/// Times of one kind, in microseconds.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<u32>);

impl Times {
    /// Adds one.
    pub fn push(&mut self, micros: u128) {
        self.0.push(u32::try_from(micros).unwrap_or(u32::MAX));
    }

    /// Takes over another's.
    pub fn extend(&mut self, other: Times) {
        self.0.extend(other.0);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// A percentile in milliseconds; 0 of nothing.
    pub fn percentile_ms(&mut self, percent: usize) -> f64 {
        if self.0.is_empty() {
            return 0.0;
        }
        self.0.sort_unstable();
        let at = (self.0.len() * percent / 100).min(self.0.len() - 1);
        f64::from(self.0[at]) / 1_000.0
    }
}

/// The middle of some figures, of two middles the lower; 0 of none.
pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let mut times = Times::default();
        (1..=100u128).rev().for_each(|n| times.push(n * 1_000));
        assert_eq!((times.percentile_ms(50), times.percentile_ms(99), times.len()), (51.0, 100.0, 100));
        assert_eq!(Times::default().percentile_ms(99), 0.0);
    }

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!((median([]), median([2.0]), median([3.0, 1.0]), median([9.0, 1.0, 2.0])), (0.0, 2.0, 1.0, 2.0));
    }
}
