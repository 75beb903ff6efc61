//! What a printed prescription says in its states, and that the file is what it must be.

use expect_test::expect;
use lf_rx::event::{Revoked, Settled};
use serde_json::json;

use super::*;
use crate::fixture::*;

fn sheet<'a>(rx: &'a Prescription, content: &'a RxContent) -> PrescriptionSheet<'a> {
    PrescriptionSheet {
        rx,
        content,
        epc_qrcd: Some("3609002026112200000000000000171a2b3c4d5e"),
        pharmacy_name: Some("宜春示例大药房"),
        name_of: NAMES,
        printed: printed(),
    }
}

fn two() -> RxContent {
    let mut second = drug("甲钴胺片", "0.5mg×20片", "示例制药");
    second["drug_prodname"] = json!("弥可保");
    second["real_dscr"] = json!("患者要求，已知情同意");
    content(vec![drug("缬沙坦胶囊", "80mg×7粒", "示例药业"), second])
}

#[test]
fn it_says_before_text_and_after_in_their_order() {
    // proves HB-1.14, WH-3.6
    let content = two();
    expect![[r#"
        普通
        宜春市示例人民医院
        医保外配电子处方笺
        处方编号 360900202611220000000000000172
        追溯码 36090026112200000175
        姓名： | 欧阳示例 | 性别： | 女 | 年龄： | 61岁 | 科别： | 心血管内科
        费别： | 普通门诊 门诊统筹处方 | 门诊/住院号： | OP20261122001
        临床诊断： | 高血压病2级（中危） I10.x00x002；2型糖尿病 E11.900
        过敏史： | 青霉素过敏 | 处方类别： | 门诊西药 | 机构处方号： | CF000017
        开具日期： | 2026-11-22 09:00:00 | 有效期至： | 2026-11-25 09:00:00
        Rp.
        1. 缬沙坦胶囊 | 2 盒
        80mg×7粒  片剂  示例药业
        用法：口服，每次80mg，每日一次，用7天
        2. 甲钴胺片（弥可保） | 2 盒
        0.5mg×20片  片剂  示例制药
        用法：口服，每次80mg，每日一次，用7天
        自费：患者要求，已知情同意
        医师： | 丁示例（副主任医师） | 药品金额： | 61.60元（院内参考价）
        院内审方： | 黄示例（Y360902000009） 2026-11-22 09:05:00
        药店： | 宜春示例大药房 | 处方状态： | 审核通过
        药店审方： | 周示例（Y360902000021）审核通过 2026-11-22 10:00:00 用法用量
        适宜
        医师签名： | 审核： | 调配：
        核对： | 发药： | 取药人：
        医师代码 D360902000001，机构代码 H36090200101
        机构电子签名：SM2，证书 LF-H36090200101-0001，签名值 c2lnbmVkIGJ5IHRo…
        处方文件SM3 66c7f0f462eeedd9…，药店验签通过 YQ202611220900000001
        本页是电子处方的打印件，内容与之一致；调剂、结算以电子处方为准，一次有效。
        打印于 2026-11-22 10:30:00 | 第1页 共1页
        =
    "#]]
    .assert_eq(&lines(&sheet(&reviewed(&content), &content).sheet()));
}

#[test]
fn it_says_what_the_stored_prescription_says_and_leaves_room_for_the_doctors_hand() {
    // proves JX-3.1b
    let content = two();
    let text = lines(&sheet(&reviewed(&content), &content).sheet());
    for drug in &content.rxdrugdetail {
        for word in [&drug.drug_genname, &drug.drug_spec, &drug.drug_dosform] {
            assert!(text.contains(word.as_str()), "{word}");
        }
    }
    for word in ["医师签名：", "每次80mg", "每日一次", "用7天", "2 盒", "高血压病2级（中危） I10.x00x002"]
    {
        assert!(text.contains(word), "{word}\n{text}");
    }
    assert!(!text.contains(content.mdtrtinfo.certno.as_str()), "a certificate number is printed on narcotics only");
}

#[test]
fn the_corner_says_the_kind_and_what_is_wrong() {
    let content = two();
    let corner = |change: &dyn Fn(&mut RxContent), state: Option<State>, printed: Moment| {
        let mut content = content.clone();
        change(&mut content);
        let rx = state.map_or_else(|| reviewed(&content), |state| with(&content, state));
        match (PrescriptionSheet { printed, ..sheet(&rx, &content) }).head() {
            Block::Head(head) => head.corner.join(" "),
            other => panic!("{other:?}"),
        }
    };
    let kind = |code: &'static str| corner(&move |c| c.head.rx_type_code = code.to_owned(), None, printed());
    for (code, want) in [
        ("1", "普通"),
        ("3", "急诊"),
        ("4", "急诊"),
        ("5", "儿科"),
        ("6", "儿科"),
        ("7", "麻、精一"),
        ("8", "精二"),
        ("10", "普通"),
    ] {
        assert_eq!(kind(code), want, "{code}");
    }
    assert_eq!(corner(&|c| c.head.long_rx_flag = true, None, printed()), "普通 长期");
    assert_eq!(corner(&|_| (), Some(State::PreChecked), printed()), "普通 未生效");
    let end = content.head.vali_end_time;
    assert_eq!(corner(&|_| (), None, end.plus_seconds(-1)), "普通");
    assert_eq!(corner(&|_| (), None, end), "普通 已失效");
    let passed = reviewed(&content).state.passed().unwrap().clone();
    let undo_time = printed();
    let revoked = Revoked {
        dr_code: content.mdtrtinfo.dr_code.clone(),
        undo_dr_name: "丁".to_owned(),
        undo_rea: "开错".to_owned(),
        undo_time,
    };
    let before = Box::new(State::Reviewed { passed: passed.clone() });
    assert_eq!(corner(&|_| (), Some(State::Revoked { before, revoked }), printed()), "普通 已撤销");
    let sold = serde_json::from_value(
        json!({ "sel_stoout_sn": "1", "hi_feesetl_flag": "1", "lines": [], "law_edition": "x" }),
    );
    let settled = Settled {
        setl_id: "1".to_owned(),
        mdtrt_id: "1".to_owned(),
        setl_time: printed(),
        medfee_sumamt: Fen::new(100),
        fund_pay_sumamt: Fen::ZERO,
        law_edition: "x".to_owned(),
        at_counter: Default::default(),
    };
    let state = State::Settled {
        passed,
        sold: sold.unwrap(),
        delivery: lf_rx::Delivery::None,
        settled,
        pair: Default::default(),
    };
    assert_eq!(corner(&|_| (), Some(state), end), "普通 已使用");
}

#[test]
fn narcotics_name_the_patients_certificate() {
    let mut content = two();
    content.head.rx_type_code = "7".to_owned();
    let text = lines(&sheet(&reviewed(&content), &content).sheet());
    assert!(text.contains("身份证明编号： | 360902196501011224"), "{text}");
}

#[test]
fn herbs_stand_in_columns_with_doses_and_footnotes() {
    let mut herb = drug("黄芪", "统货", "示例");
    for (field, value) in
        [("rx_item_type_code", json!("13")), ("sin_doscnt", json!(150_000)), ("sin_dosunt", json!("g"))]
    {
        herb[field] = value;
    }
    let mut second = herb.clone();
    second["drug_genname"] = json!("砂仁");
    second["tcmherb_foote"] = json!("后下");
    let mut content = content(vec![herb, second]);
    content.head.rx_drug_cnt = lf_vocab::Qty::new(70_000);
    content.head.rx_used_way_name = Some("水煎服".to_owned());
    let text = lines(&sheet(&reviewed(&content), &content).sheet());
    assert!(text.contains("黄芪 15g | 砂仁 15g（后下）\n共7剂，水煎服\n"), "{text}");
}

#[test]
fn an_unsigned_one_says_so() {
    let content = two();
    let rx = with(&content, State::PreChecked);
    let text = lines(&PrescriptionSheet { epc_qrcd: None, ..sheet(&rx, &content) }.sheet());
    assert!(text.contains("未经医疗机构电子签名，不得调剂。") && text.contains("未生效"), "{text}");
}

#[test]
fn the_file_is_whole_embeds_its_font_and_is_the_same_every_time() {
    let (content, face) = (two(), face());
    let rx = reviewed(&content);
    for size in Size::ALL {
        let paper = sheet(&rx, &content).draw(size, &face).unwrap();
        assert_eq!((paper.pages, paper.lacking.as_slice()), (1, &[][..]));
        let count = |what: &str| paper.pdf.windows(what.len()).filter(|part| *part == what.as_bytes()).count();
        assert!(paper.pdf.starts_with(b"%PDF-1.7") && paper.pdf.ends_with(b"%%EOF"), "{size}");
        assert_eq!((count("/Type/Page/"), count("/FontFile2"), count("/ToUnicode")), (1, 1, 1), "{size}");
        assert!(paper.pdf.len() < 64 * 1024, "{size}: {}", paper.pdf.len());
        assert_eq!(sheet(&rx, &content).draw(size, &face).unwrap(), paper, "{size}");
        let later = PrescriptionSheet { printed: printed().plus_seconds(1), ..sheet(&rx, &content) };
        assert_ne!(lf_gm::sm3(&later.draw(size, &face).unwrap().pdf), lf_gm::sm3(&paper.pdf), "{size}");
    }
}

#[test]
fn many_drugs_and_a_rare_name_lose_nothing() {
    let drugs = (0..40).map(|n| drug(&format!("药{n}{}", "名称很长".repeat(12)), "1mg", "示例")).collect();
    let mut content = content(drugs);
    content.mdtrtinfo.patn_name = "王\u{2B81C}".to_owned();
    let rx = reviewed(&content);
    let paper = sheet(&rx, &content).draw(Size::A5, &face()).unwrap();
    assert!(paper.pages > 2, "{}", paper.pages);
    assert_eq!(paper.lacking, ['\u{2B81C}']);
}
