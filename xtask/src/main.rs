//! The project's own commands: `cargo xtask setup|test|tidy|codegen|requirements|demo`.
//!
//! This is the first thing that runs on a fresh machine, so it must compile in
//! seconds: few dependencies, and everything else is a child process.

mod codegen;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Liufang's own build and test commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate code and documents from `spec/`.
    Codegen {
        /// Write nothing; fail when a generated file is stale.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Codegen { check } => codegen::run(check),
    }
}
