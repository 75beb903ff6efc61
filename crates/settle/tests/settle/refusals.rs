//! Every refusal, its order, the limits and one past them; broken schemes and broken evidence.

use crate::fixture::*;
use lf_settle::*;
use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Fen, Pric, Qty, Ratio};

fn refused(case: &Case) -> Refusal {
    let scheme = Scheme::new(jiangxi_active()).unwrap();
    quote(&scheme, &Accumulator::new(2024), case).unwrap_err()
}

/// Defects from the last in precedence to the first; each is added to those before it and must win.
#[test]
fn the_ladder_of_refusals() {
    type Spoil = fn(&mut Case);
    let ladder: [(&str, Spoil); 12] = [
        ("settle.wrong_year", |c| c.day = lf_vocab::Day::from_ymd(2025, 1, 1).unwrap()),
        ("settle.balance_negative", |c| c.acct_balance = Fen::new(-1)),
        ("settle.medfee_mismatch", |c| c.medfee_sumamt = yuan("99.99")),
        ("settle.total_beyond_limit", |c| {
            let huge = line("3", ChrgitmLv::A, "9999999", "1");
            c.lines.push(huge);
        }),
        ("settle.det_item_fee_mismatch", |c| c.lines[1].det_item_fee_sumamt = yuan("1.01")),
        ("settle.line_beyond_limit", |c| c.lines[1].pric = Pric::new(i64::MAX)),
        ("settle.amount_not_positive", |c| c.lines[1].det_item_fee_sumamt = Fen::ZERO),
        ("settle.pric_uplmt_negative", |c| c.lines[1].pric_uplmt = Some(Pric::new(-1))),
        ("settle.pric_not_positive", |c| c.lines[1].pric = Pric::ZERO),
        ("settle.cnt_not_positive", |c| c.lines[1].cnt = Qty::new(-10_000)),
        ("settle.duplicate_feedetl_sn", |c| c.lines[1].feedetl_sn = "1".into()),
        ("settle.too_many_lines", |c| {
            let first = c.lines[0].clone();
            c.lines.resize(MAX_LINES + 1, first);
        }),
    ];
    let mut case = case(vec![line("1", ChrgitmLv::A, "99", "1"), line("2", ChrgitmLv::A, "1", "1")]);
    for (code, spoil) in ladder {
        spoil(&mut case);
        assert_eq!(refused(&case).code(), code);
    }
    case.lines.clear();
    assert_eq!(refused(&case), Refusal::NoLines);
}

#[test]
fn a_refusal_says_in_chinese_what_and_where() {
    let mut wrong = plain("100");
    wrong.lines[0].det_item_fee_sumamt = yuan("100.01");
    assert_eq!(refused(&wrong).to_string(), "明细1的金额100.01元与数量乘单价100.00元不符");
    let mut wrong = plain("100");
    wrong.medfee_sumamt = yuan("-100");
    assert_eq!(refused(&wrong).to_string(), "医疗费总额-100.00元与明细合计100.00元不符");
}

#[test]
fn the_limits_and_one_past_them() {
    let scheme = Scheme::new(jiangxi_active()).unwrap();
    let acc = Accumulator::new(2024);
    let many = |n: usize| case((0..n).map(|i| line(&i.to_string(), ChrgitmLv::B, "0.37", "1")).collect());
    assert!(quote(&scheme, &acc, &many(MAX_LINES)).is_ok());
    assert_eq!(refused(&many(MAX_LINES + 1)), Refusal::TooManyLines { count: MAX_LINES + 1 });
    assert_eq!(MAX_MEDFEE_FEN, yuan("10000000"));
    assert!(quote(&scheme, &acc, &plain("10000000")).is_ok());
    assert_eq!(refused(&plain("10000000.01")), Refusal::LineBeyondLimit { feedetl_sn: "1".into() });
    let two = case(vec![line("1", ChrgitmLv::A, "10000000", "1"), line("2", ChrgitmLv::A, "0.01", "1")]);
    assert_eq!(refused(&two), Refusal::TotalBeyondLimit);
}

#[test]
fn a_scheme_that_cannot_be_applied_is_no_scheme() {
    let defect = |spoil: fn(&mut SchemeTerms)| {
        let mut terms = jiangxi_active();
        spoil(&mut terms);
        Scheme::new(terms).unwrap_err()
    };
    assert_eq!(defect(|t| t.ratio.value = Ratio::new(1_000_001)), SchemeDefect::RatioOutOfRange("ratio"));
    assert_eq!(
        defect(|t| t.preselfpay.b.as_mut().unwrap().value = Ratio::new(-1)),
        SchemeDefect::RatioOutOfRange("preselfpay.b")
    );
    assert_eq!(defect(|t| t.account.provision.clear()), SchemeDefect::NoProvision("account"));
    let negative = || Sourced::new(Fen::new(-1), "x");
    assert_eq!(defect(|t| t.fund_cap = FundCap::Yearly(Sourced::new(Fen::new(-1), "x"))), {
        SchemeDefect::NegativeAmount("fund_cap")
    });
    let mut terms = jiangxi_active();
    terms.deductible = Deductible::FromFund { amount: negative(), period: Period::Month };
    assert_eq!(Scheme::new(terms.clone()), Err(SchemeDefect::NegativeAmount("deductible")));
    let text = serde_json::to_string(&terms).unwrap();
    assert!(serde_json::from_str::<Scheme>(&text).is_err(), "the written form is checked too");
}

#[test]
fn an_accumulator_takes_only_what_it_can() {
    let shares = settle(jiangxi_active(), &used("300", "300", "0"), &plain("100"));
    assert_eq!(
        Accumulator::new(2025).after(&shares),
        Err(AccumulatorError::WrongYear { accumulator: 2025, shares: 2024 })
    );
    assert!(matches!(Accumulator::new(2024).without(&shares), Err(AccumulatorError::Negative(_))));
    let mut strange = shares.clone();
    strange.month = 13;
    assert_eq!(used("0", "0", "0").after(&strange), Err(AccumulatorError::WrongMonth(13)));
    strange.month = 1;
    strange.inscp_scp_amt = Fen::new(i64::MAX);
    assert!(matches!(used("1", "0", "0").after(&strange), Err(AccumulatorError::TooLarge(_))));
}

/// Each figure moved by one fen breaks the identity that guards it.
#[test]
fn one_fen_astray_is_found() {
    let shares = settle(jiangxi_active(), &used("100", "100", "0"), &plain("500"));
    let one = Fen::new(1);
    type Spoil = fn(&mut Shares, Fen);
    let spoils: [(u8, Spoil); 10] = [
        (1, |s, f| s.hosp_part_amt = f),
        (2, |s, f| s.acct_pay = f),
        (3, |s, f| s.maf_pay = f),
        (4, |s, f| s.preselfpay_amt = f),
        (5, |s, f| s.lines[0].overlmt_amt = f),
        (6, |s, f| s.lines[0].det_item_fee_sumamt = f),
        (7, |s, f| s.act_pay_dedc = f.negated()),
        (8, |s, f| s.fund_details[0].fund_payamt = f),
        (9, |s, _| s.pool_prop_selfpay = Ratio::new(-1)),
        (10, |s, f| s.steps[0].amount = f),
    ];
    for (number, spoil) in spoils {
        let mut broken = shares.clone();
        spoil(&mut broken, one);
        let found = check_identities(&broken).unwrap_err();
        assert!(found.iter().any(|b| b.number == number), "identity {number}: {found:?}");
    }
}
