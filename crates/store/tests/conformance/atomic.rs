//! A commit happens whole or not at all, and says which part stood against it.

use lf_ports::{AcctChange, ChangeSet, ClaimKind, CommitError, StoreError};
use lf_vocab::Fen;

use super::{Full, Ground, fixture as f};

fn acct(expect_version: i64, balc: i64) -> AcctChange {
    AcctChange { poolarea_no: f::pool(), psn_no: f::psn_no(), expect_version, balc: Fen::new(balc) }
}

/// A change set with every part in it, all new.
fn everything() -> ChangeSet {
    ChangeSet {
        idem: Some(f::idem("m1", 1)),
        claims: vec![f::claim("c1", "o1")],
        rx: vec![f::open(1), f::open(2)],
        batch: Some(f::batch(None, true)),
        setl: Some(f::setl("S1", None)),
        accum: vec![f::accum(0, 70)],
        acct: vec![acct(0, 500)],
        ..ChangeSet::default()
    }
}

async fn is_empty(store: &dyn Full) -> bool {
    store.idem(&f::idem("m1", 1).key).await.unwrap().is_none()
        && store.claim(ClaimKind::DrugTracCodg, "c1").await.unwrap().is_none()
        && store.rx(&f::number(1)).await.unwrap().is_none()
        && store.rx_content(&f::number(1)).await.unwrap().is_none()
        && store.rx_events(&f::number(1)).await.unwrap().is_empty()
        && store.batch(f::pool(), "B1").await.unwrap().is_none()
        && store.setl(&f::pharmacy(), "S1").await.unwrap().is_none()
        && store.accum(&f::accum_key()).await.unwrap().is_none()
        && store.acct(f::pool(), &f::psn_no()).await.unwrap().version == 0
}

pub async fn a_conflict_in_any_part_leaves_nothing(ground: &dyn Ground) {
    let store = ground.open();
    let held = ChangeSet { claims: vec![f::claim("held", "other")], ..ChangeSet::default() };
    store.commit(ChangeSet { idem: Some(f::idem("answered", 9)), ..held }).await.unwrap();
    let spoiled = |spoil: fn(&mut ChangeSet)| {
        let mut changes = everything();
        spoil(&mut changes);
        changes
    };
    let cases: [(ChangeSet, CommitError); 8] = [
        (spoiled(|c| c.idem = Some(f::idem("answered", 1))), CommitError::Repeated(Box::new(f::idem("answered", 9)))),
        (spoiled(|c| c.claims.push(f::claim("held", "o1"))), CommitError::Claimed(f::claim("held", "other"))),
        (spoiled(|c| c.rx[1] = f::follow(&f::open(2).rx, &f::revoked())), CommitError::Stale("rx")),
        (spoiled(|c| c.batch = Some(f::batch(None, false))), CommitError::Stale("auth_batch")),
        (spoiled(|c| c.setl = Some(f::setl("S2", Some("S1")))), CommitError::Stale("setl")),
        (spoiled(|c| c.accum.push(f::accum(0, 1))), CommitError::Stale("accum")),
        (spoiled(|c| c.acct[0].expect_version = 1), CommitError::Stale("acct")),
        (spoiled(|c| c.acct.push(acct(0, 1))), CommitError::Stale("acct")),
    ];
    for (changes, wanted) in cases {
        assert_eq!(store.commit(changes).await, Err(wanted.clone()));
        assert!(is_empty(&*store).await, "{wanted:?} left something");
    }
    let mut below_zero = everything();
    below_zero.acct = vec![acct(0, -1)];
    assert!(matches!(store.commit(below_zero).await, Err(CommitError::Store(StoreError::Broken(_)))));
    assert!(is_empty(&*store).await, "a negative balance left something");
    store.commit(everything()).await.unwrap();
    assert!(!is_empty(&*store).await);
}

pub async fn stale_names_what_moved(ground: &dyn Ground) {
    let store = ground.open();
    store.commit(everything()).await.unwrap();
    let signed = f::follow(&f::open(1).rx, &f::next_event(&f::open(1).rx).unwrap());
    store.commit(f::rx_only(signed.clone())).await.unwrap();
    let only = ChangeSet::default;
    let cases = [
        (f::rx_only(signed.clone()), "rx"),
        (f::rx_only(f::follow(&f::open(1).rx, &f::revoked())), "rx"),
        (f::rx_only(f::open(1)), "rx"),
        (ChangeSet { batch: Some(f::batch(None, true)), ..only() }, "auth_batch"),
        (ChangeSet { setl: Some(f::setl("S1", None)), ..only() }, "setl"),
        (ChangeSet { setl: Some(f::setl("S2", Some("unknown"))), ..only() }, "setl"),
        (ChangeSet { accum: vec![f::accum(0, 1)], ..only() }, "accum"),
        (ChangeSet { accum: vec![f::accum(2, 1)], ..only() }, "accum"),
        (ChangeSet { acct: vec![acct(0, 1)], ..only() }, "acct"),
        (ChangeSet { acct: vec![acct(2, 1)], ..only() }, "acct"),
    ];
    for (changes, what) in cases {
        assert_eq!(store.commit(changes).await, Err(CommitError::Stale(what)));
    }
    let take = |serial| ChangeSet { batch: Some(f::batch(Some(f::number(serial)), false)), ..only() };
    store.commit(take(1)).await.unwrap();
    for serial in [1, 2] {
        assert_eq!(store.commit(take(serial)).await, Err(CommitError::Stale("auth_batch")), "taken already");
    }
    let untake = ChangeSet { batch: Some(f::batch(None, false)), ..only() };
    assert_eq!(store.commit(untake).await, Err(CommitError::Stale("auth_batch")), "never untaken");
    assert_eq!(store.rx(&f::number(1)).await.unwrap(), Some(signed.rx), "and nothing moved");
}

pub async fn the_same_owner_may_claim_again(ground: &dyn Ground) {
    let store = ground.open();
    let claim = |owner: &str| ChangeSet { claims: vec![f::claim("c1", owner)], ..ChangeSet::default() };
    store.commit(claim("o1")).await.unwrap();
    store.commit(claim("o1")).await.unwrap();
    assert_eq!(store.commit(claim("o2")).await, Err(CommitError::Claimed(f::claim("c1", "o1"))));
    let two = ChangeSet { claims: vec![f::claim("c2", "o2"), f::claim("c1", "o2")], ..ChangeSet::default() };
    assert_eq!(store.commit(two).await, Err(CommitError::Claimed(f::claim("c1", "o1"))));
    assert_eq!(store.claim(ClaimKind::DrugTracCodg, "c2").await.unwrap(), None);
}

pub async fn releases_come_before_claims_and_only_by_the_owner(ground: &dyn Ground) {
    let store = ground.open();
    let changes = |releases: &[(&str, &str)], claims: &[(&str, &str)]| {
        let list = |rows: &[(&str, &str)]| rows.iter().map(|(key, owner)| f::claim(key, owner)).collect();
        ChangeSet { releases: list(releases), claims: list(claims), ..ChangeSet::default() }
    };
    let holder = async || store.claim(ClaimKind::DrugTracCodg, "c1").await.unwrap().map(|claim| claim.owner);
    store.commit(changes(&[], &[("c1", "o1")])).await.unwrap();
    store.commit(changes(&[("c1", "o2")], &[])).await.unwrap();
    assert_eq!(holder().await.as_deref(), Some("o1"), "not the owner's to give back");
    store.commit(changes(&[("c1", "o1")], &[("c1", "o2")])).await.unwrap();
    assert_eq!(holder().await.as_deref(), Some("o2"), "handed over");
    store.commit(changes(&[("c1", "o2")], &[])).await.unwrap();
    assert_eq!(holder().await, None);
}

pub async fn idem_comes_before_claims_and_versions(ground: &dyn Ground) {
    let store = ground.open();
    store.commit(everything()).await.unwrap();
    let mut again = everything();
    again.claims = vec![f::claim("c1", "another")];
    assert_eq!(store.commit(again).await, Err(CommitError::Repeated(Box::new(f::idem("m1", 1)))));
    let claims_first = ChangeSet { claims: vec![f::claim("c1", "another")], ..f::rx_only(f::open(1)) };
    assert_eq!(store.commit(claims_first).await, Err(CommitError::Claimed(f::claim("c1", "o1"))));
}

pub async fn content_and_file_are_written_once(ground: &dyn Ground) {
    let store = ground.open();
    let mut first = f::open(1);
    first.file = Some(f::file());
    store.commit(f::rx_only(first.clone())).await.unwrap();
    let mut same = f::follow(&first.rx, &f::next_event(&first.rx).unwrap());
    same.file = Some(f::file());
    same.content = Some(f::content());
    store.commit(f::rx_only(same.clone())).await.unwrap();
    let mut other = f::follow(&same.rx, &f::next_event(&same.rx).unwrap());
    other.file = Some(lf_ports::RxFile { base64: "another".to_owned() });
    assert_eq!(store.commit(f::rx_only(other.clone())).await, Err(CommitError::Stale("rx_file")));
    other.file = None;
    let mut content = f::content();
    content.head.vali_days = 4;
    other.content = Some(content);
    assert_eq!(store.commit(f::rx_only(other)).await, Err(CommitError::Stale("rx_content")));
    assert_eq!(store.rx_file(&f::number(1)).await.unwrap(), Some(f::file()));
    assert_eq!(store.rx(&f::number(1)).await.unwrap(), Some(same.rx));
}

pub async fn a_settlement_is_reversed_once(ground: &dyn Ground) {
    let store = ground.open();
    let settle = |id: &str, refd| store.commit(ChangeSet { setl: Some(f::setl(id, refd)), ..ChangeSet::default() });
    settle("S1", None).await.unwrap();
    settle("S2", None).await.unwrap();
    settle("R1", Some("S1")).await.unwrap();
    assert_eq!(settle("R2", Some("S1")).await, Err(CommitError::Stale("setl")));
    assert_eq!(store.setl(&f::pharmacy(), "R2").await.unwrap(), None);
    let reversed_by = async |id| store.setl(&f::pharmacy(), id).await.unwrap().unwrap().1;
    assert_eq!(reversed_by("S1").await.as_deref(), Some("R1"));
    assert_eq!(reversed_by("S2").await, None);
    assert_eq!(reversed_by("R1").await, None);
    let mut foreign = f::setl("R3", Some("S2"));
    foreign.setl.fixmedins_code = "P36090200102".parse().unwrap();
    let foreign = ChangeSet { setl: Some(foreign), ..ChangeSet::default() };
    assert_eq!(store.commit(foreign).await, Err(CommitError::Stale("setl")), "another pharmacy's settlement");
}

pub async fn a_contradicting_change_set_is_refused(ground: &dyn Ground) {
    let store = ground.open();
    let broken = async |changes: ChangeSet| {
        let error = store.commit(changes).await.unwrap_err();
        assert!(matches!(error, CommitError::Store(StoreError::Broken(_))), "{error:?}");
    };
    let mut no_event = f::open(1);
    no_event.events.clear();
    broken(f::rx_only(no_event)).await;
    let mut gap = f::open(1);
    gap.events[0].seq = 2;
    broken(f::rx_only(gap)).await;
    let mut other_head = f::open(1);
    other_head.rx.head = lf_rx::ChainHash::GENESIS;
    broken(f::rx_only(other_head)).await;
    let mut accum = f::accum(1, 5);
    accum.expect_version = 0;
    broken(ChangeSet { accum: vec![accum], ..ChangeSet::default() }).await;
    let mut year = f::accum(0, 5);
    year.key.year = 2027;
    broken(ChangeSet { accum: vec![year], ..ChangeSet::default() }).await;
    assert!(store.rx(&f::number(1)).await.unwrap().is_none());
    for count in [0, 1_000_001] {
        let refused = store.reserve_serials(f::pool(), f::day(), count).await;
        assert!(matches!(refused, Err(StoreError::Broken(_))), "{count}");
    }
    assert_eq!(store.reserve_serials(f::pool(), f::day(), 1_000_000).await, Ok(1));
}

pub async fn what_was_acknowledged_is_there_after_reopening(ground: &dyn Ground) {
    let store = ground.open();
    store.commit(everything()).await.unwrap();
    assert_eq!(store.reserve_serials(f::pool(), f::day(), 10).await, Ok(1));
    drop(store);
    let store = ground.open();
    assert_eq!(store.rx(&f::number(2)).await.unwrap(), Some(f::open(2).rx));
    assert_eq!(store.setl(&f::pharmacy(), "S1").await.unwrap(), Some((f::setl("S1", None).setl, None)));
    assert_eq!(store.reserve_serials(f::pool(), f::day(), 1).await, Ok(11), "serials of a stopped process are lost");
    let tomorrow = f::day().plus(1);
    assert_eq!(store.reserve_serials(f::pool(), tomorrow, 1).await, Ok(1), "each day counts from 1");
}
