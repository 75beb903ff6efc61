//! 5203 结算信息查询: a settlement of the pharmacy's own, as it stands. For a till that lost the answer to its 2102 or 2207.
//!
//! Who lost the answer has no 结算ID, so the `msgid` of the 2102 or 2207 is taken in its place; 就诊ID is compared where it is sent.

use lf_ports::{PersonKey, Setl};
use lf_rx::decide::settle::RefundRefusal;
use lf_vocab::{FixmedinsKind, PsnNo};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::once::{MsgidUse, msgid_key};
use crate::t2601_undo::SETTLES;

/// Which settlement.
#[derive(Debug, Clone)]
pub struct Command {
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 结算ID, or the `msgid` that asked for it.
    pub setl_id: String,
    /// 就诊ID.
    pub mdtrt_id: Option<String>,
}

/// A settlement.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The row.
    pub setl: Setl,
    /// 退费结算标志: it was reversed, or is what reversed another.
    pub refd: bool,
    /// Whose.
    pub person: lf_ports::Person,
    /// 定点医药机构名称.
    pub fixmedins_name: String,
}

impl Center {
    /// 5203. Errors: [`RefundRefusal::Unknown`], `OtherPerson`, `OtherVisit`, the caller's.
    pub async fn t5203_settlement(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(FixmedinsKind::Pharmacy, ctx.code())?;
        let [number, of_clinic] = SETTLES.map(|infno| msgid_key(ctx.code(), infno, &command.setl_id));
        let (found, used, of_clinic) = tokio::try_join!(
            self.store.setl(ctx.code(), &command.setl_id),
            self.store.idem(&number),
            self.store.idem(&of_clinic)
        )?;
        let mut uses = Vec::with_capacity(SETTLES.len());
        for row in used.iter().chain(&of_clinic) {
            uses.push(MsgidUse::of(row)?);
        }
        let named = uses.into_iter().find_map(|used| match used {
            MsgidUse::Setl(setl_id) => Some(setl_id),
            MsgidUse::Undone => None,
        });
        let found = match (found, named) {
            (None, Some(setl_id)) => self.store.setl(ctx.code(), &setl_id).await?,
            (found, _) => found,
        };
        let Some((setl, reversed_by)) = found else { return refused(RefundRefusal::Unknown) };
        if setl.accum_key.psn_no != command.psn_no {
            return refused(RefundRefusal::OtherPerson);
        }
        if command.mdtrt_id.as_ref().is_some_and(|mdtrt_id| *mdtrt_id != setl.mdtrt_id) {
            return refused(RefundRefusal::OtherVisit);
        }
        let missing = || Failure::Broken(format!("the person of settlement {} is not registered", setl.setl_id));
        let key = PersonKey::PsnNo(setl.accum_key.poolarea_no, setl.accum_key.psn_no.clone());
        let person = self.store.person(&key).await?.ok_or_else(missing)?;
        let refd = reversed_by.is_some() || setl.refd_setl_id.is_some();
        let fixmedins_name = ctx.caller.fixmedins.fixmedins_name.clone();
        Ok(Reply { setl, refd, person, fixmedins_name }.into())
    }
}
