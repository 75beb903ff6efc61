//! Sheets of settlements that no prescription of the center paid: a paper's, and what the account alone paid.

use lf_ports::{ChangeSet, Setl, SetlChange};
use lf_testkit::TestCenter;
use lf_testkit::region::{PHARMACY, paper};

use super::*;
use crate::archive_cmd::fixtures::{any_setl, on_paper};

#[tokio::test]
async fn names_come_from_the_registers_where_nothing_flowed() {
    let center = TestCenter::new().await;
    let setl = any_setl(&center).await;
    let written = paper("20260001", setl.setl_time);
    let issuer = written.fixmedins_code.clone();
    let alone = Setl { paper: None, ..on_paper(&setl, "9002", written.clone()) };
    let stranger = Setl { setl_id: "9003".to_owned(), ..alone.clone() };
    let key = lf_ports::AccumKey { psn_no: "36090000000000000099".parse().unwrap(), ..stranger.accum_key.clone() };
    for setl in [on_paper(&setl, "9001", written), alone, Setl { accum_key: key, ..stranger }] {
        center.put(ChangeSet { setl: Some(SetlChange { setl }), ..ChangeSet::default() }).await;
    }
    let (code, store) = (PHARMACY.parse().unwrap(), center.store.as_ref());
    let of_rx = SetlPrintable::load(store, &code, &setl.setl_id).await.unwrap().unwrap();
    assert!(matches!(of_rx.bought_on, BoughtOn::Rx(_)) && of_rx.sold.iter().any(|drug| drug.manu_lotnum.is_some()));
    for (setl_id, on) in [("9001", BoughtOn::Paper(issuer, "20260001".parse().unwrap())), ("9002", BoughtOn::Nothing)] {
        let sheet = SetlPrintable::load(store, &code, setl_id).await.unwrap().unwrap();
        assert_eq!((&sheet.bought_on, &sheet.psn_name), (&on, &center.people.active.psn_name));
        let names = |of: &SetlPrintable| of.sold.iter().map(|drug| drug.drug_genname.clone()).collect::<Vec<_>>();
        assert_eq!(names(&sheet), names(&of_rx), "by the catalogue as on the box");
        assert!(sheet.sold.iter().all(|drug| drug.manu_lotnum.is_none() && !drug.drug_spec.is_empty()));
    }
    let error = SetlPrintable::load(store, &code, "9003").await.err().unwrap().to_string();
    assert!(error.contains("9003") && error.contains("not registered"), "{error}");
}
