//! 用药档案: what a person bought of a pharmacy on prescription, opened by the first purchase of a 单独支付 drug.
//!
//! Serves WH-6.6 at the gate `sell` (7207). Invariants: a file is opened in the commit of the purchase that opens it, so that of two
//! first purchases at once one is the first; a sale that is undone (7208) closes the file that it opened, a refund does not.

use lf_ports::{Claim, ClaimKind, Store, StoreError};
use lf_rx::Prescription;
use lf_vocab::{Admdvs, Day, FixmedinsCode, HiRxno, PsnNo};

use crate::Center;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::gate::spoken_by;

/// Numbers that are read at once where a file is listed.
const PAGE: usize = 64;

/// A person's file at a pharmacy, where the law of the place has pharmacies keep one.
pub(crate) struct MedFile {
    key: String,
    opened: bool,
}

impl MedFile {
    /// Whether the purchase is the first, as far as the center knows.
    pub(crate) fn first_buy(&self) -> bool {
        !self.opened
    }

    /// What opens the file, where none is open yet.
    pub(crate) fn opening(&self, hi_rxno: &HiRxno) -> Option<Claim> {
        lf_vocab::covers!("WH-6.6");
        self.first_buy().then(|| claim(self.key.clone(), hi_rxno))
    }
}

impl Center {
    /// Whether pharmacies keep files of what they hand out on this day; where the law of the place is silent they keep none.
    pub(crate) fn keeps_med_files(&self, ctx: &Ctx, on: Day) -> Result<bool, Failure> {
        let view = self.law.view(&ctx.caller.fixmedins.poolarea_no, &lf_law::Dates::all(on), &ctx.grants);
        Ok(spoken_by(view.flag("phar.med_file"))?.unwrap_or(false))
    }

    /// The file of the prescription's patient at this pharmacy; nothing where none is kept.
    pub(crate) async fn med_file(
        &self,
        kept: bool,
        ctx: &Ctx,
        rx: &Prescription,
    ) -> Result<Option<MedFile>, StoreError> {
        if !kept {
            return Ok(None);
        }
        let key = key_of(ctx.code(), rx.opened.insu_poolarea_no, &rx.opened.psn_no);
        let opened = self.store.claim(ClaimKind::MedFile, &key).await?.is_some();
        Ok(Some(MedFile { key, opened }))
    }
}

/// What a prescription opened at a pharmacy, if it opened anything: taken back with its sale.
pub(crate) fn opened_by(pharmacy: &FixmedinsCode, rx: &Prescription) -> Claim {
    claim(key_of(pharmacy, rx.opened.insu_poolarea_no, &rx.opened.psn_no), &rx.hi_rxno)
}

/// By which prescription a person's file at a pharmacy was opened.
///
/// # Errors
/// The store's.
pub async fn opening_of<S: Store + ?Sized>(
    store: &S,
    pharmacy: &FixmedinsCode,
    (poolarea_no, psn_no): (Admdvs, &PsnNo),
) -> Result<Option<String>, StoreError> {
    let claim = store.claim(ClaimKind::MedFile, &key_of(pharmacy, poolarea_no, psn_no)).await?;
    Ok(claim.map(|claim| claim.owner))
}

/// Every prescription that a pharmacy sold to a person, those that were refunded too, in the order of the sales.
///
/// # Errors
/// The store's.
pub async fn purchases<S: Store + ?Sized>(
    store: &S,
    pharmacy: &FixmedinsCode,
    (poolarea_no, psn_no): (Admdvs, &PsnNo),
) -> Result<Vec<Prescription>, StoreError> {
    let mut found = Vec::new();
    let mut after: Option<HiRxno> = None;
    loop {
        let page = store.rxnos_of_person(poolarea_no, psn_no, after.as_ref(), PAGE).await?;
        for hi_rxno in &page {
            found.extend(
                store
                    .rx(hi_rxno)
                    .await?
                    .filter(|rx| rx.state.sold().is_some() && rx.state.pharmacy() == Some(pharmacy)),
            );
        }
        match page.into_iter().next_back() {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    found.sort_by_key(|rx| rx.state.sold().and_then(|sold| sold.lines.iter().map(|line| line.stoout_time).max()));
    Ok(found)
}

fn claim(key: String, hi_rxno: &HiRxno) -> Claim {
    Claim { kind: ClaimKind::MedFile, key, owner: hi_rxno.to_string() }
}

fn key_of(pharmacy: &FixmedinsCode, poolarea_no: Admdvs, psn_no: &PsnNo) -> String {
    format!("{pharmacy}/{poolarea_no}/{}", psn_no.as_str())
}
