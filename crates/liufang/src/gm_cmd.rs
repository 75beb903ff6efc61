//! `liufang gm`: why a signature fails, and whether vectors hold. What it prints belongs to the key's owner.

use anyhow::{anyhow, bail};
use lf_gm::{KeyOwner, PublicKey};
use lf_wire::explain::{App, explain};

use crate::cli::{GmArgs, GmCommand};
use crate::{keys_cmd, law_cmd};

/// `liufang gm …`
pub fn run(args: GmArgs) -> anyhow::Result<bool> {
    match args.command {
        GmCommand::Explain { body, key, platform_public_key } => {
            let key = keys_cmd::read(&key)?;
            let KeyOwner::App { app_id, app_secret } = &key.owner else {
                bail!("--key: the key file is the platform's; the app's is needed");
            };
            let platform: Option<PublicKey> = platform_public_key.map(|text| text.parse()).transpose()?;
            let sm4 = key.sec_key()?.ok_or_else(|| anyhow!("--key: no SM4 key can be made of it"))?;
            let public_key = key.public_key();
            let app = App {
                app_id,
                app_secret: app_secret.expose(),
                sm4: &sm4,
                public_key: &public_key,
                platform_key: platform.as_ref(),
            };
            let found = explain(law_cmd::text(&body)?.trim_end().as_bytes(), &app);
            print(&found);
            Ok(found.verified.is_some())
        }
        GmCommand::Vectors { file } => {
            let text = law_cmd::text(&file)?;
            let outcomes = lf_wire::vectors::check(text.as_bytes()).map_err(|why| anyhow!(why))?;
            let mut right = true;
            for outcome in &outcomes {
                let mark = if outcome.is_right() { "ok  " } else { "FAIL" };
                println!("{mark} {}: {}", outcome.name, outcome.passed.join(", "));
                for failure in &outcome.failed {
                    println!("     {failure}");
                }
                right &= outcome.is_right();
            }
            println!("{} vectors, {} failed", outcomes.len(), outcomes.iter().filter(|o| !o.is_right()).count());
            Ok(right)
        }
    }
}

fn print(found: &lf_wire::explain::Explanation) {
    match found.verified {
        Some(form) => println!("验签通过：{}（{}）", form.name(), form.describe()),
        None => println!("验签不通过"),
    }
    for finding in &found.findings {
        println!("- {finding}");
    }
    for (name, value) in [("业务数据", &found.plain), ("待签名文本", &found.sign_text), ("SM3(不含Z)", &found.digest)]
    {
        if let Some(value) = value {
            println!("{name}：{value}");
        }
    }
}
