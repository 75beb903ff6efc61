//! The packs of this repository load, and read what they say.

mod support;

#[test]
fn packs_load() {
    let law = support::load(&support::files());
    assert_eq!(law.edition().len(), 64);
}
