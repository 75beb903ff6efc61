//! Marks of duty are written once and read by pharmacy and time.

use lf_ports::duty::{DutyMark, DutyRow};
use lf_ports::{ChangeSet, CommitError};

use super::{Full, Ground, fixture as f};

fn mark(seconds: i64, phar_code: &str, mark: DutyMark) -> DutyRow {
    DutyRow { fixmedins_code: f::pharmacy(), at: f::at(seconds), phar_code: phar_code.to_owned(), mark }
}

async fn commit(store: &dyn Full, row: &DutyRow) -> Result<(), CommitError> {
    store.commit(ChangeSet { duty: Some(row.clone()), ..ChangeSet::default() }).await
}

pub async fn duty_is_read_by_pharmacy_and_time(ground: &dyn Ground) {
    let store = ground.open();
    let rows = [mark(10, "B", DutyMark::On), mark(20, "A", DutyMark::On), mark(20, "B", DutyMark::Off)];
    for row in [&rows[2], &rows[0], &rows[1]] {
        commit(&*store, row).await.unwrap();
    }
    let asked = |from, until, most| {
        let store = &store;
        async move { store.duty(&f::pharmacy(), (f::at(from), f::at(until)), most).await.unwrap() }
    };
    assert_eq!(asked(0, 100, 9).await, rows);
    assert_eq!(asked(10, 20, 9).await, rows[..1], "half-open");
    assert_eq!(asked(0, 100, 2).await, rows[..2]);
    assert_eq!(store.duty(&f::hospital(), (f::at(0), f::at(100)), 9).await.unwrap(), []);
    // The very same mark again is another's doing: decide anew.
    assert_eq!(commit(&*store, &rows[0]).await, Err(CommitError::Stale("duty")));
    assert_eq!(asked(0, 100, 9).await.len(), 3);
}
