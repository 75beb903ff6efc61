//! The clinic route of a pharmacy over HTTP, as both fronts tell it: from the registration to the undoing, with what is refused.

use expect_test::expect;
use lf_wire::Transaction::{self, *};
use serde_json::{Value, json};

use crate::gateway_client::Speech;
use crate::journey::Told;
use crate::messages as m;
use crate::support::World;

fn register(now: &str) -> Value {
    json!({
        "psn_no": m::PSN_NO, "insutype": "310", "begntime": now, "mdtrt_cert_type": "01", "mdtrt_cert_no": m::EC_TOKEN,
        "psn_cert_type": "01", "certno": m::CERTNO, "psn_type": "11", "psn_name": "章样康", "ipt_otp_no": "YD0001",
        "dept_code": "A02", "dept_name": "药店", "caty": "A02",
    })
}

fn visit(mdtrt_id: &str, now: &str) -> Value {
    json!({
        "mdtrtinfo": {
            "mdtrt_id": mdtrt_id, "psn_no": m::PSN_NO, "med_type": "41", "begntime": now,
            "rxfixmedinsCode": m::HOSPITAL, "rxfixmedinsName": "样例医院", "rxIn": [37, 80, 68, 70], "rxfilename": "处方.pdf",
        },
        "diseinfo": [{
            "diag_type": "1", "diag_srt_no": 1, "diag_code": "I10.x00", "diag_name": "高血压病", "diag_dept": "A03",
            "dise_dor_no": m::DR_CODE, "dise_dor_name": "刘医诚", "diag_time": now, "vali_flag": "1",
        }],
    })
}

/// The lines of the counter's message, as 2204 writes them.
fn fees(mdtrt_id: &str, counter: &Value) -> Value {
    let row = |line: &Value| {
        let mut row = line.clone();
        let more = json!({
            "mdtrt_id": mdtrt_id, "psn_no": m::PSN_NO, "chrg_bchno": "PC1", "bilg_dept_codg": "A03",
            "bilg_dept_name": "内科", "hosp_appr_flag": "0",
        });
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    };
    json!({ "feedetail": counter["drugdetail"].as_array().unwrap().iter().map(row).collect::<Vec<_>>() })
}

fn settle(mdtrt_id: &str, counter: &Value, quoted: Option<&Value>) -> Value {
    let mut data = json!({ "mdtrt_id": mdtrt_id, "chrg_bchno": "PC1", "psn_setlway": "01" });
    let info = counter["druginfo"].as_object().unwrap().clone();
    data.as_object_mut().unwrap().extend(info.into_iter().filter(|(name, _)| name != "begntime"));
    if let Some(quoted) = quoted {
        for name in ["fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"] {
            data[name] = quoted[name].clone();
        }
        data["drug_trac_info"] = counter["durg_trac_info"].clone();
    }
    data
}

async fn bad(world: &World, speech: Speech, heard: &mut String, transaction: Transaction, data: Value) {
    let written = world.written();
    let answer = world.call(speech, transaction, &data).await;
    assert_ne!(answer.code, 0, "{transaction}: {data}");
    assert_eq!(world.written(), written, "{transaction}: a refusal stores nothing");
    *heard += &format!("{transaction} {}\n", answer.message);
}

async fn route(speech: Speech) -> (String, Vec<Value>) {
    let (world, mut heard) = (World::speaking(speech).await, String::new());
    let mut told = Told::new(&world, speech);
    let issued = told.issue("CF0001").await;
    let token = told.fetch().await;
    let sn = told.review(&issued, &token).await;
    told.sell(&issued, &sn).await;
    let now = world.now().to_string();
    let counter = m::t2102(&issued.hi_rxno, world.now());
    bad(&world, speech, &mut heard, T2203A, visit("1", &now)).await;
    let registered = told.tell(T2201, register(&now)).await.data["data"].clone();
    let mdtrt_id = registered["mdtrt_id"].as_str().unwrap().to_owned();
    assert_eq!(registered["ipt_otp_no"], "YD0001");
    bad(&world, speech, &mut heard, T2204, fees(&mdtrt_id, &counter)).await;
    told.tell(T2203A, visit(&mdtrt_id, &now)).await;
    let shown = told.tell(T2204, fees(&mdtrt_id, &counter)).await.data["result"].clone();
    assert_eq!(shown.as_array().unwrap().len(), 2);
    let quoted = told.tell(T2206, settle(&mdtrt_id, &counter, None)).await.data["setlinfo"].clone();
    let mut other = settle(&mdtrt_id, &counter, Some(&quoted));
    other["inscp_scp_amt"] = json!("0.01");
    bad(&world, speech, &mut heard, T2207, other).await;
    let data = told.tell(T2207, settle(&mdtrt_id, &counter, Some(&quoted))).await.data["setlinfo"].clone();
    for name in ["medfee_sumamt", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "psn_cash_pay", "act_pay_dedc", "balc"]
    {
        assert_eq!(data[name], quoted[name], "{name}");
    }
    assert_eq!(data["medfee_sumamt"].as_f64(), Some(34.3));
    let fen = |name: &str| data[name].to_string().parse::<lf_vocab::Fen>().unwrap().get();
    let sum = fen("fund_pay_sumamt") + fen("psn_part_amt") + fen("hosp_part_amt");
    assert_eq!(sum, fen("medfee_sumamt"), "{data}");
    let setl_id = data["setl_id"].as_str().unwrap().to_owned();
    assert_eq!(data["mdtrt_id"], mdtrt_id.as_str());
    bad(&world, speech, &mut heard, T2102, counter.clone()).await;
    bad(&world, speech, &mut heard, T2205, json!({ "mdtrt_id": mdtrt_id, "chrg_bchno": "PC1", "psn_no": m::PSN_NO }))
        .await;
    let withdraw = json!({ "psn_no": m::PSN_NO, "mdtrt_id": mdtrt_id, "ipt_otp_no": "YD0001" });
    bad(&world, speech, &mut heard, T2202, withdraw.clone()).await;
    bad(&world, speech, &mut heard, T2103, m::t2103(&setl_id, &mdtrt_id)).await;
    told.tell(T7107, m::question(&issued.hi_rxno)).await;
    let back = told.tell(T2208, m::t2103(&setl_id, &mdtrt_id)).await.data["setlinfo"].clone();
    assert_eq!((back["medfee_sumamt"].as_f64(), &back["pdn_cash_pay"]), (Some(-34.3), &back["psn_cash_pay"]));
    told.tell(T2208, m::t2103(&setl_id, &mdtrt_id)).await;
    told.tell(T2205, json!({ "mdtrt_id": mdtrt_id, "chrg_bchno": "0000", "psn_no": m::PSN_NO })).await;
    told.tell(T2202, withdraw).await;
    world.audited().await;
    (heard, told.answers.into_iter().map(|(_, answer)| answer.data).collect())
}

#[tokio::test]
async fn a_pharmacy_settles_as_a_clinic_does_on_both_fronts() {
    // proves JX-3.1a
    let (official, payloads) = route(Speech::ALL[0]).await;
    for speech in &Speech::ALL[1..] {
        let (heard, said) = route(*speech).await;
        assert_eq!(heard, official, "{speech:?}");
        assert_eq!(said.len(), payloads.len(), "{speech:?}");
    }
    expect![[r#"
        2203A [RX-2201-01] 本机构查无此就诊（依据：接口规范 2201 mdtrt_id）
        2204 [RX-2203-01] 尚未上传就诊信息（2203A）（依据：接口规范 2203A）
        2207 [RX-2207-01] 全自费、超限价、先行自付或符合政策范围金额与预结算不一致，请重新预结算（依据：接口规范 2207）
        2102 [RX-2102-02] 处方已结算，不能再次结算（依据：赣医保字〔2024〕9号 三（一）单次结算）
        2205 [RX-2204-04] 收费批次PC1已结算，不能再上传、撤销或结算（依据：接口规范 2205：已参与结算的明细不能撤销）
        2202 [RX-2202-04] 收费批次PC1已结算，不能撤销挂号，请先以2208撤销结算（依据：接口规范 2202）
        2103 [RX-2208-02] 该结算是以2207办理的，请以2208撤销（依据：接口规范 2103）
    "#]]
    .assert_eq(&official);
}
