//! `liufang settle quote` as a stranger meets it: the examples, what is refused, what cannot be read.

use std::path::PathBuf;

use lf_gm::RingFile;
use lf_ports::{AuditStore as _, ChangeSet, SetlChange, Store as _};
use lf_store::{Options, Sealer, SqliteStore};
use serde_json::Value;

use super::{Folder, ran};

fn example(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/settle").join(name)
}

fn quoted(folder: &Folder, facts: &str) -> (i32, Value, String) {
    let file = folder.join("facts.json");
    std::fs::write(&file, facts).unwrap();
    let (code, out, err) = ran(folder, &["settle", "quote", "--facts", file.to_str().unwrap()]);
    (code, serde_json::from_str(&out).unwrap_or(Value::Null), err)
}

fn amounts(sheet: &Value) -> [&str; 4] {
    ["fund_pay_sumamt", "psn_part_amt", "acct_pay", "act_pay_dedc"]
        .map(|name| sheet["setlinfo"][name].as_str().unwrap())
}

#[test]
fn the_examples_are_quoted_with_the_provision_of_every_fen() {
    let folder = Folder::new();
    for (name, scheme, want) in [
        ("jiangxi-mz_tc.json", "mz_tc", ["102.96", "138.84", "120.00", "50.00"]),
        // The city prints this one: 200 × 75 % − 100 = 50.
        ("nanning-opsp.json", "opsp", ["50.00", "250.00", "0.00", "100.00"]),
        // proves WH-5.3: 3900 within the standard, a tenth paid first, 88.8 % of the rest; the stay's limit leaves 1000.
        ("wuhan-spay.json", "spay", ["1000.00", "2980.00", "0.00", "0.00"]),
        // 41 is the account's in Wuhan: the fund pays nothing.
        ("wuhan-acct.json", "acct", ["0.00", "30.00", "20.00", "0.00"]),
    ] {
        let text = std::fs::read_to_string(example(name)).unwrap();
        let (code, sheet, err) = quoted(&folder, &text);
        assert_eq!((code, sheet["scheme"]["code"].as_str()), (0, Some(scheme)), "{name}: {err}{sheet}");
        assert_eq!(amounts(&sheet), want, "{name}");
        for step in sheet["explain"].as_array().unwrap() {
            assert!(step["cite"].is_string() && step["confidence"].is_string(), "{name}: {step}");
        }
    }
}

#[test]
fn what_the_law_does_not_say_is_refused_and_named() {
    let folder = Folder::new();
    let facts = std::fs::read_to_string(example("nanning-opsp.json")).unwrap();
    for (from, to, code, says) in [
        ("450100", "450200", "LAW-00-01", "opsp.deductible"),
        ("450100", "441900", "LAW-00-01", "441900的待遇方案"),
        ("\"14\"", "\"21\"", "LAW-00-01", "ipt.insutypes"),
        ("\"14\"", "\"18\"", "LAW-00-01", "ipt.fund_cap_fen"),
        ("\"14\"", "\"52\"", "RX-2102-12", "52"),
        // proves GX-1.3c: what is bought during a stay is the stay's
        ("\"2024-05-20\"", "\"2025-05-20\", \"otp_ipt_flag\": \"2\"", "LAW-00-01", "ipt."),
        ("\"M01600\"", "\"M99999\"", "LAW-00-01", "opsp.deductible_fen"),
        ("2024-05-20", "2022-05-31", "LAW-00-01", "450100"),
        ("\"chrgitm_lv\": \"01\"", "\"chrgitm_lv\": \"02\"", "settle.class_not_formalised", "乙类"),
        ("\"cnt\": \"4\"", "\"cnt\": \"0\"", "settle.cnt_not_positive", "数量"),
        ("\"cnt\": \"4\"", "\"cnt\": \"99999999999\"", "settle.line_beyond_limit", "上限"),
    ] {
        let (exit, sheet, err) = quoted(&folder, &facts.replacen(from, to, 1));
        let refusal = &sheet["refused"][0];
        assert_eq!((exit, refusal["code"].as_str()), (1, Some(code)), "{to}: {err}{sheet}");
        assert!(refusal["sentence"].as_str().unwrap().contains(says), "{to}: {refusal}");
    }
}

#[test]
fn facts_that_cannot_be_read_end_with_two_and_say_where() {
    let folder = Folder::new();
    let facts = std::fs::read_to_string(example("jiangxi-mz_tc.json")).unwrap();
    for (from, to, says) in [
        ("\"38.50\"", "\"38.5x\"", "38.5x"),
        ("\"120.00\"", "\"120.001\"", "120.001"),
        ("\"360900\"", "\"36090\"", "36090"),
        ("\"insutype\": \"310\"", "\"insutype\": \"999\"", "insutype"),
        ("\"3\": \"250.00\"", "\"13\": \"250.00\"", "13"),
        ("\"3\": \"250.00\"", "\"3\": \"-1.00\"", "used.mz_tc"),
        ("\"med_type\"", "\"otp_ipt_flag\": \"3\", \"med_type\"", "otp_ipt_flag"),
        ("\"med_type\"", "\"med_typ\"", "med_typ"),
        ("\"used\"", "\"used\": {}, \"used\"", "used"),
        ("{", "[", "facts.json"),
    ] {
        let (exit, _, err) = quoted(&folder, &facts.replacen(from, to, 1));
        assert_eq!(exit, 2, "{to}: {err}");
        assert!(err.contains(says) && err.contains("facts.json"), "{to}: {err}");
    }
    let (exit, out, _) = ran(&folder, &["settle", "quote", "--help"]);
    assert!(exit == 0 && out.contains("insuplc_admdvs") && out.contains("Exit: 0 quoted"), "{out}");
}

#[test]
fn reconcile_says_what_it_cannot_read_and_finds_nothing_wrong_in_the_demo() {
    let folder = Folder::new();
    let (code, _, err) = ran(&folder, &["demo", "--once"]);
    assert_eq!(code, 0, "{err}");
    let period = ["reconcile", "--from", "2020-01-01", "--to", "2099-12-31"];
    let (code, out, err) = ran(&folder, &[&period[..], &["--json"]].concat());
    let found: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    assert_eq!((code, found["differences"].as_array().map(Vec::len)), (0, Some(0)), "{out}");
    let issued: u64 =
        found["institutions"].as_object().unwrap().values().map(|one| one["issued"].as_u64().unwrap()).sum();
    assert!(issued > 0, "{out}");
    let (code, out, _) = ran(&folder, &period);
    assert!(code == 0 && out.contains("0 differences open"), "{out}");
    assert_eq!(ran(&folder, &["reconcile", "--from", "2026-02-01", "--to", "2026-01-31"]).0, 2);
    officers_write_down_what_they_found(&folder);
}

/// A budget and an explanation are stored with who and why; the newest one holds.
fn officers_write_down_what_they_found(folder: &Folder) {
    // proves JX-5.1
    let by = ["--by", "甲经办"];
    let set = |yuan: &str| {
        let what = ["budget", "set", "--admdvs", "360900", "--year", "2026", "--yuan", yuan, "--paper", "预算文件"];
        ran(folder, &[&what[..], &by].concat())
    };
    let budget = || {
        let (code, out, err) = ran(folder, &["budget", "--year", "2026", "--json"]);
        let used: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
        (code, used["360900"]["budget_fen"].as_i64())
    };
    assert_eq!(budget(), (0, None));
    assert_eq!((set("0").0, set("1x").0, budget()), (2, 2, (0, None)));
    assert_eq!((set("100000.00").0, budget()), (0, (0, Some(10_000_000))));
    assert_eq!((set("50000.00").0, budget()), (0, (0, Some(5_000_000))), "the newest holds");
    let say = |word: &str, key: &str| {
        let (code, out, err) = ran(folder, &[&["reconcile", word, key, "--why", "复核无误"], &by[..]].concat());
        (code, format!("{out}{err}"))
    };
    let (code, told) = say("close", "SettledTwice/360900202605110000000000000016/-");
    assert!(code == 2 && told.contains("there is no difference"), "{told}");
    settled_without_a_prescription(&folder.join("var/demo"));
    let reconciled = || {
        let (code, out, _) = ran(folder, &["reconcile", "--from", "2020-01-01", "--to", "2099-12-31", "--json"]);
        (code, serde_json::from_str::<Value>(&out).unwrap())
    };
    let (code, found) = reconciled();
    let differences = found["differences"].as_array().unwrap();
    assert_eq!((code, differences.len()), (1, 1), "{found}");
    let key = differences[0]["key"].as_str().unwrap();
    assert_eq!(say("reopen", key).0, 2, "nobody closed it");
    assert_eq!(say("close", key).0, 0);
    let (code, told) = say("close", key);
    assert!(code == 2 && told.contains("closed already"), "{told}");
    let (code, found) = reconciled();
    assert!(code == 0 && found["differences"][0]["closed"].as_str().unwrap().contains("甲经办"), "{found}");
    assert_eq!((say("reopen", key).0, reconciled().0), (0, 1));
    assert_eq!(say("close", "nothing").0, 2);
}

/// Writes a settlement of a prescription that nobody issued beside those of the demo.
fn settled_without_a_prescription(demo: &std::path::Path) {
    let ring = std::fs::read_to_string(demo.join("store.key.toml")).unwrap();
    let sealer = std::sync::Arc::new(Sealer::new(&RingFile::parse(&ring).unwrap()));
    let store = SqliteStore::open(demo.join("center.db"), Options::new(sealer)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let pool = "360900".parse().unwrap();
        let (mut setl, _) = store.scan_setl(pool, None, 1).await.unwrap().remove(0);
        setl.setl_id = "360900X".to_owned();
        setl.refd_setl_id = None;
        let unknown = lf_vocab::HiRxno::new(pool, setl.setl_time.day(), 999_999).unwrap();
        setl.hi_rxno = Some(unknown);
        store.commit(ChangeSet { setl: Some(SetlChange { setl }), ..ChangeSet::default() }).await.unwrap();
        store.close();
    });
}
