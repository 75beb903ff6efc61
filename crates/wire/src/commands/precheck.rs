//! 7101: from the validated message to the content of a prescription.
//!
//! Generated tables have proved lengths, types and dictionaries; here the texts become the domain's own types.

use lf_center::t7101_precheck::Command;
use lf_rx::content::{Diseinfo, Mdtrtinfo, RxContent, RxDrug, RxHead};
use lf_vocab::dict::{BizTypeCode, RxItemTypeCode};

mod stated;

pub use stated::stated_in;

use super::Take;
use crate::defect::Defects;
use crate::node::Node;

/// Takes required texts, one variable a field.
macro_rules! texts {
    ($take:ident, $node:ident: $($field:ident),+ $(,)?) => {
        $(let $field = $take.it($node.need(stringify!($field)).map(str::to_owned));)+
    };
}

/// 7101.
pub fn t7101(node: &Node<'_>) -> Result<Command, Defects> {
    let mut take = Take::default();
    let head = rx_head(&mut take, node);
    let rxdrugdetail: Vec<_> = node.nodes("rxdrugdetail").iter().map(|row| rx_drug(&mut take, row)).collect();
    let visit = take.it(node.need_node("mdtrtinfo"));
    let mdtrtinfo = visit.and_then(|visit| mdtrtinfo(&mut take, visit));
    let diseinfo: Vec<_> = node.nodes("diseinfo").iter().map(|row| diseinfo(&mut take, row)).collect();
    let stated = stated::stated(&mut take, visit, node.nodes("rxdrugdetail"));
    take.done(|| {
        let rxdrugdetail = rxdrugdetail.into_iter().collect::<Option<_>>()?;
        let diseinfo = diseinfo.into_iter().collect::<Option<_>>()?;
        let content = RxContent { head: head?, rxdrugdetail, mdtrtinfo: mdtrtinfo?, diseinfo };
        Some(Command { content, stated })
    })
}

fn rx_head(take: &mut Take, node: &Node<'_>) -> Option<RxHead> {
    texts!(take, node: mdtrt_cert_type);
    let biz_type_code = take.it(node.code("biz_type_code", BizTypeCode::from_code));
    let insu_plc_no = take.it(node.parse_opt("insu_plc_no"));
    let mdtrtarea_no = take.it(node.parse_opt("mdtrtarea_no"));
    texts!(take, node: hosp_rxno, rx_type_code);
    let prsc_time = take.it(node.required("prsc_time", node.moment("prsc_time")));
    let rx_drug_cnt = take.it(node.required("rx_drug_cnt", node.qty("rx_drug_cnt")));
    let vali_days = take.it(node.required("vali_days", node.integer("vali_days")));
    let vali_end_time = take.it(node.required("vali_end_time", node.moment("vali_end_time")));
    Some(RxHead {
        mdtrt_cert_type: mdtrt_cert_type?,
        mdtrt_cert_no: node.string("mdtrt_cert_no"),
        card_sn: node.string("card_sn"),
        biz_type_code: biz_type_code?,
        rx_exra_attr_code: node.string("rx_exra_attr_code"),
        ec_token: node.string("ec_token"),
        auth_no: node.string("auth_no"),
        insu_plc_no: insu_plc_no?,
        mdtrtarea_no: mdtrtarea_no?,
        hosp_rxno: hosp_rxno?,
        init_rxno: node.string("init_rxno"),
        rx_type_code: rx_type_code?,
        prsc_time: prsc_time?,
        rx_drug_cnt: rx_drug_cnt?,
        rx_used_way_codg: node.string("rx_used_way_codg"),
        rx_used_way_name: node.string("rx_used_way_name"),
        rx_frqu_codg: node.string("rx_frqu_codg"),
        rx_frqu_name: node.string("rx_frqu_name"),
        rx_dosunt: node.string("rx_dosunt"),
        rx_doscnt: node.qty("rx_doscnt"),
        rx_drord_dscr: node.string("rx_drord_dscr"),
        vali_days: vali_days?,
        vali_end_time: vali_end_time?,
        rept_flag: node.string("rept_flag"),
        max_rept_cnt: node.integer("max_rept_cnt"),
        min_inrv_days: node.integer("min_inrv_days"),
        rx_cotn_flag: node.string("rx_cotn_flag"),
        long_rx_flag: node.flag("long_rx_flag"),
    })
}

fn rx_drug(take: &mut Take, node: &Node<'_>) -> Option<RxDrug> {
    let med_list_codg = take.it(node.parse("med_list_codg"));
    let rx_item_type_code = take.it(node.code("rx_item_type_code", RxItemTypeCode::from_code));
    texts!(take, node: drug_genname, drug_dosform, drug_spec);
    let medc_begntime = take.it(node.required("medc_begntime", node.moment("medc_begntime")));
    let medc_endtime = take.it(node.required("medc_endtime", node.moment("medc_endtime")));
    let medc_days = take.it(node.required("medc_days", node.qty("medc_days")));
    texts!(take, node: drug_dosunt);
    let drug_cnt = take.it(node.required("drug_cnt", node.qty("drug_cnt")));
    texts!(take, node: hosp_appr_flag);
    Some(RxDrug {
        med_list_codg: med_list_codg?,
        fixmedins_hilist_id: node.string("fixmedins_hilist_id"),
        hosp_prep_flag: node.string("hosp_prep_flag"),
        rx_item_type_code: rx_item_type_code?,
        rx_item_type_name: node.string("rx_item_type_name"),
        tcmdrug_type_code: node.string("tcmdrug_type_code"),
        tcmdrug_type_name: node.string("tcmdrug_type_name"),
        tcmherb_foote: node.string("tcmherb_foote"),
        medn_type_code: node.string("medn_type_code"),
        medn_type_name: node.string("medn_type_name"),
        main_medc_flag: node.string("main_medc_flag"),
        urgt_flag: node.string("urgt_flag"),
        bas_medn_flag: node.string("bas_medn_flag"),
        imp_drug_flag: node.string("imp_drug_flag"),
        otc_flag: node.string("otc_flag"),
        drug_genname: drug_genname?,
        drug_dosform: drug_dosform?,
        drug_spec: drug_spec?,
        drug_prodname: node.string("drug_prodname"),
        prdr_name: node.string("prdr_name"),
        medc_way_codg: node.string("medc_way_codg"),
        medc_way_dscr: node.string("medc_way_dscr"),
        medc_begntime: medc_begntime?,
        medc_endtime: medc_endtime?,
        medc_days: medc_days?,
        sin_dosunt: node.string("sin_dosunt"),
        sin_doscnt: node.qty("sin_doscnt"),
        used_frqu_codg: node.string("used_frqu_codg"),
        used_frqu_name: node.string("used_frqu_name"),
        drug_dosunt: drug_dosunt?,
        drug_cnt: drug_cnt?,
        drug_pric: node.pric("drug_pric"),
        drug_sumamt: node.fen("drug_sumamt"),
        hosp_appr_flag: hosp_appr_flag?,
        self_pay_rea: node.string("self_pay_rea"),
        real_dscr: node.string("real_dscr"),
        extras: node.free("extras"),
    })
}

fn mdtrtinfo(take: &mut Take, node: &Node<'_>) -> Option<Mdtrtinfo> {
    texts!(take, node: fixmedins_name);
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    texts!(take, node: mdtrt_id, med_type, ipt_otp_no);
    let psn_no = take.it(node.parse("psn_no"));
    texts!(take, node: patn_name, psn_cert_type);
    let certno = take.it(node.parse("certno"));
    let patn_age = take.it(node.required("patn_age", node.qty("patn_age")));
    texts!(take, node: gend, prsc_dept_name, prsc_dept_code);
    let dr_code = take.it(node.parse("dr_code"));
    texts!(take, node: prsc_dr_name);
    let prsc_dr_certno = take.it(node.parse_opt("prsc_dr_certno"));
    texts!(take, node: dr_profttl_codg, dr_profttl_name, dr_dept_code, dr_dept_name);
    let mdtrt_time = take.it(node.required("mdtrt_time", node.moment("mdtrt_time")));
    texts!(take, node: sp_dise_flag, maindiag_code, maindiag_name);
    Some(Mdtrtinfo {
        fixmedins_name: fixmedins_name?,
        fixmedins_code: fixmedins_code?,
        mdtrt_id: mdtrt_id?,
        med_type: med_type?,
        ipt_otp_no: ipt_otp_no?,
        otp_ipt_flag: node.string("otp_ipt_flag"),
        psn_no: psn_no?,
        patn_name: patn_name?,
        psn_cert_type: psn_cert_type?,
        certno: certno?,
        patn_age: patn_age?,
        patn_hgt: node.qty("patn_hgt"),
        patn_wt: node.qty("patn_wt"),
        gend: gend?,
        birctrl_type: node.string("birctrl_type"),
        birctrl_matn_date: node.day("birctrl_matn_date"),
        matn_type: node.string("matn_type"),
        geso_val: node.integer("geso_val"),
        nwb_flag: node.string("nwb_flag"),
        nwb_age: node.string("nwb_age"),
        suck_prd_flag: node.string("suck_prd_flag"),
        algs_his: node.string("algs_his"),
        prsc_dept_name: prsc_dept_name?,
        prsc_dept_code: prsc_dept_code?,
        dr_code: dr_code?,
        prsc_dr_name: prsc_dr_name?,
        prsc_dr_cert_type: node.string("prsc_dr_cert_type"),
        prsc_dr_certno: prsc_dr_certno?,
        dr_profttl_codg: dr_profttl_codg?,
        dr_profttl_name: dr_profttl_name?,
        dr_dept_code: dr_dept_code?,
        dr_dept_name: dr_dept_name?,
        caty: node.string("caty"),
        mdtrt_time: mdtrt_time?,
        dise_codg: node.string("dise_codg"),
        dise_name: node.string("dise_name"),
        sp_dise_flag: sp_dise_flag?,
        maindiag_code: maindiag_code?,
        maindiag_name: maindiag_name?,
        dise_cond_dscr: node.string("dise_cond_dscr"),
        hi_feesetl_type: node.string("hi_feesetl_type"),
        hi_feesetl_name: node.string("hi_feesetl_name"),
        rgst_fee: node.fen("rgst_fee"),
        medfee_sumamt: node.fen("medfee_sumamt"),
        fstdiag_flag: node.string("fstdiag_flag"),
        extras: node.free("extras"),
    })
}

fn diseinfo(take: &mut Take, node: &Node<'_>) -> Option<Diseinfo> {
    texts!(take, node: diag_type, maindiag_flag);
    let diag_srt_no = take.it(node.required("diag_srt_no", node.integer("diag_srt_no")));
    texts!(take, node: diag_code, diag_name, diag_dept, diag_dr_no, diag_dr_name);
    let diag_time = take.it(node.required("diag_time", node.moment("diag_time")));
    Some(Diseinfo {
        diag_type: diag_type?,
        maindiag_flag: maindiag_flag?,
        diag_srt_no: diag_srt_no?,
        diag_code: diag_code?,
        diag_name: diag_name?,
        diag_dept: diag_dept?,
        diag_dept_code: node.string("diag_dept_code"),
        diag_dr_no: diag_dr_no?,
        diag_dr_name: diag_dr_name?,
        diag_time: diag_time?,
        tcm_dise_code: node.string("tcm_dise_code"),
        tcm_dise_name: node.string("tcm_dise_name"),
        tcmsymp_code: node.string("tcmsymp_code"),
        tcmsymp: node.string("tcmsymp"),
    })
}
