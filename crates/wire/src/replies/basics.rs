//! What a counter is told before anything else: 9001, 9002, 1101, 1201.

use lf_center::{t1101_person, t1201_fixmedins, t9001_signin, t9002_signout};
use lf_vocab::FixmedinsKind;

use super::Payload;
use super::settle::full_years;
use crate::generated::Transaction;
use crate::reply::Reply;

/// 9001.
pub fn t9001(reply: &t9001_signin::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T9001);
    out.node("signinoutb", |node| {
        node.text("sign_no", reply.sign_no.as_str()).moment("sign_time", reply.sign_time);
    });
    out.to_json()
}

/// 9002.
pub fn t9002(reply: &t9002_signout::Reply) -> Payload {
    let mut out = Reply::new(Transaction::T9002);
    out.node("signoutoutb", |node| {
        node.moment("sign_time", reply.sign_time);
    });
    out.to_json()
}

/// 1101. One row of insurance, because the register has one 险种 a person; 身份信息 it has none.
pub fn t1101(reply: &t1101_person::Reply) -> Payload {
    let person = &reply.person;
    let mut out = Reply::new(Transaction::T1101);
    out.node("baseinfo", |node| {
        node.text("psn_no", person.psn_no.as_str())
            .text("psn_cert_type", person.psn_cert_type.as_str())
            .text("certno", person.certno.as_str())
            .text("psn_name", person.psn_name.as_str())
            .text("gend", person.gend.as_str())
            .day("brdy", person.brdy)
            .integer("age", full_years(person, reply.at));
    });
    out.row("insuinfo", |row| {
        row.fen("balc", reply.balc)
            .text("insutype", person.insutype.code())
            .text("psn_type", person.psn_type.code())
            .text("psn_insu_stas", reply.psn_insu_stas())
            .day("psn_insu_date", person.insured.from())
            .day("paus_insu_date", reply.paus_insu_date())
            .flag("cvlserv_flag", person.cvlserv)
            .show("insuplc_admdvs", person.poolarea_no);
    });
    out.each("idetinfo", std::iter::empty::<()>(), |_, ()| {});
    out.to_json()
}

/// 1201. The register keeps no 统一社会信用代码; a required text that is not known is sent empty.
pub fn t1201(reply: &t1201_fixmedins::Reply) -> Payload {
    let fixmedins = &reply.fixmedins;
    let fixmedins_type = match fixmedins.fixmedins_code.kind() {
        FixmedinsKind::Hospital => "1",
        FixmedinsKind::Pharmacy => "2",
    };
    let mut out = Reply::new(Transaction::T1201);
    out.node("medinsinfo", |node| {
        node.show("fixmedins_code", &fixmedins.fixmedins_code)
            .text("fixmedins_name", fixmedins.fixmedins_name.as_str())
            .text("uscc", "")
            .text("fixmedins_type", fixmedins_type)
            .text("hosp_lv", fixmedins.hosp_lv.as_deref());
    });
    out.to_json()
}
