//! Memos are written once, read by place and topic, and never taken out.

use lf_ports::{ChangeSet, CommitError, Memo, MemoRow, MemoTopic, Said};
use lf_vocab::Fen;

use super::{Full, Ground, fixture as f};

fn memo(key: &str, memo_no: i64, said: Said) -> MemoRow {
    let memo =
        Memo { said, rea: "年度预算文件".to_owned(), opter_name: "甲经办".to_owned(), opt_time: f::at(1) };
    MemoRow { poolarea_no: f::pool(), key: key.to_owned(), memo_no, memo }
}

async fn commit(store: &dyn Full, row: &MemoRow) -> Result<(), CommitError> {
    store.commit(ChangeSet { memo: Some(row.clone()), ..ChangeSet::default() }).await
}

pub async fn memos_are_read_by_place_topic_and_key(ground: &dyn Ground) {
    let store = ground.open();
    let budget = |key, no, fen| memo(key, no, Said::Budget(Fen::new(fen)));
    let budgets = [budget("2025", 1, 5), budget("2026", 1, 6), budget("2026", 2, 7)];
    let explained = [memo("SettledTwice/1/2", 1, Said::Explained), memo("SettledTwice/1/2", 2, Said::Reopened)];
    for row in [&budgets[1], &budgets[2], &budgets[0], &explained[0], &explained[1]] {
        commit(&*store, row).await.unwrap();
    }
    let asked = |topic, after: (&'static str, i64), most| {
        let store = &store;
        async move { store.memos(f::pool(), topic, after, most).await.unwrap() }
    };
    assert_eq!(asked(MemoTopic::Budget, ("", 0), 9).await, budgets);
    assert_eq!(asked(MemoTopic::Budget, ("2026", 1), 9).await, budgets[2..]);
    assert_eq!(asked(MemoTopic::Budget, ("", 0), 1).await, budgets[..1]);
    assert_eq!(asked(MemoTopic::Difference, ("", 0), 9).await, explained);
    assert_eq!(store.memos("360800".parse().unwrap(), MemoTopic::Budget, ("", 0), 9).await.unwrap(), []);
}

pub async fn a_number_of_a_memo_is_given_once(ground: &dyn Ground) {
    let store = ground.open();
    let first = memo("2026", 1, Said::Budget(Fen::new(5)));
    commit(&*store, &first).await.unwrap();
    let other = memo("2026", 1, Said::Budget(Fen::new(6)));
    assert_eq!(commit(&*store, &other).await, Err(CommitError::Stale("memo")));
    assert_eq!(store.memos(f::pool(), MemoTopic::Budget, ("", 0), 9).await.unwrap(), [first]);
    for wrong in [memo("2026", 0, Said::Explained), memo("", 1, Said::Explained)] {
        assert!(matches!(commit(&*store, &wrong).await, Err(CommitError::Store(_))));
    }
}
