//! Grants: given by an authority, stored with who and on what paper, heard at the gates of the place.

use lf_center::gate;
use lf_center::grants::{GRANTS_FRESH_SECONDS, heard};
use lf_law::{Facts, Field, Gate, Scope};
use lf_ports::{ChangeSet, GrantChange, GrantGiven, GrantRow, RegistryPut};
use lf_testkit::TestCenter;
use lf_testkit::region::{PHARMACY, fixmedins};
use lf_vocab::Moment;

use crate::said::codes;

pub fn row(provision: &str, until: Option<&str>) -> GrantRow {
    GrantRow {
        admdvs: "420200".parse().unwrap(),
        provision: provision.to_owned(),
        grant_no: 1,
        from: "2025-01-01".parse().unwrap(),
        until: until.map(|day| day.parse().unwrap()),
        given: GrantGiven {
            value: "1".to_owned(),
            filing_no: "备〔2024〕1号".to_owned(),
            consent: "湖北省医疗保障局".to_owned(),
            paper: "复函".to_owned(),
            opter_name: "甲经办".to_owned(),
            opt_time: Moment::from_micros(0),
            ended: None,
        },
    }
}

pub async fn give(center: &TestCenter, row: GrantRow) {
    center.put(ChangeSet { grant: Some(GrantChange::Given(row)), ..ChangeSet::default() }).await;
}

/// A settlement in 420200 of a prescription from 420300, or on paper, in its day's words.
async fn settled(center: &TestCenter, change: fn(&mut Facts<'_>)) -> Vec<String> {
    let ctx = center.ctx(PHARMACY, "2102").await;
    let time: Moment = "2025-03-03 10:00:00".parse().unwrap();
    let mut facts = Facts::new();
    facts
        .set(Field::SetlTime, time)
        .set(Field::StooutTime, time)
        .set(Field::PrscTime, time)
        .set(Field::ValiEndTime, time.plus_days(1))
        .set(Field::MedType, "41")
        .set(Field::FundFlag, true)
        .set(Field::RxChkStasCodg, "1")
        .set(Field::PaperFlag, false)
        .set(Field::PharOppoolFlag, true)
        .set(Field::IssPoolareaNo, "420200")
        .set(Field::PharPoolareaNo, "420200");
    facts.push_line(Scope::Sale).set(Field::InRxFlag, true).set(Field::TracCnt, 1i64);
    change(&mut facts);
    let reminders = gate::ask(center.center.law(), Gate::Settle, &ctx, &facts);
    codes(&reminders.map(lf_center::Answer::from))
}

async fn hubei() -> TestCenter {
    let center = TestCenter::new().await;
    let mut pharmacy = fixmedins(PHARMACY, "黄石某药店");
    pharmacy.poolarea_no = "420200".parse().unwrap();
    center.register(RegistryPut::Fixmedins(pharmacy)).await;
    center
}

#[tokio::test]
async fn a_transition_chosen_by_the_pool_lets_the_province_in() {
    // proves HB-3.3, HB-3.5
    let center = hubei().await;
    let other: fn(&mut Facts<'_>) = |facts| {
        facts.set(Field::IssPoolareaNo, "420300");
    };
    assert_eq!(settled(&center, other).await, ["ORIGIN-OTHER-POOL"]);
    give(&center, row("420000/origin.transition", Some("2025-07-01"))).await;
    assert_eq!(settled(&center, other).await, ["ORIGIN-OTHER-POOL"], "what was read is kept for a moment");
    center.clock.advance_seconds(GRANTS_FRESH_SECONDS);
    assert!(settled(&center, other).await.is_empty());
    let abroad: fn(&mut Facts<'_>) = |facts| {
        facts.set(Field::IssPoolareaNo, "430100");
    };
    assert_eq!(settled(&center, abroad).await, ["ORIGIN-OTHER-POOL"], "not another province");
}

#[tokio::test]
async fn an_extension_of_paper_is_heard_and_one_that_is_too_long_is_not() {
    // proves HB-4.5, GX-3.8
    let paper: fn(&mut Facts<'_>) = |facts| {
        facts
            .set(Field::PaperFlag, true)
            .set(Field::IssCircFlag, false)
            .set(Field::PaperDrSignFlag, true)
            .set(Field::PaperSealFlag, true)
            .set(Field::PaperNoUniqFlag, true)
            .set(Field::RxExraAttrCode, "01");
    };
    let center = hubei().await;
    assert_eq!(settled(&center, paper).await, ["PAPER-REFUSED"]);
    let center = hubei().await;
    give(&center, row("420000/paper.extension", Some("2025-04-01"))).await;
    assert!(settled(&center, paper).await.is_empty());
    for until in [Some("2025-12-31"), None] {
        let center = hubei().await;
        let long = row("420000/paper.extension", until);
        assert!(heard(center.center.law(), &long).is_err());
        give(&center, long).await;
        assert_eq!(settled(&center, paper).await, ["PAPER-REFUSED"], "what the provision does not allow has no effect");
    }
    let taken_back = row("420000/paper.extension", Some("2025-01-01"));
    assert_eq!(heard(hubei().await.center.law(), &taken_back), Ok(None));
    let regional = GrantRow { admdvs: "450100".parse().unwrap(), ..row("450000/paper.extension", Some("2025-04-01")) };
    assert!(heard(hubei().await.center.law(), &regional).unwrap().is_some());
}

#[tokio::test]
async fn an_integrated_zone_serves_each_other() {
    // proves GX-2.1b
    let center = TestCenter::new().await;
    let mut pharmacy = fixmedins(PHARMACY, "南宁某药店");
    pharmacy.poolarea_no = "450100".parse().unwrap();
    center.register(RegistryPut::Fixmedins(pharmacy)).await;
    let zone: fn(&mut Facts<'_>) = |facts| {
        facts.set(Field::IssPoolareaNo, "451400").set(Field::PharPoolareaNo, "450100");
    };
    assert_eq!(settled(&center, zone).await, ["ORIGIN-OTHER-POOL"]);
    let zone_grant = GrantRow { admdvs: "450100".parse().unwrap(), ..row("450000/origin.integrated", None) };
    give(&center, zone_grant).await;
    center.clock.advance_seconds(GRANTS_FRESH_SECONDS);
    assert!(settled(&center, zone).await.is_empty());
}
