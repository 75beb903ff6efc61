//! From a path to a transaction: `…/fixmedins/<method>`, whatever stands before (epc.md §1.1).
//!
//! Invariants: the last two segments decide alone; the number of a transaction is a method name everywhere;
//! nothing of an unknown path is repeated in an error.

use crate::generated::Transaction;

/// The segment before the method.
const FIXMEDINS: &str = "fixmedins";

/// Why a path leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The segment before the last is not `fixmedins`.
    #[error("接口地址应以/fixmedins/方法名结尾")]
    NotFixmedins,
    /// No such method.
    #[error("没有此接口方法，请核对方法名或交易编号")]
    UnknownMethod,
    /// A transaction that this center does not serve.
    #[error("交易{} {}尚未开通", .0.number(), .0.name())]
    NotBuilt(Transaction),
    /// A transaction whose file does not fit into a sealed envelope.
    #[error("交易{} {}只在定点医药机构接口（infno）上提供", .0.number(), .0.name())]
    OnlyGateway(Transaction),
}

/// The transaction that a path names; a query and one closing slash are let pass.
///
/// # Errors
/// [`RouteError`].
pub fn route(path: &str) -> Result<Transaction, RouteError> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_suffix('/').unwrap_or(path);
    let mut segments = path.rsplit('/');
    let (method, before) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    if before != FIXMEDINS {
        return Err(RouteError::NotFixmedins);
    }
    let transaction = Transaction::from_method(method).ok_or(RouteError::UnknownMethod)?;
    match transaction {
        Transaction::T9101 | Transaction::T9102 => Err(RouteError::OnlyGateway(transaction)),
        built if built.is_built() => Ok(built),
        _ => Err(RouteError::NotBuilt(transaction)),
    }
}

impl Transaction {
    /// Its number, `7101`.
    pub const fn number(self) -> &'static str {
        self.spec().number
    }

    /// Its Chinese name.
    pub const fn name(self) -> &'static str {
        self.spec().name
    }

    /// Its method on the REST front; its number where it has no other.
    pub const fn method(self) -> &'static str {
        match self.spec().method {
            Some(method) => method,
            None => self.spec().number,
        }
    }

    /// Whether this center serves it.
    pub const fn is_built(self) -> bool {
        self.spec().built
    }

    /// The transaction with that method name or number.
    pub fn from_method(method: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|transaction| transaction.method() == method || transaction.number() == method)
    }
}

impl std::fmt::Display for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Transaction::*;

    #[test]
    fn paths_lead_to_transactions() {
        for (path, want) in [
            ("/epc/api/fixmedins/uploadChk", Ok(T7101)),
            ("/epc/api/fixmedins/7101", Ok(T7101)),
            ("/fixmedins/fixmedins/rxFileUpld", Ok(T7103)),
            ("fixmedins/2102", Ok(T2102)),
            ("/a/b/c/fixmedins/settle/", Ok(T2102)),
            ("/fixmedins/circDrugQuery?x=/y", Ok(T7211)),
            ("/epc/api/uploadChk", Err(RouteError::NotFixmedins)),
            ("/fixmedins/uploadChk/x", Err(RouteError::NotFixmedins)),
            ("", Err(RouteError::NotFixmedins)),
            ("/fixmedins/", Err(RouteError::NotFixmedins)),
            ("/fixmedins/uploadchk", Err(RouteError::UnknownMethod)),
            ("/fixmedins/9999", Err(RouteError::UnknownMethod)),
            ("/fixmedins/7202", Ok(T7202)),
            ("/fixmedins/9101", Err(RouteError::OnlyGateway(T9101))),
            ("/fixmedins/9102", Err(RouteError::OnlyGateway(T9102))),
            ("/fixmedins/7210", Ok(T7210)),
            ("/fixmedins/rxChkInfoCallback", Err(RouteError::NotBuilt(T7108))),
        ] {
            assert_eq!(route(path), want, "{path}");
        }
        assert_eq!(RouteError::NotBuilt(T7108).to_string(), "交易7108 电子处方审核结果通知尚未开通");
    }

    #[test]
    fn the_methods_are_those_of_the_issue_and_none_is_double() {
        for (number, method) in [
            ("7101", "uploadChk"),
            ("7102", "rxFixmedinsSign"),
            ("7103", "rxFileUpld"),
            ("7104", "rxUndo"),
            ("7105", "hospRxDetlQuery"),
            ("7106", "rxChkInfoQuery"),
            ("7107", "rxSetlInfoQuery"),
            ("7201", "rxCircAuth"),
            ("7203", "epcQrcdDecode"),
            ("7204", "rxFileDownload"),
            ("7205", "rxSignVerify"),
            ("7206", "rxChkInfoUpld"),
            ("7207", "rxSelDrugUpld"),
            ("7208", "rxSelDrugUndo"),
            ("7211", "circDrugQuery"),
            ("2101", "preSettle"),
            ("2102", "settle"),
            ("2103", "settleUndo"),
        ] {
            let transaction = Transaction::from_method(method).unwrap();
            assert_eq!((transaction.number(), transaction.is_built()), (number, true));
            assert_eq!(Transaction::from_method(number), Some(transaction));
        }
        for transaction in Transaction::ALL {
            assert_eq!(Transaction::from_method(transaction.method()), Some(*transaction));
        }
    }
}
