//! A whole life through the real use cases, and what the auditor says of it.

use lf_testkit::{Step, TestCenter};

#[tokio::test]
async fn a_whole_life_passes_the_audit() {
    let center = TestCenter::new().await;
    center.life(&center.people.active).up_to(Step::Settled).await;
    center.life(&center.people.retired).up_to(Step::Refunded).await;
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
    assert_eq!((report.prescriptions, report.settlements, report.reversals, report.claims), (2, 3, 1, 1));
}
