//! The file of the keys that seal what is stored: made, read, replaced whole, and read again while the center serves.
//!
//! Invariants: readable by its owner only; replaced by a rename, so that a reader finds the old file or the new one; while
//! it is being replaced nobody else can begin to.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use lf_gm::{MAX_RING_FILE, RingFile};
use lf_ports::{Chance, Clock as _};
use lf_store::{Database, Engine, Sealer};
use zeroize::Zeroizing;

use crate::edge::SystemClock;
use crate::keys_cmd::private_file;

/// The ring's file name where nobody names another.
pub const STORE_KEY: &str = "store.key.toml";
/// How often a serving center looks for a new ring and for the version that seals.
pub const LOOK: Duration = Duration::from_secs(2);

/// Draws a ring of one key into a file that does not exist yet.
pub fn new(path: &Path, chance: &dyn Chance) -> anyhow::Result<RingFile> {
    let ring = RingFile::new(&SystemClock.now().to_string(), *draw(chance))?;
    let mut file = private_file(path, false)?;
    file.write_all(ring.render().as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(ring)
}

/// Reads a ring file.
pub fn read(path: &Path) -> anyhow::Result<RingFile> {
    let length = fs::metadata(path).with_context(|| format!("cannot read the key ring {}", path.display()))?.len();
    if length > MAX_RING_FILE as u64 {
        bail!("{} is larger than any key ring", path.display());
    }
    let text = Zeroizing::new(fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?);
    RingFile::parse(&text).with_context(|| format!("{} is no key ring", path.display()))
}

/// The ring at work, read again from its file when it must be.
pub fn sealer(path: &Path) -> anyhow::Result<Arc<Sealer>> {
    let ring = read(path)?;
    drop(ring);
    let path = path.to_owned();
    let source = move || read(&path).map_err(|error| format!("{error:#}"));
    Ok(Arc::new(Sealer::from_source(Box::new(source))?))
}

/// The ring that lies beside a database unless another is named: in a SQLite file's folder, or the demo's.
pub fn beside(database: &Database) -> PathBuf {
    match database {
        Database::Sqlite(path) => path.with_file_name(STORE_KEY),
        Database::Postgres(_) => Path::new(crate::demo::FOLDER).join(STORE_KEY),
    }
}

/// Adds a version and answers its number.
pub fn add(path: &Path, chance: &dyn Chance) -> anyhow::Result<u32> {
    let created = SystemClock.now().to_string();
    replace(path, |ring| Ok(ring.push(&created, *draw(chance))?))
}

/// Takes every version but the newest out.
pub fn retire(path: &Path) -> anyhow::Result<()> {
    replace(path, |ring| {
        ring.retire_old();
        Ok(())
    })
}

/// Changes the file as a whole; the new one is taken before the old one is read, so that of two changes one is refused.
fn replace<T>(path: &Path, change: impl FnOnce(&mut RingFile) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let beside = path.with_added_extension("new");
    let mut file = private_file(&beside, false)
        .with_context(|| format!("another rotation is writing, or one died: remove {}", beside.display()))?;
    let write = || -> anyhow::Result<T> {
        let mut ring = read(path)?;
        let answer = change(&mut ring)?;
        file.write_all(ring.render().as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
        Ok(answer)
    };
    let written = write().with_context(|| format!("cannot replace {}", path.display()));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Looks for a new ring and for the version that seals, as long as the center serves.
pub async fn keep_looking(store: Arc<dyn Engine>) {
    let (mut sealing, mut trouble) = (0, String::new());
    loop {
        match store.take_up().await {
            Ok(version) => {
                if sealing != 0 && version != sealing {
                    tracing::info!(version, "sealing with another key");
                }
                sealing = version;
                trouble.clear();
            }
            Err(error) => {
                let text = error.to_string();
                if text != trouble {
                    tracing::error!(error = %text, "the key ring could not be read again");
                    trouble = text;
                }
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn draw(chance: &dyn Chance) -> Zeroizing<[u8; 32]> {
    let mut secret = Zeroizing::new([0u8; 32]);
    secret[..16].copy_from_slice(&chance.draw());
    secret[16..].copy_from_slice(&chance.draw());
    secret
}
