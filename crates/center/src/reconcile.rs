//! 对账 of outgoing prescriptions, three ways: what institutions issued, what pharmacies sold, what was settled (HB-3.8).
//!
//! A pure function: prescriptions and settlements go in, sums by institution and differences come out. A prescription
//! counts in the period in which it was prescribed, a sale in that of its last line, a settlement or reversal in that of its
//! own time. Invariants: each difference has a key that is the same in every run, so that it can be explained and closed;
//! nothing is judged on an absent figure; no difference carries a name.

use std::collections::BTreeMap;

use lf_ports::{ReimRow, Setl};
use lf_rx::{Prescription, State};
use lf_settle::reim::Did;
use lf_settle::reverse;
use lf_settle::statement::Totals;
use lf_settle::{FundKind, Shares};
use lf_vocab::dict::HiFeesetlFlag;
use lf_vocab::{Admdvs, Day, Fen, FixmedinsCode, HiRxno, Moment};
use serde::Serialize;

/// Differences of one reconciliation at most; whoever has more has another trouble.
pub const DIFFERENCES_MAX: usize = 100_000;

/// Whole days, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: Moment,
    until: Moment,
}

impl Period {
    /// From a first to a last day; `None` when they stand the wrong way round.
    pub fn new(first: Day, last: Day) -> Option<Self> {
        (first <= last).then(|| Self { from: first.start(), until: last.plus(1).start() })
    }

    fn holds(&self, time: Moment) -> bool {
        self.from <= time && time < self.until
    }
}

/// What one institution did in the period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// Prescriptions uploaded.
    pub issued: u64,
    /// Of them revoked.
    pub revoked: u64,
    /// Of them expired without a sale.
    pub expired: u64,
    /// Of them sold by now.
    pub used: u64,
    /// Sales for insurance.
    pub sold: u64,
    /// Self-paid sales.
    pub self_paid: u64,
    /// Settlements and reversals: amounts in fen, and how many.
    pub settled: Totals,
    /// Of them reversals.
    pub reversed: u64,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Settled, and no such prescription was issued.
    SettledNotIssued,
    /// Settled, and the prescription knows of no sale or of another settlement.
    SettledNotSold,
    /// Settled by another pharmacy than sold.
    OtherPharmacy,
    /// The settlement's amount is not the sale's.
    AmountDiffers,
    /// Settled before it was issued.
    SettledBeforeIssued,
    /// Two settlements of one prescription stand.
    SettledTwice,
    /// The prescription is settled, and there is no such settlement.
    SettlementMissing,
    /// Reversed without the settlement that it takes back, or with other amounts.
    ReversalWithoutSettlement,
    /// Sold for insurance in the period and not settled.
    SoldNotSettled,
    /// The fund paid, and there is no prescription.
    FundWithoutRx,
    /// Settled, and claimed with papers too (零星报销).
    SettledAndReimbursed,
}

impl Kind {
    /// For people.
    pub const fn text(self) -> &'static str {
        match self {
            Self::SettledNotIssued => "已结算，处方不存在",
            Self::SettledNotSold => "已结算，处方没有对应的销售或结算",
            Self::OtherPharmacy => "结算药店与销售药店不一致",
            Self::AmountDiffers => "结算金额与销售金额不一致",
            Self::SettledBeforeIssued => "结算早于开方",
            Self::SettledTwice => "同一处方有两笔有效结算",
            Self::SettlementMissing => "处方已结算，没有结算记录",
            Self::ReversalWithoutSettlement => "撤销没有对应的结算，或金额不相反",
            Self::SoldNotSettled => "已按医保销售，未结算",
            Self::FundWithoutRx => "无处方的结算由基金支付",
            Self::SettledAndReimbursed => "已结算，又有零星报销",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The same in every run: kind, prescription (or place, where there is none), settlement.
    pub key: String,
    /// What is wrong.
    pub kind: Kind,
    /// In words, with both figures where there are two.
    pub what: String,
    /// The prescription; none of what only the account pays.
    pub hi_rxno: Option<String>,
    /// The settlement, where there is one.
    pub setl_id: Option<String>,
    /// Why it is no trouble, as the bureau wrote it down; open without.
    pub closed: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// By institution.
    pub institutions: BTreeMap<String, Sums>,
    /// Claims with papers (零星报销) that were promised in the period, less those taken back in it: paid to persons, by no institution.
    pub reimbursed: Totals,
    /// In the order of their keys.
    pub differences: Vec<Difference>,
    /// How many were left off beyond [`DIFFERENCES_MAX`].
    pub left_off: u64,
}

impl Reconciliation {
    /// Closes the differences that somebody explained, by key; explanations of other periods are left alone.
    pub fn close(&mut self, explained: &BTreeMap<String, String>) {
        for difference in &mut self.differences {
            difference.closed = explained.get(&difference.key).cloned();
        }
    }

    /// How many differences are open.
    pub fn open(&self) -> usize {
        self.differences.iter().filter(|difference| difference.closed.is_none()).count()
    }
}

/// A prescription as far as money goes.
struct Known {
    prsc_time: Moment,
    pharmacy: Option<FixmedinsCode>,
    /// The sale's stated amount, where every line states one.
    sold: Option<Fen>,
    setl_id: Option<String>,
    refd_setl_id: Option<String>,
    waiting: bool,
}

/// Takes prescriptions and settlements in any order, then finds what does not fit.
pub struct Books {
    period: Period,
    now: Moment,
    institutions: BTreeMap<String, Sums>,
    known: BTreeMap<HiRxno, Known>,
    setls: BTreeMap<String, Setl>,
    reimbursed: Totals,
    /// Prescriptions that a claim holds.
    claimed: BTreeMap<HiRxno, String>,
    broken_sums: bool,
}

impl Books {
    /// Nothing taken yet; what has expired is told as of `now`.
    pub fn new(period: Period, now: Moment) -> Self {
        Self {
            period,
            now,
            institutions: BTreeMap::new(),
            known: BTreeMap::new(),
            setls: BTreeMap::new(),
            reimbursed: Totals::default(),
            claimed: BTreeMap::new(),
            broken_sums: false,
        }
    }

    /// A prescription, as it stands.
    pub fn take_rx(&mut self, rx: &Prescription) {
        let issued =
            self.period.holds(rx.opened.prsc_time) && !matches!(rx.state, State::PreChecked | State::Signed { .. });
        if issued {
            let (dispensed, expired) = (rx.state.dispensed(), rx.expired(self.now));
            let sums = self.institutions.entry(rx.opened.fixmedins_code.to_string()).or_default();
            sums.issued += 1;
            sums.revoked += u64::from(matches!(rx.state, State::Revoked { .. }));
            sums.used += u64::from(dispensed);
            sums.expired += u64::from(expired && !dispensed && !rx.state.closed());
        }
        let sold = rx.state.sold();
        let left = sold.and_then(|sold| sold.lines.iter().map(|line| line.stoout_time).max());
        let in_period = left.is_some_and(|left| self.period.holds(left));
        let insured = sold.is_some_and(|sold| sold.hi_feesetl_flag == HiFeesetlFlag::Insured);
        if let (true, Some(pharmacy)) = (in_period, rx.state.pharmacy()) {
            let sums = self.institutions.entry(pharmacy.to_string()).or_default();
            match insured {
                true => sums.sold += 1,
                false => sums.self_paid += 1,
            }
        }
        let refunded = match &rx.state {
            State::Refunded { refunded, .. } => Some(refunded.setl_id.clone()),
            _ => None,
        };
        let known = Known {
            prsc_time: rx.opened.prsc_time,
            pharmacy: rx.state.pharmacy().cloned(),
            sold: sold.and_then(|sold| {
                let stated: Option<Vec<Fen>> = sold.lines.iter().map(|line| line.drug_sumamt).collect();
                stated.and_then(Fen::sum)
            }),
            setl_id: rx.state.settled().map(|settled| settled.setl_id.clone()),
            refd_setl_id: refunded,
            waiting: in_period && matches!(rx.state, State::Sold { .. }),
        };
        self.known.insert(rx.hi_rxno.clone(), known);
    }

    /// A settlement or a reversal.
    pub fn take_setl(&mut self, setl: Setl) {
        if self.period.holds(setl.setl_time) {
            let sums = self.institutions.entry(setl.fixmedins_code.to_string()).or_default();
            match sums.settled.with(&setl.shares) {
                Some(settled) => sums.settled = settled,
                None => self.broken_sums = true,
            }
            sums.reversed += u64::from(setl.refd_setl_id.is_some());
        }
        self.setls.insert(setl.setl_id.clone(), setl);
    }

    /// A claim with papers.
    pub fn take_reim(&mut self, row: &ReimRow) {
        let mut promised = None;
        for step in row.reim.steps() {
            let moved = match &step.did {
                Did::Approved(approved) => {
                    promised = Some(&approved.shares);
                    promised.cloned()
                }
                Did::Undone(_) => promised.map(reverse),
                _ => None,
            };
            if let Some(shares) = moved.filter(|_| self.period.holds(step.opt_time)) {
                match self.reimbursed.with(&shares) {
                    Some(sums) => self.reimbursed = sums,
                    None => self.broken_sums = true,
                }
            }
        }
        if let Some(hi_rxno) = row.reim.intake().rx.hi_rxno.as_ref().filter(|_| row.reim.state().stas().holds()) {
            self.claimed.insert(hi_rxno.clone(), row.owner());
        }
    }

    /// What does not fit, of everything that belongs to the period; `None` when sums went beyond their range.
    pub fn closed(self) -> Option<Reconciliation> {
        lf_vocab::covers!("HB-3.8");
        lf_vocab::covers!("GX-2.3c");
        if self.broken_sums {
            return None;
        }
        let mut found = Vec::new();
        for setl in self.setls.values().filter(|setl| self.period.holds(setl.setl_time)) {
            match &setl.refd_setl_id {
                Some(refd) => self.check_reversal(setl, refd, &mut found),
                None => self.check_settlement(setl, &mut found),
            }
        }
        self.check_twice(&mut found);
        for (hi_rxno, owner) in &self.claimed {
            let known = self.known.get(hi_rxno).filter(|known| known.refd_setl_id.is_none());
            let setl = known.and_then(|known| self.setls.get(known.setl_id.as_ref()?));
            if let Some(setl_id) = setl.filter(|setl| self.period.holds(setl.setl_time)).map(|setl| &setl.setl_id) {
                found.push(difference(Kind::SettledAndReimbursed, Of::Rx(hi_rxno), Some(setl_id), owner.clone()));
            }
        }
        for (hi_rxno, known) in &self.known {
            if known.waiting {
                found.push(difference(Kind::SoldNotSettled, Of::Rx(hi_rxno), None, String::new()));
            }
            for setl_id in known.setl_id.iter().chain(&known.refd_setl_id) {
                if !self.setls.contains_key(setl_id) {
                    found.push(difference(Kind::SettlementMissing, Of::Rx(hi_rxno), Some(setl_id), String::new()));
                }
            }
        }
        found.sort_by(|a, b| a.key.cmp(&b.key));
        let left_off = found.len().saturating_sub(DIFFERENCES_MAX) as u64;
        found.truncate(DIFFERENCES_MAX);
        Some(Reconciliation {
            institutions: self.institutions,
            reimbursed: self.reimbursed,
            differences: found,
            left_off,
        })
    }

    fn check_settlement(&self, setl: &Setl, found: &mut Vec<Difference>) {
        let mut differs = |kind, what| found.push(difference(kind, Of::setl(setl), Some(&setl.setl_id), what));
        // What only the account pays was neither issued nor sold by prescription; what is on paper has no flow to be compared with, and is the auditor's.
        let Some(hi_rxno) = &setl.hi_rxno else {
            if setl.paper.is_none()
                && let Some(paid) = by_fund(&setl.shares)
            {
                differs(Kind::FundWithoutRx, format!("{paid}元"));
            }
            return;
        };
        let Some(known) = self.known.get(hi_rxno) else {
            return differs(Kind::SettledNotIssued, String::new());
        };
        if known.setl_id.as_ref() != Some(&setl.setl_id) {
            differs(Kind::SettledNotSold, String::new());
        }
        if known.pharmacy.as_ref().is_some_and(|pharmacy| *pharmacy != setl.fixmedins_code) {
            let sold_by = known.pharmacy.as_ref().map(ToString::to_string).unwrap_or_default();
            differs(Kind::OtherPharmacy, format!("销售{sold_by}，结算{}", setl.fixmedins_code));
        }
        if let Some(sold) = known.sold.filter(|sold| *sold != setl.shares.medfee_sumamt) {
            differs(Kind::AmountDiffers, format!("销售{sold}元，结算{}元", setl.shares.medfee_sumamt));
        }
        if setl.setl_time < known.prsc_time {
            differs(Kind::SettledBeforeIssued, String::new());
        }
    }

    fn check_reversal(&self, setl: &Setl, refd: &str, found: &mut Vec<Difference>) {
        let negates = self.setls.get(refd).is_some_and(|original| {
            let sum = |a: Fen, b: Fen| a.checked_add(b) == Some(Fen::ZERO);
            let (a, b) = (&original.shares, &setl.shares);
            original.refd_setl_id.is_none()
                && original.hi_rxno == setl.hi_rxno
                && original.accum_key == setl.accum_key
                && original.fixmedins_code == setl.fixmedins_code
                && original.setl_time <= setl.setl_time
                && sum(a.medfee_sumamt, b.medfee_sumamt)
                && sum(a.fund_pay_sumamt, b.fund_pay_sumamt)
                && sum(a.acct_pay, b.acct_pay)
                && sum(a.psn_cash_pay, b.psn_cash_pay)
        });
        if !negates {
            let what = format!("所撤的结算{refd}");
            found.push(difference(Kind::ReversalWithoutSettlement, Of::setl(setl), Some(&setl.setl_id), what));
        }
    }

    /// Of the settlements of one prescription that no reversal takes back, one stands at most.
    fn check_twice(&self, found: &mut Vec<Difference>) {
        let taken_back: std::collections::BTreeSet<&str> =
            self.setls.values().filter_map(|setl| setl.refd_setl_id.as_deref()).collect();
        let stands = |setl: &&Setl| setl.refd_setl_id.is_none() && !taken_back.contains(setl.setl_id.as_str());
        let mut standing: BTreeMap<&HiRxno, Vec<&Setl>> = BTreeMap::new();
        for setl in self.setls.values().filter(stands) {
            if let Some(hi_rxno) = &setl.hi_rxno {
                standing.entry(hi_rxno).or_default().push(setl);
            }
        }
        for (hi_rxno, setls) in standing.into_iter().filter(|(_, setls)| setls.len() > 1) {
            for setl in setls.iter().skip(1).filter(|setl| self.period.holds(setl.setl_time)) {
                found.push(difference(Kind::SettledTwice, Of::Rx(hi_rxno), Some(&setl.setl_id), String::new()));
            }
        }
    }
}

/// What the fund bears by any of its names, or nothing. Figures that do not fit each other are paid too.
fn by_fund(shares: &Shares) -> Option<Fen> {
    let named = [
        shares.fund_pay_sumamt,
        shares.hifp_pay,
        shares.cvlserv_pay,
        shares.hifes_pay,
        shares.hifmi_pay,
        shares.hifob_pay,
        shares.maf_pay,
        shares.oth_pay,
        shares.hifdm_pay,
    ];
    let rows = shares.fund_details.iter().filter(|row| row.kind == FundKind::Fund).map(|row| row.fund_payamt);
    named.into_iter().chain(rows).find(|paid| *paid != Fen::ZERO)
}

/// Of what a difference is.
#[derive(Clone, Copy)]
enum Of<'a> {
    Rx(&'a HiRxno),
    /// Of no prescription; of this place.
    Place(Admdvs),
}

impl<'a> Of<'a> {
    fn setl(setl: &'a Setl) -> Self {
        setl.hi_rxno.as_ref().map_or(Self::Place(setl.poolarea_no), Self::Rx)
    }
}

/// The place that keeps a difference, by its key.
pub fn place_of(key: &str) -> Option<Admdvs> {
    let of = key.split('/').nth(1)?;
    of.parse::<HiRxno>().map(|hi_rxno| hi_rxno.poolarea_no()).or_else(|_| of.parse()).ok()
}

fn difference(kind: Kind, of: Of<'_>, setl_id: Option<&String>, detail: String) -> Difference {
    let what = if detail.is_empty() { kind.text().to_owned() } else { format!("{}：{detail}", kind.text()) };
    let (named, hi_rxno) = match of {
        Of::Rx(hi_rxno) => (hi_rxno.to_string(), Some(hi_rxno.to_string())),
        Of::Place(poolarea_no) => (poolarea_no.to_string(), None),
    };
    Difference {
        key: format!("{kind:?}/{named}/{}", setl_id.map_or("-", String::as_str)),
        kind,
        what,
        hi_rxno,
        setl_id: setl_id.cloned(),
        closed: None,
    }
}
