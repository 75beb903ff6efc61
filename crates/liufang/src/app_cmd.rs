//! `liufang app`: client systems of institutions, and the key material with which a vendor connects.
//!
//! Invariants: a secret is written into a file that its owner alone can read, and printed nowhere; an app is registered only
//! after its keys are safely in that file.

use std::fs;
use std::io::Write as _;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use lf_gm::{KeyFile, KeyOwner, hex};
use lf_ports::{App, AppLimits, Chance as _, ChangeSet, CodeStyle, Gateway, GatewayScheme, RegistryPut};
use lf_store::Engine;
use lf_vocab::FixmedinsCode;

use crate::beside::with_store;
use crate::cli::{AppArgs, AppCommand};
use crate::edge::OsChance;
use crate::keys_cmd;

/// Apps that are read at once.
const PAGE: usize = 500;

/// `liufang app …`
pub async fn run(args: &AppArgs) -> anyhow::Result<bool> {
    let (AppCommand::Add { beside, .. }
    | AppCommand::List { beside }
    | AppCommand::Limits { beside, .. }
    | AppCommand::Disable { beside, .. }) = &args.command;
    with_store(beside, async |store| match &args.command {
        AppCommand::Add { fixmedins, out, gateway, platform_key, .. } => {
            add(store.as_ref(), fixmedins, out, *gateway, platform_key.as_deref()).await
        }
        AppCommand::List { .. } => list(store.as_ref()).await,
        AppCommand::Limits { app_id, per_second, burst, concurrent, body_max, .. } => {
            let (per_second, burst) = (*per_second, *burst);
            let limits = AppLimits { per_second, burst, concurrent: *concurrent, body_max: *body_max };
            limit(store.as_ref(), app_id, limits).await
        }
        AppCommand::Disable { app_id, .. } => disable(store.as_ref(), app_id).await,
    })
    .await
}

async fn add(
    store: &dyn Engine,
    code: &FixmedinsCode,
    out: &Path,
    scheme: Option<GatewayScheme>,
    platform_key: Option<&Path>,
) -> anyhow::Result<bool> {
    let Some(fixmedins) = store.fixmedins(code).await? else {
        bail!("{code} is no registered institution; `liufang import fixmedins` registers institutions");
    };
    let platform = platform_key.map(keys_cmd::read).transpose()?;
    let key = keys_cmd::draw(Some(""), &OsChance)?;
    let KeyOwner::App { app_id, .. } = &key.owner else { bail!("a platform's key is no app's") };
    let gateway = scheme.map(|scheme| Gateway {
        secret_key: hex::upper(&OsChance.draw()),
        scheme,
        output_text: false,
        sealed: false,
    });
    let gateway_file = gateway.as_ref().map(|_| gateway_path(out));
    keys_cmd::write(out, &key)?;
    if let (Some(gateway), Some(file)) = (&gateway, &gateway_file)
        && let Err(error) = write_gateway(file, app_id, gateway)
    {
        drop(fs::remove_file(out));
        return Err(error);
    }
    let app = registered(&key, code, gateway.clone())?;
    let changes = ChangeSet { registry: vec![RegistryPut::App(app)], ..ChangeSet::default() };
    if let Err(error) = store.commit(changes).await {
        // Keys that nobody registered must not lie about.
        for file in std::iter::once(out).chain(gateway_file.as_deref()) {
            drop(fs::remove_file(file));
        }
        return Err(error.into());
    }
    println!("registered an app for {code} ({})", fixmedins.fixmedins_name);
    println!("app_id              {app_id}");
    println!("public_key          {}", key.public_key().to_base64());
    println!("key file            {} (appSecret and private key; hand it over sealed)", out.display());
    match &platform {
        Some(platform) => println!("platform public key {}", platform.public_key().to_base64()),
        None => println!("platform public key: `liufang keys show` on the platform's key file prints it"),
    }
    if let (Some(gateway), Some(file)) = (&gateway, &gateway_file) {
        println!("gateway             {} headers, paasid {app_id}", word(gateway.scheme));
        println!("gateway file        {} (secret key)", file.display());
    }
    Ok(true)
}

fn registered(key: &KeyFile, code: &FixmedinsCode, gateway: Option<Gateway>) -> anyhow::Result<App> {
    let KeyOwner::App { app_id, app_secret } = &key.owner else { bail!("a platform's key is no app's") };
    Ok(App {
        app_id: app_id.clone(),
        app_secret: app_secret.expose().to_owned(),
        public_key: key.public_key().to_base64(),
        fixmedins_code: code.clone(),
        code_style: CodeStyle::Number,
        disabled: false,
        gateway,
        limits: None,
    })
}

/// Beside the key file.
fn gateway_path(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".gateway.toml");
    out.with_file_name(name)
}

fn write_gateway(file: &Path, app_id: &str, gateway: &Gateway) -> anyhow::Result<()> {
    let text = format!(
        "# 网关接入凭据。含密钥，请勿外传，也不要提交到版本库。\n\nscheme = \"{}\"\npaasid = \"{app_id}\"\nsecret_key = \"{}\"\n",
        word(gateway.scheme),
        gateway.secret_key
    );
    keys_cmd::private_file(file, false)?
        .write_all(text.as_bytes())
        .with_context(|| format!("cannot write {}", file.display()))
}

const fn word(scheme: GatewayScheme) -> &'static str {
    match scheme {
        GatewayScheme::Csb => "csb",
        GatewayScheme::Tif => "tif",
        GatewayScheme::Rio => "rio",
    }
}

async fn list(store: &dyn Engine) -> anyhow::Result<bool> {
    println!("{:<32} {:<13} {:<8} gateway", "app_id", "fixmedins", "state");
    let mut after = String::new();
    loop {
        let page = store.apps_page(&after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(true) };
        after.clone_from(&last.app_id);
        for app in &page {
            let state = if app.disabled { "disabled" } else { "enabled" };
            let gateway = app.gateway.as_ref().map_or("-", |gateway| word(gateway.scheme));
            println!("{:<32} {:<13} {state:<8} {gateway}", app.app_id, app.fixmedins_code.as_str());
        }
    }
}

async fn limit(store: &dyn Engine, app_id: &str, limits: AppLimits) -> anyhow::Result<bool> {
    let limits = (limits != AppLimits::default()).then_some(limits);
    let Some(code) = change(store, app_id, |app| App { limits, ..app }).await? else { return Ok(false) };
    let word = |limit: Option<NonZeroU32>| limit.map_or_else(|| "as configured".to_owned(), |limit| limit.to_string());
    let own = limits.unwrap_or_default();
    println!("limits of {app_id} of {code}, from its next message on:");
    println!("messages a second   {}", word(own.per_second));
    println!("at once             {}", word(own.burst));
    println!("under way           {}", word(own.concurrent));
    println!("bytes of a body     {}", word(own.body_max));
    Ok(true)
}

async fn disable(store: &dyn Engine, app_id: &str) -> anyhow::Result<bool> {
    let Some(code) = change(store, app_id, |app| App { disabled: true, ..app }).await? else { return Ok(false) };
    println!("disabled {app_id} of {code}; a running center refuses its next message");
    Ok(true)
}

/// Changes an app; answers whose it is, or says that there is none.
async fn change(
    store: &dyn Engine,
    app_id: &str,
    to: impl FnOnce(App) -> App,
) -> anyhow::Result<Option<FixmedinsCode>> {
    let Some(app) = store.app(app_id).await? else {
        eprintln!("liufang: no app has the id {app_id}");
        return Ok(None);
    };
    let app = to(app);
    let code = app.fixmedins_code.clone();
    store.commit(ChangeSet { registry: vec![RegistryPut::App(app)], ..ChangeSet::default() }).await?;
    Ok(Some(code))
}
