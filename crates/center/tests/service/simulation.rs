//! A seeded town: patients, two hospitals and two pharmacies do whatever they like in whatever order, send things
//! twice, come late, take each other's boxes. Nothing may break, and the auditor must agree with all of it.

use lf_center::t7203_qrcode::{self, epc_qrcd};
use lf_center::{Answer, Failure};
use lf_ports::Chance;
use lf_testkit::edge::SeededChance;
use lf_testkit::life::Item;
use lf_testkit::region::{HOSPITAL, OTHER_HOSPITAL, OTHER_PHARMACY, PHARMACY, drugs};
use lf_testkit::{Life, TestCenter};
use lf_vocab::dict::{AcctUsedFlag, HiFeesetlFlag, RxChkStasCodg};

use crate::said::{code, send};

/// Messages of one run.
const MESSAGES: usize = 600;
/// Prescriptions that live at once.
const LIVES: usize = 5;

struct Dice(SeededChance);

impl Dice {
    fn below(&self, end: usize) -> usize {
        usize::from(u16::from_be_bytes([self.0.draw()[0], self.0.draw()[1]])) % end
    }

    fn one_in(&self, many: usize) -> bool {
        self.below(many) == 0
    }
}

#[derive(Default)]
struct Tally {
    accepted: std::collections::BTreeMap<&'static str, usize>,
    refused: std::collections::BTreeSet<String>,
    settlements: u64,
    claims: u64,
}

impl Tally {
    /// Refusals are part of life; anything else is not.
    fn note<R>(&mut self, name: &'static str, result: Result<Answer<R>, Failure>) {
        match &result {
            Ok(_) => *self.accepted.entry(name).or_default() += 1,
            Err(Failure::Refused(_)) => drop(self.refused.insert(code(&result))),
            Err(other) => panic!("{name}: {other:?}"),
        }
    }
}

fn born<'c>(center: &'c TestCenter, dice: &Dice) -> Life<'c> {
    let person = [&center.people.active, &center.people.retired, &center.people.resident][dice.below(3)];
    let mut life = center.life(person);
    if dice.one_in(2) {
        let dear = Item::packs(drugs::ATORVASTATIN, "阿托伐他汀钙片", "3", "133.33");
        life = life.of(vec![Item::amoxicillin(), dear]);
    }
    life.acct_used_flag = if dice.one_in(2) { AcctUsedFlag::Own } else { AcctUsedFlag::No };
    life.hi_feesetl_flag = if dice.one_in(5) { HiFeesetlFlag::SelfPaid } else { HiFeesetlFlag::Insured };
    life
}

/// One message; `kind` counts the transactions in the order of a life.
async fn message(life: &mut Life<'_>, kind: usize, tally: &mut Tally) {
    if life.numbers.is_none() {
        return tally.note("7101", life.precheck().await);
    }
    // Every third life settles by the clinic route.
    let clinic = life.number.is_multiple_of(3);
    match kind {
        8 if clinic => tally.note("2204", life.open_visit().await.map(Answer::from)),
        9 if clinic => tally.note("2207", life.settle_clinic().await),
        10 if clinic => tally.note("2208", life.refund_clinic().await),
        11 if clinic => tally.note("2205", send!(life, t2205_drop_fees, pharmacy, life.drop_fees_command("0000"))),
        14 if clinic => tally.note("2202", send!(life, t2202_withdraw, pharmacy, life.withdraw_command())),
        0 => tally.note("7101", life.precheck().await),
        1 => tally.note("7102", life.sign().await),
        2 => tally.note("7103", life.upload().await),
        3 => tally.note("7201", life.authorise().await),
        4 => tally.note("7204", life.download().await),
        5 => tally.note("7205", life.verify().await),
        6 => tally.note("7206", life.review().await),
        7 => tally.note("7207", life.sell().await),
        8 => tally.note("2101", life.quote().await),
        9 => tally.note("2102", life.settle().await),
        10 => tally.note("2103", life.refund().await),
        15 => tally.note("7104", life.undo().await),
        11 => tally.note("7208", life.undo_sale().await),
        12 => tally.note("7206", send!(life, t7206_review, pharmacy, life.review_command(RxChkStasCodg::Refused))),
        13 => tally.note("7105", send!(life, t7105_query, hospital, life.query_command())),
        14 => tally.note("7107", send!(life, t7107_settlement_query, hospital, life.query_command())),
        _ => {
            let epc_qrcd = epc_qrcd(&life.hi_rxno(), &life.sign_digest);
            let command = t7203_qrcode::Command { epc_qrcd, fixmedins_code: life.pharmacy.parse().unwrap() };
            tally.note("7203", send!(life, t7203_qrcode, pharmacy, command));
        }
    }
}

async fn run(seed: u64) -> Tally {
    let center = TestCenter::new().await;
    let dice = Dice(SeededChance::new(seed));
    let mut lives: Vec<_> = (0..LIVES).map(|_| (born(&center, &dice), 0usize)).collect();
    let mut tally = Tally::default();
    for _ in 0..MESSAGES {
        let at = dice.below(LIVES);
        let boxes = lives[dice.below(LIVES)].0.number;
        let (life, next) = &mut lives[at];
        life.hospital = if dice.one_in(20) { OTHER_HOSPITAL } else { HOSPITAL }.to_owned();
        if dice.one_in(12) {
            life.pharmacy = if life.pharmacy == PHARMACY { OTHER_PHARMACY } else { PHARMACY }.to_owned();
        }
        // Mostly the next step of a life, sometimes any, sometimes the last one again.
        let kind = match dice.below(10) {
            0 | 1 => dice.below(17),
            2 => next.saturating_sub(1),
            _ => {
                *next += 1;
                *next - 1
            }
        };
        let own = life.number;
        if kind == 7 && dice.one_in(6) {
            life.number = boxes;
        }
        message(life, kind, &mut tally).await;
        life.number = own;
        if *next > 14 || dice.one_in(60) {
            lives[at] = (born(&center, &dice), 0);
        }
        center.clock.advance_seconds([1, 1, 1, 30, 600, 3_600][dice.below(6)]);
    }
    let report = center.audit().await;
    assert!(report.passes(), "seed {seed}: {report}");
    tally.settlements = report.settlements;
    tally.claims = report.claims;
    tally
}

#[tokio::test]
async fn whatever_a_town_does_the_auditor_agrees() {
    // proves JX-3.1a, JX-3.5b over random lives
    let mut accepted = std::collections::BTreeSet::new();
    let mut refused = std::collections::BTreeSet::new();
    let (mut settlements, mut claims) = (0, 0);
    for seed in 1..=4 {
        let tally = run(seed).await;
        accepted.extend(tally.accepted.into_keys());
        refused.extend(tally.refused);
        settlements += tally.settlements;
        claims += tally.claims;
    }
    // The runs are worth something: every transaction was accepted somewhere, and much was refused.
    assert_eq!(accepted.len(), 21, "{accepted:?}");
    assert!(refused.len() >= 25, "{refused:?}");
    assert!(settlements >= 8 && claims >= 4, "{settlements} {claims}");
}
