//! The packs of this repository: they load, reach the measure, and their index lock is current.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

mod support;

use std::path::Path;

use lf_law::{Confidence, Facts, Field, Gate, INDEX_LOCK, Law, Value, check_report};
use lf_vocab::Day;

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

/// What a place's law says of a paper prescription at settlement: the refusing values and what they took the place of.
fn paper(law: &Law, place: &str, day: &str, given: &[(Field, Value<'static>)]) -> Vec<(String, Option<String>)> {
    let mut facts = Facts::new();
    let at = |hour: i64| day.parse::<Day>().unwrap().start().plus_seconds(hour * 3_600);
    facts
        .set(Field::PrscTime, at(9))
        .set(Field::ValiEndTime, at(9 + 72))
        .set(Field::StooutTime, at(15))
        .set(Field::SetlTime, at(16))
        .set(Field::FundFlag, true)
        .set(Field::PaperFlag, true)
        .set(Field::RxChkStasCodg, "1");
    for (field, value) in given {
        facts.set(*field, value.clone());
    }
    let decision = law.decide(Gate::Settle, &place.parse().unwrap(), &facts, &[]).unwrap();
    let papers = decision.refusals().filter(|one| &*one.code == "PAPER-REFUSED");
    papers.map(|one| (one.by(), one.overrode.as_deref().map(str::to_owned))).collect()
}

/// Xiantao (429004) was written from docs/ADDING-A-JURISDICTION.md alone.
#[test]
fn a_city_written_from_the_manual_has_its_own_law() {
    let law = support::load(&support::files());
    let chronic = [(Field::MedType, Value::from("14"))];
    let own = ("429004/paper.refused.chronic@2025-06-25", "420000/paper.refused.chronic");
    let own = vec![(own.0.to_owned(), Some(own.1.to_owned()))];
    assert_eq!(paper(&law, "429004", "2025-06-24", &chronic), []);
    assert_eq!(paper(&law, "429004", "2025-06-25", &chronic), own);
    // Its neighbours wait for the province's day, and after it the city still speaks for itself.
    assert_eq!(paper(&law, "421000", "2025-06-30", &chronic), []);
    assert_eq!(paper(&law, "421000", "2025-07-01", &chronic).len(), 1);
    assert_eq!(paper(&law, "429004", "2025-07-01", &chronic), own);
    let marks = check_report(&law, None).unsure;
    let marked = marks.iter().filter(|one| one.by.starts_with("429004/"));
    assert_eq!(marked.filter(|one| one.confidence == Confidence::Press).count(), 5, "every value of it is marked");
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources = std::fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path().join("src"));
    let named: Vec<_> = sources.filter(|folder| folder.is_dir() && mentions(folder, "429004")).collect();
    assert_eq!(named, Vec::<std::path::PathBuf>::new(), "no Rust line knows of it");
}

fn mentions(folder: &Path, word: &str) -> bool {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| match path.extension() {
        _ if path.is_dir() => mentions(&path, word),
        Some(kind) if kind == "rs" => std::fs::read_to_string(&path).unwrap().contains(word),
        _ => false,
    })
}

/// What Dongguan says of 双通道 it says as the province's: one finding, not two.
#[test]
fn dongguan_stands_under_guangdong() {
    let law = support::load(&support::files());
    let dual = [(Field::RxExraAttrCode, Value::from("01"))];
    let province = "440000/paper.refused.dual";
    assert_eq!(paper(&law, "440100", "2025-03-03", &dual), [(format!("{province}@2025-01-01"), None)]);
    let own = ("441900/paper.refused.dual@2025-01-01".to_owned(), Some(province.to_owned()));
    assert_eq!(paper(&law, "441900", "2025-03-03", &dual), [own]);
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
