//! Time and chance as ports: only the edge implements them with a real clock and a real source.

use lf_vocab::Moment;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Moment;
}

/// Draws what nobody may guess: tokens and serial parts.
pub trait Chance: Send + Sync {
    /// Sixteen unpredictable bytes.
    fn draw(&self) -> [u8; 16];
}
