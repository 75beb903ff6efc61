//! Every refusal of quote, settlement and reversal, reached through the use cases.

use expect_test::expect;
use lf_center::t2101_quote::{Command, PurchaseRefusal};
use lf_center::{Answer, Failure, t2102_settle};
use lf_ports::{ChangeSet, RegistryPut, Store};
use lf_rx::decide::settle::{RefundRefusal, SettleRefusal};
use lf_testkit::life::Item;
use lf_testkit::region::{HOSPITAL, OTHER_PHARMACY, PHARMACY, drugs, fixmedins};
use lf_testkit::{Step, TestCenter};
use lf_vocab::dict::{AcctUsedFlag, DelvStasCodg, DelvWay, HiFeesetlFlag, Insutype};

use crate::account::{back, over_the_counter};
use crate::registers::{WUHAN, region};
use crate::said::{Said, code, codes, send, with};

#[tokio::test]
async fn t2101_what_a_till_may_not_ask() {
    // proves JX-3.1a, JX-4.1.3b
    let center = TestCenter::new().await;
    let items = vec![Item::amoxicillin(), Item::packs(drugs::AMLODIPINE, "氨氯地平片", "1", "30")];
    let life = center.life(&center.people.active).of(items).up_to(Step::Sold).await;
    let mut said = Said::default();
    let sent = |change: fn(&mut Command)| with(life.settle_command(), change);
    let closed = lf_ports::Fixmedins { oppool: false, ..fixmedins(PHARMACY, "宜春某药店") };
    let nanning = lf_ports::Fixmedins { poolarea_no: "450100".parse().unwrap(), ..closed.clone() };
    center.register(RegistryPut::Fixmedins(closed)).await;
    said.refused(send!(life, t2101_quote, pharmacy, life.settle_command()));
    center.register(RegistryPut::Fixmedins(nanning)).await;
    let told = codes(&send!(life, t2101_quote, pharmacy, life.settle_command()));
    assert!(!told.contains(&"PHAR-NOT-OPPOOL".to_owned()), "Jiangxi's article binds Jiangxi: {told:?}");
    center.register(RegistryPut::Fixmedins(fixmedins(PHARMACY, "宜春某药店"))).await;
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.med_type = "21".into())));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.acct_used_flag = AcctUsedFlag::Family)));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.lines.clear())));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.lines[1].rxno = None)));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.lines[1].rx_circ_flag = false)));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.lines[1].rxno = Some("1".into()))));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.mdtrt_cert_type = "04".into())));
    refused_persons(&life, &mut said).await;
    let upload = lf_center::t9101_file_upload::Command {
        fixmedins_code: PHARMACY.parse().unwrap(),
        filename: "结算.mp4".to_owned(),
        body: vec![1],
    };
    let ctx = center.ctx(PHARMACY, "9101").await;
    let recorded = center.center.t9101_file_upload(&ctx, &upload).await.unwrap().reply.file_qury_no;
    let other = with(life.settle_command(), |c| c.stated.media_ref = Some(recorded));
    said.refused(send!(life, t2101_quote, pharmacy, other));
    // proves GX-2.2f: what is charged for a delivery is settled nowhere, and in Guangxi the law says why
    said.refused(send!(life, t2101_quote, pharmacy, sent(delivered)));
    said.refused(send!(life, t2102_settle, pharmacy, sent(delivered)));
    said.refused(claimed_with_papers(&center, &life).await);
    let nanning = lf_ports::Fixmedins { poolarea_no: "450100".parse().unwrap(), ..fixmedins(PHARMACY, "南宁药店") };
    center.register(RegistryPut::Fixmedins(nanning)).await;
    let told = codes(&send!(life, t2101_quote, pharmacy, sent(delivered)));
    assert!(told.contains(&"FEE-DELIVERY".to_owned()), "{told:?}");
    let told = reversed_bill().await;
    said.refused(told);
    said.are(
        expect![[r#"
            PHAR-NOT-OPPOOL 本药店未开通门诊统筹服务，不能由统筹基金结算。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》一〕
            RX-2102-12 医疗类别21在药店的待遇尚未形成规则〔规则包〕
            RX-2102-13 家庭共济账户支付尚未形成规则〔规则包〕
            RX-2102-14 按该医疗类别购药须凭流转处方，明细缺少处方号或外购处方标志〔接口规范 2102 rxno、rx_circ_flag〕
            RX-2102-14 按该医疗类别购药须凭流转处方，明细缺少处方号或外购处方标志〔接口规范 2102 rxno、rx_circ_flag〕
            RX-2102-14 按该医疗类别购药须凭流转处方，明细缺少处方号或外购处方标志〔接口规范 2102 rxno、rx_circ_flag〕
            RX-2102-15 一次结算只能对应一张处方〔赣医保字〔2024〕9号 三（一）单次结算〕
            RX-2102-16 暂不支持以该类就诊凭证结算，请使用医保电子凭证、居民身份证或社会保障卡〔接口规范 2102 mdtrt_cert_type〕
            RX-2102-17 人员编号与就诊凭证不符〔接口规范 2102 psn_no〕
            RX-2102-18 险种类型与参保信息不符〔接口规范 2102 insutype〕
            RX-0002-02 姓名与参保信息不符〔赣医保字〔2024〕9号 四（一）3：人证相符〕
            RX-0002-03 证件与参保信息不符〔赣医保字〔2024〕9号 四（一）3：人证相符〕
            RX-0002-01 查无此参保人〔接口规范 1101〕
            RX-0002-07 凭社会保障卡办理须填写卡号和卡识别码〔接口规范 1101、2102、7101 card_sn〕
            RX-0002-08 社会保障卡卡号或卡识别码不符〔接口规范 1101、2102、7101 card_sn〕
            RX-2102-21 结算影像文件的SM3与填报的不符〔接口规范 9101〕
            RX-2102-20 配送服务费不在处方的销售出库明细中，不能列入医保结算，请另行收取〔接口规范 2102 drugdetail〕
            RX-2102-20 配送服务费不在处方的销售出库明细中，不能列入医保结算，请另行收取〔接口规范 2102 drugdetail〕
            RX-2102-23 处方的购药费用已申请零星报销，不能再结算〔本中心 零星报销〕
            RX-2102-22 本次购药已结算并撤销；再次购药请换用新的msgid，或以新的购药时间、费用明细流水号结算〔接口规范 2103〕
        "#]],
        &[PurchaseRefusal::CODES, &["RX-0002-01", "RX-0002-02", "RX-0002-03", "RX-0002-07", "RX-0002-08"]],
    );
}

/// Whom a till names otherwise than the register, and the credentials that prove nobody.
async fn refused_persons(life: &lf_testkit::life::Life<'_>, said: &mut Said) {
    let sent = |change: fn(&mut Command)| with(life.settle_command(), change);
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.psn_no = "9".parse().unwrap())));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.insutype = Insutype::Resident)));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.psn_name = Some("他人".into()))));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.certno = Some("9".parse().unwrap()))));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.mdtrt_cert_no = "x".into())));
    let card = |c: &mut Command, sn: Option<&str>| {
        (c.mdtrt_cert_type, c.mdtrt_cert_no) = ("03".to_owned(), "J36090001".to_owned());
        c.card_sn = sn.map(|sn| sn.parse().unwrap());
    };
    said.refused(send!(life, t2101_quote, pharmacy, with(life.settle_command(), |c| card(c, None))));
    said.refused(send!(life, t2101_quote, pharmacy, with(life.settle_command(), |c| card(c, Some("1")))));
}

/// What only the account paid, settled again after it was taken back.
async fn reversed_bill() -> Result<Answer<t2102_settle::Reply>, Failure> {
    let (center, person) = region(WUHAN, WUHAN).await;
    let mut life = center.life(&person).of(vec![Item::packs(drugs::AMLODIPINE, "氨氯地平片", "2", "15")]);
    life.precheck().await.unwrap();
    let bill = || over_the_counter(&life, "2026-11-22 09:00:00");
    let setl = send!(life, t2102_settle, pharmacy, bill()).unwrap().reply.setl;
    send!(life, t2103_refund, pharmacy, back(&setl)).unwrap();
    send!(life, t2102_settle, pharmacy, bill())
}

/// The quote of a prescription that a claim with papers holds.
async fn claimed_with_papers(
    center: &TestCenter,
    life: &lf_testkit::life::Life<'_>,
) -> Result<Answer<lf_center::t2101_quote::Reply>, Failure> {
    let held = lf_ports::reim::rx_paid(&HOSPITAL.parse().unwrap(), &life.content.head.hosp_rxno, "reim/360900/1");
    center.put(ChangeSet { claims: vec![held.clone()], ..ChangeSet::default() }).await;
    let told = send!(life, t2101_quote, pharmacy, life.settle_command());
    center.put(ChangeSet { releases: vec![held], ..ChangeSet::default() }).await;
    told
}

/// A line more, for the delivery.
fn delivered(command: &mut Command) {
    let fee = command.lines[0].clone();
    command.lines.push(lf_center::t2101_quote::FeeLine { feedetl_sn: "PS".to_owned(), dlv_fee_flag: true, ..fee });
}

#[tokio::test]
async fn t2102_which_prescription_may_not_be_settled() {
    // proves JX-3.1a, JX-3.5a
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let mut other = center.life(&center.people.active).up_to(Step::Sold).await;
    other.person = center.people.retired.clone();
    said.refused(other.settle().await);
    let settled = center.life(&center.people.active).up_to(Step::Settled).await;
    said.refused(send!(settled, t2102_settle, pharmacy, with(settled.settle_command(), |c| c.stated.media_ref = None)));
    let mut own = center.life(&center.people.active);
    own.hi_feesetl_flag = HiFeesetlFlag::SelfPaid;
    said.refused(own.up_to(Step::Sold).await.settle().await);
    // A refunded prescription answers the first settlement to its message, and refuses every other pharmacy.
    let mut refunded = center.life(&center.people.active).up_to(Step::Refunded).await;
    refunded.pharmacy = OTHER_PHARMACY.to_owned();
    said.refused(refunded.settle().await);
    let mut revoked = center.life(&center.people.active).up_to(Step::Reviewed).await;
    revoked.undo().await.unwrap();
    said.refused(revoked.settle().await);
    said.refused(center.life(&center.people.active).up_to(Step::Reviewed).await.settle().await);
    let mut elsewhere = center.life(&center.people.active).up_to(Step::Sold).await;
    elsewhere.pharmacy = OTHER_PHARMACY.to_owned();
    said.refused(elsewhere.settle().await);
    let sent = |change: fn(&mut Command)| with(life.settle_command(), change);
    let foreign = sent(|c| c.lines[0].med_list_codg = drugs::AMLODIPINE.parse().unwrap());
    said.refused(send!(life, t2102_settle, pharmacy, foreign));
    said.refused(send!(life, t2102_settle, pharmacy, sent(|c| c.lines[0].cnt = "1".parse().unwrap())));
    said.refused(send!(
        life,
        t2102_settle,
        pharmacy,
        sent(|c| c.lines[0].drug_trac_codg = vec!["89999999".parse().unwrap()])
    ));
    let dearer = sent(|c| c.lines[0].det_item_fee_sumamt = "99.00".parse().unwrap());
    said.refused(send!(life, t2102_settle, pharmacy, dearer));
    said.are(
        expect![[r#"
            RX-2102-01 参保人与处方不符〔接口规范 2102 psn_no〕
            RX-2102-02 处方已结算，不能再次结算〔赣医保字〔2024〕9号 三（一）单次结算〕
            RX-2102-03 处方已按自费取药，不能再医保结算〔接口规范 7207 hiFeesetlFlag〕
            RX-2102-04 处方已退费并关闭，请重新开具处方〔赣医保字〔2024〕9号 三（一）单次结算〕
            RX-2102-05 处方已撤销〔接口规范 7104〕
            RX-2102-06 处方尚未上传销售出库明细〔接口规范 7207〕
            RX-2102-07 出库明细不是本机构上传的〔接口规范 2102〕
            RX-2102-08 药品XC08CAA133A001010100002不在出库明细中〔赣医保字〔2024〕9号 三（五）〕
            RX-2102-09 药品XJ01CAA040E001010100001的结算数量与出库数量不一致（结算数量按处方开具的单位计）〔赣医保字〔2024〕9号 三（五）〕
            RX-2102-10 追溯码89999999不在该药品的出库明细中〔接口规范 2102 drug_trac_info〕
            RX-2102-19 药品XJ01CAA040E001010100001的结算金额与出库上传的药品金额不一致〔赣医保字〔2024〕9号 三（五）；接口规范 7207 drugSumamt〕
        "#]],
        &[SettleRefusal::CODES],
    );
}

#[tokio::test]
async fn of_opened_packs_no_more_is_charged_than_their_share() {
    // proves JX-3.5a: ten tablets of two packs that the sale stated at 28.00
    let center = TestCenter::new().await;
    let mut item = Item::packs(drugs::AMLODIPINE, "氨氯地平片", "2", "2");
    item.drug_cnt = "10".parse().unwrap();
    item.drug_dosunt = "片".to_owned();
    let mut life = center.life(&center.people.active).of(vec![item]).up_to(Step::Reviewed).await;
    life.items[0].det_item_fee_sumamt = "28.00".parse().unwrap();
    life.sell().await.unwrap();
    let charged = |pric: &str, amount: &str| {
        with(life.settle_command(), |c| {
            c.lines[0].pric = pric.parse().unwrap();
            c.lines[0].det_item_fee_sumamt = amount.parse().unwrap();
            c.medfee_sumamt = c.lines[0].det_item_fee_sumamt;
        })
    };
    for (pric, amount, says) in [("2", "20.00", "ok"), ("1.5", "15.00", "ok"), ("2.001", "20.01", "RX-2102-19")] {
        let quoted = send!(life, t2101_quote, pharmacy, charged(pric, amount));
        assert_eq!(code(&quoted), says, "{amount}");
    }
}

#[tokio::test]
async fn a_price_rounded_to_the_tablet_is_within_the_standard() {
    // proves JX-1.8: a pack of three at a standard of 20.00 is 6.6667 a tablet, and no more
    let center = TestCenter::new().await;
    let key = [drugs::AMLODIPINE.parse().unwrap()];
    let mut drug = center.store.drugs(&key, center.now().day()).await.unwrap().remove(0).unwrap();
    (drug.hi_nego, drug.hi_pay_std, drug.min_pac_cnt) = (true, Some("20".parse().unwrap()), "3".parse().unwrap());
    center.register(RegistryPut::Drug(drug)).await;
    let mut item = Item::packs(drugs::AMLODIPINE, "氨氯地平片", "1", "6.6667");
    item.drug_cnt = "3".parse().unwrap();
    item.drug_dosunt = "片".to_owned();
    for (pric, amount, says) in [("6.6667", "20.00", "ok"), ("6.67", "20.01", "PRICE-NEGO")] {
        let mut item = item.clone();
        item.det_item_fee_sumamt = "20.00".parse().unwrap();
        let mut life = center.life(&center.people.active).of(vec![item]).up_to(Step::Reviewed).await;
        let silent = with(life.sell_command(), |c| c.lines[0].drug_sumamt = None);
        send!(life, t7207_sell, pharmacy, silent).unwrap();
        life.items[0].pric = pric.parse().unwrap();
        life.items[0].det_item_fee_sumamt = amount.parse().unwrap();
        assert_eq!(code(&life.quote().await), says, "{amount}");
    }
}

#[tokio::test]
async fn t2102_what_the_law_asks_of_the_till() {
    // proves JX-3.4.3b, JX-4.1.3b, JX-1.2
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let mut said = Said::default();
    let late = center.now().plus_seconds(1);
    said.refused(send!(life, t2101_quote, pharmacy, with(life.settle_command(), |c| c.stated.print_time = Some(late))));
    let sent = |change: fn(&mut Command)| with(life.settle_command(), change);
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.stated.psn_match_flag = Some(false))));
    said.refused(send!(life, t2101_quote, pharmacy, sent(|c| c.stated.phar_duty_flag = Some(false))));
    // What was scanned at the sale need not be repeated at the till.
    send!(life, t2101_quote, pharmacy, sent(|c| c.lines[0].drug_trac_codg.clear())).unwrap();
    said.are(expect![[r#"
        RX-NOT-PRINTED 电子处方没有打印，不能对该处方的药品刷医保卡。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》三（四）3〕
        RX-PRINTED-LATE 处方打印时间2026-11-22 10:00:01晚于结算时间2026-11-22 10:00:00。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》三（四）3〕
        PSN-NOT-MATCHED 刷卡人与参保人不符，不能结算。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》四（一）3〕
        PHAR-NOT-ON-DUTY 药店没有执业药师在岗，不能审核处方、不能结算。〔《关于规范定点零售药店门诊统筹管理有关事项的通知》一（二）〕
    "#]], &[]);
    // What is not stated is reminded of, not refused.
    let silent = sent(|c| c.stated = Default::default());
    let reminded = send!(life, t2101_quote, pharmacy, silent).unwrap().reminders;
    let codes: Vec<_> = reminded.iter().map(|refusal| refusal.code.as_str()).collect();
    expect!["PHAR-NOT-ON-DUTY RX-NOT-PRINTED PSN-NOT-MATCHED"].assert_eq(&codes.join(" "));
}

#[tokio::test]
async fn t2103_refund() {
    // proves JX-3.5b
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Settled).await;
    let mut said = Said::default();
    said.refused(send!(life, t2103_refund, pharmacy, with(life.refund_command(), |c| c.setl_id = "x".into())));
    said.refused(send!(life, t2103_refund, pharmacy, with(life.refund_command(), |c| c.psn_no = "9".parse().unwrap())));
    said.refused(send!(life, t2103_refund, pharmacy, with(life.refund_command(), |c| c.mdtrt_id = "x".into())));
    life.pharmacy = OTHER_PHARMACY.to_owned();
    said.refused(life.refund().await);
    life.pharmacy = PHARMACY.to_owned();
    life.deliver(&life.deliver_command(DelvWay::Send, DelvStasCodg::OnWay)).await.unwrap();
    said.refused(life.refund().await);
    life.deliver(&life.deliver_command(DelvWay::Send, DelvStasCodg::Cancelled)).await.unwrap();
    let negative = life.refund().await.unwrap().reply.setl;
    let command = life.refund_command();
    let ctx = center.ctx(PHARMACY, "the same settlement by another message").await;
    said.refused(center.center.t2103_refund(&ctx, &command).await);
    said.refused(send!(life, t2103_refund, pharmacy, with(life.refund_command(), |c| c.setl_id = negative.setl_id)));
    said.are(
        expect![[r#"
            RX-2103-01 本机构查无此结算〔接口规范 2103 setl_id〕
            RX-2103-02 人员编号与结算不符〔接口规范 2103 psn_no〕
            RX-2103-03 就诊ID与结算不符〔接口规范 2103 mdtrt_id〕
            RX-2103-01 本机构查无此结算〔接口规范 2103 setl_id〕
            RX-2103-06 药品正在配送途中，请先取消配送或完成签收再撤销结算〔接口规范 7209；接口规范 2103〕
            RX-2103-04 结算已撤销〔接口规范 2103〕
            RX-2103-05 撤销产生的负结算不能再撤销〔接口规范 2103〕
        "#]],
        &[RefundRefusal::CODES],
    );
}
