//! `liufang admission`: pharmacies and hospitals apply for a service, the law judges, an officer decides.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lf_vocab::{Admdvs, Day, FixmedinsCode};

use super::shared::{Lawful, demos, said};

/// `admission`.
#[derive(Args)]
pub struct AdmissionArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AdmissionCommand,
}

/// `admission …`
#[derive(Subcommand)]
pub enum AdmissionCommand {
    /// Take an application in and judge it by the law of its place; exit 1 when the law refuses it
    Apply {
        /// For what.
        #[command(flatten)]
        what: AdmissionOf,
        /// What the institution states: a JSON object of the facts of gate `admit` (docs/FACTS.md); what the center knows itself
        /// need not stand there
        #[arg(long, value_name = "FILE|-")]
        facts: PathBuf,
        /// Day of the application [default: today]
        #[arg(long, value_name = "yyyy-MM-dd")]
        on: Option<Day>,
        /// Who takes it in
        #[arg(long, value_name = "NAME", value_parser = said)]
        by: String,
    },
    /// Admit the institution; not where the law refuses, nor with conditions that nobody looked into
    Grant {
        /// For what.
        #[command(flatten)]
        what: AdmissionOf,
        /// The paper on which it was decided, and how open conditions were looked into
        #[command(flatten)]
        decision: AdmissionDecision,
        /// Conditions that the center could not see were looked into, as `--why` says
        #[arg(long)]
        checked: bool,
    },
    /// Refuse the application
    Refuse {
        /// For what.
        #[command(flatten)]
        what: AdmissionOf,
        /// Why.
        #[command(flatten)]
        decision: AdmissionDecision,
    },
    /// End an admission: cancelled for a breach, or given up; the years until a new application count from the day
    Cancel {
        /// For what.
        #[command(flatten)]
        what: AdmissionOf,
        /// Why.
        #[command(flatten)]
        decision: AdmissionDecision,
        /// The day on which it ends [default: today]
        #[arg(long, value_name = "yyyy-MM-dd")]
        on: Option<Day>,
        /// It was given up, not taken for a breach
        #[arg(long)]
        given_up: bool,
    },
    /// All admissions of a place with their history
    #[command(mut_arg("database", demos))]
    List {
        /// Which database, by which packs.
        #[command(flatten)]
        lawful: Lawful,
        /// 统筹区
        #[arg(long, value_name = "ADMDVS")]
        admdvs: Admdvs,
    },
}

/// The service of hospitals.
pub const SPAY: &str = "单独支付";

/// An institution and a service.
#[derive(Args)]
#[command(mut_arg("database", demos))]
pub struct AdmissionOf {
    /// The pharmacy, or for 单独支付 the hospital
    pub fixmedins_code: FixmedinsCode,
    /// The service: 双通道, 门特, 门诊统筹 or 单独支付
    #[arg(value_parser = ["双通道", "门特", "门诊统筹", SPAY])]
    pub appy_type: String,
    /// Which database, by which packs.
    #[command(flatten)]
    pub lawful: Lawful,
}

/// Who decided, and why.
#[derive(Args)]
pub struct AdmissionDecision {
    /// Why, or on what paper
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub why: String,
    /// Who decides
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub by: String,
}
