//! `liufang law`: measuring, explaining and asking the rule packs.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, bail};
use lf_law::{DecideRequest, INDEX_LOCK, check_report};
use lf_ports::Clock as _;
use lf_vocab::Day;

use crate::cli::{LawArgs, LawCommand};
use crate::edge::{SystemClock, runtime};
use crate::law_files::load;
use crate::{law_diff, law_page};

/// The longest text that a command reads, in bytes.
const TEXT_MAX: u64 = 4 * 1_024 * 1_024;

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
    text_within(path, TEXT_MAX)
}

/// The same, no longer than so many bytes.
pub fn text_within(path: &Path, most: u64) -> anyhow::Result<String> {
    let from: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(path).with_context(|| format!("cannot read {}", path.display()))?)
    };
    let mut text = String::new();
    // One byte more than there may be, so that it is known whether there are more.
    from.take(most + 1).read_to_string(&mut text).with_context(|| format!("cannot read {}", path.display()))?;
    if text.len() as u64 > most {
        bail!("{}: longer than {most} bytes", path.display());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_to_its_limit_and_not_one_byte_further() {
        let file = std::env::temp_dir().join(format!("liufang-text-{}", std::process::id()));
        for (length, good) in [(9, true), (10, false)] {
            std::fs::write(&file, "x".repeat(length)).unwrap();
            assert_eq!(text_within(&file, 9).is_ok(), good, "{length}");
        }
        std::fs::write(&file, "x".repeat(TEXT_MAX as usize)).unwrap();
        assert!(text(&file).is_ok(), "at the limit");
        std::fs::write(&file, "x".repeat(TEXT_MAX as usize + 1)).unwrap();
        let why = text(&file).unwrap_err().to_string();
        assert!(why.ends_with("longer than 4194304 bytes"), "{why}");
        std::fs::remove_file(&file).unwrap();
    }
}
