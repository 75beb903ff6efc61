//! The project's own commands: `cargo xtask setup|test|tidy|codegen|requirements|demo|fuzz`.
//!
//! This is the first thing that runs on a fresh machine, so it must compile in
//! seconds: few dependencies, and everything else is a child process.

mod codegen;
mod demo;
mod fuzz;
mod repo;
mod requirements;
mod rust_text;
mod setup;
mod test;
mod tidy;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Liufang's own build and test commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what the build needs on this machine.
    Setup,
    /// Run every check and test.
    Test {
        /// Only tidy and the tests.
        #[arg(long)]
        quick: bool,
    },
    /// Check layers, sizes, headers, words, names, machine paths, migrations, links, dependencies and requirement marks.
    Tidy,
    /// Generate code and documents from `spec/`.
    Codegen {
        /// Write nothing; fail when a generated file is stale.
        #[arg(long)]
        check: bool,
    },
    /// Print which rows of docs/requirements.toml are decided and proved, and where.
    Requirements {
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// First set every open row that has a mark and a test to done.
        #[arg(long)]
        claim: bool,
    },
    /// Build the server and let one prescription travel through it.
    Demo {
        /// Build with full optimisation.
        #[arg(long)]
        release: bool,
        /// Arguments of `liufang demo`, such as `--once`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Look for inputs that panic or break a property, guided by coverage, for as long as you like.
    Fuzz(fuzz::Arguments),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of causes is the message; a backtrace of this program helps nobody.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Setup => setup::run(setup::Purpose::Test),
        Command::Test { quick } => test::run(quick),
        Command::Tidy => tidy::run(),
        Command::Codegen { check } => codegen::run(check),
        Command::Requirements { json, claim } => requirements::run(json, claim),
        Command::Demo { release, arguments } => demo::run(release, &arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
    }
}
