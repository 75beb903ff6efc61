//! The arguments of `online`.

use std::path::PathBuf;

use clap::Args;
use lf_vocab::{FixmedinsCode, HiRxno};

/// `online`.
#[derive(Args)]
pub struct OnlineArgs {
    /// Database URL
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// The key ring [default: store.key.toml beside the SQLite file; for PostgreSQL the demo's]
    #[arg(long, value_name = "FILE")]
    pub store_key: Option<PathBuf>,
    /// The pharmacy that the person chose
    #[arg(long, value_name = "CODE")]
    pub pharmacy: FixmedinsCode,
    /// The app in which the person chose; 7202 must name it as epcChnlId
    #[arg(long, value_name = "ID")]
    pub channel: String,
    /// A prescription to let flow; may be repeated [default: all that may]
    #[arg(long, value_name = "NUMBER")]
    pub hi_rxno: Vec<HiRxno>,
    /// How many minutes it opens a prescription
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=1440))]
    pub token_minutes: i64,
}
