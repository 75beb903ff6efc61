//! Availability by drug with channels and days without supply (GX-1.1b), and drugs that are no longer made (WH-5.9).
//!
//! Invariant: a drug that is no longer made is one that an imported list names, never one that merely nobody has.

use std::collections::{BTreeMap, BTreeSet};

use lf_ports::lists::NoProd;
use lf_ports::{Drug, Item, Lists, StockLot, Store, StoreError};
use lf_vocab::{Admdvs, Day, FixmedinsCode, FixmedinsKind, MedListCodg};

use super::{Period, holders};
use crate::failure::Failure;
use crate::published::{Table, under};
use crate::stock_pages::{self, PAGE, for_each_lot, for_each_move};

/// 谈判 and 双通道 drugs of the catalogue in an area: who has them at the end of the period, on how many of its days nobody had one.
///
/// # Errors
/// The store's.
pub async fn availability(store: &dyn Store, area: Admdvs, period: Period) -> Result<Table, Failure> {
    lf_vocab::covers!("GX-1.1b", "WH-5.9");
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
        ("stop_date", "停产日期"),
        ("alert", "提示"),
    ];
    let drugs = watched(store, period.to).await?;
    let supply = supply(store, area, period, |code| drugs.contains_key(code)).await?;
    let stopped = stopped(store, area, period.to).await?;
    let rows = drugs.iter().map(|(code, drug)| {
        let [hospitals, pharmacies, packs, without, last, alert] = told(supply.get(code), period);
        vec![
            code.to_string(),
            drug.genname.clone(),
            drug.spec_name.clone(),
            drug.prdr_name.clone(),
            hospitals,
            pharmacies,
            packs,
            without,
            last,
            stopped.get(code).map(|row| row.begndate.to_string()).unwrap_or_default(),
            alert,
        ]
    });
    let rows = rows.collect();
    let title = format!("{area} 谈判和双通道药品配备情况（{}至{}）", period.from, period.to);
    let notes = vec!["按定点医药机构上传的进销存统计；没有上传的机构不计。".to_owned()];
    Ok(Table { name: "availability", title, columns: COLUMNS, rows, notes })
}

/// Drugs that by the lists of an area and of those above it are no longer made on the last day of the period, those that stopped
/// first in front: who still has them.
///
/// # Errors
/// The store's.
pub async fn no_prod(store: &dyn Store, area: Admdvs, period: Period) -> Result<Table, Failure> {
    lf_vocab::covers!("WH-5.9");
    const COLUMNS: &[(&str, &str)] = &[
        ("med_list_codg", "医保药品编码"),
        ("drug_genname", "药品通用名"),
        ("prdr_name", "生产厂家"),
        ("stop_date", "停产日期"),
        ("stop_days", "已停产天数"),
        ("rea", "停产原因"),
        ("admdvs", "名单所属区划"),
        ("hosp_cnt", "有药医疗机构数"),
        ("phar_cnt", "有药药店数"),
        ("packs", "库存（整包装）"),
        ("days_without", "期内全区无药天数"),
        ("last_day", "期内最后有药日期"),
        ("alert", "提示"),
    ];
    let stopped = stopped(store, area, period.to).await?;
    let supply = supply(store, area, period, |code| stopped.contains_key(code)).await?;
    let mut listed: Vec<&NoProd> = stopped.values().collect();
    listed.sort_by_key(|row| (row.begndate, &row.med_list_codg));
    let mut rows = Vec::new();
    for some in listed.chunks(PAGE) {
        let codes: Vec<_> = some.iter().map(|row| row.med_list_codg.clone()).collect();
        for (row, drug) in some.iter().zip(store.drugs(&codes, period.to).await?) {
            let [hospitals, pharmacies, packs, without, last, alert] = told(supply.get(&row.med_list_codg), period);
            let name = drug.as_ref().map(|drug| drug.genname.clone()).or_else(|| row.genname.clone());
            rows.push(vec![
                row.med_list_codg.to_string(),
                name.unwrap_or_default(),
                drug.map(|drug| drug.prdr_name).unwrap_or_default(),
                row.begndate.to_string(),
                (period.to.since(row.begndate) + 1).to_string(),
                row.rea.clone().unwrap_or_default(),
                row.admdvs.to_string(),
                hospitals,
                pharmacies,
                packs,
                without,
                last,
                alert,
            ]);
        }
    }
    let title = format!("{area} 长期不生产的药品（{}至{}）", period.from, period.to);
    let notes = vec!["按导入的长期不生产药品名单（no_prod_drug）；接口没有上报停产的报文。".to_owned()];
    Ok(Table { name: "no_prod", title, columns: COLUMNS, rows, notes })
}

/// Drugs no longer made on a day, by the lists of an area, its province and the country; of one drug the nearest row counts.
async fn stopped(store: &dyn Store, area: Admdvs, on: Day) -> Result<BTreeMap<MedListCodg, NoProd>, Failure> {
    let mut found = BTreeMap::new();
    // From the country down, so that the nearest row comes last and stays.
    for place in area.chain() {
        for item in under(store, Lists::NoProd, &NoProd::of_place(place), on).await? {
            if let Item::NoProd(row) = item
                && row.begndate <= on
            {
                found.insert(row.med_list_codg.clone(), row);
            }
        }
    }
    Ok(found)
}

/// Supply of some drugs in an area over a period.
async fn supply(
    store: &dyn Store,
    area: Admdvs,
    period: Period,
    wanted: impl Fn(&MedListCodg) -> bool,
) -> Result<BTreeMap<MedListCodg, Supply>, StoreError> {
    let mut supply: BTreeMap<MedListCodg, Supply> = BTreeMap::new();
    for holder in holders(store, area, period).await? {
        for_each_lot(store, &holder.fixmedins_code, async |lot| {
            let code = &lot.lot.goods.med_list_codg;
            if !wanted(code) {
                return Ok(());
            }
            let mut daily = packs_by_day(store, &lot, period).await?;
            for (packs, day) in daily.iter_mut().zip(period.each_day()) {
                *packs *= i64::from(holder.agreement.contains(day));
            }
            let of_drug = supply.entry(code.clone()).or_default();
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
    Ok(supply)
}

/// Hospitals, pharmacies and packs at the end of a period, its days without supply, the last with it, and what must be looked into.
fn told(of_drug: Option<&Supply>, period: Period) -> [String; 6] {
    let nothing = Supply::default();
    let of_drug = of_drug.unwrap_or(&nothing);
    let had = of_drug.days.iter().filter(|had| **had).count();
    let last = of_drug.days.iter().rposition(|had| *had).and_then(|at| i32::try_from(at).ok());
    let none = of_drug.hospitals.is_empty() && of_drug.pharmacies.is_empty();
    [
        of_drug.hospitals.len().to_string(),
        of_drug.pharmacies.len().to_string(),
        of_drug.packs.to_string(),
        (period.days() - had).to_string(),
        last.map(|at| period.from.plus(at).to_string()).unwrap_or_default(),
        if none { "医疗机构和药店均无药" } else { "" }.to_owned(),
    ]
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

/// 谈判 and 双通道 drugs that are in the catalogue on a day.
async fn watched(store: &dyn Store, on: Day) -> Result<BTreeMap<MedListCodg, Drug>, StoreError> {
    stock_pages::drugs(store, on, |drug| drug.hi_nego || drug.dualchnl).await
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
