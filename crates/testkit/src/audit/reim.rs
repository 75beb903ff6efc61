//! Claims with papers (零星报销): their steps folded again from the stored words, their amounts, and that what they hold is theirs.
//!
//! Invariant: what a claim promised and did not take back counts in the accumulators, nothing else of it does.

use lf_ports::reim::rx_paid;
use lf_ports::{AuditStore, ReimRow, Setl, Store, StoreError};
use lf_settle::reim::{Did, ReimState};
use lf_vocab::Admdvs;

use super::identity;
use super::ledger::Sums;
use super::report::{Kind, Report};
use super::scan::{Cursor, ReimScan, next_page};

/// All claims of a 统筹区; what they promised goes into `sums`.
pub(super) async fn audit<S: Store + AuditStore + ?Sized>(
    store: &S,
    pool: Admdvs,
    sums: &mut Sums,
    report: &mut Report,
) -> Result<(), StoreError> {
    let scan = ReimScan(store, pool);
    let mut cursor = Cursor::default();
    while let Some(page) = next_page(&scan, &mut cursor, report).await? {
        for row in page {
            report.reims += 1;
            one(store, &row, sums, report).await?;
        }
    }
    Ok(())
}

async fn one<S: Store + ?Sized>(
    store: &S,
    row: &ReimRow,
    sums: &mut Sums,
    report: &mut Report,
) -> Result<(), StoreError> {
    let place = row.owner();
    let Folded { word, holds, defects } = fold(row);
    for defect in defects {
        report.differs(Kind::Reim, place.as_str(), defect);
    }
    let stored = row.reim.state().stas().word();
    report.unless(stored == word, Kind::Reim, &place, || format!("状态为{stored}，步骤得出{word}"));
    for step in row.reim.steps() {
        if let Did::Approved(approved) = &step.did {
            for broken in identity::broken(&approved.shares) {
                report.differs(Kind::Identity, place.as_str(), broken);
            }
            let (shares, day) = (&approved.shares, row.reim.intake().bought.day);
            let key = row.accum_key(&shares.scheme, shares.year);
            let of_day = (shares.year, shares.month) == (day.ymd().0, day.ymd().1);
            report.unless(of_day, Kind::Reim, &place, || "金额不计在购药的年月".to_owned());
            report.unless(shares.acct_pay.get() == 0, Kind::Reim, &place, || "动用了个人账户".to_owned());
            sums.add_shares(&key, shares, &place, false, report);
            if let ReimState::Undone { .. } = row.reim.state() {
                sums.add_shares(&key, shares, &place, true, report);
            }
        }
    }
    for held in row.held() {
        let Some(found) = report.readable(store.claim(held.kind, &held.key).await)? else { continue };
        let owned = found.as_ref().is_some_and(|found| found.owner == held.owner);
        let what = || format!("{}{}", held.key, if holds { "不归本笔所有" } else { "没有释放" });
        report.unless(owned == holds, Kind::Reim, &place, what);
    }
    Ok(())
}

struct Folded {
    word: &'static str,
    holds: bool,
    defects: Vec<String>,
}

/// The steps as a table of words, not as the machine that wrote them.
fn fold(row: &ReimRow) -> Folded {
    let mut folded = Folded { word: "received", holds: true, defects: Vec::new() };
    for (step, number) in row.reim.steps().iter().zip(1..) {
        let (from, to): (&[&str], _) = match &step.did {
            Did::Returned(_) => (&["received", "checked"], "returned"),
            Did::Supplied(_) => (&["returned"], "received"),
            Did::Checked(_) => (&["received", "checked"], "checked"),
            Did::Approved(_) => (&["checked"], "approved"),
            Did::Refused(_) => (&["received", "returned", "checked"], "refused"),
            Did::Paid(_) => (&["approved"], "paid"),
            Did::Undone(_) => (&["approved", "paid"], "undone"),
        };
        if !from.contains(&folded.word) {
            folded.defects.push(format!("第{number}步{to}不能在{}之后", folded.word));
        }
        folded.word = to;
    }
    folded.holds = !matches!(folded.word, "refused" | "undone");
    folded
}

/// That a settlement which stands is the only one that its prescription pays, and one that was taken back none. Settlements made before
/// claims were known hold nothing.
pub(super) async fn paid_once<S: Store + ?Sized>(
    store: &S,
    rx: &lf_rx::Prescription,
    setl: &Setl,
    report: &mut Report,
) -> Result<(), StoreError> {
    let wanted = rx_paid(&rx.opened.fixmedins_code, &rx.opened.hosp_rxno, &setl.setl_id);
    let Some(found) = report.readable(store.claim(wanted.kind, &wanted.key).await)? else { return Ok(()) };
    let stands = matches!(rx.state, lf_rx::State::Settled { .. });
    let right = match &found {
        None => true,
        Some(found) => (found.owner == setl.setl_id) == stands,
    };
    report.unless(right, Kind::Reim, &setl.setl_id, || format!("处方{}的支付不归本结算所有", rx.hi_rxno));
    Ok(())
}
