//! Schemes and cases the tests start from; figures of Jiangxi and Nanning as their notices print them.

use lf_settle::*;
use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv};
use lf_vocab::{Day, Fen, Pric, Qty, Ratio};

pub fn yuan(text: &str) -> Fen {
    text.parse().unwrap()
}

pub fn ratio(text: &str) -> Ratio {
    text.parse().unwrap()
}

pub const PERSON_HALF_UP: Rounding = Rounding { mode: Mode::HalfUp, at: At::Line, remainder: Remainder::Person };

/// 江西职工门诊统筹 at a pharmacy from 2023-07-01, in service.
pub fn jiangxi_active() -> SchemeTerms {
    let p = |key: &str| format!("360000/mz_tc.{key}@2023-07-01");
    SchemeTerms {
        code: "360000/mz_tc".into(),
        name: "职工门诊统筹".into(),
        fund: Fund { fund_pay_type: "310102".into(), name: "职工门诊统筹基金".into() },
        deductible: Deductible::FromFee {
            amount: Sourced::new(yuan("300"), p("deductible.year")),
            period: Period::Year,
        },
        ratio: Sourced::new(ratio("0.65"), p("ratio.active.pharmacy")),
        fund_cap: FundCap::Yearly(Sourced::new(yuan("2000"), p("cap.active.year"))),
        pots: Vec::new(),
        preselfpay: Preselfpay {
            a: Some(Sourced::new(Ratio::ZERO, p("preselfpay.a"))),
            b: Some(Sourced::new(ratio("0.1"), p("preselfpay.b"))),
            c: Some(Sourced::new(Ratio::ONE, p("preselfpay.c"))),
        },
        own_expense: Sourced::new((), p("own_expense")),
        over_standard: Sourced::new(OverStandard::PersonPays, p("over_standard")),
        rounding: Sourced::new(PERSON_HALF_UP, p("rounding")),
        account: Sourced::new(AccountUse::PersonPart, p("account")),
    }
}

/// The same, retired.
pub fn jiangxi_retired() -> SchemeTerms {
    let mut terms = jiangxi_active();
    terms.ratio = Sourced::new(ratio("0.70"), "360000/mz_tc.ratio.retired.pharmacy@2023-07-01");
    terms.fund_cap = FundCap::Yearly(Sourced::new(yuan("3000"), "360000/mz_tc.cap.retired.year@2023-07-01"));
    terms
}

/// 南宁门诊特殊慢性病: the monthly deductible is taken from what the fund would pay.
pub fn nanning_chronic() -> SchemeTerms {
    let mut terms = jiangxi_active();
    terms.code = "450100/mz_tm".into();
    terms.fund = Fund { fund_pay_type: "310100".into(), name: "城镇职工基本医疗保险统筹基金".into() };
    terms.deductible = Deductible::FromFund {
        amount: Sourced::new(yuan("100"), "450100/mz_tm.deductible.month"),
        period: Period::Month,
    };
    terms.ratio = Sourced::new(ratio("0.75"), "450100/mz_tm.ratio.retired");
    terms.fund_cap = FundCap::Yearly(Sourced::new(yuan("5500"), "450100/mz_tm.cap.year"));
    terms
}

pub fn line(sn: &str, lv: ChrgitmLv, pric: &str, cnt: &str) -> Line {
    let pric: Pric = pric.parse().unwrap();
    let cnt: Qty = cnt.parse().unwrap();
    Line {
        feedetl_sn: sn.into(),
        med_list_codg: "XC09AAF321A001010100112".parse().unwrap(),
        cnt,
        pric,
        det_item_fee_sumamt: pric.times(cnt).unwrap(),
        chrgitm_lv: lv,
        pric_uplmt: None,
        in_scope: true,
    }
}

/// A case of these lines on 2024-05-20, paid without an account.
pub fn case(lines: Vec<Line>) -> Case {
    let medfee_sumamt = Fen::sum(lines.iter().map(|l| l.det_item_fee_sumamt)).unwrap();
    let day = Day::from_ymd(2024, 5, 20).unwrap();
    Case { lines, day, medfee_sumamt, acct: AcctUsedFlag::No, acct_balance: Fen::ZERO }
}

/// One class A line of so many yuan.
pub fn plain(amount: &str) -> Case {
    case(vec![line("1", ChrgitmLv::A, amount, "1")])
}

/// An accumulator of 2024 that has used so much in May.
pub fn used(eligible: &str, deductible: &str, fund_paid: &str) -> Accumulator {
    let mut months = [Fen::ZERO; 12];
    months[4] = yuan(deductible);
    let totals = Totals { eligible_fen: yuan(eligible), deductible_used_fen: months, fund_paid_fen: yuan(fund_paid) };
    Accumulator::from_stored(2024, totals, 7).unwrap()
}

/// Quotes, and insists on the identities.
pub fn settle(terms: SchemeTerms, acc: &Accumulator, case: &Case) -> Shares {
    let shares = quote(&Scheme::new(terms).unwrap(), acc, case).unwrap();
    assert_eq!(check_identities(&shares), Ok(()));
    shares
}
