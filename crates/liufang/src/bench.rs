//! `liufang bench`: figures as ratios against a floor measured in the same run, because machines are noisy.

mod counter;
mod engines;
mod floor;
mod growth;
mod law;
mod lifecycle;
mod load;
mod mould;
mod pdf;
mod settle;
mod site;
mod stats;
mod stock;

use crate::cli::{BenchArgs, BenchCommand};
use crate::edge::runtime;

/// `liufang bench …`
pub fn run(args: BenchArgs) -> anyhow::Result<bool> {
    match args.command {
        BenchCommand::Lifecycle(args) if args.cluster => runtime()?.block_on(engines::run(&args)),
        BenchCommand::Lifecycle(args) => runtime()?.block_on(lifecycle::run(&args)),
        BenchCommand::Law { json, seconds } => law::run(json, seconds),
        BenchCommand::Pdf { json, seconds } => runtime()?.block_on(pdf::run(json, seconds)),
        BenchCommand::Settle { json, seconds } => settle::run(json, seconds),
        BenchCommand::Stock(args) => runtime()?.block_on(stock::run(&args)),
        BenchCommand::Counter(args) => runtime()?.block_on(counter::run(&args)),
        BenchCommand::Growth(args) => runtime()?.block_on(growth::run(&args)),
    }
}
