//! The clinic route of pharmacies: 2201, 2202, 2203A, 2204, 2205, and 2206 with 2207, which say the same. 2208 is 2103's message.

use lf_center::{t2201_register, t2203a_visit, t2204_fees, t2206_clinic};
use lf_ports::{Diag, MdtrtFee, MdtrtInfo};
use lf_vocab::dict::{AcctUsedFlag, Insutype};

use super::Take;
use super::settle::stated;
use crate::defect::Defects;
use crate::node::Node;

/// 2201.
pub fn t2201(node: &Node<'_>) -> Result<t2201_register::Command, Defects> {
    let mut take = Take::default();
    let psn_no = take.it(node.parse("psn_no"));
    let insutype = take.it(node.code("insutype", Insutype::from_code));
    let begntime = take.it(node.required("begntime", node.moment("begntime")));
    let mdtrt_cert_type = take.it(node.need("mdtrt_cert_type").map(str::to_owned));
    let mdtrt_cert_no = take.it(node.need("mdtrt_cert_no").map(str::to_owned));
    let card_sn = take.it(node.parse_opt("card_sn"));
    let certno = take.it(node.parse_opt("certno"));
    let [ipt_otp_no, dept_code, dept_name, caty] =
        ["ipt_otp_no", "dept_code", "dept_name", "caty"].map(|name| take.it(node.need(name).map(str::to_owned)));
    take.done(|| {
        Some(t2201_register::Command {
            psn_no: psn_no?,
            insutype: insutype?,
            begntime: begntime?,
            mdtrt_cert_type: mdtrt_cert_type?,
            mdtrt_cert_no: mdtrt_cert_no?,
            card_sn: card_sn?,
            certno: certno?,
            psn_name: node.string("psn_name"),
            ipt_otp_no: ipt_otp_no?,
            dept_code: dept_code?,
            dept_name: dept_name?,
            caty: caty?,
        })
    })
}

/// 2202.
pub fn t2202(node: &Node<'_>) -> Result<t2201_register::Withdrawal, Defects> {
    let mut take = Take::default();
    let psn_no = take.it(node.parse("psn_no"));
    let mdtrt_id = take.it(node.need("mdtrt_id").map(str::to_owned));
    let ipt_otp_no = take.it(node.need("ipt_otp_no").map(str::to_owned));
    take.done(|| Some(t2201_register::Withdrawal { psn_no: psn_no?, mdtrt_id: mdtrt_id?, ipt_otp_no: ipt_otp_no? }))
}

/// 2203A. The file of the prescription (`rxIn`) is not read: the center has what was signed.
pub fn t2203a(node: &Node<'_>) -> Result<t2203a_visit::Command, Defects> {
    let mut take = Take::default();
    let Some(info) = take.it(node.need_node("mdtrtinfo")) else { return take.done(|| None) };
    let mdtrt_id = take.it(info.need("mdtrt_id").map(str::to_owned));
    let psn_no = take.it(info.parse("psn_no"));
    let med_type = take.it(info.need("med_type").map(str::to_owned));
    let begntime = take.it(info.required("begntime", info.moment("begntime")));
    let rx_fixmedins_code = take.it(info.parse_opt("rx_fixmedins_code"));
    let diags: Vec<_> = node.nodes("diseinfo").iter().map(|row| diag(&mut take, row)).collect();
    take.done(|| {
        Some(t2203a_visit::Command {
            mdtrt_id: mdtrt_id?,
            psn_no: psn_no?,
            info: MdtrtInfo {
                med_type: med_type?,
                begntime: begntime?,
                main_cond_dscr: info.string("main_cond_dscr"),
                dise_codg: info.string("dise_codg"),
                rx_fixmedins_code: rx_fixmedins_code?,
                diags: diags.into_iter().collect::<Option<_>>()?,
            },
        })
    })
}

fn diag(take: &mut Take, row: &Node<'_>) -> Option<Diag> {
    let mut need = |name: &str| take.it(row.need(name).map(str::to_owned));
    let (diag_type, diag_code, diag_name) = (need("diag_type"), need("diag_code"), need("diag_name"));
    let (diag_dept, dise_dor_no, dise_dor_name) = (need("diag_dept"), need("dise_dor_no"), need("dise_dor_name"));
    let diag_srt_no = take.it(row.required("diag_srt_no", row.integer("diag_srt_no")));
    let diag_time = take.it(row.required("diag_time", row.moment("diag_time")));
    Some(Diag {
        diag_type: diag_type?,
        diag_srt_no: diag_srt_no?,
        diag_code: diag_code?,
        diag_name: diag_name?,
        diag_dept: diag_dept?,
        dise_dor_no: dise_dor_no?,
        dise_dor_name: dise_dor_name?,
        diag_time: diag_time?,
        vali: row.flag("vali_flag"),
    })
}

/// 2204.
pub fn t2204(node: &Node<'_>) -> Result<t2204_fees::Command, Defects> {
    let mut take = Take::default();
    let rows: Vec<_> = node.nodes("feedetail").iter().map(|row| fee(&mut take, row)).collect();
    take.done(|| Some(t2204_fees::Command { rows: rows.into_iter().collect::<Option<_>>()? }))
}

fn fee(take: &mut Take, row: &Node<'_>) -> Option<t2204_fees::Row> {
    let mut need = |name: &str| take.it(row.need(name).map(str::to_owned));
    let (mdtrt_id, chrg_bchno) = (need("mdtrt_id"), need("chrg_bchno"));
    let (feedetl_sn, hosp_appr_flag) = (need("feedetl_sn"), need("hosp_appr_flag"));
    let psn_no = take.it(row.parse("psn_no"));
    let fee_ocur_time = take.it(row.required("fee_ocur_time", row.moment("fee_ocur_time")));
    let med_list_codg = take.it(row.parse("med_list_codg"));
    let det_item_fee_sumamt = take.it(row.required("det_item_fee_sumamt", row.fen("det_item_fee_sumamt")));
    let cnt = take.it(row.required("cnt", row.qty("cnt")));
    let pric = take.it(row.required("pric", row.pric("pric")));
    Some(t2204_fees::Row {
        mdtrt_id: mdtrt_id?,
        psn_no: psn_no?,
        chrg_bchno: chrg_bchno?,
        fee: MdtrtFee {
            feedetl_sn: feedetl_sn?,
            dise_codg: row.string("dise_codg"),
            rxno: row.string("rxno"),
            rx_circ_flag: row.flag("rx_circ_flag"),
            fee_ocur_time: fee_ocur_time?,
            med_list_codg: med_list_codg?,
            det_item_fee_sumamt: det_item_fee_sumamt?,
            cnt: cnt?,
            pric: pric?,
            hosp_appr_flag: hosp_appr_flag?,
        },
    })
}

/// 2205.
pub fn t2205(node: &Node<'_>) -> Result<t2204_fees::Withdrawal, Defects> {
    let mut take = Take::default();
    let mdtrt_id = take.it(node.need("mdtrt_id").map(str::to_owned));
    let chrg_bchno = take.it(node.need("chrg_bchno").map(str::to_owned));
    let psn_no = take.it(node.parse("psn_no"));
    take.done(|| Some(t2204_fees::Withdrawal { mdtrt_id: mdtrt_id?, chrg_bchno: chrg_bchno?, psn_no: psn_no? }))
}

/// 2206, 2207: the second repeats how the first cut the fee.
pub fn t2207(node: &Node<'_>) -> Result<t2206_clinic::Command, Defects> {
    let mut take = Take::default();
    let psn_no = take.it(node.parse("psn_no"));
    let certno = take.it(node.parse_opt("certno"));
    let card_sn = take.it(node.parse_opt("card_sn"));
    let [mdtrt_id, chrg_bchno, mdtrt_cert_type, mdtrt_cert_no, med_type, psn_setlway] =
        ["mdtrt_id", "chrg_bchno", "mdtrt_cert_type", "mdtrt_cert_no", "med_type", "psn_setlway"]
            .map(|name| take.it(node.need(name).map(str::to_owned)));
    let medfee_sumamt = take.it(node.required("medfee_sumamt", node.fen("medfee_sumamt")));
    let insutype = take.it(node.code("insutype", Insutype::from_code));
    let acct_used_flag = take.it(node.code("acct_used_flag", AcctUsedFlag::from_code));
    let stated = stated(&mut take, node);
    let mut drug_trac_info = Vec::new();
    if node.knows("drug_trac_info") {
        for row in node.nodes("drug_trac_info") {
            let feedetl_sn = take.it(row.need("feedetl_sn").map(str::to_owned));
            let scanned = feedetl_sn.zip(take.it(row.parse("drug_trac_codg")));
            drug_trac_info
                .push(scanned.map(|(feedetl_sn, drug_trac_codg)| t2206_clinic::Scanned { feedetl_sn, drug_trac_codg }));
        }
    }
    take.done(|| {
        Some(t2206_clinic::Command {
            mdtrt_id: mdtrt_id?,
            chrg_bchno: chrg_bchno?,
            psn_no: psn_no?,
            mdtrt_cert_type: mdtrt_cert_type?,
            mdtrt_cert_no: mdtrt_cert_no?,
            card_sn: card_sn?,
            certno: certno?,
            psn_name: node.knows("psn_name").then(|| node.string("psn_name")).flatten(),
            med_type: med_type?,
            medfee_sumamt: medfee_sumamt?,
            psn_setlway: psn_setlway?,
            insutype: insutype?,
            acct_used_flag: acct_used_flag?,
            parts: node.knows("inscp_scp_amt").then(|| parts(node)).flatten(),
            drug_trac_info: drug_trac_info.into_iter().collect::<Option<_>>()?,
            stated: stated?,
        })
    })
}

fn parts(node: &Node<'_>) -> Option<t2206_clinic::Parts> {
    Some(t2206_clinic::Parts {
        fulamt_ownpay_amt: node.fen("fulamt_ownpay_amt")?,
        overlmt_selfpay: node.fen("overlmt_selfpay")?,
        preselfpay_amt: node.fen("preselfpay_amt")?,
        inscp_scp_amt: node.fen("inscp_scp_amt")?,
    })
}
