//! What a settlement sheet says.

use lf_settle::{FundShare, Part, Step};
use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Qty, Ratio};

use super::*;
use crate::fixture::*;

fn line(number: usize, amount: i64) -> LineShare {
    LineShare {
        feedetl_sn: format!("FY{number}"),
        med_list_codg: "XC09CAX903E001010199901".parse().unwrap(),
        det_item_fee_sumamt: Fen::new(amount),
        cnt: Qty::new(20_000),
        pric: Pric::new(amount * 5_000),
        pric_uplmt_amt: None,
        selfpay_prop: Ratio::new(100_000),
        fulamt_ownpay_amt: Fen::ZERO,
        overlmt_amt: Fen::ZERO,
        preselfpay_amt: Fen::new(amount / 10),
        inscp_scp_amt: Fen::new(amount - amount / 10),
        chrgitm_lv: ChrgitmLv::B,
        hosp_part_amt: Fen::ZERO,
    }
}

fn shares(lines: usize) -> Shares {
    let lines: Vec<_> = (1..=lines).map(|number| line(number, 3_080)).collect();
    let sum = |f: fn(&LineShare) -> Fen| Fen::sum(lines.iter().map(f)).unwrap();
    let (fee, scope, first) = (sum(|l| l.det_item_fee_sumamt), sum(|l| l.inscp_scp_amt), sum(|l| l.preselfpay_amt));
    let fund = Fen::new(scope.get() * 6 / 10);
    let own = fee.checked_sub(fund).unwrap();
    let step = |part, what: &str, amount, provision: &str| Step {
        part,
        feedetl_sn: None,
        what: what.to_owned(),
        amount,
        provision: provision.to_owned(),
    };
    Shares {
        pots: Vec::new(),
        scheme: "mz_tc".to_owned(),
        year: 2026,
        month: 11,
        lines,
        medfee_sumamt: fee,
        fulamt_ownpay_amt: Fen::ZERO,
        overlmt_selfpay: Fen::ZERO,
        preselfpay_amt: first,
        inscp_scp_amt: scope,
        act_pay_dedc: Fen::ZERO,
        hifp_pay: fund,
        pool_prop_selfpay: Ratio::new(600_000),
        cvlserv_pay: Fen::ZERO,
        hifes_pay: Fen::ZERO,
        hifmi_pay: Fen::ZERO,
        hifob_pay: Fen::ZERO,
        maf_pay: Fen::ZERO,
        oth_pay: Fen::ZERO,
        hifdm_pay: Fen::ZERO,
        fund_pay_sumamt: fund,
        psn_part_amt: own,
        acct_pay: Fen::new(1_000),
        psn_cash_pay: own.checked_sub(Fen::new(1_000)).unwrap(),
        acct_mulaid_pay: Fen::ZERO,
        balc: Fen::new(223_412),
        hosp_part_amt: Fen::ZERO,
        fund_details: vec![FundShare {
            fund_pay_type: "310102".to_owned(),
            name: "职工基本医疗保险统筹基金".to_owned(),
            kind: FundKind::Fund,
            inscp_scp_amt: scope,
            crt_payb_lmt_amt: Some(Fen::new(180_000)),
            fund_payamt: fund,
        }],
        steps: vec![
            step(Part::FirstSelfPay, "先行自付", first, "360900/mz_tc.first_selfpay@2024-01-01"),
            step(Part::Fund, "统筹基金支付60%", fund, "360000/mz_tc.ratio@2024-01-01"),
        ],
    }
}

struct Owned {
    bought_on: BoughtOn,
    code: FixmedinsCode,
    psn_no: PsnNo,
    shares: Shares,
    sold: Vec<DrugWords>,
}

fn owned(lines: usize) -> Owned {
    let sold = serde_json::json!({
        "rtal_docno": "1", "stoout_time": printed(), "med_list_codg": "XC09CAX903E001010199901",
        "medins_list_codg": "1", "drug_genname": "缬沙坦胶囊", "drug_spec": "80mg×7粒",
        "manu_lotnum": "A240501", "drug_totlcnt": 20_000, "drug_totlcnt_emp": "盒",
    });
    Owned {
        bought_on: BoughtOn::Rx(hi_rxno()),
        code: "P36090200201".parse().unwrap(),
        psn_no: "36090000000000000001".parse().unwrap(),
        shares: shares(lines),
        sold: vec![DrugWords::from(&serde_json::from_value::<SaleLine>(sold).unwrap())],
    }
}

fn sheet(owned: &Owned) -> SettlementSheet<'_> {
    SettlementSheet {
        setl_id: "360900A1B2C3D4E5F60718293A4B5C",
        mdtrt_id: "360900B1B2C3D4E5F60718293A4B5C",
        bought_on: &owned.bought_on,
        fixmedins_code: &owned.code,
        fixmedins_name: "宜春示例大药房",
        psn_name: "欧阳示例",
        psn_no: &owned.psn_no,
        insutype: Insutype::Employee,
        med_type: "41",
        setl_time: printed(),
        shares: &owned.shares,
        sold: &owned.sold,
        refd_setl_id: None,
        reversed_by: None,
        law_edition: "2026-11-20",
        name_of: NAMES,
        printed: printed(),
    }
}

#[test]
fn it_says_every_amount_and_who_paid_it() {
    expect_test::expect![[r#"
        结算
        宜春示例大药房
        医保结算单
        结算编号 360900A1B2C3D4E5F60718293A4B5C
        处方编号 360900202611220000000000000172
        姓名： | 欧阳示例 | 人员编号： | 36090000000000000001
        险种： | 职工基本医疗保险 | 医疗类别： | 41 | 机构编号： | P36090200201
        结算时间： | 2026-11-22 10:30:00
        就诊编号： | 360900B1B2C3D4E5F60718293A4B5C
        1. 缬沙坦胶囊 80mg×7粒 批号A240501 | 30.80
        类别： | 乙 10% | 数量： | 2 | 单价： | 15.40
        先行自付： | 3.08 | 符合范围： | 27.72
        2. 缬沙坦胶囊 80mg×7粒 批号A240501 | 30.80
        类别： | 乙 10% | 数量： | 2 | 单价： | 15.40
        先行自付： | 3.08 | 符合范围： | 27.72
        医疗费总额 | 61.60 元
        全自费： | 0.00 | 超限价自费： | 0.00 | 先行自付： | 6.16
        符合政策范围： | 55.44 | 本次起付线： | 0.00 | 统筹支付比例： | 60%
        基金支付总额 | 33.26 元
          职工基本医疗保险统筹基金（310102，支付前可用限额 1800.00） | 33.26 元
        个人负担总额 | 28.34 元
          个人账户支付 | 10.00 元
          现金支付 | 18.34 元
        个人账户余额 | 2234.12 元
        计算依据
        先行自付：6.16元（依据 360900/mz_tc.first_selfpay@2024-01-01）
        统筹基金支付60%：33.26元（依据 360000/mz_tc.ratio@2024-01-01）
        规则版本 2026-11-20
        参保人签名： | 收款人： | 日期：
        请参保人核对药品、数量和金额后签名；本单与处方一并归档。
        打印于 2026-11-22 10:30:00 | 第1页 共1页
        =
    "#]]
    .assert_eq(&lines(&sheet(&owned(2)).sheet()));
}

#[test]
fn what_no_prescription_of_the_center_paid_says_on_what_it_was_bought() {
    let owned = owned(1);
    let on = |bought_on: BoughtOn| lines(&SettlementSheet { bought_on: &bought_on, ..sheet(&owned) }.sheet());
    let text = on(BoughtOn::Paper("H36090200101".parse().unwrap(), "7".parse().unwrap()));
    assert!(text.contains("纸质处方 H36090200101 000000000007") && text.contains("与处方一并归档"), "{text}");
    let text = on(BoughtOn::Nothing);
    assert!(text.contains("没有处方，个人账户支付") && !text.contains("与处方一并归档"), "{text}");
}

#[test]
fn a_reversal_and_what_was_reversed_say_so() {
    let mut owned = owned(1);
    let text = lines(&SettlementSheet { reversed_by: Some("R1"), ..sheet(&owned) }.sheet());
    assert!(text.contains("已退费") && text.contains("退费结算编号： | R1"), "{text}");
    owned.shares = lf_settle::reverse(&owned.shares);
    let text = lines(&SettlementSheet { refd_setl_id: Some("S1"), ..sheet(&owned) }.sheet());
    assert!(text.contains("被退结算编号： | S1") && text.contains("退还现金 | -"), "{text}");
    assert!(text.contains("-30.80 元") && !text.contains("现金支付"), "{text}");
}

#[test]
fn prices_have_two_decimals_and_more_where_they_have_more() {
    for (millionths, want) in
        [(15_000_000, "15.00"), (15_400_000, "15.40"), (15_430_000, "15.43"), (1_234_567, "1.234567")]
    {
        assert_eq!(price(Pric::new(millionths)), want);
    }
}

#[test]
fn two_hundred_lines_go_over_pages_in_every_size() {
    let (owned, face) = (owned(200), face());
    for (size, least) in [(Size::A4, 5), (Size::A5, 10), (Size::Slip, 3)] {
        let paper = sheet(&owned).draw(size, &face).unwrap();
        assert!(paper.pages >= least, "{size} {}", paper.pages);
    }
    let laid = crate::layout::layout(&sheet(&owned).sheet(), Size::A4, &crate::text::tests::Squares);
    let heads = laid.pages.iter().filter(|page| {
        page.items.iter().any(|item| matches!(&item.what, crate::layout::What::Text { text, .. } if text == "超限价"))
    });
    assert!(heads.count() >= laid.pages.len() - 1, "the table's head stands on every page with rows");
}

#[test]
fn every_lot_of_a_drug_is_named_once() {
    let mut owned = owned(1);
    for lot in [Some("B240601"), Some("A240501"), None] {
        let more = DrugWords { manu_lotnum: lot.map(str::to_owned), ..owned.sold[0].clone() };
        owned.sold.push(more);
    }
    assert_eq!(sheet(&owned).drug_words(&owned.shares.lines[0]), "缬沙坦胶囊 80mg×7粒 批号A240501、B240601");
    owned.sold.clear();
    assert_eq!(sheet(&owned).drug_words(&owned.shares.lines[0]), "XC09CAX903E001010199901");
}
