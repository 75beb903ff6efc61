//! 零星报销: taken in, judged, promised, paid and undone; a purchase is paid once, by a settlement or by a claim.

use std::sync::Arc;

use expect_test::expect;
use lf_center::reconcile::{Books, Kind, Period};
use lf_center::reim::{Asked, AskedRx, By, Doing, Limits, ReimRefusal, ageing};
use lf_center::{Answer, Failure};
use lf_law::Law;
use lf_ports::lists::{DsgnType, TagList};
use lf_ports::{
    AccumKey, AuditStore as _, ChangeSet, ClaimKind, Person, RegistryPut, ReimRow, ReimStore as _, Store as _,
};
use lf_settle::Shares;
use lf_settle::reim::{
    Bought, BoughtLine, Did, Invoice, Paper, PaperKind, Prescribed, PrescribedLine, Refused, Reim, ReimStas, ReimState,
};
use lf_testkit::life::Item;
use lf_testkit::region::{HOSPITAL, OTHER_HOSPITAL, PHARMACY, drugs, fixmedins};
use lf_testkit::{Step, TestCenter};
use lf_vocab::{Fen, Moment};

use crate::benefit_law::{law, provision};
use crate::registers::{designate, disease, dsgn, file, life, region, special, tag};
use crate::said::{Said, codes, send, with};

const DONGGUAN: &str = "441900";
pub const DISE: &str = "M03900";

/// The packs with a benefit for 门特 in Dongguan that nobody printed, and days in which a claim is paid.
pub fn benefits() -> Law {
    benefits_and("")
}

pub fn benefits_and(more: &str) -> Law {
    let said = |id: &str, quantity: &str, is: &str| provision(id, quantity, "2025-01-01", is);
    let added = [
        said("opsp.med_types", "texts", "[\"14\"]"),
        said("opsp.insutypes", "texts", "[\"310\"]"),
        said("opsp.ratio_basis", "text", "\"flat\""),
        said("opsp.ratio.employee", "ratio", "\"0.8\""),
        said("opsp.deductible", "text", "\"fee_year\""),
        said("opsp.deductible_fen", "fen", "1000"),
        said("opsp.cap", "text", "\"own\""),
        said("opsp.fund_cap_fen", "fen", "10000"),
        said("opsp.preselfpay.b", "ratio", "\"0.1\""),
    ];
    law(&[("441900/mt.toml", added.concat() + more)])
}

/// Dongguan with everybody qualified; its benefits are known where `law` knows them.
pub async fn dongguan(law: Option<Law>) -> (TestCenter, Person) {
    let (mut center, person) = region(DONGGUAN, DONGGUAN).await;
    if let Some(law) = law {
        center.under(law);
    }
    designate(&center, [HOSPITAL, PHARMACY].map(|code| dsgn(DONGGUAN, DsgnType::Opsp, code, None)).to_vec()).await;
    file(&center, disease(&person, "1", DISE)).await;
    (center, person)
}

pub fn by(center: &TestCenter) -> By<'static> {
    By { opter_name: "甲经办", now: center.now() }
}

pub fn undo<'a>(rea: &'a str, repay_no: Option<&'a str>) -> Doing<'a> {
    Doing::Undo { rea, repay_no }
}

fn papers() -> Vec<Paper> {
    let kinds = [PaperKind::Rx, PaperKind::Invoice, PaperKind::List];
    kinds.map(|kind| Paper { kind, filename: format!("{}.pdf", kind.text()), sm3: "ab".repeat(32) }).to_vec()
}

/// Two packs of a drug with a standard of 20 yuan, each 25 yuan.
pub fn bought(center: &TestCenter, invo_no: &str) -> Bought {
    Bought {
        phar_fixmedins_code: PHARMACY.parse().unwrap(),
        day: center.now().day(),
        medfee_sumamt: "50.00".parse().unwrap(),
        lines: vec![BoughtLine {
            med_list_codg: drugs::ATORVASTATIN.parse().unwrap(),
            cnt: "2".parse().unwrap(),
            pric: "25".parse().unwrap(),
            det_item_fee_sumamt: "50.00".parse().unwrap(),
        }],
        invoices: vec![invoice(invo_no)],
    }
}

/// An invoice with this number, as far as it has digits.
fn invoice(invo_no: &str) -> Invoice {
    let digits = invo_no.trim_start_matches('R');
    Invoice::new(None, &format!("{digits:0>20}")).unwrap()
}

/// On a form whose printed number is the number of the house without its letter.
pub fn on_paper(center: &TestCenter, hosp_rxno: &str) -> Prescribed {
    Prescribed {
        fixmedins_code: HOSPITAL.parse().unwrap(),
        hosp_rxno: hosp_rxno.to_owned(),
        paper_no: hosp_rxno.trim_start_matches('Z').parse().ok(),
        unnumbered: false,
        otp_ipt_flag: None,
        hi_rxno: None,
        prsc_time: center.now().day().start(),
        vali_end_time: center.now().day().plus(3).start(),
        rx_exra_attr_code: None,
        dise_codg: Some(DISE.to_owned()),
        paper_situ_code: Some("01".to_owned()),
        lines: vec![PrescribedLine {
            med_list_codg: drugs::ATORVASTATIN.parse().unwrap(),
            packs: Some("2".parse().unwrap()),
            self_paid: false,
        }],
    }
}

pub fn asked(center: &TestCenter, person: &Person, reim_no: &str) -> Asked {
    Asked {
        poolarea_no: person.poolarea_no,
        reim_no: reim_no.to_owned(),
        psn_no: person.psn_no.clone(),
        appy_fixmedins_code: HOSPITAL.parse().unwrap(),
        rx: AskedRx::OnPaper(Box::new(on_paper(center, &format!("Z{reim_no}"))), "14".to_owned()),
        bought: bought(center, reim_no),
        papers: papers(),
    }
}

/// The same of which nobody copied the printed number.
pub fn unnumbered(center: &TestCenter, person: &Person, reim_no: &str, hosp_rxno: &str) -> Asked {
    let paper = Prescribed { paper_no: None, ..on_paper(center, hosp_rxno) };
    Asked { rx: AskedRx::OnPaper(Box::new(paper), "14".to_owned()), ..asked(center, person, reim_no) }
}

pub fn answered<R>(result: Result<R, Failure>) -> Result<Answer<R>, Failure> {
    result.map(Answer::from)
}

/// Codes of what the law refuses and reminds of.
pub async fn judged(center: &TestCenter, row: &ReimRow) -> [Vec<String>; 2] {
    let judged = center.center.reim_check(by(center), row.poolarea_no, &row.reim_no).await.unwrap();
    let ReimState::Checked(checked) = judged.row.reim.state() else { panic!("{:?}", judged.row) };
    let code = |text: &String| text[1..text.find(']').unwrap()].to_owned();
    [&checked.refused, &checked.reminded].map(|texts| texts.iter().map(code).collect())
}

/// Takes a claim in and has it judged.
async fn judge(center: &TestCenter, asked: &Asked) -> [Vec<String>; 2] {
    let row = center.center.reim_add(by(center), asked).await.unwrap();
    judged(center, &row).await
}

pub async fn accum(center: &TestCenter, person: &Person) -> Option<lf_settle::Totals> {
    let (poolarea_no, psn_no) = (person.poolarea_no, person.psn_no.clone());
    let key = AccumKey { poolarea_no, psn_no, year: 2026, scheme: "opsp".to_owned() };
    center.store.accum(&key).await.unwrap().map(|row| *row.accum.totals())
}

pub async fn passes(center: &TestCenter, reims: u64) {
    let report = center.audit().await;
    assert!(report.passes() && report.reims == reims, "{report}");
}

fn told(s: &Shares) -> String {
    format!(
        "{} 总{} 超限{} 先付{} 范围内{} 起付{} 基金{} 个账{} 现金{}\n",
        s.scheme,
        s.medfee_sumamt,
        s.overlmt_selfpay,
        s.preselfpay_amt,
        s.inscp_scp_amt,
        s.act_pay_dedc,
        s.fund_pay_sumamt,
        s.acct_pay,
        s.psn_cash_pay
    )
}

#[tokio::test]
async fn a_claim_is_paid_as_the_same_purchase_would_have_been_settled() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let basket = || vec![Item::packs(drugs::ATORVASTATIN, "阿托伐他汀钙片", "2", "25")];
    let sold = life(&center, &person, basket(), Some(DISE)).up_to(Step::Sold).await;
    let bill = with(sold.settle_command(), |c| c.med_type = "14".into());
    let quoted = send!(sold, t2101_quote, pharmacy, bill.clone()).unwrap().reply.shares;
    let (place, now) = (person.poolarea_no, by(&center));
    center.center.reim_add(now, &asked(&center, &person, "1")).await.unwrap();
    let check = center.center.reim_check(now, place, "1").await.unwrap();
    assert_eq!(told(&check.trial.unwrap()), told(&quoted));
    assert_eq!(accum(&center, &person).await, None, "nothing was promised yet");
    let approved = center.center.reim_do(now, place, "1", Doing::Approve(None)).await.unwrap();
    let ReimState::Approved { approved, .. } = approved.reim.state() else { panic!("{approved:?}") };
    expect![[r#"
        opsp 总50.00 超限10.00 先付4.00 范围内36.00 起付10.00 基金20.80 个账0.00 现金29.20
    "#]]
    .assert_eq(&told(&approved.shares));
    assert_eq!(told(&approved.shares), told(&quoted));
    let promised = accum(&center, &person).await.unwrap();
    assert_eq!(promised.fund_paid_fen, Fen::new(2_080));
    passes(&center, 1).await;
    // What was promised counts for the next purchase, and its payment moves nothing more.
    let next = send!(sold, t2102_settle, pharmacy, bill).unwrap().reply.setl.shares;
    assert_eq!((next.act_pay_dedc, next.fund_pay_sumamt), (Fen::ZERO, Fen::new(2_880)));
    let before = accum(&center, &person).await;
    let paid = center.center.reim_do(now, place, "1", Doing::Pay("拨付1号")).await.unwrap();
    assert_eq!(paid.reim.state().stas(), ReimStas::Paid);
    assert_eq!(accum(&center, &person).await, before);
    passes(&center, 1).await;
    let undone = center.center.reim_do(now, place, "1", undo("重复申请", Some("退1号"))).await.unwrap();
    assert_eq!(undone.reim.state().stas(), ReimStas::Undone);
    let left = accum(&center, &person).await.unwrap();
    assert_eq!((left.fund_paid_fen, left.eligible_fen), (Fen::new(2_880), Fen::new(3_600)), "as if it had never been");
    passes(&center, 1).await;
    // Its prescription and invoice are free, and the number stays its own.
    let again = Asked { reim_no: "2".to_owned(), ..asked(&center, &person, "1") };
    center.center.reim_add(now, &again).await.unwrap();
    passes(&center, 2).await;
}

#[tokio::test]
async fn what_a_cap_leaves_is_promised_once() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let center = Arc::new(center);
    let (place, now) = (person.poolarea_no, by(&center));
    for no in ["1", "2", "3", "4", "5", "6"] {
        center.center.reim_add(now, &asked(&center, &person, no)).await.unwrap();
        center.center.reim_check(now, place, no).await.unwrap();
    }
    let tasks: Vec<_> = (1..=6)
        .map(|no| {
            let center = center.clone();
            tokio::spawn(async move { center.center.reim_do(now, place, &no.to_string(), Doing::Approve(None)).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    // 20.80 once, 28.80 afterwards, and no more than the 100 yuan of the year.
    assert_eq!(accum(&center, &person).await.unwrap().fund_paid_fen, Fen::new(10_000));
    passes(&center, 6).await;
}

#[tokio::test]
async fn a_place_without_benefits_promises_nothing_and_may_refuse() {
    // proves DG-3.1c
    let (center, person) = dongguan(None).await;
    let (place, now) = (person.poolarea_no, by(&center));
    center.center.reim_add(now, &asked(&center, &person, "1")).await.unwrap();
    let check = center.center.reim_check(now, place, "1").await.unwrap();
    assert_eq!(codes(&answered(check.trial)), ["LAW-00-01"], "Dongguan's benefits are not formalised");
    assert_eq!(judged(&center, &check.row).await, [Vec::<String>::new(), Vec::new()]);
    assert_eq!(codes(&answered(center.center.reim_do(now, place, "1", Doing::Approve(None)).await)), ["LAW-00-01"]);
    let why = Refused { article: "东医保〔2024〕41号 三(一)".to_owned(), rea: "不符合规定".to_owned() };
    let refused = center.center.reim_do(now, place, "1", Doing::Refuse(&why)).await.unwrap();
    assert_eq!(refused.reim.state().stas(), ReimStas::Refused);
    passes(&center, 1).await;
    // Where no law knows of such claims, nothing is judged.
    let (center, person) = region("360900", "360900").await;
    center.center.reim_add(by(&center), &asked(&center, &person, "1")).await.unwrap();
    let check = center.center.reim_check(by(&center), person.poolarea_no, "1").await.map(|_| ());
    assert_eq!(codes(&answered(check)), ["LAW-00-01"]);
}

#[tokio::test]
async fn the_law_says_what_may_be_claimed() {
    // proves DG-3.1c
    let (center, person) = dongguan(None).await;
    let of = |no: &str, change: &dyn Fn(&mut Asked)| {
        let mut asked = asked(&center, &person, no);
        change(&mut asked);
        asked
    };
    let paper = |asked: &mut Asked, change: &dyn Fn(&mut Prescribed)| {
        if let AskedRx::OnPaper(paper, _) = &mut asked.rx {
            change(paper);
        }
    };
    let none: [Vec<String>; 2] = [Vec::new(), Vec::new()];
    assert_eq!(judge(&center, &of("40", &|_| ())).await, none);
    for (no, change, wanted) in [
        (
            "1",
            &(|a: &mut Asked| a.appy_fixmedins_code = OTHER_HOSPITAL.parse().unwrap()) as &dyn Fn(&mut Asked),
            "CLAIM-ROUTE",
        ),
        (
            "2",
            &|a| {
                if let AskedRx::OnPaper(_, med_type) = &mut a.rx {
                    *med_type = "11".to_owned()
                }
            },
            "CLAIM-NOT-OPSP",
        ),
        ("3", &|a| paper(a, &|rx| rx.rx_exra_attr_code = Some("01".to_owned())), "CLAIM-MUST-E"),
        ("4", &|a| a.papers.retain(|paper| paper.kind != PaperKind::Invoice), "CLAIM-PAPERS"),
        ("5", &|a| paper(a, &|rx| rx.vali_end_time = rx.vali_end_time.plus_seconds(-3 * 86_400 - 1)), "CLAIM-EXPIRED"),
        ("6", &|a| paper(a, &|rx| rx.lines[0].packs = Some("1".parse().unwrap())), "CLAIM-MORE-THAN-RX"),
        ("7", &|a| paper(a, &|rx| rx.lines[0].med_list_codg = drugs::AMLODIPINE.parse().unwrap()), "SALE-NOT-IN-RX"),
        (
            "8",
            &|a| paper(a, &|rx| rx.fixmedins_code = "H42010000009".parse().unwrap()),
            "CLAIM-ROUTE INST-NOT-QUALIFIED",
        ),
        ("9", &|a| paper(a, &|rx| rx.dise_codg = Some("M01600".to_owned())), "PSN-NOT-REGISTERED"),
    ] {
        let [mut refused, _] = judge(&center, &of(no, change)).await;
        refused.sort();
        assert_eq!(refused.join(" "), wanted, "{no}");
    }
    let [refused, reminded] = judge(&center, &of("10", &|a| paper(a, &|rx| rx.paper_situ_code = None))).await;
    assert_eq!((refused, reminded), (vec![], vec!["CLAIM-NO-SITUATION".to_owned()]), "the transition is over");
    let [refused, reminded] = judge(&center, &of("11", &|a| paper(a, &|rx| rx.lines[0].packs = None))).await;
    assert_eq!((refused, reminded), (vec![], vec!["CLAIM-MORE-THAN-RX".to_owned()]));
    tag(&center, TagList::Dual, DONGGUAN, "双通道", &[None]).await;
    assert_eq!(judge(&center, &of("12", &|_| ())).await[0], ["CLAIM-MUST-E"], "the place's own list says so");
    // An issuer of another city.
    let elsewhere = fixmedins(OTHER_HOSPITAL, "外地医院");
    center.register(RegistryPut::Fixmedins(elsewhere)).await;
    let other = of("13", &|a| {
        a.appy_fixmedins_code = OTHER_HOSPITAL.parse().unwrap();
        paper(a, &|rx| rx.fixmedins_code = OTHER_HOSPITAL.parse().unwrap());
    });
    let [refused, _] = judge(&center, &other).await;
    assert!(refused.contains(&"CLAIM-OTHER-CITY".to_owned()), "{refused:?}");
    passes(&center, 14).await;
}

#[tokio::test]
async fn a_prescription_of_the_center_is_settled_or_claimed() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let rx = || life(&center, &person, vec![special()], Some(DISE));
    let of = |no: &str, hi_rxno| {
        let rx = AskedRx::InCenter(hi_rxno, None);
        let one = Bought { medfee_sumamt: "20.00".parse().unwrap(), ..bought(&center, no) };
        let line = BoughtLine {
            cnt: "1".parse().unwrap(),
            pric: "20".parse().unwrap(),
            det_item_fee_sumamt: "20.00".parse().unwrap(),
            ..one.lines[0].clone()
        };
        Asked { rx, bought: Bought { lines: vec![line], ..one }, ..asked(&center, &person, no) }
    };
    let (place, now) = (person.poolarea_no, by(&center));
    let bill = |life: &lf_testkit::life::Life<'_>| with(life.settle_command(), |c| c.med_type = "14".into());
    // Claimed before it was sold: it may be sold, and is not settled.
    let mut claimed = rx().up_to(Step::Uploaded).await;
    let row = center.center.reim_add(now, &of("1", claimed.hi_rxno())).await.unwrap();
    assert_eq!(row.reim.intake().rx.lines[0].packs, Some("1".parse().unwrap()));
    assert_eq!(judged(&center, &row).await, [Vec::<String>::new(), Vec::new()]);
    for step in [Step::Sold] {
        claimed = claimed.up_to(step).await;
    }
    for _ in 0..2 {
        assert_eq!(codes(&send!(claimed, t2101_quote, pharmacy, bill(&claimed))), ["RX-2102-23"]);
        assert_eq!(codes(&send!(claimed, t2102_settle, pharmacy, bill(&claimed))), ["RX-2102-23"]);
    }
    // Sold through the center it is no case for a claim; refused, it can be settled.
    assert_eq!(judged(&center, &row).await[0], ["CLAIM-FLOWED"]);
    let approve = center.center.reim_do(now, place, "1", Doing::Approve(None)).await;
    assert_eq!(codes(&answered(approve)), ["CLM-04"], "what the law forbids is approved by nobody");
    let why = Refused { article: "三(一)".to_owned(), rea: "已通过中心流转".to_owned() };
    center.center.reim_do(now, place, "1", Doing::Refuse(&why)).await.unwrap();
    let setl = send!(claimed, t2102_settle, pharmacy, bill(&claimed)).unwrap().reply.setl;
    passes(&center, 1).await;
    // Settled it is claimed by nobody, neither by its number nor by that of its institution; taken back it may be.
    let in_center = of("2", claimed.hi_rxno());
    assert_eq!(codes(&answered(center.center.reim_add(now, &in_center).await)), ["CLM-12"]);
    let number = claimed.content.head.hosp_rxno.clone();
    let as_paper = AskedRx::OnPaper(Box::new(on_paper(&center, &number)), "14".to_owned());
    let as_paper = Asked { rx: as_paper, ..asked(&center, &person, "2") };
    assert_eq!(codes(&answered(center.center.reim_add(now, &as_paper).await)), ["CLM-10"]);
    claimed.setl = (setl.setl_id, setl.mdtrt_id);
    claimed.refund().await.unwrap();
    center.center.reim_add(now, &in_center).await.unwrap();
    passes(&center, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_settlement_and_claim_at_once_one_is_paid() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let center = Arc::new(center);
    for round in 0..8 {
        let sold = life(&center, &person, vec![special()], Some(DISE)).up_to(Step::Sold).await;
        let bill = with(sold.settle_command(), |c| c.med_type = "14".into());
        let ctx = sold.ctx(&sold.pharmacy, &bill).await;
        let rx = AskedRx::InCenter(sold.hi_rxno(), None);
        let claim = Asked { rx, ..asked(&center, &person, &format!("R{round}")) };
        let now = by(&center);
        let (here, there) = (center.clone(), center.clone());
        let settled = tokio::spawn(async move { here.center.t2102_settle(&ctx, &bill).await });
        let claimed = tokio::spawn(async move { there.center.reim_add(now, &claim).await });
        let (settled, claimed) = (settled.await.unwrap(), claimed.await.unwrap());
        match (codes(&settled).pop(), codes(&answered(claimed)).pop()) {
            (None, Some(code)) => assert_eq!(code, "CLM-12"),
            (Some(code), None) => assert_eq!(code, "RX-2102-23"),
            other => panic!("{other:?}"),
        }
    }
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn a_paper_is_settled_at_a_counter_or_claimed() {
    // proves DG-3.1c
    let (center, person) = dongguan(None).await;
    let of = |no: &str, paper: &str| {
        let rx = AskedRx::OnPaper(Box::new(on_paper(&center, paper)), "14".to_owned());
        Asked { rx, ..asked(&center, &person, no) }
    };
    let paid = |paper: &str, owner: &str| lf_ports::Claim {
        kind: ClaimKind::PaperSetl,
        key: format!("{HOSPITAL}/{paper}"),
        owner: owner.to_owned(),
    };
    let number = "000000000007".parse::<lf_vocab::PaperNo>().unwrap().to_string();
    center.put(ChangeSet { claims: vec![paid(&number, "S1")], ..ChangeSet::default() }).await;
    let told = center.center.reim_add(by(&center), &of("1", "7")).await;
    assert_eq!(codes(&answered(told)), ["CLM-12"], "however it is written");
    let row = center.center.reim_add(by(&center), &of("2", "8")).await.unwrap();
    let key = paid(&"8".parse::<lf_vocab::PaperNo>().unwrap().to_string(), "").key;
    let held = center.store.claim(ClaimKind::PaperSetl, &key).await.unwrap().unwrap();
    assert_eq!(held.owner, row.owner(), "a counter that settles it now is refused");
}

#[tokio::test]
async fn what_was_promised_stands_beside_the_settlements() {
    // proves DG-3.1c
    let (center, person) = dongguan(Some(benefits())).await;
    let (place, now) = (person.poolarea_no, by(&center));
    center.center.reim_add(now, &asked(&center, &person, "1")).await.unwrap();
    center.center.reim_check(now, place, "1").await.unwrap();
    center.center.reim_do(now, place, "1", Doing::Approve(None)).await.unwrap();
    center.clock.advance_seconds(10 * 86_400);
    let row = center.center.reim_do(by(&center), place, "1", undo("重复", None)).await.unwrap();
    let closed = |first: &str, last: &str, take: &dyn Fn(&mut Books)| {
        let mut books = Books::new(Period::new(first.parse().unwrap(), last.parse().unwrap()).unwrap(), center.now());
        take(&mut books);
        books.closed().unwrap()
    };
    let sums = |first, last| closed(first, last, &|books| books.take_reim(&row)).reimbursed;
    let (november, december) = (sums("2026-11-01", "2026-11-30"), sums("2026-12-01", "2026-12-31"));
    assert_eq!((november.cnt, november.medfee_sumamt, november.fund_pay_sumamt), (1, Fen::new(5_000), Fen::new(2_080)));
    assert_eq!((december.cnt, december.fund_pay_sumamt), (1, Fen::new(-2_080)), "taken back in another month");
    assert_eq!(sums("2026-11-01", "2026-12-31").fund_pay_sumamt, Fen::ZERO);
    // Books in which one prescription was paid on both ways.
    let sold = life(&center, &person, vec![special()], Some(DISE)).up_to(Step::Sold).await;
    send!(sold, t2102_settle, pharmacy, with(sold.settle_command(), |c| c.med_type = "14".into())).unwrap();
    let rx = center.store.rx(&sold.hi_rxno()).await.unwrap().unwrap();
    let (setl, _) = center.store.scan_setl(place, None, 9).await.unwrap().remove(0);
    let mut intake = row.reim.intake().clone();
    intake.rx.hi_rxno = Some(sold.hi_rxno());
    let both = ReimRow { reim: Reim::new(intake).unwrap(), ..row.clone() };
    let found = closed("2026-12-01", "2026-12-31", &|books| {
        books.take_rx(&rx);
        books.take_setl(setl.clone());
        books.take_reim(&both);
    });
    let kinds: Vec<_> = found.differences.iter().map(|difference| difference.kind).collect();
    assert_eq!(kinds, [Kind::SettledAndReimbursed]);
    assert_eq!(found.differences[0].setl_id, Some(setl.setl_id));
}

/// The hospital has had running numbers printed.
pub async fn printed(center: &TestCenter) {
    let (key, owner) = (format!("{HOSPITAL}/1"), "000000000001".to_owned());
    let first = lf_ports::Claim { kind: ClaimKind::PaperRangeNo, key, owner };
    center.put(ChangeSet { claims: vec![first], ..ChangeSet::default() }).await;
}

#[tokio::test]
async fn a_paper_has_some_prescribed_lines_and_not_too_many() {
    let (center, person) = dongguan(Some(benefits())).await;
    let add = async |lines: usize| {
        let mut asked = asked(&center, &person, "1");
        let AskedRx::OnPaper(paper, _) = &mut asked.rx else { panic!("on paper") };
        paper.lines = vec![paper.lines[0].clone(); lines];
        center.center.reim_add(by(&center), &asked).await.map_err(|failure| failure.in_words())
    };
    for lines in [0, 201] {
        assert_eq!(add(lines).await.unwrap_err(), "[CLM-04] 处方明细应为1至200行（依据：本中心 零星报销）");
    }
    assert_eq!(add(200).await.unwrap().reim.intake().rx.lines.len(), 200, "at the limit");
}

#[tokio::test]
async fn every_refusal_of_a_claim_is_met() {
    let (center, person) = dongguan(Some(benefits())).await;
    let (place, now) = (person.poolarea_no, by(&center));
    let good = || asked(&center, &person, "1");
    let mut said = Said::default();
    let add = async |asked: Asked| answered(center.center.reim_add(now, &asked).await);
    said.refused(answered(center.center.reim_do(now, place, "1", Doing::Pay("1")).await));
    for number in ["", "一", "1/2", &"9".repeat(41)] {
        said.refused(add(Asked { reim_no: number.to_owned(), ..good() }).await);
    }
    add(Asked { reim_no: "9".repeat(40), ..asked(&center, &person, "40") }).await.expect("as long as a number may be");
    let of = |change: &dyn Fn(&mut Asked)| with(good(), |asked| change(asked));
    said.refused(add(of(&|a| a.bought.lines.clear())).await);
    said.refused(add(of(&|a| a.bought.lines = vec![a.bought.lines[0].clone(); 201])).await);
    said.refused(add(of(&|a| a.bought.medfee_sumamt = "49.99".parse().unwrap())).await);
    said.refused(add(of(&|a| a.bought.day = a.bought.day.plus(1))).await);
    said.refused(add(of(&|a| a.bought.day = a.bought.day.plus(-1))).await);
    said.refused(add(of(&|a| a.bought.phar_fixmedins_code = HOSPITAL.parse().unwrap())).await);
    said.refused(add(of(&|a| a.bought.invoices.clear())).await);
    said.refused(add(of(&|a| a.papers = vec![papers()[0].clone(); 51])).await);
    let others = life(&center, &center.people.active, vec![special()], None).up_to(Step::Uploaded).await;
    said.refused(add(of(&|a| a.rx = AskedRx::InCenter(others.hi_rxno(), None))).await);
    let unsigned = life(&center, &person, vec![special()], Some(DISE)).up_to(Step::Prechecked).await;
    said.refused(add(of(&|a| a.rx = AskedRx::InCenter(unsigned.hi_rxno(), None))).await);
    let number = unsigned.content.head.hosp_rxno.clone();
    said.refused(add(of(&|a| a.rx = AskedRx::OnPaper(Box::new(on_paper(&center, &number)), "14".to_owned()))).await);
    let sold = life(&center, &person, vec![special()], Some(DISE)).up_to(Step::Sold).await;
    send!(sold, t2102_settle, pharmacy, with(sold.settle_command(), |c| c.med_type = "14".into())).unwrap();
    said.refused(add(of(&|a| a.rx = AskedRx::InCenter(sold.hi_rxno(), None))).await);
    add(good()).await.unwrap();
    said.refused(add(Asked { reim_no: "1".to_owned(), ..asked(&center, &person, "2") }).await);
    said.refused(add(Asked { reim_no: "2".to_owned(), bought: bought(&center, "2"), ..good() }).await);
    said.refused(add(Asked { bought: bought(&center, "1"), ..asked(&center, &person, "2") }).await);
    said.refused(answered(center.center.reim_do(now, place, "1", Doing::Approve(None)).await));
    said.refused(add(unnumbered(&center, &person, "16", "Z16")).await);
    // Checked as lawful, and of a list of the place since.
    center.center.reim_check(now, place, "1").await.unwrap();
    tag(&center, TagList::Dual, DONGGUAN, "双通道", &[None]).await;
    center.clock.advance_seconds(60);
    said.refused(answered(center.center.reim_do(by(&center), place, "1", Doing::Approve(None)).await));
    said.are(
        expect![[r#"
            CLM-01 没有该受理号的零星报销〔本中心 零星报销〕
            CLM-03 受理号应为1至40个字母、数字或连字符〔本中心 零星报销〕
            CLM-03 受理号应为1至40个字母、数字或连字符〔本中心 零星报销〕
            CLM-03 受理号应为1至40个字母、数字或连字符〔本中心 零星报销〕
            CLM-03 受理号应为1至40个字母、数字或连字符〔本中心 零星报销〕
            CLM-05 购药明细应为1至200行〔本中心 零星报销〕
            CLM-05 购药明细应为1至200行〔本中心 零星报销〕
            CLM-06 医疗费总额49.99元与明细合计50.00元不符〔本中心 零星报销〕
            CLM-07 购药日期晚于受理日期，或早于开方日期〔本中心 零星报销〕
            CLM-07 购药日期晚于受理日期，或早于开方日期〔本中心 零星报销〕
            CLM-08 没有登记该药店〔本中心 零星报销〕
            CLM-04 发票应为1至20张且不重复〔本中心 零星报销〕
            CLM-04 材料应为1至50件〔本中心 零星报销〕
            CLM-09 查无该处方，或不是该参保人的处方〔本中心 零星报销〕
            CLM-11 处方没有上传，或已撤销〔本中心 零星报销〕
            CLM-10 开方机构的该编号是电子处方441900202611220000000000000024，请以其处方编号办理〔本中心 零星报销〕
            CLM-12 处方已经结算，不能零星报销〔东医保〔2024〕41号 三(一)〕
            CLM-02 该受理号已经用过〔本中心 零星报销〕
            CLM-13 处方已由另一笔零星报销办理〔东医保〔2024〕41号 三(一)〕
            CLM-14 发票00000000000000000001已用于另一笔零星报销〔本中心 零星报销〕
            CLM-04 在“已受理”状态下不能办理〔本中心 零星报销〕
            CLM-16 药店可以凭编号结算同一张纸质处方，请填写纸质处方的编号（paper_no）；开方机构没有登记号段、处方笺也没有印编号的，请写明（unnumbered）〔本中心 零星报销〕
            CLM-15 审核之后情况有变，请重新审核：[CLAIM-MUST-E] 双通道药品必须通过电子处方流转购买，不能零星报销。（依据：《关于进一步做好基本医疗保险门诊特定病种服务资格管理有关事项的通知》三(一)、四（五），441900/claim.must_e@2025-01-01）〔本中心 零星报销〕
        "#]],
        &[ReimRefusal::CODES],
    );
}

#[tokio::test]
async fn a_claim_goes_to_the_person_and_back_and_waits_meanwhile() {
    // proves DG-4.5b
    let (center, person) = dongguan(Some(benefits())).await;
    let place = person.poolarea_no;
    let lacking = with(asked(&center, &person, "1"), |a| a.papers.truncate(2));
    let row = center.center.reim_add(by(&center), &lacking).await.unwrap();
    assert_eq!(judged(&center, &row).await[0], ["CLAIM-PAPERS"]);
    center.center.reim_do(by(&center), place, "1", Doing::Return("缺少明细清单")).await.unwrap();
    center.clock.advance_seconds(5 * 86_400);
    let returned = center.store.reim(place, "1").await.unwrap().unwrap();
    let silent = Limits::of(center.center.law(), place, &[], center.now().day()).unwrap();
    assert_eq!((silent.accept_days, silent.pay_days), (None, None), "Dongguan prints 及时 and no days");
    let age = ageing(&returned, center.now().day(), &silent);
    assert_eq!((age.stas, age.days.intake, age.days.step, age.over), (ReimStas::Returned, 5, 5, false));
    let list = papers().pop().unwrap();
    let row = center.center.reim_do(by(&center), place, "1", Doing::Supply(&[list])).await.unwrap();
    assert_eq!(judged(&center, &row).await[0], Vec::<String>::new());
    let row = center.center.reim_do(by(&center), place, "1", Doing::Approve(None)).await.unwrap();
    center.clock.advance_seconds(2 * 86_400);
    let within = |pay_days| Limits { accept_days: Some(5), pay_days: Some(pay_days) };
    let age = |row: &ReimRow, days| ageing(row, center.now().day(), &within(days));
    assert_eq!([7, 6].map(|days| age(&row, days).over), [false, true], "at the limit and one past it");
    let paid = center.center.reim_do(by(&center), place, "1", Doing::Pay("1号")).await.unwrap();
    center.clock.advance_seconds(86_400);
    let of_paid = age(&paid, 6);
    assert_eq!((of_paid.days.intake, of_paid.decided, of_paid.paid, of_paid.over), (7, Some(5), Some(7), true));
    assert!(paid.reim.when(|did| matches!(did, Did::Supplied(_))).is_some_and(|at| at > Moment::from_micros(0)));
    passes(&center, 1).await;
}
