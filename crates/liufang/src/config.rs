//! Configuration: what an operator may choose. No law stands here. The default file is the manual.

use std::fs;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use lf_store::Database;
use serde::Deserialize;

use crate::cli::{ConfigArgs, ConfigCommand};

mod callback;

pub use callback::CallbackConfig;

/// The default file; `config default` prints it, and its values are the defaults.
pub const DEFAULT: &str = include_str!("config/default.toml");

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where operators ask for metrics and health; nowhere when absent.
    #[serde(default)]
    pub admin_listen: Option<SocketAddr>,
    /// Where patients ask for drugs; nowhere when absent.
    #[serde(default)]
    pub public_listen: Option<SocketAddr>,
    /// Database URL.
    pub database: String,
    /// Key file of the platform.
    pub platform_key: PathBuf,
    /// Key ring that seals what is stored.
    pub store_key: PathBuf,
    /// Folder of packs instead of those built in.
    #[serde(default)]
    pub law: Option<PathBuf>,
    /// How long a token opens a prescription.
    pub token_minutes: i64,
    /// The largest body.
    pub body_max_bytes: usize,
    /// How far a timestamp may lie from now.
    pub timestamp_window_seconds: i64,
    /// The same on the gateway front.
    pub gateway_window_seconds: i64,
    /// How long reading a body may take.
    pub body_seconds: u64,
    /// How many bodies may be in flight.
    pub bodies_max: usize,
    /// The least speed of a body.
    pub body_bytes_per_second: u64,
    /// Connections at once.
    pub connections_max: usize,
    /// How long a request's head may take.
    pub header_seconds: u64,
    /// Messages of one app a second.
    pub app_per_second: NonZeroU32,
    /// Messages of one app at once after a pause.
    pub app_burst: NonZeroU32,
    /// Messages of one app under way.
    pub app_concurrent: NonZeroU32,
    /// How long a stop goes on taking messages after it has told the balancer.
    pub drain_seconds: u64,
    /// How long a stop waits for what was accepted.
    pub stop_seconds: u64,
    /// Chinese fonts for printing; the first that exists is taken.
    pub paper_fonts: Vec<PathBuf>,
    /// How hospitals are told (7108, 7109).
    pub callback: CallbackConfig,
}

impl Config {
    /// Reads a file; a setting that it leaves out keeps its default.
    pub fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        let mut table: toml::Table = DEFAULT.parse().context("the built-in default configuration")?;
        if let Some(path) = path {
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let own: toml::Table = text.parse().with_context(|| format!("{} is no TOML", path.display()))?;
            lay_over(&mut table, own);
        }
        let name = path.map_or("the default configuration".to_owned(), |path| path.display().to_string());
        let config: Self = table.try_into().with_context(|| name.clone())?;
        config.check().with_context(|| name)?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        database(&self.database)?;
        if !(1..=1_440).contains(&self.token_minutes) {
            bail!("token_minutes: must be 1 to 1440");
        }
        if !(65_536..=67_108_864).contains(&self.body_max_bytes) {
            bail!("body_max_bytes: must be 65536 to 67108864");
        }
        if !(10..=86_400).contains(&self.timestamp_window_seconds) {
            bail!("timestamp_window_seconds: must be 10 to 86400");
        }
        if !(10..=86_400).contains(&self.gateway_window_seconds) {
            bail!("gateway_window_seconds: must be 10 to 86400");
        }
        if !(1..=600).contains(&self.body_seconds) {
            bail!("body_seconds: must be 1 to 600");
        }
        if !(1..=65_536).contains(&self.bodies_max) {
            bail!("bodies_max: must be 1 to 65536");
        }
        if !(1..=1_048_576).contains(&self.body_bytes_per_second) {
            bail!("body_bytes_per_second: must be 1 to 1048576");
        }
        if !(1..=1_048_576).contains(&self.connections_max) {
            bail!("connections_max: must be 1 to 1048576");
        }
        if !(1..=600).contains(&self.header_seconds) {
            bail!("header_seconds: must be 1 to 600");
        }
        for (name, value) in [
            ("app_per_second", self.app_per_second),
            ("app_burst", self.app_burst),
            ("app_concurrent", self.app_concurrent),
        ] {
            if value.get() > 1_000_000 {
                bail!("{name}: must be 1 to 1000000");
            }
        }
        if self.drain_seconds > 600 {
            bail!("drain_seconds: must be 0 to 600");
        }
        if !(1..=600).contains(&self.stop_seconds) {
            bail!("stop_seconds: must be 1 to 600");
        }
        self.callback.check()
    }
}

/// A file's settings over the defaults, setting by setting also inside of a table.
fn lay_over(table: &mut toml::Table, own: toml::Table) {
    for (key, value) in own {
        match (table.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(own)) => inner.extend(own),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

/// The database of a URL.
pub fn database(url: &str) -> anyhow::Result<Database> {
    url.parse().context("database")
}

/// `liufang config …`
pub fn run(args: &ConfigArgs) -> anyhow::Result<()> {
    match &args.command {
        ConfigCommand::Default => print!("{DEFAULT}"),
        ConfigCommand::Check { file } => {
            let config = Config::read(Some(file))?;
            crate::keys_cmd::read(&config.platform_key)?;
            crate::ring::read(&config.store_key)?;
            crate::law_files::load(config.law.as_deref())?;
            println!("{}: good", file.display());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_is_a_valid_configuration() {
        assert!(Config::read(None).is_ok());
    }

    #[test]
    fn a_number_is_taken_to_its_bounds_and_not_further() {
        type Set = fn(&mut Config, i64);
        let settings: [(&str, i64, i64, Set); 10] = [
            ("token_minutes", 1, 1_440, |c, n| c.token_minutes = n),
            ("body_max_bytes", 65_536, 67_108_864, |c, n| c.body_max_bytes = usize::try_from(n).unwrap()),
            ("timestamp_window_seconds", 10, 86_400, |c, n| c.timestamp_window_seconds = n),
            ("gateway_window_seconds", 10, 86_400, |c, n| c.gateway_window_seconds = n),
            ("body_seconds", 1, 600, |c, n| c.body_seconds = u64::try_from(n).unwrap()),
            ("bodies_max", 1, 65_536, |c, n| c.bodies_max = usize::try_from(n).unwrap()),
            ("stop_seconds", 1, 600, |c, n| c.stop_seconds = u64::try_from(n).unwrap()),
            ("body_bytes_per_second", 1, 1_048_576, |c, n| c.body_bytes_per_second = u64::try_from(n).unwrap()),
            ("connections_max", 1, 1_048_576, |c, n| c.connections_max = usize::try_from(n).unwrap()),
            ("header_seconds", 1, 600, |c, n| c.header_seconds = u64::try_from(n).unwrap()),
        ];
        for (name, least, most, set) in settings {
            let checked = |number| {
                let mut config = Config::read(None).unwrap();
                set(&mut config, number);
                config.check().map_err(|error| error.to_string())
            };
            assert_eq!((checked(least), checked(most)), (Ok(()), Ok(())), "{name}");
            for past in [least - 1, most + 1] {
                assert!(checked(past).unwrap_err().starts_with(&format!("{name}: ")), "{name} {past}");
            }
        }
    }

    #[test]
    fn a_file_lays_its_settings_over_the_defaults_also_inside_of_a_table() {
        let file = std::env::temp_dir().join(format!("liufang-config-{}.toml", std::process::id()));
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            let read = Config::read(Some(&file));
            fs::remove_file(&file).unwrap();
            read
        };
        let config = read("stop_seconds = 3\n[callback]\nanswer_seconds = 7\n").unwrap();
        let default = Config::read(None).unwrap();
        let callback = CallbackConfig { answer_seconds: 7, ..default.callback.clone() };
        assert_eq!(config, Config { stop_seconds: 3, callback, ..default });
        let unknown = read("[callback]\nanswer = 7\n").unwrap_err();
        assert!(format!("{unknown:#}").contains("`answer`"), "{unknown:#}");
        assert!(read("callback = 3").is_err());
    }

    #[test]
    fn what_is_counted_for_an_app_is_taken_to_its_bounds_and_not_further() {
        let checked = |text: String| {
            let mut table: toml::Table = DEFAULT.parse().unwrap();
            table.extend(text.parse::<toml::Table>().unwrap());
            let config: Result<Config, _> = table.try_into();
            config.is_ok_and(|config| config.check().is_ok())
        };
        for name in ["app_per_second", "app_burst", "app_concurrent"] {
            for (number, good) in [(0, false), (1, true), (1_000_000, true), (1_000_001, false)] {
                assert_eq!(checked(format!("{name} = {number}")), good, "{name} {number}");
            }
        }
        for (number, good) in [(-1, false), (0, true), (600, true), (601, false)] {
            assert_eq!(checked(format!("drain_seconds = {number}")), good, "{number}");
        }
    }

    #[test]
    fn both_databases_are_taken_and_others_answered_plainly() {
        let checked = |url: &str| {
            let mut config = Config::read(None).unwrap();
            config.database = url.to_owned();
            config.check().map_err(|error| format!("{error:#}"))
        };
        assert_eq!(checked("sqlite:///a/b.db"), Ok(()));
        assert_eq!(checked("postgres://liufang@db/center"), Ok(()));
        assert!(checked("mysql://x").unwrap_err().contains("sqlite://PATH or postgres://"));
        let wrong = checked("postgres://liufang:secret@db:port/center").unwrap_err();
        assert!(wrong.starts_with("database: ") && !wrong.contains("secret"), "{wrong}");
    }
}
