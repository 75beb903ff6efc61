//! The only mapping from what happened to what the envelope says: `code`, message.
//!
//! No national list of codes is published; ours follow HTTP's numbers so that an integrator can guess them. The
//! stable code of a refusal stands in the message, with the article that ordered it.

use std::num::NonZeroU32;

use lf_center::Failure;
use lf_rx::Refusal;
use lf_wire::{Defects, EnvelopeError, RouteError};

use crate::guard::{QRCODE_FAILURES_MAX, QRCODE_WINDOW};

/// The longest message.
const MESSAGE_MAX: usize = 2000;

/// What the envelope says besides its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// 0 for success.
    pub code: i32,
    /// For people, in Chinese.
    pub message: String,
}

impl Outcome {
    fn new(code: i32, message: String) -> Self {
        let mut message = message;
        if let Some((at, _)) = message.char_indices().nth(MESSAGE_MAX) {
            message.truncate(at);
            message.push('…');
        }
        Self { code, message }
    }

    /// What went wrong before anything was asked, in its own words.
    pub fn said(code: i32, words: &impl std::fmt::Display) -> Self {
        Self::new(code, words.to_string())
    }

    /// Success on the gateway front, which has a field of its own for what the law reminds of.
    pub fn reminded(reminders: &[Refusal]) -> Self {
        Self::new(0, if reminders.is_empty() { String::new() } else { format!("提醒：{}", sentences(reminders)) })
    }

    /// Success, with what the law reminds of.
    pub fn success(reminders: &[Refusal]) -> Self {
        if reminders.is_empty() {
            return Self::new(0, "成功".to_owned());
        }
        Self::new(0, format!("成功。提醒：{}", sentences(reminders)))
    }

    /// The body is larger than the limit.
    pub fn too_large(body_max: usize) -> Self {
        Self::new(413, format!("请求体超过上限{body_max}字节，请缩减内容后重新发送"))
    }

    /// The body did not come in time.
    pub fn too_slow(body_seconds: u64) -> Self {
        Self::new(408, format!("请求体未在{body_seconds}秒内收齐"))
    }

    /// The body ended in the middle; written for the record, because nobody reads it.
    pub fn cut_off() -> Self {
        Self::new(400, "请求体传输中断".to_owned())
    }

    /// The body comes in drops.
    pub fn too_thin(bytes_a_second: u64) -> Self {
        Self::new(408, format!("请求体传输过慢，低于每秒{bytes_a_second}字节，请检查网络后原样重发"))
    }

    /// An app sends more often than it may.
    pub fn app_too_fast(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        Self::new(429, format!("应用发送过快，上限为每秒{per_second}笔、连续{burst}笔，请稍后原样重发"))
    }

    /// An app waits for as many answers as it may.
    pub fn app_too_many(concurrent: NonZeroU32) -> Self {
        Self::new(503, format!("应用同时处理中的请求已达上限{concurrent}个，请收到应答后再原样重发"))
    }

    /// An app has shown too many codes that were none (7203).
    pub fn app_guesses() -> Self {
        let (most, minutes) = (QRCODE_FAILURES_MAX, QRCODE_WINDOW.as_secs() / 60);
        Self::new(429, format!("应用在{minutes}分钟内二维码解码失败已达上限{most}次，请核对epcQrcd来源，稍后再试"))
    }

    /// As many bodies are in flight as are taken.
    pub fn too_many(bodies_max: usize) -> Self {
        tracing::warn!(bodies_max, "no place for another body");
        Self::new(503, format!("中心同时处理的请求已达上限{bodies_max}个，请稍后原样重发"))
    }

    /// The envelope cannot be read or does not prove its sender.
    pub fn envelope(error: &EnvelopeError) -> Self {
        let code = match error {
            EnvelopeError::Signature(_) | EnvelopeError::NotVerified => 401,
            _ => 400,
        };
        Self::new(code, error.to_string())
    }

    /// Nobody of that id, or switched off.
    pub fn unknown_app() -> Self {
        Self::new(401, "appId未登记或已停用".to_owned())
    }

    /// Too old or too far ahead.
    pub fn stale(window_seconds: i64, off_ms: i64) -> Self {
        let direction = if off_ms < 0 { "早于" } else { "晚于" };
        // Rounded up, so that what is beyond the window never reads as if it were inside.
        let off = off_ms.unsigned_abs().div_ceil(1_000);
        Self::new(
            401,
            format!("timestamp{direction}中心时间{off}秒，允许的偏差为{window_seconds}秒；请校准时钟后重新签名发送"),
        )
    }

    /// No such method, or not built.
    pub fn route(error: &RouteError) -> Self {
        let code = if matches!(error, RouteError::NotBuilt(_) | RouteError::OnlyGateway(_)) { 501 } else { 404 };
        Self::new(code, error.to_string())
    }

    /// All defects of a message.
    pub fn malformed(defects: &Defects) -> Self {
        Self::new(400, defects.to_string())
    }

    /// No reply. What is ours to mend is logged under a reference, and only that is told.
    pub fn failure(failure: &Failure, reference: &str) -> Self {
        match failure {
            Failure::Refused(refusals) => Self::new(403, sentences(refusals)),
            Failure::Unavailable(why) => {
                tracing::warn!(reference, why, "unavailable");
                Self::new(503, format!("中心暂时无法处理，请稍后原样重发；参考号{reference}"))
            }
            Failure::Broken(why) => Self::broken(why, reference),
        }
    }

    /// A fault of ours.
    pub fn broken(why: &str, reference: &str) -> Self {
        tracing::error!(reference, why, "broken");
        Self::new(500, format!("中心内部错误，报文未受理；参考号{reference}"))
    }
}

fn sentences(refusals: &[Refusal]) -> String {
    let mut text = String::new();
    for (at, refusal) in refusals.iter().enumerate() {
        if at > 0 {
            text.push('；');
        }
        text.push_str(&format!("[{}] {}", refusal.code, refusal.sentence.trim_end_matches('。')));
        text.push_str(&format!("（依据：{}）", refusal.source));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use lf_gm::{OpenError, SignatureError};
    use lf_wire::Transaction;
    use lf_wire::json::JsonError;

    #[test]
    fn every_fault_of_an_envelope_has_its_code() {
        for (error, code) in [
            (EnvelopeError::Body(JsonError::Truncated(1)), 400),
            (EnvelopeError::NotObject("数组"), 400),
            (EnvelopeError::TooManyFields(33), 400),
            (EnvelopeError::Missing("appId"), 400),
            (EnvelopeError::NotText("appId"), 400),
            (EnvelopeError::TooLong("appId"), 400),
            (EnvelopeError::Timestamp, 400),
            (EnvelopeError::EncType, 400),
            (EnvelopeError::SignType, 400),
            (EnvelopeError::Open(OpenError::Padding), 400),
            (EnvelopeError::Data(JsonError::TooMany), 400),
            (EnvelopeError::DataNotObject("空值"), 400),
            (EnvelopeError::Signature(SignatureError::Empty), 401),
            (EnvelopeError::NotVerified, 401),
        ] {
            let outcome = Outcome::envelope(&error);
            assert_eq!(outcome, Outcome { code, message: error.to_string() }, "{error:?}");
        }
    }

    #[test]
    fn what_is_not_there_and_what_is_not_open_differ() {
        for (error, code) in [
            (RouteError::NotFixmedins, 404),
            (RouteError::UnknownMethod, 404),
            (RouteError::NotBuilt(Transaction::T7202), 501),
        ] {
            assert_eq!(Outcome::route(&error).code, code, "{error:?}");
        }
    }

    /// What is ours stays here: the caller gets the reference.
    #[test]
    fn no_reason_of_ours_is_told() {
        let why = "sqlite extended code 11";
        for (failure, code) in [(Failure::Broken(why.to_owned()), 500), (Failure::Unavailable(why.to_owned()), 503)] {
            let outcome = Outcome::failure(&failure, "0011AABBCCDD");
            assert_eq!(outcome.code, code);
            assert!(outcome.message.ends_with("参考号0011AABBCCDD"), "{}", outcome.message);
            assert!(!outcome.message.contains("sqlite"), "{}", outcome.message);
        }
    }

    #[test]
    fn refusals_stand_in_their_order_with_code_and_source() {
        let refusal = |code: &str| Refusal {
            code: code.to_owned(),
            source: "某文".to_owned(),
            sentence: "不行。".to_owned(),
            field: None,
            provision: None,
            quote: None,
        };
        let outcome = Outcome::failure(&Failure::Refused(vec![refusal("B"), refusal("A")]), "");
        assert_eq!(
            outcome,
            Outcome {
                code: 403, message: "[B] 不行（依据：某文）；[A] 不行（依据：某文）".to_owned()
            }
        );
        let reminded = Outcome::success(&[refusal("C")]);
        assert_eq!(reminded, Outcome { code: 0, message: "成功。提醒：[C] 不行（依据：某文）".to_owned() });
        assert_eq!(Outcome::success(&[]).message, "成功");
    }

    #[test]
    fn what_is_beyond_the_window_never_reads_as_inside() {
        for (off_ms, want) in [
            (-600_001, "timestamp早于中心时间601秒"),
            (600_001, "timestamp晚于中心时间601秒"),
            (-3_600_000, "timestamp早于中心时间3600秒"),
            (i64::MIN, "timestamp早于中心时间9223372036854776秒"),
        ] {
            let outcome = Outcome::stale(600, off_ms);
            assert_eq!(outcome.code, 401);
            assert!(outcome.message.starts_with(want), "{}", outcome.message);
        }
    }

    #[test]
    fn a_message_is_cut_at_its_limit() {
        for (chars, kept) in [(MESSAGE_MAX, MESSAGE_MAX), (MESSAGE_MAX + 1, MESSAGE_MAX + 1), (9_999, MESSAGE_MAX + 1)]
        {
            let message = Outcome::new(400, "错".repeat(chars)).message;
            assert_eq!(message.chars().count(), kept, "{chars}");
            assert_eq!(message.ends_with('…'), chars > MESSAGE_MAX, "{chars}");
        }
    }
}
