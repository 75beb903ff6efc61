//! 对账 three ways over a center's own books, and over books that were made not to fit.

use std::collections::BTreeMap;

use lf_center::reconcile::{Books, DIFFERENCES_MAX, Kind, Period, Reconciliation, place_of};
use lf_ports::{AuditStore, Setl};
use lf_rx::Prescription;
use lf_testkit::region::{HOSPITAL, OTHER_PHARMACY, PHARMACY, POOL};
use lf_testkit::{Step, TestCenter};
use lf_vocab::Fen;

use crate::account::{back, holder, over_the_counter};
use crate::registers::{WUHAN, life};
use crate::said::send;

type Rows = (Vec<Prescription>, Vec<Setl>);

async fn rows(center: &TestCenter) -> Rows {
    rows_of(center, POOL).await
}

async fn rows_of(center: &TestCenter, place: &str) -> Rows {
    let pool = place.parse().unwrap();
    let rx = center.store.scan_rx(pool, None, 100).await.unwrap();
    let setl = center.store.scan_setl(pool, None, 100).await.unwrap();
    (rx, setl.into_iter().map(|(setl, _)| setl).collect())
}

fn found(center: &TestCenter, (rx, setl): &Rows, first: &str, last: &str) -> Reconciliation {
    let period = Period::new(first.parse().unwrap(), last.parse().unwrap()).unwrap();
    let mut books = Books::new(period, center.now());
    rx.iter().for_each(|rx| books.take_rx(rx));
    setl.iter().cloned().for_each(|setl| books.take_setl(setl));
    books.closed().unwrap()
}

fn kinds(found: &Reconciliation) -> Vec<Kind> {
    found.differences.iter().map(|difference| difference.kind).collect()
}

#[tokio::test]
async fn what_was_issued_sold_and_settled_stands_side_by_side() {
    // proves HB-3.8, GX-2.3c
    let center = TestCenter::new().await;
    center.life(&center.people.active).up_to(Step::Uploaded).await;
    center.life(&center.people.active).up_to(Step::Settled).await;
    let sold = center.life(&center.people.active).up_to(Step::Sold).await;
    let mut refunded = center.life(&center.people.active).up_to(Step::Settled).await;
    let (november, december) = (("2026-11-01", "2026-11-30"), ("2026-12-01", "2026-12-31"));
    center.clock.advance_seconds(10 * 86_400);
    refunded.refund().await.unwrap();
    let rows = rows(&center).await;
    let mut november = found(&center, &rows, november.0, november.1);
    let hospital = &november.institutions[HOSPITAL];
    assert_eq!((hospital.issued, hospital.used, hospital.expired, hospital.revoked), (4, 2, 1, 0));
    let pharmacy = &november.institutions[PHARMACY];
    assert_eq!((pharmacy.sold, pharmacy.settled.cnt, pharmacy.reversed), (3, 2, 0));
    // One was sold and never settled; its key closes it, and another key closes nothing.
    assert_eq!(kinds(&november), [Kind::SoldNotSettled]);
    assert_eq!(november.differences[0].hi_rxno, Some(sold.hi_rxno().to_string()));
    let key = november.differences[0].key.clone();
    let explained = BTreeMap::from([(key, "次日结算".to_owned()), ("x".to_owned(), "y".to_owned())]);
    assert_eq!(november.open(), 1);
    november.close(&explained);
    assert_eq!(november.open(), 0);
    let december = found(&center, &rows, december.0, december.1);
    assert_eq!((kinds(&december).len(), december.institutions[PHARMACY].reversed), (0, 1));
    assert!(december.institutions[PHARMACY].settled.medfee_sumamt.is_negative());
    assert!(Period::new("2026-12-01".parse().unwrap(), "2026-11-30".parse().unwrap()).is_none());
}

#[tokio::test]
async fn every_kind_of_difference_is_found_in_books_that_do_not_fit() {
    // proves HB-3.8
    let center = TestCenter::new().await;
    center.life(&center.people.active).up_to(Step::Settled).await;
    center.life(&center.people.active).up_to(Step::Refunded).await;
    let good = rows(&center).await;
    let look = |change: fn(&mut Rows)| {
        let mut rows = good.clone();
        change(&mut rows);
        kinds(&found(&center, &rows, "2026-11-01", "2026-11-30"))
    };
    fn settled(rows: &mut Rows) -> &mut Setl {
        let refunded: Vec<_> = rows.1.iter().filter_map(|setl| setl.refd_setl_id.clone()).collect();
        rows.1.iter_mut().find(|setl| setl.refd_setl_id.is_none() && !refunded.contains(&setl.setl_id)).unwrap()
    }
    fn negative(rows: &mut Rows) -> &mut Setl {
        rows.1.iter_mut().find(|setl| setl.refd_setl_id.is_some()).unwrap()
    }
    assert_eq!(look(|_| {}), []);
    assert_eq!(look(|rows| rows.0.clear()), [Kind::SettledNotIssued; 2]);
    assert_eq!(look(|rows| rows.1.clear()), [Kind::SettlementMissing; 3]);
    assert_eq!(look(|rows| settled(rows).fixmedins_code = OTHER_PHARMACY.parse().unwrap()), [Kind::OtherPharmacy]);
    assert_eq!(look(|rows| settled(rows).setl_id.push('x')), [Kind::SettledNotSold, Kind::SettlementMissing]);
    assert_eq!(
        look(|rows| settled(rows).shares.medfee_sumamt = Fen::new(1)),
        [Kind::AmountDiffers],
        "where the sale states its amounts"
    );
    assert_eq!(
        look(|rows| settled(rows).setl_time = "2026-11-01 00:00:00".parse().unwrap()),
        [Kind::SettledBeforeIssued]
    );
    assert_eq!(look(|rows| negative(rows).shares.acct_pay = Fen::new(-7)), [Kind::ReversalWithoutSettlement]);
    let twice = look(|rows| {
        let mut second = settled(rows).clone();
        second.setl_id.push('x');
        rows.1.push(second);
    });
    assert_eq!(twice, [Kind::SettledNotSold, Kind::SettledTwice]);
}

#[tokio::test]
async fn what_only_the_account_paid_is_looked_at_too() {
    // proves HB-3.8, WH-3.3
    let (center, person, items) = holder(WUHAN).await;
    let mut life = life(&center, &person, items, None);
    life.precheck().await.unwrap();
    let bought = async |begntime: &str| {
        send!(life, t2102_settle, pharmacy, over_the_counter(&life, begntime)).unwrap().reply.setl
    };
    let standing = bought("2026-11-22 09:00:00").await;
    let reversed = bought("2026-11-22 09:05:00").await;
    let negative = send!(life, t2103_refund, pharmacy, back(&reversed)).unwrap().reply.setl;
    let good = rows_of(&center, WUHAN).await;
    assert_eq!((kinds(&found(&center, &good, "2026-11-01", "2026-11-30")), good.1.len()), (vec![], 3));
    let look = |change: fn(&mut [Setl; 3])| {
        let mut setls = [standing.clone(), reversed.clone(), negative.clone()];
        change(&mut setls);
        let mut found = found(&center, &(good.0.clone(), setls.to_vec()), "2026-11-01", "2026-11-30");
        let keys: Vec<_> = found.differences.iter().map(|one| (one.hi_rxno.clone(), place_of(&one.key))).collect();
        assert_eq!(keys, vec![(None, WUHAN.parse().ok()); found.open()]);
        // A key closes it, as of a prescription.
        let explained = found.differences.iter().map(|one| (one.key.clone(), "已说明".to_owned()));
        found.close(&explained.collect());
        assert_eq!(found.open(), 0);
        kinds(&found)
    };
    assert_eq!(look(|_| {}), []);
    let changes: [fn(&mut [Setl; 3]); 7] = [
        |[_, _, negative]| negative.refd_setl_id = Some("1".to_owned()),
        |[standing, _, negative]| {
            standing.accum_key.psn_no = "9".parse().unwrap();
            negative.refd_setl_id = Some(standing.setl_id.clone());
        },
        |[_, _, negative]| negative.refd_setl_id = Some(negative.setl_id.clone()),
        |[_, _, negative]| negative.fixmedins_code = OTHER_PHARMACY.parse().unwrap(),
        |[_, _, negative]| negative.shares.acct_pay = Fen::new(-7),
        |[_, _, negative]| negative.shares.psn_cash_pay = Fen::new(-7),
        |[_, reversed, _]| reversed.setl_time = reversed.setl_time.plus_seconds(1),
    ];
    for change in changes {
        assert_eq!(look(change), [Kind::ReversalWithoutSettlement]);
    }
    let changes: [fn(&mut [Setl; 3]); 3] = [
        |[standing, _, _]| standing.shares.fund_pay_sumamt = Fen::new(1),
        |[standing, _, _]| standing.shares.hifes_pay = Fen::new(1),
        |[standing, _, _]| {
            let fund = lf_settle::FundShare {
                fund_pay_type: "390100".to_owned(),
                name: "某基金".to_owned(),
                kind: lf_settle::FundKind::Fund,
                inscp_scp_amt: Fen::new(1),
                crt_payb_lmt_amt: None,
                fund_payamt: Fen::new(1),
            };
            standing.shares.fund_details.push(fund);
        },
    ];
    for change in changes {
        assert_eq!(look(change), [Kind::FundWithoutRx]);
    }
}

/// As many settlements of unknown prescriptions as differences are told, and one more.
#[tokio::test]
async fn so_many_differences_are_told_and_the_rest_is_counted() {
    let center = TestCenter::new().await;
    center.life(&center.people.active).up_to(Step::Settled).await;
    let (_, setls) = rows(&center).await;
    let one = setls.first().unwrap();
    let many = |count: usize| {
        let made = (0..count).map(|n| Setl { setl_id: format!("S{n:06}"), ..one.clone() });
        let found = found(&center, &(Vec::new(), made.collect()), "2026-11-01", "2026-11-30");
        (found.differences.len(), found.left_off)
    };
    // Each is one of a prescription that nobody issued, and all but the first a second one of it.
    let fit = DIFFERENCES_MAX / 2;
    assert_eq!(many(fit), (DIFFERENCES_MAX - 1, 0));
    assert_eq!(many(fit + 1), (DIFFERENCES_MAX, 1));
}
