//! 3501–3507 and 3501A–3507A 进销存: an institution tells what came, went and was counted. Serves JX-1.5, JX-1.6b, DG-3.4c, GX-1.2.5c.
//!
//! One engine for all of them: load what the rows name, post row after row to the pure ledger, commit once. Invariants: a
//! refused row moves nothing; of a single row its refusal is the answer, of a batch each row has its own; the same row
//! again is the same answer and moves nothing; a 追溯码 is claimed where 7207 claims it, so that it is sold once.

use lf_gm::hex;
use lf_ports::{ChangeSet, CommitError, IdemKey, STOCK_KEYS_MAX};
use lf_rx::Refusal;
use lf_stock::{ChgType, DataType, Goods, Told};
use lf_vocab::{Day, DrugTracCodg, MedListCodg, Moment, PsnNo, Qty};
use serde::{Deserialize, Serialize};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure};

mod load;
mod post;
mod prescribed;

/// Rows of a batch (3501A–3507A); the tables in `spec/` have the same limit.
pub const ROWS_MAX: usize = 500;

/// Rows of one message.
#[derive(Debug, Clone)]
pub struct Command {
    /// The transaction.
    pub infno: &'static str,
    /// Whether each row is answered by itself.
    pub batch: bool,
    /// In the order sent.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone)]
pub struct Row {
    /// 定点医药机构批次流水号.
    pub fixmedins_bchno: String,
    /// When it happened.
    pub at: Moment,
    /// What makes it one in its lot: a voucher's number with what tells its rows apart.
    pub doc_no: String,
    /// Every field as told, by the interface's names.
    pub told: Vec<(String, String)>,
    /// 人员编号, of a sale.
    pub psn_no: Option<PsnNo>,
    /// What it says.
    pub what: RowWhat,
}

/// A row names people.
impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row").field("lot", &self.fixmedins_bchno).field("doc_no", &self.doc_no).finish_non_exhaustive()
    }
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowWhat {
    /// 3501.
    Count {
        /// Of what.
        goods: Goods,
        /// 盘存日期.
        invdate: Day,
        /// 库存数量.
        cnt: Qty,
    },
    /// 3502.
    Change {
        /// Of what.
        goods: Told,
        /// 库存变更类型.
        chg: ChgType,
        /// 数量.
        cnt: Qty,
        /// 拆零标志.
        split: bool,
    },
    /// 3503.
    Purchase {
        /// Of what.
        goods: Goods,
        /// 采购数量.
        cnt: Qty,
        /// 药品追溯码.
        codes: Vec<DrugTracCodg>,
    },
    /// 3504.
    PurchaseReturn {
        /// Of what.
        goods: Told,
        /// 退货数量.
        cnt: Qty,
    },
    /// 3505, 3505A.
    Sale(SaleRow),
    /// 3506, 3506A.
    SaleReturn(SaleRow),
    /// 3507.
    Delete(DataType),
}

/// A sale or its return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRow {
    /// Of what.
    pub goods: Told,
    /// 就医流水号.
    pub mdtrt_sn: String,
    /// 处方号 of an 外购处方.
    pub rxno: Option<String>,
    /// 医保药师编号, to be checked where the sale was settled by the insurance (3505A).
    pub phar_no: Option<PharNo>,
    /// 数量.
    pub cnt: Qty,
    /// 拆零标志.
    pub split: bool,
    /// 药品追溯码.
    pub codes: Vec<DrugTracCodg>,
}

/// 医保药师编号 as 3505A asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PharNo {
    /// Settled by the insurance without it.
    Missing,
    /// As told.
    Told(String),
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// 商品采购流水号, 商品销售流水号: the row's number here, the same whenever the row is sent.
    pub medins_prod_no: String,
    /// Why it was not taken.
    pub refusal: Option<Refusal>,
}

/// What became of the rows, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// One a row.
    pub rows: Vec<Done>,
}

lf_rx::refusals! {
    /// Why a sale for a prescription, or one settled by the insurance, is not taken (3505, 3505A).
    GoodsRefusal {
        RxUnknown = "RX-3505-01", "接口规范 3505 rxno", "处方号不是本机构已出库的电子处方；电子处方请先上传7207，纸质处方的外购处方标志填0";
        RxDrug = "RX-3505-02", "赣医保字〔2024〕9号 三（五）", "该药品不在电子处方的出库明细中";
        RxCode(String) = "RX-3505-03", "赣医保字〔2024〕9号 三（五）", "追溯码{0}不在电子处方该药品的出库明细中";
        RxCnt = "RX-3505-04", "赣医保字〔2024〕9号 三（五）", "数量超过电子处方该药品的出库数量";
        PharMissing = "RX-3505-05", "接口规范 3505A phar_no", "医保结算的销售应填写医保药师编号";
        PharUnknown = "RX-3505-06", "接口规范 3505A：校验药师是否为医保药师", "医保药师编号不是本机构在册的医保药师";
        TooManyCodes(usize) = "RX-3505-07", "本中心 追溯码上限", "一次上传的追溯码共{0}个，超过上限100000个，请分次上传";
    }
}

impl RowWhat {
    /// What 3507 deletes it with.
    pub const fn data_type(&self) -> DataType {
        match self {
            Self::Count { .. } => DataType::Count,
            Self::Change { .. } => DataType::Change,
            Self::Purchase { .. } | Self::PurchaseReturn { .. } => DataType::Purchase,
            Self::Sale(_) | Self::SaleReturn(_) => DataType::Sale,
            Self::Delete(data) => *data,
        }
    }

    /// The drug that it names.
    fn med_list_codg(&self) -> Option<&MedListCodg> {
        match self {
            Self::Count { goods, .. } | Self::Purchase { goods, .. } => Some(&goods.med_list_codg),
            Self::Change { goods, .. } | Self::PurchaseReturn { goods, .. } => Some(&goods.med_list_codg),
            Self::Sale(sale) | Self::SaleReturn(sale) => Some(&sale.goods.med_list_codg),
            Self::Delete(_) => None,
        }
    }

    /// The codes that it names.
    fn codes(&self) -> &[DrugTracCodg] {
        match self {
            Self::Purchase { codes, .. } => codes,
            Self::Sale(sale) | Self::SaleReturn(sale) => &sale.codes,
            _ => &[],
        }
    }

    /// A sale or its return.
    const fn sale(&self) -> Option<&SaleRow> {
        match self {
            Self::Sale(sale) | Self::SaleReturn(sale) => Some(sale),
            _ => None,
        }
    }
}

impl Row {
    /// SM3 of what the row says.
    fn digest(&self) -> [u8; 32] {
        let mut hash = lf_gm::Sm3::new();
        for (name, text) in &self.told {
            hash.update(name.as_bytes()).update(b"=").update(text.as_bytes()).update(b"\n");
        }
        for code in self.what.codes() {
            hash.update(code.as_str().as_bytes()).update(b"\n");
        }
        hash.finish()
    }

    /// 商品流水号: 30 characters, the same for the same row.
    fn number(&self, ctx: &Ctx) -> String {
        goods_no(ctx, &self.fixmedins_bchno, self.what.data_type(), &self.doc_no)
    }
}

/// 商品流水号: 30 characters, the same for the same row.
pub(crate) fn goods_no(ctx: &Ctx, fixmedins_bchno: &str, data: DataType, doc_no: &str) -> String {
    let key = format!("{}\n{fixmedins_bchno}\n{}\n{doc_no}", ctx.code(), data.word());
    format!("{}{}", ctx.caller.fixmedins.poolarea_no, &hex::upper(&lf_gm::sm3(key.as_bytes()))[..24])
}

impl Center {
    /// 3501–3507, 3501A–3507A. Errors: of a single row [`lf_stock::StockRefusal`] and [`GoodsRefusal`]; the caller's.
    pub async fn t3501_goods(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(ctx.code().kind(), ctx.code())?;
        if command.rows.len() > ROWS_MAX {
            return Err(Failure::Broken(format!("{} rows of {} came through", command.rows.len(), command.infno)));
        }
        let codes = command.rows.iter().map(|row| row.what.codes().len()).sum();
        if codes > STOCK_KEYS_MAX {
            return Err(Failure::Refused(vec![Refusal::from(GoodsRefusal::TooManyCodes(codes))]));
        }
        let key = ctx.exact_key(command.infno);
        self.attempts_once(ctx, &key, || self.try_goods(ctx, command, &key)).await
    }

    async fn try_goods(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let (idem, loaded) = tokio::join!(self.store.idem(key), self.load_goods(ctx, &command.rows));
        if let Some(answered) = ctx.answered(idem?)? {
            return Ok(answered);
        }
        let mut desk = loaded?;
        let mut rows = Vec::with_capacity(command.rows.len());
        for row in &command.rows {
            let refusal = match desk.take(ctx, command.infno, row) {
                Ok(()) => None,
                Err(refusal) if command.batch => Some(refusal),
                Err(refusal) => return Err(Failure::Refused(vec![refusal]).into()),
            };
            rows.push(Done { medins_prod_no: row.number(ctx), refusal });
        }
        let answer = Answer::from(Reply { rows });
        let Some(mut changes) = desk.changes(ctx) else {
            // Nothing moved: all was there already, or all was refused.
            return Ok(answer);
        };
        ctx.remember(key.clone(), &answer, &mut changes);
        self.commit_goods(changes).await?;
        Ok(answer)
    }

    /// A claim that was free when the rows were judged and is held now makes them late, not wrong.
    pub(crate) async fn commit_goods(&self, changes: ChangeSet) -> Result<(), Attempt> {
        match self.store.commit(changes).await {
            Err(CommitError::Claimed(_)) => Err(Attempt::Commit(CommitError::Stale("claim"))),
            other => Ok(other?),
        }
    }
}
