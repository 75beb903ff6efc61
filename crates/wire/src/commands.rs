//! From validated messages to commands of the center: one function a transaction.
//!
//! Invariants: every defect that a conversion finds is kept, not only the first; a text that a domain type
//! refuses is a defect of its field with the type's own reason.

mod basics;
mod clinic;
mod delivery;
mod extras;
mod files;
mod filings;
mod goods;
mod institution;
mod list_match;
mod paper;
mod pharmacy;
mod precheck;
mod settle;
mod statement;

pub use basics::{t1101, t1201, t9001, t9002};
pub use clinic::{t2201, t2202, t2203a, t2204, t2205, t2207};
pub use delivery::{STATED_MAX, t7209, t7210};
pub use files::{ARRAY_MAX, catalogue, question, t1301, t1312, t9101, t9102};
pub use filings::{t5301, t5302};
pub use goods::{goods, t3508, t3513, t3592b};
pub use institution::{read_signed, t7102, t7103, t7104, t7105};
pub use list_match::{t1317, t3301, t3302};
pub use pharmacy::{t7201, t7202, t7203, t7204, t7205, t7206, t7207, t7208, t7211};
pub use precheck::{stated_in, t7101};
pub use settle::{t2102, t2103, t2601, t5203};
pub use statement::{t3201, t3202};

use crate::defect::{Defect, Defects};
use crate::generated::Transaction;
use crate::node::Node;
use crate::validate::Checked;

/// Everything that is wrong with a message: what its table finds, then what the conversion of the rest finds.
pub fn all_defects(transaction: Transaction, checked: Checked<'_>) -> Defects {
    let mut defects = checked.defects;
    if let Some(node) = &checked.node {
        defects.merge(of_forms(transaction, node));
    }
    defects
}

/// The conversion's defects; what is not built has none.
fn of_forms(transaction: Transaction, node: &Node<'_>) -> Defects {
    use Transaction::{
        T3501, T3501A, T3502, T3502A, T3503, T3503A, T3504, T3504A, T3505, T3505A, T3506, T3506A, T3507, T3507A,
    };
    match transaction {
        Transaction::T7101 => of(t7101(node)),
        Transaction::T7102 => of(t7102(node)),
        Transaction::T7103 => of(t7103(node)),
        Transaction::T7104 => of(t7104(node)),
        Transaction::T7105 | Transaction::T7106 | Transaction::T7107 => of(t7105(node)),
        Transaction::T7201 => of(t7201(node)),
        Transaction::T7202 => of(t7202(node)),
        Transaction::T7203 | Transaction::T7204 | Transaction::T7205 => of_counter(transaction, node),
        Transaction::T7206 | Transaction::T7207 | Transaction::T7208 => of_sale(transaction, node),
        Transaction::T7209 | Transaction::T7210 => of_delivery(transaction, node),
        Transaction::T7211 => of(t7211(node)),
        Transaction::T2101
        | Transaction::T2102
        | Transaction::T2103
        | Transaction::T2201
        | Transaction::T2202
        | Transaction::T2203A
        | Transaction::T2204
        | Transaction::T2205
        | Transaction::T2206
        | Transaction::T2207
        | Transaction::T2208
        | Transaction::T2601
        | Transaction::T3201
        | Transaction::T3202
        | Transaction::T5203 => of_money(transaction, node),
        Transaction::T1317 | Transaction::T3301 | Transaction::T3302 => of_matches(transaction, node),
        Transaction::T1101
        | Transaction::T1201
        | Transaction::T5301
        | Transaction::T5302
        | Transaction::T9001
        | Transaction::T9002
        | Transaction::T9102 => of_basics(transaction, node),
        Transaction::T1301
        | Transaction::T1302
        | Transaction::T1303
        | Transaction::T1305
        | Transaction::T1306
        | Transaction::T1307
        | Transaction::T1308
        | Transaction::T1309
        | Transaction::T1310
        | Transaction::T1311
        | Transaction::T1313
        | Transaction::T1314
        | Transaction::T1315
        | Transaction::T1320 => {
            catalogue(transaction).map_or_else(Defects::new, |catalogue| of(t1301(catalogue, node)))
        }
        Transaction::T1304 | Transaction::T1312 | Transaction::T1316 | Transaction::T1318 | Transaction::T1319 => {
            question(transaction).map_or_else(Defects::new, |question| of(t1312(question, node)))
        }
        T3501 | T3501A | T3502 | T3502A | T3503 | T3503A | T3504 | T3504A | T3505 | T3505A | T3506 | T3506A | T3507
        | T3507A => of(goods(transaction, node)),
        Transaction::T3508 | Transaction::T3509 | Transaction::T3510 | Transaction::T3511 | Transaction::T3512 => {
            of(t3508(transaction, node))
        }
        Transaction::T3513 => of(t3513(node)),
        Transaction::T3592B => of(t3592b(node)),
        // The bytes of 9101 may stand beside the message: its form is judged where both are known.
        Transaction::T9101 | Transaction::T7108 | Transaction::T7109 => Defects::new(),
    }
}

/// From the code to the verified file.
fn of_counter(transaction: Transaction, node: &Node<'_>) -> Defects {
    match transaction {
        Transaction::T7203 => of(t7203(node)),
        Transaction::T7204 => of(t7204(node)),
        _ => of(t7205(node)),
    }
}

/// Delivery of what was sold.
fn of_delivery(transaction: Transaction, node: &Node<'_>) -> Defects {
    if transaction == Transaction::T7209 { of(t7209(node)) } else { of(t7210(node)) }
}

/// Matches of lists.
fn of_matches(transaction: Transaction, node: &Node<'_>) -> Defects {
    match transaction {
        Transaction::T3301 => of(t3301(node)),
        Transaction::T3302 => of(t3302(node)),
        _ => of(t1317(node)),
    }
}

/// Who and where.
fn of_basics(transaction: Transaction, node: &Node<'_>) -> Defects {
    match transaction {
        Transaction::T1101 => of(t1101(node)),
        Transaction::T1201 => of(t1201(node)),
        Transaction::T5301 => of(t5301(node)),
        Transaction::T5302 => of(t5302(node)),
        Transaction::T9001 => of(t9001(node)),
        Transaction::T9002 => of(t9002(node)),
        _ => of(t9102(node)),
    }
}

/// Review and sale.
fn of_sale(transaction: Transaction, node: &Node<'_>) -> Defects {
    match transaction {
        Transaction::T7206 => of(t7206(node)),
        Transaction::T7207 => of(t7207(node)),
        _ => of(t7208(node)),
    }
}

/// Settlement, by either route, and its statements.
fn of_money(transaction: Transaction, node: &Node<'_>) -> Defects {
    match transaction {
        Transaction::T2101 | Transaction::T2102 => of(t2102(node)),
        Transaction::T2103 | Transaction::T2208 => of(t2103(node)),
        Transaction::T2201 => of(t2201(node)),
        Transaction::T2202 => of(t2202(node)),
        Transaction::T2203A => of(t2203a(node)),
        Transaction::T2204 => of(t2204(node)),
        Transaction::T2205 => of(t2205(node)),
        Transaction::T2206 | Transaction::T2207 => of(t2207(node)),
        Transaction::T3201 => of(t3201(node)),
        Transaction::T3202 => of(t3202(node)),
        Transaction::T5203 => of(t5203(node)),
        _ => of(t2601(node)),
    }
}

fn of<T>(converted: Result<T, Defects>) -> Defects {
    converted.err().unwrap_or_default()
}

/// Collects values and the defects of those that could not be taken.
#[derive(Default)]
pub(crate) struct Take {
    defects: Defects,
}

impl Take {
    /// The value, or its defect kept.
    pub(crate) fn it<T>(&mut self, result: Result<T, Defect>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(defect) => {
                self.defects.push(defect);
                None
            }
        }
    }

    /// The command, or all defects. `build` is asked only when there was none.
    pub(crate) fn done<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Defects> {
        match build() {
            Some(command) if self.defects.is_empty() => Ok(command),
            _ => Err(self.defects),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
