//! The chained history as a part: one event a line, so that an inspector recomputes the chain without the center.
//!
//! `seq` TAB microseconds since 1970 TAB the chain's hash after it TAB the event as stored, one line of JSON.

use lf_gm::hex;
use lf_rx::{ChainHash, link};
use lf_vocab::{HiRxno, Moment};

/// Its name among the parts.
pub const EVENTS: &str = "events.tsv";

/// A line of it. `None` when the event's text has a line break or is no text, so that it cannot stand in a line.
pub fn line(seq: u64, at: Moment, hash: &ChainHash, body: &[u8]) -> Option<String> {
    let body = std::str::from_utf8(body).ok().filter(|body| !body.contains(['\n', '\r']))?;
    Some(format!("{seq}\t{}\t{}\t{body}\n", at.micros(), hex::lower(hash.bytes())))
}

/// Whether every link follows from the one before; the number of the first that does not, 0 for a part that is no history.
///
/// # Errors
/// The `seq` at which the chain breaks.
pub fn check(hi_rxno: &HiRxno, part: &[u8]) -> Result<u64, u64> {
    let text = std::str::from_utf8(part).map_err(|_| 0u64)?;
    let mut head = ChainHash::GENESIS;
    let mut count = 0;
    for line in text.split_terminator('\n') {
        let expected = count + 1;
        let mut columns = line.splitn(4, '\t');
        let mut next = || columns.next().ok_or(expected);
        let (seq, at, hash, body) = (next()?, next()?, next()?, next()?);
        let at = at.parse().map(Moment::from_micros).map_err(|_| expected)?;
        head = link(head, hi_rxno, expected, at, body.as_bytes());
        if seq.parse() != Ok(expected) || hex::lower(head.bytes()) != hash {
            return Err(expected);
        }
        count = expected;
    }
    if count == 0 { Err(0) } else { Ok(count) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_holds_until_a_line_is_changed_dropped_or_moved() {
        let number = HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), 1).unwrap();
        let other = HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), 2).unwrap();
        let mut head = ChainHash::GENESIS;
        let mut lines = Vec::new();
        for seq in 1..=3 {
            let (at, body) = (Moment::from_micros(seq as i64), format!("{{\"kind\":\"{seq}\"}}"));
            head = link(head, &number, seq, at, body.as_bytes());
            lines.push(line(seq, at, &head, body.as_bytes()).unwrap());
        }
        let check = |lines: &[String]| check(&number, lines.concat().as_bytes());
        assert_eq!(check(&lines), Ok(3));
        assert_eq!(super::check(&other, lines.concat().as_bytes()), Err(1));
        assert_eq!(check(&lines[1..]), Err(1));
        assert_eq!(check(&[lines[0].clone(), lines[2].clone()]), Err(2));
        assert_eq!(check(&[lines[0].clone(), lines[1].replace("kind", "kine"), lines[2].clone()]), Err(2));
        assert_eq!(check(&[lines[0].clone(), lines[1].clone(), "3\t3".to_owned()]), Err(3));
        assert_eq!(check(&[]), Err(0));
        assert_eq!(line(1, Moment::from_micros(1), &head, b"a\nb"), None);
    }
}
