//! 7104 电子处方撤销: only by the prescribing doctor, only before the drugs have left the shelf.

use lf_ports::{ChangeSet, IdemKey};
use lf_rx::decide::issue;
use lf_rx::event::Revoked;
use lf_rx::{Event, Projection};
use lf_vocab::dict::RxStasCodg;
use lf_vocab::{DrCode, FixmedinsCode, FixmedinsKind, HiRxno, Moment};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::t7102_sign::RxRefusal;
use crate::{Center, journal};

/// A revocation.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// The institution.
    pub fixmedins_code: FixmedinsCode,
    /// The revoking doctor.
    pub dr_code: DrCode,
    /// Name.
    pub undo_dr_name: String,
    /// Why.
    pub undo_rea: String,
    /// When, as the institution says.
    pub undo_time: Moment,
}

/// Number and status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 医保处方编号.
    pub hi_rxno: HiRxno,
    /// 医保处方状态.
    pub rx_stas_codg: RxStasCodg,
}

impl Center {
    /// 7104. Errors: [`issue::UndoRefusal`], [`RxRefusal`], the caller's, the message's.
    pub async fn t7104_undo(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(FixmedinsKind::Hospital, &command.fixmedins_code)?;
        let key = ctx.idem_key("7104", command.hi_rxno.as_str());
        self.attempts_once(ctx, &key, || self.try_undo(ctx, command, &key)).await
    }

    async fn try_undo(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let (idem, rx) = tokio::try_join!(self.store.idem(key), self.store.rx(&command.hi_rxno))?;
        if let Some(answer) = ctx.answered(idem.filter(|row| row.digest == ctx.digest))? {
            return Ok(answer);
        }
        let Some(rx) = rx else { return Ok(refused(RxRefusal::Unknown)?) };
        issue::may_undo(&rx, ctx.code(), &command.dr_code).map_err(Failure::from_refusal)?;
        let revoked = Revoked {
            dr_code: command.dr_code.clone(),
            undo_dr_name: command.undo_dr_name.clone(),
            undo_rea: command.undo_rea.clone(),
            undo_time: command.undo_time,
        };
        let change = journal::advance(&rx, &Event::Revoked(revoked), ctx.now)?;
        let reply =
            Reply { hi_rxno: command.hi_rxno.clone(), rx_stas_codg: Projection::of(&change.rx, ctx.now).rx_stas_codg };
        let mut changes = ChangeSet { rx: vec![change], ..ChangeSet::default() };
        let answer = Answer::from(reply);
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }
}
