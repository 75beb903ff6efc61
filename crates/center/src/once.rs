//! The same message again gets the same reply; the same number with other content is refused.
//!
//! A message's identity is its natural number inside its institution (`hosp_rxno` of 7101, `setl_id` of 2103 …);
//! its meaning is the SM3 of its content. Identity, meaning and answer (reply and reminders) are written in the commit
//! of the command.

use std::future::Future;

use lf_ports::{ChangeSet, CommitError, IdemKey, IdemRow, codec};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};

lf_rx::refusals! {
    /// Why a number cannot be used again.
    OnceRefusal {
        OtherContent = "RX-0001-01", "接口规范：同一编号不可重复使用", "该编号的报文已受理，且本次内容与已受理的不同";
    }
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
        changes.idem = Some(IdemRow { key, digest: self.digest, reply: codec::encode(answer), at: self.now });
    }

    /// What was answered before, word for word, if this is the same message.
    pub fn answered<R: DeserializeOwned>(&self, row: Option<IdemRow>) -> Result<Option<Answer<R>>, Failure> {
        let Some(row) = row else { return Ok(None) };
        if row.digest != self.digest {
            return refused(OnceRefusal::OtherContent);
        }
        Ok(Some(codec::decode(&row.reply, "idem", "reply", &row.key.key)?))
    }
}

impl Center {
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
        let refusals = match self.attempts(&attempt).await {
            Err(Failure::Refused(refusals)) => refusals,
            other => return other,
        };
        match self.store.idem(key).await? {
            Some(row) if row.digest == ctx.digest => self.attempts(attempt).await,
            _ => Err(Failure::Refused(refusals)),
        }
    }

    /// Decides again while others move first.
    pub(crate) async fn attempts<R, F, Fut>(&self, attempt: F) -> Result<Answer<R>, Failure>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<Answer<R>, Attempt>>,
    {
        for _ in 0..self.settings.attempts_max {
            match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(Attempt::Failed(failure)) => return Err(failure),
                Err(Attempt::Commit(CommitError::Stale(_) | CommitError::Repeated(_))) => {}
                Err(Attempt::Commit(CommitError::Claimed(claim))) => {
                    return Err(Failure::Broken(format!("unexpected claim {}", claim.kind.word())));
                }
                Err(Attempt::Commit(CommitError::Store(error))) => return Err(error.into()),
            }
        }
        Err(Failure::Unavailable("too many writers on the same record".to_owned()))
    }
}
