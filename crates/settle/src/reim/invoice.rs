//! An invoice of a claim by its printed numbers. Serves DG-3.1c.
//!
//! Invariant: one invoice is written one way only, so that it is claimed once: digits, and its code exactly where it has one.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Digits of a number that stands without a code (全面数字化的电子发票).
pub const INVO_NO_ALONE: usize = 20;
/// Digits of a number that stands beside a code.
pub const INVO_NO_CODED: RangeInclusive<usize> = 8..=10;
/// Digits of a code.
pub const INVO_CODE: RangeInclusive<usize> = 8..=12;

/// An invoice; one of the new electronic kind has a number only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Invoice {
    code: Option<String>,
    number: String,
}

/// Not the numbers of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "发票号码应为{INVO_NO_ALONE}位数字而没有代码，或为{}至{}位数字并有{}至{}位数字的发票代码",
    INVO_NO_CODED.start(), INVO_NO_CODED.end(), INVO_CODE.start(), INVO_CODE.end()
)]
pub struct InvoiceError;

impl Invoice {
    /// By 发票代码 and 发票号码 as an officer reads them; an empty code is none.
    ///
    /// # Errors
    /// [`InvoiceError`].
    pub fn new(invo_code: Option<&str>, invo_no: &str) -> Result<Self, InvoiceError> {
        let code = invo_code.map(str::trim).filter(|code| !code.is_empty());
        let number = invo_no.trim();
        let digits = |text: &str| text.bytes().all(|at| at.is_ascii_digit());
        let whole = match code {
            None => number.len() == INVO_NO_ALONE,
            Some(code) => INVO_NO_CODED.contains(&number.len()) && INVO_CODE.contains(&code.len()) && digits(code),
        };
        if !whole || !digits(number) {
            return Err(InvoiceError);
        }
        Ok(Self { code: code.map(str::to_owned), number: number.to_owned() })
    }

    /// Code and number, as it is claimed.
    pub fn key(&self) -> String {
        format!("{}/{}", self.code.as_deref().unwrap_or_default(), self.number)
    }
}

/// The written form, not yet checked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    invo_code: Option<String>,
    invo_no: String,
}

impl TryFrom<Written> for Invoice {
    type Error = InvoiceError;
    fn try_from(written: Written) -> Result<Self, InvoiceError> {
        Self::new(written.invo_code.as_deref(), &written.invo_no)
    }
}

impl From<Invoice> for Written {
    fn from(invoice: Invoice) -> Self {
        Self { invo_code: invoice.code, invo_no: invoice.number }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_is_written_one_way() {
        let key = |code: Option<&str>, number: &str| Invoice::new(code, number).map(|invoice| invoice.key());
        let alone = "24442000000012345678";
        for (code, number) in [(None, alone), (Some(""), alone), (Some(" "), " 24442000000012345678\n")] {
            assert_eq!(key(code, number).as_deref(), Ok("/24442000000012345678"));
        }
        for (code, number) in [(Some("044001900111"), "12345678"), (Some(" 044001900111 "), "12345678 ")] {
            assert_eq!(key(code, number).as_deref(), Ok("044001900111/12345678"));
        }
        let at = |code: usize, number: usize| key(Some(&"1".repeat(code)), &"2".repeat(number)).is_ok();
        assert_eq!([7, 8, 12, 13].map(|code| at(code, 8)), [false, true, true, false]);
        assert_eq!([7, 8, 10, 11].map(|number| at(10, number)), [false, true, true, false]);
        for (code, number) in [
            (None, "12345678"),
            (None, "2444200000001234567"),
            (None, "244420000000123456789"),
            (Some("044001900111"), alone),
            (None, "2444200000001234567A"),
            (Some("04400190011A"), "12345678"),
            (Some("044001900111"), "１２３"),
            (None, ""),
        ] {
            assert_eq!(key(code, number), Err(InvoiceError), "{code:?} {number}");
        }
        let read = |text: &str| serde_json::from_str::<Invoice>(text);
        let invoice = read(r#"{ "invo_code": "", "invo_no": " 24442000000012345678" }"#).unwrap();
        assert_eq!(read(&serde_json::to_string(&invoice).unwrap()).unwrap(), invoice);
        assert!(read(r#"{ "invo_code": null, "invo_no": "12345678" }"#).is_err());
    }
}
