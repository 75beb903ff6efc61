//! The arguments of `liufang outbox`.

use clap::{ArgGroup, Args, Subcommand};
use lf_vocab::{FixmedinsCode, HiRxno};

use super::shared::{Beside, said};

/// `outbox`.
#[derive(Args)]
pub struct OutboxArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: OutboxCommand,
}

/// `outbox …`.
#[derive(Subcommand)]
pub enum OutboxCommand {
    /// List notices (7108, 7109) that wait, the dead ones first; exit 1 when any is dead
    List(OutboxListArgs),
    /// Send dead notices again, within seconds, by whichever center serves the database; exit 1 when the prescription
    /// named has none
    #[command(group = ArgGroup::new("which").required(true).args(["all", "fixmedins", "hi_rxno"]))]
    Resend {
        #[command(flatten)]
        dead: DeadArgs,
        /// All that are dead
        #[arg(long)]
        all: bool,
    },
    /// Give up the oldest notice of each prescription meant, if it is dead; those behind it are sent then. The reason is
    /// kept and shown by `list --hi-rxno`; exit 1 when the prescription named has none
    #[command(group = ArgGroup::new("which").required(true).args(["fixmedins", "hi_rxno"]))]
    Drop {
        #[command(flatten)]
        dead: DeadArgs,
        /// Why, in one line without personal data
        #[arg(long, value_name = "TEXT", value_parser = said)]
        reason: String,
    },
}

/// `outbox list`.
#[derive(Args)]
pub struct OutboxListArgs {
    /// Which database.
    #[command(flatten)]
    pub beside: Beside,
    /// Only the dead
    #[arg(long)]
    pub dead: bool,
    /// Only those to this hospital, such as H36090200101
    #[arg(long, value_name = "CODE")]
    pub fixmedins: Option<FixmedinsCode>,
    /// Only this prescription, with what was given up of it
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["dead", "fixmedins"])]
    pub hi_rxno: Option<HiRxno>,
    /// The most rows
    #[arg(long, value_name = "ROWS", default_value_t = 1_000)]
    pub limit: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Which dead notices.
#[derive(Args)]
pub struct DeadArgs {
    /// Which database.
    #[command(flatten)]
    pub beside: Beside,
    /// Those to this hospital, such as H36090200101
    #[arg(long, value_name = "CODE")]
    pub fixmedins: Option<FixmedinsCode>,
    /// That of this prescription
    #[arg(long, value_name = "NUMBER")]
    pub hi_rxno: Option<HiRxno>,
}
