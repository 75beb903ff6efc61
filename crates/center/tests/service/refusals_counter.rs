//! Every refusal of carrying, reviewing and selling, reached through the use cases.

use expect_test::expect;
use lf_center::t7201_authorise::AuthoriseRefusal;
use lf_center::t7203_qrcode::{self, QrcodeRefusal, epc_qrcd};
use lf_center::t7206_review::PharmacistRefusal;
use lf_ports::RegistryPut;
use lf_rx::auth::TokenRefusal;
use lf_rx::decide::carry::{CarryRefusal, VerifyRefusal};
use lf_rx::decide::review::ReviewRefusal;
use lf_rx::decide::sale::{SaleRefusal, SaleUndoRefusal};
use lf_rx::{Event, State};
use lf_testkit::life::Item;
use lf_testkit::region::{HOSPITAL, OTHER_PHARMACY, PHARMACIST, PHARMACY, drugs, fixmedins, practitioner};
use lf_testkit::{Life, Step, TestCenter};
use lf_vocab::dict::{DelvStasCodg, DelvWay, HiFeesetlFlag, RxChkStasCodg};

use crate::said::{Said, code, codes, send, with};

fn qrcode(life: &Life<'_>) -> t7203_qrcode::Command {
    t7203_qrcode::Command {
        epc_qrcd: epc_qrcd(&life.hi_rxno(), &life.sign_digest),
        fixmedins_code: life.pharmacy.parse().unwrap(),
    }
}

#[tokio::test]
async fn t7201_authorise() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let mut said = Said::default();
    let sent = |change: fn(&mut lf_center::t7201_authorise::Command)| with(life.authorise_command(), change);
    said.refused(send!(life, t7201_authorise, pharmacy, sent(|c| c.reg_sn = Some("1".into()))));
    said.refused(send!(life, t7201_authorise, pharmacy, sent(|c| c.ec_token = None)));
    let manual = sent(|c| {
        c.ec_token = None;
        c.reg_sn = Some("1".into());
    });
    said.refused(send!(life, t7201_authorise, pharmacy, manual));
    said.refused(send!(life, t7201_authorise, pharmacy, sent(|c| c.out_flag = true)));
    said.refused(send!(life, t7201_authorise, pharmacy, sent(|c| c.ec_token = Some("x".into()))));
    said.are(
        expect![[r#"
        RX-7201-11 电子凭证令牌和身份登记流水号只能传其一〔接口规范 7201 ecToken/regSn〕
        RX-7201-12 电子凭证令牌和身份登记流水号必须传其一〔接口规范 7201 ecToken/regSn〕
        RX-7201-13 本中心尚未开通人工核验身份登记，请使用医保电子凭证〔接口规范 7201 regSn〕
        RX-7201-14 本中心尚未开通异地处方查询〔接口规范 7201 outFlag〕
        RX-0002-05 医保电子凭证令牌无效〔接口规范 7201 ecToken〕
    "#]],
        &[AuthoriseRefusal::CODES],
    );
}

#[tokio::test]
async fn t7203_qrcode_and_carrying() {
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let signed = center.life(&center.people.active).up_to(Step::Signed).await;
    said.refused(send!(signed, t7203_qrcode, pharmacy, qrcode(&signed)));
    let active = center.life(&center.people.active).up_to(Step::Uploaded).await;
    said.refused(send!(active, t7203_qrcode, pharmacy, with(qrcode(&active), |c| c.epc_qrcd = "二维码".into())));
    said.refused(send!(active, t7203_qrcode, pharmacy, with(qrcode(&active), |c| c.epc_qrcd.push('0'))));
    let mut revoked = center.life(&center.people.active).up_to(Step::Uploaded).await;
    revoked.undo().await.unwrap();
    said.refused(send!(revoked, t7203_qrcode, pharmacy, qrcode(&revoked)));
    for step in [Step::Sold, Step::Refunded] {
        let life = center.life(&center.people.active).up_to(step).await;
        said.refused(send!(life, t7203_qrcode, pharmacy, qrcode(&life)));
    }
    center.clock.advance_seconds(3 * 86_400);
    said.refused(send!(active, t7203_qrcode, pharmacy, qrcode(&active)));
    said.are(
        expect![[r#"
        RX-7201-01 处方尚未上传生效〔接口规范 7103〕
        RX-7203-01 不是本中心的电子处方二维码〔接口规范 7203 epcQrcd〕
        RX-7203-02 二维码对应的处方不存在或二维码无效〔接口规范 7203 epcQrcd〕
        RX-7201-02 处方已撤销〔接口规范 7104〕
        RX-7201-04 处方已取药，不能再次使用〔赣医保字〔2024〕9号 三（一）单次结算；接口规范 rx_used_stas_codg〕
        RX-7201-05 处方已退费并关闭〔接口规范 2103〕
        RX-7201-03 处方已超过有效截止时间〔接口规范 7101 valiDays：过期后无法使用〕
    "#]],
        &[QrcodeRefusal::CODES, CarryRefusal::CODES],
    );
}

#[tokio::test]
async fn t7204_download() {
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let mut other = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let mut life = center.life(&center.people.active).up_to(Step::Authorised).await;
    said.refused(send!(life, t7204_download, pharmacy, with(life.download_command(), |c| c.epc_token = "x".into())));
    let guessed = with(life.download_command(), |c| c.epc_token.replace_range(69.., "z"));
    said.refused(send!(life, t7204_download, pharmacy, guessed));
    said.refused(send!(life, t7204_download, pharmacy, with(life.download_command(), |c| c.auth_rxno = "x".into())));
    life.pharmacy = OTHER_PHARMACY.to_owned();
    said.refused(life.download().await);
    life.pharmacy = PHARMACY.to_owned();
    other.number = life.number;
    other.authorise().await.unwrap();
    life.download().await.unwrap();
    said.refused(other.download().await);
    // Another consent took it over: the first token opens it no more.
    let first = life.token.clone();
    center.clock.advance_seconds(60);
    life.authorise().await.unwrap();
    life.download().await.unwrap();
    let second = std::mem::replace(&mut life.token, first);
    said.refused(life.download().await);
    life.token = second;
    center.clock.advance_seconds(30 * 60);
    said.refused(life.download().await);
    said.are(
        expect![[r#"
        RX-7204-01 电子处方令牌不存在〔接口规范 7204 epcToken〕
        RX-7204-01 电子处方令牌不存在〔接口规范 7204 epcToken〕
        RX-7204-04 授权编号与令牌不符〔接口规范 7204 authRxno〕
        RX-7204-02 令牌授权的是另一家取药机构〔接口规范 7204 fixmedinsCode〕
        RX-7204-05 本次授权已下载另一张处方，其余授权已失效，请参保人重新授权〔接口规范 7201：一次授权仅能下载一张处方〕
        RX-7204-06 该授权下载后处方已转由其他环节或机构处理，请参保人重新授权〔接口规范 7204〕
        RX-7204-03 令牌已过期，请参保人重新授权〔接口规范 7201 expiresIn〕
    "#]],
        &[TokenRefusal::CODES],
    );
}

#[tokio::test]
async fn t7205_verify() {
    // proves HB-2.1
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let fresh = center.life(&center.people.active).up_to(Step::Authorised).await;
    said.refused(send!(fresh, t7205_verify, pharmacy, fresh.verify_command()));
    let life = center.life(&center.people.active).up_to(Step::Downloaded).await;
    said.refused(send!(life, t7205_verify, pharmacy, with(life.verify_command(), |c| c.epc_token = "x".into())));
    let trace = fresh.rx_trace_code();
    said.refused(send!(life, t7205_verify, pharmacy, with(life.verify_command(), |c| c.rx_trace_code = trace)));
    said.refused(send!(life, t7205_verify, pharmacy, with(life.verify_command(), |c| c.rx_file = "JVBERi0=".into())));
    // Another institution's key, and none at all, prove nothing.
    let another = fixmedins(lf_testkit::region::OTHER_HOSPITAL, "x").sign_key.unwrap();
    let another = another.parse::<lf_gm::PrivateKey>().unwrap().public_key().to_base64();
    for key in [another, String::new()] {
        let forged = center.life(&center.people.retired).up_to(Step::Downloaded).await;
        prove_by(&forged, &key).await;
        said.refused(send!(forged, t7205_verify, pharmacy, forged.verify_command()));
    }
    center.clock.advance_seconds(3 * 86_400);
    said.refused(send!(life, t7205_verify, pharmacy, life.verify_command()));
    said.are(
        expect![[r#"
        RX-7205-01 本机构尚未下载该处方，或授权已失效〔接口规范 7204〕
        RX-7205-02 电子处方令牌与下载时不同〔接口规范 7205 epcToken〕
        RX-7205-04 处方追溯码与医保处方编号不符〔接口规范 7205 rxTraceCode〕
        RX-7205-05 处方文件与医保电子签名的文件不一致〔接口规范 7205 rxFile〕
        RX-7205-06 处方电子签名验证不通过〔接口规范 7205〕
        RX-7205-06 处方电子签名验证不通过〔接口规范 7205〕
        RX-7205-03 处方已超过有效截止时间〔接口规范 7101 valiEndTime〕
    "#]],
        &[VerifyRefusal::CODES],
    );
}

/// Puts another key beside the signatures of a carried prescription, as nobody but a forger of rows does.
async fn prove_by(life: &Life<'_>, sign_public_key: &str) {
    let store = life.center.store.as_ref();
    let rx = lf_ports::Store::rx(store, &life.hi_rxno()).await.unwrap().unwrap();
    let State::Carried { downloaded, .. } = rx.state.clone() else { panic!("{:?}", rx.state) };
    let mut change = lf_center::journal::advance(&rx, &Event::Downloaded(downloaded), life.center.now()).unwrap();
    let State::Carried { active, .. } = &mut change.rx.state else { panic!("{:?}", rx.state) };
    active.signed.sign_public_key = sign_public_key.to_owned();
    life.center.put(lf_ports::ChangeSet { rx: vec![change], ..Default::default() }).await;
}

#[tokio::test]
async fn t7205_after_the_institution_changed_its_key() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Downloaded).await;
    let other = fixmedins(lf_testkit::region::OTHER_HOSPITAL, "x").sign_key;
    for sign_key in [other, None] {
        let hospital = lf_ports::Fixmedins { sign_key, ..fixmedins(HOSPITAL, "宜春某医院") };
        center.register(RegistryPut::Fixmedins(hospital)).await;
        life.verify().await.unwrap();
    }
    // Who has no key any more signs nothing new.
    let mut next = center.life(&center.people.retired).up_to(Step::Prechecked).await;
    assert!(matches!(next.sign().await, Err(lf_center::Failure::Broken(_))));
}

#[tokio::test]
async fn t7206_review() {
    // proves JX-3.3, JX-4.2c, JX-1.2: a registered pharmacist, after the check of the signature
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let fresh = center.life(&center.people.active).up_to(Step::Downloaded).await;
    let judge = |life: &Life<'_>| life.review_command(RxChkStasCodg::Passed);
    said.refused(send!(fresh, t7206_review, pharmacy, judge(&fresh)));
    let life = center.life(&center.people.active).up_to(Step::Verified).await;
    said.refused(send!(life, t7206_review, pharmacy, with(judge(&life), |c| c.epc_token = "x".into())));
    said.refused(send!(life, t7206_review, pharmacy, with(judge(&life), |c| c.rx_sign_verify_sn = "x".into())));
    let ahead = center.now().plus_seconds(601);
    said.refused(send!(life, t7206_review, pharmacy, with(judge(&life), |c| c.rx_chk_time = ahead)));
    said.refused(send!(life, t7206_review, pharmacy, with(judge(&life), |c| c.phar_name = "他人".into())));
    said.refused(send!(life, t7206_review, pharmacy, with(judge(&life), |c| c.phar_certno = "x".parse().unwrap())));
    said.refused(send!(life, t7206_review, pharmacy, with(judge(&life), |c| c.ec_token = Some("x".into()))));
    said.refused(send!(life, t7206_review, pharmacy, with(judge(&life), |c| c.phar_code = "HY000".parse().unwrap())));
    let unlicensed = lf_ports::Practitioner { licensed: false, ..practitioner(PHARMACY, PHARMACIST, "戊药师") };
    center.register(RegistryPut::Practitioner(unlicensed)).await;
    said.refused(send!(life, t7206_review, pharmacy, judge(&life)));
    center.register(RegistryPut::Practitioner(practitioner(PHARMACY, PHARMACIST, "戊药师"))).await;
    let done = center.life(&center.people.active).up_to(Step::Reviewed).await;
    said.refused(send!(done, t7206_review, pharmacy, with(judge(&done), |c| c.rx_chk_opnn = "另".into())));
    center.clock.advance_seconds(3 * 86_400);
    said.refused(send!(life, t7206_review, pharmacy, judge(&life)));
    said.are(expect![[r#"
        RX-7206-01 处方尚未在本机构完成验签〔接口规范 7205：先验签后审核〕
        RX-7206-03 电子处方令牌与下载时不同〔接口规范 7206 epcToken〕
        RX-7206-04 处方签名验签流水号不符〔接口规范 7206 rxSignVerifySn〕
        RX-7206-06 审核时间晚于当前时间〔接口规范 7206 rxChkTime〕
        RX-7206-11 审方药师姓名与登记不符〔接口规范 7206 pharName〕
        RX-7206-12 审方药师证件与登记不符〔接口规范 7206 pharCertno〕
        RX-7206-13 审方药师电子凭证令牌无效〔接口规范 7206 ecToken〕
        PHAR-NOT-REGISTERED 审方药师不是国家医保平台注册登记有效的执业药师，不能审核处方。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》一（二）〕
        PHAR-NOT-REGISTERED 审方药师不是国家医保平台注册登记有效的执业药师，不能审核处方。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》一（二）〕
        RX-7206-02 处方已审核，且本次内容与已上传的不同〔接口规范 7206〕
        RX-7206-05 处方已超过有效截止时间〔接口规范 7101 valiEndTime〕
    "#]], &[ReviewRefusal::CODES, PharmacistRefusal::CODES]);
}

#[tokio::test]
async fn t7207_sell() {
    // proves HB-2.4, JX-3.5a
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let fresh = center.life(&center.people.active).up_to(Step::Verified).await;
    said.refused(send!(fresh, t7207_sell, pharmacy, fresh.sell_command()));
    let life = center.life(&center.people.active).up_to(Step::Reviewed).await;
    let sent = |change: fn(&mut lf_center::t7207_sell::Command)| with(life.sell_command(), change);
    said.refused(send!(life, t7207_sell, pharmacy, sent(|c| c.rx_chk_biz_sn = "x".into())));
    said.refused(send!(life, t7207_sell, pharmacy, sent(|c| c.hi_feesetl_flag = HiFeesetlFlag::SelfPaid)));
    said.refused(send!(life, t7207_sell, pharmacy, sent(|c| c.lines[0].drug_totlcnt = lf_vocab::Qty::ZERO)));
    let tomorrow = center.now().plus_seconds(601);
    let early = with(life.sell_command(), |c| c.lines[0].stoout_time = tomorrow);
    said.refused(send!(life, t7207_sell, pharmacy, early));
    let foreign = sent(|c| {
        c.lines[0].med_list_codg = drugs::AMLODIPINE.parse().unwrap();
        c.lines[0].drug_genname = "氨氯地平片".into();
    });
    said.refused(send!(life, t7207_sell, pharmacy, foreign));
    said.refused(send!(life, t7207_sell, pharmacy, sent(|c| c.lines[0].drug_totlcnt_emp = "桶".into())));
    let tablets = sent(|c| {
        c.lines[0].drug_totlcnt_emp = "粒".into();
        c.lines[0].drug_totlcnt = "7".parse().unwrap();
    });
    said.refused(send!(life, t7207_sell, pharmacy, tablets));
    said.refused(send!(life, t7207_sell, pharmacy, sent(|c| c.lines.push(c.lines[0].clone()))));
    let sold = center.life(&center.people.active).up_to(Step::Sold).await;
    let taken = sold.drug_trac_codg(0);
    said.refused(send!(
        life,
        t7207_sell,
        pharmacy,
        with(life.sell_command(), |c| c.lines[0].drug_trac_codg = Some(taken))
    ));
    said.refused(send!(sold, t7207_sell, pharmacy, with(sold.sell_command(), |c| c.lines[0].manu_lotnum = None)));
    // What the law adds: too few packs, and a box that was not scanned.
    let fewer = sent(|c| c.lines[0].drug_totlcnt = "1".parse().unwrap());
    said.refused(send!(life, t7207_sell, pharmacy, fewer));
    said.refused(send!(life, t7207_sell, pharmacy, sent(|c| c.lines[0].drug_trac_codg = None)));
    center.clock.advance_seconds(3 * 86_400);
    said.refused(send!(life, t7207_sell, pharmacy, life.sell_command()));
    said.are(expect![[r#"
        RX-7207-01 处方尚未在本机构通过药师审核〔赣医保字〔2024〕9号 三（三）；接口规范 7206〕
        RX-7207-02 处方审核业务流水号不符〔接口规范 7207 rxChkBizSn〕
        RX-7207-05 非医保结算必须填写现金支付总费用〔接口规范 7207 psnCashPay〕
        RX-7207-06 药品XJ01CAA040E001010100001的数量必须大于0〔接口规范 7207 drugTotlcnt〕
        RX-7207-10 药品XJ01CAA040E001010100001的出库时间晚于当前时间〔接口规范 7207 stooutTime〕
        RX-7207-07 药品XC08CAA133A001010100002不在处方中〔鄂医保办〔2024〕32号 二；赣医保字〔2024〕9号 三（五）〕
        RX-7207-11 药品XJ01CAA040E001010100001的库存单位不是目录中的最小包装单位或最小制剂单位〔接口规范 7207 drugTotlcntEmp：国家医保药品目录的最小包装单位〕
        RX-7207-12 药品XJ01CAA040E001010100001的数量不是整包装，本中心尚未开通拆零销售〔接口规范 7207 drugTotlcnt：按库存（包装）单位〕
        RX-7207-08 药品追溯码80000000000000020000在本次出库中重复〔接口规范 7207 drugTraceCodg〕
        RX-7207-09 药品追溯码80000000000000030000已有销售记录，不能再次销售〔药品追溯码一码一售〕
        RX-7207-03 处方已出库，且本次内容与已上传的不同〔赣医保字〔2024〕9号 三（一）单次结算〕
        SALE-QUANTITY 第1项阿莫西林胶囊处方数量2，实际1，数量不一致，不能收银和刷卡。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》三（五）〕
        TRAC-MISSING 第1项阿莫西林胶囊没有扫药品追溯码，不能进行医保结算。〔《关于加强药品追溯码在医疗保障和工伤保险领域采集应用的通知》（报道）〕
        RX-7207-04 处方已超过有效截止时间〔接口规范 7101 valiEndTime〕
    "#]], &[SaleRefusal::CODES]);
}

#[tokio::test]
async fn a_drug_of_another_maker_under_the_same_name_is_sold() {
    let center = TestCenter::new().await;
    let listed = ["XJ01CAA040E001010100001".parse().unwrap()];
    let listed = center.center.store().drugs(&listed, center.now().day()).await.unwrap().remove(0).unwrap();
    let twin = lf_ports::Drug { med_list_codg: "XJ01CAA040E001010109999".parse().unwrap(), ..listed.clone() };
    let strong = lf_ports::Drug {
        med_list_codg: "XJ01CAA040E001010108888".parse().unwrap(),
        spec_name: "另一规格".to_owned(),
        ..listed
    };
    center.register(lf_ports::RegistryPut::Drug(twin)).await;
    center.register(lf_ports::RegistryPut::Drug(strong)).await;
    let life = center.life(&center.people.active).of(vec![Item::amoxicillin()]).up_to(Step::Reviewed).await;
    let other = with(life.sell_command(), |c| c.lines[0].med_list_codg = "XJ01CAA040E001010109999".parse().unwrap());
    let fewer = with(other.clone(), |c| c.lines[0].drug_totlcnt = "1".parse().unwrap());
    assert_eq!(codes(&send!(life, t7207_sell, pharmacy, fewer)), ["SALE-QUANTITY"]);
    // Neither another strength nor a code that the catalogue does not know, whatever name stands beside it.
    for code in ["XJ01CAA040E001010108888", "XJ01CAA040E001010107777"] {
        let foreign = with(life.sell_command(), |c| c.lines[0].med_list_codg = code.parse().unwrap());
        assert_eq!(codes(&send!(life, t7207_sell, pharmacy, foreign)), ["RX-7207-07"]);
    }
    assert_eq!(code(&send!(life, t7207_sell, pharmacy, other)), "ok");
}

#[tokio::test]
async fn a_number_alone_tells_nothing() {
    let center = TestCenter::new().await;
    for step in [Step::Uploaded, Step::Sold, Step::Refunded] {
        let life = center.life(&center.people.active).up_to(step).await;
        let guessed = with(qrcode(&life), |c| c.epc_qrcd.replace_range(30.., "0000000000"));
        assert_eq!(code(&send!(life, t7203_qrcode, pharmacy, guessed)), "RX-7203-02", "{step:?}");
    }
}

#[tokio::test]
async fn t7208_undo_sale() {
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let fresh = center.life(&center.people.active).up_to(Step::Reviewed).await;
    said.refused(send!(fresh, t7208_undo_sale, pharmacy, fresh.undo_sale_command()));
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    said.refused(send!(
        life,
        t7208_undo_sale,
        pharmacy,
        with(life.undo_sale_command(), |c| c.sel_stoout_sn = Some("x".into()))
    ));
    let kind = with(life.undo_sale_command(), |c| c.hi_feesetl_flag = HiFeesetlFlag::SelfPaid);
    said.refused(send!(life, t7208_undo_sale, pharmacy, kind));
    life.pharmacy = OTHER_PHARMACY.to_owned();
    said.refused(life.undo_sale().await);
    life.pharmacy = PHARMACY.to_owned();
    life.deliver(&life.deliver_command(DelvWay::Send, DelvStasCodg::OnWay)).await.unwrap();
    said.refused(life.undo_sale().await);
    life.settle().await.unwrap();
    said.refused(life.undo_sale().await);
    said.are(
        expect![[r#"
            RX-7208-01 处方没有可撤销的出库明细〔接口规范 7208〕
            RX-7208-03 销售出库流水号不符〔接口规范 7208 selStooutSn〕
            RX-7208-04 医疗保险结算标志与出库时不同〔接口规范 7208 hiFeesetlFlag〕
            RX-7208-02 出库明细不是本机构上传的〔接口规范 7208 fixmedinsCode〕
            RX-7208-06 药品正在配送途中，请先取消配送再撤销出库〔接口规范 7209；接口规范 7208〕
            RX-7208-05 处方已结算，请通过结算撤销退费〔接口规范 7208：医保退费后明细自动撤销〕
        "#]],
        &[SaleUndoRefusal::CODES],
    );
}
