//! The conformance suite on SQLite, and what only SQLite has: its file.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod conformance;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use conformance::{Full, Ground};
use lf_store::{OpenError, Options, Sealer, SqliteStore};

static GROUNDS: AtomicU32 = AtomicU32::new(0);

struct SqliteGround {
    path: PathBuf,
}

impl SqliteGround {
    fn new() -> Self {
        let name = format!("lf-store-{}-{}.db", std::process::id(), GROUNDS.fetch_add(1, Ordering::Relaxed));
        let ground = Self { path: std::env::temp_dir().join(name) };
        ground.remove();
        lf_store::migrate(&ground.path, conformance::fixture::at(0)).unwrap();
        ground
    }

    fn raw(&self) -> rusqlite::Connection {
        let raw = rusqlite::Connection::open(&self.path).unwrap();
        raw.busy_timeout(Duration::from_secs(5)).unwrap();
        raw
    }

    fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
        }
    }
}

impl Drop for SqliteGround {
    fn drop(&mut self) {
        self.remove();
    }
}

impl Ground for SqliteGround {
    fn open(&self) -> Arc<dyn Full> {
        Arc::new(SqliteStore::open(&self.path, conformance::fixture::options()).unwrap())
    }

    fn open_with_ring(&self, sealer: Arc<Sealer>) -> Result<Arc<dyn Full>, OpenError> {
        Ok(Arc::new(SqliteStore::open(&self.path, Options::new(sealer))?))
    }

    fn open_with_queue(&self, queue: usize) -> Arc<dyn Full> {
        let options = Options { queue, batch_max: 2, ..conformance::fixture::options() };
        Arc::new(SqliteStore::open(&self.path, options).unwrap())
    }

    fn alter(&self, sql: &str) -> usize {
        let raw = self.raw();
        raw.execute_batch("PRAGMA ignore_check_constraints = 1; PRAGMA foreign_keys = 0").unwrap();
        raw.execute(sql, []).unwrap()
    }

    fn typed(&self) -> bool {
        false
    }

    fn hold_writers(&self) -> Box<dyn Send> {
        let raw = self.raw();
        raw.execute_batch("BEGIN IMMEDIATE").unwrap();
        Box::new(raw)
    }
}

macro_rules! on_sqlite {
    ($($module:ident :: $case:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                conformance::$module::$case(&SqliteGround::new()).await;
            }
        )*
    };
}
each_case!(on_sqlite);

#[tokio::test]
async fn closing_finishes_what_was_accepted_and_takes_no_more() {
    use lf_ports::{CommitError, Store, StoreError};
    let ground = SqliteGround::new();
    let store = SqliteStore::open(&ground.path, conformance::fixture::options()).unwrap();
    let commit = |serial| store.commit(conformance::fixture::rx_only(conformance::fixture::open(serial)));
    commit(1).await.unwrap();
    store.close();
    assert!(matches!(commit(2).await, Err(CommitError::Store(StoreError::Unavailable(_)))));
    assert!(store.rx(&conformance::fixture::number(1)).await.unwrap().is_some(), "reads go on");
    assert!(store.rx(&conformance::fixture::number(2)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_process_that_dies_has_lost_nothing_acknowledged() {
    use lf_ports::Store;
    let (ground, after) = (SqliteGround::new(), SqliteGround::new());
    let store = ground.open();
    for serial in 1..=50 {
        store.commit(conformance::fixture::rx_only(conformance::fixture::open(serial))).await.unwrap();
    }
    // The files as a dead process leaves them: the log not moved into the database, no shared memory.
    after.remove();
    for end in ["", "-wal"] {
        let name = |ground: &SqliteGround| format!("{}{end}", ground.path.display());
        std::fs::copy(name(&ground), name(&after)).unwrap();
    }
    let log = std::fs::metadata(format!("{}-wal", after.path.display())).unwrap();
    assert!(log.len() > 0, "the log holds what the database does not");
    let revived = SqliteStore::open(&after.path, conformance::fixture::options()).unwrap();
    for serial in 1..=50 {
        let change = conformance::fixture::open(serial);
        assert_eq!(revived.rx(&change.rx.hi_rxno).await.unwrap(), Some(change.rx));
    }
}

#[test]
fn every_unique_key_holds_the_partition_or_the_thing_itself() {
    // Copied whole to every node, or keyed by the thing claimed: decision 0004.
    const WHOLE: [&str; 15] = [
        "app",
        "fixmedins",
        "practitioner",
        "drug",
        "edition",
        "list_item",
        "grant_given",
        "person_key",
        "claim",
        "itnt_session",
        "idem",
        "file",
        "list_match",
        "schema_history",
        "sealed_by",
    ];
    // Spread by institution: nothing is one beyond it.
    const BY_INSTITUTION: [&str; 6] = ["duty", "stock_lot", "stock_move", "stock_code", "supply_case", "mdtrt"];
    let ground = SqliteGround::new();
    let raw = ground.raw();
    let list = "SELECT m.name, i.name, group_concat(c.name) FROM sqlite_master m, pragma_index_list(m.name) i,
        pragma_index_info(i.name) c WHERE m.type = 'table' AND i.\"unique\" = 1 GROUP BY m.name, i.name";
    let mut statement = raw.prepare(list).unwrap();
    let keys = statement.query_map([], |row| Ok((row.get(0)?, row.get(2)?))).unwrap();
    let keys: Vec<(String, String)> = keys.map(Result::unwrap).collect();
    assert!(keys.len() > 15, "{keys:?}");
    for (table, columns) in keys {
        let partitioned = columns.split(',').any(|column| column == "poolarea_no");
        let own = columns.split(',').any(|column| column == "fixmedins_code");
        let own = own && BY_INSTITUTION.contains(&table.as_str());
        assert!(partitioned || own || WHOLE.contains(&table.as_str()), "{table} ({columns})");
    }
}

#[test]
fn types_are_bigint_text_and_blob() {
    let ground = SqliteGround::new();
    let raw = ground.raw();
    let list = "SELECT DISTINCT c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'
        ORDER BY 1";
    let mut statement = raw.prepare(list).unwrap();
    let types: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(types, ["BIGINT", "BLOB", "TEXT"]);
}
