//! The drug query of patients: who has it, how far, at what price; what is too old or expired is not shown; and what was shown
//! at an earlier moment is found again in the ledger.

use lf_center::Failure;
use lf_center::offers::{
    Ask, DRUGS_MAX, LOTS_MAX, NAME_MOST, OFFERS_MAX, Offers, PRICE_LOTS, PRICE_MOVES, SHOPS_MAX, Wanted, offers,
    shown_then,
};
use lf_ports::{
    ChangeSet, Edition, EditionChange, EditionOf, Item, Lists, MoveBody, RegistryPut, ShownThen, Site, StockChange,
    StockLot, StockMove, StockStore, Store,
};
use lf_stock::{DataType, Lot, Measure};
use lf_testkit::TestCenter;
use lf_testkit::center::repository_law;
use lf_testkit::life::parse;
use lf_testkit::region::{OTHER_PHARMACY, PHARMACY, POOL, drugs, fixmedins};
use lf_vocab::{FixmedinsCode, Moment};

use crate::goods::{bought, deleted, goods, single, sold, told};
use crate::said::with;

fn ask(what: &str) -> Ask {
    Ask { place: parse(POOL), what: Wanted::Name(what.to_owned()), from: Some(parse("27.8,114.4")), most: OFFERS_MAX }
}

async fn asked(center: &TestCenter, ask: &Ask) -> Result<Offers, Failure> {
    offers(center.store.as_ref(), &repository_law(), ask, center.now()).await
}

fn shops(found: &Offers) -> Vec<&str> {
    found.offers.iter().map(|offer| offer.fixmedins_code.as_str()).collect()
}

async fn survey(center: &TestCenter, sites: [(&str, Option<&str>); 2]) {
    let site = |(code, spot): (&str, Option<&str>)| {
        let (addr, tel) = (Some(format!("{code}的地址")), None);
        Item::Site(Site { fixmedins_code: parse(code), spot: spot.map(parse), addr, tel })
    };
    let (of, file_sm3, imported) = (EditionOf::List(Lists::Site), String::new(), center.now());
    let (edition, from) = ("一".to_owned(), parse("2026-01-01"));
    let edition = Edition { of, edition, from, ver: 1, file_sm3, row_cnt: 2, imported };
    let items = sites.map(site).into();
    let edition = EditionChange { edition, ends: vec![], drugs: vec![], items };
    center.put(ChangeSet { edition: Some(edition), ..ChangeSet::default() }).await;
}

#[tokio::test]
async fn a_patient_sees_who_has_it_where_and_for_how_much() {
    // proves JX-1.6b: what pharmacies upload in time is what the drug query shows
    let center = TestCenter::new().await;
    let now = center.now();
    for (shop, packs) in [(PHARMACY, "5"), (OTHER_PHARMACY, "2")] {
        told(&center, shop, &single("3503", bought(now, "1", packs, &[]))).await.unwrap();
    }
    for (visit, pric, code, split) in [("v1", "20.5", 1, false), ("v2", "0.9", 2, true)] {
        let mut row = sold(now, visit, "1", split, &[code]);
        row.told.push(("finl_trns_pric".to_owned(), pric.to_owned()));
        told(&center, PHARMACY, &single("3505", row)).await.unwrap();
    }
    let found = asked(&center, &ask("阿莫西林")).await.unwrap();
    assert_eq!((shops(&found), found.drug_cnt), (vec![PHARMACY, OTHER_PHARMACY], 1), "without places by their numbers");
    assert_eq!(found.offers[0].distance_m, None);
    survey(&center, [(PHARMACY, Some("27.9,114.4")), (OTHER_PHARMACY, Some("27.81,114.4"))]).await;
    let found = asked(&center, &ask("阿莫西林")).await.unwrap();
    assert_eq!(shops(&found), [OTHER_PHARMACY, PHARMACY], "the nearest first");
    let (near, far) = (&found.offers[0], &found.offers[1]);
    assert_eq!((near.distance_m, far.distance_m), (Some(1_111), Some(11_119)));
    assert_eq!((near.packs, near.pric, near.addr.clone()), (2, None, Some(format!("{OTHER_PHARMACY}的地址"))));
    // One pack and one capsule of the next are sold; the price of a split sale is not that of a pack.
    assert_eq!((far.packs, far.pric, far.pric_date), (3, Some(parse("20.5")), Some(now.day())));
    assert_eq!(asked(&center, &Ask { most: 1, ..ask("阿莫西林") }).await.unwrap().more_cnt, 1);
    let by_code = Ask { what: Wanted::Code(parse(drugs::AMOXICILLIN)), ..ask("") };
    assert_eq!(asked(&center, &by_code).await.unwrap(), found);
    let elsewhere = Ask { place: parse("360100"), ..by_code.clone() };
    assert_eq!(shops(&asked(&center, &elsewhere).await.unwrap()), [""; 0]);
    let unknown = Ask { what: Wanted::Code(parse(drugs::AMLODIPINE)), ..ask("") };
    assert_eq!(shops(&asked(&center, &unknown).await.unwrap()), [""; 0]);
    // Out of the agreement nobody is shown.
    let mut left = fixmedins(OTHER_PHARMACY, "宜春另一药店");
    left.agreement = lf_vocab::Span::new(parse("2020-01-01"), Some(now.day())).unwrap();
    center.register(RegistryPut::Fixmedins(left)).await;
    assert_eq!(shops(&asked(&center, &by_code).await.unwrap()), [PHARMACY]);
}

#[tokio::test]
async fn old_uploads_and_expired_lots_are_not_shown() {
    // proves JX-1.6b, JX-4.1.3a: real-time upload feeds the query
    let center = TestCenter::new().await;
    let begun = center.now();
    told(&center, PHARMACY, &single("3503", bought(begun, "1", "5", &[]))).await.unwrap();
    center.clock.advance_seconds(24 * 3_600);
    let found = asked(&center, &ask("阿莫西林")).await.unwrap();
    assert_eq!((shops(&found), found.stale_cnt, found.age_hours), (vec![PHARMACY], 0, 24), "at the limit");
    assert_eq!(found.by, "100000/supply.age_hours@2022-06-01");
    center.clock.advance_seconds(1);
    let found = asked(&center, &ask("阿莫西林")).await.unwrap();
    assert_eq!((shops(&found), found.stale_cnt), (vec![], 1), "one second past it");
    // Any row shows that the pharmacy uploads; the lot itself is shown until its last day is over.
    center.clock.set("2027-12-31 12:00:00".parse().unwrap());
    told(&center, PHARMACY, &single("3505", sold(center.now(), "v1", "1", false, &[1]))).await.unwrap();
    assert_eq!(shops(&asked(&center, &ask("阿莫西林")).await.unwrap()), [PHARMACY]);
    center.clock.advance_seconds(13 * 3_600);
    let found = asked(&center, &ask("阿莫西林")).await.unwrap();
    assert_eq!((shops(&found), found.stale_cnt), (vec![], 0), "expired");
}

#[tokio::test]
async fn a_search_has_limits() {
    let center = TestCenter::new().await;
    let refused = async |name: &str| match asked(&center, &ask(name)).await {
        Err(Failure::Refused(why)) => why[0].code.clone(),
        other => format!("{:?}", other.map(|found| found.drug_cnt)),
    };
    assert_eq!(refused("阿").await, "PUB-01-01");
    assert_eq!(refused("阿莫").await, "Ok(1)");
    assert_eq!(refused(&"药".repeat(NAME_MOST)).await, "Ok(0)");
    assert_eq!(refused(&"药".repeat(NAME_MOST + 1)).await, "PUB-01-01");
    let drug = center.store.drugs(&[parse(drugs::AMOXICILLIN)], center.now().day()).await.unwrap().remove(0).unwrap();
    for n in 0..=DRUGS_MAX {
        let mut many = drug.clone();
        (many.med_list_codg, many.genname) = (parse(&format!("XA01AAA001A0010101{n:05}")), "某某药".to_owned());
        center.register(RegistryPut::Drug(many)).await;
        let want = if n < DRUGS_MAX { format!("Ok({})", n + 1) } else { "PUB-01-02".to_owned() };
        if n + 1 >= DRUGS_MAX {
            assert_eq!(refused("某某药").await, want);
        }
    }
}

/// Lots of a pharmacy with three packs each, as if it had told them now.
pub async fn stocked(center: &TestCenter, shop: &str, lots: std::ops::Range<usize>) {
    let (now, code) = (center.now(), parse::<FixmedinsCode>(shop));
    let lot = |n: usize| StockLot {
        fixmedins_code: code.clone(),
        fixmedins_bchno: format!("L{n:06}"),
        poolarea_no: parse(POOL),
        seq: 1,
        lot: Lot { bought: 3, ..Lot::new(goods(drugs::AMOXICILLIN), Measure::Packs(1)) },
    };
    let moved = |lot: &StockLot| StockMove {
        fixmedins_code: code.clone(),
        fixmedins_bchno: lot.fixmedins_bchno.clone(),
        seq: 1,
        data_type: DataType::Purchase,
        doc_no: "1".to_owned(),
        units: 3,
        mdtrt_sn: None,
        hi_rxno: None,
        psn_no: None,
        at: now,
        taken: now,
        void_seq: 0,
        digest: [0; 32],
        body: MoveBody::default(),
    };
    let lots: Vec<_> = lots.map(|n| (0, lot(n))).collect();
    for some in lots.chunks(1_000) {
        let stock = StockChange {
            fixmedins_code: code.clone(),
            lots: some.to_vec(),
            voids: vec![],
            moves: some.iter().map(|(_, lot)| moved(lot)).collect(),
            codes: vec![],
            leads: vec![],
        };
        center.put(ChangeSet { stock: Some(stock), ..ChangeSet::default() }).await;
    }
}

fn by_code() -> Ask {
    Ask { what: Wanted::Code(parse(drugs::AMOXICILLIN)), from: None, ..ask("") }
}

#[tokio::test]
async fn so_many_lots_are_met() {
    let center = TestCenter::new().await;
    stocked(&center, PHARMACY, 0..LOTS_MAX).await;
    let found = asked(&center, &by_code()).await.unwrap();
    assert_eq!((shops(&found), found.offers[0].packs), (vec![PHARMACY], 3 * LOTS_MAX as i64), "at the limit");
    stocked(&center, PHARMACY, LOTS_MAX..LOTS_MAX + 1).await;
    let Err(Failure::Refused(why)) = asked(&center, &by_code()).await else { panic!("one past it") };
    assert_eq!(why[0].code, "PUB-01-03");
}

#[tokio::test]
async fn so_many_pharmacies_are_looked_up_and_so_many_shown() {
    let center = TestCenter::new().await;
    let answer = async || {
        let found = asked(&center, &by_code()).await.unwrap();
        (found.offers.len(), found.more_cnt)
    };
    for n in 1..=SHOPS_MAX + 1 {
        let code = format!("P36090{:06}", 300_000 + n).chars().take(12).collect::<String>();
        let mut shop = fixmedins(&code, "宜春一药店");
        // The last that is looked up and the first that is not have left.
        if n >= SHOPS_MAX {
            shop.agreement = lf_vocab::Span::new(parse("2020-01-01"), Some(center.now().day())).unwrap();
        }
        center.register(RegistryPut::Fixmedins(shop)).await;
        stocked(&center, &code, 0..1).await;
        match n {
            OFFERS_MAX => assert_eq!(answer().await, (OFFERS_MAX, 0), "at the limit"),
            _ if n == OFFERS_MAX + 1 => assert_eq!(answer().await, (OFFERS_MAX, 1), "one past it"),
            SHOPS_MAX => assert_eq!(answer().await, (OFFERS_MAX, SHOPS_MAX - 1 - OFFERS_MAX), "all looked up"),
            _ if n > SHOPS_MAX => {
                assert_eq!(answer().await, (OFFERS_MAX, SHOPS_MAX - OFFERS_MAX), "the farthest is only counted");
            }
            _ => {}
        }
    }
}

/// A pack sold from a lot at a price, and what the query then says that a pack was sold at.
async fn sold_at(center: &TestCenter, lot: usize, code: u32, pric: &str) -> Option<String> {
    let row = with(sold(center.now(), &format!("v{code}"), "1", false, &[code]), |row| {
        row.fixmedins_bchno = format!("L{lot}");
        row.told.push(("finl_trns_pric".to_owned(), pric.to_owned()));
    });
    told(center, PHARMACY, &single("3505", row)).await.unwrap();
    hint(center).await
}

async fn hint(center: &TestCenter) -> Option<String> {
    asked(center, &by_code()).await.unwrap().offers[0].pric.map(|pric| pric.to_string())
}

#[tokio::test]
async fn a_price_is_looked_for_in_so_many_lots() {
    let center = TestCenter::new().await;
    for lot in 1..=PRICE_LOTS + 1 {
        let row = with(bought(center.now(), &lot.to_string(), "9", &[]), |row| row.fixmedins_bchno = format!("L{lot}"));
        told(&center, PHARMACY, &single("3503", row)).await.unwrap();
    }
    assert_eq!(sold_at(&center, PRICE_LOTS + 1, 1, "9").await, None, "one past it");
    assert_eq!(sold_at(&center, PRICE_LOTS, 2, "8").await.as_deref(), Some("8"), "at the limit");
}

#[tokio::test]
async fn a_price_is_looked_for_in_so_many_moves() {
    let center = TestCenter::new().await;
    told(&center, PHARMACY, &single("3503", bought(center.now(), "1", "9", &[]))).await.unwrap();
    assert_eq!(sold_at(&center, 1, 1, "8").await.as_deref(), Some("8"));
    for n in 2..=PRICE_MOVES {
        let more = bought(center.now(), &n.to_string(), "1", &[]);
        told(&center, PHARMACY, &single("3503", more)).await.unwrap();
    }
    assert_eq!(hint(&center).await.as_deref(), Some("8"), "the sale is the first of so many moves");
    told(&center, PHARMACY, &single("3503", bought(center.now(), "last", "1", &[]))).await.unwrap();
    assert_eq!(hint(&center).await, None, "one past it");
}

#[tokio::test]
async fn what_was_shown_is_found_again_in_the_ledger() {
    // proves JX-4.5.1: a complaint is laid beside what the query showed at that very moment
    let center = TestCenter::new().await;
    let begun = center.now();
    told(&center, PHARMACY, &single("3503", bought(begun, "1", "2", &[]))).await.unwrap();
    center.clock.advance_seconds(3_600);
    told(&center, PHARMACY, &single("3505", sold(center.now(), "v1", "2", false, &[1, 2]))).await.unwrap();
    center.clock.advance_seconds(3_600);
    told(&center, PHARMACY, &single("3507", deleted(DataType::Sale))).await.unwrap();
    let shop = fixmedins(PHARMACY, "宜春某药店");
    let drug = parse(drugs::AMOXICILLIN);
    let then = async |at: Moment| shown_then(center.store.as_ref(), &repository_law(), &shop, &drug, at).await.unwrap();
    let shown = |packs, hours: i64| Some(ShownThen { packs, told: begun.plus_seconds(hours * 3_600) });
    assert_eq!(then(begun.plus_seconds(-1)).await, None, "before anything was told");
    assert_eq!(then(begun).await, shown(2, 0));
    assert_eq!(then(begun.plus_seconds(3_599)).await, shown(2, 0));
    assert_eq!(then(begun.plus_seconds(3_600)).await, None, "sold by then");
    assert_eq!(then(begun.plus_seconds(7_200)).await, shown(2, 2), "the sale was deleted");
    assert_eq!(then(begun.plus_seconds(7_200 + 24 * 3_600)).await, shown(2, 2));
    assert_eq!(then(begun.plus_seconds(7_201 + 24 * 3_600)).await, None, "too old to be shown");
    let told_last = center.store.stock_told(&parse(PHARMACY), center.now()).await.unwrap();
    assert_eq!(told_last, Some(center.now()));
}
