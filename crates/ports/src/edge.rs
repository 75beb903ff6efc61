//! Time and chance as ports: only the edge implements them with a real clock and a real source.

use std::time::Duration;

use lf_vocab::Moment;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Moment;

    /// Time since some beginning, which nobody sets: for durations and rates. Unless the edge has such a clock, it is
    /// the time of day.
    fn steady(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.now().micros()).unwrap_or(0))
    }
}

/// Draws what nobody may guess: tokens and serial parts.
pub trait Chance: Send + Sync {
    /// Sixteen unpredictable bytes.
    fn draw(&self) -> [u8; 16];
}
