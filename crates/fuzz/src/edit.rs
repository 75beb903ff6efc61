//! Edits of a good text that the fuzzer's bytes describe, so that most of it stays good and the reader gets far.

use crate::feed::Feed;

/// Most edits of one text.
const EDITS: usize = 32;
/// The longest text that edits lead to.
const LONGEST: usize = 64 * 1024;

/// The sample with the edits of the feed: replaced, inserted, cut, doubled.
pub fn edited(sample: &[u8], feed: &mut Feed<'_>) -> Vec<u8> {
    let mut text = sample.to_vec();
    for _ in 0..EDITS {
        if feed.is_empty() {
            break;
        }
        let (op, at, count) = (feed.byte(), feed.word(), usize::from(feed.byte()));
        let at = at.checked_rem(text.len() + 1).unwrap_or(0);
        let end = at.saturating_add(count).min(text.len());
        match op % 6 {
            0 => {
                let new = feed.take(count % 16);
                text.splice(at..(at + new.len()).min(text.len()), new.iter().copied());
            }
            1 => {
                text.splice(at..at, feed.take(count).iter().copied());
            }
            2 => {
                text.drain(at..end);
            }
            3 => {
                let copied = text[at..end].to_vec();
                let to = feed.word() % (text.len() + 1);
                text.splice(to..to, copied);
            }
            4 => {
                // A number or word between two marks becomes what the feed says.
                let stop = |byte: &u8| b"\",:= \n&".contains(byte);
                let end = text[at..].iter().position(stop).map_or(text.len(), |more| at + more);
                text.splice(at..end, feed.take(count % 32).iter().copied());
            }
            _ => text.truncate(at),
        }
        text.truncate(LONGEST);
    }
    text
}

/// The same as text; what is no UTF-8 is replaced.
pub fn edited_text(sample: &str, feed: &mut Feed<'_>) -> String {
    String::from_utf8_lossy(&edited(sample.as_bytes(), feed)).into_owned()
}
