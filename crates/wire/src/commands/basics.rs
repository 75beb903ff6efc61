//! What a counter asks before anything else: 9001, 9002, 1101, 1201.

use lf_center::{t1101_person, t1201_fixmedins, t9001_signin, t9002_signout};
use lf_vocab::FixmedinsKind;

use super::Take;
use crate::defect::Defects;
use crate::node::Node;

/// 9001.
pub fn t9001(node: &Node<'_>) -> Result<t9001_signin::Command, Defects> {
    let mut take = Take::default();
    let opter_no = take.it(node.need("opter_no").map(str::to_owned));
    take.done(|| Some(t9001_signin::Command { opter_no: opter_no? }))
}

/// 9002.
pub fn t9002(node: &Node<'_>) -> Result<t9002_signout::Command, Defects> {
    let mut take = Take::default();
    let sign_no = take.it(node.need("sign_no").map(str::to_owned));
    let opter_no = take.it(node.need("opter_no").map(str::to_owned));
    take.done(|| Some(t9002_signout::Command { sign_no: sign_no?, opter_no: opter_no? }))
}

/// 1101.
pub fn t1101(node: &Node<'_>) -> Result<t1101_person::Command, Defects> {
    let mut take = Take::default();
    let mdtrt_cert_type = take.it(node.need("mdtrt_cert_type").map(str::to_owned));
    let mdtrt_cert_no = take.it(node.need("mdtrt_cert_no").map(str::to_owned));
    let card_sn = take.it(node.parse_opt("card_sn"));
    let certno = take.it(node.parse_opt("certno"));
    take.done(|| {
        Some(t1101_person::Command {
            mdtrt_cert_type: mdtrt_cert_type?,
            mdtrt_cert_no: mdtrt_cert_no?,
            card_sn: card_sn?,
            psn_cert_type: node.string("psn_cert_type"),
            certno: certno?,
            psn_name: node.string("psn_name"),
        })
    })
}

/// 1201.
pub fn t1201(node: &Node<'_>) -> Result<t1201_fixmedins::Command, Defects> {
    let mut take = Take::default();
    let kind = take.it(node.code("fixmedins_type", |code| match code {
        "1" => Some(FixmedinsKind::Hospital),
        "2" => Some(FixmedinsKind::Pharmacy),
        _ => None,
    }));
    let fixmedins_code = take.it(node.parse_opt("fixmedins_code"));
    take.done(|| {
        Some(t1201_fixmedins::Command {
            kind: kind?,
            fixmedins_code: fixmedins_code?,
            fixmedins_name: node.string("fixmedins_name"),
        })
    })
}
