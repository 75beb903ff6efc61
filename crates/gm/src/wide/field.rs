//! Where SM4's S-box lies in the field that processors know.
//!
//! GB/T 32907's S-box is `A·I(A·x + c) + c`, with `I` the inversion in GF(2^8) modulo
//! x^8+x^7+x^6+x^5+x^4+x^2+1. Processors invert modulo AES's polynomial. Both fields have 256
//! elements, so one is the other under different names: a linear map takes x to a root of
//! SM4's polynomial in AES's field. All constants follow from the two polynomials and the
//! two standards' affine maps, and are computed when this file is compiled.
//!
//! Invariant: nothing here runs on secrets; the tests prove every constant against all 256
//! values of the standard's table.

/// AES's x^8+x^4+x^3+x+1 without its leading term.
const AES: u8 = 0x1B;
/// SM4's x^8+x^7+x^6+x^5+x^4+x^2+1 without its leading term.
const SM4: u8 = 0xF5;

/// SM4's affine map; each column is the one before rotated by a bit.
const SM4_AFFINE: Affine = circulant(0xCB, 0xD3);
/// The affine map at the end of AES's S-box.
const AES_AFFINE: Affine = circulant(0x1F, 0x63);

/// From SM4's field into AES's: x goes to a root of SM4's polynomial there.
const INTO_AES: Affine = {
    let root = root();
    let mut columns = [1u8; 8];
    let mut i = 1;
    while i < 8 {
        columns[i] = multiply(columns[i - 1], root, AES);
        i += 1;
    }
    Affine { columns, constant: 0 }
};

/// What precedes the inversion in AES's field.
pub(super) const BEFORE: Affine = INTO_AES.after(&SM4_AFFINE);
/// What follows the inversion in AES's field.
pub(super) const BEHIND: Affine = SM4_AFFINE.after(&INTO_AES.inverse());
/// What follows AES's whole S-box, which is its inversion and its affine map.
pub(super) const BEHIND_AES: Affine = BEHIND.after(&AES_AFFINE.inverse());

/// An affine map over GF(2)^8: the sum of the columns that the argument's bits select, and
/// a constant.
#[derive(Clone, Copy)]
pub(super) struct Affine {
    columns: [u8; 8],
    /// The image of 0.
    pub(super) constant: u8,
}

impl Affine {
    const fn linear(&self, x: u8) -> u8 {
        let mut sum = 0;
        let mut i = 0;
        while i < 8 {
            if x >> i & 1 == 1 {
                sum ^= self.columns[i];
            }
            i += 1;
        }
        sum
    }

    const fn apply(&self, x: u8) -> u8 {
        self.linear(x) ^ self.constant
    }

    const fn after(&self, first: &Self) -> Self {
        let mut columns = [0; 8];
        let mut i = 0;
        while i < 8 {
            columns[i] = self.linear(first.columns[i]);
            i += 1;
        }
        Self { columns, constant: self.apply(first.constant) }
    }

    /// Of a bijection; the tests show that all maps here are.
    const fn inverse(&self) -> Self {
        let linear = Self { columns: self.columns, constant: 0 };
        let mut inverse = Self { columns: [0; 8], constant: 0 };
        let mut x = 0;
        while x < 255 {
            x += 1;
            let image = linear.apply(x);
            if image.is_power_of_two() {
                inverse.columns[image.trailing_zeros() as usize] = x;
            }
        }
        Self { columns: inverse.columns, constant: inverse.linear(self.constant) }
    }

    /// The linear part as `gf2p8affineqb` takes it: the row of bit 0 in the highest byte.
    pub(super) const fn matrix(&self) -> i64 {
        let mut bytes = [0u8; 8];
        let mut bit = 0;
        while bit < 64 {
            let (row, column) = (bit / 8, bit % 8);
            bytes[row] |= (self.columns[column] >> row & 1) << column;
            bit += 1;
        }
        i64::from_be_bytes(bytes)
    }

    /// Images of the low nibbles (with the constant) and of the high nibbles, for `pshufb`.
    pub(super) const fn nibbles(&self) -> [[u8; 16]; 2] {
        let mut tables = [[0; 16]; 2];
        let mut n = 0u8;
        while n < 16 {
            tables[0][n as usize] = self.apply(n);
            tables[1][n as usize] = self.linear(n << 4);
            n += 1;
        }
        tables
    }
}

/// Product in GF(2^8) modulo x^8 plus the given lower terms.
const fn multiply(a: u8, b: u8, modulus: u8) -> u8 {
    let mut product = 0;
    let mut i = 8;
    while i > 0 {
        i -= 1;
        product = (product << 1) ^ if product >> 7 == 1 { modulus } else { 0 };
        if b >> i & 1 == 1 {
            product ^= a;
        }
    }
    product
}

/// The least root of SM4's polynomial in AES's field.
const fn root() -> u8 {
    let mut x = 2u8;
    loop {
        // Horner, from the leading term down; 0 where none is found, which the tests notice.
        let mut value = 1;
        let mut i = 8;
        while i > 0 {
            i -= 1;
            value = multiply(value, x, AES) ^ (SM4 >> i & 1);
        }
        if value == 0 || x == 0 {
            return x;
        }
        x = x.wrapping_add(1);
    }
}

const fn circulant(first: u8, constant: u8) -> Affine {
    let mut columns = [first; 8];
    let mut i = 1;
    while i < 8 {
        columns[i] = columns[i - 1].rotate_left(1);
        i += 1;
    }
    Affine { columns, constant }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GB/T 32907, table of the S-box.
    const STANDARD: &str = "
        D690E9FECCE13DB716B614C228FB2C05 2B679A762ABE04C3AA44132649860699 9C4250F491EF987A33540B43EDCFAC62
        E4B31CA9C908E89580DF94FA758F3FA6 4707A7FCF37317BA83593C19E6854FA8 686B81B27164DA8BF8EB0F4B70569D35
        1E240E5E6358D1A225227C3B01217887 D40046579FD327524C3602E7A0C4C89E EABF8AD240C738B5A3F7F2CEF96115A1
        E0AE5DA49B341A55AD933230F58CB1E3 1DF6E22E8266CA60C02923AB0D534E6F D5DB3745DEFD8E2F03FF6A726D6C5B51
        8D1BAF92BBDDBC7F11D95C411F105AD8 0AC13188A5CD7BBD2D74D012B8E5B4B0 8969974A0C96777E65B9F109C56EC684
        18F07DEC3ADC4D2079EE5F3ED7CB3948";

    fn standard() -> Vec<u8> {
        let table = crate::hex::decode(STANDARD.split_whitespace().collect::<String>().as_bytes()).unwrap();
        assert_eq!(table.len(), 256);
        table
    }

    fn invert(x: u8, modulus: u8) -> u8 {
        (1..=255).find(|y| multiply(x, *y, modulus) == 1).unwrap_or(0)
    }

    #[test]
    fn the_map_between_the_fields_is_an_isomorphism() {
        assert_eq!(INTO_AES.apply(1), 1);
        let mut seen = [false; 256];
        for a in 0..=255u8 {
            seen[usize::from(INTO_AES.apply(a))] = true;
            for b in 0..=255u8 {
                let there = multiply(INTO_AES.apply(a), INTO_AES.apply(b), AES);
                assert_eq!(INTO_AES.apply(multiply(a, b, SM4)), there, "{a} {b}");
                assert_eq!(INTO_AES.apply(a) ^ INTO_AES.apply(b), INTO_AES.apply(a ^ b));
            }
        }
        assert!(seen.iter().all(|seen| *seen));
        // FIPS 197's example of a product, so that `multiply` itself is right.
        assert_eq!(multiply(0x57, 0x83, AES), 0xC1);
    }

    #[test]
    fn every_way_gives_the_standard_table() {
        for (x, want) in (0..=255u8).zip(standard()) {
            assert_eq!(SM4_AFFINE.apply(invert(SM4_AFFINE.apply(x), SM4)), want, "definition, {x}");
            let inverted = invert(BEFORE.apply(x), AES);
            assert_eq!(BEHIND.apply(inverted), want, "by inversion, {x}");
            assert_eq!(BEHIND_AES.apply(AES_AFFINE.apply(inverted)), want, "by AES's S-box, {x}");
        }
    }

    #[test]
    fn maps_are_written_as_the_instructions_read_them() {
        for map in [BEFORE, BEHIND, BEHIND_AES] {
            let rows = map.matrix().to_be_bytes();
            let [low, high] = map.nibbles();
            for x in 0..=255u8 {
                let want = map.apply(x);
                let rowwise =
                    (0..8).fold(map.constant, |sum, bit| sum ^ ((((rows[bit] & x).count_ones() & 1) as u8) << bit));
                assert_eq!(rowwise, want);
                assert_eq!(low[usize::from(x & 15)] ^ high[usize::from(x >> 4)], want);
                assert_eq!(map.inverse().apply(want), x);
            }
        }
    }
}
