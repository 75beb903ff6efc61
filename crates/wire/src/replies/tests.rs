//! Every transaction's fullest reply: all that its table requires is there, nothing that it does not have, and
//! every amount to the fen.

use expect_test::expect;
use lf_center::{
    t1101_person, t1201_fixmedins, t1301_download, t1312_hilist, t2101_quote, t2102_settle, t2103_refund,
    t2201_register, t2204_fees, t3201_statement, t3202_details, t3501_goods, t3508_goods_query, t3513_traces,
    t3592b_virtual, t5203_settlement, t5301_dises, t5302_chosen, t7101_precheck, t7102_sign, t7103_upload, t7104_undo,
    t7105_query, t7106_review_query, t7107_settlement_query, t7201_authorise, t7203_qrcode, t7204_download,
    t7205_verify, t7206_review, t7207_sell, t7211_catalogue, t9001_signin, t9002_signout, t9101_file_upload,
};
use lf_ports::{Acct, AccumKey, Drug, Fixmedins, Person, RxFile, Setl};
use lf_rx::event::{Downloaded, Opened, Reviewed, Settled, Signed, Sold, Uploaded, Verified};
use lf_rx::state::{Active, Passed, State};
use lf_rx::{ChainHash, Prescription, Projection, RxContent};
use lf_settle::{FundKind, FundShare, LineShare, Part, Shares, Step};
use lf_vocab::dict::{ChrgitmLv, HiFeesetlFlag, Insutype, PsnType, RxChkStasCodg, RxStasCodg};
use lf_vocab::{Fen, Moment, Pric, Qty, Ratio, Span};
use serde_json::Value as Json;

use super::*;
use crate::commands;
use crate::commands::tests::{HI_RXNO, RX_TRACE_CODE, converted, full};
use crate::defect::DefectKind;
use crate::generated::Transaction::{self, *};
use crate::table::{Kind, Need, Table};

fn now() -> Moment {
    "2026-05-11 09:30:00".parse().unwrap()
}

fn content() -> RxContent {
    converted(T7101, &full(T7101), commands::t7101).unwrap().content
}

fn sold() -> Sold {
    Sold {
        sel_stoout_sn: "sel_stoout_sn".to_owned(),
        hi_feesetl_flag: HiFeesetlFlag::Insured,
        psn_cash_pay: None,
        lines: converted(T7207, &full(T7207), commands::t7207).unwrap().lines,
        law_edition: "1".to_owned(),
        print_time: None,
        rchk_phar_code: None,
        appy_form_flag: None,
    }
}

fn reviewed() -> Reviewed {
    Reviewed {
        rx_chk_stas_codg: RxChkStasCodg::Passed,
        rx_chk_opnn: "rx_chk_opnn".to_owned(),
        rx_chk_time: now(),
        rx_chk_biz_sn: "rx_chk_biz_sn".to_owned(),
        phar_code: "HY360920000010".parse().unwrap(),
        phar_name: "phar_name".to_owned(),
        fixmedins_code: "P36090200106".parse().unwrap(),
        law_edition: "1".to_owned(),
    }
}

fn settled() -> Settled {
    Settled {
        setl_id: "setl_id".to_owned(),
        mdtrt_id: "mdtrt_id".to_owned(),
        setl_time: now(),
        medfee_sumamt: Fen::new(1),
        fund_pay_sumamt: Fen::new(1),
        law_edition: "1".to_owned(),
        at_counter: Default::default(),
    }
}

fn passed() -> Passed {
    let signed = Signed {
        original_value: String::new(),
        sign_digest: "sign_digest".to_owned(),
        file_sm3: String::new(),
        file_sign: String::new(),
        sign_public_key: String::new(),
        sign_cert_sn: "sign_cert_sn".to_owned(),
        sign_cert_dn: "sign_cert_dn".to_owned(),
    };
    let uploaded = Uploaded {
        phar_code: "phar_code".to_owned(),
        phar_name: "phar_name".to_owned(),
        phar_chk_time: now(),
        file_suffix: "pdf".to_owned(),
        flags: Default::default(),
    };
    let downloaded = Downloaded {
        fixmedins_code: "P36090200106".parse().unwrap(),
        auth_rxno: "auth_rxno".to_owned(),
        epc_token: "epc_token".to_owned(),
        opter: "opter".to_owned(),
    };
    let verified = Verified { rx_sign_verify_sn: "rx_sign_verify_sn".to_owned() };
    Passed { active: Active { signed, uploaded, print_time: None }, downloaded, verified, reviewed: reviewed() }
}

/// A settled prescription: it has been everywhere.
fn rx() -> Prescription {
    let content = content();
    let opened = Opened {
        rx_trace_code: RX_TRACE_CODE.parse().unwrap(),
        hosp_rxno: content.head.hosp_rxno.clone(),
        fixmedins_code: content.mdtrtinfo.fixmedins_code.clone(),
        dr_code: content.mdtrtinfo.dr_code.clone(),
        insu_poolarea_no: "360900".parse().unwrap(),
        psn_no: content.mdtrtinfo.psn_no.clone(),
        mdtrt_id: content.mdtrtinfo.mdtrt_id.clone(),
        prsc_time: content.head.prsc_time,
        vali_end_time: now().plus_days(3),
        content_sm3: String::new(),
        law_edition: "1".to_owned(),
        overridden: Vec::new(),
        visit: None,
    };
    let state = State::Settled {
        passed: passed(),
        sold: sold(),
        delivery: lf_rx::Delivery::None,
        settled: settled(),
        pair: Default::default(),
    };
    Prescription { hi_rxno: HI_RXNO.parse().unwrap(), opened, state, seq: 8, head: ChainHash::GENESIS }
}

fn person() -> Person {
    Person {
        psn_no: "36090000002024000100".parse().unwrap(),
        psn_name: "章样康".to_owned(),
        psn_cert_type: "01".to_owned(),
        certno: "360902197905125014".parse().unwrap(),
        gend: "1".to_owned(),
        brdy: "1979-05-12".parse().unwrap(),
        poolarea_no: "360900".parse().unwrap(),
        insutype: Insutype::Employee,
        psn_type: PsnType::Active,
        insured: Span::new("2024-01-01".parse().unwrap(), None).unwrap(),
        cvlserv: true,
        ec_token: String::new(),
        card: None,
    }
}

/// Every amount the same, every list with a row.
fn shares(amount: Fen) -> Shares {
    let line = LineShare {
        feedetl_sn: "FD1".to_owned(),
        med_list_codg: "XC08CAA901A001010199901".parse().unwrap(),
        det_item_fee_sumamt: amount,
        cnt: Qty::new(15_000),
        pric: Pric::new(1_234_567),
        pric_uplmt_amt: Some(Pric::new(2_000_000)),
        selfpay_prop: "0.1".parse().unwrap(),
        fulamt_ownpay_amt: amount,
        overlmt_amt: amount,
        preselfpay_amt: amount,
        inscp_scp_amt: amount,
        chrgitm_lv: ChrgitmLv::B,
        hosp_part_amt: amount,
    };
    let fund = FundShare {
        fund_pay_type: "310102".to_owned(),
        name: "职工门诊统筹基金".to_owned(),
        kind: FundKind::Fund,
        inscp_scp_amt: amount,
        crt_payb_lmt_amt: Some(amount),
        fund_payamt: amount,
    };
    let step = Step {
        part: Part::Fund,
        feedetl_sn: None,
        what: "统筹基金支付".to_owned(),
        amount,
        provision: "360000/x@2023-01-01".to_owned(),
    };
    Shares {
        pots: Vec::new(),
        scheme: "mz_tc".to_owned(),
        year: 2026,
        month: 5,
        lines: vec![line],
        medfee_sumamt: amount,
        fulamt_ownpay_amt: amount,
        overlmt_selfpay: amount,
        preselfpay_amt: amount,
        inscp_scp_amt: amount,
        act_pay_dedc: amount,
        hifp_pay: amount,
        pool_prop_selfpay: Ratio::ONE,
        cvlserv_pay: amount,
        hifes_pay: amount,
        hifmi_pay: amount,
        hifob_pay: amount,
        maf_pay: amount,
        oth_pay: amount,
        hifdm_pay: amount,
        fund_pay_sumamt: amount,
        psn_part_amt: amount,
        acct_pay: amount,
        psn_cash_pay: amount,
        acct_mulaid_pay: amount,
        balc: amount,
        hosp_part_amt: amount,
        fund_details: vec![fund],
        steps: vec![step],
    }
}

fn accum_key() -> AccumKey {
    AccumKey { poolarea_no: "360900".parse().unwrap(), psn_no: person().psn_no, year: 2026, scheme: "mz_tc".to_owned() }
}

fn setl(shares: Shares) -> Setl {
    Setl {
        setl_id: "setl_id".to_owned(),
        mdtrt_id: "mdtrt_id".to_owned(),
        poolarea_no: "360900".parse().unwrap(),
        fixmedins_code: "P36090200106".parse().unwrap(),
        hi_rxno: Some(HI_RXNO.parse().unwrap()),
        accum_key: accum_key(),
        insutype: Insutype::Employee,
        med_type: "41".to_owned(),
        mdtrt_cert_type: "01".to_owned(),
        setl_time: now(),
        shares,
        refd_setl_id: None,
        law_edition: "1".to_owned(),
        medins_setl_id: None,
        paper: None,
    }
}

fn catalogue_drug() -> Drug {
    let text = |text: &str| text.to_owned();
    Drug {
        med_list_codg: "XC08CAA901A001010199901".parse().unwrap(),
        genname: text("genname"),
        prodname: Some(text("prodname")),
        reg_name: text("reg_name"),
        dosform_name: text("dosform_name"),
        spec_name: text("spec_name"),
        prdr_name: text("prdr_name"),
        aprvno: Some(text("aprvno")),
        min_pacunt: text("盒"),
        min_prepunt: text("片"),
        min_pac_cnt: Qty::new(70_000),
        list_type: text("101"),
        chrgitm_lv: ChrgitmLv::A,
        in_list: Span::new("2024-01-01".parse().unwrap(), Some("2027-01-01".parse().unwrap())),
        chld_medc: false,
        hi_nego: true,
        dualchnl: true,
        oppool: false,
        hi_pay_std: Some(Pric::new(12_340_000)),
        special: None,
        memo: Some(text("memo")),
        trac_exempt: false,
    }
}

fn quote(shares: Shares) -> t2101_quote::Reply {
    t2101_quote::Priced {
        at_counter: Default::default(),
        paper: None,
        rx: Some(rx()),
        person: person(),
        shares,
        accum_key: accum_key(),
        accum: None,
        pots: Vec::new(),
        acct: Acct { version: 1, balc: Fen::ZERO },
    }
}

/// The fullest payload of a transaction; all its amounts are this one.
fn fullest(transaction: Transaction, amount: Fen) -> Vec<u8> {
    let hi_rxno: lf_vocab::HiRxno = HI_RXNO.parse().unwrap();
    let projection = Projection::of(&rx(), now());
    let rx_stas_codg = RxStasCodg::Valid;
    let text = |text: &str| text.to_owned();
    let (rx, content, shares) = (rx(), content(), shares(amount));
    let payload = match transaction {
        T7101 => t7101(&t7101_precheck::Reply { rx_trace_code: RX_TRACE_CODE.parse().unwrap(), hi_rxno }),
        T7102 => t7102(
            &t7102_sign::Reply {
                sign_digest: text("sign_digest"),
                sign_cert_sn: text("sign_cert_sn"),
                sign_cert_dn: text("sign_cert_dn"),
            },
            "JVBERi0xLjQK",
        ),
        T7103 => t7103(&t7103_upload::Reply { hi_rxno, rx_stas_codg }),
        T7104 => t7104(&t7104_undo::Reply { hi_rxno, rx_stas_codg }),
        T7105 => t7105(&t7105_query::Reply { rx, content, projection, insutype: Some(Insutype::Employee) }),
        T7106 => t7106(&t7106_review_query::Reply { rx, reviewed: reviewed(), projection }),
        T7107 => {
            let taken = lf_ports::TakenDrug::of(&sold().lines, &content);
            t7107(&t7107_settlement_query::Reply { rx, taken, setl_time: now(), projection })
        }
        T7201 => t7201(&t7201_authorise::Reply { list: vec![credential()] }),
        T7202 | T7203 => t7203(
            transaction,
            &t7203_qrcode::Reply { auth_rxno: text("auth_rxno"), epc_token: text("epc_token"), expires_in: now() },
        ),
        T7204 => t7204(&t7204_download::Reply {
            rx,
            file: RxFile { base64: text("JVBERi0xLjQK") },
            file_suffix: text("pdf"),
            packs: content.rxdrugdetail.iter().map(|_| Some((Qty::new(10_000), text("盒")))).collect(),
            content,
        }),
        T7205 => t7205(&t7205_verify::Reply {
            rx_sign_verify_sn: text("rx_sign_verify_sn"),
            sign_cert_sn: text("sign_cert_sn"),
            sign_cert_dn: text("sign_cert_dn"),
        }),
        T7206 => t7206(&t7206_review::Reply { rx_chk_biz_sn: text("rx_chk_biz_sn") }),
        T7207 => t7207(&t7207_sell::Reply { sel_stoout_sn: text("sel_stoout_sn") }),
        T7208 => t7208(),
        T7209 | T7210 => t7209(transaction),
        T7211 => t7211(&t7211_catalogue::Reply { total: 1, list: vec![catalogue_drug()] }),
        T2101 => t2101(&quote(shares), &converted(T2101, &full(T2101), commands::t2102).unwrap(), now()),
        T2102 => t2102(&t2102_settle::Reply { setl: setl(shares), person: person() }),
        T2103 => t2103(&t2103_refund::Reply { setl: setl(shares) }),
        T1101 => t1101(&t1101_person::Reply { person: person(), balc: amount, at: now() }),
        T1201 => t1201(&t1201_fixmedins::Reply { fixmedins: institution() }),
        T9001 => t9001(&t9001_signin::Reply { sign_no: text("sign_no"), sign_time: now() }),
        T9002 => t9002(&t9002_signout::Reply { sign_time: now() }),
        other => fullest_on_the_gateway(other, shares),
    };
    payload.unwrap_or_else(|fault| panic!("{transaction}: {fault}"))
}

fn fees_reply() -> Payload {
    let shown = |row: t2204_fees::Row| t2204_fees::FeeShown {
        fee: row.fee,
        chrgitm_lv: ChrgitmLv::B,
        pric_uplmt: Some("1.5".parse().unwrap()),
        lmt_used: true,
        hi_nego: true,
    };
    let command = converted(T2204, &full(T2204), commands::t2204).unwrap();
    t2204(&t2204_fees::Reply { lines: command.rows.into_iter().map(shown).collect() })
}

/// What is told of a person's filings.
fn fullest_of_filings(transaction: Transaction) -> Payload {
    let text = |text: &str| text.to_owned();
    if transaction == T5301 {
        return t5301(&t5301_dises::Reply {
            dises: vec![t5301_dises::Registered {
                opsp_dise_code: text("opsp_dise_code"),
                opsp_dise_name: text("opsp_dise_name"),
                begndate: now().day(),
                enddate: Some(now().day()),
            }],
        });
    }
    t5302(&t5302_chosen::Reply {
        psn_no: person().psn_no,
        insutype: person().insutype,
        chosen: vec![t5302_chosen::Chosen {
            fix_srt_no: 1,
            fixmedins_code: institution().fixmedins_code,
            fixmedins_name: text("fixmedins_name"),
            begndate: now().day(),
            enddate: Some(now().day()),
            opsp_dise_name: text("memo"),
        }],
    })
}

/// What only the gateway front's clients use.
fn fullest_on_the_gateway(transaction: Transaction, shares: Shares) -> Payload {
    let text = |text: &str| text.to_owned();
    match transaction {
        T2201 => t2201(
            &t2201_register::Reply { mdtrt_id: text("mdtrt_id") },
            &converted(T2201, &full(T2201), commands::t2201).unwrap(),
        ),
        T2202 | T2203A | T2205 => t2202(transaction),
        T2204 => fees_reply(),
        T2206 => t2206(&quote(shares), &converted(T2206, &full(T2206), commands::t2207).unwrap(), now()),
        T2207 => t2207(&t2102_settle::Reply { setl: setl(shares), person: person() }),
        T2208 => t2208(&t2103_refund::Reply { setl: setl(shares) }),
        T2601 => t2601(),
        T5203 => t5203(&t5203_settlement::Reply {
            setl: setl(shares),
            refd: false,
            person: person(),
            fixmedins_name: text("fixmedins_name"),
        }),
        T5301 | T5302 => fullest_of_filings(transaction),
        T9101 => t9101(
            &t9101_file_upload::Reply { file_qury_no: text("file_qury_no"), until: now() },
            &converted(T9101, &full(T9101), |node| commands::t9101(node, None)).unwrap(),
        ),
        T3201 => t3201(&t3201_statement::Reply {
            setl_optins: "360900".parse().unwrap(),
            even: false,
            stmt_rslt_dscr: "差".repeat(300),
        }),
        T3202 => t3202(&t3202_details::Reply {
            file_qury_no: text("file_qury_no"),
            filename: text("filename"),
            dld_endtime: now(),
        }),
        // The answer is the file.
        T9102 => Ok(b"{}".to_vec()),
        T3513 => t3513(&t3513_traces::Reply { rows: vec![traced()] }),
        T3592B => t3592b(
            &t3592b_virtual::Reply { drug_trac_codg: "XN00000000000000000000000000AB".parse().unwrap() },
            &converted(T3592B, &full(T3592B), commands::t3592b).unwrap(),
        ),
        goods if goods.number().starts_with("35") => goods_reply(transaction),
        T3301 | T3302 => t3301(transaction),
        T1317 => {
            t1317(&lf_center::t1317_matches::Reply { poolarea_no: "360900".parse().unwrap(), rows: vec![matched()] })
        }
        download if commands::catalogue(download).is_some() => t1301(
            transaction,
            &t1301_download::Reply {
                file_qury_no: text("file_qury_no"),
                filename: text("filename"),
                dld_end_time: now().day(),
                data_cnt: 7,
            },
        ),
        other => match commands::question(other) {
            Some(question) => t1312(other, &page(question)),
            None => panic!("{other} is not built"),
        },
    }
}

fn matched() -> lf_ports::ListMatch {
    let text = |text: &str| Some(text.to_owned());
    let body = lf_ports::MatchBody {
        fixmedins_hilist_name: "medins_list_name".to_owned(),
        aprvno: text("aprvno"),
        dosform: text("dosform"),
        exct_cont: text("exct_cont"),
        item_cont: text("item_cont"),
        prcunt: text("prcunt"),
        spec: text("spec"),
        pacspec: text("pacspec"),
        memo: text("memo"),
    };
    let key = lf_ports::MatchKey {
        fixmedins_code: "P36090200106".parse().unwrap(),
        list_type: "101".to_owned(),
        fixmedins_hilist_id: "medins_list_codg".to_owned(),
        med_list_codg: "med_list_codg".to_owned(),
    };
    let (begndate, enddate) = (now().day(), now().day().plus(30));
    lf_ports::ListMatch { key, begndate, enddate, crte_time: now(), updt_time: now(), vali: true, body }
}

/// Every row refused, so that 3506A has one too.
fn goods_reply(transaction: Transaction) -> Payload {
    if matches!(transaction, T3508 | T3509 | T3510 | T3511 | T3512) {
        return asked_again(transaction);
    }
    let command = converted(transaction, &full(transaction), |node| commands::goods(transaction, node)).unwrap();
    let refusal = Some(lf_stock::StockRefusal::Short.into());
    let done = t3501_goods::Done { medins_prod_no: "360900ABCDEF".to_owned(), refusal };
    goods(transaction, &t3501_goods::Reply { rows: command.rows.iter().map(|_| done.clone()).collect() }, &command)
}

fn asked_again(transaction: Transaction) -> Payload {
    let traced = traced();
    let of = match transaction {
        T3508 => T3501,
        T3509 => T3502,
        T3510 | T3512 => T3503,
        _ => T3505A,
    };
    let told = converted(of, &full(of), |node| commands::goods(of, node)).unwrap().rows.remove(0).told;
    let sale = std::sync::Arc::unwrap_or_clone(traced.sale);
    let body = lf_ports::MoveBody { told, ..sale.body };
    let found = t3508_goods_query::Found {
        moved: lf_ports::StockMove { body, ..sale }.into(),
        drug_trac_codg: Some(traced.drug_trac_codg),
        medins_prod_no: "medins_prod_no".to_owned(),
        poolarea_no: "360900".parse().unwrap(),
    };
    t3508(transaction, &t3508_goods_query::Reply { rows: vec![found] })
}

fn traced() -> t3513_traces::Traced {
    let command = converted(T3505A, &full(T3505A), |node| commands::goods(T3505A, node)).unwrap();
    let row = command.rows.into_iter().next().unwrap();
    let sale = lf_ports::StockMove {
        fixmedins_code: "P36090200106".parse().unwrap(),
        fixmedins_bchno: row.fixmedins_bchno,
        seq: 1,
        data_type: lf_stock::DataType::Sale,
        doc_no: row.doc_no,
        units: -1,
        mdtrt_sn: Some("mdtrt_sn".to_owned()),
        hi_rxno: None,
        psn_no: row.psn_no,
        at: row.at,
        taken: now(),
        void_seq: 0,
        digest: [0; 32],
        body: lf_ports::MoveBody { infno: "3505A".to_owned(), told: row.told, ..lf_ports::MoveBody::default() },
    };
    t3513_traces::Traced { sale: sale.into(), drug_trac_codg: "80000000000000000001".parse().unwrap() }
}

fn page(question: t1312_hilist::Question) -> t1312_hilist::Reply {
    let (from, until) = ("2026-01-01".parse().unwrap(), Some("2027-01-01".parse().unwrap()));
    let row = lf_ports::Dated { item: catalogue_drug(), from, until, ver: 2 };
    let entry = t1312_hilist::Entry { row, vali: true, updt_time: Some(now()), selfpay_prop: Some(Ratio::ZERO) };
    t1312_hilist::Reply { question, poolarea_no: "360900".parse().unwrap(), entries: vec![entry] }
}

fn institution() -> Fixmedins {
    Fixmedins {
        open_hours: None,
        medins_natu: None,
        fixmedins_code: "H36090200101".parse().unwrap(),
        fixmedins_name: "fixmedins_name".to_owned(),
        poolarea_no: "360900".parse().unwrap(),
        hosp_lv: Some("2".to_owned()),
        agreement: Span::new(now().day(), None).unwrap(),
        circ_ready: true,
        dualchnl: false,
        oppool: true,
        consult: None,
        sign_key: None,
        sign_cert_sn: None,
        callback: None,
    }
}

fn credential() -> t7201_authorise::Shown {
    let text = |text: &str| text.to_owned();
    t7201_authorise::Shown {
        auth_rxno: text("auth_rxno"),
        epc_token: text("epc_token"),
        expires_in: now(),
        fixmedins_code: "H36090200101".parse().unwrap(),
        fixmedins_name: text("fixmedins_name"),
        prsc_time: now(),
        dept_name: text("dept_name"),
        dise_codg: Some(text("dise_codg")),
        dise_name: Some(text("dise_name")),
        vali_end_time: now(),
        rx_exra_attr_code: Some(text("02")),
    }
}

fn built() -> impl Iterator<Item = Transaction> {
    Transaction::ALL.iter().copied().filter(|transaction| transaction.is_built())
}

/// Fields of the table that are not in the payload, required ones with a `!`; names that the table does not have.
fn differences(table: &Table, path: &str, value: &Json, found: &mut Vec<String>) {
    let members = value.as_object().unwrap();
    for key in members.keys() {
        if !table.fields.iter().any(|field| field.wire == key || field.also.contains(&key.as_str())) {
            found.push(format!("?{path}{key}"));
        }
    }
    for field in table.fields {
        let path = format!("{path}{}", field.wire);
        match (members.get(field.wire), field.kind) {
            (None, _) => {
                let mark = if matches!(field.need, Need::Required) { "!" } else { "" };
                found.push(format!("{mark}{path}"));
            }
            (Some(child), Kind::Node(table)) => differences(table, &format!("{path}."), child, found),
            (Some(Json::Array(rows)), Kind::List { of, .. }) => {
                // The register knows no 身份信息, and the list is sent empty.
                assert!(!rows.is_empty() || path == "idetinfo", "{path}");
                rows.iter().for_each(|row| differences(of, &format!("{path}."), row, found));
            }
            _ => {}
        }
        for also in field.also {
            assert_eq!(members.get(*also), members.get(field.wire), "{path} and {also}");
        }
    }
}

/// Nothing that is said is of another form than its table prints.
fn all_of_their_form(transaction: Transaction, payload: &[u8]) {
    let parsed = crate::json::Value::parse(payload).unwrap();
    if let Err(defects) = crate::validate_table(transaction.spec().output, &parsed) {
        let defects = defects.list().iter().filter(|defect| defect.kind != DefectKind::Missing);
        let defects: Vec<_> = defects.map(ToString::to_string).collect();
        assert!(defects.is_empty(), "{transaction}: {defects:?}");
    }
}

#[test]
fn the_fullest_reply_has_all_that_is_required_and_nothing_else() {
    let told = never_said(|transaction| !transaction.number().starts_with("35"));
    expect![[r#"
        1101 never says: baseinfo.naty baseinfo.exp_content insuinfo.paus_insu_date insuinfo.emp_name
        1201 never says: medinsinfo.exp_content
        1301 never says: 
        1302 never says: 
        1303 never says: 
        1304 never says: data.genname_codg data.ethdrug_type data.chemname data.alis data.eng_name data.each_dos data.used_frqu data.nat_drug_no data.used_mtd data.ing data.chrt data.defs data.tabo data.mnan data.stog data.prcunt_type data.otc_flag data.pacmatl data.pacspec data.min_useunt data.min_salunt data.manl data.rute data.pham_type data.pac_cnt data.min_unt data.drug_expy data.efcc_atd data.min_prcunt data.wubi data.pinyin
        1305 never says: 
        1306 never says: 
        1307 never says: 
        1308 never says: 
        1309 never says: 
        1310 never says: 
        1311 never says: 
        1312 never says: data.wubi data.pinyin data.crter_id data.crter_name data.crte_optins_no data.opter_id data.opter_name data.opt_time data.optins_no
        1313 never says: 
        1314 never says: 
        1315 never says: 
        1316 never says: data.memo data.crter_id data.crter_name data.crte_optins_no data.opter_id data.opter_name data.opt_time data.optins_no
        1317 never says: data.crter_id data.crter_name data.crte_optins_no data.opter_id data.opter_name data.opt_time data.optins_no
        1318 never says: data.crter_id data.crter_name data.crte_optins_no data.opter_id data.opter_name data.opt_time data.optins_no data.tabname
        1319 never says: data.crter_id data.crter_name data.crte_optins_no data.opter_id data.opter_name data.opt_time data.optins_no data.tabname
        1320 never says: 
        2101 never says: setlinfo.naty setlinfo.clr_optins setlinfo.exp_content detlcutinfo.bas_medn_flag detlcutinfo.hi_nego_drug_flag detlcutinfo.chld_medc_flag detlcutinfo.list_sp_item_flag detlcutinfo.drt_reim_flag detlcutinfo.memo detlcutinfo.hosp_part_amt
        2102 never says: setlinfo.naty setlinfo.exp_content detlcutinfo.bas_medn_flag detlcutinfo.hi_nego_drug_flag detlcutinfo.chld_medc_flag detlcutinfo.list_sp_item_flag detlcutinfo.drt_reim_flag detlcutinfo.memo
        2103 never says: 
        2201 never says: data.exp_content
        2202 never says: 
        2203A never says: 
        2204 never says: result.selfpay_prop result.fulamt_ownpay_amt result.overlmt_amt result.preselfpay_amt result.inscp_scp_amt result.bas_medn_flag result.chld_medc_flag result.list_sp_item_flag result.drt_reim_flag result.memo result.exp_content
        2205 never says: 
        2206 never says: setlinfo.naty setlinfo.clr_optins setlinfo.exp_content
        2207 never says: setlinfo.naty setlinfo.exp_content
        2208 never says: setlinfo.psn_name setlinfo.psn_cert_type setlinfo.certno setlinfo.gend setlinfo.naty setlinfo.brdy setlinfo.age setlinfo.psn_type setlinfo.cvlserv_flag setlinfo.exp_content
        2601 never says: 
        3201 never says: 
        3202 never says: 
        3301 never says: 
        3302 never says: 
        5203 never says: setlinfo.naty setlinfo.flxempe_flag setlinfo.nwb_flag setlinfo.emp_name setlinfo.hosp_lv setlinfo.lmtpric_hosp_lv setlinfo.dedc_hosp_lv setlinfo.dise_codg setlinfo.dise_name setlinfo.invono setlinfo.opter_id setlinfo.opter_name setlinfo.opt_time setlinfo.pref_fund_pay
        5301 never says: 
        5302 never says: 
        7101 never says: 
        7102 never says: 
        7103 never says: 
        7104 never says: 
        7105 never says: reptdCnt rxCircLimitFlag rxDetlList.drugTotlcnt rxDetlList.drugTotlcntEmp
        7106 never says: 
        7107 never says: 
        7201 never says: 
        7202 never says: 
        7203 never says: 
        7204 never says: 
        7205 never says: 
        7206 never says: 
        7207 never says: 
        7208 never says: 
        7209 never says: 
        7210 never says: 
        7211 never says: list.natDrugNo list.poolareaNo list.poolareaName list.natHiDruglistChrgitmLv
        9001 never says: 
        9002 never says: 
        9101 never says: 
        9102 never says: 
    "#]].assert_eq(&told);
}

#[test]
fn the_fullest_reply_about_goods_has_all_that_is_required_and_nothing_else() {
    let told = never_said(|transaction| transaction.number().starts_with("35"));
    expect![[r#"
        3501 never says: 
        3501A never says: 
        3502 never says: 
        3502A never says: 
        3503 never says: 
        3503A never says: 
        3504 never says: 
        3504A never says: 
        3505 never says: 
        3505A never says: 
        3506 never says: 
        3506A never says: 
        3507 never says: 
        3507A never says: 
        3508 never says: data.crteOptinsNo data.opterName data.listSpItemFlag data.opterId data.crterName data.crterId data.optinsNo data.trdnFlag
        3509 never says: data.crteOptinsNo data.listSpItemFlag data.opterId data.crterName data.crterId data.optinsNo
        3510 never says: data.crteOptinsNo data.listSpItemFlag data.opterId data.crterName data.crterId data.optinsNo
        3511 never says: data.crteOptinsNo data.listSpItemFlag data.elecSupnCodg data.opterId data.crterName data.crterId data.optinsNo
        3512 never says: data.opterId data.crterName data.crterId data.optinsNo
        3513 never says: data.opterId data.crterName data.crterId data.optinsNo
        3592B never says: 
    "#]]
    .assert_eq(&told);
}

/// What the fullest replies leave out, once it is proved that nothing required is missing and nothing is invented.
fn never_said(which: impl Fn(Transaction) -> bool) -> String {
    let mut told = String::new();
    for transaction in built().filter(|transaction| which(*transaction)) {
        let payload = fullest(transaction, Fen::new(12_345));
        let data: Json = serde_json::from_slice(&payload).unwrap();
        let output = transaction.spec().output;
        let mut found = Vec::new();
        differences(output, "", &data, &mut found);
        let wrong: Vec<_> = found.iter().filter(|name| name.starts_with(['!', '?'])).collect();
        assert!(wrong.is_empty(), "{transaction}: {wrong:?}");
        all_of_their_form(transaction, &payload);
        told += &format!("{transaction} never says: {}\n", found.join(" "));
    }
    told
}

#[test]
fn upload_chk_says_two_things() {
    assert_eq!(
        String::from_utf8(fullest(T7101, Fen::ZERO)).unwrap(),
        format!(r#"{{"rxTraceCode":"{RX_TRACE_CODE}","hiRxno":"{HI_RXNO}"}}"#)
    );
}

/// The text of a number as it stands in a payload.
fn number<'p>(payload: &'p str, node: &str, name: &str) -> &'p str {
    let node = payload.find(&format!("\"{node}\":")).unwrap();
    let rest = &payload[node..];
    let start = rest.find(&format!("\"{name}\":")).unwrap_or_else(|| panic!("{name}")) + name.len() + 3;
    let end = rest[start..].find([',', '}']).unwrap() + start;
    &rest[start..end]
}

#[test]
fn every_amount_goes_out_to_the_fen() {
    let info = [
        "medfee_sumamt",
        "fulamt_ownpay_amt",
        "overlmt_selfpay",
        "preselfpay_amt",
        "inscp_scp_amt",
        "act_pay_dedc",
        "hifp_pay",
        "cvlserv_pay",
        "hifes_pay",
        "hifmi_pay",
        "hifob_pay",
        "maf_pay",
        "oth_pay",
        "hifdm_pay",
        "fund_pay_sumamt",
        "psn_part_amt",
        "acct_pay",
        "psn_cash_pay",
        "balc",
        "acct_mulaid_pay",
    ];
    let fund = ["inscp_scp_amt", "crt_payb_lmt_amt", "fund_payamt"];
    let line = ["det_item_fee_sumamt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt"];
    for (fen, want) in [
        (0, "0.00"),
        (1, "0.01"),
        (10, "0.10"),
        (99, "0.99"),
        (100, "1.00"),
        (-1, "-0.01"),
        (-99, "-0.99"),
        (-100, "-1.00"),
        (123_456_789, "1234567.89"),
        (9_999_999_999_999_999, "99999999999999.99"),
        (-9_999_999_999_999_999, "-99999999999999.99"),
    ] {
        for transaction in [T2101, T2102, T2103] {
            let payload = String::from_utf8(fullest(transaction, Fen::new(fen))).unwrap();
            for name in info {
                assert_eq!(number(&payload, "setlinfo", name), want, "{transaction} {name}");
            }
            for name in fund {
                assert_eq!(number(&payload, "setldetail", name), want, "{transaction} {name}");
            }
            if transaction == T2103 {
                assert_eq!(number(&payload, "setlinfo", "psn_pay"), want);
                assert_eq!(number(&payload, "setlinfo", "cash_payamt"), want);
                continue;
            }
            assert_eq!(number(&payload, "setlinfo", "hosp_part_amt"), want);
            for name in line {
                assert_eq!(number(&payload, "detlcutinfo", name), want, "{transaction} {name}");
            }
            assert_eq!(number(&payload, "detlcutinfo", "pric"), "1.234567");
            assert_eq!(number(&payload, "detlcutinfo", "cnt"), "1.5");
        }
    }
}

/// No limit is a large number, as one province's center was seen to write it.
#[test]
fn no_limit_is_written_as_nines() {
    let mut shares = shares(Fen::new(1));
    shares.fund_details[0].crt_payb_lmt_amt = None;
    shares.lines[0].pric_uplmt_amt = None;
    let payload = t2102(&t2102_settle::Reply { setl: setl(shares), person: person() }).unwrap();
    let payload = String::from_utf8(payload).unwrap();
    assert_eq!(number(&payload, "setldetail", "crt_payb_lmt_amt"), "99999999.00");
    assert_eq!(number(&payload, "detlcutinfo", "pric_uplmt_amt"), "99999999.000000");
}

#[test]
fn an_age_is_in_full_years() {
    for (day, age) in [("2026-05-11", 46), ("2026-05-12", 47), ("2026-05-13", 47), ("2027-01-01", 47)] {
        let mut setl = setl(shares(Fen::ZERO));
        setl.setl_time = format!("{day} 00:00:00").parse().unwrap();
        let payload = String::from_utf8(t2102(&t2102_settle::Reply { setl, person: person() }).unwrap()).unwrap();
        assert_eq!(number(&payload, "setlinfo", "age"), age.to_string(), "{day}");
    }
}

/// An explanation longer than its field ends with a whole sentence.
#[test]
fn an_explanation_fits_its_field() {
    let mut shares = shares(Fen::new(1));
    let step = Step { what: "很长的说明".repeat(30), ..shares.steps[0].clone() };
    shares.steps = vec![step; 60];
    let payload = t2103(&t2103_refund::Reply { setl: setl(shares) }).unwrap();
    let data: Json = serde_json::from_slice(&payload).unwrap();
    let text = data["setldetail"][0]["setl_proc_info"].as_str().unwrap();
    assert!((3_500..=4_000).contains(&text.chars().count()), "{}", text.chars().count());
    assert!(text.ends_with('）'), "{}", &text[text.len() - 60..]);
}
