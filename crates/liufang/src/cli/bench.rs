//! The arguments of `bench`.

use clap::{Args, Subcommand};

/// `bench`.
#[derive(Args)]
pub struct BenchArgs {
    /// What to measure.
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// `bench …`.
#[derive(Subcommand)]
pub enum BenchCommand {
    /// Whole lives of prescriptions over HTTP with SM2 and SM4, load generator on the same cores
    Lifecycle(LifecycleArgs),
    /// A full precheck decision of a five-drug prescription
    Law {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
        /// How long to measure, in seconds
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// Drawing a prescription and a settlement sheet on every size of paper: exit 1 at 15 ms a PDF or more
    Pdf {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
        /// How long to measure, in seconds
        #[arg(long, default_value_t = 6)]
        seconds: u64,
    },
    /// Quotes of the pure core a second, on one thread and on two; exit 1 below 200 000 on two
    Settle {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
        /// How long each figure is measured, in seconds
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// Lines of goods that pharmacies upload (3505A), each a box of its own, durable on SQLite
    Stock(StockArgs),
    /// Settlements (2102) over HTTP at a fixed rate, on a nearly empty and on a full store in turns: exit 1 when p99 is 25 ms
    /// or more, or grows by more than half
    Counter(CounterBenchArgs),
    /// Whether answers slow down as the store fills: exit 1 when p99 grows by more than half
    Growth(GrowthArgs),
}

/// `bench stock`.
#[derive(Args)]
pub struct StockArgs {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// How long to measure, in seconds
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Tills at once, each with a lot of its own
    #[arg(long, default_value_t = 8)]
    pub clients: usize,
    /// Rows of a batch, at most 500
    #[arg(long, default_value_t = 200)]
    pub rows: usize,
}

/// `bench lifecycle`.
#[derive(Args)]
pub struct LifecycleArgs {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// How long to measure, in seconds
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Clients at once
    #[arg(long, default_value_t = 32)]
    pub clients: usize,
    /// Size of the prescription file, in bytes
    #[arg(long, default_value_t = 20_480)]
    pub file_bytes: usize,
    /// Empty PostgreSQL database to measure on instead of a SQLite file
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Measure on a SQLite file and on a PostgreSQL server of its own in turns, three times each, and compare: exit 1 when
    /// PostgreSQL reaches less than 0.7 of SQLite
    #[arg(long, conflicts_with = "database")]
    pub cluster: bool,
}

/// `bench counter`.
#[derive(Args)]
pub struct CounterBenchArgs {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Settlements in the full store; five million take some 24 GB in var/bench
    #[arg(long, default_value_t = 5_000_000)]
    pub stored: u64,
    /// Settlements in the store that it is compared with
    #[arg(long, default_value_t = 10_000)]
    pub base: u64,
    /// Settlements a second, sent when their time has come whether or not earlier ones were answered
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rate: u32,
    /// How long each measurement takes, in seconds
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Measurements of each store, in turn; medians are compared
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
}

/// `bench growth`.
#[derive(Args)]
pub struct GrowthArgs {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Prescriptions in the full store; a million takes some 23 GB in var/bench
    #[arg(long, default_value_t = 1_000_000)]
    pub stored: u64,
    /// Prescriptions in the store that it is compared with
    #[arg(long, default_value_t = 10_000)]
    pub base: u64,
    /// How long each measurement takes, in seconds
    #[arg(long, default_value_t = 15)]
    pub seconds: u64,
    /// Measurements of each store, in turn; medians are compared
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Clients at once
    #[arg(long, default_value_t = 8)]
    pub clients: usize,
    /// Size of the prescription file of the load, in bytes
    #[arg(long, default_value_t = 20_480)]
    pub file_bytes: usize,
    /// Empty PostgreSQL database for the full store instead of a SQLite file
    #[arg(long, value_name = "URL", requires = "base_database")]
    pub database: Option<String>,
    /// A second empty one for the store that it is compared with
    #[arg(long, value_name = "URL", requires = "database")]
    pub base_database: Option<String>,
}
