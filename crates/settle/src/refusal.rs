//! Why a case cannot be settled: a closed, ordered list with stable codes and Chinese sentences.
//!
//! The order of the variants is the order of precedence: shape of the case, then each line in the
//! order sent, then the totals, then the account and the year. A case with several defects gets
//! the first.

use lf_vocab::{Fen, Pric, Qty};
use thiserror::Error;

use crate::case::{MAX_LINES, MAX_MEDFEE_FEN};

/// Why a case cannot be settled; nothing has moved.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is nothing to settle.
    #[error("结算明细为空")]
    NoLines,
    /// More lines than one settlement takes.
    #[error("结算明细{count}行，超过上限{MAX_LINES}行")]
    TooManyLines {
        /// How many came.
        count: usize,
    },
    /// Two lines carry the same number.
    #[error("费用明细流水号{feedetl_sn}重复")]
    DuplicateLine {
        /// The number.
        feedetl_sn: String,
    },
    /// A count of nothing or below.
    #[error("明细{feedetl_sn}的数量{cnt}应大于0")]
    CountNotPositive {
        /// The line.
        feedetl_sn: String,
        /// The count sent.
        cnt: Qty,
    },
    /// A price of nothing or below.
    #[error("明细{feedetl_sn}的单价{pric}应大于0")]
    PriceNotPositive {
        /// The line.
        feedetl_sn: String,
        /// The price sent.
        pric: Pric,
    },
    /// The payment standard handed in is negative.
    #[error("明细{feedetl_sn}的支付标准为负数")]
    StandardNegative {
        /// The line.
        feedetl_sn: String,
    },
    /// A line amount of nothing or below.
    #[error("明细{feedetl_sn}的金额{claimed}元应大于0")]
    AmountNotPositive {
        /// The line.
        feedetl_sn: String,
        /// The amount sent.
        claimed: Fen,
    },
    /// Count × price beyond [`MAX_MEDFEE_FEN`].
    #[error("明细{feedetl_sn}的金额超过单次结算上限{MAX_MEDFEE_FEN}元")]
    LineBeyondLimit {
        /// The line.
        feedetl_sn: String,
    },
    /// The line amount is not count × price.
    #[error("明细{feedetl_sn}的金额{claimed}元与数量乘单价{computed}元不符")]
    LineMismatch {
        /// The line.
        feedetl_sn: String,
        /// The amount sent.
        claimed: Fen,
        /// Count × price, halves up.
        computed: Fen,
    },
    /// The lines together go beyond [`MAX_MEDFEE_FEN`].
    #[error("医疗费总额超过单次结算上限{MAX_MEDFEE_FEN}元")]
    TotalBeyondLimit,
    /// The claimed total is not the sum of the lines.
    #[error("医疗费总额{claimed}元与明细合计{computed}元不符")]
    TotalMismatch {
        /// The total sent.
        claimed: Fen,
        /// The sum of the lines.
        computed: Fen,
    },
    /// The account's balance is below nothing.
    #[error("个人账户余额为负数")]
    NegativeBalance,
    /// The accumulator belongs to another year than the purchase.
    #[error("累计年度{accumulator}与费用发生年度{case}不符")]
    WrongYear {
        /// The accumulator's year.
        accumulator: i16,
        /// The purchase's year.
        case: i16,
    },
    /// The law says nothing of what is paid first for this class.
    #[error("明细{feedetl_sn}为{class}，其先行自付比例尚未形成规则")]
    ClassNotFormalised {
        /// The line.
        feedetl_sn: String,
        /// Name of the class.
        class: &'static str,
    },
    /// The accumulators handed in are not those of the scheme's limits.
    #[error("共用限额{pots}个，累计{given}个")]
    PotsDiffer {
        /// How many limits the scheme shares.
        pots: usize,
        /// How many accumulators came.
        given: usize,
    },
}

impl Refusal {
    /// A stable code for logs, tests and other programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoLines => "settle.no_lines",
            Self::TooManyLines { .. } => "settle.too_many_lines",
            Self::DuplicateLine { .. } => "settle.duplicate_feedetl_sn",
            Self::CountNotPositive { .. } => "settle.cnt_not_positive",
            Self::PriceNotPositive { .. } => "settle.pric_not_positive",
            Self::StandardNegative { .. } => "settle.pric_uplmt_negative",
            Self::AmountNotPositive { .. } => "settle.amount_not_positive",
            Self::LineBeyondLimit { .. } => "settle.line_beyond_limit",
            Self::LineMismatch { .. } => "settle.det_item_fee_mismatch",
            Self::TotalBeyondLimit => "settle.total_beyond_limit",
            Self::TotalMismatch { .. } => "settle.medfee_mismatch",
            Self::NegativeBalance => "settle.balance_negative",
            Self::WrongYear { .. } => "settle.wrong_year",
            Self::ClassNotFormalised { .. } => "settle.class_not_formalised",
            Self::PotsDiffer { .. } => "settle.pots_differ",
        }
    }
}
