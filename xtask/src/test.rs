//! `cargo xtask test`: everything a machine can check, in the order of its price.
//!
//! Steps stand in one table. The first that fails ends the run with a non-zero
//! exit; the closing line `N passed, N failed` counts every test, and every other
//! step as one.

mod counts;

use anyhow::{Context, Result, bail};
use counts::Counts;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

type Work = fn(&Ground) -> Result<Counts>;

/// A step, whether `--quick` keeps it, and its work.
struct Step {
    name: &'static str,
    quick: bool,
    work: Work,
}

const fn step(name: &'static str, quick: bool, work: Work) -> Step {
    Step { name, quick, work }
}

const STEPS: &[Step] = &[
    step("setup", false, |_| crate::setup::run(crate::setup::Purpose::Test).map(|()| Counts::one_check())),
    step("tidy", true, |_| crate::tidy::run().map(|()| Counts::one_check())),
    step("codegen is fresh", false, |_| crate::codegen::run(true).map(|()| Counts::one_check())),
    step("format", false, |ground| ground.check(&["fmt", "--all", "--check"])),
    step("lints", false, |ground| ground.check(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
    step("tests", true, Ground::tests),
    step("doc tests", false, |ground| ground.counted(&["test", "--workspace", "--doc", "--no-fail-fast"])),
    step("law check", false, |ground| ground.liufang(&["law", "check"])),
    step("demo", false, Ground::demo),
    step("audit of the demo", false, Ground::audit),
];

/// Runs the steps and prints the closing table.
///
/// # Errors
/// When a step fails; its own output stands above.
pub fn run(quick: bool) -> Result<()> {
    let ground = Ground::new()?;
    let mut done: Vec<(&str, Duration, Counts)> = Vec::new();
    let mut failure = None;
    for step in STEPS.iter().filter(|step| step.quick || !quick) {
        println!("\n=== {} ===", step.name);
        let start = now();
        let outcome = (step.work)(&ground);
        let took = start.elapsed();
        let counts = outcome.as_ref().map_or_else(|_| Counts::one_failure(), |counts| *counts);
        done.push((step.name, took, counts));
        println!("--- {}: {} in {:.1} s", step.name, counts.verdict(), took.as_secs_f64());
        if let Err(error) = outcome {
            println!("{error:#}");
            failure = Some(step.name);
        } else if counts.failed > 0 {
            failure = Some(step.name);
        }
        if failure.is_some() {
            break;
        }
    }
    close(&done);
    match failure {
        Some(step) => bail!("the step `{step}` failed"),
        None => Ok(()),
    }
}

fn close(done: &[(&str, Duration, Counts)]) {
    println!("\n{:<20} {:>8}  {:>7} {:>7}", "step", "seconds", "passed", "failed");
    let mut total = Counts::default();
    for (name, took, counts) in done {
        println!("{name:<20} {:>8.1}  {:>7} {:>7}", took.as_secs_f64(), counts.passed, counts.failed);
        total = total.plus(*counts);
    }
    println!("{} passed, {} failed", total.passed, total.failed);
}

/// What the steps share: the repository and a folder that the demo fills and the
/// audit reads, removed at the end.
struct Ground {
    root: PathBuf,
    scratch: PathBuf,
}

impl Ground {
    fn new() -> Result<Ground> {
        let scratch = std::env::temp_dir().join(format!("liufang-test-{}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&scratch);
        std::fs::create_dir_all(&scratch).context("making a scratch folder")?;
        Ok(Ground { root: crate::repo::root(), scratch })
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.root).args(arguments);
        command
    }

    fn check(&self, arguments: &[&str]) -> Result<Counts> {
        succeed(&mut self.cargo(arguments))
    }

    fn counted(&self, arguments: &[&str]) -> Result<Counts> {
        counts::of(&mut self.cargo(arguments))
    }

    fn liufang(&self, arguments: &[&str]) -> Result<Counts> {
        succeed(crate::demo::liufang(false).args(arguments))
    }

    /// nextest where it is installed, because it runs test binaries side by side.
    fn tests(&self) -> Result<Counts> {
        let nextest = self.cargo(&["nextest", "--version"]).output().is_ok_and(|output| output.status.success());
        if nextest {
            self.counted(&["nextest", "run", "--workspace", "--no-fail-fast"])
        } else {
            self.counted(&["test", "--workspace", "--lib", "--bins", "--tests", "--examples", "--no-fail-fast"])
        }
    }

    fn demo(&self) -> Result<Counts> {
        let mut command = crate::demo::liufang(false);
        succeed(command.args(["demo", "--once", "--data"]).arg(&self.scratch))
    }

    fn audit(&self) -> Result<Counts> {
        let database = database_in(&self.scratch)?;
        let url = format!("sqlite://{}", database.display());
        self.liufang(&["audit", "verify", "--database", &url])
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // A folder that stays behind is no reason to fail.
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

fn succeed(command: &mut Command) -> Result<Counts> {
    let status = command.status().context("starting cargo")?;
    if !status.success() {
        bail!("ended with {status}");
    }
    Ok(Counts::one_check())
}

/// The one database the demo left in its data folder.
fn database_in(folder: &Path) -> Result<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "db" || e == "sqlite" || e == "sqlite3") {
            found.push(path);
        }
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        _ => bail!("the demo left {} databases (*.db, *.sqlite) in its data folder, not one", found.len()),
    }
}

#[allow(clippy::disallowed_methods, reason = "the test command measures its steps; it is no part of the product")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_finds_the_one_database() -> Result<()> {
        let ground = Ground {
            root: PathBuf::new(),
            scratch: std::env::temp_dir().join(format!("liufang-xtask-{}", std::process::id())),
        };
        std::fs::create_dir_all(&ground.scratch)?;
        assert!(database_in(&ground.scratch).is_err());
        for name in ["liufang.db", "liufang.db-wal", "keys.toml"] {
            std::fs::write(ground.scratch.join(name), "")?;
        }
        assert_eq!(database_in(&ground.scratch)?, ground.scratch.join("liufang.db"));
        std::fs::write(ground.scratch.join("other.sqlite"), "")?;
        assert!(database_in(&ground.scratch).is_err());
        Ok(())
    }

    #[test]
    fn the_audit_comes_after_the_demo_that_it_audits() {
        let position = |name| STEPS.iter().position(|step| step.name == name);
        assert!(position("demo").is_some() && position("demo") < position("audit of the demo"));
        assert!(STEPS.iter().any(|step| step.quick));
    }
}
