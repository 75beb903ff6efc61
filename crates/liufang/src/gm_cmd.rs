//! `liufang gm`: why a signature fails, and whether vectors hold. What it prints belongs to the key's owner.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use lf_gm::{KeyOwner, PublicKey, Sm4Key, sec_key};
use lf_wire::explain::{App, explain};

use crate::cli::{GmArgs, GmCommand};
use crate::region::Credentials;
use crate::{keys_cmd, law_cmd};

/// `liufang gm …`
pub fn run(args: GmArgs) -> anyhow::Result<bool> {
    match args.command {
        GmCommand::Explain { body, credentials, as_code, key, platform_public_key } => {
            let sender = match (credentials, as_code, key) {
                (Some(file), Some(code), _) => of_credentials(&file, &code)?,
                (_, _, Some(key)) => of_key_file(&key, platform_public_key.as_deref())?,
                _ => bail!("name --credentials with --as, or --key"),
            };
            let app = App {
                app_id: &sender.app_id,
                app_secret: &sender.app_secret,
                sm4: &sender.sm4,
                public_key: &sender.public_key,
                platform_key: sender.platform.as_ref(),
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

/// Whose message it should be.
struct Sender {
    app_id: String,
    app_secret: String,
    sm4: Sm4Key,
    public_key: PublicKey,
    platform: Option<PublicKey>,
}

fn of_credentials(file: &Path, code: &str) -> anyhow::Result<Sender> {
    let credentials = Credentials::read(file)?;
    let app = credentials.app(code)?;
    let in_file = |field: &str| format!("{}: {field}", file.display());
    Ok(Sender {
        app_id: app.app_id.clone(),
        app_secret: app.app_secret.clone(),
        sm4: sec_key(&app.app_id, &app.app_secret)?,
        public_key: app.public_key.parse().with_context(|| in_file("public_key"))?,
        platform: Some(credentials.platform_public_key.parse().with_context(|| in_file("platform_public_key"))?),
    })
}

fn of_key_file(file: &Path, platform: Option<&str>) -> anyhow::Result<Sender> {
    let key = keys_cmd::read(file)?;
    let KeyOwner::App { app_id, app_secret } = &key.owner else {
        bail!("--key: the key file is the platform's; the app's is needed");
    };
    Ok(Sender {
        app_id: app_id.clone(),
        app_secret: app_secret.expose().to_owned(),
        sm4: key.sec_key()?.ok_or_else(|| anyhow!("--key: no SM4 key can be made of it"))?,
        public_key: key.public_key(),
        platform: platform.map(str::parse).transpose().context("--platform-public-key")?,
    })
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
