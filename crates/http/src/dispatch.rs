//! From a validated message to the payload of its answer: parse into a command, ask the center, render.

use lf_center::t1301_download::CatalogueFile;
use lf_center::{Answer, Center, Ctx, Failure};
use lf_ports::StoredFile;
use lf_rx::Refusal;
use lf_wire::gateway::{ListFile, StatementZip};
use lf_wire::{Defects, Node, ReplyFault, Transaction, commands, replies};

/// Why there is no payload.
pub enum Stopped {
    /// The message.
    Malformed(Defects),
    /// The case, or us.
    Failed(Failure),
}

impl From<Defects> for Stopped {
    fn from(defects: Defects) -> Self {
        Self::Malformed(defects)
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<ReplyFault> for Stopped {
    fn from(fault: ReplyFault) -> Self {
        Self::Failed(Failure::Broken(fault.to_string()))
    }
}

/// A payload and what the law reminds of.
pub type Done = Result<(Vec<u8>, Vec<Refusal>), Stopped>;

/// Whether the transaction is remembered by the meaning of its message.
pub fn needs_digest(transaction: Transaction) -> bool {
    use Transaction::{
        T2102, T2103, T2201, T2202, T2203A, T2204, T2205, T2207, T2208, T2601, T3202, T3301, T3302, T3501, T3501A,
        T3502, T3502A, T3503, T3503A, T3504, T3504A, T3505, T3505A, T3506, T3506A, T3507, T3507A, T3592B, T7101, T7102,
        T7103, T7104, T7201, T7203, T7206, T7207, T7208, T7209, T7210, T9001, T9002, T9101,
    };
    matches!(
        transaction,
        T7101
            | T7102
            | T7103
            | T7104
            | T7201
            | T7203
            | T7206
            | T7207
            | T7208
            | T7209
            | T7210
            | T2102
            | T2103
            | T2201
            | T2202
            | T2203A
            | T2204
            | T2205
            | T2207
            | T2208
            | T2601
            | T3202
            | T3501
            | T3501A
            | T3502
            | T3502A
            | T3503
            | T3503A
            | T3504
            | T3504A
            | T3505
            | T3505A
            | T3506
            | T3506A
            | T3507
            | T3507A
            | T3592B
            | T9001
            | T9002
            | T9101
            | T3301
            | T3302
    )
}

/// Whether the transaction may change anything, so that the sender's number of its message is taken.
pub fn writes(transaction: Transaction) -> bool {
    use Transaction::{T7204, T7205};
    needs_digest(transaction) || matches!(transaction, T7204 | T7205)
}

/// Runs one transaction.
pub async fn run(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    match transaction {
        Transaction::T7101
        | Transaction::T7102
        | Transaction::T7103
        | Transaction::T7104
        | Transaction::T7105
        | Transaction::T7106
        | Transaction::T7107 => institution(center, ctx, transaction, node).await,
        Transaction::T2101 | Transaction::T2102 | Transaction::T2103 | Transaction::T2601 | Transaction::T5203 => {
            settlement(center, ctx, transaction, node).await
        }
        Transaction::T2201
        | Transaction::T2202
        | Transaction::T2203A
        | Transaction::T2204
        | Transaction::T2205
        | Transaction::T2206
        | Transaction::T2207
        | Transaction::T2208 => clinic(center, ctx, transaction, node).await,
        Transaction::T3201 | Transaction::T3202 => statement(center, ctx, transaction, node).await,
        Transaction::T1101
        | Transaction::T1201
        | Transaction::T5301
        | Transaction::T5302
        | Transaction::T9001
        | Transaction::T9002 => basics(center, ctx, transaction, node).await,
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
        | Transaction::T1320 => download(center, ctx, transaction, node).await,
        Transaction::T3501
        | Transaction::T3501A
        | Transaction::T3502
        | Transaction::T3502A
        | Transaction::T3503
        | Transaction::T3503A
        | Transaction::T3504
        | Transaction::T3504A
        | Transaction::T3505
        | Transaction::T3505A
        | Transaction::T3506
        | Transaction::T3506A
        | Transaction::T3507
        | Transaction::T3507A
        | Transaction::T3508
        | Transaction::T3509
        | Transaction::T3510
        | Transaction::T3511
        | Transaction::T3512
        | Transaction::T3513
        | Transaction::T3592B => goods(center, ctx, transaction, node).await,
        Transaction::T1304 | Transaction::T1312 | Transaction::T1316 | Transaction::T1318 | Transaction::T1319 => {
            page(center, ctx, transaction, node).await
        }
        Transaction::T1317 | Transaction::T3301 | Transaction::T3302 => matching(center, ctx, transaction, node).await,
        _ => pharmacy(center, ctx, transaction, node).await,
    }
}

/// Parse, ask, render: what every transaction does. On the heap, because the largest use case would else be carried on the
/// stack of every message.
macro_rules! transact {
    ($node:ident, $center:ident, $ctx:ident, $parse:ident, $ask:ident, |$reply:pat_param, $command:ident| $render:expr) => {{
        let $command = commands::$parse($node)?;
        let Answer { reply: $reply, reminders } = Box::pin($center.$ask($ctx, &$command)).await?;
        Ok(($render?, reminders))
    }};
}

async fn institution(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    match transaction {
        Transaction::T7101 => {
            transact!(node, center, ctx, t7101, t7101_precheck, |reply, command| replies::t7101(&reply))
        }
        Transaction::T7102 => transact!(node, center, ctx, t7102, t7102_sign, |reply, command| replies::t7102(
            &reply,
            &command.original_rx_file
        )),
        Transaction::T7103 => {
            transact!(node, center, ctx, t7103, t7103_upload, |reply, command| replies::t7103(&reply))
        }
        Transaction::T7104 => transact!(node, center, ctx, t7104, t7104_undo, |reply, command| replies::t7104(&reply)),
        Transaction::T7105 => transact!(node, center, ctx, t7105, t7105_query, |reply, command| replies::t7105(&reply)),
        Transaction::T7106 => {
            transact!(node, center, ctx, t7105, t7106_review_query, |reply, command| replies::t7106(&reply))
        }
        Transaction::T7107 => {
            transact!(node, center, ctx, t7105, t7107_settlement_query, |reply, command| replies::t7107(&reply))
        }
        _ => not_built(transaction),
    }
}

async fn matching(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    match transaction {
        Transaction::T3301 => {
            transact!(node, center, ctx, t3301, t3301_match, |_, command| replies::t3301(transaction))
        }
        Transaction::T3302 => {
            transact!(node, center, ctx, t3302, t3302_withdraw, |_, command| replies::t3301(transaction))
        }
        Transaction::T1317 => {
            transact!(node, center, ctx, t1317, t1317_matches, |reply, command| replies::t1317(&reply))
        }
        _ => not_built(transaction),
    }
}

async fn basics(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    match transaction {
        Transaction::T1101 => {
            transact!(node, center, ctx, t1101, t1101_person, |reply, command| replies::t1101(&reply))
        }
        Transaction::T1201 => {
            transact!(node, center, ctx, t1201, t1201_fixmedins, |reply, command| replies::t1201(&reply))
        }
        Transaction::T5301 => {
            transact!(node, center, ctx, t5301, t5301_dises, |reply, command| replies::t5301(&reply))
        }
        Transaction::T5302 => {
            transact!(node, center, ctx, t5302, t5302_chosen, |reply, command| replies::t5302(&reply))
        }
        Transaction::T9001 => {
            transact!(node, center, ctx, t9001, t9001_signin, |reply, command| replies::t9001(&reply))
        }
        Transaction::T9002 => {
            transact!(node, center, ctx, t9002, t9002_signout, |reply, command| replies::t9002(&reply))
        }
        _ => not_built(transaction),
    }
}

async fn pharmacy(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    match transaction {
        Transaction::T7201 => {
            transact!(node, center, ctx, t7201, t7201_authorise, |reply, command| replies::t7201(&reply))
        }
        Transaction::T7202 => {
            transact!(node, center, ctx, t7202, t7202_online, |reply, command| replies::t7203(transaction, &reply))
        }
        Transaction::T7203 => {
            transact!(node, center, ctx, t7203, t7203_qrcode, |reply, command| replies::t7203(transaction, &reply))
        }
        Transaction::T7204 => {
            transact!(node, center, ctx, t7204, t7204_download, |reply, command| replies::t7204(&reply))
        }
        Transaction::T7205 => {
            transact!(node, center, ctx, t7205, t7205_verify, |reply, command| replies::t7205(&reply))
        }
        Transaction::T7206 => {
            transact!(node, center, ctx, t7206, t7206_review, |reply, command| replies::t7206(&reply))
        }
        Transaction::T7207 => transact!(node, center, ctx, t7207, t7207_sell, |reply, command| replies::t7207(&reply)),
        Transaction::T7208 => transact!(node, center, ctx, t7208, t7208_undo_sale, |_, command| replies::t7208()),
        Transaction::T7209 => {
            transact!(node, center, ctx, t7209, t7209_deliver, |_, command| replies::t7209(transaction))
        }
        Transaction::T7210 => {
            transact!(node, center, ctx, t7210, t7210_sign_off, |_, command| replies::t7209(transaction))
        }
        Transaction::T7211 => {
            transact!(node, center, ctx, t7211, t7211_catalogue, |reply, command| replies::t7211(&reply))
        }
        _ => not_built(transaction),
    }
}

async fn settlement(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    match transaction {
        Transaction::T2101 => {
            transact!(node, center, ctx, t2102, t2101_quote, |reply, command| replies::t2101(&reply, &command, ctx.now))
        }
        Transaction::T2102 => {
            transact!(node, center, ctx, t2102, t2102_settle, |reply, command| replies::t2102(&reply))
        }
        Transaction::T2103 => {
            transact!(node, center, ctx, t2103, t2103_refund, |reply, command| replies::t2103(&reply))
        }
        Transaction::T2601 => transact!(node, center, ctx, t2601, t2601_undo, |(), command| replies::t2601()),
        Transaction::T5203 => {
            transact!(node, center, ctx, t5203, t5203_settlement, |reply, command| replies::t5203(&reply))
        }
        _ => not_built(transaction),
    }
}

async fn clinic(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    match transaction {
        Transaction::T2201 => {
            transact!(node, center, ctx, t2201, t2201_register, |reply, command| replies::t2201(&reply, &command))
        }
        Transaction::T2202 => {
            transact!(node, center, ctx, t2202, t2202_withdraw, |(), command| replies::t2202(transaction))
        }
        Transaction::T2203A => {
            transact!(node, center, ctx, t2203a, t2203a_visit, |(), command| replies::t2202(transaction))
        }
        Transaction::T2204 => {
            transact!(node, center, ctx, t2204, t2204_fees, |reply, command| replies::t2204(&reply))
        }
        Transaction::T2205 => {
            transact!(node, center, ctx, t2205, t2205_drop_fees, |(), command| replies::t2202(transaction))
        }
        Transaction::T2206 => {
            transact!(node, center, ctx, t2207, t2206_clinic_quote, |reply, command| replies::t2206(
                &reply, &command, ctx.now
            ))
        }
        Transaction::T2207 => {
            transact!(node, center, ctx, t2207, t2207_clinic_settle, |reply, command| replies::t2207(&reply))
        }
        Transaction::T2208 => {
            transact!(node, center, ctx, t2103, t2208_clinic_refund, |reply, command| replies::t2208(&reply))
        }
        _ => not_built(transaction),
    }
}

async fn statement(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    if transaction == Transaction::T3201 {
        return transact!(node, center, ctx, t3201, t3201_statement, |reply, command| replies::t3201(&reply));
    }
    let command = commands::t3202(node)?;
    let Answer { reply, reminders } = Box::pin(center.t3202_details(ctx, &command, &StatementZip)).await?;
    Ok((replies::t3202(&reply)?, reminders))
}

async fn goods(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    match transaction {
        Transaction::T3508 | Transaction::T3509 | Transaction::T3510 | Transaction::T3511 | Transaction::T3512 => {
            let command = commands::t3508(transaction, node)?;
            let Answer { reply, reminders } = center.t3508_goods_query(ctx, &command).await?;
            Ok((replies::t3508(transaction, &reply)?, reminders))
        }
        Transaction::T3513 => {
            transact!(node, center, ctx, t3513, t3513_traces, |reply, command| replies::t3513(&reply))
        }
        Transaction::T3592B => {
            transact!(node, center, ctx, t3592b, t3592b_virtual, |reply, command| replies::t3592b(&reply, &command))
        }
        _ => {
            let command = commands::goods(transaction, node)?;
            let Answer { reply, reminders } = Box::pin(center.t3501_goods(ctx, &command)).await?;
            Ok((replies::goods(transaction, &reply, &command)?, reminders))
        }
    }
}

async fn download(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    let Some(catalogue) = commands::catalogue(transaction) else { return not_built(transaction) };
    let command = commands::t1301(catalogue, node)?;
    let file = |catalogue| Box::new(ListFile::new(catalogue)) as Box<dyn CatalogueFile>;
    let Answer { reply, reminders } = center.t1301_download(ctx, &command, file).await?;
    Ok((replies::t1301(transaction, &reply)?, reminders))
}

async fn page(center: &Center, ctx: &Ctx, transaction: Transaction, node: &Node<'_>) -> Done {
    let Some(question) = commands::question(transaction) else { return not_built(transaction) };
    let command = commands::t1312(question, node)?;
    let Answer { reply, reminders } = center.t1312_hilist(ctx, &command).await?;
    Ok((replies::t1312(transaction, &reply)?, reminders))
}

/// 9101, on the gateway front only. `file` is the part of the form, if the message came as one.
pub async fn upload(center: &Center, ctx: &Ctx, node: &Node<'_>, file: Option<&[u8]>) -> Done {
    let command = commands::t9101(node, file)?;
    let Answer { reply, reminders } = center.t9101_file_upload(ctx, &command).await?;
    Ok((replies::t9101(&reply, &command)?, reminders))
}

/// 9102, on the gateway front only: the file itself.
pub async fn fetch(center: &Center, ctx: &Ctx, node: &Node<'_>) -> Result<StoredFile, Stopped> {
    let command = commands::t9102(node)?;
    Ok(center.t9102_file_download(ctx, &command).await?.reply)
}

/// The router lets through only what is built; a transaction that it knows and this file does not is our fault.
fn not_built(transaction: Transaction) -> Done {
    Err(Stopped::Failed(Failure::Broken(format!("{transaction} is routed but not dispatched"))))
}
