//! Many at once: what may happen once happens once, and whoever comes second is told why.

use std::sync::Arc;

use lf_center::{Answer, Failure, t2102_settle, t7207_sell};
use lf_testkit::{Step, TestCenter};
use lf_vocab::dict::RxChkStasCodg;

use crate::said::{code, with};

/// How many at once.
const TASKS: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_settlement_among_many_different() {
    // proves JX-3.1a: 单次结算
    let center = Arc::new(TestCenter::new().await);
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let mut tasks = Vec::new();
    for at in 0..TASKS {
        let command = with(life.settle_command(), |c| c.lines[0].feedetl_sn = format!("F{at}"));
        let ctx = life.ctx(&life.pharmacy, &command).await;
        let center = center.clone();
        tasks.push(tokio::spawn(async move { center.center.t2102_settle(&ctx, &command).await }));
    }
    let codes = ended(tasks).await.iter().map(code).collect::<Vec<_>>();
    assert_eq!(codes.iter().filter(|code| *code == "ok").count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "RX-2102-02").count(), TASKS - 1, "{codes:?}");
    let report = center.audit().await;
    assert!(report.passes() && report.settlements == 1, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_settlement_among_many_repetitions() {
    let center = Arc::new(TestCenter::new().await);
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let mut tasks = Vec::new();
    for _ in 0..TASKS {
        let command = life.settle_command();
        let ctx = life.ctx(&life.pharmacy, &command).await;
        let center = center.clone();
        tasks.push(tokio::spawn(async move { center.center.t2102_settle(&ctx, &command).await }));
    }
    let ended: Vec<Result<Answer<t2102_settle::Reply>, Failure>> = ended(tasks).await;
    let ids: std::collections::BTreeSet<_> = ended.into_iter().map(|r| r.unwrap().reply.setl.setl_id).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(center.audit().await.settlements, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_purchases_of_one_person_at_once() {
    let center = Arc::new(TestCenter::new().await);
    let mut ready = Vec::new();
    for _ in 0..6 {
        let life = center.life(&center.people.active).up_to(Step::Sold).await;
        let command = life.settle_command();
        ready.push((life.ctx(&life.pharmacy, &command).await, command));
    }
    let mut tasks = Vec::new();
    for (ctx, command) in ready {
        let center = center.clone();
        tasks.push(tokio::spawn(async move { center.center.t2102_settle(&ctx, &command).await }));
    }
    for result in ended(tasks).await {
        result.unwrap();
    }
    let report = center.audit().await;
    assert!(report.passes() && report.settlements == 6, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_box_is_sold_once() {
    let center = Arc::new(TestCenter::new().await);
    for _ in 0..8 {
        let here = center.life(&center.people.active).up_to(Step::Reviewed).await;
        let mut there = center.life(&center.people.retired);
        there.pharmacy = lf_testkit::region::OTHER_PHARMACY.to_owned();
        let there = there.up_to(Step::Reviewed).await;
        let same_box = here.drug_trac_codg(0);
        let mut tasks = Vec::new();
        for life in [&here, &there] {
            let command: t7207_sell::Command =
                with(life.sell_command(), |c| c.lines[0].drug_trac_codg = Some(same_box.clone()));
            let ctx = life.ctx(&life.pharmacy, &command).await;
            let center = center.clone();
            tasks.push(tokio::spawn(async move { center.center.t7207_sell(&ctx, &command).await }));
        }
        let mut codes = ended(tasks).await.iter().map(code).collect::<Vec<_>>();
        codes.sort();
        assert_eq!(codes, ["RX-7207-09", "ok"]);
    }
    let report = center.audit().await;
    assert!(report.passes() && report.claims == 8, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_prescription_number_for_many_repetitions() {
    let center = Arc::new(TestCenter::new().await);
    let life = center.life(&center.people.active);
    let mut tasks = Vec::new();
    for _ in 0..TASKS {
        let command = life.precheck_command();
        let ctx = life.ctx(&life.hospital, &command).await;
        let center = center.clone();
        tasks.push(tokio::spawn(async move { center.center.t7101_precheck(&ctx, &command).await }));
    }
    let numbers: std::collections::BTreeSet<_> =
        ended(tasks).await.into_iter().map(|r| r.unwrap().reply.hi_rxno).collect();
    assert_eq!(numbers.len(), 1);
    assert_eq!(center.audit().await.prescriptions, 1);
}

/// The same message many times at once: one thing happens and everybody gets its answer.
macro_rules! flood {
    ($center:ident, $life:ident, $method:ident, $side:ident, $command:expr) => {{
        let before = $center.audit().await.events;
        let mut tasks = Vec::new();
        for _ in 0..16 {
            let command = $command;
            let ctx = $life.ctx(&$life.$side, &command).await;
            let center = $center.clone();
            tasks.push(tokio::spawn(async move { center.center.$method(&ctx, &command).await }));
        }
        let answers: std::collections::BTreeSet<_> =
            ended(tasks).await.into_iter().map(|result| format!("{:?}", result.map(|answer| answer.reply))).collect();
        assert_eq!(answers.len(), 1, "{}: {answers:?}", stringify!($method));
        assert!(answers.iter().all(|answer| answer.starts_with("Ok")), "{}: {answers:?}", stringify!($method));
        assert_eq!($center.audit().await.events, before + 1, "{}", stringify!($method));
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_message_overtaken_by_its_repetitions() {
    let center = Arc::new(TestCenter::new().await);
    let mut life = center.life(&center.people.active);
    flood!(center, life, t7101_precheck, hospital, life.precheck_command());
    life.precheck().await.unwrap();
    flood!(center, life, t7102_sign, hospital, life.sign_command());
    life.sign().await.unwrap();
    flood!(center, life, t7103_upload, hospital, life.upload_command());
    flood!(center, life, t7201_authorise, pharmacy, life.authorise_command());
    life.authorise().await.unwrap();
    flood!(center, life, t7204_download, pharmacy, life.download_command());
    flood!(center, life, t7205_verify, pharmacy, life.verify_command());
    life.verify().await.unwrap();
    flood!(center, life, t7206_review, pharmacy, life.review_command(RxChkStasCodg::Passed));
    life.review().await.unwrap();
    flood!(center, life, t7207_sell, pharmacy, life.sell_command());
    life.sell().await.unwrap();
    flood!(center, life, t7208_undo_sale, pharmacy, life.undo_sale_command());
    center.clock.advance_seconds(1);
    life.sell().await.unwrap();
    flood!(center, life, t2102_settle, pharmacy, life.settle_command());
    life.settle().await.unwrap();
    flood!(center, life, t2103_refund, pharmacy, life.refund_command());
    let other = center.life(&center.people.active).up_to(Step::Uploaded).await;
    flood!(center, other, t7104_undo, hospital, other.undo_command());
    assert!(center.audit().await.passes());
}

async fn ended<T>(tasks: Vec<tokio::task::JoinHandle<T>>) -> Vec<T> {
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}
