//! How a benefit is read from packs: two answers are a conflict whoever asks, a parameter is found wherever it may stand, and
//! what a pool was granted stands in the place of what is printed.

use lf_center::Failure;
use lf_center::scheme::{Ask, Kind, benefit, by_prescriber, kind_of, preselfpay};
use lf_law::{Grant, Law};
use lf_ports::{ChangeSet, GrantChange, GrantGiven, GrantRow};
use lf_settle::FundCap;
use lf_testkit::life::Item;
use lf_testkit::region::drugs;
use lf_testkit::{Step, TestCenter, law_with};
use lf_vocab::dict::{Insutype, PsnType};
use lf_vocab::{Day, Fen, Span};

/// A provision of a place, as an authority would write it.
pub fn provision(id: &str, quantity: &str, from: &str, is: &str) -> String {
    format!(
        "[[provision]]\nid = \"{id}\"\ntitle = \"例\"\ngate = \"settle\"\nquantity = \"{quantity}\"\nreckoned = \"setl_time\"\n\
         value = [{{ from = {from}, is = {is}, cite = \"Q-例\", confidence = \"assumed\" }}]\n"
    )
}

/// The packs with provisions written after what stands in a file.
pub fn law(added: &[(&str, String)]) -> Law {
    law_with(|path, text| {
        let more = added.iter().filter(|(file, _)| *file == path).map(|(_, more)| more.as_str());
        std::iter::once(text.as_str()).chain(more).collect::<Vec<_>>().join("\n")
    })
}

fn ask<'a>(dises: &'a [String], grants: &'a [Grant], day: &str) -> Ask<'a> {
    Ask {
        place: "360900".parse().unwrap(),
        day: day.parse().unwrap(),
        insutype: Insutype::Employee,
        psn_type: PsnType::Active,
        med_type: "11",
        level: None,
        dises,
        grants,
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
    match result {
        Err(Failure::Refused(refusals)) => refusals[0].code.clone(),
        other => panic!("{other:?}"),
    }
}

/// The same provision in the province's pack and in the city's, neither an exception to the other.
fn twice(id: &str, is: &str) -> Law {
    let said = || provision(id, "text", "2024-03-22", is);
    law(&[("360000/mz_tc.toml", said()), ("360900/zf.toml", said())])
}

#[test]
fn two_answers_of_the_law_are_told_and_not_passed_over() {
    const CONFLICT: &str = "LAW-00-02";
    let asked = ask(&[], &[], "2026-11-22");
    assert_eq!(code(benefit(&twice("mz_tc.own_expense", "\"person\""), &asked, Kind::MzTc)), CONFLICT);
    let second = law(&[("360900/zf.toml", provision("mz_tc.ratio_basis", "text", "2024-03-22", "\"flat\""))]);
    assert_eq!(code(by_prescriber(&second, &asked, Kind::MzTc)), CONFLICT);
    let types = law(&[("360900/zf.toml", provision("mz_tc.med_types", "texts", "2024-03-22", "[\"11\"]"))]);
    assert_eq!(code(kind_of(&types, &asked)), CONFLICT);
    let years = provision("archive.years", "count", "2024-03-22", "3");
    let kept = law(&[("360900/zf.toml", years)]);
    let day: Day = "2026-11-22".parse().unwrap();
    assert_eq!(code(lf_center::retain::keep_until(&kept, ("360900".parse().unwrap(), &[]), day, "1")), CONFLICT);
}

#[test]
fn a_ratio_is_found_for_a_disease_and_for_all_schemes() {
    let ratio = |law: &Law, dises: &[String], day: &str| {
        benefit(law, &ask(dises, &[], day), Kind::MzTc).unwrap().ratio.value.to_string()
    };
    let dises = ["M03900".to_owned()];
    let of_disease =
        law(&[("360000/mz_tc.toml", provision("mz_tc.dise.M03900.ratio.pharmacy", "ratio", "2023-01-01", "\"0.91\""))]);
    assert_eq!(ratio(&of_disease, &dises, "2026-11-22"), "0.91", "whoever has the disease");
    assert_eq!(ratio(&of_disease, &[], "2026-11-22"), "0.65");
    // Before July 2023 the scheme has a declared gap here.
    let of_all = law(&[("360000/mz_tc.toml", provision("benefit.ratio.pharmacy", "ratio", "2023-01-01", "\"0.5\""))]);
    assert_eq!(ratio(&of_all, &[], "2023-06-30"), "0.5");
    assert_eq!(ratio(&of_all, &[], "2023-07-01"), "0.65", "the scheme's own goes before");
}

/// The packs where a pool may be granted another value of these provisions.
fn grantable(ids: &[&str]) -> Law {
    law_with(|_, text| {
        ids.iter().fold(text, |text, id| {
            let line = format!("id = \"{id}\"\ntitle");
            text.replace(&line, &format!("id = \"{id}\"\ngrant = {{}}\ntitle"))
        })
    })
}

fn row(grant_no: i64, provision: &str, value: &str) -> GrantRow {
    GrantRow {
        admdvs: "360900".parse().unwrap(),
        provision: provision.to_owned(),
        grant_no,
        from: "2026-01-01".parse().unwrap(),
        until: None,
        given: GrantGiven {
            value: value.to_owned(),
            filing_no: "备〔2026〕1号".to_owned(),
            consent: "江西省医疗保障局".to_owned(),
            paper: "复函".to_owned(),
            opter_name: "甲经办".to_owned(),
            opt_time: lf_vocab::Moment::from_micros(0),
            ended: None,
        },
    }
}

#[tokio::test]
async fn what_a_pool_was_granted_is_paid() {
    let mut center = TestCenter::new().await;
    center.under(grantable(&["mz_tc.ratio.active.pharmacy"]));
    let given = row(1, "360000/mz_tc.ratio.active.pharmacy", "0.80");
    center.put(ChangeSet { grant: Some(GrantChange::Given(given)), ..ChangeSet::default() }).await;
    let item = Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "4", "100");
    let mut life = center.life(&center.people.active).of(vec![item]).up_to(Step::Sold).await;
    let shares = life.settle().await.unwrap().reply.setl.shares;
    assert_eq!((shares.act_pay_dedc, shares.fund_pay_sumamt), (Fen::new(30_000), Fen::new(8_000)), "80 % of 100 yuan");
}

#[test]
fn limits_first_payments_and_years_of_keeping_may_be_granted_too() {
    let law = grantable(&["mz_tc.fund_cap_fen.active", "mz_tc.preselfpay.b", "archive.years"]);
    let place = "360900".parse().unwrap();
    let span = Span::new("2026-01-01".parse().unwrap(), None).unwrap();
    let day: Day = "2026-11-22".parse().unwrap();
    let grants: Vec<_> = [
        ("360000/mz_tc.fund_cap_fen.active", "500000"),
        ("360000/mz_tc.preselfpay.b", "0"),
        ("360000/archive.years", "5"),
    ]
    .map(|(provision, value)| law.grant(provision, place, span, value, "备1").unwrap())
    .into();
    let cap = |grants: &[Grant]| match &benefit(&law, &ask(&[], grants, "2026-11-22"), Kind::MzTc).unwrap().fund_cap {
        FundCap::Yearly(cap) => cap.value,
        other => panic!("{other:?}"),
    };
    assert_eq!([cap(&[]), cap(&grants)], [Fen::new(200_000), Fen::new(500_000)]);
    let first = |grants: &[Grant]| preselfpay(&law, place, day, grants).unwrap().b.unwrap().value.to_string();
    assert_eq!([first(&[]), first(&grants)], ["0.1", "0"]);
    let years = |grants: &[Grant]| lf_center::retain::keep_until(&law, (place, grants), day, "1").unwrap().years;
    assert_eq!([years(&[]), years(&grants)], [2, 5]);
}
