//! 3513 定点医药机构商品销售追溯信息查询: which boxes an institution told to have sold, to whom, and when.
//!
//! Invariants: an institution sees its own; a sale that was deleted (3507) is not shown, one that came back is; a question
//! that would show more than [`ROWS_MAX`] rows is refused, not cut.

use lf_ports::{LotsOf, MovesOf, PersonKey, StockMove};
use lf_stock::{CodeLife, DataType};
use lf_vocab::{Certno, Day, DrugTracCodg, FixmedinsCode, MedListCodg, PsnNo};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};

/// Rows of an answer; the table in `spec/` has the same limit.
pub const ROWS_MAX: usize = 1_000;
/// Moves that are looked through for an answer.
pub const MOVES_MAX: usize = 50_000;
/// Moves or lots of a page.
const PAGE: usize = 5_000;

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

/// One of the five that must be told, the narrowest that was.
#[derive(Clone)]
pub enum By {
    /// 定点医药机构批次流水号.
    Lot(String),
    /// 就诊ID.
    Visit(String),
    /// 人员证件类型 and 证件号码.
    Cert(String, Certno),
    /// 医疗目录编码.
    Drug(MedListCodg),
    /// 医药机构目录编码.
    Own(String),
}

/// A box that was sold.
#[derive(Clone, PartialEq, Eq)]
pub struct Traced {
    /// The row that told it.
    pub sale: StockMove,
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
        let mut rows = Vec::new();
        let mut seen = 0;
        for of in self.moves_asked(ctx, &command.by).await? {
            let (mut lot, mut seq) = (String::new(), 0);
            loop {
                let page = self.store.stock_moves(ctx.code(), &of, (&lot, seq), PAGE).await?;
                let full = page.len() == PAGE;
                seen += page.len();
                if let Some(last) = page.last() {
                    (lot, seq) = (last.fixmedins_bchno.clone(), last.seq);
                }
                rows.extend(page.into_iter().filter(|sale| command.wants(sale)).flat_map(|sale| command.boxes(sale)));
                if rows.len() > ROWS_MAX || seen > MOVES_MAX {
                    return refused(TraceRefusal::TooMany);
                }
                if !full {
                    break;
                }
            }
        }
        Ok(Reply { rows }.into())
    }

    /// Where the sales stand.
    pub(crate) async fn moves_asked(&self, ctx: &Ctx, by: &By) -> Result<Vec<MovesOf>, Failure> {
        let lots = match by {
            By::Lot(lot) => return Ok(vec![MovesOf::Lot(lot.clone())]),
            By::Visit(visit) => return Ok(vec![MovesOf::Visit(visit.clone())]),
            By::Cert(kind, certno) => {
                let person = self.store.person(&PersonKey::Cert(kind.clone(), certno.clone())).await?;
                return Ok(person.map(|person| MovesOf::Person(person.psn_no)).into_iter().collect());
            }
            By::Drug(code) => LotsOf::Drug(code.clone()),
            By::Own(id) => LotsOf::Own(id.clone()),
        };
        let lots = self.store.stock_lots_of(ctx.code(), &lots, "", PAGE).await?;
        if lots.len() == PAGE {
            return refused(TraceRefusal::TooMany);
        }
        Ok(lots.into_iter().map(|lot| MovesOf::Lot(lot.fixmedins_bchno)).collect())
    }
}

impl Command {
    fn wants(&self, moved: &StockMove) -> bool {
        let day = moved.at.day();
        moved.data_type == DataType::Sale
            && moved.void_seq == 0
            && self.begndate.is_none_or(|begin| begin <= day)
            && self.enddate.is_none_or(|end| day <= end)
            && self.psn_no.as_ref().is_none_or(|psn_no| moved.psn_no.as_ref() == Some(psn_no))
    }

    /// The boxes of a sale: those that it left sold or open, and those that were sold before.
    fn boxes(&self, sale: StockMove) -> Vec<Traced> {
        let gone = |life: &CodeLife| matches!(life, CodeLife::Sold { .. } | CodeLife::Opened { .. });
        let codes = sale.body.codes.iter().filter(|(_, life)| gone(life)).map(|(code, _)| code);
        let codes: Vec<_> = codes.chain(&sale.body.leads).filter(|_| sale.units < 0).cloned().collect();
        let asked = codes.into_iter().filter(|code| self.drug_trac_codg.as_ref().is_none_or(|asked| asked == code));
        asked.map(|drug_trac_codg| Traced { sale: sale.clone(), drug_trac_codg }).collect()
    }
}
