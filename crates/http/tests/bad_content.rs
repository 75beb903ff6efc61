//! Payloads that open and verify but cannot be taken: every defect is named with node, row, field and reason,
//! and nothing is stored.

use expect_test::expect;
use lf_wire::Transaction;
use lf_wire::client::Dialect;
use serde_json::{Value, json};

use crate::bad_envelope::Cases;
use crate::messages as m;
use crate::support::World;

/// A payload nested so deep in all, around the fields of a good one.
fn nested(levels: usize, good: &Value) -> String {
    let text = good.to_string();
    // The payload's own braces are one level.
    let inside = format!("{}{}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    format!("{},\"x\":{inside}}}", &text[..text.len() - 1])
}

#[tokio::test]
async fn payloads_that_are_no_object() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    let good = m::t7101(world.now(), "CF0001");
    let text = good.to_string();
    // 处方 in GBK.
    let gbk = [b"{\"hospRxno\":\"".as_slice(), b"\xb4\xa6\xb7\xbd", b"\"}"].concat();
    let twice = format!("{},\"hospRxno\":\"CF0002\"}}", &text[..text.len() - 1]);
    let twice_inside = text.replacen("\"medType\":", "\"medType\":\"11\",\"medType\":", 1);
    for (name, plain) in [
        ("GBK", gbk),
        ("no JSON", b"hospRxno=CF0001".to_vec()),
        ("truncated", text.as_bytes()[..text.len() / 2].to_vec()),
        ("nothing", Vec::new()),
        ("an array", b"[{}]".to_vec()),
        ("a text", json!(text).to_string().into_bytes()),
        ("a number", b"7101".to_vec()),
        ("null", b"null".to_vec()),
        ("true", b"true".to_vec()),
        ("a key twice", twice.into_bytes()),
        ("a key twice in a node", twice_inside.into_bytes()),
        ("33 levels", nested(33, &good).into_bytes()),
        ("ten thousand levels", nested(10_000, &good).into_bytes()),
        ("a NUL", b"{\"hospRxno\":\"\0\"}".to_vec()),
        ("a lone surrogate", b"{\"hospRxno\":\"\\ud800\"}".to_vec()),
        ("NaN", b"{\"rxDrugCnt\":NaN}".to_vec()),
        ("infinite", b"{\"rxDrugCnt\":1e400}".to_vec()),
    ] {
        let body = world.hospital.seal_bytes(world.now_ms(), &plain);
        cases.case(name, &world.hospital, "uploadChk", &body).await;
    }
    expect![[r#"
        GBK: 400 业务数据错误：报文不是UTF-8编码（第14字节起有误）
        no JSON: 400 业务数据错误：报文不是合法的JSON（第1字节）
        truncated: 400 业务数据错误：报文不完整，在第1207字节处中断
        nothing: 400 业务数据错误：报文不完整，在第0字节处中断
        an array: 400 业务数据应为JSON对象，实为数组
        a text: 400 业务数据应为JSON对象，实为文本
        a number: 400 业务数据应为JSON对象，实为数字
        null: 400 业务数据应为JSON对象，实为空值
        true: 400 业务数据应为JSON对象，实为布尔值
        a key twice: 400 业务数据错误：JSON对象中有重复的键（第2435字节之前）
        a key twice in a node: 400 业务数据错误：JSON对象中有重复的键（第1234字节之前）
        33 levels: 400 业务数据错误：JSON嵌套超过32层（第2450字节）
        ten thousand levels: 400 业务数据错误：JSON嵌套超过32层（第2450字节）
        a NUL: 400 业务数据错误：报文不是合法的JSON（第14字节）
        a lone surrogate: 400 业务数据错误：报文不是合法的JSON（第16字节）
        NaN: 400 业务数据错误：报文不是合法的JSON（第14字节）
        infinite: 400 报文有12处错误：rxDrugCnt（药品类目数）最多12位整数；mdtrtCertType（就诊凭证类型）必填；bizTypeCode（业务类型代码）必填；hospRxno（定点医疗机构处方编号）必填；rxTypeCode（处方类别代码）必填；prscTime（开方时间）必填；valiDays（处方有效天数）必填；valiEndTime（有效截止时间）必填；rxCotnFlag（续方标志）必填；rxdrugdetail（处方药品明细）必填；mdtrtinfo（就诊信息）必填；diseinfo（诊断信息）必填
    "#]].assert_eq(&cases.done());
}

#[tokio::test]
async fn nesting_is_good_to_its_limit() {
    let world = World::new().await;
    let good = m::t7101(world.now(), "CF0001");
    let body = world.hospital.seal(Dialect::Official, world.now_ms(), &nested(32, &good));
    let answer = world.send(&world.hospital, "uploadChk", &body).await;
    assert_eq!(answer.code, 0, "{}", answer.message);
}

#[tokio::test]
async fn an_empty_message_is_told_all_that_it_needs() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    for transaction in Transaction::ALL.iter().filter(|transaction| transaction.is_built() && !apart(transaction)) {
        let client = world.client_of(*transaction);
        let body = client.seal(Dialect::Official, world.now_ms(), "{}");
        cases.case(transaction.number(), client, transaction.method(), &body).await;
    }
    expect![[r#"
        1101: 400 报文有2处错误：mdtrt_cert_type（就诊凭证类型）必填；mdtrt_cert_no（就诊凭证编号）必填
        1201: 400 报文有2处错误：fixmedins_type（定点医疗服务机构类型）必填；fixmedins_code（定点医药机构编号）与fixmedins_name须至少填一项
        1301: 400 报文有1处错误：ver（版本号）必填
        1302: 400 报文有1处错误：ver（版本号）必填
        1303: 400 报文有1处错误：ver（版本号）必填
        1304: 400 报文有3处错误：updt_time（更新时间）必填；page_num（当前页数）必填；page_size（本页数据量）必填
        1305: 400 报文有1处错误：ver（版本号）必填
        1306: 400 报文有1处错误：ver（版本号）必填
        1307: 400 报文有1处错误：ver（版本号）必填
        1308: 400 报文有1处错误：ver（版本号）必填
        1309: 400 报文有1处错误：ver（版本号）必填
        1310: 400 报文有1处错误：ver（版本号）必填
        1311: 400 报文有1处错误：ver（版本号）必填
        1312: 400 报文有3处错误：updt_time（更新时间）必填；page_num（当前页数）必填；page_size（本页数据量）必填
        1313: 400 报文有1处错误：ver（版本号）必填
        1314: 400 报文有1处错误：ver（版本号）必填
        1315: 400 报文有1处错误：ver（版本号）必填
        1316: 400 报文有3处错误：updt_time（更新时间）必填；page_num（当前页数）必填；page_size（本页数据量）必填
        1317: 400 报文有3处错误：updt_time（更新时间）必填；page_num（当前页数）必填；page_size（本页数据量）必填
        1318: 400 报文有3处错误：updt_time（更新时间）必填；page_num（当前页数）必填；page_size（本页数据量）必填
        1319: 400 报文有3处错误：updt_time（更新时间）必填；page_num（当前页数）必填；page_size（本页数据量）必填
        1320: 400 报文有1处错误：ver（版本号）必填
        2101: 400 报文有2处错误：druginfo（购药信息）必填；drugdetail（购药明细）必填
        2102: 400 报文有2处错误：druginfo（购药信息）必填；drugdetail（购药明细）必填
        2103: 400 报文有3处错误：setl_id（结算ID）必填；mdtrt_id（就诊ID）必填；psn_no（人员编号）必填
        2601: 400 报文有3处错误：psn_no（人员编号）必填；omsgid（原发送方报文ID）必填；oinfno（原交易编号）必填
        3201: 400 报文有9处错误：insutype（险种）必填；clr_type（清算类别）必填；setl_optins（结算经办机构）必填；stmt_begndate（对账开始日期）必填；stmt_enddate（对账结束日期）必填；medfee_sumamt（医疗费总额）必填；fund_pay_sumamt（基金支付总额）必填；acct_pay（个人账户支付金额）必填；fixmedins_setl_cnt（定点医药机构结算笔数）必填
        3202: 400 报文有9处错误：setl_optins（结算经办机构）必填；file_qury_no（文件查询号）必填；stmt_begndate（对账开始日期）必填；stmt_enddate（对账结束日期）必填；medfee_sumamt（医疗费总额）必填；fund_pay_sumamt（基金支付总额）必填；cash_payamt（现金支付金额）必填；fixmedins_setl_cnt（定点医药机构结算笔数）必填；clr_type（清算类别）必填
        3301: 400 报文有1处错误：data（目录对照）必填
        3302: 400 报文有4处错误：fixmedins_code（定点医药机构编号）必填；fixmedins_hilist_id（定点医药机构目录编号）必填；list_type（目录类别）必填；med_list_codg（医疗目录编码）必填
        5203: 400 报文有2处错误：psn_no（人员编号）必填；setl_id（结算ID）必填
        5301: 400 报文有1处错误：psn_no（人员编号）必填
        5302: 400 报文有2处错误：psn_no（人员编号）必填；biz_appy_type（业务申请类型）必填
        7101: 400 报文有12处错误：mdtrtCertType（就诊凭证类型）必填；bizTypeCode（业务类型代码）必填；hospRxno（定点医疗机构处方编号）必填；rxTypeCode（处方类别代码）必填；prscTime（开方时间）必填；rxDrugCnt（药品类目数）必填；valiDays（处方有效天数）必填；valiEndTime（有效截止时间）必填；rxCotnFlag（续方标志）必填；rxdrugdetail（处方药品明细）必填；mdtrtinfo（就诊信息）必填；diseinfo（诊断信息）必填
        7102: 400 报文有3处错误：fixmedinsCode（定点机构代码）必填；originalValue（原始待签名处方信息）必填；originalRxFile（原始待签名处方文件）必填
        7103: 400 报文有17处错误：rxTraceCode（处方追溯码）必填；hiRxno（医保处方编号）必填；mdtrtId（医保就诊ID）必填；patnName（患者姓名）必填；psnCertType（人员证件类型）必填；certno（证件号码）必填；fixmedinsName（定点医疗机构名称）必填；fixmedinsCode（定点医疗机构编号）必填；drCode（开方医保医师代码）必填；prscDrName（开方医师姓名）必填；pharDeptName（审方药师科室名称）必填；pharDeptCode（审方药师科室编号）必填；pharCode（审方医保药师代码）必填；pharName（审方药师姓名）必填；pharChkTime（医疗机构药师审方时间）必填；rxFile（处方原件）必填；signDigest（处方信息签名值）必填
        7104: 400 报文有8处错误：hiRxno（医保处方编号）必填；fixmedinsCode（定点医疗机构编号）必填；drCode（撤销医师的医保医师代码）必填；undoDrName（撤销医师姓名）必填；undoDrCertType（撤销医师证件类型）必填；undoDrCertno（撤销医师证件号码）必填；undoRea（撤销原因描述）必填；undoTime（撤销时间）必填
        7105: 400 报文有6处错误：fixmedinsCode（定点医疗机构编号）必填；hiRxno（医保处方号）必填；mdtrtId（医保就诊ID）必填；psnName（人员名称）必填；psnCertType（人员证件类型）必填；certno（证件号码）必填
        7106: 400 报文有6处错误：hiRxno（医保处方编号）必填；fixmedinsCode（定点医疗机构编号）必填；mdtrtId（医保就诊ID）必填；psnName（人员名称）必填；psnCertType（人员证件类型）必填；certno（证件号码）必填
        7107: 400 报文有6处错误：hiRxno（医保处方编号）必填；fixmedinsCode（定点医疗机构编号）必填；mdtrtId（医保就诊ID）必填；psnName（人员名称）必填；psnCertType（人员证件类型）必填；certno（证件号码）必填
        7201: 400 报文有9处错误：fixmedinsCode（定点医药机构编号）必填；psnName（人员姓名）必填；psnCertType（人员证件类型）必填；certno（证件号码）必填；ecToken（电子凭证令牌）与regSn须至少填一项；ipInfo（终端IP）必填；opter（操作人ID）必填；opterName（操作人姓名）必填；optinsNo（操作机构）必填
        7202: 400 报文有8处错误：hiRxno（医保处方编号）必填；fixmedinsCode（定点医药机构编号）必填；authCircBizSn（线上流转授权业务流水号）必填；epcChnlId（线上流转授权的医保电子处方中心定点医药机构渠道应用id）必填；ipInfo（终端IP）必填；opter（操作人ID）必填；opterName（操作人姓名）必填；optinsNo（操作机构）必填
        7203: 400 报文有7处错误：epcQrcd（电子处方二维码码值）必填；fixmedinsCode（定点医药机构编号）必填；devInfo（终端信息）必填；ipInfo（终端IP）必填；opter（操作人ID）必填；opterName（操作人姓名）必填；optinsNo（操作机构）必填
        7204: 400 报文有8处错误：epcToken（电子处方令牌）必填；authRxno（医保处方授权编号）必填；fixmedinsCode（定点医药机构编号）必填；devInfo（终端信息）必填；ipInfo（终端IP）必填；opter（操作人ID）必填；opterName（操作人姓名）必填；optinsNo（操作机构）必填
        7205: 400 报文有5处错误：hiRxno（医保处方编号）必填；fixmedinsCode（定点医药机构编号）必填；rxTraceCode（处方追溯码）必填；rxFile（处方文件）必填；epcToken（电子处方令牌）必填
        7206: 400 报文有13处错误：hiRxno（医保处方编号）必填；epcToken（电子处方令牌）必填；ecToken（审方药师电子凭证令牌）必填；fixmedinsCode（定点医药机构编号）必填；fixmedinsName（定点医药机构名称）必填；pharCertType（审方药师证件类型）必填；pharCertno（审方药师证件号码）必填；pharName（审方药师姓名）必填；pharCode（审方医保药师代码）必填；rxChkOpnn（处方审核意见）必填；rxChkStasCodg（处方审核状态代码）必填；rxChkTime（处方审核时间）必填；rxSignVerifySn（处方签名验签流水号）必填
        7207: 400 报文有5处错误：hiRxno（医保处方编号）必填；fixmedinsCode（定点医药机构编号）必填；fixmedinsName（定点医药机构名称）必填；rxChkBizSn（处方审核业务流水号）必填；rxSaleDrugDetl（销售出库明细）必填
        7208: 400 报文有2处错误：hiRxno（医保处方编号）必填；fixmedinsCode（定点医药机构编号）必填
        7209: 400 报文有10处错误：hiRxno（医保处方编号）必填；delvNo（配送单业务编号）必填；delvAddr（配送地址）必填；delvEntpName（配送企业名称）必填；delvStasCodg（状态编码）必填；delvStasName（状态名称）必填；delvStasTime（状态描述变更时间）必填；delvConner（收货人）必填；fixmedinsCode（供药定点机构编号）必填；fixmedinsName（供药定点机构名称）必填
        7210: 400 报文有5处错误：hiRxno（医保处方编号）必填；delverCertType（配送员证件类型）必填；delverCertno（配送员证件编号）必填；delverName（配送员姓名）必填；delvStasTime（配送完成时间）必填
        7211: 400 报文有4处错误：fixmedinsCode（定点医药机构编号）必填；medListCodg（医疗目录编码）与medListCodgs、drugName须至少填一项；pageNum（分页码值）必填；pageSize（分页大小）必填
        9001: 400 报文有3处错误：opter_no（操作员编号）必填；mac（签到MAC地址）必填；ip（签到IP地址）必填
        9002: 400 报文有2处错误：sign_no（签到编号）必填；opter_no（操作员编号）必填
        9101: 501 交易9101 文件上传只在定点医药机构接口（infno）上提供
        9102: 501 交易9102 文件下载只在定点医药机构接口（infno）上提供
    "#]].assert_eq(&cases.done());
}

/// Told in tables of their own.
fn apart(transaction: &Transaction) -> bool {
    transaction.number().starts_with("35") || transaction.number().starts_with("22")
}

#[tokio::test]
async fn an_empty_message_of_the_clinic_route_is_told_all_that_it_needs() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    for transaction in Transaction::ALL.iter().filter(|transaction| transaction.number().starts_with("22")) {
        let client = world.client_of(*transaction);
        let body = client.seal(Dialect::Official, world.now_ms(), "{}");
        cases.case(transaction.number(), client, transaction.method(), &body).await;
    }
    expect![[r#"
        2201: 400 报文有9处错误：psn_no（人员编号）必填；insutype（险种类型）必填；begntime（开始时间）必填；mdtrt_cert_type（就诊凭证类型）必填；mdtrt_cert_no（就诊凭证编号）必填；ipt_otp_no（住院/门诊号）必填；dept_code（科室编码）必填；dept_name（科室名称）必填；caty（科别）必填
        2202: 400 报文有3处错误：psn_no（人员编号）必填；mdtrt_id（就诊ID）必填；ipt_otp_no（住院/门诊号）必填
        2203A: 400 报文有2处错误：mdtrtinfo（就诊信息）必填；diseinfo（诊断信息）必填
        2204: 400 报文有1处错误：feedetail（费用明细）必填
        2205: 400 报文有3处错误：mdtrt_id（就诊ID）必填；chrg_bchno（收费批次号）必填；psn_no（人员编号）必填
        2206: 400 报文有10处错误：psn_no（人员编号）必填；mdtrt_cert_type（就诊凭证类型）必填；mdtrt_cert_no（就诊凭证编号）必填；med_type（医疗类别）必填；medfee_sumamt（医疗费总额）必填；psn_setlway（个人结算方式）必填；mdtrt_id（就诊ID）必填；chrg_bchno（收费批次号）必填；acct_used_flag（个人账户使用标志）必填；insutype（险种类型）必填
        2207: 400 报文有14处错误：psn_no（人员编号）必填；mdtrt_cert_type（就诊凭证类型）必填；mdtrt_cert_no（就诊凭证编号）必填；med_type（医疗类别）必填；medfee_sumamt（医疗费总额）必填；psn_setlway（个人结算方式）必填；mdtrt_id（就诊ID）必填；chrg_bchno（收费批次号）必填；insutype（险种类型）必填；acct_used_flag（个人账户使用标志）必填；fulamt_ownpay_amt（全自费金额）必填；overlmt_selfpay（超限价金额）必填；preselfpay_amt（先行自付金额）必填；inscp_scp_amt（符合政策范围金额）必填
        2208: 400 报文有3处错误：setl_id（结算ID）必填；mdtrt_id（就诊ID）必填；psn_no（人员编号）必填
    "#]].assert_eq(&cases.done());
}

#[tokio::test]
async fn an_empty_message_about_goods_is_told_all_that_it_needs() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    for transaction in
        Transaction::ALL.iter().filter(|transaction| transaction.is_built() && transaction.number().starts_with("35"))
    {
        let client = world.client_of(*transaction);
        let body = client.seal(Dialect::Official, world.now_ms(), "{}");
        cases.case(transaction.number(), client, transaction.method(), &body).await;
    }
    expect![[r#"
        3501: 400 报文有1处错误：invinfo（商品盘存上传）必填
        3501A: 400 报文有1处错误：invinfoDetail（商品盘存上传A）必填
        3502: 400 报文有1处错误：invinfo（商品库存变更）必填
        3502A: 400 报文有1处错误：invinfoDetail（商品库存变更A）必填
        3503: 400 报文有1处错误：purcinfo（商品采购）必填
        3503A: 400 报文有1处错误：purcinfoDetail（商品采购A）必填
        3504: 400 报文有1处错误：purcinfo（商品采购退货）必填
        3504A: 400 报文有1处错误：purcinfoDetail（商品采购退货A）必填
        3505: 400 报文有1处错误：selinfo（商品销售）必填
        3505A: 400 报文有1处错误：selinfoDetail（商品销售A）必填
        3506: 400 报文有1处错误：selinfo（商品销售退货）必填
        3506A: 400 报文有1处错误：selinfoDetail（商品销售退货A）必填
        3507: 400 报文有2处错误：fixmedins_bchno（定点医药机构批次流水号）必填；inv_data_type（进销存数据类型）必填
        3507A: 400 报文有1处错误：goodDetail（商品信息删除A）必填
        3508: 400 报文有4处错误：fixmedins_code（定点医药机构编号）必填；fixmedins_bchno（定点医药机构批次流水号）与medins_list_codg须至少填一项；begndate（开始日期）必填；enddate（结束日期）必填
        3509: 400 报文有4处错误：fixmedins_code（定点医药机构编号）必填；fixmedins_bchno（定点医药机构批次流水号）与medins_list_codg须至少填一项；begndate（开始日期）必填；enddate（结束日期）必填
        3510: 400 报文有4处错误：fixmedins_code（定点医药机构编号）必填；fixmedins_bchno（定点医药机构批次流水号）与medins_list_codg须至少填一项；begndate（开始日期）必填；enddate（结束日期）必填
        3511: 400 报文有4处错误：fixmedins_code（定点医药机构编号）必填；fixmedins_bchno（定点医药机构批次流水号）与medins_list_codg须至少填一项；begndate（开始日期）必填；enddate（结束日期）必填
        3512: 400 报文有4处错误：fixmedins_code（定点医药机构编号）必填；fixmedins_bchno（定点医药机构批次流水号）与medins_list_codg、med_list_codg须至少填一项；begndate（开始日期）必填；enddate（结束日期）必填
        3513: 400 报文有2处错误：fixmedins_code（定点医药机构编号）必填；fixmedins_bchno（定点医药机构批次流水号）与med_list_codg、medins_list_codg、mdtrt_id、certno须至少填一项
        3592B: 400 报文有4处错误：med_list_codg（医疗目录编码）必填；fixmedins_hilist_id（定点医药机构目录编号）必填；fixmedins_hilist_name（定点医药机构目录名称）必填；fixmedins_bchno（定点医药机构批次流水号）必填
    "#]].assert_eq(&cases.done());
}

/// A good 7101, changed at these places; `null` takes a field away.
fn with(good: &Value, changes: &[(&str, Value)]) -> Value {
    let mut data = good.clone();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match data.pointer_mut(parent).unwrap() {
            Value::Object(fields) => drop(fields.insert(name.to_owned(), value.clone())),
            Value::Array(rows) => rows[name.parse::<usize>().unwrap()] = value.clone(),
            _ => panic!("{pointer}"),
        }
    }
    data
}

#[tokio::test]
async fn every_defect_of_7101_is_named_at_once() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    let good = m::t7101(world.now(), "CF0001");
    let long = "长".repeat(41);
    let rows: Vec<_> = std::iter::repeat_n(good["rxdrugdetail"][0].clone(), 101).collect();
    for (name, changes) in [
        (
            "one of each kind, in several rows",
            vec![
                ("/mdtrtCertType", json!("77")),
                ("/hospRxno", json!(long)),
                ("/prscTime", json!("11.05.2026")),
                ("/rxDrugCnt", json!("two")),
                ("/valiDays", json!(-3)),
                ("/valiEndTime", Value::Null),
                ("/rxdrugdetail/0/drugCnt", Value::Null),
                ("/rxdrugdetail/0/drugPric", json!("1.0000001")),
                ("/rxdrugdetail/1/medListCodg", json!("")),
                ("/rxdrugdetail/1/rxItemTypeCode", json!("99")),
                ("/rxdrugdetail/1/drugSpec", json!({})),
                ("/mdtrtinfo/patnAge", json!(12345)),
                ("/mdtrtinfo/gend", json!("女")),
                ("/diseinfo/1/diagTime", json!("2026-02-30 00:00:00")),
                ("/diseinfo/1/diagSrtNo", json!(1.5)),
            ],
        ),
        (
            "forms that only the domain knows, in all nodes",
            vec![
                ("/insuPlcNo", json!("36X900")),
                ("/mdtrtareaNo", json!("0")),
                ("/rxdrugdetail/0/medListCodg", json!("xc08")),
                ("/rxdrugdetail/1/medListCodg", json!("药品")),
                ("/mdtrtinfo/fixmedinsCode", json!("X36090200101")),
                ("/mdtrtinfo/drCode", json!("360920001000")),
            ],
        ),
        ("a node is a text", vec![("/mdtrtinfo", json!("x")), ("/diseinfo", json!("x"))]),
        ("no rows", vec![("/rxdrugdetail", json!([])), ("/diseinfo", json!([]))]),
        ("rows of nothing", vec![("/rxdrugdetail", json!([null, 1]))]),
        ("too many rows", vec![("/rxdrugdetail", json!(rows))]),
        ("conditions", vec![("/mdtrtCertType", json!("03")), ("/rxTypeCode", json!("2"))]),
    ] {
        let body = world.hospital.seal(Dialect::Official, world.now_ms(), &with(&good, &changes).to_string());
        cases.case(name, &world.hospital, "uploadChk", &body).await;
    }
    expect![[r#"
        one of each kind, in several rows: 400 报文有15处错误：mdtrtCertType（就诊凭证类型）的代码不在字典mdtrt_cert_type（就诊凭证类型）内；hospRxno（定点医疗机构处方编号）长度为41，最多40个字符；prscTime（开方时间）应为yyyy-MM-dd HH:mm:ss格式的有效时间；rxDrugCnt（药品类目数）不是十进制数字；valiDays（处方有效天数）不能为负数；rxdrugdetail[1].drugPric（药品单价）最多6位小数；rxdrugdetail[1].drugCnt（药品总用药量）必填；rxdrugdetail[2].rxItemTypeCode（处方项目分类代码）的代码不在字典rx_item_type_code（处方项目分类代码）内；rxdrugdetail[2].drugSpec（药品规格）应为文本或数字，实为对象；rxdrugdetail[2].medListCodg（医疗目录编码）必填；mdtrtinfo.patnAge（年龄）最多3位整数；mdtrtinfo.gend（性别）的代码不在字典gend（性别）内；diseinfo[2].diagSrtNo（诊断排序号）最多0位小数；diseinfo[2].diagTime（诊断时间）应为yyyy-MM-dd HH:mm:ss格式的有效时间；valiEndTime（有效截止时间）必填
        forms that only the domain knows, in all nodes: 400 报文有6处错误：insuPlcNo（参保地编号）格式应为6位行政区划代码；mdtrtareaNo（就医地编号）格式应为6位行政区划代码；rxdrugdetail[1].medListCodg（医疗目录编码）格式应为大写字母和数字的医保药品编码；rxdrugdetail[2].medListCodg（医疗目录编码）格式应为大写字母和数字的医保药品编码；mdtrtinfo.fixmedinsCode（定点医疗机构编号）格式应为H或P加11位数字；mdtrtinfo.drCode（开方医保医师代码）格式应为D加12位数字
        a node is a text: 400 报文有2处错误：mdtrtinfo（就诊信息）应为对象，实为文本；diseinfo（诊断信息）应为数组，实为文本
        no rows: 400 报文有2处错误：rxdrugdetail（处方药品明细）至少要有一行；diseinfo（诊断信息）至少要有一行
        rows of nothing: 400 报文有2处错误：rxdrugdetail[1]（处方药品明细）应为对象，实为空值；rxdrugdetail[2]（处方药品明细）应为对象，实为数字
        too many rows: 400 报文有1处错误：rxdrugdetail（处方药品明细）有101行，最多100行
        conditions: 400 报文有8处错误：mdtrtCertNo（就诊凭证编号）在mdtrtCertType为03时必填；cardSn（卡识别码）在mdtrtCertType为03时必填；rxUsedWayCodg（处方整剂用法编号）在rxTypeCode为2时必填；rxUsedWayName（处方整剂用法名称）在rxTypeCode为2时必填；rxFrquCodg（处方整剂频次编号）在rxTypeCode为2时必填；rxFrquName（处方整剂频次名称）在rxTypeCode为2时必填；rxDosunt（处方整剂剂量单位）在rxTypeCode为2时必填；rxDoscnt（处方整剂单次剂量数）在rxTypeCode为2时必填
    "#]].assert_eq(&cases.done());
}

/// Fifty are listed; a message with more says how many more there are, and the reply has its limit too.
#[tokio::test]
async fn a_message_full_of_defects_is_answered_within_limits() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    let good = m::t7101(world.now(), "CF0001");
    let rows = vec![json!({}); 100];
    let body = with(&good, &[("/rxdrugdetail", json!(rows))]).to_string();
    cases
        .case(
            "100 empty rows",
            &world.hospital,
            "uploadChk",
            &world.hospital.seal(Dialect::Sorted, world.now_ms(), &body),
        )
        .await;
    let told = cases.done();
    assert!(told.contains("报文有1"), "{told}");
    assert!(told.chars().count() < 2_100, "{}", told.chars().count());
}

/// A number with the wrong check digit, code or form is refused by its field in every transaction that has it.
#[tokio::test]
async fn wrong_numbers_of_the_center_are_named_by_their_field() {
    let world = World::new().await;
    let mut cases = Cases::new(&world);
    let issued = m::Issued {
        hi_rxno: "360900202605110000000000000017".to_owned(),
        rx_trace_code: "36090026051100000019".to_owned(),
    };
    let now = world.now();
    for (name, method, hospital, data) in [
        ("7102", "rxFixmedinsSign", true, m::t7102(&issued, now)),
        ("7103", "rxFileUpld", true, m::t7103(&issued, now, "x")),
        ("7104", "rxUndo", true, m::t7104(&issued.hi_rxno, now)),
        ("7105", "hospRxDetlQuery", true, m::question(&issued.hi_rxno)),
        ("7202", "rxOnlineCircQuery", false, m::t7202(&issued.hi_rxno, "x")),
        ("7205", "rxSignVerify", false, m::t7205(&issued, "token")),
        ("7206", "rxChkInfoUpld", false, m::t7206(&issued.hi_rxno, "t", "0123456789abcdef", now)),
        ("7207", "rxSelDrugUpld", false, m::t7207(&issued.hi_rxno, "sn", now)),
        ("7208", "rxSelDrugUndo", false, m::t7208(&issued.hi_rxno, "sn")),
        ("7209", "rxDelvInfoUpld", false, m::t7209(&issued.hi_rxno, now)),
        ("7210", "rxDelvSignCfm", false, m::t7210(&issued.hi_rxno, now)),
    ] {
        let client = if hospital { &world.hospital } else { &world.pharmacy };
        let body = client.seal(Dialect::Official, world.now_ms(), &data.to_string());
        cases.case(name, client, method, &body).await;
    }
    expect![[r#"
        7102: 400 报文有1处错误：originalValue（原始待签名处方信息）中的hiRxno校验位不正确
        7103: 400 报文有2处错误：hiRxno（医保处方编号）校验位不正确；rxTraceCode（处方追溯码）校验位不正确
        7104: 400 报文有1处错误：hiRxno（医保处方编号）校验位不正确
        7105: 400 报文有1处错误：hiRxno（医保处方号）校验位不正确
        7202: 400 报文有1处错误：hiRxno（医保处方编号）校验位不正确
        7205: 400 报文有2处错误：hiRxno（医保处方编号）校验位不正确；rxTraceCode（处方追溯码）校验位不正确
        7206: 400 报文有1处错误：hiRxno（医保处方编号）校验位不正确
        7207: 400 报文有1处错误：hiRxno（医保处方编号）校验位不正确
        7208: 400 报文有1处错误：hiRxno（医保处方编号）校验位不正确
        7209: 400 报文有1处错误：hiRxno（医保处方编号）校验位不正确
        7210: 400 报文有1处错误：hiRxno（医保处方编号）校验位不正确
    "#]]
    .assert_eq(&cases.done());
}
