//! Packs whose defect shows only in how parts go together, and what is sound although it looks wrong.
//! Every single defect with its sentence: `refusals.rs`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use lf_law::{Law, MAX_SOURCE_BYTES, PackError, PackErrorKind, Source};

const TEXT: &str = "第一条 每张处方不得超过五种药品。\n第二条 长期处方不\n超过十二周。\n";
const TEXT_SM3: &str = "@SM3@";

const PACK: &str = r#"pack = "430000"
title = "示例"
edition = 1
formalised_from = 2023-04-01

[instrument.ex]
title = "示例办法"
doc_no = "示例〔2023〕7号"
in_force = { from = 2023-04-01, until = 2026-04-01 }
text = "texts/ex.md"
sm3 = "@SM3@"

[[provision]]
id = "rx.drugs_max"
title = "药品种数"
gate = "precheck"
quantity = "count"
reckoned = "prsc_time"
violated_if = { rx_drug_kinds = { gt = "$value" } }
severity = "refuse"
field = "rx_drug_cnt"
code = "RX"
sentence = "超过{value}种。"
value = [
  { from = 2023-04-01, until = 2025-01-01, is = 5, cite = "ex 第一条", quote = "每张处方不得超过五种药品" },
  { from = 2025-01-01, until = 2026-04-01, is = 6, cite = "ex 第一条", quote = "每张处方不得超过五种药品" },
]

[[provision]]
id = "rx.long"
title = "长期处方"
quantity = "count"
relation = { exception_to = "430000/rx.drugs_max", mode = "loosen" }
when = { long_rx_flag = true }
value = [{ from = 2023-04-01, until = 2026-04-01, is = 12, cite = "ex 第二条", quote = "长期处方不超过十二周" }]
"#;

fn sm3_of_text() -> String {
    // The pinned digest is learnt from the refusal, so that the text can be edited freely here.
    let errors = load_raw(PACK, TEXT).unwrap_err();
    let sentence = &errors.iter().find(|one| one.kind == PackErrorKind::TextChanged).unwrap().sentence;
    let digest: String = sentence.chars().filter(char::is_ascii_hexdigit).collect();
    digest.get(digest.len() - 64..).unwrap().to_owned()
}

fn load_raw(pack: &str, text: &str) -> Result<Law, Vec<PackError>> {
    Law::load(&[Source { path: "430000/ex.toml", text: pack }, Source { path: "430000/texts/ex.md", text }])
}

fn load(pack: &str) -> Result<Law, Vec<PackError>> {
    load_raw(&pack.replace(TEXT_SM3, &sm3_of_text()), TEXT)
}

/// Replaces `from` by `to` once and expects one refusal at the line that contains `at`.
fn refused(from: &str, to: &str, kind: PackErrorKind, at: &str, says: &str) {
    assert!(PACK.contains(from), "{from} is not in the pack");
    let pack = PACK.replacen(from, to, 1);
    let Err(errors) = load(&pack) else { panic!("{to}: loaded") };
    let error = errors.iter().find(|one| one.kind == kind).unwrap_or_else(|| panic!("{to}: {errors:?}"));
    let line = pack.lines().position(|line| line.contains(at)).unwrap() + 1;
    assert_eq!((error.file.as_str(), error.line), ("430000/ex.toml", line), "{error}");
    assert!(error.sentence.contains(says), "{error}");
}

#[test]
fn the_sound_pack_loads() {
    load(PACK).unwrap();
}

#[test]
fn a_declared_gap_is_no_gap() {
    let pack = PACK.replacen("is = 6", "is = \"none\"", 1);
    let law = load(&pack).unwrap();
    let place = "430000".parse().unwrap();
    let said = |day: &str| {
        let dates = lf_law::Dates::new().with(lf_law::Field::PrscTime, day.parse().unwrap());
        law.view(&place, &dates, &[]).int("430000/rx.drugs_max")
    };
    assert_eq!(said("2024-12-31"), Ok(5));
    assert!(said("2025-01-01").is_err());
}

#[test]
fn a_condition_that_asks_about_itself() {
    let when = "when = { long_rx_flag = true }";
    for (asked, named) in [("rx.long", "rx.long"), ("rx.drugs_max", "rx.drugs_max")] {
        let circle = format!("when = {{ param = {{ \"430000/{asked}\" = 5 }} }}");
        refused(when, &circle, PackErrorKind::CircularException, &format!("id = \"{named}\""), "永远得不出结论");
    }
    let unknown = "when = { param = { \"430000/rx.none\" = 5 } }";
    refused(when, unknown, PackErrorKind::DanglingException, "rx.none", "不存在的规定");
}

#[test]
fn exception_the_upper_provision_does_not_delegate() {
    let pack = PACK.replace(TEXT_SM3, &sm3_of_text());
    let lower = pack.replacen("430000", "430100", 1).replacen("id = \"rx.long\"", "id = \"rx.city\"", 1).replacen(
        "id = \"rx.drugs_max\"",
        "id = \"rx.own\"",
        1,
    );
    let sources = [
        Source { path: "430000/ex.toml", text: &pack },
        Source { path: "430000/texts/ex.md", text: TEXT },
        Source { path: "430100/ex.toml", text: &lower },
        Source { path: "430100/texts/ex.md", text: TEXT },
    ];
    let errors = Law::load(&sources).unwrap_err();
    assert_eq!(errors[0].kind, PackErrorKind::NotDelegated, "{}", errors[0]);
}

#[test]
fn an_optional_fact_needs_a_word_on_its_absence() {
    let rule = "violated_if = { rx_drug_kinds = { gt = \"$value\" } }";
    refused(
        rule,
        "violated_if = { psn_agre_flag = false }",
        PackErrorKind::AbsenceUnspoken,
        "id = \"rx.drugs_max\"",
        "absent",
    );
    let spoken = PACK.replacen(rule, "violated_if = { psn_agre_flag = { present = false } }", 1);
    load(&spoken).unwrap();
}

#[test]
fn a_scale_that_does_not_rise() {
    let scale = "{ kind = \"step\", brackets = [{ from = 0, is = \"0.5\" }, { from = 0, is = \"0.6\" }] }";
    let pack = PACK.replacen("quantity = \"count\"", "quantity = \"scale\"", 1).replacen(
        "is = 5",
        &format!("is = {scale}"),
        1,
    );
    let errors = load(&pack).unwrap_err();
    assert!(errors.iter().any(|one| one.kind == PackErrorKind::BadScale), "{errors:?}");
}

#[test]
fn all_defects_are_answered_at_once() {
    let pack = PACK.replacen("is = 5", "is = \"五\"", 1).replacen("long_rx_flag", "long_flag", 1);
    assert!(load(&pack).unwrap_err().len() >= 2);
}

#[test]
fn a_file_at_the_limit_and_one_past_it() {
    let padded = |length: usize| format!("{PACK}#{}", " ".repeat(length - PACK.len() - 1));
    let kinds = |length: usize| -> Vec<PackErrorKind> {
        let text = padded(length);
        assert_eq!(text.len(), length);
        load_raw(&text, TEXT).unwrap_err().iter().map(|one| one.kind).collect()
    };
    assert!(!kinds(MAX_SOURCE_BYTES).contains(&PackErrorKind::TooLarge));
    assert_eq!(kinds(MAX_SOURCE_BYTES + 1), [PackErrorKind::TooLarge]);
}
