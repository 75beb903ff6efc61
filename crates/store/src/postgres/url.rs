//! A PostgreSQL URL, and the part of it that may be shown.
//!
//! Serves every start. Invariants: neither `Display` nor `Debug` gives the password or the options away.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls::{self, Wanted};
use crate::database::DatabaseUrlError;
use crate::history::OpenError;

/// Silence after which a connection is asked whether it still lives.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// The port that a URL need not name.
const DEFAULT_PORT: u16 = 5432;

/// `postgres://USER[:PASSWORD]@HOST[:PORT]/NAME[?OPTIONS]`; a folder of a socket is written `%2Frun%2Fpostgresql`. TLS
/// is asked for by `sslmode=verify-full`, with `sslrootcert=FILE` where the system does not know the authority.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    config: Box<Config>,
    tls: Wanted,
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

    /// What makes its connections.
    pub(crate) fn connector(&self) -> Result<MakeRustlsConnect, OpenError> {
        self.tls.connector()
    }
}

impl FromStr for Url {
    type Err = DatabaseUrlError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        let (url, tls) = tls::split(url).map_err(DatabaseUrlError::Postgres)?;
        let mut config: Config =
            url.parse().map_err(|error: tokio_postgres::Error| DatabaseUrlError::Postgres(error.to_string()))?;
        if tls.encrypted && config.get_hosts().iter().any(|host| matches!(host, Host::Unix(_))) {
            return Err(DatabaseUrlError::Postgres("a socket has no TLS; leave sslmode out".to_owned()));
        }
        config.ssl_mode(if tls.encrypted { SslMode::Require } else { SslMode::Disable });
        Ok(Self { shown: shown(&config), config: Box::new(config), tls })
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

/// The URL without password and options: from what was understood, so that no spelling of a password slips through.
fn shown(config: &Config) -> String {
    let user = config.get_user().map(|user| format!("{user}@")).unwrap_or_default();
    let host = |(at, host): (usize, &Host)| {
        let port = config.get_ports().get(at).or(config.get_ports().first()).filter(|port| **port != DEFAULT_PORT);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        match host {
            Host::Tcp(name) => format!("{name}{port}"),
            Host::Unix(folder) => format!("{}{port}", folder.display().to_string().replace('/', "%2F")),
        }
    };
    let hosts: Vec<_> = config.get_hosts().iter().enumerate().map(host).collect();
    format!("postgres://{user}{}/{}", hosts.join(","), config.get_dbname().unwrap_or_default())
}
