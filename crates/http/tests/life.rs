//! One prescription through every built transaction, over sealed messages in each dialect; the payloads are the
//! same in all of them, and those of the official one stand below as the interface shows them.

use expect_test::{Expect, expect};
use lf_wire::Transaction::{self, *};
use lf_wire::client::Dialect;
use serde_json::Value;

use crate::journey::{Told, text};
use crate::messages as m;
use crate::support::{Answer, World, envelope};

async fn whole_life(dialect: Dialect) -> Vec<(Transaction, Answer)> {
    let world = World::new().await;
    let mut told = Told::new(&world, dialect);
    let issued = told.issue("CF0001").await;
    let question = m::question(&issued.hi_rxno);
    told.tell(T7105, question.clone()).await;
    let epc_token = told.fetch().await;
    let rx_chk_biz_sn = told.review(&issued, &epc_token).await;
    told.tell(T7106, question.clone()).await;
    told.sell(&issued, &rx_chk_biz_sn).await;
    told.tell(T2101, m::t2102(&issued.hi_rxno, world.now())).await;
    let (setl_id, mdtrt_id) = told.settle(&issued).await;
    told.tell(T7107, question).await;
    told.tell(T2103, m::t2103(&setl_id, &mdtrt_id)).await;
    world.audited().await;
    told.answers
}

fn pretty(answers: &[(Transaction, Answer)], transaction: Transaction) -> String {
    let (_, answer) = answers.iter().find(|(told, _)| *told == transaction).unwrap();
    format!("{}\n{}", answer.message, serde_json::to_string_pretty(&answer.data).unwrap())
}

#[tokio::test]
async fn a_prescription_lives_the_same_in_every_dialect() {
    let official = whole_life(Dialect::Official).await;
    for dialect in [Dialect::Sorted, Dialect::Cipher] {
        let other = whole_life(dialect).await;
        assert_eq!(official.len(), other.len());
        for ((transaction, want), (_, got)) in official.iter().zip(&other) {
            assert_eq!(got, want, "{transaction} in dialect {}", dialect.letter());
        }
    }
    let check = |transaction, expected: Expect| expected.assert_eq(&pretty(&official, transaction));
    check(
        T7101,
        expect![[r#"
        成功
        {
          "hiRxno": "360900202605110000000000000016",
          "rxTraceCode": "36090026051100000018"
        }"#]],
    );
    check(
        T7102,
        expect![[r#"
        成功
        {
          "rxFile": "JVBERi0xLjQKJSBhIHByZXNjcmlwdGlvbgolJUVPRgo=",
          "signCertDn": "C=CN,O=NHSA,ST=36,L=360900,CN=H36090200101",
          "signCertSn": "0123456789ABCDEF",
          "signDigest": "3vCHf1cvUYNCud9nfNwRYDDurBuG1PvPvMDLtew5AsIUv+PzCueAPgLPFI6ZZrqMLq4g7t0hGsgpFHbcdBkXtw=="
        }"#]],
    );
    check(
        T7103,
        expect![[r#"
        成功。提醒：[RX-NO-CONSENT] 没有收到患者同意处方流转的记录，请确认已征得患者同意（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》三（二））
        {
          "hiRxno": "360900202605110000000000000016",
          "rxStasCodg": "1",
          "rxStasName": "有效"
        }"#]],
    );
    check(
        T7105,
        expect![[r#"
        成功
        {
          "bizTypeCode": "01",
          "bizTypeName": "定点医疗机构就诊",
          "diseinfo": [
            {
              "diagCode": "I10.x00x002",
              "diagDept": "心血管内科",
              "diagDeptCode": "",
              "diagDrName": "刘医诚",
              "diagDrNo": "D360920001000",
              "diagName": "高血压",
              "diagSrtNo": 1,
              "diagTime": "2026-05-11 08:50:00",
              "diagType": "1",
              "maindiagFlag": "1"
            },
            {
              "diagCode": "E78.500",
              "diagDept": "心血管内科",
              "diagDeptCode": "",
              "diagDrName": "刘医诚",
              "diagDrNo": "D360920001000",
              "diagName": "高脂血症",
              "diagSrtNo": 2,
              "diagTime": "2026-05-11 08:50:00",
              "diagType": "1",
              "maindiagFlag": "0"
            }
          ],
          "fixmedinsCode": "H36090200101",
          "fixmedinsName": "示例人民医院",
          "hiRxno": "360900202605110000000000000016",
          "longRxFlag": "0",
          "prscTime": "2026-05-11 09:00:00",
          "reptFlag": "0",
          "rxDetlList": [
            {
              "drugCnt": 7,
              "drugDosform": "片剂",
              "drugDosunt": "片",
              "drugGenname": "苯磺酸氨氯地平片",
              "drugProdname": "苯磺酸氨氯地平片",
              "drugSpec": "5mg×7片",
              "hospApprFlag": "1",
              "hospPrepFlag": "0",
              "medListCodg": "XC08CAA901A001010199901",
              "medcBegntime": "2026-05-11 09:00:00",
              "medcDays": 7,
              "medcEndtime": "2026-05-18 09:00:00",
              "medcWayCodg": "1",
              "medcWayDscr": "口服",
              "otcFlag": "0",
              "prdrName": "宜春示例药业有限公司",
              "rxItemTypeCode": "11",
              "rxItemTypeName": "西药",
              "sinDoscnt": 5,
              "sinDosunt": "mg",
              "takeDrugFlag": "0",
              "usedFrquCodg": "11",
              "usedFrquName": "每天一次（qd）"
            },
            {
              "drugCnt": 7,
              "drugDosform": "片剂",
              "drugDosunt": "片",
              "drugGenname": "阿托伐他汀钙片",
              "drugProdname": "阿托伐他汀钙片",
              "drugSpec": "20mg×7片",
              "hospApprFlag": "1",
              "hospPrepFlag": "0",
              "medListCodg": "XC10AAA908A001010199901",
              "medcBegntime": "2026-05-11 09:00:00",
              "medcDays": 7,
              "medcEndtime": "2026-05-18 09:00:00",
              "medcWayCodg": "1",
              "medcWayDscr": "口服",
              "otcFlag": "0",
              "prdrName": "宜春示例药业有限公司",
              "rxItemTypeCode": "11",
              "rxItemTypeName": "西药",
              "sinDoscnt": 20,
              "sinDosunt": "mg",
              "takeDrugFlag": "0",
              "usedFrquCodg": "11",
              "usedFrquName": "每天一次（qd）"
            }
          ],
          "rxDiseList": [
            {
              "diagCode": "I10.x00x002",
              "diagDept": "心血管内科",
              "diagDeptCode": "",
              "diagDrName": "刘医诚",
              "diagDrNo": "D360920001000",
              "diagName": "高血压",
              "diagSrtNo": 1,
              "diagTime": "2026-05-11 08:50:00",
              "diagType": "1",
              "maindiagFlag": "1"
            },
            {
              "diagCode": "E78.500",
              "diagDept": "心血管内科",
              "diagDeptCode": "",
              "diagDrName": "刘医诚",
              "diagDrNo": "D360920001000",
              "diagName": "高脂血症",
              "diagSrtNo": 2,
              "diagTime": "2026-05-11 08:50:00",
              "diagType": "1",
              "maindiagFlag": "0"
            }
          ],
          "rxDrugCnt": 2,
          "rxExraAttrCode": "02",
          "rxExraAttrName": "门诊统筹处方",
          "rxOtpinfo": {
            "gend": "1",
            "insutype": "310",
            "iptOpNo": "MZ0001",
            "iptOtpNo": "MZ0001",
            "maindiagCode": "I10.x00x002",
            "maindiagName": "高血压",
            "mdtrtTime": "2026-05-11 08:40:00",
            "medType": "11",
            "otpIptFlag": "1",
            "patnAge": 47,
            "patnName": "章样康",
            "pharChkTime": "2026-05-11 09:30:00",
            "pharName": "周药安",
            "prscDeptName": "心血管内科",
            "prscDrName": "刘医诚",
            "spDiseFlag": "0"
          },
          "rxStasCodg": "1",
          "rxStasName": "有效",
          "rxTypeCode": "1",
          "rxTypeName": "门诊西药",
          "rxUsedStasCodg": "1",
          "rxUsedStasName": "未使用",
          "valiDays": 3,
          "valiEndTime": "2026-05-14 09:00:00"
        }"#]],
    );
    check(
        T7201,
        expect![[r#"
        成功
        {
          "data": [
            {
              "authRxno": "da3303082b7ac45895719a7700",
              "deptName": "心血管内科",
              "epcToken": "360900da3303082b7ac45895719a775f1da303ef58276d29b9622aa9b989319eb9108e",
              "expiresIn": "2026-05-11 10:00:05",
              "fixmedinsCode": "H36090200101",
              "fixmedinsName": "示例人民医院",
              "prscTime": "2026-05-11 09:00:00",
              "rxExraAttrCode": "02",
              "rxExraAttrName": "门诊统筹处方",
              "valiEndTime": "2026-05-14 09:00:00"
            }
          ]
        }"#]],
    );
    check(
        T7204,
        expect![[r#"
        成功
        {
          "diseinfo": [
            {
              "diagCode": "I10.x00x002",
              "diagName": "高血压",
              "diagSrtNo": 1,
              "diagType": "1",
              "maindiagFlag": "1"
            },
            {
              "diagCode": "E78.500",
              "diagName": "高脂血症",
              "diagSrtNo": 2,
              "diagType": "1",
              "maindiagFlag": "0"
            }
          ],
          "fileSuffix": "pdf",
          "fixmedinsCode": "H36090200101",
          "fixmedinsName": "示例人民医院",
          "hiRxno": "360900202605110000000000000016",
          "longRxFlag": "0",
          "prscDeptName": "心血管内科",
          "prscTime": "2026-05-11 09:00:00",
          "rxDetlList": [
            {
              "drugCnt": 7,
              "drugDosform": "片剂",
              "drugDosunt": "片",
              "drugGenname": "苯磺酸氨氯地平片",
              "drugProdname": "苯磺酸氨氯地平片",
              "drugSpec": "5mg×7片",
              "drugTotlcnt": 1,
              "drugTotlcntEmp": "盒",
              "hospApprFlag": "1",
              "hospPrepFlag": "0",
              "medListCodg": "XC08CAA901A001010199901",
              "medcBegntime": "2026-05-11 09:00:00",
              "medcDays": 7,
              "medcEndtime": "2026-05-18 09:00:00",
              "medcWayCodg": "1",
              "medcWayDscr": "口服",
              "otcFlag": "0",
              "prdrName": "宜春示例药业有限公司",
              "rxItemTypeCode": "11",
              "rxItemTypeName": "西药",
              "sinDoscnt": 5,
              "sinDosunt": "mg",
              "takeDrugFlag": "0",
              "usedFrquCodg": "11",
              "usedFrquName": "每天一次（qd）"
            },
            {
              "drugCnt": 7,
              "drugDosform": "片剂",
              "drugDosunt": "片",
              "drugGenname": "阿托伐他汀钙片",
              "drugProdname": "阿托伐他汀钙片",
              "drugSpec": "20mg×7片",
              "drugTotlcnt": 1,
              "drugTotlcntEmp": "盒",
              "hospApprFlag": "1",
              "hospPrepFlag": "0",
              "medListCodg": "XC10AAA908A001010199901",
              "medcBegntime": "2026-05-11 09:00:00",
              "medcDays": 7,
              "medcEndtime": "2026-05-18 09:00:00",
              "medcWayCodg": "1",
              "medcWayDscr": "口服",
              "otcFlag": "0",
              "prdrName": "宜春示例药业有限公司",
              "rxItemTypeCode": "11",
              "rxItemTypeName": "西药",
              "sinDoscnt": 20,
              "sinDosunt": "mg",
              "takeDrugFlag": "0",
              "usedFrquCodg": "11",
              "usedFrquName": "每天一次（qd）"
            }
          ],
          "rxDiseList": [
            {
              "diagCode": "I10.x00x002",
              "diagName": "高血压",
              "diagSrtNo": 1,
              "diagType": "1",
              "maindiagFlag": "1"
            },
            {
              "diagCode": "E78.500",
              "diagName": "高脂血症",
              "diagSrtNo": 2,
              "diagType": "1",
              "maindiagFlag": "0"
            }
          ],
          "rxFile": "JVBERi0xLjQKJSBhIHByZXNjcmlwdGlvbgolJUVPRgo=",
          "rxOtpinfo": {
            "gend": "1",
            "maindiagCode": "I10.x00x002",
            "maindiagName": "高血压",
            "medType": "11",
            "otpIptFlag": "1",
            "patnAge": 47,
            "patnName": "章样康"
          },
          "rxTraceCode": "36090026051100000018",
          "rxTypeCode": "1",
          "rxTypeName": "门诊西药",
          "valiEndTime": "2026-05-14 09:00:00"
        }"#]],
    );
    check(
        T7205,
        expect![[r#"
        成功
        {
          "flag": true,
          "rxSignVerifySn": "d1147ab45bd78723c42678aeb271da83",
          "signCertDn": "C=CN,O=NHSA,ST=36,L=360900,CN=H36090200101",
          "signCertSn": "0123456789ABCDEF"
        }"#]],
    );
    check(
        T7206,
        expect![[r#"
            成功
            {
              "flag": true,
              "rxChkBizSn": "505464d7af7e8d9d05ba43852a9bcc"
            }"#]],
    );
    check(
        T7106,
        expect![[r#"
        成功
        {
          "hiRxno": "360900202605110000000000000016",
          "pharCode": "YS36090200010",
          "pharName": "吴药正",
          "rxChkOpnn": "用药适宜",
          "rxChkStasCodg": "1",
          "rxChkStasName": "审核通过",
          "rxChkTime": "2026-05-11 09:30:07",
          "rxStasCodg": "1",
          "rxStasName": "有效"
        }"#]],
    );
    check(
        T7207,
        expect![[r#"
        成功。提醒：[PHAR-NOT-SIGNED] 没有收到执业药师签字的记录，请确认已签字（依据：《关于规范定点零售药店门诊统筹管理有关事项的通知》三（四）2）
        {
          "flag": true,
          "selStooutSn": "e24a38c67ec3492b560399c2da08ed"
        }"#]],
    );
    check(
        T2101,
        expect![[r#"
        成功
        {
          "detlcutinfo": [
            {
              "chrgitm_lv": "01",
              "cnt": 7,
              "det_item_fee_sumamt": 12.60,
              "feedetl_sn": "FD1",
              "fulamt_ownpay_amt": 0.00,
              "inscp_scp_amt": 12.60,
              "med_chrgitm_type": "09",
              "overlmt_amt": 0.00,
              "preselfpay_amt": 0.00,
              "pric": 1.8,
              "pric_uplmt_amt": 99999999.000000,
              "selfpay_prop": 0.0000
            },
            {
              "chrgitm_lv": "02",
              "cnt": 7,
              "det_item_fee_sumamt": 21.70,
              "feedetl_sn": "FD2",
              "fulamt_ownpay_amt": 0.00,
              "inscp_scp_amt": 19.53,
              "med_chrgitm_type": "09",
              "overlmt_amt": 0.00,
              "preselfpay_amt": 2.17,
              "pric": 3.1,
              "pric_uplmt_amt": 99999999.000000,
              "selfpay_prop": 0.1000
            }
          ],
          "setldetail": [
            {
              "crt_payb_lmt_amt": 2000.00,
              "fund_pay_type": "310102",
              "fund_pay_type_name": "职工门诊统筹基金",
              "fund_payamt": 0.00,
              "inscp_scp_amt": 32.13,
              "setl_proc_info": "明细FD2 乙类先行自付10%：2.17元（依据 360000/mz_tc.preselfpay.b@2023-01-01）；起付标准300.00元（本年此前已计0.00元），本次个人负担：32.13元（依据 360000/mz_tc.deductible_fen@2023-07-01）；个人负担中由个人账户支付：34.30元（依据 360000/mz_tc.account@2023-01-01）"
            },
            {
              "crt_payb_lmt_amt": 99999999.00,
              "fund_pay_type": "310200",
              "fund_pay_type_name": "城镇职工基本医疗保险个人账户基金",
              "fund_payamt": 34.30,
              "inscp_scp_amt": 0.00
            }
          ],
          "setlinfo": {
            "acct_mulaid_pay": 0.00,
            "acct_pay": 34.30,
            "act_pay_dedc": 32.13,
            "age": 47,
            "balc": 3215.70,
            "brdy": "1979-04-16",
            "certno": "360902197904165015",
            "clr_type": "41",
            "clr_way": "1",
            "cvlserv_flag": "0",
            "cvlserv_pay": 0.00,
            "fulamt_ownpay_amt": 0.00,
            "fund_pay_sumamt": 0.00,
            "gend": "1",
            "hifdm_pay": 0.00,
            "hifes_pay": 0.00,
            "hifmi_pay": 0.00,
            "hifob_pay": 0.00,
            "hifp_pay": 0.00,
            "hosp_part_amt": 0.00,
            "inscp_scp_amt": 32.13,
            "insutype": "310",
            "maf_pay": 0.00,
            "mdtrt_cert_type": "01",
            "mdtrt_id": "",
            "med_type": "41",
            "medfee_sumamt": 34.30,
            "medins_setl_id": "",
            "oth_pay": 0.00,
            "overlmt_selfpay": 0.00,
            "pool_prop_selfpay": 0.6500,
            "preselfpay_amt": 2.17,
            "psn_cash_pay": 0.00,
            "psn_cert_type": "01",
            "psn_name": "章样康",
            "psn_no": "36090000002024000100",
            "psn_part_amt": 34.30,
            "psn_type": "11",
            "setl_time": "2026-05-11 09:30:11"
          }
        }"#]],
    );
    check(
        T2102,
        expect![[r#"
        成功
        {
          "detlcutinfo": [
            {
              "chrgitm_lv": "01",
              "cnt": 7,
              "det_item_fee_sumamt": 12.60,
              "feedetl_sn": "FD1",
              "fulamt_ownpay_amt": 0.00,
              "inscp_scp_amt": 12.60,
              "med_chrgitm_type": "09",
              "overlmt_amt": 0.00,
              "preselfpay_amt": 0.00,
              "pric": 1.8,
              "pric_uplmt_amt": 99999999.000000,
              "selfpay_prop": 0.0000
            },
            {
              "chrgitm_lv": "02",
              "cnt": 7,
              "det_item_fee_sumamt": 21.70,
              "feedetl_sn": "FD2",
              "fulamt_ownpay_amt": 0.00,
              "inscp_scp_amt": 19.53,
              "med_chrgitm_type": "09",
              "overlmt_amt": 0.00,
              "preselfpay_amt": 2.17,
              "pric": 3.1,
              "pric_uplmt_amt": 99999999.000000,
              "selfpay_prop": 0.1000
            }
          ],
          "setldetail": [
            {
              "crt_payb_lmt_amt": 2000.00,
              "fund_pay_type": "310102",
              "fund_pay_type_name": "职工门诊统筹基金",
              "fund_payamt": 0.00,
              "inscp_scp_amt": 32.13,
              "setl_proc_info": "明细FD2 乙类先行自付10%：2.17元（依据 360000/mz_tc.preselfpay.b@2023-01-01）；起付标准300.00元（本年此前已计0.00元），本次个人负担：32.13元（依据 360000/mz_tc.deductible_fen@2023-07-01）；个人负担中由个人账户支付：34.30元（依据 360000/mz_tc.account@2023-01-01）"
            },
            {
              "crt_payb_lmt_amt": 99999999.00,
              "fund_pay_type": "310200",
              "fund_pay_type_name": "城镇职工基本医疗保险个人账户基金",
              "fund_payamt": 34.30,
              "inscp_scp_amt": 0.00
            }
          ],
          "setlinfo": {
            "acct_mulaid_pay": 0.00,
            "acct_pay": 34.30,
            "act_pay_dedc": 32.13,
            "age": 47,
            "balc": 3215.70,
            "brdy": "1979-04-16",
            "certno": "360902197904165015",
            "clr_optins": "360900",
            "clr_type": "41",
            "clr_way": "1",
            "cvlserv_flag": "0",
            "cvlserv_pay": 0.00,
            "fulamt_ownpay_amt": 0.00,
            "fund_pay_sumamt": 0.00,
            "gend": "1",
            "hifdm_pay": 0.00,
            "hifes_pay": 0.00,
            "hifmi_pay": 0.00,
            "hifob_pay": 0.00,
            "hifp_pay": 0.00,
            "hosp_part_amt": 0.00,
            "inscp_scp_amt": 32.13,
            "insutype": "310",
            "maf_pay": 0.00,
            "mdtrt_cert_type": "01",
            "mdtrt_id": "3609005A536D4BE83EA1D4131BF7DC",
            "med_type": "41",
            "medfee_sumamt": 34.30,
            "medins_setl_id": "36090053BDDA96C229068CD2AEA85D",
            "oth_pay": 0.00,
            "overlmt_selfpay": 0.00,
            "pool_prop_selfpay": 0.6500,
            "preselfpay_amt": 2.17,
            "psn_cash_pay": 0.00,
            "psn_cert_type": "01",
            "psn_name": "章样康",
            "psn_no": "36090000002024000100",
            "psn_part_amt": 34.30,
            "psn_type": "11",
            "setl_id": "36090053BDDA96C229068CD2AEA85D",
            "setl_time": "2026-05-11 09:30:12"
          }
        }"#]],
    );
    check(
        T7107,
        expect![[r#"
        成功
        {
          "hiRxno": "360900202605110000000000000016",
          "rxStasCodg": "1",
          "rxStasName": "有效",
          "rxUsedStasCodg": "2",
          "rxUsedStasName": "已使用",
          "seltdelts": [
            {
              "cnt": 1,
              "drugDosform": "片剂",
              "drugGenname": "苯磺酸氨氯地平片",
              "drugProdname": "苯磺酸氨氯地平片",
              "drugSpec": "5mg×7片",
              "manuLotnum": "20260301",
              "medListCodg": "XC08CAA901A001010199901",
              "medinsListCodg": "XC08CAA901A001010199901",
              "prdrName": "宜春示例药业有限公司",
              "takeDrugFlag": "1"
            },
            {
              "cnt": 1,
              "drugDosform": "片剂",
              "drugGenname": "阿托伐他汀钙片",
              "drugProdname": "阿托伐他汀钙片",
              "drugSpec": "20mg×7片",
              "manuLotnum": "20260301",
              "medListCodg": "XC10AAA908A001010199901",
              "medinsListCodg": "XC10AAA908A001010199901",
              "prdrName": "宜春示例药业有限公司",
              "takeDrugFlag": "1"
            }
          ],
          "setlTime": "2026-05-11 09:30:12"
        }"#]],
    );
    check(
        T2103,
        expect![[r#"
        成功
        {
          "setldetail": [
            {
              "crt_payb_lmt_amt": 2000.00,
              "fund_pay_type": "310102",
              "fund_pay_type_name": "职工门诊统筹基金",
              "fund_payamt": 0.00,
              "inscp_scp_amt": -32.13,
              "setl_proc_info": "明细FD2 乙类先行自付10%：-2.17元（依据 360000/mz_tc.preselfpay.b@2023-01-01）；起付标准300.00元（本年此前已计0.00元），本次个人负担：-32.13元（依据 360000/mz_tc.deductible_fen@2023-07-01）；个人负担中由个人账户支付：-34.30元（依据 360000/mz_tc.account@2023-01-01）"
            },
            {
              "crt_payb_lmt_amt": 99999999.00,
              "fund_pay_type": "310200",
              "fund_pay_type_name": "城镇职工基本医疗保险个人账户基金",
              "fund_payamt": -34.30,
              "inscp_scp_amt": 0.00
            }
          ],
          "setlinfo": {
            "acct_mulaid_pay": 0.00,
            "acct_pay": -34.30,
            "act_pay_dedc": -32.13,
            "balc": 3250.00,
            "cash_payamt": 0.00,
            "clr_optins": "360900",
            "cvlserv_pay": 0.00,
            "fulamt_ownpay_amt": 0.00,
            "fund_pay_sumamt": 0.00,
            "hifdm_pay": 0.00,
            "hifes_pay": 0.00,
            "hifmi_pay": 0.00,
            "hifob_pay": 0.00,
            "hifp_pay": 0.00,
            "inscp_scp_amt": -32.13,
            "maf_pay": 0.00,
            "mdtrt_id": "3609005A536D4BE83EA1D4131BF7DC",
            "medfee_sumamt": -34.30,
            "medins_setl_id": "360900E997D939CE459638363D4EC0",
            "oth_pay": 0.00,
            "overlmt_selfpay": 0.00,
            "pool_prop_selfpay": 0.6500,
            "preselfpay_amt": -2.17,
            "psn_cash_pay": 0.00,
            "psn_part_amt": -34.30,
            "psn_pay": -34.30,
            "setl_id": "360900E997D939CE459638363D4EC0",
            "setl_time": "2026-05-11 09:30:14"
          }
        }"#]],
    );
}

/// One client reads this reply into a class of two fields and refuses any other.
#[tokio::test]
async fn upload_chk_answers_exactly_two_fields() {
    let world = World::new().await;
    let answer = world.good(Dialect::Official, T7101, &m::t7101(world.now(), "CF0001")).await;
    let fields: Vec<_> = answer.data.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["hiRxno", "rxTraceCode"]);
    assert_eq!((text(&answer, "/hiRxno").len(), text(&answer, "/rxTraceCode").len()), (30, 20));
}

#[tokio::test]
async fn the_other_transactions_answer_too() {
    let mut first = Vec::new();
    for dialect in Dialect::ALL {
        let world = World::new().await;
        let mut told = Told::new(&world, dialect);
        let issued = told.issue("CF0001").await;
        let hi_rxno: lf_vocab::HiRxno = issued.hi_rxno.parse().unwrap();
        let sign_digest = text(&told.answers[1].1, "/signDigest");
        let qrcd = lf_center::t7203_qrcode::epc_qrcd(&hi_rxno, &sign_digest);
        let answer = told.tell(T7203, m::t7203(&qrcd)).await;
        let epc_token = text(&answer, "/epcToken");
        told.tell(T7204, m::t7204(&epc_token, &text(&answer, "/authRxno"))).await;
        let rx_chk_biz_sn = told.review(&issued, &epc_token).await;
        let sel_stoout_sn = told.sell(&issued, &rx_chk_biz_sn).await;
        told.tell(T7208, m::t7208(&issued.hi_rxno, &sel_stoout_sn)).await;
        told.tell(T7104, m::t7104(&issued.hi_rxno, world.now())).await;
        told.tell(T7211, m::t7211()).await;
        world.audited().await;
        if first.is_empty() {
            first = told.answers;
        } else {
            assert_eq!(first, told.answers, "dialect {}", dialect.letter());
        }
    }
    let check = |transaction, expected: Expect| expected.assert_eq(&pretty(&first, transaction));
    check(
        T7203,
        expect![[r#"
        成功
        {
          "authRxno": "da3303082b7ac45895719a7700",
          "epcToken": "360900da3303082b7ac45895719a775f1da303ef58276d29b9622aa9b989319eb9108e",
          "expiresIn": "2026-05-11 10:00:04"
        }"#]],
    );
    check(
        T7208,
        expect![[r#"
        成功
        {
          "flag": true
        }"#]],
    );
    check(
        T7104,
        expect![[r#"
        成功
        {
          "hiRxno": "360900202605110000000000000016",
          "rxStasCodg": "3",
          "rxStasName": "已撤销"
        }"#]],
    );
    check(
        T7211,
        expect![[r#"
        成功
        {
          "list": [
            {
              "aprvno": "国药准字H00000001",
              "begntime": "2024-01-01 00:00:00",
              "chrgitmLv": "01",
              "dosformName": "片剂",
              "dualchnlFlag": "0",
              "genname": "苯磺酸氨氯地平片",
              "listType": "101",
              "listTypeName": "西药中成药",
              "medListCodg": "XC08CAA901A001010199901",
              "minPacCnt": "7",
              "minPacunt": "盒",
              "minPrepunt": "片",
              "oppoolFlag": "1",
              "prdrName": "宜春示例药业有限公司",
              "regName": "苯磺酸氨氯地平片",
              "specName": "5mg×7片"
            },
            {
              "aprvno": "国药准字H00000001",
              "begntime": "2024-01-01 00:00:00",
              "chrgitmLv": "02",
              "dosformName": "片剂",
              "dualchnlFlag": "0",
              "genname": "阿托伐他汀钙片",
              "listType": "101",
              "listTypeName": "西药中成药",
              "medListCodg": "XC10AAA908A001010199901",
              "minPacCnt": "7",
              "minPacunt": "盒",
              "minPrepunt": "片",
              "oppoolFlag": "1",
              "prdrName": "宜春示例药业有限公司",
              "regName": "阿托伐他汀钙片",
              "specName": "20mg×7片"
            },
            {
              "aprvno": "国药准字H00000001",
              "chrgitmLv": "03",
              "dosformName": "片剂",
              "dualchnlFlag": "0",
              "genname": "他达拉非片",
              "listType": "101",
              "listTypeName": "西药中成药",
              "medListCodg": "XG04BET001A001010199901",
              "minPacCnt": "7",
              "minPacunt": "盒",
              "minPrepunt": "片",
              "oppoolFlag": "1",
              "prdrName": "宜春示例药业有限公司",
              "regName": "他达拉非片",
              "specName": "20mg×4片"
            }
          ],
          "size": 3,
          "total": 3
        }"#]],
    );
}

#[tokio::test]
async fn code_is_a_number_or_a_text_as_the_app_wants_it() {
    let world = World::new().await;
    let good = world.hospital.seal(Dialect::Official, world.now_ms(), &m::t7101(world.now(), "CF0001").to_string());
    let bad = world.hospital.seal(Dialect::Official, world.now_ms(), "{}");
    let other = world.pharmacy.seal(Dialect::Official, world.now_ms(), &m::t7211().to_string());
    let other_bad = world.pharmacy.seal(Dialect::Official, world.now_ms(), "{}");
    let path = |method: &str| format!("{}{method}", crate::support::BASE);
    for (method, body, code) in [
        ("uploadChk", &good, Value::from(0)),
        ("uploadChk", &bad, Value::from(400)),
        ("circDrugQuery", &other, Value::from("0")),
        ("circDrugQuery", &other_bad, Value::from("400")),
    ] {
        let reply = envelope(&world.front.answer(&path(method), body).await);
        assert_eq!(reply["code"], code, "{method}");
        assert_eq!(reply["success"], code == 0 || code == "0");
    }
}

/// Both spellings that clients read go out, with the same value.
#[tokio::test]
async fn both_spellings_are_emitted() {
    let answers = whole_life(Dialect::Official).await;
    let of = |transaction| &answers.iter().find(|(told, _)| *told == transaction).unwrap().1.data;
    for (transaction, node, spellings) in
        [(T7105, "/rxOtpinfo", ["iptOtpNo", "iptOpNo"]), (T2103, "/setlinfo", ["psn_part_amt", "psn_pay"])]
    {
        let node = of(transaction).pointer(node).unwrap();
        for spelling in spellings {
            assert!(!node[spelling].is_null(), "{transaction}: {spelling}");
            assert_eq!(node[spelling], node[spellings[0]], "{transaction}: {spelling}");
        }
    }
}
