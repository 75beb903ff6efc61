//! Every refusal of the hospital's side, reached through the use cases.

use expect_test::expect;
use lf_center::people::PersonRefusal;
use lf_center::t7101_precheck::PrecheckRefusal;
use lf_center::t7102_sign::RxRefusal;
use lf_ports::RegistryPut;
use lf_rx::decide::issue::{QueryRefusal, SignRefusal, UndoRefusal, UploadRefusal};
use lf_testkit::life::Item;
use lf_testkit::region::{OTHER_HOSPITAL, drugs};
use lf_testkit::{Step, TestCenter};
use lf_vocab::Span;
use lf_vocab::person::resident_check;

use crate::said::{Said, code, codes, send, with};

#[tokio::test]
async fn t7101_precheck() {
    // proves JX-4.1.3b (the person of the message is the insured person), JX-2.6.3
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active);
    let mut said = Said::default();
    let spoiled = |change: fn(&mut lf_rx::RxContent)| with(life.precheck_command(), |c| change(&mut c.content));
    let now = center.now();
    said.refused(send!(
        life,
        t7101_precheck,
        hospital,
        with(life.precheck_command(), |c| c.content.head.vali_end_time = now)
    ));
    let ahead = with(life.precheck_command(), |c| c.content.head.prsc_time = now.plus_seconds(601));
    said.refused(send!(life, t7101_precheck, hospital, ahead));
    let bad = spoiled(|c| c.mdtrtinfo.certno = "360902199001010012".parse().unwrap());
    said.refused(send!(life, t7101_precheck, hospital, bad));
    let twice = center.life(&center.people.active).of(vec![Item::amoxicillin(), Item::amoxicillin()]);
    said.refused(send!(twice, t7101_precheck, hospital, twice.precheck_command()));
    let mut odd = Item::amoxicillin();
    odd.drug_dosunt = "板".to_owned();
    let odd = center.life(&center.people.active).of(vec![odd]);
    said.refused(send!(odd, t7101_precheck, hospital, odd.precheck_command()));
    let digits = "36090219700101001";
    let unknown = format!("{digits}{}", char::from(resident_check(digits.as_bytes())));
    let stranger = with(life.precheck_command(), |c| c.content.mdtrtinfo.certno = unknown.parse().unwrap());
    said.refused(send!(life, t7101_precheck, hospital, stranger));
    said.refused(send!(life, t7101_precheck, hospital, spoiled(|c| c.mdtrtinfo.patn_name = "他人".into())));
    said.refused(send!(life, t7101_precheck, hospital, spoiled(|c| c.mdtrtinfo.psn_no = "9".parse().unwrap())));
    said.refused(send!(life, t7101_precheck, hospital, spoiled(|c| c.head.ec_token = Some("x".into()))));
    said.refused(send!(life, t7101_precheck, hospital, spoiled(|c| c.head.mdtrt_cert_type = "03".into())));
    let other = spoiled(|c| {
        c.head.mdtrt_cert_type = "03".into();
        (c.head.mdtrt_cert_no, c.head.card_sn) = (Some("J36090002".into()), Some("1".into()));
    });
    said.refused(send!(life, t7101_precheck, hospital, other));
    let mut gone = center.people.active.clone();
    gone.insured = Span::new("2020-01-01".parse().unwrap(), Some("2026-11-22".parse().unwrap())).unwrap();
    center.register(RegistryPut::Person(gone)).await;
    said.refused(send!(life, t7101_precheck, hospital, life.precheck_command()));
    // CertDiffers is the till's: here the person is found by the certificate.
    let person: Vec<_> = PersonRefusal::CODES.iter().copied().filter(|code| *code != "RX-0002-03").collect();
    said.are(
        expect![[r#"
        RX-7101-01 有效截止时间已过〔接口规范 7101 valiEndTime〕
        RX-7101-02 开方时间晚于当前时间〔接口规范 7101 prscTime〕
        RX-7101-03 居民身份证号码校验不通过〔接口规范 7101 certno〕
        RX-7101-04 药品XJ01CAA040E001010100001在处方中重复，同一药品请合并为一行〔接口规范 7101 rxdrugdetail〕
        RX-7101-05 药品XJ01CAA040E001010100001的总用药量单位应为目录中的粒或盒〔接口规范 7101 drugDosunt：国家医保药品目录的最小制剂单位或最小包装单位〕
        RX-0002-01 查无此参保人〔接口规范 1101〕
        RX-0002-02 姓名与参保信息不符〔赣医保字〔2024〕9号 四（一）3：人证相符〕
        RX-0002-04 医保人员编号与证件不符〔接口规范 1101〕
        RX-0002-05 医保电子凭证令牌无效〔接口规范 7201 ecToken〕
        RX-0002-07 凭社会保障卡办理须填写卡号和卡识别码〔接口规范 1101、2102、7101 card_sn〕
        RX-0002-08 社会保障卡卡号或卡识别码不符〔接口规范 1101、2102、7101 card_sn〕
        RX-0002-06 参保状态不正常〔接口规范 2001〕
    "#]],
        &[PrecheckRefusal::CODES, &person],
    );
}

#[tokio::test]
async fn the_law_says_everything_at_once() {
    // proves JX-2.6.3, JX-4.1.2: all findings of the pre-check in one answer
    let center = TestCenter::new().await;
    let items = vec![
        Item::packs(drugs::UNLISTED, "目录外止痛片", "1", "10"),
        Item::packs(drugs::FOR_CHILDREN, "小儿止咳糖浆", "1", "10"),
    ];
    let mut life = center.life(&center.people.active).of(items);
    life.content.mdtrtinfo.prsc_dr_name = "无此医师".into();
    life.content.head.vali_days = 5;
    life.content.head.vali_end_time = center.now().plus_days(5);
    let mut said = Said::default();
    said.refused(life.precheck().await);
    said.are(expect![[r#"
        RX-VALI-DAYS 处方有效天数填写为5天，电子处方流转有效期是3天。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》三（一）〕
        RX-VALI-SPAN 处方于2026-11-22 10:00:00开具，有效截止时间2026-11-27 10:00:00，超过最长3天。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》三（一）〕
        DR-NOT-REGISTERED 开方医师不是本医疗机构依法注册的医保医师，不能开具流转处方。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（六）3〕
        RX-CHILD-DRUG 第2项小儿止咳糖浆是儿童专科用药，职工门诊统筹处方不得开具。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》二（五）〕
        RX-NOT-LISTED 第1项目录外止痛片不在医保目录内，流转处方不得夹杂其他药品。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》三（二）〕
    "#]], &[]);
}

#[tokio::test]
async fn t7102_sign() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Prechecked).await;
    let mut said = Said::default();
    let mut stranger = center.life(&center.people.active).up_to(Step::Prechecked).await;
    stranger.hospital = OTHER_HOSPITAL.to_owned();
    said.refused(stranger.sign().await);
    said.refused(send!(life, t7102_sign, hospital, with(life.sign_command(), |c| c.rx_trace_code = None)));
    let unknown = lf_vocab::HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), 99_999).unwrap();
    said.refused(send!(life, t7102_sign, hospital, with(life.sign_command(), |c| c.hi_rxno = unknown)));
    said.refused(send!(life, t7102_sign, hospital, with(life.sign_command(), |c| c.original_value = "*".into())));
    said.refused(send!(life, t7102_sign, hospital, with(life.sign_command(), |c| c.original_rx_file = String::new())));
    said.refused(send!(
        life,
        t7102_sign,
        hospital,
        with(life.sign_command(), |c| c.original_rx_file = "aGVsbG8=".into())
    ));
    for name in ["mdtrt_id", "patn_name", "psn_cert_type", "certno", "fixmedins_code", "dr_code", "prsc_dr_name"] {
        let at = life.signed_fields().0.iter().position(|(field, _)| field == name).unwrap();
        let absent = life.sign_command_of(with(life.signed_fields(), |fields| fields.0[at].1 = None));
        said.refused(send!(life, t7102_sign, hospital, absent));
        let other = life.sign_command_of(with(life.signed_fields(), |fields| fields.0[at].1 = Some("另".into())));
        assert_eq!(code(&send!(life, t7102_sign, hospital, other)), "RX-7102-06");
    }
    let mut signed = center.life(&center.people.active).up_to(Step::Signed).await;
    said.refused(send!(
        signed,
        t7102_sign,
        hospital,
        with(signed.sign_command(), |c| c.original_rx_file = "JVBERi0=".into())
    ));
    signed.undo().await.unwrap();
    let mut revoked = center.life(&center.people.active).up_to(Step::Prechecked).await;
    revoked.undo().await.unwrap();
    said.refused(revoked.sign().await);
    center.clock.advance_seconds(3 * 86_400);
    said.refused(send!(life, t7102_sign, hospital, life.sign_command()));
    said.are(
        expect![[r#"
        RX-7102-01 该处方不是本机构开具的〔接口规范 7102 fixmedinsCode〕
        RX-7102-02 原文中的处方追溯码与该处方不符〔接口规范 7102 originalValue〕
        RX-0003-01 查无此处方〔接口规范 hiRxno〕
        RX-0003-02 字段original_value不是有效的Base64〔接口规范 7102〕
        RX-0003-03 处方文件为空〔接口规范 7102 originalRxFile〕
        RX-0003-04 处方文件既不是PDF也不是OFD〔接口规范 7103：PDF或OFD格式〕
        RX-7102-06 签名原文的字段mdtrt_id与预核验时不同〔接口规范 7102 originalValue〕
        RX-7102-06 签名原文的字段patn_name与预核验时不同〔接口规范 7102 originalValue〕
        RX-7102-06 签名原文的字段psn_cert_type与预核验时不同〔接口规范 7102 originalValue〕
        RX-7102-06 签名原文的字段certno与预核验时不同〔接口规范 7102 originalValue〕
        RX-7102-06 签名原文的字段fixmedins_code与预核验时不同〔接口规范 7102 originalValue〕
        RX-7102-06 签名原文的字段dr_code与预核验时不同〔接口规范 7102 originalValue〕
        RX-7102-06 签名原文的字段prsc_dr_name与预核验时不同〔接口规范 7102 originalValue〕
        RX-7102-05 处方已签名，且本次原文或文件与已签名的不同〔接口规范 7102〕
        RX-7102-03 处方已撤销〔接口规范 7104〕
        RX-7102-04 处方已超过有效截止时间〔接口规范 7101 valiEndTime〕
    "#]],
        &[SignRefusal::CODES, RxRefusal::CODES],
    );
}

#[tokio::test]
async fn t7103_upload() {
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let mut stranger = center.life(&center.people.active).up_to(Step::Signed).await;
    stranger.hospital = OTHER_HOSPITAL.to_owned();
    said.refused(stranger.upload().await);
    let life = center.life(&center.people.active).up_to(Step::Signed).await;
    let other = stranger.rx_trace_code();
    said.refused(send!(life, t7103_upload, hospital, with(life.upload_command(), |c| c.rx_trace_code = other)));
    let mut fresh = center.life(&center.people.active).up_to(Step::Prechecked).await;
    said.refused(fresh.upload().await);
    said.refused(send!(life, t7103_upload, hospital, with(life.upload_command(), |c| c.fields.0[2].1 = None)));
    for at in 0..life.signed_fields().0.len() {
        let other = with(life.upload_command(), |c| c.fields.0[at].1 = Some("另".into()));
        assert_eq!(code(&send!(life, t7103_upload, hospital, other)), "RX-7103-07");
    }
    said.refused(send!(life, t7103_upload, hospital, with(life.upload_command(), |c| c.sign_digest = "x".into())));
    said.refused(send!(life, t7103_upload, hospital, with(life.upload_command(), |c| c.rx_file = "JVBERi0=".into())));
    let done = center.life(&center.people.active).up_to(Step::Uploaded).await;
    said.refused(send!(done, t7103_upload, hospital, with(done.upload_command(), |c| c.phar_name = "x".into())));
    let mut revoked = center.life(&center.people.active).up_to(Step::Signed).await;
    revoked.undo().await.unwrap();
    said.refused(revoked.upload().await);
    center.clock.advance_seconds(3 * 86_400);
    said.refused(send!(life, t7103_upload, hospital, life.upload_command()));
    said.are(
        expect![[r#"
        RX-7103-01 该处方不是本机构开具的〔接口规范 7103 fixmedinsCode〕
        RX-7103-02 处方追溯码与医保处方编号不符〔接口规范 7103 rxTraceCode〕
        RX-7103-05 处方尚未完成医保电子签名〔接口规范 7102〕
        RX-7103-07 字段mdtrt_id与签名时的原文不一致〔接口规范 7102 originalValue〕
        RX-7103-08 处方信息签名值与医保电子签名结果不一致〔接口规范 7103 signDigest〕
        RX-7103-09 处方原件与医保电子签名后的文件不一致〔接口规范 7103 rxFile〕
        RX-7103-04 处方追溯码已使用，且本次内容与已上传的不同〔接口规范 7103：每张处方只能使用一次〕
        RX-7103-03 处方已撤销〔接口规范 7104〕
        RX-7103-06 处方已超过有效截止时间〔接口规范 7101 valiEndTime〕
    "#]],
        &[UploadRefusal::CODES],
    );
}

#[tokio::test]
async fn t7104_undo() {
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let mut life = center.life(&center.people.active).up_to(Step::Uploaded).await;
    life.hospital = OTHER_HOSPITAL.to_owned();
    said.refused(life.undo().await);
    life.hospital = lf_testkit::region::HOSPITAL.to_owned();
    let doctor = with(life.undo_command(), |c| c.dr_code = "D360902000002".parse().unwrap());
    said.refused(send!(life, t7104_undo, hospital, doctor));
    life.undo().await.unwrap();
    said.refused(send!(life, t7104_undo, hospital, with(life.undo_command(), |c| c.undo_rea = "另".into())));
    for step in [Step::Settled, Step::Sold, Step::Refunded] {
        said.refused(center.life(&center.people.active).up_to(step).await.undo().await);
    }
    said.are(
        expect![[r#"
        RX-7104-01 该处方不是本机构开具的〔接口规范 7104 fixmedinsCode〕
        RX-7104-02 撤销医师不是开方医师〔接口规范 7104 drCode〕
        RX-7104-03 处方已撤销〔接口规范 7104〕
        RX-7104-04 处方已结算，不能撤销〔接口规范 7104：仅限还未结算的处方〕
        RX-7104-05 药品已出库，请取药机构先撤销出库明细〔接口规范 7104〕
        RX-7104-06 处方已退费并关闭〔接口规范 2103〕
    "#]],
        &[UndoRefusal::CODES],
    );
}

#[tokio::test]
async fn t7105_7106_7107_query() {
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let mut life = center.life(&center.people.active).up_to(Step::Uploaded).await;
    said.refused(send!(life, t7105_query, hospital, with(life.query_command(), |c| c.mdtrt_id = "x".into())));
    said.refused(send!(life, t7105_query, hospital, with(life.query_command(), |c| c.psn_name = "他人".into())));
    said.refused(send!(life, t7106_review_query, hospital, life.query_command()));
    said.refused(send!(life, t7107_settlement_query, hospital, life.query_command()));
    life.hospital = OTHER_HOSPITAL.to_owned();
    said.refused(send!(life, t7105_query, hospital, life.query_command()));
    said.are(
        expect![[r#"
        RX-7105-02 就诊ID与处方不符〔接口规范 7105 mdtrtId〕
        RX-7105-03 人员信息与处方不符〔接口规范 7105 certno〕
        RX-7106-01 处方尚未经药店药师审核〔接口规范 7106〕
        RX-7107-01 处方尚未取药结算〔接口规范 7107〕
        RX-7105-01 该处方不是本机构开具的〔接口规范 7105 fixmedinsCode〕
    "#]],
        &[QueryRefusal::CODES],
    );
}

#[tokio::test]
async fn t7211_catalogue() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active);
    let mut said = Said::default();
    let command = || lf_center::t7211_catalogue::Command {
        fixmedins_code: life.hospital.parse().unwrap(),
        codes: Vec::new(),
        drug_name: Some("片".into()),
        dualchnl: None,
        oppool: None,
        page_num: 1,
        page_size: 2,
    };
    said.refused(send!(life, t7211_catalogue, hospital, with(command(), |c| c.drug_name = None)));
    said.refused(send!(life, t7211_catalogue, hospital, with(command(), |c| c.page_size = 0)));
    said.refused(send!(life, t7211_catalogue, hospital, with(command(), |c| c.page_num = 0)));
    said.are(
        expect![[r#"
        RX-7211-01 医疗目录编码和药品名称必须填写其一〔接口规范 7211：医疗目录编码和名称其中之一必传〕
        RX-7211-02 分页大小应从1开始〔接口规范 7211 pageSize〕
        RX-7211-03 分页码值应从1开始〔接口规范 7211 pageNum〕
    "#]],
        &[lf_center::t7211_catalogue::CatalogueRefusal::CODES],
    );
    let full = send!(life, t7211_catalogue, hospital, with(command(), |c| c.page_size = 100)).unwrap().reply;
    let second = send!(life, t7211_catalogue, hospital, with(command(), |c| c.page_num = 2)).unwrap().reply;
    assert_eq!((full.total, full.list.len(), second.total), (4, 4, 4));
    assert_eq!(second.list, full.list[2..4]);
    assert!(codes(&send!(life, t7211_catalogue, hospital, command())).is_empty());
}
