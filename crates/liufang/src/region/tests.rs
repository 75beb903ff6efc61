//! The region is what the demo promises: counts, kinds, and references that lead somewhere.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU8, Ordering};

use lf_ports::{Chance, RegistryPut, SpecialClass};
use lf_vocab::dict::{ChrgitmLv, Insutype};
use lf_vocab::{Day, FixmedinsKind};

use super::{Credentials, Keys, Region, load};

/// A foreseeable source: tests only.
pub(crate) struct Counting(AtomicU8);

impl Counting {
    pub(crate) fn new() -> Self {
        Self(AtomicU8::new(1))
    }
}

impl Chance for Counting {
    fn draw(&self) -> [u8; 16] {
        [self.0.fetch_add(1, Ordering::Relaxed); 16]
    }
}

fn region() -> Region {
    load().unwrap()
}

#[test]
fn it_has_the_size_and_the_variety_that_the_demo_shows() {
    let region = region();
    let kinds = |kind| region.of_kind(kind).count();
    assert_eq!((kinds(FixmedinsKind::Hospital), kinds(FixmedinsKind::Pharmacy)), (3, 4));
    assert_eq!((region.doctors.len(), region.patients.len(), region.drugs.len()), (8, 12, 60));
    let at_pharmacies = region.pharmacists.iter().map(|one| &one.practitioner);
    let at_pharmacies: Vec<_> = at_pharmacies.filter(|p| p.fixmedins_code.kind() == FixmedinsKind::Pharmacy).collect();
    assert_eq!(at_pharmacies.len(), 6);
    assert_eq!(at_pharmacies.iter().filter(|pharmacist| !pharmacist.licensed).count(), 1);
    let today: Day = "2026-11-22".parse().unwrap();
    assert_eq!(region.doctors.iter().filter(|d| !d.practitioner.registered.contains(today)).count(), 1);
    assert!(region.doctors.iter().any(|d| d.practitioner.tcm && !d.practitioner.western));
    assert_eq!(region.of_kind(FixmedinsKind::Pharmacy).filter(|p| !p.fixmedins.oppool).count(), 1);
    assert_eq!(region.of_kind(FixmedinsKind::Pharmacy).filter(|p| p.fixmedins.dualchnl).count(), 1);
    assert_eq!(region.institutions.iter().filter(|one| one.fixmedins.consult.is_some()).count(), 1);
    assert_eq!(region.patients.iter().filter(|p| p.person.insutype == Insutype::Resident).count(), 4);
}

#[test]
fn its_drugs_show_every_class_that_the_law_tells_apart() {
    let region = region();
    let drugs: Vec<_> = region.drugs.iter().map(|stock| &stock.drug).collect();
    for level in [ChrgitmLv::A, ChrgitmLv::B, ChrgitmLv::C] {
        assert!(drugs.iter().any(|drug| drug.chrgitm_lv == level), "{level:?}");
    }
    assert_eq!(drugs.iter().filter(|drug| drug.in_list.is_none()).count(), 2);
    assert_eq!(drugs.iter().filter(|drug| drug.special == Some(SpecialClass::PsychotropicTwo)).count(), 1);
    assert!(drugs.iter().filter(|drug| drug.hi_nego).all(|drug| drug.hi_pay_std.is_some()));
    assert!(drugs.iter().any(|drug| drug.chld_medc));
    assert_eq!(drugs.iter().filter(|drug| drug.trac_exempt).count(), 10);
    for stock in &region.drugs {
        // JX-1.8: no price above the payment standard.
        assert!(stock.drug.hi_pay_std.is_none_or(|standard| stock.pric <= standard), "{}", stock.drug.genname);
    }
}

#[test]
fn codes_have_the_national_shapes_and_are_unique() {
    let region = region();
    let codes: BTreeSet<_> = region.drugs.iter().map(|stock| stock.drug.med_list_codg.clone()).collect();
    assert_eq!(codes.len(), region.drugs.len());
    for code in codes {
        let length = match code.as_str().as_bytes()[0] {
            b'X' => 23,
            b'Z' => 20,
            b'T' => 10,
            other => panic!("unknown family {other}"),
        };
        assert_eq!(code.as_str().len(), length, "{code}");
    }
}

#[test]
fn registry_and_credentials_speak_of_the_same_apps() {
    let region = region();
    let keys = Keys::draw(&region, &Counting::new()).unwrap();
    let rows = region.registry(&keys).unwrap();
    let credentials = Credentials::new(&region, &keys, "http://127.0.0.1:1/epc/api", "platform");
    assert_eq!(credentials.apps.len(), 7);
    for app in &credentials.apps {
        assert_eq!((app.app_id.len(), app.app_secret.len()), (32, 32));
        assert!(app.app_id.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b)));
        let registered = rows.iter().any(|row| match row {
            RegistryPut::App(known) => known.app_id == app.app_id && known.public_key == app.public_key,
            _ => false,
        });
        assert!(registered, "{}", app.fixmedins_code);
    }
    let signing = rows.iter().filter(|row| matches!(row, RegistryPut::Fixmedins(f) if f.sign_key.is_some()));
    assert_eq!(signing.count(), 3);
    let text = serde_json::to_string(&credentials).unwrap();
    assert_eq!(serde_json::from_str::<Credentials>(&text).unwrap().patients.len(), 12);
}

#[test]
fn a_crowd_has_no_twins() {
    let region = region();
    let crowd = region.crowd(20_500).unwrap();
    let certnos: BTreeSet<_> = crowd.iter().map(|patient| patient.person.certno.clone()).collect();
    assert_eq!(certnos.len(), crowd.len());
    assert!(crowd.iter().all(|patient| patient.person.certno.check_resident().is_ok()));
    assert!(region.crowd(super::crowd::CROWD_MAX + 1).is_err());
}
