//! 目录对照: an institution's own, by the time of its last change, withdrawn once.

use lf_ports::{ChangeSet, CommitError, ListMatch, MatchBody, MatchChange, MatchKey, Store};
use lf_vocab::FixmedinsCode;

use super::{Ground, fixture as f};

pub fn of(fixmedins_code: FixmedinsCode, id: &str, updt: i64) -> ListMatch {
    let body = MatchBody {
        fixmedins_hilist_name: format!("商品{id}"),
        aprvno: None,
        dosform: Some("片剂".to_owned()),
        exct_cont: None,
        item_cont: None,
        prcunt: None,
        spec: None,
        pacspec: None,
        memo: None,
    };
    let key = MatchKey {
        fixmedins_code,
        list_type: "101".to_owned(),
        fixmedins_hilist_id: id.to_owned(),
        med_list_codg: "XA10BH01".to_owned(),
    };
    let (begndate, enddate) = (f::day(), f::day().plus(9));
    ListMatch { key, begndate, enddate, crte_time: f::at(updt), updt_time: f::at(updt), vali: true, body }
}

pub fn put(rows: &[ListMatch]) -> ChangeSet {
    ChangeSet { matches: rows.iter().cloned().map(Box::new).map(MatchChange::Put).collect(), ..ChangeSet::default() }
}

fn withdraw(row: &ListMatch, at: i64) -> ChangeSet {
    let matches = vec![MatchChange::Withdraw(row.key.clone(), f::at(at))];
    ChangeSet { matches, ..ChangeSet::default() }
}

/// What changed after a second, read in pages.
async fn since(store: &dyn Store, after: i64, limit: usize) -> Vec<ListMatch> {
    let (mut all, mut after, mut behind): (Vec<ListMatch>, _, Option<MatchKey>) = (Vec::new(), f::at(after), None);
    loop {
        let rows = store.matches_since(&f::pharmacy(), after, behind.as_ref(), limit).await.unwrap();
        assert!(rows.len() <= limit);
        let Some(last) = rows.last() else { return all };
        (after, behind) = (last.updt_time, Some(last.key.clone()));
        all.extend(rows);
    }
}

pub async fn a_match_is_its_institutions_and_seen_since_its_change(ground: &dyn Ground) {
    let store = ground.open();
    let rows: Vec<_> = [("1", 5), ("2", 5), ("3", 6)].map(|(id, at)| of(f::pharmacy(), id, at)).into();
    store.commit(put(&[of(f::hospital(), "9", 9)])).await.unwrap();
    store.commit(put(&rows)).await.unwrap();
    for limit in [1, 2, 9] {
        assert_eq!(since(&*store, 4, limit).await, rows, "{limit}");
        assert_eq!(since(&*store, 5, limit).await, rows[2..], "{limit}");
        assert_eq!(since(&*store, 6, limit).await, []);
    }
}

pub async fn a_match_is_withdrawn_once_and_may_come_again(ground: &dyn Ground) {
    let store = ground.open();
    let row = of(f::pharmacy(), "1", 5);
    let stale = Err(CommitError::Stale("list_match"));
    assert_eq!(store.commit(withdraw(&row, 6)).await, stale, "it is not there");
    store.commit(put(std::slice::from_ref(&row))).await.unwrap();
    assert_eq!(store.commit(withdraw(&of(f::hospital(), "1", 5), 6)).await, stale, "another's");
    store.commit(withdraw(&row, 6)).await.unwrap();
    assert_eq!(store.commit(withdraw(&row, 7)).await, stale, "it went before");
    let gone = ListMatch { vali: false, updt_time: f::at(6), ..row.clone() };
    assert_eq!(since(&*store, 0, 9).await, [gone]);
    let again = ListMatch { enddate: f::day().plus(20), ..of(f::pharmacy(), "1", 8) };
    store.commit(put(std::slice::from_ref(&again))).await.unwrap();
    assert_eq!(since(&*store, 0, 9).await, [ListMatch { crte_time: f::at(5), ..again }], "first uploaded at 5");
}
