//! `liufang call`: one transaction, as a client would send it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_gm::{KeyOwner, PrivateKey, PublicKey, Signer, Verifier, sec_key};
use lf_ports::Clock as _;
use lf_vocab::Moment;
use lf_wire::client::Dialect;

use crate::cli::CallArgs;
use crate::client::{AppClient, http};
use crate::edge::SystemClock;
use crate::keys_cmd::private_file;
use crate::region::Credentials;
use crate::sample::{Filling, fill};
use crate::{keys_cmd, law_cmd};

/// `liufang call`: prints the payload on standard output, code and message on standard error.
pub async fn run(args: &CallArgs) -> anyhow::Result<bool> {
    let client = client(args)?;
    let now = SystemClock.now();
    let data = payload(args, now)?;
    let body = client.seal(data.as_bytes(), now.millis())?;
    if let Some(file) = &args.save_request {
        private_file(file, true)?.write_all(&body).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let reply = client.post(&args.method, body).await?;
    let opened = client.open(&reply)?;
    eprintln!("code={} {}", opened.code, opened.message);
    println!("{}", String::from_utf8_lossy(&opened.data));
    Ok(opened.code == 0)
}

fn client(args: &CallArgs) -> anyhow::Result<AppClient> {
    let who = match (&args.credentials, &args.as_code) {
        (Some(file), Some(code)) => of_credentials(file, code)?,
        _ => of_key_file(args)?,
    };
    Ok(AppClient {
        http: http(),
        sm4: sec_key(&who.app_id, &who.app_secret)?,
        rest_base: who.rest_base,
        app_id: who.app_id,
        app_secret: who.app_secret,
        signer: Signer::new(&who.private_key),
        platform: Arc::new(Verifier::new(&who.platform)),
        dialect: Dialect::from_letter(&args.dialect).ok_or_else(|| anyhow!("--dialect: A, B or C"))?,
    })
}

/// As whom to speak, and to whom.
struct Who {
    rest_base: String,
    app_id: String,
    app_secret: String,
    private_key: PrivateKey,
    platform: PublicKey,
}

fn of_credentials(file: &Path, code: &str) -> anyhow::Result<Who> {
    let credentials = Credentials::read(file)?;
    let app = credentials.app(code)?;
    let in_file = |field: &str| format!("{}: {field}", file.display());
    Ok(Who {
        app_id: app.app_id.clone(),
        app_secret: app.app_secret.clone(),
        private_key: app.private_key.parse().with_context(|| in_file("private_key"))?,
        platform: credentials.platform_public_key.parse().with_context(|| in_file("platform_public_key"))?,
        rest_base: credentials.rest_base,
    })
}

fn of_key_file(args: &CallArgs) -> anyhow::Result<Who> {
    let (Some(rest_base), Some(key), Some(platform)) = (&args.rest_base, &args.key, &args.platform_public_key) else {
        bail!("name --credentials with --as, or --rest-base, --key and --platform-public-key");
    };
    let key = keys_cmd::read(key)?;
    let KeyOwner::App { app_id, app_secret } = &key.owner else {
        bail!("--key: the key file is the platform's; the app's is needed");
    };
    Ok(Who {
        rest_base: rest_base.clone(),
        app_id: app_id.clone(),
        app_secret: app_secret.expose().to_owned(),
        private_key: key.private_key.clone(),
        platform: platform.parse().context("--platform-public-key")?,
    })
}

fn payload(args: &CallArgs, now: Moment) -> anyhow::Result<String> {
    let text = law_cmd::text(&args.data)?;
    if !text.contains("${") {
        return Ok(text);
    }
    let filling = filling(args, args.now.unwrap_or(now))?;
    let filled = fill(&text, &filling)
        .with_context(|| format!("{}; fill placeholders with --set NAME=VALUE", args.data.display()))?;
    Ok(filled.to_string())
}

/// What `--set` says. Files with placeholders of their own come last, so that they may use all the rest in whatever
/// order it was written.
fn filling(args: &CallArgs, now: Moment) -> anyhow::Result<Filling> {
    let mut filling = Filling { now, serial: args.serial, values: BTreeMap::new() };
    let mut templates = Vec::new();
    for pair in &args.values {
        let (name, value) =
            pair.split_once('=').ok_or_else(|| anyhow!("--set: expected NAME=VALUE, found {pair:?}"))?;
        let value = if let Some(file) = value.strip_prefix("@@") {
            templates.push((name, file));
            continue;
        } else if let Some(file) = value.strip_prefix('@') {
            BASE64_STANDARD.encode(std::fs::read(file).with_context(|| format!("--set {name}: {file}"))?)
        } else {
            value.to_owned()
        };
        filling.values.insert(name.to_owned(), value);
    }
    let mut texts = BTreeMap::new();
    for (name, file) in templates {
        let text = fill(&law_cmd::text(Path::new(file))?, &filling).with_context(|| format!("--set {name}: {file}"))?;
        texts.insert(name.to_owned(), BASE64_STANDARD.encode(text.to_string()));
    }
    filling.values.extend(texts);
    Ok(filling)
}
