//! `liufang online`: stands for a channel in which a person chooses pharmacy and prescriptions (7202). Serves DG-3.5a.
//!
//! The token of the person's credential comes on standard input, so that no list of processes shows it; it proves who chooses.
//! What may flow to that pharmacy is decided as at its counter.

use std::io::Read as _;
use std::sync::Arc;

use anyhow::Context as _;
use lf_center::t7202_online::{Choice, Chosen};
use lf_center::{Caller, Center, Ctx, Failure, Settings};
use lf_ports::{Clock as _, Store};
use lf_vocab::Moment;

use crate::cli::OnlineArgs;
use crate::edge::{OsChance, SystemClock};
use crate::law_files;
use crate::serve::with_store;

/// The longest token that is read.
const TOKEN_MAX: u64 = 256;

/// `liufang online`
pub async fn run(args: &OnlineArgs) -> anyhow::Result<bool> {
    let mut ec_token = String::new();
    std::io::stdin().take(TOKEN_MAX).read_to_string(&mut ec_token).context("the token on standard input")?;
    let now = SystemClock.now();
    let chosen = with_store(&args.beside, async |store| choose(store.clone(), args, ec_token.trim(), now).await);
    match chosen.await? {
        Ok(chosen) => {
            println!("authCircBizSn {} until {}", chosen.auth_circ_biz_sn, chosen.expires_in);
            for (hi_rxno, shown) in chosen.list {
                println!("{hi_rxno} {} {}", shown.prsc_time, shown.fixmedins_name);
            }
            Ok(true)
        }
        Err(why) => {
            eprintln!("{why}");
            Ok(false)
        }
    }
}

/// The choice, or why it is refused.
pub async fn choose(
    store: Arc<dyn Store>,
    args: &OnlineArgs,
    ec_token: &str,
    now: Moment,
) -> anyhow::Result<Result<Chosen, String>> {
    let Some(fixmedins) = store.fixmedins(&args.pharmacy).await? else {
        return Ok(Err(format!("no pharmacy {}", args.pharmacy)));
    };
    let settings = Settings { token_minutes: args.token_minutes, ..Settings::default() };
    let center = Center::new(store, Arc::new(law_files::load(None)?), Arc::new(OsChance), settings);
    let grants = center.grants(fixmedins.poolarea_no, now).await?;
    let caller = Caller { app_id: args.channel.clone(), fixmedins };
    let ctx = Ctx { caller, digest: [0; 32], envelope_digest: [0; 32], msgid: None, now, grants };
    let choice = Choice { ec_token: ec_token.to_owned(), hi_rxno: args.hi_rxno.clone() };
    match center.authorise_online(&ctx, &choice).await {
        Ok(chosen) => Ok(Ok(chosen)),
        Err(refused @ Failure::Refused(_)) => Ok(Err(refused.in_words())),
        Err(failure) => anyhow::bail!(failure.in_words()),
    }
}
