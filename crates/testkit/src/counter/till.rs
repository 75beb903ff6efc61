//! A pharmacy's days: `lf-settle` is asked, the second computation compares, both ledgers go on.

use std::collections::BTreeMap;

use lf_settle::{Accumulator, Case, Scheme, Shares, Used, check_identities, quote, reverse};
use lf_vocab::{Day, Fen, MedListCodg, Pric, Qty};

use super::Report;
use super::dice::Dice;
use super::plain::{Purchase, Terms};
use super::second::{Before, Parts, parts};

/// A settlement that stands, as it is remembered for its reversal.
struct Stands {
    person: usize,
    shares: Shares,
    parts: Parts,
    day: Day,
}

/// What `lf-settle` keeps of a person: its accumulators by year, own and shared.
#[derive(Default)]
struct Books {
    own: BTreeMap<i16, Accumulator>,
    pots: BTreeMap<i16, Vec<Accumulator>>,
}

/// Everything of one pharmacy.
pub(super) struct Till {
    dice: Dice,
    terms: Terms,
    scheme: Option<Scheme>,
    drug: Option<MedListCodg>,
    day: Option<Day>,
    books: Vec<Books>,
    /// Our own ledger of the same.
    ledger: Vec<BTreeMap<i16, Before>>,
    /// What is left on the accounts, by both.
    balances: Vec<(Fen, i128)>,
    standing: Vec<Stands>,
    /// By year and month of settlement: total, fund, account, rows; ours, and by the records.
    months: BTreeMap<(i16, i8), ([i128; 4], Vec<Shares>)>,
    cleared_until: (i16, i8),
}

impl Till {
    pub(super) fn open(mut dice: Dice, persons: u64) -> Self {
        let terms = Terms::thrown(&mut dice);
        let opening = |dice: &mut Dice| dice.amount(0, 60_000);
        let balances: Vec<_> =
            (0..persons).map(|_| opening(&mut dice)).map(|fen| (Fen::new(fen), fen.into())).collect();
        Self {
            scheme: terms.scheme().ok(),
            drug: "XC09AAF321A001010100112".parse().ok(),
            day: Day::from_ymd(2024, 10, 1),
            books: balances.iter().map(|_| Books::default()).collect(),
            ledger: balances.iter().map(|_| BTreeMap::new()).collect(),
            balances,
            standing: Vec::new(),
            months: BTreeMap::new(),
            cleared_until: (0, 0),
            terms,
            dice,
        }
    }

    /// One day: some purchases, some reversals, a bad purchase now and then; on the first of a month the last is cleared.
    pub(super) fn day(&mut self, report: &mut Report) {
        let (Some(scheme), Some(drug), Some(day)) = (self.scheme.clone(), self.drug.clone(), self.day) else {
            return report.differs("the dice threw terms that lf-settle does not take".to_owned());
        };
        report.days += 1;
        for _ in 0..1 + self.dice.below(5) {
            match self.dice.below(10) {
                0 => self.bad(&scheme, day, &drug, report),
                1 | 2 => self.reverse_one(day, report),
                3 => self.buy(&scheme, day, &drug, false, report),
                _ => self.buy(&scheme, day, &drug, true, report),
            }
        }
        let (year, month, _) = day.ymd();
        let next = day.plus(i32::try_from(1 + self.dice.below(3)).unwrap_or(1));
        let (next_year, next_month, _) = next.ymd();
        if (next_year, next_month) != (year, month) {
            self.clear((year, month), report);
        }
        self.day = Some(next);
    }

    fn buy(&mut self, scheme: &Scheme, day: Day, drug: &MedListCodg, settles: bool, report: &mut Report) {
        let purchase = Purchase::thrown(&mut self.dice);
        let person = self.someone();
        let (year, month, _) = day.ymd();
        let Some((balance, known)) = self.balances.get(person).copied() else { return };
        let case = purchase.case(day, balance.get(), drug);
        let (own, pots) = self.books_of(person, year);
        let shares = match quote(scheme, Used { own: &own, pots: &pots }, &case) {
            Ok(shares) => shares,
            Err(refusal) => return report.differs(format!("{day}: a good purchase is refused: {refusal}")),
        };
        let before = self.before(person, year);
        let expected = parts(&self.terms, &before, usize::try_from(month - 1).unwrap_or(0), &purchase, known);
        let what = || format!("{day} person {person} terms {:?} before {before:?} purchase {purchase:?}", self.terms);
        compare(&shares, &expected, 1, &what, report);
        for (line, bought) in shares.lines.iter().zip(&purchase.lines) {
            let parts = [line.fulamt_ownpay_amt, line.overlmt_amt, line.preselfpay_amt, line.inscp_scp_amt];
            let sum: i128 = parts.iter().map(|part| i128::from(part.get())).sum();
            report.unless(sum == bought.charged() && parts.iter().all(|part| part.get() >= 0), || {
                format!("line {} does not add up: {}", line.feedetl_sn, what())
            });
        }
        if !settles {
            report.quotes += 1;
            return;
        }
        report.settlements += 1;
        report.lines += shares.lines.len() as u64;
        let uncapped = shares.inscp_scp_amt.get() - shares.act_pay_dedc.get();
        report.over_cap +=
            u64::from(shares.steps.iter().any(|step| step.part == lf_settle::Part::OverCap) && uncapped > 0);
        self.count(person, (year, month), &shares, &expected, 1, report);
        self.standing.push(Stands { person, shares, parts: expected, day });
    }

    /// Takes back a settlement of any earlier day, whole.
    fn reverse_one(&mut self, day: Day, report: &mut Report) {
        if self.standing.is_empty() {
            return;
        }
        let at = usize::try_from(self.dice.below(self.standing.len() as u64)).unwrap_or(0);
        let Stands { person, shares, parts, day: settled } = self.standing.swap_remove(at);
        let ((year, month, _), (from_year, from_month, _)) = (day.ymd(), settled.ymd());
        report.reversals += 1;
        report.reversals_later_month += u64::from((year, month) != (from_year, from_month));
        report.reversals_later_year += u64::from(year != from_year);
        report.reversals_after_clearing += u64::from((from_year, from_month) <= self.cleared_until);
        let back = reverse(&shares);
        compare(&back, &parts, -1, &|| format!("reversal on {day} of {settled}"), report);
        report
            .unless(reverse(&back) == shares || shares.acct_pay != Fen::ZERO, || format!("{settled}: reversed twice"));
        self.count(person, (year, month), &back, &parts, -1, report);
    }

    /// Books a settlement or its reversal with both, and compares what stands then.
    fn count(
        &mut self,
        person: usize,
        now: (i16, i8),
        shares: &Shares,
        parts: &Parts,
        sign: i128,
        report: &mut Report,
    ) {
        let year = shares.year;
        let (own, pots) = self.books_of(person, year);
        let own = own.after(shares);
        let pots: Result<Vec<_>, _> = pots.iter().map(|pot| pot.after_fund(shares)).collect();
        let (Ok(own), Ok(pots)) = (own, pots) else {
            return report.differs(format!("person {person} {year}: the accumulators do not take the settlement"));
        };
        let before = self.before(person, year);
        let month = usize::try_from(shares.month - 1).unwrap_or(0);
        let mut after = before;
        after.eligible += sign * parts.eligible;
        if let Some(used) = after.deductible.get_mut(month) {
            *used += sign * parts.deductible;
        }
        after.fund += sign * parts.fund;
        after.pots.iter_mut().for_each(|paid| *paid += sign * parts.fund);
        let totals = own.totals();
        let same = i128::from(totals.eligible_fen.get()) == after.eligible
            && i128::from(totals.fund_paid_fen.get()) == after.fund
            && totals.deductible_used_fen.iter().zip(after.deductible).all(|(a, b)| i128::from(a.get()) == b)
            && pots.iter().zip(&after.pots).all(|(a, b)| i128::from(a.fund_paid_fen().get()) == *b);
        report.unless(same, || format!("person {person} {year}: accumulators {totals:?}, ledger {after:?}"));
        for (cap, paid) in self.terms.cap.iter().chain(&self.terms.pots).zip(capped(&self.terms, &after)) {
            report.unless(sign < 0 || paid <= i128::from(*cap), || format!("a cap of {cap} is passed: {paid}"));
        }
        if let Some((balance, known)) = self.balances.get_mut(person) {
            *known -= sign * parts.account;
            *balance = Fen::new(balance.get().saturating_sub(shares.acct_pay.get()));
            let (balance, known) = (*balance, *known);
            report.unless(i128::from(balance.get()) == known, || format!("account {balance}, ledger {known}"));
        }
        let (sums, rows) = self.months.entry(now).or_default();
        for (sum, part) in sums.iter_mut().zip([parts.total, parts.fund, parts.account, 0]) {
            *sum += sign * part;
        }
        sums[3] += 1;
        rows.push(shares.clone());
        if let (Some(books), Some(ledger)) = (self.books.get_mut(person), self.ledger.get_mut(person)) {
            books.own.insert(year, own);
            books.pots.insert(year, pots);
            ledger.insert(year, after);
        }
    }

    /// The month's statement: what the records add up to is what the ledger says, and later reversals do not change it.
    fn clear(&mut self, month: (i16, i8), report: &mut Report) {
        report.clearings += 1;
        self.cleared_until = month;
        let Some((sums, rows)) = self.months.remove(&month) else { return };
        let totals = lf_settle::statement::Totals::of(&rows);
        let same = totals.is_some_and(|t| {
            [t.medfee_sumamt.get(), t.fund_pay_sumamt.get(), t.acct_pay.get(), i64::try_from(t.cnt).unwrap_or(-1)]
                .map(i128::from)
                == sums
        });
        report.unless(same, || format!("{month:?}: cleared {totals:?}, ledger {sums:?}"));
        report.unless(self.months.is_empty(), || format!("{month:?}: a cleared month has moved"));
    }

    /// A purchase with one thing wrong; nothing may come of it.
    fn bad(&mut self, scheme: &Scheme, day: Day, drug: &MedListCodg, report: &mut Report) {
        let person = self.someone();
        let (own, pots) = self.books_of(person, day.year());
        let mut case = Purchase::thrown(&mut self.dice).case(day, 0, drug);
        let fault = self.dice.below(8);
        spoil(&mut case, fault);
        report.bad += 1;
        report
            .unless(quote(scheme, Used { own: &own, pots: &pots }, &case).is_err(), || format!("fault {fault} passed"));
    }

    /// Ends the last month.
    pub(super) fn close(&mut self, report: &mut Report) {
        let open: Vec<_> = self.months.keys().copied().collect();
        for month in open {
            self.clear(month, report);
        }
    }

    fn someone(&mut self) -> usize {
        usize::try_from(self.dice.below(self.balances.len() as u64)).unwrap_or(0)
    }

    fn books_of(&self, person: usize, year: i16) -> (Accumulator, Vec<Accumulator>) {
        let fresh = || self.terms.pots.iter().map(|_| Accumulator::new(year)).collect();
        let Some(books) = self.books.get(person) else { return (Accumulator::new(year), fresh()) };
        let own = books.own.get(&year).cloned().unwrap_or_else(|| Accumulator::new(year));
        (own, books.pots.get(&year).cloned().unwrap_or_else(fresh))
    }

    fn before(&self, person: usize, year: i16) -> Before {
        let known = self.ledger.get(person).and_then(|years| years.get(&year)).cloned();
        known.unwrap_or_else(|| Before { pots: vec![0; self.terms.pots.len()], ..Before::default() })
    }
}

/// What counts against each cap, in the order of the caps.
fn capped(terms: &Terms, after: &Before) -> Vec<i128> {
    terms.cap.iter().map(|_| after.fund).chain(after.pots.iter().copied()).collect()
}

fn compare(shares: &Shares, expected: &Parts, sign: i128, what: &dyn Fn() -> String, report: &mut Report) {
    let got = [
        ("medfee_sumamt", shares.medfee_sumamt, expected.total),
        ("fulamt_ownpay_amt", shares.fulamt_ownpay_amt, expected.own),
        ("overlmt_selfpay", shares.overlmt_selfpay, expected.over),
        ("preselfpay_amt", shares.preselfpay_amt, expected.first),
        ("inscp_scp_amt", shares.inscp_scp_amt, expected.eligible),
        ("act_pay_dedc", shares.act_pay_dedc, expected.deductible),
        ("hifp_pay", shares.hifp_pay, expected.fund),
        ("fund_pay_sumamt", shares.fund_pay_sumamt, expected.fund),
        ("psn_part_amt", shares.psn_part_amt, expected.person),
        ("acct_pay", shares.acct_pay, expected.account),
        ("acct_mulaid_pay", shares.acct_mulaid_pay, expected.mutual),
        ("psn_cash_pay", shares.psn_cash_pay, expected.cash),
    ];
    for (name, amount, second) in got {
        let second = sign * second;
        report.unless(i128::from(amount.get()) == second, || {
            format!("{name} {} fen, second {second}: {}", amount.get(), what())
        });
    }
    report.unless(check_identities(shares).is_ok(), || format!("the identities do not hold: {}", what()));
}

fn spoil(case: &mut Case, fault: u64) {
    let Some(line) = case.lines.first_mut() else { return };
    match fault {
        0 => line.cnt = Qty::ZERO,
        1 => line.cnt = Qty::new(-line.cnt.get()),
        2 => line.pric = Pric::ZERO,
        3 => line.det_item_fee_sumamt = Fen::new(line.det_item_fee_sumamt.get() + 1),
        4 => case.medfee_sumamt = Fen::new(case.medfee_sumamt.get() - 1),
        5 => line.pric = Pric::new(i64::MAX),
        6 => case.acct_balance = Fen::new(-1),
        _ => case.lines.push(case.lines.first().cloned().unwrap_or_else(|| unreachable!("there is a first line"))),
    }
}
