//! The edge: the only place that reads a clock or draws chance.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use lf_ports::{Chance, Clock};
use lf_vocab::Moment;

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the edge")]
    fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Moment::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    fn steady(&self) -> Duration {
        steady()
    }
}

/// Time since the first question of this process.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
pub fn steady() -> Duration {
    static BEGINNING: OnceLock<Instant> = OnceLock::new();
    BEGINNING.get_or_init(Instant::now).elapsed()
}

/// The operating system's source.
pub struct OsChance;

impl Chance for OsChance {
    #[allow(clippy::disallowed_methods, reason = "this is the edge")]
    fn draw(&self) -> [u8; 16] {
        let mut bytes = [0u8; 16];
        if let Err(error) = getrandom::fill(&mut bytes) {
            // Without chance no token may be given out: there is nothing sensible to go on with.
            eprintln!("liufang: the system gives no randomness: {error}");
            std::process::exit(2);
        }
        bytes
    }
}

/// The runtime on which everything is served.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
