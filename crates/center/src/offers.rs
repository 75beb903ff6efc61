//! The drug query of patients (药品查询, JX-1.6, JX-4.5.1): who near a place has a drug, for how much, and how far away; and what
//! the query showed at an earlier moment, derived from the ledger as it stood then.
//!
//! Invariants: a lot past its expiry and a pharmacy whose last upload is older than the law's hours are not shown; nothing here
//! names a person; every search has an end.

use std::collections::{BTreeMap, BTreeSet};

use lf_law::Law;
use lf_ports::store::DrugQuery;
use lf_ports::{Drug, Fixmedins, Item, Lists, LotsOf, MovesOf, ShownThen, Site, StockLot, Store, StoreError};
use lf_stock::{Lot, offered};
use lf_vocab::{Admdvs, Day, FixmedinsCode, FixmedinsKind, MedListCodg, Moment, Pric, Spot};
use serde::Serialize;

use crate::failure::{Failure, refused};
use crate::gate::{LawRefusal, number_on};
use crate::stock_pages::{PAGE, for_each_lot_of, for_each_move, in_waves, pause};

/// Drugs that one name may mean.
pub const DRUGS_MAX: usize = 50;
/// The shortest part of a name that is looked for, in characters.
pub const NAME_LEAST: usize = 2;
/// The longest.
pub const NAME_MOST: usize = 60;
/// Offers of one answer.
pub const OFFERS_MAX: usize = 100;
/// Lots that one question may meet.
pub const LOTS_MAX: usize = 20_000;
/// Pharmacies that one question looks up, the nearest ones.
pub const SHOPS_MAX: usize = 500;

/// Of how many lots on the shelf a price is looked for.
pub const PRICE_LOTS: usize = 5;
/// In how many of their last moves.
pub const PRICE_MOVES: i64 = 50;

/// A question.
#[derive(Debug, Clone)]
pub struct Ask {
    /// 统筹区.
    pub place: Admdvs,
    /// Of what.
    pub what: Wanted,
    /// From where the way is measured.
    pub from: Option<Spot>,
    /// Offers at most, the nearest ones.
    pub most: usize,
}

/// Which drug.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// 医疗目录编码.
    Code(MedListCodg),
    /// Part of the generic name.
    Name(String),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offers {
    /// Nearest first; those without a place on the map last.
    pub offers: Vec<Offer>,
    /// Drugs that were meant.
    pub drug_cnt: usize,
    /// Offers left out because there are more than asked for; those of pharmacies beyond [`SHOPS_MAX`] as their lots say.
    pub more_cnt: usize,
    /// Pharmacies left out because they did not upload in time.
    pub stale_cnt: usize,
    /// The hours, and by which provision.
    pub age_hours: i64,
    /// Of the hours.
    pub by: String,
}

/// A pharmacy that has a drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// 定点医药机构编号.
    pub fixmedins_code: FixmedinsCode,
    /// 名称.
    pub fixmedins_name: String,
    /// 地址.
    pub addr: Option<String>,
    /// 电话.
    pub tel: Option<String>,
    /// Metres, where both places are known.
    pub distance_m: Option<u32>,
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 通用名.
    pub genname: String,
    /// 规格.
    pub spec_name: String,
    /// 生产厂家.
    pub prdr_name: String,
    /// Whole packs that may be sold.
    pub packs: i64,
    /// At what a pack of the first [`PRICE_LOTS`] lots on the shelf was sold last: a hint, because sales of other lots may
    /// be younger.
    pub pric: Option<Pric>,
    /// On which day.
    pub pric_date: Option<Day>,
    /// When the pharmacy uploaded last.
    pub told: Moment,
}

lf_rx::refusals! {
    /// Why the drug query is not answered.
    OffersRefusal {
        NameLength = "PUB-01-01", "本中心限额", "药品名称应填写2至60个字";
        TooManyDrugs(usize) = "PUB-01-02", "本中心限额", "该名称对应的药品超过{0}种，请填写更完整的名称或药品编码";
        TooManyLots(usize) = "PUB-01-03", "本中心限额", "该药品的库存批次超过{0}个，请缩小统筹区或填写药品编码";
    }
}

/// Who has it.
///
/// # Errors
/// [`OffersRefusal`], the law's, the store's.
pub async fn offers(store: &dyn Store, law: &Law, ask: &Ask, now: Moment) -> Result<Offers, Failure> {
    let (age_hours, by) = hours(law, ask.place, now.day(), "supply.age_hours")?;
    let drugs = meant(store, &ask.what, now.day()).await??;
    let mut by_shop: BTreeMap<FixmedinsCode, Vec<Shelf>> = BTreeMap::new();
    let mut lots_met = 0;
    for (drug, found) in drugs.iter().enumerate() {
        for (code, packs, lots) in shelves(store, ask.place, &found.med_list_codg, now.day(), &mut lots_met).await?? {
            by_shop.entry(code).or_default().push(Shelf { drug, packs, lots });
        }
    }
    let sites = sites(store, by_shop.keys(), now.day()).await?;
    let way = |code: &FixmedinsCode| {
        ask.from.zip(sites.get(code).and_then(|site| site.spot)).map(|(from, spot)| from.metres_to(spot))
    };
    let mut codes: Vec<_> = by_shop.keys().map(|code| (way(code).unwrap_or(u32::MAX), code)).collect();
    codes.sort_unstable();
    let (near, far) = codes.split_at(codes.len().min(SHOPS_MAX));
    let beyond: usize = far.iter().filter_map(|(_, code)| by_shop.get(*code)).map(Vec::len).sum();
    let shops = open_shops(store, near.iter().map(|(_, code)| *code), now).await?;
    let (mut found, mut stale) = (Vec::new(), 0);
    for (code, shelf) in &by_shop {
        let Some((shop, told)) = shops.get(code) else { continue };
        let Some(told) = told.filter(|told| fresh(*told, now, age_hours)) else {
            stale += 1;
            continue;
        };
        for of_drug in shelf {
            if let Some(drug) = drugs.get(of_drug.drug) {
                found.push((offer(shop, sites.get(code), way(code), drug, of_drug.packs, told), &of_drug.lots));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| order(a).cmp(&order(b)));
    let most = ask.most.min(OFFERS_MAX);
    let more_cnt = beyond + found.len().saturating_sub(most);
    found.truncate(most);
    let mut offers = Vec::with_capacity(found.len());
    for (mut offer, lots) in found {
        (offer.pric, offer.pric_date) = sold_at(store, lots).await?.unzip();
        offers.push(offer);
    }
    Ok(Offers { offers, drug_cnt: drugs.len(), more_cnt, stale_cnt: stale, age_hours, by })
}

fn order(offer: &Offer) -> (u32, &FixmedinsCode, &MedListCodg) {
    (offer.distance_m.unwrap_or(u32::MAX), &offer.fixmedins_code, &offer.med_list_codg)
}

fn offer(
    shop: &Fixmedins,
    site: Option<&Site>,
    distance_m: Option<u32>,
    drug: &Drug,
    packs: i64,
    told: Moment,
) -> Offer {
    Offer {
        fixmedins_code: shop.fixmedins_code.clone(),
        fixmedins_name: shop.fixmedins_name.clone(),
        addr: site.and_then(|site| site.addr.clone()),
        tel: site.and_then(|site| site.tel.clone()),
        distance_m,
        med_list_codg: drug.med_list_codg.clone(),
        genname: drug.genname.clone(),
        spec_name: drug.spec_name.clone(),
        prdr_name: drug.prdr_name.clone(),
        packs,
        pric: None,
        pric_date: None,
        told,
    }
}

/// A number of hours that the law of a place says for a day, and by which provision.
///
/// # Errors
/// It says nothing, or two things.
pub fn hours(law: &Law, place: Admdvs, on: Day, id: &str) -> Result<(i64, String), Failure> {
    let silent = || Failure::from_refusal(LawRefusal::NotFormalised(format!("{place} {id}")));
    number_on(law, place, on, id)?.ok_or_else(silent)
}

/// Whether an upload is young enough.
pub fn fresh(told: Moment, now: Moment, age_hours: i64) -> bool {
    now <= told.plus_seconds(age_hours.saturating_mul(3_600))
}

async fn meant(store: &dyn Store, what: &Wanted, on: Day) -> Result<Result<Vec<Drug>, Failure>, StoreError> {
    let name = match what {
        Wanted::Code(code) => {
            let found = store.drugs(std::slice::from_ref(code), on).await?;
            return Ok(Ok(found.into_iter().flatten().collect()));
        }
        Wanted::Name(name) => name.trim(),
    };
    if !(NAME_LEAST..=NAME_MOST).contains(&name.chars().count()) {
        return Ok(refused(OffersRefusal::NameLength));
    }
    let query = DrugQuery { name_part: Some(name.to_owned()), limit: DRUGS_MAX as u64, ..DrugQuery::on(on) };
    let (total, page) = store.drug_page(&query).await?;
    Ok(if total > DRUGS_MAX as u64 { refused(OffersRefusal::TooManyDrugs(DRUGS_MAX)) } else { Ok(page) })
}

/// What a pharmacy has of a drug.
struct Shelf {
    /// Which of the drugs that are meant.
    drug: usize,
    packs: i64,
    /// So many lots as a price is looked for in.
    lots: Vec<StockLot>,
}

/// Whole packs that pharmacies may sell of a drug, and the first lots of each.
async fn shelves(
    store: &dyn Store,
    place: Admdvs,
    drug: &MedListCodg,
    on: Day,
    lots_met: &mut usize,
) -> Result<Result<Vec<(FixmedinsCode, i64, Vec<StockLot>)>, Failure>, StoreError> {
    let mut found: Vec<(FixmedinsCode, Vec<Lot>, Vec<StockLot>)> = Vec::new();
    let (mut institution, mut lot) = (String::new(), String::new());
    loop {
        // One more than there may be, so that it is known whether there are more.
        let most = PAGE.min(LOTS_MAX + 1 - *lots_met);
        let page = store.stock_offers(place, drug, (&institution, &lot), most).await?;
        let Some(last) = page.last() else { break };
        *lots_met += page.len();
        if *lots_met > LOTS_MAX {
            return Ok(refused(OffersRefusal::TooManyLots(LOTS_MAX)));
        }
        (institution, lot) = (last.fixmedins_code.to_string(), last.fixmedins_bchno.clone());
        for row in page {
            if found.last().is_none_or(|(code, ..)| *code != row.fixmedins_code) {
                found.push((row.fixmedins_code.clone(), Vec::new(), Vec::new()));
            }
            if let Some((_, lots, first)) = found.last_mut() {
                lots.push(row.lot.clone());
                if first.len() < PRICE_LOTS {
                    first.push(row);
                }
            }
        }
        pause().await;
    }
    let packs = |lots: &[Lot]| offered(lots, on).iter().map(|one| one.packs).sum::<i64>();
    let shelf = found.into_iter().map(|(code, lots, first)| (code, packs(&lots), first));
    Ok(Ok(shelf.filter(|(_, packs, _)| *packs > 0).collect()))
}

/// The pharmacies among them that are under agreement, and when they uploaded last.
async fn open_shops(
    store: &dyn Store,
    codes: impl Iterator<Item = &FixmedinsCode>,
    now: Moment,
) -> Result<BTreeMap<FixmedinsCode, (Fixmedins, Option<Moment>)>, StoreError> {
    let codes: Vec<_> = codes.filter(|code| code.kind() == FixmedinsKind::Pharmacy).collect();
    let found = in_waves(&codes, |code| async move {
        let (shop, told) = futures_util::try_join!(store.fixmedins(code), store.stock_told(code, now))?;
        Ok(shop.map(|shop| (shop, told)))
    });
    let open = found.await?.into_iter().flatten().filter(|(shop, _)| shop.agreement.contains(now.day()));
    Ok(open.map(|(shop, told)| (shop.fixmedins_code.clone(), (shop, told))).collect())
}

/// The pharmacies among them that are under agreement on a day.
pub(crate) async fn shops(
    store: &dyn Store,
    codes: impl Iterator<Item = &FixmedinsCode>,
    on: Day,
) -> Result<BTreeMap<FixmedinsCode, Fixmedins>, StoreError> {
    let codes: BTreeSet<_> = codes.filter(|code| code.kind() == FixmedinsKind::Pharmacy).collect();
    let codes: Vec<_> = codes.into_iter().collect();
    let found = in_waves(&codes, |code| store.fixmedins(code)).await?.into_iter().flatten();
    let open = found.filter(|shop| shop.agreement.contains(on));
    Ok(open.map(|shop| (shop.fixmedins_code.clone(), shop)).collect())
}

/// Where they stand, as far as a list says.
pub async fn sites(
    store: &dyn Store,
    codes: impl Iterator<Item = &FixmedinsCode>,
    on: Day,
) -> Result<BTreeMap<FixmedinsCode, Site>, StoreError> {
    let keys: BTreeSet<&str> = codes.map(FixmedinsCode::as_str).collect();
    let keys: Vec<&str> = keys.into_iter().collect();
    let mut sites = BTreeMap::new();
    for some in keys.chunks(PAGE) {
        for row in store.list_items(Lists::Site, some, on).await?.into_iter().flatten() {
            if let Item::Site(site) = row.item {
                sites.insert(site.fixmedins_code.clone(), site);
            }
        }
    }
    Ok(sites)
}

/// At what whole packs of these lots were sold last, and on which day.
async fn sold_at(store: &dyn Store, lots: &[StockLot]) -> Result<Option<(Pric, Day)>, StoreError> {
    let mut last: Option<(Moment, Pric)> = None;
    for lot in lots {
        let of = MovesOf::Lot(lot.fixmedins_bchno.clone());
        let after = (lot.fixmedins_bchno.as_str(), (lot.seq - PRICE_MOVES).max(0));
        for moved in store.stock_moves(&lot.fixmedins_code, &of, after, PAGE).await? {
            if let Some(pric) = moved.whole_pack_pric().filter(|_| last.is_none_or(|(at, _)| at <= moved.at)) {
                last = Some((moved.at, pric));
            }
        }
    }
    pause().await;
    Ok(last.map(|(at, pric)| (pric, at.day())))
}

/// What the query showed of a drug at a pharmacy at a moment: its lots as they stood then, by what had been uploaded.
///
/// # Errors
/// The law's, the store's.
pub async fn shown_then(
    store: &dyn Store,
    law: &Law,
    shop: &Fixmedins,
    drug: &MedListCodg,
    at: Moment,
) -> Result<Option<ShownThen>, Failure> {
    let (age_hours, _) = hours(law, shop.poolarea_no, at.day(), "supply.age_hours")?;
    let told = store.stock_told(&shop.fixmedins_code, at).await?;
    let Some(told) = told.filter(|told| fresh(*told, at, age_hours)) else { return Ok(None) };
    if !shop.agreement.contains(at.day()) {
        return Ok(None);
    }
    let mut stood = Vec::new();
    for_each_lot_of(store, &shop.fixmedins_code, &LotsOf::Drug(drug.clone()), async |row| {
        let mut units = 0;
        // A deletion (3507) is a move of its own that takes back what it deletes.
        for_each_move(store, &row, |moved| units += if moved.taken <= at { moved.units } else { 0 }).await?;
        // Of the lot as it was only what is left matters to an offer.
        stood.push(Lot { bought: units, ..Lot::new(row.lot.goods, row.lot.measure) });
        Ok(())
    })
    .await?;
    let packs: i64 = offered(&stood, at.day()).iter().map(|one| one.packs).sum();
    Ok((packs > 0).then_some(ShownThen { packs, told }))
}
