//! 3508–3512 and 3513 at their limits: so many rows, lots and days are answered, one more is refused; what is answered is held once.

use std::sync::Arc;

use lf_center::t3508_goods_query::{By, Command, Found, Kind, LOTS_MAX, ROWS_MAX};
use lf_center::{Failure, t3513_traces};
use lf_testkit::TestCenter;
use lf_testkit::life::parse;
use lf_testkit::region::{PHARMACY, drugs};

use crate::goods::{LOT, bought, single, sold, told};
use crate::offers::stocked;
use crate::said::with;

fn question(center: &TestCenter, kind: Kind, by: By) -> Command {
    let day = center.now().day();
    Command { fixmedins_code: parse(PHARMACY), kind, by, begndate: day, enddate: day, wanted: Vec::new() }
}

async fn asked(center: &TestCenter, command: &Command) -> Result<Vec<Found>, String> {
    let ctx = center.ctx(PHARMACY, "3508").await;
    match center.center.t3508_goods_query(&ctx, command).await {
        Ok(answer) => Ok(answer.reply.rows),
        Err(Failure::Refused(refusals)) => Err(refusals[0].code.clone()),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn so_many_boxes_are_shown_and_one_more_is_refused() {
    let center = TestCenter::new().await;
    let now = center.now();
    let boxes: Vec<u32> = (0..ROWS_MAX as u32).collect();
    told(&center, PHARMACY, &single("3503", bought(now, "1", &ROWS_MAX.to_string(), &boxes))).await.unwrap();
    let question = question(&center, Kind::Boxes, By::Lot(LOT.to_owned()));
    let rows = asked(&center, &question).await.unwrap();
    assert_eq!(rows.len(), ROWS_MAX, "at the limit");
    // A row is held once for all its boxes, and without the codes that each of them says already.
    assert!(rows.iter().all(|row| Arc::ptr_eq(&row.moved, &rows[0].moved)));
    assert_eq!((rows[0].moved.body.codes.len(), rows[0].field("purc_retn_cnt")), (0, Some(ROWS_MAX.to_string())));
    told(&center, PHARMACY, &single("3503", bought(now, "2", "1", &[5_000]))).await.unwrap();
    assert_eq!(asked(&center, &question).await.unwrap_err(), "RX-3508-02", "one past it");
    let rows = asked(&center, &Command { kind: Kind::Purchases, ..question.clone() }).await.unwrap();
    assert_eq!(rows.len(), 2, "the rows themselves are few");
    let one = Command { wanted: vec![("drug_trac_codg".to_owned(), format!("8{:019}", 5_000))], ..question };
    assert_eq!(asked(&center, &one).await.unwrap().len(), 1, "what is not wanted does not count");
}

#[tokio::test]
async fn boxes_that_were_sold_share_their_row_too() {
    let center = TestCenter::new().await;
    let now = center.now();
    told(&center, PHARMACY, &single("3503", bought(now, "1", "3", &[]))).await.unwrap();
    told(&center, PHARMACY, &single("3505", sold(now, "v1", "3", false, &[1, 2, 3]))).await.unwrap();
    let command = t3513_traces::Command {
        fixmedins_code: parse(PHARMACY),
        by: By::Lot(LOT.to_owned()),
        begndate: None,
        enddate: None,
        drug_trac_codg: None,
        psn_no: None,
    };
    let rows = center.center.t3513_traces(&center.ctx(PHARMACY, "3513").await, &command).await.unwrap().reply.rows;
    assert!(rows.len() == 3 && rows.iter().all(|row| Arc::ptr_eq(&row.sale, &rows[0].sale)), "{rows:?}");
    assert_eq!((rows[0].sale.body.codes.len(), rows[0].sale.body.told("sel_retn_cnt")), (0, Some("3")));
}

#[tokio::test]
async fn the_last_day_is_no_earlier_than_the_first() {
    let center = TestCenter::new().await;
    let question = question(&center, Kind::Sales, By::Lot(LOT.to_owned()));
    assert_eq!(asked(&center, &question).await.unwrap().len(), 0, "one day");
    let wrong = with(question, |question| question.enddate = question.begndate.plus(-1));
    assert_eq!(asked(&center, &wrong).await.unwrap_err(), "RX-3508-01");
}

#[tokio::test]
async fn so_many_lots_are_looked_through_and_one_more_is_refused() {
    let center = TestCenter::new().await;
    stocked(&center, PHARMACY, 0..LOTS_MAX).await;
    let question = question(&center, Kind::Sales, By::Drug(parse(drugs::AMOXICILLIN)));
    assert_eq!(asked(&center, &question).await.unwrap().len(), 0, "at the limit");
    stocked(&center, PHARMACY, LOTS_MAX..LOTS_MAX + 1).await;
    assert_eq!(asked(&center, &question).await.unwrap_err(), "RX-3508-02", "one past it");
}
