//! Many at once: one wins, the others get the same clear answer, and nothing is lost.

use std::collections::BTreeSet;
use std::sync::Arc;

use lf_ports::{AcctChange, ChangeSet, CommitError, StoreError};
use lf_vocab::Fen;

use super::{Full, Ground, fixture as f};

const RACERS: u64 = 64;

/// Commits all at once and answers what each was told.
async fn race(stores: &[Arc<dyn Full>], changes: Vec<ChangeSet>) -> Vec<Result<(), CommitError>> {
    let tasks: Vec<_> = (changes.into_iter().enumerate())
        .map(|(at, changes)| {
            let store = Arc::clone(&stores[at % stores.len()]);
            tokio::spawn(async move { store.commit(changes).await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

fn winner(answers: &[Result<(), CommitError>]) -> usize {
    let winners: Vec<usize> = (0..answers.len()).filter(|at| answers[*at].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    winners[0]
}

pub async fn one_of_64_claims_wins_and_the_others_hear_of_it(ground: &dyn Ground) {
    let stores = [ground.open(), ground.open()];
    let claim = |racer: u64| f::claim("c1", &racer.to_string());
    let changes =
        (0..RACERS).map(|racer| ChangeSet { claims: vec![claim(racer)], ..f::rx_only(f::open(racer)) }).collect();
    let answers = race(&stores, changes).await;
    let won = winner(&answers);
    let told = CommitError::Claimed(claim(won as u64));
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|error| *error == told));
    for racer in 0..RACERS {
        let there = stores[0].rx(&f::number(racer)).await.unwrap().is_some();
        assert_eq!(there, racer == won as u64, "the losers wrote nothing");
    }
}

pub async fn one_of_64_equal_messages_wins(ground: &dyn Ground) {
    let stores = [ground.open(), ground.open()];
    let changes = (0..RACERS as u8).map(|racer| ChangeSet {
        idem: Some(f::idem("m1", racer)),
        claims: vec![f::claim("c1", &racer.to_string())],
        ..f::rx_only(f::open(1))
    });
    let answers = race(&stores, changes.collect()).await;
    let told = CommitError::Repeated(Box::new(f::idem("m1", winner(&answers) as u8)));
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|error| *error == told));
}

pub async fn one_of_64_moves_wins(ground: &dyn Ground) {
    let stores = [ground.open(), ground.open()];
    stores[0].commit(f::rx_only(f::open(1))).await.unwrap();
    let moved = f::follow(&f::open(1).rx, &f::revoked());
    let answers = race(&stores, (0..RACERS).map(|_| f::rx_only(moved.clone())).collect()).await;
    winner(&answers);
    assert!(answers.iter().filter_map(|a| a.as_ref().err()).all(|error| *error == CommitError::Stale("rx")));
    assert_eq!(stores[1].rx_events(&f::number(1)).await.unwrap().len(), 2);
}

pub async fn serials_are_unique_across_two_stores(ground: &dyn Ground) {
    let stores = [ground.open(), ground.open()];
    let tasks: Vec<_> = (0..RACERS as usize)
        .map(|at| {
            let store = Arc::clone(&stores[at % 2]);
            let count = 1 + at as u64 % 5;
            tokio::spawn(async move {
                let first = store.reserve_serials(f::pool(), f::day(), count).await.unwrap();
                first..first + count
            })
        })
        .collect();
    let mut given = BTreeSet::new();
    let mut sum = 0;
    for task in tasks {
        for serial in task.await.unwrap() {
            sum += 1;
            assert!(given.insert(serial), "{serial} was given twice");
        }
    }
    assert_eq!(given, (1..=sum).collect(), "counts from 1 without a gap while nobody stops");
}

pub async fn a_thousand_commits_at_once(ground: &dyn Ground) {
    let store = ground.open();
    // Every third meets a conflict, which must not touch its neighbours in the same batch.
    store.commit(ChangeSet { claims: vec![f::claim("held", "x")], ..ChangeSet::default() }).await.unwrap();
    let changes = (1..=1_000u64).map(|serial| {
        let key = if serial % 3 == 0 { "held".to_owned() } else { format!("c{serial}") };
        ChangeSet { claims: vec![f::claim(&key, "o")], ..f::rx_only(f::open(serial)) }
    });
    let answers = race(&[Arc::clone(&store)], changes.collect()).await;
    for (serial, answer) in (1..=1_000u64).zip(answers) {
        let wanted = if serial % 3 == 0 { Err(CommitError::Claimed(f::claim("held", "x"))) } else { Ok(()) };
        assert_eq!(answer, wanted);
        assert_eq!(store.rx(&f::number(serial)).await.unwrap().is_some(), wanted.is_ok());
        assert_eq!(store.rx_events(&f::number(serial)).await.unwrap().len(), usize::from(wanted.is_ok()));
    }
}

pub async fn two_stores_write_to_one_database(ground: &dyn Ground) {
    let stores = [ground.open(), ground.open()];
    let acct = |expect_version, balc| AcctChange {
        poolarea_no: f::pool(),
        psn_no: f::psn_no(),
        expect_version,
        balc: Fen::new(balc),
    };
    let put = |acct| ChangeSet { acct: vec![acct], ..ChangeSet::default() };
    stores[0].commit(put(acct(0, 0))).await.unwrap();
    // 40 tasks add one fen each, each retrying until nobody was faster.
    let tasks: Vec<_> = (0..40usize)
        .map(|at| {
            let store = Arc::clone(&stores[at % 2]);
            tokio::spawn(async move {
                loop {
                    let now = store.acct(f::pool(), &f::psn_no()).await.unwrap();
                    match store.commit(put(acct(now.version, now.balc.get() + 1))).await {
                        Ok(()) => return,
                        Err(error) => assert_eq!(error, CommitError::Stale("acct")),
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let now = stores[1].acct(f::pool(), &f::psn_no()).await.unwrap();
    assert_eq!((now.version, now.balc), (41, Fen::new(40)));
}

pub async fn a_full_queue_says_so(ground: &dyn Ground) {
    let store = ground.open_with_queue(3);
    let held = ground.hold_writers();
    let tasks: Vec<_> = (1..=20u64)
        .map(|serial| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { (serial, store.commit(f::rx_only(f::open(serial))).await) })
        })
        .collect();
    // The refusals come at once, while the accepted ones still wait for the writer.
    while tasks.iter().filter(|task| task.is_finished()).count() < 10 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    drop(held);
    let (mut written, mut refused) = (0, 0);
    for task in tasks {
        let (serial, answer) = task.await.unwrap();
        let there = store.rx(&f::number(serial)).await.unwrap().is_some();
        match answer {
            Ok(()) => written += 1,
            Err(CommitError::Store(StoreError::Unavailable(_))) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
        assert_eq!(there, answer.is_ok());
    }
    assert!(written >= 3 && refused >= 10, "{written} written, {refused} refused");
}
