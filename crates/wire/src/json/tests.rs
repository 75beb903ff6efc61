//! The parser against a general library, at its limits, and against anything.

use super::*;
use proptest::prelude::*;

fn error(text: &str) -> JsonError {
    Value::parse(text.as_bytes()).unwrap_err()
}

#[test]
fn numbers_keep_their_text() {
    let text = r#"{"a":1.50,"b":-0.0,"c":987654321098765432109876543210,"d":1E+2}"#;
    let value = Value::parse(text.as_bytes()).unwrap();
    for (key, want) in [("a", "1.50"), ("b", "-0.0"), ("c", "987654321098765432109876543210"), ("d", "1E+2")] {
        assert_eq!(value.get(key).and_then(Value::scalar), Some(want));
    }
    assert_eq!(value.to_json(), text.as_bytes());
}

#[test]
fn every_fault_is_named_with_its_place() {
    for (text, want) in [
        ("", JsonError::Truncated(0)),
        ("{\"a\":", JsonError::Truncated(5)),
        ("{\"a\":1", JsonError::Truncated(6)),
        ("\"abc", JsonError::Truncated(4)),
        ("tru", JsonError::Truncated(3)),
        ("trux", JsonError::Syntax(0)),
        ("{a:1}", JsonError::Syntax(1)),
        ("[1,]", JsonError::Syntax(3)),
        ("01", JsonError::Trailing(1)),
        ("1.", JsonError::Truncated(2)),
        ("[1.x]", JsonError::Syntax(3)),
        ("-", JsonError::Truncated(1)),
        ("1e", JsonError::Truncated(2)),
        ("NaN", JsonError::Syntax(0)),
        ("{} {}", JsonError::Trailing(3)),
        ("\"\n\"", JsonError::Syntax(1)),
        ("\"\\x\"", JsonError::Syntax(2)),
        ("\"\\ud800\"", JsonError::Syntax(3)),
        ("\"\\ud800\\u0041\"", JsonError::Syntax(3)),
        ("\"\\udc00\"", JsonError::Syntax(3)),
        ("\"\\u00", JsonError::Truncated(5)),
        ("{\"a\":1,\"b\":2,\"a\":3}", JsonError::DuplicateKey(19)),
    ] {
        assert_eq!(error(text), want, "{text}");
    }
    assert_eq!(Value::parse(b"\"\xFF\""), Err(JsonError::NotUtf8(1)));
    assert_eq!(Value::parse("\"张\"".as_bytes().split_last().unwrap().1), Err(JsonError::Truncated(4)));
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Value::parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(error(&nested(MAX_DEPTH + 1)), JsonError::TooDeep(MAX_DEPTH));
    assert!(matches!(error(&"[".repeat(1_000_000)), JsonError::TooDeep(_)));
    let many = |values: usize| format!("[{}1]", "1,".repeat(values - 2));
    assert!(Value::parse(many(MAX_VALUES).as_bytes()).is_ok());
    assert_eq!(error(&many(MAX_VALUES + 1)), JsonError::TooMany);
    let long = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2));
    assert!(Value::parse(long(MAX_BYTES).as_bytes()).is_ok());
    assert_eq!(error(&long(MAX_BYTES + 1)), JsonError::TooLong(MAX_BYTES + 1));
}

#[test]
fn double_keys_are_found_in_large_objects_too() {
    let members = |last: &str| {
        let all: Vec<String> = (0..500).map(|n| format!("\"k{n}\":{n}")).collect();
        format!("{{{},\"{last}\":0}}", all.join(","))
    };
    assert!(Value::parse(members("other").as_bytes()).is_ok());
    assert!(matches!(error(&members("k7")), JsonError::DuplicateKey(_)));
    // An escaped spelling is the same key.
    assert!(matches!(error(r#"{"a":1,"\u0061":2}"#), JsonError::DuplicateKey(_)));
}

#[test]
fn escapes_are_resolved_and_a_byte_order_mark_is_skipped() {
    let value = Value::parse("\u{feff}[\"a\\/\\\"\\\\\\n\\u4e2d\\ud83d\\ude00\u{7f}\"]".as_bytes()).unwrap();
    assert_eq!(value, Value::Array(vec![Value::Text("a/\"\\\n中😀\u{7f}".into())]));
    let mut out = Vec::new();
    write_text("a/\"\\\n\u{1}\u{1f}中", &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "\"a/\\\"\\\\\\n\\u0001\\u001f中\"");
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "\\PC{0,40}".prop_map(Into::into),
        "[\\x00-\\x7f\"\\\\]{0,80}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("\\PC{0,8}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_a_general_library_writes_is_read_and_written_back(json in any_json()) {
        for text in [serde_json::to_string(&json).unwrap(), serde_json::to_string_pretty(&json).unwrap()] {
            let value = Value::parse(text.as_bytes()).unwrap();
            let again: serde_json::Value = serde_json::from_slice(&value.to_json()).unwrap();
            prop_assert_eq!(&again, &json);
            prop_assert_eq!(value.clone().into_owned(), value);
        }
    }

    #[test]
    fn what_a_general_library_refuses_is_refused(text in "[\\[\\]{}\",:0-9a-z.\\\\ -]{0,40}") {
        let ours = Value::parse(text.as_bytes());
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(_) => prop_assert!(matches!(ours, Ok(_) | Err(JsonError::DuplicateKey(_)))),
            Err(_) => prop_assert!(ours.is_err(), "{}", text),
        }
    }

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Value::parse(&bytes);
    }
}
