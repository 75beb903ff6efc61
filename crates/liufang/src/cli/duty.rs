//! The arguments of `duty`.

use clap::{Args, Subcommand};
use lf_vocab::{Day, FixmedinsCode};

use super::shared::Beside;

/// `duty`.
#[derive(Args)]
pub struct DutyArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: DutyCommand,
}

/// `duty …`
#[derive(Subcommand)]
pub enum DutyCommand {
    /// When a pharmacy was open by its imported hours and no licensed pharmacist had signed in (9001); exit 1 when there is such a
    /// time
    Gaps {
        /// The pharmacy
        #[arg(long, value_name = "CODE")]
        fixmedins_code: FixmedinsCode,
        /// The first day
        #[arg(long, value_name = "yyyy-MM-dd")]
        from: Day,
        /// The first day no longer
        #[arg(long, value_name = "yyyy-MM-dd")]
        until: Day,
        /// Which database.
        #[command(flatten)]
        beside: Beside,
    },
}
