//! A whole center in a test: the use cases over SQLite in a directory of its own, the repository's law, a clock
//! that stands still, chance that repeats itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lf_center::{Caller, Center, Ctx, Settings};
use lf_law::{Law, Source};
use lf_ports::{ChangeSet, Clock, RegistryPut, Store};
use lf_store::{Options, Sealer, SqliteStore};
use lf_vocab::{FixmedinsCode, Moment};

use crate::audit::{Report, audit};
use crate::edge::{MockClock, SeededChance};
use crate::life::{Life, parse};
use crate::region::{People, people, registers};
use crate::watched::Watched;

/// When every test begins.
pub const BEGIN: &str = "2026-11-22 10:00:00";

/// A center with everything around it. Its directory is removed with it.
pub struct TestCenter {
    /// The use cases.
    pub center: Center,
    /// The store behind them.
    pub store: Arc<SqliteStore>,
    /// The clock.
    pub clock: MockClock,
    /// The insured persons of the registers.
    pub people: People,
    dir: PathBuf,
    numbers: AtomicU32,
}

impl TestCenter {
    /// A new center over an empty database with the small region.
    ///
    /// # Panics
    /// When the database or the law cannot be had: a test cannot go on then.
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    /// The same with other settings.
    ///
    /// # Panics
    /// As [`Self::new`].
    pub async fn with(settings: Settings) -> Self {
        let test = Self::empty(settings);
        test.put(registers(&test.people)).await;
        test
    }

    /// A new center over a database that knows nobody yet.
    ///
    /// # Panics
    /// As [`Self::new`].
    pub fn empty(settings: Settings) -> Self {
        let dir = fresh_dir();
        let clock = MockClock::at(parse(BEGIN));
        let options = Options { migrate_at: Some(clock.now()), ..Options::new(sealer()) };
        let store = SqliteStore::open(dir.join("center.db"), options).map(Arc::new);
        let store = store.unwrap_or_else(|error| panic!("{error}"));
        let people = people();
        let center = Center::new(store.clone(), Arc::new(repository_law()), Arc::new(SeededChance::new(1)), settings);
        Self { center, store, clock, people, dir, numbers: AtomicU32::new(0) }
    }

    /// The same center by other packs.
    pub fn under(&mut self, law: Law) {
        self.again(self.store.clone(), law);
    }

    /// The same center on a store that tells what was asked of it.
    ///
    /// # Panics
    /// When the law cannot be had.
    pub fn watched(&mut self) -> Arc<Watched> {
        let store = Arc::new(Watched::new(self.store.clone()));
        self.again(store.clone(), repository_law());
        store
    }

    fn again(&mut self, store: Arc<dyn Store>, law: Law) {
        // Not the numbers of before once more.
        let chance = Arc::new(SeededChance::new(7));
        self.center = Center::new(store, Arc::new(law), chance, Settings::default());
    }

    /// The database file, for raw looks at it.
    pub fn database(&self) -> PathBuf {
        self.dir.join("center.db")
    }

    /// Commits something to the store.
    ///
    /// # Panics
    /// When the store refuses.
    pub async fn put(&self, changes: ChangeSet) {
        self.store.commit(changes).await.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Changes a register.
    ///
    /// # Panics
    /// When the store refuses.
    pub async fn register(&self, row: RegistryPut) {
        self.put(ChangeSet { registry: vec![row], ..ChangeSet::default() }).await;
    }

    /// What a use case is told of a message from this institution. `meaning` stands for its content.
    ///
    /// # Panics
    /// When the institution is not registered.
    pub async fn ctx(&self, code: &str, meaning: &str) -> Ctx {
        let code: FixmedinsCode = parse(code);
        let now = self.clock.now();
        let fixmedins = match self.store.fixmedins(&code).await {
            Ok(Some(fixmedins)) => fixmedins,
            other => panic!("{code}: {other:?}"),
        };
        let grants = match self.center.grants(fixmedins.poolarea_no, now).await {
            Ok(grants) => grants,
            Err(error) => panic!("{error}"),
        };
        Ctx {
            caller: Caller { app_id: "test".to_owned(), fixmedins },
            digest: lf_gm::sm3(meaning.as_bytes()),
            envelope_digest: lf_gm::sm3(format!("{now} {meaning}").as_bytes()),
            msgid: None,
            now,
            grants,
        }
    }

    /// The life of a new prescription for a person, nothing done yet.
    pub fn life(&self, person: &lf_ports::Person) -> Life<'_> {
        let number = self.numbers.fetch_add(1, Ordering::SeqCst) + 1;
        Life::new(self, person.clone(), number)
    }

    /// Now.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// What the auditor says of all that happened.
    ///
    /// # Panics
    /// When the store does not answer.
    pub async fn audit(&self) -> Report {
        audit(self.store.as_ref()).await.unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Drop for TestCenter {
    fn drop(&mut self) {
        self.store.close();
        // A directory that stays behind harms nobody.
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// The ring of every test center, the same in each, so that a test can look at what is stored.
///
/// # Panics
/// Never: the ring is written down here.
pub fn sealer() -> Arc<Sealer> {
    let ring = lf_gm::RingFile::new(BEGIN, [0x5e; 32]).unwrap_or_else(|error| panic!("{error}"));
    Arc::new(Sealer::new(&ring))
}

fn fresh_dir() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("lf-testkit-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let dir = std::env::temp_dir().join(name);
    // A process of this number may have been killed before.
    let _ = std::fs::remove_dir_all(&dir);
    let made = std::fs::create_dir_all(&dir);
    assert!(made.is_ok(), "{made:?}");
    dir
}

/// The packs of this repository.
///
/// # Panics
/// When they do not load.
pub fn repository_law() -> Law {
    law_with(|_, text| text)
}

/// The packs of this repository, each file's text changed by a function of its path.
///
/// # Panics
/// When they do not load.
pub fn law_with(change: impl Fn(&str, String) -> String) -> Law {
    let files: Vec<_> = packs().into_iter().map(|(path, text)| (path.clone(), change(&path, text))).collect();
    let sources: Vec<_> = files.iter().map(|(path, text)| Source { path, text }).collect();
    Law::load(&sources)
        .unwrap_or_else(|errors| panic!("{}", errors.iter().map(|e| format!("{e}\n")).collect::<String>()))
}

/// Writes the packs of this repository into a folder, where a test changes them.
///
/// # Panics
/// When they cannot be written.
pub fn write_law(folder: &Path) {
    for (path, text) in packs() {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, text));
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// Path below `law/` and text of each file.
fn packs() -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law"), "", &mut files);
    files
}

fn collect(dir: &Path, below: &str, files: &mut Vec<(String, String)>) {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files);
        } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
            files.push((name, text));
        }
    }
}
