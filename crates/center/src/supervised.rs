//! What a bureau watches of goods: availability by drug with channels and days without supply (GX-1.1b), drugs no longer made (WH-5.9), new drugs
//! that no platform lists (WH-5.4), how late and how
//! complete rows of 进销存 come (`uploads`), trace codes at sales (WH-5.10), and the balance of a period by drug.
//!
//! Tables for city, province or country: an area counts the 统筹区 below it. Invariants: an institution counts on the days of its
//! agreement, whether it still has one or not; everything is derived from the ledger and
//! from settlements, by when the center took a row; nothing is changed and no person is named.

use std::collections::BTreeMap;

use lf_ports::{Fixmedins, StockMove, Store, StoreError};
use lf_stock::VIRTUAL;
use lf_vocab::{Admdvs, Day, MedListCodg, Moment, Span};

use crate::failure::Failure;
use crate::published::Table;
use crate::stock_pages::{self, PAGE};

mod availability;
mod balance;
mod listing;
mod purchases;
mod uploads;

pub use availability::{availability, no_prod};
pub use balance::balance;
pub use listing::listing;
pub use uploads::uploads;

/// The longest period of a report, in days.
pub const DAYS_MAX: i32 = 366;

/// Days of a report, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: Day,
    /// The last.
    pub to: Day,
}

impl Period {
    /// From the first day to the last, at most [`DAYS_MAX`].
    pub fn new(from: Day, to: Day) -> Option<Self> {
        (0..DAYS_MAX).contains(&to.since(from)).then_some(Self { from, to })
    }

    /// Its days, in order.
    fn each_day(self) -> impl Iterator<Item = Day> {
        (0..=self.to.since(self.from)).map(move |at| self.from.plus(at))
    }

    /// How many of them belong to an agreement.
    fn days_of(self, agreement: &Span<Day>) -> usize {
        self.each_day().filter(|day| agreement.contains(*day)).count()
    }

    fn days(self) -> usize {
        usize::try_from(self.to.since(self.from)).unwrap_or_default() + 1
    }

    fn end(self) -> Moment {
        self.to.plus(1).start()
    }
}

/// Sales of each drug in an area with and without a trace code.
///
/// # Errors
/// The store's.
pub async fn traces(store: &dyn Store, area: Admdvs, period: Period) -> Result<Table, Failure> {
    lf_vocab::covers!("WH-5.10");
    const COLUMNS: &[(&str, &str)] = &[
        ("med_list_codg", "医保药品编码"),
        ("drug_genname", "药品通用名"),
        ("prdr_name", "生产厂家"),
        ("sel_cnt", "销售行数"),
        ("trac_cnt", "有追溯码的销售行数"),
        ("virtual_cnt", "使用虚拟追溯码的销售行数"),
        ("trac_ratio", "追溯码采集率（%）"),
        ("exempt_flag", "免追溯码"),
    ];
    let mut by_drug: BTreeMap<MedListCodg, [u64; 3]> = BTreeMap::new();
    for holder in holders(store, area, period).await? {
        let count = |moved: &StockMove| {
            let Some(code) = Some(moved)
                .filter(|moved| moved.stands_sold())
                .and_then(|moved| moved.body.told("med_list_codg")?.parse().ok())
            else {
                return;
            };
            let [sales, coded, virtually] = by_drug.entry(code).or_default();
            *sales += 1;
            *coded += u64::from(coded_by(moved, false));
            *virtually += u64::from(!coded_by(moved, false) && coded_by(moved, true));
        };
        for_each_taken(store, &holder, period, count).await?;
    }
    let codes: Vec<_> = by_drug.keys().cloned().collect();
    let mut rows = Vec::new();
    for some in codes.chunks(PAGE) {
        for (code, drug) in some.iter().zip(store.drugs(some, period.to).await?) {
            let [sales, coded, virtually] = by_drug.get(code).copied().unwrap_or_default();
            let exempt = drug.as_ref().is_some_and(|drug| drug.trac_exempt);
            rows.push(vec![
                code.to_string(),
                drug.as_ref().map(|drug| drug.genname.clone()).unwrap_or_default(),
                drug.map(|drug| drug.prdr_name).unwrap_or_default(),
                sales.to_string(),
                coded.to_string(),
                virtually.to_string(),
                percent(coded, sales),
                if exempt { "是" } else { "否" }.to_owned(),
            ]);
        }
    }
    let title = format!("{area} 药品追溯码采集情况（{}至{}）", period.from, period.to);
    Ok(Table { name: "traces", title, columns: COLUMNS, rows, notes: Vec::new() })
}

/// Whether a sale has a code of the maker's, or one of 3592B.
fn coded_by(moved: &StockMove, virtually: bool) -> bool {
    moved.body.codes.iter().any(|(code, _)| code.as_str().starts_with(VIRTUAL) == virtually)
}

/// Percent with two decimals, rounded down; nothing of nothing.
fn percent(part: u64, whole: u64) -> String {
    let Some(hundredths) = (part * 10_000).checked_div(whole) else { return String::new() };
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Institutions of an area that keep goods here and were under agreement on some day of a period.
async fn holders(store: &dyn Store, area: Admdvs, period: Period) -> Result<Vec<Fixmedins>, StoreError> {
    let codes = stock_pages::holders(store).await?;
    let mut found = Vec::new();
    for own in stock_pages::in_waves(&codes, |code| store.fixmedins(code)).await? {
        let counts = |own: &Fixmedins| {
            own.poolarea_no.chain().contains(&area) && period.each_day().any(|day| own.agreement.contains(day))
        };
        found.extend(own.filter(counts));
    }
    Ok(found)
}

/// Rows that the center took in a period, on days of the institution's agreement.
async fn for_each_taken(
    store: &dyn Store,
    holder: &Fixmedins,
    period: Period,
    mut each: impl FnMut(&StockMove),
) -> Result<(), StoreError> {
    let times = (period.from.start(), period.end());
    stock_pages::for_each_taken(store, &holder.fixmedins_code, times, |moved| {
        if holder.agreement.contains(moved.taken.day()) {
            each(moved);
        }
    })
    .await
}
