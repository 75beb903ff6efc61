//! Which settlements lack their signed pair, and which cannot be asked for one.

use lf_ports::{ChangeSet, SetlChange};
use lf_testkit::TestCenter;
use lf_testkit::region::{PHARMACY, paper};

use super::*;
use crate::archive_cmd::fixtures::{any_setl, on_paper};

#[tokio::test]
async fn settlements_of_papers_are_counted_apart() {
    let center = TestCenter::new().await;
    let setl = any_setl(&center).await;
    let on_paper = |setl: &Setl, setl_id: &str| on_paper(setl, setl_id, paper("20260001", setl.setl_time));
    let back = Setl { refd_setl_id: Some("9002".to_owned()), ..on_paper(&setl, "9003") };
    let alone = Setl { paper: None, ..on_paper(&setl, "9004") };
    for setl in [on_paper(&setl, "9001"), on_paper(&setl, "9002"), back, alone] {
        center.put(ChangeSet { setl: Some(SetlChange { setl }), ..ChangeSet::default() }).await;
    }
    let (code, store) = (PHARMACY.parse().unwrap(), center.store.as_ref());
    let days = (setl.setl_time.day(), setl.setl_time.day().plus(1));
    let told = Unsigned::of(store, &code, days).await.unwrap();
    assert_eq!(told.on_paper, 1, "one was taken back, and of one only the account paid");
    let [line] = told.found.as_slice() else { panic!("{told:?}") };
    assert!(line.contains(&setl.setl_id), "{line}");
}
