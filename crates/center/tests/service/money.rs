//! 职工门诊统筹 of Jiangxi at a pharmacy, to the fen: 起付 300, 在职 65% 限额 2000, 退休 70% 限额 3000, 乙类先行自付 10%.

use expect_test::{Expect, expect};
use lf_center::Failure;
use lf_ports::lists::PayStd;
use lf_ports::{ChangeSet, Edition, EditionChange, EditionOf, Lists, RegistryPut, Store};
use lf_testkit::life::Item;
use lf_testkit::region::drugs;
use lf_testkit::{Life, Step, TestCenter};
use lf_vocab::dict::AcctUsedFlag;

use crate::said::{code, codes, send, with};

/// Buys one thing after the other and prints who paid what.
async fn check(retired: bool, acct: AcctUsedFlag, purchases: &[Item], expected: Expect) {
    let center = TestCenter::new().await;
    let mut table = String::new();
    for item in purchases {
        let person = if retired { &center.people.retired } else { &center.people.active };
        let mut life = center.life(person).of(vec![item.clone()]);
        life.acct_used_flag = acct;
        let mut life = life.up_to(Step::Sold).await;
        table.push_str(&settled(&mut life).await);
    }
    expected.assert_eq(&table);
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
}

async fn settled(life: &mut Life<'_>) -> String {
    let s = life.settle().await.unwrap().reply.setl.shares;
    format!(
        "总{} 自费{} 超限{} 先付{} 范围内{} 起付{} 基金{} 个人{} 个账{} 现金{} 余{}\n",
        s.medfee_sumamt,
        s.fulamt_ownpay_amt,
        s.overlmt_selfpay,
        s.preselfpay_amt,
        s.inscp_scp_amt,
        s.act_pay_dedc,
        s.fund_pay_sumamt,
        s.psn_part_amt,
        s.acct_pay,
        s.psn_cash_pay,
        s.balc
    )
}

fn a(packs: &str, pric: &str) -> Item {
    Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", packs, pric)
}

#[tokio::test]
async fn across_the_deductible() {
    let purchases = [a("2", "125"), a("1", "100"), a("1", "100.01")];
    check(
        false,
        AcctUsedFlag::No,
        &purchases,
        expect![[r#"
        总250.00 自费0.00 超限0.00 先付0.00 范围内250.00 起付250.00 基金0.00 个人250.00 个账0.00 现金250.00 余100.00
        总100.00 自费0.00 超限0.00 先付0.00 范围内100.00 起付50.00 基金32.50 个人67.50 个账0.00 现金67.50 余100.00
        总100.01 自费0.00 超限0.00 先付0.00 范围内100.01 起付0.00 基金65.01 个人35.00 个账0.00 现金35.00 余100.00
    "#]],
    )
    .await;
    check(
        true,
        AcctUsedFlag::No,
        &purchases,
        expect![[r#"
        总250.00 自费0.00 超限0.00 先付0.00 范围内250.00 起付250.00 基金0.00 个人250.00 个账0.00 现金250.00 余50.00
        总100.00 自费0.00 超限0.00 先付0.00 范围内100.00 起付50.00 基金35.00 个人65.00 个账0.00 现金65.00 余50.00
        总100.01 自费0.00 超限0.00 先付0.00 范围内100.01 起付0.00 基金70.01 个人30.00 个账0.00 现金30.00 余50.00
    "#]],
    )
    .await;
}

#[tokio::test]
async fn up_to_the_cap() {
    let purchases = [a("1", "3300"), a("1", "300"), a("1", "50")];
    check(false, AcctUsedFlag::No, &purchases, expect![[r#"
        总3300.00 自费0.00 超限0.00 先付0.00 范围内3300.00 起付300.00 基金1950.00 个人1350.00 个账0.00 现金1350.00 余100.00
        总300.00 自费0.00 超限0.00 先付0.00 范围内300.00 起付0.00 基金50.00 个人250.00 个账0.00 现金250.00 余100.00
        总50.00 自费0.00 超限0.00 先付0.00 范围内50.00 起付0.00 基金0.00 个人50.00 个账0.00 现金50.00 余100.00
    "#]]).await;
    check(true, AcctUsedFlag::No, &purchases, expect![[r#"
        总3300.00 自费0.00 超限0.00 先付0.00 范围内3300.00 起付300.00 基金2100.00 个人1200.00 个账0.00 现金1200.00 余50.00
        总300.00 自费0.00 超限0.00 先付0.00 范围内300.00 起付0.00 基金210.00 个人90.00 个账0.00 现金90.00 余50.00
        总50.00 自费0.00 超限0.00 先付0.00 范围内50.00 起付0.00 基金35.00 个人15.00 个账0.00 现金15.00 余50.00
    "#]]).await;
}

#[tokio::test]
async fn classes_and_payment_standard() {
    let purchases = [
        a("1", "300"),
        Item::packs(drugs::AMLODIPINE, "氨氯地平片", "1", "33.33"),
        Item::packs(drugs::ATORVASTATIN, "阿托伐他汀钙片", "3", "33.33"),
    ];
    check(
        false,
        AcctUsedFlag::No,
        &purchases,
        expect![[r#"
        总300.00 自费0.00 超限0.00 先付0.00 范围内300.00 起付300.00 基金0.00 个人300.00 个账0.00 现金300.00 余100.00
        总33.33 自费0.00 超限0.00 先付3.33 范围内30.00 起付0.00 基金19.50 个人13.83 个账0.00 现金13.83 余100.00
        总99.99 自费0.00 超限39.99 先付6.00 范围内54.00 起付0.00 基金35.10 个人64.89 个账0.00 现金64.89 余100.00
    "#]],
    )
    .await;
}

#[tokio::test]
async fn from_the_personal_account() {
    let purchases = [a("1", "60"), a("1", "60"), a("1", "60")];
    check(
        false,
        AcctUsedFlag::Own,
        &purchases,
        expect![[r#"
        总60.00 自费0.00 超限0.00 先付0.00 范围内60.00 起付60.00 基金0.00 个人60.00 个账60.00 现金0.00 余40.00
        总60.00 自费0.00 超限0.00 先付0.00 范围内60.00 起付60.00 基金0.00 个人60.00 个账40.00 现金20.00 余0.00
        总60.00 自费0.00 超限0.00 先付0.00 范围内60.00 起付60.00 基金0.00 个人60.00 个账0.00 现金60.00 余0.00
    "#]],
    )
    .await;
}

#[tokio::test]
async fn pieces_are_charged_by_the_piece() {
    let mut item = Item::packs(drugs::AMLODIPINE, "氨氯地平片", "2", "1");
    item.drug_cnt = "14".parse().unwrap();
    item.drug_dosunt = "片".to_owned();
    item.pric = "4.761429".parse().unwrap();
    item.det_item_fee_sumamt = item.pric.times(item.drug_cnt).unwrap();
    check(
        false,
        AcctUsedFlag::No,
        &[item],
        expect![[r#"
        总66.66 自费0.00 超限0.00 先付6.67 范围内59.99 起付59.99 基金0.00 个人66.66 个账0.00 现金66.66 余100.00
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_payment_standard_of_the_list_takes_the_place_of_the_catalogues() {
    // One pack at 30 yuan; the row of the catalogue says 20, the list says 12 from the edition's day on.
    for (from, over) in [("2026-11-22", "超限18.00"), ("2026-11-23", "超限10.00")] {
        let center = TestCenter::new().await;
        let row = PayStd {
            med_list_codg: drugs::ATORVASTATIN.parse().unwrap(),
            hi_pay_std: "12".parse().unwrap(),
            unt: None,
            memo: None,
        };
        let edition = Edition {
            of: EditionOf::List(Lists::PayStd),
            edition: "一".to_owned(),
            from: from.parse().unwrap(),
            ver: 1,
            file_sm3: String::new(),
            row_cnt: 1,
            imported: center.now(),
        };
        let items = vec![lf_ports::Item::PayStd(row)];
        let edition = EditionChange { edition, ends: vec![], drugs: vec![], items };
        center.put(ChangeSet { edition: Some(edition), ..ChangeSet::default() }).await;
        let item = Item::packs(drugs::ATORVASTATIN, "阿托伐他汀钙片", "1", "30");
        let mut life = center.life(&center.people.active).of(vec![item]).up_to(Step::Sold).await;
        let paid = settled(&mut life).await;
        assert!(paid.contains(over), "{paid}");
    }
}

#[tokio::test]
async fn what_is_sold_by_volume_is_sold_as_prescribed() {
    // proves JX-3.5a: 10.5 ml prescribed, sold and paid, no more and no less
    let center = TestCenter::new().await;
    let key = [drugs::AMLODIPINE.parse().unwrap()];
    let mut drug = center.store.drugs(&key, center.now().day()).await.unwrap().remove(0).unwrap();
    (drug.min_pacunt, drug.min_prepunt, drug.min_pac_cnt) = ("ml".into(), "ml".into(), "1".parse().unwrap());
    center.register(RegistryPut::Drug(drug)).await;
    let mut item = Item::packs(drugs::AMLODIPINE, "氨氯地平口服液", "10.5", "2");
    item.drug_dosunt = "毫升".to_owned();
    let mut life = center.life(&center.people.active).of(vec![item]).up_to(Step::Reviewed).await;
    let sale = |cnt: &str| {
        with(life.sell_command(), |c| {
            c.lines[0].drug_totlcnt = cnt.parse().unwrap();
            c.lines[0].drug_totlcnt_emp = "ml".to_owned();
        })
    };
    assert_eq!(code(&send!(life, t7207_sell, pharmacy, sale("11"))), "SALE-QUANTITY");
    send!(life, t7207_sell, pharmacy, sale("10.5")).unwrap();
    expect![[
        "总21.00 自费0.00 超限0.00 先付2.10 范围内18.90 起付18.90 基金0.00 个人21.00 个账0.00 现金21.00 余100.00\n"
    ]]
    .assert_eq(&settled(&mut life).await);
}

#[tokio::test]
async fn a_refund_restores_accumulator_and_account() {
    // proves JX-3.5b: 原路退回
    let center = TestCenter::new().await;
    let person = &center.people.active;
    let buy = async |packs: &str| {
        let mut life = center.life(person).of(vec![a(packs, "200")]);
        life.acct_used_flag = AcctUsedFlag::Own;
        let mut life = life.up_to(Step::Sold).await;
        let line = settled(&mut life).await;
        (life, line)
    };
    let (mut first, as_new) = buy("2").await;
    first.refund().await.unwrap();
    let (_second, again) = buy("2").await;
    assert_eq!(as_new, again, "after the refund everything stands as before");
    let report = center.audit().await;
    assert!(report.passes() && report.reversals == 1, "{report}");
}

#[tokio::test]
async fn over_the_turn_of_the_year() {
    let center = TestCenter::new().await;
    center.clock.set("2026-12-31 23:59:00".parse().unwrap());
    let buy = async |packs: &str| {
        let mut life = center.life(&center.people.active).of(vec![a(packs, "200")]).up_to(Step::Sold).await;
        let line = settled(&mut life).await;
        (life, line)
    };
    let (mut old, before) = buy("2").await;
    center.clock.advance_seconds(120);
    // A new year, a new 起付线; and the refund goes to the year in which it was counted.
    let (_new, after) = buy("2").await;
    assert_eq!(before, after);
    old.refund().await.unwrap();
    center.clock.advance_seconds(60);
    let (_next, third) = buy("1").await;
    assert!(third.contains("起付0.00 基金130.00"), "{third}");
    let report = center.audit().await;
    assert!(report.passes() && report.accumulators == 2, "{report}");
}

#[tokio::test]
async fn residents_are_told_that_nothing_is_formalised() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.resident).up_to(Step::Sold).await;
    let Err(Failure::Refused(refusals)) = life.settle().await else { panic!("guessed") };
    assert_eq!(refusals[0].code, "LAW-00-01");
    assert!(refusals[0].sentence.contains("城乡居民基本医疗保险在药店购药的统筹待遇"), "{}", refusals[0].sentence);
    assert_eq!(code(&life.quote().await), "LAW-00-01");
}

#[tokio::test]
async fn the_till_says_which_amount_is_wrong() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let wrong = crate::said::with(life.settle_command(), |c| c.medfee_sumamt = lf_vocab::Fen::new(2501));
    let result = crate::said::send!(life, t2102_settle, pharmacy, wrong);
    assert_eq!(codes(&result), ["settle.medfee_mismatch"]);
}

/// The same person, insured elsewhere: who buys in Yichun is paid by the own pool and by its law.
async fn insured_in(center: &TestCenter, pool: &str) -> lf_ports::Person {
    let person = lf_ports::Person {
        poolarea_no: pool.parse().unwrap(),
        psn_no: "36090000000000000009".parse().unwrap(),
        certno: "420102195505050097".parse().unwrap(),
        ec_token: "ec-token-9".to_owned(),
        ..center.people.retired.clone()
    };
    center.register(RegistryPut::Person(person.clone())).await;
    person
}

#[tokio::test]
async fn a_purchase_elsewhere_is_settled_by_the_law_of_the_insureds_pool() {
    let center = TestCenter::new().await;
    let person = insured_in(&center, "420100").await;
    let life = center.life(&person).of(vec![a("1", "100")]).up_to(Step::Sold).await;
    // 41 is the personal account's there, 14 unknown, whatever Yichun knows.
    let bill = with(life.settle_command(), |c| c.med_type = "14".into());
    assert_eq!(code(&send!(life, t2101_quote, pharmacy, bill)), "RX-2102-12");
    let quoted = send!(life, t2101_quote, pharmacy, life.settle_command()).unwrap().reply.shares;
    assert_eq!((quoted.scheme.as_str(), quoted.fund_pay_sumamt.get()), ("acct", 0));
    // Wuhan, retired: no deductible, 90 % at a pharmacy.
    let bill = with(life.settle_command(), |c| c.med_type = "11".into());
    let setl = send!(life, t2102_settle, pharmacy, bill).unwrap().reply.setl;
    assert_eq!((setl.shares.act_pay_dedc.get(), setl.shares.fund_pay_sumamt.get()), (0, 9_000));
    assert_eq!(setl.accum_key.poolarea_no, person.poolarea_no);
    assert!(setl.shares.steps.iter().any(|step| step.provision.starts_with("420100/mz_tc.ratio.retired.pharmacy")));
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn a_shared_limit_is_used_up_by_every_scheme_that_counts_in_it_and_given_back() {
    let center = TestCenter::new().await;
    let person = insured_in(&center, "420100").await;
    let key = |scheme: &str| lf_ports::AccumKey {
        poolarea_no: person.poolarea_no,
        psn_no: person.psn_no.clone(),
        year: 2026,
        scheme: scheme.to_owned(),
    };
    let mut life = center.life(&person).of(vec![a("1", "100")]).up_to(Step::Sold).await;
    let bill = with(life.settle_command(), |c| c.med_type = "18".into());
    let setl = send!(life, t2102_settle, pharmacy, bill).unwrap().reply.setl;
    // Handled as class B: a tenth first; 88.8 % of the rest, out of what the year's limit of the stay leaves.
    assert_eq!(setl.shares.fund_pay_sumamt.get(), 7_992);
    assert_eq!(setl.shares.pots, ["ipt"]);
    assert_eq!(setl.shares.fund_details[0].crt_payb_lmt_amt.map(|left| left.get()), Some(24_000_000));
    let paid = async |scheme: &str| {
        center.store.accum(&key(scheme)).await.unwrap().map(|row| (row.version, row.accum.fund_paid_fen().get()))
    };
    assert_eq!((paid("spay").await, paid("ipt").await), (Some((1, 7_992)), Some((1, 7_992))));
    let report = center.audit().await;
    assert!(report.passes() && report.accumulators == 2, "{report}");
    // Taken back in a later month, both stand as before.
    life.setl = (setl.setl_id.clone(), setl.mdtrt_id.clone());
    let negative = send!(life, t2103_refund, pharmacy, life.refund_command()).unwrap().reply.setl;
    assert_eq!(negative.shares.pots, ["ipt"]);
    assert_eq!((paid("spay").await, paid("ipt").await), (Some((2, 0)), Some((2, 0))));
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
}
