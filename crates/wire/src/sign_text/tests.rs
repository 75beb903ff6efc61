//! Sign texts by hand: order, dropped values, forms.

use super::*;

const SECRET: &str = "S3CRET";

fn text(envelope: &str, data: &str, form: SignForm) -> String {
    let Value::Object(members) = Value::parse(envelope.as_bytes()).unwrap() else { panic!("no object") };
    let value = Value::parse(data.as_bytes()).unwrap();
    let signed = Signed { members: &members, data: &value, plain: data.as_bytes(), enc_data: "AB12" };
    String::from_utf8(sign_text(&signed, SECRET, form)).unwrap()
}

const ENVELOPE: &str = r#"{"version":"1.0.0","Zeta":"z","timestamp":1.50,"transType":"","none":null,"alpha":"a","Beta":"b","extra":"x","encData":"AB12","signData":"s","data":"ignored","flag":true}"#;

#[test]
fn unknown_fields_of_the_envelope_take_part_and_order_ignores_case() {
    assert_eq!(
        text(ENVELOPE, "{}", SignForm::Object),
        "alpha=a&Beta=b&data={}&flag=true&timestamp=1.50&version=1.0.0&Zeta=z&key=S3CRET"
    );
    assert_eq!(
        text(ENVELOPE, "{}", SignForm::ObjectCaseless),
        "alpha=a&Beta=b&data={}&flag=true&timestamp=1.50&transType=&version=1.0.0&Zeta=z&key=S3CRET"
    );
    assert_eq!(
        text(ENVELOPE, "{}", SignForm::Cipher),
        "alpha=a&Beta=b&data=AB12&flag=true&timestamp=1.50&version=1.0.0&Zeta=z&key=S3CRET"
    );
}

#[test]
fn nested_keys_are_sorted_and_empty_values_dropped() {
    let data = r#"{"b":[{"z":1,"a":""},{}],"B":2.50,"a":[],"n":null,"e":{},"x":{"y":""},"t":["p","",3,true,[],[""]]}"#;
    assert_eq!(
        text("{}", data, SignForm::Object),
        r#"data={"B":"2.50","b":[{"z":"1"},{}],"e":{},"t":["p","3","true",null,[]],"x":{}}&key=S3CRET"#
    );
    assert_eq!(
        text("{}", data, SignForm::ObjectNormalised),
        r#"data={"B":"2.5","b":[{"z":"1"},{}],"e":{},"t":["p","3","true",null,[]],"x":{}}&key=S3CRET"#
    );
    assert_eq!(
        text("{}", r#"{"Zeta":1,"alpha":2,"Beta":3}"#, SignForm::ObjectCaseless),
        r#"data={"alpha":"2","Beta":"3","Zeta":"1"}&key=S3CRET"#
    );
}

#[test]
fn slashes_and_chinese_are_not_escaped() {
    assert_eq!(
        text("{}", r#"{"a":"药\/\"10mg\"\u4e2d\n"}"#, SignForm::Object),
        "data={\"a\":\"药/\\\"10mg\\\"中\\n\"}&key=S3CRET"
    );
}

#[test]
fn the_raw_message_keeps_the_order_of_its_client() {
    let envelope = r#"{"appId":"X","encType":"sm4","signType":"sm2","timestamp":"17","version":"1.0.0"}"#;
    assert_eq!(
        text(envelope, r#"{"medListCodgs":["B","A"]}"#, SignForm::RawMessage),
        r#"{"appId":"X","encType":"sm4","data":{"medListCodgs":["B","A"]},"signType":"sm2","timestamp":17,"transType":"","version":"1.0.0"}"#
    );
}

#[test]
fn the_remembered_form_comes_first_and_none_twice() {
    let order: Vec<_> = candidates(Some(SignForm::Cipher)).collect();
    assert_eq!(order[0], SignForm::Cipher);
    assert_eq!(order.len(), SignForm::ALL.len());
    assert_eq!(candidates(None).collect::<Vec<_>>(), SignForm::ALL);
    for form in SignForm::ALL {
        assert_eq!(SignForm::from_name(form.name()), Some(form));
    }
}

#[test]
fn pieces_compare_without_case_by_utf16_units() {
    use std::cmp::Ordering::{Greater, Less};
    for (a, b, want) in [
        ("appId=", "Data=", Less),
        ("a_b=", "aB=", Less),
        ("a=", "a1=", Greater),
        ("a=1", "A=2", Less),
        ("a=\u{ff21}", "a=\u{10000}", Greater),
    ] {
        assert_eq!(caseless(a.as_bytes(), b.as_bytes()), want, "{a} {b}");
    }
}
