//! `liufang torture …`: what is done to a center to see whether it keeps its word.

use clap::{Args, Subcommand};

/// `torture`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct TortureArgs {
    /// Another torture than kills.
    #[command(subcommand)]
    pub command: Option<TortureCommand>,
    /// Kills.
    #[command(flatten)]
    pub kills: KillArgs,
}

/// `torture …`.
#[derive(Subcommand)]
pub enum TortureCommand {
    /// Many clients at once for what only one may have: a settlement, a trace code, a number, a token
    Races(RaceArgs),
    /// Random days of a pharmacy's counter, every fen of them computed and every box counted a second time; needs no server
    Counter(CounterArgs),
}

/// `torture counter`.
#[derive(Args)]
pub struct CounterArgs {
    /// Days of pharmacies
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub days: u64,
    /// Draws the same days again [default: drawn and printed]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Threads
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=64))]
    pub threads: u64,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// On which database.
#[derive(Args, Clone)]
pub struct Place {
    /// Empty PostgreSQL database to use instead of a SQLite file in var/torture
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Start a PostgreSQL server of its own in var/torture, thrown away at the next start; as root it runs as another user
    #[arg(long, conflicts_with = "database")]
    pub cluster: bool,
}

/// `torture --kills N`.
#[derive(Args)]
pub struct KillArgs {
    /// How often a center is ended with SIGKILL under load, and started again [default: 20, or 0 with --postgres-kills]
    #[arg(long, value_name = "N")]
    pub kills: Option<u32>,
    /// How often the PostgreSQL server of --cluster is ended with SIGKILL under load while the centers stay
    #[arg(long, value_name = "N", default_value_t = 0, requires = "cluster")]
    pub postgres_kills: u32,
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// Server processes on the one database
    #[arg(long, value_name = "1|2", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub processes: u8,
    /// Clients at once
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub clients: u32,
    /// Draws the same lives and moments again [default: drawn and printed]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `torture races`.
#[derive(Args)]
pub struct RaceArgs {
    /// Rounds; each runs every race once
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rounds: u32,
    /// Clients at once in a race
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(2..=1_000))]
    pub clients: u32,
    /// Server processes on the one database
    #[arg(long, value_name = "1|2", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub processes: u8,
    /// Where.
    #[command(flatten)]
    pub place: Place,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}
