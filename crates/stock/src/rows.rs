//! A row of 3501–3507 as the ledger takes it.

use lf_vocab::{Day, DrugTracCodg, Moment, Qty};
use serde::{Deserialize, Serialize};

use crate::code::Owner;
use crate::lot::{Goods, Told};
use crate::measure::Measure;

/// The most codes of one row.
pub const CODES_MAX: usize = 1_000;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// 定点医药机构批次流水号.
    pub fixmedins_bchno: String,
    /// When it happened, as told.
    pub at: Moment,
    /// What happened.
    pub what: What,
}

/// What happened to a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// 3501: what was found. It moves nothing; what is missing or too much is booked by 3502.
    Count {
        /// Of what.
        goods: Goods,
        /// How these are counted, if the lot is new.
        measure: Measure,
        /// 盘存日期.
        invdate: Day,
        /// Found.
        cnt: Qty,
    },
    /// 3502.
    Change {
        /// Of what.
        goods: Told,
        /// Why.
        chg: ChgType,
        /// How much.
        cnt: Qty,
        /// In minimal units.
        split: bool,
    },
    /// 3503.
    Purchase {
        /// Of what.
        goods: Goods,
        /// How these are counted, if the lot is new.
        measure: Measure,
        /// How much.
        cnt: Qty,
        /// Codes that came with it, if scanned.
        codes: Vec<DrugTracCodg>,
    },
    /// 3504.
    PurchaseReturn {
        /// Of what.
        goods: Told,
        /// How much.
        cnt: Qty,
    },
    /// 3505, 3505A.
    Sale(Sale),
    /// 3506, 3506A.
    SaleReturn(Sale),
    /// 3507: everything of a kind is taken back.
    Delete(DataType),
}

/// A sale, or the return of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// Of what.
    pub goods: Told,
    /// 就医流水号: a return names that of its sale.
    pub mdtrt_sn: String,
    /// To whom.
    pub owner: Owner,
    /// How much.
    pub cnt: Qty,
    /// 拆零: in minimal units.
    pub split: bool,
    /// The boxes.
    pub codes: Vec<DrugTracCodg>,
    /// Nobody puts codes on such goods (饮片 and others exempt by law).
    pub exempt: bool,
    /// What a second sale of a code is.
    pub second: SecondSale,
}

/// What the law of the place says of a code that was sold before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondSale {
    /// It is refused.
    Refuse,
    /// It is taken and raised as a lead.
    Record,
}

/// 库存变更类型 (`inv_chg_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChgType {
    /// 101, 106, 108, 110.
    In,
    /// 102, 105, 107, 109, 111.
    Out,
    /// 103 盘盈: the book learns what the count found.
    Gain,
    /// 104 盘损.
    Loss,
}

/// 进销存数据类型 (`inv_data_type` of 3507).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// 1: 3501.
    Count,
    /// 2: 3502.
    Change,
    /// 3: 3503, 3504.
    Purchase,
    /// 4: 3505, 3506.
    Sale,
}

impl ChgType {
    /// From its code; 108 and 109 repeat what 3503 and 3504 tell, and are still changes of the book.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "101" | "106" | "108" | "110" => Some(Self::In),
            "102" | "105" | "107" | "109" | "111" => Some(Self::Out),
            "103" => Some(Self::Gain),
            "104" => Some(Self::Loss),
            _ => None,
        }
    }
}

impl DataType {
    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "1" => Self::Count,
            "2" => Self::Change,
            "3" => Self::Purchase,
            "4" => Self::Sale,
            _ => return None,
        })
    }

    /// Its stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Change => "change",
            Self::Purchase => "purchase",
            Self::Sale => "sale",
        }
    }
}

impl What {
    /// Which data it belongs to; a deletion to what it deletes.
    pub const fn data_type(&self) -> DataType {
        match self {
            Self::Count { .. } => DataType::Count,
            Self::Change { .. } => DataType::Change,
            Self::Purchase { .. } | Self::PurchaseReturn { .. } => DataType::Purchase,
            Self::Sale(_) | Self::SaleReturn(_) => DataType::Sale,
            Self::Delete(data) => *data,
        }
    }

    /// What it says of the goods.
    pub(crate) fn told(&self) -> Option<Told> {
        match self {
            Self::Count { goods, .. } | Self::Purchase { goods, .. } => Some(goods.told()),
            Self::Change { goods, .. } | Self::PurchaseReturn { goods, .. } => Some(goods.clone()),
            Self::Sale(sale) | Self::SaleReturn(sale) => Some(sale.goods.clone()),
            Self::Delete(_) => None,
        }
    }

    /// Its codes.
    pub fn codes(&self) -> &[DrugTracCodg] {
        match self {
            Self::Purchase { codes, .. } => codes,
            Self::Sale(sale) | Self::SaleReturn(sale) => &sale.codes,
            _ => &[],
        }
    }
}
