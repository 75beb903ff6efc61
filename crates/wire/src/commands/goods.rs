//! 进销存: 3501–3507 and their batches 3501A–3507A are rows of one command; 3513 asks for them, 3592B for a number.
//!
//! Invariant: every field of a row is kept as told, whether or not the ledger reads it.

use lf_center::t3501_goods::{Command, PharNo, Row, RowWhat, SaleRow};
use lf_center::{t3508_goods_query, t3513_traces, t3592b_virtual};
use lf_stock::{ChgType, DataType, Goods, Told};
use lf_vocab::{DrugTracCodg, Moment};

use super::Take;
use crate::defect::Defects;
use crate::generated::Transaction;
use crate::node::{FieldValue, Node};

/// 医保结算, as `mdtrt_setl_type` says it.
const INSURED: &str = "1";

/// 3501–3507, 3501A–3507A. 3501A has no place in its answer for what became of a row: it is taken whole or refused.
pub fn goods(transaction: Transaction, node: &Node<'_>) -> Result<Command, Defects> {
    let mut take = Take::default();
    let many = matches!(
        transaction,
        Transaction::T3501A
            | Transaction::T3502A
            | Transaction::T3503A
            | Transaction::T3504A
            | Transaction::T3505A
            | Transaction::T3506A
            | Transaction::T3507A
    );
    let batch = many && transaction != Transaction::T3501A;
    let rows: Vec<_> = if many {
        node.nodes("rows").iter().map(|row| self::row(&mut take, transaction, row)).collect()
    } else if transaction == Transaction::T3507 {
        vec![deletion(&mut take, node)]
    } else {
        match take.it(node.need_node("row")) {
            Some(row) => vec![self::row(&mut take, transaction, row)],
            None => vec![None],
        }
    };
    take.done(|| {
        let rows = rows.into_iter().collect::<Option<_>>()?;
        Some(Command { infno: transaction.number(), batch, rows })
    })
}

fn row(take: &mut Take, transaction: Transaction, row: &Node<'_>) -> Option<Row> {
    match transaction {
        Transaction::T3501 | Transaction::T3501A => count(take, row),
        Transaction::T3502 | Transaction::T3502A => change(take, row),
        Transaction::T3503 | Transaction::T3503A => purchase(take, row),
        Transaction::T3504 | Transaction::T3504A => purchase_return(take, row),
        Transaction::T3507A => deletion(take, row),
        Transaction::T3505 | Transaction::T3505A => sale(take, transaction, row),
        _ => sale_return(take, row),
    }
}

fn count(take: &mut Take, row: &Node<'_>) -> Option<Row> {
    let goods = goods_of(take, row);
    let invdate = take.it(row.required("invdate", row.day("invdate")));
    let cnt = take.it(row.required("inv_cnt", row.qty("inv_cnt")));
    let lot = lot(take, row);
    let invdate = invdate?;
    let what = RowWhat::Count { goods: goods?, invdate, cnt: cnt? };
    Some(made(row, lot?, (invdate.start(), invdate.to_string()), what))
}

fn change(take: &mut Take, row: &Node<'_>) -> Option<Row> {
    let goods = told_of(take, row);
    let kind = row.string("inv_chg_type").unwrap_or_default();
    let chg = take.it(row.code("inv_chg_type", ChgType::from_code));
    let cnt = take.it(row.required("cnt", row.qty("cnt")));
    let at = take.it(row.required("inv_chg_time", row.moment("inv_chg_time")));
    let lot = lot(take, row);
    let what = RowWhat::Change { goods: goods?, chg: chg?, cnt: cnt?, split: row.flag("trdn_flag") };
    let at = at?;
    Some(made(row, lot?, (at, format!("{kind}/{at}")), what))
}

fn purchase(take: &mut Take, row: &Node<'_>) -> Option<Row> {
    let goods = goods_of(take, row);
    let cnt = take.it(row.required("purc_retn_cnt", row.qty("purc_retn_cnt")));
    let at = take.it(row.required("purc_retn_stoin_time", row.moment("purc_retn_stoin_time")));
    let codes = codes(take, row);
    let lot = lot(take, row);
    let at = at?;
    let doc_no = format!("3503/{at}/{}/{}", row.text_or_empty("purc_invo_no"), row.text_or_empty("dynt_no"));
    let what = RowWhat::Purchase { goods: goods?, cnt: cnt?, codes: codes? };
    Some(made(row, lot?, (at, doc_no), what))
}

fn purchase_return(take: &mut Take, row: &Node<'_>) -> Option<Row> {
    let goods = told_of(take, row);
    let cnt = take.it(row.required("purc_retn_cnt", row.qty("purc_retn_cnt")));
    let at = take.it(row.required("purc_retn_stoin_time", row.moment("purc_retn_stoin_time")));
    let lot = lot(take, row);
    let at = at?;
    let doc_no = format!("3504/{at}/{}", row.text_or_empty("purc_invo_no"));
    Some(made(row, lot?, (at, doc_no), RowWhat::PurchaseReturn { goods: goods?, cnt: cnt? }))
}

fn sale(take: &mut Take, transaction: Transaction, row: &Node<'_>) -> Option<Row> {
    let sold = sale_row(take, row);
    let at = take.it(row.required("sel_retn_time", row.moment("sel_retn_time")));
    let rtal_docno = take.it(row.need("rtal_docno").map(str::to_owned));
    let psn_no = take.it(row.parse_opt("psn_no"));
    let lot = lot(take, row);
    let mut sold = sold?;
    if row.flag("rx_circ_flag") {
        // An 外购处方 without a number is one that nothing is known of.
        sold.rxno = Some(row.string("rxno").unwrap_or_default());
    }
    if transaction == Transaction::T3505A && row.text("mdtrt_setl_type") == Some(INSURED) {
        sold.phar_no = Some(row.string("phar_no").map_or(PharNo::Missing, PharNo::Told));
    }
    // A voucher has one row of a lot, or one a box.
    let doc_no = format!("3505/{}/{}", rtal_docno?, first(&sold.codes));
    let made = made(row, lot?, (at?, doc_no), RowWhat::Sale(sold));
    Some(Row { psn_no: psn_no?, ..made })
}

fn sale_return(take: &mut Take, row: &Node<'_>) -> Option<Row> {
    let sold = sale_row(take, row);
    let at = take.it(row.required("sel_retn_time", row.moment("sel_retn_time")));
    let psn_no = take.it(row.parse_opt("psn_no"));
    let lot = lot(take, row);
    let (sold, at) = (sold?, at?);
    let doc_no = format!("3506/{}/{at}/{}", sold.mdtrt_sn, first(&sold.codes));
    let made = made(row, lot?, (at, doc_no), RowWhat::SaleReturn(sold));
    Some(Row { psn_no: psn_no?, ..made })
}

fn deletion(take: &mut Take, node: &Node<'_>) -> Option<Row> {
    let data = take.it(node.code("inv_data_type", DataType::from_code));
    let lot = lot(take, node);
    let at = (Moment::from_micros(0), "3507".to_owned());
    Some(made(node, lot?, at, RowWhat::Delete(data?)))
}

fn made(row: &Node<'_>, fixmedins_bchno: String, (at, doc_no): (Moment, String), what: RowWhat) -> Row {
    Row { fixmedins_bchno, at, doc_no, told: told(row), psn_no: None, what }
}

fn first(codes: &[DrugTracCodg]) -> &str {
    codes.first().map_or("", DrugTracCodg::as_str)
}

fn lot(take: &mut Take, row: &Node<'_>) -> Option<String> {
    take.it(row.need("fixmedins_bchno").map(str::to_owned))
}

fn sale_row(take: &mut Take, row: &Node<'_>) -> Option<SaleRow> {
    let goods = told_of(take, row);
    let mdtrt_sn = take.it(row.need("mdtrt_sn").map(str::to_owned));
    let cnt = take.it(row.required("sel_retn_cnt", row.qty("sel_retn_cnt")));
    let codes = codes(take, row);
    Some(SaleRow {
        goods: goods?,
        mdtrt_sn: mdtrt_sn?,
        rxno: None,
        phar_no: None,
        cnt: cnt?,
        split: row.flag("trdn_flag"),
        codes: codes?,
    })
}

/// The codes of a row; the deprecated field beside the node counts where the node is empty.
fn codes(take: &mut Take, row: &Node<'_>) -> Option<Vec<DrugTracCodg>> {
    let told = row.nodes("drugtracinfo").iter().filter(|code| code.has("drug_trac_codg"));
    let codes: Vec<_> = told.map(|code| take.it(code.parse("drug_trac_codg"))).collect();
    if codes.is_empty() && row.knows("drug_trac_codg") && row.has("drug_trac_codg") {
        return Some(vec![take.it(row.parse("drug_trac_codg"))?]);
    }
    codes.into_iter().collect()
}

fn goods_of(take: &mut Take, row: &Node<'_>) -> Option<Goods> {
    let med_list_codg = take.it(row.parse("med_list_codg"));
    let fixmedins_hilist_id = take.it(row.need("fixmedins_hilist_id").map(str::to_owned));
    let fixmedins_hilist_name = take.it(row.need("fixmedins_hilist_name").map(str::to_owned));
    let manu_date = take.it(row.required("manu_date", row.day("manu_date")));
    let expy_end = take.it(row.required("expy_end", row.day("expy_end")));
    Some(Goods {
        med_list_codg: med_list_codg?,
        fixmedins_hilist_id: fixmedins_hilist_id?,
        fixmedins_hilist_name: fixmedins_hilist_name?,
        rx_flag: row.flag("rx_flag"),
        manu_lotnum: row.string("manu_lotnum"),
        manu_date: manu_date?,
        expy_end: expy_end?,
    })
}

fn told_of(take: &mut Take, row: &Node<'_>) -> Option<Told> {
    let med_list_codg = take.it(row.parse("med_list_codg"));
    let fixmedins_hilist_id = take.it(row.need("fixmedins_hilist_id").map(str::to_owned));
    let day = |name: &str| if row.knows(name) { row.day(name) } else { None };
    Some(Told {
        med_list_codg: med_list_codg?,
        fixmedins_hilist_id: fixmedins_hilist_id?,
        manu_lotnum: if row.knows("manu_lotnum") { row.string("manu_lotnum") } else { None },
        manu_date: day("manu_date"),
        expy_end: day("expy_end"),
    })
}

/// Every scalar field of a row, by its name, as the interface writes it.
fn told(row: &Node<'_>) -> Vec<(String, String)> {
    let text = |value: &FieldValue<'_>| match value {
        FieldValue::Text(text) => Some(text.to_string()),
        FieldValue::Number(number) => Some(number.to_string()),
        FieldValue::Moment(at) => Some(at.to_string()),
        FieldValue::Day(day) => Some(day.to_string()),
        FieldValue::Bool(yes) => Some(yes.to_string()),
        _ => None,
    };
    row.present().filter_map(|(field, value)| Some((field.name.to_owned(), text(value)?))).collect()
}

/// 3508–3512.
pub fn t3508(transaction: Transaction, node: &Node<'_>) -> Result<t3508_goods_query::Command, Defects> {
    use t3508_goods_query::Kind;
    use t3513_traces::By;
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let (begndate, enddate) = (
        take.it(node.required("begndate", node.day("begndate"))),
        take.it(node.required("enddate", node.day("enddate"))),
    );
    let drug = take.it(node.parse_opt("med_list_codg"));
    let by = node.string("fixmedins_bchno").map(By::Lot).or_else(|| node.string("medins_list_codg").map(By::Own));
    let by = by.or_else(|| drug.flatten().map(By::Drug));
    let by = take.it(by.ok_or_else(|| node.defect("fixmedins_bchno", "医药机构目录编码、批次流水号至少填写一项")));
    let kind = match transaction {
        Transaction::T3508 => Kind::Counts,
        Transaction::T3509 => Kind::Changes,
        Transaction::T3510 => Kind::Purchases,
        Transaction::T3511 => Kind::Sales,
        _ => Kind::Boxes,
    };
    let own = ["fixmedins_code", "begndate", "enddate"];
    let wanted = told(node).into_iter().filter(|(name, text)| !own.contains(&name.as_str()) && !text.is_empty());
    let wanted = wanted.collect();
    take.done(|| {
        Some(t3508_goods_query::Command {
            fixmedins_code: fixmedins_code?,
            kind,
            by: by?,
            begndate: begndate?,
            enddate: enddate?,
            wanted,
        })
    })
}

/// 3513.
pub fn t3513(node: &Node<'_>) -> Result<t3513_traces::Command, Defects> {
    use t3513_traces::By;
    let mut take = Take::default();
    let fixmedins_code = take.it(node.parse("fixmedins_code"));
    let drug = take.it(node.parse_opt("med_list_codg"));
    let certno = take.it(node.parse_opt("certno"));
    let psn_no = take.it(node.parse_opt("psn_no"));
    let drug_trac_codg = take.it(node.parse_opt("drug_trac_codg"));
    // The narrowest first.
    let visit = || node.string("mdtrt_id").map(By::Visit);
    let by = node.string("fixmedins_bchno").map(By::Lot).or_else(visit);
    let kind = || node.string("psn_cert_type").unwrap_or_else(|| "01".to_owned());
    let by = by.or_else(|| certno.flatten().map(|certno| By::Cert(kind(), certno)));
    let by = by.or_else(|| node.string("medins_list_codg").map(By::Own)).or_else(|| drug.flatten().map(By::Drug));
    let by = take.it(by.ok_or_else(|| {
        node.defect("fixmedins_bchno", "医疗目录编码、医药机构目录编码、批次流水号、就诊ID、证件号码至少填写一项")
    }));
    take.done(|| {
        Some(t3513_traces::Command {
            fixmedins_code: fixmedins_code?,
            by: by?,
            begndate: node.day("begndate"),
            enddate: node.day("enddate"),
            drug_trac_codg: drug_trac_codg?,
            psn_no: psn_no?,
        })
    })
}

/// 3592B.
pub fn t3592b(node: &Node<'_>) -> Result<t3592b_virtual::Command, Defects> {
    let mut take = Take::default();
    let med_list_codg = take.it(node.need("med_list_codg").map(str::to_owned));
    let fixmedins_hilist_id = take.it(node.need("fixmedins_hilist_id").map(str::to_owned));
    let fixmedins_hilist_name = take.it(node.need("fixmedins_hilist_name").map(str::to_owned));
    let fixmedins_bchno = take.it(node.need("fixmedins_bchno").map(str::to_owned));
    take.done(|| {
        Some(t3592b_virtual::Command {
            med_list_codg: med_list_codg?,
            fixmedins_hilist_id: fixmedins_hilist_id?,
            fixmedins_hilist_name: fixmedins_hilist_name?,
            fixmedins_bchno: fixmedins_bchno?,
        })
    })
}
