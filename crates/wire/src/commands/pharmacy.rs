//! The pharmacy's transactions: 7201–7208, and the catalogue 7211.

use lf_center::{
    t7201_authorise, t7202_online, t7203_qrcode, t7204_download, t7205_verify, t7206_review, t7207_sell,
    t7208_undo_sale, t7211_catalogue,
};
use lf_rx::event::SaleLine;
use lf_vocab::dict::{HiFeesetlFlag, RxChkStasCodg};

use super::Take;
use super::extras::Extras;
use crate::defect::{Defect, Defects};
use crate::node::Node;

/// 7201.
pub fn t7201(node: &Node<'_>) -> Result<t7201_authorise::Command, Defects> {
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let psn_name = take.it(node.need("psn_name").map(str::to_owned));
    let psn_cert_type = take.it(node.need("psn_cert_type").map(str::to_owned));
    let certno = take.it(node.parse("certno"));
    take.done(|| {
        Some(t7201_authorise::Command {
            fixmedins_code: fixmedins_code?,
            psn_name: psn_name?,
            psn_cert_type: psn_cert_type?,
            certno: certno?,
            ec_token: node.string("ec_token"),
            reg_sn: node.string("reg_sn"),
            out_flag: node.flag("out_flag"),
        })
    })
}

/// 7202.
pub fn t7202(node: &Node<'_>) -> Result<t7202_online::Command, Defects> {
    let mut take = Take::default();
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let auth_circ_biz_sn = take.it(node.need("auth_circ_biz_sn").map(str::to_owned));
    let epc_chnl_id = take.it(node.need("epc_chnl_id").map(str::to_owned));
    take.done(|| {
        Some(t7202_online::Command {
            hi_rxno: hi_rxno?,
            fixmedins_code: fixmedins_code?,
            auth_circ_biz_sn: auth_circ_biz_sn?,
            epc_chnl_id: epc_chnl_id?,
        })
    })
}

/// 7203.
pub fn t7203(node: &Node<'_>) -> Result<t7203_qrcode::Command, Defects> {
    let mut take = Take::default();
    let epc_qrcd = take.it(node.need("epc_qrcd").map(str::to_owned));
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    take.done(|| Some(t7203_qrcode::Command { epc_qrcd: epc_qrcd?, fixmedins_code: fixmedins_code? }))
}

/// 7204.
pub fn t7204(node: &Node<'_>) -> Result<t7204_download::Command, Defects> {
    let mut take = Take::default();
    let epc_token = take.it(node.need("epc_token").map(str::to_owned));
    let auth_rxno = take.it(node.need("auth_rxno").map(str::to_owned));
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let opter = take.it(node.need("opter").map(str::to_owned));
    take.done(|| {
        Some(t7204_download::Command {
            epc_token: epc_token?,
            auth_rxno: auth_rxno?,
            fixmedins_code: fixmedins_code?,
            opter: opter?,
        })
    })
}

/// 7205.
pub fn t7205(node: &Node<'_>) -> Result<t7205_verify::Command, Defects> {
    let mut take = Take::default();
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let rx_trace_code = take.it(node.parse("rx_trace_code"));
    let rx_file = take.it(node.need("rx_file").map(str::to_owned));
    let epc_token = take.it(node.need("epc_token").map(str::to_owned));
    take.done(|| {
        Some(t7205_verify::Command {
            hi_rxno: hi_rxno?,
            fixmedins_code: fixmedins_code?,
            rx_trace_code: rx_trace_code?,
            rx_file: rx_file?,
            epc_token: epc_token?,
        })
    })
}

/// 7206.
pub fn t7206(node: &Node<'_>) -> Result<t7206_review::Command, Defects> {
    let mut take = Take::default();
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let epc_token = take.it(node.need("epc_token").map(str::to_owned));
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let phar_certno = take.it(node.parse("phar_certno"));
    let phar_name = take.it(node.need("phar_name").map(str::to_owned));
    let phar_code = take.it(node.parse("phar_code"));
    let rx_chk_opnn = take.it(node.need("rx_chk_opnn").map(str::to_owned));
    let rx_chk_stas_codg = take.it(node.code("rx_chk_stas_codg", RxChkStasCodg::from_code));
    let rx_chk_time = take.it(node.required("rx_chk_time", node.moment("rx_chk_time")));
    let rx_sign_verify_sn = take.it(node.need("rx_sign_verify_sn").map(str::to_owned));
    take.done(|| {
        Some(t7206_review::Command {
            hi_rxno: hi_rxno?,
            epc_token: epc_token?,
            ec_token: node.string("ec_token"),
            fixmedins_code: fixmedins_code?,
            phar_certno: phar_certno?,
            phar_name: phar_name?,
            phar_code: phar_code?,
            rx_chk_opnn: rx_chk_opnn?,
            rx_chk_stas_codg: rx_chk_stas_codg?,
            rx_chk_time: rx_chk_time?,
            rx_sign_verify_sn: rx_sign_verify_sn?,
        })
    })
}

/// 1 where it is absent (7207, 7208: "默认为1").
fn hi_feesetl_flag(node: &Node<'_>) -> Result<HiFeesetlFlag, Defect> {
    if node.has("hi_feesetl_flag") {
        node.code("hi_feesetl_flag", HiFeesetlFlag::from_code)
    } else {
        Ok(HiFeesetlFlag::Insured)
    }
}

/// 7207.
pub fn t7207(node: &Node<'_>) -> Result<t7207_sell::Command, Defects> {
    let mut take = Take::default();
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let rx_chk_biz_sn = take.it(node.need("rx_chk_biz_sn").map(str::to_owned));
    let hi_feesetl_flag = take.it(hi_feesetl_flag(node));
    let extras = Extras::of(node);
    let print_time = take.it(extras.parse("print_time"));
    let appy_form_flag = take.it(extras.flag("appy_form_flag"));
    let rchk_phar_certno = take.it(node.parse_opt("rchk_phar_certno"));
    let lines: Vec<_> = node.nodes("rx_sale_drug_detl").iter().map(|row| sale_line(&mut take, row)).collect();
    take.done(|| {
        Some(t7207_sell::Command {
            hi_rxno: hi_rxno?,
            fixmedins_code: fixmedins_code?,
            rx_chk_biz_sn: rx_chk_biz_sn?,
            hi_feesetl_flag: hi_feesetl_flag?,
            psn_cash_pay: node.fen("psn_cash_pay"),
            lines: lines.into_iter().collect::<Option<_>>()?,
            print_time: print_time?,
            appy_form_flag: appy_form_flag?,
            rchk: rchk_phar_certno?
                .zip(node.string("rchk_phar_name"))
                .map(|(rchk_phar_certno, rchk_phar_name)| t7207_sell::Rchk { rchk_phar_certno, rchk_phar_name }),
        })
    })
}

fn sale_line(take: &mut Take, row: &Node<'_>) -> Option<SaleLine> {
    let rtal_docno = take.it(row.need("rtal_docno").map(str::to_owned));
    let stoout_time = take.it(row.required("stoout_time", row.moment("stoout_time")));
    let med_list_codg = take.it(row.parse("med_list_codg"));
    let medins_list_codg = take.it(row.need("medins_list_codg").map(str::to_owned));
    let drug_genname = take.it(row.need("drug_genname").map(str::to_owned));
    let drug_spec = take.it(row.need("drug_spec").map(str::to_owned));
    let drug_trac_codg = take.it(row.parse_opt("drug_trace_codg"));
    let drug_totlcnt = take.it(row.required("drug_totlcnt", row.qty("drug_totlcnt")));
    let drug_totlcnt_emp = take.it(row.need("drug_totlcnt_emp").map(str::to_owned));
    Some(SaleLine {
        rtal_docno: rtal_docno?,
        stoout_time: stoout_time?,
        med_list_codg: med_list_codg?,
        medins_list_codg: medins_list_codg?,
        drug_genname: drug_genname?,
        drug_prodname: row.string("drug_prodname"),
        drug_spec: drug_spec?,
        drug_dosform: row.string("drug_dosform"),
        prdr_name: row.string("prdr_name"),
        aprvno: row.string("aprvno"),
        manu_lotnum: row.string("manu_lotnum"),
        bchno: row.string("bchno"),
        drug_trac_codg: drug_trac_codg?,
        drug_totlcnt: drug_totlcnt?,
        drug_totlcnt_emp: drug_totlcnt_emp?,
        drug_sumamt: row.fen("drug_sumamt"),
    })
}

/// 7208.
pub fn t7208(node: &Node<'_>) -> Result<t7208_undo_sale::Command, Defects> {
    let mut take = Take::default();
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let hi_feesetl_flag = take.it(hi_feesetl_flag(node));
    take.done(|| {
        Some(t7208_undo_sale::Command {
            hi_rxno: hi_rxno?,
            fixmedins_code: fixmedins_code?,
            hi_feesetl_flag: hi_feesetl_flag?,
            sel_stoout_sn: node.string("sel_stoout_sn"),
        })
    })
}

/// 7211.
pub fn t7211(node: &Node<'_>) -> Result<t7211_catalogue::Command, Defects> {
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let one = take.it(node.parse_opt("med_list_codg"));
    let wrong = |why: String| node.defect("med_list_codgs", why);
    let many: Vec<_> = node
        .texts("med_list_codgs")
        .iter()
        .map(|text| take.it(text.parse().map_err(|error: lf_vocab::CodeError| wrong(error.to_string()))))
        .collect();
    let page = |name: &str| u64::try_from(node.integer(name).unwrap_or_default()).unwrap_or_default();
    let flag = |name: &str| node.text(name).map(|text| text == "1");
    take.done(|| {
        let mut codes: Vec<_> = many.into_iter().collect::<Option<_>>()?;
        codes.extend(one?);
        Some(t7211_catalogue::Command {
            fixmedins_code: fixmedins_code?,
            codes,
            drug_name: node.string("drug_name"),
            dualchnl: flag("dualchnl_flag"),
            oppool: flag("oppool_flag"),
            page_num: page("page_num"),
            page_size: page("page_size"),
        })
    })
}
