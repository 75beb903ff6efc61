//! 7209 药品配送信息同步: what was ordered online is fetched in the shop (网订店取) or sent (网订店送). Serves DG-3.5a, DG-3.5b.
//!
//! One delivery a sale: a later word of the same number moves it on, the same word again changes nothing.

use lf_ports::{ChangeSet, IdemKey};
use lf_rx::Event;
use lf_rx::decide::deliver;
use lf_rx::delivery::DeliveryStep;
use lf_vocab::{FixmedinsCode, FixmedinsKind, HiRxno};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::delivery::Case;
use crate::failure::{Attempt, Failure, refused};
use crate::t7102_sign::RxRefusal;
use crate::{Center, journal};

/// An order, or how far it has come.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// The word.
    pub step: DeliveryStep,
}

/// Done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {}

lf_rx::refusals! {
    /// Why a record that was left here does not prove what it is stated for (7209, 7210).
    RecordRefusal {
        TempRec = "RX-7209-21", "接口规范 9101", "温度记录文件的SM3与填报的不符";
    }
}

impl Center {
    /// 7209. Errors: [`deliver::DeliverRefusal`], [`RecordRefusal`], [`RxRefusal`], the law's at the gate `deliver`.
    pub async fn t7209_deliver(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        // What was sold under an agreement reaches the person also when the agreement ends meanwhile.
        ctx.expect_kind(FixmedinsKind::Pharmacy, &command.fixmedins_code)?;
        let key = ctx.exact_key("7209");
        self.attempts_once(ctx, &key, || self.try_deliver(ctx, command, &key)).await
    }

    async fn try_deliver(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        lf_vocab::covers!("DG-3.5a", "DG-3.5b");
        let (idem, rx, content, another) = tokio::try_join!(
            self.store.idem(key),
            self.store.rx(&command.hi_rxno),
            self.store.rx_content(&command.hi_rxno),
            self.another_record(ctx, &command.step.cold_chain)
        )?;
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        let (Some(rx), Some(content)) = (rx, content) else { return Ok(refused(RxRefusal::Unknown)?) };
        let step = &command.step;
        let new = deliver::may_deliver(&rx, ctx.code(), step, ctx.now).map_err(Failure::from_refusal)?;
        let Some(sold) = new else { return Ok(Answer::from(Reply {})) };
        if another {
            return Ok(refused(RecordRefusal::TempRec)?);
        }
        let case = Case { rx: &rx, content: &content, sold, step, signed: None };
        let reminders = self.ask_deliver(ctx, &case).await??;
        let event = Event::Delivery(Box::new(step.clone()));
        let mut changes = ChangeSet { rx: vec![journal::advance(&rx, &event, ctx.now)?], ..ChangeSet::default() };
        let answer = Answer { reply: Reply {}, reminders };
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }
}
