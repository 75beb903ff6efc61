//! What a counter asks of a person's filings: 5301, 5302.

use lf_center::{t5301_dises, t5302_chosen};

use super::Take;
use crate::defect::Defects;
use crate::node::Node;

/// 5301.
pub fn t5301(node: &Node<'_>) -> Result<t5301_dises::Command, Defects> {
    let mut take = Take::default();
    let psn_no = take.it(node.parse("psn_no"));
    take.done(|| Some(t5301_dises::Command { psn_no: psn_no? }))
}

/// 5302.
pub fn t5302(node: &Node<'_>) -> Result<t5302_chosen::Command, Defects> {
    let mut take = Take::default();
    let psn_no = take.it(node.parse("psn_no"));
    let biz_appy_type = take.it(node.need("biz_appy_type").map(str::to_owned));
    take.done(|| Some(t5302_chosen::Command { psn_no: psn_no?, biz_appy_type: biz_appy_type? }))
}
