//! 9002 签退: an operator's day ends. Only who signed in today can sign out; the first sign-out's time stays.

use lf_ports::ChangeSet;
use lf_ports::duty::DutyMark;
use lf_vocab::Moment;
use serde::{Deserialize, Serialize};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::t9001_signin::signin_key;

/// Who signs out of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 签到编号.
    pub sign_no: String,
    /// 操作员编号.
    pub opter_no: String,
}

/// The sign-out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 签退时间.
    pub sign_time: Moment,
}

lf_rx::refusals! {
    /// Why nobody is signed out (9002).
    SignoutRefusal {
        NotSignedIn = "RX-9002-01", "接口规范 9002：当天有签到信息才可以签退", "该操作员当天没有签到";
        OtherSignNo = "RX-9002-02", "接口规范 9002 sign_no", "签到编号与该操作员当天的签到不符";
    }
}

impl Center {
    /// 9002. Errors: [`SignoutRefusal`].
    pub async fn t9002_signout(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        self.attempts(ctx, || self.try_signout(ctx, command)).await
    }

    async fn try_signout(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Attempt> {
        let Some(Answer { reply: signed_in, .. }) = self.signed_in(&signin_key(ctx, &command.opter_no)).await? else {
            return Ok(refused(SignoutRefusal::NotSignedIn)?);
        };
        if signed_in.sign_no != command.sign_no {
            return Ok(refused(SignoutRefusal::OtherSignNo)?);
        }
        let key = ctx.idem_key("9002", signed_in.sign_no);
        let duty = self.duty_mark(ctx, &command.opter_no, DutyMark::Off).await?;
        if let Some(answer) = ctx.answered(self.store.idem(&key).await?)? {
            if duty.is_some() {
                self.store.commit(ChangeSet { duty, ..ChangeSet::default() }).await?;
            }
            return Ok(answer);
        }
        let answer = Answer::from(Reply { sign_time: ctx.now });
        let mut changes = ChangeSet { duty, ..ChangeSet::default() };
        ctx.remember(key, &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }
}
