//! The steps of a claim with papers: which follow which, and that a stored claim is read by the same table.

use lf_settle::Accumulator;
use lf_settle::reim::{
    Approved, Bought, Checked, Did, Intake, Invoice, Paper, PaperKind, Prescribed, REIM_INVOICES_MAX, REIM_PAPERS_MAX,
    REIM_STEPS_MAX, Refused, Reim, ReimError, ReimStas, Step, Undone,
};
use lf_vocab::dict::Insutype;
use lf_vocab::{Fen, Moment};

use crate::fixture::{jiangxi_active, plain, settle};

fn paper() -> Paper {
    Paper { kind: PaperKind::Rx, filename: "处方.pdf".to_owned(), sm3: "00".repeat(32) }
}

fn intake(invoices: usize, papers: usize) -> Intake {
    let at = Moment::from_micros(0);
    let invoice = |at: usize| Invoice::new(None, &format!("{at:020}")).unwrap();
    Intake {
        psn_no: "44190000000001".parse().unwrap(),
        appy_time: at,
        opter_name: "甲".to_owned(),
        appy_fixmedins_code: "H44190000001".parse().unwrap(),
        med_type: "14".to_owned(),
        rx: Prescribed {
            fixmedins_code: "H44190000001".parse().unwrap(),
            hosp_rxno: "R1".to_owned(),
            paper_no: None,
            unnumbered: false,
            otp_ipt_flag: None,
            hi_rxno: None,
            prsc_time: at,
            vali_end_time: at,
            rx_exra_attr_code: None,
            dise_codg: None,
            paper_situ_code: None,
            lines: vec![],
        },
        bought: Bought {
            phar_fixmedins_code: "P44190000001".parse().unwrap(),
            day: at.day(),
            medfee_sumamt: Fen::ZERO,
            lines: vec![],
            invoices: (0..invoices).map(invoice).collect(),
        },
        papers: vec![paper(); papers],
    }
}

fn new() -> Reim {
    Reim::new(intake(1, 1)).unwrap()
}

fn step(did: Did) -> Step {
    Step { opter_name: "乙".to_owned(), opt_time: Moment::from_micros(1), did }
}

fn approved(looked_into: Option<&str>) -> Did {
    let shares = settle(jiangxi_active(), &Accumulator::new(2024), &plain("400"));
    let looked_into = looked_into.map(str::to_owned);
    Did::Approved(Box::new(Approved { insutype: Insutype::Employee, shares, looked_into, law_edition: String::new() }))
}

fn checked(refused: &[&str], reminded: &[&str]) -> Did {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Did::Checked(Checked { refused: texts(refused), reminded: texts(reminded), law_edition: String::new() })
}

fn refused() -> Did {
    Did::Refused(Refused { article: "一".to_owned(), rea: "不符".to_owned() })
}

fn undone(repay_no: Option<&str>) -> Did {
    Did::Undone(Undone { rea: "错".to_owned(), repay_no: repay_no.map(str::to_owned) })
}

fn all() -> [Did; 7] {
    [
        Did::Returned("缺".to_owned()),
        Did::Supplied(vec![paper()]),
        checked(&[], &[]),
        approved(None),
        refused(),
        Did::Paid("1".to_owned()),
        undone(None),
    ]
}

#[test]
fn only_these_steps_follow_each_other() {
    use ReimStas::{Approved, Checked, Paid, Received, Refused, Returned, Undone};
    let [back, more, check, approve, no, pay, undo] = all();
    let reach: [(ReimStas, Vec<Did>, &[ReimStas]); 7] = [
        (Received, vec![], &[Returned, Checked, Refused]),
        (Returned, vec![back.clone()], &[Received, Refused]),
        (Checked, vec![check.clone()], &[Returned, Checked, Approved, Refused]),
        (Approved, vec![check.clone(), approve.clone()], &[Paid, Undone]),
        (Refused, vec![no], &[]),
        (Paid, vec![check.clone(), approve.clone(), pay], &[]),
        (Undone, vec![back, more, check, approve, undo], &[]),
    ];
    for (stas, steps, follow) in reach {
        let reim = steps.into_iter().map(step).try_fold(new(), Reim::then).unwrap();
        assert_eq!(reim.state().stas(), stas);
        let next = all().into_iter().filter_map(|did| Some(reim.clone().then(step(did)).ok()?.state().stas()));
        let mut next: Vec<_> = next.collect();
        next.sort();
        assert_eq!(next, follow, "after {stas:?}");
        let text = serde_json::to_string(&reim).unwrap();
        assert_eq!(serde_json::from_str::<Reim>(&text).unwrap(), reim);
    }
}

#[test]
fn what_the_law_forbids_or_could_not_see_is_not_simply_approved() {
    let after = |check: Did, did: Did| new().then(step(check)).unwrap().then(step(did)).map(|reim| reim.state().stas());
    let never = Err(ReimError::NotNow(ReimStas::Checked));
    assert_eq!(after(checked(&["不符合"], &[]), approved(Some("已核实"))), never);
    assert_eq!(after(checked(&[], &["请核实"]), approved(None)), never);
    assert_eq!(after(checked(&[], &["请核实"]), approved(Some("已核实"))), Ok(ReimStas::Approved));
}

#[test]
fn what_was_paid_is_undone_with_the_voucher_of_its_repayment_only() {
    let [_, _, check, approve, _, pay, _] = all();
    let promised = [check, approve].map(step).into_iter().try_fold(new(), Reim::then).unwrap();
    let paid = promised.clone().then(step(pay)).unwrap();
    let undo = |reim: &Reim, no| reim.clone().then(step(undone(no))).map(|reim| reim.state().stas());
    let said = |reim| [None, Some(" "), Some("退1号")].map(|no| undo(reim, no).is_ok());
    assert_eq!(said(&paid), [false, false, true]);
    assert_eq!(said(&promised), [true, false, false]);
    assert_eq!(undo(&paid, None), Err(ReimError::Repayment));
}

#[test]
fn a_stored_claim_whose_steps_do_not_follow_is_none() {
    let mut stored = serde_json::to_value(new()).unwrap();
    let paid = serde_json::to_value(step(Did::Paid("1".to_owned()))).unwrap();
    stored["steps"].as_array_mut().unwrap().push(paid);
    assert!(serde_json::from_value::<Reim>(stored).is_err());
}

#[test]
fn so_many_papers_invoices_and_steps_and_one_more_not() {
    assert!(Reim::new(intake(REIM_INVOICES_MAX, REIM_PAPERS_MAX)).is_ok());
    assert_eq!(Reim::new(intake(REIM_INVOICES_MAX + 1, 1)), Err(ReimError::Invoices));
    assert_eq!(Reim::new(intake(0, 1)), Err(ReimError::Invoices));
    let mut twice = intake(2, 1);
    twice.bought.invoices[1] = twice.bought.invoices[0].clone();
    assert_eq!(Reim::new(twice), Err(ReimError::Invoices));
    assert_eq!(Reim::new(intake(1, REIM_PAPERS_MAX + 1)), Err(ReimError::Papers));
    let back = Reim::new(intake(1, REIM_PAPERS_MAX - 1)).unwrap().then(step(Did::Returned("缺".to_owned()))).unwrap();
    let more =
        |count: usize| back.clone().then(step(Did::Supplied(vec![paper(); count]))).map(|reim| reim.papers().count());
    assert_eq!([more(0), more(1), more(2)], [Err(ReimError::Papers), Ok(REIM_PAPERS_MAX), Err(ReimError::Papers)]);
    let full = (0..REIM_STEPS_MAX).try_fold(new(), |reim, _| reim.then(step(checked(&[], &[])))).unwrap();
    assert_eq!(full.ver(), REIM_STEPS_MAX as i64 + 1);
    assert_eq!(full.then(step(checked(&[], &[]))), Err(ReimError::TooManySteps));
}

#[test]
fn nothing_of_a_person_is_shown_by_debug() {
    let shown = format!("{:?} {:?} {:?}", new(), new().intake(), new().state());
    assert!(!shown.contains("4419") && shown.contains("received"), "{shown}");
}
