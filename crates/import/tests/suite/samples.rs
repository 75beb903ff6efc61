//! A new database, the samples, and one whole life of a prescription on them.

use lf_center::Settings;
use lf_import::file::Place;
use lf_import::report::Outcome;
use lf_ports::{EditionOf, Lists, Store};
use lf_testkit::center::TestCenter;
use lf_testkit::life::{Step, parse};
use lf_testkit::region;
use lf_vocab::Day;

use crate::{Import, counts, sample};

/// Lists in the order of the documentation, then registers.
const LISTS: [&str; 26] = [
    "pay_std",
    "sel_pric",
    "plat_pric",
    "fixmedins_site",
    "drug_rule",
    "diagnosis",
    "dict",
    "opsp",
    "frequency",
    "nrdl",
    "nrdl_pay_std",
    "designation",
    "spay_drug",
    "dual_drug",
    "opsp_drug",
    "renewal_drug",
    "consult_pair",
    "no_prod_drug",
    "service_item",
    "consumable",
    "operation",
    "disease_pay",
    "day_surgery",
    "morphology",
    "tcm_disease",
    "tcm_syndrome",
];

/// Imports every sample into a store that knows nobody.
pub async fn everything(store: &dyn Store) {
    let heading = Place { heading_row: Some(2), ..Place::default() };
    let drugs = Import { place: heading, ..Import::edition(store, "drug", "样例", "2026-01-01") };
    let report = drugs.file(&sample("drug.xlsx")).await.unwrap();
    assert_eq!((report.outcome, counts(&report)), (Outcome::Committed, [7, 0, 0, 0, 0]), "{report}");
    for kind in LISTS {
        let import = Import::edition(store, kind, "样例", "2026-01-01");
        let report = import.file(&sample(&format!("{kind}.csv"))).await.unwrap();
        assert_eq!((report.outcome, report.defect_cnt), (Outcome::Committed, 0), "{kind}: {report}");
        assert_eq!(report.diff.added.len(), report.row_cnt, "{kind}");
    }
    for (kind, rows) in [("fixmedins", 3), ("practitioner", 3), ("person", 3), ("filing", 3)] {
        let report = Import::of(store, kind).file(&sample(&format!("{kind}.csv"))).await.unwrap();
        assert_eq!((report.outcome, counts(&report)), (Outcome::Committed, [rows, 0, 0, 0, 0]), "{kind}: {report}");
        assert!(report.notes.is_empty(), "{kind}: {:?}", report.notes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_region_that_was_imported_lives() {
    let center = TestCenter::empty(Settings::default());
    everything(center.store.as_ref()).await;
    for person in [&center.people.active, &center.people.retired] {
        center.life(person).up_to(Step::Settled).await;
    }
    center.life(&center.people.resident).up_to(Step::Sold).await;
    center.life(&center.people.active).up_to(Step::Refunded).await;
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_samples_say_is_what_stands() {
    let center = TestCenter::empty(Settings::default());
    let store = center.store.as_ref();
    everything(store).await;
    // The test kit writes the same region down by hand: the catalogue differs in nothing but the children's drug.
    let on: Day = parse("2026-11-22");
    for wanted in region::catalogue().into_iter().filter(|drug| !drug.chld_medc) {
        let found = store.drugs(std::slice::from_ref(&wanted.med_list_codg), on).await.unwrap().remove(0).unwrap();
        let memo = found.memo.clone();
        let spec = lf_ports::Drug { memo, oppool: found.oppool, ..wanted };
        assert_eq!(found, spec);
    }
    let before = store.drugs(&[parse(region::drugs::AMLODIPINE)], parse("2025-12-31")).await.unwrap();
    assert_eq!(before, [None], "the edition counts from its day");
    let hospital = store.fixmedins(&parse(region::HOSPITAL)).await.unwrap().unwrap();
    assert!(hospital.sign_key.is_some() && hospital.sign_cert_sn.is_some_and(|sn| sn.len() == 32));
    let pharmacy = store.fixmedins(&parse(region::PHARMACY)).await.unwrap().unwrap();
    assert_eq!(
        (pharmacy.sign_key, pharmacy.agreement.until()),
        (None, Some(parse("2031-01-01"))),
        "a last day belongs"
    );
    let doctor = store.practitioner(&parse(region::HOSPITAL), region::DOCTOR).await.unwrap();
    assert_eq!(doctor, Some(region::practitioner(region::HOSPITAL, region::DOCTOR, "丁医师")));
    let people = [&center.people.active, &center.people.retired, &center.people.resident];
    for (person, balc) in people.into_iter().zip([10_000, 5_000, 0]) {
        let key = lf_ports::PersonKey::PsnNo(person.poolarea_no, person.psn_no.clone());
        assert_eq!(store.person(&key).await.unwrap().as_ref(), Some(person), "GB18030 reads like UTF-8");
        assert_eq!(store.acct(person.poolarea_no, &person.psn_no).await.unwrap().balc.get(), balc);
    }
    for list in Lists::ALL {
        let editions = store.editions(EditionOf::List(list)).await.unwrap();
        let rows = store.list_page(list, on, None, 99).await.unwrap().len() as u64;
        assert_eq!((editions.len(), editions[0].row_cnt), (1, rows), "{}", list.word());
    }
}
