//! The arguments of `import` and `app`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use lf_import::{Figure, Kind};
use lf_ports::GatewayScheme;
use lf_vocab::Day;

use super::shared::{Beside, said};

/// `import`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ImportArgs {
    /// What to show instead of importing.
    #[command(subcommand)]
    pub command: Option<ImportCommand>,
    /// The file to import.
    #[command(flatten)]
    pub file: Option<ImportFile>,
}

/// `import KIND FILE`.
#[derive(Args)]
pub struct ImportFile {
    /// What the file holds; `liufang import kinds` lists the kinds and their columns
    pub kind: Kind,
    /// CSV (UTF-8, UTF-16 or GB18030) or XLSX
    pub file: PathBuf,
    // Not `Beside`: clap does not see that an optional group of arguments is there when another group stands in it.
    /// Database URL, such as sqlite:///var/lib/liufang/center.db or postgres://liufang@db.example/center
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// The key ring [default: store.key.toml beside the SQLite file; for PostgreSQL the demo's]
    #[arg(long, value_name = "FILE")]
    pub store_key: Option<PathBuf>,
    /// Name of this edition, such as 2026-07; for the catalogue and the lists
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub edition: Option<String>,
    /// First day on which the edition counts; for the catalogue and the lists
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub from: Option<Day>,
    /// The file is only a part of the list: rows that it leaves out stay instead of ending
    #[arg(long)]
    pub part: bool,
    /// A figure that is printed with the edition, such as total=3159, added=91 or ended=43; nothing is written if it differs
    #[arg(long, value_name = "FIGURE=N")]
    pub expect: Vec<Figure>,
    /// Folder of rule packs that say what a filing must have, the center's own; for filings [default: those built in]
    #[arg(long, value_name = "DIR")]
    pub packs: Option<PathBuf>,
    /// Show what would change and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Leave rows with defects out instead of refusing the file
    #[arg(long)]
    pub skip_defects: bool,
    /// Where the heading is unheard of: which column it means
    #[arg(long = "map", value_name = "COLUMN=HEADING")]
    pub map: Vec<String>,
    /// Sheet of the workbook [default: the first]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Number of the row with the headings [default: the first that is not blank]
    #[arg(long, value_name = "N")]
    pub heading_row: Option<u64>,
    /// Defects to print
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub show: usize,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Tell how far the work is also when standard error is no terminal
    #[arg(long)]
    pub progress: bool,
}

/// `import …`
#[derive(Subcommand)]
pub enum ImportCommand {
    /// List the kinds of files, their columns and the headings that are accepted
    Kinds {
        /// Only this kind
        kind: Option<Kind>,
    },
    /// List the editions that a database holds
    Editions {
        /// Which database.
        #[command(flatten)]
        beside: Beside,
    },
}

/// `app`.
#[derive(Args)]
pub struct AppArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AppCommand,
}

/// `app …`
#[derive(Subcommand)]
pub enum AppCommand {
    /// Register a client system of an institution: draws its keys into a file and prints what its vendor needs to know
    Add {
        /// Which database.
        #[command(flatten)]
        beside: Beside,
        /// The institution it speaks for; must be registered
        #[arg(long, value_name = "CODE")]
        fixmedins: lf_vocab::FixmedinsCode,
        /// The key file to write; must not exist yet; readable by its owner only
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Admit it to the gateway front as well, with headers of this kind; its secret goes into FILE.gateway.toml
        #[arg(long, value_name = "csb|tif|rio", value_parser = gateway)]
        gateway: Option<GatewayScheme>,
        /// The platform's key file, to print its public key as well
        #[arg(long, value_name = "FILE")]
        platform_key: Option<PathBuf>,
    },
    /// List the registered client systems
    List {
        /// Which database.
        #[command(flatten)]
        beside: Beside,
    },
    /// Give a client system limits of its own, from its next message on; what is left out is as configured for all
    Limits {
        /// Its app id
        app_id: String,
        /// Which database.
        #[command(flatten)]
        beside: Beside,
        /// Messages a second in the long run
        #[arg(long, value_name = "N")]
        per_second: Option<NonZeroU32>,
        /// Messages at once after a pause
        #[arg(long, value_name = "N")]
        burst: Option<NonZeroU32>,
        /// Messages under way
        #[arg(long, value_name = "N")]
        concurrent: Option<NonZeroU32>,
        /// The largest body; more than the configured one has no effect
        #[arg(long, value_name = "BYTES")]
        body_max: Option<NonZeroU32>,
    },
    /// Refuse every further message of a client system
    Disable {
        /// Its app id
        app_id: String,
        /// Which database.
        #[command(flatten)]
        beside: Beside,
    },
}

fn gateway(text: &str) -> Result<GatewayScheme, String> {
    match text {
        "csb" => Ok(GatewayScheme::Csb),
        "tif" => Ok(GatewayScheme::Tif),
        "rio" => Ok(GatewayScheme::Rio),
        _ => Err("csb, tif or rio".to_owned()),
    }
}
