//! The arguments of `liufang stock`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum, value_parser};
use lf_vocab::{Admdvs, Day, FixmedinsCode, MedListCodg, Moment, Spot};

use super::shared::{Lawful, case_no, said};

/// `stock`.
#[derive(Args)]
pub struct StockCmdArgs {
    /// What to show.
    #[command(subcommand)]
    pub command: StockCommand,
}

/// Which database, and how it is told.
#[derive(Args)]
pub struct StockDatabase {
    /// Which database, by which packs.
    #[command(flatten)]
    pub lawful: Lawful,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// `stock …`.
#[derive(Subcommand)]
pub enum StockCommand {
    /// The drug query of patients: who in a 统筹区 has a drug, how much of it, at what price, how far away; pharmacies whose
    /// last upload is older than the law's hours are left out; exit 1 when nobody has it
    #[command(group(ArgGroup::new("what").required(true).args(["drug", "name"])))]
    Offers {
        #[command(flatten)]
        place: StockDatabase,
        /// 统筹区
        #[arg(long, value_name = "ADMDVS")]
        pool: Admdvs,
        /// 医疗目录编码
        #[arg(long, value_name = "CODE")]
        drug: Option<MedListCodg>,
        /// Part of the generic name instead
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// From where the way is measured: latitude and longitude in degrees, in the system of the imported list
        #[arg(long, value_name = "LAT,LNG", allow_hyphen_values = true)]
        near: Option<Spot>,
        /// As if asked at this moment [default: now]
        #[arg(long, value_name = "MOMENT")]
        at: Option<Moment>,
        /// Rows at most, the nearest ones
        #[arg(long, value_name = "N", default_value_t = lf_center::offers::OFFERS_MAX)]
        most: usize,
    },
    /// Drugs that were shown as available and not supplied (JX-4.5.1): from the complaint to the finding
    Complain {
        /// What to do.
        #[command(subcommand)]
        command: ComplainCommand,
    },
    /// What a bureau watches of goods in an area (a 统筹区, a province, or 100000), as a file or on standard output. Exit: 0 nothing to
    /// look at, 1 a row has an alert: a drug without a channel, one that no platform lists
    Report {
        #[command(flatten)]
        place: StockDatabase,
        /// What to report
        #[arg(value_name = "REPORT")]
        report: StockReport,
        /// The area
        #[arg(long, value_name = "ADMDVS")]
        area: Admdvs,
        #[command(flatten)]
        period: ReportPeriod,
    },
    /// Opening, in, out and closing of every drug of an institution in a period beside the ledger; exit 1 when they differ
    Balance {
        #[command(flatten)]
        place: StockDatabase,
        /// 定点医药机构编号
        #[arg(long, value_name = "CODE")]
        institution: FixmedinsCode,
        #[command(flatten)]
        period: ReportPeriod,
    },
    /// 票账货: what the vouchers of each lot of an institution leave, what the book says, what was counted; exit 1 when they differ
    Lots {
        #[command(flatten)]
        place: StockDatabase,
        /// 定点医药机构编号
        #[arg(long, value_name = "CODE")]
        institution: FixmedinsCode,
    },
    /// The drugs of an institution's own list (3301) beside the catalogue: added and withdrawn since its last switch and how late, codes no
    /// longer valid, the share listed on the purchasing platform, the age of the last upload; exit 1 with an invalid code or an older upload
    OutList {
        #[command(flatten)]
        place: StockDatabase,
        /// 定点医药机构编号
        #[arg(long, value_name = "CODE")]
        institution: FixmedinsCode,
        /// As of this day [default: today]
        #[arg(long, value_name = "yyyy-MM-dd")]
        on: Option<Day>,
        /// How many days old the last upload may be [default: however many]
        #[arg(long, value_name = "N", value_parser = value_parser!(i32).range(0..))]
        age_days: Option<i32>,
        /// A file ending in .csv, .json or .html; CSV on standard output without one (JSON with --json)
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Codes that were sold twice in a 统筹区 whose law records that; exit 1 when there are any
    Leads {
        #[command(flatten)]
        place: StockDatabase,
        /// 统筹区
        #[arg(long, value_name = "ADMDVS")]
        pool: Admdvs,
    },
    /// Which share of the 谈判 drugs of the catalogue an institution stocks, beside what the law of its place asks; or all
    /// 双通道 pharmacies of a 统筹区, and whether and to what the number may be lowered; exit 1 when nobody reaches it
    #[command(group(ArgGroup::new("whose").required(true).args(["institution", "pool"])))]
    Nego {
        #[command(flatten)]
        place: StockDatabase,
        /// 定点医药机构编号
        #[arg(long, value_name = "CODE")]
        institution: Option<FixmedinsCode>,
        /// 统筹区
        #[arg(long, value_name = "ADMDVS")]
        pool: Option<Admdvs>,
        /// As of this day [default: today]
        #[arg(long, value_name = "DAY")]
        on: Option<Day>,
    },
}

/// Days and file of a report.
#[derive(Args)]
pub struct ReportPeriod {
    /// First day
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub from: Day,
    /// Last day, included; none that is still to come
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub to: Day,
    /// A file ending in .csv, .json or .html; CSV on standard output without one (JSON with --json)
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// A report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StockReport {
    /// 谈判 and 双通道 drugs: who has them, days without supply, drugs with no channel
    Availability,
    /// Drugs that are no longer made, by the imported list: since when, and who still has them
    NoProd,
    /// Drugs that came into the catalogue in the period: whether the purchasing platform has them, and since when it should
    Listing,
    /// By institution: late rows, silent days, settled prescriptions without their sale, trace codes at sales, purchase rows that lack what
    /// the place asks of them, sales without a price
    Uploads,
    /// By drug: sales with and without a trace code
    Traces,
}

/// `stock complain …`.
#[derive(Subcommand)]
pub enum ComplainCommand {
    /// Open a case; what the query showed at that moment is derived from the ledger and kept with it
    Add {
        #[command(flatten)]
        step: CaseStepArgs,
        /// 医疗目录编码
        #[arg(long, value_name = "CODE")]
        drug: MedListCodg,
        /// When it was shown and asked for, such as "2026-03-02 09:30:00"
        #[arg(long, value_name = "MOMENT")]
        asked: Moment,
    },
    /// 查实: it was shown and not supplied; exit 1 when the query showed nothing then
    Confirm {
        #[command(flatten)]
        step: CaseStepArgs,
    },
    /// It was not so
    Dismiss {
        #[command(flatten)]
        step: CaseStepArgs,
    },
    /// Cases of a 统筹区, and by pharmacy how many are confirmed beside the number at which its agreement ends; exit 1 when one
    /// has reached it
    List {
        #[command(flatten)]
        place: StockDatabase,
        /// 统筹区
        #[arg(long, value_name = "ADMDVS")]
        pool: Admdvs,
    },
}

/// A step of a case.
#[derive(Args)]
pub struct CaseStepArgs {
    #[command(flatten)]
    pub place: StockDatabase,
    /// 定点医药机构编号
    #[arg(long, value_name = "CODE")]
    pub institution: FixmedinsCode,
    /// Number of the complaint or audit; one case counts once
    #[arg(long = "case", value_name = "NO", value_parser = case_no)]
    pub case_no: String,
    /// Who complained, confirmed or dismissed: an office or a person
    #[arg(long, value_name = "WHO", value_parser = said)]
    pub by: String,
    /// Where the evidence is, such as the number of a file
    #[arg(long, value_name = "REF", value_parser = said)]
    pub evidence: String,
}
