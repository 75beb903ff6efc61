//! What a bureau publishes: prices of drugs sold for prescriptions (DG-4.3), the list of 单独支付 drugs (WH-1.3) and the pharmacies that
//! serve them (WH-6.8), as tables that a page, a CSV file or a program shows.
//!
//! Invariants: no table names a person; every row stands on a day's lists and registers; a pharmacy whose uploads are older
//! than the law's hours is published as such, not left out.

use std::collections::{BTreeMap, BTreeSet};

use lf_law::Law;
use lf_ports::lists::{Designation, DsgnType, TagList, TaggedDrug};
use lf_ports::{Drug, Fixmedins, Item, Lists, Prics, StockMove, Store, StoreError};
use lf_vocab::{Admdvs, Day, FixmedinsCode, FixmedinsKind, MedListCodg, Moment, Pric};

use crate::failure::{Failure, refused};
use crate::offers::{fresh, hours, shops, sites};
use crate::stock_pages::{PAGE, WAVE, for_each_taken, holders, in_waves, pause};

/// Rows of one table.
pub const ROWS_MAX: usize = 100_000;
/// Rows of a list that are read for one table; anybody may ask for some of these tables.
pub const LISTED_MAX: usize = 10_000;

lf_rx::refusals! {
    /// Why a table is not published.
    PublishedRefusal {
        TooManyRows(usize) = "PUB-02-01", "本中心限额", "数据超过{0}行，不能在一张表中列出";
    }
}

/// A table to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it is called in a file's name.
    pub name: &'static str,
    /// What stands above it.
    pub title: String,
    /// Field and heading of each column.
    pub columns: &'static [(&'static str, &'static str)],
    /// Cells in the order of the columns; what is not known is empty.
    pub rows: Vec<Vec<String>>,
    /// What a reader must know beside.
    pub notes: Vec<String>,
}

/// 单独支付 drugs of a place, its own list and those above it.
///
/// # Errors
/// The store's.
pub async fn spay_drugs(store: &dyn Store, place: Admdvs, on: Day) -> Result<Table, Failure> {
    lf_vocab::covers!("WH-1.3");
    const COLUMNS: &[(&str, &str)] = &[
        ("med_list_codg", "医保药品编码"),
        ("drug_genname", "药品通用名"),
        ("drug_dosform", "剂型"),
        ("drug_spec", "规格"),
        ("prdr_name", "生产厂家"),
        ("hi_pay_std", "医保支付标准（元）"),
        ("admdvs", "目录所属区划"),
    ];
    let mut listed: BTreeMap<MedListCodg, TaggedDrug> = BTreeMap::new();
    for above in place.chain() {
        for item in under(store, Lists::Tagged(TagList::Spay), &format!("{above}|"), on).await? {
            if let Item::Tagged(_, row) = item {
                listed.insert(row.med_list_codg.clone(), row);
            }
        }
    }
    let codes: Vec<_> = listed.keys().cloned().collect();
    let known = known(store, &codes, place, on).await?;
    let row = |row: &TaggedDrug| {
        let (drug, prics) = known.get(&row.med_list_codg).cloned().unwrap_or_default();
        let of = |read: fn(&Drug) -> &str| drug.as_ref().map(read).unwrap_or_default().to_owned();
        let genname = drug.as_ref().map(|drug| drug.genname.clone()).or_else(|| row.genname.clone());
        let standard = prics.hi_pay_std.or_else(|| drug.as_ref().and_then(|drug| drug.hi_pay_std));
        vec![
            row.med_list_codg.to_string(),
            genname.unwrap_or_default(),
            of(|drug| &drug.dosform_name),
            of(|drug| &drug.spec_name),
            of(|drug| &drug.prdr_name),
            text(standard),
            row.admdvs.to_string(),
        ]
    };
    let rows = listed.values().map(row).collect();
    let title = format!("{place} 单独支付药品目录（{on}）");
    Ok(Table { name: "spay-drugs", title, columns: COLUMNS, rows, notes: Vec::new() })
}

/// Pharmacies of a 统筹区 that are designated for 单独支付 drugs.
///
/// # Errors
/// The store's.
pub async fn spay_pharmacies(store: &dyn Store, pool: Admdvs, on: Day) -> Result<Table, Failure> {
    lf_vocab::covers!("WH-6.8");
    const COLUMNS: &[(&str, &str)] = &[
        ("fixmedins_code", "定点医药机构编号"),
        ("fixmedins_name", "药店名称"),
        ("addr", "地址"),
        ("tel", "电话"),
        ("begndate", "定点开始日期"),
        ("enddate", "定点结束日期"),
    ];
    let rows = designated(store, pool, DsgnType::Spay, on).await?;
    let rows: Vec<_> = rows.into_iter().filter(|row| row.counts(on, None)).collect();
    let codes = || rows.iter().map(|row| &row.fixmedins_code);
    let (shops, sites) = futures_util::try_join!(shops(store, codes(), on), sites(store, codes(), on))?;
    let mut shown = Vec::new();
    for row in &rows {
        let Some(shop) = shops.get(&row.fixmedins_code) else { continue };
        let site = sites.get(&row.fixmedins_code);
        shown.push(vec![
            row.fixmedins_code.to_string(),
            shop.fixmedins_name.clone(),
            site.and_then(|site| site.addr.clone()).unwrap_or_default(),
            site.and_then(|site| site.tel.clone()).unwrap_or_default(),
            row.span.from().to_string(),
            row.span.until().map(|until| until.plus(-1).to_string()).unwrap_or_default(),
        ]);
    }
    shown.dedup_by(|a, b| a.first() == b.first());
    let title = format!("{pool} 单独支付定点药店（{on}）");
    Ok(Table { name: "spay-pharmacies", title, columns: COLUMNS, rows: shown, notes: Vec::new() })
}

/// At what pharmacies of a 统筹区 sold drugs for prescriptions on a day: of those designated for 门特, or of all where the
/// 统筹区 keeps no such register.
///
/// # Errors
/// The law's, the store's.
pub async fn prices(store: &dyn Store, law: &Law, pool: Admdvs, day: Day) -> Result<Table, Failure> {
    lf_vocab::covers!("DG-4.3");
    const COLUMNS: &[(&str, &str)] = &[
        ("fixmedins_code", "定点医药机构编号"),
        ("fixmedins_name", "药店名称"),
        ("med_list_codg", "医保药品编码"),
        ("drug_genname", "药品通用名"),
        ("drug_spec", "规格"),
        ("prdr_name", "生产厂家"),
        ("pric", "最近销售单价（元）"),
        ("pric_min", "当日最低（元）"),
        ("pric_max", "当日最高（元）"),
        ("sel_cnt", "当日销售笔数"),
        ("hi_pay_std", "医保支付标准（元）"),
        ("sel_pric", "集采中选价（元）"),
        ("plat_pric", "省平台挂网价（元）"),
        ("told", "最近上传时间"),
        ("fresh_flag", "上传及时"),
    ];
    let (age_hours, by) = hours(law, pool, day, "supply.age_hours")?;
    let (shops, kept) = sellers(store, pool, day).await?;
    let end = day.plus(1).start();
    let (mut rows, mut silent) = (Vec::new(), 0);
    // A wave at a time, so that no more is read than one table may hold and a wave brings.
    for wave in shops.chunks(WAVE) {
        let told = in_waves(wave, |shop| sold_and_told(store, shop, day)).await?;
        let codes: BTreeSet<_> = told.iter().flat_map(|(sold, _)| sold.keys()).cloned().collect();
        let known = known(store, &codes.into_iter().collect::<Vec<_>>(), pool, day).await?;
        for (shop, (sold, told)) in wave.iter().zip(&told) {
            silent += usize::from(sold.is_empty());
            let fresh = told.is_some_and(|told| fresh(told, end, age_hours));
            let row = |(code, sales)| row_of(shop, (code, sales), known.get(code), (*told, fresh));
            rows.extend(sold.iter().map(row));
        }
        within(rows.len())?;
    }
    let mut notes =
        vec![format!("上传及时：当日结束前{age_hours}小时内有进销存上传（{by}）；单价为整包装的销售单价。")];
    if !kept {
        notes.push("本统筹区没有登记门特定点药店，按全部药店统计。".to_owned());
    }
    if silent > 0 {
        notes.push(format!("{silent}家药店当日没有上传外配处方药品的销售单价。"));
    }
    let title = format!("{pool} 处方流转药品销售价格（{day}）");
    Ok(Table { name: "prices", title, columns: COLUMNS, rows, notes })
}

/// A row of [`prices`].
fn row_of(
    shop: &Fixmedins,
    (code, sales): (&MedListCodg, &Sales),
    known: Option<&(Option<Drug>, Prics)>,
    (told, fresh): (Option<Moment>, bool),
) -> Vec<String> {
    let drug = known.and_then(|(drug, _)| drug.as_ref());
    let prics = known.map(|(_, prics)| *prics).unwrap_or_default();
    let of = |read: fn(&Drug) -> &str| drug.map(read).unwrap_or_default().to_owned();
    vec![
        shop.fixmedins_code.to_string(),
        shop.fixmedins_name.clone(),
        code.to_string(),
        of(|drug| &drug.genname),
        of(|drug| &drug.spec_name),
        of(|drug| &drug.prdr_name),
        sales.last.1.to_string(),
        sales.least.to_string(),
        sales.most.to_string(),
        sales.count.to_string(),
        text(prics.hi_pay_std.or_else(|| drug.and_then(|drug| drug.hi_pay_std))),
        text(prics.sel_pric),
        text(prics.plat_pric),
        text(told),
        flag(fresh),
    ]
}

/// What a pharmacy sold on a day, and when it uploaded last by its end.
async fn sold_and_told(
    store: &dyn Store,
    shop: &Fixmedins,
    day: Day,
) -> Result<(BTreeMap<MedListCodg, Sales>, Option<Moment>), StoreError> {
    let end = day.plus(1).start().plus_seconds(-1);
    futures_util::try_join!(sold_on(store, &shop.fixmedins_code, day), store.stock_told(&shop.fixmedins_code, end))
}

/// Sales of a drug on a day.
struct Sales {
    last: (Moment, Pric),
    least: Pric,
    most: Pric,
    count: u64,
}

async fn sold_on(
    store: &dyn Store,
    shop: &FixmedinsCode,
    day: Day,
) -> Result<BTreeMap<MedListCodg, Sales>, StoreError> {
    let mut sold: BTreeMap<MedListCodg, Sales> = BTreeMap::new();
    for_each_taken(store, shop, (day.start(), day.plus(1).start()), |moved| {
        let Some((code, at, pric)) = for_rx(moved) else { return };
        let sales = sold.entry(code).or_insert(Sales { last: (at, pric), least: pric, most: pric, count: 0 });
        sales.count += 1;
        (sales.least, sales.most) = (sales.least.min(pric), sales.most.max(pric));
        if at >= sales.last.0 {
            sales.last = (at, pric);
        }
    })
    .await?;
    Ok(sold)
}

/// A sale of whole packs for a prescription that stands and names its price.
fn for_rx(moved: &StockMove) -> Option<(MedListCodg, Moment, Pric)> {
    let pric = moved.whole_pack_pric().filter(|_| moved.hi_rxno.is_some())?;
    Some((moved.body.told("med_list_codg")?.parse().ok()?, moved.at, pric))
}

/// Pharmacies under agreement: those designated for 门特, and whether the 统筹区 keeps such a register.
async fn sellers(store: &dyn Store, pool: Admdvs, day: Day) -> Result<(Vec<Fixmedins>, bool), Failure> {
    let rows = designated(store, pool, DsgnType::Opsp, day).await?;
    let kept = !rows.is_empty();
    let mut codes: BTreeSet<_> =
        rows.into_iter().filter(|row| row.counts(day, None)).map(|row| row.fixmedins_code).collect();
    if !kept {
        codes.extend(holders(store).await?);
    }
    let open = shops(store, codes.iter(), day).await?;
    Ok((open.into_values().filter(|shop| shop.poolarea_no == pool).collect(), kept))
}

/// Designations of pharmacies of a 统筹区 for one purpose.
async fn designated(store: &dyn Store, pool: Admdvs, of: DsgnType, on: Day) -> Result<Vec<Designation>, Failure> {
    let first = format!("{}|", Designation::kept_of(pool, of));
    let found = under(store, Lists::Designation, &first, on).await?;
    let pharmacies = found.into_iter().filter_map(|item| match item {
        Item::Designation(row) if row.dr_code.is_none() => Some(row),
        _ => None,
    });
    Ok(pharmacies.filter(|row| row.fixmedins_code.kind() == FixmedinsKind::Pharmacy).collect())
}

/// Rows of a list whose keys begin with a text, at most [`LISTED_MAX`].
pub(crate) async fn under(store: &dyn Store, list: Lists, first: &str, on: Day) -> Result<Vec<Item>, Failure> {
    let (mut found, mut after) = (Vec::new(), first.to_owned());
    loop {
        let page = store.list_page(list, on, Some(&after), PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.item.key();
        let more = after.starts_with(first);
        found.extend(page.into_iter().map(|row| row.item).filter(|item| item.key().starts_with(first)));
        if found.len() > LISTED_MAX {
            return refused(PublishedRefusal::TooManyRows(LISTED_MAX));
        }
        if !more {
            return Ok(found);
        }
        pause().await;
    }
}

type Known = BTreeMap<MedListCodg, (Option<Drug>, Prics)>;

async fn known(store: &dyn Store, codes: &[MedListCodg], place: Admdvs, on: Day) -> Result<Known, StoreError> {
    let mut known = Known::new();
    for some in codes.chunks(PAGE) {
        let (drugs, prics) = futures_util::try_join!(store.drugs(some, on), store.drug_prics(some, place, on))?;
        known.extend(some.iter().cloned().zip(drugs.into_iter().zip(prics)));
    }
    Ok(known)
}

fn within(rows: usize) -> Result<(), Failure> {
    if rows <= ROWS_MAX { Ok(()) } else { refused(PublishedRefusal::TooManyRows(ROWS_MAX)) }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn flag(value: bool) -> String {
    if value { "是" } else { "否" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_limit_that_is_said_and_no_fault() {
        assert!(within(ROWS_MAX).is_ok());
        let Err(Failure::Refused(why)) = within(ROWS_MAX + 1) else { panic!("one past it") };
        assert_eq!(why[0].code, "PUB-02-01");
    }
}
