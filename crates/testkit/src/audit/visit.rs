//! Visits of the clinic route (2201–2208): each settled batch is the settlement's own lines, and no settlement has a visit
//! that does not know it.

use std::collections::BTreeSet;

use lf_ports::{AuditStore, Batch, BatchState, Mdtrt, MdtrtState, Setl, Store, StoreError};
use lf_vocab::Admdvs;

use super::report::{Kind, Report};
use super::scan::{Cursor, MdtrtScan, next_page};

/// All visits in pharmacies of a 统筹区.
pub(super) async fn audit<S: Store + AuditStore + ?Sized>(
    store: &S,
    pool: Admdvs,
    report: &mut Report,
) -> Result<(), StoreError> {
    let scan = MdtrtScan(store, pool);
    let mut cursor = Cursor::default();
    while let Some(page) = next_page(&scan, &mut cursor, report).await? {
        for visit in page {
            report.visits += 1;
            numbers(&visit, report);
            for batch in visit.state.batches() {
                match &batch.state {
                    BatchState::Open => {
                        let withdrawn = matches!(visit.state, MdtrtState::Withdrawn { .. });
                        report.unless(!withdrawn, Kind::Visit, &visit.mdtrt_id, || {
                            format!("挂号已撤销，收费批次{}仍未结算", batch.chrg_bchno)
                        });
                    }
                    BatchState::Settled { setl_id } => settled(store, &visit, batch, setl_id, report).await?,
                }
            }
        }
    }
    Ok(())
}

/// That the settlement's visit, if it has one, knows it.
pub(super) async fn known<S: Store + ?Sized>(store: &S, setl: &Setl, report: &mut Report) -> Result<(), StoreError> {
    let Some(found) = report.readable(store.mdtrt(&setl.fixmedins_code, &setl.mdtrt_id).await)? else { return Ok(()) };
    let Some((visit, _)) = found else { return Ok(()) };
    let named = setl.refd_setl_id.as_ref().unwrap_or(&setl.setl_id);
    let batches = visit.state.batches().iter();
    let of =
        batches.filter(|batch| matches!(&batch.state, BatchState::Settled { setl_id } if setl_id == named)).count();
    report.unless(of == 1, Kind::Visit, &setl.setl_id, || format!("就诊{}有{of}个收费批次由本结算结清", setl.mdtrt_id));
    Ok(())
}

fn numbers(visit: &Mdtrt, report: &mut Report) {
    let (mut batches, mut fees) = (BTreeSet::new(), BTreeSet::new());
    for batch in visit.state.batches() {
        let fresh = batches.insert(&batch.chrg_bchno);
        report.unless(fresh, Kind::Visit, &visit.mdtrt_id, || format!("收费批次{}重复", batch.chrg_bchno));
        for fee in &batch.fees {
            let fresh = fees.insert(&fee.feedetl_sn);
            report.unless(fresh, Kind::Visit, &visit.mdtrt_id, || format!("费用明细{}重复", fee.feedetl_sn));
        }
    }
}

/// A settled batch beside its settlement: the same lines of the same prescription, person and visit.
async fn settled<S: Store + ?Sized>(
    store: &S,
    visit: &Mdtrt,
    batch: &Batch,
    setl_id: &str,
    report: &mut Report,
) -> Result<(), StoreError> {
    let place = visit.mdtrt_id.as_str();
    let Some(found) = report.readable(store.setl(&visit.fixmedins_code, setl_id).await)? else { return Ok(()) };
    let Some((setl, reversed_by)) = found else {
        report.differs(Kind::Visit, place, format!("收费批次{}的结算{setl_id}不存在", batch.chrg_bchno));
        return Ok(());
    };
    let same = setl.mdtrt_id == visit.mdtrt_id
        && setl.accum_key.psn_no == visit.psn_no
        && setl.accum_key.poolarea_no == visit.insu_poolarea_no
        && setl.insutype == visit.insutype
        && setl.refd_setl_id.is_none();
    report.unless(same, Kind::Visit, place, || format!("结算{setl_id}的就诊、人员或险种与就诊不同"));
    let rxno = |fee: &lf_ports::MdtrtFee| fee.rxno.as_deref() == setl.hi_rxno.as_ref().map(lf_vocab::HiRxno::as_str);
    report.unless(batch.fees.iter().all(rxno), Kind::Visit, place, || format!("结算{setl_id}的处方与明细不同"));
    let charged: BTreeSet<_> = batch
        .fees
        .iter()
        .map(|fee| {
            let (cnt, pric) = (fee.cnt.get(), fee.pric.get());
            (fee.feedetl_sn.clone(), fee.med_list_codg.to_string(), fee.det_item_fee_sumamt.get(), cnt, pric)
        })
        .collect();
    let paid: BTreeSet<_> = setl
        .shares
        .lines
        .iter()
        .map(|line| {
            let (cnt, pric) = (line.cnt.get(), line.pric.get());
            (line.feedetl_sn.clone(), line.med_list_codg.to_string(), line.det_item_fee_sumamt.get(), cnt, pric)
        })
        .collect();
    report.unless(charged == paid, Kind::Visit, place, || format!("结算{setl_id}的明细与上传的明细不同"));
    let withdrawn = matches!(visit.state, MdtrtState::Withdrawn { .. });
    report.unless(!withdrawn || reversed_by.is_some(), Kind::Visit, place, || {
        format!("挂号已撤销，结算{setl_id}仍未撤销")
    });
    Ok(())
}
