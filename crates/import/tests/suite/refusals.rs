//! Every defect of every row is named, and a file with defects writes nothing.

use lf_center::Settings;
use lf_import::report::Outcome;
use lf_ports::{EditionOf, Store};
use lf_testkit::center::TestCenter;

use crate::Import;

async fn lines(kind: &str, text: &str) -> Vec<String> {
    let center = TestCenter::empty(Settings::default());
    let store = center.store.as_ref();
    let import = match kind {
        "fixmedins" | "practitioner" | "person" | "filing" => Import::of(store, kind),
        _ => Import::edition(store, kind, "一", "2026-01-01"),
    };
    let report = import.text(text).await.unwrap();
    assert_eq!(report.outcome, Outcome::Defects);
    assert_eq!(store.editions(EditionOf::Drug).await.unwrap(), []);
    report.defect_lines(99)
}

#[tokio::test]
async fn a_drug_row_tells_all_its_defects() {
    let head = "med_list_codg,通用名,剂型,规格,生产企业,最小包装单位,最小制剂单位,最小包装数量,甲乙类,begndate,enddate,hi_pay_std,双通道,特殊管理药品";
    let text = format!(
        "{head}\n\
         xa01,,片剂,规格,厂,盒,片,0,戊,2026-13-01,,-1,也许,剧毒\n\
         XA01BBA001,名,片剂,规格,厂,盒,片,7,甲,2026-05-01,2026-04-30,1.23,是,\n\
         XA01BBA002,名,片剂,规格,厂,盒,片,7,甲,2026-05-01,2026-05-01,1.23,是,精二\n\
         XA01BBA002,名,片剂,规格,厂,盒,片,8,甲,2026-05-01,2026-05-01,1.23,是,精二,多余\n\
         1.0E+20,名,片剂,规格,厂,盒,片,7,甲,,,,,\n"
    );
    let lines = lines("drug", &text).await;
    let wanted = [
        "row 2, med_list_codg: is not a drug code (capital letters and digits): xa01",
        "row 2, genname: is missing",
        "row 2, min_pac_cnt: is not a count above nothing, at most four decimals: 0",
        "row 2, chrgitm_lv: is not 甲, 乙, 丙 or 01, 02, 03: 戊",
        "row 2, begndate: is not a day: 2026-13-01",
        "row 2, dualchnl: is not 是 or 否: 也许",
        "row 2, hi_pay_std: is not a price above nothing, at most six decimals: -1",
        "row 2, special: is not 麻醉, 精一, 精二, 毒性, 放射 or 抗微生物: 剧毒",
        "row 3, enddate: lies before the first day",
        "row 5: 15 cells under 14 headings; a comma inside a cell wants quotes around it",
        "row 6, med_list_codg: was shortened by a spreadsheet; format the column as text and export it again",
    ];
    assert_eq!(lines, wanted);
}

#[tokio::test]
async fn people_are_refused_without_being_shown() {
    let head = "psn_no,psn_name,certno,gend,brdy,poolarea_no,insutype,psn_type,begndate,balc";
    let text = format!(
        "{head}\n\
         1,秘密一,360902199001010010,3,1990-01-01,36090,311,13,2015-01-01,-1\n\
         2,秘密二,11010519491231002X,1,1949-12-30,360900,310,12,,0.001\n"
    );
    let lines = lines("person", &text).await;
    assert_eq!(lines.len(), 9, "{lines:#?}");
    let text = lines.join("\n");
    for column in ["2, certno", "2, gend", "2, poolarea_no", "2, insutype", "2, psn_type", "2, balc"] {
        assert!(text.contains(&format!("row {column}: is not ")), "{column}: {text}");
    }
    assert!(text.contains("row 3, brdy: is not a day, and for a resident card the one in its number"));
    assert!(text.contains("row 3, begndate: is missing"));
    for secret in ["秘密", "360902199001010010", "11010519491231002X", "1949-12-30"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn institutions_and_practitioners_keep_their_forms() {
    let head = "fixmedins_code,fixmedins_name,poolarea_no,begndate,itnt_parent_code,itnt_lic_begndate";
    let text = format!(
        "{head}\nX36090200001,名,360900,2024-01-01,,\nH36090200001,名,360900,2024-01-01,H36090200001,2024-01-01\n\
         P36090200001,名,360900,2024-01-01,H36090200001,2024-01-01\n"
    );
    let found = lines("fixmedins", &text).await;
    let wanted = [
        "row 2, fixmedins_code: is not H or P and 11 digits: X36090200001",
        "row 3, itnt_parent_code: an internet hospital needs its parent, its licence and its supplement",
        "row 4, itnt_parent_code: stands at a pharmacy",
    ];
    assert_eq!(found, wanted);
    let text = "fixmedins_code,prac_code,prac_name,kind,begndate\nH36090200001,YS01,名,医师,2024-01-01\n\
        H36090200001,YS01,名,护士,2024-01-01\n";
    let found = lines("practitioner", text).await;
    assert!(found[0].starts_with("row 2, prac_code: is not D and 12 digits"), "{found:?}");
    assert!(found.contains(&"row 3, kind: is not 医师 or 药师".to_owned()), "{found:?}");
}

#[tokio::test]
async fn a_table_that_cannot_be_meant_says_why() {
    assert_eq!(lines("opsp", "code,name\n").await, ["row 1: there is no row below the headings"]);
    let found = lines("opsp", "编号,名字\n1,2\n").await;
    assert_eq!(found.len(), 2);
    assert!(found[0].starts_with("row 1, opsp_dise_code: no heading for it; accepted: opsp_dise_code, "));
    let found = lines("opsp", "code,name\nA,甲\nA,乙\nA,甲\n").await;
    assert_eq!(found, ["row 3: has the key of row 2 and says something else"]);
    let found = lines("frequency", "code,name,period_days,times_per_period\nq,名,0,1\nr,名,366,1441\n").await;
    assert_eq!(found.len(), 2, "{found:?}");
}

#[tokio::test]
async fn the_first_defects_are_shown_and_the_rest_is_counted() {
    let center = TestCenter::empty(Settings::default());
    let rows: String = (0..60).map(|n| format!("{n},\n")).collect();
    let import = Import::edition(center.store.as_ref(), "opsp", "一", "2026-01-01");
    let report = import.text(&format!("code,name\n{rows}")).await.unwrap();
    let lines = report.defect_lines(50);
    assert_eq!((lines.len(), lines[50].as_str()), (51, "… and 10 more"));
    assert_eq!((report.defect_cnt, report.defect_row_cnt), (60, 60));
}

#[tokio::test]
async fn a_designation_row_tells_all_its_defects() {
    let text = "poolarea_no,定点类别,fixmedins_code,责任医师代码,med_list_codg,begndate,enddate,文号\n\
                36090,养老,X1,张三,,2026-13-01,,\n\
                360900,门特,P36090200101,D360902000001,,2026-01-01,,一号\n\
                360900,单独支付,H36090200001,,XC10AAA209A001010100003,2026-01-01,,一号\n\
                360900,双通道,H36090200001,,,2026-01-02,2026-01-01,一号\n";
    let wanted = [
        "row 2, poolarea_no: is not six digits of a region: 36090",
        "row 2, dsgn_type: is not 双通道, 单独支付, 门特, 门诊统筹, 省内异地 or 互联网+: 养老",
        "row 2, fixmedins_code: is not H or P and 11 digits: X1",
        "row 2, dr_code: is not D and 12 digits: 张三",
        "row 2, begndate: is not a day: 2026-13-01",
        "row 2, filing_no: is missing",
        "row 3, dr_code: is named at a pharmacy: responsible doctors work at institutions",
        "row 4, med_list_codg: stands at an institution: only a doctor is designated for single drugs",
        "row 5, enddate: lies before the first day",
    ];
    assert_eq!(lines("designation", text).await, wanted);
}

#[tokio::test]
async fn no_more_rows_of_one_doctor_than_a_message_reads() {
    let head = "poolarea_no,dsgn_type,fixmedins_code,dr_code,med_list_codg,begndate,filing_no\n";
    let row = |at: usize| format!("360900,单独支付,H36090200001,D360902000001,XA01AAA{at:03},2026-01-01,一号\n");
    let text = |count| format!("{head}{}", (0..count).map(row).collect::<String>());
    let center = TestCenter::empty(Settings::default());
    let most = lf_ports::store::UNDER_MAX;
    let import = Import::edition(center.store.as_ref(), "designation", "一", "2026-01-01");
    assert_eq!(import.text(&text(most)).await.unwrap().outcome, Outcome::Committed);
    let lines = lines("designation", &text(most + 1)).await;
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with(&format!("row {}, fixmedins_code: more than {most} rows", most + 2)), "{lines:?}");
}

#[tokio::test]
async fn a_list_of_drugs_tells_a_wrong_word_and_a_missing_disease() {
    let text = "admdvs,drug_code,类别\n420000,XA01AAA001,一级\n";
    assert_eq!(lines("dual_drug", text).await, ["row 2, tag: is not 双通道, 竞价, 原谈判 or 单列门诊统筹: 一级"]);
    let text = "admdvs,drug_code,病种编码\n441900,XA01AAA001,\n";
    assert_eq!(lines("opsp_drug", text).await, ["row 2, opsp_dise_code: is missing"]);
    let text = "admdvs,drug_code,原支付标准\n420000,XA01AAA001,0\n";
    assert_eq!(lines("renewal_drug", text).await, ["row 2, hi_pay_std: is not a price above nothing: 0"]);
}

const FILING: &str = "poolarea_no,psn_no,filing_no,filing_type,begndate,med_list_codg,fixmedins_code,dr_code,dr_name,dcsn_name,dcsn_date,dcsn,rea,opsp_dise_code,opsp_dise_name,opter_name";

#[tokio::test]
async fn a_filing_row_tells_all_its_defects() {
    // proves WH-2.3, WH-2.4: two persons sign, and a refusal has a reason
    let spay = "360900,1,F1,单独支付,2026-01-01,XC10AAA209A001010100003,H36090200001,D360902000001";
    let text = format!(
        "{FILING}\n\
         36090,1,,养老,2026-13-01,,,,,,,,,,,\n\
         {spay},丁医师,丁医师,2026-01-01,通过,,,,经办\n\
         {spay},丁医师,戊,2026-01-01,不通过,,,,经办\n\
         {spay},,,,也许,,,,经办\n\
         360900,1,F2,门特,2026-01-01,,,,,,,,,,,经办\n"
    );
    let wanted = [
        "row 2, poolarea_no: is not six digits of a region",
        "row 2, filing_no: is missing",
        "row 2, filing_type: is not 单独支付 or 门特",
        "row 2, begndate: is not a day",
        "row 2, opter_name: is missing",
        "row 3, dcsn_name: is the doctor who advised: another person decides",
        "row 4, rea: is missing: who refuses says why",
        "row 5, dr_name: is missing",
        "row 5, dcsn_name: is missing",
        "row 5, dcsn_date: is missing",
        "row 5, dcsn: is not 通过 or 不通过",
        "row 6, opsp_dise_code: is missing",
        "row 6, opsp_dise_name: is missing",
    ];
    assert_eq!(lines("filing", &text).await, wanted);
}

#[tokio::test]
async fn a_filing_of_nobody_or_on_a_strangers_advice_is_refused() {
    // proves WH-2.3: the doctor who advises is responsible for the drug
    let center = TestCenter::new().await;
    let store = center.store.as_ref();
    let row = |psn_no: &str, code: &str, doctor: &str| {
        format!(
            "360900,{psn_no},F1,单独支付,2026-01-01,XC10AAA209A001010100003,{code},D360902000001,{doctor},戊,2026-01-01,通过,,,,经办\n"
        )
    };
    let known = center.people.active.psn_no.as_str().to_owned();
    let refused = async |row: String| {
        let report = Import::of(store, "filing").text(&format!("{FILING}\n{row}")).await.unwrap();
        report.defect_lines(9)
    };
    let nobody = refused(row("9", "H36090200001", "丁医师")).await;
    assert_eq!(nobody, ["row 2, psn_no: names no registered person; import person first"]);
    let nowhere = refused(row(&known, "H36090200009", "丁医师")).await;
    assert_eq!(nowhere, ["row 2, fixmedins_code: names no registered institution; import fixmedins first"]);
    let stranger = refused(row(&known, "H36090200001", "庚医师")).await;
    assert_eq!(stranger, ["row 2, dr_code: names no registered doctor of that name at the institution"]);
    let early = row(&known, "H36090200001", "丁医师").replace("戊,2026-01-01", "戊,1999-12-31");
    assert_eq!(refused(early).await, ["row 2, dr_code: was not registered there on the day of the decision"]);
    // A register of institutions says nothing of doctors.
    let houses =
        "poolarea_no,dsgn_type,fixmedins_code,begndate,filing_no\n360900,单独支付,H36090200001,2025-01-01,一号\n";
    let kept = Import::edition(store, "designation", "〇", "2024-12-31").text(houses).await.unwrap();
    assert_eq!(kept.outcome, Outcome::Committed);
    let free = Import { dry_run: true, ..Import::of(store, "filing") };
    let free = free.text(&format!("{FILING}\n{}", row(&known, "H36090200001", "丁医师"))).await.unwrap();
    assert!(free.defect_lines(9).is_empty());
    // The register of doctors is kept, and has him for another drug only; then for this one.
    let register = |drug: &str| {
        format!(
            "poolarea_no,dsgn_type,fixmedins_code,dr_code,med_list_codg,begndate,filing_no\n360900,单独支付,H36090200001,D360902000001,{drug},2025-01-01,一号\n"
        )
    };
    let kept = Import::edition(store, "designation", "一", "2025-01-01").text(&register("XA01AAA001")).await.unwrap();
    assert_eq!(kept.outcome, Outcome::Committed);
    let other = refused(row(&known, "H36090200001", "丁医师")).await;
    assert_eq!(
        other,
        ["row 2, dr_code: is no responsible doctor for this drug there, by the register of designations"]
    );
    let kept =
        Import::edition(store, "designation", "二", "2025-01-02").text(&register("XC10AAA209A001010100003")).await;
    assert_eq!(kept.unwrap().outcome, Outcome::Committed);
    assert!(refused(row(&known, "H36090200001", "丁医师")).await.is_empty());
    // The same again changes nothing.
    let text = format!("{FILING}\n{}", row(&known, "H36090200001", "丁医师"));
    assert_eq!(Import::of(store, "filing").text(&text).await.unwrap().outcome, Outcome::NothingToDo);
}
