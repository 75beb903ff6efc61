//! The arguments of `grant`.

use clap::{Args, Subcommand};
use lf_vocab::{Admdvs, Day};

use super::shared::{Lawful, said};

/// `grant`.
#[derive(Args)]
pub struct GrantArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: GrantCommand,
}

/// Which database.
#[derive(Args)]
pub struct GrantPlace {
    /// Which database, by which packs.
    #[command(flatten)]
    pub lawful: Lawful,
    /// The place for which it is given: 统筹区 or province
    #[arg(long, value_name = "ADMDVS")]
    pub admdvs: Admdvs,
}

/// `grant …`
#[derive(Subcommand)]
pub enum GrantCommand {
    /// Enter what an authority granted to a place under a provision that leaves it a choice
    Add(GrantAddArgs),
    /// List what was granted to a place and to those above it, with what the law makes of it
    List {
        /// Where.
        #[command(flatten)]
        place: GrantPlace,
    },
    /// End a grant earlier than it was given for
    End(GrantEndArgs),
}

/// `grant add`.
#[derive(Args)]
pub struct GrantAddArgs {
    /// The provision, such as 420000/origin.transition; `liufang law explain` shows it
    pub provision: String,
    /// Where.
    #[command(flatten)]
    pub place: GrantPlace,
    /// The first day
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub from: Day,
    /// The last day that still belongs [default: open, where the provision allows it]
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub last_day: Option<Day>,
    /// What takes the place of the printed value
    #[arg(long, value_name = "VALUE", default_value = "1")]
    pub value: String,
    /// Filing number
    #[arg(long, value_name = "NO", value_parser = said)]
    pub filing_no: String,
    /// The authority that consented
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub consent: String,
    /// The paper on which it did: number or title
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub paper: String,
    /// Who enters it
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub by: String,
}

/// `grant end`.
#[derive(Args)]
pub struct GrantEndArgs {
    /// The provision
    pub provision: String,
    /// Its number, as `grant list` shows it
    pub grant_no: i64,
    /// Where.
    #[command(flatten)]
    pub place: GrantPlace,
    /// The last day that still belongs; a day before its first takes it back
    #[arg(long, value_name = "yyyy-MM-dd")]
    pub last_day: Day,
    /// Why, or on what paper
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub rea: String,
    /// Who enters it
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub by: String,
}
