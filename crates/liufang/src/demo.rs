//! `liufang demo`: a center with a small true-to-life region, a prescription through every step over HTTP as foreign
//! clients send it, each step printed with its decision and article; then it keeps serving.

#[cfg(test)]
mod at_rest;
mod filings;
mod goods;
mod papers;
mod receiver;
mod walk;

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use lf_ports::Clock as _;
use lf_wire::client::Dialect;

use crate::cli::DemoArgs;
use crate::client::http;
use crate::edge::SystemClock;
use crate::ground::{self, Ground};
use crate::journey::Answered;
use crate::keys_cmd::private_file;
use crate::region::Credentials;
use crate::serve::{self, Migrate};

/// Where the demo leaves its database unless told otherwise, so that it can be audited afterwards.
pub const FOLDER: &str = "var/demo";

/// `liufang demo`. Whether the audit at the end found everything in order.
pub async fn run(args: &DemoArgs) -> anyhow::Result<bool> {
    serve::log("warn");
    let ground = match &args.data {
        Some(folder) => ground::prepare(folder, args.database.as_deref(), &[]).await?,
        None => ground::prepare(&ground::fresh(FOLDER)?, args.database.as_deref(), &[]).await?,
    };
    let served = serve::start(&ground.config(args.listen)?, ground.signer(), Migrate::No).await?;
    let rest_base = served.rest_base();
    heading(&ground, &rest_base, &crate::config::database(&ground.database)?);
    if let Some(file) = &args.credentials {
        write_credentials(file, &ground, &rest_base)?;
        println!("凭据已写入 {}（含私钥，仅本人可读）\n", file.display());
    }
    walk::run(&ground, &http(), &rest_base, Dialect::Official, served.store.as_ref()).await?;
    let report = lf_testkit::audit::audit(served.store.as_ref()).await?;
    println!("\n独立审计：\n{report}");
    if !args.once {
        println!("继续服务于 {rest_base}/fixmedins/<方法名或交易编号>，按 Ctrl-C 结束。");
        serve::stop_signal().await;
    }
    served.stop().await?;
    Ok(report.passes())
}

fn heading(ground: &Ground, rest_base: &str, database: &lf_store::Database) {
    let region = &ground.region;
    println!("流方 Liufang {} · 演示", env!("CARGO_PKG_VERSION"));
    println!(
        "统筹区 {}：机构 {} 家，医师 {} 名，药师 {} 名，参保人 {} 名，药品 {} 种",
        region.poolarea_no,
        region.institutions.len(),
        region.doctors.len(),
        region.pharmacists.len(),
        region.patients.len(),
        region.drugs.len()
    );
    println!("接口地址 {rest_base}/fixmedins/<方法名或交易编号>");
    println!("数据库   {database}");
    println!("平台公钥 {}\n", ground.platform_public_key().to_base64());
}

fn write_credentials(file: &Path, ground: &Ground, rest_base: &str) -> anyhow::Result<()> {
    let platform = ground.platform_public_key().to_base64();
    let credentials = Credentials::new(&ground.region, &ground.keys, rest_base, &platform);
    let mut out = private_file(file, true)?;
    let text = serde_json::to_string_pretty(&credentials)?;
    out.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", file.display()))
}

/// Now, as the demo's clients see it.
fn now() -> lf_vocab::Moment {
    SystemClock.now()
}

/// One line a step: who, what, the decision, and what the law said.
fn told(who: &str, what: &str, answered: &Answered) {
    let mark = if answered.opened.code == 0 { "√" } else { "×" };
    println!("  {mark} {} {who} {what}", answered.infno);
    for sentence in answered.opened.message.split('；') {
        println!("      {sentence}");
    }
}
