//! Who may send what: printed and compared, so that an endpoint without a guard is seen.
//!
//! proves JX-2.6.1, JX-2.6.2

use expect_test::expect;
use lf_center::t1301_download::{self, Catalogue};
use lf_center::t7203_qrcode::{self, epc_qrcd};
use lf_center::{
    Answer, Failure, t2601_undo, t3501_goods, t3513_traces, t3592b_virtual, t5203_settlement, t5301_dises,
    t5302_chosen, t7202_online, t7211_catalogue, t9101_file_upload,
};
use lf_ports::RegistryPut;
use lf_testkit::region::{HOSPITAL, OTHER_HOSPITAL, OTHER_PHARMACY, PHARMACY, drugs, fixmedins};
use lf_testkit::{Life, Step, TestCenter};
use lf_vocab::Span;
use lf_vocab::dict::{DelvStasCodg, DelvWay, RxChkStasCodg};

use crate::list_match;
use crate::lists::{Counted, everything};
use crate::said::{code, send};
use crate::statements::{Plain, command, details};

/// Transaction, and how far its prescription has come before.
const ROWS: [(&str, Option<Step>); 44] = [
    ("7101", None),
    ("7102", Some(Step::Prechecked)),
    ("7103", Some(Step::Signed)),
    ("7104", Some(Step::Uploaded)),
    ("7105", Some(Step::Uploaded)),
    ("7106", Some(Step::Reviewed)),
    ("7107", Some(Step::Settled)),
    ("7201", Some(Step::Uploaded)),
    ("7202", Some(Step::Uploaded)),
    ("7203", Some(Step::Uploaded)),
    ("7204", Some(Step::Authorised)),
    ("7205", Some(Step::Downloaded)),
    ("7206", Some(Step::Verified)),
    ("7207", Some(Step::Reviewed)),
    ("7208", Some(Step::Sold)),
    ("7209", Some(Step::Sold)),
    ("7210", Some(Step::Settled)),
    ("7211", None),
    ("2101", Some(Step::Sold)),
    ("2102", Some(Step::Sold)),
    ("2103", Some(Step::Settled)),
    ("2201", Some(Step::Sold)),
    ("2202", Some(Step::Sold)),
    ("2203A", Some(Step::Sold)),
    ("2204", Some(Step::Sold)),
    ("2205", Some(Step::Sold)),
    ("2206", Some(Step::Sold)),
    ("2207", Some(Step::Sold)),
    ("2208", Some(Step::Sold)),
    ("2601", Some(Step::Settled)),
    ("5203", Some(Step::Settled)),
    ("5301", None),
    ("5302", None),
    ("3201", None),
    ("3202", None),
    ("1301", None),
    ("1312", None),
    ("9101", None),
    ("1317", None),
    ("3301", None),
    ("3302", None),
    ("3503", None),
    ("3513", None),
    ("3592B", None),
];

/// Who sends it: the institution of the prescription or another, of either kind.
const CALLERS: [&str; 4] = [HOSPITAL, OTHER_HOSPITAL, PHARMACY, OTHER_PHARMACY];

async fn sent(life: &Life<'_>, infno: &str, caller: &str) -> String {
    let center = &life.center.center;
    macro_rules! as_caller {
        ($method:ident, $command:expr) => {{
            let mut command = $command;
            command.fixmedins_code = caller.parse().unwrap();
            let ctx = life.ctx(caller, &command).await;
            said(&center.$method(&ctx, &command).await)
        }};
    }
    macro_rules! till {
        ($method:ident, $command:expr) => {{
            let command = $command;
            let ctx = life.ctx(caller, &command).await;
            said(&center.$method(&ctx, &command).await)
        }};
    }
    match infno {
        "7101" => {
            let mut command = life.precheck_command();
            command.content.mdtrtinfo.fixmedins_code = caller.parse().unwrap();
            till!(t7101_precheck, command)
        }
        "7102" => as_caller!(t7102_sign, life.sign_command()),
        "7103" => as_caller!(t7103_upload, life.upload_command()),
        "7104" => as_caller!(t7104_undo, life.undo_command()),
        "7105" => as_caller!(t7105_query, life.query_command()),
        "7106" => as_caller!(t7106_review_query, life.query_command()),
        "7107" => as_caller!(t7107_settlement_query, life.query_command()),
        "7201" => as_caller!(t7201_authorise, life.authorise_command()),
        "7203" => as_caller!(t7203_qrcode, qrcode(life)),
        "7204" => as_caller!(t7204_download, life.download_command()),
        "7205" => as_caller!(t7205_verify, life.verify_command()),
        "7206" => as_caller!(t7206_review, life.review_command(RxChkStasCodg::Passed)),
        "7207" => as_caller!(t7207_sell, life.sell_command()),
        "7208" => as_caller!(t7208_undo_sale, life.undo_sale_command()),
        "7211" => as_caller!(t7211_catalogue, catalogue()),
        "2101" => till!(t2101_quote, life.settle_command()),
        "2102" => till!(t2102_settle, life.settle_command()),
        "2103" => till!(t2103_refund, life.refund_command()),
        "2601" => till!(t2601_undo, undo(life)),
        "5203" => till!(t5203_settlement, settlement(life)),
        "5301" | "5302" => of_filings(life, infno, caller).await,
        "3201" => till!(t3201_statement, command("0", "0", 0)),
        // Whose file it is, is asked first of who may ask at all.
        "3202" => {
            let command = details("1".to_owned(), &[]);
            let ctx = life.ctx(caller, &command).await;
            said(&center.t3202_details(&ctx, &command, &Plain).await)
        }
        "1301" => {
            let command = t1301_download::Command { catalogue: Catalogue::Medicines, ver: "0".to_owned() };
            said(&center.t1301_download(&life.ctx(caller, &infno).await, &command, |_| Box::<Counted>::default()).await)
        }
        "1312" => till!(t1312_hilist, everything(life.center)),
        "9101" => {
            let mut command = t9101_file_upload::Command {
                fixmedins_code: caller.parse().unwrap(),
                filename: "x.zip".to_owned(),
                body: vec![1],
            };
            let ctx = life.ctx(caller, &command).await;
            let own = said(&center.t9101_file_upload(&ctx, &command).await);
            command.fixmedins_code = if caller == HOSPITAL { OTHER_HOSPITAL } else { HOSPITAL }.parse().unwrap();
            assert_eq!(said(&center.t9101_file_upload(&ctx, &command).await), "RX-0000-02");
            own
        }
        other => matched(life, other, caller).await,
    }
}

async fn of_filings(life: &Life<'_>, infno: &str, caller: &str) -> String {
    let (center, psn_no) = (&life.center.center, life.person.psn_no.clone());
    let ctx = life.ctx(caller, &infno).await;
    if infno == "5301" {
        return said(&center.t5301_dises(&ctx, &t5301_dises::Command { psn_no }).await);
    }
    let command = t5302_chosen::Command { psn_no, biz_appy_type: "14".to_owned() };
    said(&center.t5302_chosen(&ctx, &command).await)
}

/// 7202; 7209, and 7210 of what is on the way.
async fn of_delivery(life: &Life<'_>, infno: &str, caller: &str) -> String {
    let center = &life.center.center;
    if infno == "7202" {
        let asked = crate::online::asked(life).await;
        let command = t7202_online::Command { fixmedins_code: caller.parse().unwrap(), ..asked };
        let ctx = life.ctx(caller, &infno).await;
        return said(&center.t7202_online(&ctx, &command).await);
    }
    let mut command = life.deliver_command(DelvWay::Send, DelvStasCodg::OnWay);
    if infno == "7210" {
        life.deliver(&command).await.unwrap();
        let sign_off = life.sign_off_command();
        let ctx = life.ctx(caller, &infno).await;
        return said(&center.t7210_sign_off(&ctx, &sign_off).await);
    }
    command.fixmedins_code = caller.parse().unwrap();
    let ctx = life.ctx(caller, &infno).await;
    said(&center.t7209_deliver(&ctx, &command).await)
}

/// Goods: an institution's own.
async fn of_goods(life: &Life<'_>, infno: &str, caller: &str) -> String {
    let center = &life.center.center;
    let ctx = life.ctx(caller, &infno).await;
    match infno {
        "3503" => {
            let rows = vec![crate::goods::bought(life.center.now(), "1", "1", &[])];
            let command = t3501_goods::Command { infno: "3503", batch: false, rows };
            said(&center.t3501_goods(&ctx, &command).await)
        }
        "3513" => {
            let mut command = t3513_traces::Command {
                fixmedins_code: caller.parse().unwrap(),
                by: t3513_traces::By::Lot(crate::goods::LOT.to_owned()),
                begndate: None,
                enddate: None,
                drug_trac_codg: None,
                psn_no: None,
            };
            let own = said(&center.t3513_traces(&ctx, &command).await);
            command.fixmedins_code = if caller == HOSPITAL { OTHER_HOSPITAL } else { HOSPITAL }.parse().unwrap();
            assert_eq!(said(&center.t3513_traces(&ctx, &command).await), "RX-0000-02");
            own
        }
        _ => {
            let command = t3592b_virtual::Command {
                med_list_codg: "NMLC999".to_owned(),
                fixmedins_hilist_id: "YP1".to_owned(),
                fixmedins_hilist_name: "药".to_owned(),
                fixmedins_bchno: crate::goods::LOT.to_owned(),
            };
            said(&center.t3592b_virtual(&ctx, &command).await)
        }
    }
}

/// The clinic route: its visit is open, and for 2208 settled.
async fn of_clinic(life: &Life<'_>, infno: &str, caller: &str) -> String {
    let center = &life.center.center;
    let ctx = life.ctx(caller, &infno).await;
    match infno {
        "2201" => said(&center.t2201_register(&ctx, &life.register_command()).await),
        "2202" => said(&center.t2202_withdraw(&ctx, &life.withdraw_command()).await),
        "2203A" => said(&center.t2203a_visit(&ctx, &life.visit_command()).await),
        "2204" => said(&center.t2204_fees(&ctx, &life.fees_command()).await),
        "2205" => said(&center.t2205_drop_fees(&ctx, &life.drop_fees_command("0000")).await),
        "2206" => said(&center.t2206_clinic_quote(&ctx, &life.clinic_command()).await),
        "2207" => said(&center.t2207_clinic_settle(&ctx, &life.clinic_command()).await),
        _ => said(&center.t2208_clinic_refund(&ctx, &life.refund_command()).await),
    }
}

/// Matches of lists: an institution's own.
async fn matched(life: &Life<'_>, infno: &str, caller: &str) -> String {
    if infno.starts_with("22") {
        return of_clinic(life, infno, caller).await;
    }
    if infno.starts_with("35") {
        return of_goods(life, infno, caller).await;
    }
    if infno.starts_with("72") {
        return of_delivery(life, infno, caller).await;
    }
    let center = &life.center.center;
    let ctx = life.ctx(caller, &infno).await;
    let other = if caller == HOSPITAL { OTHER_HOSPITAL } else { HOSPITAL };
    match infno {
        "1317" => {
            let mut command = list_match::all();
            command.fixmedins_code = Some(caller.parse().unwrap());
            let own = said(&center.t1317_matches(&ctx, &command).await);
            command.fixmedins_code = Some(other.parse().unwrap());
            assert_eq!(said(&center.t1317_matches(&ctx, &command).await), "RX-0000-02");
            own
        }
        "3301" => said(&center.t3301_match(&ctx, &list_match::one()).await),
        "3302" => {
            let foreign = list_match::withdrawal(other);
            assert_eq!(said(&center.t3302_withdraw(&ctx, &foreign).await), "RX-0000-02");
            said(&center.t3302_withdraw(&ctx, &list_match::withdrawal(caller)).await)
        }
        other => panic!("{other}"),
    }
}

fn qrcode(life: &Life<'_>) -> t7203_qrcode::Command {
    t7203_qrcode::Command {
        epc_qrcd: epc_qrcd(&life.hi_rxno(), &life.sign_digest),
        fixmedins_code: life.pharmacy.parse().unwrap(),
    }
}

/// By the number that a settlement of the REST front shows. Another pharmacy's is a message that never arrived.
fn undo(life: &Life<'_>) -> t2601_undo::Command {
    t2601_undo::Command { psn_no: life.person.psn_no.clone(), omsgid: life.setl.0.clone(), oinfno: "2102".to_owned() }
}

fn settlement(life: &Life<'_>) -> t5203_settlement::Command {
    t5203_settlement::Command { psn_no: life.person.psn_no.clone(), setl_id: life.setl.0.clone(), mdtrt_id: None }
}

fn catalogue() -> t7211_catalogue::Command {
    t7211_catalogue::Command {
        fixmedins_code: HOSPITAL.parse().unwrap(),
        codes: vec![drugs::AMOXICILLIN.parse().unwrap()],
        drug_name: None,
        dualchnl: None,
        oppool: None,
        page_num: 1,
        page_size: 10,
    }
}

fn said<R>(result: &Result<Answer<R>, Failure>) -> String {
    code(result)
}

/// A row a transaction; `change` is done to the registers after the prescription has come as far as it must.
async fn matrix(change: impl AsyncFn(&TestCenter)) -> String {
    let mut table = format!("{:5}{:14}{:14}{:14}{}\n", "", "本医院", "他医院", "本药店", "他药店");
    for (infno, step) in ROWS {
        let mut row = format!("{infno} ");
        for caller in CALLERS {
            let center = TestCenter::new().await;
            let life = center.life(&center.people.active);
            let mut life = match step {
                Some(step) => life.up_to(step).await,
                None => life,
            };
            if infno.starts_with("22") && infno != "2201" {
                life.open_visit().await.unwrap();
            }
            if infno == "2202" {
                send!(life, t2205_drop_fees, pharmacy, life.drop_fees_command("0000")).unwrap();
            }
            if infno == "2208" {
                life.settle_clinic().await.unwrap();
            }
            change(&center).await;
            row.push_str(&format!(" {:13}", sent(&life, infno, caller).await));
        }
        table.push_str(row.trim_end());
        table.push('\n');
    }
    table
}

#[tokio::test]
async fn as_admitted() {
    expect![[r#"
             本医院           他医院           本药店           他药店
        7101  ok            DR-NOT-REGISTERED RX-0000-01    RX-0000-01
        7102  ok            RX-7102-01    RX-0000-01    RX-0000-01
        7103  ok            RX-7103-01    RX-0000-01    RX-0000-01
        7104  ok            RX-7104-01    RX-0000-01    RX-0000-01
        7105  ok            RX-7105-01    RX-0000-01    RX-0000-01
        7106  ok            RX-7105-01    RX-0000-01    RX-0000-01
        7107  ok            RX-7105-01    RX-0000-01    RX-0000-01
        7201  RX-0000-01    RX-0000-01    ok            ok
        7202  RX-0000-01    RX-0000-01    ok            RX-7202-02
        7203  RX-0000-01    RX-0000-01    ok            ok
        7204  RX-0000-01    RX-0000-01    ok            RX-7204-02
        7205  RX-0000-01    RX-0000-01    ok            RX-7205-01
        7206  RX-0000-01    RX-0000-01    ok            RX-7206-01
        7207  RX-0000-01    RX-0000-01    ok            RX-7207-01
        7208  RX-0000-01    RX-0000-01    ok            RX-7208-02
        7209  RX-0000-01    RX-0000-01    ok            RX-7209-02
        7210  RX-0000-01    RX-0000-01    ok            RX-7210-02
        7211  ok            ok            ok            ok
        2101  RX-0000-01    RX-0000-01    ok            RX-2102-07
        2102  RX-0000-01    RX-0000-01    ok            RX-2102-07
        2103  RX-0000-01    RX-0000-01    ok            RX-2103-01
        2201  RX-0000-01    RX-0000-01    ok            ok
        2202  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2203A  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2204  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2205  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2206  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2207  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2208  RX-0000-01    RX-0000-01    ok            RX-2103-01
        2601  RX-0000-01    RX-0000-01    ok            ok
        5203  RX-0000-01    RX-0000-01    ok            RX-2103-01
        5301  RX-5301-01    RX-5301-01    RX-5301-01    RX-5301-01
        5302  RX-5301-01    RX-5301-01    RX-5301-01    RX-5301-01
        3201  RX-0000-01    RX-0000-01    ok            ok
        3202  RX-0000-01    RX-0000-01    RX-9102-01    RX-9102-01
        1301  ok            ok            ok            ok
        1312  ok            ok            ok            ok
        9101  ok            ok            ok            ok
        1317  ok            ok            ok            ok
        3301  ok            ok            ok            ok
        3302  RX-3302-01    RX-3302-01    RX-3302-01    RX-3302-01
        3503  ok            ok            ok            ok
        3513  ok            ok            ok            ok
        3592B  ok            ok            ok            ok
    "#]]
    .assert_eq(&matrix(async |_| {}).await);
}

#[tokio::test]
async fn with_an_agreement_that_has_ended() {
    let ended = async |center: &TestCenter| {
        for code in CALLERS {
            let mut row = fixmedins(code, "某机构");
            row.agreement = Span::new("2024-01-01".parse().unwrap(), Some("2026-11-22".parse().unwrap())).unwrap();
            center.register(RegistryPut::Fixmedins(row)).await;
        }
    };
    expect![[r#"
             本医院           他医院           本药店           他药店
        7101  RX-0000-03    RX-0000-03    RX-0000-01    RX-0000-01
        7102  RX-0000-03    RX-0000-03    RX-0000-01    RX-0000-01
        7103  RX-0000-03    RX-0000-03    RX-0000-01    RX-0000-01
        7104  ok            RX-7104-01    RX-0000-01    RX-0000-01
        7105  ok            RX-7105-01    RX-0000-01    RX-0000-01
        7106  ok            RX-7105-01    RX-0000-01    RX-0000-01
        7107  ok            RX-7105-01    RX-0000-01    RX-0000-01
        7201  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        7202  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        7203  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        7204  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        7205  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        7206  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        7207  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        7208  RX-0000-01    RX-0000-01    ok            RX-7208-02
        7209  RX-0000-01    RX-0000-01    ok            RX-7209-02
        7210  RX-0000-01    RX-0000-01    ok            RX-7210-02
        7211  ok            ok            ok            ok
        2101  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        2102  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        2103  RX-0000-01    RX-0000-01    ok            RX-2103-01
        2201  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        2202  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2203A  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        2204  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        2205  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2206  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        2207  RX-0000-01    RX-0000-01    RX-0000-03    RX-0000-03
        2208  RX-0000-01    RX-0000-01    ok            RX-2103-01
        2601  RX-0000-01    RX-0000-01    ok            ok
        5203  RX-0000-01    RX-0000-01    ok            RX-2103-01
        5301  RX-0000-03    RX-0000-03    RX-0000-03    RX-0000-03
        5302  RX-0000-03    RX-0000-03    RX-0000-03    RX-0000-03
        3201  RX-0000-01    RX-0000-01    ok            ok
        3202  RX-0000-01    RX-0000-01    RX-9102-01    RX-9102-01
        1301  ok            ok            ok            ok
        1312  ok            ok            ok            ok
        9101  ok            ok            ok            ok
        1317  ok            ok            ok            ok
        3301  ok            ok            ok            ok
        3302  RX-3302-01    RX-3302-01    RX-3302-01    RX-3302-01
        3503  ok            ok            ok            ok
        3513  ok            ok            ok            ok
        3592B  ok            ok            ok            ok
    "#]]
    .assert_eq(&matrix(ended).await);
}

#[tokio::test]
async fn without_the_interface_of_circulation() {
    let unready = async |center: &TestCenter| {
        for code in CALLERS {
            let row = lf_ports::Fixmedins { circ_ready: false, ..fixmedins(code, "某机构") };
            center.register(RegistryPut::Fixmedins(row)).await;
        }
    };
    expect![[r#"
             本医院           他医院           本药店           他药店
        7101  RX-0000-04    RX-0000-04    RX-0000-01    RX-0000-01
        7102  RX-0000-04    RX-0000-04    RX-0000-01    RX-0000-01
        7103  RX-0000-04    RX-0000-04    RX-0000-01    RX-0000-01
        7104  ok            RX-7104-01    RX-0000-01    RX-0000-01
        7105  ok            RX-7105-01    RX-0000-01    RX-0000-01
        7106  ok            RX-7105-01    RX-0000-01    RX-0000-01
        7107  ok            RX-7105-01    RX-0000-01    RX-0000-01
        7201  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        7202  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        7203  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        7204  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        7205  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        7206  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        7207  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        7208  RX-0000-01    RX-0000-01    ok            RX-7208-02
        7209  RX-0000-01    RX-0000-01    ok            RX-7209-02
        7210  RX-0000-01    RX-0000-01    ok            RX-7210-02
        7211  ok            ok            ok            ok
        2101  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        2102  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        2103  RX-0000-01    RX-0000-01    ok            RX-2103-01
        2201  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        2202  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2203A  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        2204  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        2205  RX-0000-01    RX-0000-01    ok            RX-2201-01
        2206  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        2207  RX-0000-01    RX-0000-01    RX-0000-04    RX-0000-04
        2208  RX-0000-01    RX-0000-01    ok            RX-2103-01
        2601  RX-0000-01    RX-0000-01    ok            ok
        5203  RX-0000-01    RX-0000-01    ok            RX-2103-01
        5301  RX-0000-04    RX-0000-04    RX-0000-04    RX-0000-04
        5302  RX-0000-04    RX-0000-04    RX-0000-04    RX-0000-04
        3201  RX-0000-01    RX-0000-01    ok            ok
        3202  RX-0000-01    RX-0000-01    RX-9102-01    RX-9102-01
        1301  ok            ok            ok            ok
        1312  ok            ok            ok            ok
        9101  ok            ok            ok            ok
        1317  ok            ok            ok            ok
        3301  ok            ok            ok            ok
        3302  RX-3302-01    RX-3302-01    RX-3302-01    RX-3302-01
        3503  ok            ok            ok            ok
        3513  ok            ok            ok            ok
        3592B  ok            ok            ok            ok
    "#]]
    .assert_eq(&matrix(unready).await);
}

#[tokio::test]
async fn nobody_speaks_for_another() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Reviewed).await;
    let command = life.sell_command();
    let ctx = life.ctx(OTHER_PHARMACY, &command).await;
    assert_eq!(code(&center.center.t7207_sell(&ctx, &command).await), "RX-0000-02");
    let command = catalogue();
    let ctx = life.ctx(OTHER_PHARMACY, &command).await;
    assert_eq!(code(&center.center.t7211_catalogue(&ctx, &command).await), "RX-0000-02");
}
