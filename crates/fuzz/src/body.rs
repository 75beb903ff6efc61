//! A payload of any transaction through JSON, validation and conversion to its command.
//!
//! Properties: what is written reads back as the same tree; lists of defects and notes end at their limits; the two
//! validators agree; a message without defects becomes a command; no defect repeats a value of the message.

use lf_wire::defect::{Defects, MAX_DEFECTS};
use lf_wire::json::Value;
use lf_wire::validate::MAX_LINTS;
use lf_wire::{Transaction, commands, validate, validate_partial};

use crate::feed::Feed;
use crate::samples::SAMPLES;
use crate::tree::{self, MARK};

/// In the first byte's place, above all transactions: the rest is the payload as it is.
pub const RAW: u8 = 0x80;

pub fn run(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    let (choice, at) = (feed.byte(), feed.byte());
    let Some((transaction, sample)) = SAMPLES.get(usize::from(at) % SAMPLES.len()) else { return };
    if choice >= RAW {
        let raw = feed.rest();
        if let Ok(tree) = Value::parse(raw) {
            same_when_written(&tree);
            drop(judge(*transaction, &tree));
        }
        return;
    }
    let tree = tree::edited(sample.clone(), &mut feed);
    same_when_written(&tree);
    let defects = judge(*transaction, &tree);
    // Raw keys may be the mark; in edited samples only values are.
    assert!(!defects.to_string().contains(MARK), "{transaction}: a defect repeats a value");
}

/// JSON as written is read back, unless nesting went past the limit.
fn same_when_written(tree: &Value<'_>) {
    let json = tree.to_json();
    if let Ok(again) = Value::parse(&json) {
        assert_eq!(again, *tree, "written and read again");
        assert_eq!(again.to_json(), json);
    }
}

fn judge(transaction: Transaction, tree: &Value<'_>) -> Defects {
    let partial = validate_partial(transaction, tree);
    assert!(partial.lints.len() <= MAX_LINTS, "too many notes");
    assert_eq!(partial.defects.is_empty() && partial.node.is_some(), validate(transaction, tree).is_ok());
    let of_table = partial.defects.count();
    let all = commands::all_defects(transaction, partial);
    assert!(all.list().len() <= MAX_DEFECTS, "too many defects");
    assert!(all.count() >= of_table, "{transaction}: the conversion hides a defect of the table");
    all
}
