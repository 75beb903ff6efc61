//! Every transaction's conversion, of the least and of the fullest message that its table allows; what the domain's
//! own types refuse; what is read out of a signed text.
//!
//! The messages are made from the tables: a text says the name of its field, so a value in a wrong place shows.

use expect_test::{ExpectFile, expect, expect_file};
use lf_vocab::dict::HiFeesetlFlag;
use serde_json::{Map, Value as Json, json};

use crate::defect::{DefectKind, Defects};
use crate::generated::Transaction::{self, *};
use crate::json::Value;
use crate::node::Node;
use crate::table::{Field, Kind, Need, Table};
use crate::validate::{validate, validate_partial};

mod extras;

pub(crate) const HI_RXNO: &str = "360900202605110000000000000016";
pub(crate) const RX_TRACE_CODE: &str = "36090026051100000018";

/// What cannot be made from the table alone.
fn special(name: &str) -> Option<Json> {
    Some(match name {
        "hi_rxno" | "rxno" => json!(HI_RXNO),
        "rx_trace_code" => json!(RX_TRACE_CODE),
        "fixmedins_code" | "rx_fixmedins_code" => json!("H36090200101"),
        "dr_code" => json!("D360920001000"),
        "phar_code" => json!("HY360920000010"),
        "med_list_codg" | "hilist_code" => json!("XC08CAA901A001010199901"),
        "insu_admdvs" | "poolarea_no" | "setl_optins" => json!("360900"),
        "updt_time" => json!("2026-05-11 09:00:00"),
        "in" => json!([80, "75", -1]),
        "med_list_codgs" => json!(["XC10AAA908A001010199901", "T511702879"]),
        "drug_trace_codg" | "drug_trac_codg" => json!("81000100000000000001"),
        "insu_plc_no" | "mdtrtarea_no" => json!("360900"),
        "insutype" => json!("310"),
        "acct_used_flag" => json!("1"),
        "original_value" => json!(crate::reply::base64(signed_text().to_string().as_bytes())),
        "exp_content" => json!(
            r#"{"print_time":"2026-05-11 09:00:00","psn_match_flag":"1","face_score":"80","psn_match_rea":"口罩","media_ref":"CAM1","media_sm3":"abababababababababababababababababababababababababababababababab","phar_duty_flag":"0","paper_no":"7","paper_fixmedins_code":"H36090200101","paper_prsc_time":"2026-05-11 09:00:00","paper_vali_end_time":"2026-05-14 09:00:00","paper_dr_code":"D360920001000","paper_dr_sign_flag":"1","paper_seal_flag":"0","paper_situ_code":"01","paper_phar_code":"HY360920000010"}"#
        ),
        _ => return None,
    })
}

fn value(field: &Field, full: bool) -> Json {
    if let Some(value) = special(field.name) {
        return value;
    }
    if let Some(dict) = field.dict {
        return json!(dict.codes[0].means);
    }
    let text = |len: u32| json!(field.name.chars().take(len as usize).collect::<String>());
    match field.kind {
        Kind::Text { len } => text(len),
        Kind::File { .. } => json!("JVBERi0xLjQK"),
        Kind::Number { scale: 0, .. } => json!(7),
        Kind::Number { .. } => json!("1.5"),
        Kind::Moment => json!("2026-05-11 09:00:00"),
        Kind::Day => json!("2026-05-11"),
        Kind::Bool => json!(true),
        Kind::Texts { len, .. } => json!([text(len)]),
        Kind::Free { .. } => json!({ "a": 1 }),
        Kind::Node(table) => message(table, full),
        Kind::List { of, .. } => json!([message(of, full)]),
    }
}

/// The fullest message of a table, or the least that it takes.
fn message(table: &Table, full: bool) -> Json {
    let mut fields = Map::new();
    for (index, field) in table.fields.iter().enumerate() {
        let there = |at: &usize| fields.contains_key(table.fields[*at].wire);
        let excluding = |other: &Field| fields.contains_key(other.wire) && other.excludes.contains(&index);
        let excluded = field.excludes.iter().any(there) || table.fields.iter().any(excluding);
        let needed = match field.need {
            Need::Required => true,
            Need::Optional => false,
            Need::When { field: other, is } => {
                let code = fields.get(table.fields[other].wire).and_then(Json::as_str);
                code.is_some_and(|code| is.contains(&code))
            }
            Need::Unless(others) => !others.iter().any(there),
        };
        if needed || (full && !excluded) {
            fields.insert(field.wire.to_owned(), value(field, full));
        }
    }
    Json::Object(fields)
}

pub(crate) fn full(transaction: Transaction) -> Json {
    message(transaction.spec().input, true)
}

fn least(transaction: Transaction) -> Json {
    message(transaction.spec().input, false)
}

/// Validates and converts.
pub(crate) fn converted<T>(
    transaction: Transaction,
    data: &Json,
    parse: impl Fn(&Node<'_>) -> Result<T, Defects>,
) -> Result<T, Defects> {
    let text = data.to_string();
    let value = Value::parse(text.as_bytes()).unwrap();
    parse(&validate(transaction, &value)?.node)
}

/// The command as `Debug` shows it, a line a field.
fn shown(transaction: Transaction, data: &Json) -> Result<String, Defects> {
    fn debug<T: std::fmt::Debug>(
        transaction: Transaction,
        data: &Json,
        parse: fn(&Node<'_>) -> Result<T, Defects>,
    ) -> Result<String, Defects> {
        converted(transaction, data, parse).map(|command| format!("{command:#?}"))
    }
    match transaction {
        T7101 => debug(transaction, data, super::t7101),
        T7102 => debug(transaction, data, super::t7102),
        T7103 => debug(transaction, data, super::t7103),
        T7104 => debug(transaction, data, super::t7104),
        T7105 | T7106 | T7107 => debug(transaction, data, super::t7105),
        T7201 => debug(transaction, data, super::t7201),
        T7202 => debug(transaction, data, super::t7202),
        T7203 => debug(transaction, data, super::t7203),
        T7204 => debug(transaction, data, super::t7204),
        T7205 => debug(transaction, data, super::t7205),
        T7206 => debug(transaction, data, super::t7206),
        T7207 => debug(transaction, data, super::t7207),
        T7208 => debug(transaction, data, super::t7208),
        T7209 => debug(transaction, data, super::t7209),
        T7210 => debug(transaction, data, super::t7210),
        T7211 => debug(transaction, data, super::t7211),
        T2101 | T2102 => debug(transaction, data, super::t2102),
        T2103 => debug(transaction, data, super::t2103),
        T2201 => debug(transaction, data, super::t2201),
        T2202 => debug(transaction, data, super::t2202),
        T2203A => debug(transaction, data, super::t2203a),
        T2204 => debug(transaction, data, super::t2204),
        T2205 => debug(transaction, data, super::t2205),
        T2206 | T2207 => debug(transaction, data, super::t2207),
        T2208 => debug(transaction, data, super::t2103),
        T1101 => debug(transaction, data, super::t1101),
        T1201 => debug(transaction, data, super::t1201),
        T9001 => debug(transaction, data, super::t9001),
        T9002 => debug(transaction, data, super::t9002),
        T2601 => debug(transaction, data, super::t2601),
        T5203 => debug(transaction, data, super::t5203),
        T5301 => debug(transaction, data, super::t5301),
        T5302 => debug(transaction, data, super::t5302),
        T3201 => debug(transaction, data, super::t3201),
        T3202 => debug(transaction, data, super::t3202),
        // Without `in` the bytes stand in the form's part.
        T9101 => debug(transaction, data, |node| super::t9101(node, (!node.has("in")).then_some(b"PK"))),
        T9102 => debug(transaction, data, super::t9102),
        T3301 => debug(transaction, data, super::t3301),
        T3302 => debug(transaction, data, super::t3302),
        T1317 => debug(transaction, data, super::t1317),
        T3501 | T3501A | T3502 | T3502A | T3503 | T3503A | T3504 | T3504A | T3505 | T3505A | T3506 | T3506A | T3507
        | T3507A => rows_shown(transaction, data),
        // What names people is left out of `Debug`.
        T3508 | T3509 | T3510 | T3511 | T3512 => {
            converted(transaction, data, |node| super::t3508(transaction, node)).map(|command| format!("{command:#?}"))
        }
        T3513 => debug(transaction, data, super::t3513),
        T3592B => debug(transaction, data, super::t3592b),
        other => match (super::catalogue(other), super::question(other)) {
            (Some(catalogue), _) => {
                converted(other, data, |node| super::t1301(catalogue, node)).map(|command| format!("{command:#?}"))
            }
            (_, Some(question)) => {
                converted(other, data, |node| super::t1312(question, node)).map(|command| format!("{command:#?}"))
            }
            _ => panic!("{other} is not built"),
        },
    }
}

/// Rows of goods with what their own `Debug` leaves out.
fn rows_shown(transaction: Transaction, data: &Json) -> Result<String, Defects> {
    let command = converted(transaction, data, |node| super::goods(transaction, node))?;
    let shown = |row: &lf_center::t3501_goods::Row| {
        let (told, what) = (row.told.len(), &row.what);
        format!("{:#?}\n", (&row.fixmedins_bchno, row.at, &row.doc_no, &row.psn_no, told, what))
    };
    Ok(command.rows.iter().map(shown).collect())
}

fn built() -> impl Iterator<Item = Transaction> {
    Transaction::ALL.iter().copied().filter(|transaction| transaction.is_built())
}

/// `name: "text",` and `name: Some(` followed by a text, as pairs.
fn texts(shown: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut pending = String::new();
    for line in shown.lines().map(str::trim) {
        let (name, rest) = line.split_once(": ").unwrap_or(("", line));
        if rest == "Some(" {
            pending = name.to_owned();
        } else if let Some(text) = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix("\",")) {
            let name = if name.is_empty() { std::mem::take(&mut pending) } else { name.to_owned() };
            found.push((name, text.to_owned()));
        }
    }
    found
}

const FEWEST: [&str; 7] = [
    "    hilist_name: None,",
    "    drug_genname: None,",
    "    drug_prodname: None,",
    "    list_type: None,",
    "    chrgitm_lv: None,",
    "    lmt_used: None,",
    "    family: None,",
];
const FEWER: [&str; 7] = [
    "    hilist_name: None,",
    "    drug_genname: None,",
    "    drug_prodname: None,",
    "    chrgitm_lv: None,",
    "    lmt_used: None,",
    "    family: None,",
    "    enddate: None,",
];

const ETHNIC: [&str; 9] = [
    "    query_date: None,",
    "    hilist_name: None,",
    "    list_type: None,",
    "    chrgitm_lv: None,",
    "    lmt_used: None,",
    "    family: None,",
    "    begndate: None,",
    "    enddate: None,",
    "    poolarea_no: None,",
];

#[test]
fn nothing_of_the_fullest_message_is_lost_or_misplaced() {
    for transaction in built() {
        let shown = shown(transaction, &full(transaction)).unwrap_or_else(|defects| panic!("{transaction}: {defects}"));
        let absent: Vec<_> = shown.lines().filter(|line| line.ends_with(": None,")).collect();
        // 7201 takes one of two credentials; 7103 carries the signed fields under their names.
        let allowed: &[&str] = match transaction {
            T7201 => &["    reg_sn: None,"],
            // `extras` hold nothing for the law here.
            T7207 => &["    print_time: None,", "    appy_form_flag: None,"],
            // The free field of a drug holds nothing for the law here; `extras_of_7101_state_facts` has it.
            T7101 => &[
                "        consultation: None,",
                "        session: None,",
                "        itnt_phar_code: None,",
                "                dspo: None,",
            ],
            // 医疗收费项目类别 床位费 is no family of drugs; the other questions have fewer conditions.
            T1312 => {
                &["    drug_genname: None,", "    drug_prodname: None,", "    family: None,", "    enddate: None,"]
            }
            T1316 => &FEWER,
            // What the center knows of the counter is added when a paper prescription is settled.
            T2101 | T2102 => &[
                "                    print_time: None,",
                "                    psn_match: None,",
                "                    media: None,",
            ],
            // The first code of 外购处方标志 says that there is none; only 3505A asks for the pharmacist.
            T3502 | T3502A => {
                &["            manu_lotnum: None,", "            manu_date: None,", "            expy_end: None,"]
            }
            T3504 | T3504A => &["            manu_lotnum: None,"],
            T3505 | T3506 | T3506A => &["            rxno: None,", "            phar_no: None,"],
            T3505A => &["            rxno: None,"],
            // Only 2207 repeats how 2206 cut the fee.
            T2206 => &["    parts: None,"],
            // Its table has no name.
            T2207 => &["    psn_name: None,"],
            T1318 | T1319 => &FEWEST,
            T1304 => &ETHNIC,
            _ => &[],
        };
        assert_eq!(absent, allowed, "{transaction}");
        let own = texts(&shown).into_iter().filter(|(_, text)| text.contains('_'));
        for (name, text) in own {
            assert!(name.is_empty() || name.starts_with(&text), "{transaction}: {name} holds {text}");
        }
    }
}

#[test]
fn the_least_message_leaves_these_open() {
    let told = left_open(|transaction| !goods(transaction));
    expect![[r#"
        1101: card_sn psn_cert_type certno psn_name
        1201: fixmedins_name
        1301: 
        1302: 
        1303: 
        1304: query_date code hilist_name drug_genname drug_prodname list_type chrgitm_lv lmt_used family begndate enddate poolarea_no vali
        1305: 
        1306: 
        1307: 
        1308: 
        1309: 
        1310: 
        1311: 
        1312: query_date code hilist_name drug_genname drug_prodname list_type chrgitm_lv lmt_used family begndate enddate poolarea_no vali
        1313: 
        1314: 
        1315: 
        1316: query_date code hilist_name drug_genname drug_prodname list_type chrgitm_lv lmt_used family begndate enddate poolarea_no vali
        1317: fixmedins_code query_date medins_list_codg medins_list_name insu_admdvs list_type med_list_codg begndate vali
        1318: query_date code hilist_name drug_genname drug_prodname list_type chrgitm_lv lmt_used family begndate enddate poolarea_no vali
        1319: query_date code hilist_name drug_genname drug_prodname list_type chrgitm_lv lmt_used family begndate enddate poolarea_no vali
        1320: 
        2101: card_sn certno psn_name rxno print_time psn_match_flag face_score psn_match_rea media_ref media_sm3 phar_duty_flag paper
        2102: card_sn certno psn_name rxno print_time psn_match_flag face_score psn_match_rea media_ref media_sm3 phar_duty_flag paper
        2103: 
        2201: card_sn certno psn_name
        2202: 
        2203A: main_cond_dscr dise_codg rx_fixmedins_code
        2204: dise_codg rxno
        2205: 
        2206: card_sn certno psn_name parts print_time psn_match_flag face_score psn_match_rea media_ref media_sm3 phar_duty_flag
        2207: card_sn certno psn_name print_time psn_match_flag face_score psn_match_rea media_ref media_sm3 phar_duty_flag
        2208: 
        2601: 
        3201: refd_setl_flag
        3202: refd_setl_flag
        3301: aprvno dosform exct_cont item_cont prcunt spec pacspec memo
        3302: 
        5203: mdtrt_id
        5301: 
        5302: 
        7101: mdtrt_cert_no card_sn rx_exra_attr_code auth_no insu_plc_no mdtrtarea_no init_rxno rx_used_way_codg rx_used_way_name rx_frqu_codg rx_frqu_name rx_dosunt rx_doscnt rx_drord_dscr rept_flag max_rept_cnt min_inrv_days fixmedins_hilist_id hosp_prep_flag rx_item_type_name tcmdrug_type_code tcmdrug_type_name tcmherb_foote medn_type_code medn_type_name main_medc_flag urgt_flag bas_medn_flag imp_drug_flag otc_flag drug_prodname prdr_name drug_pric drug_sumamt self_pay_rea real_dscr extras otp_ipt_flag patn_hgt patn_wt birctrl_type birctrl_matn_date matn_type geso_val nwb_flag nwb_age suck_prd_flag algs_his prsc_dr_cert_type prsc_dr_certno caty dise_codg dise_name dise_cond_dscr hi_feesetl_type hi_feesetl_name rgst_fee medfee_sumamt fstdiag_flag extras diag_dept_code tcm_dise_code tcm_dise_name tcmsymp_code tcmsymp consultation session itnt_phar_code dspo
        7102: 
        7103: 
        7104: 
        7105: 
        7106: 
        7107: 
        7201: reg_sn
        7202: 
        7203: 
        7204: 
        7205: 
        7206: 
        7207: psn_cash_pay drug_prodname drug_dosform prdr_name aprvno manu_lotnum bchno drug_trac_codg drug_sumamt print_time appy_form_flag rchk
        7208: sel_stoout_sn
        7209: 
        7210: delv_no delv_entp_no
        7211: drug_name dualchnl oppool
        9001: 
        9002: 
        9101: 
        9102: 
    "#]].assert_eq(&told);
}

#[test]
fn the_least_message_about_goods_leaves_these_open() {
    let told = left_open(goods);
    expect![[r#"
        3501: manu_lotnum
        3501A: manu_lotnum
        3502: manu_lotnum manu_date expy_end
        3502A: manu_lotnum manu_date expy_end
        3503: 
        3503A: 
        3504: manu_lotnum
        3504A: manu_lotnum
        3505: expy_end rxno phar_no
        3505A: expy_end rxno phar_no
        3506: expy_end rxno phar_no
        3506A: expy_end rxno phar_no
        3507: 
        3507A: 
        3508: 
        3509: 
        3510: 
        3511: 
        3512: 
        3513: 
        3592B: 
    "#]]
    .assert_eq(&told);
}

fn left_open(which: impl Fn(Transaction) -> bool) -> String {
    let mut told = String::new();
    for transaction in built().filter(|transaction| which(*transaction)) {
        let shown =
            shown(transaction, &least(transaction)).unwrap_or_else(|defects| panic!("{transaction}: {defects}"));
        let absent = shown.lines().filter_map(|line| line.trim().strip_suffix(": None,"));
        told += &format!("{transaction}: {}\n", absent.collect::<Vec<_>>().join(" "));
    }
    told
}

#[test]
fn small_commands_in_full() {
    let check =
        |transaction, expected: ExpectFile| expected.assert_eq(&shown(transaction, &full(transaction)).unwrap());
    check(T7204, expect_file!["../../tests/data/command-7204.txt"]);
    check(T7207, expect_file!["../../tests/data/command-7207.txt"]);
    check(T2102, expect_file!["../../tests/data/command-2102.txt"]);
    check(T7211, expect_file!["../../tests/data/command-7211.txt"]);
}

fn spoil(table: &Table, data: &mut Json, wrong: &dyn Fn(&str) -> Option<&'static str>) {
    for field in table.fields {
        let Some(value) = data.get_mut(field.wire) else { continue };
        match (field.kind, wrong(field.name)) {
            (Kind::Node(of), _) => spoil(of, value, wrong),
            (Kind::List { of, .. }, _) => {
                value.as_array_mut().unwrap().iter_mut().for_each(|row| spoil(of, row, wrong))
            }
            (_, Some(text)) => *value = json!(text),
            _ => {}
        }
    }
}

/// What the table takes and the domain's type does not.
fn wrong(name: &str) -> Option<&'static str> {
    match name {
        "hi_rxno" => Some("360900202605110000000000000017"),
        "rx_trace_code" => Some("36090026051100000019"),
        "fixmedins_code" => Some("X36090200101"),
        "dr_code" => Some("360920001000"),
        "med_list_codg" => Some("xc08"),
        "drug_trace_codg" | "drug_trac_codg" => Some("123"),
        "insu_plc_no" | "mdtrtarea_no" | "insu_admdvs" | "setl_optins" => Some("36X900"),
        "insutype" => Some("340"),
        _ => None,
    }
}

/// Every field whose type is the domain's own, with a text that the table takes and the type does not.
#[test]
fn all_that_the_domain_refuses_is_told_at_once() {
    let told = refused_by_the_domain(|transaction| !goods(transaction));
    expect![[r#"
        1101: taken
        1201: 报文有1处错误：fixmedins_code（定点医药机构编号）格式应为H或P加11位数字
        1301: taken
        1302: taken
        1303: taken
        1304: 报文有1处错误：med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        1305: taken
        1306: taken
        1307: taken
        1308: taken
        1309: taken
        1310: taken
        1311: taken
        1312: 报文有1处错误：insu_admdvs（参保机构医保区划）格式应为6位行政区划代码
        1313: taken
        1314: taken
        1315: taken
        1316: 报文有2处错误：med_list_codg（定点医药机构目录编号）格式应为大写字母和数字的医保药品编码；insu_admdvs（参保机构医保区划）格式应为6位行政区划代码
        1317: 报文有2处错误：fixmedins_code（定点医药机构编号）格式应为H或P加11位数字；insu_admdvs（参保机构医保区划）格式应为6位行政区划代码
        1318: 报文有1处错误：insu_admdvs（参保机构医保区划）格式应为6位行政区划代码
        1319: 报文有1处错误：insu_admdvs（参保机构医保区划）格式应为6位行政区划代码
        1320: taken
        2101: 报文有4处错误：druginfo.insutype（险种类型）的代码本中心不支持；drugdetail[1].med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码；drugdetail[1].durg_trac_info[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码；durg_trac_info[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        2102: 报文有4处错误：druginfo.insutype（险种类型）的代码本中心不支持；drugdetail[1].med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码；drugdetail[1].durg_trac_info[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码；durg_trac_info[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        2103: taken
        2201: 报文有1处错误：insutype（险种类型）的代码本中心不支持
        2202: taken
        2203A: taken
        2204: 报文有1处错误：feedetail[1].med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        2205: taken
        2206: 报文有1处错误：insutype（险种类型）的代码本中心不支持
        2207: 报文有2处错误：insutype（险种类型）的代码本中心不支持；drug_trac_info[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        2208: taken
        2601: taken
        3201: 报文有1处错误：setl_optins（结算经办机构）格式应为6位行政区划代码
        3202: 报文有1处错误：setl_optins（结算经办机构）格式应为6位行政区划代码
        3301: taken
        3302: 报文有1处错误：fixmedins_code（定点医药机构编号）格式应为H或P加11位数字
        5203: taken
        5301: taken
        5302: taken
        7101: 报文有5处错误：insuPlcNo（参保地编号）格式应为6位行政区划代码；mdtrtareaNo（就医地编号）格式应为6位行政区划代码；rxdrugdetail[1].medListCodg（医疗目录编码）格式应为大写字母和数字的医保药品编码；mdtrtinfo.fixmedinsCode（定点医疗机构编号）格式应为H或P加11位数字；mdtrtinfo.drCode（开方医保医师代码）格式应为D加12位数字
        7102: 报文有1处错误：fixmedinsCode（定点机构代码）格式应为H或P加11位数字
        7103: 报文有3处错误：fixmedinsCode（定点医疗机构编号）格式应为H或P加11位数字；hiRxno（医保处方编号）校验位不正确；rxTraceCode（处方追溯码）校验位不正确
        7104: 报文有3处错误：hiRxno（医保处方编号）校验位不正确；fixmedinsCode（定点医疗机构编号）格式应为H或P加11位数字；drCode（撤销医师的医保医师代码）格式应为D加12位数字
        7105: 报文有2处错误：fixmedinsCode（定点医疗机构编号）格式应为H或P加11位数字；hiRxno（医保处方号）校验位不正确
        7106: 报文有2处错误：fixmedinsCode（定点医疗机构编号）格式应为H或P加11位数字；hiRxno（医保处方编号）校验位不正确
        7107: 报文有2处错误：fixmedinsCode（定点医疗机构编号）格式应为H或P加11位数字；hiRxno（医保处方编号）校验位不正确
        7201: 报文有1处错误：fixmedinsCode（定点医药机构编号）格式应为H或P加11位数字
        7202: 报文有2处错误：hiRxno（医保处方编号）校验位不正确；fixmedinsCode（定点医药机构编号）格式应为H或P加11位数字
        7203: 报文有1处错误：fixmedinsCode（定点医药机构编号）格式应为H或P加11位数字
        7204: 报文有1处错误：fixmedinsCode（定点医药机构编号）格式应为H或P加11位数字
        7205: 报文有3处错误：hiRxno（医保处方编号）校验位不正确；fixmedinsCode（定点医药机构编号）格式应为H或P加11位数字；rxTraceCode（处方追溯码）校验位不正确
        7206: 报文有2处错误：hiRxno（医保处方编号）校验位不正确；fixmedinsCode（定点医药机构编号）格式应为H或P加11位数字
        7207: 报文有4处错误：hiRxno（医保处方编号）校验位不正确；fixmedinsCode（定点医药机构编号）格式应为H或P加11位数字；rxSaleDrugDetl[1].medListCodg（医疗目录编码）格式应为大写字母和数字的医保药品编码；rxSaleDrugDetl[1].drugTraceCodg（药品追溯码）格式应为7位以上的追溯码
        7208: 报文有2处错误：hiRxno（医保处方编号）校验位不正确；fixmedinsCode（定点医药机构编号）格式应为H或P加11位数字
        7209: 报文有2处错误：hiRxno（医保处方编号）校验位不正确；fixmedinsCode（供药定点机构编号）格式应为H或P加11位数字
        7210: 报文有1处错误：hiRxno（医保处方编号）校验位不正确
        7211: 报文有2处错误：fixmedinsCode（定点医药机构编号）格式应为H或P加11位数字；medListCodg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        9001: taken
        9002: taken
        9101: 报文有1处错误：fixmedins_code（医药机构编号）格式应为H或P加11位数字
        9102: 报文有1处错误：fixmedins_code（医药机构编号）格式应为H或P加11位数字
    "#]].assert_eq(&told);
}

#[test]
fn all_that_the_domain_refuses_of_goods_is_told_at_once() {
    let told = refused_by_the_domain(goods);
    expect![[r#"
        3501: 报文有1处错误：invinfo.med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3501A: 报文有1处错误：invinfoDetail[1].med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3502: 报文有1处错误：invinfo.med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3502A: 报文有1处错误：invinfoDetail[1].med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3503: 报文有2处错误：purcinfo.med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码；purcinfo.drugtracinfo[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        3503A: 报文有2处错误：purcinfoDetail[1].med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码；purcinfoDetail[1].drugtracinfo[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        3504: 报文有1处错误：purcinfo.med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3504A: 报文有1处错误：purcinfoDetail[1].med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3505: 报文有2处错误：selinfo.med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码；selinfo.drugtracinfo[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        3505A: 报文有2处错误：selinfoDetail[1].med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码；selinfoDetail[1].drugtracinfo[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        3506: 报文有2处错误：selinfo.med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码；selinfo.drugtracinfo[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        3506A: 报文有2处错误：selinfoDetail[1].med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码；selinfoDetail[1].drugtracinfo[1].drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        3507: taken
        3507A: taken
        3508: 报文有2处错误：fixmedins_code（定点医药机构编号）格式应为H或P加11位数字；med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3509: 报文有2处错误：fixmedins_code（定点医药机构编号）格式应为H或P加11位数字；med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3510: 报文有2处错误：fixmedins_code（定点医药机构编号）格式应为H或P加11位数字；med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3511: 报文有2处错误：fixmedins_code（定点医药机构编号）格式应为H或P加11位数字；med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3512: 报文有2处错误：fixmedins_code（定点医药机构编号）格式应为H或P加11位数字；med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码
        3513: 报文有3处错误：fixmedins_code（定点医药机构编号）格式应为H或P加11位数字；med_list_codg（医疗目录编码）格式应为大写字母和数字的医保药品编码；drug_trac_codg（药品追溯码）格式应为7位以上的追溯码
        3592B: taken
    "#]].assert_eq(&told);
}

/// 进销存.
fn goods(transaction: Transaction) -> bool {
    transaction.number().starts_with("35")
}

fn refused_by_the_domain(which: impl Fn(Transaction) -> bool) -> String {
    let mut told = String::new();
    for transaction in built().filter(|transaction| which(*transaction)) {
        let mut data = full(transaction);
        spoil(transaction.spec().input, &mut data, &wrong);
        match shown(transaction, &data) {
            Ok(_) => told += &format!("{transaction}: taken\n"),
            Err(defects) => told += &format!("{transaction}: {defects}\n"),
        }
    }
    told
}

#[test]
fn a_sale_is_insured_unless_it_says_otherwise() {
    for transaction in [T7207, T7208] {
        for (sent, want) in [
            (json!(null), Ok(HiFeesetlFlag::Insured)),
            (json!(""), Ok(HiFeesetlFlag::Insured)),
            (json!("1"), Ok(HiFeesetlFlag::Insured)),
            (json!(1), Ok(HiFeesetlFlag::Insured)),
            (json!("0"), Ok(HiFeesetlFlag::SelfPaid)),
            (json!(false), Ok(HiFeesetlFlag::SelfPaid)),
            (json!("2"), Err(())),
        ] {
            let mut data = full(transaction);
            data["hiFeesetlFlag"] = sent.clone();
            let flag = match transaction {
                T7207 => converted(transaction, &data, super::t7207).map(|command| command.hi_feesetl_flag),
                _ => converted(transaction, &data, super::t7208).map(|command| command.hi_feesetl_flag),
            };
            assert_eq!(flag.map_err(|_| ()), want, "{transaction} {sent}");
        }
    }
}

/// The twenty fields of a signed text.
fn signed_text() -> Json {
    let table = T7103.spec().input;
    let fields = table.fields.iter().take(20);
    Json::Object(fields.map(|field| (field.wire.to_owned(), value(field, true))).collect())
}

fn uploaded(data: &Json) -> lf_rx::decide::issue::SignedFields {
    converted(T7103, data, super::t7103).unwrap().fields
}

#[test]
fn the_signed_fields_are_the_first_twenty_of_7103() {
    let fields = super::read_signed(signed_text().to_string().as_bytes()).unwrap();
    let names: Vec<_> = fields.0.iter().map(|(name, _)| name.as_str()).collect();
    expect!["rx_trace_code hi_rxno mdtrt_id patn_name psn_cert_type certno fixmedins_name fixmedins_code dr_code prsc_dr_name phar_dept_name phar_dept_code phar_profttl_codg phar_profttl_name phar_code phar_cert_type phar_certno phar_name phar_prac_cert_no phar_chk_time"].assert_eq(&names.join(" "));
    assert!(fields.0.iter().all(|(_, value)| value.is_some()));
    assert_eq!(fields.first_difference(&uploaded(&full(T7103))), None);
}

/// A way of writing a good signed text otherwise.
type Way = &'static dyn Fn(&mut Json);

/// A client writes its signed text as it writes its messages: whatever 7103 takes means the same in the text.
#[test]
fn a_signed_text_is_read_as_7103_is() {
    let good = signed_text();
    let ways: [(&str, Way); 8] = [
        ("another order and blanks", &|_| {}),
        ("an empty field more", &|data| data["pharPracCertNo"] = json!("")),
        ("null", &|data| data["pharPracCertNo"] = json!(null)),
        ("a number", &|data| data["hiRxno"] = Json::Number(HI_RXNO.parse().unwrap())),
        ("a code without its zero", &|data| data["psnCertType"] = json!("1")),
        ("T in the time", &|data| data["pharChkTime"] = json!("2026-05-11T09:00:00")),
        ("another spelling", &|data| rename(data, "certno", "psnCertno")),
        ("our names", &|data| {
            for field in T7103.spec().input.fields.iter().take(20) {
                rename(data, field.wire, field.name);
            }
        }),
    ];
    for (name, way) in ways {
        let mut text = good.clone();
        way(&mut text);
        let mut message = text.clone();
        message["rxFile"] = json!("JVBERi0xLjQK");
        message["signDigest"] = json!("sign_digest");
        let pretty = serde_json::to_string_pretty(&text).unwrap();
        let signed = super::read_signed(pretty.as_bytes()).unwrap();
        assert_eq!(signed.first_difference(&uploaded(&message)), None, "{name}");
    }
}

fn rename(data: &mut Json, from: &str, to: &str) {
    let fields = data.as_object_mut().unwrap();
    let value = fields.remove(from).unwrap();
    fields.insert(to.to_owned(), value);
}

#[test]
fn a_signed_text_that_differs_is_told_by_its_field() {
    let message = uploaded(&full(T7103));
    for field in T7103.spec().input.fields.iter().take(20) {
        for other in [json!("9"), json!(null), json!({ "a": 1 })] {
            let mut text = signed_text();
            text[field.wire] = other.clone();
            let signed = super::read_signed(text.to_string().as_bytes()).unwrap();
            assert_eq!(signed.first_difference(&message), Some(field.name), "{other}");
        }
    }
}

#[test]
fn a_text_that_is_none_is_a_defect_of_7102() {
    let encoded = |text: &[u8]| json!(crate::reply::base64(text));
    for (original_value, want) in [
        (json!("not Base64"), "不是合法的Base64"),
        (encoded(b"no JSON"), "解码后应为处方上传1至20字段的JSON对象"),
        (encoded(b"[]"), "解码后应为处方上传1至20字段的JSON对象"),
        (encoded(b"{}"), "中的hiRxno应为30位数字"),
        (encoded(br#"{"hiRxno":"1"}"#), "中的hiRxno应为30位数字"),
        (encoded(b"\xb4\xa6"), "解码后应为处方上传1至20字段的JSON对象"),
    ] {
        let mut data = full(T7102);
        data["originalValue"] = original_value;
        let defects = converted(T7102, &data, super::t7102).unwrap_err().to_string();
        assert_eq!(defects, format!("报文有1处错误：originalValue（原始待签名处方信息）{want}"));
    }
}

/// A pharmacy says in `extras` whether the form was shown; what is neither yes nor no is a defect.
#[test]
fn extras_of_a_sale_state_the_form() {
    let sold = |extras: Json| {
        let mut data = full(T7207);
        data["extras"] = extras;
        converted(T7207, &data, super::t7207).map(|command| command.appy_form_flag)
    };
    for (said, want) in
        [(json!({}), None), (json!({"appy_form_flag": "1"}), Some(true)), (json!({"appy_form_flag": 0}), Some(false))]
    {
        assert_eq!(sold(said.clone()).unwrap(), want, "{said}");
    }
    let defects = sold(json!({"appy_form_flag": "有"})).unwrap_err().to_string();
    assert!(defects.contains("appy_form_flag应为1或0"), "{defects}");
}

/// What is no flag does not pass for a sale without a prescription: each row that says it is told with the field.
#[test]
fn a_flag_of_a_sale_is_yes_or_no() {
    for (transaction, node) in [(T3505, "selinfo"), (T3505A, "selinfoDetail")] {
        for (field, cn) in [("rx_circ_flag", "外购处方标志"), ("trdn_flag", "拆零标志")] {
            let read = |value: Json| {
                let mut data = full(transaction);
                let row = if data[node].is_array() { &mut data[node][0] } else { &mut data[node] };
                assert!(row.get(field).is_some(), "{transaction:?} {row}");
                row[field] = value;
                converted(transaction, &data, |node| super::goods::goods(transaction, node))
            };
            for known in ["0", "1"] {
                assert!(read(json!(known)).is_ok(), "{transaction:?} {field} {known}");
            }
            for unknown in ["2", "Y", "是"] {
                let Err(defects) = read(json!(unknown)) else { panic!("{transaction:?} {field} {unknown}") };
                let defects = defects.to_string();
                assert!(defects.contains(&format!("{field}（{cn}）")), "{transaction:?} {unknown}: {defects}");
            }
        }
    }
}

/// Trace codes stand in the line, or beside all lines with the line's number, or in both; in either spelling.
#[test]
fn trace_codes_are_found_at_both_levels_and_in_both_spellings() {
    let code = |text: &str, sn: &str| json!({ "feedetl_sn": sn, "drug_trac_codg": text, "trdn_flag": "0" });
    for spelling in ["durg_trac_info", "drug_trac_info"] {
        let mut data = least(T2102);
        data["drugdetail"] = json!([data["drugdetail"][0].clone(), data["drugdetail"][0].clone()]);
        data["drugdetail"][0]["feedetl_sn"] = json!("FD1");
        data["drugdetail"][1]["feedetl_sn"] = json!("FD2");
        data["drugdetail"][0][spelling] = json!([code("1111111", "FD1")]);
        // The first box stands at both levels: it was scanned once.
        data[spelling] =
            json!([code("1111111", "FD1"), code("2222222", "FD1"), code("3333333", "FD2"), code("4444444", "FD9")]);
        let command = converted(T2102, &data, super::t2102).unwrap();
        let codes: Vec<Vec<_>> =
            command.lines.iter().map(|line| line.drug_trac_codg.iter().map(ToString::to_string).collect()).collect();
        assert_eq!(codes, [vec!["1111111", "2222222"], vec!["3333333"]], "{spelling}");
    }
}

fn all(transaction: Transaction, data: &Json) -> Defects {
    let text = data.to_string();
    let value = Value::parse(text.as_bytes()).unwrap();
    super::all_defects(transaction, validate_partial(transaction, &value))
}

/// What the table finds and what only the domain's types find stand in one list.
#[test]
fn a_message_with_several_defects_gets_all_of_them() {
    let mut data = full(T7101);
    let visit = data["mdtrtinfo"].as_object_mut().unwrap();
    visit.remove("patnName");
    visit.insert("drCode".to_owned(), json!("D36"));
    visit.insert("fixmedinsCode".to_owned(), json!("36090200101"));
    data["rxdrugdetail"][0]["medListCodg"] = json!("?");
    data["rxdrugdetail"][0]["drugCnt"] = json!("many");
    let defects = all(T7101, &data);
    let mut places: Vec<_> = defects.list().iter().map(|d| (d.node.as_str(), d.index, d.field.as_ref())).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            ("mdtrtinfo", None, "drCode"),
            ("mdtrtinfo", None, "fixmedinsCode"),
            ("mdtrtinfo", None, "patnName"),
            ("rxdrugdetail", Some(0), "drugCnt"),
            ("rxdrugdetail", Some(0), "medListCodg"),
        ]
    );
    assert_eq!(defects.count(), 5);
}

/// Each field alone of a wrong type, in every transaction: its one defect, and none that says "missing" beside it.
#[test]
fn a_field_that_was_sent_wrong_is_not_called_missing() {
    let mut tried = 0;
    for transaction in Transaction::ALL {
        for field in transaction.spec().input.fields {
            let mut data = full(*transaction);
            // An array in an array is of no field's type.
            data[field.wire] = json!([[[]]]);
            if field.dict.is_none() && matches!(field.kind, Kind::Free { .. }) {
                continue;
            }
            let found = all(*transaction, &data);
            let here: Vec<_> = found.list().iter().filter(|d| d.field == field.wire && d.node.is_empty()).collect();
            let rows = found.list().iter().filter(|d| d.node == field.wire).count();
            assert_eq!(here.len() + rows, 1, "{transaction} {}: {found}", field.wire);
            assert!(here.iter().all(|d| d.kind != DefectKind::Missing), "{transaction} {}: {found}", field.wire);
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}
