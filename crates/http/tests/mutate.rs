//! One wrong byte anywhere, or nothing but noise: never a panic, never another content accepted.

use lf_wire::client::Dialect;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::messages as m;
use crate::support::{World, envelope};

const PATH: &str = "/epc/api/fixmedins/uploadChk";

/// Requests of each dialect with a byte exchanged. A reply that succeeds must be that of the whole request, and
/// leave what the whole request leaves: so the other case of a digit of `encData` may pass, and nothing else.
#[test]
fn one_wrong_byte_is_never_taken_for_another_message() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for dialect in Dialect::ALL {
        let whole = runtime.block_on(World::new());
        let body = whole.hospital.seal(dialect, whole.now_ms(), &m::t7101(whole.now(), "CF0001").to_string());
        let expected = whole.hospital.open(&runtime.block_on(whole.front.answer(PATH, &body)));
        assert_eq!(expected.code, 0, "{}", expected.message);
        let left = runtime.block_on(whole.rows());

        let mut fresh = runtime.block_on(World::new());
        let mut empty = fresh.written();
        let mut passed = 0;
        let mut check = |at: usize, byte: u8| {
            let mut mutated = body.clone();
            mutated[at] = byte;
            let reply = runtime.block_on(fresh.front.answer(PATH, &mutated));
            let succeeded = envelope(&reply)["success"] == true;
            if !succeeded {
                prop_assert_eq!(fresh.written(), empty.clone(), "refused and stored");
                return Ok(());
            }
            passed += 1;
            let answer = fresh.hospital.open(&reply);
            prop_assert_eq!((answer.code, &answer.plain), (0, &expected.plain));
            prop_assert_eq!(runtime.block_on(fresh.rows()), left.clone());
            fresh = runtime.block_on(World::new());
            empty = fresh.written();
            Ok(())
        };
        let strategy = (0..body.len(), any::<u8>());
        // Noise mostly hits the cipher text, so the envelope around it has its share too.
        let around: Vec<usize> = (0..body.len()).filter(|at| !within_enc_data(&body, *at)).collect();
        let cases = std::cell::RefCell::new(&mut check);
        let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(160) });
        runner.run(&strategy, |(at, byte)| (cases.borrow_mut())(at, byte)).unwrap();
        let strategy = (prop::sample::select(around), any::<u8>());
        runner.run(&strategy, |(at, byte)| (cases.borrow_mut())(at, byte)).unwrap();
        // The one change that is no change: a hex digit in the other case.
        let digit = body.windows(10).position(|w| w == b"\"encData\":").unwrap() + 11;
        let digit = (digit..).find(|at| body[*at].is_ascii_uppercase()).unwrap();
        (cases.borrow_mut())(digit, body[digit].to_ascii_lowercase()).unwrap();
        // The third dialect signs the text itself, so there even this is another message.
        assert!(dialect == Dialect::Cipher || passed > 0, "{}", dialect.letter());
    }
}

fn within_enc_data(body: &[u8], at: usize) -> bool {
    let start = body.windows(10).position(|w| w == b"\"encData\":").unwrap() + 11;
    let end = start + body[start..].iter().position(|byte| *byte == b'"').unwrap();
    (start..end).contains(&at)
}

/// Bytes of chance, JSON of chance in an envelope's fields, and payloads of chance that are rightly sealed.
#[test]
fn noise_is_answered_and_not_stored() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::new());
    let before = world.written();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(300) });
    runner
        .run(&prop::collection::vec(any::<u8>(), 0..600), |bytes| {
            let reply = envelope(&runtime.block_on(world.front.answer(PATH, &bytes)));
            prop_assert_eq!(&reply["success"], &serde_json::Value::Bool(false));
            let body = world.hospital.seal_bytes(world.now_ms(), &bytes);
            let answer = world.hospital.open(&runtime.block_on(world.front.answer(PATH, &body)));
            prop_assert_eq!((answer.code, answer.plain.as_str()), (400, "{}"));
            Ok(())
        })
        .unwrap();
    let text = "[\\[\\]{}\",:0-9a-zA-Z\\\\ \u{00}-\u{1f}处方]{0,80}";
    runner
        .run(&(text, text), |(outer, inner)| {
            let reply = envelope(&runtime.block_on(world.front.answer(PATH, outer.as_bytes())));
            prop_assert_eq!(&reply["success"], &serde_json::Value::Bool(false));
            let body = world.hospital.seal_bytes(world.now_ms(), inner.as_bytes());
            prop_assert_eq!(world.hospital.open(&runtime.block_on(world.front.answer(PATH, &body))).code, 400);
            Ok(())
        })
        .unwrap();
    assert_eq!(world.written(), before);
}
