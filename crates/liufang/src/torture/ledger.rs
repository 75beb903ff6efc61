//! What a checker remembers: which messages clients sent and how they were answered. It knows the interface and nothing
//! of the center that answered.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// A message that was answered.
#[derive(Debug, Clone)]
pub struct Ack {
    /// Transaction.
    pub infno: &'static str,
    /// Institution that sent it.
    pub who: String,
    /// Its timestamp.
    pub at_ms: i64,
    /// Its payload.
    pub sent: Vec<u8>,
    /// 0 for success.
    pub code: i64,
    /// For people, with the codes of refusals.
    pub message: String,
    /// Payload of the answer.
    pub reply: Vec<u8>,
    /// Sendings before the answered one that may have been taken.
    pub unsure: u32,
    /// When the answered sending was made, in microseconds.
    pub last_sent_us: i64,
}

impl Ack {
    /// A text or number of what was sent, by path.
    pub fn sent_text(&self, path: &str) -> Option<String> {
        text_at(&self.sent, path)
    }

    /// A text or number of the answer, by path.
    pub fn reply_text(&self, path: &str) -> Option<String> {
        text_at(&self.reply, path)
    }

    /// Whether it was accepted.
    pub fn accepted(&self) -> bool {
        self.code == 0
    }
}

/// One life of a prescription as its clients lived it.
#[derive(Debug, Clone)]
pub struct Lived {
    /// Number of the life.
    pub serial: u64,
    /// 人员编号.
    pub psn_no: String,
    /// Who prescribed.
    pub hospital: String,
    /// What 7105, 7106 and 7107 ask with, once there is a number.
    pub question: Option<Vec<u8>>,
    /// 医保处方编号.
    pub hi_rxno: Option<String>,
    /// Messages in their order.
    pub acks: Vec<Ack>,
    /// A last message that may have been taken or not: transaction and payload.
    pub given_up: Option<(&'static str, Vec<u8>)>,
}

/// All lives that have ended.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Vec<Lived>>);

impl Ledger {
    /// Notes an ended life.
    pub fn add(&self, lived: Lived) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(lived);
    }

    /// The last of them, at most so many.
    pub fn last(&self, most: usize) -> Vec<Lived> {
        let lives = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lives[lives.len().saturating_sub(most)..].to_vec()
    }

    /// All of them; the ledger is empty afterwards.
    pub fn take(&self) -> Vec<Lived> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where a prescription stands after what was acknowledged, in the interface's own codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// 医保处方状态: 1 有效, 2 已失效, 3 已撤销.
    pub rx_stas: &'static str,
    /// 医保处方使用状态: 1 未使用, 2 已使用.
    pub rx_used_stas: &'static str,
    /// 处方审核状态, while a review stands.
    pub rx_chk_stas: Option<String>,
    /// Whether 7107 has an answer.
    pub settled: bool,
    /// Trace codes that are this prescription's, while its sale stands.
    pub trace_codes: Vec<String>,
    /// The token on which a pharmacy holds it.
    pub held: Option<String>,
}

impl Default for Standing {
    fn default() -> Self {
        Self { rx_stas: "1", rx_used_stas: "1", rx_chk_stas: None, settled: false, trace_codes: Vec::new(), held: None }
    }
}

impl Standing {
    /// After these messages.
    pub fn after(acks: &[Ack]) -> Self {
        let mut standing = Self::default();
        for ack in acks.iter().filter(|ack| ack.accepted()) {
            standing.apply(ack.infno, &ack.sent);
        }
        standing
    }

    /// After one more message that was accepted.
    pub fn apply(&mut self, infno: &str, sent: &[u8]) {
        match infno {
            "7204" => {
                self.held = text_at(sent, "epcToken");
                self.rx_chk_stas = None;
            }
            "7206" => {
                self.rx_chk_stas = text_at(sent, "rxChkStasCodg");
                if self.rx_chk_stas.as_deref() == Some("0") {
                    self.held = None;
                }
            }
            "7207" => self.trace_codes = trace_codes(sent),
            "7208" => self.trace_codes.clear(),
            "2102" => (self.rx_used_stas, self.settled) = ("2", true),
            "2103" => {
                (self.rx_stas, self.rx_used_stas) = ("2", "1");
                self.trace_codes.clear();
                self.held = None;
            }
            "7104" => (self.rx_stas, self.held) = ("3", None),
            _ => {}
        }
    }
}

fn trace_codes(sent: &[u8]) -> Vec<String> {
    let Ok(sent) = serde_json::from_slice::<Value>(sent) else { return Vec::new() };
    let rows = sent["rxSaleDrugDetl"].as_array().into_iter().flatten();
    rows.filter_map(|row| row["drugTraceCodg"].as_str().map(str::to_owned)).collect()
}

/// A text or number by path, `setlinfo.setl_id`, of a JSON text.
pub fn text_at(json: &[u8], path: &str) -> Option<String> {
    let value: Value = serde_json::from_slice(json).ok()?;
    let found = path.split('.').try_fold(&value, |value, part| match part.parse::<usize>() {
        Ok(index) => value.get(index),
        Err(_) => value.get(part),
    })?;
    match found {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// Yuan as the interface writes them, in fen.
pub fn fen(yuan: &str) -> Option<i64> {
    let (sign, digits) = match yuan.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, yuan),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if part.len() > 2 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(part)?.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_are_read_exactly() {
        for (yuan, want) in [
            ("12.34", Some(1_234)),
            ("12.3", Some(1_230)),
            ("12", Some(1_200)),
            ("-0.05", Some(-5)),
            ("7.120000", Some(712)),
            ("7.121", None),
            ("x", None),
        ] {
            assert_eq!(fen(yuan), want, "{yuan}");
        }
    }

    #[test]
    fn a_standing_follows_what_was_accepted() {
        let mut standing = Standing::default();
        let sale = br#"{"rxSaleDrugDetl":[{"drugTraceCodg":"81"},{"x":1},{"drugTraceCodg":"82"}]}"#;
        standing.apply("7204", br#"{"epcToken":"t"}"#);
        assert_eq!(standing.held.as_deref(), Some("t"));
        standing.apply("7206", br#"{"rxChkStasCodg":"1"}"#);
        standing.apply("7207", sale);
        assert_eq!(standing.trace_codes, ["81", "82"]);
        standing.apply("2102", b"{}");
        assert_eq!((standing.rx_used_stas, standing.settled), ("2", true));
        standing.apply("2103", b"{}");
        assert_eq!((standing.rx_stas, standing.rx_used_stas, standing.settled), ("2", "1", true));
        assert!(standing.trace_codes.is_empty() && standing.held.is_none());
        let mut refused = Standing::default();
        refused.apply("7204", br#"{"epcToken":"t"}"#);
        refused.apply("7206", br#"{"rxChkStasCodg":"0"}"#);
        assert_eq!((refused.rx_chk_stas.as_deref(), refused.held), (Some("0"), None));
    }

    #[test]
    fn a_path_reads_texts_and_numbers() {
        let json = br#"{"data":[{"a":"x"}],"n":1.50}"#;
        assert_eq!(text_at(json, "data.0.a").as_deref(), Some("x"));
        assert_eq!(text_at(json, "n").as_deref(), Some("1.50"), "as written");
        assert_eq!((text_at(json, "data.1.a"), text_at(b"[", "n")), (None, None));
    }
}
