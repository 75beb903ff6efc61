//! 7107 取药(结算)结果查询: which drugs were handed out and when it was settled.

use lf_ports::TakenDrug;
use lf_rx::decide::issue::QueryRefusal;
use lf_rx::{Prescription, Projection};
use lf_vocab::Moment;

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::t7105_query::Command;
use crate::tell::Paid;

/// What was handed out.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Which prescription.
    pub rx: Prescription,
    /// The drugs.
    pub taken: Vec<TakenDrug>,
    /// When it was settled; for a self-paid sale when it left the shelf.
    pub setl_time: Moment,
    /// The status codes of now.
    pub projection: Projection,
}

impl Center {
    /// 7107. Errors: those of 7105, and [`QueryRefusal::NotSettled`].
    pub async fn t7107_settlement_query(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        let (rx, content) = self.queried(ctx, command).await?;
        let Some(Paid { sold, setl_time }) = Paid::of(&rx) else { return refused(QueryRefusal::NotSettled) };
        let taken = TakenDrug::of(&sold.lines, &content);
        let projection = Projection::of(&rx, ctx.now);
        Ok(Reply { rx, taken, setl_time, projection }.into())
    }
}
