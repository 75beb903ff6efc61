//! Two stores that are compared: each filled through the port with what is cast from a real life, with a center on it.
//!
//! Serves `bench growth` and `bench counter`. Invariant: both stores are filled alike, only not as far.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use lf_ports::{AccumChange, AccumRow, ChangeSet, CommitError};
use lf_store::Engine;
use lf_testkit::audit;
use lf_vocab::Fen;
use tokio::task::JoinHandle;

use super::load::{Load, PERSONS_A_CLIENT};
use super::mould::{Mould, People, Sums};
use crate::beside::open_beside;
use crate::ground::{self, Ground};
use crate::process::Server;
use crate::region::{self, Patient};
use crate::ring::STORE_KEY;

/// Stored prescriptions to a person that only has a history.
const LIVES_A_PERSON: u64 = 20;
/// Change sets under way while a store is filled: the writer always finds a full batch.
const UNDER_WAY: usize = 2_048;
/// Changes of accumulators in one change set, or one person's more.
const SUMS_A_COMMIT: usize = 500;
/// Bytes of the file of a stored prescription, so that a million of them fits on a disk.
const FILE_BYTES: usize = 1_024;

/// What a store is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Whole prescriptions.
    Lives,
    /// Of each only what its settlement leaves: itself, the answer of 2102, the codes of the boxes.
    Settlements,
}

/// How a site is made.
pub struct Fill<'f> {
    /// Where the store is made.
    pub folder: &'f str,
    /// How many are stored.
    pub size: u64,
    /// An empty PostgreSQL database instead of a file.
    pub database: Option<&'f str>,
    /// Clients of the load.
    pub clients: usize,
    /// Size of the load's prescription file.
    pub file_bytes: usize,
    /// What of each.
    pub kept: Kept,
}

/// A filled store with a center on it.
pub struct Site {
    folder: PathBuf,
    database: String,
    /// The center.
    pub server: Server,
    /// Its clients.
    pub load: Arc<Load>,
    mould: Mould,
    size: u64,
    /// How the filling went, for people.
    pub filled: String,
}

impl Site {
    /// Fills a store and starts a center on it.
    #[allow(clippy::disallowed_methods, reason = "the bench measures time")]
    pub async fn fill(how: Fill<'_>) -> anyhow::Result<Self> {
        let size = how.size;
        let of_the_load = how.clients.max(1) * PERSONS_A_CLIENT;
        let others = usize::try_from((size / LIVES_A_PERSON).max(1))?;
        let mut crowd = region::load()?.crowd(u32::try_from(of_the_load + 1 + others)?)?;
        // The one whose life is cast has nothing on the account, so that no balance has to follow.
        let one = crowd.get_mut(of_the_load).context("the crowd of the region is too small")?;
        one.balc = Fen::ZERO;
        let one = one.clone();
        let folder = ground::fresh(how.folder)?;
        let ground = ground::prepare(&folder, how.database, &crowd).await?;
        let server = Server::start(&ground.write_config(&[])?).await?;
        let mould = mould(&ground, one, &server).await;
        server.kill().await?;
        let mould = mould?;
        let others = crowd.split_off(of_the_load + 1);
        crowd.truncate(of_the_load);
        let people = People { load: crowd, others };

        let store = open_beside(&ground.database, Some(&ground.store_key())).await?;
        let began = Instant::now();
        fill(&store, &mould, &how, &people).await?;
        let seconds = began.elapsed().as_secs_f64();
        store.close().await;
        let megabytes = bytes_in(&folder) as f64 / 1e6;
        let filled = format!(
            "{size} stored in {seconds:.1} s ({:.0}/s), {megabytes:.0} MB in {}",
            size as f64 / seconds,
            folder.display()
        );
        let server = Server::start(&ground.write_config(&[])?).await?;
        let load = Load::new(&ground, people.load, &server.rest_base, how.file_bytes)?;
        // The mould's life was the first of this ground.
        load.skip(1);
        Ok(Self { folder, database: ground.database, server, load: Arc::new(load), mould, size, filled })
    }

    /// Ends the center and audits a sample of so many stored lives; answers how many differences there were.
    pub async fn end(self, sample: u64) -> anyhow::Result<u64> {
        self.server.kill().await?;
        let store = open_beside(&self.database, Some(&self.folder.join(STORE_KEY))).await?;
        let step = (self.size / sample.max(1)).max(1);
        let numbers = (0..self.size).step_by(usize::try_from(step)?).map(|n| self.mould.number(n, self.size));
        let found = audit::sample(store.as_ref(), &numbers.collect::<anyhow::Result<Vec<_>>>()?).await?;
        store.close().await;
        if !found.passes() {
            eprintln!("{}: {found}", self.folder.display());
        }
        Ok(found.differences_sum)
    }
}

/// One real life over HTTP, read back.
async fn mould(ground: &Ground, person: Patient, server: &Server) -> anyhow::Result<Mould> {
    let load = Load::new(ground, vec![person], &server.rest_base, FILE_BYTES)?.of_one_drug();
    let (_, lived) = load.one_life(0).await?;
    let store = open_beside(&ground.database, Some(&ground.store_key())).await?;
    let mould = Mould::take(store.as_ref(), &lived).await;
    store.close().await;
    mould
}

type Committing = JoinHandle<Result<(), CommitError>>;

async fn fill(store: &Arc<dyn Engine>, mould: &Mould, how: &Fill<'_>, people: &People) -> anyhow::Result<()> {
    let size = how.size;
    let mut sums = Sums::new();
    let mut under_way: VecDeque<Committing> = VecDeque::new();
    for n in 0..size {
        let cast = match how.kept {
            Kept::Lives => mould.cast(n, size, people, &mut sums)?,
            Kept::Settlements => vec![mould.cast_settlement(n, size, people, &mut sums)?],
        };
        for changes in cast {
            commit(store, changes, &mut under_way).await?;
        }
    }
    let mut accum = Vec::new();
    for (key, sum) in sums {
        // A row is counted up, one version a settlement; what it says on the way is nobody's.
        accum.extend((1..=sum.version).map(|version| AccumChange {
            key: key.clone(),
            expect_version: version - 1,
            row: AccumRow { version, accum: sum.accum.clone() },
        }));
        if accum.len() >= SUMS_A_COMMIT {
            let accum = std::mem::take(&mut accum);
            commit(store, ChangeSet { accum, ..ChangeSet::default() }, &mut under_way).await?;
        }
    }
    commit(store, ChangeSet { accum, ..ChangeSet::default() }, &mut under_way).await?;
    for one in under_way {
        one.await??;
    }
    Ok(())
}

/// Hands a change set over without waiting for it, unless too many are under way.
async fn commit(
    store: &Arc<dyn Engine>,
    changes: ChangeSet,
    under_way: &mut VecDeque<Committing>,
) -> anyhow::Result<()> {
    if under_way.len() >= UNDER_WAY
        && let Some(first) = under_way.pop_front()
    {
        first.await??;
    }
    let store = store.clone();
    under_way.push_back(tokio::spawn(async move { store.commit(changes).await }));
    Ok(())
}

/// Bytes of the files of a folder.
fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
}
