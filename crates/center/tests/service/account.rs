//! What the personal account alone pays (WH-3.3): 2101, 2102, 2103, 2601 and 5203 of a purchase without a prescription.

use std::collections::BTreeSet;
use std::sync::Arc;

use expect_test::expect;
use lf_center::t2101_without_rx::SAME_BILL_MAX;
use lf_center::{Answer, Ctx, Failure, t2101_quote, t2102_settle, t2103_refund, t2601_undo};
use lf_center::{t9001_signin, t9002_signout, t9101_file_upload};
use lf_ports::{AcctChange, ChangeSet, Person, Setl, Store as _};
use lf_testkit::TestCenter;
use lf_testkit::life::{Item, Life};
use lf_testkit::region::{PHARMACIST, PHARMACY, drugs};
use lf_vocab::Fen;
use lf_vocab::dict::AcctUsedFlag;

use crate::registers::{WUHAN, life, region, special};
use crate::said::{code, codes, send, with};

/// What the account bought without a prescription.
pub fn over_the_counter(life: &Life<'_>, begntime: &str) -> lf_center::t2101_quote::Command {
    with(life.settle_command(), |c| {
        c.begntime = begntime.parse().unwrap();
        c.acct_used_flag = AcctUsedFlag::Own;
        for line in &mut c.lines {
            (line.rxno, line.rx_circ_flag) = (Some("YD0001".to_owned()), false);
        }
    })
}

async fn account(center: &TestCenter, person: &Person) -> Fen {
    center.store.acct(person.poolarea_no, &person.psn_no).await.unwrap().balc
}

/// An account of 50 yuan in Wuhan, whose person buys for 30 yuan at a pharmacy of this place. Of the prescription nothing but
/// the number is used.
pub async fn holder(place: &str) -> (TestCenter, Person, Vec<Item>) {
    let (center, person) = region(place, WUHAN).await;
    let opening = AcctChange {
        poolarea_no: person.poolarea_no,
        psn_no: person.psn_no.clone(),
        expect_version: 0,
        balc: Fen::new(5_000),
    };
    center.put(ChangeSet { acct: vec![opening], ..ChangeSet::default() }).await;
    (center, person, vec![Item::packs(drugs::AMLODIPINE, "氨氯地平片", "2", "15")])
}

const NINE: &str = "2026-11-22 09:00:00";

/// 2102 as the gateway front hands it on.
async fn settle_as(
    life: &Life<'_>,
    msgid: &str,
    command: &t2101_quote::Command,
) -> Result<Answer<t2102_settle::Reply>, Failure> {
    let ctx = Ctx { msgid: Some(msgid.to_owned()), ..life.ctx(&life.pharmacy, command).await };
    life.center.center.check_msgid(&ctx, "2102").await?;
    life.center.center.t2102_settle(&ctx, command).await
}

pub fn back(setl: &Setl) -> t2103_refund::Command {
    t2103_refund::Command {
        setl_id: setl.setl_id.clone(),
        mdtrt_id: setl.mdtrt_id.clone(),
        psn_no: setl.accum_key.psn_no.clone(),
    }
}

fn undoing(setl: &Setl, omsgid: &str) -> t2601_undo::Command {
    t2601_undo::Command { psn_no: setl.accum_key.psn_no.clone(), omsgid: omsgid.to_owned(), oinfno: "2102".to_owned() }
}

#[tokio::test]
async fn the_account_buys_without_a_prescription_where_the_place_knows_such_a_purchase() {
    // proves WH-3.3
    let (center, person, items) = holder(WUHAN).await;
    let mut life = life(&center, &person, items, None);
    life.precheck().await.unwrap();
    let bill = |begntime: &str| over_the_counter(&life, begntime);
    let quoted = send!(life, t2101_quote, pharmacy, bill(NINE)).unwrap().reply.shares;
    let setl = send!(life, t2102_settle, pharmacy, bill(NINE)).unwrap().reply.setl;
    assert_eq!((&setl.hi_rxno, &setl.shares), (&None, &quoted));
    let s = &setl.shares;
    lf_settle::check_identities(s).unwrap();
    assert_eq!((s.fund_pay_sumamt, s.acct_pay, s.psn_cash_pay), (Fen::ZERO, Fen::new(3_000), Fen::ZERO));
    assert_eq!(account(&center, &person).await, Fen::new(2_000));
    // The very same again is the same; another bill of that moment is another purchase. What the account does not hold is cash.
    assert_eq!(send!(life, t2102_settle, pharmacy, bill(NINE)).unwrap().reply.setl, setl);
    let other = || with(bill(NINE), |c| c.lines[0].feedetl_sn = "9".to_owned());
    let second = send!(life, t2102_settle, pharmacy, other()).unwrap().reply.setl;
    assert_eq!((second.shares.acct_pay, second.shares.psn_cash_pay), (Fen::new(2_000), Fen::new(1_000)));
    let negative = send!(life, t2103_refund, pharmacy, back(&second)).unwrap().reply.setl;
    assert_eq!((negative.shares.acct_pay, &negative.hi_rxno), (Fen::new(-2_000), &None));
    assert_eq!(send!(life, t2103_refund, pharmacy, back(&second)).unwrap().reply.setl, negative);
    assert_eq!(account(&center, &person).await, Fen::new(2_000));
    send!(life, t2601_undo, pharmacy, undoing(&setl, &setl.setl_id)).unwrap();
    assert_eq!(account(&center, &person).await, Fen::new(5_000));
    let report = center.audit().await;
    assert!(report.passes() && report.settlements == 4, "{report}");
}

#[tokio::test]
async fn the_same_bill_after_its_reversal_is_a_purchase_of_its_own() {
    let (center, person, items) = holder(WUHAN).await;
    let mut life = life(&center, &person, items, None);
    life.precheck().await.unwrap();
    let bill = over_the_counter(&life, NINE);
    let first = settle_as(&life, "m1", &bill).await.unwrap().reply.setl;
    assert_eq!(settle_as(&life, "m2", &bill).await.unwrap().reply.setl, first, "while it stands it is the same");
    send!(life, t2103_refund, pharmacy, back(&first)).unwrap();
    // What settled it once comes late, under either number, or without one: nothing is paid by it.
    for msgid in ["m1", "m2"] {
        assert_eq!(codes(&settle_as(&life, msgid, &bill).await), ["RX-2102-22"]);
    }
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, bill.clone())), ["RX-2102-22"]);
    assert_eq!(account(&center, &person).await, Fen::new(5_000));
    // A new message is a new purchase, which is answered again and undone in its turn.
    let second = settle_as(&life, "m3", &bill).await.unwrap().reply.setl;
    assert_ne!(second.setl_id, first.setl_id);
    for msgid in ["m3", "m4"] {
        assert_eq!(settle_as(&life, msgid, &bill).await.unwrap().reply.setl, second);
    }
    assert_eq!(account(&center, &person).await, Fen::new(2_000));
    assert_eq!(codes(&settle_as(&life, "m1", &bill).await), ["RX-2102-22"]);
    let command = undoing(&second, "m4");
    send!(life, t2601_undo, pharmacy, command).unwrap();
    for msgid in ["m3", "m4"] {
        assert_eq!(codes(&settle_as(&life, msgid, &bill).await), ["RX-2102-22"]);
    }
    assert_eq!(account(&center, &person).await, Fen::new(5_000));
    let report = center.audit().await;
    assert!(report.passes() && report.settlements == 4, "{report}");
}

#[tokio::test]
async fn the_same_bill_is_settled_so_often_and_not_once_more() {
    let (center, person, items) = holder(WUHAN).await;
    let mut life = life(&center, &person, items, None);
    life.precheck().await.unwrap();
    let bill = over_the_counter(&life, NINE);
    for at in 0..SAME_BILL_MAX {
        let setl = settle_as(&life, &format!("m{at}"), &bill).await.unwrap().reply.setl;
        send!(life, t2103_refund, pharmacy, back(&setl)).unwrap();
    }
    assert_eq!(codes(&settle_as(&life, "one more", &bill).await), ["RX-2102-22"]);
    let report = center.audit().await;
    assert!(report.passes() && report.settlements == 2 * SAME_BILL_MAX as u64, "{report}");
}

/// Reversals of one purchase at once, many times: one takes it back, and all of one kind hear the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reversals_of_a_purchase_that_race() {
    let (center, person, items) = holder(WUHAN).await;
    let center = Arc::new(center);
    let mut life = life(&center, &person, items, None);
    life.precheck().await.unwrap();
    for round in 0..48 {
        let bill = over_the_counter(&life, &format!("2026-11-22 09:00:{round:02}"));
        let setl = settle_as(&life, &format!("m{round}"), &bill).await.unwrap().reply.setl;
        let (refund, undo) = (back(&setl), undoing(&setl, &format!("m{round}")));
        let mut tasks = Vec::new();
        for at in 0..8 {
            let (there, refund, undo) = (center.clone(), refund.clone(), undo.clone());
            let refunding = life.ctx(&life.pharmacy, &refund).await;
            let undoing = life.ctx(&life.pharmacy, &(&undo, undo.psn_no.as_str())).await;
            tasks.push(tokio::spawn(async move {
                // In every other round only one of the two kinds comes.
                match (at + round) % 2 == 0 && round % 4 != 0 {
                    true => (code(&there.center.t2601_undo(&undoing, &undo).await), None),
                    false => {
                        let told = there.center.t2103_refund(&refunding, &refund).await;
                        (code(&told), told.ok().map(|answer| answer.reply.setl.setl_id))
                    }
                }
            }));
        }
        let mut negatives = BTreeSet::new();
        for task in tasks {
            let (said, negative) = task.await.unwrap();
            // 2103 came behind 2601, which said so.
            assert!(said == "ok" || (said == "RX-2103-04" && negative.is_none()), "{said}");
            negatives.extend(negative);
        }
        assert!(negatives.len() <= 1, "{negatives:?}");
        assert_eq!(account(&center, &person).await, Fen::new(5_000));
    }
    let report = center.audit().await;
    assert!(report.passes() && report.settlements == 96, "{report}");
}

#[tokio::test]
async fn the_register_of_duty_is_asked_of_the_account_too() {
    // proves JX-1.2: the gate is Jiangxi's, the scheme of the account Wuhan's
    let (center, person, items) = holder("360900").await;
    let mut life = life(&center, &person, items, None);
    life.precheck().await.unwrap();
    let silent = with(over_the_counter(&life, NINE), |c| c.stated.phar_duty_flag = None);
    let on_duty = async || {
        let told = codes(&send!(life, t2101_quote, pharmacy, silent.clone()));
        assert!(told.contains(&"RX-NOT-REVIEWED".to_owned()), "Jiangxi pays nothing without a prescription: {told:?}");
        !told.contains(&"PHAR-NOT-ON-DUTY".to_owned())
    };
    let signing = t9001_signin::Command { opter_no: PHARMACIST.to_owned() };
    let sign_no = send!(life, t9001_signin, pharmacy, signing).unwrap().reply.sign_no;
    assert!(on_duty().await);
    center.clock.advance_seconds(60);
    let leaving = t9002_signout::Command { sign_no, opter_no: PHARMACIST.to_owned() };
    send!(life, t9002_signout, pharmacy, leaving).unwrap();
    assert!(!on_duty().await);
}

#[tokio::test]
async fn what_the_counter_left_here_and_charges_is_asked_of_the_account_too() {
    // proves JX-1.4, GX-2.2f
    let (center, person, items) = holder(WUHAN).await;
    let mut life = life(&center, &person, items, None);
    life.precheck().await.unwrap();
    let bill = || over_the_counter(&life, NINE);
    // A recording that was left here is the stated one.
    let upload = t9101_file_upload::Command {
        fixmedins_code: PHARMACY.parse().unwrap(),
        filename: "结算.mp4".to_owned(),
        body: vec![1],
    };
    let recorded = send!(life, t9101_file_upload, pharmacy, upload).unwrap().reply.file_qury_no;
    let other = with(bill(), |c| c.stated.media_ref = Some(recorded));
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, other.clone())), ["RX-2102-21"]);
    let same = with(other, |c| c.stated.media_sm3 = Some(lf_gm::hex::lower(&lf_gm::sm3(&[1]))));
    send!(life, t2101_quote, pharmacy, same).unwrap();
    // What is charged for a delivery is no drug.
    let delivered = with(bill(), |c| {
        let fee = c.lines[0].clone();
        c.lines.push(t2101_quote::FeeLine { feedetl_sn: "PS".to_owned(), dlv_fee_flag: true, ..fee });
    });
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, delivered)), ["RX-2102-20"]);
    assert_eq!((center.audit().await.settlements, account(&center, &person).await), (0, Fen::new(5_000)));
}

#[tokio::test]
async fn a_purchase_of_the_account_costs_few_trips() {
    let (mut center, person, items) = holder(WUHAN).await;
    let store = center.watched();
    let mut life = life(&center, &person, items, None);
    life.precheck().await.unwrap();
    let bill = over_the_counter(&life, NINE);
    store.waves();
    let trips = || store.waves().iter().map(|wave| wave.join(" + ")).collect::<Vec<_>>().join(" → ");
    send!(life, t2101_quote, pharmacy, bill.clone()).unwrap();
    let quoted = trips();
    let setl = send!(life, t2102_settle, pharmacy, bill.clone()).unwrap().reply.setl;
    let settled = trips();
    assert_eq!(send!(life, t2102_settle, pharmacy, bill).unwrap().reply.setl, setl);
    expect![[r#"
        2101: person → drugs + accum + acct + idem + file_head
        2102: idem + person → drugs + accum + acct + idem + file_head → commit
        again: idem + person → setl → person
    "#]]
    .assert_eq(&format!("2101: {quoted}\n2102: {settled}\nagain: {}\n", trips()));
}

#[tokio::test]
async fn the_fund_pays_nothing_without_a_prescription() {
    // proves WH-3.3, JX-3.1a: neither another 医疗类别 in Wuhan nor a place that has no such scheme
    let (center, person) = region(WUHAN, WUHAN).await;
    let mut bought = life(&center, &person, vec![special()], None);
    bought.precheck().await.unwrap();
    for med_type in ["11", "18"] {
        let bill = with(over_the_counter(&bought, "2026-11-22 09:00:00"), |c| c.med_type = med_type.into());
        assert_eq!(codes(&send!(bought, t2102_settle, pharmacy, bill)), ["RX-2102-14"], "{med_type}");
    }
    let jiangxi = TestCenter::new().await;
    let mut bought = jiangxi.life(&jiangxi.people.active);
    bought.precheck().await.unwrap();
    let bill = over_the_counter(&bought, "2026-11-22 09:00:00");
    assert_eq!(codes(&send!(bought, t2102_settle, pharmacy, bill)), ["RX-2102-14"]);
    assert_eq!(center.audit().await.settlements + jiangxi.audit().await.settlements, 0);
}
