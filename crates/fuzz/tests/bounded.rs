//! Every target on its committed seeds and on a fixed number of mutations of them; the same ones every time.

// Helpers of an integration test stand outside `#[test]`, where the lint does not see that it is one.
#![allow(clippy::expect_used, clippy::panic)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use lf_fuzz::mutate::Draw;
use lf_fuzz::{TARGETS, Target, target};

/// Chosen once.
const SEED: u64 = 0x5EED_2026_1122;
/// All seeds of all targets together.
const CORPUS_MAX: u64 = 32 * 1024;

fn corpus(target: Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).expect("a seed"))).collect()
}

fn attempt(target: Target, what: &str, bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))).is_err() {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        panic!("{} on {what}: {hex}", target.name);
    }
}

fn bounded(name: &str) {
    let target = target(name).expect("a target");
    let seeds = corpus(target);
    assert!(!seeds.is_empty(), "{name} has no seeds");
    for (path, bytes) in &seeds {
        attempt(target, &path.display().to_string(), bytes);
    }
    let seeds: Vec<Vec<u8>> = seeds.into_iter().map(|(_, bytes)| bytes).collect();
    let mut draw = Draw::new(SEED);
    for number in 0..target.bounded {
        attempt(target, &format!("mutant {number}"), &draw.mutant(&seeds));
    }
}

macro_rules! targets {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            bounded(stringify!($name));
        })*

        #[test]
        fn every_target_is_tried() {
            assert_eq!(TARGETS.map(|target| target.name), [$(stringify!($name)),*]);
        }
    };
}
targets!(archive, body, envelope, gateway, idents, key_file, packs, reply, sign_text, sm4);

#[test]
fn the_corpus_stays_small() {
    let sizes = TARGETS.into_iter().flat_map(corpus).map(|(_, bytes)| bytes.len() as u64);
    let total: u64 = sizes.sum();
    assert!(total <= CORPUS_MAX, "{total} bytes; keep hours of corpus outside of the repository");
}
