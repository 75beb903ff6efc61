//! Visits of the clinic route: a pharmacy's own, moved on from the version that was read, scanned by 统筹区.

use lf_ports::{ChangeSet, CommitError, Mdtrt, MdtrtChange, MdtrtState};
use lf_vocab::dict::Insutype;

use super::{Ground, fixture as f};

pub fn visit(number: &str) -> Mdtrt {
    Mdtrt {
        mdtrt_id: format!("360900{number}"),
        fixmedins_code: f::pharmacy(),
        poolarea_no: f::pool(),
        insu_poolarea_no: f::pool(),
        psn_no: f::psn_no(),
        insutype: Insutype::Employee,
        ipt_otp_no: number.to_owned(),
        begntime: f::at(1),
        dept_code: "A02".to_owned(),
        dept_name: "药店".to_owned(),
        caty: "A02".to_owned(),
        state: MdtrtState::Registered,
    }
}

pub fn put(mdtrt: &Mdtrt, expect_ver: i64) -> ChangeSet {
    ChangeSet { mdtrt: Some(MdtrtChange { mdtrt: mdtrt.clone(), expect_ver }), ..ChangeSet::default() }
}

fn withdrawn(mdtrt: &Mdtrt) -> Mdtrt {
    Mdtrt { state: MdtrtState::Withdrawn { at: f::at(9), batches: vec![] }, ..mdtrt.clone() }
}

pub async fn a_visit_is_its_pharmacys_and_moves_from_the_version_that_was_read(ground: &dyn Ground) {
    let store = ground.open();
    let visit = visit("A");
    store.commit(put(&visit, 0)).await.unwrap();
    assert_eq!(store.mdtrt(&f::pharmacy(), &visit.mdtrt_id).await, Ok(Some((visit.clone(), 1))));
    assert_eq!(store.mdtrt(&f::hospital(), &visit.mdtrt_id).await, Ok(None));
    assert_eq!(store.mdtrt(&f::pharmacy(), "360900B").await, Ok(None));
    let after = withdrawn(&visit);
    for (ver, why) in [(0, "there already"), (2, "not so far")] {
        let stale = store.commit(put(&after, ver)).await;
        assert_eq!(stale, Err(CommitError::Stale("mdtrt")), "{why}");
    }
    store.commit(put(&after, 1)).await.unwrap();
    assert_eq!(store.commit(put(&visit, 1)).await, Err(CommitError::Stale("mdtrt")), "moved before");
    assert_eq!(store.mdtrt(&f::pharmacy(), &visit.mdtrt_id).await, Ok(Some((after, 2))));
    assert!(matches!(store.commit(put(&visit, -1)).await, Err(CommitError::Store(_))));
}

pub async fn visits_are_scanned_by_their_place(ground: &dyn Ground) {
    let store = ground.open();
    let visits = ["A", "B", "C"].map(visit);
    for visit in visits.iter().rev() {
        store.commit(put(visit, 0)).await.unwrap();
    }
    assert!(store.pools().await.unwrap().contains(&f::pool()));
    assert_eq!(store.scan_mdtrt(f::pool(), None, 2).await.unwrap(), visits[..2]);
    assert_eq!(store.scan_mdtrt(f::pool(), Some("360900B"), 9).await.unwrap(), visits[2..]);
    assert_eq!(store.scan_mdtrt("360800".parse().unwrap(), None, 9).await.unwrap(), []);
}
