//! libFuzzer around the targets of `lf-fuzz`; started by `cargo xtask fuzz`, which names the target in the environment.
//!
//! Invariant: one binary serves every target, so that it is built once.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

/// Which target to run.
const VARIABLE: &str = "LIUFANG_FUZZ_TARGET";

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var(VARIABLE).unwrap_or_default();
    match lf_fuzz::target(&name) {
        Some(target) => target.run,
        None => {
            eprintln!("{VARIABLE} names no target: {name:?}; run `cargo xtask fuzz` instead");
            std::process::exit(2);
        }
    }
});

fuzz_target!(|bytes: &[u8]| TARGET(bytes));
