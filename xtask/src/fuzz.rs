//! `cargo xtask fuzz`: libFuzzer over the targets of `lf-fuzz`, on stable Rust.
//!
//! The binary lies in `fuzz/`, a workspace of its own, and is built into a target directory of its own, because the
//! coverage flags would rebuild everything else. What is learnt stays in `var/fuzz/<target>/corpus`; an input that
//! breaks a target is left in `var/fuzz/<target>/found` and printed with the command that runs it again.

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Which target the binary runs.
const VARIABLE: &str = "LIUFANG_FUZZ_TARGET";
/// Counters and compares for libFuzzer; what `-Zsanitizer` would set on nightly, less the sanitizer.
const FLAGS: [&str; 7] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];
/// The longest input; a message with everything in it is some 4 KB.
const MAX_LEN: &str = "-max_len=8192";
/// An input that takes longer is a finding.
const TIMEOUT: &str = "-timeout=20";
/// More memory than this, in MB, is a finding.
const MEMORY: &str = "-rss_limit_mb=2048";

/// What to fuzz and how long.
#[derive(clap::Args)]
pub struct Arguments {
    /// The target, a folder of crates/fuzz/corpus; all of them, one after the other, unless given.
    target: Option<String>,
    /// Seconds for each target.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Processes at once: of one target, or of so many targets.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=64))]
    jobs: u64,
    /// Run this one input of the target instead, to see a finding again.
    #[arg(long, value_name = "FILE", requires = "target")]
    input: Option<PathBuf>,
}

/// Builds and fuzzes.
///
/// # Errors
/// When something is missing, the build fails, or an input was found.
pub fn run(arguments: &Arguments) -> Result<()> {
    let ground = Ground::new()?;
    let targets = ground.targets(arguments.target.as_deref())?;
    ground.build()?;
    if let (Some(input), [target]) = (&arguments.input, targets.as_slice()) {
        return ground.again(target, input);
    }
    let before: BTreeSet<PathBuf> = targets.iter().flat_map(|target| ground.found(target)).collect();
    let (each, at_once) = if targets.len() == 1 { (arguments.jobs, 1) } else { (1, arguments.jobs) };
    for part in targets.chunks(usize::try_from(at_once)?) {
        let mut running = Vec::new();
        for target in part {
            println!("fuzz: {target} for {} s, {each} process(es)", arguments.seconds);
            for _ in 0..each {
                running.push((target, ground.start(target, arguments.seconds)?));
            }
        }
        for (target, mut child) in running {
            let status = child.wait().with_context(|| format!("waiting for {target}"))?;
            println!("fuzz: {target} ended with {status}; its log is {}", ground.folder(target).join("log").display());
        }
    }
    let found: Vec<(&String, PathBuf)> = targets
        .iter()
        .flat_map(|target| ground.found(target).into_iter().map(move |path| (target, path)))
        .filter(|(_, path)| !before.contains(path))
        .collect();
    for (target, path) in &found {
        let path = path.strip_prefix(&ground.root).unwrap_or(path).display();
        println!("fuzz: {target} breaks on {path}; again: cargo xtask fuzz {target} --input {path}");
        println!("fuzz: once mended, copy it to crates/fuzz/corpus/{target}/ under a name that says what it was");
    }
    if !found.is_empty() {
        bail!("{} inputs break a target", found.len());
    }
    println!("fuzz: nothing found");
    Ok(())
}

struct Ground {
    root: PathBuf,
    host: String,
}

impl Ground {
    fn new() -> Result<Self> {
        let runs = |name: &str| {
            let quiet = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            quiet.is_ok_and(|status| status.success())
        };
        let named = std::env::var("CXX").ok();
        if !named.iter().map(String::as_str).chain(["c++", "g++", "clang++"]).any(runs) {
            bail!("libFuzzer is C++ and there is no C++ compiler; on Debian and Ubuntu: sudo apt-get install g++");
        }
        let output = Command::new("rustc").arg("-vV").output().context("starting rustc")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let host = text.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
        Ok(Self { root: crate::repo::root(), host: host.to_owned() })
    }

    /// The one named, or all that have seeds.
    fn targets(&self, named: Option<&str>) -> Result<Vec<String>> {
        let all = targets_in(&self.root.join("crates/fuzz/corpus"))?;
        match named {
            None => Ok(all),
            Some(name) if all.iter().any(|target| target == name) => Ok(vec![name.to_owned()]),
            Some(name) => bail!("there is no target {name:?}; there are {}", all.join(", ")),
        }
    }

    fn target_directory(&self) -> PathBuf {
        self.root.join("target/fuzz")
    }

    fn build(&self) -> Result<()> {
        println!("fuzz: building with coverage into target/fuzz; the first build takes some minutes");
        // With a target named, build scripts and macros are compiled without these flags.
        let status = Command::new("cargo")
            .current_dir(self.root.join("fuzz"))
            .args(["build", "--release", "--locked", "--target", &self.host, "--target-dir"])
            .arg(self.target_directory())
            .env_remove("RUSTFLAGS")
            .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"))
            .status()
            .context("starting cargo")?;
        if !status.success() {
            bail!("the fuzzer was not built ({status})");
        }
        Ok(())
    }

    fn binary(&self) -> PathBuf {
        self.target_directory().join(&self.host).join("release/liufang-fuzz")
    }

    fn folder(&self, target: &str) -> PathBuf {
        self.root.join("var/fuzz").join(target)
    }

    fn start(&self, target: &str, seconds: u64) -> Result<Child> {
        let folder = self.folder(target);
        for part in ["corpus", "found"] {
            std::fs::create_dir_all(folder.join(part)).with_context(|| format!("making {}", folder.display()))?;
        }
        let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).context("the log")?;
        Command::new(self.binary())
            .args([MAX_LEN, TIMEOUT, MEMORY, "-reload=1", "-print_final_stats=1"])
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", folder.join("found").display()))
            .arg(folder.join("corpus"))
            .arg(self.root.join("crates/fuzz/corpus").join(target))
            .env(VARIABLE, target)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("starting the fuzzer")
    }

    fn again(&self, target: &str, input: &Path) -> Result<()> {
        let status = Command::new(self.binary()).arg(input).env(VARIABLE, target).status().context("the fuzzer")?;
        if !status.success() {
            bail!("{target} still breaks on {} ({status})", input.display());
        }
        println!("fuzz: {target} takes {}", input.display());
        Ok(())
    }

    fn found(&self, target: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder(target).join("found")).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    }
}

/// The folders of the corpus, in order.
fn targets_in(corpus: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(corpus).with_context(|| format!("reading {}", corpus.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_the_folders_of_the_corpus_and_the_crate_knows_each() -> Result<()> {
        let root = crate::repo::root();
        let library = std::fs::read_to_string(root.join("crates/fuzz/src/lib.rs"))?;
        let names = targets_in(&root.join("crates/fuzz/corpus"))?;
        assert_eq!(names.len(), library.matches("Target { name: ").count());
        for name in names {
            assert!(library.contains(&format!("name: \"{name}\"")), "{name}");
        }
        Ok(())
    }

    #[test]
    fn an_unknown_target_is_told_what_there_is() {
        let ground = Ground { root: crate::repo::root(), host: String::new() };
        let error = ground.targets(Some("nothing")).map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("nothing") && text.contains("sm4")));
    }

    #[test]
    fn ordinary_builds_never_see_the_fuzzer() -> Result<()> {
        let root = crate::repo::root();
        let manifest = std::fs::read_to_string(root.join("Cargo.toml"))?;
        assert!(manifest.contains("exclude = [\"fuzz\"]"));
        assert!(!std::fs::read_to_string(root.join("Cargo.lock"))?.contains("libfuzzer-sys"));
        assert!(std::fs::read_to_string(root.join("fuzz/Cargo.lock"))?.contains("libfuzzer-sys"));
        Ok(())
    }
}
