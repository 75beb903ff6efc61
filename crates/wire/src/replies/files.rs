//! Files and lists: 9101, the downloads 1301 …, the pages 1312 …. The answer of 9102 is the file itself.

use lf_center::t1312_hilist::{Entry, Question};
use lf_center::{t1301_download, t1312_hilist, t9101_file_upload};
use lf_vocab::{Day, Moment};

use super::Payload;
use super::settle::med_chrgitm_type;
use crate::gateway::list_file::rid;
use crate::generated::Transaction;
use crate::reply::Reply;

/// 9101.
pub fn t9101(reply: &t9101_file_upload::Reply, command: &t9101_file_upload::Command) -> Payload {
    Reply::new(Transaction::T9101)
        .text("file_qury_no", reply.file_qury_no.as_str())
        .text("filename", command.filename.as_str())
        .show("fixmedins_code", &command.fixmedins_code)
        .show("dld_endtime", reply.until)
        .to_json()
}

/// 1301–1303, 1305–1311, 1313–1315, 1320.
pub fn t1301(transaction: Transaction, reply: &t1301_download::Reply) -> Payload {
    Reply::new(transaction)
        .text("file_qury_no", reply.file_qury_no.as_str())
        .text("filename", reply.filename.as_str())
        .day("dld_end_time", reply.dld_end_time)
        .integer("data_cnt", i64::try_from(reply.data_cnt).unwrap_or(i64::MAX))
        .to_json()
}

/// 1304, 1312, 1316, 1318, 1319.
pub fn t1312(transaction: Transaction, reply: &t1312_hilist::Reply) -> Payload {
    let write = match reply.question {
        Question::Ethnic => ethnic,
        Question::Entries => entry,
        Question::Matches => pair,
        Question::PayStd => pay_std,
        Question::Preselfpay => preselfpay,
    };
    Reply::new(transaction)
        .each("data", &reply.entries, |row, found| {
            write(row, found);
            if reply.question != Question::Ethnic {
                row.show("insu_admdvs", reply.poolarea_no).show("poolarea_no", reply.poolarea_no);
            }
            common(row, found);
        })
        .to_json()
}

/// A required text that the center's lists do not hold is sent empty.
fn unknown(row: &mut Reply, names: &[&str]) {
    for name in names {
        row.text(name, "");
    }
}

fn common(row: &mut Reply, entry: &Entry) {
    // Rows of no edition were never updated; the time is required.
    let updt_time = entry.updt_time.unwrap_or(Moment::from_micros(0));
    row.day("begndate", entry.row.from)
        .day("enddate", entry.row.until.map(|until| until.plus(-1)).filter(|last| *last < Day::LAST))
        .text("vali_flag", if entry.vali { "1" } else { "0" })
        .show("rid", rid(entry.row.item.med_list_codg.as_str(), entry.row.from))
        .moment("updt_time", updt_time)
        .moment("crte_time", updt_time);
}

fn ethnic(row: &mut Reply, entry: &Entry) {
    let drug = &entry.row.item;
    row.show("med_list_codg", &drug.med_list_codg)
        .text("drug_prodname", drug.prodname.as_deref())
        .text("drug_genname", drug.genname.as_str())
        .text("dosform", drug.dosform_name.as_str())
        .text("drug_spec", drug.spec_name.as_str())
        .text("memo", drug.memo.as_deref())
        .show("min_pac_cnt", drug.min_pac_cnt)
        .text("min_pacunt", drug.min_pacunt.as_str())
        .text("min_prepunt", drug.min_prepunt.as_str())
        .show("ver", entry.row.ver)
        .moment("opt_time", entry.updt_time.unwrap_or(Moment::from_micros(0)));
    unknown(row, &["crter_id", "crter_name", "crte_optins_no", "opter_id", "opter_name", "optins_no"]);
}

fn entry(row: &mut Reply, entry: &Entry) {
    let drug = &entry.row.item;
    row.show("hilist_code", &drug.med_list_codg)
        .text("hilist_name", drug.genname.as_str())
        .text("med_chrgitm_type", med_chrgitm_type(drug.med_list_codg.as_str()))
        .text("chrgitm_lv", drug.chrgitm_lv.code())
        .flag("lmt_used_flag", drug.memo.is_some())
        .text("list_type", drug.list_type.as_str())
        .text("memo", drug.memo.as_deref());
    unknown(row, &["med_use_flag", "matn_used_flag", "hilist_use_type", "lmt_cpnd_type"]);
}

fn pair(row: &mut Reply, entry: &Entry) {
    let drug = &entry.row.item;
    row.show("med_list_codg", &drug.med_list_codg)
        .show("hilist_code", &drug.med_list_codg)
        .text("list_type", drug.list_type.as_str());
}

fn pay_std(row: &mut Reply, entry: &Entry) {
    row.show("hilist_code", &entry.row.item.med_list_codg).pric("hilist_pric_uplmt_amt", entry.row.item.hi_pay_std);
    unknown(row, &["hilist_lmtpric_type", "overlmt_dspo_way"]);
}

fn preselfpay(row: &mut Reply, entry: &Entry) {
    row.show("hilist_code", &entry.row.item.med_list_codg)
        .text("selfpay_prop_psn_type", "310")
        .text("selfpay_prop_type", "10")
        .show_opt("selfpay_prop", entry.selfpay_prop.map(|ratio| ratio.to_four()));
}
