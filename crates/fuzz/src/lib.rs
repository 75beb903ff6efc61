//! What is fuzzed: one pure function a target, from any bytes to nothing, that must neither panic nor break its property.
//!
//! Serves `cargo test -p lf-fuzz` (committed seeds and a fixed number of seeded mutations) and `cargo xtask fuzz` (coverage-
//! guided, for hours). Invariants: a target is a function of its bytes alone; the same bytes always take the same way.

mod archive;
mod body;
mod edit;
mod envelope;
mod feed;
mod gateway;
mod idents;
mod key_file;
mod known;
pub mod mutate;
mod packs;
mod reply;
mod samples;
mod sign_text;
mod sm4;
mod tree;

/// A target.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name on the command line and in `corpus/`.
    pub name: &'static str,
    /// What is tried.
    pub run: fn(&[u8]),
    /// How many mutations the ordinary tests try: the slower a target, the fewer.
    pub bounded: u64,
}

/// All of them.
pub const TARGETS: [Target; 10] = [
    Target { name: "archive", run: archive::run, bounded: 3_000 },
    Target { name: "body", run: body::run, bounded: 4_000 },
    Target { name: "envelope", run: envelope::run, bounded: 1_500 },
    Target { name: "gateway", run: gateway::run, bounded: 3_000 },
    Target { name: "idents", run: idents::run, bounded: 50_000 },
    Target { name: "key_file", run: key_file::run, bounded: 1_500 },
    Target { name: "packs", run: packs::run, bounded: 100 },
    Target { name: "reply", run: reply::run, bounded: 1_500 },
    Target { name: "sign_text", run: sign_text::run, bounded: 3_000 },
    Target { name: "sm4", run: sm4::run, bounded: 20_000 },
];

/// A target by its name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}
