//! Each settlement by itself: its amounts, its reversal, and that its prescription knows it.

use lf_ports::{AuditStore, ClaimKind, Setl, Store, StoreError};
use lf_rx::State;
use lf_vocab::Admdvs;

use super::ledger::Sums;
use super::report::{Kind, Report};
use super::scan::{Cursor, SetlScan, next_page};
use super::{identity, reim, reversal, visit};

/// All settlements of a 统筹区; what they add up to goes into `sums`.
pub(super) async fn audit<S: Store + AuditStore + ?Sized>(
    store: &S,
    pool: Admdvs,
    sums: &mut Sums,
    report: &mut Report,
) -> Result<(), StoreError> {
    let scan = SetlScan(store, pool);
    let mut cursor = Cursor::default();
    while let Some(page) = next_page(&scan, &mut cursor, report).await? {
        for (setl, reversed_by) in page {
            report.settlements += 1;
            for broken in identity::broken(&setl.shares) {
                report.differs(Kind::Identity, setl.setl_id.as_str(), broken);
            }
            sums.add(&setl, report);
            check_reversal(store, &setl, reversed_by.as_deref(), report).await?;
            check_named(store, &setl, report).await?;
            check_paper(store, &setl, reversed_by.is_some(), report).await?;
            visit::known(store, &setl, report).await?;
        }
    }
    Ok(())
}

async fn check_reversal<S: Store + ?Sized>(
    store: &S,
    setl: &Setl,
    reversed_by: Option<&str>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let Some(refd_setl_id) = &setl.refd_setl_id else { return Ok(()) };
    report.reversals += 1;
    let place = setl.setl_id.as_str();
    report.unless(reversed_by.is_none(), Kind::Reversal, place, || "撤销本身又被撤销".to_owned());
    let Some(original) = report.readable(store.setl(&setl.fixmedins_code, refd_setl_id).await)? else { return Ok(()) };
    let Some((original, by)) = original else {
        report.differs(Kind::Reversal, place, format!("所撤的结算{refd_setl_id}不存在"));
        return Ok(());
    };
    report.unless(by.as_deref() == Some(place), Kind::Reversal, place, || "所撤的结算另有撤销".to_owned());
    let same = original.hi_rxno == setl.hi_rxno
        && original.accum_key == setl.accum_key
        && original.mdtrt_id == setl.mdtrt_id
        && original.insutype == setl.insutype;
    report.unless(same, Kind::Reversal, place, || "处方、就诊、险种或累计归属与原结算不同".to_owned());
    for difference in reversal::differences(&original.shares, &setl.shares) {
        report.differs(Kind::Reversal, place, difference);
    }
    Ok(())
}

/// That a paper prescription is claimed by the settlement that pays it, for as long as that stands.
async fn check_paper<S: Store + ?Sized>(
    store: &S,
    setl: &Setl,
    reversed: bool,
    report: &mut Report,
) -> Result<(), StoreError> {
    let (Some(paper), None) = (&setl.paper, &setl.refd_setl_id) else { return Ok(()) };
    for claim in paper.claims(&setl.fixmedins_code, &setl.setl_id) {
        let Some(found) = report.readable(store.claim(claim.kind, &claim.key).await)? else { continue };
        let holder = found.map(|held| held.owner);
        let held = holder.as_deref() == Some(claim.owner.as_str());
        // A box comes back to the shelf (3506A) when its goods do, before or after its money.
        let by_goods = claim.kind == ClaimKind::DrugTracCodg && (reversed || holder.is_none());
        report.unless(held != reversed || by_goods, Kind::Claim, &setl.setl_id, || {
            format!("纸质处方的{}由{}占用", claim.key, holder.as_deref().unwrap_or("无人"))
        });
    }
    Ok(())
}

/// That the prescription's history names this settlement; so there is one at most, and no other.
async fn check_named<S: Store + ?Sized>(store: &S, setl: &Setl, report: &mut Report) -> Result<(), StoreError> {
    let place = setl.setl_id.as_str();
    let Some(hi_rxno) = &setl.hi_rxno else {
        let nothing = setl.paper.is_some() || setl.shares.fund_pay_sumamt == lf_vocab::Fen::ZERO;
        report.unless(nothing, Kind::Settlement, place, || "没有处方的结算动用了统筹基金".to_owned());
        return Ok(());
    };
    let rx = match store.rx(hi_rxno).await {
        Ok(rx) => rx,
        // The scan of prescriptions has reported it.
        Err(StoreError::Inconsistent(_)) => return Ok(()),
        Err(other) => return Err(other),
    };
    let Some(rx) = rx else {
        report.differs(Kind::Settlement, place, format!("处方{hi_rxno}不存在"));
        return Ok(());
    };
    let named = match (&rx.state, &setl.refd_setl_id) {
        (State::Settled { settled, .. } | State::Refunded { settled, .. }, None) => settled.setl_id == setl.setl_id,
        (State::Refunded { refunded, .. }, Some(refd)) => {
            refunded.setl_id == setl.setl_id && refunded.refd_setl_id == *refd
        }
        _ => false,
    };
    report.unless(named, Kind::Settlement, place, || format!("处方{hi_rxno}的历史没有这笔结算"));
    if setl.refd_setl_id.is_some() || !named { Ok(()) } else { reim::paid_once(store, &rx, setl, report).await }
}
