//! Numbers and texts in few bytes: seven bits a byte, the nearer to zero the shorter.

/// Bytes of one piece; what is packed lies in pieces, so that nothing is copied when more comes.
const PIECE: usize = 1 << 20;

/// Packed values, each known by its place.
#[derive(Default)]
pub struct Packed {
    pieces: Vec<Vec<u8>>,
}

impl Packed {
    /// Adds one and says where it lies.
    pub fn add(&mut self, bytes: &[u8]) -> u64 {
        if self.pieces.last().is_none_or(|piece| piece.len() + bytes.len() > PIECE) {
            self.pieces.push(Vec::with_capacity(PIECE.max(bytes.len())));
        }
        let number = self.pieces.len().saturating_sub(1);
        let at = self.pieces.last().map_or(0, Vec::len);
        if let Some(piece) = self.pieces.last_mut() {
            piece.extend_from_slice(bytes);
        }
        (number as u64) << 32 | at as u64
    }

    /// What begins at a place.
    pub fn at(&self, place: u64) -> &[u8] {
        let piece = self.pieces.get((place >> 32) as usize).map(Vec::as_slice).unwrap_or_default();
        piece.get((place & 0xFFFF_FFFF) as usize..).unwrap_or_default()
    }

    /// How much memory it takes.
    pub fn bytes(&self) -> usize {
        self.pieces.iter().map(Vec::capacity).sum()
    }
}

/// A number.
pub fn pack(to: &mut Vec<u8>, number: i64) {
    let mut rest = (number << 1 ^ number >> 63).cast_unsigned();
    while rest >= 0x80 {
        to.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    to.push(rest as u8);
}

/// The next number; nothing where the bytes end.
pub fn unpack(from: &mut &[u8]) -> Option<i64> {
    let mut rest = 0u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = from.split_first()?;
        *from = after;
        rest |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some((rest >> 1).cast_signed() ^ -(rest & 1).cast_signed());
        }
    }
    None
}

/// A text with its length.
pub fn pack_text(to: &mut Vec<u8>, text: &str) {
    pack(to, text.len() as i64);
    to.extend_from_slice(text.as_bytes());
}

/// The next text.
pub fn unpack_text<'b>(from: &mut &'b [u8]) -> Option<&'b str> {
    let length = usize::try_from(unpack(from)?).ok()?;
    let (text, after) = from.split_at_checked(length)?;
    *from = after;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_again() {
        let numbers = [0, 1, -1, 63, 64, -64, -65, 8_191, i64::from(u32::MAX), i64::MAX, i64::MIN];
        let mut bytes = Vec::new();
        numbers.iter().for_each(|number| pack(&mut bytes, *number));
        pack_text(&mut bytes, "36090000");
        let mut from = bytes.as_slice();
        for number in numbers {
            assert_eq!(unpack(&mut from), Some(number));
        }
        assert_eq!((unpack_text(&mut from), from.is_empty()), (Some("36090000"), true));
        assert_eq!((unpack(&mut from), unpack_text(&mut from)), (None, None));
        let mut small = Vec::new();
        pack(&mut small, 63);
        assert_eq!(small.len(), 1);
    }

    #[test]
    fn a_piece_holds_so_much_and_one_byte_more_begins_another() {
        let mut packed = Packed::default();
        let half = vec![7; PIECE / 2];
        let places = [packed.add(&half), packed.add(&half), packed.add(&[9])];
        assert_eq!((packed.pieces.len(), packed.bytes()), (2, 2 * PIECE));
        assert_eq!(places.map(|place| packed.at(place)[0]), [7, 7, 9]);
        let large = vec![5; PIECE + 1];
        let place = packed.add(&large);
        assert_eq!(packed.at(place).len(), PIECE + 1);
    }
}
