//! The only mapping from what happened to what the envelope says: `code`, message.
//!
//! No national list of codes is published; ours follow HTTP's numbers so that an integrator can guess them. The
//! stable code of a refusal stands in the message, with the article that ordered it.

use lf_center::Failure;
use lf_rx::Refusal;
use lf_wire::{Defects, EnvelopeError, RouteError};

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

    /// Success, with what the law reminds of.
    pub fn success(reminders: &[Refusal]) -> Self {
        if reminders.is_empty() {
            return Self::new(0, "成功".to_owned());
        }
        Self::new(0, format!("成功。提醒：{}", sentences(reminders)))
    }

    /// The body is larger than the limit.
    pub fn too_large(body_max: usize) -> Self {
        Self::new(413, format!("请求体超过上限{body_max}字节"))
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
        let code = if matches!(error, RouteError::NotBuilt(_)) { 501 } else { 404 };
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
