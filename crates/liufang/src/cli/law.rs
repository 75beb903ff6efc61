//! `liufang law …` and its arguments.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lf_vocab::{Admdvs, Day};

use super::shared::Beside;

/// `law`.
#[derive(Args)]
pub struct LawArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: LawCommand,
}

/// `law …`.
#[derive(Subcommand)]
pub enum LawCommand {
    /// Measure the packs: examples, boundaries, mutation, coverage, what lapses, how sure each value is
    #[command(after_help = "Exit: 0 the packs reach the measure, 1 they do not, 2 they do not load or cannot be read")]
    Check {
        /// A folder of packs instead of those built in
        #[arg(long, value_name = "DIR")]
        packs: Option<PathBuf>,
        /// Coverage as of this day, and what lapses within 90 days of it, such as 2026-01-31 (default: today)
        #[arg(long, value_name = "DATE")]
        on: Option<Day>,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
        /// Write INDEX.lock into the folder of packs and end
        #[arg(long, requires = "packs")]
        write_index: bool,
    },
    /// Why: a provision in words, its article, quote, history and exceptions
    Explain {
        /// The place, six digits
        admdvs: Admdvs,
        /// The provision, such as rx.vali_days_max or 360000/rx.vali_days_max
        rule: String,
        /// On which day (default: today)
        #[arg(long, value_name = "DATE")]
        on: Option<Day>,
        /// A folder of packs instead of those built in
        #[arg(long, value_name = "DIR")]
        packs: Option<PathBuf>,
    },
    /// What the law says of a case: JSON in, decision JSON out
    #[command(after_help = "Exit: 0 accepted, 1 refused, 2 the law cannot answer or the facts are wrong")]
    Decide {
        /// JSON file with gate, admdvs and facts, or - for standard input
        #[arg(long, value_name = "FILE")]
        facts: PathBuf,
        /// A folder of packs instead of those built in
        #[arg(long, value_name = "DIR")]
        packs: Option<PathBuf>,
    },
    /// What if: pre-check every stored prescription and quote every settlement that stands by two folders of packs, and say which decisions
    /// and amounts differ
    Diff(DiffArgs),
    /// All packs as one HTML page to read: values, dates, articles, quotes
    Page {
        /// Mark what holds on this day (default: today)
        #[arg(long, value_name = "DATE")]
        on: Option<Day>,
        /// Write the page here instead of to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// A folder of packs instead of those built in
        #[arg(long, value_name = "DIR")]
        packs: Option<PathBuf>,
    },
}

/// `law diff`.
#[derive(Args)]
#[command(after_help = "Exit: 0 no decision and no amount differs, 1 some do, 2 packs or database cannot be read")]
pub struct DiffArgs {
    /// The folder of packs in force
    pub old: PathBuf,
    /// The folder of packs that would take their place
    pub new: PathBuf,
    /// Which database; it is only read.
    #[command(flatten)]
    pub beside: Beside,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}
