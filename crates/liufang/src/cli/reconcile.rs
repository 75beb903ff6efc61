//! `liufang reconcile`: issued, sold and settled prescriptions of a period beside each other; `liufang budget`: the money of a year.

use std::path::PathBuf;

use clap::Args;
use lf_vocab::Day;

/// `reconcile`.
#[derive(Args)]
pub struct ReconcileArgs {
    /// Database URL, such as sqlite:///var/lib/liufang/center.db or postgres://liufang@db.example/center; the demo's unless given
    #[arg(long, value_name = "URL", default_value = "sqlite://var/demo/center.db")]
    pub database: String,
    /// The key ring [default: store.key.toml beside the SQLite file; for PostgreSQL the demo's]
    #[arg(long, value_name = "FILE")]
    pub store_key: Option<PathBuf>,
    /// First day of the period
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub from: Day,
    /// Last day of the period, included
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub to: Day,
    /// Differences that were looked into: a key as it is printed, TAB, why it is no trouble; one a line
    #[arg(long, value_name = "FILE")]
    pub closed: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `budget`.
#[derive(Args)]
pub struct BudgetArgs {
    /// Database URL, such as sqlite:///var/lib/liufang/center.db or postgres://liufang@db.example/center; the demo's unless given
    #[arg(long, value_name = "URL", default_value = "sqlite://var/demo/center.db")]
    pub database: String,
    /// The key ring [default: store.key.toml beside the SQLite file; for PostgreSQL the demo's]
    #[arg(long, value_name = "FILE")]
    pub store_key: Option<PathBuf>,
    /// The year in which settlements count
    #[arg(long)]
    pub year: i16,
    /// Budgets: a 统筹区, TAB, yuan of the year; one a line
    #[arg(long, value_name = "FILE")]
    pub plan: PathBuf,
    /// As of which day the year is measured (default: today)
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub on: Option<Day>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}
