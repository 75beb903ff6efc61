//! What a bureau watches of goods: availability by drug with channels and days without supply (GX-1.1b, WH-5.9), how late and how
//! complete rows of 进销存 come (`uploads`), trace codes at sales (WH-5.10), and the balance of a period by drug.
//!
//! Tables for city, province or country: an area counts the 统筹区 below it. Invariants: an institution counts on the days of its
//! agreement, whether it still has one or not; everything is derived from the ledger and
//! from settlements, by when the center took a row; nothing is changed and no person is named.

use std::collections::{BTreeMap, BTreeSet};

use lf_ports::{Drug, Fixmedins, StockLot, StockMove, Store, StoreError};
use lf_stock::VIRTUAL;
use lf_vocab::{Admdvs, Day, FixmedinsCode, FixmedinsKind, MedListCodg, Moment, Span};

use crate::failure::Failure;
use crate::published::Table;
use crate::stock_pages::{self, PAGE, for_each_lot, for_each_move};

mod balance;
mod purchases;
mod uploads;

pub use balance::balance;
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

/// Supply of a drug in an area.
#[derive(Default)]
struct Supply {
    hospitals: BTreeSet<FixmedinsCode>,
    pharmacies: BTreeSet<FixmedinsCode>,
    packs: i64,
    /// Whether anybody had a pack at the end of each day of the period.
    days: Vec<bool>,
}

/// 谈判 and 双通道 drugs of the catalogue in an area: who has them at the end of the period, on how many of its days nobody had one.
///
/// # Errors
/// The store's.
pub async fn availability(store: &dyn Store, area: Admdvs, period: Period) -> Result<Table, Failure> {
    lf_vocab::covers!("GX-1.1b");
    const COLUMNS: &[(&str, &str)] = &[
        ("med_list_codg", "医保药品编码"),
        ("drug_genname", "药品通用名"),
        ("drug_spec", "规格"),
        ("prdr_name", "生产厂家"),
        ("hosp_cnt", "有药医疗机构数"),
        ("phar_cnt", "有药药店数"),
        ("packs", "库存（整包装）"),
        ("days_without", "期内全区无药天数"),
        ("last_day", "期内最后有药日期"),
        ("alert", "提示"),
    ];
    let drugs = watched(store, period.to).await?;
    let mut supply: BTreeMap<&MedListCodg, Supply> = BTreeMap::new();
    for holder in holders(store, area, period).await? {
        for_each_lot(store, &holder.fixmedins_code, async |lot| {
            let Some((code, _)) = drugs.get_key_value(&lot.lot.goods.med_list_codg) else { return Ok(()) };
            let mut daily = packs_by_day(store, &lot, period).await?;
            for (packs, day) in daily.iter_mut().zip(period.each_day()) {
                *packs *= i64::from(holder.agreement.contains(day));
            }
            let of_drug = supply.entry(code).or_default();
            of_drug.days.resize(period.days(), false);
            for (had, packs) in of_drug.days.iter_mut().zip(&daily) {
                *had |= *packs > 0;
            }
            let left = daily.last().copied().unwrap_or_default();
            if left > 0 {
                of_drug.packs += left;
                let kind = holder.fixmedins_code.kind();
                let side =
                    if kind == FixmedinsKind::Hospital { &mut of_drug.hospitals } else { &mut of_drug.pharmacies };
                side.insert(holder.fixmedins_code.clone());
            }
            Ok(())
        })
        .await?;
    }
    let rows = drugs.iter().map(|(code, drug)| {
        let nothing = Supply::default();
        let of_drug = supply.get(code).unwrap_or(&nothing);
        let had = of_drug.days.iter().filter(|had| **had).count();
        let last = of_drug.days.iter().rposition(|had| *had).and_then(|at| i32::try_from(at).ok());
        let none = of_drug.hospitals.is_empty() && of_drug.pharmacies.is_empty();
        vec![
            code.to_string(),
            drug.genname.clone(),
            drug.spec_name.clone(),
            drug.prdr_name.clone(),
            of_drug.hospitals.len().to_string(),
            of_drug.pharmacies.len().to_string(),
            of_drug.packs.to_string(),
            (period.days() - had).to_string(),
            last.map(|at| period.from.plus(at).to_string()).unwrap_or_default(),
            if none { "医疗机构和药店均无药" } else { "" }.to_owned(),
        ]
    });
    let rows = rows.collect();
    let title = format!("{area} 谈判和双通道药品配备情况（{}至{}）", period.from, period.to);
    let notes = vec!["按定点医药机构上传的进销存统计；没有上传的机构不计。".to_owned()];
    Ok(Table { name: "availability", title, columns: COLUMNS, rows, notes })
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

/// 谈判 and 双通道 drugs that are in the catalogue on a day.
async fn watched(store: &dyn Store, on: Day) -> Result<BTreeMap<MedListCodg, Drug>, StoreError> {
    stock_pages::drugs(store, on, |drug| drug.hi_nego || drug.dualchnl).await
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

/// Whole packs of a lot that could be sold at the end of each day of a period.
async fn packs_by_day(store: &dyn Store, lot: &StockLot, period: Period) -> Result<Vec<i64>, StoreError> {
    let mut changes = vec![0i64; period.days()];
    let mut opening = 0;
    for_each_move(store, lot, |moved| {
        let day = moved.taken.day();
        match usize::try_from(day.since(period.from)) {
            Ok(at) => {
                if let Some(change) = changes.get_mut(at) {
                    *change += moved.units;
                }
            }
            Err(_) => opening += moved.units,
        }
    })
    .await?;
    let (mut units, mut on) = (opening, period.from);
    let by_day = changes.into_iter().map(|change| {
        units += change;
        let expired = lot.lot.expired(on);
        on = on.plus(1);
        if expired { 0 } else { units.max(0) / lot.lot.measure.per_pack() }
    });
    Ok(by_day.collect())
}
