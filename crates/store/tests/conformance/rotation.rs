//! A ring that turns while others work: nothing is lost, nobody is mistaken for nobody, and the old key can go.

use std::sync::{Arc, Mutex};

use lf_gm::RingFile;
use lf_ports::{ChangeSet, CommitError, Person, PersonKey, RegistryPut, RxFile, StoreError};
use lf_store::{OpenError, Sealer, Swept};

use super::tampered::fill;
use super::{Full, Ground, fixture as f};

fn quiet(_: &str, _: &Swept) {}

/// A ring that is read again from here, as from a file.
fn shelf(ring: RingFile) -> (Arc<Mutex<RingFile>>, Arc<Sealer>) {
    let shelf = Arc::new(Mutex::new(ring));
    let source = shelf.clone();
    let sealer = Sealer::from_source(Box::new(move || Ok(source.lock().unwrap().clone()))).unwrap();
    (shelf, Arc::new(sealer))
}

fn fixed(ring: &RingFile) -> Arc<Sealer> {
    Arc::new(Sealer::new(ring))
}

fn ring_error(opened: Result<Arc<dyn Full>, OpenError>) -> String {
    match opened.err() {
        Some(OpenError::Ring(why)) => why,
        other => panic!("{other:?}"),
    }
}

pub async fn a_database_opens_with_its_own_ring_only(ground: &dyn Ground) {
    drop(ground.open());
    drop(ground.open());
    let mut other = RingFile::new("now", [9; 32]).unwrap();
    assert!(ring_error(ground.open_with_ring(fixed(&other))).contains("第1版密钥不是"));
    other.push("now", [1; 32]).unwrap();
    other.retire_old();
    assert!(ring_error(ground.open_with_ring(fixed(&other))).contains("没有这一版"), "version 2 for a database of 1");
    // A version more is not used before it is announced.
    let ahead = ground.open_with_ring(fixed(&f::ring(2))).unwrap();
    assert_eq!(ahead.newest().await, Ok((2, false)));
    fill(&*ahead).await;
    assert!(ground.open().app(&f::app().app_id).await.unwrap().is_some(), "still sealed by version 1");
    ground.alter("UPDATE sealed_by SET probe = x'01'");
    assert!(matches!(ahead.take_up().await, Err(OpenError::Ring(why)) if why.contains("第1版密钥不是")));
}

pub async fn every_cell_is_sealed_again_and_the_old_key_may_go(ground: &dyn Ground) {
    let store = ground.open();
    fill(&*store).await;
    assert_eq!(store.has_older().await, Ok(false));
    assert!(store.sweep(&quiet).await.unwrap().is_clean());
    drop(store);
    let (shelf, sealer) = shelf(f::ring(2));
    let store = ground.open_with_ring(sealer).unwrap();
    assert_eq!(store.announce().await, Ok(2));
    assert_eq!(store.has_older().await, Ok(true));
    let told = Mutex::new(Vec::new());
    let swept = store.sweep(&|table, _| told.lock().unwrap().push(table.to_owned())).await.unwrap();
    // One row of each of the seventeen tables, and certificate, token and card of one person.
    assert_eq!((swept.cells, swept.keys, swept.contradictions_sum), (17, 3, 0), "{swept:?}");
    assert_eq!(told.lock().unwrap().len(), 19);
    assert_eq!(store.has_older().await, Ok(false));
    assert!(store.sweep(&quiet).await.unwrap().is_clean());
    store.forget(&[1]).await.unwrap();
    let mut alone = f::ring(2);
    alone.retire_old();
    *shelf.lock().unwrap() = alone.clone();
    assert_eq!(store.take_up().await, Ok(2));
    assert!(ring_error(ground.open_with_ring(f::sealer())).contains("第2版"), "the old ring opens nothing");
    let after = ground.open_with_ring(fixed(&alone)).unwrap();
    assert_eq!(after.app(&f::app().app_id).await.unwrap(), Some(f::app()));
    assert_eq!(after.fixmedins(&f::hospital()).await.unwrap(), Some(f::fixmedins()));
    let doctor = f::practitioner();
    assert_eq!(after.practitioner(&f::hospital(), &doctor.prac_code).await.unwrap(), Some(doctor));
    assert_eq!(after.person(&PersonKey::EcToken("token-1".to_owned())).await.unwrap(), Some(f::person()));
    assert_eq!(after.person(&PersonKey::Card(f::card(1).sscno)).await.unwrap(), Some(f::person()));
    assert_eq!(after.rx(&f::number(1)).await.unwrap(), Some(f::open(1).rx));
    assert_eq!(after.rx_content(&f::number(1)).await.unwrap(), Some(f::content()));
    assert_eq!(after.rx_file(&f::number(1)).await.unwrap(), Some(f::file()));
    assert_eq!(after.rx_events(&f::number(1)).await.unwrap(), f::open(1).events);
    assert_eq!(after.batch(f::pool(), "B1").await.unwrap(), Some(f::batch(None, true).batch));
    assert_eq!(after.idem(&f::idem("m1", 1).key).await.unwrap(), Some(f::idem("m1", 1)));
}

pub async fn a_person_is_found_whichever_version_hashed_the_key(ground: &dyn Ground) {
    let put =
        |person: &Person| ChangeSet { registry: vec![RegistryPut::Person(person.clone())], ..ChangeSet::default() };
    let token = |text: &str| PersonKey::EcToken(text.to_owned());
    let (file, late) = shelf(f::ring(1));
    let late = ground.open_with_ring(late).unwrap();
    let fixed_late = ground.open();
    late.commit(put(&f::person())).await.unwrap();
    let (_, sealer) = shelf(f::ring(2));
    let turned = ground.open_with_ring(sealer).unwrap();
    turned.announce().await.unwrap();
    assert_eq!(turned.person(&token("token-1")).await.unwrap(), Some(f::person()), "an older hash");
    let other = Person { psn_no: "36090000000002".parse().unwrap(), certno: "X2".parse().unwrap(), ..f::person() };
    turned.commit(put(&other)).await.unwrap();
    assert_eq!(turned.person(&token("token-1")).await.unwrap(), Some(other.clone()), "the token was given to another");
    assert_eq!(turned.sweep(&quiet).await.unwrap().keys, 1, "the certificate of the first; his token is gone");
    // A process with the old ring: its own file decides whether it knows or says that it does not.
    let missing = fixed_late.person(&token("token-1")).await.unwrap_err();
    assert!(matches!(&missing, StoreError::Inconsistent(why) if why.table == "sealed_by"), "{missing:?}");
    *file.lock().unwrap() = f::ring(2);
    assert_eq!(late.person(&token("token-1")).await.unwrap(), Some(other), "read again at once");
    assert_eq!(late.person(&token("nobody")).await, Ok(None));
    assert_eq!(late.take_up().await, Ok(2));
}

pub async fn the_same_content_is_the_same_under_another_version(ground: &dyn Ground) {
    let (_, sealer) = shelf(f::ring(2));
    let first = ground.open();
    let mut change = f::open(1);
    change.file = Some(f::file());
    first.commit(f::rx_only(change.clone())).await.unwrap();
    let store = ground.open_with_ring(sealer).unwrap();
    store.announce().await.unwrap();
    let mut same = f::follow(&change.rx, &f::next_event(&change.rx).unwrap());
    (same.file, same.content) = (Some(f::file()), Some(f::content()));
    store.commit(f::rx_only(same.clone())).await.unwrap();
    let mut other = f::follow(&same.rx, &f::next_event(&same.rx).unwrap());
    other.file = Some(RxFile { base64: "another".to_owned() });
    assert_eq!(store.commit(f::rx_only(other)).await, Err(CommitError::Stale("rx_file")));
    ground.alter("UPDATE rx_file SET base64 = substr(base64, 1, 22)");
    let mut again = f::follow(&same.rx, &f::next_event(&same.rx).unwrap());
    again.file = Some(f::file());
    let broken = store.commit(f::rx_only(again)).await.unwrap_err();
    assert!(
        matches!(&broken, CommitError::Store(StoreError::Inconsistent(why)) if why.table == "rx_file"),
        "{broken:?}"
    );
}

pub async fn a_sweep_beside_writers_loses_nothing(ground: &dyn Ground) {
    const LIVES: u64 = 60;
    let first = ground.open();
    for serial in 1..=LIVES {
        first.commit(f::rx_only(f::open(serial))).await.unwrap();
    }
    let (file, sealer) = shelf(f::ring(1));
    let serving = ground.open_with_ring(sealer).unwrap();
    let (announced, heard) = tokio::sync::oneshot::channel();
    let writer = tokio::spawn({
        let (serving, mut heard) = (serving.clone(), Some(heard));
        async move {
            // Sealed by the first version until half of it is done, then taken up.
            for serial in 1..=LIVES {
                if serial == LIVES / 2 {
                    heard.take().unwrap().await.unwrap();
                    assert_eq!(serving.take_up().await, Ok(2));
                }
                let rx = serving.rx(&f::number(serial)).await.unwrap().unwrap();
                let mut change = f::follow(&rx, &f::next_event(&rx).unwrap());
                change.file = Some(f::file());
                serving.commit(f::rx_only(change)).await.unwrap();
            }
        }
    });
    *file.lock().unwrap() = f::ring(2);
    let (_, sealer) = shelf(f::ring(2));
    let keeper = ground.open_with_ring(sealer).unwrap();
    keeper.announce().await.unwrap();
    announced.send(()).unwrap();
    while !writer.is_finished() {
        assert_eq!(keeper.sweep(&quiet).await.unwrap().contradictions_sum, 0);
    }
    writer.await.unwrap();
    keeper.sweep(&quiet).await.unwrap();
    assert!(keeper.sweep(&quiet).await.unwrap().is_clean());
    let mut alone = f::ring(2);
    alone.retire_old();
    keeper.forget(&[1]).await.unwrap();
    let after = ground.open_with_ring(fixed(&alone)).unwrap();
    for serial in 1..=LIVES {
        assert_eq!(after.rx(&f::number(serial)).await.unwrap().unwrap().seq, 2);
        assert_eq!(after.rx_events(&f::number(serial)).await.unwrap().len(), 2);
        assert_eq!(after.rx_file(&f::number(serial)).await.unwrap(), Some(f::file()));
    }
}

pub async fn what_does_not_open_is_told_and_left(ground: &dyn Ground) {
    fill(&*ground.open()).await;
    let (_, sealer) = shelf(f::ring(2));
    let store = ground.open_with_ring(sealer).unwrap();
    ground.alter("UPDATE rx_content SET body = substr(body, 1, length(body) - 1)");
    ground.alter("UPDATE person_key SET psn_no = 'nobody' WHERE kind = 'ec_token'");
    store.announce().await.unwrap();
    for cells in [16, 0] {
        let swept = store.sweep(&quiet).await.unwrap();
        assert_eq!((swept.cells, swept.contradictions_sum, swept.is_clean()), (cells, 2, false), "{swept:?}");
        let told: Vec<_> = swept.contradictions.iter().map(|why| (why.table, why.column)).collect();
        assert_eq!(told, [("person_key", "key_text"), ("rx_content", "body")]);
        assert!(!format!("{swept:?}").contains("token-1"));
    }
    assert_eq!(store.has_older().await, Ok(true));
}
