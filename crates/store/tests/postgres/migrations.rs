//! Migrations on PostgreSQL: complete, applied once, verified, and refused with the reason.

use lf_store::{OpenError, Options, PostgresStore, postgres};
use lf_vocab::Moment;

use crate::PostgresGround;
use crate::cluster::Cluster;
use crate::conformance::Ground as _;

const NOW: Moment = Moment::from_micros(7);

fn all() -> Vec<String> {
    let names = [
        "V1__registers",
        "V2__prescriptions",
        "V3__settlements",
        "V4__uniqueness",
        "V5__sealed_by",
        "V6__outbox",
        "V7__lists",
        "V8__files",
        "V9__list_match",
        "V10__setl_period",
        "V11__grants",
        "V12__stock",
        "V13__stock_lead_key",
        "V14__memo",
        "V15__supply",
        "V16__filings",
        "V17__mdtrt",
        "V18__consult",
        "V19__duty",
        "V20__reim",
    ];
    names.map(str::to_owned).to_vec()
}

async fn migrated() -> PostgresGround {
    let ground = PostgresGround::empty(Cluster::shared());
    postgres::migrate(&ground.url(), NOW).await.unwrap();
    ground
}

async fn open(ground: &PostgresGround) -> Option<OpenError> {
    PostgresStore::open(&ground.url(), crate::conformance::fixture::options()).await.err()
}

#[test]
fn both_folders_hold_the_same_files_and_all_are_compiled_in() {
    let names = |engine: &str| {
        let folder = format!("{}/../../migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        // By number: the tenth comes after the second.
        names.sort_by_key(|name| name[1..].split_once("__").and_then(|(number, _)| number.parse::<u32>().ok()));
        names
    };
    assert_eq!(names("postgres"), names("sqlite"));
    assert_eq!(names("postgres"), all().iter().map(|name| format!("{name}.sql")).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_pending_is_applied_once() {
    let ground = PostgresGround::empty(Cluster::shared());
    assert_eq!(postgres::pending(&ground.url()).await.unwrap(), all());
    assert_eq!(open(&ground).await, Some(OpenError::Pending(all())));
    assert_eq!(postgres::pending(&ground.url()).await.unwrap(), all(), "a refused start makes nothing");
    assert_eq!(postgres::migrate(&ground.url(), NOW).await.unwrap(), all());
    assert_eq!(postgres::migrate(&ground.url(), NOW).await.unwrap(), Vec::<String>::new());
    assert_eq!(open(&ground).await, None);
    let row = ground.raw().await.query_one("SELECT MIN(applied_us), MAX(applied_us) FROM schema_history", &[]).await;
    let row = row.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (7, 7));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_start_together_apply_each_once() {
    let ground = PostgresGround::empty(Cluster::shared());
    let options = Options { migrate_at: Some(NOW), ..crate::conformance::fixture::options() };
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let (url, options) = (ground.url(), options.clone());
            tokio::spawn(async move { PostgresStore::open(&url, options).await.is_ok() })
        })
        .collect();
    for start in starts {
        assert!(start.await.unwrap());
    }
    assert_eq!(postgres::pending(&ground.url()).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_chain_goes_on() {
    let ground = migrated().await;
    let back = "DELETE FROM schema_history WHERE version = 20; DROP TABLE reim";
    ground.raw().await.batch_execute(back).await.unwrap();
    assert_eq!(postgres::migrate(&ground.url(), NOW).await.unwrap(), ["V20__reim"]);
    assert_eq!(open(&ground).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_schema_is_refused_with_the_reason() {
    let cases = [
        ("INSERT INTO schema_history VALUES (21, 'V21__later', '', 0)", "高于本程序支持的20"),
        ("UPDATE schema_history SET sm3 = 'x' WHERE version = 2", "V2__prescriptions的SM3与记录不同"),
        ("UPDATE schema_history SET name = 'x' WHERE version = 2", "第2号迁移应为V2__prescriptions"),
        ("DELETE FROM schema_history WHERE version = 2", "第2号迁移应为V2__prescriptions，记录为第3号"),
        ("ALTER TABLE schema_history ALTER version TYPE TEXT", "数据库无法打开"),
        ("DROP INDEX setl_reversal", "key setl (poolarea_no, refd_setl_id)缺失"),
        ("DROP INDEX rx_live", "index rx (poolarea_no, psn_no, prsc_us, hi_rxno) partial缺失"),
        ("ALTER TABLE claim ADD COLUMN more TEXT", "column claim more text"),
        ("ALTER TABLE acct ALTER balc_fen TYPE INT", "column acct balc_fen bigint not null缺失"),
        ("CREATE UNIQUE INDEX mine ON rx (psn_no)", "存在外来的key rx (psn_no)"),
        ("CREATE RULE r AS ON DELETE TO claim DO INSTEAD NOTHING", "存在外来的rule claim r"),
        ("ALTER TABLE idem ENABLE ROW LEVEL SECURITY", "存在外来的rowsecurity idem"),
        (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
             CREATE TRIGGER t BEFORE INSERT ON rx FOR EACH ROW EXECUTE FUNCTION f()",
            "存在外来的trigger rx t",
        ),
    ];
    for (sql, wanted) in cases {
        let ground = migrated().await;
        ground.raw().await.batch_execute(sql).await.unwrap();
        for refused in [open(&ground).await, postgres::migrate(&ground.url(), NOW).await.err()] {
            let text = refused.unwrap().to_string();
            assert!(text.contains(wanted), "{sql}: {text}");
        }
    }
    let ground = migrated().await;
    let own = "CREATE INDEX mine ON rx (phase); CREATE TABLE theirs (x FLOAT PRIMARY KEY); ANALYZE";
    ground.raw().await.batch_execute(own).await.unwrap();
    assert_eq!(open(&ground).await, None, "an index and a table of the operator's own are no harm");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_programs_database_is_refused() {
    let ground = PostgresGround::empty(Cluster::shared());
    ground.raw().await.batch_execute("CREATE TABLE theirs (x TEXT)").await.unwrap();
    assert_eq!(postgres::migrate(&ground.url(), NOW).await.err(), Some(OpenError::Foreign));
    assert_eq!(open(&ground).await, Some(OpenError::Foreign));
    assert_eq!(ground.alter("DELETE FROM theirs"), 0, "it stands as it stood");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_there_is_named_plainly() {
    let ground = PostgresGround::empty(Cluster::shared());
    let url = ground.url().to_string().replace("/t", "/nothing_t").parse().unwrap();
    let error = PostgresStore::open(&url, crate::conformance::fixture::options()).await.err().unwrap();
    assert!(error.to_string().contains("数据库不存在"), "{error}");
    let nobody = "postgres://postgres@%2Fnonexistent/x".parse().unwrap();
    let error = PostgresStore::open(&nobody, crate::conformance::fixture::options()).await.err().unwrap();
    assert!(error.to_string().contains("无法连接"), "{error}");
}
