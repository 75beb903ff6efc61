//! Properties over random schemes, accumulators and cases.

use crate::fixture::jiangxi_active;
use crate::oracle::{Expected, recompute};
use lf_settle::*;
use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv};
use lf_vocab::{Day, Fen, Pric, Qty, Ratio};
use proptest::prelude::*;

fn ratio() -> impl Strategy<Value = Ratio> {
    prop_oneof![
        3 => (0i64..=100).prop_map(|percent| Ratio::new(percent * 10_000)),
        1 => (0i64..=1_000_000).prop_map(Ratio::new),
    ]
}

fn small_fen() -> impl Strategy<Value = Fen> {
    prop_oneof![Just(0i64), 0i64..300, 0i64..300_000].prop_map(Fen::new)
}

fn deductible() -> impl Strategy<Value = Deductible> {
    let period = prop_oneof![Just(Period::Year), Just(Period::Month)];
    (0..3, small_fen(), period).prop_map(|(kind, amount, period)| {
        let amount = Sourced::new(amount, "d");
        match kind {
            0 => Deductible::None { provision: "d".into() },
            1 => Deductible::FromFee { amount, period },
            _ => Deductible::FromFund { amount, period },
        }
    })
}

fn rounding() -> impl Strategy<Value = Rounding> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(half_up, line, person)| Rounding {
        mode: if half_up { Mode::HalfUp } else { Mode::Down },
        at: if line { At::Line } else { At::Total },
        remainder: if person { Remainder::Person } else { Remainder::Fund },
    })
}

fn terms() -> impl Strategy<Value = SchemeTerms> {
    let cap = proptest::option::of(small_fen());
    let account = prop_oneof![Just(AccountUse::Nothing), Just(AccountUse::PersonPart), Just(AccountUse::EligiblePart)];
    let c = prop_oneof![2 => Just(Ratio::ONE), 1 => ratio()];
    let pots = proptest::collection::vec(small_fen(), 0..3);
    (deductible(), (ratio(), ratio(), ratio(), c), (cap, pots), rounding(), account, any::<bool>()).prop_map(
        |(deductible, (pays, a, b, c), (cap, pots), rounding, account, ignored)| SchemeTerms {
            deductible,
            ratio: Sourced::new(pays, "r"),
            fund_cap: match cap {
                None => FundCap::None { provision: "c".into() },
                Some(cap) => FundCap::Yearly(Sourced::new(cap, "c")),
            },
            preselfpay: Preselfpay {
                a: Some(Sourced::new(a, "a")),
                b: Some(Sourced::new(b, "b")),
                c: Some(Sourced::new(c, "c")),
            },
            pots: pots.into_iter().enumerate().map(|(at, cap)| pot(at, cap)).collect(),
            over_standard: Sourced::new(if ignored { OverStandard::Ignored } else { OverStandard::PersonPays }, "o"),
            rounding: Sourced::new(rounding, "m"),
            account: Sourced::new(account, "p"),
            ..jiangxi_active()
        },
    )
}

fn pot(at: usize, cap: Fen) -> Pot {
    Pot { code: format!("pot{at}"), name: format!("限额{at}"), cap: Sourced::new(cap, "pot") }
}

fn accumulator() -> impl Strategy<Value = Accumulator> {
    (small_fen(), proptest::array::uniform12(small_fen()), small_fen()).prop_map(|(eligible, months, paid)| {
        let totals = Totals { eligible_fen: eligible, deductible_used_fen: months, fund_paid_fen: paid };
        Accumulator::from_stored(2024, totals, 1).unwrap()
    })
}

fn line(sn: usize) -> impl Strategy<Value = Line> {
    let level = prop_oneof![Just(ChrgitmLv::A), Just(ChrgitmLv::B), Just(ChrgitmLv::C)];
    let pric = prop_oneof![(1i64..20_000).prop_map(|fen| fen * 10_000), 20_000i64..300_000_000];
    let cnt = prop_oneof![(1i64..30).prop_map(|n| n * 10_000), 5_000i64..100_000];
    (level, pric, cnt, proptest::option::of(0i64..200_000_000), prop::bool::weighted(0.8)).prop_map(
        move |(chrgitm_lv, pric, cnt, standard, in_scope)| {
            let (pric, cnt) = (Pric::new(pric), Qty::new(cnt));
            Line {
                feedetl_sn: sn.to_string(),
                med_list_codg: "XC09AAF321A001010100112".parse().unwrap(),
                cnt,
                pric,
                det_item_fee_sumamt: pric.times(cnt).unwrap(),
                chrgitm_lv,
                pric_uplmt: standard.map(Pric::new),
                in_scope,
            }
        },
    )
}

fn case() -> impl Strategy<Value = Case> {
    let lines = (1usize..8).prop_flat_map(|n| (0..n).map(line).collect::<Vec<_>>());
    let acct = prop_oneof![Just(AcctUsedFlag::No), Just(AcctUsedFlag::Own), Just(AcctUsedFlag::Family)];
    (lines, 1i8..=12, acct, small_fen()).prop_map(|(lines, month, acct, acct_balance)| Case {
        medfee_sumamt: Fen::sum(lines.iter().map(|l| l.det_item_fee_sumamt)).unwrap(),
        day: Day::from_ymd(2024, month, 1).unwrap(),
        lines,
        acct,
        acct_balance,
    })
}

fn scheme() -> impl Strategy<Value = Scheme> {
    terms().prop_map(|terms| Scheme::new(terms).unwrap())
}

/// Nothing used of any pot.
fn fresh(scheme: &Scheme) -> Vec<Accumulator> {
    scheme.pots.iter().map(|_| Accumulator::new(2024)).collect()
}

fn got(s: &Shares) -> Expected {
    let fen = |amount: Fen| i128::from(amount.get());
    Expected {
        own: fen(s.fulamt_ownpay_amt),
        over: fen(s.overlmt_selfpay),
        first: fen(s.preselfpay_amt),
        eligible: fen(s.inscp_scp_amt),
        deductible: fen(s.act_pay_dedc),
        fund: fen(s.fund_pay_sumamt),
        account: fen(s.acct_pay),
        cash: fen(s.psn_cash_pay),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_recomputation_agrees_to_the_fen(
        scheme in scheme(),
        acc in accumulator(),
        two in [accumulator(), accumulator()],
        case in case(),
    ) {
        let pots = &two[..scheme.pots.len()];
        let shares = quote(&scheme, Used { own: &acc, pots }, &case).unwrap();
        prop_assert_eq!(got(&shares), recompute(&scheme, &acc, pots, &case));
    }

    #[test]
    fn identities_hold_for_settlement_and_reversal(scheme in scheme(), acc in accumulator(), case in case()) {
        let shares = quote(&scheme, Used { own: &acc, pots: &fresh(&scheme) }, &case).unwrap();
        prop_assert_eq!(check_identities(&shares), Ok(()));
        let back = reverse(&shares);
        prop_assert_eq!(check_identities(&back), Ok(()));
        prop_assert_eq!(reverse(&back), shares);
    }

    #[test]
    fn every_step_names_a_provision_and_no_share_is_negative(scheme in scheme(), acc in accumulator(), case in case()) {
        let s = quote(&scheme, Used { own: &acc, pots: &fresh(&scheme) }, &case).unwrap();
        prop_assert!(s.steps.iter().all(|step| !step.provision.is_empty() && !step.amount.is_negative()));
        for amount in [s.fund_pay_sumamt, s.psn_part_amt, s.acct_pay, s.psn_cash_pay, s.inscp_scp_amt, s.balc] {
            prop_assert!(!amount.is_negative());
        }
    }

    #[test]
    fn reversals_in_any_order_restore_the_accumulator(
        scheme in scheme(),
        acc in accumulator(),
        cases in proptest::collection::vec(case(), 1..6),
        seed in any::<usize>(),
    ) {
        let mut now = acc.clone();
        let mut pots = fresh(&scheme);
        let mut settled = Vec::new();
        for case in &cases {
            let shares = quote(&scheme, Used { own: &now, pots: &pots }, case).unwrap();
            now = now.after(&shares).unwrap();
            for (acc, pot) in pots.iter_mut().zip(&scheme.pots) {
                *acc = acc.after_fund(&shares).unwrap();
                prop_assert!(acc.fund_paid_fen() <= pot.cap.value, "no shared cap is passed");
            }
            if let Some(cap) = scheme.fund_cap.yearly() {
                prop_assert!(now.fund_paid_fen() <= cap.max(acc.fund_paid_fen()), "the cap is never passed");
            }
            settled.push(shares);
        }
        let mut at = seed;
        while !settled.is_empty() {
            at = at.wrapping_mul(31).wrapping_add(7);
            let shares = settled.swap_remove(at % settled.len());
            now = now.after(&reverse(&shares)).unwrap();
            for acc in &mut pots {
                *acc = acc.after_fund(&reverse(&shares)).unwrap();
            }
        }
        prop_assert!(pots.iter().all(|acc| *acc.totals() == Totals::default()));
        prop_assert_eq!(now.totals(), acc.totals());
        prop_assert_eq!(now.version(), acc.version() + 2 * cases.len() as u64);
    }

    /// A dearer line never lowers what the fund or the person pays.
    #[test]
    fn shares_grow_with_the_bill(scheme in scheme(), acc in accumulator(), amount in 1i64..500_000, more in 1i64..500) {
        let class_a = |fen: i64| {
            let mut case = crate::fixture::plain("1");
            case.lines[0].pric = Pric::new(fen * 10_000);
            case.lines[0].det_item_fee_sumamt = Fen::new(fen);
            case.medfee_sumamt = Fen::new(fen);
            quote(&scheme, Used { own: &acc, pots: &fresh(&scheme) }, &case).unwrap()
        };
        let (less, dearer) = (class_a(amount), class_a(amount + more));
        prop_assert!(dearer.fund_pay_sumamt >= less.fund_pay_sumamt);
        prop_assert!(dearer.psn_part_amt >= less.psn_part_amt);
        prop_assert!(dearer.act_pay_dedc >= less.act_pay_dedc);
    }

    /// One purchase or two of the same total on a day: the fund differs by rounding only.
    #[test]
    fn splitting_a_purchase_gains_nothing(acc in accumulator(), one in 1i64..200_000, two in 1i64..200_000) {
        let scheme = Scheme::new(jiangxi_active()).unwrap();
        let buy = |acc: &Accumulator, fen: i64| {
            let text = Fen::new(fen).to_string();
            let shares = quote(&scheme, acc, &crate::fixture::plain(&text)).unwrap();
            (acc.after(&shares).unwrap(), shares.fund_pay_sumamt.get())
        };
        let (after, first) = buy(&acc, one);
        let (_, second) = buy(&after, two);
        let (_, together) = buy(&acc, one + two);
        prop_assert!((first + second - together).abs() <= 1);
    }

    #[test]
    fn nothing_panics_on_extreme_amounts(
        scheme in scheme(),
        numbers in proptest::array::uniform6(prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), -3i64..3]),
        standard in proptest::option::of(any::<i64>()),
        year in any::<i16>(),
    ) {
        let [cnt, pric, det, total, balance, flow] = numbers;
        let mut case = crate::fixture::plain("1");
        case.lines[0].cnt = Qty::new(cnt);
        case.lines[0].pric = Pric::new(pric);
        case.lines[0].det_item_fee_sumamt = Fen::new(det);
        case.lines[0].pric_uplmt = standard.map(Pric::new);
        case.medfee_sumamt = Fen::new(total);
        case.acct_balance = Fen::new(balance);
        let pots: Vec<_> = scheme.pots.iter().map(|_| Accumulator::new(year)).collect();
        if let Ok(shares) = quote(&scheme, Used { own: &Accumulator::new(year), pots: &pots }, &case) {
            prop_assert_eq!(check_identities(&shares), Ok(()));
        }
        // Broken evidence: still no panic, and the accumulator answers with an error or a sound state.
        let own = Accumulator::new(2024);
        let mut shares = quote(&scheme, Used { own: &own, pots: &fresh(&scheme) }, &crate::fixture::plain("1")).unwrap();
        shares.inscp_scp_amt = Fen::new(flow);
        shares.fund_pay_sumamt = Fen::new(det);
        shares.acct_pay = Fen::new(total);
        shares.lines[0].cnt = Qty::new(cnt);
        shares.lines[0].pric = Pric::new(pric);
        let back = reverse(&shares);
        let _ = (check_identities(&shares), check_identities(&back));
        let _ = (Accumulator::new(2024).after(&shares), Accumulator::new(2024).without(&back));
    }
}
