//! 用药档案: what a person bought of a pharmacy on prescription, opened by the first purchase of a 单独支付 drug.
//!
//! Serves WH-6.6 at the gate `sell` (7207). Invariants: a file is opened in the commit of the purchase that opens it, so that of two
//! first purchases at once one is the first; a sale that is undone (7208) leaves the file that it opened to the oldest other such
//! purchase and closes it where there is none; a refund (2103, 2601) leaves it as it is. Whose sale no longer stands has opened nothing.

use lf_ports::{ChangeSet, Claim, ClaimKind, Store, StoreError};
use lf_rx::Prescription;
use lf_rx::event::Sold;
use lf_vocab::dict::HiFeesetlFlag;
use lf_vocab::{Admdvs, Day, FixmedinsCode, HiRxno, PsnNo};

use crate::Center;
use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::gate::spoken_by;
use crate::registers::DrugSays;
use crate::stock_pages::in_waves;
use crate::t7207_sell::left_on;

/// Numbers that are read at once where a file is listed.
const PAGE: usize = 64;

/// A person's file at a pharmacy, where the law of the place has pharmacies keep one.
pub(crate) struct MedFile {
    key: String,
    /// By which sale it was opened, as it is written.
    held: Option<Claim>,
    /// By which sale that stands it is opened.
    opener: Option<HiRxno>,
}

impl MedFile {
    /// Whether the purchase is the first, as far as the center knows.
    pub(crate) fn first_buy(&self) -> bool {
        self.opener.is_none()
    }

    /// Gives back and takes what is needed so that the file is open after this sale.
    pub(crate) fn open(file: Option<&Self>, hi_rxno: &HiRxno, changes: &mut ChangeSet) {
        lf_vocab::covers!("WH-6.6");
        let Some(file) = file else { return };
        let wanted = claim(file.key.clone(), file.opener.as_ref().unwrap_or(hi_rxno));
        if file.held.as_ref() != Some(&wanted) {
            changes.releases.extend(file.held.clone());
            changes.claims.push(wanted);
        }
    }
}

impl Center {
    /// Whether pharmacies keep files of what they hand out on this day; where the law of the place is silent they keep none.
    pub(crate) fn keeps_med_files(&self, ctx: &Ctx, on: Day) -> Result<bool, Failure> {
        let view = self.law.view(&ctx.caller.fixmedins.poolarea_no, &lf_law::Dates::all(on), &ctx.grants);
        Ok(spoken_by(view.flag("phar.med_file"))?.unwrap_or(false))
    }

    /// By which sale the file of the prescription's patient at this pharmacy was opened, as it is written.
    pub(crate) async fn med_file_held(
        &self,
        kept: bool,
        ctx: &Ctx,
        rx: &Prescription,
    ) -> Result<Option<Claim>, StoreError> {
        match kept {
            true => self.store.claim(ClaimKind::MedFile, &key_for(ctx.code(), rx)).await,
            false => Ok(None),
        }
    }

    /// The file, where the sale is of a 单独支付 drug and files are kept. What is written counts while that sale stands, as two that are
    /// undone at the same moment do not see each other.
    pub(crate) async fn med_file(
        &self,
        wanted: bool,
        held: Option<Claim>,
        ctx: &Ctx,
        rx: &Prescription,
    ) -> Result<Option<MedFile>, Failure> {
        if !wanted {
            return Ok(None);
        }
        let key = key_for(ctx.code(), rx);
        if let Some(owner) = held.as_ref().and_then(|held| held.owner.parse::<HiRxno>().ok())
            && let Some(opener) = self.store.rx(&owner).await?
            && sold_at(&opener, ctx.code()).is_some()
        {
            return Ok(Some(MedFile { key, held, opener: Some(owner) }));
        }
        let opener = self.oldest_purchase(ctx, rx).await?;
        Ok(Some(MedFile { key, held, opener }))
    }

    /// Which sale has the file when this one is undone: none where it did not open the file or nothing else stands.
    pub(crate) async fn med_file_left(
        &self,
        ctx: &Ctx,
        rx: &Prescription,
        sold: &Sold,
    ) -> Result<Option<Claim>, Failure> {
        if !self.files(ctx, sold)? {
            return Ok(None);
        }
        let held = self.med_file_held(true, ctx, rx).await?;
        if held != Some(opened_by(ctx.code(), rx)) {
            return Ok(None);
        }
        let next = self.oldest_purchase(ctx, rx).await?;
        Ok(next.map(|next| claim(key_for(ctx.code(), rx), &next)))
    }

    /// The oldest other purchase of the patient at this pharmacy that may open a file.
    async fn oldest_purchase(&self, ctx: &Ctx, rx: &Prescription) -> Result<Option<HiRxno>, Failure> {
        let whose = (rx.opened.insu_poolarea_no, &rx.opened.psn_no);
        for other in purchases(&*self.store, ctx.code(), whose).await? {
            let Some(sold) = other.state.sold().filter(|_| other.hi_rxno != rx.hi_rxno) else { continue };
            if !self.files(ctx, sold)? {
                continue;
            }
            let codes: Vec<_> = sold.lines.iter().map(|line| line.med_list_codg.clone()).collect();
            let place = ctx.caller.fixmedins.poolarea_no;
            let says = self.drug_says(place, &codes, left_on(&sold.lines, ctx.now), ctx.now).await?;
            if says.iter().any(DrugSays::spay) {
                return Ok(Some(other.hi_rxno));
            }
        }
        Ok(None)
    }

    /// Whether a sale is one that the law has files of.
    fn files(&self, ctx: &Ctx, sold: &Sold) -> Result<bool, Failure> {
        let insured = sold.hi_feesetl_flag == HiFeesetlFlag::Insured;
        Ok(insured && self.keeps_med_files(ctx, left_on(&sold.lines, ctx.now))?)
    }
}

/// What a prescription opened at a pharmacy, if it opened anything: taken back with its sale.
pub(crate) fn opened_by(pharmacy: &FixmedinsCode, rx: &Prescription) -> Claim {
    claim(key_for(pharmacy, rx), &rx.hi_rxno)
}

/// What this pharmacy sold on the prescription and did not take back; what was refunded was bought all the same.
fn sold_at<'a>(rx: &'a Prescription, pharmacy: &FixmedinsCode) -> Option<&'a Sold> {
    rx.state.sold().filter(|_| rx.state.pharmacy() == Some(pharmacy))
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
        let each = in_waves(&page, |hi_rxno| store.rx(hi_rxno)).await?;
        found.extend(each.into_iter().flatten().filter(|rx| sold_at(rx, pharmacy).is_some()));
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

fn key_for(pharmacy: &FixmedinsCode, rx: &Prescription) -> String {
    key_of(pharmacy, rx.opened.insu_poolarea_no, &rx.opened.psn_no)
}

fn key_of(pharmacy: &FixmedinsCode, poolarea_no: Admdvs, psn_no: &PsnNo) -> String {
    format!("{pharmacy}/{poolarea_no}/{}", psn_no.as_str())
}
