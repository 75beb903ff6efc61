//! What real clients write otherwise than the interface says and mean the same by: it is taken, and the same comes
//! of it as of the message that is written well.

use lf_wire::Transaction::{T7101, T7105};
use lf_wire::client::Dialect;
use serde_json::{Value, json};

use crate::journey::Told;
use crate::messages as m;
use crate::support::{Answer, World, envelope};

/// A way of writing a good 7101 otherwise.
type Way = &'static dyn Fn(&mut Value);

/// The prescription as 7105 shows it after a 7101 of this text, and the numbers that 7101 gave.
async fn shown(change: impl Fn(&mut Value)) -> (Value, Answer) {
    let world = World::new().await;
    let mut data = m::t7101(world.now(), "CF0001");
    change(&mut data);
    let issued = world.good(Dialect::Official, T7101, &data).await;
    let answer = world.call(Dialect::Official, T7105, &m::question(issued.data["hiRxno"].as_str().unwrap())).await;
    assert_eq!(answer.code, 0, "{}", answer.message);
    (issued.data, answer)
}

fn every_scalar(value: &mut Value, change: &impl Fn(&mut Value)) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|value| every_scalar(value, change)),
        Value::Array(rows) => rows.iter_mut().for_each(|value| every_scalar(value, change)),
        scalar => change(scalar),
    }
}

fn renamed(value: &mut Value, from: &str, to: &str) {
    if let Some(fields) = value.as_object_mut() {
        let taken = fields.remove(from).unwrap();
        fields.insert(to.to_owned(), taken);
    }
}

fn snake(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, mut inner) in std::mem::take(fields) {
                snake(&mut inner);
                let mut spelled = String::new();
                for letter in name.chars() {
                    if letter.is_ascii_uppercase() {
                        spelled.push('_');
                    }
                    spelled.push(letter.to_ascii_lowercase());
                }
                fields.insert(spelled, inner);
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(snake),
        _ => {}
    }
}

#[tokio::test]
async fn what_is_written_otherwise_means_the_same() {
    let expected = shown(|_| {}).await;
    let ways: [(&str, Way); 9] = [
        ("numbers as texts", &|data| {
            every_scalar(data, &|scalar| {
                if scalar.is_number() {
                    *scalar = scalar.to_string().into();
                }
            });
        }),
        ("texts of digits as numbers", &|data| {
            every_scalar(data, &|scalar| {
                let digits = scalar.as_str().filter(|t| t.bytes().all(|b| b.is_ascii_digit()) && !t.starts_with('0'));
                if let Some(digits) = digits {
                    *scalar = Value::Number(digits.parse().unwrap());
                }
            });
        }),
        ("numbers with zeros behind the point", &|data| {
            every_scalar(data, &|scalar| {
                if scalar.is_i64() {
                    *scalar = Value::Number(format!("{scalar}.0").parse().unwrap());
                }
            });
        }),
        ("snake case", &snake),
        ("T in times", &|data| {
            every_scalar(data, &|scalar| {
                if let Some(text) = scalar.as_str().filter(|text| text.starts_with("2026-")) {
                    *scalar = text.replace(' ', "T").into();
                }
            });
        }),
        ("nulls and empty texts where nothing is said", &|data| {
            data["authNo"] = Value::Null;
            data["cardSn"] = "".into();
            data["mdtrtinfo"]["algsHis"] = "".into();
            data["rxdrugdetail"][0]["selfPayRea"] = Value::Null;
        }),
        ("fields that the interface does not know", &|data| {
            data["hosp_dept_codg"] = "A03.04".into();
            data["rxdrugdetail"][1]["说明"] = json!({ "a": [1] });
        }),
        ("flags as truth values", &|data| {
            data["rxCotnFlag"] = false.into();
            data["mdtrtinfo"]["spDiseFlag"] = false.into();
        }),
        ("a misspelling", &|data| renamed(&mut data["mdtrtinfo"], "certno", "psnCertno")),
    ];
    for (name, way) in ways {
        assert_eq!(shown(way).await, expected, "{name}");
    }
}

/// A client sends the thirty digits as a number, and no digit of them may be lost.
#[tokio::test]
async fn thirty_digits_may_come_as_a_number() {
    let world = World::new().await;
    let mut told = Told::new(&world, Dialect::Official);
    let issued = told.issue("CF0001").await;
    let text = m::question(&issued.hi_rxno);
    let mut number = text.clone();
    number["hiRxno"] = Value::Number(issued.hi_rxno.parse().unwrap());
    assert_eq!(number["hiRxno"].to_string(), issued.hi_rxno);
    let expected = world.good(Dialect::Official, T7105, &text).await;
    for dialect in Dialect::ALL {
        assert_eq!(world.good(dialect, T7105, &number).await, expected, "{}", dialect.letter());
    }
}

/// Pairs of a spelling of the interface and what a client was seen to send instead (epc.md §2.9).
#[tokio::test]
async fn the_spellings_of_other_clients_mean_the_same() {
    let pairs: [(&str, Way, Way); 4] = [
        ("minInvDays", &|data| data["minInrvDays"] = 3.into(), &|data| data["minInvDays"] = "3".into()),
        ("2 for 02", &|data| data["mdtrtCertType"] = "02".into(), &|data| data["mdtrtCertType"] = "2".into()),
        ("one object for a list", &|data| drop(data["diseinfo"].as_array_mut().unwrap().pop()), &|data| {
            data["diseinfo"] = data["diseinfo"][0].clone()
        }),
        ("a list for one object", &|data| data["rxCotnFlag"] = "0".into(), &|data| {
            data["mdtrtinfo"] = json!([data["mdtrtinfo"].clone()])
        }),
    ];
    for (name, interface, client) in pairs {
        assert_eq!(shown(client).await, shown(interface).await, "{name}");
    }
}

/// A gateway lays the payload one or two levels deeper.
#[tokio::test]
async fn a_wrapped_payload_is_the_payload() {
    let expected = shown(|_| {}).await;
    assert_eq!(shown(|data| *data = json!({ "data": data.clone() })).await, expected);
    assert_eq!(shown(|data| *data = json!({ "input": { "data": data.clone() } })).await, expected);
}

/// The envelope's fields in another order, with fields that are not signed or say nothing, in either case.
#[tokio::test]
async fn an_envelope_may_be_written_otherwise() {
    let world = World::new().await;
    let question = m::t7211().to_string();
    let client = &world.pharmacy;
    let at = world.now_ms();
    for fields in [
        json!({ "appId": client.app_id, "timestamp": at.to_string(), "encType": "sm4", "signType": "sm2", "version": "1.0.0" }),
        json!({ "appId": client.app_id, "timestamp": at, "encType": "SM4", "signType": "SM2" }),
        json!({ "appId": client.app_id, "timestamp": at, "encType": "SM4", "signType": "SM2", "transType": "", "version": null }),
        json!({ "appId": client.app_id, "timestamp": format!("{at}.66"), "encType": "Sm4", "signType": "SM2", "extra": { "a": [1] } }),
    ] {
        let sealed = client.seal_fields(&fields, &question);
        let mut turned: Vec<String> = Vec::new();
        for (name, value) in envelope(&sealed).as_object().unwrap() {
            turned.insert(0, format!("{}: {value}", json!(name)));
        }
        let turned = format!(" {{\r\n {} }} \n", turned.join(" ,\t"));
        for body in [sealed, turned.into_bytes()] {
            let answer = world.send(client, "7211", &body).await;
            assert_eq!(answer.code, 0, "{fields}: {}", answer.message);
        }
    }
}
