//! SM4 and hex: any key, any text.
//!
//! Properties: open∘seal is the identity in bytes and in hex of either case; what opens seals to the same bytes again,
//! because padding has one form only.

use lf_gm::{Sm4Key, hex};

use crate::feed::Feed;

pub fn run(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    let mut key = [0; 16];
    key.iter_mut().zip(feed.take(16)).for_each(|(to, from)| *to = *from);
    let (key, text) = (Sm4Key::new(&key), feed.rest());

    let sealed = key.seal(text);
    assert_eq!(sealed.len(), (text.len() / 16 + 1) * 16, "padding");
    assert_eq!(key.open(sealed.as_slice()).as_deref(), Ok(text));
    for written in [hex::upper(&sealed), hex::lower(&sealed)] {
        assert_eq!(key.open_hex(&written).as_deref(), Ok(text));
    }
    assert_eq!(key.seal_hex_upper(text), hex::upper(&sealed));

    if let Ok(plain) = key.open(text) {
        assert_eq!(key.seal(&plain), text, "two texts open to the same");
    }
    if let Ok(plain) = key.open_hex(text) {
        assert!(key.seal_hex_upper(&plain).as_bytes().eq_ignore_ascii_case(text));
    }
    match hex::decode(text) {
        Ok(read) => assert!(hex::lower(&read).as_bytes().eq_ignore_ascii_case(text)),
        Err(_) => assert!(text.len() % 2 == 1 || !text.iter().all(u8::is_ascii_hexdigit)),
    }
}
