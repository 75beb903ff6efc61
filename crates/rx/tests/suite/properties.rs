//! Random lives: whatever is thrown at a prescription, the machine keeps its promises.

use lf_rx::{Event, Prescription, Projection, State};
use lf_vocab::dict::{RxStasCodg, RxUsedStasCodg};
use proptest::prelude::*;

use crate::fixture::{STATES, at, event, events, fresh, in_time, too_late};

fn kinds() -> impl Strategy<Value = Vec<usize>> {
    let forward = prop::collection::vec(prop_oneof![4 => Just(true), 1 => Just(false)], 0..60);
    // Mostly the next likely event, so that lives get long; sometimes any.
    (forward, prop::collection::vec(0usize..events().len(), 60)).prop_map(|(forward, any)| {
        forward.iter().zip(any).enumerate().map(|(at, (likely, any))| if *likely { 1 + at % 13 } else { any }).collect()
    })
}

/// Applies what is allowed, drops the rest; the events that happened and every state passed.
fn live(kinds: &[usize]) -> (Vec<Event>, Vec<Prescription>) {
    let all = events();
    let mut happened = Vec::new();
    let mut passed = vec![fresh()];
    for kind in kinds {
        let rx = passed.last().unwrap();
        if let Ok(state) = rx.next(&all[*kind].1) {
            let rx = Prescription { state, seq: rx.seq + 1, ..rx.clone() };
            happened.push(all[*kind].1.clone());
            passed.push(rx);
        }
    }
    (happened, passed)
}

fn count(events: &[Event], name: &str) -> usize {
    events.iter().filter(|event| event.name() == name).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_leaves_a_closed_state(kinds in kinds()) {
        let (_, passed) = live(&kinds);
        for pair in passed.windows(2) {
            prop_assert!(!pair[0].state.closed(), "{} left", pair[0].state.name());
        }
    }

    #[test]
    fn the_state_is_the_fold_of_its_events(kinds in kinds()) {
        let (happened, passed) = live(&kinds);
        let folded = happened.iter().try_fold(State::PreChecked, |state, event| Prescription { state, ..fresh() }.next(event));
        prop_assert_eq!(folded.as_ref().ok(), passed.last().map(|rx| &rx.state));
        prop_assert_eq!(passed.last().map(|rx| rx.seq), Some(1 + happened.len() as u64));
    }

    #[test]
    fn at_most_one_settlement_stands(kinds in kinds()) {
        // proves JX-3.1a: 单次结算, also over sales that were taken back and sold again
        let (happened, passed) = live(&kinds);
        let (settled, refunded) = (count(&happened, "settled"), count(&happened, "refunded"));
        prop_assert!(settled <= 1 && refunded <= settled);
        let last = passed.last().unwrap();
        prop_assert_eq!(matches!(last.state, State::Settled { .. }), settled - refunded == 1);
    }

    #[test]
    fn sales_and_their_undoing_alternate(kinds in kinds()) {
        let (happened, passed) = live(&kinds);
        let standing = count(&happened, "sold") - count(&happened, "sale_undone");
        prop_assert!(standing <= 1);
        prop_assert_eq!(passed.last().unwrap().state.sold().is_some(), standing == 1);
    }

    #[test]
    fn evidence_is_never_lost_before_the_end(kinds in kinds()) {
        let (_, passed) = live(&kinds);
        for pair in passed.windows(2) {
            prop_assert!(pair[0].state.active().is_none() || pair[1].state.active().is_some());
        }
    }

    #[test]
    fn a_state_survives_its_encoding(kinds in kinds()) {
        let (happened, passed) = live(&kinds);
        let state = &passed.last().unwrap().state;
        let text = serde_json::to_vec(state).unwrap();
        prop_assert_eq!(&serde_json::from_slice::<State>(&text).unwrap(), state);
        for event in &happened {
            let text = serde_json::to_vec(event).unwrap();
            prop_assert_eq!(&serde_json::from_slice::<Event>(&text).unwrap(), event);
        }
    }

    #[test]
    fn a_projection_says_what_the_state_says(kinds in kinds(), late in any::<bool>()) {
        let (_, passed) = live(&kinds);
        let now = if late { too_late() } else { in_time() };
        for rx in &passed {
            let seen = Projection::of(rx, now);
            prop_assert_eq!(seen.rx_stas_codg == RxStasCodg::Revoked, matches!(rx.state, State::Revoked { .. }));
            // A used prescription stays valid: expiry is for what was not used.
            prop_assert!(seen.rx_used_stas_codg == RxUsedStasCodg::Unused || seen.rx_stas_codg == RxStasCodg::Valid);
            if !rx.state.closed() && !rx.state.dispensed() {
                prop_assert_eq!(seen.rx_stas_codg == RxStasCodg::Invalid, late);
            }
            prop_assert_eq!(seen.rx_chk_stas_codg, rx.state.reviewed().map(|r| r.rx_chk_stas_codg));
        }
    }
}

#[test]
fn the_three_codes_of_every_state() {
    let mut table = String::new();
    for state in STATES {
        let code = |now| {
            let seen = Projection::of(&at(state), now);
            let checked = seen.rx_chk_stas_codg.map_or("-", |code| code.code());
            format!("{} {} {checked}", seen.rx_stas_codg.code(), seen.rx_used_stas_codg.code())
        };
        table.push_str(&format!("{state}: {} | {}\n", code(in_time()), code(too_late())));
    }
    expect_test::expect![[r#"
        pre_checked: 1 1 - | 2 1 -
        signed: 1 1 - | 2 1 -
        active: 1 1 - | 2 1 -
        carried: 1 1 - | 2 1 -
        verified: 1 1 - | 2 1 -
        chk_refused: 1 1 0 | 2 1 0
        reviewed: 1 1 1 | 2 1 1
        sold: 1 1 1 | 1 1 1
        self_paid: 1 2 1 | 1 2 1
        settled: 1 2 1 | 1 2 1
        refunded: 2 1 1 | 2 1 1
        revoked: 3 1 - | 3 1 -
    "#]]
    .assert_eq(&table);
}

#[test]
fn expiry_is_the_moment_itself() {
    let rx = at("active");
    assert!(!rx.expired(too_late().plus_seconds(-1)));
    assert!(rx.expired(too_late()));
    assert!(!at("sold").expired(too_late()));
    assert!(rx.next(&event("downloaded")).is_ok());
}
