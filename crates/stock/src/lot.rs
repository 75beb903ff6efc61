//! A lot (批次) and its balance: what was changed and bought less what was sold.
//!
//! Serves 票账货一致 (JX-1.5a): tickets, book and goods as three numbers that must agree.

use lf_vocab::{Day, MedListCodg};
use serde::{Deserialize, Serialize};

use crate::measure::Measure;
use crate::refusal::StockRefusal;

/// What a lot is of. The number is the institution's own (定点医药机构批次流水号).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    /// 医疗目录编码, or `NMLC999` for goods that have none.
    pub med_list_codg: MedListCodg,
    /// 定点医药机构目录编号.
    pub fixmedins_hilist_id: String,
    /// 定点医药机构目录名称.
    pub fixmedins_hilist_name: String,
    /// 处方药标志.
    pub rx_flag: bool,
    /// 生产批号; 3501 may leave it out.
    pub manu_lotnum: Option<String>,
    /// 生产日期.
    pub manu_date: Day,
    /// 有效期止, the last day on which it may be sold.
    pub expy_end: Day,
}

/// What a later row says of a lot's goods, as far as it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 定点医药机构目录编号.
    pub fixmedins_hilist_id: String,
    /// 生产批号.
    pub manu_lotnum: Option<String>,
    /// 生产日期.
    pub manu_date: Option<Day>,
    /// 有效期止.
    pub expy_end: Option<Day>,
}

impl Goods {
    /// All of it.
    pub fn told(&self) -> Told {
        Told {
            med_list_codg: self.med_list_codg.clone(),
            fixmedins_hilist_id: self.fixmedins_hilist_id.clone(),
            manu_lotnum: self.manu_lotnum.clone(),
            manu_date: Some(self.manu_date),
            expy_end: Some(self.expy_end),
        }
    }
}

/// What was counted on the shelf (3501) beside what the book said then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// 盘存日期.
    pub invdate: Day,
    /// Units found.
    pub found: i64,
    /// Units that the book had when it was told, and what was booked of it since.
    pub book: i64,
}

/// A lot of one institution. Signed sums in minimal units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// What it is of.
    pub goods: Goods,
    /// How it is counted; fixed when the lot begins.
    pub measure: Measure,
    /// In less out by 3502.
    pub changed: i64,
    /// Bought (3503) less given back (3504).
    pub bought: i64,
    /// Sold (3505) less returned (3506).
    pub sold: i64,
    /// The last stocktaking.
    pub counted: Option<Counted>,
    /// Of `changed`, what 盘盈 and 盘亏 booked so that the book says what was found. No goods moved by it, so where it is
    /// deleted (3507) what was found stays found.
    #[serde(default)]
    pub booked: i64,
}

/// Tickets, book and goods of a lot in minimal units (票账货).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consistency {
    /// What the vouchers of purchase, sale and change leave, summed one by one.
    pub tickets: i64,
    /// What the ledger says.
    pub book: i64,
    /// What was found, and what has moved since; `None`: never counted.
    pub goods: Option<i64>,
}

impl Lot {
    /// A new one with nothing in it.
    pub const fn new(goods: Goods, measure: Measure) -> Self {
        Self { goods, measure, changed: 0, bought: 0, sold: 0, counted: None, booked: 0 }
    }

    /// What must be there. The three sums stay within ±[`Self::MOST`], so that this cannot overflow.
    pub const fn balance(&self) -> i64 {
        self.changed + self.bought - self.sold
    }

    /// The largest sum of a lot, in minimal units.
    pub const MOST: i64 = 1_000_000_000_000_000;

    /// Whether it is past its expiry on a day; the last day is still inside.
    pub fn expired(&self, on: Day) -> bool {
        on > self.goods.expy_end
    }

    /// Tickets, book and goods, when the vouchers of the lot sum up to `tickets`.
    pub fn consistency(&self, tickets: i64) -> Consistency {
        lf_vocab::covers!("JX-1.5a");
        let goods = self.counted.map(|counted| counted.found + self.balance() - counted.book);
        Consistency { tickets, book: self.balance(), goods }
    }

    /// That a later row speaks of the same goods; what either leaves out is not compared.
    pub(crate) fn same_goods(&self, told: &Told) -> Result<(), StockRefusal> {
        fn same<T: PartialEq>(ours: Option<&T>, told: Option<&T>) -> bool {
            ours.zip(told).is_none_or(|(ours, told)| ours == told)
        }
        let ours = &self.goods;
        for (same, what) in [
            (ours.med_list_codg == told.med_list_codg, "医疗目录编码"),
            (ours.fixmedins_hilist_id == told.fixmedins_hilist_id, "定点医药机构目录编号"),
            (same(ours.manu_lotnum.as_ref(), told.manu_lotnum.as_ref()), "生产批号"),
            (same(Some(&ours.manu_date), told.manu_date.as_ref()), "生产日期"),
            (same(Some(&ours.expy_end), told.expy_end.as_ref()), "有效期止"),
        ] {
            if !same {
                return Err(StockRefusal::LotOther(what));
            }
        }
        Ok(())
    }
}

impl Consistency {
    /// Whether the three agree; a lot that was never counted has two to compare.
    pub fn agrees(&self) -> bool {
        self.tickets == self.book && self.goods.is_none_or(|goods| goods == self.book)
    }

    /// What was found more than the book says (盘盈), or less (盘亏).
    pub fn difference(&self) -> i64 {
        self.goods.map_or(0, |goods| goods - self.book)
    }
}
