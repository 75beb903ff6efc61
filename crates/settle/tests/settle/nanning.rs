//! The deductible that is taken from the fund's payment, monthly; Nanning's printed example.

use crate::fixture::*;
use lf_settle::*;
use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Day, Fen};

/// Total 300 of which 200 eligible.
fn printed() -> Case {
    case(vec![line("1", ChrgitmLv::A, "200", "1"), line("2", ChrgitmLv::C, "100", "1")])
}

#[test]
fn the_printed_example_gives_fifty() {
    let shares = settle(nanning_chronic(), &Accumulator::new(2024), &printed());
    assert_eq!(shares.inscp_scp_amt, yuan("200"));
    assert_eq!(shares.act_pay_dedc, yuan("100"));
    assert_eq!(shares.fund_pay_sumamt, yuan("50"));
    assert_eq!(shares.psn_part_amt, yuan("250"));
}

#[test]
fn the_deductible_counts_by_month_and_starts_again() {
    let acc = Accumulator::new(2024);
    let first = settle(nanning_chronic(), &acc, &plain("80"));
    assert_eq!((first.act_pay_dedc, first.fund_pay_sumamt), (yuan("60"), Fen::ZERO));
    let acc = acc.after(&first).unwrap();
    let second = settle(nanning_chronic(), &acc, &plain("80"));
    assert_eq!((second.act_pay_dedc, second.fund_pay_sumamt), (yuan("40"), yuan("20")));
    let acc = acc.after(&second).unwrap();
    let mut june = plain("80");
    june.day = Day::from_ymd(2024, 6, 1).unwrap();
    let third = settle(nanning_chronic(), &acc, &june);
    assert_eq!((third.act_pay_dedc, third.fund_pay_sumamt), (yuan("60"), Fen::ZERO));
    // A reversal in a later month gives May its deductible back, not June.
    let acc = acc.after(&third).unwrap().after(&reverse(&first)).unwrap();
    assert_eq!(acc.deductible_used_fen(Period::Month, 5), yuan("40"));
    assert_eq!(acc.deductible_used_fen(Period::Month, 6), yuan("60"));
    assert_eq!(acc.deductible_used_fen(Period::Year, 6), yuan("100"));
}

#[test]
fn the_boundary_of_the_deductible_to_the_fen() {
    for (amount, want) in
        [("133.32", ("99.99", "0.00")), ("133.33", ("100.00", "0.00")), ("133.35", ("100.00", "0.01"))]
    {
        let s = settle(nanning_chronic(), &Accumulator::new(2024), &plain(amount));
        let got = (s.act_pay_dedc.to_string(), s.fund_pay_sumamt.to_string());
        assert_eq!(got, (want.0.into(), want.1.into()), "{amount}");
    }
}

#[test]
fn without_deductible_and_cap_the_ratio_alone_decides() {
    let mut terms = nanning_chronic();
    terms.ratio.value = ratio("0.888");
    terms.deductible = Deductible::None { provision: "none".into() };
    terms.fund_cap = FundCap::None { provision: "none".into() };
    let s = settle(terms, &used("0", "0", "900000"), &plain("1000000"));
    assert_eq!(s.fund_pay_sumamt, yuan("888000"));
    assert_eq!(s.fund_details[0].crt_payb_lmt_amt, None);
    assert_eq!(s.pool_prop_selfpay.to_four(), "0.8880");
}
