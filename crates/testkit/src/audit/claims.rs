//! Every claimed trace code is in the sale of its owner that stands, be that a prescription or a counter; the other direction is `rx`'s.
//! Every 用药档案 was opened by a sale of its own pharmacy to its own person, one that stands or was refunded.

use lf_ports::{AuditStore, ClaimKind, Store, StoreError};
use lf_rx::State;
use lf_vocab::HiRxno;

use super::report::{Kind, Report};
use super::scan::{ClaimScan, Cursor, next_page};

/// All claimed trace codes and files.
pub(super) async fn audit<S: Store + AuditStore + ?Sized>(store: &S, report: &mut Report) -> Result<(), StoreError> {
    med_files(store, report).await?;
    let scan = ClaimScan(store, ClaimKind::DrugTracCodg);
    let mut cursor = Cursor::default();
    while let Some(page) = next_page(&scan, &mut cursor, report).await? {
        for claim in page {
            report.claims += 1;
            let place = format!("追溯码{}", claim.key);
            let Ok(owner) = claim.owner.parse::<HiRxno>() else {
                super::stock::claim(store, &claim.key, &claim.owner, &place, report).await?;
                continue;
            };
            let rx = match store.rx(&owner).await {
                Ok(rx) => rx,
                // The scan of prescriptions has reported it.
                Err(StoreError::Inconsistent(_)) => continue,
                Err(other) => return Err(other),
            };
            let Some(rx) = rx else {
                report.differs(Kind::Claim, place, format!("归属的处方{owner}不存在"));
                continue;
            };
            let sold = match &rx.state {
                State::Sold { sold, .. } | State::SelfPaid { sold, .. } | State::Settled { sold, .. } => Some(sold),
                _ => None,
            };
            let listed = sold.is_some_and(|sold| {
                sold.lines
                    .iter()
                    .any(|line| line.drug_trac_codg.as_ref().is_some_and(|code| code.as_str() == claim.key))
            });
            report.unless(listed, Kind::Claim, &place, || format!("不在处方{owner}现有的出库明细中"));
        }
    }
    Ok(())
}

async fn med_files<S: Store + AuditStore + ?Sized>(store: &S, report: &mut Report) -> Result<(), StoreError> {
    let scan = ClaimScan(store, ClaimKind::MedFile);
    let mut cursor = Cursor::default();
    while let Some(page) = next_page(&scan, &mut cursor, report).await? {
        for claim in page {
            report.claims += 1;
            let place = format!("用药档案{}", claim.key);
            let rx = match claim.owner.parse::<HiRxno>() {
                Ok(owner) => match store.rx(&owner).await {
                    // The scan of prescriptions has reported it.
                    Err(StoreError::Inconsistent(_)) => continue,
                    found => found?,
                },
                Err(_) => None,
            };
            let Some(rx) = rx else {
                report.differs(Kind::Claim, place, format!("建档的处方{}不存在", claim.owner));
                continue;
            };
            let pharmacy = rx.state.pharmacy().map(ToString::to_string).unwrap_or_default();
            let own =
                [pharmacy, rx.opened.insu_poolarea_no.to_string(), rx.opened.psn_no.as_str().to_owned()].join("/");
            let opened = rx.state.sold().is_some() && own == claim.key;
            report.unless(opened, Kind::Claim, &place, || format!("不是处方{}的出库建立的", claim.owner));
        }
    }
    Ok(())
}
