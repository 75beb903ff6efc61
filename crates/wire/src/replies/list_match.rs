//! 目录对照: 3301 and 3302 answer nothing, 1317 a page.

use lf_center::t1317_matches;
use lf_ports::ListMatch;
use lf_vocab::Admdvs;

use super::Payload;
use crate::generated::Transaction;
use crate::reply::Reply;

/// 3301, 3302: nothing beyond that it was done.
pub fn t3301(transaction: Transaction) -> Payload {
    Reply::new(transaction).to_json()
}

/// 1317.
pub fn t1317(reply: &t1317_matches::Reply) -> Payload {
    Reply::new(Transaction::T1317).each("data", &reply.rows, |row, found| one(row, found, reply.poolarea_no)).to_json()
}

fn one(row: &mut Reply, found: &ListMatch, poolarea_no: Admdvs) {
    let (key, body) = (&found.key, &found.body);
    row.show("fixmedins_code", &key.fixmedins_code)
        .text("medins_list_codg", key.fixmedins_hilist_id.as_str())
        .text("medins_list_name", body.fixmedins_hilist_name.as_str())
        .show("insu_admdvs", poolarea_no)
        .text("list_type", key.list_type.as_str())
        .text("med_list_codg", key.med_list_codg.as_str())
        .day("begndate", found.begndate)
        .day("enddate", found.enddate)
        .text("aprvno", body.aprvno.as_deref())
        .text("dosform", body.dosform.as_deref())
        .text("exct_cont", body.exct_cont.as_deref())
        .text("item_cont", body.item_cont.as_deref())
        .text("prcunt", body.prcunt.as_deref())
        .text("spec", body.spec.as_deref())
        .text("pacspec", body.pacspec.as_deref())
        .text("memo", body.memo.as_deref())
        .text("vali_flag", if found.vali { "1" } else { "0" })
        .text("rid", rid(found).as_str())
        .moment("updt_time", found.updt_time)
        .moment("crte_time", found.crte_time)
        .show("poolarea_no", poolarea_no);
}

/// 唯一记录号, at most 40 characters: parts of the key may be longer, so it is their hash.
fn rid(found: &ListMatch) -> String {
    let key = &found.key;
    let parts = [key.fixmedins_code.as_str(), &key.list_type, &key.fixmedins_hilist_id, &key.med_list_codg];
    lf_gm::hex::lower(&lf_gm::sm3(parts.join("|").as_bytes())[..16])
}
