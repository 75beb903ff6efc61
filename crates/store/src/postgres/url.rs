//! A PostgreSQL URL, and the part of it that may be shown.
//!
//! Serves every start. Invariants: neither `Display` nor `Debug` gives the password or the options away.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;

use crate::database::DatabaseUrlError;

/// Silence after which a connection is asked whether it still lives.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// `postgres://USER[:PASSWORD]@HOST[:PORT]/NAME[?OPTIONS]`; a folder of a socket is written `%2Frun%2Fpostgresql`.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    config: Box<Config>,
    shown: String,
}

impl Url {
    /// How to connect, giving up after `busy`.
    pub(crate) fn config(&self, busy: Duration) -> Config {
        let mut config = Config::clone(&self.config);
        config.connect_timeout(busy).tcp_user_timeout(busy.saturating_mul(2)).keepalives_idle(KEEPALIVE);
        if config.get_application_name().is_none() {
            config.application_name("liufang");
        }
        config
    }
}

impl FromStr for Url {
    type Err = DatabaseUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        let config =
            url.parse().map_err(|error: tokio_postgres::Error| DatabaseUrlError::Postgres(error.to_string()))?;
        Ok(Self { config: Box::new(config), shown: shown(url) })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// The URL without password and options.
fn shown(url: &str) -> String {
    let plain = url.split('?').next().unwrap_or_default();
    let rest = plain.split_once("://").map_or(plain, |(_, rest)| rest);
    let (authority, name) = rest.split_once('/').unwrap_or((rest, ""));
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None => authority.to_owned(),
    };
    format!("postgres://{host}/{name}")
}
