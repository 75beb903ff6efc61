//! 2601 冲正交易: a till that never learned what became of its 2102 or 2207 makes it undone. Serves JX-3.5b.
//!
//! The original is named by its `msgid`. What it did is reversed as 2103 reverses it, by the same code; what never
//! arrived is kept from arriving: its number is taken here, and of the two that race the commit lets one through.
//!
//! Invariant: after a success nothing of the original stands, and nothing of it will
//! (docs/decisions/0014-gateway-completed.md).

use lf_ports::{ChangeSet, CommitError, IdemKey, IdemRow};
use lf_rx::decide::settle::RefundRefusal;
use lf_vocab::{FixmedinsKind, PsnNo};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::once::{MsgidUse, OnceRefusal, msgid_key};

/// The transactions of ours whose outcome can be undone by number: both settle.
pub(crate) const SETTLES: [&str; 2] = ["2102", "2207"];
/// The others that the interface lists; none of them is built.
const LISTED: [&str; 2] = ["2304", "2401"];

lf_rx::refusals! {
    /// Why an original cannot be undone at all (2601).
    ReverseRefusal {
        NotListed(String) = "RX-2601-01", "接口规范 2601 oinfno", "交易{0}不属于可冲正的交易";
        NotBuilt(String) = "RX-2601-02", "接口规范 2601 oinfno", "交易{0}尚未开通，没有可冲正的数据";
    }
}

/// Which message.
#[derive(Debug, Clone)]
pub struct Command {
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 原发送方报文ID.
    pub omsgid: String,
    /// 原交易编号.
    pub oinfno: String,
}

impl Center {
    /// Makes a message undone. Errors: [`ReverseRefusal`], those of 2103, and [`OnceRefusal::OtherContent`] for another
    /// person's number on an original that never arrived.
    pub async fn t2601_undo(&self, ctx: &Ctx, command: &Command) -> Result<Answer<()>, Failure> {
        ctx.expect_kind(FixmedinsKind::Pharmacy, ctx.code())?;
        match command.oinfno.as_str() {
            settles if SETTLES.contains(&settles) => {}
            listed if LISTED.contains(&listed) => return refused(ReverseRefusal::NotBuilt(listed.to_owned())),
            other => return refused(ReverseRefusal::NotListed(other.to_owned())),
        }
        let key = ctx.idem_key("2601", format!("{}/{}", command.oinfno, command.omsgid));
        self.attempts_once(ctx, &key, || self.try_undo_original(ctx, command, &key)).await
    }

    async fn try_undo_original(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<()>, Attempt> {
        let original = msgid_key(ctx.code(), &command.oinfno, &command.omsgid);
        let (idem, used) = tokio::try_join!(self.store.idem(key), self.store.idem(&original))?;
        if let Some(answered) = ctx.answered(idem)? {
            return Ok(answered);
        }
        let setl_id = match used.as_ref().map(MsgidUse::of).transpose()? {
            Some(MsgidUse::Setl(setl_id)) => Some(setl_id),
            Some(MsgidUse::Undone) if used.is_some_and(|row| row.digest == ctx.digest) => return Ok(().into()),
            Some(MsgidUse::Undone) => return Ok(refused(OnceRefusal::OtherContent)?),
            // A settlement of the REST front shows its own id as 医药机构结算ID, so tills name it by that.
            None => self.store.setl(ctx.code(), &command.omsgid).await?.map(|(setl, _)| setl.setl_id),
        };
        match setl_id {
            Some(setl_id) => self.undo_setl(ctx, command, key, &setl_id).await,
            None => self.keep_from_arriving(ctx, original).await,
        }
    }

    async fn undo_setl(
        &self,
        ctx: &Ctx,
        command: &Command,
        key: &IdemKey,
        setl_id: &str,
    ) -> Result<Answer<()>, Attempt> {
        let missing = || Failure::Broken(format!("settlement {setl_id} is named by a msgid but is not stored"));
        let (setl, reversed_by) = self.store.setl(ctx.code(), setl_id).await?.ok_or_else(missing)?;
        if setl.accum_key.psn_no != command.psn_no {
            return Ok(refused(RefundRefusal::OtherPerson)?);
        }
        if setl.refd_setl_id.is_some() {
            return Ok(refused(RefundRefusal::Negative)?);
        }
        if reversed_by.is_some() {
            // By this very message, sent twice, whose answer came between the two looks.
            if let Some(answered) = ctx.answered(self.store.idem(key).await?)? {
                return Ok(answered);
            }
            // What was asked for is so already; that it was 2103 is said beside the success.
            return Ok(Answer { reply: (), reminders: vec![RefundRefusal::AlreadyReversed.into()] });
        }
        let (mut changes, answered) = self.reverse(ctx, &setl).await?;
        let answered = answered.with(());
        ctx.remember(key.clone(), &answered, &mut changes);
        self.store.commit(changes).await?;
        Ok(answered)
    }

    /// Takes the original's own number, so that it is refused if it still comes.
    async fn keep_from_arriving(&self, ctx: &Ctx, original: IdemKey) -> Result<Answer<()>, Attempt> {
        let taken =
            IdemRow { key: original.clone(), digest: ctx.digest, reply: MsgidUse::Undone.encode(), at: ctx.now };
        let changes = ChangeSet { idem: Some(taken), message: ctx.message("2601"), ..ChangeSet::default() };
        match self.store.commit(changes).await {
            Ok(()) => Ok(().into()),
            // The original came at the same moment; what it did is looked at in the next attempt.
            Err(CommitError::Repeated(row)) if row.key == original => Err(CommitError::Stale("idem").into()),
            Err(error) => Err(error.into()),
        }
    }
}
