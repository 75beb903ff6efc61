//! Hexadecimal text, driven by tables, because `encData` of every message is upper-case
//! hex and a 20 KB PDF inside it makes 55 000 digits.
//!
//! Invariants: encoding writes one case only; decoding takes either case and names the
//! first defect, never the text.

/// Digit pairs of every byte in upper case.
static UPPER: [[u8; 2]; 256] = pairs(b"0123456789ABCDEF");
/// Digit pairs of every byte in lower case.
static LOWER: [[u8; 2]; 256] = pairs(b"0123456789abcdef");
/// Value of a digit, or [`BAD`].
static VALUES: [u8; 256] = values();
/// Marks a byte that is no digit: its high bits survive an OR with any nibble.
const BAD: u8 = 0xF0;

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
    encode(bytes, &UPPER)
}

/// Lower-case hexadecimal text, two digits a byte.
#[must_use]
pub fn lower(bytes: &[u8]) -> String {
    encode(bytes, &LOWER)
}

/// Bytes of a hexadecimal text in either case; the empty text gives no bytes.
///
/// # Errors
/// [`HexError::NotHex`] with the first wrong index, else [`HexError::OddLength`].
pub fn decode(text: &[u8]) -> Result<Vec<u8>, HexError> {
    let (digits, rest) = text.as_chunks::<2>();
    let mut seen = 0u8;
    let mut bytes = Vec::with_capacity(digits.len());
    bytes.extend(digits.iter().map(|[high, low]| {
        let (high, low) = (VALUES[usize::from(*high)], VALUES[usize::from(*low)]);
        seen |= high | low;
        (high << 4) | (low & 0x0F)
    }));
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
    VALUES[usize::from(byte)] != BAD
}

fn encode(bytes: &[u8], table: &[[u8; 2]; 256]) -> String {
    let mut digits = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        digits.extend_from_slice(&table[usize::from(*byte)]);
    }
    // The tables hold ASCII only, so the check cannot fail and costs less than the loop.
    String::from_utf8(digits).unwrap_or_default()
}

const fn pairs(digits: &[u8; 16]) -> [[u8; 2]; 256] {
    let mut table = [[0u8; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    table
}

const fn values() -> [u8; 256] {
    let mut table = [BAD; 256];
    let mut value = 0u8;
    while value < 16 {
        table[b"0123456789ABCDEF"[value as usize] as usize] = value;
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    table
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
