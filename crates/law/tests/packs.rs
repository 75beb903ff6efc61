//! The packs of this repository: they load, reach the measure, and their index lock is current.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

mod support;

use std::path::Path;

use lf_law::{INDEX_LOCK, check_report};

/// `LIUFANG_UPDATE_INDEX=1 cargo test -p lf-law --test packs` rewrites the lock.
#[test]
fn packs_reach_the_measure() {
    let law = support::load(&support::files());
    if std::env::var_os("LIUFANG_UPDATE_INDEX").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law").join(INDEX_LOCK);
        std::fs::write(path, law.index()).unwrap();
        return;
    }
    let report = check_report(&law, "2026-11-22".parse().ok());
    assert!(report.passes(), "{report}");
    assert_eq!((report.coverage_percent(), report.mutation_percent()), (100, 100));
    assert!(report.boundaries > report.dated_values, "every value has generated boundaries");
}

#[test]
fn every_provision_explains_itself() {
    let law = support::load(&support::files());
    let yichun = "360902".parse().unwrap();
    let day = "2025-06-02".parse().unwrap();
    let ids: Vec<String> = law.provisions().map(str::to_owned).collect();
    for id in ids {
        // Asked for in the place whose law it is; national law in any.
        let place = id.split('/').next().filter(|pack| *pack != "100000").unwrap_or("360902").parse().unwrap();
        let told = law.explain(&place, &id, day).unwrap().to_string();
        assert!(told.contains(&id), "{told}");
    }
    let told = law.explain(&yichun, "100000/rx.vali_days_max", day).unwrap().to_string();
    assert!(told.contains("例外360000/rx.vali_days_max"), "{told}");
    assert!(told.contains("电子处方流转有效期3天"), "{told}");
}

/// `LIUFANG_UPDATE_INDEX=1` rewrites the page too.
#[test]
fn the_page_of_facts_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/FACTS.md");
    if std::env::var_os("LIUFANG_UPDATE_INDEX").is_some() {
        std::fs::write(path, lf_law::facts_doc::facts_page()).unwrap();
        return;
    }
    assert!(std::fs::read_to_string(path).unwrap() == lf_law::facts_doc::facts_page(), "docs/FACTS.md is not current");
}
