//! Which day counts, and whose law, of a paper that was settled.

use lf_ports::{ChangeSet, Claim, Fixmedins, RegistryPut};
use lf_testkit::region::{HOSPITAL, PHARMACY, fixmedins, paper};
use lf_testkit::{TestCenter, law_with};

use super::*;
use crate::archive_cmd::fixtures::{any_setl, settled};

const WUHAN: &str = "420100";
/// Where nothing is printed beside the country's year.
const DONGGUAN: &str = "441900";

fn key(number: &str) -> PaperKey {
    PaperKey { code: HOSPITAL.parse().unwrap(), number: number.parse().unwrap() }
}

#[tokio::test]
async fn a_settled_paper_is_kept_from_the_day_on_which_it_was_issued() {
    // proves HB-2.6
    let center = TestCenter::new().await;
    let setl = any_setl(&center).await;
    let mut ids = Vec::new();
    for (last, number, day) in [('0', "1", "2025-10-14"), ('9', "2", "2025-10-15"), ('F', "3", "2025-10-16")] {
        let day: Day = day.parse().unwrap();
        ids.push(settled(&center, &setl, last, paper(number, day.start())).await);
    }
    let store = center.store.as_ref();
    for (number, day, id) in [("1", "2025-10-14", &ids[0]), ("2", "2025-10-15", &ids[1]), ("3", "2025-10-16", &ids[2])]
    {
        let found = known(store, &key(number)).await.unwrap().unwrap();
        let keepers = vec![PHARMACY.parse().unwrap()];
        assert_eq!(found, Known { prsc_day: day.parse().unwrap(), keepers, by: format!("结算{id}") });
    }
    assert_eq!(known(store, &key("4")).await.unwrap(), None);
    assert!(super::setl(store, "not a number of ours").await.unwrap().is_none());
    // A claim whose settlement is gone is no paper that nobody has seen.
    let claims = vec![Claim { owner: "360900X".to_owned(), ..paper("5", center.now()).claim("") }];
    center.put(ChangeSet { claims, ..ChangeSet::default() }).await;
    assert!(known(store, &key("5")).await.unwrap_err().to_string().contains("360900X"));
}

#[tokio::test]
async fn of_issuer_and_pharmacy_the_place_with_the_longer_term_counts() {
    // proves HB-2.6
    let center = TestCenter::new().await;
    let setl = any_setl(&center).await;
    let law = law_with(|_, text| text);
    let day: Day = "2025-10-15".parse().unwrap();
    settled(&center, &setl, '0', paper("7", day.start())).await;
    let stands = async |issuer: &str, pharmacy: &str, class: Option<&str>| {
        for (code, place) in [(HOSPITAL, issuer), (PHARMACY, pharmacy)] {
            let row = Fixmedins { poolarea_no: place.parse().unwrap(), ..fixmedins(code, "某机构") };
            center.register(RegistryPut::Fixmedins(row)).await;
        }
        kept(center.store.as_ref(), &law, &key("7"), class).await.unwrap().unwrap()
    };
    let wuhan = stands(DONGGUAN, WUHAN, None).await;
    assert_eq!((wuhan.until.to_string(), wuhan.years), ("2027-10-15".to_owned(), 2));
    assert!(wuhan.by.iter().any(|by| by == "420000/archive.pharmacy_paper_years@2024-11-29"), "{:?}", wuhan.by);
    assert!(wuhan.may_destroy("2027-10-14".parse().unwrap()).is_err(), "a day too soon");
    assert!(wuhan.may_destroy("2027-10-15".parse().unwrap()).is_ok());
    assert_eq!(stands(WUHAN, DONGGUAN, None).await.until, wuhan.until);
    assert_eq!(stands(DONGGUAN, DONGGUAN, None).await.until.to_string(), "2026-10-15");
    assert_eq!(stands(WUHAN, DONGGUAN, Some("7")).await.until.to_string(), "2028-10-15", "narcotics");
}
