//! JX-1.8: what a shop charges beside the prices that its place published, at the sale and at the till.

use lf_ports::{ChangeSet, Edition, EditionChange, EditionOf, Item as Row, Lists, PlacePric, RegistryPut, Store};
use lf_testkit::life::{Item, Life, parse};
use lf_testkit::region::drugs;
use lf_testkit::{Step, TestCenter};

use crate::said::{code, send, with};

fn row(admdvs: &str, pric: &str) -> PlacePric {
    let med_list_codg = parse(drugs::AMLODIPINE);
    PlacePric { med_list_codg, admdvs: parse(admdvs), pric: parse(pric), batch: None, memo: None }
}

async fn publish(center: &TestCenter, of: Lists, from: &str, items: Vec<Row>) {
    let (file_sm3, row_cnt, imported) = (String::new(), items.len() as u64, center.now());
    let of = EditionOf::List(of);
    let edition = Edition { of, edition: "一".to_owned(), from: parse(from), ver: 1, file_sm3, row_cnt, imported };
    let edition = EditionChange { edition, ends: vec![], drugs: vec![], items };
    center.put(ChangeSet { edition: Some(edition), ..ChangeSet::default() }).await;
}

/// Codes of reminders about prices, at the sale and at the till.
async fn reminded(life: &mut Life<'_>) -> [Vec<String>; 2] {
    let sold = life.sell().await.unwrap().reminders;
    let quoted = life.quote().await.unwrap().reminders;
    [sold, quoted].map(|told| {
        let codes = told.into_iter().map(|one| one.code);
        codes.filter(|code| code.starts_with("PRICE-")).collect()
    })
}

fn pack_at(pric: &str) -> Vec<Item> {
    vec![Item::packs(drugs::AMLODIPINE, "氨氯地平片", "1", pric)]
}

#[tokio::test]
async fn a_price_above_the_selected_or_the_platforms_is_reminded_of() {
    // proves JX-1.8: 集采 by the selected price, others by the platform's; the nearest place's row counts
    let center = TestCenter::new().await;
    let selected = vec![Row::SelPric(row("360000", "20")), Row::SelPric(row("420100", "1"))];
    publish(&center, Lists::SelPric, "2026-11-23", selected).await;
    let platform = vec![Row::PlatPric(row("360000", "30")), Row::PlatPric(row("360900", "25"))];
    publish(&center, Lists::PlatPric, "2026-01-01", platform).await;
    for (pric, code) in [("25", None), ("25.01", Some("PRICE-PLATFORM"))] {
        let mut life = center.life(&center.people.active).of(pack_at(pric)).up_to(Step::Reviewed).await;
        let want = code.map(str::to_owned).into_iter().collect::<Vec<_>>();
        assert_eq!(reminded(&mut life).await, [want.clone(), want], "{pric}");
    }
    center.clock.advance_seconds(86_400);
    for (pric, code) in [("20", None), ("20.01", Some("PRICE-SELECTED")), ("26", Some("PRICE-SELECTED"))] {
        let mut life = center.life(&center.people.active).of(pack_at(pric)).up_to(Step::Reviewed).await;
        let want = code.map(str::to_owned).into_iter().collect::<Vec<_>>();
        assert_eq!(reminded(&mut life).await, [want.clone(), want], "{pric}");
    }
}

#[tokio::test]
async fn a_negotiated_drug_is_judged_by_its_standard_alone() {
    // proves JX-1.8
    let center = TestCenter::new().await;
    let key = [parse(drugs::AMLODIPINE)];
    let mut drug = center.store.drugs(&key, center.now().day()).await.unwrap().remove(0).unwrap();
    (drug.hi_nego, drug.hi_pay_std) = (true, Some(parse("20")));
    center.register(RegistryPut::Drug(drug)).await;
    publish(&center, Lists::SelPric, "2026-01-01", vec![Row::SelPric(row("360000", "1"))]).await;
    let mut life = center.life(&center.people.active).of(pack_at("20.01")).up_to(Step::Reviewed).await;
    assert_eq!(code(&life.sell().await), "PRICE-NEGO");
    life.items = pack_at("20");
    assert_eq!(reminded(&mut life).await, [Vec::<String>::new(), Vec::new()]);
}

#[tokio::test]
async fn a_published_price_rounded_to_the_tablet_is_no_deviation() {
    // proves JX-1.8: a pack of seven at 20.00 is 2.857143 a tablet
    let center = TestCenter::new().await;
    publish(&center, Lists::PlatPric, "2026-01-01", vec![Row::PlatPric(row("360000", "20"))]).await;
    let key = [parse(drugs::AMLODIPINE)];
    let mut drug = center.store.drugs(&key, center.now().day()).await.unwrap().remove(0).unwrap();
    drug.min_pac_cnt = parse("7");
    center.register(RegistryPut::Drug(drug)).await;
    for (pric, amount, want) in [("2.857143", "20.00", 0), ("2.8572", "20.00", 0), ("2.8586", "20.01", 1)] {
        let mut item = Item::packs(drugs::AMLODIPINE, "氨氯地平片", "1", pric);
        (item.drug_cnt, item.drug_dosunt) = (parse("7"), "片".to_owned());
        item.det_item_fee_sumamt = parse(amount);
        let mut life = center.life(&center.people.active).of(vec![item]).up_to(Step::Reviewed).await;
        let silent = with(life.sell_command(), |c| c.lines[0].drug_sumamt = None);
        send!(life, t7207_sell, pharmacy, silent).unwrap();
        let told = life.quote().await.unwrap().reminders;
        assert_eq!(told.iter().filter(|one| one.code == "PRICE-PLATFORM").count(), want, "{pric}");
    }
}
