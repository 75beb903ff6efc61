//! The second computation: from the person's side, in millionths of a fen, the eligible amount walked from below.

use super::plain::{Purchase, Terms};

const MILLION: i128 = 1_000_000;

/// Who bears what, in fen, and what a till is told of each line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) total: i128,
    pub(super) own: i128,
    pub(super) over: i128,
    pub(super) first: i128,
    pub(super) eligible: i128,
    pub(super) deductible: i128,
    pub(super) fund: i128,
    pub(super) person: i128,
    pub(super) account: i128,
    pub(super) mutual: i128,
    pub(super) cash: i128,
}

/// What a person has used before, in fen, by this ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) eligible: i128,
    pub(super) deductible: [i128; 12],
    pub(super) fund: i128,
    pub(super) pots: Vec<i128>,
}

/// Works a purchase out.
pub(super) fn parts(terms: &Terms, before: &Before, month: usize, purchase: &Purchase, balance: i128) -> Parts {
    let mut parts = Parts::default();
    let mut counted = Vec::new();
    for line in &purchase.lines {
        let whole = line.charged();
        parts.total += whole;
        let first = i128::from(terms.first.get(line.class).copied().unwrap_or(1_000_000));
        if !line.in_scope || (line.class == 2 && first == MILLION) {
            parts.own += whole;
            continue;
        }
        let excess = line.standard.filter(|standard| terms.person_pays_excess && *standard < line.pric);
        let base =
            excess.map_or(whole, |standard| (i128::from(standard) * i128::from(line.cnt) + 50_000_000) / 100_000_000);
        parts.over += whole - base;
        counted.push((base, first));
    }
    let bases: i128 = counted.iter().map(|(base, _)| base).sum();
    parts.first = first_part(terms, &counted, bases);
    parts.eligible = bases - parts.first;
    (parts.deductible, parts.fund) = fund_part(terms, before, month, parts.eligible);
    parts.person = parts.total - parts.fund;
    let payable = match terms.account {
        0 => 0,
        1 => parts.person,
        _ => parts.eligible - parts.fund,
    };
    parts.account = if purchase.account == 0 { 0 } else { payable.min(balance) };
    parts.mutual = if purchase.account == 2 { parts.account } else { 0 };
    parts.cash = parts.person - parts.account;
    parts
}

/// The person's first payments. Whose share is cut is the other one than who takes the rest.
fn first_part(terms: &Terms, counted: &[(i128, i128)], bases: i128) -> i128 {
    let persons = |exact: i128, base: i128| match terms.rest_to_person {
        true => base - cut(terms, base * MILLION - exact),
        false => cut(terms, exact),
    };
    match terms.each_line {
        true => counted.iter().map(|(base, first)| persons(base * first, *base)).sum(),
        false => persons(counted.iter().map(|(base, first)| base * first).sum(), bases),
    }
}

fn fund_part(terms: &Terms, before: &Before, month: usize, eligible: i128) -> (i128, i128) {
    let used = match terms.monthly {
        true => before.deductible.get(month).copied().unwrap_or(0),
        false => before.deductible.iter().sum(),
    };
    let open = (i128::from(terms.deductible) - used).max(0);
    let share = |band: i128| match terms.rest_to_person {
        true => cut(terms, band * i128::from(terms.ratio)),
        false => band - cut(terms, band * (MILLION - i128::from(terms.ratio))),
    };
    let (deductible, mut fund) = match terms.from_fund {
        true => {
            let taken = share(eligible).min(open);
            (taken, share(eligible) - taken)
        }
        false => {
            let taken = eligible.min(open);
            (taken, share(eligible - taken))
        }
    };
    for (cap, paid) in
        terms.cap.iter().map(|cap| (cap, before.fund)).chain(terms.pots.iter().zip(before.pots.iter().copied()))
    {
        fund = fund.min((i128::from(*cap) - paid).max(0));
    }
    (deductible, fund)
}

/// Millionths of a fen to fen.
fn cut(terms: &Terms, millionths: i128) -> i128 {
    let (whole, rest) = (millionths / MILLION, millionths % MILLION);
    whole + i128::from(terms.half_up && rest * 2 >= MILLION)
}
