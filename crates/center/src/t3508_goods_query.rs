//! 3508–3512: what an institution told of its goods, asked for again: stocktakings, changes, purchases, sales, boxes that came in.
//!
//! Invariants: an institution sees its own; what was deleted (3507) is shown only where 有效标志 0 is asked for; a condition on something
//! that no row was told finds nothing, so that none is passed over in silence; a question that would show more than
//! [`ROWS_MAX`] rows is refused, not cut.

use std::sync::Arc;

use lf_ports::StockMove;
use lf_stock::{CodeLife, DataType};
use lf_vocab::{Admdvs, Day, DrugTracCodg, FixmedinsCode};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
pub use crate::goods_found::{By, LOTS_MAX, MOVES_MAX, ROWS_MAX};
use crate::t3501_goods::goods_no;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 3508 库存信息: rows of 3501.
    Counts,
    /// 3509 库存变更记录: rows of 3502.
    Changes,
    /// 3510 采购信息: rows of 3503 and 3504.
    Purchases,
    /// 3511 销售信息: rows of 3505 and 3506.
    Sales,
    /// 3512 入库商品追溯信息: the boxes of purchases.
    Boxes,
}

/// A question.
#[derive(Clone)]
pub struct Command {
    /// 定点医药机构编号.
    pub fixmedins_code: FixmedinsCode,
    /// Of what.
    pub kind: Kind,
    /// Of which goods.
    pub by: By,
    /// First day.
    pub begndate: Day,
    /// Last day.
    pub enddate: Day,
    /// Further conditions: field and what it must be.
    pub wanted: Vec<(String, String)>,
}

/// Conditions may name a person.
impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Command").field("kind", &self.kind).field("begndate", &self.begndate).finish_non_exhaustive()
    }
}

/// A row that was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Found {
    /// As it was told, one for all its boxes, without its codes.
    pub moved: Arc<StockMove>,
    /// Its box (3512).
    pub drug_trac_codg: Option<DrugTracCodg>,
    /// 商品流水号.
    pub medins_prod_no: String,
    /// 统筹区 of the institution.
    pub poolarea_no: Admdvs,
}

impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Found").field("seq", &self.moved.seq).finish_non_exhaustive()
    }
}

/// Rows in the order of lots and their moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// At most [`ROWS_MAX`].
    pub rows: Vec<Found>,
}

lf_rx::refusals! {
    /// Why rows are not shown (3508–3512).
    GoodsQueryRefusal {
        Days = "RX-3508-01", "接口规范 3508 begndate、enddate", "结束日期早于开始日期";
        TooMany = "RX-3508-02", "本中心 查询上限", "结果超过1000行，或需要查找的记录过多，请缩小查询范围";
    }
}

impl Center {
    /// 3508–3512. Errors: [`GoodsQueryRefusal`], the caller's.
    pub async fn t3508_goods_query(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(ctx.code().kind(), &command.fixmedins_code)?;
        if command.enddate < command.begndate {
            return refused(GoodsQueryRefusal::Days);
        }
        let found = |moved: StockMove| {
            let mut found = if command.of_kind(&moved) { command.found(ctx, moved) } else { Vec::new() };
            found.retain(|found| command.wants(found));
            found
        };
        let rows = self.moves_found(ctx, &command.by, GoodsQueryRefusal::TooMany, found).await?;
        Ok(Reply { rows }.into())
    }
}

impl Command {
    fn of_kind(&self, moved: &StockMove) -> bool {
        let data = match self.kind {
            Kind::Counts => DataType::Count,
            Kind::Changes => DataType::Change,
            Kind::Purchases | Kind::Boxes => DataType::Purchase,
            Kind::Sales => DataType::Sale,
        };
        let day = moved.at.day();
        moved.data_type == data
            && !moved.body.infno.starts_with("3507")
            && self.begndate <= day
            && day <= self.enddate
            && (moved.void_seq == 0 || self.wanted.iter().any(|(name, _)| name == "vali_flag"))
    }

    fn found(&self, ctx: &Ctx, mut moved: StockMove) -> Vec<Found> {
        let medins_prod_no = goods_no(ctx, &moved.fixmedins_bchno, moved.data_type, &moved.doc_no);
        let poolarea_no = ctx.caller.fixmedins.poolarea_no;
        let (codes, _) = (std::mem::take(&mut moved.body.codes), std::mem::take(&mut moved.body.leads));
        let one = Found { moved: Arc::new(moved), drug_trac_codg: None, medins_prod_no, poolarea_no };
        if self.kind != Kind::Boxes {
            return vec![one];
        }
        let came = |life: &CodeLife| matches!(life, CodeLife::Held { .. });
        let codes = codes.into_iter().filter(|(_, life)| came(life)).map(|(code, _)| code);
        codes.map(|code| Found { drug_trac_codg: Some(code), ..one.clone() }).collect()
    }

    fn wants(&self, found: &Found) -> bool {
        self.wanted.iter().all(|(name, text)| found.field(name).as_ref() == Some(text))
    }
}

impl Found {
    /// What the row says under a name of these questions.
    pub fn field(&self, name: &str) -> Option<String> {
        let moved = &self.moved;
        let told = |name: &str| moved.body.told(name).map(str::to_owned);
        match name {
            "fixmedins_code" => Some(moved.fixmedins_code.to_string()),
            "fixmedins_bchno" => Some(moved.fixmedins_bchno.clone()),
            "medins_list_codg" => told("fixmedins_hilist_id"),
            "medins_list_name" => told("fixmedins_hilist_name"),
            "bilg_dr_name" => told("prsc_dr_name"),
            "medins_prod_inv_no" | "medins_prod_inv_chg_no" | "medins_prod_purc_no" | "medins_prod_sel_no" => {
                Some(self.medins_prod_no.clone())
            }
            "rid" => Some(format!("{}/{}", moved.fixmedins_bchno, moved.seq)),
            "vali_flag" => Some(if moved.void_seq == 0 { "1" } else { "0" }.to_owned()),
            "prod_retn_flag" => Some(if moved.body.infno.starts_with("3504") { "1" } else { "0" }.to_owned()),
            "opter_name" => {
                let names = ["sel_retn_opter_name", "purc_retn_opter_name", "inv_chg_opter_name"];
                names.into_iter().find_map(told)
            }
            "drug_trac_codg" => self.drug_trac_codg.as_ref().map(ToString::to_string).or_else(|| told(name)),
            "poolarea_no" => Some(self.poolarea_no.to_string()),
            "fix_blng_admdvs" => Some(moved.fixmedins_code.admdvs().to_string()),
            other => told(other),
        }
    }
}
