//! The way of the drugs to the person: every course × every word of 7209 and 7210, and the ladders of both.

use expect_test::expect;
use lf_rx::decide::deliver::{DeliverRefusal, Named, SignOffRefusal, TRACK_MAX, may_deliver, may_sign};
use lf_rx::delivery::{Delivery, DeliveryStep};
use lf_rx::{Event, Prescription};
use lf_vocab::Moment;
use lf_vocab::dict::{DelvStasCodg, DelvWay};

use crate::fixture::{OTHER_PHARMACY, PHARMACY, at, code, in_time, step, taken, with};
use crate::ladder_issue::climbs;

const CODES: [DelvStasCodg; 5] =
    [DelvStasCodg::Waiting, DelvStasCodg::OnWay, DelvStasCodg::Arrived, DelvStasCodg::Cancelled, DelvStasCodg::Trouble];

/// Each course by the words that lead to it.
fn courses(way: DelvWay) -> Vec<Delivery> {
    let word = |delivery: &Delivery, code| delivery.moved(&step(way, code));
    let ordered = word(&Delivery::None, DelvStasCodg::Waiting).unwrap();
    let cancelled = word(&ordered, DelvStasCodg::Cancelled).unwrap();
    let mut all = vec![Delivery::None, ordered.clone()];
    if let Some(sent) = word(&ordered, DelvStasCodg::OnWay) {
        all.push(sent.clone());
        all.push(word(&sent, DelvStasCodg::Trouble).unwrap());
        all.push(word(&sent, DelvStasCodg::Arrived).unwrap());
        all.push(sent.taken(&taken()).unwrap());
    } else {
        all.push(ordered.taken(&taken()).unwrap());
    }
    all.push(cancelled);
    all
}

#[test]
fn the_table_of_courses() {
    // proves DG-3.5b: what is ordered online is fetched in the shop or sent, and either is signed for
    let mut table = String::new();
    for way in [DelvWay::Fetch, DelvWay::Send] {
        for course in courses(way) {
            let mut to: Vec<_> =
                CODES.iter().filter_map(|code| course.moved(&step(way, *code))).map(|next| next.name_cn()).collect();
            to.extend(course.taken(&taken()).map(|next| next.name_cn()));
            let to = if to.is_empty() { "无".to_owned() } else { to.join(" ") };
            table.push_str(&format!("{} {} → {to}\n", way.name(), course.name_cn()));
        }
    }
    expect![[r#"
        网订店取 未配送 → 待配送
        网订店取 待配送 → 待配送 配送取消 已签收
        网订店取 已签收 → 无
        网订店取 配送取消 → 待配送
        网订店送 未配送 → 待配送 配送中
        网订店送 待配送 → 待配送 配送中 配送取消
        网订店送 配送中 → 配送中 配送完成 配送取消 配送异常 已签收
        网订店送 配送异常 → 配送中 配送完成 配送取消 配送异常 已签收
        网订店送 配送完成 → 配送取消 配送异常 已签收
        网订店送 已签收 → 无
        网订店送 配送取消 → 待配送 配送中
    "#]]
    .assert_eq(&table);
}

fn moved(state: &str, steps: &[DeliveryStep]) -> Prescription {
    steps.iter().fold(at(state), |rx, step| {
        let state = rx.next(&Event::Delivery(Box::new(step.clone()))).unwrap();
        Prescription { state, seq: rx.seq + 1, ..rx }
    })
}

fn later() -> Moment {
    in_time().plus_seconds(3_600)
}

#[test]
fn t7209_deliver() {
    let (mine, other) = (code(PHARMACY), code(OTHER_PHARMACY));
    let send = |code| step(DelvWay::Send, code);
    let err = |rx: &Prescription, who, step: &DeliveryStep, now| may_deliver(rx, who, step, now).unwrap_err();
    let renamed = |mut step: DeliveryStep| {
        step.sheet.delv_no = "D2".into();
        step
    };
    let on_way = moved("sold", &[send(DelvStasCodg::OnWay)]);
    let signed = with(on_way.clone(), &["delivery_signed"]);
    let cancelled = moved("sold", &[send(DelvStasCodg::Waiting), send(DelvStasCodg::Cancelled)]);
    let mut early = send(DelvStasCodg::OnWay);
    early.delv_stas_time = in_time().plus_seconds(-1);
    let mut elsewhere = send(DelvStasCodg::Trouble);
    elsewhere.sheet.to.delv_addr = "别处".into();
    let mut long = on_way.clone();
    long.seq = TRACK_MAX;
    let arrived = moved("settled", &[send(DelvStasCodg::OnWay), send(DelvStasCodg::Arrived)]);
    climbs(
        &[
            &err(&at("reviewed"), &other, &early, later()),
            &err(&signed, &other, &renamed(early.clone()), in_time()),
            &err(&signed, &mine, &renamed(early.clone()), in_time()),
            &err(&on_way, &mine, &renamed(early.clone()), in_time()),
            &err(&cancelled, &mine, &early, in_time()),
            &err(&on_way, &mine, &send(DelvStasCodg::Trouble), in_time().plus_seconds(-600 + 239)),
            &err(&on_way, &mine, &early, later()),
            &err(&at("sold"), &mine, &early, later()),
            &err(&arrived, &mine, &DeliveryStep { delv_stas_time: later(), ..send(DelvStasCodg::OnWay) }, later()),
            &err(&on_way, &mine, &elsewhere, later()),
            &err(&long, &mine, &send(DelvStasCodg::Trouble), later()),
        ],
        DeliverRefusal::CODES,
    );
    long.seq = TRACK_MAX - 1;
    assert!(may_deliver(&long, &mine, &send(DelvStasCodg::Trouble), later()).is_ok());
    long.seq = TRACK_MAX;
    assert!(may_deliver(&long, &mine, &send(DelvStasCodg::Arrived), later()).is_ok(), "its end is always taken");
    // The clock of a client may be ahead by ten minutes and no second more.
    assert!(may_deliver(&on_way, &mine, &send(DelvStasCodg::Trouble), in_time().plus_seconds(-600 + 240)).is_ok());
    // Before a sale, and after it was taken back, there is nothing to deliver.
    for state in ["active", "carried", "reviewed", "refunded", "revoked"] {
        assert_eq!(err(&at(state), &mine, &send(DelvStasCodg::OnWay), later()), DeliverRefusal::NotSold, "{state}");
    }
    let undone = with(moved("sold", &[send(DelvStasCodg::Waiting)]), &["sale_undone"]);
    assert_eq!(err(&undone, &mine, &send(DelvStasCodg::OnWay), later()), DeliverRefusal::NotSold);
    // The same word again is nothing new; a later one of the same number is the same delivery.
    assert_eq!(may_deliver(&on_way, &mine, &send(DelvStasCodg::OnWay), later()), Ok(None));
    assert!(may_deliver(&on_way, &mine, &send(DelvStasCodg::Arrived), later()).unwrap().is_some());
    // What waits still may go elsewhere, and what was called off may be ordered anew.
    let waiting = moved("sold", &[send(DelvStasCodg::Waiting)]);
    assert!(may_deliver(&waiting, &mine, &DeliveryStep { ..elsewhere_of(send(DelvStasCodg::OnWay)) }, later()).is_ok());
    let again = renamed(DeliveryStep { delv_stas_time: later(), ..send(DelvStasCodg::Waiting) });
    assert!(may_deliver(&cancelled, &mine, &again, later()).unwrap().is_some());
}

fn elsewhere_of(mut step: DeliveryStep) -> DeliveryStep {
    step.sheet.to.delv_addr = "别处".into();
    step
}

#[test]
fn t7210_sign() {
    let (mine, other) = (code(PHARMACY), code(OTHER_PHARMACY));
    let send = |code| step(DelvWay::Send, code);
    let nothing = Named { delv_no: None, delv_entp_no: None };
    let wrong = Named { delv_no: Some("D9"), delv_entp_no: Some("E9") };
    let carrier = Named { delv_no: Some("D1"), delv_entp_no: Some("E9") };
    let err = |rx: &Prescription, who, named, signed: &_, now| may_sign(rx, who, named, signed, now).unwrap_err();
    let on_way = moved("settled", &[send(DelvStasCodg::OnWay)]);
    let done = with(on_way.clone(), &["delivery_signed"]);
    let mut early = taken();
    early.delv_stas_time = in_time();
    climbs(
        &[
            &err(&at("refunded"), &other, wrong, &early, in_time()),
            &err(&done, &other, wrong, &early, in_time()),
            &err(&done, &mine, wrong, &early, in_time()),
            &err(&at("sold"), &mine, wrong, &early, in_time()),
            &err(&on_way, &mine, wrong, &early, in_time()),
            &err(&on_way, &mine, carrier, &early, in_time()),
            &err(&on_way, &mine, nothing, &taken(), in_time().plus_seconds(-1)),
            &err(&on_way, &mine, nothing, &early, later()),
        ],
        SignOffRefusal::CODES,
    );
    assert!(may_sign(&on_way, &mine, nothing, &taken(), in_time()).unwrap().is_some(), "ten minutes ahead and no more");
    assert_eq!(may_sign(&done, &mine, nothing, &taken(), later()), Ok(None), "the same signature again");
    let named = Named { delv_no: Some("D1"), delv_entp_no: Some("E1") };
    assert_eq!(may_sign(&done, &mine, named, &taken(), later()), Ok(None), "and named rightly");
    assert_eq!(err(&done, &mine, wrong, &taken(), later()), SignOffRefusal::OtherOrder, "the same words about another");
    assert_eq!(err(&done, &mine, carrier, &taken(), later()), SignOffRefusal::OtherCarrier);
    // What waits to be sent is in nobody's hands; what waits to be fetched is signed for in the shop.
    let waiting = |way| moved("self_paid", &[step(way, DelvStasCodg::Waiting)]);
    assert_eq!(err(&waiting(DelvWay::Send), &mine, nothing, &taken(), later()), SignOffRefusal::NotUnderWay);
    assert!(may_sign(&waiting(DelvWay::Fetch), &mine, nothing, &taken(), later()).unwrap().is_some());
}

#[test]
fn what_is_on_the_way_is_called_off_before_it_is_taken_back() {
    let send = |code| step(DelvWay::Send, code);
    for code in [DelvStasCodg::OnWay, DelvStasCodg::Trouble, DelvStasCodg::Arrived] {
        let mut steps = vec![send(DelvStasCodg::OnWay)];
        steps.extend((code != DelvStasCodg::OnWay).then(|| send(code)));
        for (state, event) in [("sold", "sale_undone"), ("self_paid", "sale_undone"), ("settled", "refunded")] {
            let rx = moved(state, &steps);
            assert!(rx.next(&crate::fixture::event(event)).is_err(), "{state} {event}");
            let called_off = rx.next(&Event::Delivery(Box::new(send(DelvStasCodg::Cancelled)))).unwrap();
            let rx = Prescription { state: called_off, ..rx };
            assert!(rx.next(&crate::fixture::event(event)).is_ok(), "{state} {event}");
        }
    }
}

#[test]
fn a_state_stored_before_deliveries_has_none() {
    let stored = serde_json::to_string(&at("settled").state).unwrap();
    assert!(!stored.contains("delivery"), "{stored}");
    let state: lf_rx::State = serde_json::from_str(&stored).unwrap();
    assert_eq!(*state.delivery(), Delivery::None);
    // Names and addresses stay out of every log.
    let text = format!("{:?}{:?}", step(DelvWay::Send, DelvStasCodg::OnWay), taken());
    assert!(!text.contains("收货人") && !text.contains("宜春"), "{text}");
}
