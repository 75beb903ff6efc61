//! The head of a request (fsi.md §1.1): seventeen fields around `input`, checked like any other table.
//!
//! Invariant: `input` is not looked at here, so that a defect of the head is told whatever the payload is.

use lf_vocab::FixmedinsCode;

use crate::defect::{Defect, DefectKind, Defects};
use crate::envelope::EnvelopeError;
use crate::json::Value;
use crate::node::Node;
use crate::table::{Field, Kind, Need, Table};
use crate::validate::validate_table;

/// The name under which the payload stands.
const INPUT: &str = "input";

/// The head. `fixmedins_name` is longer here than printed, because the printed 20 characters hold no real name;
/// `mdtrtarea_admvs` is spelled so by the interface.
pub static HEAD: Table = Table {
    node: "",
    fields: &[
        text("infno", "交易编号", 6, Need::Required),
        text("msgid", "发送方报文ID", 30, Need::Required),
        text("mdtrtarea_admvs", "就医地医保区划", 6, Need::Required),
        text("insuplc_admdvs", "参保地医保区划", 6, Need::Optional),
        text("recer_sys_code", "接收方系统代码", 10, Need::Required),
        text("dev_no", "设备编号", 100, Need::Optional),
        text("dev_safe_info", "设备安全信息", 2_000, Need::Optional),
        text("cainfo", "数字签名信息", 1_024, Need::Optional),
        text("signtype", "签名类型", 10, Need::Optional),
        text("infver", "接口版本号", 6, Need::Required),
        text("opter_type", "经办人类别", 3, Need::Required),
        text("opter", "经办人", 30, Need::Required),
        text("opter_name", "经办人姓名", 50, Need::Required),
        Field { kind: Kind::Moment, ..text("inf_time", "交易时间", 0, Need::Required) },
        text("fixmedins_code", "定点医药机构编号", 12, Need::Required),
        text("fixmedins_name", "定点医药机构名称", 200, Need::Required),
        text("sign_no", "交易签到流水号", 30, Need::Optional),
        text("fixmedins_soft_fcty", "软件厂商全称", 200, Need::Optional),
        text("enc_type", "加密方式", 10, Need::Optional),
    ],
    names: &[
        ("cainfo", 7),
        ("dev_no", 5),
        ("dev_safe_info", 6),
        ("enc_type", 18),
        ("enctype", 18),
        ("fixmedins_code", 14),
        ("fixmedins_name", 15),
        ("fixmedins_soft_fcty", 17),
        ("inf_time", 13),
        ("infno", 0),
        ("infver", 9),
        ("insuplc_admdvs", 3),
        ("insuplc_admvs", 3),
        ("mdtrtarea_admdvs", 2),
        ("mdtrtarea_admvs", 2),
        ("msgid", 1),
        ("opter", 11),
        ("opter_name", 12),
        ("opter_type", 10),
        ("recer_sys_code", 4),
        ("sign_no", 16),
        ("signtype", 8),
    ],
};

const fn text(wire: &'static str, cn: &'static str, len: u32, need: Need) -> Field {
    let kind = Kind::Text { len };
    Field { name: wire, wire, cn, kind, need, excludes: &[], dict: None, open: false, also: &[] }
}

/// What the center needs of a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// 交易编号, as sent.
    pub infno: String,
    /// 发送方报文ID: opaque, and the sender's own identity of the message.
    pub msgid: String,
    /// Who says to have sent it.
    pub fixmedins_code: FixmedinsCode,
    /// `enc_type` says SM4.
    pub sealed: bool,
}

/// A request with its head read.
#[derive(Debug, Clone, PartialEq)]
pub struct Message<'a> {
    /// The head.
    pub head: Head,
    /// The payload as it stands there.
    pub input: Value<'a>,
}

/// Why a request cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The body.
    #[error(transparent)]
    Body(#[from] EnvelopeError),
    /// The head: all its defects.
    #[error(transparent)]
    Head(#[from] Defects),
}

impl<'a> Message<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// [`MessageError`], with every defect of the head.
    pub fn parse(body: &'a [u8]) -> Result<Self, MessageError> {
        let mut members = match Value::parse(body).map_err(EnvelopeError::Body)? {
            Value::Object(members) => members,
            other => return Err(EnvelopeError::NotObject(other.kind_cn()).into()),
        };
        let at = members.iter().position(|(key, _)| key == INPUT);
        let input = at.map(|at| members.swap_remove(at).1).filter(|input| !input.is_absent());
        let head = read(&Value::Object(members));
        let Some(input) = input else {
            let mut defects = head.err().unwrap_or_default();
            defects.push(defect(INPUT, "交易输入", "必填", DefectKind::Missing));
            return Err(defects.into());
        };
        Ok(Self { head: head?, input })
    }
}

fn read(members: &Value<'_>) -> Result<Head, Defects> {
    let valid = validate_table(&HEAD, members)?;
    let node: &Node<'_> = &valid.node;
    let mut defects = Defects::new();
    let fixmedins_code = defects.keep(node.parse::<FixmedinsCode>("fixmedins_code"));
    let sealed = match node.text_or_empty("enc_type").trim() {
        "" => Some(false),
        sm4 if sm4.eq_ignore_ascii_case("SM4") => Some(true),
        _ => defects.keep(Err(node.defect("enc_type", "应为空或SM4"))),
    };
    let infno = node.text_or_empty("infno");
    if !infno.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        defects.push(node.defect("infno", "应为数字，可带字母"));
    }
    let msgid = node.text_or_empty("msgid");
    if msgid.chars().any(char::is_control) {
        defects.push(node.defect("msgid", "含有控制字符"));
    }
    let head = fixmedins_code.zip(sealed).map(|(fixmedins_code, sealed)| Head {
        infno: infno.to_owned(),
        msgid: msgid.to_owned(),
        fixmedins_code,
        sealed,
    });
    defects.ok(head)
}

fn defect(field: &'static str, name_cn: &'static str, reason: &'static str, kind: DefectKind) -> Defect {
    Defect { node: String::new(), index: None, field: field.into(), name_cn, reason: reason.into(), kind }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn good() -> Json {
        json!({
            "infno": "9001", "msgid": "P36090200106202605110930000001", "mdtrtarea_admvs": "360900",
            "insuplc_admdvs": "", "recer_sys_code": "1", "dev_no": "", "dev_safe_info": "", "cainfo": "",
            "signtype": "", "infver": "1.0.0", "opter_type": 1, "opter": "0001", "opter_name": "收银一号",
            "inf_time": "2026-05-11 09:30:00", "fixmedins_code": "P36090200106", "fixmedins_name": "示例大药房",
            "sign_no": "", "input": { "signIn": {} },
        })
    }

    fn parse(json: &Json) -> Result<Head, String> {
        Message::parse(json.to_string().as_bytes()).map(|message| message.head).map_err(|error| error.to_string())
    }

    #[test]
    fn a_head_as_clients_send_it_is_read() {
        let want = Head {
            infno: "9001".to_owned(),
            msgid: "P36090200106202605110930000001".to_owned(),
            fixmedins_code: "P36090200106".parse().unwrap(),
            sealed: false,
        };
        assert_eq!(parse(&good()), Ok(want.clone()));
        for (key, value, sealed) in
            [("enc_type", "", false), ("enc_type", "SM4", true), ("enc_type", "sm4", true), ("enctype", "SM4", true)]
        {
            let mut json = good();
            json[key] = value.into();
            assert_eq!(parse(&json), Ok(Head { sealed, ..want.clone() }), "{key} {value}");
        }
        let mut json = good();
        let area = json.as_object_mut().unwrap().remove("mdtrtarea_admvs").unwrap();
        json["mdtrtarea_admdvs"] = area;
        assert_eq!(parse(&json), Ok(want));
    }

    #[test]
    fn all_defects_are_told_at_once() {
        assert_eq!(
            parse(&json!({})).unwrap_err(),
            "报文有12处错误：infno（交易编号）必填；msgid（发送方报文ID）必填；mdtrtarea_admvs（就医地医保区划）必填；\
             recer_sys_code（接收方系统代码）必填；infver（接口版本号）必填；opter_type（经办人类别）必填；opter（经办人）必填；\
             opter_name（经办人姓名）必填；inf_time（交易时间）必填；fixmedins_code（定点医药机构编号）必填；\
             fixmedins_name（定点医药机构名称）必填；input（交易输入）必填"
        );
        let mut json = good();
        json["fixmedins_code"] = "X1".into();
        json["enc_type"] = "AES".into();
        json["infno"] = "90-1".into();
        let told = parse(&json).unwrap_err();
        for part in ["报文有3处错误", "fixmedins_code", "enc_type（加密方式）应为空或SM4", "infno（交易编号）应为数字"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
    }

    #[test]
    fn every_length_holds_at_its_limit_and_not_one_past_it() {
        for field in HEAD.fields {
            let Kind::Text { len } = field.kind else { continue };
            if ["fixmedins_code", "enc_type"].contains(&field.wire) {
                continue;
            }
            for (more, fits) in [(0, true), (1, false)] {
                let mut json = good();
                json[field.wire] = "9".repeat(len as usize + more).into();
                assert_eq!(parse(&json).is_ok(), fits, "{} {more}", field.wire);
            }
        }
    }

    #[test]
    fn the_table_keeps_the_promises_of_a_generated_one() {
        assert!(HEAD.names.is_sorted());
        for field in HEAD.fields {
            assert_eq!(HEAD.field(field.wire).map(|found| found.name), Some(field.name));
        }
    }
}
