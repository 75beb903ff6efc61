//! The independent auditor behind `liufang audit verify`: recomputes chains, states, amounts and balances from
//! what is stored and reports every difference.
//!
//! Invariants: it changes nothing; it shares no arithmetic with the code that wrote (the chain's bytes, the sums
//! and the folding of facts are written out again here); an unreadable row is a difference, not an end. Memory
//! holds one page and one sum a person, year and scheme. It expects nobody to write meanwhile: on a running center
//! audit a copy.

mod chain;
mod claims;
mod facts;
mod identity;
mod ledger;
mod reim;
mod report;
mod reversal;
mod rx;
mod scan;
mod setl;
mod stock;
mod visit;

use lf_ports::{AuditStore, Store, StoreError};
use lf_vocab::HiRxno;

pub use report::{DIFFERENCES_MAX, Difference, Kind, Report};

/// Rows of one page.
const PAGE: usize = 500;

/// Audits everything in the store.
///
/// # Errors
/// Only when the store itself does not answer; whatever is wrong with the rows is in the report.
pub async fn audit<S: Store + AuditStore + ?Sized>(store: &S) -> Result<Report, StoreError> {
    let mut report = Report::default();
    let pools = store.pools().await?;
    let mut sums = ledger::Sums::default();
    for pool in &pools {
        report.pools += 1;
        rx::audit(store, *pool, &mut report).await?;
        setl::audit(store, *pool, &mut sums, &mut report).await?;
        visit::audit(store, *pool, &mut report).await?;
        reim::audit(store, *pool, &mut sums, &mut report).await?;
    }
    // Settlements stand in the pharmacy's 统筹区, what they add up to in the person's: all first, then the sums.
    for pool in &pools {
        ledger::audit(store, *pool, &mut sums, &mut report).await?;
    }
    sums.leftovers(&mut report);
    claims::audit(store, &mut report).await?;
    stock::audit(store, &mut report).await?;
    Ok(report)
}

/// Audits these prescriptions against their own histories only: a sample of a store too large to be gone through.
///
/// # Errors
/// As [`audit`]. A prescription that is absent is a difference.
pub async fn sample<S: Store + ?Sized>(store: &S, numbers: &[HiRxno]) -> Result<Report, StoreError> {
    let mut report = Report::default();
    for number in numbers {
        let Some(found) = report.readable(store.rx(number).await)? else { continue };
        match found {
            Some(rx) => {
                report.prescriptions += 1;
                rx::one(store, &rx, &mut report).await?;
            }
            None => report.differs(Kind::Row, number.as_str(), "处方不存在"),
        }
    }
    Ok(report)
}
