//! Accumulators and personal accounts against the sum of all settlements that moved them.
//!
//! Invariant: sums are taken in 128 bits; every accumulator has settlements and every settlement an accumulator.

use std::collections::BTreeMap;

use lf_ports::{AccumKey, AccumRow, AuditStore, Setl, StoreError};
use lf_settle::Shares;
use lf_vocab::{Admdvs, Fen, PsnNo};

use super::report::{Kind, Report};
use super::scan::{AcctScan, AccumScan, Cursor, next_page};

/// What settlements add up to.
#[derive(Default)]
pub(super) struct Sums {
    accums: BTreeMap<AccumKey, Sum>,
    accts: BTreeMap<(Admdvs, PsnNo), i128>,
}

#[derive(Default)]
struct Sum {
    count: i64,
    eligible: i128,
    deductible: [i128; 12],
    fund: i128,
}

impl Sums {
    /// Counts a settlement or reversal in.
    pub(super) fn add(&mut self, setl: &Setl, report: &mut Report) {
        let (key, shares) = (&setl.accum_key, &setl.shares);
        self.add_shares(key, shares, &setl.setl_id, false, report);
        if shares.acct_pay.get() != 0 {
            *self.accts.entry((key.poolarea_no, key.psn_no.clone())).or_default() += i128::from(shares.acct_pay.get());
        }
    }

    /// Counts amounts in, of a settlement or a claim; `back`: those of something that was taken back without a record of its own.
    pub(super) fn add_shares(&mut self, key: &AccumKey, shares: &Shares, place: &str, back: bool, report: &mut Report) {
        let amount = |fen: Fen| if back { -i128::from(fen.get()) } else { i128::from(fen.get()) };
        let sum = self.accums.entry(key.clone()).or_default();
        sum.count += 1;
        sum.eligible += amount(shares.inscp_scp_amt);
        sum.fund += amount(shares.fund_pay_sumamt);
        let month = usize::try_from(shares.month).ok().and_then(|month| month.checked_sub(1));
        match month.and_then(|month| sum.deductible.get_mut(month)) {
            Some(used) => *used += amount(shares.act_pay_dedc),
            None => report.differs(Kind::Accumulator, place, "结算没有月份"),
        }
        let filed = key.year == shares.year && key.scheme == shares.scheme;
        report.unless(filed, Kind::Accumulator, place, || "结算的年度或方案与累计归属不同".to_owned());
        for pot in &shares.pots {
            let sum = self.accums.entry(AccumKey { scheme: pot.clone(), ..key.clone() }).or_default();
            sum.count += 1;
            sum.fund += amount(shares.fund_pay_sumamt);
        }
    }

    /// What no accumulator and no account took up.
    pub(super) fn leftovers(self, report: &mut Report) {
        for key in self.accums.into_keys() {
            report.differs(Kind::Accumulator, place(&key), "有结算而没有年度累计");
        }
        for ((pool, psn_no), paid) in self.accts {
            if paid != 0 {
                report.differs(Kind::Account, format!("{pool}/{}", psn_no.as_str()), "有个人账户支付而没有账户");
            }
        }
    }

    fn check_accum(&mut self, key: &AccumKey, row: &AccumRow, report: &mut Report) {
        let sum = self.accums.remove(key).unwrap_or_default();
        let totals = row.accum.totals();
        let place = place(key);
        let mut equal = |what: &str, stored: i128, summed: i128| {
            report.unless(stored == summed, Kind::Accumulator, &place, || {
                format!("{what}为{stored}，各次结算合计{summed}")
            });
        };
        equal("符合政策范围金额（分）", totals.eligible_fen.get().into(), sum.eligible);
        equal("基金支付（分）", totals.fund_paid_fen.get().into(), sum.fund);
        for (month, (stored, summed)) in totals.deductible_used_fen.iter().zip(sum.deductible).enumerate() {
            equal(&format!("{}月起付线（分）", month + 1), stored.get().into(), summed);
        }
        equal("版本", row.version.into(), sum.count.into());
        equal("累计次数", row.accum.version().into(), sum.count.into());
    }
}

/// All accumulators and accounts of a 统筹区.
pub(super) async fn audit<S: AuditStore + ?Sized>(
    store: &S,
    pool: Admdvs,
    sums: &mut Sums,
    report: &mut Report,
) -> Result<(), StoreError> {
    let scan = AccumScan(store, pool);
    let mut cursor = Cursor::default();
    while let Some(page) = next_page(&scan, &mut cursor, report).await? {
        for (key, row) in page {
            report.accumulators += 1;
            sums.check_accum(&key, &row, report);
        }
    }
    let scan = AcctScan(store, pool);
    let mut cursor = Cursor::default();
    while let Some(page) = next_page(&scan, &mut cursor, report).await? {
        for (psn_no, opening, balc) in page {
            report.accounts += 1;
            let place = format!("{pool}/{}", psn_no.as_str());
            let paid = sums.accts.remove(&(pool, psn_no)).unwrap_or_default();
            let due = i128::from(opening.get()) - paid;
            report.unless(i128::from(balc.get()) == due, Kind::Account, &place, || {
                format!("余额{}分，期初{}分减各次支付{paid}分应为{due}分", balc.get(), opening.get())
            });
        }
    }
    Ok(())
}

fn place(key: &AccumKey) -> String {
    format!("{}/{}/{}/{}", key.poolarea_no, key.psn_no.as_str(), key.year, key.scheme)
}
