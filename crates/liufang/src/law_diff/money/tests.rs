//! Settlements computed anew: what moves, what stays as it was paid, and what is counted apart.

use lf_ports::{AcctChange, AuditStore as _, ChangeSet, Person, RegistryPut};
use lf_testkit::life::Item;
use lf_testkit::region::{drugs, paper};
use lf_testkit::{Step, TestCenter, law_with};
use lf_vocab::Fen;
use lf_vocab::dict::{AcctUsedFlag, Insutype};

use super::bills::Prescribed;
use super::*;
use crate::law_diff::replay;
use crate::law_diff::tests::{filed, special};

fn laws(change: fn(&str, String) -> String) -> [Arc<Law>; 2] {
    [Arc::new(law_with(|_, text| text)), Arc::new(law_with(change))]
}

/// The deductible of employees from July 2023 on, 200 instead of 300 yuan.
fn lower(path: &str, text: String) -> String {
    let said = "{ from = 2023-07-01, is = 30000, cite";
    assert!(path != "360000/mz_tc.toml" || text.contains(said), "the provision has moved");
    text.replace(said, "{ from = 2023-07-01, is = 20000, cite")
}

async fn told(center: &TestCenter, laws: &[Arc<Law>; 2]) -> serde_json::Value {
    let store: Arc<dyn Engine> = center.store.clone();
    let named = replay(&store, laws).await.unwrap().named;
    let told = requote(&store, laws, named).await.unwrap();
    serde_json::to_value(&told).unwrap()
}

#[tokio::test]
async fn a_lower_deductible_moves_money_from_the_person_to_the_fund() {
    let center = TestCenter::new().await;
    let bought = |pric: &str| vec![Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "2", pric)];
    for pric in ["100", "100"] {
        center.life(&center.people.active).of(bought(pric)).up_to(Step::Settled).await;
        center.clock.advance_seconds(60);
    }
    // Taken back: it counts on neither side.
    center.life(&center.people.active).of(bought("500")).up_to(Step::Refunded).await;
    center.life(&center.people.retired).of(bought("50")).up_to(Step::Settled).await;
    let same = told(&center, &laws(|_, text| text)).await;
    assert_eq!((&same["settlements"], &same["as_paid"], &same["not_requoted"]), (&3.into(), &3.into(), &0.into()));
    assert_eq!(same["changed"]["settlements"], 0, "{same:#}");
    let told = told(&center, &laws(lower)).await;
    // 200 yuan fill the deductible; of the next 200 the fund pays 65 % of all instead of 65 % of half.
    assert_eq!((&told["settlements"], &told["as_paid"]), (&3.into(), &3.into()));
    let changed = &told["changed"];
    let flows = ["settlements", "fund_pay_fen", "acct_pay_fen", "psn_cash_fen"].map(|name| changed[name].clone());
    assert_eq!(flows.map(|flow| flow.as_i64().unwrap()), [1, 6_500, 0, -6_500], "{told:#}");
    let deductible = &told["by_provision"]["360000/mz_tc.deductible_fen"];
    assert_eq!((&deductible["amount_fen"], &deductible["fund_pay_fen"]), (&(-10_000).into(), &6_500.into()));
}

#[tokio::test]
async fn what_one_folder_cannot_quote_is_counted_apart() {
    let center = TestCenter::new().await;
    center.life(&center.people.active).up_to(Step::Settled).await;
    // The scheme no longer knows 医疗类别 11 and 41.
    let silent = |_: &str, text: String| text.replace("is = [\"11\", \"41\", \"110104\"]", "is = [\"99\"]");
    let told = told(&center, &laws(silent)).await;
    assert_eq!((&told["settlements"], &told["not_requoted"], &told["as_paid"]), (&1.into(), &1.into(), &0.into()));
}

#[tokio::test]
async fn the_other_registered_diseases_count_as_at_the_counter() {
    let (center, person) = TestCenter::elsewhere("450100", "450100").await;
    let person = Person { insutype: Insutype::Resident, ..person };
    center.register(RegistryPut::Person(person.clone())).await;
    // Diabetes with 10 yuan a month; the disease besides has 20.
    for (filing_no, dise) in [("1", "M01600"), ("2", "M04600")] {
        filed(&center, &person, filing_no, dise).await;
    }
    let mut life =
        special(&center, &person, Some("M01600")).of(vec![Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "5", "20")]);
    life.content.mdtrtinfo.dise_codg = Some("M01600".to_owned());
    life.content.mdtrtinfo.med_type = "14".to_owned();
    let sold = life.up_to(Step::Sold).await;
    let mut command = sold.settle_command();
    command.med_type = "14".to_owned();
    let ctx = sold.ctx(&sold.pharmacy, &command).await;
    let setl = center.center.t2102_settle(&ctx, &command).await.unwrap().reply.setl;
    assert_eq!(setl.shares.act_pay_dedc, Fen::new(2_000));
    let told = told(&center, &laws(|_, text| text)).await;
    assert_eq!((&told["settlements"], &told["as_paid"]), (&1.into(), &1.into()), "{told:#}");
}

#[tokio::test]
async fn what_the_account_alone_paid_is_quoted_without_a_prescription() {
    let (center, person) = TestCenter::elsewhere("420100", "420100").await;
    let opening = AcctChange {
        poolarea_no: person.poolarea_no,
        psn_no: person.psn_no.clone(),
        expect_version: 0,
        balc: Fen::new(5_000),
    };
    center.put(ChangeSet { acct: vec![opening], ..ChangeSet::default() }).await;
    let mut life = special(&center, &person, None);
    life.precheck().await.unwrap();
    let mut command = life.settle_command();
    command.acct_used_flag = AcctUsedFlag::Own;
    for line in &mut command.lines {
        line.rx_circ_flag = false;
    }
    let ctx = life.ctx(&life.pharmacy, &command).await;
    let setl = center.center.t2102_settle(&ctx, &command).await.unwrap().reply.setl;
    assert_eq!((setl.hi_rxno, setl.shares.acct_pay), (None, Fen::new(2_000)));
    let same = told(&center, &laws(|_, text| text)).await;
    assert_eq!((&same["settlements"], &same["as_paid"]), (&1.into(), &1.into()), "{same:#}");
    // Where the place knows no such purchase any longer, another scheme is none without a prescription.
    let gone = |path: &str, text: String| match path {
        "420100/benefit.toml" => {
            text.replace("is = [\"41\"]", "is = [\"99\"]").replace("is = [\"11\", \"110104\"]", "is = [\"11\", \"41\"]")
        }
        _ => text,
    };
    let told = told(&center, &laws(gone)).await;
    assert_eq!((&told["settlements"], &told["not_requoted"]), (&1.into(), &1.into()), "{told:#}");
}

/// What inpatients buy outside becomes part of their stay, of which no shares are written.
fn as_inpatient(path: &str, text: String) -> String {
    let said = "\n[[provision]]\nid = \"ipt.as_inpatient\"\ntitle = \"例\"\ngate = \"settle\"\nquantity = \"text\"\n\
                reckoned = \"setl_time\"\nvalue = [{ from = 2023-07-01, is = \"inpatient\", cite = \"Q-例\", \
                confidence = \"assumed\" }]\n";
    if path == "360000/mz_tc.toml" { text + said } else { text }
}

#[tokio::test]
async fn what_was_prescribed_during_a_stay_is_quoted_as_the_counter_would_settle_it() {
    // proves GX-1.3c
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Settled).await;
    let store: Arc<dyn Engine> = center.store.clone();
    for (otp_ipt_flag, not_requoted) in [("1", 0), ("2", 1)] {
        let mut named = Named::default();
        life.content.mdtrtinfo.otp_ipt_flag = Some(otp_ipt_flag.to_owned());
        named.note(&life.hi_rxno(), &life.content);
        let told = requote(&store, &laws(as_inpatient), named).await.unwrap();
        assert_eq!((told.settlements, told.not_requoted), (1, not_requoted));
    }
}

#[tokio::test]
async fn however_little_memory_there_is_the_answer_is_the_same() {
    let center = TestCenter::new().await;
    let persons = [&center.people.active, &center.people.retired];
    for person in persons.iter().cycle().take(7) {
        center
            .life(person)
            .of(vec![Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "2", "150")])
            .up_to(Step::Settled)
            .await;
        center.clock.advance_seconds(60);
    }
    let (store, laws): (Arc<dyn Engine>, _) = (center.store.clone(), laws(lower));
    let told = async |bytes_max| {
        let told = requote_within(&store, &laws, Named::default(), bytes_max).await.unwrap();
        serde_json::to_value(&told).unwrap()
    };
    let whole = told(BYTES_MAX).await;
    assert_eq!(whole["settlements"], 7);
    assert_ne!(whole["changed"]["settlements"], 0, "{whole:#}");
    // Not even two settlements fit.
    assert_eq!(told(1).await, whole);
    let (bills, left) = scan(&store, Bills::new(Share::default(), 1)).await.unwrap().sorted();
    let parts: usize = bills.parts(2).into_iter().map(|part| part.len()).sum();
    assert!(!left.is_empty() && parts < 7, "{parts} of 7, and {left:?}");
}

/// What decides the scheme of a settlement is there again after it was packed; on paper that is who prescribed.
#[tokio::test]
async fn a_settlement_is_packed_with_what_it_was_prescribed_on() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Settled).await;
    let (setl, _) = center.store.scan_setl("360900".parse().unwrap(), None, 1).await.unwrap().remove(0);
    let paper = paper("20260001", center.now());
    let issuer = paper.fixmedins_code.clone();
    let on_paper = Setl { hi_rxno: None, paper: Some(paper), ..setl.clone() };
    let on_nothing = Setl { hi_rxno: None, ..setl.clone() };
    for (setl, wanted) in
        [(setl, Prescribed::Rx(life.hi_rxno())), (on_paper, Prescribed::Paper(issuer)), (on_nothing, Prescribed::Not)]
    {
        let mut bills = Bills::new(Share::default(), BYTES_MAX);
        bills.add(&setl);
        let (bills, _) = bills.sorted();
        let bill = bills.person(&mut bills.parts(1)[0].clone()).unwrap().remove(0);
        assert_eq!(bill.prescribed, wanted);
        assert_eq!(
            (bill.at, bill.poolarea_no, &bill.psn_no),
            (setl.setl_time, setl.accum_key.poolarea_no, &life.person.psn_no)
        );
        let [line] = bill.lines.as_slice() else { panic!("one line") };
        let of = &setl.shares.lines[0];
        assert_eq!(
            (line.cnt, line.pric, line.fee, line.pric_uplmt),
            (of.cnt, of.pric, of.det_item_fee_sumamt, of.pric_uplmt_amt)
        );
        assert_eq!((bill.insutype, &*bill.med_type, line.in_scope), (setl.insutype, setl.med_type.as_str(), true));
    }
}
