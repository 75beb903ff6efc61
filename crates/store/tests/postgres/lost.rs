//! What may happen to a command on PostgreSQL: others in the way, a caller that goes away, a connection or a server that dies.

use std::sync::Arc;
use std::time::Duration;

use lf_ports::{ChangeSet, ClaimKind, CommitError, Store as _, StoreError};
use lf_store::{Options, PostgresStore};

use crate::PostgresGround;
use crate::cluster::Cluster;
use crate::conformance::{Ground as _, fixture as f};

fn is_unavailable(error: &CommitError) -> bool {
    matches!(error, CommitError::Store(StoreError::Unavailable(_)))
}

/// Until a backend of the store waits for a lock.
async fn until_it_waits(ground: &PostgresGround) {
    let client = ground.raw().await;
    let waiting =
        "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'liufang' AND wait_event_type = 'Lock'
        AND datname = current_database()";
    while client.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_repeated_and_counted_by_name() {
    let ground = PostgresGround::new();
    let store = Arc::new(ground.store());
    let other = ground.raw().await;
    let claim = |key: &str| format!("INSERT INTO claim VALUES ('drug_trac_codg', '{key}', 'other')");
    other.batch_execute(&format!("BEGIN; SET LOCAL deadlock_timeout = '1min'; {}", claim("c2"))).await.unwrap();
    let changes = ChangeSet {
        idem: Some(f::idem("m1", 1)),
        claims: vec![f::claim("c1", "o1"), f::claim("c2", "o1")],
        ..f::rx_only(f::open(1))
    };
    let commit = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.commit(changes).await }
    });
    until_it_waits(&ground).await;
    // Now each waits for the other; the store's side is told, gives way, and comes again.
    other.batch_execute(&claim("c1")).await.unwrap();
    other.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(commit.await.unwrap(), Ok(()));
    let mut registry = prometheus_client::registry::Registry::default();
    store.register(&mut registry);
    let mut told = String::new();
    prometheus_client::encoding::text::encode(&mut told, &registry).unwrap();
    let retries: Vec<_> = told.lines().filter_map(|line| line.strip_prefix("liufang_store_retries_total")).collect();
    let count = retries[0].strip_prefix("{transaction=\"7101\"} ").map(str::parse::<u64>);
    assert!(retries.len() == 1 && count.is_some_and(|count| count.unwrap() >= 1), "{told}");
    assert_eq!(store.claim(ClaimKind::DrugTracCodg, "c2").await.unwrap(), Some(f::claim("c2", "o1")));
    assert_eq!(store.rx_events(&f::number(1)).await.unwrap().len(), 1, "once, not twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_default_is_serializable_changes_nothing() {
    let ground = PostgresGround::new();
    let name = ground.raw().await.query_one("SELECT current_database()::text", &[]).await.unwrap().get::<_, String>(0);
    let default = format!("ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'");
    ground.raw().await.batch_execute(&default).await.unwrap();
    crate::conformance::races::one_of_64_claims_wins_and_the_others_hear_of_it(&ground).await;
    crate::conformance::races::serials_are_unique_across_two_stores(&ground).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_lost_within_a_command_leaves_nothing_and_says_so() {
    let ground = PostgresGround::new();
    let store = Arc::new(ground.store());
    store.commit(f::rx_only(f::open(1))).await.unwrap();
    let held = ground.hold_writers();
    let commit = tokio::spawn({
        let store = Arc::clone(&store);
        let changes = ChangeSet { claims: vec![f::claim("c2", "o")], ..f::rx_only(f::open(2)) };
        async move { store.commit(changes).await }
    });
    until_it_waits(&ground).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'liufang' AND datname = current_database()";
    ground.raw().await.execute(end, &[]).await.unwrap();
    assert!(is_unavailable(&commit.await.unwrap().unwrap_err()));
    drop(held);
    assert_eq!(store.rx(&f::number(2)).await.unwrap(), None, "no half state, and reads go on");
    assert_eq!(store.claim(ClaimKind::DrugTracCodg, "c2").await.unwrap(), None);
    store.commit(f::rx_only(f::open(2))).await.unwrap();
    assert!(store.rx(&f::number(2)).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_held_for_too_long_is_a_clean_refusal() {
    let ground = PostgresGround::new();
    let options = Options { busy: Duration::from_millis(200), ..f::options() };
    let store = PostgresStore::open(&ground.url(), options).await.unwrap();
    let held = ground.hold_writers();
    let changes = ChangeSet { claims: vec![f::claim("c1", "o")], ..f::rx_only(f::open(1)) };
    assert!(is_unavailable(&store.commit(changes.clone()).await.unwrap_err()));
    drop(held);
    assert_eq!(store.claim(ClaimKind::DrugTracCodg, "c1").await.unwrap(), None);
    store.commit(changes).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_is_finished_when_its_caller_goes_away() {
    let ground = PostgresGround::new();
    let store = ground.store();
    let held = ground.hold_writers();
    let commit = tokio::time::timeout(Duration::from_millis(100), store.commit(f::rx_only(f::open(1)))).await;
    assert!(commit.is_err(), "the caller has gone");
    drop(held);
    store.close().await;
    assert!(store.rx(&f::number(1)).await.unwrap().is_some(), "closing waited for it; reads go on");
    assert!(is_unavailable(&store.commit(f::rx_only(f::open(2))).await.unwrap_err()));
    assert!(store.rx(&f::number(2)).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_has_lost_nothing_acknowledged() {
    let ground = PostgresGround::empty(Cluster::named("killed"));
    let options = Options { migrate_at: Some(f::at(0)), ..f::options() };
    let store = Arc::new(PostgresStore::open(&ground.url(), options).await.unwrap());
    let mut serial = 0;
    for _ in 0..3 {
        let writing: Vec<_> = (0..8u64)
            .map(|task| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let mut acknowledged = Vec::new();
                    for own in 0.. {
                        let serial = serial + task * 10_000 + own;
                        let claim = f::claim(&format!("c{serial}"), "o");
                        match store.commit(ChangeSet { claims: vec![claim], ..f::rx_only(f::open(serial)) }).await {
                            Ok(()) => acknowledged.push(serial),
                            Err(error) => {
                                assert!(is_unavailable(&error), "{error:?}");
                                return (acknowledged, serial);
                            }
                        }
                    }
                    unreachable!()
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(300)).await;
        ground.kill();
        for task in writing {
            let (acknowledged, unknown) = task.await.unwrap();
            assert!(!acknowledged.is_empty());
            while store.rx(&f::number(unknown)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            for serial in acknowledged {
                assert_eq!(store.rx(&f::number(serial)).await.unwrap(), Some(f::open(serial).rx));
            }
            let whole = store.rx(&f::number(unknown)).await.unwrap().is_some();
            let claim = store.claim(ClaimKind::DrugTracCodg, &format!("c{unknown}")).await.unwrap().is_some();
            let events = store.rx_events(&f::number(unknown)).await.unwrap().len();
            assert_eq!((claim, events), (whole, usize::from(whole)), "no half state");
        }
        serial += 100_000;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_of_one_task_share_a_connection() {
    let ground = PostgresGround::new();
    let store = ground.store();
    store.commit(f::rx_only(f::open(1))).await.unwrap();
    let asking = async move {
        let number = f::number(1);
        for _ in 0..20 {
            let (rx, content) = (store.rx(&number), store.rx_content(&number));
            let all = tokio::try_join!(rx, content, store.rx_events(&number), store.rx_file(&number));
            assert!(all.unwrap().0.is_some());
        }
        store
    };
    let store = tokio::spawn(asking).await.unwrap();
    // The one that wrote was idle, so it reads, alone, although the store may have four that read.
    let connections = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'liufang'
        AND datname = current_database()";
    let client = ground.raw().await;
    let count = async || client.query_one(connections, &[]).await.unwrap().get::<_, i64>(0);
    let mut seen = count().await;
    for _ in 0..200 {
        // The connection on which the schema was looked at is about to go.
        if seen == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        seen = count().await;
    }
    assert_eq!(seen, 1);
    drop(store);
}
