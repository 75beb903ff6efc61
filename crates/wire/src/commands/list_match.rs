//! 目录对照: 3301, 3302 and 1317.

use lf_center::{t1317_matches, t3301_match};
use lf_ports::MatchBody;

use super::Take;
use super::files::updt_time;
use crate::defect::Defects;
use crate::node::Node;

/// 3301.
pub fn t3301(node: &Node<'_>) -> Result<t3301_match::Command, Defects> {
    let mut take = Take::default();
    let rows: Vec<_> = node.nodes("data").iter().map(|row| one(&mut take, row)).collect();
    take.done(|| Some(t3301_match::Command { rows: rows.into_iter().collect::<Option<_>>()? }))
}

fn one(take: &mut Take, row: &Node<'_>) -> Option<t3301_match::Row> {
    let need = |take: &mut Take, name: &'static str| take.it(row.need(name).map(str::to_owned));
    let (fixmedins_hilist_id, name) = (need(take, "fixmedins_hilist_id"), need(take, "fixmedins_hilist_name"));
    let (list_type, med_list_codg) = (need(take, "list_type"), need(take, "med_list_codg"));
    let begndate = take.it(row.required("begndate", row.day("begndate")));
    let enddate = take.it(row.required("enddate", row.day("enddate")));
    Some(t3301_match::Row {
        fixmedins_hilist_id: fixmedins_hilist_id?,
        list_type: list_type?,
        med_list_codg: med_list_codg?,
        begndate: begndate?,
        enddate: enddate?,
        body: MatchBody {
            fixmedins_hilist_name: name?,
            aprvno: row.string("aprvno"),
            dosform: row.string("dosform"),
            exct_cont: row.string("exct_cont"),
            item_cont: row.string("item_cont"),
            prcunt: row.string("prcunt"),
            spec: row.string("spec"),
            pacspec: row.string("pacspec"),
            memo: row.string("memo"),
        },
    })
}

/// 3302.
pub fn t3302(node: &Node<'_>) -> Result<t3301_match::Withdrawal, Defects> {
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let need = |take: &mut Take, name: &'static str| take.it(node.need(name).map(str::to_owned));
    let fixmedins_hilist_id = need(&mut take, "fixmedins_hilist_id");
    let (list_type, med_list_codg) = (need(&mut take, "list_type"), need(&mut take, "med_list_codg"));
    take.done(|| {
        Some(t3301_match::Withdrawal {
            fixmedins_code: fixmedins_code?,
            fixmedins_hilist_id: fixmedins_hilist_id?,
            list_type: list_type?,
            med_list_codg: med_list_codg?,
        })
    })
}

/// 1317.
pub fn t1317(node: &Node<'_>) -> Result<t1317_matches::Command, Defects> {
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse_opt("fixmedins_code"));
    let insu_admdvs = take.it(node.parse_opt("insu_admdvs"));
    let updt_time = take.it(updt_time(node));
    let page = |name: &'static str| node.required(name, node.integer(name)).map(i64::unsigned_abs);
    let (page_num, page_size) = (take.it(page("page_num")), take.it(page("page_size")));
    take.done(|| {
        Some(t1317_matches::Command {
            fixmedins_code: fixmedins_code?,
            query_date: node.day("query_date"),
            medins_list_codg: node.string("medins_list_codg"),
            medins_list_name: node.string("medins_list_name"),
            insu_admdvs: insu_admdvs?,
            list_type: node.string("list_type"),
            med_list_codg: node.string("med_list_codg"),
            begndate: node.day("begndate"),
            vali: node.text("vali_flag").map(|flag| flag == "1"),
            updt_time: updt_time?,
            page_num: page_num?,
            page_size: page_size?,
        })
    })
}
