//! Statements: 3201 totals, 3202 details.

use lf_center::t3201_statement::{self, About};
use lf_center::t3202_details;

use super::Take;
use crate::defect::Defects;
use crate::node::Node;

/// 3201.
pub fn t3201(node: &Node<'_>) -> Result<t3201_statement::Command, Defects> {
    let mut take = Take::default();
    let insutype = take.it(node.need("insutype").map(str::to_owned));
    let about = about(&mut take, node);
    let medfee_sumamt = take.it(node.required("medfee_sumamt", node.fen("medfee_sumamt")));
    let fund_pay_sumamt = take.it(node.required("fund_pay_sumamt", node.fen("fund_pay_sumamt")));
    let acct_pay = take.it(node.required("acct_pay", node.fen("acct_pay")));
    let cnt = take.it(node.required("fixmedins_setl_cnt", node.integer("fixmedins_setl_cnt")));
    take.done(|| {
        Some(t3201_statement::Command {
            insutype: insutype?,
            about: about?,
            medfee_sumamt: medfee_sumamt?,
            fund_pay_sumamt: fund_pay_sumamt?,
            acct_pay: acct_pay?,
            fixmedins_setl_cnt: cnt?,
        })
    })
}

/// 3202. Its cash is not compared: the file has no column for it.
pub fn t3202(node: &Node<'_>) -> Result<t3202_details::Command, Defects> {
    let mut take = Take::default();
    let about = about(&mut take, node);
    let file_qury_no = take.it(node.need("file_qury_no").map(str::to_owned));
    let medfee_sumamt = take.it(node.required("medfee_sumamt", node.fen("medfee_sumamt")));
    let fund_pay_sumamt = take.it(node.required("fund_pay_sumamt", node.fen("fund_pay_sumamt")));
    let cnt = take.it(node.required("fixmedins_setl_cnt", node.integer("fixmedins_setl_cnt")));
    take.done(|| {
        Some(t3202_details::Command {
            about: about?,
            file_qury_no: file_qury_no?,
            medfee_sumamt: medfee_sumamt?,
            fund_pay_sumamt: fund_pay_sumamt?,
            fixmedins_setl_cnt: cnt?,
        })
    })
}

/// The institution's own flag (`fixmedins_refd_setl_flag`) says nothing else and is not needed.
fn about(take: &mut Take, node: &Node<'_>) -> Option<About> {
    let clr_type = take.it(node.need("clr_type").map(str::to_owned));
    let setl_optins = take.it(node.parse("setl_optins"));
    let stmt_begndate = take.it(node.required("stmt_begndate", node.day("stmt_begndate")));
    let stmt_enddate = take.it(node.required("stmt_enddate", node.day("stmt_enddate")));
    Some(About {
        clr_type: clr_type?,
        setl_optins: setl_optins?,
        stmt_begndate: stmt_begndate?,
        stmt_enddate: stmt_enddate?,
        refd_setl_flag: node.text("refd_setl_flag").map(|flag| flag == "1"),
    })
}
