//! Drugs new to the catalogue and whether the province's purchasing platform has them: a hospital can buy none that it has not (WH-5.4).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use lf_law::Law;
use lf_ports::{Prics, Store};
use lf_vocab::{Admdvs, Day};

use super::Period;
use crate::failure::Failure;
use crate::gate::number_on;
use crate::published::Table;
use crate::stock_pages::{self, PAGE};

/// Drugs that came into the catalogue in a period, those without a platform price on its last day in front. A row has an alert
/// where the law of the area asks that they be listed and they are not, or were not in time.
///
/// # Errors
/// The law's, the store's.
pub async fn listing(store: &dyn Store, law: &Law, area: Admdvs, period: Period) -> Result<Table, Failure> {
    lf_vocab::covers!("WH-5.4");
    const COLUMNS: &[(&str, &str)] = &[
        ("med_list_codg", "医保药品编码"),
        ("drug_genname", "药品通用名"),
        ("drug_spec", "规格"),
        ("prdr_name", "生产厂家"),
        ("in_list", "进入目录日期"),
        ("list_by", "应挂网日期"),
        ("list_flag", "期末已挂网"),
        ("pric", "平台价"),
        ("alert", "提示"),
    ];
    let within = |day: Day| period.from <= day && day <= period.to;
    let new = stock_pages::drugs(store, period.to, |drug| drug.in_list.is_some_and(|span| within(span.from()))).await?;
    let new: Vec<_> = new.into_values().filter_map(|drug| Some((drug.in_list?.from(), drug))).collect();
    let mut rows = Vec::new();
    for some in new.chunks(PAGE) {
        let codes: Vec<_> = some.iter().map(|(_, drug)| drug.med_list_codg.clone()).collect();
        let listed = store.drug_prics(&codes, area, period.to).await?;
        let mut then: BTreeMap<Day, Vec<Prics>> = BTreeMap::new();
        for (at, ((from, drug), prics)) in some.iter().zip(listed).enumerate() {
            let by = due(law, area, *from)?;
            // Drugs come in editions: few days, each asked once.
            if let Some(by) = by.filter(|by| *by <= period.to)
                && let Entry::Vacant(day) = then.entry(by)
            {
                day.insert(store.drug_prics(&codes, area, by).await?);
            }
            let in_time = by.and_then(|by| then.get(&by)?.get(at)).map(|prics| prics.plat_pric.is_some());
            let late = in_time == Some(false);
            let alert = match (late, prics.plat_pric) {
                (true, None) => "未挂网",
                (true, Some(_)) => "挂网晚于应挂网日期",
                (false, _) => "",
            };
            rows.push(vec![
                drug.med_list_codg.to_string(),
                drug.genname.clone(),
                drug.spec_name.clone(),
                drug.prdr_name.clone(),
                from.to_string(),
                by.map(|by| by.to_string()).unwrap_or_default(),
                if prics.plat_pric.is_some() { "是" } else { "否" }.to_owned(),
                prics.plat_pric.map(|pric| pric.to_string()).unwrap_or_default(),
                alert.to_owned(),
            ]);
        }
    }
    // Stable: by code within each.
    rows.sort_by_key(|row| row[6] == "是");
    let title = format!("{area} 目录新增药品挂网情况（{}至{}）", period.from, period.to);
    let notes = vec!["按导入的药品目录和省药采平台挂网价（drug_plat_pric）。".to_owned()];
    Ok(Table { name: "listing", title, columns: COLUMNS, rows, notes })
}

/// Until when a drug that comes into the catalogue on a day is to be listed; nothing where the law is silent.
fn due(law: &Law, area: Admdvs, from: Day) -> Result<Option<Day>, Failure> {
    let found = number_on(law, area, from, "listing.days_before")?;
    Ok(found.map(|(days, _)| from.plus(-i32::try_from(days).unwrap_or(i32::MAX))))
}
