//! `liufang call`: one transaction, as a client would send it.

use std::sync::Arc;

use anyhow::{anyhow, bail};
use lf_gm::{KeyOwner, PublicKey, Signer, Verifier};
use lf_ports::Clock as _;
use lf_wire::client::Dialect;

use crate::cli::CallArgs;
use crate::client::{AppClient, http};
use crate::edge::SystemClock;
use crate::{keys_cmd, law_cmd};

/// `liufang call`: prints the payload on standard output, code and message on standard error.
pub async fn run(args: &CallArgs) -> anyhow::Result<bool> {
    let key = keys_cmd::read(&args.key)?;
    let KeyOwner::App { app_id, app_secret } = &key.owner else {
        bail!("--key: the key file is the platform's; the app's is needed");
    };
    let platform: PublicKey = args.platform_public_key.parse()?;
    let client = AppClient {
        http: http(),
        rest_base: args.rest_base.clone(),
        app_id: app_id.clone(),
        app_secret: app_secret.expose().to_owned(),
        sm4: key.sec_key()?.ok_or_else(|| anyhow!("--key: no SM4 key can be made of it"))?,
        signer: Signer::new(&key.private_key),
        platform: Arc::new(Verifier::new(&platform)),
        dialect: Dialect::from_letter(&args.dialect).ok_or_else(|| anyhow!("--dialect: A, B or C"))?,
    };
    let data = law_cmd::text(&args.data)?;
    let opened = client.call(&args.method, data.as_bytes(), SystemClock.now().millis()).await?;
    eprintln!("code={} {}", opened.code, opened.message);
    println!("{}", String::from_utf8_lossy(&opened.data));
    Ok(opened.code == 0)
}
