//! 7209 and 7210 in a center: the way from the doctor's screen to the patient's door, and what the law of a place asks of it.

use std::collections::BTreeSet;

use expect_test::expect;
use lf_center::t7209_deliver::{self, RecordRefusal};
use lf_center::{Answer, Failure, t9101_file_upload};
use lf_ports::{RegistryPut, Store as _};
use lf_rx::Delivery;
use lf_rx::decide::deliver::{DeliverRefusal, SignOffRefusal};
use lf_rx::delivery::{ColdChain, TempRec};
use lf_testkit::region::{HOSPITAL, PHARMACY, catalogue, drugs, fixmedins};
use lf_testkit::{Life, Step, TestCenter};
use lf_vocab::dict::DelvStasCodg::{Arrived, Cancelled, OnWay, Trouble, Waiting};
use lf_vocab::dict::DelvWay;

use crate::said::{Said, code, codes, with};

fn reminded<R: std::fmt::Debug>(result: Result<Answer<R>, Failure>) -> Vec<String> {
    result.unwrap().reminders.into_iter().map(|reminder| reminder.code).collect()
}

async fn course(life: &Life<'_>) -> Delivery {
    life.center.store.rx(&life.hi_rxno()).await.unwrap().unwrap().state.delivery().clone()
}

#[tokio::test]
async fn from_the_consultation_to_the_door() {
    // proves DG-3.5b
    let center = TestCenter::new().await;
    for way in [DelvWay::Send, DelvWay::Fetch] {
        let life = center.life(&center.people.active).up_to(Step::Settled).await;
        let word = |code| life.deliver_command(way, code);
        assert_eq!(reminded(life.deliver(&word(Waiting)).await), [""; 0]);
        center.clock.advance_seconds(60);
        if way == DelvWay::Send {
            assert_eq!(reminded(life.deliver(&word(OnWay)).await), [""; 0]);
            center.clock.advance_seconds(60);
            life.deliver(&word(Arrived)).await.unwrap();
        } else {
            // What is fetched in the shop is with no carrier.
            assert_eq!(code(&life.deliver(&word(OnWay)).await), "RX-7209-09");
        }
        center.clock.advance_seconds(60);
        let sign = life.sign_off_command();
        life.sign_off(&sign).await.unwrap();
        assert!(matches!(course(&life).await, Delivery::Signed { .. }));
        // The same signature again is answered again, another one is none.
        let seq = center.store.rx(&life.hi_rxno()).await.unwrap().unwrap().seq;
        center.clock.advance_seconds(60);
        life.sign_off(&sign).await.unwrap();
        assert_eq!(center.store.rx(&life.hi_rxno()).await.unwrap().unwrap().seq, seq);
        assert_eq!(code(&life.sign_off(&life.sign_off_command()).await), "RX-7210-03");
        assert_eq!(code(&life.deliver(&word(OnWay)).await), "RX-7209-03");
    }
    let report = center.audit().await;
    assert!(report.passes(), "{report:?}");
}

#[tokio::test]
async fn a_second_word_is_the_same_delivery_and_a_second_number_none() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let first = life.deliver_command(DelvWay::Send, OnWay);
    life.deliver(&first).await.unwrap();
    center.clock.advance_seconds(300);
    life.deliver(&first).await.unwrap();
    let events = center.store.rx_events(&life.hi_rxno()).await.unwrap();
    let told = |events: &[lf_ports::StoredEvent]| {
        let delivery = |event: &&lf_ports::StoredEvent| event.body.starts_with(br#"{"kind":"delivery""#);
        events.iter().filter(delivery).count()
    };
    assert_eq!(told(&events), 1, "the same word is written once");
    let other = with(life.deliver_command(DelvWay::Send, OnWay), |c| c.step.sheet.delv_no = "PS-2".to_owned());
    assert_eq!(code(&life.deliver(&other).await), "RX-7209-04");
    // The sale is not taken back under it, whether it was paid or not; called off, it is.
    let mut life = life;
    assert_eq!(code(&life.undo_sale().await), "RX-7208-06");
    life.settle().await.unwrap();
    assert_eq!(code(&life.refund().await), "RX-2103-06");
    life.deliver(&life.deliver_command(DelvWay::Send, Trouble)).await.unwrap();
    assert_eq!(code(&life.refund().await), "RX-2103-06");
    life.deliver(&life.deliver_command(DelvWay::Send, Cancelled)).await.unwrap();
    life.refund().await.unwrap();
    assert_eq!(code(&life.deliver(&life.deliver_command(DelvWay::Send, OnWay)).await), "RX-7209-01");
    assert_eq!(code(&life.sign_off(&life.sign_off_command()).await), "RX-7210-01");
    let report = center.audit().await;
    assert!(report.passes(), "{report:?}");
}

/// A sold injection of 双通道 in a pharmacy of Guangxi.
async fn injection(center: &TestCenter) -> Life<'_> {
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let mut drug = catalogue().into_iter().find(|drug| drug.med_list_codg.as_str() == drugs::AMOXICILLIN).unwrap();
    drug.dosform_name = "注射剂".to_owned();
    drug.dualchnl = true;
    center.register(RegistryPut::Drug(drug)).await;
    let mut pharmacy = fixmedins(PHARMACY, "南宁药店");
    pharmacy.poolarea_no = "450100".parse().unwrap();
    center.register(RegistryPut::Fixmedins(pharmacy)).await;
    life
}

fn temp_rec(sm3: &str) -> ColdChain {
    ColdChain::Yes {
        temp_rec: Some(TempRec { temp_rec_no: "T1".to_owned(), temp_rec_sm3: sm3.to_owned(), temp_ok_flag: None }),
    }
}

#[tokio::test]
async fn an_injection_goes_by_cold_chain_to_the_institution_that_prescribed_it() {
    // proves GX-2.2e, GX-2.2c, GX-2.2a
    let center = TestCenter::new().await;
    let life = injection(&center).await;
    let send = |to: Option<&str>, cold_chain: ColdChain| {
        with(life.deliver_command(DelvWay::Send, OnWay), |command| {
            command.step.sheet.to.dlv_fixmedins_code = to.map(|to| to.parse().unwrap());
            command.step.cold_chain = cold_chain;
        })
    };
    let cold = || temp_rec(&"a".repeat(64));
    // To another institution, into the patient's hands, or warm.
    for command in [
        send(Some("H36090200002"), cold()),
        send(Some(HOSPITAL), ColdChain::No),
        life.deliver_command(DelvWay::Fetch, Waiting),
    ] {
        assert_eq!(codes(&life.deliver(&command).await), ["INJ-NOT-DELIVERED"], "{:?}", command.step.cold_chain);
    }
    assert_eq!(course(&life).await, Delivery::None, "a refusal stores nothing");
    // A carrier whose qualification has lapsed, on its last day and the day after.
    let until = |day: &str| {
        with(send(Some(HOSPITAL), cold()), |command| {
            command.step.sheet.carrier.lic.as_mut().unwrap().delv_entp_lic_end = day.parse().unwrap();
        })
    };
    assert_eq!(codes(&life.deliver(&until("2026-11-21")).await), ["DELV-CARRIER"]);
    let unsaid = with(send(None, ColdChain::Unsaid), |command| {
        command.step.sheet.carrier.lic = None;
        command.step.sheet.hdov_name = None;
        command.step.delver = None;
    });
    let reminders: BTreeSet<_> = reminded(life.deliver(&unsaid).await).into_iter().collect();
    let told = ["DELV-CARRIER", "DELV-NO-COURIER", "DELV-NO-HANDOVER", "INJ-NOT-DELIVERED"];
    assert_eq!(reminders.iter().map(String::as_str).collect::<Vec<_>>(), told);
    // What waits for a word of its destination may still be told it, before it is signed for.
    life.deliver(&with(unsaid, |command| command.step.delv_stas_codg = Cancelled)).await.unwrap();
    let good = with(until("2026-11-22"), |command| command.step.sheet.delv_no = "PS-9".to_owned());
    assert_eq!(reminded(life.deliver(&good).await), [""; 0]);
    let nameless = with(life.sign_off_command(), |command| command.signed.rcvr = None);
    let warm = with(life.sign_off_command(), |command| command.signed.cold_chain = ColdChain::No);
    assert_eq!(codes(&life.sign_off(&warm).await), ["INJ-NOT-DELIVERED", "INJ-NO-TEMP-RECORD"]);
    // A record that shows it was not kept cold.
    let mut beyond = cold();
    if let ColdChain::Yes { temp_rec: Some(record) } = &mut beyond {
        record.temp_ok_flag = Some(false);
    }
    let beyond = with(life.sign_off_command(), |command| command.signed.cold_chain = beyond.clone());
    assert_eq!(codes(&life.sign_off(&beyond).await), ["INJ-NO-TEMP-RECORD"]);
    assert_eq!(reminded(life.sign_off(&nameless).await), ["DELV-NO-RECEIVER"]);
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn a_record_of_temperatures_that_was_left_here_is_the_stated_one() {
    let center = TestCenter::new().await;
    let life = injection(&center).await;
    let upload = t9101_file_upload::Command {
        fixmedins_code: PHARMACY.parse().unwrap(),
        filename: "温度.csv".to_owned(),
        body: b"2.1,2.4,3.0".to_vec(),
    };
    let ctx = life.ctx(PHARMACY, &upload).await;
    let kept = center.center.t9101_file_upload(&ctx, &upload).await.unwrap().reply;
    let sm3 = lf_gm::hex::lower(&lf_gm::sm3(&upload.body));
    let stated = |sm3: &str| {
        with(life.deliver_command(DelvWay::Send, OnWay), |command| {
            command.step.sheet.to.dlv_fixmedins_code = Some(HOSPITAL.parse().unwrap());
            let temp_rec =
                TempRec { temp_rec_no: kept.file_qury_no.clone(), temp_rec_sm3: sm3.to_owned(), temp_ok_flag: None };
            command.step.cold_chain = ColdChain::Yes { temp_rec: Some(temp_rec) };
        })
    };
    let mut said = Said::default();
    said.refused(life.deliver(&stated(&"b".repeat(64))).await);
    said.are(
        expect![[r#"
            RX-7209-21 温度记录文件的SM3与填报的不符〔接口规范 9101〕
        "#]],
        &[RecordRefusal::CODES],
    );
    life.deliver(&stated(&sm3)).await.unwrap();
}

#[tokio::test]
async fn a_carrier_of_jiangxi_is_qualified() {
    // proves JX-4.2e
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let until = |day: Option<&str>| {
        with(life.deliver_command(DelvWay::Send, OnWay), |command: &mut t7209_deliver::Command| {
            let lic = command.step.sheet.carrier.lic.take();
            command.step.sheet.carrier.lic = lic.zip(day).map(|(mut lic, day)| {
                lic.delv_entp_lic_end = day.parse().unwrap();
                lic
            });
        })
    };
    assert_eq!(codes(&life.deliver(&until(Some("2026-11-21"))).await), ["DELV-CARRIER"]);
    assert_eq!(reminded(life.deliver(&until(None)).await), ["DELV-CARRIER"]);
    assert_eq!(reminded(life.deliver(&until(Some("2026-11-22"))).await), [""; 0]);
}

#[tokio::test]
async fn every_code_of_a_delivery_is_declared_once() {
    let all: Vec<_> = [DeliverRefusal::CODES, SignOffRefusal::CODES, RecordRefusal::CODES].concat();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}
