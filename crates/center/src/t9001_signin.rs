//! 9001 签到: an operator's day begins. The same operator gets the same number for the whole day, from whatever machine.
//!
//! The sign-in is kept as the identity of a message whose natural number is operator and day. Of a licensed pharmacist it is also a mark in
//! the register of duty (JX-1.2).

use lf_gm::hex;
use lf_ports::duty::DutyMark;
use lf_ports::{ChangeSet, IdemKey, codec};
use lf_vocab::Moment;
use serde::{Deserialize, Serialize};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure};

/// Who signs in. Machine and address are checked at the border and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 操作员编号.
    pub opter_no: String,
}

/// The sign-in of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 签到编号, 30 characters.
    pub sign_no: String,
    /// 签到时间 of the first sign-in of the day.
    pub sign_time: Moment,
}

impl Center {
    /// 9001. Errors: the caller's.
    pub async fn t9001_signin(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(ctx.code().kind(), ctx.code())?;
        self.attempts(ctx, || self.try_signin(ctx, command)).await
    }

    async fn try_signin(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Attempt> {
        let key = signin_key(ctx, &command.opter_no);
        let (known, duty) =
            tokio::try_join!(self.signed_in(&key), self.duty_mark(ctx, &command.opter_no, DutyMark::On))?;
        if let Some(known) = known {
            // Back from a break: the number of the day stays, the register goes on.
            if duty.is_some() {
                self.store.commit(ChangeSet { duty, ..ChangeSet::default() }).await?;
            }
            return Ok(known);
        }
        let (sign_no, _) = self.setl_ids(ctx);
        let answer = Answer::from(Reply { sign_no, sign_time: ctx.now });
        let mut changes = ChangeSet { duty, ..ChangeSet::default() };
        ctx.remember(key, &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }

    /// The sign-in under this key, whatever else its message said.
    pub(crate) async fn signed_in(&self, key: &IdemKey) -> Result<Option<Answer<Reply>>, Failure> {
        let Some(row) = self.store.idem(key).await? else { return Ok(None) };
        Ok(Some(codec::decode(&row.reply, "idem", "reply", &key.key)?))
    }
}

/// An operator's day. The number of a sign-in is drawn as that of a settlement, so that nobody guesses another's.
pub(crate) fn signin_key(ctx: &Ctx, opter_no: &str) -> IdemKey {
    // The operator's text is hashed, so that no text of a sender can be another's day.
    ctx.idem_key("9001", format!("{}/{}", ctx.now.day().compact(), hex::lower(&lf_gm::sm3(opter_no.as_bytes()))))
}
