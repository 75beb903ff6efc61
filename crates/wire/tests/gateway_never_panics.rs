//! Whatever is sent to the gateway front: reading it ends in a value or an error, and no error repeats what was sent.

use lf_gm::Sm4Key;
use lf_wire::gateway::{Credentials, Headers, Input, Message, input, is_gateway, named_in_path, transaction, unquoted};
use proptest::prelude::*;

const MARK: &str = "SECRET-OF-A-PATIENT";

/// Reads a body as the front does, as far as it goes; the error if it does not.
fn read(body: &[u8]) -> Result<(), String> {
    let body = unquoted(body).map_err(|error| error.to_string())?;
    let message = Message::parse(&body).map_err(|error| error.to_string())?;
    let _ = transaction("/callService", &message.head.infno);
    match Input::of(message.input).map_err(|error| error.to_string())? {
        Input::Plain(_) => Ok(()),
        Input::Text(text) => {
            let _ = Sm4Key::new(&[7; 16]).open_hex(text.as_bytes());
            input::payload(text.as_bytes()).map(|_| ()).map_err(|error| error.to_string())
        }
        Input::Signed(signed) => signed.open(&Sm4Key::new(&[7; 16])).map(|_| ()).map_err(|error| error.to_string()),
    }
}

fn head(field: &str, value: &str, input: &str) -> String {
    let mut fields = vec![
        ("infno", "9001"),
        ("msgid", "m1"),
        ("mdtrtarea_admvs", "360900"),
        ("recer_sys_code", "1"),
        ("infver", "V1.0"),
        ("opter_type", "1"),
        ("opter", "0001"),
        ("opter_name", "x"),
        ("inf_time", "2026-05-11 09:30:00"),
        ("fixmedins_code", "P36090200106"),
        ("fixmedins_name", "x"),
    ];
    fields.retain(|(name, _)| *name != field);
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    format!("{{{},\"{field}\":{value},\"input\":{input}}}", fields.join(","))
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), path in "\\PC{0,60}") {
        let _ = read(&bytes);
        let quoted = serde_json::to_vec(&String::from_utf8_lossy(&bytes)).unwrap();
        let _ = read(&quoted);
        let _ = (is_gateway(&path), named_in_path(&path), transaction(&path, "9001"));
    }

    #[test]
    fn any_headers_are_read_or_refused(values in prop::collection::vec("\\PC{0,40}", 9), now in any::<i64>()) {
        let names = ["_api_name", "_api_version", "_api_timestamp", "_api_access_key", "_api_signature",
            "x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-rio-signature"];
        for chosen in [&[0, 1, 2, 3, 4][..], &[5, 6, 7], &[8]] {
            let headers = Headers::of(chosen.iter().map(|at| (names[*at], values[*at].as_str())));
            if let Ok(credentials) = Credentials::read(&headers) {
                let _ = credentials.fresh(now, 1_800);
            }
        }
    }

    #[test]
    fn no_error_repeats_what_was_sent(
        field in prop::sample::select(vec!["msgid", "opter", "inf_time", "fixmedins_code", "enc_type", "mdtrtarea_admvs"]),
        input in prop::sample::select(vec!["{}", "[]", "7", "null", "\"{\"", "{\"encData\":\"zz\"}"]),
    ) {
        let value = serde_json::json!(format!("{MARK}{}", "x".repeat(20))).to_string();
        let error = read(head(field, &value, input).as_bytes()).unwrap_err();
        prop_assert!(!error.contains(MARK), "{error}");
        let value = serde_json::json!(MARK).to_string();
        let error = read(head("sign_no", "\"\"", &value).as_bytes()).unwrap_err();
        prop_assert!(!error.contains(MARK), "{error}");
    }
}
