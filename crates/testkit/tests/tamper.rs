//! Somebody with the database in hand changes one thing: the auditor says which promise is broken, and no other.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::path::Path;

use expect_test::expect;
use lf_store::{Options, SqliteStore};
use lf_testkit::audit::{Report, audit};
use lf_testkit::{Step, TestCenter};
use lf_vocab::dict::{AcctUsedFlag, DelvStasCodg, DelvWay, HiFeesetlFlag};
use rusqlite::Connection;
use sealing::{edit, key};

#[path = "raw/sealing.rs"]
mod sealing;

/// Prescriptions in every kind of state, one paid from an account, one refunded.
async fn lived() -> TestCenter {
    let center = TestCenter::new().await;
    let mut paid = center.life(&center.people.active);
    paid.acct_used_flag = AcctUsedFlag::Own;
    paid.up_to(Step::Settled).await;
    center.life(&center.people.retired).up_to(Step::Refunded).await;
    center.life(&center.people.active).up_to(Step::Sold).await;
    let mut own = center.life(&center.people.resident);
    own.hi_feesetl_flag = HiFeesetlFlag::SelfPaid;
    own.up_to(Step::Sold).await;
    let mut undone = center.life(&center.people.retired).up_to(Step::Sold).await;
    undone.undo_sale().await.unwrap();
    let mut revoked = center.life(&center.people.active).up_to(Step::Authorised).await;
    revoked.undo().await.unwrap();
    center.life(&center.people.resident).up_to(Step::Prechecked).await;
    center
}

async fn report_of(database: &Path) -> Report {
    let store = SqliteStore::open(database, Options::new(lf_testkit::sealer())).unwrap();
    audit(&store).await.unwrap()
}

const SETTLED: &str = "(SELECT hi_rxno FROM rx WHERE phase = 'settled')";
const STANDING: &str = "refd_setl_id IS NULL AND setl_id NOT IN
    (SELECT refd_setl_id FROM setl WHERE refd_setl_id IS NOT NULL)";

/// What is done, in SQL, and what the auditor should find.
type Deed = (&'static str, String, &'static str);

fn event(change: &str, which: &str) -> String {
    format!("UPDATE rx_event SET {change} WHERE hi_rxno = {SETTLED} AND {which}")
}

fn setl(field: &str, value: &str) -> String {
    format!("UPDATE setl SET body = json_set(body, '$.{field}', {value}) WHERE {STANDING}")
}

fn history_deeds() -> Vec<Deed> {
    // As somebody with the ring does it, who seals the event again for its new place.
    let opened = format!("opened('rx_event', 'body', body, {})", key("rx_event"));
    let resealed = |to: u8| format!("sealed('rx_event', 'body', {opened}, poolarea_no, hi_rxno, {to})");
    let renumber = |from: u8, to: u8| event(&format!("seq = {to}, body = {}", resealed(to)), &format!("seq = {from}"));
    let forged = &edit("rx_event", "body", "replace(plain, 'auth_rxno\":\"', 'auth_rxno\":\"f')");
    let drop = |seq: u8| format!("DELETE FROM rx_event WHERE hi_rxno = {SETTLED} AND seq = {seq}");
    let added = format!(
        "INSERT INTO rx_event SELECT poolarea_no, hi_rxno, 10, at_us, {}, hash FROM rx_event
         WHERE hi_rxno = {SETTLED} AND seq = 9",
        resealed(10)
    );
    vec![
        ("nothing", String::new(), ""),
        ("moment of an event", event("at_us = at_us + 1", "seq = 3"), "chain"),
        ("body of an event", event(forged, "seq = 4"), "chain"),
        ("hash of the last event", event("hash = zeroblob(32)", "seq = 9"), "chain head"),
        ("two events swapped", [renumber(3, 99), renumber(4, 3), renumber(99, 4)].join(";"), "chain state"),
        ("an event dropped", drop(4), "row"),
        ("the last event dropped", drop(9), "seq head state"),
        ("an event added", added, "seq chain state"),
        ("ciphertext of an event", event("body = substr(body, 1, length(body) - 1)", "seq = 4"), "row"),
        ("two events swapped as they are", swapped_as_they_are(), "row"),
    ]
}

/// Without the ring: the sealed bodies of two events change places.
fn swapped_as_they_are() -> String {
    let other = "(SELECT body FROM kept WHERE kept.hi_rxno = rx_event.hi_rxno AND kept.seq = 7 - rx_event.seq)";
    let keep = "CREATE TABLE kept AS SELECT hi_rxno, seq, body FROM rx_event";
    format!("{keep}; {}; DROP TABLE kept", event(&format!("body = {other}"), "seq IN (3, 4)"))
}

fn prescription_deeds() -> Vec<Deed> {
    let rx = |change: &str, phase: &str| format!("UPDATE rx SET {change} WHERE phase = '{phase}'");
    let sold = edit("rx", "state", "json_set(json_remove(plain, '$.settled'), '$.state', 'sold')");
    let unsettled = format!("phase = 'sold', {sold}");
    let cheaper = edit("rx", "state", "json_set(plain, '$.settled.medfee_sumamt', 1)");
    let of = |table: &str, change: &str| format!("UPDATE {table} SET {change} WHERE hi_rxno = {SETTLED}");
    let content = of("rx_content", &edit("rx_content", "body", "json_set(plain, '$.rxdrugdetail[0].drug_cnt', 10000)"));
    let file = of("rx_file", &edit("rx_file", "base64", "'JVBERi0xLjc='"));
    vec![
        ("head", rx("head = zeroblob(32)", "settled"), "head"),
        ("phase", rx("phase = 'active'", "settled"), "row"),
        ("state", rx(&cheaper, "settled"), "state"),
        ("state back to sold", rx(&unsettled, "settled"), "state settlement"),
        ("what was opened", rx("opened = json_set(opened, '$.mdtrt_id', 'x')", "sold"), "state"),
        ("content", content, "content"),
        ("content dropped", format!("DELETE FROM rx_content WHERE hi_rxno = {SETTLED}"), "content"),
        ("file", file, "file"),
        ("ciphertext of a state", rx("state = substr(state, 2)", "settled"), "row"),
        ("ciphertext of a content", of("rx_content", "body = zeroblob(length(body))"), "row"),
        ("ciphertext of a file", of("rx_file", "base64 = substr(base64, 1, length(base64) - 1)"), "row"),
        ("content in clear", of("rx_content", "body = '{}'"), "row"),
        ("file dropped", format!("DELETE FROM rx_file WHERE hi_rxno = {SETTLED}"), "file"),
    ]
}

fn money_deeds() -> Vec<Deed> {
    let twice = format!(
        "INSERT INTO setl SELECT poolarea_no, 'Z1', fixmedins_code, hi_rxno, setl_us, NULL,
         json_set(body, '$.setl_id', 'Z1') FROM setl WHERE {STANDING}"
    );
    let reversed = "WHERE refd_setl_id IS NOT NULL";
    let step = format!("UPDATE setl SET body = json_set(body, '$.shares.steps[0].amount', 7) {reversed}");
    let accum = "UPDATE accum SET body = json_set(body, '$.totals.fund_paid_fen', 7)";
    vec![
        ("settlement dropped", format!("DELETE FROM setl WHERE {STANDING}"), "settlement accumulator account"),
        ("settled twice", twice, "settlement accumulator account"),
        ("cash", setl("shares.psn_cash_pay", "7"), "identity"),
        ("total", setl("shares.medfee_sumamt", "7"), "settlement identity"),
        ("price of a line", setl("shares.lines[0].pric", "7"), "identity"),
        ("deductible used", setl("shares.act_pay_dedc", "7"), "accumulator"),
        ("other person", setl("accum_key.psn_no", "'x'"), "settlement accumulator account"),
        ("step of a reversal", step, "reversal"),
        ("reversal dropped", format!("DELETE FROM setl {reversed}"), "settlement accumulator"),
        ("accumulator", accum.to_owned(), "accumulator"),
        ("accumulator's version", "UPDATE accum SET version = version + 1".to_owned(), "accumulator"),
        ("accumulator dropped", "DELETE FROM accum".to_owned(), "accumulator"),
        ("balance", "UPDATE acct SET balc_fen = balc_fen + 1".to_owned(), "account"),
        ("opening balance", "UPDATE acct SET opening_fen = opening_fen + 1".to_owned(), "account"),
        ("account dropped", "DELETE FROM acct WHERE balc_fen < opening_fen".to_owned(), "account"),
    ]
}

fn claim_deeds() -> Vec<Deed> {
    let another =
        format!("UPDATE claim SET owner = (SELECT hi_rxno FROM rx WHERE phase = 'sold') WHERE owner = {SETTLED}");
    let nothing = "INSERT INTO claim SELECT 'drug_trac_codg', '89999999', hi_rxno FROM rx WHERE phase = 'refunded'";
    vec![
        ("claim dropped", format!("DELETE FROM claim WHERE owner = {SETTLED}"), "claim"),
        ("claim given to another", another, "claim"),
        ("claim out of nothing", nothing.to_owned(), "claim"),
        ("payment given to another", "UPDATE claim SET owner = 'x' WHERE kind = 'rx_paid'".to_owned(), "reim"),
        ("payment of before", "DELETE FROM claim WHERE kind = 'rx_paid'".to_owned(), ""),
    ]
}

#[tokio::test]
async fn each_deed_is_named() {
    let center = lived().await;
    let good = center.audit().await;
    assert!(good.passes(), "{good}");
    let copy = center.database().with_file_name("tampered.db");
    let mut wrong = String::new();
    let deeds = [history_deeds(), prescription_deeds(), money_deeds(), claim_deeds()].concat();
    for (what, sql, expected) in deeds {
        let source = Connection::open(center.database()).unwrap();
        source.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        let raw = sealing::connect(&copy);
        raw.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        let before = raw.total_changes();
        raw.execute_batch(&sql).unwrap();
        assert!(sql.is_empty() || raw.total_changes() > before, "{what} changed nothing");
        drop(raw);
        let report = report_of(&copy).await;
        let found: Vec<_> = report.kinds().into_iter().map(lf_testkit::audit::Kind::word).collect();
        let mut wanted: Vec<_> = expected.split_whitespace().collect();
        wanted.sort_by_key(|word| found.iter().position(|kind| kind == word));
        if found != wanted {
            wrong.push_str(&format!("{what}: expected {expected}\n{report}\n"));
        }
        for leftover in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{leftover}", copy.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn a_delivery_is_judged_by_its_way() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Settled).await;
    life.deliver(&life.deliver_command(DelvWay::Fetch, DelvStasCodg::Waiting)).await.unwrap();
    center.clock.advance_seconds(60);
    life.sign_off(&life.sign_off_command()).await.unwrap();
    let good = center.audit().await;
    assert!(good.passes(), "{good}");
    // What was fetched in the shop now reads as sent, and nothing ever left.
    let raw = sealing::connect(center.database());
    let sent = edit("rx_event", "body", r#"json_set(plain, '$.sheet.delv_way', '2')"#);
    let of_delivery =
        format!("json_extract(opened('rx_event', 'body', body, {}), '$.kind') = 'delivery'", key("rx_event"));
    raw.execute_batch(&format!("UPDATE rx_event SET {sent} WHERE {of_delivery}")).unwrap();
    assert_eq!(raw.changes(), 1);
    let report = center.audit().await.to_string();
    assert!(report.contains("签收了没有在途的配送单"), "{report}");
}

#[tokio::test]
async fn what_a_person_reads() {
    let center = TestCenter::new().await;
    center.life(&center.people.active).up_to(Step::Settled).await;
    expect![[r#"
        已核对：统筹区1个，处方1张，事件9条，处方内容1份，处方文件1份，结算1笔（其中撤销0笔），年度累计1项，个人账户2个，追溯码1个，批次0个，进销存0条，门诊就诊0次，零星报销0笔
        全部相符。"#]].assert_eq(&center.audit().await.to_string());
    let raw = Connection::open(center.database()).unwrap();
    raw.execute_batch("UPDATE accum SET body = json_set(body, '$.totals.eligible_fen', 7)").unwrap();
    let report = center.audit().await;
    expect![[r#"
        已核对：统筹区1个，处方1张，事件9条，处方内容1份，处方文件1份，结算1笔（其中撤销0笔），年度累计1项，个人账户2个，追溯码1个，批次0个，进销存0条，门诊就诊0次，零星报销0笔
        发现1处不符：
        - 年度累计不符 360900/36090000000000000001/2026/mz_tc：符合政策范围金额（分）为7，各次结算合计2500
    "#]].assert_eq(&report.to_string());
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}

#[tokio::test]
async fn an_unreadable_row_does_not_end_the_audit() {
    let center = TestCenter::new().await;
    for _ in 0..3 {
        center.life(&center.people.active).up_to(Step::Prechecked).await;
    }
    let raw = Connection::open(center.database()).unwrap();
    raw.execute_batch(
        "UPDATE rx SET state = zeroblob(40) WHERE hi_rxno = (SELECT hi_rxno FROM rx ORDER BY hi_rxno LIMIT 1 OFFSET 1)",
    )
    .unwrap();
    let report = center.audit().await;
    assert_eq!((report.prescriptions, report.differences_sum), (2, 1), "{report}");
}

#[tokio::test]
async fn an_unreadable_claim_of_a_paper_is_counted_and_ends_nothing() {
    let center = TestCenter::new().await;
    for person in [&center.people.active, &center.people.retired] {
        center.life(person).up_to(Step::Settled).await;
    }
    // Both as if they had been settled on papers; of the first the claim cannot be read, of the second it is another's.
    let raw = Connection::open(center.database()).unwrap();
    let paper = |no: &str| serde_json::to_string(&lf_testkit::region::paper(no, center.now())).unwrap();
    for (no, which, owner) in [("7", "min", "X'00'"), ("8", "max", "'Z9'")] {
        let body = format!("json_set(body, '$.paper', json('{}'))", paper(no));
        let claim = format!("INSERT INTO claim VALUES ('paper_setl', 'H36090200001/{no:0>12}', {owner})");
        let setl = format!("UPDATE setl SET body = {body} WHERE setl_id = (SELECT {which}(setl_id) FROM setl)");
        raw.execute_batch(&format!("{setl}; {claim}")).unwrap();
    }
    let report = center.audit().await;
    assert_eq!((report.settlements, report.differences_sum), (2, 2), "{report}");
    let kinds = report.kinds().into_iter().map(lf_testkit::audit::Kind::word).collect::<Vec<_>>();
    assert_eq!(kinds, ["row", "claim"], "{report}");
}
