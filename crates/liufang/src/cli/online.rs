//! The arguments of `online`.

use clap::Args;
use lf_vocab::{FixmedinsCode, HiRxno};

use super::shared::{Lawful, said};

/// `online`.
#[derive(Args)]
pub struct OnlineArgs {
    /// Which database, by which packs.
    #[command(flatten)]
    pub lawful: Lawful,
    /// The pharmacy that the person chose
    #[arg(long, value_name = "CODE")]
    pub pharmacy: FixmedinsCode,
    /// The app in which the person chose; 7202 must name it as epcChnlId
    #[arg(long, value_name = "ID", value_parser = said)]
    pub channel: String,
    /// A prescription to let flow; may be repeated [default: all that may]
    #[arg(long, value_name = "NUMBER")]
    pub hi_rxno: Vec<HiRxno>,
    /// How many minutes it opens a prescription
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=1440))]
    pub token_minutes: i64,
}
