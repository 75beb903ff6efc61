//! How many round trips a message costs on the way of a prescription: questions that are asked together travel
//! together, and what a message changes is one commit.

use std::fmt::Write as _;
use std::sync::Arc;

use expect_test::expect;
use lf_center::{Center, Settings};
use lf_testkit::center::repository_law;
use lf_testkit::edge::SeededChance;
use lf_testkit::{TestCenter, Watched};

#[tokio::test]
async fn a_message_reads_in_few_trips_and_writes_in_one() {
    let mut center = TestCenter::new().await;
    let store = Arc::new(Watched::new(center.store.clone()));
    let law = Arc::new(repository_law());
    center.center = Center::new(store.clone(), law, Arc::new(SeededChance::new(7)), Settings::default());
    let mut life = center.life(&center.people.active);
    // The register of the caller is asked by the test, as the front would: it is no part of the use case.
    let mut told = String::new();
    let mut note = |infno: &str| {
        let waves: Vec<_> = store.waves().iter().map(|wave| wave.join(" + ")).collect();
        writeln!(told, "{infno}: {}", waves.join(" → ")).unwrap();
    };
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
        7101: grants → idem + person + practitioner + drugs + list_under + list_items + lists_have + filings_kept + lists_have + filings_kept + lists_have + filings_kept + courses → reserve_serials → commit
        7102: idem + rx + rx_content → commit
        7103: idem + rx → commit
        7201: idem + person → rx_of_person → rx_content → commit
        7204: batch → rx + rx_content + rx_file → drugs → commit
        7205: rx → commit
        7206: idem + rx + practitioner → fixmedins → commit
        7207: idem + rx + rx_content + stock_codes → drugs + drug_prics → commit
        2101: rx + rx_content + person → drugs + drug_prics + accum + acct + file
        2102: idem + rx + rx_content + person → drugs + drug_prics + accum + acct + file + fixmedins → commit
        2103: idem + setl + mdtrt → rx + rx_content + accum + acct → fixmedins → commit
    "#]]
    .assert_eq(&told);
}
