//! Ten thousand days of pharmacies: no fen and no box differs, and everything that should happen did happen.

use lf_testkit::counter::{Report, play};

#[test]
fn ten_thousand_days_and_no_fen_and_no_box_differs() {
    let report = play(20_261_122, 10_000);
    assert!(report.passes(), "{report}\n{}", report.told.join("\n"));
    assert_eq!(report.days, 10_000);
    for (what, count, least) in [
        ("settlements", report.settlements, 15_000),
        ("quotes", report.quotes, 1_500),
        ("reversals", report.reversals, 3_000),
        ("later month", report.reversals_later_month, 1_000),
        ("later year", report.reversals_later_year, 300),
        ("after clearing", report.reversals_after_clearing, 1_000),
        ("clearings", report.clearings, 500),
        ("over a cap", report.over_cap, 500),
        ("bad", report.bad, 1_500),
        ("rows of goods", report.moves, 20_000),
        ("bad rows", report.bad_moves, 1_000),
        ("boxes sold", report.boxes_sold, 5_000),
        ("boxes back", report.boxes_returned, 2_000),
        ("units sold", report.units_sold, 5_000),
        ("units back", report.units_returned, 500),
    ] {
        assert!(count >= least, "{what}: {count}\n{report}");
    }
}

#[test]
fn a_seed_plays_the_same_days_again() {
    let first = play(7, 300);
    assert_eq!(first, play(7, 300));
    assert_ne!(first, play(8, 300));
    let mut sum = Report::default();
    sum.add(first.clone());
    sum.add(first.clone());
    assert_eq!((sum.days, sum.lines), (600, 2 * first.lines));
}
