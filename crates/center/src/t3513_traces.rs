//! 3513 定点医药机构商品销售追溯信息查询: which boxes an institution told to have sold, to whom, and when.
//!
//! Invariants: an institution sees its own; a sale that was deleted (3507) is not shown, one that came back is; a question
//! that would show more than [`ROWS_MAX`] rows is refused, not cut.

use std::sync::Arc;

use lf_ports::StockMove;
use lf_stock::CodeLife;
use lf_vocab::{Day, DrugTracCodg, FixmedinsCode, PsnNo};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
pub use crate::goods_found::{By, LOTS_MAX, MOVES_MAX, ROWS_MAX};

/// What is asked.
#[derive(Clone)]
pub struct Command {
    /// 定点医药机构编号.
    pub fixmedins_code: FixmedinsCode,
    /// By what sales are found.
    pub by: By,
    /// First day of sale.
    pub begndate: Option<Day>,
    /// Last day of sale.
    pub enddate: Option<Day>,
    /// 药品追溯码: of these, only this one.
    pub drug_trac_codg: Option<DrugTracCodg>,
    /// 人员编号: of these, only this person's.
    pub psn_no: Option<PsnNo>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Command").field("fixmedins_code", &self.fixmedins_code).finish_non_exhaustive()
    }
}

/// A box that was sold.
#[derive(Clone, PartialEq, Eq)]
pub struct Traced {
    /// The row that told it, one for all its boxes, without its codes.
    pub sale: Arc<StockMove>,
    /// Its code.
    pub drug_trac_codg: DrugTracCodg,
}

impl std::fmt::Debug for Traced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Traced").field("drug_trac_codg", &self.drug_trac_codg).finish_non_exhaustive()
    }
}

/// Boxes in the order of lots and their moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// At most [`ROWS_MAX`].
    pub rows: Vec<Traced>,
}

lf_rx::refusals! {
    /// Why sales are not shown (3513).
    TraceRefusal {
        Days = "RX-3513-01", "接口规范 3513 begndate、enddate", "结束日期早于开始日期";
        TooMany = "RX-3513-02", "本中心 查询上限", "结果超过1000行，或需要查找的记录过多，请缩小查询范围";
    }
}

impl Center {
    /// 3513. Errors: [`TraceRefusal`], the caller's.
    pub async fn t3513_traces(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(ctx.code().kind(), &command.fixmedins_code)?;
        if command.begndate.zip(command.enddate).is_some_and(|(begin, end)| end < begin) {
            return refused(TraceRefusal::Days);
        }
        let boxes = |sale: StockMove| if command.wants(&sale) { command.boxes(sale) } else { Vec::new() };
        let rows = self.moves_found(ctx, &command.by, TraceRefusal::TooMany, boxes).await?;
        Ok(Reply { rows }.into())
    }
}

impl Command {
    fn wants(&self, moved: &StockMove) -> bool {
        let day = moved.at.day();
        moved.stands_sold()
            && self.begndate.is_none_or(|begin| begin <= day)
            && self.enddate.is_none_or(|end| day <= end)
            && self.psn_no.as_ref().is_none_or(|psn_no| moved.psn_no.as_ref() == Some(psn_no))
    }

    /// The boxes of a sale: those that it left sold or open, and those that were sold before.
    fn boxes(&self, mut sale: StockMove) -> Vec<Traced> {
        let (codes, leads) = (std::mem::take(&mut sale.body.codes), std::mem::take(&mut sale.body.leads));
        let gone = |life: &CodeLife| matches!(life, CodeLife::Sold { .. } | CodeLife::Opened { .. });
        let codes = codes.into_iter().filter(|(_, life)| gone(life)).map(|(code, _)| code).chain(leads);
        let asked = codes.filter(|code| self.drug_trac_codg.as_ref().is_none_or(|asked| asked == code));
        let sale = Arc::new(sale);
        asked.map(|drug_trac_codg| Traced { sale: sale.clone(), drug_trac_codg }).collect()
    }
}
