//! 7210 药品配送签收确认: somebody takes the drugs and signs. Serves DG-3.5a, GX-2.2a, GX-2.2e. Once a delivery.

use lf_ports::{ChangeSet, IdemKey};
use lf_rx::Event;
use lf_rx::decide::deliver::{self, Named};
use lf_rx::delivery::DeliverySigned;
use lf_vocab::{FixmedinsKind, HiRxno};

use crate::ctx::{Answer, Ctx};
use crate::delivery::Case;
use crate::failure::{Attempt, Failure, refused};
use crate::t7102_sign::RxRefusal;
use crate::t7209_deliver::{RecordRefusal, Reply};
use crate::{Center, journal};

/// A signature.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// 配送单业务编号, where told.
    pub delv_no: Option<String>,
    /// 配送企业编码, where told.
    pub delv_entp_no: Option<String>,
    /// Who gave and who took it, when.
    pub signed: DeliverySigned,
}

impl Center {
    /// 7210. Errors: [`deliver::SignOffRefusal`], [`RecordRefusal`], [`RxRefusal`], the law's at the gate `deliver`.
    pub async fn t7210_sign_off(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.exact_key("7210");
        self.attempts_once(ctx, &key, || self.try_sign_off(ctx, command, &key)).await
    }

    async fn try_sign_off(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let (idem, rx, content, another) = tokio::try_join!(
            self.store.idem(key),
            self.store.rx(&command.hi_rxno),
            self.store.rx_content(&command.hi_rxno),
            self.another_record(ctx, &command.signed.cold_chain)
        )?;
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        let (Some(rx), Some(content)) = (rx, content) else { return Ok(refused(RxRefusal::Unknown)?) };
        let signed = &command.signed;
        let named = Named { delv_no: command.delv_no.as_deref(), delv_entp_no: command.delv_entp_no.as_deref() };
        let new = deliver::may_sign(&rx, ctx.code(), named, signed, ctx.now).map_err(Failure::from_refusal)?;
        let Some((sold, step)) = new else { return Ok(Answer::from(Reply {})) };
        if another {
            return Ok(refused(RecordRefusal::TempRec)?);
        }
        let case = Case { rx: &rx, content: &content, sold, step, signed: Some(signed) };
        let reminders = self.ask_deliver(ctx, &case).await??;
        let event = Event::DeliverySigned(Box::new(signed.clone()));
        let mut changes = ChangeSet { rx: vec![journal::advance(&rx, &event, ctx.now)?], ..ChangeSet::default() };
        let answer = Answer { reply: Reply {}, reminders };
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }
}
