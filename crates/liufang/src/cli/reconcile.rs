//! `liufang reconcile`: issued, sold and settled prescriptions of a period beside each other; `liufang budget`: the money of a year.

use clap::{Args, Subcommand};
use lf_vocab::{Admdvs, Day, Fen};

use super::shared::{Beside, demos, said};

/// `reconcile`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(mut_arg("database", demos))]
pub struct ReconcileArgs {
    /// Write down what an officer found out about a difference.
    #[command(subcommand)]
    pub command: Option<ReconcileCommand>,
    /// Which database.
    #[command(flatten)]
    pub beside: Beside,
    /// First day of the period
    #[arg(long, value_name = "yyyy-MM-dd", required = true)]
    pub from: Option<Day>,
    /// Last day of the period, included
    #[arg(long, value_name = "yyyy-MM-dd", required = true)]
    pub to: Option<Day>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `reconcile …`
#[derive(Subcommand)]
pub enum ReconcileCommand {
    /// Close a difference: it was looked into and is no trouble
    Close(ExplainArgs),
    /// Open a closed difference again: the explanation was wrong
    Reopen(ExplainArgs),
}

/// `reconcile close`, `reconcile reopen`.
#[derive(Args)]
#[command(mut_arg("database", demos))]
pub struct ExplainArgs {
    /// The difference's key, as `liufang reconcile` prints it
    pub key: String,
    /// Which database.
    #[command(flatten)]
    pub beside: Beside,
    /// Why, or on what paper; no insured person's name
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub why: String,
    /// Who says so
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub by: String,
}

/// `budget`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(mut_arg("database", demos))]
pub struct BudgetArgs {
    /// Enter a budget.
    #[command(subcommand)]
    pub command: Option<BudgetCommand>,
    /// Which database.
    #[command(flatten)]
    pub beside: Beside,
    /// The year in which settlements count
    #[arg(long, required = true)]
    pub year: Option<i16>,
    /// As of which day the year is measured (default: today)
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub on: Option<Day>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `budget …`
#[derive(Subcommand)]
pub enum BudgetCommand {
    /// Enter the budget of a pool and year; the newest one holds, earlier ones stay on record
    Set(BudgetSetArgs),
}

/// `budget set`.
#[derive(Args)]
#[command(mut_arg("database", demos))]
pub struct BudgetSetArgs {
    /// Which database.
    #[command(flatten)]
    pub beside: Beside,
    /// 统筹区
    #[arg(long, value_name = "ADMDVS")]
    pub admdvs: Admdvs,
    /// The year
    #[arg(long)]
    pub year: i16,
    /// Yuan of the year, such as 1000000.00
    #[arg(long)]
    pub yuan: Fen,
    /// The paper on which it was decided
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub paper: String,
    /// Who enters it
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub by: String,
}
