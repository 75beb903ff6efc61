//! 7208 药品销售出库明细撤销: before settlement the drugs go back to the shelf and their trace codes are free again.

use lf_ports::{ChangeSet, CommitError, IdemKey};
use lf_rx::Event;
use lf_rx::decide::sale;
use lf_rx::event::SaleUndone;
use lf_vocab::dict::HiFeesetlFlag;
use lf_vocab::{FixmedinsCode, FixmedinsKind, HiRxno};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::med_file::opened_by;
use crate::t7102_sign::RxRefusal;
use crate::t7207_sell::claims;
use crate::tell::Paid;
use crate::{Center, journal};

/// Which sale.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// Insured or self-paid, as in the sale.
    pub hi_feesetl_flag: HiFeesetlFlag,
    /// 销售出库流水号; empty = what is unsettled.
    pub sel_stoout_sn: Option<String>,
}

/// Done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {}

impl Center {
    /// 7208. Errors: [`sale::SaleUndoRefusal`], [`RxRefusal`], the caller's.
    pub async fn t7208_undo_sale(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(FixmedinsKind::Pharmacy, &command.fixmedins_code)?;
        let key = match &command.sel_stoout_sn {
            Some(sel_stoout_sn) => ctx.idem_key("7208", sel_stoout_sn.clone()),
            None => ctx.exact_key("7208"),
        };
        self.attempts_once(ctx, &key, || self.try_undo_sale(ctx, command, &key)).await
    }

    async fn try_undo_sale(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let (idem, rx, content) = tokio::try_join!(
            self.store.idem(key),
            self.store.rx(&command.hi_rxno),
            self.store.rx_content(&command.hi_rxno)
        )?;
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        let Some(rx) = rx else { return Ok(refused(RxRefusal::Unknown)?) };
        let insured = command.hi_feesetl_flag == HiFeesetlFlag::Insured;
        let sold = sale::may_undo_sale(&rx, ctx.code(), command.sel_stoout_sn.as_deref(), insured)
            .map_err(Failure::from_refusal)?;
        let event = Event::SaleUndone(SaleUndone { sel_stoout_sn: sold.sel_stoout_sn.clone() });
        let mut releases = claims(&rx.hi_rxno, &sold.lines);
        releases.push(opened_by(ctx.code(), &rx));
        // The file stays open where the person bought another such drug here.
        let claims = self.med_file_left(ctx, &rx, sold).await?.into_iter().collect();
        let mut changes =
            ChangeSet { releases, claims, rx: vec![journal::advance(&rx, &event, ctx.now)?], ..ChangeSet::default() };
        let answer = Answer::from(Reply {});
        ctx.remember(key.clone(), &answer, &mut changes);
        // Who was told that the person paid is told that it was taken back.
        self.tell_settlement(&mut changes, Paid::of(&rx), content.as_ref(), ctx.now).await?;
        match self.store.commit(changes).await {
            // A purchase took the file meanwhile: looked at again.
            Err(CommitError::Claimed(_)) => Err(Attempt::Commit(CommitError::Stale("med_file"))),
            other => Ok(other.map(|()| answer)?),
        }
    }
}
