//! The main job: one prescription from pre-check to reversal, and what each side can see on the way.

use lf_center::t7203_qrcode::{self, epc_qrcd};
use lf_rx::State;
use lf_testkit::{Step, TestCenter};
use lf_vocab::Fen;
use lf_vocab::dict::{HiFeesetlFlag, RxChkStasCodg, RxStasCodg, RxUsedStasCodg};

use crate::said::{code, send};

#[tokio::test]
async fn from_precheck_to_reversal() {
    // proves JX-3.1a, JX-3.3, JX-3.5a, JX-3.5b, HB-2.1, HB-2.4
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active);
    // proves HB-1.7: the hospital has no stock register at all, and that is no reason to refuse
    let opened = life.precheck().await.unwrap();
    assert_eq!(opened.reminders, []);
    assert!(opened.reply.hi_rxno.as_str().starts_with("36090020261122"));
    let signed = life.sign().await.unwrap();
    assert_eq!(signed.reply.sign_cert_sn, "SNH36090200001");
    assert_eq!(life.upload().await.unwrap().reply.rx_stas_codg, RxStasCodg::Valid);
    let shown = life.authorise().await.unwrap().reply.list;
    assert_eq!(shown.len(), 1);
    let fetched = life.download().await.unwrap().reply;
    assert_eq!(fetched.content, life.content);
    assert_eq!(fetched.file.base64, life.rx_file());
    assert_eq!(fetched.packs, [Some(("2".parse().unwrap(), "盒".to_owned()))]);
    life.verify().await.unwrap();
    life.review().await.unwrap();
    let judged = send!(life, t7106_review_query, hospital, life.query_command()).unwrap().reply;
    assert_eq!(judged.reviewed.rx_chk_stas_codg, RxChkStasCodg::Passed);
    life.sell().await.unwrap();
    let quoted = life.quote().await.unwrap().reply.shares;
    let settled = life.settle().await.unwrap();
    assert_eq!(settled.reply.setl.shares, quoted);
    let paid = send!(life, t7107_settlement_query, hospital, life.query_command()).unwrap().reply;
    assert_eq!(paid.setl_time, center.now());
    assert_eq!(paid.projection.rx_used_stas_codg, RxUsedStasCodg::Used);
    let refunded = life.refund().await.unwrap().reply.setl;
    assert_eq!(refunded.shares.medfee_sumamt, Fen::new(-2500));
    let seen = send!(life, t7105_query, hospital, life.query_command()).unwrap().reply;
    assert!(matches!(seen.rx.state, State::Refunded { .. }));
    assert_eq!(seen.projection.rx_stas_codg, RxStasCodg::Invalid);
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
}

#[tokio::test]
async fn by_the_printed_code_and_paid_by_oneself() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.resident).up_to(Step::Uploaded).await;
    life.hi_feesetl_flag = HiFeesetlFlag::SelfPaid;
    let command = t7203_qrcode::Command {
        epc_qrcd: epc_qrcd(&life.hi_rxno(), &life.sign_digest),
        fixmedins_code: life.pharmacy.parse().unwrap(),
    };
    let shown = send!(life, t7203_qrcode, pharmacy, command).unwrap().reply;
    life.token = (shown.epc_token, shown.auth_rxno);
    life.download().await.unwrap();
    life.verify().await.unwrap();
    life.review().await.unwrap();
    life.sell().await.unwrap();
    let seen = send!(life, t7107_settlement_query, hospital, life.query_command()).unwrap().reply;
    assert_eq!(seen.rx.state.sold().unwrap().psn_cash_pay, Some(Fen::new(2500)));
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn refused_at_one_pharmacy_and_carried_to_another() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Verified).await;
    send!(life, t7206_review, pharmacy, life.review_command(RxChkStasCodg::Refused)).unwrap();
    // proves JX-3.3: what a pharmacist refused is not sold
    assert_eq!(code(&life.sell().await), "RX-7207-01");
    life.pharmacy = lf_testkit::region::OTHER_PHARMACY.to_owned();
    center.clock.advance_seconds(60);
    for step in [Step::Authorised, Step::Downloaded, Step::Verified, Step::Reviewed, Step::Sold, Step::Settled] {
        match step {
            Step::Authorised => drop(life.authorise().await.unwrap()),
            Step::Downloaded => drop(life.download().await.unwrap()),
            Step::Verified => drop(life.verify().await.unwrap()),
            Step::Reviewed => drop(life.review().await.unwrap()),
            Step::Sold => drop(life.sell().await.unwrap()),
            _ => drop(life.settle().await.unwrap()),
        }
    }
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn a_token_takes_its_prescription_once() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Downloaded).await;
    let before = life.token.clone();
    life.pharmacy = lf_testkit::region::OTHER_PHARMACY.to_owned();
    life.authorise().await.unwrap();
    life.download().await.unwrap();
    life.verify().await.unwrap();
    life.review().await.unwrap();
    // The first pharmacy does not take it out of the second one's hands.
    let mut first = life.download_command();
    (first.epc_token, first.auth_rxno) = before;
    first.fixmedins_code = lf_testkit::region::PHARMACY.parse().unwrap();
    let ctx = life.ctx(lf_testkit::region::PHARMACY, &first).await;
    assert_eq!(code(&center.center.t7204_download(&ctx, &first).await), "RX-7204-06");
    life.sell().await.unwrap();

    let mut own = center.life(&center.people.retired).up_to(Step::Verified).await;
    send!(own, t7206_review, pharmacy, own.review_command(RxChkStasCodg::Refused)).unwrap();
    assert_eq!(code(&own.download().await), "RX-7204-06", "after the refusal the person must agree again");
    center.clock.advance_seconds(60);
    own.authorise().await.unwrap();
    own.download().await.unwrap();
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn the_same_number_in_another_place_is_another_person() {
    // proves JX-4.1.3b: 统筹区 and number together are the person
    let center = TestCenter::new().await;
    let twin = lf_ports::Person {
        psn_name: "丁外地".into(),
        certno: center.people.resident.certno.as_str().replace("360902", "361102").parse().unwrap(),
        poolarea_no: "361100".parse().unwrap(),
        insutype: lf_vocab::dict::Insutype::Resident,
        ec_token: "ec-token-twin".into(),
        ..center.people.active.clone()
    };
    let certno = (0..=10).find_map(|at| {
        let text = format!("{}{}", &twin.certno.as_str()[..17], "0123456789X".get(at..=at)?);
        text.parse::<lf_vocab::Certno>().ok().filter(|certno| certno.check_resident().is_ok())
    });
    let twin = lf_ports::Person { certno: certno.unwrap(), ..twin };
    center.register(lf_ports::RegistryPut::Person(twin.clone())).await;
    let life = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let own = center.life(&twin).up_to(Step::Uploaded).await;
    assert_eq!(own.content.mdtrtinfo.psn_no, life.content.mdtrtinfo.psn_no);
    for (one, insutype) in [(&life, center.people.active.insutype), (&own, twin.insutype)] {
        let shown = send!(one, t7201_authorise, pharmacy, one.authorise_command()).unwrap().reply.list;
        let batch_no = &shown[0].epc_token[6..38];
        let pool = "360900".parse().unwrap();
        let batch = lf_ports::Store::batch(center.store.as_ref(), pool, batch_no).await.unwrap().unwrap();
        let numbers: Vec<_> = batch.entries.into_iter().map(|entry| entry.hi_rxno).collect();
        assert_eq!(numbers, [one.hi_rxno()], "each sees the own one");
        let seen = send!(one, t7105_query, hospital, one.query_command()).unwrap().reply;
        assert_eq!(seen.insutype, Some(insutype));
    }
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let theirs = crate::said::with(life.settle_command(), |command| {
        command.mdtrt_cert_no = twin.ec_token.clone();
        command.certno = None;
        command.psn_name = None;
        command.insutype = twin.insutype;
    });
    assert_eq!(code(&send!(life, t2101_quote, pharmacy, theirs.clone())), "RX-2102-01");
    assert_eq!(code(&send!(life, t2102_settle, pharmacy, theirs)), "RX-2102-01");
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn a_sale_taken_back_frees_its_boxes() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    life.undo_sale().await.unwrap();
    center.clock.advance_seconds(1);
    assert_eq!(center.audit().await.claims, 0);
    // The same boxes go to somebody else, and this prescription gets others.
    let mut other = center.life(&center.people.retired).up_to(Step::Reviewed).await;
    let number = other.number;
    other.number = life.number;
    other.sell().await.unwrap();
    assert_eq!(code(&life.sell().await), "RX-7207-09");
    life.number = number;
    life.sell().await.unwrap();
    life.settle().await.unwrap();
    let report = center.audit().await;
    assert!(report.passes() && report.claims == 2, "{report}");
}

#[tokio::test]
async fn a_refund_frees_the_boxes_and_closes_the_prescription() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Refunded).await;
    assert_eq!(center.audit().await.claims, 0);
    // proves JX-3.1a: 单次结算 also after a refund
    let again = life.settle_command();
    let again = crate::said::with(again, |c| c.lines[0].feedetl_sn = "other".into());
    assert_eq!(code(&send!(life, t2102_settle, pharmacy, again)), "RX-2102-02");
    assert_eq!(code(&life.undo().await), "RX-7104-06");
    let mut next = center.life(&center.people.active).up_to(Step::Reviewed).await;
    next.number = life.number;
    next.sell().await.unwrap();
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn revoked_before_the_sale_only() {
    let center = TestCenter::new().await;
    for step in [Step::Prechecked, Step::Signed, Step::Uploaded, Step::Downloaded, Step::Verified, Step::Reviewed] {
        let mut life = center.life(&center.people.active).up_to(step).await;
        assert_eq!(life.undo().await.unwrap().reply.rx_stas_codg, RxStasCodg::Revoked, "{step:?}");
    }
    for (step, refused) in [(Step::Sold, "RX-7104-05"), (Step::Settled, "RX-7104-04"), (Step::Refunded, "RX-7104-06")] {
        let mut life = center.life(&center.people.active).up_to(step).await;
        assert_eq!(code(&life.undo().await), refused, "{step:?}");
    }
    assert!(center.audit().await.passes());
}
