//! `liufang keys rotate`: a new version of the key ring, and everything sealed again with it while the centers serve.
//!
//! In order: the version stands in the file, the database announces it, the centers take it up, everything older is sealed
//! again until a sweep finds nothing. Invariants: a rotation that was interrupted goes on where it is run again, and draws no
//! further version; a version leaves the ring only after a sweep that found nothing of it.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::bail;
use lf_store::{Engine, Swept};

use crate::cli::RotateArgs;
use crate::edge::OsChance;
use crate::serve::{Migrate, open};
use crate::{config, ring};

/// How long the centers have to take up what was announced: two looks and a half.
const TAKE_UP: Duration = Duration::from_secs(ring::LOOK.as_secs() * 5 / 2);
/// Sweeps that may find something before somebody must look why.
const SWEEPS_MAX: u32 = 100;

/// Whether everything is sealed with the newest version.
pub async fn run(args: &RotateArgs) -> anyhow::Result<bool> {
    if args.prepare {
        let version = ring::add(&args.store_key, &OsChance)?;
        println!("version {version} stands in {} and seals nothing yet", args.store_key.display());
        println!("bring the file to every center, then run `liufang keys rotate` without --prepare");
        return Ok(true);
    }
    let Some(database) = &args.database else { bail!("--database: which one is to be sealed again?") };
    let database = config::database(database)?;
    let store = open(&database, Migrate::No, ring::sealer(&args.store_key)?).await?;
    let (version, retiring) = begin(args, store.as_ref()).await?;
    if !retiring {
        eprintln!("waiting {} s until every center seals with version {version}", TAKE_UP.as_secs());
        tokio::time::sleep(TAKE_UP).await;
    }
    let total = until_clean(store.as_ref()).await?;
    let mut retired = Vec::new();
    if args.retire && total.contradictions_sum == 0 {
        // A center that did not take the version up has sealed something by now.
        tokio::time::sleep(TAKE_UP).await;
        if !store.sweep(&progress()).await?.is_clean() {
            eprintln!(
                "liufang: a center still seals with an older version; is its key ring up to date? Nothing was retired"
            );
            store.close().await;
            return Ok(false);
        }
        retired =
            ring::read(&args.store_key)?.secrets().iter().map(|key| key.version).filter(|v| *v != version).collect();
        store.forget(&retired).await?;
        ring::retire(&args.store_key)?;
    }
    store.close().await;
    for why in &total.contradictions {
        eprintln!("liufang: {why}");
    }
    println!(
        "{database}: {}",
        if total.is_clean() { "everything is sealed by one version" } else { "not everything could be sealed again" }
    );
    println!("version    {version}");
    if !retired.is_empty() {
        let list: Vec<_> = retired.iter().map(u32::to_string).collect();
        println!("retired    {}", list.join(", "));
        println!(
            "keep the backups of the key ring as long as those of the database: an older backup opens with its own ring only"
        );
    }
    if total.contradictions_sum > 0 {
        println!("unreadable {} (see standard error); no version was retired", total.contradictions_sum);
    }
    Ok(total.contradictions_sum == 0)
}

/// The version that is to seal everything, a new one or that of a rotation that was begun; and whether it does already and
/// the others are only to be retired.
async fn begin(args: &RotateArgs, store: &dyn Engine) -> anyhow::Result<(u32, bool)> {
    let (newest, announced) = store.newest().await?;
    if !announced {
        eprintln!("version {newest} was prepared: announcing it");
        return Ok((store.announce().await?, false));
    }
    let several = ring::read(&args.store_key)?.secrets().len() > 1;
    if several && store.has_older().await? {
        eprintln!("a rotation to version {newest} was begun: going on");
        return Ok((newest, false));
    }
    if several && args.retire {
        eprintln!("everything is sealed by version {newest}: only retiring the others");
        return Ok((newest, true));
    }
    let version = ring::add(&args.store_key, &OsChance)?;
    eprintln!("version {version} was added to {}", args.store_key.display());
    Ok((store.announce().await?, false))
}

/// Sweeps until one finds nothing that could be sealed again; what could not be is in the last one.
async fn until_clean(store: &dyn Engine) -> anyhow::Result<Swept> {
    for _ in 0..SWEEPS_MAX {
        let swept = store.sweep(&progress()).await?;
        eprintln!(
            "sweep: {} rows looked at, {} cells and {} look-up keys renewed",
            swept.rows, swept.cells, swept.keys
        );
        if swept.cells == 0 && swept.keys == 0 {
            return Ok(swept);
        }
    }
    bail!("every sweep finds something again: a center seals with an older version; is its key ring up to date?")
}

/// Tells of each table that something was done in.
fn progress() -> impl Fn(&str, &Swept) + Sync {
    let before = Mutex::new(0);
    move |table, swept| {
        let mut before = before.lock().unwrap_or_else(PoisonError::into_inner);
        let done = swept.cells + swept.keys;
        if done > *before {
            eprintln!("  {table}: {}", done - *before);
        }
        *before = done;
    }
}
