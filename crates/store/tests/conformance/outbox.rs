//! The outbox: written with its event, claimed by one, in order, gone only when it arrived or was given up.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lf_ports::{ChangeSet, Claimed, CommitError, Letter, Next, Notice, RxChange, StoreError, TakenDrug};

use super::{Full, Ground, fixture as f};

fn letter(change: &RxChange) -> Letter {
    let content = f::content();
    let taken = TakenDrug::of(&[], &content);
    Letter {
        hi_rxno: change.rx.hi_rxno.clone(),
        seq: change.rx.seq,
        fixmedins_code: f::hospital(),
        written: f::at(change.rx.seq as i64),
        notice: Notice::settlement(&change.rx, f::at(1), taken, f::at(1)),
    }
}

fn told(change: RxChange) -> ChangeSet {
    ChangeSet { outbox: vec![letter(&change)], ..f::rx_only(change) }
}

/// A prescription with `letters` letters, one an event.
async fn write(store: &dyn Full, serial: u64, letters: usize) {
    let mut change = f::open(serial);
    for at in 0..letters {
        if at > 0 {
            change = f::follow(&change.rx, &f::next_event(&change.rx).unwrap());
        }
        store.commit(told(change.clone())).await.unwrap();
    }
}

async fn claim(store: &dyn Full, second: i64) -> Vec<Claimed> {
    store.claim_due(f::at(second), f::at(second + 60), 100).await.unwrap()
}

async fn claim_one(store: &dyn Full, second: i64) -> Claimed {
    let mut claimed = claim(store, second).await;
    assert_eq!(claimed.len(), 1, "at {second}");
    claimed.remove(0)
}

pub async fn a_letter_is_written_with_its_event_or_not_at_all(ground: &dyn Ground) {
    let store = ground.open();
    let stale = ChangeSet { accum: vec![f::accum(1, 5)], ..told(f::open(1)) };
    assert_eq!(store.commit(stale).await, Err(CommitError::Stale("accum")));
    assert_eq!((claim(&*store, 100).await, store.next_due().await), (Vec::new(), Ok(None)));
    let mut other = told(f::open(1));
    other.outbox[0].seq = 2;
    let alone = ChangeSet { outbox: vec![letter(&f::open(1))], ..ChangeSet::default() };
    for contradiction in [other, alone] {
        let error = store.commit(contradiction).await.unwrap_err();
        assert!(matches!(error, CommitError::Store(StoreError::Broken(_))), "{error:?}");
    }
    store.commit(told(f::open(1))).await.unwrap();
    assert_eq!(store.next_due().await, Ok(Some(f::at(1))));
    assert_eq!(claim(&*store, 0).await, Vec::new(), "not before it was written");
    let claimed = claim_one(&*store, 1).await;
    assert_eq!(claimed.letter, letter(&f::open(1)));
    assert_eq!((claimed.tried, claimed.since), (0, f::at(1)));
}

pub async fn two_processes_never_claim_the_same(ground: &dyn Ground) {
    let (one, two) = (ground.open(), ground.open());
    for serial in 1..=20 {
        write(&*one, serial, 2).await;
    }
    let half = |store: Arc<dyn Full>| async move {
        let mut mine = Vec::new();
        for _ in 0..20 {
            mine.extend(store.claim_due(f::at(100), f::at(160), 3).await.unwrap());
        }
        mine
    };
    let (a, b) = tokio::join!(tokio::spawn(half(one.clone())), tokio::spawn(half(two.clone())));
    let claimed = [a.unwrap(), b.unwrap()].concat();
    let numbers: BTreeSet<_> = claimed.iter().map(|one| one.letter.hi_rxno.to_string()).collect();
    assert_eq!((claimed.len(), numbers.len()), (20, 20));
    assert!(claimed.iter().all(|one| one.letter.seq == 1), "only the oldest of each");
    assert_eq!(claim(&*two, 159).await, Vec::new(), "held until the claim lapses");
    assert_eq!(claim(&*two, 160).await.len(), 20);
}

pub async fn letters_of_a_prescription_go_in_order(ground: &dyn Ground) {
    let store = ground.open();
    write(&*store, 1, 3).await;
    write(&*store, 2, 1).await;
    for seq in 1..=3 {
        let claimed = claim(&*store, 100).await;
        let mine = claimed.iter().find(|one| one.letter.hi_rxno == f::number(1)).unwrap();
        assert_eq!(mine.letter.seq, seq);
        assert_eq!(claim(&*store, 100).await, Vec::new(), "those behind it wait");
        for one in &claimed {
            assert_eq!(store.delivered(one, f::at(100)).await, Ok(true));
            assert_eq!(store.delivered(one, f::at(100)).await, Ok(false), "once");
        }
    }
    assert_eq!((claim(&*store, 1_000).await, store.next_due().await), (Vec::new(), Ok(None)));
    assert_eq!(store.outbox_of(&f::number(1)).await, Ok(None));
}

pub async fn a_lapsed_claim_changes_nothing(ground: &dyn Ground) {
    let store = ground.open();
    write(&*store, 1, 2).await;
    let old = claim_one(&*store, 10).await;
    let new = claim_one(&*store, 70).await;
    assert_eq!(old.letter, new.letter, "sent again by whoever comes first");
    assert_eq!(store.delivered(&old, f::at(71)).await, Ok(false));
    assert_eq!(store.failed(&old, Next::Dead, "late").await, Ok(false));
    assert_eq!(store.delivered(&new, f::at(72)).await, Ok(true));
    let second = claim_one(&*store, 72).await;
    assert_eq!(second.letter.seq, 2);
    assert_eq!(store.delivered(&second, f::at(73)).await, Ok(true));
    // A later queue of the same prescription is not the old one's.
    let mut third = f::open(1);
    for _ in 0..2 {
        third = f::follow(&third.rx, &f::next_event(&third.rx).unwrap());
    }
    store.commit(told(third)).await.unwrap();
    for late in [&old, &new, &second] {
        assert_eq!(store.failed(late, Next::Dead, "late").await, Ok(false));
    }
    assert_eq!(claim_one(&*store, 80).await.letter.seq, 3);
}

pub async fn a_dead_letter_holds_the_queue_until_resent_or_given_up(ground: &dyn Ground) {
    let store = ground.open();
    write(&*store, 1, 3).await;
    let claimed = claim_one(&*store, 10).await;
    assert_eq!(store.failed(&claimed, Next::Due(f::at(15)), "HTTP 500").await, Ok(true));
    assert_eq!(store.next_due().await, Ok(Some(f::at(15))));
    assert_eq!(claim(&*store, 14).await, Vec::new());
    let claimed = claim_one(&*store, 15).await;
    assert_eq!((claimed.tried, claimed.since), (1, f::at(1)));
    assert_eq!(store.resend(&f::number(1), f::at(16)).await, Ok(false), "not dead");
    assert_eq!(store.failed(&claimed, Next::Dead, "HTTP 502").await, Ok(true));
    assert_eq!((claim(&*store, 9_999).await, store.next_due().await), (Vec::new(), Ok(None)));
    let row = store.outbox_of(&f::number(1)).await.unwrap().unwrap();
    assert_eq!((row.letters, row.seq, row.tried, row.due, row.why.as_str()), (3, 1, 2, None, "HTTP 502"));
    assert_eq!((row.kind.as_str(), row.written), ("settlement", f::at(1)));
    assert_eq!(store.resend(&f::number(1), f::at(20)).await, Ok(true));
    let claimed = claim_one(&*store, 20).await;
    assert_eq!((claimed.letter.seq, claimed.tried, claimed.since), (1, 0, f::at(20)));
    let alive = store.outbox_of(&f::number(1)).await.unwrap().unwrap();
    assert_eq!(store.drop_letter(&alive, "alive", f::at(21)).await, Ok(false));
    assert_eq!(store.failed(&claimed, Next::Dead, "no answer").await, Ok(true));
    let mut other = alive.clone();
    other.seq = 2;
    assert_eq!(store.drop_letter(&other, "not the oldest", f::at(22)).await, Ok(false));
    assert_eq!(store.drop_letter(&alive, "told by telephone", f::at(22)).await, Ok(true));
    assert_eq!(store.drop_letter(&alive, "again", f::at(22)).await, Ok(false));
    let dropped = store.dropped_of(&f::number(1)).await.unwrap();
    let kept: Vec<_> = dropped.iter().map(|one| (one.seq, one.dropped, one.reason.as_str())).collect();
    assert_eq!(kept, [(1, f::at(22), "told by telephone")]);
    let claimed = claim_one(&*store, 22).await;
    assert_eq!((claimed.letter.seq, claimed.tried, claimed.since), (2, 0, f::at(22)));
}

/// Whatever the order of a delivery of the last letter and a new letter's commit, the new one is found.
pub async fn a_letter_that_comes_while_the_last_goes_is_not_lost(ground: &dyn Ground) {
    let (one, two) = (ground.open(), ground.open());
    for serial in 1..=40 {
        write(&*one, serial, 1).await;
    }
    let going = claim(&*one, 100).await;
    assert_eq!(going.len(), 40);
    let delivered = going.into_iter().map(|claimed| {
        let store = one.clone();
        tokio::spawn(async move { store.delivered(&claimed, f::at(101)).await })
    });
    let coming = (1..=40).map(|serial| {
        let (store, first) = (two.clone(), f::open(serial));
        let change = f::follow(&first.rx, &f::next_event(&first.rx).unwrap());
        tokio::spawn(async move { store.commit(told(change)).await })
    });
    let (delivered, coming): (Vec<_>, Vec<_>) = delivered.zip(coming).unzip();
    for task in delivered {
        assert_eq!(task.await.unwrap(), Ok(true));
    }
    for task in coming {
        task.await.unwrap().unwrap();
    }
    let left = claim(&*one, 200).await;
    assert_eq!(left.len(), 40);
    assert!(left.iter().all(|claimed| claimed.letter.seq == 2));
}

pub async fn queues_are_listed_in_pages_and_rest_by_institution(ground: &dyn Ground) {
    let store = ground.open();
    for serial in 1..=7 {
        write(&*store, serial, 1).await;
    }
    let elsewhere = ChangeSet {
        outbox: vec![Letter { fixmedins_code: "H36090200002".parse().unwrap(), ..letter(&f::open(8)) }],
        ..f::rx_only(f::open(8))
    };
    store.commit(elsewhere).await.unwrap();
    for claimed in claim(&*store, 10).await {
        let dies = claimed.letter.hi_rxno > f::number(5);
        let next = if dies { Next::Dead } else { Next::Due(f::at(20)) };
        assert_eq!(store.failed(&claimed, next, "HTTP 404").await, Ok(true));
    }
    let all = async |dead, code: Option<&lf_vocab::FixmedinsCode>, most| {
        let mut rows: Vec<lf_ports::OutboxRow> = Vec::new();
        loop {
            let after = rows.last().map(|row| (&row.fixmedins_code, &row.hi_rxno));
            let page = store.outbox_page(dead, code, after, most).await.unwrap();
            let end = page.len() < most;
            rows.extend(page);
            if end {
                break rows.into_iter().map(|row| row.hi_rxno).collect::<Vec<_>>();
            }
        }
    };
    let numbers = |range: std::ops::RangeInclusive<u64>| range.map(f::number).collect::<Vec<_>>();
    let other = "H36090200002".parse().unwrap();
    for most in [1, 2, 3, 100] {
        assert_eq!(all(true, None, most).await, numbers(6..=8), "{most}");
        assert_eq!(all(false, None, most).await, numbers(1..=5), "{most}");
        assert_eq!(all(true, Some(&f::hospital()), most).await, numbers(6..=7), "{most}");
        assert_eq!(all(true, Some(&other), most).await, numbers(8..=8), "{most}");
        assert_eq!(all(false, Some(&other), most).await, Vec::new(), "{most}");
    }
    assert_eq!(store.resend(&f::number(8), f::at(20)).await, Ok(true));
    store.rest(&f::hospital(), f::at(50)).await.unwrap();
    assert_eq!(claim_one(&*store, 49).await.letter.hi_rxno, f::number(8), "the others rest");
    assert_eq!(claim(&*store, 50).await.len(), 5);
    store.rest(&f::hospital(), f::at(60)).await.unwrap();
    assert_eq!(claim(&*store, 109).await.len(), 1, "a rest shortens no claim");
}

pub async fn an_unreadable_letter_keeps_none_of_the_others(ground: &dyn Ground) {
    let store = ground.open();
    write(&*store, 1, 1).await;
    write(&*store, 2, 1).await;
    write(&*store, 3, 1).await;
    assert_eq!(ground.alter(&format!("UPDATE outbox SET kind = 'x' WHERE hi_rxno = '{}'", f::number(1))), 1);
    assert_eq!(ground.alter(&format!("DELETE FROM outbox WHERE hi_rxno = '{}'", f::number(3))), 1);
    assert_eq!(claim_one(&*store, 10).await.letter.hi_rxno, f::number(2));
    let row = store.outbox_of(&f::number(1)).await.unwrap().unwrap();
    assert_eq!((row.due, row.why.as_str()), (None, "the stored letter cannot be read"));
    let contradiction = store.outbox_of(&f::number(3)).await.unwrap_err();
    assert!(matches!(contradiction, StoreError::Inconsistent(row) if row.column == "seq"));
}

pub async fn who_waits_hears_of_letters_only(ground: &dyn Ground) {
    let store = ground.open();
    let heard = async || tokio::time::timeout(Duration::from_millis(200), store.written()).await.is_ok();
    store.commit(f::rx_only(f::open(1))).await.unwrap();
    assert!(!heard().await);
    write(&*store, 2, 1).await;
    assert!(heard().await, "also when it was written before");
    assert!(!heard().await);
}
