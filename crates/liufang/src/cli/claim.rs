//! The arguments of `liufang claim`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Subcommand, value_parser};
use lf_settle::reim::{PaperKind, ReimStas};
use lf_vocab::{Admdvs, Day};

use super::shared::{Lawful, said};

/// `claim`.
#[derive(Args)]
pub struct ClaimArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ClaimCommand,
}

/// Which database, and which place pays.
#[derive(Args)]
pub struct ClaimBase {
    /// Which database, by which packs.
    #[command(flatten)]
    pub lawful: Lawful,
    /// 参保统筹区, which pays
    #[arg(long, value_name = "ADMDVS")]
    pub poolarea_no: Admdvs,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// A claim, and who does something with it.
#[derive(Args)]
pub struct ClaimOf {
    /// 受理号
    pub claim_no: String,
    /// Which database.
    #[command(flatten)]
    pub base: ClaimBase,
    /// Who does it
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub by: String,
}

/// `claim …`
#[derive(Subcommand)]
pub enum ClaimCommand {
    /// Take a claim in: from now on its prescription and its invoices are nobody else's
    Add {
        /// Under which number.
        #[command(flatten)]
        of: ClaimOf,
        /// Prescription and purchase as JSON (docs/operations.md, Claims with papers)
        #[arg(long, value_name = "FILE|-")]
        facts: PathBuf,
        /// A paper that was handed in: 处方=FILE, 发票=FILE, 清单=FILE or 其他=FILE; its name and SM3 are kept, the file is not
        #[arg(long = "paper", value_name = "KIND=FILE", value_parser = paper)]
        papers: Vec<(PaperKind, PathBuf)>,
    },
    /// Ask the law of the place, and show what would be paid now; exit 1 when the law refuses
    Check {
        /// Which.
        #[command(flatten)]
        of: ClaimOf,
    },
    /// Give a claim back to the person, who must bring more
    Return {
        /// Which.
        #[command(flatten)]
        of: ClaimOf,
        /// What is missing
        #[arg(long, value_name = "TEXT", value_parser = said)]
        why: String,
    },
    /// Take in papers that the person brought later
    Supply {
        /// Which.
        #[command(flatten)]
        of: ClaimOf,
        /// A paper, as with `add`
        #[arg(long = "paper", value_name = "KIND=FILE", value_parser = paper, required = true)]
        papers: Vec<(PaperKind, PathBuf)>,
    },
    /// Promise the amounts of now, which move the person's accumulators; or refuse by an article
    Decide {
        /// Which.
        #[command(flatten)]
        of: ClaimOf,
        /// What.
        #[command(flatten)]
        decision: Decision,
    },
    /// Note that the money left
    Pay {
        /// Which.
        #[command(flatten)]
        of: ClaimOf,
        /// Number of the voucher
        #[arg(long, value_name = "NO", value_parser = said)]
        voucher: String,
    },
    /// Take an approval back, paid or not: the accumulators stand as before, prescription and invoices are free
    Undo {
        /// Which.
        #[command(flatten)]
        of: ClaimOf,
        /// Why
        #[arg(long, value_name = "TEXT", value_parser = said)]
        why: String,
        /// Voucher of the repayment, where the claim was paid
        #[arg(long, value_name = "TEXT", value_parser = said)]
        voucher: Option<String>,
    },
    /// Show a claim with its papers, steps and amounts
    Show {
        /// 受理号
        claim_no: String,
        /// Which database.
        #[command(flatten)]
        base: ClaimBase,
    },
    /// All claims of a place, or those of one state
    List {
        /// Which database.
        #[command(flatten)]
        base: ClaimBase,
        /// Only these
        #[arg(long, value_name = "STATE", value_parser = stas())]
        state: Option<ReimStas>,
    },
    /// Claims that wait, the longest first, beside the days that the law of the place names; exit 1 when one waits too long
    Ageing {
        /// Which database.
        #[command(flatten)]
        base: ClaimBase,
        /// As of a day [default: today]
        #[arg(long, value_name = "yyyy-MM-dd")]
        on: Option<Day>,
        /// Also those that wait longer than so many days, where the law names none
        #[arg(long, value_name = "DAYS", value_parser = value_parser!(i64).range(0..))]
        target: Option<i64>,
    },
}

/// How a claim is decided. What belongs to the other decision conflicts with this one: where an argument only requires another
/// that conflicts with one given, clap lets it pass.
#[derive(Args)]
#[command(group(ArgGroup::new("decision").required(true).args(["approve", "refuse"])))]
pub struct Decision {
    /// Promise the amounts
    #[arg(long)]
    pub approve: bool,
    /// How the conditions were looked into of which the check only reminded
    #[arg(long, value_name = "TEXT", value_parser = said, conflicts_with = "refuse")]
    pub looked_into: Option<String>,
    /// Refuse it
    #[arg(long, requires = "article", requires = "why")]
    pub refuse: bool,
    /// By which article
    #[arg(long, value_name = "TEXT", value_parser = said, conflicts_with = "approve")]
    pub article: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = said, conflicts_with = "approve")]
    pub why: Option<String>,
}

/// The states by their own words.
fn stas() -> impl TypedValueParser<Value = ReimStas> {
    let words = ReimStas::ALL.map(|stas| PossibleValue::new(stas.word()).help(stas.text()));
    PossibleValuesParser::new(words)
        .try_map(|word| ReimStas::ALL.into_iter().find(|stas| stas.word() == word).ok_or("no state of a claim"))
}

fn paper(text: &str) -> Result<(PaperKind, PathBuf), String> {
    let (kind, file) = text.split_once('=').ok_or("it is KIND=FILE")?;
    let kind = PaperKind::from_text(kind).ok_or("the kind is 处方, 发票, 清单 or 其他")?;
    Ok((kind, PathBuf::from(file)))
}
