//! What rows of 3501–3507 write: lots by version, moves behind them, codes by version, leads.

use std::collections::{BTreeMap, BTreeSet};

use lf_ports::{StockChange, StockCode, StockLead, StockLot, StockMove, StoreError, codec};
use lf_stock::DataType;

use super::{Must, Step, contradiction, step, write_or_stale};
use crate::sealed;
use crate::sealer::Sealer;
use crate::sql::stock as sql;
use crate::value::Value;

/// The statements of a stock change.
pub(super) fn steps(change: &StockChange, sealer: &Sealer, steps: &mut Vec<Step>) -> Result<(), StoreError> {
    check(change)?;
    for (expect_seq, lot) in &change.lots {
        steps.push(put_lot(*expect_seq, lot));
    }
    let voids: BTreeMap<(&str, i64), DataType> =
        change.voids.iter().map(|(lot, data_type, by)| ((lot.as_str(), *by), *data_type)).collect();
    for moved in &change.moves {
        let (lot, seq) = (moved.fixmedins_bchno.as_str(), moved.seq);
        // A deletion makes void what stands before it, and never itself.
        if let Some(data_type) = voids.get(&(lot, seq)) {
            let params = vec![change.fixmedins_code.as_str().into(), lot.into(), data_type.word().into(), seq.into()];
            steps.push(step(sql::MOVE_VOID, params, Must::Any));
        }
        steps.push(put_move(moved, sealer));
    }
    steps.extend(change.codes.iter().map(put_code));
    steps.extend(change.leads.iter().map(put_lead));
    Ok(())
}

/// Moves must lead from the expected number of their lot to its new one, in order; what is made void must be so by one of
/// them; leads must be of one of them; and everything must be one institution's.
fn check(change: &StockChange) -> Result<(), StoreError> {
    let ours = &change.fixmedins_code;
    let one = change.lots.iter().all(|(_, lot)| lot.fixmedins_code == *ours)
        && change.moves.iter().all(|moved| moved.fixmedins_code == *ours)
        && change.codes.iter().all(|code| code.fixmedins_code == *ours)
        && change.leads.iter().all(|lead| lead.fixmedins_code == *ours);
    if !one {
        return Err(contradiction("stock: of two institutions"));
    }
    let mut numbers: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for moved in &change.moves {
        numbers.entry(&moved.fixmedins_bchno).or_default().push(moved.seq);
    }
    for (expect_seq, lot) in &change.lots {
        let led = numbers.remove(lot.fixmedins_bchno.as_str()).unwrap_or_default();
        if led.into_iter().ne(expect_seq + 1..=lot.seq) {
            return Err(contradiction("stock: moves do not lead from the lot's expected number to its new one"));
        }
    }
    if !numbers.is_empty() {
        return Err(contradiction("stock: a move without its lot"));
    }
    let rows: BTreeSet<(&str, i64)> =
        change.moves.iter().map(|moved| (moved.fixmedins_bchno.as_str(), moved.seq)).collect();
    let void: BTreeSet<(&str, i64)> = change.voids.iter().map(|(lot, _, by)| (lot.as_str(), *by)).collect();
    if void.len() != change.voids.len() || !void.is_subset(&rows) {
        return Err(contradiction("stock: made void by no move of this change, or twice by one"));
    }
    if !change.leads.iter().all(|lead| rows.contains(&(lead.fixmedins_bchno.as_str(), lead.seq))) {
        return Err(contradiction("stock: a lead without its move"));
    }
    Ok(())
}

fn put_lot(expect_seq: i64, lot: &StockLot) -> Step {
    let mut params = vec![
        lot.fixmedins_code.as_str().into(),
        lot.fixmedins_bchno.as_str().into(),
        lot.poolarea_no.as_str().into(),
        lot.seq.into(),
        lot.lot.goods.med_list_codg.as_str().into(),
        lot.lot.goods.fixmedins_hilist_id.as_str().into(),
        lot.lot.balance().into(),
        Value::json(&lot.lot),
    ];
    if expect_seq == 0 {
        return write_or_stale(sql::LOT_NEW, params, "stock_lot");
    }
    params.push(expect_seq.into());
    write_or_stale(sql::LOT_MOVE, params, "stock_lot")
}

fn put_move(moved: &StockMove, sealer: &Sealer) -> Step {
    let mut params: Vec<Value> =
        vec![moved.fixmedins_code.as_str().into(), moved.fixmedins_bchno.as_str().into(), moved.seq.into()];
    let body = sealer.cell(&sealed::STOCK_MOVE, &params, &codec::encode(&moved.body));
    params.extend([
        moved.data_type.word().into(),
        moved.doc_no.as_str().into(),
        moved.units.into(),
        Value::opt(moved.mdtrt_sn.as_deref()),
        Value::opt(moved.hi_rxno.as_ref().map(lf_vocab::HiRxno::as_str)),
        Value::opt(moved.psn_no.as_ref().map(lf_vocab::PsnNo::as_str)),
        moved.at.into(),
        moved.taken.into(),
        moved.digest[..].into(),
        body,
    ]);
    write_or_stale(sql::MOVE_NEW, params, "stock_move")
}

fn put_code(code: &StockCode) -> Step {
    let mut params: Vec<Value> = vec![
        code.fixmedins_code.as_str().into(),
        code.drug_trac_codg.as_str().into(),
        code.ver.into(),
        code.fixmedins_bchno.as_str().into(),
        Value::json(&code.life),
    ];
    if code.ver == 1 {
        return write_or_stale(sql::CODE_NEW, params, "stock_code");
    }
    params.push((code.ver - 1).into());
    write_or_stale(sql::CODE_MOVE, params, "stock_code")
}

fn put_lead(lead: &StockLead) -> Step {
    let params = vec![
        lead.poolarea_no.as_str().into(),
        lead.raised.into(),
        lead.drug_trac_codg.as_str().into(),
        lead.fixmedins_code.as_str().into(),
        lead.fixmedins_bchno.as_str().into(),
        lead.seq.into(),
        lead.holder.as_str().into(),
    ];
    write_or_stale(sql::LEAD_NEW, params, "stock_lead")
}
