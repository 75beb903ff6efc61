//! A second computation of the shares that shares no code with the crate and goes another way: it
//! computes in exact fractions from the person's side, walking the eligible amount in bands.

use lf_settle::*;
use lf_vocab::dict::ChrgitmLv;

/// A non-negative exact fraction.
#[derive(Clone, Copy, Debug)]
struct Frac(i128, i128);

impl Frac {
    fn cut(self, half_up: bool) -> i128 {
        let (whole, rest) = (self.0 / self.1, self.0 % self.1);
        whole + i128::from(half_up && 2 * rest >= self.1)
    }

    fn add(self, other: Frac) -> Frac {
        Frac(self.0 * other.1 + other.0 * self.1, self.1 * other.1).reduced()
    }

    fn reduced(self) -> Frac {
        let (mut a, mut b) = (self.0, self.1);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Frac(self.0 / a, self.1 / a)
    }
}

/// What the crate's answer is compared with.
#[derive(Debug, PartialEq, Eq)]
pub struct Expected {
    pub own: i128,
    pub over: i128,
    pub first: i128,
    pub eligible: i128,
    pub deductible: i128,
    pub fund: i128,
    pub account: i128,
    pub cash: i128,
}

/// Recomputes a case that was not refused.
pub fn recompute(terms: &SchemeTerms, acc: &Accumulator, pots: &[Accumulator], case: &Case) -> Expected {
    let half_up = terms.rounding.value.mode == Mode::HalfUp;
    let to_person = terms.rounding.value.remainder == Remainder::Person;
    let (mut own, mut over, mut counted) = (0, 0, Vec::new());
    for line in &case.lines {
        let whole = i128::from(line.det_item_fee_sumamt.get());
        let rate = match line.chrgitm_lv {
            ChrgitmLv::A => &terms.preselfpay.a,
            ChrgitmLv::B => &terms.preselfpay.b,
            ChrgitmLv::C => &terms.preselfpay.c,
        };
        let rate = i128::from(rate.as_ref().unwrap().value.get());
        if !line.in_scope || (line.chrgitm_lv == ChrgitmLv::C && rate == 1_000_000) {
            own += whole;
            continue;
        }
        let mut base = whole;
        if let (Some(standard), OverStandard::PersonPays) = (line.pric_uplmt, terms.over_standard.value) {
            // Yuan × 10^6 times count × 10^4, in fen.
            let fen = Frac(i128::from(standard.get()) * i128::from(line.cnt.get()), 100_000_000).cut(true);
            if standard.get() < line.pric.get() {
                base = fen;
            }
        }
        over += whole - base;
        counted.push((base, rate));
    }
    let first = first_part(&counted, terms.rounding.value.at, half_up, to_person);
    let eligible = counted.iter().map(|(base, _)| base).sum::<i128>() - first;
    let (deductible, mut fund) = fund_part(terms, acc, case, eligible, half_up, to_person);
    for (pot, acc) in terms.pots.iter().zip(pots) {
        let open = i128::from(pot.cap.value.get()) - i128::from(acc.totals().fund_paid_fen.get());
        fund = if open <= 0 { 0 } else { fund.min(open) };
    }
    let person = i128::from(case.medfee_sumamt.get()) - fund;
    let payable = match terms.account.value {
        AccountUse::Nothing => 0,
        AccountUse::PersonPart => person,
        AccountUse::EligiblePart => person - own - over - first,
    };
    let used = case.acct != lf_vocab::dict::AcctUsedFlag::No;
    let account = if used { payable.min(i128::from(case.acct_balance.get())) } else { 0 };
    Expected { own, over, first, eligible, deductible, fund, account, cash: person - account }
}

fn first_part(counted: &[(i128, i128)], at: At, half_up: bool, to_person: bool) -> i128 {
    let million = 1_000_000;
    let cut = |base: i128, exact: Frac| {
        if !to_person {
            return exact.cut(half_up);
        }
        let insured = Frac(base * exact.1 - exact.0, exact.1);
        base - insured.cut(half_up)
    };
    match at {
        At::Line => counted.iter().map(|(base, rate)| cut(*base, Frac(base * rate, million))).sum(),
        At::Total => {
            let exact = counted.iter().map(|(base, rate)| Frac(base * rate, million)).fold(Frac(0, 1), Frac::add);
            cut(counted.iter().map(|(base, _)| base).sum(), exact)
        }
    }
}

/// Walks the eligible amount: the band under the deductible, the band shared, the band over the cap.
fn fund_part(
    terms: &SchemeTerms,
    acc: &Accumulator,
    case: &Case,
    eligible: i128,
    half_up: bool,
    to_person: bool,
) -> (i128, i128) {
    let (_, month, _) = case.day.ymd();
    let months = acc.totals().deductible_used_fen.map(|f| i128::from(f.get()));
    let used_in = |period: &Period| match period {
        Period::Year => months.iter().sum::<i128>(),
        Period::Month => months[usize::try_from(month).unwrap() - 1],
    };
    let rate = i128::from(terms.ratio.value.get());
    let share = |band: i128| match to_person {
        true => Frac(band * rate, 1_000_000).cut(half_up),
        false => band - Frac(band * (1_000_000 - rate), 1_000_000).cut(half_up),
    };
    let (deductible, due) = match &terms.deductible {
        Deductible::None { .. } => (0, share(eligible)),
        Deductible::FromFee { amount, period } => {
            let open = i128::from(amount.value.get()) - used_in(period);
            let band = if open <= 0 {
                0
            } else if open < eligible {
                open
            } else {
                eligible
            };
            (band, share(eligible - band))
        }
        Deductible::FromFund { amount, period } => {
            let open = i128::from(amount.value.get()) - used_in(period);
            let gross = share(eligible);
            let band = if open <= 0 {
                0
            } else if open < gross {
                open
            } else {
                gross
            };
            (band, gross - band)
        }
    };
    let fund = match &terms.fund_cap {
        FundCap::None { .. } => due,
        FundCap::Yearly(cap) => {
            let open = i128::from(cap.value.get()) - i128::from(acc.totals().fund_paid_fen.get());
            if open <= 0 {
                0
            } else if due > open {
                open
            } else {
                due
            }
        }
    };
    (deductible, fund)
}
