//! `liufang filing` on the samples: two persons sign, a refusal has its reason and is kept, ending forgets nothing.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

struct Region(PathBuf);

impl Region {
    fn new() -> Self {
        Self::named("sample")
    }

    fn named(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("liufang-filings-{name}-{}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let region = Self(folder);
        assert_eq!(region.ran(&["keys", "new", "store.key.toml", "--store"]).0, 0);
        assert_eq!(region.ran(&["migrate", "--database", "sqlite://center.db"]).0, 0);
        for kind in ["fixmedins", "practitioner", "person", "filing"] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../examples/import/{kind}.csv"));
            let (code, said) =
                region.ran(&["import", kind, file.to_str().unwrap(), "--database", "sqlite://center.db"]);
            assert_eq!(code, 0, "{said}");
        }
        region
    }

    fn ran(&self, args: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_liufang")).args(args).current_dir(&self.0).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap(), text)
    }

    fn filing(&self, args: &[&str], psn_no: &str) -> (i32, String) {
        let whose = ["--database", "sqlite://center.db", "--poolarea-no", "360900", "--psn-no", psn_no];
        self.ran(&[&["filing"], args, &whose].concat())
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const ACTIVE: &str = "36090000000000000001";
const INSURED: &str = "42010000000000000009";
const RETIRED: &str = "36090000000000000002";

// proves WH-2.3, WH-2.4
#[test]
fn filings_are_entered_listed_and_ended() {
    let region = Region::new();
    let (code, said) = region.filing(&["list"], RETIRED);
    assert!(code == 0 && said.contains("不通过：检查资料不能证明符合限定支付范围"), "{said}");
    assert!(said.contains("门诊慢特病 M03900"), "{said}");
    let add = |filing_no: &str, dcsn_name: &str, more: &[&str], psn_no: &str| {
        let drug = ["--med-list-codg", "XC08CAA133A001010100002", "--fixmedins-code", "H36090200001"];
        let doctor = ["--dr-code", "D360902000001", "--dr-name", "丁医师", "--dcsn-name", dcsn_name];
        let days = ["--dcsn-date", "2026-02-01", "--from", "2026-02-01", "--filing-no", filing_no, "--by", "庚经办"];
        region.filing(&[&["add-spay"][..], &drug, &doctor, &days, more].concat(), psn_no)
    };
    for (dcsn_name, more, psn_no, why) in [
        ("丁医师", &[][..], ACTIVE, "another person decides"),
        ("己认定", &["--refused", " "], ACTIVE, "it must not be blank"),
        ("己认定", &["--last-day", "2026-01-30"], ACTIVE, "before the first day"),
        ("己认定", &[], "36090000000000000009", "no registered person"),
    ] {
        let (code, said) = add("备2026-0009", dcsn_name, more, psn_no);
        assert!(code == 2 && said.contains(why), "{dcsn_name} {more:?}: {said}");
    }
    let (code, said) = add("备2026-0009", "己认定", &[], ACTIVE);
    assert!(code == 0 && said.contains("丁医师建议，己认定认定"), "{said}");
    let (code, said) = add("备2026-0009", "己认定", &[], ACTIVE);
    assert!(code == 2 && said.contains("of that number already"), "{said}");
    let (code, said) = add("备2026-0010", "己认定", &["--refused", "剂型不符"], ACTIVE);
    assert!(code == 0 && said.contains("不通过：剂型不符"), "{said}");
    let end = |last_day: &str| {
        let who = ["--rea", "停药", "--by", "辛经办", "--last-day", last_day, "--filing-no", "备2026-0009"];
        region.filing(&[&["end"][..], &who].concat(), ACTIVE)
    };
    assert_eq!(end("2026-05-31").0, 0);
    let (code, said) = end("2026-06-30");
    assert!(code == 2 && said.contains("ends on 2026-05-31 already"), "{said}");
    let (code, said) = region.filing(&["list"], ACTIVE);
    assert!(code == 0 && said.contains("2026-02-01至2026-05-31") && said.contains("ended: 停药；辛经办"), "{said}");
    // The file again changes nothing, and does not bring back what was ended.
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/import/filing.csv");
    let again = region.ran(&["import", "filing", file.to_str().unwrap(), "--database", "sqlite://center.db"]);
    assert!(again.0 == 0, "{}", again.1);
    // Nobody bought anything at this pharmacy.
    let (code, said) = region.filing(&["med-file", "--fixmedins-code", "P36090200101"], ACTIVE);
    assert!(code == 0 && said.trim() == "没有建立用药档案", "{said}");
}

// proves WH-2.2, WH-2.5, WH-2.6
#[test]
fn a_filing_of_wuhan_has_its_form_channel_and_the_word_to_the_person() {
    let region = Region::named("wuhan");
    let file = |name: &str, text: &str| std::fs::write(region.0.join(name), text).unwrap();
    file(
        "person.csv",
        "人员编号,姓名,证件类型,证件号码,性别,出生日期,统筹区,险种,人员类别,开始日期\n\
         42010000000000000009,退休休,01,420102195505050097,男,1955-05-05,420100,职工,退休,2015-01-01\n",
    );
    let (code, said) = region.ran(&["import", "person", "person.csv", "--database", "sqlite://center.db"]);
    assert_eq!(code, 0, "{said}");
    file("case.txt", "病历");
    let add = |filing_no: &str, more: &[&str]| {
        let drug = ["--med-list-codg", "XC08CAA133A001010100002", "--fixmedins-code", "H36090200001"];
        let doctor = ["--dr-code", "D360902000001", "--dr-name", "丁医师", "--dcsn-name", "己认定"];
        let days = ["--dcsn-date", "2026-02-01", "--from", "2026-02-01", "--filing-no", filing_no, "--by", "庚经办"];
        let whose = ["--database", "sqlite://center.db", "--poolarea-no", "420100", "--psn-no", INSURED];
        region.ran(&[&["filing", "add-spay"][..], &drug, &doctor, &days, &whose, more].concat())
    };
    let form = ["--appy-form-no", "SQ001", "--paper", "case.txt"];
    let told = ["--told-way", "短信", "--told-date", "2026-02-01"];
    for (more, lacks) in [
        (told.to_vec(), "appy_form_no: is missing, by 420100/qual.form@2024-12-31"),
        ([&form[..2], &told].concat(), "paper_sm3: is missing, by 420100/qual.form@2024-12-31"),
        (form.to_vec(), "told_way: is missing, by 420100/qual.told@2024-12-31"),
        ([&form[..], &told].concat(), "appy_chnl: is missing, by 420100/qual.channels@2024-12-31"),
        (vec!["--told-way", "短信"], "--told-date"),
        (vec!["--appy-chnl", "电话"], "医疗机构, 服务窗口"),
    ] {
        let (code, said) = add("备1", &more);
        assert!(code == 2 && said.contains(lacks), "{lacks}: {said}");
    }
    for (number, chnl) in ["医疗机构", "服务窗口", "微信小程序", "支付宝小程序", "个人网厅"].iter().enumerate()
    {
        let (code, said) = add(&format!("备{number}"), &[&form[..], &told, &["--appy-chnl", chnl]].concat());
        let wanted = format!("；{chnl}申请，申请表SQ001，资料1份；2026-02-01短信告知参保人");
        assert!(code == 0 && said.contains(&wanted), "{said}");
    }
    // Many at once are asked for the same.
    let heading = "poolarea_no,psn_no,filing_no,filing_type,begndate,med_list_codg,fixmedins_code,dr_code,dr_name,dcsn_name,dcsn_date,dcsn,opter_name,appy_chnl,appy_form_no,paper_sm3,told_way,told_date";
    let row = |told: &str| {
        let sm3 = "ab".repeat(32);
        format!(
            "{heading}\n420100,{INSURED},备9,单独支付,2026-02-01,XC08CAA133A001010100002,H36090200001,D360902000001,丁医师,己认定,2026-02-01,通过,庚经办,个人网厅,SQ9,{sm3}、{sm3},{told}\n"
        )
    };
    for (told, code, wanted) in [
        (",", 1, "备9, told_way: is missing, by 420100/qual.told@2024-12-31"),
        ("电话,", 1, "told_date: is missing beside the other of the two"),
        ("电话,2026-01-31", 1, "told_date: lies before the decision"),
        ("电话,2026-02-02", 0, "committed"),
    ] {
        file("filing.csv", &row(told));
        let (ended, said) = region.ran(&["import", "filing", "filing.csv", "--database", "sqlite://center.db"]);
        assert!(ended == code && said.contains(wanted), "{told}: {said}");
    }
}

/// The packs of this repository, less what Wuhan's ask of a filing.
fn packs_without_form(region: &Region) {
    let law = region.0.join("law");
    lf_testkit::write_law(&law);
    let (pack, own) = (law.join("420100/dandu.toml"), std::fs::read_to_string(law.join("420100/dandu.toml")).unwrap());
    let blocks: Vec<&str> = own.split("\n[[").collect();
    let asks = |block: &&&str| {
        !["qual.form", "qual.told", "qual.channels"].iter().any(|id| block.contains(&format!("\"{id}")))
    };
    let left: Vec<&str> = blocks.iter().filter(asks).copied().collect();
    assert!(left.len() < blocks.len());
    std::fs::write(pack, left.join("\n[[")).unwrap();
}

// proves WH-2.2: what a filing must have is asked of the packs by which the center decides
#[test]
fn filings_are_asked_for_by_the_packs_that_are_named() {
    let region = Region::named("packs");
    packs_without_form(&region);
    std::fs::write(
        region.0.join("person.csv"),
        "人员编号,姓名,证件类型,证件号码,性别,出生日期,统筹区,险种,人员类别,开始日期\n\
         42010000000000000009,退休休,01,420102195505050097,男,1955-05-05,420100,职工,退休,2015-01-01\n",
    )
    .unwrap();
    assert_eq!(region.ran(&["import", "person", "person.csv", "--database", "sqlite://center.db"]).0, 0);
    let add = |filing_no: &str, packs: &[&str]| {
        let drug = ["--med-list-codg", "XC08CAA133A001010100002", "--fixmedins-code", "H36090200001"];
        let doctor = ["--dr-code", "D360902000001", "--dr-name", "丁医师", "--dcsn-name", "己认定"];
        let days = ["--dcsn-date", "2026-02-01", "--from", "2026-02-01", "--filing-no", filing_no, "--by", "庚经办"];
        let whose = ["--database", "sqlite://center.db", "--poolarea-no", "420100", "--psn-no", INSURED];
        region.ran(&[&["filing", "add-spay"][..], &drug, &doctor, &days, &whose, packs].concat())
    };
    let (code, said) = add("备1", &[]);
    assert!(code == 2 && said.contains("420100/qual.form"), "{said}");
    let (code, said) = add("备1", &["--packs", "law"]);
    assert!(code == 0, "{said}");
    let (code, said) = add("备2", &["--packs", "nowhere"]);
    assert!(code == 2 && said.contains("nowhere"), "{said}");
    let text = format!(
        "poolarea_no,psn_no,filing_no,filing_type,begndate,med_list_codg,fixmedins_code,dr_code,dr_name,dcsn_name,dcsn_date,dcsn,opter_name\n\
         420100,{INSURED},备9,单独支付,2026-02-01,XC08CAA133A001010100002,H36090200001,D360902000001,丁医师,己认定,2026-02-01,通过,庚经办\n"
    );
    std::fs::write(region.0.join("filing.csv"), text).unwrap();
    let import = |packs: &[&str]| {
        region.ran(&[&["import", "filing", "filing.csv", "--database", "sqlite://center.db"][..], packs].concat())
    };
    let (code, said) = import(&[]);
    assert!(code == 1 && said.contains("420100/qual.form"), "{said}");
    let (code, said) = import(&["--packs", "nowhere"]);
    assert!(code == 2 && said.contains("nowhere") && !said.contains("filing.csv"), "{said}");
    let person = ["import", "person", "person.csv", "--database", "sqlite://center.db", "--packs", "law"];
    let (code, said) = region.ran(&person);
    assert!(code == 2 && said.contains("--packs is for filings"), "{said}");
    let (code, said) = import(&["--packs", "law"]);
    assert!(code == 0 && said.contains("committed"), "{said}");
}
