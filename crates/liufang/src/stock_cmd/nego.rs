//! `liufang stock nego`: the share of 谈判 drugs that pharmacies stock, what the law asks, and whether a 统筹区 may lower it (GX-1.2.4).
//!
//! Invariant: the number may be lowered only where no pharmacy of the 统筹区 reaches the printed one, and to no less than the best has.

use std::collections::BTreeMap;

use lf_center::gate::{quantity, ratio};
use lf_center::grants::of_place;
use lf_center::stock_pages;
use lf_law::{Facts, Field, Grant, Law};
use lf_stock::{NegoShare, offered, share_of_nego};
use lf_store::Engine;
use lf_vocab::{Admdvs, Day, FixmedinsCode, FixmedinsKind, MedListCodg, Ratio};
use serde_json::{Value, json};

use super::{Answer, registered};

/// One institution.
pub(super) async fn of_one(store: &dyn Engine, law: &Law, institution: &FixmedinsCode, on: Day) -> Answer {
    let own = registered(store, institution).await?;
    let share = share_of(store, institution, on).await?;
    let grants = of_place(store, law, own.poolarea_no).await?;
    let least = least_share(law, own.poolarea_no, on, &grants)?;
    let reached = least.is_none_or(|least| share.reaches(least));
    Ok((vec![row(institution, &share, least)], reached))
}

/// The share of one institution.
pub async fn share_of(store: &dyn Engine, institution: &FixmedinsCode, on: Day) -> anyhow::Result<NegoShare> {
    share(store, institution, &catalogue(store, on).await?, on).await
}

/// Every 双通道 pharmacy of a 统筹区, and what follows for the number.
pub(super) async fn of_pool(store: &dyn Engine, law: &Law, pool: Admdvs, on: Day) -> Answer {
    let catalogue = catalogue(store, on).await?;
    let grants = of_place(store, law, pool).await?;
    let (printed, least) = (least_share(law, pool, on, &[])?, least_share(law, pool, on, &grants)?);
    let (mut rows, mut shares) = (Vec::new(), Vec::new());
    for holder in stock_pages::holders(store).await? {
        let own = store.fixmedins(&holder).await?;
        let Some(own) = own.filter(|own| own.poolarea_no == pool && own.dualchnl && own.agreement.contains(on)) else {
            continue;
        };
        if own.fixmedins_code.kind() == FixmedinsKind::Pharmacy {
            let share = share(store, &holder, &catalogue, on).await?;
            rows.push(row(&holder, &share, least));
            shares.push(share);
        }
    }
    let reached_cnt = least.map_or(shares.len(), |least| shares.iter().filter(|share| share.reaches(least)).count());
    let lowered = printed.map(|printed| NegoShare::lowered(printed, &shares));
    rows.push(json!({
        "poolarea_no": pool,
        "pharmacy_cnt": shares.len(),
        "reached_cnt": reached_cnt,
        "printed": printed.map(|share| share.to_string()),
        "least": least.map(|share| share.to_string()),
        "may_be_lowered": lowered < printed,
        "lowest": lowered.map(|share| share.to_string()),
    }));
    Ok((rows, least.is_none() || reached_cnt > 0))
}

fn row(institution: &FixmedinsCode, share: &NegoShare, least: Option<Ratio>) -> Value {
    json!({
        "fixmedins_code": institution,
        "stocked": share.stocked,
        "total": share.total,
        "least": least.map(|least| least.to_string()),
        "reached": least.is_none_or(|least| share.reaches(least)),
    })
}

type Names = BTreeMap<MedListCodg, String>;

/// 谈判 drugs of the catalogue, with their generic names.
async fn catalogue(store: &dyn Engine, on: Day) -> anyhow::Result<Names> {
    let drugs = stock_pages::drugs(store, on, |drug| drug.hi_nego).await?;
    Ok(drugs.into_iter().map(|(code, drug)| (code, drug.genname)).collect())
}

async fn share(
    store: &dyn Engine,
    institution: &FixmedinsCode,
    catalogue: &Names,
    on: Day,
) -> anyhow::Result<NegoShare> {
    let mut stocked = Vec::new();
    stock_pages::for_each_lot(store, institution, async |row| {
        stocked.extend(offered([&row.lot], on).iter().filter_map(|one| catalogue.get(&one.med_list_codg)));
        Ok(())
    })
    .await?;
    Ok(share_of_nego(catalogue.values().map(String::as_str), stocked.into_iter().map(String::as_str)))
}

/// What the law of a place asks of those that serve 双通道, or a grant lowered it to; `None` where it asks nothing.
fn least_share(law: &Law, place: Admdvs, on: Day, grants: &[Grant]) -> anyhow::Result<Option<Ratio>> {
    let mut asked = Facts::new();
    asked.set(Field::AppyTime, on).set(Field::AppyType, "双通道");
    let found = quantity(&law.view_of(&place, &asked, grants), "admit.nego_share", ratio)?;
    Ok(found.map(|(least, _)| least))
}
