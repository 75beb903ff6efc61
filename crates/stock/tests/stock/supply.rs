//! What is offered, strikes and shares.

use crate::fixture::*;
use lf_stock::*;
use lf_vocab::Ratio;

#[test]
fn whole_packs_that_may_be_sold_are_offered() {
    let mut ledger = stocked("2");
    post(&mut ledger, &change(ChgType::Out, "0.5")).unwrap();
    let lots = || ledger.lots().map(|(_, lot)| lot);
    let found = offered(lots(), now().day());
    assert_eq!(found, [Supplied { med_list_codg: goods().med_list_codg, packs: 1 }]);
    assert!(offered(lots(), now().day().plus(1)).is_empty(), "past its expiry");
}

#[test]
fn three_confirmed_strikes_end_an_agreement_and_two_do_not() {
    // proves JX-4.5.1
    let case = |no: &str, on: &str| Shown {
        case_no: no.to_owned(),
        on: on.parse().unwrap(),
        med_list_codg: goods().med_list_codg,
    };
    let mut cases = vec![case("1", "2025-12-31"), case("2", "2026-01-01"), case("3", "2026-02-01")];
    let since = "2026-01-01".parse().unwrap();
    assert_eq!(Strikes::count(&cases, since, 3), Strikes { confirmed: 2, ends_at: 3 });
    cases.push(case("3", "2026-02-01"));
    assert!(!Strikes::count(&cases, since, 3).ends(), "one case told twice is one");
    cases.push(case("4", "2026-03-01"));
    assert!(Strikes::count(&cases, since, 3).ends());
}

#[test]
fn half_of_the_drugs_is_half_and_one_less_is_not() {
    // proves GX-1.2.4
    let half = Ratio::new(500_000);
    let share = share_of_nego(["a", "b", "c", "d"], ["a", "a", "x", "b"]);
    assert_eq!(share, NegoShare { stocked: 2, total: 4 });
    assert!(share.reaches(half));
    let less = share_of_nego(["a", "b", "c", "d"], ["a"]);
    assert!(!less.reaches(half));
    assert_eq!(NegoShare::lowered(half, [&less, &share]), half, "one reaches it, so it stays");
    assert_eq!(NegoShare::lowered(half, [&less]), Ratio::new(250_000));
    assert!(share_of_nego([], []).reaches(half));
}
