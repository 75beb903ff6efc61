//! Opening, in, out and closing of every drug of an institution in a period, beside what the ledger says (DG-2.2.3b, DG-3.4c).
//!
//! Invariant: the four are summed from the rows one by one; the ledger's balance, taken back by what came after the period, is the
//! fifth number that they must meet.

use std::collections::BTreeMap;

use lf_ports::Store;
use lf_stock::DataType;
use lf_vocab::{FixmedinsCode, MedListCodg};

use super::Period;
use crate::failure::Failure;
use crate::published::Table;
use crate::stock_pages::{for_each_lot, for_each_move};

/// Sums of a drug, in minimal units.
#[derive(Default)]
struct Sums {
    goods: String,
    opening: i64,
    bought: i64,
    changed: i64,
    sold: i64,
    ledger: i64,
}

impl Sums {
    fn closing(&self) -> i64 {
        self.opening + self.bought + self.changed - self.sold
    }
}

/// The balance of each drug, and whether all agree.
///
/// # Errors
/// The store's.
pub async fn balance(store: &dyn Store, code: &FixmedinsCode, period: Period) -> Result<(Table, bool), Failure> {
    lf_vocab::covers!("DG-3.4c", "DG-2.2.3b");
    const COLUMNS: &[(&str, &str)] = &[
        ("med_list_codg", "医保药品编码"),
        ("fixmedins_hilist_name", "机构目录名称"),
        ("opening", "期初（最小单位）"),
        ("bought", "采购减退货"),
        ("changed", "库存变更"),
        ("sold", "销售减退货"),
        ("closing", "期末"),
        ("ledger", "账面期末"),
        ("agrees", "相符"),
    ];
    let mut sums: BTreeMap<MedListCodg, Sums> = BTreeMap::new();
    for_each_lot(store, code, async |lot| {
        let of_drug = sums.entry(lot.lot.goods.med_list_codg.clone()).or_default();
        of_drug.goods.clone_from(&lot.lot.goods.fixmedins_hilist_name);
        of_drug.ledger += lot.lot.balance();
        for_each_move(store, &lot, |moved| {
            let side = match moved.data_type {
                _ if moved.taken < period.from.start() => &mut of_drug.opening,
                _ if moved.taken >= period.end() => {
                    of_drug.ledger -= moved.units;
                    return;
                }
                DataType::Purchase => &mut of_drug.bought,
                DataType::Sale => {
                    of_drug.sold -= moved.units;
                    return;
                }
                DataType::Count | DataType::Change => &mut of_drug.changed,
            };
            *side += moved.units;
        })
        .await
    })
    .await?;
    let agree = sums.values().all(|sums| sums.closing() == sums.ledger);
    let row = |(code, sums): (&MedListCodg, &Sums)| {
        let numbers = [sums.opening, sums.bought, sums.changed, sums.sold, sums.closing(), sums.ledger];
        let mut cells = vec![code.to_string(), sums.goods.clone()];
        cells.extend(numbers.map(|number| number.to_string()));
        cells.push(if sums.closing() == sums.ledger { "是" } else { "否" }.to_owned());
        cells
    };
    let rows = sums.iter().map(row).collect();
    let title = format!("{code} 进销存平衡（{}至{}）", period.from, period.to);
    let notes = vec!["期初＋采购＋变更－销售＝期末；按中心收到的时间统计。".to_owned()];
    Ok((Table { name: "balance", title, columns: COLUMNS, rows, notes }, agree))
}
