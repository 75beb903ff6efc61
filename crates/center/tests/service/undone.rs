//! 2601: what a till never heard of is made undone, whichever of the two messages comes first.

use std::sync::Arc;

use expect_test::expect;
use lf_center::t2102_settle;
use lf_center::t2601_undo::{Command, ReverseRefusal};
use lf_center::{Answer, Ctx, Failure};
use lf_ports::Store;
use lf_testkit::region::OTHER_PHARMACY;
use lf_testkit::{Life, Step, TestCenter};
use lf_vocab::Fen;

use crate::said::{Said, code, send, with};

/// A message as the gateway front hands it on.
async fn ctx(life: &Life<'_>, msgid: &str, command: &impl std::fmt::Debug) -> Ctx {
    Ctx { msgid: Some(msgid.to_owned()), ..life.ctx(&life.pharmacy, command).await }
}

async fn settle(life: &Life<'_>, msgid: &str) -> Result<Answer<t2102_settle::Reply>, Failure> {
    let command = life.settle_command();
    let ctx = ctx(life, msgid, &command).await;
    life.center.center.check_msgid(&ctx, "2102").await?;
    life.center.center.t2102_settle(&ctx, &command).await
}

fn command(life: &Life<'_>, omsgid: &str) -> Command {
    Command { psn_no: life.person.psn_no.clone(), omsgid: omsgid.to_owned(), oinfno: "2102".to_owned() }
}

async fn undo_as(life: &Life<'_>, msgid: &str, command: &Command) -> Result<Answer<()>, Failure> {
    // The person's number does not show in a `Debug` text, but it belongs to the meaning.
    let ctx = ctx(life, msgid, &(command, command.psn_no.as_str())).await;
    life.center.center.check_msgid(&ctx, "2601").await?;
    life.center.center.t2601_undo(&ctx, command).await
}

async fn undo(life: &Life<'_>, omsgid: &str) -> Result<Answer<()>, Failure> {
    undo_as(life, &format!("undo-{omsgid}"), &command(life, omsgid)).await
}

/// Settlements, reversals and what the fund bears of the year in all.
async fn stands(center: &TestCenter, life: &Life<'_>) -> (u64, Option<Fen>) {
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
    let key = lf_ports::AccumKey {
        poolarea_no: life.person.poolarea_no,
        psn_no: life.person.psn_no.clone(),
        year: 2026,
        scheme: "mz_tc".to_owned(),
    };
    let accum = center.store.accum(&key).await.unwrap();
    (report.settlements, accum.map(|row| row.accum.fund_paid_fen()))
}

#[tokio::test]
async fn a_settlement_is_reversed_whole_and_the_answer_stays() {
    // proves JX-3.5b
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let setl = settle(&life, "m1").await.unwrap().reply.setl;
    let first = undo(&life, "m1").await.unwrap();
    assert_eq!(first.reminders, []);
    let (found, reversed_by) = center.store.setl(&setl.fixmedins_code, &setl.setl_id).await.unwrap().unwrap();
    let (negative, _) = center.store.setl(&setl.fixmedins_code, &reversed_by.unwrap()).await.unwrap().unwrap();
    assert_eq!(negative.shares, with(lf_settle::reverse(&found.shares), |s| s.balc = negative.shares.balc));
    assert_eq!(negative.medins_setl_id.as_deref(), Some("undo-m1"));
    assert_eq!(stands(&center, &life).await, (2, Some(Fen::ZERO)));
    // Again, also under another number and an hour later: the same, and nothing more is done.
    center.clock.advance_seconds(3_600);
    for msgid in ["undo-m1", "undo-again"] {
        assert_eq!(undo_as(&life, msgid, &command(&life, "m1")).await.unwrap(), first);
    }
    assert_eq!(stands(&center, &life).await, (2, Some(Fen::ZERO)));
    // The late original is no success any more, under whatever number it comes.
    for msgid in ["m1", "m2"] {
        assert_eq!(code(&settle(&life, msgid).await), "RX-2102-04");
    }
}

#[tokio::test]
async fn what_never_arrived_is_kept_from_arriving() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let first = undo(&life, "m1").await.unwrap();
    for msgid in ["undo-m1", "undo-again"] {
        assert_eq!(undo_as(&life, msgid, &command(&life, "m1")).await.unwrap(), first);
    }
    assert_eq!(code(&settle(&life, "m1").await), "RX-0001-03");
    assert_eq!(stands(&center, &life).await, (0, None));
    // The commit refuses it too, where the front's question came too early.
    let settlement = life.settle_command();
    let late = ctx(&life, "m1", &settlement).await;
    assert_eq!(code(&center.center.t2102_settle(&late, &settlement).await), "RX-0001-03");
    // Another person's number on the same original is another message.
    let other = with(command(&life, "m1"), |c| c.psn_no = center.people.retired.psn_no.clone());
    assert_eq!(code(&undo_as(&life, "undo-other", &other).await), "RX-0001-01");
    // A new number settles, and it can be undone in its turn.
    settle(&life, "m2").await.unwrap();
    undo(&life, "m2").await.unwrap();
    assert_eq!(stands(&center, &life).await, (2, Some(Fen::ZERO)));
}

#[tokio::test]
async fn every_number_under_which_a_settlement_was_answered_leads_to_it() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let setl_id = settle(&life, "m1").await.unwrap().reply.setl.setl_id;
    assert_eq!(settle(&life, "m2").await.unwrap().reply.setl.setl_id, setl_id);
    assert_eq!(settle(&life, "m2").await.unwrap().reply.setl.setl_id, setl_id);
    undo(&life, "m2").await.unwrap();
    // The other number names what is undone already, as if 2103 had done it.
    let told = undo(&life, "m1").await.unwrap();
    assert_eq!(told.reminders.iter().map(|r| r.code.as_str()).collect::<Vec<_>>(), ["RX-2103-04"]);
    assert_eq!(stands(&center, &life).await, (2, Some(Fen::ZERO)));

    // A settlement of the REST front is named by what it shows as 医药机构结算ID.
    let rest = center.life(&center.people.active).up_to(Step::Settled).await;
    undo(&rest, &rest.setl.0).await.unwrap();
    assert_eq!(stands(&center, &rest).await, (4, Some(Fen::ZERO)));
}

#[tokio::test]
async fn what_2103_reversed_needs_no_undoing() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    let setl = settle(&life, "m1").await.unwrap().reply.setl;
    life.setl = (setl.setl_id, setl.mdtrt_id);
    life.refund().await.unwrap();
    for _ in 0..2 {
        let told = undo(&life, "m1").await.unwrap();
        assert_eq!(told.reminders.iter().map(|r| r.code.as_str()).collect::<Vec<_>>(), ["RX-2103-04"]);
    }
    assert_eq!(stands(&center, &life).await, (2, Some(Fen::ZERO)));
}

#[tokio::test]
async fn t2601_what_is_refused() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    settle(&life, "m1").await.unwrap();
    let mut said = Said::default();
    let sent = |change: fn(&mut Command)| with(command(&life, "m1"), change);
    said.refused(undo_as(&life, "u1", &sent(|c| c.oinfno = "2101".into())).await);
    for listed in ["2304", "2401"] {
        said.refused(undo_as(&life, "u2", &with(command(&life, "m1"), |c| c.oinfno = listed.into())).await);
    }
    let other = with(command(&life, "m1"), |c| c.psn_no = center.people.retired.psn_no.clone());
    said.refused(undo_as(&life, "u3", &other).await);
    // Another pharmacy's msgid of the same letters is another message; what it burns is its own.
    let mut there = center.life(&center.people.active);
    there.pharmacy = OTHER_PHARMACY.to_owned();
    undo(&there, "m1").await.unwrap();
    assert_eq!(center.audit().await.settlements, 1);
    // The negative of a reversal is no original.
    let mut life = center.life(&center.people.active).up_to(Step::Settled).await;
    let negative = life.refund().await.unwrap().reply.setl.setl_id;
    life.setl.0 = negative.clone();
    said.refused(undo(&life, &negative).await);
    said.refused(send!(life, t2601_undo, hospital, command(&life, "m1")));
    said.are(
        expect![[r#"
            RX-2601-01 交易2101不属于可冲正的交易〔接口规范 2601 oinfno〕
            RX-2601-02 交易2304尚未开通，没有可冲正的数据〔接口规范 2601 oinfno〕
            RX-2601-02 交易2401尚未开通，没有可冲正的数据〔接口规范 2601 oinfno〕
            RX-2103-02 人员编号与结算不符〔接口规范 2103 psn_no〕
            RX-2103-05 撤销产生的负结算不能再撤销〔接口规范 2103〕
            RX-0000-01 该交易不对本类机构开放〔接口规范〕
        "#]],
        &[ReverseRefusal::CODES, &["RX-2103-02", "RX-2103-05"]],
    );
}

/// Original and 2601 at once, many times: afterwards nothing stands, whichever came first, and what was told agrees.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_original_that_races_its_undoing_does_not_stand() {
    let center = Arc::new(TestCenter::new().await);
    let (mut settled, mut burnt) = (0, 0);
    for round in 0..24 {
        let life = center.life(&center.people.active).up_to(Step::Sold).await;
        let (settlement, undoing) = (life.settle_command(), command(&life, "m"));
        let omsgid = format!("m{round}");
        let undoing = Command { omsgid: omsgid.clone(), ..undoing };
        let late = ctx(&life, &omsgid, &settlement).await;
        let mut tasks = Vec::new();
        for at in 0..3 {
            let (there, command, ctx) =
                (center.clone(), undoing.clone(), ctx(&life, &format!("u{round}-{at}"), &undoing).await);
            tasks.push(tokio::spawn(async move {
                // Both orders must happen: every other round the undoing starts behind.
                for _ in 0..(round % 6) * 40 {
                    tokio::task::yield_now().await;
                }
                there.center.t2601_undo(&ctx, &command).await
            }));
        }
        let (there, command, first) = (center.clone(), settlement.clone(), late.clone());
        let original = tokio::spawn(async move { there.center.t2102_settle(&first, &command).await });
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap(), Answer::from(()));
        }
        match code(&original.await.unwrap()).as_str() {
            "ok" => settled += 1,
            // It met the number that 2601 took, or its own settlement already reversed.
            "RX-0001-03" => burnt += 1,
            other => panic!("{other}"),
        }
        let again = code(&center.center.t2102_settle(&late, &settlement).await);
        assert!(["RX-0001-03", "RX-2102-04"].contains(&again.as_str()), "{again}");
        let (_, fund) = stands(&center, &life).await;
        assert!(fund.is_none_or(|fund| fund == Fen::ZERO), "{fund:?}");
    }
    assert_eq!(settled + burnt, 24);
    let report = center.audit().await;
    assert_eq!(report.settlements, 2 * settled, "each settlement has its reversal");
}
