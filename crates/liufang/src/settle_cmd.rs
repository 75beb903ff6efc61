//! `liufang settle`: the computation of 2101 on facts from a file, with no database and no center.
//!
//! The scheme is read by `lf_center::scheme` and the amounts are split by `lf_settle::quote`, as 2101 and 2102 do.

mod facts;
mod sheet;

use std::path::Path;

use anyhow::Context as _;
use lf_center::Failure;
use lf_center::scheme::chosen;
use lf_law::Law;
use lf_settle::{Accumulator, Scheme, Shares, Used, check_identities, quote};
use serde_json::json;

use crate::cli::{SettleArgs, SettleCommand};
use crate::law_cmd::text;
use crate::law_files;

pub use facts::Facts;

/// `liufang settle …`
pub fn run(args: SettleArgs) -> anyhow::Result<bool> {
    match args.command {
        SettleCommand::Quote { facts, packs } => run_quote(&facts, packs.as_deref()),
    }
}

fn run_quote(path: &Path, packs: Option<&Path>) -> anyhow::Result<bool> {
    let law = law_files::load(packs)?;
    let facts: Facts = serde_json::from_str(&text(path)?).with_context(|| format!("{}", path.display()))?;
    let (sheet, quoted) = match quote_by(&law, &facts) {
        Ok((scheme, shares)) => (sheet::sheet(&law, &facts, &scheme, &shares), true),
        Err(Failure::Refused(refusals)) => {
            let row =
                |one: &lf_rx::Refusal| json!({ "code": one.code, "source": one.source, "sentence": one.sentence });
            (json!({ "refused": refusals.iter().map(row).collect::<Vec<_>>() }), false)
        }
        Err(other) => anyhow::bail!("{other}"),
    };
    println!("{}", serde_json::to_string_pretty(&sheet)?);
    Ok(quoted)
}

/// The computation of 2101: the law's scheme for these facts, and who bears what.
pub fn quote_by(law: &Law, facts: &Facts) -> Result<(Scheme, Shares), Failure> {
    let (scheme, own, pots) = prepared(law, facts)?;
    let case = facts.case().map_err(|refusal| refused(&refusal))?;
    let shares = quote(&scheme, Used { own: &own, pots: &pots }, &case).map_err(|refusal| refused(&refusal))?;
    check_identities(&shares).map_err(|broken| Failure::Broken(format!("amount identities: {broken:?}")))?;
    Ok((scheme, shares))
}

/// The scheme, and what the person used of it and of its shared limits.
pub fn prepared(law: &Law, facts: &Facts) -> Result<(Scheme, Accumulator, Vec<Accumulator>), Failure> {
    let ask = facts.ask();
    let unknown = || Failure::from_refusal(lf_center::t2101_quote::PurchaseRefusal::MedType(ask.med_type.to_owned()));
    let chosen = chosen(law, &ask, facts.of_stay())?.ok_or_else(unknown)?;
    let scheme = chosen.benefit(law, &ask)?;
    let pots = scheme.pots.iter().map(|pot| facts.used_of(&pot.code)).collect();
    let own = facts.used_of(&scheme.code);
    Ok((scheme, own, pots))
}

fn refused(refusal: &lf_settle::Refusal) -> Failure {
    lf_center::t2101_quote::amount_failure(refusal)
}
