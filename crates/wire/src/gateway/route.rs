//! From `infno` to a transaction. The path says only that it is this front: one URL for all, or the number behind it.
//!
//! Invariant: nothing of an unknown number is repeated in an error but the number itself, which is letters and digits.

use crate::generated::Transaction;

/// The method of the gateways.
const CALL_SERVICE: &str = "callService";
/// A segment of the paths of the per-service style.
const FSI: &str = "fsi";

/// What dialect F calls the transactions of the prescription. Its `Ld7102` and `Ld7202` take a prescription's review and
/// list in the shape of the first interface version and are not built.
const LD: [(&str, Transaction); 7] = [
    ("Ld7801", Transaction::T7101),
    ("Ld7802", Transaction::T7102),
    ("Ld7101", Transaction::T7103),
    ("Ld7104", Transaction::T7104),
    ("Ld7805", Transaction::T7106),
    ("Ld7804", Transaction::T7107),
    ("Ld7806", Transaction::T7211),
];

/// Transactions of the interface that this center does not serve yet.
const NOT_BUILT: &[(&str, &str)] = &[
    ("100001", "政策项查询"),
    ("1901", "字典表查询"),
    ("2001", "人员待遇享受检查"),
    ("3101", "明细审核事前分析服务"),
    ("3102", "明细审核事中分析服务"),
    ("3103", "事前事中服务反馈服务"),
    ("5102", "医执人员信息查询"),
    ("5201", "就诊信息查询"),
    ("5204", "费用明细查询"),
    ("Ld7102", "电子处方审核结果接收（旧版）"),
    ("Ld7202", "电子处方列表查询（旧版）"),
];

/// Why there is no transaction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoTransaction {
    /// Known to the interface, not served here.
    #[error("交易{0} {1}尚未开通")]
    NotBuilt(String, &'static str),
    /// Not known.
    #[error("没有交易编号{0}，请核对infno")]
    Unknown(String),
    /// The path names another one.
    #[error("地址中的交易编号与报文的infno不同")]
    OtherInPath,
}

/// Whether a path leads to this front: `…/callService[/<infno>]`, or any path below a segment `fsi`.
pub fn is_gateway(path: &str) -> bool {
    let mut back = bare(path).rsplit('/');
    let last_two = [back.next(), back.next()];
    last_two.contains(&Some(CALL_SERVICE)) || bare(path).split('/').any(|segment| segment == FSI)
}

/// The number behind `callService`, if the path has one.
pub fn named_in_path(path: &str) -> Option<&str> {
    let (before, last) = bare(path).rsplit_once('/')?;
    let behind = before == CALL_SERVICE || before.ends_with(&format!("/{CALL_SERVICE}"));
    behind.then_some(last)
}

/// The transaction of a number, as sent by a head.
///
/// # Errors
/// [`NoTransaction`].
pub fn transaction(path: &str, infno: &str) -> Result<Transaction, NoTransaction> {
    if named_in_path(path).is_some_and(|named| !named.eq_ignore_ascii_case(infno)) {
        return Err(NoTransaction::OtherInPath);
    }
    let ld = LD.iter().find(|(name, _)| name.eq_ignore_ascii_case(infno)).map(|(_, transaction)| *transaction);
    let found = ld.or_else(|| {
        Transaction::ALL.iter().copied().find(|transaction| transaction.number().eq_ignore_ascii_case(infno))
    });
    match found {
        Some(transaction) if transaction.is_built() => Ok(transaction),
        Some(transaction) => Err(NoTransaction::NotBuilt(infno.to_owned(), transaction.name())),
        None => match NOT_BUILT.iter().find(|(number, _)| number.eq_ignore_ascii_case(infno)) {
            Some((_, name)) => Err(NoTransaction::NotBuilt(infno.to_owned(), name)),
            None => Err(NoTransaction::Unknown(infno.to_owned())),
        },
    }
}

/// What dialect F calls a transaction, where it has a name of its own.
pub fn ld_name(transaction: Transaction) -> Option<&'static str> {
    LD.iter().find(|(_, ours)| *ours == transaction).map(|(name, _)| *name)
}

fn bare(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_front_are_known() {
        for (path, gateway, named) in [
            ("/fsi/api/rsfComIfsService/callService", true, None),
            ("/fsi/api/rsfComIfsService/callService/7101", true, Some("7101")),
            ("/x/callService/", true, None),
            ("/x/callService/2102?v=1", true, Some("2102")),
            ("callService", true, None),
            ("/callService/2102", true, Some("2102")),
            ("/ebus/rio_fsi/fsi/api/signInSignOutService/signIn", true, None),
            ("/epc/api/fixmedins/uploadChk", false, None),
            ("/x/mycallService/2102", false, None),
            ("/elsewhere", false, None),
            ("", false, None),
        ] {
            assert_eq!((is_gateway(path), named_in_path(path)), (gateway, named), "{path}");
        }
    }

    #[test]
    fn numbers_lead_to_transactions_or_say_why_not() {
        let call = "/fsi/api/x/callService";
        for (path, infno, want) in [
            (call, "7101", Ok(Transaction::T7101)),
            (call, "2102", Ok(Transaction::T2102)),
            ("/callService/9001", "9001", Ok(Transaction::T9001)),
            (call, "Ld7101", Ok(Transaction::T7103)),
            (call, "LD7804", Ok(Transaction::T7107)),
            ("/callService/7101", "7102", Err("地址中的交易编号与报文的infno不同")),
            (call, "7202", Ok(Transaction::T7202)),
            (call, "1303", Ok(Transaction::T1303)),
            (call, "2203a", Ok(Transaction::T2203A)),
            (call, "3505a", Ok(Transaction::T3505A)),
            (call, "3503A", Ok(Transaction::T3503A)),
            (call, "0000", Err("没有交易编号0000，请核对infno")),
        ] {
            let got = transaction(path, infno).map_err(|error| error.to_string());
            assert_eq!(got, want.map_err(str::to_owned), "{path} {infno}");
        }
    }

    #[test]
    fn a_transaction_that_is_built_is_not_listed_as_missing() {
        for (number, _) in NOT_BUILT {
            assert!(!Transaction::ALL.iter().any(|transaction| transaction.number() == *number), "{number}");
        }
        assert!(NOT_BUILT.is_sorted());
    }
}
