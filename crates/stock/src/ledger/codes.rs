//! What a row makes of each of its codes.
//!
//! Invariants: of two sales of one box the second is refused or a lead; an open pack is never sold whole, and no more
//! units of it than it holds; a code moves only within the lot it stands in.

use lf_vocab::DrugTracCodg;

use super::{Draft, Ledger, back, kept, second};
use crate::code::{Code, CodeLife, HeldSince, Owner};
use crate::measure::Measure;
use crate::refusal::StockRefusal;
use crate::rows::Sale;

/// How the numbers of 3592B begin.
pub const VIRTUAL: &str = "XN";

impl Ledger {
    fn state(&self, code: &DrugTracCodg) -> Code {
        self.codes.get(code).cloned().unwrap_or_default()
    }

    /// A code that comes with a purchase: one that stands elsewhere or was sold is no new box.
    pub(super) fn bought(&self, code: &DrugTracCodg, lotno: &str) -> Result<(DrugTracCodg, Code), StockRefusal> {
        let state = self.state(code);
        match &state.life {
            _ if state.held_by.is_some() => Err(StockRefusal::CodeSold(code.to_string())),
            CodeLife::Unseen => {
                let life = CodeLife::Held { fixmedins_bchno: lotno.to_owned(), since: HeldSince::Bought };
                Ok((code.clone(), Code { life, held_by: None }))
            }
            CodeLife::Held { .. } => Err(StockRefusal::CodeOtherLot(code.to_string())),
            CodeLife::Opened { .. } | CodeLife::Sold { .. } => Err(StockRefusal::CodeSold(code.to_string())),
        }
    }

    pub(super) fn sell_codes(&self, lotno: &str, sale: &Sale, draft: &mut Draft) -> Result<(), StockRefusal> {
        let mut left = draft.stated;
        for (at, code) in sale.codes.iter().enumerate() {
            let state = self.state(code);
            if state.life == CodeLife::Unseen && code.as_str().starts_with(VIRTUAL) {
                return Err(StockRefusal::VirtualUnknown(code.to_string()));
            }
            if let CodeLife::Held { fixmedins_bchno, .. } = &state.life
                && fixmedins_bchno != lotno
            {
                return Err(StockRefusal::CodeOtherLot(code.to_string()));
            }
            if sale.split && draft.lot.measure != Measure::Weighed {
                // Each code gives what it can, and leaves a unit at least for each that follows.
                let others = i64::try_from(sale.codes.len() - at - 1).unwrap_or(i64::MAX);
                let life = self.open(lotno, code, &state, sale, (draft.lot.measure.per_pack(), left - others))?;
                let Some((life, taken)) = life else {
                    draft.leads.push(code.clone());
                    continue;
                };
                left -= taken;
                let held_by = Some(Owner::opened(&self.fixmedins_code, lotno));
                draft.codes.push((code.clone(), Code { life, held_by }));
            } else if let Some(state) = self.sell_whole(lotno, code, &state, sale)? {
                draft.codes.push((code.clone(), state));
            } else {
                draft.leads.push(code.clone());
            }
        }
        let over = sale.split && left > 0 && draft.leads.is_empty();
        match sale.codes.last().filter(|_| over) {
            Some(last) => Err(StockRefusal::CodeOpened(last.to_string())),
            None => Ok(()),
        }
    }

    /// `None`: a second sale that the law of the place records.
    fn sell_whole(
        &self,
        lotno: &str,
        code: &DrugTracCodg,
        state: &Code,
        sale: &Sale,
    ) -> Result<Option<Code>, StockRefusal> {
        // A prescription owns what 7207 claimed for it; a box that 7207 had no row for is the counter's.
        let own = match &sale.owner {
            Owner::Rx(hi_rxno) if state.held_by.as_ref() != Some(hi_rxno) => Owner::Counter(sale.mdtrt_sn.clone()),
            owner => owner.clone(),
        };
        let owner = own.claim(&self.fixmedins_code);
        let of_another = state.held_by.as_ref().is_some_and(|holder| *holder != owner);
        match &state.life {
            CodeLife::Opened { .. } => second(sale, StockRefusal::CodeOpened(code.to_string())).map(|()| None),
            CodeLife::Sold { .. } => second(sale, StockRefusal::CodeSold(code.to_string())).map(|()| None),
            CodeLife::Unseen | CodeLife::Held { .. } if of_another => {
                second(sale, StockRefusal::CodeSold(code.to_string())).map(|()| None)
            }
            CodeLife::Unseen | CodeLife::Held { .. } => {
                let life = CodeLife::Sold {
                    fixmedins_bchno: lotno.to_owned(),
                    mdtrt_sn: sale.mdtrt_sn.clone(),
                    owner: own,
                    before: state.life.shelf(),
                };
                Ok(Some(Code { life, held_by: Some(owner) }))
            }
        }
    }

    /// The open pack and the units taken of it.
    fn open(
        &self,
        lotno: &str,
        code: &DrugTracCodg,
        state: &Code,
        sale: &Sale,
        (per_pack, wanted): (i64, i64),
    ) -> Result<Option<(CodeLife, i64)>, StockRefusal> {
        let ours = Owner::opened(&self.fixmedins_code, lotno);
        let sold = || second(sale, StockRefusal::CodeSold(code.to_string())).map(|()| None);
        if matches!(state.life, CodeLife::Sold { .. }) || state.held_by.as_ref().is_some_and(|holder| *holder != ours) {
            return sold();
        }
        let out = match &state.life {
            CodeLife::Opened { out, .. } => *out,
            _ => 0,
        };
        let taken = wanted.min(per_pack - out);
        if taken <= 0 {
            return Err(StockRefusal::CodeOpened(code.to_string()));
        }
        let before = state.life.shelf();
        Ok(Some((CodeLife::Opened { fixmedins_bchno: lotno.to_owned(), out: out + taken, before }, taken)))
    }

    pub(super) fn return_codes(&self, lotno: &str, sale: &Sale, draft: &mut Draft) -> Result<(), StockRefusal> {
        let mut left = draft.stated;
        for (at, code) in sale.codes.iter().enumerate() {
            let state = self.state(code);
            let not_sold = || StockRefusal::CodeNotSold(code.to_string());
            let life = match &state.life {
                CodeLife::Opened { fixmedins_bchno, out, before } if sale.split && fixmedins_bchno == lotno => {
                    let others = i64::try_from(sale.codes.len() - at - 1).unwrap_or(i64::MAX);
                    let returned = (left - others).min(*out);
                    if returned <= 0 {
                        return Err(not_sold());
                    }
                    left -= returned;
                    if returned == *out {
                        back(&state.life, lotno)
                    } else {
                        let (fixmedins_bchno, before) = (lotno.to_owned(), before.clone());
                        CodeLife::Opened { fixmedins_bchno, out: out - returned, before }
                    }
                }
                CodeLife::Sold { fixmedins_bchno, mdtrt_sn, .. }
                    if !sale.split && fixmedins_bchno == lotno && *mdtrt_sn == sale.mdtrt_sn =>
                {
                    back(&state.life, lotno)
                }
                _ => return Err(not_sold()),
            };
            let opened = matches!(life, CodeLife::Opened { .. });
            let held_by = if opened { state.held_by.clone() } else { kept(&state) };
            draft.codes.push((code.clone(), Code { life, held_by }));
        }
        match sale.codes.last().filter(|_| sale.split && left > 0) {
            Some(last) => Err(StockRefusal::CodeNotSold(last.to_string())),
            None => Ok(()),
        }
    }
}
