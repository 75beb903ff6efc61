//! What hospitals are told, and when: in the commit of the event, once, as it was then.

use lf_ports::{Callback, Claimed, Fixmedins, Letter, Notice, Outbox as _, RegistryPut, SettlementNotice, Store as _};
use lf_testkit::region::HOSPITAL;
use lf_testkit::{Step, TestCenter};
use lf_vocab::dict::{HiFeesetlFlag, RxChkStasCodg, RxStasCodg, RxUsedStasCodg};

use crate::said::send;

/// A center whose hospital gave an address.
async fn told_center() -> TestCenter {
    let center = TestCenter::new().await;
    let hospital = center.store.fixmedins(&HOSPITAL.parse().unwrap()).await.unwrap().unwrap();
    let callback = Some(Callback { url: "http://his.example/cb".parse().unwrap(), app_id: "A".to_owned() });
    center.register(RegistryPut::Fixmedins(Fixmedins { callback, ..hospital })).await;
    center
}

/// All letters in order, each taken as delivered.
async fn letters(center: &TestCenter) -> Vec<Letter> {
    let mut all = Vec::new();
    loop {
        let now = center.now();
        let claimed: Vec<Claimed> = center.store.claim_due(now, now.plus_seconds(60), 100).await.unwrap();
        if claimed.is_empty() {
            return all;
        }
        for one in claimed {
            assert!(center.store.delivered(&one, now).await.unwrap());
            all.push(one.letter);
        }
    }
}

fn settlement(letter: &Letter) -> &SettlementNotice {
    match &letter.notice {
        Notice::Settlement(notice) => notice,
        Notice::Review(_) => panic!("a review"),
    }
}

#[tokio::test]
async fn review_settlement_and_refund_are_told_with_their_events() {
    let center = told_center().await;
    let life = center.life(&center.people.active).up_to(Step::Refunded).await;
    let letters = letters(&center).await;
    let events = center.store.rx_events(&life.hi_rxno()).await.unwrap();
    let kinds: Vec<_> = letters.iter().map(|letter| letter.notice.word()).collect();
    assert_eq!(kinds, ["review", "settlement", "settlement"]);
    for letter in &letters {
        assert_eq!((letter.fixmedins_code.as_str(), &letter.hi_rxno), (HOSPITAL, &life.hi_rxno()));
        assert!(events.iter().any(|event| event.seq == letter.seq && event.at == letter.written));
    }
    let (paid, back) = (settlement(&letters[1]), settlement(&letters[2]));
    assert_eq!((paid.rx_stas_codg, paid.rx_used_stas_codg), (RxStasCodg::Valid, RxUsedStasCodg::Used));
    assert_eq!((back.rx_stas_codg, back.rx_used_stas_codg), (RxStasCodg::Invalid, RxUsedStasCodg::Unused));
    assert_eq!((paid.taken.len(), &paid.taken), (life.items.len(), &back.taken));
    assert_eq!(paid.setl_time, back.setl_time, "the moment of the settlement that is taken back");
}

#[tokio::test]
async fn a_self_paid_sale_is_told_and_so_is_its_undoing() {
    let center = told_center().await;
    let mut life = center.life(&center.people.active);
    life.hi_feesetl_flag = HiFeesetlFlag::SelfPaid;
    let mut life = life.up_to(Step::Sold).await;
    life.undo_sale().await.unwrap();
    let letters = letters(&center).await;
    assert_eq!(letters.len(), 3);
    let used: Vec<_> = letters[1..].iter().map(|letter| settlement(letter).rx_used_stas_codg).collect();
    assert_eq!(used, [RxUsedStasCodg::Used, RxUsedStasCodg::Unused]);
    assert_eq!(settlement(&letters[2]).rx_stas_codg, RxStasCodg::Valid, "it may be carried elsewhere");
}

#[tokio::test]
async fn an_insured_sale_is_told_of_when_it_is_settled_and_not_before() {
    let center = told_center().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    assert_eq!(letters(&center).await.len(), 1, "the review");
    life.undo_sale().await.unwrap();
    assert_eq!(letters(&center).await, []);
}

#[tokio::test]
async fn a_refused_review_is_told_too_and_a_repeated_message_tells_nothing() {
    let center = told_center().await;
    let life = center.life(&center.people.active).up_to(Step::Verified).await;
    let command = life.review_command(RxChkStasCodg::Refused);
    let first = send!(life, t7206_review, pharmacy, command.clone()).unwrap();
    let again = send!(life, t7206_review, pharmacy, command).unwrap();
    assert_eq!(first, again);
    let letters = letters(&center).await;
    assert_eq!(letters.len(), 1);
    let Notice::Review(review) = &letters[0].notice else { panic!("no review") };
    assert_eq!(review.reviewed.rx_chk_stas_codg, RxChkStasCodg::Refused);
    assert_eq!(review.rx_stas_codg, RxStasCodg::Valid);
}

#[tokio::test]
async fn what_happens_later_changes_no_letter() {
    let center = told_center().await;
    let life = center.life(&center.people.active).up_to(Step::Refunded).await;
    let state = center.store.rx(&life.hi_rxno()).await.unwrap().unwrap().state;
    assert_eq!(state.name(), "refunded");
    let letters = letters(&center).await;
    assert_eq!(settlement(&letters[1]).rx_used_stas_codg, RxUsedStasCodg::Used, "as it was when it was settled");
}
