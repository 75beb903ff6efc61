//! The decision: a case, a scheme and what was used so far become shares. Serves 2101 and 2102.
//!
//! Order of steps, each with its provision: own expense → excess over the payment standard → first
//! self-payment → eligible → deductible and ratio (in the scheme's order) → cap → personal part →
//! account → cash. Invariant: every step splits an amount in two parts that sum to it, so nothing
//! is lost; the caller's amounts are bounded by [`crate::MAX_MEDFEE_FEN`] before any arithmetic.

use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv};
use lf_vocab::{Fen, Qty, Ratio};

use crate::accumulator::Accumulator;
use crate::case::{Case, Line};
use crate::refusal::Refusal;
use crate::round::{insured_side, insured_sides, minus, plus};
use crate::scheme::{AccountUse, Deductible, Mode, OverStandard, Period, Remainder, Rounding, Scheme, Sourced};
use crate::shares::{FundKind, FundShare, LineShare, Part, Shares, Step};

/// What the person has used this year: of the scheme, and of each of its [`crate::Pot`]s in their order.
#[derive(Debug, Clone, Copy)]
pub struct Used<'a> {
    /// The scheme's accumulator.
    pub own: &'a Accumulator,
    /// Those of its pots.
    pub pots: &'a [Accumulator],
}

impl<'a> From<&'a Accumulator> for Used<'a> {
    fn from(own: &'a Accumulator) -> Self {
        Self { own, pots: &[] }
    }
}

/// Splits a purchase by a scheme, given what the person has used this year.
///
/// Moves nothing: 2101 shows the result, 2102 stores it and [`Accumulator::after`] it.
///
/// # Errors
/// The first [`Refusal`] in their documented order.
pub fn quote<'a>(scheme: &Scheme, used: impl Into<Used<'a>>, case: &Case) -> Result<Shares, Refusal> {
    let used = used.into();
    check(scheme, used, case)?;
    let (year, month, _) = case.day.ymd();
    let mut steps = Vec::with_capacity(case.lines.len() + 6);
    let lines = split_lines(scheme, case, &mut steps);
    let total = |of: fn(&LineShare) -> Fen| lines.iter().fold(Fen::ZERO, |sum, line| plus(sum, of(line)));
    let inscp_scp_amt = total(|l| l.inscp_scp_amt);
    let pool = pool(scheme, used, month, inscp_scp_amt, &mut steps);
    let psn_part_amt = minus(case.medfee_sumamt, pool.paid);
    let eligible_part = minus(inscp_scp_amt, pool.paid);
    let person = pay_person_part(&scheme.account, case, psn_part_amt, eligible_part, &mut steps);
    Ok(Shares {
        scheme: scheme.code.clone(),
        pots: scheme.pots.iter().map(|pot| pot.code.clone()).collect(),
        year,
        month,
        medfee_sumamt: case.medfee_sumamt,
        fulamt_ownpay_amt: total(|l| l.fulamt_ownpay_amt),
        overlmt_selfpay: total(|l| l.overlmt_amt),
        preselfpay_amt: total(|l| l.preselfpay_amt),
        inscp_scp_amt,
        act_pay_dedc: pool.deductible,
        hifp_pay: pool.paid,
        pool_prop_selfpay: scheme.ratio.value,
        cvlserv_pay: Fen::ZERO,
        hifes_pay: Fen::ZERO,
        hifmi_pay: Fen::ZERO,
        hifob_pay: Fen::ZERO,
        maf_pay: Fen::ZERO,
        oth_pay: Fen::ZERO,
        hifdm_pay: Fen::ZERO,
        fund_pay_sumamt: pool.paid,
        psn_part_amt,
        acct_pay: person.account,
        psn_cash_pay: person.cash,
        acct_mulaid_pay: person.mutual_aid,
        balc: minus(case.acct_balance, person.account),
        hosp_part_amt: Fen::ZERO,
        fund_details: fund_details(scheme, inscp_scp_amt, &pool, &person),
        steps,
        lines,
    })
}

/// The first reason why it cannot be settled.
fn check(scheme: &Scheme, used: Used<'_>, case: &Case) -> Result<(), Refusal> {
    case.check(used.own)?;
    let (pots, given) = (scheme.pots.len(), used.pots.len());
    if pots != given {
        return Err(Refusal::PotsDiffer { pots, given });
    }
    if let Some(pot) = used.pots.iter().find(|pot| pot.year() != case.day.year()) {
        return Err(Refusal::WrongYear { accumulator: pot.year(), case: case.day.year() });
    }
    let silent = |line: &&Line| line.in_scope && class(scheme, line.chrgitm_lv).is_none();
    match case.lines.iter().find(silent) {
        Some(line) => {
            Err(Refusal::ClassNotFormalised { feedetl_sn: line.feedetl_sn.clone(), class: line.chrgitm_lv.name() })
        }
        None => Ok(()),
    }
}

/// What the law says of a class.
fn class(scheme: &Scheme, lv: ChrgitmLv) -> Option<&Sourced<Ratio>> {
    match lv {
        ChrgitmLv::A => scheme.preselfpay.a.as_ref(),
        ChrgitmLv::B => scheme.preselfpay.b.as_ref(),
        ChrgitmLv::C => scheme.preselfpay.c.as_ref(),
    }
}

fn split_lines(scheme: &Scheme, case: &Case, steps: &mut Vec<Step>) -> Vec<LineShare> {
    let within: Vec<Fen> = case.lines.iter().map(|line| within_standard(scheme, line)).collect();
    let parts: Vec<(Fen, Ratio)> =
        case.lines.iter().zip(&within).map(|(line, within)| (*within, first_selfpay(scheme, line).1.rest())).collect();
    let insured = insured_sides(&parts, scheme.rounding.value);
    case.lines
        .iter()
        .zip(within.into_iter().zip(insured))
        .map(|(line, (within, insured))| split_line(scheme, line, within, insured, steps))
        .collect()
}

/// The part of a line's amount that the payment standard lets count; nothing of a line the fund
/// does not pay for.
fn within_standard(scheme: &Scheme, line: &Line) -> Fen {
    // The base of a drug with a payment standard is the lower of price and standard.
    lf_vocab::covers!("WH-5.3");
    if wholly_own(scheme, line) {
        return Fen::ZERO;
    }
    match (line.pric_uplmt, scheme.over_standard.value) {
        (Some(standard), OverStandard::PersonPays) if standard < line.pric => {
            standard.times(line.cnt).unwrap_or(line.det_item_fee_sumamt)
        }
        _ => line.det_item_fee_sumamt,
    }
}

/// Outside the scope, or of class C where the law leaves all of it to the person.
fn wholly_own(scheme: &Scheme, line: &Line) -> bool {
    !line.in_scope || (line.chrgitm_lv == ChrgitmLv::C && first_selfpay(scheme, line).1 == Ratio::ONE)
}

/// The provision and the ratio of what the person pays first.
fn first_selfpay<'a>(scheme: &'a Scheme, line: &Line) -> (&'a str, Ratio) {
    let known = class(scheme, line.chrgitm_lv).filter(|_| line.in_scope);
    known.map_or((scheme.own_expense.provision.as_str(), Ratio::ONE), |ratio| (ratio.provision.as_str(), ratio.value))
}

fn split_line(scheme: &Scheme, line: &Line, within: Fen, insured: Fen, steps: &mut Vec<Step>) -> LineShare {
    let (provision, selfpay_prop) = first_selfpay(scheme, line);
    let beyond = minus(line.det_item_fee_sumamt, within);
    let (own, over) = if wholly_own(scheme, line) { (beyond, Fen::ZERO) } else { (Fen::ZERO, beyond) };
    let first = minus(within, insured);
    let mut explain = |part, amount: Fen, provision: &str, what: &dyn Fn() -> String| {
        if amount != Fen::ZERO {
            let feedetl_sn = Some(line.feedetl_sn.clone());
            steps.push(Step { part, feedetl_sn, what: what(), amount, provision: provision.to_owned() });
        }
    };
    explain(Part::OwnExpense, own, provision, &|| match line.in_scope {
        true => "丙类，全自费".to_owned(),
        false => "不在支付范围内，全自费".to_owned(),
    });
    explain(Part::OverStandard, over, &scheme.over_standard.provision, &|| "超支付标准部分自费".to_owned());
    explain(Part::FirstSelfPay, first, provision, &|| {
        format!("{}先行自付{}%", line.chrgitm_lv.name(), percent(selfpay_prop))
    });
    LineShare {
        feedetl_sn: line.feedetl_sn.clone(),
        med_list_codg: line.med_list_codg.clone(),
        det_item_fee_sumamt: line.det_item_fee_sumamt,
        cnt: line.cnt,
        pric: line.pric,
        pric_uplmt_amt: line.pric_uplmt,
        selfpay_prop,
        fulamt_ownpay_amt: own,
        overlmt_amt: over,
        preselfpay_amt: first,
        inscp_scp_amt: insured,
        chrgitm_lv: line.chrgitm_lv,
        hosp_part_amt: Fen::ZERO,
    }
}

/// What the fund does with the eligible amount.
struct Pool {
    /// Deductible used up before this settlement, in its period.
    used: Fen,
    deductible: Fen,
    copay: Fen,
    over_cap: Fen,
    paid: Fen,
    /// The limit that leaves least before this settlement.
    limit: Option<Limit>,
}

/// One limit of the fund's payment, as it stands before this settlement.
struct Limit {
    /// The pot, where it is not the scheme's own.
    pot: Option<usize>,
    cap: Fen,
    paid: Fen,
    left: Fen,
}

/// Of all limits the one that leaves least, the scheme's own first.
fn least_limit(scheme: &Scheme, used: Used<'_>) -> Option<Limit> {
    let limit = |pot, cap: Fen, acc: &Accumulator| {
        let paid = acc.fund_paid_fen();
        Limit { pot, cap, paid, left: minus(cap, paid).max(Fen::ZERO) }
    };
    let own = scheme.fund_cap.yearly().map(|cap| limit(None, cap, used.own));
    let pots = scheme.pots.iter().zip(used.pots).enumerate();
    let pots = pots.map(|(at, (pot, acc))| limit(Some(at), pot.cap.value, acc));
    own.into_iter().chain(pots).min_by_key(|limit| limit.left)
}

fn pool(scheme: &Scheme, used_so_far: Used<'_>, month: i8, inscp: Fen, steps: &mut Vec<Step>) -> Pool {
    let used = used_so_far.own.deductible_used_fen(scheme.deductible.period(), month);
    let left = minus(scheme.deductible.amount(), used).max(Fen::ZERO);
    let share = |base| insured_side(base, scheme.ratio.value, scheme.rounding.value);
    let (deductible, copay, due) = match scheme.deductible {
        Deductible::None { .. } => (Fen::ZERO, minus(inscp, share(inscp)), share(inscp)),
        Deductible::FromFee { .. } => {
            let deductible = left.min(inscp);
            let base = minus(inscp, deductible);
            (deductible, minus(base, share(base)), share(base))
        }
        Deductible::FromFund { .. } => {
            let gross = share(inscp);
            let deductible = left.min(gross);
            (deductible, minus(inscp, gross), minus(gross, deductible))
        }
    };
    let limit = least_limit(scheme, used_so_far);
    let paid = limit.as_ref().map_or(due, |limit| due.min(limit.left));
    let pool = Pool { used, deductible, copay, over_cap: minus(due, paid), paid, limit };
    explain_pool(scheme, &pool, steps);
    pool
}

fn explain_pool(scheme: &Scheme, pool: &Pool, steps: &mut Vec<Step>) {
    let mut explain = |part, amount, provision: &str, what: String| {
        steps.push(Step { part, feedetl_sn: None, what, amount, provision: provision.to_owned() });
    };
    let ratio = scheme.ratio.value;
    if scheme.deductible.amount() > Fen::ZERO {
        let period = match scheme.deductible.period() {
            Period::Year => "本年",
            Period::Month => "本月",
        };
        let from = if matches!(scheme.deductible, Deductible::FromFund { .. }) {
            "，从基金支付额中扣除"
        } else {
            ""
        };
        let what =
            format!("起付标准{}元（{period}此前已计{}元{from}），本次个人负担", scheme.deductible.amount(), pool.used);
        explain(Part::Deductible, pool.deductible, scheme.deductible.provision(), what);
    }
    let what = format!("按比例个人负担{}%{}", percent(ratio.rest()), rounding_text(scheme.rounding.value));
    explain(Part::CoPay, pool.copay, &scheme.ratio.provision, what);
    if let Some(Limit { pot, cap, paid, .. }) = pool.limit.as_ref().filter(|_| pool.over_cap != Fen::ZERO) {
        let pot = pot.and_then(|at| scheme.pots.get(at));
        let name = pot.map(|pot| pot.name.as_str()).unwrap_or_default();
        let what = format!("超过{name}年度最高支付限额{cap}元（此前已支付{paid}元），个人负担");
        let provision = pot.map_or(scheme.fund_cap.provision(), |pot| &pot.cap.provision);
        explain(Part::OverCap, pool.over_cap, provision, what);
    }
    let what = format!("{}按{}%支付", scheme.fund.name, percent(ratio));
    explain(Part::Fund, pool.paid, &scheme.ratio.provision, what);
}

/// What the personal part is paid from.
struct Person {
    account: Fen,
    mutual_aid: Fen,
    cash: Fen,
}

fn pay_person_part(
    rule: &Sourced<AccountUse>,
    case: &Case,
    psn_part: Fen,
    eligible_part: Fen,
    steps: &mut Vec<Step>,
) -> Person {
    let payable = match rule.value {
        AccountUse::Nothing => Fen::ZERO,
        AccountUse::PersonPart => psn_part,
        AccountUse::EligiblePart => eligible_part,
    };
    let account = match case.acct {
        AcctUsedFlag::No => Fen::ZERO,
        AcctUsedFlag::Own | AcctUsedFlag::Family => payable.min(case.acct_balance),
    };
    let family = case.acct == AcctUsedFlag::Family;
    let cash = minus(psn_part, account);
    let mut explain = |part, amount, what: &str| {
        if amount != Fen::ZERO {
            let provision = rule.provision.clone();
            steps.push(Step { part, feedetl_sn: None, what: what.to_owned(), amount, provision });
        }
    };
    match family {
        true => explain(Part::MutualAid, account, "个人负担中由共济账户支付"),
        false => explain(Part::Account, account, "个人负担中由个人账户支付"),
    }
    explain(Part::Cash, cash, "个人负担中由现金支付");
    Person { account, mutual_aid: if family { account } else { Fen::ZERO }, cash }
}

fn fund_details(scheme: &Scheme, inscp: Fen, pool: &Pool, person: &Person) -> Vec<FundShare> {
    let mut details = vec![FundShare {
        fund_pay_type: scheme.fund.fund_pay_type.clone(),
        name: scheme.fund.name.clone(),
        kind: FundKind::Fund,
        inscp_scp_amt: inscp,
        crt_payb_lmt_amt: pool.limit.as_ref().map(|limit| limit.left),
        fund_payamt: pool.paid,
    }];
    if person.account != Fen::ZERO {
        details.push(FundShare {
            fund_pay_type: "310200".to_owned(),
            name: "城镇职工基本医疗保险个人账户基金".to_owned(),
            kind: FundKind::Account,
            inscp_scp_amt: Fen::ZERO,
            crt_payb_lmt_amt: None,
            fund_payamt: person.account,
        });
    }
    details
}

/// A ratio's millionths are ten-thousandths of a percent, which is how a [`Qty`] writes itself.
fn percent(ratio: Ratio) -> Qty {
    Qty::new(ratio.get())
}

fn rounding_text(rounding: Rounding) -> &'static str {
    match (rounding.mode, rounding.remainder) {
        (Mode::HalfUp, Remainder::Person) => "（基金支付四舍五入到分，余数归个人）",
        (Mode::Down, Remainder::Person) => "（基金支付舍去分以下，余数归个人）",
        (Mode::HalfUp, Remainder::Fund) => "（个人负担四舍五入到分，余数归基金）",
        (Mode::Down, Remainder::Fund) => "（个人负担舍去分以下，余数归基金）",
    }
}
