//! Interlocks of the counter: duty, print, card and person, recording, the pharmacist's signature. Each comes from what the center
//! knows, or from what the counter states; what neither says is reminded of.

use expect_test::expect;
use lf_center::duty::DutyRefusal;
use lf_center::t7207_sell::Rchk;
use lf_center::t9101_file_upload::PAIRS_MAX;
use lf_center::{Answer, Failure, t2101_quote, t9001_signin, t9002_signout, t9101_file_upload, t9102_file_download};
use lf_ports::duty::DUTY_MAX;
use lf_ports::{ChangeSet, FileChange, FileOwner, Fixmedins, OpenHours, RegistryPut, Store as _, StoredFile};
use lf_rx::decide::settle::PairRefusal;
use lf_rx::event::{AtCounter, MediaRef, Printed, PsnMatch};
use lf_rx::{Event, State};
use lf_testkit::region::{HOSPITAL, OTHER_PHARMACY, PHARMACIST, PHARMACY, fixmedins, practitioner};
use lf_testkit::{Life, Step, TestCenter};

use crate::said::{Said, codes, send, with};

async fn sign_in(center: &TestCenter, code: &str, opter_no: &str) -> Result<String, Failure> {
    let command = t9001_signin::Command { opter_no: opter_no.to_owned() };
    let ctx = center.ctx(code, "9001").await;
    Ok(center.center.t9001_signin(&ctx, &command).await?.reply.sign_no)
}

async fn sign_out(center: &TestCenter, opter_no: &str, sign_no: &str) {
    let command = t9002_signout::Command { sign_no: sign_no.to_owned(), opter_no: opter_no.to_owned() };
    let ctx = center.ctx(PHARMACY, "9002").await;
    center.center.t9002_signout(&ctx, &command).await.unwrap();
}

fn reminded<R: std::fmt::Debug>(result: Result<Answer<R>, Failure>) -> Vec<String> {
    result.unwrap().reminders.into_iter().map(|reminder| reminder.code).collect()
}

/// 2101 of a counter that says nothing but this.
async fn quoted(life: &Life<'_>, change: impl FnOnce(&mut t2101_quote::Stated)) -> Vec<String> {
    let command = with(life.settle_command(), |command| {
        command.stated = t2101_quote::Stated::default();
        change(&mut command.stated);
    });
    match send!(life, t2101_quote, pharmacy, command) {
        Ok(answer) => reminded(Ok(answer)).into_iter().map(|code| format!("?{code}")).collect(),
        refused => codes(&refused),
    }
}

fn speaks_of_duty(said: &[String]) -> Option<&str> {
    said.iter().map(String::as_str).find(|code| code.ends_with("PHAR-NOT-ON-DUTY"))
}

#[tokio::test]
async fn nothing_is_settled_while_nobody_is_on_duty() {
    // proves JX-1.2
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    // A pharmacy that never used the register is reminded only.
    assert_eq!(speaks_of_duty(&quoted(&life, |_| {}).await), Some("?PHAR-NOT-ON-DUTY"));
    // An operator who is no pharmacist is not on duty, nor is one of another pharmacy.
    sign_in(&center, PHARMACY, "cashier").await.unwrap();
    sign_in(&center, OTHER_PHARMACY, PHARMACIST).await.unwrap();
    assert_eq!(speaks_of_duty(&quoted(&life, |_| {}).await), Some("?PHAR-NOT-ON-DUTY"));
    let sign_no = sign_in(&center, PHARMACY, PHARMACIST).await.unwrap();
    assert_eq!(speaks_of_duty(&quoted(&life, |_| {}).await), None);
    center.clock.advance_seconds(60);
    sign_out(&center, PHARMACIST, &sign_no).await;
    assert_eq!(speaks_of_duty(&quoted(&life, |_| {}).await), Some("PHAR-NOT-ON-DUTY"));
    // The counter's own word comes first.
    assert_eq!(speaks_of_duty(&quoted(&life, |stated| stated.phar_duty_flag = Some(true)).await), None);
    // Back from the break: the number of the day is the same, and settling goes on.
    center.clock.advance_seconds(60);
    assert_eq!(sign_in(&center, PHARMACY, PHARMACIST).await.unwrap(), sign_no);
    assert_eq!(speaks_of_duty(&quoted(&life, |_| {}).await), None);
    // A new day begins with nobody.
    center.clock.advance_seconds(24 * 3_600);
    assert_eq!(speaks_of_duty(&quoted(&life, |_| {}).await), Some("?PHAR-NOT-ON-DUTY"));
}

#[tokio::test]
async fn a_pharmacy_with_hours_that_is_open_has_somebody_on_duty() {
    // proves JX-1.2
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    for (hours, want) in [("09:00-10:00", "?PHAR-NOT-ON-DUTY"), ("09:00-10:01", "PHAR-NOT-ON-DUTY")] {
        let open_hours = OpenHours::parse(hours);
        center
            .register(RegistryPut::Fixmedins(lf_ports::Fixmedins {
                open_hours, ..fixmedins(PHARMACY, "宜春某药店")
            }))
            .await;
        assert_eq!(speaks_of_duty(&quoted(&life, |_| {}).await), Some(want), "{hours}");
    }
    // Whoever lost the licence signs in as an operator only.
    let unlicensed = lf_ports::Practitioner { licensed: false, ..practitioner(PHARMACY, PHARMACIST, "戊药师") };
    center.register(RegistryPut::Practitioner(unlicensed)).await;
    sign_in(&center, PHARMACY, PHARMACIST).await.unwrap();
    assert_eq!(speaks_of_duty(&quoted(&life, |_| {}).await), Some("PHAR-NOT-ON-DUTY"));
}

#[tokio::test]
async fn after_so_many_marks_a_day_nobody_signs_in_and_whoever_is_there_signs_out() {
    let center = TestCenter::new().await;
    let other = "YS000000000B";
    center.register(RegistryPut::Practitioner(practitioner(PHARMACY, other, "己药师"))).await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let mut sign_no = String::new();
    for _ in 0..DUTY_MAX / 2 - 1 {
        center.clock.advance_seconds(1);
        sign_no = sign_in(&center, PHARMACY, PHARMACIST).await.unwrap();
        center.clock.advance_seconds(1);
        sign_out(&center, PHARMACIST, &sign_no).await;
    }
    sign_in(&center, PHARMACY, PHARMACIST).await.unwrap();
    center.clock.advance_seconds(1);
    let other_no = sign_in(&center, PHARMACY, other).await.unwrap();
    let third = "YS000000000C";
    center.register(RegistryPut::Practitioner(practitioner(PHARMACY, third, "庚药师"))).await;
    let refused = sign_in(&center, PHARMACY, third).await.map(Answer::from);
    assert_eq!(codes(&refused), DutyRefusal::CODES, "one past the limit");
    // Both go home, each heard: of the last mark the register knows too.
    for (opter_no, sign_no, want) in [(other, other_no, None), (PHARMACIST, sign_no, Some("PHAR-NOT-ON-DUTY"))] {
        center.clock.advance_seconds(1);
        sign_out(&center, opter_no, &sign_no).await;
        assert_eq!(speaks_of_duty(&quoted(&life, |_| {}).await), want, "{opter_no}");
    }
    // A hospital has no such register.
    sign_in(&center, HOSPITAL, PHARMACIST).await.unwrap();
}

#[tokio::test]
async fn no_print_no_payment_whoever_knows_of_the_print() {
    // proves JX-3.4.3b
    let center = TestCenter::new().await;
    let print = |said: &[String]| said.iter().find(|code| code.contains("PRINT")).cloned();
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    assert_eq!(print(&quoted(&life, |_| {}).await).as_deref(), Some("?RX-NOT-PRINTED"));
    // The center's own paper.
    let rx = center.store.rx(&life.hi_rxno()).await.unwrap().unwrap();
    let printed = Event::Printed(Printed { print_time: center.now() });
    let change = lf_center::journal::advance(&rx, &printed, center.now()).unwrap();
    center.put(ChangeSet { rx: vec![change], ..ChangeSet::default() }).await;
    assert_eq!(print(&quoted(&life, |_| {}).await), None);
    // What the sale said, also when it said a time to come.
    for (seconds, want) in [(0, None), (1, Some("RX-NOT-PRINTED"))] {
        let mut life = center.life(&center.people.active).up_to(Step::Reviewed).await;
        let sale = with(life.sell_command(), |c| c.print_time = Some(center.now().plus_seconds(seconds)));
        life.sel_stoout_sn = send!(life, t7207_sell, pharmacy, sale).unwrap().reply.sel_stoout_sn;
        assert_eq!(print(&quoted(&life, |_| {}).await).as_deref(), want, "{seconds}");
    }
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn where_every_print_is_reported_an_unknown_one_stops_the_payment() {
    // proves JX-3.4.3a, JX-3.4.3b: an internet hospital's prescription, and a till that is linked with it through the center
    let center = crate::consult::internet().await;
    let linked = lf_ports::GrantRow {
        admdvs: "360900".parse().unwrap(),
        ..crate::grants::row("360000/print.linked", Some("2027-01-01"))
    };
    crate::grants::give(&center, linked).await;
    let life = crate::consult::seen(&center, &center.people.active, (-30, -20)).up_to(Step::Sold).await;
    let unknown = "RX-PRINT-NOT-REPORTED";
    let silent = || with(life.settle_command(), |command| command.stated = t2101_quote::Stated::default());
    assert_eq!(quoted(&life, |_| {}).await, [unknown]);
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, silent())), [unknown]);
    let paid = with(silent(), |command| command.stated.print_time = Some(center.now()));
    send!(life, t2102_settle, pharmacy, paid).unwrap();
    let unprinted = crate::consult::seen(&center, &center.people.active, (-15, -10)).up_to(Step::Sold).await;
    // Who says that it was not printed is told so, by the same code as everywhere in the province.
    let future = Some(center.now().plus_seconds(1));
    let late = ["RX-NOT-PRINTED", "RX-PRINTED-LATE"];
    assert_eq!(quoted(&unprinted, |stated| stated.print_time = future).await, late);
    assert_eq!(quoted(&unprinted, |_| {}).await, [unknown]);
    // In another pool of the province no grant counts, and it is reminded of.
    let elsewhere = Fixmedins { poolarea_no: "361000".parse().unwrap(), ..fixmedins(PHARMACY, "抚州某药店") };
    center.register(RegistryPut::Fixmedins(elsewhere)).await;
    assert_eq!(quoted(&unprinted, |stated| stated.print_time = future).await, late);
    assert!(quoted(&unprinted, |_| {}).await.contains(&"?RX-NOT-PRINTED".to_owned()));
}

#[tokio::test]
async fn card_and_person_by_the_face_or_by_hand() {
    // proves JX-4.1.3b
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    for (score, reason, want) in
        [(80, None, None), (79, None, Some("PSN-FACE-SCORE")), (79, Some("戴口罩，核对证件照片"), None)]
    {
        let said = quoted(&life, |stated| {
            (stated.psn_match_flag, stated.face_score) = (Some(true), Some(score));
            stated.psn_match_rea = reason.map(str::to_owned);
        })
        .await;
        assert_eq!(said.iter().find(|code| code.contains("PSN")).map(String::as_str), want, "{score} {reason:?}");
    }
}

#[tokio::test]
async fn the_settlement_keeps_what_the_counter_stated() {
    // proves JX-1.4: the recording by number and hash, bound into the history
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let upload = t9101_file_upload::Command {
        fixmedins_code: PHARMACY.parse().unwrap(),
        filename: "结算.mp4".to_owned(),
        body: b"frames".to_vec(),
    };
    let ctx = life.ctx(PHARMACY, &upload).await;
    let media_ref = center.center.t9101_file_upload(&ctx, &upload).await.unwrap().reply.file_qury_no;
    let sm3 = lf_gm::hex::lower(&lf_gm::sm3(&upload.body));
    let stated = |sm3: &str| {
        with(life.settle_command(), |command| {
            command.stated.media_ref = Some(media_ref.clone());
            command.stated.media_sm3 = Some(sm3.to_owned());
            command.stated.face_score = Some(60);
            command.stated.psn_match_rea = Some("戴口罩".to_owned());
        })
    };
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, stated(&"0".repeat(64)))), ["RX-2102-21"]);
    let command = stated(&sm3);
    let print_time = command.stated.print_time;
    send!(life, t2102_settle, pharmacy, command).unwrap();
    let rx = center.store.rx(&life.hi_rxno()).await.unwrap().unwrap();
    let State::Settled { settled, .. } = rx.state else { panic!("{}", rx.state.name()) };
    let psn_match = Some(PsnMatch::Manual { face_score: Some(60), psn_match_rea: "戴口罩".to_owned() });
    let media = Some(MediaRef { media_ref, media_sm3: Some(sm3) });
    assert_eq!(settled.at_counter, AtCounter { print_time, psn_match, media });
    assert!(!format!("{:?}", settled.at_counter).contains("口罩"), "a reason stays out of every log");
}

#[tokio::test]
async fn a_recording_is_compared_without_reading_it() {
    // proves JX-1.4
    let mut center = TestCenter::new().await;
    let store = center.watched();
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let upload = pair_file("结算.mp4", b"frames");
    let kept = send!(life, t9101_file_upload, pharmacy, upload).unwrap().reply;
    // One that was left here before hashes were kept beside the files.
    let file = StoredFile {
        owner: FileOwner::Fixmedins(PHARMACY.parse().unwrap()),
        file_qury_no: "old".to_owned(),
        filename: "结算.mp4".to_owned(),
        row_cnt: 0,
        until: kept.until,
        body: b"frames".to_vec(),
    };
    let file = Some(FileChange { file, now: center.now(), sm3: None });
    center.put(ChangeSet { file, ..ChangeSet::default() }).await;
    for (media_ref, reads) in [(kept.file_qury_no.as_str(), false), ("old", true)] {
        for (body, want) in [(b"frames", [""; 0].as_slice()), (b"others", &["RX-2102-21"])] {
            let bill = with(life.settle_command(), |c| {
                c.stated.media_ref = Some(media_ref.to_owned());
                c.stated.media_sm3 = Some(lf_gm::hex::lower(&lf_gm::sm3(body)));
            });
            store.waves();
            assert_eq!(codes(&send!(life, t2101_quote, pharmacy, bill)), want, "{media_ref}");
            assert_eq!(store.waves().concat().contains(&"file"), reads, "{media_ref}");
        }
    }
}

#[tokio::test]
async fn the_pharmacist_who_reviewed_it_signs_the_sale() {
    // proves JX-3.4.2
    let center = TestCenter::new().await;
    let pharmacist = practitioner(PHARMACY, PHARMACIST, "戊药师");
    let named = |name: &str, certno: &str| {
        Some(Rchk { rchk_phar_certno: certno.parse().unwrap(), rchk_phar_name: name.to_owned() })
    };
    let certno = pharmacist.certno.as_ref().unwrap().as_str().to_owned();
    for (rchk, signed) in [
        (None, false),
        (named("他人", &certno), false),
        (named("戊药师", "360902198001010011"), false),
        (named("戊药师", &certno), true),
    ] {
        let life = center.life(&center.people.active).up_to(Step::Reviewed).await;
        let sale = with(life.sell_command(), |c| c.rchk = rchk);
        let said = reminded(send!(life, t7207_sell, pharmacy, sale));
        assert_eq!(said.iter().all(|code| code != "PHAR-NOT-SIGNED"), signed);
        let rx = center.store.rx(&life.hi_rxno()).await.unwrap().unwrap();
        assert_eq!(rx.state.sold().unwrap().rchk_phar_code.is_some(), signed);
    }
}

#[tokio::test]
async fn the_signed_sheet_is_bound_to_its_settlement_once() {
    // proves JX-3.6, JX-4.2b
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Settled).await;
    let upload = async |filename: String, body: &[u8]| {
        let command = t9101_file_upload::Command {
            fixmedins_code: PHARMACY.parse().unwrap(),
            filename: filename.clone(),
            body: body.to_vec(),
        };
        let ctx = center.ctx(PHARMACY, &format!("{filename} {body:?}")).await;
        center.center.t9101_file_upload(&ctx, &command).await
    };
    let pair = async || center.store.rx(&life.hi_rxno()).await.unwrap().unwrap().state.pair().cloned();
    let setl_id = life.setl.0.clone();
    let mut said = Said::default();
    for filename in [
        "PAIR_.pdf".to_owned(),
        format!("PAIR_{setl_id}"),
        format!("PAIR_{setl_id}_{}.pdf", "9".repeat(31)),
        format!("PAIR_{}.pdf", &setl_id[1..]),
    ] {
        said.refused(upload(filename, b"signed").await);
    }
    assert_eq!(pair().await, None);
    let kept = upload(format!("PAIR_{setl_id}_{}.pdf", "9".repeat(30)), b"signed").await.unwrap().reply;
    let bound = pair().await.unwrap();
    assert_eq!((&bound.setl_id, bound.pair_no.as_deref()), (&setl_id, Some(&*"9".repeat(30))));
    assert_eq!((&bound.file_qury_no, bound.pair_sm3), (&kept.file_qury_no, lf_gm::hex::lower(&lf_gm::sm3(b"signed"))));
    // The same copy under another name is the same file and changes nothing; another copy is none of it.
    center.clock.advance_seconds(86_400);
    let again = upload(format!("PAIR_{setl_id}.pdf"), b"signed").await.unwrap().reply;
    assert_eq!(again, kept);
    let pairs = FileOwner::Pairs(PHARMACY.parse().unwrap());
    assert_eq!(center.store.file_count(&pairs, center.now()).await.unwrap(), 1);
    said.refused(upload(format!("PAIR_{setl_id}.jpg"), b"other").await);
    life.refund().await.unwrap();
    said.refused(upload(format!("PAIR_{setl_id}.jpg"), b"third").await);
    said.are(
        expect![[r#"
            RX-9101-11 签字件的文件名应为PAIR_结算ID.后缀或PAIR_结算ID_档案号.后缀，档案号不超过30个字符〔接口规范 9101 filename〕
            RX-9101-11 签字件的文件名应为PAIR_结算ID.后缀或PAIR_结算ID_档案号.后缀，档案号不超过30个字符〔接口规范 9101 filename〕
            RX-9101-11 签字件的文件名应为PAIR_结算ID.后缀或PAIR_结算ID_档案号.后缀，档案号不超过30个字符〔接口规范 9101 filename〕
            RX-9101-12 本机构查无文件名中的结算〔接口规范 9101 filename〕
            RX-9101-14 该结算的签字件已归档，且本次文件与已归档的不同〔接口规范 9101 in〕
            RX-9101-13 文件名中的结算已撤销〔接口规范 2103〕
        "#]],
        &[PairRefusal::CODES],
    );
    assert!(center.audit().await.passes());
}

fn pair_file(filename: &str, body: &[u8]) -> t9101_file_upload::Command {
    t9101_file_upload::Command {
        fixmedins_code: PHARMACY.parse().unwrap(),
        filename: filename.to_owned(),
        body: body.to_vec(),
    }
}

#[tokio::test]
async fn a_signed_sheet_comes_back_to_its_pharmacy_under_its_one_number() {
    // proves JX-3.6, JX-4.2b
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Settled).await;
    let upload = pair_file(&format!("PAIR_{}.pdf", life.setl.0), b"signed");
    let kept = send!(life, t9101_file_upload, pharmacy, upload.clone()).unwrap().reply;
    let ask = |owner: FileOwner| t9102_file_download::Command { file_qury_no: kept.file_qury_no.clone(), owner };
    let own = || ask(FileOwner::Fixmedins(PHARMACY.parse().unwrap()));
    let shown = send!(life, t9102_file_download, pharmacy, own()).unwrap().reply;
    assert_eq!((shown.body, shown.filename), (b"signed".to_vec(), upload.filename.clone()));
    for owner in [FileOwner::Fixmedins(PHARMACY.parse().unwrap()), FileOwner::Pairs(PHARMACY.parse().unwrap())] {
        assert_eq!(codes(&send!(life, t9102_file_download, hospital, ask(owner))), ["RX-0000-02"]);
    }
    // Past its time it is gone; left here again it is found under the number that the history names.
    center.clock.advance_seconds(i64::from(t9101_file_upload::KEPT_DAYS) * 86_400);
    assert_eq!(codes(&send!(life, t9102_file_download, pharmacy, own())), ["RX-9102-01"]);
    let again = send!(life, t9101_file_upload, pharmacy, upload).unwrap().reply;
    assert_eq!(again.file_qury_no, kept.file_qury_no);
    assert!(again.until > kept.until);
    assert_eq!(send!(life, t9102_file_download, pharmacy, own()).unwrap().reply.body, b"signed");
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn so_many_signed_sheets_are_kept_and_not_one_more() {
    let center = TestCenter::new().await;
    let until = center.now().day().plus(2).start();
    for at in 1..PAIRS_MAX {
        let file = StoredFile {
            owner: FileOwner::Pairs(PHARMACY.parse().unwrap()),
            file_qury_no: format!("N{at}"),
            filename: "PAIR_1.pdf".to_owned(),
            row_cnt: 0,
            until,
            body: vec![1],
        };
        center
            .put(ChangeSet { file: Some(FileChange { file, now: center.now(), sm3: None }), ..ChangeSet::default() })
            .await;
    }
    let first = center.life(&center.people.active).up_to(Step::Settled).await;
    let second = center.life(&center.people.active).up_to(Step::Settled).await;
    let pair = |life: &Life<'_>| pair_file(&format!("PAIR_{}.pdf", life.setl.0), life.setl.0.as_bytes());
    let kept = send!(first, t9101_file_upload, pharmacy, pair(&first)).unwrap().reply;
    let refused = send!(second, t9101_file_upload, pharmacy, pair(&second));
    let Err(Failure::Refused(why)) = &refused else { panic!("{refused:?}") };
    assert_eq!(
        (codes(&refused), why[0].sentence.contains(&PAIRS_MAX.to_string())),
        (vec!["RX-9101-04".to_owned()], true)
    );
    assert_eq!(center.store.rx(&second.hi_rxno()).await.unwrap().unwrap().state.pair(), None);
    // What is here already takes no room, nor do other files.
    center.clock.advance_seconds(60);
    assert_eq!(send!(first, t9101_file_upload, pharmacy, pair(&first)).unwrap().reply, kept);
    send!(first, t9101_file_upload, pharmacy, pair_file("结算.mp4", b"x")).unwrap();
    center.clock.advance_seconds(2 * 86_400);
    send!(second, t9101_file_upload, pharmacy, pair(&second)).unwrap();
}
