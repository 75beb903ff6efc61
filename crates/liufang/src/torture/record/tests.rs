//! A checker that finds nothing proves nothing: each kind of loss is made and must be found.

use serde_json::json;

use super::*;

fn ack(infno: &'static str, sent: Value, reply: Value) -> Ack {
    Ack {
        infno,
        who: "P1".to_owned(),
        at_ms: 1,
        sent: sent.to_string().into_bytes(),
        code: 0,
        message: "成功".to_owned(),
        reply: reply.to_string().into_bytes(),
        unsure: 0,
        last_sent_us: 100,
    }
}

fn lived(acks: Vec<Ack>) -> Lived {
    Lived {
        serial: 1,
        psn_no: "1".to_owned(),
        hospital: "H1".to_owned(),
        question: None,
        hi_rxno: Some("N1".to_owned()),
        acks,
        given_up: None,
    }
}

fn life() -> Lived {
    let amounts = json!({ "setl_id": "S1", "mdtrt_id": "M1", "medfee_sumamt": "12.50", "fund_pay_sumamt": 10 });
    lived(vec![
        ack("7101", json!({ "hospRxno": "C1" }), json!({ "hiRxno": "N1", "rxTraceCode": "T1" })),
        ack("7201", json!({}), json!({ "data": [{ "authRxno": "A1", "epcToken": "K1" }, { "authRxno": "A0" }] })),
        ack("7204", json!({ "epcToken": "K1", "authRxno": "A1" }), json!({ "hiRxno": "N1" })),
        ack("2102", json!({}), json!({ "setlinfo": amounts })),
    ])
}

fn events() -> Vec<Event> {
    let bodies = [
        json!({ "kind": "opened", "rx_trace_code": "T1", "hosp_rxno": "C1" }),
        json!({ "kind": "authorised", "auth_rxno": "A1" }),
        json!({ "kind": "downloaded", "epc_token": "K1", "auth_rxno": "A1" }),
        json!({
            "kind": "settled", "setl_id": "S1", "mdtrt_id": "M1", "medfee_sumamt": 1_250, "fund_pay_sumamt": 1_000
        }),
    ];
    bodies.into_iter().map(|body| Event { at_us: 100, body }).collect()
}

/// What is found, how the unsure turned out, whether the message that was given up is there.
fn judged(lived: &Lived, events: &[Event]) -> (Vec<String>, Unsure, bool) {
    let faults = Faults::default();
    let mut book = Book { faults: &faults, unsure: Unsure::default(), sums: Sums::default() };
    let there = book.history(lived, "N1", events);
    (faults.texts(), book.unsure, there)
}

#[test]
fn what_was_acknowledged_and_nothing_else_passes() {
    assert_eq!(judged(&life(), &events()).0, Vec::<String>::new());
    // Another life of the person had this prescription shown, too.
    let mut shown = events();
    shown.insert(2, Event { at_us: 100, body: json!({ "kind": "authorised", "auth_rxno": "A7" }) });
    assert_eq!(judged(&life(), &shown).0, Vec::<String>::new());
}

#[test]
fn every_loss_doubling_and_change_is_found() {
    let found = |change: fn(&mut Vec<Event>)| {
        let mut events = events();
        change(&mut events);
        judged(&life(), &events).0.join("; ")
    };
    assert_eq!(found(|events| drop(events.pop())), "N1: 2102 was acknowledged and is lost");
    assert_eq!(found(|events| drop(events.remove(2))), "N1: where 7204 was acknowledged stands the event settled");
    assert_eq!(
        found(|events| events.push(Event { at_us: 100, body: events[3].body.clone() })),
        "N1: settled happened and nobody was told"
    );
    assert_eq!(found(|events| events.swap(2, 3)), "N1: where 7204 was acknowledged stands the event settled");
    for (at, field, other) in [
        (0, "rx_trace_code", json!("T2")),
        (2, "epc_token", json!("K2")),
        (3, "setl_id", json!("S2")),
        (3, "medfee_sumamt", json!(1_251)),
        (3, "fund_pay_sumamt", json!(null)),
    ] {
        let mut events = events();
        events[at].body[field] = other;
        let found = judged(&life(), &events).0.join("; ");
        assert!(found.starts_with(&format!("N1: {field} of ")), "{field}: {found}");
    }
}

#[test]
fn a_message_that_was_given_up_is_there_once_or_not_at_all() {
    let mut given_up = life();
    given_up.given_up = Some(("2103", b"{}".to_vec()));
    let (faults, unsure, there) = judged(&given_up, &events());
    assert_eq!((faults.len(), unsure.given_up_not_done, there), (0, 1, false));
    let refunded = || Event { at_us: 100, body: json!({ "kind": "refunded" }) };
    let mut done = events();
    done.push(refunded());
    let (faults, unsure, there) = judged(&given_up, &done);
    assert_eq!((faults.len(), unsure.given_up_done, there), (0, 1, true));
    done.push(refunded());
    assert_eq!(judged(&given_up, &done).0, ["N1: refunded happened and nobody was told"]);
    let mut other = events();
    other.push(Event { at_us: 100, body: json!({ "kind": "revoked" }) });
    assert_eq!(judged(&given_up, &other).0, ["N1: revoked happened and nobody was told"]);
}

#[test]
fn which_sending_did_it_is_told_by_time() {
    let mut unsure = life();
    unsure.acks[2].unsure = 1;
    unsure.acks[3].unsure = 2;
    let mut events = events();
    events[2].at_us = 99;
    let turned = judged(&unsure, &events).1;
    assert_eq!((turned.done_before, turned.done_by_repetition), (1, 1));
}

#[test]
fn what_no_client_asked_for_is_found() {
    let whole = |audit: Report, change: fn(&mut Sums)| {
        let faults = Faults::default();
        let mut book = Book { faults: &faults, unsure: Unsure::default(), sums: Sums::default() };
        change(&mut book.sums);
        book.whole(&audit, &[life()]);
        (faults.texts(), book.unsure.given_up_done, book.unsure.given_up_not_done)
    };
    let of = |prescriptions, settlements, claims| Report { prescriptions, settlements, claims, ..Report::default() };
    assert_eq!(whole(of(1, 0, 0), |_| {}), (vec![], 0, 0));
    assert_eq!(whole(of(2, 0, 0), |sums| sums.nameless = 3), (vec![], 1, 2));
    assert_eq!(whole(of(0, 0, 0), |_| {}).0.len(), 1, "a prescription less");
    assert_eq!(whole(of(2, 0, 0), |_| {}).0.len(), 1, "a prescription more");
    assert_eq!(whole(of(1, 1, 0), |_| {}).0.len(), 1, "a settlement more");
    assert_eq!(whole(of(1, 0, 1), |_| {}).0.len(), 1, "a trace code more");
    assert_eq!(whole(of(1, 0, 0), |sums| sums.strangers.extend(["b".into()])).0.len(), 1, "an authorisation more");
}
