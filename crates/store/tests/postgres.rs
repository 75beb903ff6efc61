//! The conformance suite on PostgreSQL, and what only PostgreSQL has: its catalogue, its locks, its connections.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests are tests")]

mod cluster;
mod conformance;
#[path = "postgres/distance.rs"]
mod distance;
#[path = "postgres/lost.rs"]
mod lost;
#[path = "postgres/migrations.rs"]
mod migrations;
#[path = "postgres/tls.rs"]
mod tls;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cluster::Cluster;
use conformance::{Full, Ground};
use lf_store::{OpenError, Options, PostgresStore, Sealer, postgres};
use tokio_postgres::{Client, NoTls};

static GROUNDS: AtomicU32 = AtomicU32::new(0);

/// A database of its own on a throw-away server.
pub(crate) struct PostgresGround {
    cluster: Cluster,
    name: String,
}

/// Waits inside a test of several threads.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

impl PostgresGround {
    pub(crate) fn new() -> Self {
        let ground = Self::empty(Cluster::shared());
        wait(postgres::migrate(&ground.url(), conformance::fixture::at(0))).unwrap();
        ground
    }

    pub(crate) fn empty(cluster: Cluster) -> Self {
        let name = format!("t{}_{}", std::process::id(), GROUNDS.fetch_add(1, Ordering::Relaxed));
        let ground = Self { cluster, name };
        // A process of this number may have been killed before.
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", ground.name);
        let create = format!("CREATE DATABASE {}", ground.name);
        wait(async {
            let admin = raw(&ground.cluster.url("postgres")).await;
            admin.batch_execute(&drop).await.unwrap();
            admin.batch_execute(&create).await.unwrap();
        });
        ground
    }

    pub(crate) fn url(&self) -> postgres::Url {
        self.cluster.url(&self.name).parse().unwrap()
    }

    pub(crate) fn socket(&self) -> std::path::PathBuf {
        self.cluster.socket()
    }

    pub(crate) fn kill(&self) {
        self.cluster.kill();
    }

    /// A connection behind the stores' backs.
    pub(crate) async fn raw(&self) -> Client {
        raw(&self.cluster.url(&self.name)).await
    }

    pub(crate) fn store(&self) -> PostgresStore {
        wait(PostgresStore::open(&self.url(), conformance::fixture::options())).unwrap()
    }
}

async fn raw(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Drop for PostgresGround {
    fn drop(&mut self) {
        // A server that was killed on purpose may not be there; its folder goes anyway.
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let url = self.cluster.url("postgres");
        wait(async {
            if let Ok((client, connection)) = tokio_postgres::connect(&url, NoTls).await {
                tokio::spawn(connection);
                let _ = client.batch_execute(&drop).await;
            }
        });
    }
}

impl Ground for PostgresGround {
    fn open(&self) -> Arc<dyn Full> {
        Arc::new(self.store())
    }

    fn open_with_ring(&self, sealer: Arc<Sealer>) -> Result<Arc<dyn Full>, OpenError> {
        Ok(Arc::new(wait(PostgresStore::open(&self.url(), Options::new(sealer)))?))
    }

    fn open_with_queue(&self, queue: usize) -> Arc<dyn Full> {
        let options = Options { queue, writers: 2, ..conformance::fixture::options() };
        Arc::new(wait(PostgresStore::open(&self.url(), options)).unwrap())
    }

    fn alter(&self, sql: &str) -> usize {
        wait(async { self.tamper(sql).await.unwrap() as usize })
    }

    fn typed(&self) -> bool {
        true
    }

    fn hold_writers(&self) -> Box<dyn Send> {
        wait(async {
            let client = self.raw().await;
            client.batch_execute("BEGIN; LOCK TABLE rx IN EXCLUSIVE MODE").await.unwrap();
            Box::new(client)
        })
    }
}

impl PostgresGround {
    /// Without foreign keys and checks, and with SQLite's spelling of bytes.
    async fn tamper(&self, sql: &str) -> Result<u64, tokio_postgres::Error> {
        let client = self.raw().await;
        client.batch_execute("SET session_replication_role = replica").await?;
        let checks =
            "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
            WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'public'::regnamespace";
        for row in client.query(checks, &[]).await? {
            client.batch_execute(row.get(0)).await?;
        }
        let mut text = sql.to_owned();
        while let Some(at) = text.find(" x'") {
            let end = at + 3 + text[at + 3..].find('\'').unwrap();
            text.replace_range(at..=end, &format!(" '\\x{}'::bytea", &text[at + 3..end]));
        }
        client.execute(&text, &[]).await
    }
}

macro_rules! on_postgres {
    ($($module:ident :: $case:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                conformance::$module::$case(&PostgresGround::new()).await;
            }
        )*
    };
}
each_case!(on_postgres);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_key_holds_the_partition_or_the_thing_itself() {
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
    let ground = PostgresGround::new();
    let keys = "SELECT i.indrelid::regclass::text, array_agg(a.attname::text) FROM pg_index i
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indisunique AND i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
        GROUP BY i.indexrelid, i.indrelid";
    let client = ground.raw().await;
    let rows = client.query(keys, &[]).await.unwrap();
    assert!(rows.len() > 15, "{}", rows.len());
    for row in rows {
        let (table, columns): (String, Vec<String>) = (row.get(0), row.get(1));
        let partitioned = columns.iter().any(|column| column == "poolarea_no");
        let own = columns.contains(&"fixmedins_code".to_owned()) && BY_INSTITUTION.contains(&table.as_str());
        assert!(partitioned || own || WHOLE.contains(&table.as_str()), "{table} ({columns:?})");
    }
    let foreign = "SELECT c.conrelid::regclass::text, a.attname::text, b.attname::text FROM pg_constraint c
        LEFT JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        LEFT JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] WHERE c.contype = 'f'";
    let rows = client.query(foreign, &[]).await.unwrap();
    assert_eq!(rows.len(), 3, "content, file and history belong to a prescription");
    for row in rows {
        let (table, from, to): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        assert_eq!((from.as_str(), to.as_str()), ("poolarea_no", "poolarea_no"), "{table}: only inside a partition");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn types_are_bigint_text_and_blob_and_texts_compare_by_bytes() {
    let ground = PostgresGround::new();
    let client = ground.raw().await;
    let columns = "SELECT t.relname::text, format_type(a.atttypid, a.atttypmod), coalesce(c.collname, '')::text
        FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid LEFT JOIN pg_collation c ON c.oid = a.attcollation
        WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.attnum > 0";
    let rows = client.query(columns, &[]).await.unwrap();
    assert!(rows.len() > 60, "{}", rows.len());
    for row in rows {
        let (table, kind, collation): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        match kind.as_str() {
            "bigint" | "blob" => assert_eq!(collation, ""),
            "text" => assert!(collation == "C" || table == "schema_history", "{table}"),
            other => panic!("{table} has a column of type {other}"),
        }
    }
}
