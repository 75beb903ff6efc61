//! Claims with papers (零星报销): a 统筹区's own, moved on by a step from where they were seen; what is paid once is paid once.

use lf_ports::reim::rx_paid;
use lf_ports::{ChangeSet, ClaimKind, CommitError, ReimChange, ReimRow};
use lf_settle::reim::{
    Bought, BoughtLine, Checked, Did, Intake, Invoice, Paper, PaperKind, Prescribed, PrescribedLine, Refused, Reim,
    ReimStas, Step,
};
use lf_vocab::Qty;

use super::{Full, Ground, fixture as f};

/// A claim of the fixture's person for a paper prescription.
pub fn reim(reim_no: &str, hosp_rxno: &str, invo_no: &str) -> ReimRow {
    let (code, packs) = ("XA10BH01".parse().unwrap(), Qty::new(20_000));
    let paper = Paper { kind: PaperKind::Invoice, filename: "发票.pdf".to_owned(), sm3: "00".repeat(32) };
    let intake = Intake {
        psn_no: f::psn_no(),
        appy_time: f::at(1),
        opter_name: "甲经办".to_owned(),
        appy_fixmedins_code: f::hospital(),
        med_type: "14".to_owned(),
        rx: Prescribed {
            fixmedins_code: f::hospital(),
            hosp_rxno: hosp_rxno.to_owned(),
            paper_no: None,
            unnumbered: false,
            otp_ipt_flag: None,
            hi_rxno: None,
            prsc_time: f::at(0),
            vali_end_time: f::at(259_200),
            rx_exra_attr_code: None,
            dise_codg: Some("M03900".to_owned()),
            paper_situ_code: None,
            lines: vec![PrescribedLine { med_list_codg: code, packs: Some(packs), self_paid: false }],
        },
        bought: Bought {
            phar_fixmedins_code: f::pharmacy(),
            day: f::day(),
            medfee_sumamt: "40.00".parse().unwrap(),
            lines: vec![BoughtLine {
                med_list_codg: "XA10BH01".parse().unwrap(),
                cnt: packs,
                pric: "20".parse().unwrap(),
                det_item_fee_sumamt: "40.00".parse().unwrap(),
            }],
            invoices: vec![Invoice::new(None, &format!("{invo_no:0>20}")).unwrap()],
        },
        papers: vec![paper],
    };
    ReimRow { poolarea_no: f::pool(), reim_no: reim_no.to_owned(), reim: Reim::new(intake).unwrap() }
}

/// A new claim with what it takes.
pub fn put(row: &ReimRow) -> ChangeSet {
    ChangeSet { claims: row.held(), reim: Some(ReimChange { row: row.clone() }), ..ChangeSet::default() }
}

fn on(row: &ReimRow, did: Did) -> ReimRow {
    let step = Step { opter_name: "乙经办".to_owned(), opt_time: f::at(2), did };
    ReimRow { reim: row.reim.clone().then(step).unwrap(), ..row.clone() }
}

async fn go(store: &dyn Full, row: &ReimRow) -> Result<(), CommitError> {
    store.commit(ChangeSet { reim: Some(ReimChange { row: row.clone() }), ..ChangeSet::default() }).await
}

pub async fn a_claim_is_its_pools_and_goes_on_from_where_it_was_seen(ground: &dyn Ground) {
    let store = ground.open();
    let first = reim("B", "R1", "1");
    store.commit(put(&first)).await.unwrap();
    assert_eq!(store.reim(f::pool(), "B").await, Ok(Some(first.clone())));
    assert_eq!(store.reim("360800".parse().unwrap(), "B").await, Ok(None));
    assert_eq!(go(&*store, &first).await, Err(CommitError::Stale("reim")), "a number is given once");
    let checked = on(&first, Did::Checked(Checked::default()));
    let refused = on(&checked, Did::Refused(Refused { article: "三(一)".to_owned(), rea: "不符".to_owned() }));
    assert_eq!(go(&*store, &refused).await, Err(CommitError::Stale("reim")), "a step was left out");
    go(&*store, &checked).await.unwrap();
    assert_eq!(go(&*store, &checked).await, Err(CommitError::Stale("reim")), "somebody moved first");
    go(&*store, &refused).await.unwrap();
    let others = [("A", "11"), ("C", "12")].map(|(no, invo_no)| reim(no, no, invo_no));
    for row in &others {
        store.commit(put(row)).await.unwrap();
    }
    let [a, c] = others;
    assert_eq!(store.reims(f::pool(), None, "", 2).await.unwrap(), [a.clone(), refused.clone()]);
    assert_eq!(store.reims(f::pool(), None, "B", 9).await.unwrap(), std::slice::from_ref(&c));
    assert_eq!(store.reims(f::pool(), Some(ReimStas::Received), "", 9).await.unwrap(), [a, c.clone()]);
    assert_eq!(store.reims(f::pool(), Some(ReimStas::Received), "A", 9).await.unwrap(), [c]);
    assert_eq!(store.reims(f::pool(), Some(ReimStas::Refused), "", 9).await.unwrap(), [refused]);
    assert!(store.pools().await.unwrap().contains(&f::pool()));
    let long = "9".repeat(lf_ports::reim::REIM_NO_MAX);
    store.commit(put(&reim(&long, "R9", "9"))).await.unwrap();
    let longer = store.commit(put(&reim(&format!("{long}9"), "R10", "10"))).await;
    assert!(matches!(longer, Err(CommitError::Store(_))), "{longer:?}");
}

pub async fn one_of_64_settlements_and_claims_is_paid(ground: &dyn Ground) {
    const RACERS: usize = 64;
    let stores = [ground.open(), ground.open()];
    let changes = (0..RACERS).map(|racer| match racer % 2 {
        0 => put(&reim(&format!("N{racer}"), "R1", &racer.to_string())),
        _ => {
            let setl_id = format!("S{racer}");
            let claims = vec![rx_paid(&f::hospital(), "R1", &setl_id)];
            ChangeSet { claims, setl: Some(f::setl(&setl_id, None)), ..ChangeSet::default() }
        }
    });
    let tasks: Vec<_> = (changes.enumerate())
        .map(|(racer, changes)| {
            let store = stores[racer % 3 % 2].clone();
            tokio::spawn(async move { store.commit(changes).await })
        })
        .collect();
    let mut paid = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => paid += 1,
            Err(CommitError::Claimed(holder)) => assert_eq!(holder.kind, ClaimKind::RxPaid),
            Err(other) => panic!("{other:?}"),
        }
    }
    let claims = stores[0].reims(f::pool(), None, "", 99).await.unwrap().len();
    let setls = stores[0].scan_setl(f::pool(), None, 99).await.unwrap().len();
    assert_eq!((paid, claims + setls), (1, 1), "the others wrote nothing");
}

pub async fn an_invoice_is_claimed_once_and_free_again(ground: &dyn Ground) {
    let store = ground.open();
    let first = reim("1", "R1", "0042");
    store.commit(put(&first)).await.unwrap();
    let second = reim("2", "R2", "0042");
    let told = store.commit(put(&second)).await;
    assert!(matches!(&told, Err(CommitError::Claimed(held)) if held.kind == ClaimKind::Invoice), "{told:?}");
    assert_eq!(store.reim(f::pool(), "2").await, Ok(None));
    let refused = on(&first, Did::Refused(Refused { article: "三(一)".to_owned(), rea: "不符".to_owned() }));
    let release = ChangeSet { releases: first.held(), reim: Some(ReimChange { row: refused }), ..ChangeSet::default() };
    store.commit(release).await.unwrap();
    store.commit(put(&second)).await.unwrap();
}
