//! The commands and their arguments. Every `--help` is written for a stranger.

use clap::{Parser, Subcommand};

mod admission;
mod archive;
mod bench;
mod call;
mod center;
mod claim;
mod duty;
mod filings;
mod grants;
mod keys;
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
pub use bench::{BenchArgs, BenchCommand, CounterBenchArgs, GrowthArgs, LifecycleArgs, StockArgs};
pub use call::CallArgs;
pub use center::{AuditArgs, AuditCommand, BackupArgs, ConfigArgs, ConfigCommand, DemoArgs, MigrateArgs, ServeArgs};
pub use claim::{ClaimArgs, ClaimBase, ClaimCommand, ClaimOf, Decision};
pub use duty::{DutyArgs, DutyCommand};
pub use filings::{AddSpayArgs, FilingAdd, FilingArgs, FilingCommand, FilingEndArgs, FilingOf, MedFileArgs};
pub use grants::{GrantAddArgs, GrantArgs, GrantCommand, GrantEndArgs};
pub use keys::{GmArgs, GmCommand, KeysArgs, KeysCommand, RotateArgs};
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
