//! Behaviours of the format on small packs of our own: precedence, conflict, grants, newer national law.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use lf_law::{Dates, Facts, Field, Gate, Grant, Law, LawError, LawValue, Source, ViewError, check_report};
use lf_vocab::{Admdvs, Day, Span};

const NATION: &str = r#"pack = "100000"
title = "国家示例"
edition = 1
formalised_from = 2023-01-01

[[provision]]
id = "rx.days_max"
title = "用量"
gate = "precheck"
quantity = "days"
reckoned = "prsc_time"
order = 1
delegates = "replace"
violated_if = { vali_days = { gt = "$value" } }
severity = "refuse"
field = "vali_days"
code = "DAYS"
sentence = "{vali_days}天超过{value}天。"
grant = { max = 30, max_days = 92 }
value = [
  { from = 2023-01-01, until = 2025-01-01, is = 7, cite = "试 一", confidence = "assumed" },
  { from = 2025-01-01, is = 10, cite = "试 二", confidence = "assumed" },
]

[[example]]
id = "rx.days_max/eight"
source = "boundary"
given = { prsc_time = 2023-01-01, vali_days = 8 }
expect = { accepted = false, by = "100000/rx.days_max@2023-01-01" }
"#;

const CITY: &str = r#"pack = "430000"
title = "地方示例"
edition = 1
formalised_from = 2023-01-01

[instrument.local]
title = "地方办法"
in_force = { from = 2024-01-01 }
text = "texts/local.md"
sm3 = "a82c5f9d18e6b4cdb4a4a1e29b6b7c0a2b3bf5b14a3e6d21ee6fbb0ecfcda9d5"
yields = "newer_national"

[[provision]]
id = "newer_national"
title = "从新"
gate = "precheck"
quantity = "flag"
reckoned = "prsc_time"
value = [{ from = 2024-01-01, is = true, cite = "local 二", quote = "国家有新规定的从其规定" }]

[[provision]]
id = "rx.days_max"
title = "地方用量"
quantity = "days"
relation = { exception_to = "100000/rx.days_max", mode = "loosen" }
value = [{ from = 2024-01-01, is = 14, cite = "local 一", quote = "用量不超过十四日" }]
"#;

const CITY_TEXT: &str = "一、用量不超过十四日。\n二、国家有新规定的从其规定。\n";

fn load_with(city: &str) -> Law {
    let load = |city: &str| {
        Law::load(&[
            Source { path: "law/100000/a.toml", text: NATION },
            Source { path: "law/430000/b.toml", text: city },
            Source { path: "law/430000/texts/local.md", text: CITY_TEXT },
        ])
    };
    let errors = load(city).unwrap_err();
    let sentence = &errors[0].sentence;
    let digest: String = sentence.chars().filter(char::is_ascii_hexdigit).collect();
    let digest = &digest[digest.len() - 64..];
    load(&city.replace("a82c5f9d18e6b4cdb4a4a1e29b6b7c0a2b3bf5b14a3e6d21ee6fbb0ecfcda9d5", digest)).unwrap()
}

fn place() -> Admdvs {
    "430100".parse().unwrap()
}

fn days_at(law: &Law, day: &str, grants: &[Grant]) -> Result<i64, ViewError> {
    let dates = Dates::new().with(Field::PrscTime, day.parse().unwrap());
    law.view(&place(), &dates, grants).int("rx.days_max")
}

#[test]
fn an_exception_holds_until_newer_national_law_comes() {
    // proves JX-6.2 in the format: the local text itself says that newer national law prevails.
    let law = load_with(CITY);
    assert_eq!(days_at(&law, "2023-12-31", &[]), Ok(7));
    assert_eq!(days_at(&law, "2024-01-01", &[]), Ok(14));
    assert_eq!(days_at(&law, "2024-12-31", &[]), Ok(14));
    assert_eq!(days_at(&law, "2025-01-01", &[]), Ok(10));
    let stubborn = CITY.replace("is = true, cite = \"local 二\"", "is = false, cite = \"local 二\"");
    assert_eq!(days_at(&load_with(&stubborn), "2025-01-01", &[]), Ok(14));
}

#[test]
fn two_exceptions_at_once_are_a_conflict() {
    let twice = format!(
        "{CITY}\n[[provision]]\nid = \"rx.other\"\ntitle = \"又一例外\"\nquantity = \"days\"\n\
         relation = {{ exception_to = \"100000/rx.days_max\", mode = \"tighten\" }}\n\
         value = [{{ from = 2024-01-01, is = 3, cite = \"local 一\", quote = \"用量不超过十四日\" }}]\n"
    );
    let law = load_with(&twice);
    let error = days_at(&law, "2024-06-01", &[]).unwrap_err();
    assert!(matches!(error, ViewError::Law(LawError::Conflict(_))), "{error}");
    let mut facts = Facts::new();
    facts.set(Field::PrscTime, "2024-06-01".parse::<Day>().unwrap()).set(Field::ValiDays, 2i64);
    let error = law.decide(Gate::Precheck, &place(), &facts, &[]).unwrap_err();
    assert!(matches!(error, LawError::Conflict(_)), "{error}");
}

#[test]
fn one_id_answered_by_two_packs_is_a_conflict() {
    let unrelated = CITY.replace(
        "relation = { exception_to = \"100000/rx.days_max\", mode = \"loosen\" }",
        "gate = \"precheck\"\nreckoned = \"prsc_time\"",
    );
    let law = load_with(&unrelated);
    let error = days_at(&law, "2024-06-01", &[]).unwrap_err();
    assert!(matches!(error, ViewError::Law(LawError::Conflict(_))), "{error}");
}

#[test]
fn a_field_that_only_another_provision_asks_is_read() {
    let own = format!(
        "{CITY}\n[[provision]]\nid = \"open\"\ntitle = \"开关\"\ngate = \"sell\"\nquantity = \"flag\"\nreckoned = \"prsc_time\"\n\
         when = {{ long_rx_flag = true }}\n\
         value = [{{ from = 2024-01-01, is = true, cite = \"local 一\", quote = \"用量不超过十四日\" }}]\n\
         \n[[provision]]\nid = \"rx.own\"\ntitle = \"自有\"\ngate = \"precheck\"\nquantity = \"days\"\nreckoned = \"prsc_time\"\norder = 2\n\
         when = {{ param = {{ \"430000/open\" = true }} }}\nviolated_if = {{ vali_days = {{ gt = \"$value\" }} }}\n\
         severity = \"refuse\"\nfield = \"vali_days\"\ncode = \"OWN\"\nsentence = \"{{vali_days}}天超过{{value}}天。\"\n\
         value = [{{ from = 2024-01-01, is = 14, cite = \"local 一\", quote = \"用量不超过十四日\" }}]\n\
         \n[[example]]\nid = \"rx.own/fifteen\"\nsource = \"boundary\"\n\
         given = {{ prsc_time = 2024-06-01, vali_days = 15, long_rx_flag = true }}\n\
         expect = {{ accepted = false, by = \"430000/rx.own@2024-01-01\" }}\n"
    );
    let reads = |law: &Law, gate| law.reads(gate, &place(), Field::LongRxFlag);
    let law = load_with(&own);
    assert!(reads(&law, Gate::Precheck), "the parameter turns on it, and the provision on the parameter");
    assert!(!reads(&law, Gate::Upload), "nothing is asked there");
    let apart = own.replace("when = { param = { \"430000/open\" = true } }\n", "");
    assert!(!reads(&load_with(&apart), Gate::Precheck), "who does not ask the parameter does not read it");
    // Newer national law sets an exception aside by a switch, and the switch may turn on a field.
    let switched = CITY.replace(
        "id = \"newer_national\"\ntitle = \"从新\"\ngate = \"precheck\"",
        "id = \"newer_national\"\ntitle = \"从新\"\ngate = \"sell\"\nwhen = { long_rx_flag = true }",
    );
    assert_ne!(switched, CITY);
    assert!(reads(&load_with(&switched), Gate::Precheck) && !reads(&load_with(CITY), Gate::Precheck));
}

fn grant(from: &str, until: &str, days: i64) -> Grant {
    Grant {
        provision: "100000/rx.days_max".to_owned(),
        admdvs: "430000".parse().unwrap(),
        span: Span::new(from.parse().unwrap(), Some(until.parse().unwrap())).unwrap(),
        value: LawValue::Int(days),
        filing_no: "备案1号".to_owned(),
    }
}

#[test]
fn a_grant_stands_in_for_the_printed_value_while_it_lasts() {
    let law = load_with(CITY);
    let good = [grant("2023-03-01", "2023-06-01", 20)];
    assert_eq!(days_at(&law, "2023-02-28", &good), Ok(7));
    assert_eq!(days_at(&law, "2023-03-01", &good), Ok(20));
    assert_eq!(days_at(&law, "2023-06-01", &good), Ok(7));
    for bad in [grant("2023-03-01", "2023-06-02", 20), grant("2023-03-01", "2023-06-01", 31)] {
        let error = days_at(&law, "2023-04-01", &[bad]).unwrap_err();
        assert!(matches!(error, ViewError::Law(LawError::BadGrant(_))), "{error}");
    }
    let twice = [grant("2023-03-01", "2023-06-01", 20), grant("2023-05-01", "2023-06-01", 21)];
    let error = days_at(&law, "2023-05-01", &twice).unwrap_err();
    assert!(matches!(error, ViewError::Law(LawError::Conflict(_))), "{error}");
}

#[test]
fn the_measure_sees_what_is_missing() {
    let law = load_with(CITY);
    let report = check_report(&law, "2024-12-01".parse().ok());
    assert!(!report.passes());
    assert!(report.uncovered.contains(&"100000/rx.days_max@2025-01-01".to_owned()), "{:?}", report.uncovered);
    assert!(
        report.survivors.iter().any(|one| one.starts_with("100000/rx.days_max@2023-01-01：由7改为6")),
        "{:?}",
        report.survivors
    );
    assert!(!report.survivors.iter().any(|one| one.contains("由7改为8")), "the example of eight days notices it");
    assert_eq!(report.lapses.len(), 1, "{:?}", report.lapses);
    // The nation's value stands and is hit by an example; of the city's two neither is.
    let standing: Vec<_> = report.standing.iter().map(|one| (one.admdvs.as_str(), one.in_force, one.covered)).collect();
    assert_eq!(standing, [("100000", 1, 1), ("430000", 2, 0)]);
    let early = check_report(&law, "2023-12-31".parse().ok());
    assert_eq!((early.standing[1].in_force, early.standing[1].to_come), (0, 2));
    let out_of_reach = check_report(&law, "2024-10-02".parse().ok());
    assert_eq!(out_of_reach.lapses, Vec::<String>::new(), "91 days before");
    assert_eq!(check_report(&law, "2024-10-03".parse().ok()).lapses.len(), 1, "90 days before");
    assert_eq!(report.index_differences, ["没有INDEX.lock"]);
    assert!(report.unsure.iter().any(|one| one.by == "100000/rx.days_max@2023-01-01"));
}

#[test]
fn a_deletion_is_a_visible_difference() {
    let lock = load_with(CITY).index();
    let shorter = NATION
        .replace(", until = 2025-01-01", "")
        .replace("  { from = 2025-01-01, is = 10, cite = \"试 二\", confidence = \"assumed\" },\n", "");
    let law =
        Law::load(&[Source { path: "100000/a.toml", text: &shorter }, Source { path: "INDEX.lock", text: &lock }])
            .unwrap();
    let differences = check_report(&law, None).index_differences;
    assert!(differences.contains(&"- 100000/rx.days_max [precheck] 2025-01-01.. = 10".to_owned()), "{differences:?}");
    assert!(differences.contains(&"+ 100000/rx.days_max [precheck] 2023-01-01.. = 7".to_owned()), "{differences:?}");
}

#[test]
fn the_edition_changes_with_every_word() {
    let one = Law::load(&[Source { path: "100000/a.toml", text: NATION }]).unwrap();
    let other = NATION.replace("国家示例", "国家示例 ");
    let other = Law::load(&[Source { path: "100000/a.toml", text: &other }]).unwrap();
    assert_ne!(one.edition(), other.edition());
}
