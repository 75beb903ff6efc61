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

/// A limit of one disease beside one that schemes share: the one that leaves least ends the payment, and is named.
#[test]
fn of_several_limits_the_one_that_leaves_least_decides() {
    let pot = |code: &str, name: &str, cap: &str| Pot {
        code: code.into(),
        name: name.into(),
        cap: Sourced::new(yuan(cap), format!("450000/{code}")),
    };
    let mut terms = jiangxi_active();
    terms.deductible = Deductible::None { provision: "none".into() };
    terms.pots = vec![pot("opsp.M03900", "高血压", "550"), pot("ipt", "住院统筹", "240000")];
    let scheme = Scheme::new(terms.clone()).unwrap();
    let own = Accumulator::new(2024);
    let pots = [used("0", "0", "500"), used("0", "0", "239940")];
    let shares = quote(&scheme, Used { own: &own, pots: &pots }, &plain("1000")).unwrap();
    assert_eq!(check_identities(&shares), Ok(()));
    assert_eq!(shares.fund_pay_sumamt, yuan("50"));
    assert_eq!(shares.pots, ["opsp.M03900", "ipt"]);
    assert_eq!(shares.fund_details[0].crt_payb_lmt_amt, Some(yuan("50")));
    let over = shares.steps.iter().find(|step| step.part == Part::OverCap).unwrap();
    assert_eq!((over.amount, over.provision.as_str()), (yuan("600"), "450000/opsp.M03900"));
    // Each pot takes up what was paid, and gives it back.
    let after = pots[1].after_fund(&shares).unwrap();
    assert_eq!(after.fund_paid_fen(), yuan("239990"));
    assert_eq!(after.after_fund(&reverse(&shares)).unwrap().totals(), pots[1].totals());
    // A scheme that is asked without the accumulators of its limits is refused, and so are two limits of one name.
    assert!(matches!(quote(&scheme, &own, &plain("1")), Err(Refusal::PotsDiffer { pots: 2, given: 0 })));
    terms.pots[1].code = "opsp.M03900".into();
    assert_eq!(Scheme::new(terms.clone()).unwrap_err(), SchemeDefect::PotsClash);
    terms.pots = (0..=MAX_POTS).map(|at| pot(&at.to_string(), "限额", "1")).collect();
    assert_eq!(Scheme::new(terms.clone()).unwrap_err(), SchemeDefect::PotsClash);
    terms.pots.pop();
    assert!(Scheme::new(terms).is_ok());
}

#[test]
fn a_class_of_which_the_law_says_nothing_is_refused_and_the_others_are_settled() {
    let mut terms = nanning_chronic();
    terms.preselfpay.b = None;
    let scheme = Scheme::new(terms).unwrap();
    let of = |lv| quote(&scheme, &Accumulator::new(2024), &case(vec![line("1", lv, "200", "1")]));
    assert!(of(ChrgitmLv::A).is_ok());
    assert_eq!(of(ChrgitmLv::B).unwrap_err().code(), "settle.class_not_formalised");
    // What is outside the scope needs no class.
    let mut outside = case(vec![line("1", ChrgitmLv::B, "200", "1")]);
    outside.lines[0].in_scope = false;
    assert_eq!(quote(&scheme, &Accumulator::new(2024), &outside).unwrap().fulamt_ownpay_amt, yuan("200"));
}

/// 可报丙类: where a class C is paid for in part, its first self-payment is no 全自费.
#[test]
fn class_c_that_is_paid_for_in_part_counts_as_first_self_payment() {
    let mut terms = jiangxi_active();
    terms.preselfpay.c = Some(Sourced::new(ratio("0.3"), "c"));
    let s = settle(terms, &Accumulator::new(2024), &case(vec![line("1", ChrgitmLv::C, "100", "1")]));
    assert_eq!((s.fulamt_ownpay_amt, s.preselfpay_amt, s.inscp_scp_amt), (yuan("0"), yuan("30"), yuan("70")));
}
