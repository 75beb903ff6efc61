//! 7108 and 7109 at a hospital that fails in every way before it hears: at least once, in order, with growing waits,
//! dead at last and revived; and a center that dies between the delivery and its end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lf_http::{ANSWER_MAX, Courier, Delivery, Limits};
use lf_ports::outbox::After;
use lf_ports::{Callback, Claimed, DroppedRow, Next, Outbox, OutboxRow, RegistryPut, StoreError};
use lf_vocab::{FixmedinsCode, HiRxno, Moment};
use lf_wire::Transaction::{T2103, T7106, T7107, T7108, T7109};
use lf_wire::client::Dialect;
use serde_json::Value;

use crate::journey::Told;
use crate::messages as m;
use crate::receiver::{Does, Receiver, opened};
use crate::support::{World, client, key};

/// Times that a test can wait for.
const QUICK: Delivery = Delivery {
    at_once: 4,
    connect_seconds: 1,
    answer_seconds: 1,
    wait_seconds: 5,
    wait_max_seconds: 40,
    tries_max: 50,
    age_max_hours: 48,
    look_seconds: 600,
};

/// A world whose hospital wants to be told.
async fn world(receiver: &Receiver) -> World {
    let callback = Callback { url: receiver.url.parse().unwrap(), app_id: client("hospital").app_id };
    World::with(Limits::default(), |rows| {
        for row in rows {
            if let RegistryPut::Fixmedins(hospital) = row
                && hospital.fixmedins_code.as_str() == m::HOSPITAL
            {
                hospital.callback = Some(callback.clone());
            }
        }
    })
    .await
}

fn courier_over(world: &World, outbox: Arc<dyn Outbox>, delivery: Delivery) -> Arc<Courier> {
    let platform = lf_gm::Signer::new(&key("platform"));
    Arc::new(Courier::new(world.store.clone(), outbox, world.clock.clone(), platform, delivery))
}

fn courier(world: &World) -> Arc<Courier> {
    courier_over(world, world.store.clone(), QUICK)
}

/// A prescription up to its review, and the number of the review.
async fn reviewed(told: &mut Told<'_>, hosp_rxno: &str) -> (m::Issued, String) {
    let issued = told.issue(hosp_rxno).await;
    let epc_token = told.fetch().await;
    let rx_chk_biz_sn = told.review(&issued, &epc_token).await;
    (issued, rx_chk_biz_sn)
}

async fn row(world: &World, issued: &m::Issued) -> Option<OutboxRow> {
    world.store.outbox_of(&issued.hi_rxno.parse().unwrap()).await.unwrap()
}

/// 7107 answers the flag, 7109 has no such field.
fn without_flags(mut data: Value) -> Value {
    for drug in data["seltdelts"].as_array_mut().unwrap() {
        assert!(drug.as_object_mut().unwrap().remove("takeDrugFlag").is_some());
    }
    data
}

#[tokio::test]
async fn a_hospital_is_told_in_order_what_it_would_have_been_answered() {
    let receiver = Receiver::start([]).await;
    let world = world(&receiver).await;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, rx_chk_biz_sn) = reviewed(&mut told, "CF0001").await;
    let question = m::question(&issued.hi_rxno);
    let review = told.tell(T7106, question.clone()).await.data;
    told.sell(&issued, &rx_chk_biz_sn).await;
    let (setl_id, mdtrt_id) = told.settle(&issued).await;
    let paid = told.tell(T7107, question.clone()).await.data;
    told.tell(T2103, m::t2103(&setl_id, &mdtrt_id)).await;
    let back = told.tell(T7107, question).await.data;
    let courier = courier(&world);
    for round in 1..=3 {
        assert_eq!(courier.round().await, Ok(1), "one at a time");
        assert_eq!(receiver.got().len(), round);
    }
    assert_eq!(courier.round().await, Ok(0));
    let want = [
        ("rxChkInfoCallback".to_owned(), review),
        ("rxSetlInfoCallback".to_owned(), without_flags(paid)),
        ("rxSetlInfoCallback".to_owned(), without_flags(back)),
    ];
    assert_eq!(receiver.told(&world.hospital), want);
    assert_eq!((&want[1].1["rxUsedStasCodg"], &want[2].1["rxStasCodg"]), (&Value::from("2"), &Value::from("2")));
    for ((_, payload), transaction) in want.iter().zip([T7108, T7109, T7109]) {
        let text = payload.to_string();
        let checked = lf_wire::validate_partial(transaction, &lf_wire::json::Value::parse(text.as_bytes()).unwrap());
        assert!(checked.defects.is_empty(), "{transaction}: {:?}", checked.defects);
    }
    assert_eq!(row(&world, &issued).await, None);
    world.audited().await;
}

#[tokio::test]
async fn who_gave_no_address_gets_no_letter() {
    let world = World::new().await;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, rx_chk_biz_sn) = reviewed(&mut told, "CF0001").await;
    told.sell(&issued, &rx_chk_biz_sn).await;
    told.settle(&issued).await;
    assert_eq!(row(&world, &issued).await, None);
    assert_eq!(courier(&world).round().await, Ok(0));
}

#[tokio::test]
async fn each_failure_waits_twice_as_long_and_later_letters_wait_behind() {
    let long = format!(r#"{{"success":true,"x":"{}"}}"#, "x".repeat(ANSWER_MAX - 22));
    assert_eq!(long.len(), ANSWER_MAX + 1);
    let script = [
        (Does::Answers(500, "{}".to_owned()), "HTTP 500"),
        (Does::Hangs, "no answer within 2 s"),
        (Does::Answers(200, "<html>".to_owned()), "the answer is no JSON object"),
        (Does::Closes, "the connection ended before the answer did"),
        (Does::Breaks, "the connection ended before the answer did"),
        (Does::Answers(200, r#"{"success":false}"#.to_owned()), "the answer does not say success"),
        (Does::Answers(302, r#"{"success":true}"#.to_owned()), "HTTP 302"),
        (Does::Answers(200, long), "an answer of more than 65536 bytes"),
    ];
    let receiver = Receiver::start(script.iter().map(|(does, _)| does.clone())).await;
    let world = world(&receiver).await;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, rx_chk_biz_sn) = reviewed(&mut told, "CF0001").await;
    told.sell(&issued, &rx_chk_biz_sn).await;
    told.settle(&issued).await;
    let courier = courier(&world);
    for (tried, ((_, why), wait)) in (1..).zip(script.iter().zip([5, 10, 20, 40, 40, 40, 40, 40])) {
        let now = world.now();
        assert_eq!(courier.round().await, Ok(1));
        let row = row(&world, &issued).await.unwrap();
        assert_eq!((row.tried, row.why.as_str(), row.letters), (tried, *why, 2));
        assert_eq!(row.due, Some(now.plus_seconds(wait)), "{why}");
        world.clock.forward(wait - 1);
        assert_eq!(courier.round().await, Ok(0), "{why}: not before");
        world.clock.forward(1);
    }
    let mut whole = Does::hears();
    if let Does::Answers(_, body) = &mut whole {
        body.push_str(&" ".repeat(ANSWER_MAX - body.len()));
    }
    receiver.then([whole]);
    assert_eq!((courier.round().await, courier.round().await, courier.round().await), (Ok(1), Ok(1), Ok(0)));
    let told = receiver.told(&world.hospital);
    let methods: Vec<_> = told.iter().map(|(method, _)| method.as_str()).collect();
    assert_eq!(methods, [["rxChkInfoCallback"; 9].as_slice(), ["rxSetlInfoCallback"].as_slice()].concat());
    assert!(told[..9].iter().all(|one| *one == told[0]), "the same every time");
}

#[tokio::test]
async fn a_dead_letter_waits_for_an_operator_and_the_register_may_be_mended_meanwhile() {
    let receiver = Receiver::start([]).await;
    let world = world(&receiver).await;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, rx_chk_biz_sn) = reviewed(&mut told, "CF0001").await;
    told.sell(&issued, &rx_chk_biz_sn).await;
    told.settle(&issued).await;
    let hi_rxno: HiRxno = issued.hi_rxno.parse().unwrap();
    let good = lf_ports::Store::fixmedins(&*world.store, &m::HOSPITAL.parse().unwrap()).await.unwrap().unwrap();
    let with = |url: &str, app_id: &str| {
        let callback = Some(Callback { url: url.parse().unwrap(), app_id: app_id.to_owned() });
        RegistryPut::Fixmedins(lf_ports::Fixmedins { callback, ..good.clone() })
    };
    // A port where nobody listens, another institution's app, a disabled app, no address at all.
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let no_app = "the callback's app is unknown, disabled or another institution's";
    let hospital = &world.hospital.app_id;
    let none = RegistryPut::Fixmedins(lf_ports::Fixmedins { callback: None, ..good.clone() });
    let cases = [
        (with(&format!("http://{closed}/"), hospital), "no connection"),
        (with(&receiver.url, &world.pharmacy.app_id), no_app),
        (with(&receiver.url, &world.disabled.app_id), no_app),
        (none, "the hospital has no callback address any more"),
    ];
    let dying = courier_over(&world, world.store.clone(), Delivery { tries_max: 1, ..QUICK });
    for (register, why) in cases {
        world.register(vec![register]).await;
        assert_eq!(dying.round().await, Ok(1), "{why}");
        let dead = row(&world, &issued).await.unwrap();
        assert_eq!((dead.due, dead.why.as_str(), dead.tried), (None, why, 1));
        world.clock.forward(100_000);
        assert_eq!(dying.round().await, Ok(0), "dead");
        assert_eq!(world.store.resend(&hi_rxno, world.now()).await, Ok(true));
    }
    world.register(vec![with(&receiver.url, hospital)]).await;
    assert_eq!((dying.round().await, dying.round().await), (Ok(1), Ok(1)));
    assert_eq!((receiver.got().len(), row(&world, &issued).await), (2, None));
}

/// An outbox whose process dies before the end of a delivery is written.
struct Dying(Arc<dyn Outbox>);

#[async_trait]
impl Outbox for Dying {
    async fn claim_due(&self, now: Moment, until: Moment, most: usize) -> Result<Vec<Claimed>, StoreError> {
        self.0.claim_due(now, until, most).await
    }
    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        self.0.next_due().await
    }
    async fn delivered(&self, _: &Claimed, _: Moment) -> Result<bool, StoreError> {
        Err(StoreError::Unavailable("killed".to_owned()))
    }
    async fn failed(&self, _: &Claimed, _: Next, _: &str) -> Result<bool, StoreError> {
        Err(StoreError::Unavailable("killed".to_owned()))
    }
    async fn rest(&self, _: &FixmedinsCode, _: Moment) -> Result<(), StoreError> {
        Err(StoreError::Unavailable("killed".to_owned()))
    }
    async fn written(&self) {
        self.0.written().await;
    }
    async fn outbox_page(
        &self,
        dead: bool,
        code: Option<&FixmedinsCode>,
        after: After<'_>,
        most: usize,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        self.0.outbox_page(dead, code, after, most).await
    }
    async fn outbox_of(&self, hi_rxno: &HiRxno) -> Result<Option<OutboxRow>, StoreError> {
        self.0.outbox_of(hi_rxno).await
    }
    async fn resend(&self, hi_rxno: &HiRxno, now: Moment) -> Result<bool, StoreError> {
        self.0.resend(hi_rxno, now).await
    }
    async fn drop_letter(&self, row: &OutboxRow, reason: &str, now: Moment) -> Result<bool, StoreError> {
        self.0.drop_letter(row, reason, now).await
    }
    async fn dropped_of(&self, hi_rxno: &HiRxno) -> Result<Vec<DroppedRow>, StoreError> {
        self.0.dropped_of(hi_rxno).await
    }
}

#[tokio::test]
async fn a_center_that_dies_after_the_delivery_delivers_again() {
    let receiver = Receiver::start([]).await;
    let world = world(&receiver).await;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, _) = reviewed(&mut told, "CF0001").await;
    let killed = courier_over(&world, Arc::new(Dying(world.store.clone())), QUICK);
    assert_eq!(killed.round().await, Ok(1));
    assert_eq!(receiver.got().len(), 1, "heard, but nobody wrote it down");
    let other = courier(&world);
    assert_eq!(other.round().await, Ok(0), "the dead one's claim still stands");
    // Two seconds for the delivery and ten beyond.
    world.clock.forward(11);
    assert_eq!(other.round().await, Ok(0));
    world.clock.forward(1);
    assert_eq!(other.round().await, Ok(1));
    let told = receiver.told(&world.hospital);
    assert_eq!((told.len(), &told[0]), (2, &told[1]), "twice, never zero");
    assert_eq!(row(&world, &issued).await, None);
}

#[tokio::test]
async fn a_center_that_dies_within_the_delivery_delivers_again() {
    let receiver = Receiver::start([Does::Hangs]).await;
    let world = world(&receiver).await;
    let mut told = Told::new(&world, Dialect::Official);
    reviewed(&mut told, "CF0001").await;
    let killed = courier(&world);
    let flight = tokio::spawn(async move { killed.round().await });
    receiver.until(1).await;
    flight.abort();
    assert!(flight.await.unwrap_err().is_cancelled());
    world.clock.forward(12);
    assert_eq!(courier(&world).round().await, Ok(1));
    assert_eq!(receiver.got().len(), 2);
}

#[tokio::test]
async fn a_commit_wakes_the_courier_and_a_stop_finishes_what_is_under_way() {
    let receiver = Receiver::start([Does::hears(), Does::Waits(Duration::from_millis(400))]).await;
    let world = world(&receiver).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    // It would look by itself only after ten minutes.
    let running = tokio::spawn(courier(&world).run(async {
        let _ = stopped.await;
    }));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut told = Told::new(&world, Dialect::Official);
    let (issued, rx_chk_biz_sn) = reviewed(&mut told, "CF0001").await;
    let first = receiver.until(1).await;
    assert_eq!(opened(&first[0], &world.hospital).0, "rxChkInfoCallback");
    told.sell(&issued, &rx_chk_biz_sn).await;
    told.settle(&issued).await;
    receiver.until(2).await;
    assert!(row(&world, &issued).await.is_some(), "under way");
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
    assert_eq!(row(&world, &issued).await, None, "finished");
}

#[tokio::test]
async fn no_more_are_under_way_at_once_than_allowed() {
    let receiver = Receiver::start((0..8).map(|_| Does::Waits(Duration::from_millis(100)))).await;
    let world = world(&receiver).await;
    let mut told = Told::new(&world, Dialect::Official);
    for number in 1..=6 {
        reviewed(&mut told, &format!("CF000{number}")).await;
    }
    let courier = courier_over(&world, world.store.clone(), Delivery { at_once: 2, ..QUICK });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(courier.run(async {
        let _ = stopped.await;
    }));
    receiver.until(6).await;
    stop.send(()).unwrap();
    running.await.unwrap();
    assert_eq!(receiver.most_at_once(), 2);
    assert_eq!(world.store.next_due().await, Ok(None));
}

#[tokio::test]
async fn a_hospital_that_cannot_be_reached_is_left_alone_up_to_a_minute() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut receiver = Receiver::start([]).await;
    receiver.url = format!("http://{closed}");
    let world = world(&receiver).await;
    let mut told = Told::new(&world, Dialect::Official);
    let (first, _) = reviewed(&mut told, "CF0001").await;
    let (second, _) = reviewed(&mut told, "CF0002").await;
    // The wait before the next try of the one, and the shorter rest of the other.
    for (wait, rest) in [(5, 5), (59, 59), (60, 60), (61, 60)] {
        let delivery = Delivery { at_once: 1, wait_seconds: wait, wait_max_seconds: 5_000, ..QUICK };
        let courier = courier_over(&world, world.store.clone(), delivery);
        let now = world.now();
        assert_eq!((courier.round().await, courier.round().await), (Ok(1), Ok(0)), "{wait}");
        let rows = [row(&world, &first).await.unwrap(), row(&world, &second).await.unwrap()];
        let (tried, rested): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.tried > 0);
        assert_eq!((tried.len(), rested.len()), (1, 1), "{wait}");
        assert_eq!(tried[0].due, Some(now.plus_seconds(wait)), "{wait}");
        assert_eq!(rested[0].due, Some(now.plus_seconds(rest)), "{wait}");
        // Fresh again for the next pair.
        world.clock.forward(wait);
        let dying = courier_over(&world, world.store.clone(), Delivery { tries_max: 1, ..QUICK });
        assert_eq!(dying.round().await, Ok(2));
        for issued in [&first, &second] {
            assert_eq!(world.store.resend(&issued.hi_rxno.parse().unwrap(), world.now()).await, Ok(true));
        }
    }
}
