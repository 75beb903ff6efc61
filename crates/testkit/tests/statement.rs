//! A statement reads so many settlements of an institution, and refuses to read one more (3201).

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use lf_center::Failure;
use lf_center::t3201_statement::{About, Command, STATEMENT_MAX};
use lf_testkit::region::PHARMACY;
use lf_testkit::{Step, TestCenter};
use lf_vocab::Fen;
use rusqlite::Connection;

async fn stated(center: &TestCenter) -> Result<String, String> {
    let command = Command {
        insutype: "310".to_owned(),
        about: About {
            clr_type: "41".to_owned(),
            // Nobody insured there bought anything: what is read counts, not what is left of it.
            setl_optins: "360100".parse().unwrap(),
            stmt_begndate: "2026-11-01".parse().unwrap(),
            stmt_enddate: "2026-11-30".parse().unwrap(),
            refd_setl_flag: None,
        },
        medfee_sumamt: Fen::ZERO,
        fund_pay_sumamt: Fen::ZERO,
        acct_pay: Fen::ZERO,
        fixmedins_setl_cnt: 0,
    };
    let ctx = center.ctx(PHARMACY, "3201").await;
    match center.center.t3201_statement(&ctx, &command).await {
        Ok(answer) => Ok(answer.reply.stmt_rslt_dscr),
        Err(Failure::Refused(refusals)) => Err(refusals[0].code.clone()),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn so_many_settlements_are_read_and_one_more_is_refused() {
    let center = TestCenter::new().await;
    center.life(&center.people.active).up_to(Step::Settled).await;
    let raw = Connection::open(center.database()).unwrap();
    // Copies of the one real row, each with a number of its own.
    let copies = |from: usize, upto: usize| {
        let copy = "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2),
            one AS (SELECT * FROM setl ORDER BY setl_id LIMIT 1)
            INSERT INTO setl (poolarea_no, setl_id, fixmedins_code, hi_rxno, setl_us, refd_setl_id, body)
            SELECT poolarea_no, 'Z' || printf('%09d', i), fixmedins_code, hi_rxno, setl_us, NULL,
            json_set(body, '$.setl_id', 'Z' || printf('%09d', i)) FROM n, one";
        raw.execute(copy, [from as i64, upto as i64]).unwrap()
    };
    assert_eq!(copies(1, STATEMENT_MAX), STATEMENT_MAX - 1);
    assert_eq!(stated(&center).await, Ok("平".to_owned()));
    assert_eq!(copies(STATEMENT_MAX, STATEMENT_MAX + 1), 1);
    assert_eq!(stated(&center).await, Err("RX-3201-03".to_owned()));
}
