//! What differs between two decisions, and the sums of it: how many, by which provision, and how much settled money.
//!
//! Invariants: a dated value that only got another date is no difference; money counts once a prescription in the sums, and
//! once for each provision whose refusal came or went.

mod report;

use std::collections::{BTreeMap, BTreeSet};

use lf_law::{Decision, LawError, Outcome, Severity};
use lf_vocab::HiRxno;
use serde::Serialize;

use super::Decided;
use super::money::Named;

/// Numbers of prescriptions that are named for each provision.
const NAMED: usize = 5;

/// Settled money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Money {
    /// Settlements that stand.
    pub settled: u64,
    /// 医疗费总额, in fen.
    pub medfee_fen: i64,
    /// 基金支付总额, in fen.
    pub fund_pay_fen: i64,
}

impl Money {
    fn add(&mut self, other: Money) {
        self.settled += other.settled;
        self.medfee_fen = self.medfee_fen.saturating_add(other.medfee_fen);
        self.fund_pay_fen = self.fund_pay_fen.saturating_add(other.fund_pay_fen);
    }
}

/// What a decision says, so far as it is compared: provision, code, severity, line.
type Said = (String, String, Severity, Option<usize>);

/// Two decisions that differ.
pub struct Change {
    refused: [bool; 2],
    gone: Vec<Said>,
    come: Vec<Said>,
}

impl Change {
    /// Whether the prescription would be let through where it was not, or the other way.
    pub fn turns(&self) -> bool {
        self.refused[0] != self.refused[1]
    }
}

/// How two quotes of one settlement differ.
pub struct Changed {
    /// More or less from fund, account and cash, in fen.
    pub flows: [i64; 3],
    /// What a provision gives more or less, in fen.
    pub gave: Vec<(String, i64)>,
}

/// What the same settlements would have cost whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Flows {
    /// Settlements of which an amount changes.
    settlements: u64,
    /// 基金支付, more or less, in fen.
    fund_pay_fen: i64,
    /// 个人账户支出, more or less, in fen.
    acct_pay_fen: i64,
    /// 个人现金支出, more or less, in fen.
    psn_cash_fen: i64,
}

impl Flows {
    fn add(&mut self, [fund_pay_fen, acct_pay_fen, psn_cash_fen]: [i64; 3]) {
        self.join(Self { settlements: 1, fund_pay_fen, acct_pay_fen, psn_cash_fen });
    }

    fn join(&mut self, other: Self) {
        self.settlements += other.settlements;
        self.fund_pay_fen = self.fund_pay_fen.saturating_add(other.fund_pay_fen);
        self.acct_pay_fen = self.acct_pay_fen.saturating_add(other.acct_pay_fen);
        self.psn_cash_fen = self.psn_cash_fen.saturating_add(other.psn_cash_fen);
    }
}

/// What one provision changed of the money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ProvisionMoney {
    /// What it gives more or less itself, in fen.
    amount_fen: i64,
    /// The settlements in which it does.
    #[serde(flatten)]
    flows: Flows,
}

/// Settlements quoted anew by both folders.
#[derive(Debug, Default, Serialize)]
pub struct Requoted {
    /// Settlements that stand.
    pub settlements: u64,
    /// Of them those that one of the folders cannot quote, or whose person is no longer registered.
    pub not_requoted: u64,
    /// Of them those that the first folder quotes as they were paid.
    as_paid: u64,
    changed: Flows,
    by_provision: BTreeMap<String, ProvisionMoney>,
}

impl Requoted {
    /// Adds another desk's.
    pub fn add(&mut self, other: Self) {
        self.settlements += other.settlements;
        self.not_requoted += other.not_requoted;
        self.as_paid += other.as_paid;
        self.changed.join(other.changed);
        for (provision, sums) in other.by_provision {
            let own = self.by_provision.entry(provision).or_default();
            own.amount_fen = own.amount_fen.saturating_add(sums.amount_fen);
            own.flows.join(sums.flows);
        }
    }

    /// Adds the two quotes of a settlement.
    pub fn add_quotes(&mut self, changed: &Changed, as_paid: bool) {
        self.as_paid += u64::from(as_paid);
        if changed.flows == [0; 3] {
            return;
        }
        self.changed.add(changed.flows);
        for (provision, fen) in &changed.gave {
            let sums = self.by_provision.entry(provision.clone()).or_default();
            sums.amount_fen = sums.amount_fen.saturating_add(*fen);
            sums.flows.add(changed.flows);
        }
    }
}

/// Sums of one reader, or of all.
#[derive(Default)]
pub struct Tally {
    pub unknown: u64,
    replayed: u64,
    to_refused: Kind,
    to_accepted: Kind,
    reasons: u64,
    /// What prescriptions say that decides about their settlements.
    pub named: Named,
    by_provision: BTreeMap<String, ByProvision>,
}

#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Kind {
    prescriptions: u64,
    #[serde(flatten)]
    money: Money,
}

/// What one provision changed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ByProvision {
    prescriptions: u64,
    refusals_more: u64,
    refusals_fewer: u64,
    reminders_more: u64,
    reminders_fewer: u64,
    #[serde(flatten)]
    money: Money,
    examples: Vec<HiRxno>,
}

impl Tally {
    /// Counts a case, and says what differs.
    pub fn compare(&mut self, decided: &Decided) -> Option<Change> {
        self.replayed += 1;
        let [old, new] = [said(&decided[0]), said(&decided[1])];
        let refused = decided.each_ref().map(|one| !one.as_ref().is_ok_and(|one| one.outcome == Outcome::Accepted));
        if old == new {
            return None;
        }
        let gone = old.difference(&new).cloned().collect();
        let come = new.difference(&old).cloned().collect();
        Some(Change { refused, gone, come })
    }

    /// Adds a difference, with what was settled of the prescription where its outcome turns.
    pub fn note(&mut self, change: &Change, hi_rxno: &HiRxno, money: Option<Money>) {
        let money = money.unwrap_or_default();
        match change.refused {
            [false, true] => self.to_refused.add(money),
            [true, false] => self.to_accepted.add(money),
            _ => self.reasons += 1,
        }
        let both = || change.gone.iter().chain(&change.come);
        for provision in both().map(|said| &said.0).collect::<BTreeSet<_>>() {
            let sums = self.by_provision.entry(provision.clone()).or_default();
            sums.prescriptions += 1;
            if sums.examples.len() < NAMED {
                sums.examples.push(hi_rxno.clone());
            }
            let refuses = |said: &&Said| said.0 == *provision && said.2 == Severity::Refuse;
            if change.turns() && both().any(|said| refuses(&said)) {
                sums.money.add(money);
            }
        }
        for (said, come) in change.gone.iter().map(|said| (said, false)).chain(change.come.iter().map(|s| (s, true))) {
            let Some(sums) = self.by_provision.get_mut(&said.0) else { continue };
            let count = match (said.2, come) {
                (Severity::Refuse, true) => &mut sums.refusals_more,
                (Severity::Refuse, false) => &mut sums.refusals_fewer,
                (_, true) => &mut sums.reminders_more,
                (_, false) => &mut sums.reminders_fewer,
            };
            *count += 1;
        }
    }

    /// Adds another reader's sums.
    pub fn add(&mut self, other: Tally) {
        self.unknown += other.unknown;
        self.replayed += other.replayed;
        self.reasons += other.reasons;
        self.named.add(other.named);
        for (own, other) in [(&mut self.to_refused, other.to_refused), (&mut self.to_accepted, other.to_accepted)] {
            own.prescriptions += other.prescriptions;
            own.money.add(other.money);
        }
        for (provision, sums) in other.by_provision {
            let own = self.by_provision.entry(provision).or_default();
            own.prescriptions += sums.prescriptions;
            own.refusals_more += sums.refusals_more;
            own.refusals_fewer += sums.refusals_fewer;
            own.reminders_more += sums.reminders_more;
            own.reminders_fewer += sums.reminders_fewer;
            own.money.add(sums.money);
            own.examples.extend(sums.examples);
            // Whoever read first, the same are named.
            own.examples.sort();
            own.examples.truncate(NAMED);
        }
    }
}

impl Kind {
    fn add(&mut self, money: Money) {
        self.prescriptions += 1;
        self.money.add(money);
    }
}

/// A law that cannot answer refuses too, and is named in the place of a provision.
fn said(decided: &Result<Decision, &'static str>) -> BTreeSet<Said> {
    match decided {
        Ok(decision) => {
            let said = decision.findings.iter();
            said.map(|one| (one.provision.to_string(), one.code.to_string(), one.severity, one.line)).collect()
        }
        Err(why) => BTreeSet::from([((*why).to_owned(), String::new(), Severity::Refuse, None)]),
    }
}

/// Why a law cannot answer.
pub fn silence(error: &LawError) -> &'static str {
    match error {
        LawError::NotFormalised { .. } | LawError::NoLaw(_) => "尚未形成规则",
        LawError::Conflict(_) => "规定相互冲突",
        LawError::MissingDate { .. } | LawError::BadGrant(_) | LawError::BadFacts(_) => "不能判断",
    }
}
