//! 零星报销: what happened between two steps of a claim, or at once, counts in the second.

use std::sync::Arc;

use lf_center::reim::{Asked, AskedRx, Doing};
use lf_center::{Center, Settings};
use lf_ports::Person;
use lf_ports::lists::TagList;
use lf_settle::reim::{Bought, BoughtLine, Invoice, ReimStas};
use lf_testkit::edge::SeededChance;
use lf_testkit::{Step, TestCenter};
use lf_vocab::{Fen, HiRxno};

use crate::benefit_law::provision;
use crate::registers::{life, special, tag};
use crate::reim::{
    DISE, accum, answered, asked, benefits, benefits_and, bought, by, dongguan, judged, on_paper, passes, printed,
    undo, unnumbered,
};
use crate::said::{codes, with};

/// One pack of the drug that a prescription of these tests has.
fn of_center(center: &TestCenter, person: &Person, no: &str, hi_rxno: HiRxno) -> Asked {
    let one = Bought { medfee_sumamt: "20.00".parse().unwrap(), ..bought(center, no) };
    let line = BoughtLine {
        cnt: "1".parse().unwrap(),
        pric: "20".parse().unwrap(),
        det_item_fee_sumamt: "20.00".parse().unwrap(),
        ..one.lines[0].clone()
    };
    let rx = AskedRx::InCenter(hi_rxno, None);
    Asked { rx, bought: Bought { lines: vec![line], ..one }, ..asked(center, person, no) }
}

/// The remark of a later edition that nobody read when the claim was checked.
const LATER: &str = "
[[provision]]
id = \"claim.later\"
title = \"例\"
gate = \"claim\"
quantity = \"flag\"
reckoned = \"stoout_time\"
order = 399
violated_if = { paper_flag = true }
severity = \"remind\"
absent = \"pass\"
field = \"paper_flag\"
code = \"CLAIM-LATER\"
sentence = \"请核实。\"
value = [{ from = 2025-01-01, is = true, cite = \"Q-例\", confidence = \"assumed\" }]
";

#[tokio::test]
async fn what_became_unlawful_after_the_check_is_not_approved() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let (place, now) = (person.poolarea_no, by(&center));
    let approve =
        async |no: &str| answered(center.center.reim_do(by(&center), place, no, Doing::Approve(Some("已核实"))).await);
    let none = [Vec::<String>::new(), Vec::new()];
    // Sold through the center after the check.
    let rx = life(&center, &person, vec![special()], Some(DISE)).up_to(Step::Uploaded).await;
    let row = center.center.reim_add(now, &of_center(&center, &person, "1", rx.hi_rxno())).await.unwrap();
    assert_eq!(judged(&center, &row).await, none);
    rx.up_to(Step::Sold).await;
    let told = approve("1").await;
    assert_eq!(codes(&told), ["CLM-15"]);
    assert!(format!("{told:?}").contains("CLAIM-FLOWED"), "it says what changed: {told:?}");
    assert_eq!(accum(&center, &person).await, None, "nothing was promised");
    // Revoked after the check.
    let mut rx = life(&center, &person, vec![special()], Some(DISE)).up_to(Step::Uploaded).await;
    let row = center.center.reim_add(now, &of_center(&center, &person, "2", rx.hi_rxno())).await.unwrap();
    assert_eq!(judged(&center, &row).await, none);
    rx.undo().await.unwrap();
    assert_eq!(codes(&approve("2").await), ["CLM-15"]);
    assert_eq!(judged(&center, &row).await[0], ["CLM-11"]);
    // A list of the place, and checked again it is plainly forbidden.
    let row = center.center.reim_add(now, &asked(&center, &person, "3")).await.unwrap();
    assert_eq!(judged(&center, &row).await, none);
    tag(&center, TagList::Dual, "441900", "双通道", &[None]).await;
    // A running center hears of a list within this time.
    center.clock.advance_seconds(60);
    assert_eq!(codes(&approve("3").await), ["CLM-15"]);
    assert_eq!(judged(&center, &row).await[0], ["CLAIM-MUST-E"]);
    assert_eq!(codes(&approve("3").await), ["CLM-04"]);
    passes(&center, 3).await;
}

#[tokio::test]
async fn what_the_law_reminds_of_since_the_check_must_be_read_first() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let (place, now) = (person.poolarea_no, by(&center));
    let row = center.center.reim_add(now, &asked(&center, &person, "1")).await.unwrap();
    assert_eq!(judged(&center, &row).await, [Vec::<String>::new(), Vec::new()]);
    let (store, chance) = (center.store.clone(), Arc::new(SeededChance::new(3)));
    let later = Center::new(store, Arc::new(benefits_and(LATER)), chance, Settings::default());
    let approve = async || answered(later.reim_do(now, place, "1", Doing::Approve(Some("已核实"))).await);
    assert_eq!(codes(&approve().await), ["CLM-15"]);
    later.reim_check(now, place, "1").await.unwrap();
    assert!(approve().await.is_ok(), "read and looked into");
    passes(&center, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_undo_at_once_one_is_told_that_it_is_undone() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let center = Arc::new(center);
    let (place, now) = (person.poolarea_no, by(&center));
    for round in 1..=24 {
        let no = round.to_string();
        center.center.reim_add(now, &asked(&center, &person, &no)).await.unwrap();
        center.center.reim_check(now, place, &no).await.unwrap();
        center.center.reim_do(now, place, &no, Doing::Approve(None)).await.unwrap();
        let tasks = [(); 4].map(|()| {
            let (center, no) = (center.clone(), no.clone());
            tokio::spawn(async move { answered(center.center.reim_do(now, place, &no, undo("重复", None)).await) })
        });
        let mut done = 0;
        for task in tasks {
            let told = task.await.unwrap();
            match &told {
                Ok(row) => done += i32::from(row.reply.reim.state().stas() == ReimStas::Undone),
                Err(_) => assert_eq!(codes(&told), ["CLM-04"]),
            }
        }
        assert_eq!(done, 1);
        assert_eq!(accum(&center, &person).await.unwrap().fund_paid_fen, Fen::ZERO);
    }
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn what_was_paid_stays_until_the_money_came_back() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let (place, now) = (person.poolarea_no, by(&center));
    center.center.reim_add(now, &asked(&center, &person, "1")).await.unwrap();
    center.center.reim_check(now, place, "1").await.unwrap();
    for doing in [Doing::Approve(None), Doing::Pay("拨付1号")] {
        center.center.reim_do(now, place, "1", doing).await.unwrap();
    }
    let promised = accum(&center, &person).await;
    let told = center.center.reim_do(now, place, "1", undo("重复", None)).await;
    assert_eq!(codes(&answered(told)), ["CLM-04"]);
    assert_eq!(accum(&center, &person).await, promised);
    let again = Asked { reim_no: "2".to_owned(), ..asked(&center, &person, "1") };
    assert_eq!(
        codes(&answered(center.center.reim_add(now, &again).await)),
        ["CLM-13"],
        "prescription and invoice are held"
    );
    center.center.reim_do(now, place, "1", undo("重复", Some("退1号"))).await.unwrap();
    center.center.reim_add(now, &again).await.unwrap();
    passes(&center, 2).await;
}

#[tokio::test]
async fn a_paper_is_valid_for_the_days_of_the_law_whatever_it_says() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    for (no, days, wanted) in [("1", 3, vec![]), ("2", 4, vec!["CLAIM-EXPIRED"])] {
        let mut asked = asked(&center, &person, no);
        let mut paper = on_paper(&center, no);
        paper.prsc_time = center.now().day().plus(-days).start();
        paper.vali_end_time = center.now().day().plus(366 - days).start();
        asked.rx = AskedRx::OnPaper(Box::new(paper), "14".to_owned());
        let row = center.center.reim_add(by(&center), &asked).await.unwrap();
        assert_eq!(judged(&center, &row).await[0], wanted);
    }
}

#[tokio::test]
async fn an_invoice_is_the_same_however_it_is_written() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let add = async |no: &str, code: Option<&str>, number: &str| {
        let mut asked = asked(&center, &person, no);
        asked.bought.invoices = vec![Invoice::new(code, number).unwrap()];
        answered(center.center.reim_add(by(&center), &asked).await)
    };
    assert!(add("1", None, "24442000000012345678").await.is_ok());
    assert_eq!(codes(&add("2", Some(""), "24442000000012345678 ").await), ["CLM-14"]);
    assert!(add("3", Some("044001900111"), "12345678").await.is_ok());
    assert_eq!(codes(&add("4", Some(" 044001900111"), "12345678 ").await), ["CLM-14"]);
}

#[tokio::test]
async fn a_paper_is_the_same_however_its_number_is_copied() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let add = async |no: &str, hosp_rxno: &str, paper_no: Option<&str>| {
        let mut asked = asked(&center, &person, no);
        let mut paper = on_paper(&center, hosp_rxno);
        paper.paper_no = paper_no.map(|number| number.parse().unwrap());
        asked.rx = AskedRx::OnPaper(Box::new(paper), "14".to_owned());
        answered(center.center.reim_add(by(&center), &asked).await)
    };
    assert_eq!(add("1", " a1 ", Some("1")).await.unwrap().reply.reim.intake().rx.hosp_rxno, "A1");
    assert_eq!(codes(&add("2", "A1", Some("2")).await), ["CLM-13"], "the same number of the house");
    // Another number of the house, and the same printed one.
    assert!(add("3", "B1", Some("7")).await.is_ok());
    assert_eq!(codes(&add("4", "B2", Some("000000000007")).await), ["CLM-13"]);
    assert_eq!(codes(&add("5", "7", None).await), ["CLM-13"]);
    // An electronic prescription of this number is not paid as paper.
    let rx = life(&center, &person, vec![special()], Some(DISE)).up_to(Step::Uploaded).await;
    let copied = format!(" {} ", rx.content.head.hosp_rxno);
    assert_eq!(codes(&add("6", &copied, None).await), ["CLM-10"]);
    passes(&center, 2).await;
}

#[tokio::test]
async fn a_paper_that_a_counter_could_settle_has_its_printed_number() {
    // proves DG-3.1c
    // Dongguan still takes paper at the counter; where the number of the house can be the printed one, it is.
    let (center, person) = dongguan(Some(benefits())).await;
    let add = async |asked: Asked| answered(center.center.reim_add(by(&center), &asked).await);
    assert_eq!(codes(&add(unnumbered(&center, &person, "1", "Z1")).await), ["CLM-16"]);
    assert!(add(unnumbered(&center, &person, "2", "000000000002")).await.is_ok());
    // Whoever took it in saw that the form has none: no counter can settle it. Where forms are numbered, it has one.
    let seen = |no: &str, hosp_rxno: &str| {
        with(unnumbered(&center, &person, no, hosp_rxno), |asked| {
            if let AskedRx::OnPaper(paper, _) = &mut asked.rx {
                paper.unnumbered = true;
            }
        })
    };
    assert!(add(seen("3", "Z3")).await.unwrap().reply.reim.intake().rx.unnumbered);
    printed(&center).await;
    assert_eq!(codes(&add(seen("4", "Z4")).await), ["CLM-16"]);
    // Elsewhere none does; but where numbers were printed, a place that takes paper again would go by them.
    let center = TestCenter::new().await;
    let person = center.people.active.clone();
    let add = async |asked: Asked| answered(center.center.reim_add(by(&center), &asked).await);
    assert!(add(unnumbered(&center, &person, "1", "Z1")).await.is_ok());
    printed(&center).await;
    assert_eq!(codes(&add(unnumbered(&center, &person, "2", "Z2")).await), ["CLM-16"]);
    assert!(add(asked(&center, &person, "3")).await.is_ok());
}

#[tokio::test]
async fn what_was_prescribed_in_a_stay_is_paid_by_the_scheme_of_the_stay() {
    // proves DG-3.1c
    let as_inpatient = provision("ipt.as_inpatient", "text", "2025-01-01", "\"inpatient\"");
    let (center, person) = dongguan(Some(benefits_and(&as_inpatient))).await;
    for (no, flag, told) in [("1", None, None), ("2", Some("1"), None), ("3", Some("2"), Some("LAW-00-01"))] {
        let mut asked = asked(&center, &person, no);
        let mut paper = on_paper(&center, no);
        paper.otp_ipt_flag = flag.map(str::to_owned);
        asked.rx = AskedRx::OnPaper(Box::new(paper), "14".to_owned());
        center.center.reim_add(by(&center), &asked).await.unwrap();
        let trial = center.center.reim_check(by(&center), person.poolarea_no, no).await.unwrap().trial;
        assert_eq!(codes(&answered(trial)), Vec::from_iter(told), "{flag:?}: no benefit of a stay is known");
    }
}
