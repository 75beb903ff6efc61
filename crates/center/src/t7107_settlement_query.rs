//! 7107 取药(结算)结果查询: which drugs were handed out and when it was settled.

use lf_rx::decide::issue::QueryRefusal;
use lf_rx::event::Sold;
use lf_rx::state::State;
use lf_rx::{Prescription, Projection, RxContent};
use lf_vocab::Moment;

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::t7105_query::Command;

/// What was handed out.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Which prescription.
    pub rx: Prescription,
    /// What it says, for the names of drugs.
    pub content: RxContent,
    /// The sale.
    pub sold: Sold,
    /// When it was settled; for a self-paid sale when it left the shelf.
    pub setl_time: Moment,
    /// The status codes of now.
    pub projection: Projection,
}

impl Center {
    /// 7107. Errors: those of 7105, and [`QueryRefusal::NotSettled`].
    pub async fn t7107_settlement_query(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        let (rx, content) = self.queried(ctx, command).await?;
        let (sold, setl_time) = match &rx.state {
            State::Settled { sold, settled, .. } | State::Refunded { sold, settled, .. } => {
                (sold.clone(), settled.setl_time)
            }
            State::SelfPaid { sold, .. } => {
                let left = sold.lines.iter().map(|line| line.stoout_time).max();
                (sold.clone(), left.unwrap_or(rx.opened.prsc_time))
            }
            _ => return refused(QueryRefusal::NotSettled),
        };
        let projection = Projection::of(&rx, ctx.now);
        Ok(Reply { rx, content, sold, setl_time, projection }.into())
    }
}
