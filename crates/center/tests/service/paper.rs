//! A paper prescription at the counter: 2101, 2102 and 2103 where the law of the place still takes paper.

use expect_test::expect;
use lf_center::reim::{AskedRx, Doing};
use lf_center::t2101_paper::{Paper, PaperRefusal};
use lf_center::{t2101_quote, t2102_settle};
use lf_ports::lists::TagList;
use lf_ports::{ChangeSet, Claim, ClaimKind, Fixmedins, Person, RegistryPut, Store as _};
use lf_rx::event::PsnMatch;
use lf_settle::reim::Refused;
use lf_testkit::life::{Item, Life};
use lf_testkit::region::{DOCTOR, HOSPITAL, PHARMACIST, PHARMACY, drugs, fixmedins};
use lf_testkit::{Step, TestCenter};
use lf_vocab::{Fen, Span};

use crate::account::back;
use crate::registers::{WUHAN, disease, file, life, region, special, tag};
use crate::said::{Said, code, codes, send, with};

const NANNING: &str = "450100";
/// While Wuhan still took paper.
const THEN: &str = "2025-10-15 10:00:00";
const DISEASE: &str = "M04600";

/// A place, and a person registered with a disease there.
async fn place(admdvs: &str) -> (TestCenter, Person) {
    let (center, person) = region(admdvs, admdvs).await;
    file(&center, disease(&person, "1", DISEASE)).await;
    (center, person)
}

/// Of the prescription only person and drugs are used; then its hospital has no electronic flow.
async fn buyer<'c>(center: &'c TestCenter, person: &Person, items: Vec<Item>) -> Life<'c> {
    let mut life = life(center, person, items, None);
    life.precheck().await.unwrap();
    online(center, person.poolarea_no.as_str(), false).await;
    life
}

/// One in Wuhan while it still took paper.
async fn buyer_then<'c>(center: &'c TestCenter, person: &Person) -> Life<'c> {
    let life = buyer(center, person, amoxicillin()).await;
    center.clock.set(THEN.parse().unwrap());
    life
}

async fn online(center: &TestCenter, admdvs: &str, circ_ready: bool) {
    let poolarea_no = admdvs.parse().unwrap();
    let row = Fixmedins { poolarea_no, circ_ready, ..fixmedins(HOSPITAL, "某机构") };
    center.register(RegistryPut::Fixmedins(row)).await;
}

fn amoxicillin() -> Vec<Item> {
    vec![Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "1", "300")]
}

fn paper(center: &TestCenter, paper_no: &str) -> Paper {
    Paper { rx: lf_testkit::region::paper(paper_no, center.now().day().start()), dise_codg: Some(DISEASE.to_owned()) }
}

/// The purchase on this paper.
fn bill(life: &Life<'_>, paper: Paper) -> t2101_quote::Command {
    with(life.settle_command(), |c| {
        c.med_type = "11".to_owned();
        c.begntime = life.center.now();
        for line in &mut c.lines {
            (line.rxno, line.rx_circ_flag) = (Some(paper.rx.paper_no.to_string()), false);
        }
        c.paper = Some(paper);
    })
}

async fn numbers(center: &TestCenter, first: &str, last: &str) {
    let claim =
        |kind, key: &str, owner: &str| Claim { kind, key: format!("{HOSPITAL}/{key}"), owner: owner.to_owned() };
    let claims = vec![claim(ClaimKind::PaperRangeNo, "1", first), claim(ClaimKind::PaperRange, first, last)];
    center.put(ChangeSet { claims, ..ChangeSet::default() }).await;
}

async fn fund_used(center: &TestCenter, person: &Person, setl: &lf_ports::Setl) -> Fen {
    assert_eq!(setl.accum_key.psn_no, person.psn_no);
    center.store.accum(&setl.accum_key).await.unwrap().unwrap().accum.fund_paid_fen()
}

#[tokio::test]
async fn a_paper_prescription_is_settled_once_and_again_only_after_its_reversal() {
    // proves HB-1.15, HB-2.6
    let (center, person) = place(WUHAN).await;
    numbers(&center, "000000000001", "000000000100").await;
    let life = buyer_then(&center, &person).await;
    let on = |number: &str| bill(&life, paper(&center, number));
    let quoted = send!(life, t2101_quote, pharmacy, on("7")).unwrap();
    let setl = send!(life, t2102_settle, pharmacy, on("7")).unwrap().reply.setl;
    assert_eq!(setl.shares, quoted.reply.shares);
    lf_settle::check_identities(&setl.shares).unwrap();
    assert_eq!((setl.shares.fund_pay_sumamt, setl.shares.psn_cash_pay), (Fen::new(27_000), Fen::new(3_000)));
    assert_eq!((&setl.hi_rxno, &setl.mdtrt_id), (&None, &setl.setl_id));
    assert_eq!(send!(life, t2102_settle, pharmacy, on("7")).unwrap().reply.setl, setl, "the same message again");
    let another = || with(on("7"), |c| c.begntime = c.begntime.plus_seconds(1));
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, another())), ["TRAC-SOLD", "PAPER-NUMBER"]);
    // The same box on another paper is no other box.
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, on("8"))), ["TRAC-SOLD"]);
    assert_eq!(fund_used(&center, &person, &setl).await, Fen::new(27_000));
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
    send!(life, t2103_refund, pharmacy, back(&setl)).unwrap();
    assert_eq!(fund_used(&center, &person, &setl).await, Fen::ZERO);
    let again = send!(life, t2102_settle, pharmacy, another()).unwrap().reply.setl;
    assert_eq!(again.shares, setl.shares);
    let report = center.audit().await;
    assert!(report.passes() && report.settlements == 3, "{report}");
}

#[tokio::test]
async fn a_box_that_a_prescription_took_is_not_paid_on_paper() {
    let (center, person) = place(WUHAN).await;
    let sold = life(&center, &person, amoxicillin(), None).up_to(Step::Sold).await;
    center.clock.set(THEN.parse().unwrap());
    online(&center, WUHAN, false).await;
    let said = send!(sold, t2102_settle, pharmacy, bill(&sold, paper(&center, "7")));
    assert_eq!(codes(&said), ["TRAC-SOLD"]);
}

#[tokio::test]
async fn of_two_counters_with_the_same_paper_or_box_one_settles() {
    for other_paper in ["7", "8"] {
        let (center, person) = place(WUHAN).await;
        let life = buyer_then(&center, &person).await;
        let first = bill(&life, paper(&center, "7"));
        let second = bill(&life, paper(&center, other_paper));
        let second = with(second, |c| c.begntime = c.begntime.plus_seconds(1));
        let ctxs = [life.ctx(&life.pharmacy, &first).await, life.ctx(&life.pharmacy, &second).await];
        let (one, other) =
            tokio::join!(center.center.t2102_settle(&ctxs[0], &first), center.center.t2102_settle(&ctxs[1], &second));
        let told = [code(&one), code(&other)];
        assert!(told.contains(&"ok".to_owned()), "{told:?}");
        let lost = ["RX-2102-32", "RX-2102-38", "PAPER-NUMBER", "TRAC-SOLD"];
        assert!(told.iter().any(|told| lost.contains(&told.as_str())), "{told:?}");
        assert!(center.audit().await.passes());
    }
}

#[tokio::test]
async fn a_paper_is_paid_with_the_card_of_the_patient() {
    let (center, person) = place(WUHAN).await;
    numbers(&center, "000000000001", "000000000100").await;
    let life = buyer_then(&center, &person).await;
    let card = person.card.clone().unwrap();
    let on = |card_sn: &str| {
        with(bill(&life, paper(&center, "7")), |c| {
            (c.mdtrt_cert_type, c.mdtrt_cert_no) = ("03".to_owned(), card.sscno.as_str().to_owned());
            c.card_sn = Some(card_sn.parse().unwrap());
        })
    };
    for refused in ["1", "360900D1560000051234567890ABCDE1"] {
        assert_eq!(codes(&send!(life, t2101_quote, pharmacy, on(refused))), ["RX-0002-08"]);
        assert_eq!(codes(&send!(life, t2102_settle, pharmacy, on(refused))), ["RX-0002-08"]);
    }
    let setl = send!(life, t2102_settle, pharmacy, on(card.card_sn.as_str())).unwrap().reply.setl;
    assert_eq!((setl.accum_key.psn_no, setl.mdtrt_cert_type.as_str()), (person.psn_no, "03"));
    assert_eq!(setl.shares.fund_pay_sumamt, Fen::new(27_000));
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn what_is_wrong_with_the_paper_is_said_with_its_article() {
    // proves HB-1.15, GX-3.5, GX-3.6
    let (center, person) = place(NANNING).await;
    numbers(&center, "000000000010", "000000000100").await;
    let life = buyer(&center, &person, amoxicillin()).await;
    let changed = |change: fn(&mut Paper)| bill(&life, with(paper(&center, "20"), change));
    let mut said = Said::default();
    let wrong: [fn(&mut Paper); 9] = [
        |paper| paper.rx.vali_end_time = "2030-01-01 00:00:00".parse().unwrap(),
        |paper| paper.rx.dr_sign_flag = Some(false),
        |paper| paper.rx.seal_flag = None,
        |paper| paper.rx.dr_code = "D360900999999".parse().unwrap(),
        |paper| paper.rx.paper_no = "9".parse().unwrap(),
        |paper| paper.rx.paper_no = "101".parse().unwrap(),
        |paper| paper.rx.vali_end_time = paper.rx.prsc_time,
        |paper| paper.rx.phar_code = "HY360900999999".parse().unwrap(),
        |paper| paper.rx.fixmedins_code = "H45010099999".parse().unwrap(),
    ];
    for change in wrong {
        said.refused(send!(life, t2101_quote, pharmacy, changed(change)));
    }
    let bought = |change: fn(&mut t2101_quote::Command)| with(changed(|_| ()), change);
    said.refused(send!(life, t2101_quote, pharmacy, bought(|c| c.begntime = c.begntime.plus_seconds(-86_400))));
    said.refused(send!(life, t2101_quote, pharmacy, bought(|c| c.begntime = c.begntime.plus_seconds(601))));
    said.refused(send!(life, t2101_quote, pharmacy, bought(|c| c.lines[0].drug_trac_codg.clear())));
    said.refused(send!(life, t2101_quote, pharmacy, bought(|c| c.lines.push(c.lines[0].clone()))));
    let renamed = with(changed(|_| ()), |c| c.lines[0].rxno = Some("21".to_owned()));
    said.refused(send!(life, t2101_quote, pharmacy, renamed));
    let mixed = with(changed(|_| ()), |c| c.lines[0].rx_circ_flag = true);
    said.refused(send!(life, t2101_quote, pharmacy, mixed));
    let poolarea_no = NANNING.parse().unwrap();
    let ended = Span::new("2020-01-01".parse().unwrap(), Some("2026-11-01".parse().unwrap())).unwrap();
    let gone = Fixmedins { poolarea_no, agreement: ended, circ_ready: false, ..fixmedins(HOSPITAL, "某机构") };
    center.register(RegistryPut::Fixmedins(gone)).await;
    said.refused(send!(life, t2101_quote, pharmacy, changed(|_| ())));
    online(&center, NANNING, true).await;
    said.refused(send!(life, t2101_quote, pharmacy, changed(|_| ())));
    let row = Fixmedins { poolarea_no: "360900".parse().unwrap(), ..fixmedins(PHARMACY, "某药店") };
    center.register(RegistryPut::Fixmedins(row)).await;
    said.refused(send!(life, t2101_quote, pharmacy, changed(|_| ())));
    // Two counters at once are a test of their own.
    let race = ["RX-2102-32", "RX-2102-38"];
    let declared: Vec<_> = PaperRefusal::CODES.iter().copied().filter(|code| !race.contains(code)).collect();
    said.are(expect![[r#"
        RX-VALI-SPAN 处方于2026-11-22 00:00:00开具，有效截止时间2030-01-01 00:00:00，超过最长3天。〔《处方管理办法》第十八条〕
        PAPER-NOT-SIGNED 纸质处方没有本院医保医师签名并加盖外配处方专用章，无效。〔《关于规范医保药品“双通道”和外配处方管理的通知》三〕
        PAPER-NOT-SIGNED 没有收到纸质处方已签名并加盖外配处方专用章的记录，不能使用。〔《关于规范医保药品“双通道”和外配处方管理的通知》三〕
        PAPER-NOT-SIGNED 纸质处方没有本院医保医师签名并加盖外配处方专用章，无效。〔《关于规范医保药品“双通道”和外配处方管理的通知》三〕
        PAPER-NUMBER 纸质处方的编号重复或不可识别。〔《关于规范医保药品“双通道”和外配处方管理的通知》三〕
        PAPER-NUMBER 纸质处方的编号重复或不可识别。〔《关于规范医保药品“双通道”和外配处方管理的通知》三〕
        RX-EXPIRED 处方有效截止时间是2026-11-22 00:00:00，现已过期，不能使用。〔《处方管理办法》第十八条〕
        RX-2102-35 核验纸质处方的药师不是本店登记有效的执业药师〔接口规范 2102 exp_content〕
        RX-2102-31 纸质处方的开方机构在开方当日不是本中心登记的定点医疗机构〔接口规范 2102 exp_content〕
        RX-2102-36 开方、购药和结算的先后不合：购药不得早于开方，也不得晚于现在〔接口规范 2102 exp_content、begntime〕
        RX-2102-36 开方、购药和结算的先后不合：购药不得早于开方，也不得晚于现在〔接口规范 2102 exp_content、begntime〕
        RX-2102-37 药品XJ01CAA040E001010100001应按整盒计数，一盒一码，同一追溯码只填一次〔接口规范 2102 cnt、drug_trac_info〕
        RX-2102-37 药品XJ01CAA040E001010100001应按整盒计数，一盒一码，同一追溯码只填一次〔接口规范 2102 cnt、drug_trac_info〕
        RX-2102-33 明细的处方号与纸质处方的编号不符〔接口规范 2102 rxno〕
        RX-2102-34 流转的电子处方和纸质处方不能一起结算〔接口规范 2102 rx_circ_flag〕
        RX-2102-31 纸质处方的开方机构在开方当日不是本中心登记的定点医疗机构〔接口规范 2102 exp_content〕
        PAPER-ONLINE-INSTITUTION 开方机构已上线电子处方中心，外配处方应通过电子处方中心，不能使用纸质处方。〔《关于规范医保药品“双通道”和外配处方管理的通知》三〕
        RX-2102-30 本统筹区没有可以凭纸质处方结算的规定，请凭电子处方中心流转的处方〔规则包 paper.accepted〕
    "#]], &[&declared]);
}

#[tokio::test]
async fn paper_is_taken_only_where_and_while_the_law_says_so() {
    // proves DG-4.1c
    let mut told = String::new();
    for (admdvs, situation) in
        [("360900", None), ("420100", None), (NANNING, None), ("441900", None), ("441900", Some("01"))]
    {
        let (center, person) = place(admdvs).await;
        let life = buyer(&center, &person, amoxicillin()).await;
        let paper = with(paper(&center, "7"), |paper| paper.rx.paper_situ_code = situation.map(str::to_owned));
        // 门诊慢特病
        let bill = with(bill(&life, paper), |c| c.med_type = "14".to_owned());
        let said = codes(&send!(life, t2101_quote, pharmacy, bill));
        told += &format!("{admdvs} {situation:?} {said:?}\n");
    }
    let (center, person) = place(NANNING).await;
    tag(&center, TagList::Dual, "450000", "双通道", &[None]).await;
    let life = buyer(&center, &person, vec![special()]).await;
    let said = codes(&send!(life, t2101_quote, pharmacy, bill(&life, paper(&center, "7"))));
    told += &format!("{NANNING} {said:?}\n");
    expect![[r#"
        360900 None ["RX-2102-30"]
        420100 None ["PAPER-REFUSED"]
        450100 None ["PAPER-REFUSED"]
        441900 None ["PAPER-NO-SITUATION"]
        441900 Some("01") ["LAW-00-01"]
        450100 ["PAPER-REFUSED"]
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn wuhan_took_paper_for_outpatients_until_the_last_day_of_october_2025() {
    // proves HB-1.15, HB-2.6
    let mut told = String::new();
    for now in ["2025-10-31 10:00:00", "2025-11-01 10:00:00"] {
        let (center, person) = place("420100").await;
        let life = buyer(&center, &person, amoxicillin()).await;
        center.clock.set(now.parse().unwrap());
        for (signed, seal) in [(true, true), (false, true), (true, false)] {
            let shown = with(paper(&center, "7"), |paper| {
                (paper.rx.dr_sign_flag, paper.rx.seal_flag) = (Some(signed), Some(seal));
            });
            let said = send!(life, t2101_quote, pharmacy, bill(&life, shown));
            let fund = said.as_ref().map(|answer| answer.reply.shares.fund_pay_sumamt.to_string());
            told += &format!("{now} {:?} {}\n", codes(&said), fund.unwrap_or_default());
        }
    }
    expect![[r#"
        2025-10-31 10:00:00 [] 270.00
        2025-10-31 10:00:00 ["PAPER-NOT-SIGNED"] 
        2025-10-31 10:00:00 ["PAPER-NOT-SIGNED"] 
        2025-11-01 10:00:00 ["PAPER-REFUSED"] 
        2025-11-01 10:00:00 ["PAPER-NOT-SIGNED", "PAPER-REFUSED"] 
        2025-11-01 10:00:00 ["PAPER-NOT-SIGNED", "PAPER-REFUSED"] 
    "#]]
    .assert_eq(&told);
}

/// 2102 answers with the row that is stored.
#[tokio::test]
async fn the_settlement_keeps_who_verified_the_paper_and_what_the_counter_stated() {
    // proves HB-2.6
    let (center, person) = place(WUHAN).await;
    let life = buyer_then(&center, &person).await;
    let stated = with(bill(&life, paper(&center, "7")), |c| {
        (c.stated.face_score, c.stated.psn_match_rea) = (Some(60), Some("口罩".to_owned()));
    });
    let t2102_settle::Reply { setl, .. } = send!(life, t2102_settle, pharmacy, stated).unwrap().reply;
    let (stored, _) = center.store.setl(&PHARMACY.parse().unwrap(), &setl.setl_id).await.unwrap().unwrap();
    assert_eq!(stored, setl);
    let kept = stored.paper.unwrap();
    assert_eq!((kept.phar_code.as_str(), kept.dr_code.as_str()), (PHARMACIST, DOCTOR));
    assert_eq!(kept.drug_trac_codg, [life.drug_trac_codg(0)]);
    assert!(kept.at_counter.media.is_some() && kept.at_counter.print_time.is_some());
    // The settlement stands in clear: words about the person do not.
    let manual = PsnMatch::Manual { face_score: Some(60), psn_match_rea: String::new() };
    assert!(kept.at_counter.psn_match == Some(manual));
}

#[tokio::test]
async fn a_paper_that_is_claimed_is_not_settled_until_the_claim_is_refused() {
    // proves DG-3.1c
    let (center, person) = place(WUHAN).await;
    numbers(&center, "000000000001", "000000000100").await;
    let life = buyer_then(&center, &person).await;
    let mut asked = crate::reim::asked(&center, &person, "1");
    let mut claimed = crate::reim::on_paper(&center, "Z7");
    let by = crate::reim::by(&center);
    for (paper_no, told) in [(None, Some("CLM-16")), (Some("7"), None)] {
        claimed.paper_no = paper_no.map(|number| number.parse().unwrap());
        asked.rx = AskedRx::OnPaper(Box::new(claimed.clone()), "14".to_owned());
        let added = center.center.reim_add(by, &asked).await.map(lf_center::Answer::from);
        assert_eq!(codes(&added), Vec::from_iter(told));
    }
    let on = bill(&life, paper(&center, "7"));
    assert_eq!(codes(&send!(life, t2101_quote, pharmacy, on.clone())), ["RX-2102-23"]);
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, on.clone())), ["RX-2102-23"]);
    let why = Refused { article: "一".to_owned(), rea: "应在药店结算".to_owned() };
    center.center.reim_do(by, person.poolarea_no, "1", Doing::Refuse(&why)).await.unwrap();
    send!(life, t2102_settle, pharmacy, on).unwrap();
}
