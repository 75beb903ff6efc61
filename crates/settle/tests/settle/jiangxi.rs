//! Worked examples of 江西职工门诊统筹 at a pharmacy, computed by hand from the printed parameters.

use crate::fixture::*;
use lf_settle::*;
use lf_vocab::Fen;
use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv};

/// Eligible 甲 amount, used before (eligible, deductible, fund), and the deductible and fund due.
fn check(terms: SchemeTerms, amount: &str, before: (&str, &str, &str), want: (&str, &str)) {
    let shares = settle(terms, &used(before.0, before.1, before.2), &plain(amount));
    let got = (shares.act_pay_dedc.to_string(), shares.fund_pay_sumamt.to_string());
    assert_eq!(got, (want.0.into(), want.1.into()), "{amount} after {before:?}");
    assert_eq!(shares.psn_part_amt, yuan(amount).checked_sub(yuan(want.1)).unwrap());
}

#[test]
fn the_deductible_is_used_up_then_the_ratio_pays() {
    let a = jiangxi_active;
    check(a(), "120", ("0", "0", "0"), ("120.00", "0.00"));
    check(a(), "250", ("120", "120", "0"), ("180.00", "45.50"));
    check(a(), "100", ("370", "300", "45.50"), ("0.00", "65.00"));
    check(a(), "299.99", ("0", "0", "0"), ("299.99", "0.00"));
    check(a(), "300", ("0", "0", "0"), ("300.00", "0.00"));
    check(a(), "300.01", ("0", "0", "0"), ("300.00", "0.01"));
    check(a(), "300.02", ("0", "0", "0"), ("300.00", "0.01"));
    check(a(), "1", ("299.99", "299.99", "0"), ("0.01", "0.64"));
}

#[test]
fn the_retired_get_seventy_percent_up_to_three_thousand() {
    let r = jiangxi_retired;
    check(r(), "400", ("0", "0", "0"), ("300.00", "70.00"));
    check(r(), "100", ("4500", "300", "2930"), ("0.00", "70.00"));
    check(r(), "100", ("4500", "300", "2930.01"), ("0.00", "69.99"));
}

#[test]
fn the_cap_of_the_year_is_reached_and_not_passed() {
    let a = jiangxi_active;
    check(a(), "100", ("3000", "300", "1934.99"), ("0.00", "65.00"));
    check(a(), "100", ("3000", "300", "1935.00"), ("0.00", "65.00"));
    check(a(), "100", ("3000", "300", "1935.01"), ("0.00", "64.99"));
    check(a(), "100", ("3000", "300", "1999.99"), ("0.00", "0.01"));
    check(a(), "100", ("3000", "300", "2000"), ("0.00", "0.00"));
    check(a(), "10000", ("0", "0", "0"), ("300.00", "2000.00"));
    // The old yearly limit was lower; whoever has more than the new one gets nothing back or more.
    check(a(), "100", ("4000", "300", "2500"), ("0.00", "0.00"));
    // The deductible was lowered from 600 to 300 in the year; what was used above 300 stays used.
    check(a(), "100", ("450", "450", "0"), ("0.00", "65.00"));
}

/// One basket with all classes, a standard and a delivery fee, with the fund open.
fn basket() -> Case {
    let mut dear = line("3", ChrgitmLv::B, "50", "2");
    dear.pric_uplmt = Some("42.5".parse().unwrap());
    let mut delivery = line("5", ChrgitmLv::A, "8", "1");
    delivery.in_scope = false;
    case(vec![
        line("1", ChrgitmLv::A, "12.345", "3"),
        line("2", ChrgitmLv::B, "33.33", "1"),
        dear,
        line("4", ChrgitmLv::C, "20", "1"),
        delivery,
    ])
}

#[test]
fn every_line_is_cut_by_class_scope_and_standard() {
    // proves WH-5.3: the base is the lower of price and standard
    let shares = settle(jiangxi_active(), &used("900", "300", "100"), &basket());
    let cut: Vec<_> = shares
        .lines
        .iter()
        .map(|l| {
            let amounts =
                [l.det_item_fee_sumamt, l.fulamt_ownpay_amt, l.overlmt_amt, l.preselfpay_amt, l.inscp_scp_amt];
            (l.feedetl_sn.as_str(), amounts.map(Fen::get), l.selfpay_prop.to_four())
        })
        .collect();
    let want = [
        ("1", [3704, 0, 0, 0, 3704], "0.0000".to_owned()),
        ("2", [3333, 0, 0, 333, 3000], "0.1000".to_owned()),
        ("3", [10_000, 0, 1500, 850, 7650], "0.1000".to_owned()),
        ("4", [2000, 2000, 0, 0, 0], "1.0000".to_owned()),
        ("5", [800, 800, 0, 0, 0], "1.0000".to_owned()),
    ];
    assert_eq!(cut, want);
    assert_eq!(shares.inscp_scp_amt, yuan("143.54"));
    assert_eq!(shares.fund_pay_sumamt, yuan("93.30"), "65% of 143.54 is 93.301");
    assert_eq!(shares.psn_cash_pay, yuan("105.07"));
}

#[test]
fn every_fen_names_the_provision_that_gave_it() {
    let mut case = basket();
    case.acct = AcctUsedFlag::Own;
    case.acct_balance = yuan("60");
    let shares = settle(jiangxi_active(), &used("900", "300", "1950"), &case);
    let steps: Vec<String> = shares.steps.iter().map(Step::to_string).collect();
    let p = |key: &str| format!("（依据 360000/mz_tc.{key}@2023-07-01）");
    let want = [
        format!("明细2 乙类先行自付10%：3.33元{}", p("preselfpay.b")),
        format!("明细3 超支付标准部分自费：15.00元{}", p("over_standard")),
        format!("明细3 乙类先行自付10%：8.50元{}", p("preselfpay.b")),
        format!("明细4 丙类，全自费：20.00元{}", p("preselfpay.c")),
        format!("明细5 不在支付范围内，全自费：8.00元{}", p("own_expense")),
        format!("起付标准300.00元（本年此前已计300.00元），本次个人负担：0.00元{}", p("deductible.year")),
        format!("按比例个人负担35%（基金支付四舍五入到分，余数归个人）：50.24元{}", p("ratio.active.pharmacy")),
        format!("超过年度最高支付限额2000.00元（此前已支付1950.00元），个人负担：43.30元{}", p("cap.active.year")),
        format!("职工门诊统筹基金按65%支付：50.00元{}", p("ratio.active.pharmacy")),
        format!("个人负担中由个人账户支付：60.00元{}", p("account")),
        format!("个人负担中由现金支付：88.37元{}", p("account")),
    ];
    assert_eq!(steps, want);
}

#[test]
fn the_account_pays_the_personal_part_up_to_its_balance() {
    for (acct, balance, want) in [
        (AcctUsedFlag::No, "500", ("0.00", "0.00", "35.00", "500.00")),
        (AcctUsedFlag::Own, "500", ("35.00", "0.00", "0.00", "465.00")),
        (AcctUsedFlag::Own, "20.5", ("20.50", "0.00", "14.50", "0.00")),
        (AcctUsedFlag::Own, "0", ("0.00", "0.00", "35.00", "0.00")),
        (AcctUsedFlag::Family, "20", ("20.00", "20.00", "15.00", "0.00")),
    ] {
        let mut case = plain("100");
        (case.acct, case.acct_balance) = (acct, yuan(balance));
        let s = settle(jiangxi_active(), &used("300", "300", "0"), &case);
        let got = [s.acct_pay, s.acct_mulaid_pay, s.psn_cash_pay, s.balc].map(|a| a.to_string());
        assert_eq!(got, [want.0, want.1, want.2, want.3], "{acct:?} {balance}");
    }
}

#[test]
fn what_the_account_may_pay_is_the_schemes_word() {
    for (rule, want) in
        [(AccountUse::Nothing, "0.00"), (AccountUse::EligiblePart, "50.24"), (AccountUse::PersonPart, "105.07")]
    {
        let mut terms = jiangxi_active();
        terms.account.value = rule;
        let mut case = basket();
        (case.acct, case.acct_balance) = (AcctUsedFlag::Own, yuan("1000"));
        assert_eq!(settle(terms, &used("900", "300", "0"), &case).acct_pay.to_string(), want, "{rule:?}");
    }
}

#[test]
fn the_funds_are_listed_with_the_account_apart() {
    let mut case = plain("100");
    (case.acct, case.acct_balance) = (AcctUsedFlag::Own, yuan("10"));
    let shares = settle(jiangxi_active(), &used("300", "300", "1990"), &case);
    let rows: Vec<_> = shares
        .fund_details
        .iter()
        .map(|f| (f.fund_pay_type.as_str(), f.kind, f.crt_payb_lmt_amt, f.fund_payamt.to_string()))
        .collect();
    let want = [
        ("310102", FundKind::Fund, Some(yuan("10")), "10.00".to_owned()),
        ("310200", FundKind::Account, None, "10.00".to_owned()),
    ];
    assert_eq!(rows, want);
}

#[test]
fn a_reversal_is_the_negative_settlement_and_gives_back_by_the_way_it_came() {
    // proves JX-3.5b
    let mut case = basket();
    (case.acct, case.acct_balance) = (AcctUsedFlag::Own, yuan("60"));
    let before = used("200", "200", "0");
    let shares = settle(jiangxi_active(), &before, &case);
    let back = reverse(&shares);
    assert_eq!(check_identities(&back), Ok(()));
    assert_eq!(back.medfee_sumamt, yuan("-198.37"));
    for (there, here) in [
        (shares.fund_pay_sumamt, back.fund_pay_sumamt),
        (shares.acct_pay, back.acct_pay),
        (shares.psn_cash_pay, back.psn_cash_pay),
        (shares.fund_details[1].fund_payamt, back.fund_details[1].fund_payamt),
    ] {
        assert!(there > Fen::ZERO);
        assert_eq!(here, there.negated());
    }
    assert_eq!(back.balc, yuan("60"));
    assert_eq!(back.pool_prop_selfpay, shares.pool_prop_selfpay);
    let after = before.after(&shares).unwrap();
    assert_eq!(after.fund_paid_fen(), shares.fund_pay_sumamt);
    assert_eq!(after.deductible_used_fen(Period::Year, 5), yuan("300"));
    assert_eq!(after.after(&back).unwrap().totals(), before.totals());
    assert_eq!(after.without(&shares), after.after(&back));
    assert_eq!(reverse(&back), shares);
}

#[test]
fn shares_and_accumulators_survive_their_written_form() {
    let acc = used("900", "300", "100");
    let shares = settle(jiangxi_active(), &acc, &basket());
    let text = serde_json::to_string(&shares).unwrap();
    assert_eq!(serde_json::from_str::<Shares>(&text).unwrap(), shares);
    let text = serde_json::to_string(&acc).unwrap();
    assert_eq!(serde_json::from_str::<Accumulator>(&text).unwrap(), acc);
    let broken = text.replace("\"fund_paid_fen\":10000", "\"fund_paid_fen\":-1");
    assert_ne!(broken, text);
    assert!(serde_json::from_str::<Accumulator>(&broken).is_err());
}
