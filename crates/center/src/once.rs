//! The same message again gets the same reply; the same number with other content is refused.
//!
//! A message's identity is its natural number inside its institution (`hosp_rxno` of 7101, `setl_id` of 2103 …);
//! its meaning is the SM3 of its content. Identity, meaning and answer (reply and reminders) are written in the commit
//! of the command.
//!
//! On the gateway front the sender's `msgid` is taken in the same commit; it only refuses a second meaning, while the
//! natural number keeps the reply (docs/decisions/0010-gateway-front.md).

use std::future::Future;

use lf_ports::row::MSGID;
use lf_ports::{ChangeSet, ClaimKind, CommitError, IdemKey, IdemRow, Inconsistency, codec};
use lf_vocab::FixmedinsCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};

lf_rx::refusals! {
    /// Why a number cannot be used again.
    OnceRefusal {
        OtherContent = "RX-0001-01", "接口规范：同一编号不可重复使用", "该编号的报文已受理，且本次内容与已受理的不同";
        MsgidUsed = "RX-0001-02", "接口规范 msgid：发送方报文ID不可重复", "该msgid的报文已受理，且本次内容与已受理的不同，请换用新的msgid";
        MsgidUndone = "RX-0001-03", "接口规范 2601：冲正后原交易不再生效", "该msgid的报文已冲正，不再受理，请换用新的msgid";
    }
}

/// What a `msgid` that 2601 may name was used for; a row without it is one of a message that nobody undoes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum MsgidUse {
    /// For this settlement.
    Setl(String),
    /// For nothing: 2601 came before the message.
    Undone,
}

impl MsgidUse {
    pub(crate) fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    pub(crate) fn of(row: &IdemRow) -> Result<Self, Inconsistency> {
        codec::decode(&row.reply, "idem", "reply", &row.key.key)
    }
}

/// The row of the number that a sender gave a message.
pub(crate) fn msgid_key(fixmedins_code: &FixmedinsCode, infno: &str, msgid: &str) -> IdemKey {
    IdemKey { fixmedins_code: fixmedins_code.clone(), infno: MSGID, key: format!("{infno}/{msgid}") }
}

/// Why the number of this row cannot be another message's.
fn used<T>(row: &IdemRow) -> Result<T, Failure> {
    let undone = !row.reply.is_empty() && MsgidUse::of(row)? == MsgidUse::Undone;
    refused(if undone { OnceRefusal::MsgidUndone } else { OnceRefusal::MsgidUsed })
}

impl Ctx {
    /// The identity of this message.
    pub fn idem_key(&self, infno: &'static str, key: impl Into<String>) -> IdemKey {
        IdemKey { fixmedins_code: self.code().clone(), infno, key: key.into() }
    }

    /// Identity of a message that has no number of its own: only an exact repetition is the same.
    pub fn exact_key(&self, infno: &'static str) -> IdemKey {
        self.idem_key(infno, lf_gm::hex::lower(&self.envelope_digest))
    }

    /// Adds identity and answer, its reminders included, to what is committed.
    pub fn remember<R: Serialize>(&self, key: IdemKey, answer: &Answer<R>, changes: &mut ChangeSet) {
        changes.message = self.message(key.infno);
        changes.idem = Some(IdemRow { key, digest: self.digest, reply: codec::encode(answer), at: self.now });
    }

    /// The sender's own number of this message, to be taken with what it changes.
    pub fn message(&self, infno: &'static str) -> Option<IdemRow> {
        let key = self.msgid_key(infno)?;
        Some(IdemRow { key, digest: self.digest, reply: Vec::new(), at: self.now })
    }

    /// The same with what 2601 must find under it.
    pub(crate) fn message_for(&self, infno: &'static str, used_for: &MsgidUse) -> Option<IdemRow> {
        self.message(infno).map(|row| IdemRow { reply: used_for.encode(), ..row })
    }

    fn msgid_key(&self, infno: &'static str) -> Option<IdemKey> {
        self.msgid.as_ref().map(|msgid| msgid_key(self.code(), infno, msgid))
    }

    /// What was answered before, word for word, if this is the same message.
    pub fn answered<R: DeserializeOwned>(&self, row: Option<IdemRow>) -> Result<Option<Answer<R>>, Failure> {
        lf_vocab::covers!("WH-3.7");
        let Some(row) = row else { return Ok(None) };
        if row.digest != self.digest {
            return refused(OnceRefusal::OtherContent);
        }
        Ok(Some(codec::decode(&row.reply, "idem", "reply", &row.key.key)?))
    }
}

impl Center {
    /// That the sender's number of this message was not taken by another one. Asked before anything is decided, so
    /// that what is refused here is refused whatever the state; two that race are told apart by the commit.
    pub async fn check_msgid(&self, ctx: &Ctx, infno: &'static str) -> Result<(), Failure> {
        let Some(key) = ctx.msgid_key(infno) else { return Ok(()) };
        match self.store.idem(&key).await? {
            Some(row) if row.digest != ctx.digest => used(&row),
            _ => Ok(()),
        }
    }

    /// That this message's own number leads to the settlement which answers it: one sent again under another number
    /// must be undone by that number too.
    pub(crate) async fn lead_to_setl(&self, ctx: &Ctx, infno: &'static str, setl_id: &str) -> Result<(), Attempt> {
        let Some(message) = ctx.message_for(infno, &MsgidUse::Setl(setl_id.to_owned())) else { return Ok(()) };
        match self.store.idem(&message.key).await? {
            Some(row) if row.digest != ctx.digest => Ok(used(&row)?),
            Some(_) => Ok(()),
            None => Ok(self.store.commit(ChangeSet { message: Some(message), ..ChangeSet::default() }).await?),
        }
    }

    /// [`Self::attempts`] of a message with an identity. A message that overtakes its own first sending can find
    /// no answer yet and then the state that the first one left; so a refusal is the last word only when the
    /// message was not answered meanwhile.
    pub(crate) async fn attempts_once<R, F, Fut>(
        &self,
        ctx: &Ctx,
        key: &IdemKey,
        attempt: F,
    ) -> Result<Answer<R>, Failure>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<Answer<R>, Attempt>>,
    {
        let refusals = match self.attempts(ctx, &attempt).await {
            Err(Failure::Refused(refusals)) => refusals,
            other => return other,
        };
        match self.store.idem(key).await? {
            Some(row) if row.digest == ctx.digest => self.attempts(ctx, attempt).await,
            _ => Err(Failure::Refused(refusals)),
        }
    }

    /// Decides again while others move first.
    pub(crate) async fn attempts<R, F, Fut>(&self, ctx: &Ctx, attempt: F) -> Result<Answer<R>, Failure>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<Answer<R>, Attempt>>,
    {
        for _ in 0..self.settings.attempts_max {
            match Box::pin(attempt()).await {
                Ok(answer) => return Ok(answer),
                Err(Attempt::Failed(failure)) => return Err(failure),
                Err(Attempt::Commit(CommitError::Repeated(row)))
                    if row.key.infno == MSGID && row.digest != ctx.digest =>
                {
                    return used(&row);
                }
                Err(Attempt::Commit(CommitError::Stale(_) | CommitError::Repeated(_))) => {}
                // Another settlement or a claim with papers came first; decided again it is found.
                Err(Attempt::Commit(CommitError::Claimed(claim))) if claim.kind == ClaimKind::RxPaid => {}
                Err(Attempt::Commit(CommitError::Claimed(claim))) => {
                    return Err(Failure::Broken(format!("unexpected claim {}", claim.kind.word())));
                }
                Err(Attempt::Commit(CommitError::Store(error))) => return Err(error.into()),
            }
        }
        Err(Failure::Unavailable("too many writers on the same record".to_owned()))
    }
}
