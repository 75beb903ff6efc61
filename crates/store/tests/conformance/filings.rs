//! Filings of persons: read by their person, given once, and ended without being forgotten.

use lf_ports::filing::{
    FILINGS_MAX, FILINGS_READ_MAX, Filed, Filing, FilingBody, FilingChange, FilingKind, SpayFiling,
};
use lf_ports::{ChangeSet, CommitError, StoreError};
use lf_vocab::{Day, PsnNo};

use super::{Full, Ground, fixture as f};

fn on(text: &str) -> Day {
    text.parse().unwrap()
}

/// A granted 用药资格 of the fixture's person, for the year 2026.
pub fn filing(filing_no: &str) -> Filing {
    let spay = SpayFiling {
        med_list_codg: "XA10BH01".parse().unwrap(),
        fixmedins_code: f::hospital(),
        dr_code: "D360902000001".to_owned(),
        dr_name: "丁医师".to_owned(),
        dcsn_name: "戊认定".to_owned(),
        dcsn_day: on("2025-12-30"),
        refused: None,
        applied: lf_ports::filing::Applied::default(),
    };
    Filing {
        poolarea_no: f::pool(),
        psn_no: f::psn_no(),
        filing_no: filing_no.to_owned(),
        from: on("2026-01-01"),
        until: Some(on("2027-01-01")),
        body: FilingBody {
            filed: Filed::Spay(spay), opter_name: "甲经办".to_owned(), opt_time: f::at(1), ended: None
        },
    }
}

async fn commit(store: &dyn Full, changes: Vec<FilingChange>) -> Result<(), CommitError> {
    store.commit(ChangeSet { filings: changes, ..ChangeSet::default() }).await
}

pub async fn a_filing_is_read_by_its_person(ground: &dyn Ground) {
    let store = ground.open();
    assert_eq!(store.filings_kept(f::pool()).await.unwrap(), []);
    let other: PsnNo = "36090000000000000077".parse().unwrap();
    let of_other = Filing { psn_no: other.clone(), ..filing("1") };
    let changes = [filing("2"), of_other.clone(), filing("1")].map(FilingChange::New);
    commit(&*store, changes.to_vec()).await.unwrap();
    assert!(store.filings(f::pool(), &f::psn_no()).await.unwrap() == [filing("1"), filing("2")]);
    assert!(store.filings(f::pool(), &other).await.unwrap() == [of_other]);
    let elsewhere = "360800".parse().unwrap();
    assert!(store.filings(elsewhere, &f::psn_no()).await.unwrap().is_empty());
    assert_eq!(store.filings_kept(f::pool()).await.unwrap(), [FilingKind::Spay]);
    assert_eq!(store.filings_kept(elsewhere).await.unwrap(), []);
}

pub async fn a_number_of_a_filing_is_given_once_and_changed_as_it_was_seen(ground: &dyn Ground) {
    let store = ground.open();
    commit(&*store, vec![FilingChange::New(filing("1"))]).await.unwrap();
    let longer = Filing { until: None, ..filing("1") };
    let twice = commit(&*store, vec![FilingChange::New(longer.clone())]).await;
    assert_eq!(twice, Err(CommitError::Stale("psn_filing")));
    assert!(store.filings(f::pool(), &f::psn_no()).await.unwrap() == [filing("1")]);
    let changed = |expect_from: &str, expect_until: Option<&str>| {
        let (expect_from, expect_until) = (on(expect_from), expect_until.map(on));
        vec![
            FilingChange::Changed { filing: longer.clone(), expect_from, expect_until },
            FilingChange::New(filing("2")),
        ]
    };
    // Somebody ended it meanwhile, or it began on another day: nothing of the change is written.
    for (from, until) in [("2026-01-01", Some("2026-06-01")), ("2026-01-01", None), ("2026-02-01", Some("2027-01-01"))]
    {
        assert_eq!(commit(&*store, changed(from, until)).await, Err(CommitError::Stale("psn_filing")));
    }
    assert!(store.filings(f::pool(), &f::psn_no()).await.unwrap() == [filing("1")]);
    commit(&*store, changed("2026-01-01", Some("2027-01-01"))).await.unwrap();
    assert!(store.filings(f::pool(), &f::psn_no()).await.unwrap() == [longer, filing("2")]);
}

pub async fn a_filing_ends_where_it_was_seen_to_end(ground: &dyn Ground) {
    let store = ground.open();
    commit(&*store, vec![FilingChange::New(filing("1"))]).await.unwrap();
    let mut ended = Filing { until: Some(on("2026-06-01")), ..filing("1") };
    ended.body.ended =
        Some(lf_ports::EndedBy { rea: "停药".to_owned(), opter_name: "乙经办".to_owned(), opt_time: f::at(2) });
    let expect_from = on("2026-01-01");
    let end = |expect_until| vec![FilingChange::Changed { filing: ended.clone(), expect_from, expect_until }];
    assert_eq!(commit(&*store, end(None)).await, Err(CommitError::Stale("psn_filing")));
    commit(&*store, end(Some(on("2027-01-01")))).await.unwrap();
    assert!(store.filings(f::pool(), &f::psn_no()).await.unwrap() == [ended.clone()]);
    assert_eq!(commit(&*store, end(Some(on("2027-01-01")))).await, Err(CommitError::Stale("psn_filing")));
    let backwards = Filing { until: Some(on("2025-12-31")), ..filing("2") };
    let refused = commit(&*store, vec![FilingChange::New(backwards)]).await;
    assert!(matches!(refused, Err(CommitError::Store(StoreError::Broken(_)))), "{refused:?}");
}

pub async fn so_many_filings_of_a_person_are_kept_and_one_more_is_not_entered(ground: &dyn Ground) {
    let store = ground.open();
    let numbers = (0..FILINGS_MAX).map(|at| FilingChange::New(filing(&format!("{at:04}"))));
    commit(&*store, numbers.collect()).await.unwrap();
    assert_eq!(store.filings(f::pool(), &f::psn_no()).await.unwrap().len(), FILINGS_MAX);
    let more = commit(&*store, vec![FilingChange::New(filing("more"))]).await;
    assert_eq!(more, Err(CommitError::Stale("psn_filing")));
    assert_eq!(store.filings(f::pool(), &f::psn_no()).await.unwrap().len(), FILINGS_MAX, "the person is served on");
    // One too many in one commit are as many as one too many in the last.
    let other: PsnNo = "36090000000000000077".parse().unwrap();
    let numbers = |count| {
        let of_other = |at| FilingChange::New(Filing { psn_no: other.clone(), ..filing(&format!("{at:04}")) });
        (0..count).map(of_other).collect::<Vec<_>>()
    };
    assert_eq!(commit(&*store, numbers(FILINGS_MAX + 1)).await, Err(CommitError::Stale("psn_filing")));
    assert!(store.filings(f::pool(), &other).await.unwrap().is_empty());
    commit(&*store, numbers(FILINGS_MAX)).await.unwrap();
}

pub async fn of_commits_at_once_none_adds_one_filing_too_many(ground: &dyn Ground) {
    let store = ground.open();
    // From nothing, and with one place left: whoever comes second counts what the first one left.
    for (standing, each) in [(0, FILINGS_MAX / 2 + 1), (FILINGS_MAX - 1, 1)] {
        let psn_no: PsnNo = format!("360900000000000001{each:03}").parse().unwrap();
        let of = |name: &str, count: usize| {
            let one = |at| FilingChange::New(Filing { psn_no: psn_no.clone(), ..filing(&format!("{name}{at:04}")) });
            (0..count).map(one).collect::<Vec<_>>()
        };
        if standing > 0 {
            commit(&*store, of("standing", standing)).await.unwrap();
        }
        let stores = [ground.open(), ground.open(), ground.open()];
        let commits = stores.iter().zip(["a", "b", "c"]).map(|(store, name)| commit(&**store, of(name, each)));
        let done = futures_util::future::join_all(commits).await;
        let written = done.iter().filter(|done| done.is_ok()).count();
        let stale = done.iter().filter(|done| **done == Err(CommitError::Stale("psn_filing"))).count();
        assert_eq!((written, stale), (1, 2), "{done:?}");
        let filings = store.filings(f::pool(), &psn_no).await.unwrap();
        assert_eq!(filings.len(), standing + each);
    }
    // Nothing is left of what held the person.
    assert_eq!(ground.alter("UPDATE claim SET owner = owner"), 0);
}

pub async fn who_has_too_many_filings_is_served_all_the_same(ground: &dyn Ground) {
    let store = ground.open();
    let numbers = (0..FILINGS_MAX).map(|at| FilingChange::New(filing(&format!("{at:04}"))));
    commit(&*store, numbers.collect()).await.unwrap();
    // As two commits at once could leave it before they waited for each other.
    let psn_no = f::psn_no();
    let moved =
        |from: &str, to: &str| ground.alter(&format!("UPDATE psn_filing SET psn_no = '{to}' WHERE psn_no = '{from}'"));
    assert_eq!(moved(psn_no.as_str(), "aside"), FILINGS_MAX);
    commit(&*store, vec![FilingChange::New(filing("more"))]).await.unwrap();
    assert_eq!(moved("aside", psn_no.as_str()), FILINGS_MAX);
    assert_eq!(store.filings(f::pool(), &psn_no).await.unwrap().len(), FILINGS_MAX + 1);
    // One is ended as ever; none is added.
    let ended = Filing { until: Some(on("2026-06-01")), ..filing("more") };
    let (expect_from, expect_until) = (on("2026-01-01"), Some(on("2027-01-01")));
    commit(&*store, vec![FilingChange::Changed { filing: ended, expect_from, expect_until }]).await.unwrap();
    assert_eq!(commit(&*store, vec![FilingChange::New(filing("next"))]).await, Err(CommitError::Stale("psn_filing")));
}

pub async fn so_many_filings_of_a_person_are_read_and_one_more_breaks(ground: &dyn Ground) {
    let store = ground.open();
    let psn_no = f::psn_no();
    let moved =
        |from: &str, to: &str| ground.alter(&format!("UPDATE psn_filing SET psn_no = '{to}' WHERE psn_no = '{from}'"));
    // No commit enters so many: what stands steps aside while more come in.
    let mut standing = 0;
    for (name, count) in [("a", FILINGS_MAX), ("b", FILINGS_READ_MAX - FILINGS_MAX), ("c", 1)] {
        assert_eq!(moved(psn_no.as_str(), "aside"), standing);
        let numbers = (0..count).map(|at| FilingChange::New(filing(&format!("{name}{at:04}"))));
        commit(&*store, numbers.collect()).await.unwrap();
        assert_eq!(moved("aside", psn_no.as_str()), standing);
        standing += count;
        let read = store.filings(f::pool(), &psn_no).await;
        if standing <= FILINGS_READ_MAX {
            assert_eq!(read.unwrap().len(), standing);
        } else {
            assert_eq!(read.err(), Some(StoreError::Broken("more than 400 filings of one person".to_owned())));
        }
    }
    assert_eq!(standing, FILINGS_READ_MAX + 1);
}
