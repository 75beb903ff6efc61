//! The 社会保障卡 as credential (就诊凭证类型 03): every transaction that a counter opens with one, and what is no proof of one.

use lf_center::{t1101_person, t2101_quote, t2201_register, t2206_clinic};
use lf_ports::lists::TagList;
use lf_ports::{Card, Person, RegistryPut, Store as _};
use lf_testkit::region::{PHARMACY, card};
use lf_testkit::{Step, TestCenter};

use crate::account::{holder, over_the_counter};
use crate::registers::{WUHAN, life, region, special, tag};
use crate::said::{code, codes, send, with};

/// What a message says of a credential.
trait Shows {
    fn put(&mut self, kind: &str, number: &str, card_sn: Option<&str>);

    fn with_card(mut self, card: &Card) -> Self
    where
        Self: Sized,
    {
        self.put("03", card.sscno.as_str(), Some(card.card_sn.as_str()));
        self
    }
}

macro_rules! shows {
    ($($command:ty),+) => {$(
        impl Shows for $command {
            fn put(&mut self, kind: &str, number: &str, card_sn: Option<&str>) {
                (self.mdtrt_cert_type, self.mdtrt_cert_no) = (kind.to_owned(), number.to_owned());
                self.card_sn = card_sn.map(|sn| sn.parse().unwrap());
            }
        }
    )+};
}
shows!(t1101_person::Command, t2101_quote::Command, t2201_register::Command, t2206_clinic::Command);

/// Each way to show a card that proves nobody, and what is said to it.
fn no_proof() -> [(&'static str, &'static str, Option<&'static str>, &'static str); 6] {
    let other = "360900D1560000051234567890ABCDE2";
    [
        ("03", "J36090001", None, "RX-0002-07"),
        ("03", "J36090001", Some("1"), "RX-0002-08"),
        ("03", "J36090001", Some(other), "RX-0002-08"),
        // An unknown number is answered as a wrong chip is, so that nobody learns which cards are registered.
        ("03", "J36090009", Some(other), "RX-0002-08"),
        ("03", "", Some(other), "RX-0002-08"),
        // The number of a card is no token and no certificate.
        ("01", "J36090001", Some("1"), "RX-0002-01"),
    ]
}

fn asked(person: &Person) -> t1101_person::Command {
    t1101_person::Command {
        mdtrt_cert_type: String::new(),
        mdtrt_cert_no: String::new(),
        card_sn: None,
        psn_cert_type: Some(person.psn_cert_type.clone()),
        certno: Some(person.certno.clone()),
        psn_name: Some(person.psn_name.clone()),
    }
}

#[tokio::test]
async fn a_card_settles_what_a_token_settles() {
    let center = TestCenter::new().await;
    let sold = async || center.life(&center.people.active).up_to(Step::Sold).await;
    let by_token = sold().await;
    let by_token = send!(by_token, t2102_settle, pharmacy, by_token.settle_command()).unwrap().reply.setl;
    let mut life = sold().await;
    let bill = || life.settle_command().with_card(&card(1));
    // What proves nobody settles nothing, and says nothing of the person either: the name is wrong too.
    for (kind, number, card_sn, want) in no_proof() {
        let spoiled = with(bill(), |c| {
            c.put(kind, number, card_sn);
            (c.psn_name, c.psn_no) = (Some("他人".to_owned()), "9".parse().unwrap());
        });
        assert_eq!(codes(&send!(life, t2101_quote, pharmacy, spoiled.clone())), [want], "{kind} {number}");
        assert_eq!(codes(&send!(life, t2102_settle, pharmacy, spoiled)), [want], "{kind} {number}");
    }
    assert_eq!(
        codes(&send!(life, t2102_settle, pharmacy, with(bill(), |c| c.psn_name = Some("他人".into())))),
        ["RX-0002-02"]
    );
    // Letters are read in either case, as readers write them.
    let small = with(bill(), |c| c.put("03", "j36090001", Some("360900d1560000051234567890abcde1")));
    let quoted = send!(life, t2101_quote, pharmacy, small).unwrap().reply.shares;
    let setl = send!(life, t2102_settle, pharmacy, bill()).unwrap().reply.setl;
    assert_eq!((&setl.shares, setl.mdtrt_cert_type.as_str()), (&quoted, "03"));
    let paid = |setl: &lf_ports::Setl| (setl.shares.medfee_sumamt, setl.accum_key.clone());
    assert_eq!(paid(&setl), paid(&by_token), "one person, whichever credential");
    assert_eq!(send!(life, t2102_settle, pharmacy, bill()).unwrap().reply.setl, setl, "the same message again");
    life.setl = (setl.setl_id.clone(), setl.mdtrt_id.clone());
    send!(life, t2103_refund, pharmacy, life.refund_command()).unwrap();
    let report = center.audit().await;
    assert!(report.passes() && report.settlements == 3, "{report}");
}

#[tokio::test]
async fn a_card_tells_the_person_and_opens_a_visit() {
    // proves JX-4.1.3b
    let center = TestCenter::new().await;
    let active = &center.people.active;
    let mut life = center.life(active).up_to(Step::Sold).await;
    let told = send!(life, t1101_person, pharmacy, asked(active).with_card(&card(1))).unwrap().reply.person;
    assert_eq!(told, *active);
    for (kind, number, card_sn, want) in no_proof() {
        let stranger = with(asked(&center.people.retired), |c| c.put(kind, number, card_sn));
        assert_eq!(codes(&send!(life, t1101_person, pharmacy, stranger)), [want], "{kind} {number}");
        let visit = with(life.register_command(), |c| c.put(kind, number, card_sn));
        assert_eq!(codes(&send!(life, t2201_register, pharmacy, visit)), [want], "{kind} {number}");
    }
    // Word for word the same, whether the number is registered or not.
    let told = async |number: &str| {
        let guessed = with(asked(active), |c| c.put("03", number, Some("1")));
        let Err(lf_center::Failure::Refused(told)) = send!(life, t1101_person, pharmacy, guessed) else { panic!() };
        told
    };
    assert_eq!(told("J36090001").await, told("J36090009").await);
    let stranger = asked(&center.people.retired).with_card(&card(1));
    assert_eq!(codes(&send!(life, t1101_person, pharmacy, stranger)), ["RX-0002-02"]);
    let fourth = with(asked(active), |c| c.put("04", "J36090001", Some("1")));
    assert_eq!(codes(&send!(life, t1101_person, pharmacy, fourth)), ["RX-1101-01"]);
    // The clinic route, from the registration on.
    let visit = life.register_command().with_card(&card(1));
    life.setl.1 = send!(life, t2201_register, pharmacy, visit).unwrap().reply.mdtrt_id;
    send!(life, t2203a_visit, pharmacy, life.visit_command()).unwrap();
    send!(life, t2204_fees, pharmacy, life.fees_command()).unwrap();
    for (kind, number, card_sn, want) in no_proof() {
        let spoiled = || with(life.clinic_command(), |c| c.put(kind, number, card_sn));
        assert_eq!(codes(&send!(life, t2206_clinic_quote, pharmacy, spoiled())), [want], "{kind} {number}");
        assert_eq!(codes(&send!(life, t2207_clinic_settle, pharmacy, spoiled())), [want], "{kind} {number}");
    }
    let batch = || life.clinic_command().with_card(&card(1));
    let quoted = send!(life, t2206_clinic_quote, pharmacy, batch()).unwrap().reply.shares;
    let setl = send!(life, t2207_clinic_settle, pharmacy, batch()).unwrap().reply.setl;
    assert_eq!((setl.shares, setl.mdtrt_cert_type.as_str()), (quoted, "03"));
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn a_card_buys_from_the_account() {
    let (center, person, items) = holder(WUHAN).await;
    let person = Person { card: Some(card(9)), ..person };
    center.register(RegistryPut::Person(person.clone())).await;
    let mut life = life(&center, &person, items, None);
    life.precheck().await.unwrap();
    let bill = || over_the_counter(&life, "2026-11-22 09:00:00").with_card(&card(9));
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, bill().with_card(&card(8)))), ["RX-0002-08"]);
    for (card_sn, want) in [(None, "RX-0002-07"), (Some("1"), "RX-0002-08")] {
        let spoiled = || with(bill(), |c| c.put("03", "J36090009", card_sn));
        assert_eq!(codes(&send!(life, t2101_quote, pharmacy, spoiled())), [want]);
        assert_eq!(codes(&send!(life, t2102_settle, pharmacy, spoiled())), [want]);
    }
    let setl = send!(life, t2102_settle, pharmacy, bill()).unwrap().reply.setl;
    assert_eq!((setl.shares.acct_pay.get(), setl.mdtrt_cert_type.as_str()), (3_000, "03"));
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn who_has_a_new_card_is_found_by_it_and_by_the_old_one_no_more() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let bill = |card: &Card| life.settle_command().with_card(card);
    let renewed = Person { card: Some(card(7)), ..center.people.active.clone() };
    center.register(RegistryPut::Person(renewed.clone())).await;
    assert_eq!(code(&send!(life, t2101_quote, pharmacy, bill(&card(1)))), "RX-0002-08");
    assert!(send!(life, t2101_quote, pharmacy, bill(&card(7))).is_ok());
    // The same number with another chip is another card.
    let chip = Card { card_sn: card(1).card_sn, ..card(7) };
    assert_eq!(code(&send!(life, t2101_quote, pharmacy, bill(&chip))), "RX-0002-08");
    center.register(RegistryPut::Person(Person { card: None, ..renewed })).await;
    assert_eq!(code(&send!(life, t2101_quote, pharmacy, bill(&card(7)))), "RX-0002-08");
}

#[tokio::test]
async fn a_hospital_that_names_a_card_names_the_registered_one() {
    let center = TestCenter::new().await;
    let prescribed = async |person: &Person, card: &Card| {
        let life = center.life(person);
        let command = with(life.precheck_command(), |c| {
            let head = &mut c.content.head;
            head.mdtrt_cert_type = "03".to_owned();
            (head.mdtrt_cert_no, head.ec_token) = (Some(card.sscno.as_str().to_owned()), None);
            head.card_sn = Some(card.card_sn.as_str().to_owned());
        });
        code(&send!(life, t7101_precheck, hospital, command))
    };
    assert_eq!(prescribed(&center.people.active, &card(1)).await, "ok");
    assert_eq!(prescribed(&center.people.active, &card(2)).await, "RX-0002-08");
    assert_eq!(prescribed(&center.people.active, &Card { card_sn: card(2).card_sn, ..card(1) }).await, "RX-0002-08");
    // Of whose card the register knows nothing: the certificate proves the person, the card is not compared.
    assert_eq!(center.people.resident.card, None);
    assert_eq!(prescribed(&center.people.resident, &card(3)).await, "ok");
}

#[tokio::test]
async fn a_card_in_the_hand_is_not_yet_its_person() {
    // proves JX-4.1.3b: whichever credential, the counter says that card and person agree, or is refused or reminded
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Sold).await;
    let identity = with(life.settle_command(), |c| c.put("02", center.people.active.certno.as_str(), None));
    let heard = async |change: fn(&mut t2101_quote::Stated)| {
        let mut heard = Vec::new();
        for shown in [life.settle_command().with_card(&card(1)), identity.clone()] {
            let answer = send!(life, t2101_quote, pharmacy, with(shown, |c| change(&mut c.stated)));
            let reminders = answer.as_ref().map(|answer| answer.reminders.clone()).unwrap_or_default();
            heard.push((codes(&answer), reminders.into_iter().map(|one| one.code).collect::<Vec<_>>()));
        }
        assert_eq!(heard[0], heard[1], "a card is treated as an identity card");
        heard.swap_remove(0)
    };
    assert_eq!(heard(|_| ()).await, (vec![], vec![]));
    let (refused, _) = heard(|stated| stated.psn_match_flag = Some(false)).await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    let (refused, _) = heard(|stated| stated.face_score = Some(79)).await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    let (refused, reminded) = heard(|stated| (stated.psn_match_flag, stated.face_score) = (None, None)).await;
    assert!(refused.is_empty() && reminded.len() == 1, "{refused:?} {reminded:?}");
}

#[tokio::test]
async fn the_first_purchase_with_a_card_shows_the_form_and_opens_the_file() {
    // proves WH-6.6: a separately paid drug, paid with the 社会保障卡
    let (center, person) = region(WUHAN, WUHAN).await;
    let person = Person { card: Some(card(9)), ..person };
    center.register(RegistryPut::Person(person.clone())).await;
    tag(&center, TagList::Spay, "420000", "单独支付", &[None]).await;
    let pharmacy = PHARMACY.parse().unwrap();
    let opening = async || {
        let whose = (person.poolarea_no, &person.psn_no);
        lf_center::med_file::opening_of(&*center.store, &pharmacy, whose).await.unwrap()
    };
    let mut life = life(&center, &person, vec![special()], None).up_to(Step::Reviewed).await;
    let without = with(life.sell_command(), |c| c.appy_form_flag = Some(false));
    assert!(code(&send!(life, t7207_sell, pharmacy, without)).ends_with("QUAL-FIRST-FORM"));
    assert_eq!(opening().await, None);
    let shown = with(life.sell_command(), |c| c.appy_form_flag = Some(true));
    life.sel_stoout_sn = send!(life, t7207_sell, pharmacy, shown).unwrap().reply.sel_stoout_sn;
    let own = Some(life.hi_rxno().to_string());
    assert_eq!(opening().await, own);
    let bill = |card_sn: &str| {
        with(life.settle_command(), |c| {
            c.put("03", "J36090009", Some(card_sn));
            c.med_type = "18".to_owned();
        })
    };
    assert_eq!(codes(&send!(life, t2102_settle, pharmacy, bill("1"))), ["RX-0002-08"]);
    let setl = send!(life, t2102_settle, pharmacy, bill(card(9).card_sn.as_str())).unwrap().reply.setl;
    assert_eq!((setl.mdtrt_cert_type.as_str(), opening().await), ("03", own));
    let kept = center.store.setl(&pharmacy, &setl.setl_id).await.unwrap().unwrap().0;
    assert_eq!(kept, setl);
    assert!(center.audit().await.passes());
}
