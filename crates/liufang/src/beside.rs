//! How a command opens the database of a center, beside one that may be running, and hears the law by which that center decides.
//!
//! Invariant: what the command was told of keys and packs is read before the database is touched.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use lf_law::Law;
use lf_store::{Database, Engine, Options};

use crate::cli::{Beside, Lawful};
use crate::config::database;
use crate::{law_files, ring};

/// Works on a database by the packs that its center runs with, and closes it however the work ended.
pub async fn with_law<T>(
    place: &Lawful,
    work: impl AsyncFnOnce(&Arc<dyn Engine>, &Arc<Law>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let law = Arc::new(law_files::load(place.packs.as_deref())?);
    with_store(&place.beside, async |store| work(store, &law).await).await
}

/// Works on a database, and closes it however the work ended.
pub async fn with_store<T>(
    place: &Beside,
    work: impl AsyncFnOnce(&Arc<dyn Engine>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let store = open_beside(&place.database, place.store_key.as_deref()).await?;
    let done = work(&store).await;
    store.close().await;
    done
}

/// Opens it.
pub async fn open_beside(url: &str, store_key: Option<&Path>) -> anyhow::Result<Arc<dyn Engine>> {
    let (database, options) = beside(url, store_key)?;
    database.open(options).await.with_context(|| format!("cannot open the database {database}"))
}

/// The database, and how it is opened: its key ring is the one named, or the one beside it.
pub fn beside(url: &str, store_key: Option<&Path>) -> anyhow::Result<(Database, Options)> {
    let database = database(url)?;
    let ring = store_key.map_or_else(|| ring::beside(&database), Path::to_owned);
    Ok((database, Options::new(ring::sealer(&ring)?)))
}
