//! `cargo xtask demo`: builds the server and lets one prescription travel.
//!
//! The development profile is used: dependencies and the crypto layer are
//! optimised in it anyway, so it is fast enough to show, and it builds in a
//! fraction of a release build's time. `--release` is there for measuring.

use anyhow::{Result, bail};
use std::process::Command;

/// Runs `liufang demo` with the arguments given.
///
/// # Errors
/// When the set-up, the build or the demo fails.
pub fn run(release: bool, arguments: &[String]) -> Result<()> {
    crate::setup::run(crate::setup::Purpose::Run)?;
    println!("demo: building liufang; the first build takes some minutes");
    let status = liufang(release).arg("demo").args(arguments).status()?;
    if !status.success() {
        bail!("the demo ended with {status}");
    }
    Ok(())
}

/// `cargo run` on the server, ready for its own arguments.
pub fn liufang(release: bool) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(crate::repo::root()).args(["run", "--quiet", "--package", "liufang"]);
    if release {
        command.arg("--release");
    }
    command.arg("--");
    command
}
