//! 3201 and 3202: what the pharmacy has beside what the center has, and nobody else's.

use lf_center::t3201_statement::{About, Command, PERIOD_DAYS_MAX, StatementRefusal};
use lf_center::t3202_details::{self, DetailRefusal, Found, ROWS_MAX, StatementFile};
use lf_center::{Answer, Failure, t3201_statement, t9101_file_upload};
use lf_ports::{FileOwner, Store};
use lf_settle::statement::{Finding, Row};
use lf_testkit::life::Item;
use lf_testkit::region::{OTHER_PHARMACY, PHARMACY, drugs};
use lf_testkit::{Life, Step, TestCenter};
use lf_vocab::Fen;

use crate::said::{code, with};

pub fn about() -> About {
    About {
        clr_type: "41".to_owned(),
        setl_optins: "360900".parse().unwrap(),
        stmt_begndate: "2026-11-01".parse().unwrap(),
        stmt_enddate: "2026-11-30".parse().unwrap(),
        refd_setl_flag: None,
    }
}

pub fn command(medfee: &str, fund: &str, cnt: i64) -> Command {
    Command {
        insutype: "310".to_owned(),
        about: about(),
        medfee_sumamt: medfee.parse().unwrap(),
        fund_pay_sumamt: fund.parse().unwrap(),
        acct_pay: Fen::ZERO,
        fixmedins_setl_cnt: cnt,
    }
}

async fn ask(center: &TestCenter, who: &str, command: &Command) -> Result<Answer<t3201_statement::Reply>, Failure> {
    let ctx = center.ctx(who, "3201").await;
    center.center.t3201_statement(&ctx, command).await
}

async fn even(center: &TestCenter, who: &str, command: &Command) -> (bool, String) {
    let reply = ask(center, who, command).await.unwrap().reply;
    (reply.even, reply.stmt_rslt_dscr)
}

async fn settled<'c>(center: &'c TestCenter, pric: &str) -> Life<'c> {
    let item = Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "1", pric);
    center.life(&center.people.active).of(vec![item]).up_to(Step::Settled).await
}

#[tokio::test]
async fn totals_are_even_or_told_apart_and_a_cleared_period_never_moves() {
    let center = TestCenter::new().await;
    let mut first = settled(&center, "400").await;
    settled(&center, "100").await;
    // 300 of deductible, 65 % of the rest.
    let november = command("500.00", "130.00", 2);
    assert_eq!(even(&center, PHARMACY, &november).await, (true, "平".to_owned()));
    let wrong = command("500.01", "130.00", 3);
    let (even_, told) = even(&center, PHARMACY, &wrong).await;
    assert_eq!((even_, told.as_str()), (false, "医疗费总额机构500.01元，中心500.00元；笔数机构3，中心2"));
    // Nobody else has these settlements, and another fund, place or kind of clearing has none.
    assert!(even(&center, OTHER_PHARMACY, &command("0", "0", 0)).await.0);
    for change in [
        (|c| c.insutype = "390".into()) as fn(&mut Command),
        |c| c.about.clr_type = "21".into(),
        |c| c.about.setl_optins = "360100".parse().unwrap(),
        |c| c.about.stmt_enddate = "2026-11-21".parse().unwrap(),
        |c| c.about.stmt_begndate = "2026-11-23".parse().unwrap(),
        |c| c.about.refd_setl_flag = Some(true),
    ] {
        assert!(even(&center, PHARMACY, &with(command("0", "0", 0), change)).await.0);
    }
    // A reversal in December is December's; November stays as it was cleared.
    center.clock.advance_seconds(10 * 86_400);
    first.refund().await.unwrap();
    assert!(even(&center, PHARMACY, &november).await.0);
    let december = |c: &mut Command| {
        (c.about.stmt_begndate, c.about.stmt_enddate) = ("2026-12-01".parse().unwrap(), "2026-12-31".parse().unwrap());
    };
    assert!(even(&center, PHARMACY, &with(command("-400.00", "-65.00", 1), december)).await.0);
    let only = |c: &mut Command| (december(c), c.about.refd_setl_flag = Some(true)).1;
    assert!(even(&center, PHARMACY, &with(command("-400.00", "-65.00", 1), only)).await.0);
}

#[tokio::test]
async fn a_period_has_an_order_and_a_limit() {
    let center = TestCenter::new().await;
    let day = |text: &str| text.parse::<lf_vocab::Day>().unwrap();
    for (days, want) in [(-1, StatementRefusal::CODES[0]), (0, "ok"), (PERIOD_DAYS_MAX - 1, "ok")] {
        let command = with(command("0", "0", 0), |c| c.about.stmt_enddate = day("2026-11-01").plus(days));
        assert_eq!(code(&ask(&center, PHARMACY, &command).await), want, "{days}");
    }
    let long = with(command("0", "0", 0), |c| c.about.stmt_enddate = day("2026-11-01").plus(PERIOD_DAYS_MAX));
    assert_eq!(code(&ask(&center, PHARMACY, &long).await), StatementRefusal::CODES[1]);
}

/// The files as a test writes them: rows as JSON, findings as their texts.
pub struct Plain;

impl StatementFile for Plain {
    fn read(&self, bytes: &[u8]) -> Result<Vec<Row>, String> {
        if let Ok(count) = String::from_utf8_lossy(bytes).parse() {
            return Ok(vec![row("S", "M", "p", 0, 0, false); count]);
        }
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    fn write(&self, found: &[Found]) -> Result<Vec<u8>, String> {
        let rows: Vec<_> = found
            .iter()
            .map(|one| (one.finding, &one.row.setl_id, one.row.fund_pay_sumamt, &one.msgid, &one.memo))
            .collect();
        serde_json::to_vec(&rows).map_err(|error| error.to_string())
    }
}

fn row(setl_id: &str, mdtrt_id: &str, psn_no: &str, medfee: i64, fund: i64, refd: bool) -> Row {
    Row {
        setl_id: setl_id.to_owned(),
        mdtrt_id: mdtrt_id.to_owned(),
        psn_no: psn_no.to_owned(),
        medfee_sumamt: Fen::new(medfee),
        fund_pay_sumamt: Fen::new(fund),
        acct_pay: Fen::ZERO,
        refd_setl_id: None,
        refd_setl_flag: refd,
    }
}

async fn uploaded(center: &TestCenter, bytes: &[u8]) -> String {
    let command = t9101_file_upload::Command {
        fixmedins_code: PHARMACY.parse().unwrap(),
        filename: "明细.zip".to_owned(),
        body: bytes.to_vec(),
    };
    let ctx = center.ctx(PHARMACY, &String::from_utf8_lossy(bytes)).await;
    center.center.t9101_file_upload(&ctx, &command).await.unwrap().reply.file_qury_no
}

async fn compared(
    center: &TestCenter,
    who: &str,
    command: &t3202_details::Command,
) -> Result<Answer<t3202_details::Reply>, Failure> {
    let ctx = center.ctx(who, &format!("{command:?}")).await;
    center.center.t3202_details(&ctx, command, &Plain).await
}

pub fn details(file_qury_no: String, rows: &[Row]) -> t3202_details::Command {
    let sum = |of: fn(&Row) -> Fen| Fen::sum(rows.iter().map(of)).unwrap();
    t3202_details::Command {
        about: about(),
        file_qury_no,
        medfee_sumamt: sum(|row| row.medfee_sumamt),
        fund_pay_sumamt: sum(|row| row.fund_pay_sumamt),
        fixmedins_setl_cnt: rows.len() as i64,
    }
}

#[tokio::test]
async fn details_come_back_with_what_was_found_of_every_row() {
    let center = TestCenter::new().await;
    let first = settled(&center, "400").await;
    let second = settled(&center, "100").await;
    let mut third = settled(&center, "10").await;
    let negative = third.refund().await.unwrap().reply.setl;
    let psn_no = first.person.psn_no.as_str();
    let rows = [
        row(&first.setl.0, &first.setl.1, psn_no, 40_000, 6_500, false),
        row(&second.setl.0, &second.setl.1, psn_no, 10_000, 6_501, false),
        row(&negative.setl_id, &negative.mdtrt_id, psn_no, -1_000, -650, true),
        row("S9", "M9", psn_no, 1, 0, false),
    ];
    let file = uploaded(&center, &serde_json::to_vec(&rows).unwrap()).await;
    let command = details(file, &rows);
    let reply = compared(&center, PHARMACY, &command).await.unwrap().reply;
    assert_eq!(compared(&center, PHARMACY, &command).await.unwrap().reply, reply, "the same message is the same file");
    let owner = FileOwner::Fixmedins(PHARMACY.parse().unwrap());
    let kept = center.store.file(&owner, &reply.file_qury_no).await.unwrap().unwrap();
    assert_eq!((kept.filename, kept.until), (reply.filename, reply.dld_endtime));
    let found: Vec<(Finding, String, Fen, Option<String>, String)> = serde_json::from_slice(&kept.body).unwrap();
    let told: Vec<_> = found.iter().map(|(finding, setl_id, ..)| (*finding, setl_id.as_str())).collect();
    assert_eq!(
        told,
        [
            (Finding::Same, first.setl.0.as_str()),
            (Finding::Amounts, second.setl.0.as_str()),
            (Finding::Same, negative.setl_id.as_str()),
            (Finding::OnlyTheirs, "S9"),
            // What only the center has shows no number of it.
            (Finding::OnlyCenter, ""),
        ]
    );
    assert_eq!(found[1].4, "双方都有，金额不一致：中心医疗费100.00元、基金65.00元、个账0.00元");
    assert_eq!((found[3].3.clone(), found[4].2), (None, Fen::new(650)));
}

#[tokio::test]
async fn what_is_no_statement_is_refused_and_leaves_no_file() {
    let center = TestCenter::new().await;
    let rows = [row("S1", "M1", "p", 100, 65, false)];
    let file = uploaded(&center, &serde_json::to_vec(&rows).unwrap()).await;
    let good = details(file, &rows);
    let unreadable = uploaded(&center, b"{").await;
    let (most, more) = (uploaded(&center, b"50000").await, uploaded(&center, b"50001").await);
    assert_eq!(ROWS_MAX, 50_000);
    let mut cases = vec![
        (OTHER_PHARMACY, good.clone(), "RX-9102-01"),
        (PHARMACY, with(good.clone(), |c| c.file_qury_no = "x".into()), "RX-9102-01"),
        (PHARMACY, with(good.clone(), |c| c.file_qury_no = unreadable), DetailRefusal::CODES[0]),
        (PHARMACY, with(details(more, &[]), |c| c.fixmedins_setl_cnt = 50_001), DetailRefusal::CODES[1]),
        (PHARMACY, with(details(most, &[]), |c| c.fixmedins_setl_cnt = 50_001), DetailRefusal::CODES[2]),
    ];
    for change in [
        (|c| c.medfee_sumamt = Fen::new(101)) as fn(&mut t3202_details::Command),
        |c| c.fund_pay_sumamt = Fen::new(64),
        |c| c.fixmedins_setl_cnt = 2,
        |c| c.fixmedins_setl_cnt = -1,
    ] {
        cases.push((PHARMACY, with(good.clone(), change), DetailRefusal::CODES[2]));
    }
    let owner = FileOwner::Fixmedins(PHARMACY.parse().unwrap());
    let before = center.store.file_count(&owner, center.now()).await.unwrap();
    for (who, command, want) in cases {
        assert_eq!(code(&compared(&center, who, &command).await), want, "{command:?}");
    }
    assert_eq!(center.store.file_count(&owner, center.now()).await.unwrap(), before);
    assert_eq!(code(&compared(&center, PHARMACY, &good).await), "ok");
}
