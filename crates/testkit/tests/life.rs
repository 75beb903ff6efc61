//! A whole life through the real use cases, and what the auditor says of it.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use lf_center::Failure;
use lf_testkit::{Step, TestCenter};
#[path = "raw/sealing.rs"]
mod sealing;

#[tokio::test]
async fn a_whole_life_passes_the_audit() {
    let center = TestCenter::new().await;
    center.life(&center.people.active).up_to(Step::Settled).await;
    center.life(&center.people.retired).up_to(Step::Refunded).await;
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
    assert_eq!((report.prescriptions, report.settlements, report.reversals, report.claims), (2, 3, 1, 1));
}

#[tokio::test]
async fn a_broken_row_is_our_fault_and_names_no_person() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    let raw = sealing::connect(center.database());
    let forged = sealing::edit("person", "body", "json_set(plain, '$.insutype', '999')");
    raw.execute_batch(&format!("UPDATE person SET {forged}")).unwrap();
    let Err(Failure::Broken(why)) = life.settle().await else { panic!("settled from a broken register") };
    assert!(why.contains("person") && why.contains("body"), "{why}");
    let person = &center.people.active;
    for secret in [person.psn_name.as_str(), person.certno.as_str(), person.ec_token.as_str()] {
        assert!(!why.contains(secret), "{why}");
    }
    raw.execute_batch("UPDATE rx SET state = substr(state, 2)").unwrap();
    let Err(Failure::Broken(why)) = life.undo_sale().await else { panic!("undone on a broken prescription") };
    assert!(why.contains("rx.state"), "{why}");
}
