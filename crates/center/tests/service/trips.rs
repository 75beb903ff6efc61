//! How many round trips a message costs on the way of a prescription: questions that are asked together travel
//! together, and what a message changes is one commit.

use std::fmt::Write as _;

use expect_test::expect;
use lf_center::t2101_quote::Stated;
use lf_center::{t5302_chosen, t7203_qrcode};
use lf_ports::lists::TagList;
use lf_ports::{Filed, RegistryPut};
use lf_testkit::region::{HOSPITAL, PHARMACY};
use lf_testkit::{Step, TestCenter, Watched};
use lf_vocab::Span;

use crate::consult::{agreement, in_pharmacy, internet};
use crate::registers::{WUHAN, disease, file, in_transition, life, region, special, tag};
use crate::said::{send, with};

fn waves(store: &Watched) -> String {
    store.waves().iter().map(|wave| wave.join(" + ")).collect::<Vec<_>>().join(" → ")
}

#[tokio::test]
async fn a_message_reads_in_few_trips_and_writes_in_one() {
    let mut center = TestCenter::new().await;
    let store = center.watched();
    let mut life = center.life(&center.people.active);
    // The register of the caller is asked by the test, as the front would: it is no part of the use case.
    let mut told = String::new();
    let mut note = |infno: &str| writeln!(told, "{infno}: {}", waves(&store)).unwrap();
    life.precheck().await.unwrap();
    note("7101");
    life.sign().await.unwrap();
    note("7102");
    life.upload().await.unwrap();
    note("7103");
    life.authorise().await.unwrap();
    note("7201");
    life.download().await.unwrap();
    note("7204");
    life.verify().await.unwrap();
    note("7205");
    life.review().await.unwrap();
    note("7206");
    life.sell().await.unwrap();
    note("7207");
    life.quote().await.unwrap();
    note("2101");
    life.settle().await.unwrap();
    note("2102");
    life.refund().await.unwrap();
    note("2103");
    expect![[r#"
        7101: grants → idem + person + practitioner + drugs + list_under + list_items + designations_kept + lists_have + filings_kept + courses → reserve_serials → commit
        7102: idem + rx + rx_content → commit
        7103: idem + rx → commit
        7201: idem + person → rx_of_person → rx_content → commit
        7204: batch → rx + rx_content + rx_file → drugs → commit
        7205: rx → commit
        7206: idem + rx + practitioner → fixmedins → commit
        7207: idem + rx + rx_content + stock_codes → drugs + drug_prics → commit
        2101: rx + rx_content + person → drugs + drug_prics + accum + acct + idem + file_head + claim
        2102: idem + rx + rx_content + person → drugs + drug_prics + accum + acct + idem + file_head + claim + fixmedins → commit
        2103: idem + setl + mdtrt → rx + rx_content + accum + acct → fixmedins → commit
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn what_was_chosen_online_is_asked_for_in_one_trip() {
    let mut center = TestCenter::new().await;
    let store = center.watched();
    let life = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let message = crate::online::asked(&life).await;
    store.waves();
    send!(life, t7202_online, pharmacy, message).unwrap();
    expect!["batch + rx"].assert_eq(&waves(&store));
}

#[tokio::test]
async fn an_agreement_on_consultations_is_asked_beside_the_rest() {
    let mut center = internet().await;
    agreement(&center, Span::new("2026-01-01".parse().unwrap(), None).unwrap()).await;
    let store = center.watched();
    // One whose pharmacy the doctor named, and one that was held where the person goes: one question each, all at once.
    in_pharmacy(&center, Some(PHARMACY)).up_to(Step::Uploaded).await;
    let mut life = in_pharmacy(&center, None).up_to(Step::Uploaded).await;
    let mut told = String::new();
    let mut note = |infno: &str| writeln!(told, "{infno}: {}", waves(&store)).unwrap();
    note("7101 to 7103");
    life.authorise().await.unwrap();
    note("7201");
    let epc_qrcd = t7203_qrcode::epc_qrcd(&life.hi_rxno(), &life.sign_digest);
    let scanned = t7203_qrcode::Command { epc_qrcd, fixmedins_code: PHARMACY.parse().unwrap() };
    send!(life, t7203_qrcode, pharmacy, scanned).unwrap();
    note("7203");
    life.download().await.unwrap();
    note("7204");
    life.verify().await.unwrap();
    life.review().await.unwrap();
    note("7205, 7206");
    life.sell().await.unwrap();
    note("7207");
    expect![[r#"
        7101 to 7103: grants → idem + person + practitioner + drugs + list_under + list_items + designations_kept + lists_have + filings_kept + courses + itnt_overlaps + list_under + list_page + fixmedins → reserve_serials → commit → idem + rx + rx_content → commit → idem + rx → itnt_last → itnt_overlaps → commit → idem + person + practitioner + drugs + list_under + list_items + courses + itnt_overlaps + fixmedins → commit → idem + rx + rx_content → commit → idem + rx → itnt_last → itnt_overlaps → commit
        7201: idem + person → rx_of_person → list_under + list_page + rx_content + list_under + list_page + rx_content → commit
        7203: idem + rx → list_under + list_page + rx_content → commit
        7204: batch → rx + rx_content + rx_file → list_under + list_page + drugs → commit
        7205, 7206: rx → commit → idem + rx + practitioner → fixmedins → commit
        7207: idem + rx + rx_content + stock_codes → drugs + drug_prics + list_under + list_page → commit
    "#]].assert_eq(&told);
}

#[tokio::test]
async fn the_register_of_duty_is_asked_where_the_law_reads_it_and_nobody_states_it() {
    let mut told = String::new();
    for place in ["360900", WUHAN] {
        let (mut center, person) = region(place, place).await;
        let store = center.watched();
        let sold = life(&center, &person, vec![special()], None).up_to(Step::Sold).await;
        for phar_duty_flag in [None, Some(true)] {
            store.waves();
            let bill = with(sold.settle_command(), |c| {
                c.stated = Stated { phar_duty_flag, ..Stated::default() };
            });
            let _ = send!(sold, t2101_quote, pharmacy, bill);
            writeln!(told, "2101 {place} {phar_duty_flag:?}: {}", waves(&store)).unwrap();
        }
    }
    expect![[r#"
        2101 360900 None: rx + rx_content + person → drugs + drug_prics + accum + acct + duty + claim
        2101 360900 Some(true): rx + rx_content + person → drugs + drug_prics + accum + acct + claim
        2101 420100 None: rx + rx_content + person → drugs + drug_prics + accum + acct + claim
        2101 420100 Some(true): rx + rx_content + person → drugs + drug_prics + accum + acct + claim
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn a_transition_is_asked_where_the_law_knows_of_one_and_of_all_days_together() {
    let mut told = String::new();
    // A place whose law knows of none, one that has no list, one that has.
    for (place, list) in [("360900", None), (WUHAN, None), (WUHAN, Some("420000"))] {
        let (mut center, person) = in_transition().await;
        center.clock.set("2025-06-29 10:00:00".parse().unwrap());
        if let Some(list) = list {
            tag(&center, TagList::Renewal, list, "续约失败", &[None]).await;
        }
        let person = lf_ports::Person { poolarea_no: place.parse().unwrap(), ..person };
        center.register(RegistryPut::Person(person.clone())).await;
        let store = center.watched();
        let reviewed = life(&center, &person, vec![special()], None).up_to(Step::Reviewed).await;
        // Sold on another day than prescribed: two days of the catalogue.
        center.clock.set("2025-06-30 10:00:00".parse().unwrap());
        store.waves();
        let sale = with(reviewed.sell_command(), |c| c.lines[0].stoout_time = center.now());
        send!(reviewed, t7207_sell, pharmacy, sale).unwrap();
        writeln!(told, "7207 {place} {list:?}: {}", waves(&store)).unwrap();
    }
    expect![[r#"
        7207 360900 None: grants → idem + rx + rx_content + stock_codes → drugs + drug_prics + drugs + drug_prics + designations_kept + lists_have + filings_kept + claim → grants → commit
        7207 420100 None: grants → idem + rx + rx_content + stock_codes → drugs + drug_prics + drugs + drug_prics + designations_kept + lists_have + filings_kept + claim → designations_kept + lists_have + filings_kept → commit
        7207 420100 Some("420000"): grants → idem + rx + rx_content + stock_codes → drugs + drug_prics + drugs + drug_prics + designations_kept + lists_have + filings_kept + claim + list_under → designations_kept + lists_have + filings_kept + list_under + list_under + drug_rows + drug_rows → commit
    "#]].assert_eq(&told);
}

#[tokio::test]
async fn the_institutions_of_all_filings_are_asked_together() {
    let (mut center, person) = region("441900", "441900").await;
    for (filing_no, dise) in [("1", "M03900"), ("2", "M01600")] {
        let mut filing = disease(&person, filing_no, dise);
        if let Filed::Opsp(opsp) = &mut filing.body.filed {
            opsp.biz_appy_type = Some("14".to_owned());
            opsp.fixmedins = [HOSPITAL, PHARMACY].map(|code| code.parse().unwrap()).to_vec();
        }
        file(&center, filing).await;
    }
    let store = center.watched();
    let ctx = center.ctx(HOSPITAL, "5302").await;
    let command = t5302_chosen::Command { psn_no: person.psn_no.clone(), biz_appy_type: "14".to_owned() };
    store.waves();
    let chosen = center.center.t5302_chosen(&ctx, &command).await.unwrap().reply.chosen;
    assert_eq!(chosen.len(), 4);
    assert!(chosen.iter().all(|one| one.fixmedins_name == "某机构"));
    expect!["person + designations_kept + lists_have + filings_kept + filings → fixmedins + fixmedins"]
        .assert_eq(&waves(&store));
}
