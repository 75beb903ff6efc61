//! What real clients write otherwise than the interface says and mean the same by: it is taken, and the same comes
//! of it as of the message that is written well.

use lf_wire::Transaction::{T7101, T7105};
use lf_wire::client::Dialect;
use serde_json::{Value, json};

use crate::life::Told;
use crate::messages as m;
use crate::support::{Answer, World};

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
    let ways: [(&str, &dyn Fn(&mut Value)); 9] = [
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
        ("a misspelling", &|data| renamed(&mut data["mdtrtinfo"], "iptOtpNo", "iptOpNo")),
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
