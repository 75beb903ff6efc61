//! Grants are given once, read by place, and end without being forgotten.

use lf_ports::grant::GRANTS_MAX;
use lf_ports::{ChangeSet, CommitError, EndedBy, GrantChange, GrantGiven, GrantRow};
use lf_vocab::{Admdvs, Day};

use super::{Full, Ground, fixture as f};

const TRANSITION: &str = "420000/origin.transition";

fn on(text: &str) -> Day {
    text.parse().unwrap()
}

fn place(text: &str) -> Admdvs {
    text.parse().unwrap()
}

/// The first grant of a place, from 2025-01-01.
pub fn given(admdvs: &str, grant_no: i64, until: Option<&str>) -> GrantRow {
    GrantRow {
        admdvs: place(admdvs),
        provision: TRANSITION.to_owned(),
        grant_no,
        from: on("2025-01-01"),
        until: until.map(on),
        given: GrantGiven {
            value: "1".to_owned(),
            filing_no: "备〔2024〕1号".to_owned(),
            consent: "湖北省医疗保障局".to_owned(),
            paper: "复函".to_owned(),
            opter_name: "甲经办".to_owned(),
            opt_time: f::at(1),
            ended: None,
        },
    }
}

async fn commit(store: &dyn Full, change: GrantChange) -> Result<(), CommitError> {
    store.commit(ChangeSet { grant: Some(change), ..ChangeSet::default() }).await
}

pub async fn a_grant_is_read_by_its_place(ground: &dyn Ground) {
    let store = ground.open();
    let asked = [place("420200"), place("420000")];
    assert_eq!(store.grants(&asked).await.unwrap(), []);
    let rows = [given("420200", 1, Some("2025-07-01")), given("420200", 2, None), given("420000", 1, None)];
    for row in [&rows[2], &rows[1], &rows[0], &given("420300", 1, None)] {
        commit(&*store, GrantChange::Given(row.clone())).await.unwrap();
    }
    assert_eq!(store.grants(&asked).await.unwrap(), rows, "in the order of places and numbers");
    assert_eq!(store.grants(&[place("429000")]).await.unwrap(), []);
    assert_eq!(store.grants(&[]).await.unwrap(), []);
}

pub async fn a_number_of_a_grant_is_given_once(ground: &dyn Ground) {
    let store = ground.open();
    let row = given("420200", 1, Some("2025-07-01"));
    commit(&*store, GrantChange::Given(row.clone())).await.unwrap();
    let other = GrantRow { until: None, ..row.clone() };
    assert_eq!(commit(&*store, GrantChange::Given(other)).await, Err(CommitError::Stale("grant_given")));
    assert_eq!(store.grants(&[row.admdvs]).await.unwrap(), std::slice::from_ref(&row));
    for wrong in
        [GrantRow { grant_no: 0, ..row.clone() }, GrantRow { until: Some(on("2024-12-31")), grant_no: 2, ..row }]
    {
        assert!(matches!(commit(&*store, GrantChange::Given(wrong)).await, Err(CommitError::Store(_))));
    }
}

pub async fn a_grant_ends_where_it_was_seen_to_end(ground: &dyn Ground) {
    let store = ground.open();
    let row = given("420200", 1, None);
    commit(&*store, GrantChange::Given(row.clone())).await.unwrap();
    let mut ended = GrantRow { until: Some(on("2025-04-01")), ..row.clone() };
    let end = EndedBy { rea: "复函".to_owned(), opter_name: "乙经办".to_owned(), opt_time: f::at(2) };
    ended.given.ended = Some(end);
    let change =
        |expect_until: Option<&str>| GrantChange::Ended { row: ended.clone(), expect_until: expect_until.map(on) };
    assert_eq!(commit(&*store, change(Some("2025-07-01"))).await, Err(CommitError::Stale("grant_given")));
    commit(&*store, change(None)).await.unwrap();
    assert_eq!(store.grants(&[row.admdvs]).await.unwrap(), [ended.clone()]);
    assert_eq!(commit(&*store, change(None)).await, Err(CommitError::Stale("grant_given")), "it ends there no longer");
    // Taken back before it began: it stands in the book and is in force on no day.
    let never = GrantRow { until: Some(row.from), ..ended.clone() };
    let change = GrantChange::Ended { row: never.clone(), expect_until: ended.until };
    commit(&*store, change).await.unwrap();
    assert_eq!(store.grants(&[row.admdvs]).await.unwrap(), [never]);
}

pub async fn so_many_grants_of_a_place_are_read_and_one_more_is_refused(ground: &dyn Ground) {
    let store = ground.open();
    for number in 1..=GRANTS_MAX as i64 {
        commit(&*store, GrantChange::Given(given("420200", number, None))).await.unwrap();
    }
    assert_eq!(store.grants(&[place("420200")]).await.unwrap().len(), GRANTS_MAX);
    commit(&*store, GrantChange::Given(given("420200", GRANTS_MAX as i64 + 1, None))).await.unwrap();
    assert!(store.grants(&[place("420200")]).await.is_err());
}
