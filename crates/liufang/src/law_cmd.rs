//! `liufang law`: measuring, explaining and asking the rule packs.

use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use lf_law::{DecideRequest, INDEX_LOCK, check_report};
use lf_ports::Clock as _;
use lf_vocab::Day;

use crate::cli::{LawArgs, LawCommand};
use crate::edge::{SystemClock, runtime};
use crate::law_files::load;
use crate::{law_diff, law_page};

/// `liufang law …`
pub fn run(args: LawArgs) -> anyhow::Result<bool> {
    match args.command {
        LawCommand::Check { packs, on, json, write_index } => {
            let law = load(packs.as_deref())?;
            if let (true, Some(folder)) = (write_index, &packs) {
                std::fs::write(folder.join(INDEX_LOCK), law.index())?;
                println!("wrote {}", folder.join(INDEX_LOCK).display());
                return Ok(true);
            }
            let report = check_report(&law, Some(day(on)));
            if json {
                println!("{}", serde_json::to_string_pretty(&report)?);
            } else {
                println!("{report}");
            }
            Ok(report.passes())
        }
        LawCommand::Explain { admdvs, rule, on, packs } => {
            let law = load(packs.as_deref())?;
            let explanation = law.explain(&admdvs, &rule, day(on))?;
            println!("{explanation}");
            Ok(true)
        }
        LawCommand::Decide { facts, packs } => {
            let law = load(packs.as_deref())?;
            let request: DecideRequest =
                serde_json::from_str(&text(&facts)?).with_context(|| format!("{}", facts.display()))?;
            let decision = request.decide(&law)?;
            println!("{}", serde_json::to_string_pretty(&decision)?);
            Ok(decision.outcome == lf_law::Outcome::Accepted)
        }
        LawCommand::Diff(args) => runtime()?.block_on(law_diff::run(&args)),
        LawCommand::Page { packs, on, out } => {
            let page = law_page::page(&load(packs.as_deref())?, day(on))?;
            match out {
                Some(file) => {
                    std::fs::write(&file, page).with_context(|| format!("cannot write {}", file.display()))?;
                    println!("wrote {}", file.display());
                }
                None => print!("{page}"),
            }
            Ok(true)
        }
    }
}

fn day(on: Option<Day>) -> Day {
    on.unwrap_or_else(|| SystemClock.now().day())
}

/// A file, or standard input for `-`.
pub fn text(path: &Path) -> anyhow::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
