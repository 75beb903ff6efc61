//! 7106 审核结果查询: what the pharmacy's pharmacist judged.

use lf_rx::decide::issue::QueryRefusal;
use lf_rx::event::Reviewed;
use lf_rx::{Prescription, Projection};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::t7105_query::Command;

/// The judgement.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Which prescription.
    pub rx: Prescription,
    /// The judgement.
    pub reviewed: Reviewed,
    /// The status codes of now.
    pub projection: Projection,
}

impl Center {
    /// 7106. Errors: those of 7105, and [`QueryRefusal::NotReviewed`].
    pub async fn t7106_review_query(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        let (rx, _) = self.queried(ctx, command).await?;
        let Some(reviewed) = rx.state.reviewed().cloned() else {
            return refused(QueryRefusal::NotReviewed);
        };
        let projection = Projection::of(&rx, ctx.now);
        Ok(Reply { rx, reviewed, projection }.into())
    }
}
