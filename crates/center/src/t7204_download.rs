//! 7204 电子处方下载: a pharmacy fetches the prescription that the token opens. Serves HB-2.4.
//!
//! Fetching again on the same token is the same download while the prescription is held on it, and none after; the
//! other tokens of the batch lapse with the first.

use lf_law::Gate;
use lf_ports::{BatchChange, ChangeSet, Drug, RxFile};
use lf_rx::basket::{Basket, Listed, Packing};
use lf_rx::decide::carry;
use lf_rx::event::Downloaded;
use lf_rx::{AuthBatch, Event, Prescription, RxContent, auth};
use lf_vocab::{Admdvs, FixmedinsCode, FixmedinsKind, MedListCodg, Moment, Qty};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::t7102_sign::RxRefusal;
use crate::{Center, gate, journal};

/// A download.
#[derive(Debug, Clone)]
pub struct Command {
    /// 电子处方令牌.
    pub epc_token: String,
    /// 医保处方授权编号.
    pub auth_rxno: String,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// Its operator.
    pub opter: String,
}

/// All that the pharmacy needs.
#[derive(Debug, Clone)]
pub struct Reply {
    /// State and numbers.
    pub rx: Prescription,
    /// Content.
    pub content: RxContent,
    /// The signed file.
    pub file: RxFile,
    /// `pdf` or `ofd`.
    pub file_suffix: String,
    /// Packs that each drug needs, and their unit, where the catalogue knows.
    pub packs: Vec<Option<(Qty, String)>>,
}

/// The partition and batch that a token begins with.
fn parts(epc_token: &str) -> Option<(Admdvs, &str)> {
    let pool = epc_token.get(..6)?.parse().ok()?;
    let batch_no = epc_token.get(6..38)?;
    (epc_token.len() == 70).then_some((pool, batch_no))
}

impl Center {
    /// 7204. Errors: [`auth::TokenRefusal`], [`carry::CarryRefusal`], the caller's.
    pub async fn t7204_download(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, &command.fixmedins_code)?;
        self.attempts(ctx, || self.try_download(ctx, command)).await
    }

    async fn try_download(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Attempt> {
        let Some((pool, batch_no)) = parts(&command.epc_token) else {
            return Ok(refused(auth::TokenRefusal::Unknown)?);
        };
        let Some(batch) = self.store.batch(pool, batch_no).await? else {
            return Ok(refused(auth::TokenRefusal::Unknown)?);
        };
        let entry =
            batch.open(&command.epc_token, &command.auth_rxno, ctx.code(), ctx.now).map_err(Failure::from_refusal)?;
        let hi_rxno = entry.hi_rxno.clone();
        let (rx, content, file) =
            tokio::try_join!(self.store.rx(&hi_rxno), self.store.rx_content(&hi_rxno), self.store.rx_file(&hi_rxno))?;
        let (Some(rx), Some(content), Some(file)) = (rx, content, file) else {
            return Ok(refused(RxRefusal::Unknown)?);
        };
        let active = carry::may_carry(&rx, ctx.now).map_err(Failure::from_refusal)?;
        let file_suffix = active.uploaded.file_suffix.clone();
        let (pair, packs) = tokio::join!(self.consulted_here(&rx, ctx), self.packs(&rx, &content, ctx.now));
        let reminders = gate::ask(&self.law, Gate::Download, ctx, &gate::carry_facts(&rx, ctx, pair?))?;
        let packs = packs?;
        let rx = self.take(ctx, command, rx, batch).await?;
        Ok(Answer { reply: Reply { rx, content, file, file_suffix, packs }, reminders })
    }

    /// Commits the download, unless this token's download is where the prescription stands already. A token takes
    /// once: neither from the pharmacy that the person went to next, nor again after the own pharmacist's refusal.
    async fn take(
        &self,
        ctx: &Ctx,
        command: &Command,
        rx: Prescription,
        batch: AuthBatch,
    ) -> Result<Prescription, Attempt> {
        if holding(&rx) == Some(command.epc_token.as_str()) {
            return Ok(rx);
        }
        batch.may_take().map_err(Failure::from_refusal)?;
        let event = Event::Downloaded(Downloaded {
            fixmedins_code: ctx.code().clone(),
            auth_rxno: command.auth_rxno.clone(),
            epc_token: command.epc_token.clone(),
            opter: command.opter.clone(),
        });
        let change = journal::advance(&rx, &event, ctx.now)?;
        let moved = change.rx.clone();
        let taken = AuthBatch { taken: Some(rx.hi_rxno.clone()), ..batch };
        let changes = ChangeSet {
            rx: vec![change],
            batch: Some(BatchChange { batch: taken, new: false }),
            message: ctx.message("7204"),
            ..ChangeSet::default()
        };
        self.store.commit(changes).await?;
        Ok(moved)
    }

    /// Packs that each drug needs.
    async fn packs(
        &self,
        rx: &Prescription,
        content: &RxContent,
        now: Moment,
    ) -> Result<Vec<Option<(Qty, String)>>, Failure> {
        let basket = self.basket(rx, content, now).await?;
        let packs =
            (0..basket.len()).map(|at| Some((basket.packs_needed(at)?, basket.packing(at)?.min_pacunt.clone())));
        Ok(packs.collect())
    }

    /// The prescribed drugs with their catalogue rows as of the day of prescribing: what the doctor ordered does not
    /// change when a new edition counts or leaves it out.
    pub(crate) async fn basket<'c>(
        &self,
        rx: &Prescription,
        content: &'c RxContent,
        now: Moment,
    ) -> Result<Basket<'c>, Failure> {
        let (codes, on) = (prescribed(content), content.head.prsc_time.day());
        let mut drugs = self.store.drugs(&codes, on).await?;
        self.paid_on_each((rx.opened.insu_poolarea_no, now), [(&codes, on, &mut drugs)]).await?;
        Ok(basket_of(content, &drugs))
    }
}

/// The codes of the prescribed drugs, in the doctor's order.
pub(crate) fn prescribed(content: &RxContent) -> Vec<MedListCodg> {
    content.rxdrugdetail.iter().map(|drug| drug.med_list_codg.clone()).collect()
}

/// The basket of these rows of the catalogue.
pub(crate) fn basket_of<'c>(content: &'c RxContent, drugs: &[Option<Drug>]) -> Basket<'c> {
    Basket::new(&content.rxdrugdetail, drugs.iter().map(|drug| drug.as_ref().map(listed)).collect())
}

/// What two codes must share to be the same medicine.
pub(crate) fn listed(drug: &Drug) -> Listed {
    Listed {
        genname: drug.genname.clone(),
        dosform_name: drug.dosform_name.clone(),
        spec_name: drug.spec_name.clone(),
        packing: Packing {
            min_pacunt: drug.min_pacunt.clone(),
            min_prepunt: drug.min_prepunt.clone(),
            min_pac_cnt: drug.min_pac_cnt,
        },
    }
}

/// The token on which a prescription is held now.
fn holding(rx: &Prescription) -> Option<&str> {
    use lf_rx::state::State;
    match &rx.state {
        State::Carried { downloaded, .. } | State::Verified { downloaded, .. } => Some(&downloaded.epc_token),
        State::Reviewed { passed } => Some(&passed.downloaded.epc_token),
        _ => None,
    }
}
