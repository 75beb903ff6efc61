//! What an institution is told of its prescription: 7105, 7106, 7107.

use lf_center::{t7105_query, t7106_review_query, t7107_settlement_query};
use lf_ports::TakenDrug;
use lf_rx::content::{Diseinfo, Mdtrtinfo, RxDrug};
use lf_rx::event::Reviewed;
use lf_vocab::dict::{RxStasCodg, RxUsedStasCodg};
use lf_vocab::{HiRxno, Moment};

use super::{Payload, rx_exra_attr};
use crate::generated::{Transaction, dicts};
use crate::reply::Reply;

/// 7105.
pub fn t7105(reply: &t7105_query::Reply) -> Payload {
    let (head, visit) = (&reply.content.head, &reply.content.mdtrtinfo);
    let taken = reply.rx.state.dispensed();
    let mut out = Reply::new(Transaction::T7105);
    let (extra, extra_name) = rx_exra_attr(head.rx_exra_attr_code.as_deref());
    out.show("hi_rxno", &reply.rx.hi_rxno)
        .show("fixmedins_code", &visit.fixmedins_code)
        .text("fixmedins_name", visit.fixmedins_name.as_str())
        .text("rx_stas_codg", reply.projection.rx_stas_codg.code())
        .text("rx_stas_name", reply.projection.rx_stas_codg.name())
        .text("rx_used_stas_codg", reply.projection.rx_used_stas_codg.code())
        .text("rx_used_stas_name", reply.projection.rx_used_stas_codg.name())
        .moment("prsc_time", head.prsc_time)
        .qty("rx_drug_cnt", head.rx_drug_cnt)
        .text("rx_used_way_codg", head.rx_used_way_codg.as_deref())
        .text("rx_used_way_name", head.rx_used_way_name.as_deref())
        .text("rx_frqu_codg", head.rx_frqu_codg.as_deref())
        .text("rx_frqu_name", head.rx_frqu_name.as_deref())
        .text("rx_dosunt", head.rx_dosunt.as_deref())
        .qty("rx_doscnt", head.rx_doscnt)
        .text("rx_drord_dscr", head.rx_drord_dscr.as_deref())
        .integer("vali_days", head.vali_days)
        .moment("vali_end_time", head.vali_end_time)
        .text("rept_flag", head.rept_flag.as_deref().unwrap_or("0"))
        .integer("max_rept_cnt", head.max_rept_cnt)
        .integer("min_inrv_days", head.min_inrv_days)
        .text("rx_type_code", head.rx_type_code.as_str())
        .text("rx_type_name", dicts::RX_TYPE_CODE.name_of(&head.rx_type_code))
        .flag("long_rx_flag", head.long_rx_flag)
        .text("biz_type_code", head.biz_type_code.code())
        .text("biz_type_name", head.biz_type_code.name())
        .text("rx_exra_attr_code", extra)
        .text("rx_exra_attr_name", extra_name)
        .each("rx_detl_list", &reply.content.rxdrugdetail, |row, drug| detail(row, drug, taken))
        .node("rx_otpinfo", |node| otpinfo(node, visit, reply))
        .each("rx_dise_list", &reply.content.diseinfo, disease);
    out.to_json()
}

fn otpinfo(node: &mut Reply, visit: &Mdtrtinfo, reply: &t7105_query::Reply) {
    let uploaded = reply.rx.state.active().map(|active| &active.uploaded);
    node.text("ipt_otp_no", visit.ipt_otp_no.as_str())
        .text("insutype", reply.insutype.map(|insutype| insutype.code()))
        .text("prsc_dept_name", visit.prsc_dept_name.as_str())
        .text("prsc_dr_name", visit.prsc_dr_name.as_str())
        .text("phar_name", uploaded.map(|uploaded| uploaded.phar_name.as_str()))
        .moment("phar_chk_time", uploaded.map(|uploaded| uploaded.phar_chk_time))
        .moment("mdtrt_time", visit.mdtrt_time)
        .text("sp_dise_flag", visit.sp_dise_flag.as_str())
        .text("fstdiag_flag", visit.fstdiag_flag.as_deref());
    visit_common(node, visit);
}

/// The fields that 7105 and 7204 both show of the visit.
pub(super) fn visit_common(node: &mut Reply, visit: &Mdtrtinfo) {
    node.text("med_type", visit.med_type.as_str())
        .text("otp_ipt_flag", visit.otp_ipt_flag.as_deref().unwrap_or("1"))
        .text("patn_name", visit.patn_name.as_str())
        .qty("patn_age", visit.patn_age)
        .qty("patn_hgt", visit.patn_hgt)
        .qty("patn_wt", visit.patn_wt)
        .text("gend", visit.gend.as_str())
        .integer("geso_val", visit.geso_val)
        .text("nwb_flag", visit.nwb_flag.as_deref())
        .text("nwb_age", visit.nwb_age.as_deref())
        .text("suck_prd_flag", visit.suck_prd_flag.as_deref())
        .text("algs_his", visit.algs_his.as_deref())
        .text("dise_codg", visit.dise_codg.as_deref())
        .text("dise_name", visit.dise_name.as_deref())
        .text("maindiag_code", visit.maindiag_code.as_str())
        .text("maindiag_name", visit.maindiag_name.as_str())
        .text("dise_cond_dscr", visit.dise_cond_dscr.as_deref());
}

/// A prescribed drug, as 7105 and 7204 show it.
pub(super) fn detail(row: &mut Reply, drug: &RxDrug, taken: bool) {
    row.show("med_list_codg", &drug.med_list_codg)
        .text("fixmedins_hilist_id", drug.fixmedins_hilist_id.as_deref())
        .text("hosp_prep_flag", drug.hosp_prep_flag.as_deref())
        .text("rx_item_type_code", drug.rx_item_type_code.code())
        .text("rx_item_type_name", drug.rx_item_type_code.name())
        .text("tcmdrug_type_name", drug.tcmdrug_type_name.as_deref())
        .text("tcmdrug_type_code", drug.tcmdrug_type_code.as_deref())
        .text("tcmherb_foote", drug.tcmherb_foote.as_deref())
        .text("medn_type_code", drug.medn_type_code.as_deref())
        .text("medn_type_name", drug.medn_type_name.as_deref())
        .text("main_medc_flag", drug.main_medc_flag.as_deref())
        .text("urgt_flag", drug.urgt_flag.as_deref())
        .text("bas_medn_flag", drug.bas_medn_flag.as_deref())
        .text("imp_drug_flag", drug.imp_drug_flag.as_deref())
        .text("otc_flag", drug.otc_flag.as_deref().unwrap_or("0"))
        .text("drug_prodname", drug.drug_prodname.as_deref().unwrap_or(&drug.drug_genname))
        .text("drug_genname", drug.drug_genname.as_str())
        .text("drug_dosform", drug.drug_dosform.as_str())
        .text("drug_spec", drug.drug_spec.as_str())
        .text("prdr_name", drug.prdr_name.as_deref())
        .text("medc_way_codg", drug.medc_way_codg.as_deref())
        .text("medc_way_dscr", drug.medc_way_dscr.as_deref())
        .moment("medc_begntime", drug.medc_begntime)
        .moment("medc_endtime", drug.medc_endtime)
        .qty("medc_days", drug.medc_days)
        .qty("drug_cnt", drug.drug_cnt)
        .text("drug_dosunt", drug.drug_dosunt.as_str())
        .qty("sin_doscnt", drug.sin_doscnt)
        .text("sin_dosunt", drug.sin_dosunt.as_deref())
        .text("used_frqu_codg", drug.used_frqu_codg.as_deref())
        .text("used_frqu_name", drug.used_frqu_name.as_deref())
        .text("hosp_appr_flag", drug.hosp_appr_flag.as_str())
        .flag("take_drug_flag", taken)
        .text("self_pay_rea", drug.self_pay_rea.as_deref())
        .text("real_dscr", drug.real_dscr.as_deref());
}

fn disease(row: &mut Reply, disease: &Diseinfo) {
    row.text("diag_dept", disease.diag_dept.as_str())
        // 7101 need not send it and 7105 must answer it, so it may be empty.
        .text("diag_dept_code", disease.diag_dept_code.as_deref().unwrap_or_default())
        .text("diag_dr_no", disease.diag_dr_no.as_str())
        .text("diag_dr_name", disease.diag_dr_name.as_str())
        .moment("diag_time", disease.diag_time);
    disease_common(row, disease);
}

/// The fields that 7105 and 7204 both show of a diagnosis.
pub(super) fn disease_common(row: &mut Reply, disease: &Diseinfo) {
    row.text("diag_type", disease.diag_type.as_str())
        .text("maindiag_flag", disease.maindiag_flag.as_str())
        .integer("diag_srt_no", disease.diag_srt_no)
        .text("diag_code", disease.diag_code.as_str())
        .text("diag_name", disease.diag_name.as_str())
        .text("tcm_dise_code", disease.tcm_dise_code.as_deref())
        .text("tcm_dise_name", disease.tcm_dise_name.as_deref())
        .text("tcmsymp_code", disease.tcmsymp_code.as_deref())
        .text("tcmsymp", disease.tcmsymp.as_deref());
}

/// 7106.
pub fn t7106(reply: &t7106_review_query::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T7106);
    judged(&mut out, &reply.rx.hi_rxno, &reply.reviewed, reply.projection.rx_stas_codg);
    out.to_json()
}

/// What 7106 answers and 7108 tells.
pub(crate) fn judged(out: &mut Reply, hi_rxno: &HiRxno, reviewed: &Reviewed, rx_stas_codg: RxStasCodg) {
    out.show("hi_rxno", hi_rxno)
        .text("phar_name", reviewed.phar_name.as_str())
        .show("phar_code", &reviewed.phar_code)
        .text("rx_chk_stas_codg", reviewed.rx_chk_stas_codg.code())
        .text("rx_chk_stas_name", reviewed.rx_chk_stas_codg.name())
        .text("rx_chk_opnn", reviewed.rx_chk_opnn.as_str())
        .moment("rx_chk_time", reviewed.rx_chk_time)
        .text("rx_stas_codg", rx_stas_codg.code())
        .text("rx_stas_name", rx_stas_codg.name());
}

/// 7107.
pub fn t7107(reply: &t7107_settlement_query::Reply) -> Payload {
    let taken = reply.rx.state.dispensed();
    let statuses = (reply.projection.rx_stas_codg, reply.projection.rx_used_stas_codg);
    let mut out = Reply::new(Transaction::T7107);
    paid(&mut out, &reply.rx.hi_rxno, reply.setl_time, statuses);
    out.each("seltdelts", &reply.taken, |row, drug| {
        handed_out(row, drug);
        row.flag("take_drug_flag", taken);
    });
    out.to_json()
}

/// What 7107 answers and 7109 tells, but for the drugs.
pub(crate) fn paid(
    out: &mut Reply,
    hi_rxno: &HiRxno,
    setl_time: Moment,
    (rx_stas_codg, rx_used_stas_codg): (RxStasCodg, RxUsedStasCodg),
) {
    out.show("hi_rxno", hi_rxno)
        .moment("setl_time", setl_time)
        .text("rx_stas_codg", rx_stas_codg.code())
        .text("rx_stas_name", rx_stas_codg.name())
        .text("rx_used_stas_codg", rx_used_stas_codg.code())
        .text("rx_used_stas_name", rx_used_stas_codg.name());
}

/// A drug of `seltdelts`, as 7107 and 7109 both show it.
pub(crate) fn handed_out(row: &mut Reply, drug: &TakenDrug) {
    row.show("med_list_codg", &drug.med_list_codg)
        .text("drug_genname", drug.drug_genname.as_str())
        .text("drug_prodname", drug.drug_prodname.as_str())
        .text("drug_dosform", drug.drug_dosform.as_str())
        .text("drug_spec", drug.drug_spec.as_str())
        .qty("cnt", drug.cnt)
        .text("aprvno", drug.aprvno.as_deref())
        .text("bchno", drug.bchno.as_deref())
        .text("manu_lotnum", drug.manu_lotnum.as_deref())
        .text("prdr_name", drug.prdr_name.as_str());
}
