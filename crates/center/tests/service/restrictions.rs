//! 限定支付 and quantity at the pre-check: the lists judge by the law of the place, the doctor answers a reminder.

use expect_test::expect;
use lf_center::t7101_precheck::{Consultation, Dspo, DspoWay, Stated, StatedLine};
use lf_ports::lists::{DrugRule, Frequency};
use lf_ports::{
    ChangeSet, Consult, Drug, Edition, EditionChange, EditionOf, Fixmedins, Item as Row, Lists, RegistryPut, Store as _,
};
use lf_rx::Prescription;
use lf_testkit::TestCenter;
use lf_testkit::life::{Item, Life};
use lf_testkit::region::{HOSPITAL, OTHER_HOSPITAL, catalogue, drugs, fixmedins};
use lf_vocab::dict::BizTypeCode;
use lf_vocab::{Qty, Span};

use crate::said::{Said, codes};

async fn edition(center: &TestCenter, list: Lists, items: Vec<Row>) {
    let edition = Edition {
        of: EditionOf::List(list),
        edition: "第一批".to_owned(),
        from: "2026-01-01".parse().unwrap(),
        ver: 1,
        file_sm3: "00".repeat(32),
        row_cnt: items.len() as u64,
        imported: center.now(),
    };
    let edition = Some(EditionChange { edition, ends: vec![], drugs: vec![], items });
    center.store.commit(ChangeSet { edition, ..ChangeSet::default() }).await.unwrap();
}

async fn rules(center: &TestCenter, rules: &[(&str, &str)]) {
    let row = |(rule_type, rule_value): &(&str, &str)| rule(drugs::AMOXICILLIN, rule_type, rule_value);
    edition(center, Lists::DrugRule, rules.iter().map(row).collect()).await;
}

fn rule(code: &str, rule_type: &str, rule_value: &str) -> Row {
    Row::DrugRule(DrugRule {
        med_list_codg: code.parse().unwrap(),
        genname: None,
        rule_type: rule_type.to_owned(),
        rule_value: rule_value.to_owned(),
        batch: None,
    })
}

async fn rx(center: &TestCenter, life: &Life<'_>) -> Prescription {
    let (hi_rxno, _) = life.numbers.clone().unwrap();
    center.store.rx(&hi_rxno).await.unwrap().unwrap()
}

async fn reminders(life: &mut Life<'_>) -> Said {
    let mut said = Said::default();
    for reminder in life.precheck().await.unwrap().reminders {
        said.reminded(&reminder);
    }
    said
}

#[tokio::test]
async fn each_restriction_of_a_drug_is_judged() {
    // proves HB-1.12, JX-2.5c, JX-3.2a, JX-4.1.2
    let center = TestCenter::new().await;
    let all = [
        ("限定性别对象", "女"),
        ("限定年龄对象", "儿童"),
        ("限定机构等级", "三级"),
        ("限定就医方式", "住院"),
        ("限定保险类型", "工伤"),
        ("限定支付疗程", "3天"),
        ("限定疾病诊断", "C50"),
        ("限定人群", "孕妇"),
    ];
    rules(&center, &all).await;
    let mut life = center.life(&center.people.active);
    let said = reminders(&mut life).await;
    said.are(expect![[r#"
        PAY-LIMIT-GEND 第1项阿莫西林胶囊限性别“2”（1男2女）的患者使用，本患者性别为“1”，基金不予支付；确需使用的，请按自费（医院审批标志2）开具。〔《基本医疗保险用药管理暂行办法》第二十三条第二项〕
        PAY-LIMIT-CHILD 第1项阿莫西林胶囊限儿童（未满18周岁）使用，患者37岁，基金不予支付；确需使用的，请按自费（医院审批标志2）开具。〔规则库没有写明儿童的年龄，推定为未成年人〕
        PAY-LIMIT-HOSP-LV 第1项阿莫西林胶囊限3级及以上医疗机构使用，本机构为2级，基金不予支付；确需使用的，请按自费（医院审批标志2）开具。〔《基本医疗保险用药管理暂行办法》第二十三条第二项〕
        PAY-LIMIT-IPT 第1项阿莫西林胶囊限住院使用，基金不予支付；确需使用的，请按自费（医院审批标志2）开具。〔《基本医疗保险用药管理暂行办法》第二十三条第二项〕
        PAY-LIMIT-INSU 第1项阿莫西林胶囊限工伤保险支付，本次就诊不属该保险，基金不予支付；确需使用的，请按自费（医院审批标志2）开具。〔规则库没有写明由哪些医疗类别支付，按医疗类别的名称推定〕
        PAY-LIMIT-COURSE 第1项阿莫西林胶囊支付疗程不超过3天，本次用药7天（按用法用量可用2天；连同此前相接的处方共7天），超出部分，基金不予支付；确需使用的，请按自费（医院审批标志2）开具。〔《基本医疗保险用药管理暂行办法》第二十三条第二项〕
        RX-DISEASE-MATCH 第1项阿莫西林胶囊与所诊断的病种不符，请核对是否夹杂其他药品。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》三（二）〕
        PAY-LIMIT-OTHER 第1项阿莫西林胶囊另有支付限制“限定人群：孕妇”，系统不能判断，请医师核对。〔《基本医疗保险用药管理暂行办法》第二十三条第二项〕
    "#]], &[]);
}

#[tokio::test]
async fn a_drug_within_its_restrictions_is_not_spoken_of() {
    let center = TestCenter::new().await;
    rules(
        &center,
        &[("限定性别对象", "男"), ("限定机构等级", "二级"), ("限定支付疗程", "7天"), ("限定疾病诊断", "J06")],
    )
    .await;
    let mut life = center.life(&center.people.active);
    life.content.diseinfo[0].diag_code = "J06.900".to_owned();
    reminders(&mut life).await.are(expect![""], &[]);
    // What is left to the person's own money is not the fund's to restrict.
    let center = TestCenter::new().await;
    rules(&center, &[("限定性别对象", "女")]).await;
    let mut life = center.life(&center.people.active);
    life.content.rxdrugdetail[0].hosp_appr_flag = "2".to_owned();
    reminders(&mut life).await.are(expect![""], &[]);
}

#[tokio::test]
async fn a_reminder_that_the_doctor_answers_is_kept_and_not_repeated() {
    // proves JX-4.1.2: the reason for going on stands with the prescription
    let center = TestCenter::new().await;
    rules(&center, &[("限定性别对象", "女")]).await;
    let mut life = center.life(&center.people.active);
    let dspo = |dspo_way, rea: &str| StatedLine {
        dspo: Some(Dspo { dspo_way, dspo_way_rea: Some(rea.to_owned()) }),
        ..StatedLine::default()
    };
    life.stated = Stated { lines: vec![dspo(DspoWay::GoOn, "男性乳腺癌")], ..Stated::default() };
    reminders(&mut life).await.are(expect![""], &[]);
    let opened = rx(&center, &life).await.opened;
    let overridden: Vec<_> = opened.overridden.iter().map(|one| (one.line, one.provision.as_str())).collect();
    assert_eq!(overridden, [(0, "100000/pay_limit.gend@2020-09-01")]);
    // Who says that the order will be changed goes on without an answer.
    let mut other = center.life(&center.people.active);
    other.stated = Stated { lines: vec![dspo(DspoWay::Change, "将修改")], ..Stated::default() };
    assert_eq!(other.precheck().await.unwrap().reminders.len(), 1);
    assert!(rx(&center, &other).await.opened.overridden.is_empty());
}

#[tokio::test]
async fn no_reason_makes_a_refusal_pass() {
    let center = TestCenter::new().await;
    let mut life =
        center.life(&center.people.active).of(vec![Item::packs(drugs::FOR_CHILDREN, "小儿止咳糖浆", "1", "10")]);
    life.stated.lines = vec![StatedLine {
        dspo: Some(Dspo { dspo_way: DspoWay::GoOn, dspo_way_rea: Some("需要".to_owned()) }),
        ..StatedLine::default()
    }];
    let mut said = Said::default();
    said.refused(life.precheck().await);
    said.are(expect![[r#"
        RX-CHILD-DRUG 第1项小儿止咳糖浆是儿童专科用药，职工门诊统筹处方不得开具。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（五）〕
    "#]], &[]);
}

#[tokio::test]
async fn more_packs_than_the_days_need_are_too_many() {
    // proves JX-2.5d, HB-1.13
    let center = TestCenter::new().await;
    let ordered = |packs: &str, code: &str| {
        let mut life =
            center.life(&center.people.active).of(vec![Item::packs(drugs::AMLODIPINE, "氨氯地平片", packs, "10")]);
        life.content.rxdrugdetail[0].used_frqu_codg = Some(code.to_owned());
        life
    };
    let mut said = Said::default();
    // Seven tablets a pack, one a day: the second pack is for the second week.
    assert!(ordered("1", "11").precheck().await.unwrap().reminders.is_empty());
    said.refused(ordered("2", "11").precheck().await);
    assert!(ordered("2", "12").precheck().await.unwrap().reminders.is_empty());
    let mut long = ordered("12", "11");
    long.content.head.long_rx_flag = true;
    assert!(long.precheck().await.is_ok());
    let mut longer = ordered("13", "11");
    longer.content.head.long_rx_flag = true;
    said.refused(longer.precheck().await);
    let mut reasoned = ordered("2", "11");
    reasoned.stated.flags = vec![("extd_days_rea_flag", true)];
    assert!(reasoned.precheck().await.unwrap().reminders.is_empty());
    said.are(expect![[r#"
        RX-DAYS-MAX 第1项氨氯地平片用药7天（所开数量按用法用量可用14天），超过7日用量；需要更长用量的，应作为长期处方开具（长期处方标志填1）或注明理由。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（五）〕
        RX-LONG-DAYS-MAX 第1项氨氯地平片用药7天（所开数量按用法用量可用91天），长期处方最长不超过12周（84天）。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（五）〕
    "#]], &[]);
}

#[tokio::test]
async fn a_frequency_in_no_table_is_said_to_be_unknown() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active);
    life.content.rxdrugdetail[0].used_frqu_codg = Some("BID".to_owned());
    reminders(&mut life).await.are(expect![[r#"
        RX-SUPPLY-UNKNOWN 第1项阿莫西林胶囊的可用天数不能折算：使用频次不在频次表内。请核对用法用量与用药天数。〔《处方管理办法》第六条第四项〕
    "#]], &[]);
    let row = |code: &str, name: &str, times: u32| {
        Row::Frequency(Frequency {
            used_frqu_codg: code.to_owned(),
            used_frqu_name: name.to_owned(),
            alias: None,
            period_days: 1,
            times_per_period: times,
        })
    };
    edition(&center, Lists::Frequency, vec![row("bid", "每日两次", 2), row("prn", "必要时", 1)]).await;
    let mut told = Said::default();
    for code in ["BID", "prn"] {
        let mut life =
            center.life(&center.people.active).of(vec![Item::packs(drugs::AMLODIPINE, "氨氯地平片", "3", "10")]);
        life.content.rxdrugdetail[0].used_frqu_codg = Some(code.to_owned());
        match life.precheck().await {
            // By the table 21 tablets last ten and a half days; 必要时 counts nothing.
            Ok(answer) => assert!(code == "prn" && answer.reminders.is_empty()),
            refused => told.refused(refused),
        }
    }
    told.are(expect![[r#"
        RX-DAYS-MAX 第1项氨氯地平片用药7天（所开数量按用法用量可用10.5天），超过7日用量；需要更长用量的，应作为长期处方开具（长期处方标志填1）或注明理由。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（五）〕
    "#]], &[]);
}

/// Rows of the published list (code, name, kind, value), one of each kind and value that it has for western and patent drugs, and
/// the code that a case outside of it is told.
const PUBLISHED: [(&str, &str, &str, &str, &str); 10] = [
    ("ZD03AAA0043010100166", "艾附暖宫丸", "限定性别对象", "女", "PAY-LIMIT-GEND"),
    ("XL02BBA326A001010102180", "阿帕他胺片", "限定性别对象", "男", "PAY-LIMIT-GEND"),
    ("ZA04CAE0023010100166", "儿童清肺口服液", "限定年龄对象", "儿童", "PAY-LIMIT-CHILD"),
    ("ZC01AAA0042010105549", "艾迪注射液", "限定机构等级", "二级", "PAY-LIMIT-HOSP-LV"),
    ("XS01LXD085J005010178976", "地塞米松玻璃体内植入剂", "限定机构等级", "三级", "PAY-LIMIT-HOSP-LV"),
    ("XB05BAU012B002010102180", "ω-3甘油三酯(2%)中/长链脂肪乳", "限定就医方式", "住院", "PAY-LIMIT-IPT"),
    ("XB01AXA223B004010180963", "奥扎格雷氨丁三醇注射用浓溶液", "限定支付疗程", "14天", "PAY-LIMIT-COURSE"),
    ("XL01FDP138B002010181735", "帕妥珠单抗注射液", "限定支付疗程", "365天", "PAY-LIMIT-COURSE"),
    ("ZH01AAB0066010100716", "疤痕止痒软化膏", "限定保险类型", "工伤", "PAY-LIMIT-INSU"),
    ("XG02ADD082D003010179504", "地诺前列酮栓", "限定保险类型", "生育", "PAY-LIMIT-INSU"),
];

#[tokio::test]
async fn the_published_rows_restrict_the_drugs_that_they_name() {
    // proves HB-1.12
    for (code, name, rule_type, rule_value, told) in PUBLISHED {
        let center = TestCenter::new().await;
        let like = catalogue().remove(0);
        let drug = Drug { med_list_codg: code.parse().unwrap(), genname: name.to_owned(), ..like };
        center.register(RegistryPut::Drug(drug)).await;
        edition(&center, Lists::DrugRule, vec![rule(code, rule_type, rule_value)]).await;
        let mut hospital = fixmedins(HOSPITAL, "宜春某医院");
        hospital.hosp_lv = Some("8".to_owned());
        center.register(RegistryPut::Fixmedins(hospital)).await;
        let mut life = center.life(&center.people.active).of(vec![Item::packs(code, name, "1", "10")]);
        life.content.mdtrtinfo.gend = if rule_value == "女" { "1" } else { "2" }.to_owned();
        life.content.head.long_rx_flag = true;
        life.stated.flags = vec![("long_eval_flag", true), ("long_psn_conf_flag", true)];
        let days = if rule_type == "限定支付疗程" {
            rule_value.trim_end_matches('天').parse().unwrap_or(0) + 1
        } else {
            7
        };
        life.content.rxdrugdetail[0].medc_days = Qty::new(days * 10_000);
        let codes = match life.precheck().await {
            Ok(answer) => answer.reminders.into_iter().map(|reminder| reminder.code).collect(),
            refused => codes(&refused),
        };
        let limits: Vec<_> = codes.iter().filter(|code| code.starts_with("PAY-LIMIT")).collect();
        // A year at once is refused by the rule on long prescriptions before anything is reminded of.
        let over = days > 84 && codes == ["RX-LONG-DAYS-MAX"];
        assert!(limits == [told] || over, "{code} {name} {rule_type}{rule_value}: {codes:?}");
    }
}

#[tokio::test]
async fn narcotics_leave_the_hospital_in_few_forms_and_for_few_days() {
    // proves JX-2.5d
    let asked = async |form: &str, days: i64| {
        let center = TestCenter::new().await;
        let drug = Drug {
            special: Some(lf_ports::SpecialClass::Narcotic),
            dosform_name: form.to_owned(),
            ..catalogue().remove(0)
        };
        center.register(RegistryPut::Drug(drug)).await;
        let mut life = center.life(&center.people.active);
        life.content.rxdrugdetail[0].medc_days = Qty::new(days * 10_000);
        codes(&life.precheck().await)
    };
    assert_eq!(asked("注射剂", 1).await, ["RX-NARCOTIC-INJECTION"]);
    assert_eq!(asked("缓释片", 7).await, [""; 0]);
    assert!(asked("缓释片", 8).await.contains(&"RX-NARCOTIC-DAYS".to_owned()));
    assert_eq!(asked("片剂", 3).await, [""; 0]);
    assert_eq!(asked("片剂", 4).await, ["RX-NARCOTIC-DAYS"]);
}

#[tokio::test]
async fn an_internet_hospital_sends_the_record_of_its_consultation() {
    // proves JX-2.4a, JX-2.4b, JX-2.4d
    let center = TestCenter::new().await;
    let open = Span::new("2024-01-01".parse().unwrap(), None).unwrap();
    let consult = Consult { licence: open, parent_fixmedins_code: OTHER_HOSPITAL.parse().unwrap(), supplement: open };
    let hospital = Fixmedins { consult: Some(consult), ..fixmedins(HOSPITAL, "宜春某医院") };
    center.register(RegistryPut::Fixmedins(hospital)).await;
    let sent = |consultation, flags: &[(&'static str, bool)]| {
        let mut life = center.life(&center.people.active);
        life.content.head.biz_type_code = BizTypeCode::Internet;
        life.stated = Stated { consultation, flags: flags.to_vec(), ..Stated::default() };
        life
    };
    let whole = Consultation { fstdiag: true, drug_his: true, algs_his: true, symp: true };
    let good = [("itnt_fstdiag_same_flag", true), ("itnt_cond_chg_flag", false), ("itnt_psn_self_flag", true)];
    reminders(&mut sent(Some(whole), &good)).await.are(expect![[r#"
        ITNT-OVERLAP 没有收到问诊的起止时间，不能判断是否同时接诊其他参保人，请确认。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
    "#]], &[]);
    let mut said = Said::default();
    for part in [
        Consultation { fstdiag: false, ..whole },
        Consultation { drug_his: false, ..whole },
        Consultation { algs_his: false, ..whole },
        Consultation { symp: false, ..whole },
    ] {
        said.refused(sent(Some(part), &good).precheck().await);
    }
    for flag in [("itnt_fstdiag_same_flag", false), ("itnt_cond_chg_flag", true), ("itnt_psn_self_flag", false)] {
        let flags: Vec<_> = good.iter().map(|one| if one.0 == flag.0 { flag } else { *one }).collect();
        said.refused(sent(Some(whole), &flags).precheck().await);
    }
    said.are(expect![[r#"
        ITNT-RECORD-INCOMPLETE 问诊记录不完整：首诊情况、用药史、过敏史、临床症状须全部载明。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
        ITNT-RECORD-INCOMPLETE 问诊记录不完整：首诊情况、用药史、过敏史、临床症状须全部载明。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
        ITNT-RECORD-INCOMPLETE 问诊记录不完整：首诊情况、用药史、过敏史、临床症状须全部载明。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
        ITNT-RECORD-INCOMPLETE 问诊记录不完整：首诊情况、用药史、过敏史、临床症状须全部载明。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
        ITNT-DIAGNOSIS-DIFFERS 参保人疾病没有变化，处方诊断却与首诊诊断不一致。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
        ITNT-CONDITION-CHANGED 参保人病情发生变化，应引导其到实体医疗机构就诊，不能开具处方。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
        ITNT-SPOKEN-FOR 问诊不是由参保人本人或其家属陈述，属于“代客问诊”。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》三（四）1〕
    "#]], &[]);
    // Who sends none is reminded of it.
    reminders(&mut sent(None, &[])).await.are(expect![[r#"
        ITNT-NO-CONSULTATION 没有收到问诊记录，请确认已通过文字或视频有效问诊。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
        ITNT-RECORD-INCOMPLETE 问诊记录没有逐项报告首诊情况、用药史、过敏史和临床症状，请确认已全部掌握。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
        ITNT-OVERLAP 没有收到问诊的起止时间，不能判断是否同时接诊其他参保人，请确认。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（四）〕
    "#]], &[]);
}
