//! Rows of goods (3501–3507, 3513).

use lf_ports::{CaseBody, CaseState, StockCode, StockLead, StockLot, StockMove, SupplyCase};
use lf_stock::DataType;
use lf_vocab::MedListCodg;

use super::Read;
use crate::sealed;
use crate::sealer::Sealer;
use crate::value::{Cells, Row};

pub(crate) fn lot(sealer: &Sealer, row: Row) -> Read<StockLot> {
    let mut cells = Cells::new(sealer, "stock_lot", 2, row);
    let (fixmedins_code, fixmedins_bchno) = (cells.parsed("fixmedins_code")?, cells.text("fixmedins_bchno")?);
    let (poolarea_no, seq) = (cells.parsed("poolarea_no")?, cells.count("seq")?);
    let med_list_codg: MedListCodg = cells.parsed("med_list_codg")?;
    let fixmedins_hilist_id = cells.text("fixmedins_hilist_id")?;
    let balance = cells.int("balance")?;
    let lot: lf_stock::Lot = cells.json("body")?;
    cells.agree("med_list_codg", lot.goods.med_list_codg == med_list_codg)?;
    cells.agree("fixmedins_hilist_id", lot.goods.fixmedins_hilist_id == fixmedins_hilist_id)?;
    cells.agree("balance", lot.balance() == balance)?;
    Ok(StockLot { fixmedins_code, fixmedins_bchno, poolarea_no, seq, lot })
}

pub(crate) fn moved(sealer: &Sealer, row: Row) -> Read<StockMove> {
    let mut cells = Cells::new(sealer, "stock_move", 3, row);
    let (fixmedins_code, fixmedins_bchno) = (cells.parsed("fixmedins_code")?, cells.text("fixmedins_bchno")?);
    let seq = cells.count("seq")?;
    let data_type = data_type(&mut cells)?;
    let (doc_no, units) = (cells.text("doc_no")?, cells.int("units")?);
    let (mdtrt_sn, hi_rxno) = (cells.opt_text("mdtrt_sn")?, cells.opt_parsed("hi_rxno")?);
    let psn_no = cells.opt_parsed("psn_no")?;
    let (at, taken) = (cells.moment("at_us")?, cells.moment("taken_us")?);
    let void_seq = cells.int("void_seq")?;
    let (digest, body) = (cells.hash("digest")?, cells.sealed_json(&sealed::STOCK_MOVE)?);
    Ok(StockMove {
        fixmedins_code,
        fixmedins_bchno,
        seq,
        data_type,
        doc_no,
        units,
        mdtrt_sn,
        hi_rxno,
        psn_no,
        at,
        taken,
        void_seq,
        digest,
        body,
    })
}

fn data_type(cells: &mut Cells<'_>) -> Read<DataType> {
    let word = cells.text("data_type")?;
    let known = [DataType::Count, DataType::Change, DataType::Purchase, DataType::Sale];
    known.into_iter().find(|known| known.word() == word).ok_or_else(|| cells.wrong("data_type", "no such kind"))
}

/// The meaning of a row under its number.
pub(crate) fn doc(sealer: &Sealer, row: Row) -> Read<[u8; 32]> {
    let mut cells = Cells::new(sealer, "stock_move", 4, row);
    for _ in 0..4 {
        cells.pass();
    }
    cells.hash("digest")
}

pub(crate) fn code(sealer: &Sealer, row: Row) -> Read<StockCode> {
    let mut cells = Cells::new(sealer, "stock_code", 2, row);
    let (fixmedins_code, drug_trac_codg) = (cells.parsed("fixmedins_code")?, cells.parsed("drug_trac_codg")?);
    let (ver, fixmedins_bchno) = (cells.count("ver")?, cells.text("fixmedins_bchno")?);
    let life: lf_stock::CodeLife = cells.json("life")?;
    cells.agree("fixmedins_bchno", life.lot().is_none_or(|lot| lot == fixmedins_bchno))?;
    Ok(StockCode { fixmedins_code, drug_trac_codg, ver, fixmedins_bchno, life })
}

pub(crate) fn lead(sealer: &Sealer, row: Row) -> Read<StockLead> {
    let mut cells = Cells::new(sealer, "stock_lead", 6, row);
    Ok(StockLead {
        poolarea_no: cells.parsed("poolarea_no")?,
        raised: cells.moment("raised_us")?,
        drug_trac_codg: cells.parsed("drug_trac_codg")?,
        fixmedins_code: cells.parsed("fixmedins_code")?,
        fixmedins_bchno: cells.text("fixmedins_bchno")?,
        seq: cells.count("seq")?,
        holder: cells.text("holder")?,
    })
}

pub(crate) fn case(sealer: &Sealer, row: Row) -> Read<SupplyCase> {
    let mut cells = Cells::new(sealer, "supply_case", 2, row);
    let (fixmedins_code, case_no) = (cells.parsed("fixmedins_code")?, cells.text("case_no")?);
    let (poolarea_no, ver) = (cells.parsed("poolarea_no")?, cells.count("ver")?);
    let word = cells.text("state")?;
    let state = CaseState::ALL.into_iter().find(|state| state.word() == word);
    let state = state.ok_or_else(|| cells.wrong("state", "no such state"))?;
    let body: CaseBody = cells.sealed_json(&sealed::SUPPLY_CASE)?;
    cells.agree("state", body.steps.last().is_some_and(|step| step.state == state))?;
    cells.agree("ver", usize::try_from(ver).is_ok_and(|ver| ver == body.steps.len()))?;
    Ok(SupplyCase { fixmedins_code, case_no, poolarea_no, ver, state, body })
}
