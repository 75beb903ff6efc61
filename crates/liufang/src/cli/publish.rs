//! The arguments of `liufang publish`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lf_vocab::{Admdvs, Day};

use crate::cli::StockDatabase;

/// `publish`.
#[derive(Args)]
pub struct PublishArgs {
    /// What to publish.
    #[arg(value_name = "TABLE")]
    pub table: Published,
    #[command(flatten)]
    pub place: StockDatabase,
    /// 统筹区
    #[arg(long, value_name = "ADMDVS")]
    pub pool: Admdvs,
    /// Of this day [default: today; prices: yesterday, whose day is over]
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub date: Option<Day>,
    /// A file ending in .csv, .json or .html; CSV on standard output without one (JSON with --json)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What a bureau publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Published {
    /// Prices of drugs sold for prescriptions on a day, by pharmacy (东医保〔2024〕41号 四（三）)
    Prices,
    /// 单独支付 drugs of a place
    SpayDrugs,
    /// Pharmacies that serve 单独支付 drugs
    SpayPharmacies,
}
