//! The arguments of `liufang stock`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lf_vocab::{Admdvs, Day, FixmedinsCode, MedListCodg};

/// `stock`.
#[derive(Args)]
pub struct StockCmdArgs {
    /// What to show.
    #[command(subcommand)]
    pub command: StockCommand,
}

/// Which database.
#[derive(Args)]
pub struct StockDatabase {
    /// Database URL, such as sqlite:///var/lib/liufang/center.db or postgres://liufang@db.example/center
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// The key ring [default: store.key.toml beside the SQLite file; for PostgreSQL the demo's]
    #[arg(long, value_name = "FILE")]
    pub store_key: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `stock …`.
#[derive(Subcommand)]
pub enum StockCommand {
    /// Who in a 统筹区 has a drug in stock that may be sold on a day; exit 1 when nobody has
    Offers {
        #[command(flatten)]
        place: StockDatabase,
        /// 统筹区
        #[arg(long, value_name = "ADMDVS")]
        pool: Admdvs,
        /// 医疗目录编码
        #[arg(long, value_name = "CODE")]
        drug: MedListCodg,
        /// As of this day [default: today]
        #[arg(long, value_name = "DAY")]
        on: Option<Day>,
    },
    /// 票账货: what the vouchers of each lot of an institution leave, what the book says, what was counted; exit 1 when they differ
    Lots {
        #[command(flatten)]
        place: StockDatabase,
        /// 定点医药机构编号
        #[arg(long, value_name = "CODE")]
        institution: FixmedinsCode,
    },
    /// Codes that were sold twice in a 统筹区 whose law records that; exit 1 when there are any
    Leads {
        #[command(flatten)]
        place: StockDatabase,
        /// 统筹区
        #[arg(long, value_name = "ADMDVS")]
        pool: Admdvs,
    },
    /// Which share of the 谈判 drugs of the catalogue an institution stocks, beside what the law of its place asks; exit 1 below it
    Nego {
        #[command(flatten)]
        place: StockDatabase,
        /// 定点医药机构编号
        #[arg(long, value_name = "CODE")]
        institution: FixmedinsCode,
        /// As of this day [default: today]
        #[arg(long, value_name = "DAY")]
        on: Option<Day>,
    },
}
