//! The arguments of `serve`, `demo`, `migrate`, `config`, `backup` and `audit`: a center and its database.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::shared::{Beside, demos};

/// `serve`.
#[derive(Args)]
pub struct ServeArgs {
    /// Configuration file (TOML); `liufang config default` prints one with every setting explained
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Overrides the configuration: database URL, such as sqlite:///var/lib/liufang/center.db or
    /// postgres://liufang@db.example/center
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Overrides the configuration: address to listen on
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Overrides the configuration: the platform's key file
    #[arg(long, value_name = "FILE")]
    pub platform_key: Option<PathBuf>,
    /// Overrides the configuration: the key ring that seals what is stored
    #[arg(long, value_name = "FILE")]
    pub store_key: Option<PathBuf>,
}

/// `demo`.
#[derive(Args)]
pub struct DemoArgs {
    /// End after the walk instead of serving on
    #[arg(long)]
    pub once: bool,
    /// Write the credentials of the region as JSON, so that another client can be pointed at it; a file of keys
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
    /// Empty folder for the database and keys [default: var/demo, replaced at every start]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Empty PostgreSQL database to use instead of a file in the folder, such as postgres://liufang@db.example/demo
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
}

/// `migrate`.
#[derive(Args)]
pub struct MigrateArgs {
    /// Database URL; a SQLite file is made, a PostgreSQL database must exist
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// Only list what would be done; exit 0
    #[arg(long)]
    pub dry_run: bool,
}

/// `config`.
#[derive(Args)]
pub struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// `config …`.
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Check a configuration file: unknown keys, wrong values, missing files
    Check {
        /// The file
        file: PathBuf,
    },
    /// Print the default configuration; it is the manual of every setting
    Default,
}

/// `backup`.
#[derive(Args)]
pub struct BackupArgs {
    /// Database URL, such as sqlite:///var/lib/liufang/center.db; PostgreSQL is copied with its own tools
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// The copy; must not exist yet; readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

/// `audit`.
#[derive(Args)]
pub struct AuditArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// `audit …`.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Recompute chains, states, amounts and balances; exit 1 on any difference
    #[command(mut_arg("database", demos))]
    Verify {
        /// Which database.
        #[command(flatten)]
        beside: Beside,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
}
