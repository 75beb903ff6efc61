//! The one binary: wires the ports to the world and the commands to the operator.
//!
//! Exit codes: 0 done; 1 the thing asked about is not right (a check failed, a call was refused); 2 the command
//! itself could not be carried out.

mod admission_cmd;
mod app_cmd;
mod archive_cmd;
mod audit_cmd;
mod bench;
mod beside;
mod budget_cmd;
mod call;
mod claim_cmd;
mod cli;
mod client;
mod cluster;
mod config;
mod demo;
mod duty_cmd;
mod edge;
mod ends;
mod filing_cmd;
mod gm_cmd;
mod grant_cmd;
mod ground;
mod import_cmd;
mod journey;
mod keys_cmd;
mod law_cmd;
mod law_diff;
mod law_files;
mod law_page;
mod memos;
mod online_cmd;
mod outbox_cmd;
mod paper_cmd;
mod papers;
mod process;
mod publish_cmd;
mod reconcile_cmd;
mod region;
mod ring;
mod rotate;
mod sample;
mod scans;
mod serve;
mod settle_cmd;
mod stock_cmd;
mod torture;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    end_with_the_reader();
    let cli = cli::Cli::parse();
    match run(cli.command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("liufang: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Who reads our output may have read enough (`liufang import kinds | head`): that is an end, not a fault. 141 is what a
/// shell says of any command that ended so.
fn end_with_the_reader() {
    let otherwise = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let said = info.payload().downcast_ref::<String>();
        if said.is_some_and(|said| said.starts_with("failed printing to std") && said.contains("Broken pipe")) {
            std::process::exit(141);
        }
        otherwise(info);
    }));
}

/// Whether what was asked about is right.
fn run(command: cli::Command) -> anyhow::Result<bool> {
    use cli::Command;
    match command {
        Command::Serve(args) => edge::runtime()?.block_on(serve::run(&args)).map(|()| true),
        Command::Demo(args) => edge::runtime()?.block_on(demo::run(&args)),
        Command::Call(args) => edge::runtime()?.block_on(call::run(&args)),
        Command::Keys(args) => keys_cmd::run(args),
        Command::Law(args) => law_cmd::run(args),
        Command::Settle(args) => settle_cmd::run(args),
        Command::Admission(args) => edge::runtime()?.block_on(admission_cmd::run(&args)),
        Command::Budget(args) => edge::runtime()?.block_on(budget_cmd::run(&args)),
        Command::Reconcile(args) => edge::runtime()?.block_on(reconcile_cmd::run(&args)),
        Command::Audit(args) => edge::runtime()?.block_on(audit_cmd::run(&args)),
        Command::Gm(args) => gm_cmd::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Migrate(args) => edge::runtime()?.block_on(serve::migrate(&args)).map(|()| true),
        Command::Config(args) => config::run(&args).map(|()| true),
        Command::Outbox(args) => edge::runtime()?.block_on(outbox_cmd::run(&args)),
        Command::Publish(args) => edge::runtime()?.block_on(publish_cmd::run(&args)),
        Command::Stock(args) => edge::runtime()?.block_on(stock_cmd::run(&args)),
        Command::Import(args) => edge::runtime()?.block_on(import_cmd::run(&args)),
        Command::App(args) => edge::runtime()?.block_on(app_cmd::run(&args)),
        Command::Duty(args) => duty_cmd::run(&args),
        Command::Online(args) => edge::runtime()?.block_on(online_cmd::run(&args)),
        Command::Grant(args) => edge::runtime()?.block_on(grant_cmd::run(&args)),
        Command::Filing(args) => edge::runtime()?.block_on(filing_cmd::run(&args)),
        Command::Claim(args) => edge::runtime()?.block_on(claim_cmd::run(&args)),
        Command::Backup(args) => serve::backup(&args).map(|()| true),
        Command::Archive(args) => archive_cmd::run(args),
        Command::Paper(args) => edge::runtime()?.block_on(paper_cmd::run(&args)),
        Command::Torture(args) => edge::runtime()?.block_on(torture::run(&args)),
    }
}
