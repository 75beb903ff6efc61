//! How late and how complete the rows of 进销存 of each institution come (JX-1.5b, JX-1.6b, JX-4.1.3a, DG-3.4c, GX-1.2.5c).

use std::collections::BTreeSet;

use lf_law::Law;
use lf_ports::{StockMove, Store, StoreError};
use lf_stock::DataType;
use lf_vocab::{Admdvs, Day, FixmedinsCode};

use super::purchases::Purchases;
use super::{Period, coded_by, for_each_taken, holders, percent};
use crate::failure::Failure;
use crate::offers::hours;
use crate::published::Table;
use crate::stock_pages::{PAGE, in_waves};

/// How late and how complete institutions of an area uploaded in a period, and how many of their sales have a trace code.
///
/// # Errors
/// The law's, the store's.
pub async fn uploads(store: &dyn Store, law: &Law, area: Admdvs, period: Period) -> Result<Table, Failure> {
    lf_vocab::covers!("JX-1.6b", "JX-4.1.3a", "DG-3.4c", "GX-1.2.5c");
    const COLUMNS: &[(&str, &str)] = &[
        ("fixmedins_code", "定点医药机构编号"),
        ("fixmedins_name", "名称"),
        ("row_cnt", "上传行数"),
        ("late_cnt", "迟报行数"),
        ("lag_max_hours", "最长迟报（小时）"),
        ("silent_days", "没有上传的天数"),
        ("told", "最近上传时间"),
        ("setl_cnt", "医保结算处方数"),
        ("miss_cnt", "未上传销售的处方数"),
        ("sel_cnt", "销售行数"),
        ("trac_cnt", "有追溯码的销售行数"),
        ("trac_ratio", "追溯码采集率（%）"),
        ("late_hours", "迟报标准（小时）"),
        ("purc_cnt", "采购行数"),
        ("lack_cnt", "缺项的采购行数"),
        ("lack_fields", "采购行所缺的项目和行数"),
        ("sel_lack_cnt", "未填价格的销售行数"),
    ];
    let mut rows = Vec::new();
    for holder in holders(store, area, period).await? {
        let (lag_hours, _) = hours(law, holder.poolarea_no, period.to, "stock.lag_hours")?;
        let code = &holder.fixmedins_code;
        let (mut lag, mut purchases) = (Lag::default(), Purchases::asked(law, &holder, period.to)?);
        let count = |moved: &StockMove| {
            lag.count(moved, lag_hours);
            purchases.count(moved);
        };
        for_each_taken(store, &holder, period, count).await?;
        let lacking = purchases.lacking(store).await?;
        let told = store.stock_told(code, period.end().plus_seconds(-1)).await?;
        let (settled, missing) = missing(store, code, period).await?;
        rows.push(vec![
            code.to_string(),
            holder.fixmedins_name.clone(),
            lag.rows.to_string(),
            lag.late.to_string(),
            (lag.longest / 3_600).to_string(),
            (period.days_of(&holder.agreement) - lag.days.len()).to_string(),
            told.map(|told| told.to_string()).unwrap_or_default(),
            settled.to_string(),
            missing.to_string(),
            lag.sales.to_string(),
            lag.coded.to_string(),
            percent(lag.coded, lag.sales),
            lag_hours.to_string(),
            lacking.rows.to_string(),
            lacking.cnt.to_string(),
            lacking.fields(),
            lag.unpriced.to_string(),
        ]);
    }
    let title = format!("{area} 进销存上传的及时和完整情况（{}至{}）", period.from, period.to);
    Ok(Table { name: "uploads", title, columns: COLUMNS, rows, notes: Vec::new() })
}

/// What is counted of an institution's rows.
#[derive(Default)]
struct Lag {
    rows: u64,
    late: u64,
    longest: i64,
    days: BTreeSet<Day>,
    sales: u64,
    coded: u64,
    /// Sales whose price was not told.
    unpriced: u64,
}

impl Lag {
    fn count(&mut self, moved: &StockMove, lag_hours: i64) {
        let seconds = (moved.taken.micros() - moved.at.micros()).max(0) / 1_000_000;
        // A stocktaking tells a day, a deletion no time at all.
        let timed = moved.data_type != DataType::Count && moved.at.micros() > 0;
        self.rows += 1;
        self.late += u64::from(timed && seconds > lag_hours.saturating_mul(3_600));
        self.longest = if timed { self.longest.max(seconds) } else { self.longest };
        self.days.insert(moved.taken.day());
        if moved.stands_sold() {
            self.sales += 1;
            self.coded += u64::from(coded_by(moved, false));
            self.unpriced += u64::from(moved.body.told("finl_trns_pric").is_none());
        }
    }
}

/// Prescriptions settled in a period, and those of them that no sale was uploaded for.
async fn missing(store: &dyn Store, code: &FixmedinsCode, period: Period) -> Result<(usize, usize), StoreError> {
    let (mut after, mut standing) = ((period.from.start().plus_seconds(-1), String::new()), BTreeSet::new());
    let mut reversed = BTreeSet::new();
    loop {
        let page = store.setls_of(code, (after.0, &after.1), period.end(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.setl_time, last.setl_id.clone());
        for setl in page.into_iter().filter(|setl| setl.setl_time >= period.from.start()) {
            let Some(hi_rxno) = setl.hi_rxno else { continue };
            if setl.refd_setl_id.is_some() {
                reversed.insert(hi_rxno)
            } else {
                standing.insert(hi_rxno)
            };
        }
    }
    let standing: Vec<_> = standing.difference(&reversed).collect();
    let told = in_waves(&standing, |hi_rxno| store.stock_moves_of_rx(code, hi_rxno)).await?;
    Ok((standing.len(), told.iter().filter(|moves| moves.is_empty()).count()))
}
