//! Statements: totals with reversals, and every row of both sides in exactly one finding.

use crate::fixture::*;
use lf_settle::statement::{Finding, Row, Totals, compare};
use lf_settle::{Accumulator, reverse};
use lf_vocab::Fen;
use proptest::prelude::*;

fn row(setl_id: &str, fund: i64, refd: Option<&str>) -> Row {
    Row {
        setl_id: setl_id.into(),
        mdtrt_id: format!("m-{}", refd.unwrap_or(setl_id)),
        psn_no: "p".into(),
        medfee_sumamt: Fen::new(2 * fund),
        fund_pay_sumamt: Fen::new(fund),
        acct_pay: Fen::ZERO,
        refd_setl_id: refd.map(str::to_owned),
        refd_setl_flag: refd.is_some(),
    }
}

#[test]
fn a_settlement_and_its_reversal_are_two_rows_and_no_money() {
    let shares = settle(jiangxi_active(), &Accumulator::new(2024), &plain("500"));
    let both = [shares.clone(), reverse(&shares)];
    assert_eq!(Totals::of(&both), Some(Totals { cnt: 2, ..Totals::default() }));
    let one = Totals::of(&both[..1]).unwrap();
    assert_eq!((one.medfee_sumamt, one.fund_pay_sumamt, one.cnt), (yuan("500"), yuan("130"), 1));
    let mut huge = shares;
    huge.medfee_sumamt = Fen::new(i64::MAX);
    assert_eq!(Totals::of(&[huge.clone(), huge]), None);
}

#[test]
fn every_kind_of_difference_is_found() {
    let ours =
        [row("s1", 10, None), row("s2", 20, None), row("s3", 30, None), row("r3", -30, Some("s3")), row("s4", 1, None)];
    let mut foreign = row("s2", 20, None);
    foreign.psn_no = "q".into();
    // The reversal under the number of the settlement that it takes back, as some tills send it.
    let mut back = row("s3", -30, Some("s3"));
    back.refd_setl_id = None;
    let theirs = [row("s1", 11, None), foreign, row("s3", 30, None), back, row("s9", 9, None), row("s3", 30, None)];
    let found: Vec<_> = compare(&ours, &theirs).into_iter().map(|one| (one.finding, one.ours)).collect();
    assert_eq!(
        found,
        [
            (Finding::Amounts, Some(0)),
            (Finding::Other, Some(1)),
            (Finding::Same, Some(2)),
            (Finding::Same, Some(3)),
            (Finding::OnlyTheirs, None),
            (Finding::Twice, Some(2)),
            (Finding::OnlyCenter, Some(4)),
        ]
    );
}

proptest! {
    #[test]
    fn no_row_is_lost_and_equal_statements_agree(picks in proptest::collection::vec((0u8..20, 0i64..3), 0..30)) {
        let ours: Vec<_> = (0..10).map(|n| row(&format!("s{n}"), n, None)).collect();
        let theirs: Vec<_> = picks.iter().map(|(n, more)| row(&format!("s{n}"), i64::from(*n) + more, None)).collect();
        let found = compare(&ours, &theirs);
        prop_assert_eq!(found.iter().filter(|one| one.theirs.is_some()).count(), theirs.len());
        let known = found.iter().filter(|one| one.finding != Finding::Twice).filter_map(|one| one.ours);
        let mut known: Vec<_> = known.collect();
        known.sort_unstable();
        prop_assert_eq!(known, (0..ours.len()).collect::<Vec<_>>());
        prop_assert!(compare(&ours, &ours).iter().all(|one| one.finding == Finding::Same));
    }
}
