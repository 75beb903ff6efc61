//! The institution's transactions after the pre-check: 7102 sign, 7103 upload, 7104 revoke, 7105–7107 queries.

use std::borrow::Cow;

use lf_center::t7101_precheck::UPLOAD_FLAGS;
use lf_center::{t7102_sign, t7103_upload, t7104_undo, t7105_query};
use lf_rx::decide::issue::SignedFields;

use super::Take;
use super::extras::Extras;
use crate::defect::{Defect, DefectKind, Defects};
use crate::generated::Transaction;
use crate::json::Value;
use crate::node::Node;
use crate::validate::validate;

/// Fields 1 to 20 of 7103: what 7102 signs (epc.md §2.2).
const SIGNED: usize = 20;

/// The names of the signed fields: ours and the wire's.
fn signed_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    Transaction::T7103.spec().input.fields.iter().take(SIGNED).map(|field| (field.name, field.wire))
}

/// 7102. The text to be signed is read for the prescription that it names.
pub fn t7102(node: &Node<'_>) -> Result<t7102_sign::Command, Defects> {
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let original_value = take.it(node.need("original_value").map(str::to_owned));
    let original_rx_file = take.it(node.need("original_rx_file").map(str::to_owned));
    let text = take.it(node.base64("original_value"));
    let fields = text.and_then(|text| take.it(read_signed(&text).ok_or_else(|| unreadable(node))));
    let value = |name: &str| fields.as_ref().and_then(|fields| fields.value(name)).map(str::to_owned);
    let hi_rxno = fields.as_ref().and_then(|_| {
        let text = value("hi_rxno").unwrap_or_default();
        take.it(text.parse().map_err(|error: lf_vocab::IdentError| inner(node, "hiRxno", &error.to_string())))
    });
    let rx_trace_code = value("rx_trace_code").and_then(|text| text.parse().ok());
    take.done(|| {
        Some(t7102_sign::Command {
            fixmedins_code: fixmedins_code?,
            hi_rxno: hi_rxno?,
            rx_trace_code,
            fields: fields?,
            original_value: original_value?,
            original_rx_file: original_rx_file?,
        })
    })
}

fn unreadable(node: &Node<'_>) -> Defect {
    node.defect("original_value", "解码后应为处方上传1至20字段的JSON对象")
}

fn inner(node: &Node<'_>, name: &str, why: &str) -> Defect {
    Defect { kind: DefectKind::Form, ..node.defect("original_value", format!("中的{name}{why}")) }
}

/// The twenty fields out of a signed text, as 7103 would read them: a client writes the text as it writes its
/// messages, so other spellings, numbers for texts and codes without their zeros mean the same here. A text that
/// 7103 would not take is read as it stands, and then differs from whatever is uploaded.
pub fn read_signed(text: &[u8]) -> Option<SignedFields> {
    let value = Value::parse(text).ok()?;
    let Value::Object(mut members) = value.clone() else { return None };
    let table = Transaction::T7103.spec().input;
    let signed = |key: &str| table.find(key).is_some_and(|at| at < SIGNED);
    members.retain(|(key, _)| signed(key));
    // What only the upload has must be there for the check, and is not looked at.
    members.extend(["rxFile", "signDigest"].map(|key| (Cow::Borrowed(key), Value::Text(Cow::Borrowed("AAAA")))));
    if let Ok(valid) = validate(Transaction::T7103, &Value::Object(members)) {
        return Some(signed_fields(&valid.node));
    }
    let read = |(name, wire): (&'static str, &'static str)| {
        let found = value.get(wire).or_else(|| value.get(name)).and_then(Value::scalar);
        (name.to_owned(), found.filter(|text| !text.is_empty()).map(str::to_owned))
    };
    Some(SignedFields(signed_names().map(read).collect()))
}

/// The twenty fields of a message of 7103.
fn signed_fields(node: &Node<'_>) -> SignedFields {
    let written = |(name, _): (&'static str, &'static str)| {
        let text = node.text(name).map(Cow::Borrowed);
        let text = text.or_else(|| node.moment(name).map(|moment| Cow::Owned(moment.to_string())));
        (name.to_owned(), text.map(Cow::into_owned))
    };
    SignedFields(signed_names().map(written).collect())
}

/// 7103.
pub fn t7103(node: &Node<'_>) -> Result<t7103_upload::Command, Defects> {
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let rx_trace_code = take.it(node.parse("rx_trace_code"));
    let phar_code = take.it(node.need("phar_code").map(str::to_owned));
    let phar_name = take.it(node.need("phar_name").map(str::to_owned));
    let phar_chk_time = take.it(node.required("phar_chk_time", node.moment("phar_chk_time")));
    let sign_digest = take.it(node.need("sign_digest").map(str::to_owned));
    let rx_file = take.it(node.need("rx_file").map(str::to_owned));
    let fields = signed_fields(node);
    let said = Extras::of(node);
    let flag = |name: &'static str| Some((name, take.it(said.flag(name))??));
    let flags = UPLOAD_FLAGS.into_iter().filter_map(flag).collect();
    take.done(|| {
        Some(t7103_upload::Command {
            fixmedins_code: fixmedins_code?,
            hi_rxno: hi_rxno?,
            rx_trace_code: rx_trace_code?,
            phar_code: phar_code?,
            phar_name: phar_name?,
            phar_chk_time: phar_chk_time?,
            fields,
            read_signed,
            sign_digest: sign_digest?,
            rx_file: rx_file?,
            flags,
        })
    })
}

/// 7104.
pub fn t7104(node: &Node<'_>) -> Result<t7104_undo::Command, Defects> {
    let mut take = Take::default();
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let dr_code = take.it(node.parse("dr_code"));
    let undo_dr_name = take.it(node.need("undo_dr_name").map(str::to_owned));
    let undo_rea = take.it(node.need("undo_rea").map(str::to_owned));
    let undo_time = take.it(node.required("undo_time", node.moment("undo_time")));
    take.done(|| {
        Some(t7104_undo::Command {
            hi_rxno: hi_rxno?,
            fixmedins_code: fixmedins_code?,
            dr_code: dr_code?,
            undo_dr_name: undo_dr_name?,
            undo_rea: undo_rea?,
            undo_time: undo_time?,
        })
    })
}

/// 7105, 7106, 7107: they ask with the same fields.
pub fn t7105(node: &Node<'_>) -> Result<t7105_query::Command, Defects> {
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let hi_rxno = take.it(node.parse("hi_rxno"));
    let mdtrt_id = take.it(node.need("mdtrt_id").map(str::to_owned));
    let psn_name = take.it(node.need("psn_name").map(str::to_owned));
    let psn_cert_type = take.it(node.need("psn_cert_type").map(str::to_owned));
    let certno = take.it(node.parse("certno"));
    take.done(|| {
        Some(t7105_query::Command {
            fixmedins_code: fixmedins_code?,
            hi_rxno: hi_rxno?,
            mdtrt_id: mdtrt_id?,
            psn_name: psn_name?,
            psn_cert_type: psn_cert_type?,
            certno: certno?,
        })
    })
}
