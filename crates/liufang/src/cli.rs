//! The commands and their arguments. Every `--help` is written for a stranger.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use lf_vocab::Moment;
use shared::demos;

mod admission;
mod archive;
mod claim;
mod duty;
mod filings;
mod grants;
mod law;
mod online;
mod outbox;
mod paper;
mod publish;
mod reconcile;
mod registers;
mod settle;
mod shared;
mod stock;
mod torture;

pub use admission::{AdmissionArgs, AdmissionCommand, AdmissionOf, SPAY};
pub use archive::{ArchiveArgs, ArchiveCommand, ExportArgs, PaperNumbers, PaperWaits};
pub use claim::{ClaimArgs, ClaimBase, ClaimCommand, ClaimOf, Decision};
pub use duty::{DutyArgs, DutyCommand};
pub use filings::{AddSpayArgs, FilingAdd, FilingArgs, FilingCommand, FilingEndArgs, FilingOf, MedFileArgs};
pub use grants::{GrantAddArgs, GrantArgs, GrantCommand, GrantEndArgs};
pub use law::{DiffArgs, LawArgs, LawCommand};
pub use online::OnlineArgs;
pub use outbox::{DeadArgs, OutboxArgs, OutboxCommand, OutboxListArgs};
pub use paper::{PaperArgs, PaperCommand, PaperOut};
pub use publish::{PublishArgs, Published};
pub use reconcile::{BudgetArgs, BudgetCommand, BudgetSetArgs, ExplainArgs, ReconcileArgs, ReconcileCommand};
pub use registers::{AppArgs, AppCommand, ImportArgs, ImportCommand, ImportFile};
pub use settle::{SettleArgs, SettleCommand};
pub use shared::{Beside, Lawful, said};
pub use stock::{CaseStepArgs, ComplainCommand, ReportPeriod, StockCmdArgs, StockCommand, StockDatabase, StockReport};
pub use torture::{CounterArgs, KillArgs, Place, RaceArgs, TortureArgs, TortureCommand};

/// Liufang 流方: an open electronic prescription center for Chinese medical insurance.
#[derive(Parser)]
#[command(name = "liufang", version, about, long_about = None)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Serve the national interface over a database
    Serve(ServeArgs),
    /// Start a center with a small region, send a prescription through every step, then keep serving
    Demo(DemoArgs),
    /// Send one transaction from a JSON file, signed with a key file, and print the opened reply
    Call(CallArgs),
    /// Create and inspect key files
    Keys(KeysArgs),
    /// Check, explain and ask the rule packs
    Law(LawArgs),
    /// What a purchase at a pharmacy costs whom, by the rule packs
    Settle(SettleArgs),
    /// What the funds of the pools have paid in a year beside their budgets; exit 1 when one is over
    Budget(BudgetArgs),
    /// What institutions issued, pharmacies sold and the center settled in a period, and where they differ; exit 1 on an
    /// open difference
    Reconcile(ReconcileArgs),
    /// Recompute what a database claims
    Audit(AuditArgs),
    /// Explain signatures and check test vectors
    Gm(GmArgs),
    /// Measure, against a floor measured in the same run
    Bench(BenchArgs),
    /// Bring a database's schema up to date
    Migrate(MigrateArgs),
    /// Check a configuration file
    Config(ConfigArgs),
    /// What hospitals were not told yet of reviews and settlements: list, send again, give up
    Outbox(OutboxArgs),
    /// What stands in the shelves of institutions: who has a drug, whether vouchers, book and goods agree, codes sold twice
    Stock(StockCmdArgs),
    /// Pharmacies apply for a service (双通道, 门特, 门诊统筹), hospitals for 单独支付: the law judges, an officer decides
    Admission(AdmissionArgs),
    /// Tables that a bureau publishes: prices of flow drugs by pharmacy, 单独支付 drugs, the pharmacies that serve them
    Publish(PublishArgs),
    /// Put registers and dated lists into a database from CSV and XLSX files
    Import(ImportArgs),
    /// Client systems of institutions: register, list, limit, disable
    App(AppArgs),
    /// What authorities granted to places under provisions that leave them a choice: add, list, end
    Grant(GrantArgs),
    /// The register of duty of pharmacies
    Duty(DutyArgs),
    /// Let prescriptions of a person flow to a pharmacy chosen online, as a channel does, and print the number that 7202 asks
    /// by; the token of the person's credential is read from standard input
    Online(OnlineArgs),
    /// 备案 of insured persons: 单独支付用药资格 and 门诊慢特病; add, list, end
    Filing(FilingArgs),
    /// 零星报销: purchases past the center, claimed with papers; take in, check, decide, pay, and see what waits
    Claim(ClaimArgs),
    /// Copy a SQLite database while a center writes to it, and check the copy
    Backup(BackupArgs),
    /// Export what an institution must keep, bound and hashed; verify such an archive; tell until when it must be kept
    Archive(ArchiveArgs),
    /// Print a stored prescription or settlement sheet as PDF
    Paper(PaperArgs),
    /// Kill centers and databases under load, race clients against each other, and check what was acknowledged
    Torture(TortureArgs),
}

/// `serve`.
#[derive(Args)]
pub struct ServeArgs {
    /// Configuration file (TOML); `liufang config default` prints one with every setting explained
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Overrides the configuration: database URL, such as sqlite:///var/lib/liufang/center.db or
    /// postgres://liufang@db.example/center
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Overrides the configuration: address to listen on
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Overrides the configuration: the platform's key file
    #[arg(long, value_name = "FILE")]
    pub platform_key: Option<PathBuf>,
    /// Overrides the configuration: the key ring that seals what is stored
    #[arg(long, value_name = "FILE")]
    pub store_key: Option<PathBuf>,
}

/// `demo`.
#[derive(Args)]
pub struct DemoArgs {
    /// End after the walk instead of serving on
    #[arg(long)]
    pub once: bool,
    /// Write the credentials of the region as JSON, so that another client can be pointed at it; a file of keys
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
    /// Empty folder for the database and keys [default: var/demo, replaced at every start]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Empty PostgreSQL database to use instead of a file in the folder, such as postgres://liufang@db.example/demo
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
}

/// `call`.
#[derive(Args)]
pub struct CallArgs {
    /// Transaction number or method name, such as 7101 or uploadChk
    pub method: String,
    /// JSON file with the payload (the plain `data`), or - for standard input; `${now}`, `${now-60s}` and `${serial}` in
    /// it are filled in, other placeholders by --set
    #[arg(value_name = "DATA")]
    pub data: PathBuf,
    /// The file that `liufang demo --credentials` wrote: address, keys and platform in one
    #[arg(long, value_name = "FILE", requires = "as_code", conflicts_with_all = ["rest_base", "key", "platform_public_key"])]
    pub credentials: Option<PathBuf>,
    /// With --credentials: the institution to speak for, such as H36090200101
    #[arg(long = "as", value_name = "CODE", requires = "credentials")]
    pub as_code: Option<String>,
    /// Where the interface is: everything before /fixmedins/…, such as http://127.0.0.1:8080/epc/api
    #[arg(long, value_name = "URL", required_unless_present = "credentials")]
    pub rest_base: Option<String>,
    /// The app's key file
    #[arg(long, value_name = "FILE", required_unless_present = "credentials")]
    pub key: Option<PathBuf>,
    /// The platform's public key, Base64 or hexadecimal
    #[arg(long, value_name = "KEY", required_unless_present = "credentials")]
    pub platform_public_key: Option<String>,
    /// Dialect in which to speak: A (official), B (sorted texts), C (cipher text signed)
    #[arg(long, value_name = "LETTER", default_value = "A")]
    pub dialect: String,
    /// Fills the placeholder ${NAME}; a value @FILE is that file's bytes in Base64, @@FILE those of a JSON file whose own
    /// placeholders are filled first
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub values: Vec<String>,
    /// The moment of ${now}, so that several calls can tell the same one [default: the moment of the call]
    #[arg(long, value_name = "yyyy-MM-dd HH:mm:ss")]
    pub now: Option<Moment>,
    /// Keep the sealed body that is sent, as `liufang gm explain` reads it; readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub save_request: Option<PathBuf>,
    /// Fills ${serial}, nine digits that make a prescription's numbers its own
    #[arg(long, default_value_t = 1)]
    pub serial: u64,
}

/// `keys`.
#[derive(Args)]
pub struct KeysArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// `keys …`.
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Draw a new key pair into a key file, or a new ring for what is stored
    New {
        /// The file; must not exist yet; readable by its owner only
        file: PathBuf,
        /// For an app with this id (32 upper-case hex digits; drawn when the value is empty), not for the platform
        #[arg(long, value_name = "APP_ID", num_args = 0..=1, default_missing_value = "")]
        app: Option<String>,
        /// A key ring that seals what is stored, not a pair; lose it and the data is lost
        #[arg(long, conflicts_with = "app")]
        store: bool,
    },
    /// Print what may be shown of a key file or of a key ring
    Show {
        /// The file
        file: PathBuf,
    },
    /// Add a version to the key ring and seal everything stored again with it, while the centers serve; an interrupted
    /// rotation goes on; exit 1 when something could not be sealed again
    Rotate(RotateArgs),
}

/// `keys rotate`.
#[derive(Args)]
pub struct RotateArgs {
    /// The key ring, the very file that the center reads
    #[arg(long, value_name = "FILE")]
    pub store_key: PathBuf,
    /// Database URL
    #[arg(long, value_name = "URL", required_unless_present = "prepare")]
    pub database: Option<String>,
    /// Only add the version to the file, where several centers have copies of it; it seals nothing until it is rotated to
    #[arg(long, conflicts_with_all = ["database", "retire"])]
    pub prepare: bool,
    /// Remove the versions that nothing is sealed by any more; after a finished rotation, only that
    #[arg(long)]
    pub retire: bool,
}

/// `audit`.
#[derive(Args)]
pub struct AuditArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// `audit …`.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Recompute chains, states, amounts and balances; exit 1 on any difference
    #[command(mut_arg("database", demos))]
    Verify {
        /// Which database.
        #[command(flatten)]
        beside: Beside,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
}

/// `gm`.
#[derive(Args)]
pub struct GmArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: GmCommand,
}

/// `gm …`.
#[derive(Subcommand)]
pub enum GmCommand {
    /// Why a received body verifies or does not: the expected sign text and what is known to go wrong
    Explain {
        /// The body as received, or - for standard input
        body: PathBuf,
        /// The file that `liufang demo --credentials` wrote
        #[arg(long, value_name = "FILE", requires = "as_code", conflicts_with_all = ["key", "platform_public_key"])]
        credentials: Option<PathBuf>,
        /// With --credentials: the institution that sent the body, such as H36090200101
        #[arg(long = "as", value_name = "CODE", requires = "credentials")]
        as_code: Option<String>,
        /// The app's key file
        #[arg(long, value_name = "FILE", required_unless_present = "credentials")]
        key: Option<PathBuf>,
        /// The platform's public key, to notice when the two were confused
        #[arg(long, value_name = "KEY")]
        platform_public_key: Option<String>,
    },
    /// Check every vector of a file; exit 1 on a failure
    Vectors {
        /// The file: `keys` and `vectors[]`
        file: PathBuf,
    },
}

/// `bench`.
#[derive(Args)]
pub struct BenchArgs {
    /// What to measure.
    #[command(subcommand)]
    pub command: BenchCommand,
}

/// `bench …`.
#[derive(Subcommand)]
pub enum BenchCommand {
    /// Whole lives of prescriptions over HTTP with SM2 and SM4, load generator on the same cores
    Lifecycle(LifecycleArgs),
    /// A full precheck decision of a five-drug prescription
    Law {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
        /// How long to measure, in seconds
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// Drawing a prescription and a settlement sheet on every size of paper: exit 1 at 15 ms a PDF or more
    Pdf {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
        /// How long to measure, in seconds
        #[arg(long, default_value_t = 6)]
        seconds: u64,
    },
    /// Quotes of the pure core a second, on one thread and on two; exit 1 below 200 000 on two
    Settle {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
        /// How long each figure is measured, in seconds
        #[arg(long, default_value_t = 3)]
        seconds: u64,
    },
    /// Lines of goods that pharmacies upload (3505A), each a box of its own, durable on SQLite
    Stock(StockArgs),
    /// Settlements (2102) over HTTP at a fixed rate, on a nearly empty and on a full store in turns: exit 1 when p99 is 25 ms
    /// or more, or grows by more than half
    Counter(CounterBenchArgs),
    /// Whether answers slow down as the store fills: exit 1 when p99 grows by more than half
    Growth(GrowthArgs),
}

/// `bench stock`.
#[derive(Args)]
pub struct StockArgs {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// How long to measure, in seconds
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Tills at once, each with a lot of its own
    #[arg(long, default_value_t = 8)]
    pub clients: usize,
    /// Rows of a batch, at most 500
    #[arg(long, default_value_t = 200)]
    pub rows: usize,
}

/// `bench lifecycle`.
#[derive(Args)]
pub struct LifecycleArgs {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// How long to measure, in seconds
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Clients at once
    #[arg(long, default_value_t = 32)]
    pub clients: usize,
    /// Size of the prescription file, in bytes
    #[arg(long, default_value_t = 20_480)]
    pub file_bytes: usize,
    /// Empty PostgreSQL database to measure on instead of a SQLite file
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Measure on a SQLite file and on a PostgreSQL server of its own in turns, three times each, and compare: exit 1 when
    /// PostgreSQL reaches less than 0.7 of SQLite
    #[arg(long, conflicts_with = "database")]
    pub cluster: bool,
}

/// `bench counter`.
#[derive(Args)]
pub struct CounterBenchArgs {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Settlements in the full store; five million take some 24 GB in var/bench
    #[arg(long, default_value_t = 5_000_000)]
    pub stored: u64,
    /// Settlements in the store that it is compared with
    #[arg(long, default_value_t = 10_000)]
    pub base: u64,
    /// Settlements a second, sent when their time has come whether or not earlier ones were answered
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rate: u32,
    /// How long each measurement takes, in seconds
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Measurements of each store, in turn; medians are compared
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
}

/// `bench growth`.
#[derive(Args)]
pub struct GrowthArgs {
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Prescriptions in the full store; a million takes some 23 GB in var/bench
    #[arg(long, default_value_t = 1_000_000)]
    pub stored: u64,
    /// Prescriptions in the store that it is compared with
    #[arg(long, default_value_t = 10_000)]
    pub base: u64,
    /// How long each measurement takes, in seconds
    #[arg(long, default_value_t = 15)]
    pub seconds: u64,
    /// Measurements of each store, in turn; medians are compared
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Clients at once
    #[arg(long, default_value_t = 8)]
    pub clients: usize,
    /// Size of the prescription file of the load, in bytes
    #[arg(long, default_value_t = 20_480)]
    pub file_bytes: usize,
    /// Empty PostgreSQL database for the full store instead of a SQLite file
    #[arg(long, value_name = "URL", requires = "base_database")]
    pub database: Option<String>,
    /// A second empty one for the store that it is compared with
    #[arg(long, value_name = "URL", requires = "database")]
    pub base_database: Option<String>,
}

/// `migrate`.
#[derive(Args)]
pub struct MigrateArgs {
    /// Database URL; a SQLite file is made, a PostgreSQL database must exist
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// Only list what would be done; exit 0
    #[arg(long)]
    pub dry_run: bool,
}

/// `config`.
#[derive(Args)]
pub struct ConfigArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// `config …`.
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Check a configuration file: unknown keys, wrong values, missing files
    Check {
        /// The file
        file: PathBuf,
    },
    /// Print the default configuration; it is the manual of every setting
    Default,
}

/// `backup`.
#[derive(Args)]
pub struct BackupArgs {
    /// Database URL, such as sqlite:///var/lib/liufang/center.db; PostgreSQL is copied with its own tools
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// The copy; must not exist yet; readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}
