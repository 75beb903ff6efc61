//! Settlements on paper for the tests of `archive`.

use lf_ports::{AuditStore as _, ChangeSet, Setl, SetlChange, SetlPaper};
use lf_testkit::{Step, TestCenter};

/// A settlement to be changed, made in the region by a prescription.
pub async fn any_setl(center: &TestCenter) -> Setl {
    center.life(&center.people.active).up_to(Step::Settled).await;
    let place = center.people.active.poolarea_no;
    center.store.scan_setl(place, None, 1).await.unwrap().remove(0).0
}

/// It on a paper instead, and under another number.
pub fn on_paper(setl: &Setl, setl_id: &str, paper: SetlPaper) -> Setl {
    Setl { setl_id: setl_id.to_owned(), hi_rxno: None, paper: Some(paper), ..setl.clone() }
}

/// Stores it as the counter would, under a number of its place of which only the last digit is chosen; answers the number.
pub async fn settled(center: &TestCenter, on: &Setl, last: char, paper: SetlPaper) -> String {
    let setl_id = format!("{}{}{last}", on.poolarea_no, "0".repeat(23));
    let claims = vec![paper.claim(&setl_id)];
    let setl = Some(SetlChange { setl: on_paper(on, &setl_id, paper) });
    center.put(ChangeSet { setl, claims, ..ChangeSet::default() }).await;
    setl_id
}
