//! Hexadecimal text, without tables or branches, because `encData` of every message is
//! upper-case hex, a 20 KB PDF inside it makes 55 000 digits, and plain arithmetic on bytes
//! is what compilers turn into vector instructions.
//!
//! Invariants: encoding writes one case only; decoding takes either case and names the
//! first defect, never the text.

/// What stands for a byte that is no digit: its high bits survive an OR with any nibble.
const BAD: u8 = 0xF0;
/// Bytes decoded at a time.
const PIECE: usize = 64;

/// Why a text is not hexadecimal bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HexError {
    /// The number of digits is odd; holds it.
    #[error("十六进制文本长度为奇数（{0}）")]
    OddLength(usize),
    /// The byte at this index (from 0) is no hexadecimal digit.
    #[error("第{}个字符不是十六进制数字", .0 + 1)]
    NotHex(usize),
}

/// Upper-case hexadecimal text, two digits a byte.
#[must_use]
pub fn upper(bytes: &[u8]) -> String {
    encode(bytes, b'A')
}

/// Lower-case hexadecimal text, two digits a byte.
#[must_use]
pub fn lower(bytes: &[u8]) -> String {
    encode(bytes, b'a')
}

/// Bytes of a hexadecimal text in either case; the empty text gives no bytes.
///
/// # Errors
/// [`HexError::NotHex`] with the first wrong index, else [`HexError::OddLength`].
pub fn decode(text: &[u8]) -> Result<Vec<u8>, HexError> {
    let (digits, rest) = text.as_chunks::<2>();
    let mut seen = 0u8;
    let mut bytes = vec![0; digits.len()];
    // First all values of a piece, then its pairs: each loop alone is a few vector operations.
    for (bytes, digits) in bytes.chunks_mut(PIECE).zip(digits.chunks(PIECE)) {
        let mut values = [[0; 2]; PIECE];
        let digits = digits.as_flattened();
        for (to, digit) in values.as_flattened_mut().iter_mut().zip(digits) {
            *to = value(*digit);
            seen |= *to;
        }
        for (byte, pair) in bytes.iter_mut().zip(values) {
            let pair = u16::from_le_bytes(pair);
            *byte = (pair << 4 | pair >> 8).to_le_bytes()[0];
        }
    }
    if (seen & BAD != 0 || !rest.is_empty())
        && let Some(index) = text.iter().position(|byte| !is_digit(*byte))
    {
        return Err(HexError::NotHex(index));
    }
    if rest.is_empty() { Ok(bytes) } else { Err(HexError::OddLength(text.len())) }
}

/// Whether the text is not empty and holds hexadecimal digits only.
#[must_use]
pub fn looks_like_hex(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| is_digit(*byte))
}

fn is_digit(byte: u8) -> bool {
    value(byte) != BAD
}

/// Value of a digit, or [`BAD`].
#[inline]
fn value(byte: u8) -> u8 {
    let decimal = byte.wrapping_sub(b'0');
    // Bit 5 is what tells lower from upper case.
    let letter = (byte | 0x20).wrapping_sub(b'a');
    let value = if letter < 6 { letter + 10 } else { BAD };
    if decimal < 10 { decimal } else { value }
}

/// Digits of every byte, ten standing as the given letter.
#[inline]
fn encode(bytes: &[u8], ten: u8) -> String {
    let digit = |value: u8| value + if value < 10 { b'0' } else { ten - 10 };
    let mut digits = vec![0; bytes.len() * 2];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    // All of it is ASCII, so the check cannot fail and costs less than the loop.
    String::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_goes_there_and_back() {
        let all: Vec<u8> = (0..=255).collect();
        for text in [upper(&all), lower(&all)] {
            assert_eq!(text.len(), 512);
            assert_eq!(decode(text.as_bytes()), Ok(all.clone()));
        }
        assert_eq!(upper(&[0x0A, 0xFF]), "0AFF");
        assert_eq!(lower(&[0x0A, 0xFF]), "0aff");
    }

    #[test]
    fn texts_longer_than_a_piece_and_their_defects() {
        let all: Vec<u8> = (0..=255).cycle().take(4 * PIECE + 3).collect();
        for length in 0..=all.len() {
            let text = upper(&all[..length]);
            assert_eq!(decode(text.as_bytes()).as_deref(), Ok(&all[..length]));
        }
        let text = lower(&all);
        for at in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[at] = b'g';
            wrong.push(b'G');
            assert_eq!(decode(&wrong), Err(HexError::NotHex(at)));
        }
    }

    #[test]
    fn defects_are_told_apart() {
        for (text, want) in [
            ("0G", Err(HexError::NotHex(1))),
            ("g0", Err(HexError::NotHex(0))),
            ("00112", Err(HexError::OddLength(5))),
            ("0011x", Err(HexError::NotHex(4))),
            ("00 11", Err(HexError::NotHex(2))),
            ("张", Err(HexError::NotHex(0))),
            ("", Ok(vec![])),
            ("aAfF", Ok(vec![0xAA, 0xFF])),
        ] {
            assert_eq!(decode(text.as_bytes()), want, "{text}");
        }
        // Every byte that is no digit is refused, in either half of a pair.
        for byte in (0..=255u8).filter(|byte| !byte.is_ascii_hexdigit()) {
            assert_eq!(decode(&[b'0', byte]), Err(HexError::NotHex(1)));
            assert_eq!(decode(&[byte, b'0']), Err(HexError::NotHex(0)));
        }
    }
}
