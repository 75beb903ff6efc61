//! A reversal is the same record with every flow negated (fsi §2.4). Compared over the encoded record, so that a
//! field that is added one day must be negated too, or named here.

use lf_settle::Shares;
use serde_json::Value;

/// What is no flow and stays: period, prices, ratios, limits.
const KEPT: [&str; 7] =
    ["year", "month", "pric", "pric_uplmt_amt", "selfpay_prop", "pool_prop_selfpay", "crt_payb_lmt_amt"];
/// A balance, which depends on what happened in between; the ledger checks accounts.
const FREE: &str = "balc";

/// The fields in which `reversal` is not the exact negative of `original`.
pub(super) fn differences(original: &Shares, reversal: &Shares) -> Vec<String> {
    let mut found = Vec::new();
    match (serde_json::to_value(original), serde_json::to_value(reversal)) {
        (Ok(original), Ok(reversal)) => compare("", &original, &reversal, false, &mut found),
        _ => found.push("金额记录不可编码".to_owned()),
    }
    found
}

fn compare(path: &str, original: &Value, reversal: &Value, kept: bool, found: &mut Vec<String>) {
    match (original, reversal) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, value) in a.iter().filter(|(name, _)| *name != FREE) {
                let kept = KEPT.contains(&name.as_str());
                compare(&format!("{path}.{name}"), value, b.get(name).unwrap_or(&Value::Null), kept, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (one, other)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{}]", at + 1), one, other, kept, found);
            }
        }
        (Value::Number(a), Value::Number(b)) if !kept => {
            let negated = a.as_i64().map(|amount| -i128::from(amount)) == b.as_i64().map(i128::from);
            if !negated || b.as_i64().is_none() {
                found.push(format!("{}：原结算{a}，撤销{b}", path.trim_start_matches('.')));
            }
        }
        (a, b) => {
            if a != b {
                found.push(format!("{}与原结算不同", path.trim_start_matches('.')));
            }
        }
    }
}
