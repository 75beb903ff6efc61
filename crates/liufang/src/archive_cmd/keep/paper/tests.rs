//! Which day counts, and whose law, of a paper that was settled.

use lf_archive::paper::{PaperRx, render};
use lf_ports::{ChangeSet, Claim, Fixmedins, IdemRow, RegistryPut};
use lf_testkit::region::{HOSPITAL, OTHER_PHARMACY, PHARMACY, fixmedins, paper};
use lf_testkit::{TestCenter, law_with};

use super::*;
use crate::archive_cmd::fixtures::{any_setl, settled};
use crate::archive_cmd::numbers::time_key;

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
    assert!(setl_of_id(store, "not a number of ours").await.unwrap().is_none());
    // A claim whose settlement is gone is no paper that nobody has seen.
    let claims = vec![Claim { owner: "360900X".to_owned(), ..paper("5", center.now()).claim("") }];
    center.put(ChangeSet { claims, ..ChangeSet::default() }).await;
    assert!(known(store, &key("5")).await.unwrap_err().to_string().contains("360900X"));
}

#[tokio::test]
async fn of_settlement_and_batch_the_later_day_counts_and_both_keep_it() {
    // proves HB-2.6
    let center = TestCenter::new().await;
    let setl = any_setl(&center).await;
    let store = center.store.as_ref();
    let day = |of: u32| -> Day { format!("2025-10-{of}").parse().unwrap() };
    let paid = settled(&center, &setl, '0', paper("7", day(15).start())).await;
    let other = OTHER_PHARMACY.parse().unwrap();
    // Twice in the second batch, the earlier row last.
    for (pharmacy, batch, days) in [(PHARMACY, "1", &[14][..]), (OTHER_PHARMACY, "2", &[20, 13])] {
        hand_in(&center, pharmacy, batch, "7", &days.iter().map(|of| day(*of)).collect::<Vec<_>>()).await;
    }
    let found = known(store, &key("7")).await.unwrap().unwrap();
    let by = format!("结算{paid}，批次{PHARMACY}/1，批次{OTHER_PHARMACY}/2");
    assert_eq!(found, Known { prsc_day: day(20), keepers: vec![PHARMACY.parse().unwrap(), other], by });
    // Where the settlement has the later day, it counts.
    settled(&center, &setl, '1', paper("8", day(25).start())).await;
    hand_in(&center, PHARMACY, "3", "8", &[day(24)]).await;
    assert_eq!(known(store, &key("8")).await.unwrap().unwrap().prsc_day, day(25));
}

/// Stores rows of one number as a batch of a pharmacy.
async fn hand_in(center: &TestCenter, pharmacy: &str, batch: &str, number: &str, days: &[Day]) {
    let row = |day: &Day| PaperRx {
        fixmedins_code: HOSPITAL.parse().unwrap(),
        number: number.parse().unwrap(),
        prsc_date: *day,
        dr_code: "D360902000001".parse().unwrap(),
        dr_sign: true,
        seal: true,
    };
    let code: FixmedinsCode = pharmacy.parse().unwrap();
    let reply = render(&days.iter().map(row).collect::<Vec<_>>()).into_bytes();
    let came = handed_in(center.store.as_ref(), &key(number).code, key(number).number).await.unwrap().len();
    let owner = format!("{pharmacy}/{batch}");
    let time = |at: usize| time_key(&key(number).code, key(number).number, came + at);
    let claim = |at| Claim { kind: ClaimKind::PaperRxno, key: time(at), owner: owner.clone() };
    let claims = (1..=days.len()).map(claim).collect();
    let idem = IdemRow { key: batch_key(&code, batch), digest: [0; 32], reply, at: center.now() };
    center.put(ChangeSet { idem: Some(idem), claims, ..ChangeSet::default() }).await;
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
        kept(center.store.as_ref(), &law, &key("7"), class).await.unwrap()
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
