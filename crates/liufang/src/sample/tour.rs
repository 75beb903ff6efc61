//! The examples sent one after another: what to send next, and what a reply teaches for the later ones.
//!
//! It sends nothing itself; the test beside it drives it over HTTP. Three prescriptions: one goes the whole way and is
//! refunded, another is revoked, the third is settled and refunded by the clinic route; and the goods of a pharmacy.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_vocab::{FixmedinsKind, Moment};
use serde_json::Value;

use super::{Filling, fill, rx_pdf};

mod cases;
mod tests;

/// One message.
pub struct Step {
    /// The example's file.
    pub file: &'static str,
    /// The transaction's number, which is also a method name.
    pub infno: &'static str,
    /// Which app sends it.
    pub sender: FixmedinsKind,
    /// Fields of the reply that later messages need: their wire name and placeholder.
    learns: &'static [(&'static str, &'static str)],
}

/// Size of the prescription file.
const RX_FILE_BYTES: usize = 20 * 1024;

const fn step(file: &'static str, learns: &'static [(&'static str, &'static str)]) -> Step {
    // The number stands before the hyphen, behind a folder if there is one.
    let (mut from, mut until) = (0, 0);
    while file.as_bytes()[until] != b'-' {
        if file.as_bytes()[until] == b'/' {
            from = until + 1;
        }
        until += 1;
    }
    let (infno, _) = file.split_at(until);
    let (_, infno) = infno.split_at(from);
    // 71xx are the hospital's, all others the pharmacy's.
    let hospital = infno.as_bytes()[0] == b'7' && infno.as_bytes()[1] == b'1';
    let sender = if hospital { FixmedinsKind::Hospital } else { FixmedinsKind::Pharmacy };
    Step { file, infno, sender, learns }
}

const PRECHECK: Step = step("7101-precheck.json", &[("hiRxno", "hi_rxno"), ("rxTraceCode", "rx_trace_code")]);
const SIGN: Step = step("7102-sign.json", &[("signDigest", "sign_digest")]);
const UPLOAD: Step = step("7103-upload.json", &[]);
const SELL: Step = step("7207-sell.json", &[("selStooutSn", "sel_stoout_sn")]);
const AUTHORISE: Step = step("7201-authorise.json", TOKEN);
const DOWNLOAD: Step = step("7204-download.json", &[]);
const VERIFY: Step = step("7205-verify.json", &[("rxSignVerifySn", "rx_sign_verify_sn")]);
const REVIEW: Step = step("7206-review.json", &[("rxChkBizSn", "rx_chk_biz_sn")]);
const SUMS: &[(&str, &str)] = &[
    ("fulamt_ownpay_amt", "fulamt_ownpay_amt"),
    ("overlmt_selfpay", "overlmt_selfpay"),
    ("preselfpay_amt", "preselfpay_amt"),
    ("inscp_scp_amt", "inscp_scp_amt"),
];
const TOKEN: &[(&str, &str)] = &[("authRxno", "auth_rxno"), ("epcToken", "epc_token")];

static STEPS: [Step; 63] = [
    PRECHECK,
    SIGN,
    UPLOAD,
    step("7105-query.json", &[]),
    step("7211-catalogue.json", &[]),
    AUTHORISE,
    step("7202-online.json", TOKEN),
    step("7203-qrcode.json", TOKEN),
    DOWNLOAD,
    VERIFY,
    REVIEW,
    step("7106-review-query.json", &[]),
    SELL,
    step("7208-undo-sale.json", &[]),
    SELL,
    step("2101-quote.json", &[]),
    step("2102-settle.json", &[("setl_id", "setl_id"), ("mdtrt_id", "setl_mdtrt_id")]),
    step("7209-deliver.json", &[]),
    step("7210-sign-off.json", &[]),
    step("7107-settlement-query.json", &[]),
    step("2103-refund.json", &[]),
    // A second prescription, revoked.
    PRECHECK,
    SIGN,
    UPLOAD,
    step("7105-query.json", &[]),
    step("7104-undo.json", &[]),
    // A third, by the clinic route.
    PRECHECK,
    SIGN,
    UPLOAD,
    AUTHORISE,
    DOWNLOAD,
    VERIFY,
    REVIEW,
    SELL,
    step("2201-register.json", &[("mdtrt_id", "mdtrt_id")]),
    step("2203A-visit.json", &[]),
    step("2204-fees.json", &[]),
    step("2206-quote.json", SUMS),
    step("2207-settle.json", &[("setl_id", "setl_id")]),
    step("2208-refund.json", &[]),
    step("2205-undo-fees.json", &[]),
    step("2202-undo-register.json", &[]),
    // Goods: in, counted, changed, given back, sold, asked for, brought back, deleted.
    step("goods/3503-purchase.json", &[]),
    step("goods/3503A-purchases.json", &[]),
    step("goods/3501-stocktake.json", &[]),
    step("goods/3501A-stocktakes.json", &[]),
    step("goods/3502-stock-change.json", &[]),
    step("goods/3502A-stock-changes.json", &[]),
    step("goods/3504-purchase-return.json", &[]),
    step("goods/3504A-purchase-returns.json", &[]),
    step("goods/3592B-virtual-code.json", &[]),
    step("goods/3505-sale.json", &[]),
    step("goods/3505A-sales.json", &[]),
    step("goods/3508-stocktakes-query.json", &[]),
    step("goods/3509-stock-changes-query.json", &[]),
    step("goods/3510-purchases-query.json", &[]),
    step("goods/3511-sales-query.json", &[]),
    step("goods/3512-boxes-query.json", &[]),
    step("goods/3513-traces.json", &[]),
    step("goods/3506-sale-return.json", &[]),
    step("goods/3506A-sale-returns.json", &[]),
    step("goods/3507-delete.json", &[]),
    step("goods/3507A-deletes.json", &[]),
];

/// How far it came.
pub struct Tour {
    texts: BTreeMap<String, String>,
    filling: Filling,
    at: usize,
}

impl Tour {
    /// Begins with the examples' texts by file. It uses the serial and the two after it.
    pub fn new(texts: BTreeMap<String, String>, now: Moment, serial: u64) -> Self {
        Self { texts, filling: Filling { now, serial, values: BTreeMap::new() }, at: 0 }
    }

    /// The number of the prescription, when the next message is about what the patient chose in a channel (7202).
    pub fn chooses(&self) -> Option<&str> {
        STEPS.get(self.at).filter(|step| step.infno == "7202").and_then(|_| self.value("hi_rxno").ok())
    }

    /// What the channel then tells.
    pub fn chosen(&mut self, auth_circ_biz_sn: String) {
        self.filling.values.insert("auth_circ_biz_sn".to_owned(), auth_circ_biz_sn);
    }

    /// The next message and its plaintext `data`; `None` at the end.
    ///
    /// # Errors
    /// When an earlier reply lacked something.
    pub fn message(&mut self) -> anyhow::Result<Option<(&'static Step, Value)>> {
        let Some(step) = STEPS.get(self.at) else { return Ok(None) };
        match step.infno {
            // Each prescription has a serial of its own.
            "7101" if self.at > 0 => self.filling.serial += 1,
            "7102" => self.print_and_sign_text()?,
            "7203" => self.show_code()?,
            _ => {}
        }
        let body = self.filled(step.file)?;
        Ok(Some((step, body)))
    }

    /// Takes the reply's `data` to the message that [`Tour::message`] gave.
    ///
    /// # Errors
    /// Names the field that the reply lacks.
    pub fn answered(&mut self, data: &Value) -> anyhow::Result<()> {
        let step = STEPS.get(self.at).context("the tour is over")?;
        for (wire, placeholder) in step.learns {
            let value = find(data, wire).with_context(|| format!("{}: the reply has no {wire}", step.file))?;
            self.filling.values.insert((*placeholder).to_owned(), value);
        }
        self.at += 1;
        Ok(())
    }

    fn filled(&self, file: &str) -> anyhow::Result<Value> {
        let text = self.texts.get(file).with_context(|| format!("no example {file}"))?;
        fill(text, &self.filling).with_context(|| file.to_owned())
    }

    fn value(&self, name: &str) -> anyhow::Result<&str> {
        self.filling.values.get(name).map(String::as_str).with_context(|| format!("{name} is not known yet"))
    }

    /// The file carries the trace code; the text to sign is the part that the README names.
    fn print_and_sign_text(&mut self) -> anyhow::Result<()> {
        let lines = [format!("处方追溯码 {}", self.value("rx_trace_code")?), self.value("hi_rxno")?.to_owned()];
        let file = BASE64_STANDARD.encode(rx_pdf("处方笺", &lines, RX_FILE_BYTES));
        let text = self.filled("parts/7102-signed-fields.json")?.to_string();
        self.filling.values.insert("rx_file".to_owned(), file);
        self.filling.values.insert("original_value".to_owned(), BASE64_STANDARD.encode(text));
        Ok(())
    }

    /// What the patient's app shows (README).
    fn show_code(&mut self) -> anyhow::Result<()> {
        let (no, digest) = (self.value("hi_rxno")?, self.value("sign_digest")?);
        let proof = lf_gm::hex::lower(&lf_gm::hmac_sm3(digest.as_bytes(), no.as_bytes()));
        ensure!(no.len() == 30, "hi_rxno has 30 digits");
        let code = format!("{no}{}", &proof[..10]);
        self.filling.values.insert("epc_qrcd".to_owned(), code);
        Ok(())
    }
}

/// The first text or number of that name, wherever it stands: replies differ in how deep they lie.
fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(fields) => {
            let here = fields.get(name).and_then(|here| match here {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            });
            here.or_else(|| fields.values().find_map(|field| find(field, name)))
        }
        Value::Array(items) => items.iter().find_map(|item| find(item, name)),
        _ => None,
    }
}
