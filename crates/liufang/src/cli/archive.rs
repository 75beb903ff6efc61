//! The arguments of `archive`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, value_parser};
use lf_vocab::{Day, FixmedinsCode, HiRxno, Moment, PaperNo};
use lf_wire::generated::dicts::RX_TYPE_CODE;

use super::shared::{Beside, Lawful, demos, said};

/// `archive`.
#[derive(Args)]
pub struct ArchiveArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ArchiveCommand,
}

/// `archive …`.
#[derive(Subcommand)]
pub enum ArchiveCommand {
    /// Write what one institution must keep of a time into a ZIP: of a hospital what it issued, of a pharmacy what it
    /// dispensed, each prescription with file, signatures, review, sale, settlement sheet and history bound by one SM3
    Export(ExportArgs),
    /// Verify such a ZIP from its bytes alone: every file that differs, is missing or is surplus is named; exit 1 then
    Verify {
        /// The ZIP
        file: PathBuf,
        /// The SM3 of the manifest that the export printed, kept elsewhere
        #[arg(long, value_name = "HEX")]
        manifest_sm3: Option<String>,
        /// The platform's public key, Base64 or hexadecimal: the manifest must be signed with it
        #[arg(long, value_name = "KEY")]
        platform_public_key: Option<String>,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Paper prescriptions: numbers printed, batches handed in, what is missing or doubled
    #[command(mut_arg("database", |database| demos(database).global(true)), mut_arg("store_key", |key| key.global(true)))]
    Paper {
        /// What to do.
        #[command(subcommand)]
        command: PaperNumbers,
        /// Which database.
        #[command(flatten)]
        beside: Beside,
    },
    /// Settlements of a pharmacy that stand and whose sheet, signed by the person, did not come (9101); exit 1 when there are
    /// any
    #[command(mut_arg("database", demos))]
    Unsigned {
        /// The pharmacy
        #[arg(long, value_name = "CODE")]
        fixmedins_code: FixmedinsCode,
        /// Settled from this day on
        #[arg(long, value_name = "yyyy-MM-dd")]
        from: Day,
        /// Settled before this day
        #[arg(long, value_name = "yyyy-MM-dd")]
        until: Day,
        /// Which database.
        #[command(flatten)]
        beside: Beside,
    },
    /// Until when a prescription must be kept and by which provisions; exit 1 while it may not be destroyed
    #[command(mut_arg("database", demos), group(ArgGroup::new("prescription").required(true).args(["hi_rxno", "paper_no"])))]
    Keep {
        /// Its number at the center
        #[arg(long, value_name = "N")]
        hi_rxno: Option<HiRxno>,
        /// Of a paper prescription, which institution issued it
        #[arg(long, value_name = "CODE", requires = "paper_no", conflicts_with = "hi_rxno")]
        paper_fixmedins_code: Option<FixmedinsCode>,
        /// And its running number: known once a counter settled it, a claim paid it or a batch brought it
        #[arg(long, value_name = "N", requires = "paper_fixmedins_code")]
        paper_no: Option<PaperNo>,
        /// 处方类别代码 of the paper, which the center does not know: 8 for 毒性 and 精二, 7 for 麻醉 and 精一, which are kept longer
        /// [default: an ordinary one]
        #[arg(long, value_name = "CODE", value_parser = rx_type_code, conflicts_with = "hi_rxno")]
        rx_type_code: Option<String>,
        /// May it be destroyed on this day? [default: today]
        #[arg(long, value_name = "yyyy-MM-dd")]
        on: Option<Day>,
        /// Which database, by which packs.
        #[command(flatten)]
        lawful: Lawful,
    },
}

fn rx_type_code(text: &str) -> Result<String, String> {
    let known = RX_TYPE_CODE.codes.iter().any(|one| one.code == text);
    let all = || RX_TYPE_CODE.codes.iter().map(|one| format!("{} {}", one.code, one.name)).collect::<Vec<_>>();
    if known { Ok(text.to_owned()) } else { Err(format!("expected one of {}", all().join(", "))) }
}

/// `archive paper …`.
#[derive(Subcommand)]
pub enum PaperNumbers {
    /// Register running numbers that an institution had printed; they may not overlap others of it
    Range {
        /// The institution
        #[arg(long, value_name = "CODE")]
        fixmedins_code: FixmedinsCode,
        /// The first number
        #[arg(long, value_name = "N")]
        first: PaperNo,
        /// The last number
        #[arg(long, value_name = "N")]
        last: PaperNo,
    },
    /// Take in a pharmacy's batch; exit 1 when something in it is to be looked at: doubled or foreign numbers, no signature,
    /// no seal. It is kept all the same, as evidence
    Submit {
        /// The pharmacy
        #[arg(long, value_name = "CODE")]
        fixmedins_code: FixmedinsCode,
        /// The pharmacy's name of the batch, such as 2026-11; the same file again under it changes nothing
        #[arg(long, value_name = "NAME", value_parser = said)]
        batch: String,
        /// CSV or XLSX with the columns fixmedins_code, paper_no, prsc_date, dr_code, dr_sign_flag, seal_flag
        file: PathBuf,
    },
    /// Of an institution its missing, doubled and foreign numbers, exit 1 if there are any; of a pharmacy its batches, and the papers
    /// that it settled and handed in with none, exit 1 if a batch is not as it was handed in or a paper waits too long
    Report {
        /// The institution or pharmacy
        #[arg(long, value_name = "CODE")]
        fixmedins_code: FixmedinsCode,
        /// Of a pharmacy
        #[command(flatten)]
        waits: PaperWaits,
    },
}

/// Which papers a pharmacy should have handed in.
#[derive(Args)]
pub struct PaperWaits {
    /// Of a pharmacy: how many days a paper may wait after its settlement [default: however many, they are only told]
    #[arg(long, value_name = "N", value_parser = value_parser!(i32).range(0..))]
    pub age_days: Option<i32>,
    /// Of a pharmacy: only papers settled from this day on [default: all]
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub from: Option<Day>,
}

/// `archive export`.
#[derive(Args)]
#[command(mut_arg("database", demos))]
pub struct ExportArgs {
    /// Whose: a hospital or a pharmacy
    #[arg(long, value_name = "CODE")]
    pub fixmedins_code: FixmedinsCode,
    /// Prescriptions issued from this day on
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub from: Day,
    /// …and before this day
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub until: Day,
    /// The ZIP; readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Which database, by which packs.
    #[command(flatten)]
    pub lawful: Lawful,
    /// Sign the manifest with the platform's key file
    #[arg(long, value_name = "FILE")]
    pub platform_key: Option<PathBuf>,
    /// A Chinese font for the settlement sheets [default: the first of `paper_fonts` of the configuration that exists]
    #[arg(long, value_name = "FILE")]
    pub font: Option<PathBuf>,
    /// Leave out the settlement sheets as PDF; their amounts are in the archive all the same
    #[arg(long)]
    pub no_sheets: bool,
    /// The moment that the archive names [default: now]
    #[arg(long, value_name = "yyyy-MM-dd HH:mm:ss")]
    pub made_at: Option<Moment>,
}
