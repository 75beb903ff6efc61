//! Every scalar of every message, replaced by what nobody expects: the answer is a success, a defect or a refusal,
//! and never a fault of ours.

use lf_wire::Transaction::{self, *};
use lf_wire::client::Dialect;
use serde_json::{Value, json};

use crate::journey::Told;
use crate::messages as m;
use crate::support::World;

/// A world in which this message is right, and the message.
async fn ready(transaction: Transaction) -> (World, Value) {
    let world = World::new().await;
    let data = message(&world, transaction).await;
    (world, data)
}

async fn message(world: &World, transaction: Transaction) -> Value {
    let now = world.now();
    if matches!(transaction, T7101 | T7211) {
        return if transaction == T7101 { m::t7101(now, "CF0001") } else { m::t7211() };
    }
    let mut told = Told::new(world, Dialect::Official);
    if matches!(transaction, T7102 | T7103) {
        let data = told.tell(T7101, m::t7101(now, "CF0001")).await.data;
        let text = |name: &str| data[name].as_str().unwrap().to_owned();
        let issued = m::Issued { hi_rxno: text("hiRxno"), rx_trace_code: text("rxTraceCode") };
        if transaction == T7102 {
            return m::t7102(&issued, now);
        }
        let digest = told.tell(T7102, m::t7102(&issued, now)).await.data["signDigest"].as_str().unwrap().to_owned();
        return m::t7103(&issued, now, &digest);
    }
    let issued = told.issue("CF0001").await;
    match transaction {
        T7104 => return m::t7104(&issued.hi_rxno, world.now()),
        T7105 => return m::question(&issued.hi_rxno),
        T7201 => return m::t7201(),
        T7203 => {
            let digest = told.answers[1].1.data["signDigest"].as_str().unwrap().to_owned();
            return m::t7203(&lf_center::t7203_qrcode::epc_qrcd(&issued.hi_rxno.parse().unwrap(), &digest));
        }
        T7204 => {
            let data = told.tell(T7201, m::t7201()).await.data["data"][0].clone();
            return m::t7204(data["epcToken"].as_str().unwrap(), data["authRxno"].as_str().unwrap());
        }
        _ => {}
    }
    let token = told.fetch().await;
    if transaction == T7205 {
        return m::t7205(&issued, &token);
    }
    if transaction == T7206 {
        let data = told.tell(T7205, m::t7205(&issued, &token)).await.data;
        return m::t7206(&issued.hi_rxno, &token, data["rxSignVerifySn"].as_str().unwrap(), world.now());
    }
    let sn = told.review(&issued, &token).await;
    match transaction {
        T7106 => return m::question(&issued.hi_rxno),
        T7207 => return m::t7207(&issued.hi_rxno, &sn, world.now()),
        _ => {}
    }
    let sale = told.sell(&issued, &sn).await;
    match transaction {
        T7208 => return m::t7208(&issued.hi_rxno, &sale),
        T7209 => return m::t7209(&issued.hi_rxno, world.now()),
        T7210 => {
            told.tell(T7209, m::t7209(&issued.hi_rxno, world.now())).await;
            return m::t7210(&issued.hi_rxno, world.now());
        }
        T2101 | T2102 => return m::t2102(&issued.hi_rxno, world.now()),
        _ => {}
    }
    let (setl_id, mdtrt_id) = told.settle(&issued).await;
    if transaction == T7107 { m::question(&issued.hi_rxno) } else { m::t2103(&setl_id, &mdtrt_id) }
}

/// Pointers of all scalars, and of the nodes that hold them.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            found.push(format!("{path}/{name}"));
            places(value, &format!("{path}/{name}"), found);
        }),
        // Rows are alike; one is enough.
        Value::Array(rows) => places(&rows[0], &format!("{path}/0"), found),
        _ => {}
    }
}

/// What a place may be filled with: texts and nodes with what no reader expects, numbers, codes and times also with
/// what lies beyond their range.
fn nasty(good: &Value) -> Vec<Value> {
    let mut values = vec![
        Value::Null,
        json!("a\u{0}'; DROP TABLE rx; -- 😀"),
        json!("长".repeat(5_000)),
        json!({ "a": {} }),
        json!([[]]),
    ];
    if good.is_number()
        || good.as_str().is_some_and(|text| text.bytes().all(|b| b.is_ascii_digit() || b" -:".contains(&b)))
    {
        values.extend([json!(0), json!("-1"), json!("999999999999.9999"), json!("9999-12-31 23:59:59")]);
        values.push(Value::Number("99999999999999.99".parse().unwrap()));
    }
    values
}

async fn sweep(transactions: &[Transaction]) {
    for transaction in transactions.iter().copied() {
        let (mut world, mut good) = ready(transaction).await;
        let mut data = good.clone();
        let mut found = Vec::new();
        let mut taken = 0;
        places(&good, "", &mut found);
        for place in &found {
            for value in nasty(good.pointer(place).unwrap()) {
                *data.pointer_mut(place).unwrap() = value.clone();
                let answer = world.call(Dialect::Official, transaction, &data).await;
                let known = [0, 400, 403].contains(&answer.code);
                assert!(known, "{transaction} {place} {value}: {} {}", answer.code, answer.message);
                // It was taken, so the next one would be refused for that alone.
                match (answer.code, transaction) {
                    (0, T7101) => {
                        taken += 1;
                        good["hospRxno"] = format!("CF{taken:07}").into();
                    }
                    (0, T7105 | T7106 | T7107 | T7211 | T2101) | (400 | 403, _) => {}
                    _ => {
                        world.audited().await;
                        world = ready(transaction).await.0;
                    }
                }
                data = good.clone();
            }
        }
        world.audited().await;
    }
}

#[tokio::test]
async fn hospitals_before_the_upload() {
    sweep(&[T7101, T7102, T7103]).await;
}

#[tokio::test]
async fn hospitals_after_the_upload() {
    sweep(&[T7104, T7105, T7106, T7107]).await;
}

#[tokio::test]
async fn pharmacies_to_the_review() {
    sweep(&[T7201, T7203, T7204, T7205, T7206, T7211]).await;
}

#[tokio::test]
async fn pharmacies_from_the_sale_on() {
    sweep(&[T7207, T7208, T7209, T7210, T2101, T2102, T2103]).await;
}
