//! What time alone does: validity and tokens end without a job having to run.

use lf_center::t7203_qrcode::{self, epc_qrcd};
use lf_testkit::{Step, TestCenter};
use lf_vocab::dict::RxStasCodg;

use crate::said::{code, send};

#[tokio::test]
async fn a_prescription_expires_by_itself() {
    // proves JX-3.1a: 有效期3天
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Reviewed).await;
    let uploaded = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let status = async |life: &lf_testkit::Life<'_>| {
        send!(life, t7105_query, hospital, life.query_command()).unwrap().reply.projection.rx_stas_codg
    };
    center.clock.set("2026-11-25 09:59:59".parse().unwrap());
    assert_eq!(status(&uploaded).await, RxStasCodg::Valid);
    center.clock.advance_seconds(1);
    assert_eq!(status(&uploaded).await, RxStasCodg::Invalid);
    assert_eq!(code(&life.sell().await), "RX-7207-04");
    let qrcode = t7203_qrcode::Command {
        epc_qrcd: epc_qrcd(&uploaded.hi_rxno(), &uploaded.sign_digest),
        fixmedins_code: uploaded.pharmacy.parse().unwrap(),
    };
    assert_eq!(code(&send!(uploaded, t7203_qrcode, pharmacy, qrcode)), "RX-7201-03");
    let shown = send!(uploaded, t7201_authorise, pharmacy, uploaded.authorise_command()).unwrap().reply.list;
    assert_eq!(shown, []);
}

#[tokio::test]
async fn what_was_sold_in_time_can_still_be_settled() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    center.clock.advance_seconds(4 * 86_400);
    life.settle().await.unwrap();
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn a_token_lapses_at_its_moment() {
    let center = TestCenter::new().await;
    let mut early = center.life(&center.people.active).up_to(Step::Authorised).await;
    let mut late = center.life(&center.people.retired).up_to(Step::Authorised).await;
    center.clock.advance_seconds(30 * 60 - 1);
    early.download().await.unwrap();
    center.clock.advance_seconds(1);
    assert_eq!(code(&late.download().await), "RX-7204-03");
    late.authorise().await.unwrap();
    late.download().await.unwrap();
}

#[tokio::test]
async fn one_download_lets_the_other_tokens_of_the_batch_lapse() {
    let center = TestCenter::new().await;
    let mut first = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let mut second = center.life(&center.people.active).up_to(Step::Uploaded).await;
    assert_eq!(first.authorise().await.unwrap().reply.list.len(), 2);
    // One showing of the credential, two prescriptions: both tokens are of one batch.
    second.number = first.number;
    second.authorise().await.unwrap();
    assert_eq!(first.token.0[..38], second.token.0[..38]);
    first.download().await.unwrap();
    assert_eq!(code(&second.download().await), "RX-7204-05");
    first.download().await.unwrap();
    center.clock.advance_seconds(60);
    second.authorise().await.unwrap();
    second.download().await.unwrap();
    assert!(center.audit().await.passes());
}
