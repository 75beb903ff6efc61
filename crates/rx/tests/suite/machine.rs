//! Every state × every event: allowed, with the state it leads to, or inconsistent (`·`).

use expect_test::expect;

use crate::fixture::{STATES, at, events};

/// Every state, and below it every event that may follow with the state that it leads to.
fn moves() -> String {
    let mut table = String::new();
    for state in STATES {
        let rx = at(state);
        table.push_str(&format!("{state}\n"));
        for (name, event) in events() {
            match rx.next(&event) {
                Ok(next) => table.push_str(&format!("    {name} → {}\n", next.name())),
                Err(refused) => {
                    assert_eq!(refused.state, state);
                    assert_eq!(refused.event, event.name());
                    assert_eq!(refused.hi_rxno, rx.hi_rxno);
                }
            }
        }
    }
    table
}

#[test]
fn the_table_of_moves() {
    expect![[r#"
        pre_checked
            signed → signed
            revoked → revoked
        signed
            uploaded → active
            revoked → revoked
        active
            authorised → active
            downloaded → carried
            revoked → revoked
            printed → active
        carried
            authorised → carried
            downloaded → carried
            verified → verified
            revoked → revoked
            printed → carried
        verified
            authorised → verified
            downloaded → carried
            reviewed:refused → chk_refused
            reviewed:passed → reviewed
            revoked → revoked
            printed → verified
        chk_refused
            authorised → chk_refused
            downloaded → carried
            revoked → revoked
            printed → chk_refused
        reviewed
            authorised → reviewed
            downloaded → carried
            sold:self → self_paid
            sold:insured → sold
            revoked → revoked
            printed → reviewed
        sold
            sale_undone → reviewed
            settled → settled
            printed → sold
            delivery:waiting → sold
            delivery:on_way → sold
        self_paid
            sale_undone → reviewed
            printed → self_paid
            delivery:waiting → self_paid
            delivery:on_way → self_paid
        settled
            refunded → refunded
            pair_bound → settled
            printed → settled
            delivery:waiting → settled
            delivery:on_way → settled
        refunded
        revoked
    "#]]
    .assert_eq(&moves());
}

#[test]
fn a_revoked_prescription_shows_where_it_stood() {
    let rx = at("revoked");
    assert!(rx.state.active().is_some());
    assert!(rx.state.closed());
    assert_eq!(rx.state.sold(), None);
}

#[test]
fn every_state_has_its_own_names() {
    let names: std::collections::BTreeSet<_> = STATES.iter().map(|s| at(s).state.name_cn()).collect();
    assert_eq!(names.len(), STATES.len());
}
