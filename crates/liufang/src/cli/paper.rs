//! The arguments of `paper`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lf_paper::Size;
use lf_vocab::{FixmedinsCode, HiRxno, Moment};

use super::shared::{Beside, demos};

/// `paper`.
#[derive(Args)]
pub struct PaperArgs {
    /// What to print.
    #[command(subcommand)]
    pub command: PaperCommand,
}

/// `paper …`.
#[derive(Subcommand)]
pub enum PaperCommand {
    /// A prescription in its legal layout, with the code by which a pharmacy opens it and the state of its signatures
    Prescription {
        /// Its number at the center
        #[arg(long, value_name = "N")]
        hi_rxno: HiRxno,
        /// Write into its history that it was printed now: where a place lets nobody pay before the print, this is the print
        #[arg(long)]
        record: bool,
        /// Database, paper, file.
        #[command(flatten)]
        out: PaperOut,
    },
    /// A settlement sheet: every line, fund and provision, for the person to sign
    Settlement {
        /// 结算ID
        #[arg(long, value_name = "ID", requires = "fixmedins_code", required_unless_present = "hi_rxno")]
        setl_id: Option<String>,
        /// The pharmacy whose settlement it is
        #[arg(long, value_name = "CODE")]
        fixmedins_code: Option<FixmedinsCode>,
        /// The settlement of this prescription
        #[arg(long, value_name = "N", conflicts_with_all = ["setl_id", "fixmedins_code"])]
        hi_rxno: Option<HiRxno>,
        /// With --hi-rxno: the reversal instead
        #[arg(long, requires = "hi_rxno")]
        refund: bool,
        /// Database, paper, file.
        #[command(flatten)]
        out: PaperOut,
    },
}

/// Where it is read and written.
#[derive(Args)]
#[command(mut_arg("database", demos))]
pub struct PaperOut {
    /// Which database.
    #[command(flatten)]
    pub beside: Beside,
    /// Paper: a5, a4, or slip for a roll of 80 mm
    #[arg(long, value_name = "SIZE", default_value_t = Size::A5)]
    pub size: Size,
    /// The PDF; readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// A Chinese font, TrueType or OpenType [default: the first of `paper_fonts` of the configuration that exists]
    #[arg(long, value_name = "FILE")]
    pub font: Option<PathBuf>,
    /// Configuration file, for its `paper_fonts`
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The moment that the print names [default: now]
    #[arg(long, value_name = "yyyy-MM-dd HH:mm:ss")]
    pub printed: Option<Moment>,
}
