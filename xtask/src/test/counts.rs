//! Runs a test runner, shows its output as it comes, and counts what it reports.
//!
//! Serves both `cargo nextest run` (one summary on stderr) and `cargo test` (one
//! result line a binary on stdout).

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

/// Tests passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
}

impl Counts {
    pub fn one_check() -> Counts {
        Counts { passed: 1, failed: 0 }
    }

    pub fn one_failure() -> Counts {
        Counts { passed: 0, failed: 1 }
    }

    pub fn plus(self, other: Counts) -> Counts {
        Counts { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    pub fn verdict(self) -> &'static str {
        if self.failed == 0 { "ok" } else { "FAILED" }
    }
}

/// Runs the command to its end and adds up its result lines.
///
/// # Errors
/// When it cannot be started, or fails without reporting a failed test (it did not build).
pub fn of(command: &mut Command) -> Result<Counts> {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("starting the test runner")?;
    let stderr = child.stderr.take().context("no stderr")?;
    let beside = std::thread::spawn(move || follow(stderr, |line| eprintln!("{line}")));
    let stdout = child.stdout.take().context("no stdout")?;
    let mut counts = follow(stdout, |line| println!("{line}"));
    counts = counts.plus(beside.join().unwrap_or_default());
    let status = child.wait()?;
    if !status.success() && counts.failed == 0 {
        bail!("the test runner ended with {status} before it could report");
    }
    Ok(counts)
}

fn follow(stream: impl Read, show: fn(&str)) -> Counts {
    let mut counts = Counts::default();
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    // Test output need not be UTF-8, so lines are read as bytes.
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches(['\n', '\r']);
        show(line);
        counts = counts.plus(counts_in(line));
        bytes.clear();
    }
    counts
}

/// The counts of one result line; nothing for any other line.
fn counts_in(line: &str) -> Counts {
    let line = line.trim_start();
    let of_cargo = line.starts_with("test result: ");
    let of_nextest = line.starts_with("Summary [") && line.contains(" run: ");
    if !of_cargo && !of_nextest {
        return Counts::default();
    }
    Counts { passed: before(line, " passed"), failed: before(line, " failed") + before(line, " timed out") }
}

/// The number that stands before `word`.
fn before(line: &str, word: &str) -> u64 {
    let Some((head, _)) = line.split_once(word) else { return 0 };
    let digits = head.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_understood() {
        let cases = [
            ("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s", 12, 0),
            ("test result: FAILED. 11 passed; 2 failed; 0 ignored", 11, 2),
            ("     Summary [   0.310s] 61 tests run: 60 passed (2 slow), 1 failed, 0 skipped", 60, 1),
            ("     Summary [   0.310s] 3 tests run: 3 passed, 0 skipped", 3, 0),
            ("a line that says 5 passed and 6 failed", 0, 0),
        ];
        for (line, passed, failed) in cases {
            assert_eq!(counts_in(line), Counts { passed, failed }, "{line}");
        }
    }

    #[test]
    fn lines_that_are_not_utf8_do_not_stop_the_count() {
        let output: &[u8] = b"\xff\xfe\ntest result: ok. 2 passed; 0 failed\n";
        assert_eq!(follow(output, |_| ()), Counts { passed: 2, failed: 0 });
    }
}
