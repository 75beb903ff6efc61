//! What 3508–3513 share: the moves of an institution that were asked for, read in small pages, and the rows that a question
//! makes of them.
//!
//! Invariants: a question that finds too much is refused, not cut; what is kept of a move while a question is answered does not
//! grow with the codes that the move brought.

use lf_ports::{LotsOf, MovesOf, PersonKey, StockMove};
use lf_rx::Refused;
use lf_vocab::{Certno, MedListCodg};

use crate::Center;
use crate::ctx::Ctx;
use crate::failure::{Failure, refused};

/// Rows of an answer; the tables in `spec/` have the same limit.
pub const ROWS_MAX: usize = 1_000;
/// Moves that are looked through for an answer.
pub const MOVES_MAX: usize = 50_000;
/// Lots of the goods that are asked for.
pub const LOTS_MAX: usize = 5_000;
/// Moves of a page: each may bring as many codes as a row may have.
const PAGE: usize = 200;

/// By what goods are asked for: one of the five that must be told, the narrowest that was.
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

impl Center {
    /// The rows that a question makes of an institution's moves, in the order of lots and their moves. It takes a move for its
    /// own, so that what it does not show is dropped before the next is read.
    pub(crate) async fn moves_found<R, I: IntoIterator<Item = R>>(
        &self,
        ctx: &Ctx,
        by: &By,
        too_many: impl Refused,
        mut rows_of: impl FnMut(StockMove) -> I,
    ) -> Result<Vec<R>, Failure> {
        let Some(asked) = self.moves_asked(ctx, by).await? else { return refused(too_many) };
        let (mut rows, mut seen) = (Vec::new(), 0);
        for of in asked {
            let (mut lot, mut seq) = (String::new(), 0);
            loop {
                let page = self.store.stock_moves(ctx.code(), &of, (&lot, seq), PAGE).await?;
                let full = page.len() == PAGE;
                for moved in page {
                    (lot, seq) = (moved.fixmedins_bchno.clone(), moved.seq);
                    seen += 1;
                    rows.extend(rows_of(moved));
                    if rows.len() > ROWS_MAX || seen > MOVES_MAX {
                        return refused(too_many);
                    }
                }
                // Also between lots of one short page each.
                crate::stock_pages::pause().await;
                if !full {
                    break;
                }
            }
        }
        Ok(rows)
    }

    /// Where the moves stand; `None` where that is in more lots than are looked through.
    async fn moves_asked(&self, ctx: &Ctx, by: &By) -> Result<Option<Vec<MovesOf>>, Failure> {
        let lots = match by {
            By::Lot(lot) => return Ok(Some(vec![MovesOf::Lot(lot.clone())])),
            By::Visit(visit) => return Ok(Some(vec![MovesOf::Visit(visit.clone())])),
            By::Cert(kind, certno) => {
                let person = self.store.person(&PersonKey::Cert(kind.clone(), certno.clone())).await?;
                return Ok(Some(person.map(|person| MovesOf::Person(person.psn_no)).into_iter().collect()));
            }
            By::Drug(code) => LotsOf::Drug(code.clone()),
            By::Own(id) => LotsOf::Own(id.clone()),
        };
        let lots = self.store.stock_lots_of(ctx.code(), &lots, "", LOTS_MAX + 1).await?;
        let of =
            |lots: Vec<lf_ports::StockLot>| lots.into_iter().map(|lot| MovesOf::Lot(lot.fixmedins_bchno)).collect();
        Ok((lots.len() <= LOTS_MAX).then(|| of(lots)))
    }
}
