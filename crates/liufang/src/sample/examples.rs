//! `examples/`: one request body a transaction, with placeholders where an earlier reply or the moment decides.
//!
//! The files are written from the builders, and a test compares them, so they cannot drift. A placeholder is
//! `${name}`; `${now}` and `${now+60s}` are times, `${serial}` nine digits of the caller's own.

use lf_vocab::Moment;
use serde_json::Value;

use super::placeholder::each_text;
use super::{Case, Issued, clinic, hospital, pharmacy, settlement};
use crate::region::Region;

/// Stands for the serial while an example is built; occurs in no other number of the region.
const MARK_SERIAL: u64 = 246_813_579;
/// Stands for the present, likewise.
const MARK_NOW: &str = "2026-11-22 10:11:12";
/// Length of a moment as the interface writes it.
const MOMENT_LENGTH: usize = 19;

/// An example as it stands in its file.
pub struct Example {
    /// Path below `examples/`.
    pub file: &'static str,
    /// Its text, JSON with placeholders.
    pub text: String,
}

/// All examples, in the order in which they are sent.
///
/// # Errors
/// When the region lacks what the normal case needs.
pub fn examples(region: &Region) -> anyhow::Result<Vec<Example>> {
    let now: Moment = MARK_NOW.parse()?;
    let case = Case::new(region, now, MARK_SERIAL)?;
    let issued = Issued { hi_rxno: "${hi_rxno}".to_owned(), rx_trace_code: "${rx_trace_code}".to_owned() };
    let (no, file, token) = (issued.hi_rxno.as_str(), "${rx_file}", "${epc_token}");
    let visit = "${mdtrt_id}";
    let mut to_sign = hospital::t7102(&case, &issued, file);
    to_sign["originalValue"] = "${original_value}".into();
    let bodies = [
        ("7101-precheck.json", hospital::t7101(&case)),
        ("parts/7102-signed-fields.json", hospital::signed_fields(&case, &issued)),
        ("7102-sign.json", to_sign),
        ("7103-upload.json", hospital::t7103(&case, &issued, file, "${sign_digest}")),
        ("7105-query.json", hospital::t7105(&case, no)),
        ("7211-catalogue.json", pharmacy::t7211(&case, "氨氯地平")),
        ("7201-authorise.json", pharmacy::t7201(&case)),
        ("7202-online.json", pharmacy::t7202(&case, no, "${auth_circ_biz_sn}")),
        ("7203-qrcode.json", pharmacy::t7203(&case, "${epc_qrcd}")),
        ("7204-download.json", pharmacy::t7204(&case, token, "${auth_rxno}")),
        ("7205-verify.json", pharmacy::t7205(&case, &issued, file, token)),
        ("7206-review.json", pharmacy::t7206(&case, no, token, "${rx_sign_verify_sn}", true, now)),
        ("7106-review-query.json", hospital::t7106(&case, no)),
        ("7207-sell.json", pharmacy::t7207(&case, no, "${rx_chk_biz_sn}", now)),
        ("7208-undo-sale.json", pharmacy::t7208(&case, no, "${sel_stoout_sn}")),
        ("2101-quote.json", settlement::t2101(&case, no, now)),
        ("2102-settle.json", settlement::t2102(&case, no, now)),
        ("7209-deliver.json", pharmacy::t7209(&case, no, now)),
        ("7210-sign-off.json", pharmacy::t7210(&case, no, now)),
        ("7107-settlement-query.json", hospital::t7107(&case, no)),
        ("2103-refund.json", settlement::t2103(&case, "${setl_id}", "${setl_mdtrt_id}")),
        ("7104-undo.json", hospital::t7104(&case, no, now)),
        ("2201-register.json", clinic::t2201(&case, now)),
        ("2203A-visit.json", clinic::t2203a(&case, visit, now)),
        ("2204-fees.json", clinic::t2204(&case, no, visit, now)),
        ("2206-quote.json", clinic::t2206(&case, no, visit, now)),
        ("2207-settle.json", clinic::t2207(&case, no, visit, now)),
        ("2208-refund.json", clinic::t2208(&case, "${setl_id}", visit)),
        ("2205-undo-fees.json", clinic::t2205(&case, visit)),
        ("2202-undo-register.json", clinic::t2202(&case, visit)),
    ];
    bodies.into_iter().map(|(file, body)| Ok(Example { file, text: template(body, now)? })).collect()
}

fn template(mut body: Value, now: Moment) -> anyhow::Result<String> {
    let serial = format!("{MARK_SERIAL:09}");
    each_text(&mut body, &|text| Ok(times_out(text, now).replace(&serial, "${serial}")))?;
    Ok(serde_json::to_string_pretty(&body)? + "\n")
}

/// Every moment in a text becomes its distance from now; moments also stand inside `exp_content`.
fn times_out(text: &str, now: Moment) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let moment = rest.get(..MOMENT_LENGTH).and_then(|part| part.parse::<Moment>().ok());
        let taken = match moment {
            Some(moment) => {
                out += &distance(moment, now);
                MOMENT_LENGTH
            }
            None => {
                out.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    out
}

fn distance(moment: Moment, now: Moment) -> String {
    match (moment.micros() - now.micros()) / 1_000_000 {
        0 => "${now}".to_owned(),
        seconds => format!("${{now{seconds:+}s}}"),
    }
}
