//! What a claim states is taken at its limits and not past them, and never in more than a line.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::*;

/// A folder of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("liufang-intake-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn drugs(count: usize) -> Value {
    json!(vec![json!({ "med_list_codg": "XC09CAX903E001010199901", "packs": "2" }); count])
}

fn facts() -> Value {
    json!({
        "psn_no": "36090000002024000213", "appy_fixmedins_code": "H36090200101",
        "rx": {
            "fixmedins_code": "H36090200101", "hosp_rxno": "CF1", "prsc_date": "2026-11-18", "vali_days": 3,
            "med_type": "11", "dise_codg": "M03900", "rx_exra_attr_code": "03", "paper_situ_code": "01",
            "rxdrugdetail": drugs(1),
        },
        "phar_fixmedins_code": "P36090200106", "invo_date": "2026-11-19", "medfee_sumamt": "15.40",
        "drugdetail": [{ "med_list_codg": "XC09CAX903E001010199901", "cnt": "1", "pric": "15.40",
            "det_item_fee_sumamt": "15.40" }],
        "invoices": [{ "invo_code": null, "invo_no": "26360000000000000001" }],
    })
}

#[test]
fn what_a_paper_states_has_its_limits_and_one_line() {
    let folder = Folder::new("facts");
    let file = folder.0.join("claim.json");
    let taken = |field: &str, value: Value| {
        let mut facts = facts();
        facts["rx"][field] = value;
        fs::write(&file, facts.to_string()).unwrap();
        match read("360900".parse().unwrap(), "L1", &file, Vec::new()) {
            Ok(Asked { rx: AskedRx::OnPaper(paper, med_type), .. }) => Ok((paper, med_type)),
            Ok(_) => panic!("it is on paper"),
            Err(why) => Err(format!("{why:#}")),
        }
    };
    let (paper, med_type) = taken("hosp_rxno", json!(" CF1 ")).unwrap();
    assert_eq!((paper.hosp_rxno.as_str(), med_type.as_str()), ("CF1", "11"));
    for (field, at) in [
        ("hosp_rxno", json!("字".repeat(HOSP_RXNO_MAX))),
        ("vali_days", json!(1)),
        ("vali_days", json!(VALI_DAYS_MAX)),
        ("rxdrugdetail", drugs(MAX_LINES)),
    ] {
        assert!(taken(field, at).is_ok(), "{field} at its limit");
    }
    let line = "it must be one line of text";
    for (field, past, why) in [
        ("hosp_rxno", json!("字".repeat(HOSP_RXNO_MAX + 1)), "hosp_rxno has 1 to 40 characters"),
        ("hosp_rxno", json!(" "), "hosp_rxno: it must not be blank"),
        ("vali_days", json!(0), "vali_days is 1 to 366"),
        ("vali_days", json!(VALI_DAYS_MAX + 1), "vali_days is 1 to 366"),
        ("rxdrugdetail", json!([]), "rxdrugdetail has 1 to 200 lines"),
        ("rxdrugdetail", drugs(MAX_LINES + 1), "rxdrugdetail has 1 to 200 lines"),
        ("hosp_rxno", json!("CF\n1"), line),
        ("med_type", json!("1\n1"), line),
        ("dise_codg", json!("M\n1"), line),
        ("rx_exra_attr_code", json!("0\t3"), line),
        ("paper_situ_code", json!("0\n1"), line),
    ] {
        let said = taken(field, past).err().unwrap_or_else(|| panic!("{field}: {why}"));
        assert!(said.starts_with(field) && said.contains(why), "{said}");
    }
}

#[test]
fn what_is_wrong_within_the_prescription_is_named() {
    let folder = Folder::new("within");
    let file = folder.0.join("claim.json");
    let said = |rx: Value| {
        let mut facts = facts();
        facts["rx"] = rx;
        fs::write(&file, facts.to_string()).unwrap();
        read("360900".parse().unwrap(), "L1", &file, Vec::new()).map(|_| ()).map_err(|why| format!("{why:#}"))
    };
    let on_paper = |field: &str, value: Value| {
        let mut rx = facts()["rx"].clone();
        rx[field] = value;
        rx
    };
    let in_center = |hi_rxno: &str| json!({ "hi_rxno": hi_rxno });
    assert_eq!(said(on_paper("paper_no", json!(7))), Ok(()));
    let hi_rxno = HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), 1).unwrap().to_string();
    assert_eq!(said(in_center(&hi_rxno)), Ok(()));
    for (rx, why) in [
        (on_paper("hosp_rxnr", json!("1")), "unknown field `hosp_rxnr`"),
        (on_paper("paper_no", json!("1234567890123")), "\"1234567890123\": "),
        (on_paper("prsc_date", json!("2026-02-30")), "\"2026-02-30\": "),
        (on_paper("fixmedins_code", json!(["H"])), "expected a text or a number, not [\"H\"]"),
        (on_paper("rxdrugdetail", json!([{ "med_list_code": "X" }])), "unknown field `med_list_code`"),
        (json!({ "hosp_rxno": "CF1" }), "missing field `fixmedins_code`"),
        (json!({ "hi_rxno": hi_rxno, "hosp_rxno": "CF1" }), "unknown field `hosp_rxno`"),
        (in_center("36090020261122"), "\"36090020261122\": "),
        (json!(hi_rxno), "invalid type: string"),
    ] {
        let said = said(rx).unwrap_err();
        assert!(said.starts_with("rx: ") && said.contains(why), "{why}: {said}");
    }
}

#[test]
fn a_papers_name_is_one_line() {
    let folder = Folder::new("line");
    let path = folder.0.join("处方\n已付.pdf");
    fs::write(&path, "a").unwrap();
    let why = papers(&[(PaperKind::Rx, path)]).unwrap_err().to_string();
    assert_eq!(why, "paper: it must be one line of text");
}

#[test]
fn a_papers_name_has_its_limit() {
    let folder = Folder::new("names");
    let named = |count: usize| {
        let path = folder.0.join("a".repeat(count));
        fs::write(&path, "a").unwrap();
        papers(&[(PaperKind::Rx, path)])
    };
    assert_eq!(named(FILENAME_MAX).unwrap()[0].filename.len(), FILENAME_MAX);
    assert!(named(FILENAME_MAX + 1).unwrap_err().to_string().ends_with("more than 200 characters"));
}

#[test]
fn a_form_without_a_number_has_none() {
    let folder = Folder::new("unnumbered");
    let file = folder.0.join("claim.json");
    let taken = |paper_no: Value| {
        let mut facts = facts();
        facts["rx"]["unnumbered"] = json!(true);
        facts["rx"]["paper_no"] = paper_no;
        fs::write(&file, facts.to_string()).unwrap();
        read("360900".parse().unwrap(), "L1", &file, Vec::new())
    };
    let Ok(Asked { rx: AskedRx::OnPaper(paper, _), .. }) = taken(Value::Null) else { panic!("it is on paper") };
    assert!(paper.unnumbered && paper.paper_no.is_none());
    let why = taken(json!("7")).err().expect("it has one").to_string();
    assert!(why.starts_with("unnumbered says that the form has no number"), "{why}");
}
