//! A center in a process of its own, and what the system says of it. For `bench` and `torture`.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Clock ticks a second in /proc, fixed by the kernel's interface to programs.
const TICKS_PER_SECOND: f64 = 100.0;
/// How long a center may take to say that it serves.
const START_MAX: Duration = Duration::from_secs(20);

/// A running center.
pub struct Server {
    child: Child,
    pid: u32,
    /// …/epc/api
    pub rest_base: String,
    /// When it was started.
    pub started: Instant,
}

impl Server {
    /// Starts this very program as `serve` on a configuration file.
    #[allow(clippy::disallowed_methods, reason = "bench and torture measure time")]
    pub async fn start(config: &Path) -> anyhow::Result<Self> {
        let started = Instant::now();
        let mut child = spawn(config)?;
        let pid = child.id().ok_or_else(|| anyhow!("the center ended at once"))?;
        let stdout = child.stdout.take().ok_or_else(|| anyhow!("no output"))?;
        let mut lines = BufReader::new(stdout).lines();
        let line = tokio::time::timeout(START_MAX, lines.next_line()).await.context("the center does not start")??;
        let line = line.ok_or_else(|| anyhow!("the center ended without serving"))?;
        let rest_base = line
            .strip_prefix("serving on ")
            .and_then(|rest| rest.strip_suffix("/fixmedins/<method>"))
            .ok_or_else(|| anyhow!("unexpected line {line:?}"))?
            .to_owned();
        Ok(Self { child, pid, rest_base, started })
    }

    /// Processor time so far, in milliseconds.
    pub fn cpu_ms(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        let after = stat.rsplit_once(") ").map(|(_, rest)| rest).ok_or_else(|| anyhow!("/proc stat"))?;
        let ticks: f64 = after.split(' ').skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
        Ok(ticks / TICKS_PER_SECOND * 1_000.0)
    }

    /// A line of /proc/…/status in MB: `VmRSS` now, `VmHWM` at most.
    pub fn memory_mb(&self, line: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
        let kb: f64 = found.and_then(|text| text.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(0.0);
        Ok(kb / 1_024.0)
    }

    /// Ends it the hard way, with SIGKILL.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("cannot end the center")
    }
}

/// Starts a center and ends it the hard way after a while, whether it serves by then or not.
pub async fn kill_at_start(config: &Path, after: Duration) -> anyhow::Result<()> {
    let mut child = spawn(config)?;
    tokio::time::sleep(after).await;
    child.kill().await.context("cannot end the center")
}

fn spawn(config: &Path) -> anyhow::Result<Child> {
    Command::new(std::env::current_exe()?)
        .arg("serve")
        .arg("--config")
        .arg(config)
        .env("RUST_LOG", "error")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start the center")
}
