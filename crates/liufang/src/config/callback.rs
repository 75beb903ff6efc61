//! `[callback]`: how notices are delivered to hospitals (7108, 7109).

use anyhow::bail;
use lf_http::Delivery;
use serde::Deserialize;

/// The settings of the delivery.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallbackConfig {
    /// Notices under way at once.
    pub at_once: usize,
    /// How long a connection may take.
    pub connect_seconds: u64,
    /// How long the answer may take after that.
    pub answer_seconds: u64,
    /// The wait after the first failure.
    pub wait_seconds: i64,
    /// The longest wait.
    pub wait_max_seconds: i64,
    /// Failures after which a notice is dead.
    pub tries_max: u32,
    /// Age at which a notice that fails is dead.
    pub age_max_hours: i64,
    /// How often to look for what other processes left.
    pub look_seconds: u64,
}

impl CallbackConfig {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let bounds: [(&str, i64, i64, i64); 8] = [
            ("at_once", i64::try_from(self.at_once).unwrap_or(i64::MAX), 1, 256),
            ("connect_seconds", i64::try_from(self.connect_seconds).unwrap_or(i64::MAX), 1, 60),
            ("answer_seconds", i64::try_from(self.answer_seconds).unwrap_or(i64::MAX), 1, 120),
            ("wait_seconds", self.wait_seconds, 1, 3_600),
            ("wait_max_seconds", self.wait_max_seconds, 1, 86_400),
            ("tries_max", i64::from(self.tries_max), 1, 10_000),
            ("age_max_hours", self.age_max_hours, 1, 8_760),
            ("look_seconds", i64::try_from(self.look_seconds).unwrap_or(i64::MAX), 1, 600),
        ];
        for (name, value, least, most) in bounds {
            if !(least..=most).contains(&value) {
                bail!("callback.{name}: must be {least} to {most}");
            }
        }
        if self.wait_max_seconds < self.wait_seconds {
            bail!("callback.wait_max_seconds: must not be less than callback.wait_seconds");
        }
        Ok(())
    }

    /// As the courier takes them.
    pub fn delivery(&self) -> Delivery {
        Delivery {
            at_once: self.at_once,
            connect_seconds: self.connect_seconds,
            answer_seconds: self.answer_seconds,
            wait_seconds: self.wait_seconds,
            wait_max_seconds: self.wait_max_seconds,
            tries_max: self.tries_max,
            age_max_hours: self.age_max_hours,
            look_seconds: self.look_seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    fn default() -> CallbackConfig {
        Config::read(None).unwrap().callback
    }

    #[test]
    fn the_file_says_what_the_courier_defaults_to() {
        assert_eq!(default().delivery(), Delivery::default());
    }

    #[test]
    fn a_number_is_taken_to_its_bounds_and_not_further() {
        type Set = fn(&mut CallbackConfig, i64);
        let settings: [(&str, i64, i64, Set); 8] = [
            ("at_once", 1, 256, |c, n| c.at_once = usize::try_from(n).unwrap()),
            ("connect_seconds", 1, 60, |c, n| c.connect_seconds = u64::try_from(n).unwrap()),
            ("answer_seconds", 1, 120, |c, n| c.answer_seconds = u64::try_from(n).unwrap()),
            ("wait_seconds", 1, 3_600, |c, n| c.wait_seconds = n),
            ("wait_max_seconds", 5, 86_400, |c, n| c.wait_max_seconds = n),
            ("tries_max", 1, 10_000, |c, n| c.tries_max = u32::try_from(n).unwrap()),
            ("age_max_hours", 1, 8_760, |c, n| c.age_max_hours = n),
            ("look_seconds", 1, 600, |c, n| c.look_seconds = u64::try_from(n).unwrap()),
        ];
        for (name, least, most, set) in settings {
            let checked = |number| {
                let mut config = default();
                set(&mut config, number);
                config.check().map_err(|error| error.to_string())
            };
            assert_eq!((checked(least), checked(most)), (Ok(()), Ok(())), "{name}");
            for past in [least - 1, most + 1] {
                assert!(checked(past).unwrap_err().starts_with(&format!("callback.{name}: ")), "{name} {past}");
            }
        }
    }
}
