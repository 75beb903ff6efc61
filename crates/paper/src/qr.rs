//! QR codes: the modules of a text, dark or light, to be drawn as squares.

use fast_qr::QRBuilder;
use fast_qr::{ECL, QRCode};

/// A square of modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    /// How many on a side.
    pub side: usize,
    /// Row by row, dark is true.
    pub dark: Vec<bool>,
}

/// Light modules around a code, without which readers do not find it.
pub const QUIET: usize = 2;

/// The code of a text at level M, which survives a stain or a fold; `None` when it is too long for any.
pub fn modules(text: &str) -> Option<Modules> {
    let code: QRCode = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let dark = (0..code.size).flat_map(|y| (0..code.size).map(move |x| (x, y)));
    let dark = dark.map(|(x, y)| code[y][x].value()).collect();
    Some(Modules { side: code.size, dark })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_finders_stand_in_their_corners() {
        let code = modules("3609002026112200000000000000001a2b3c4d5e").unwrap();
        let at = |x: usize, y: usize| code.dark[y * code.side + x];
        let last = code.side - 1;
        for (x, y) in [(0, 0), (last - 6, 0), (0, last - 6)] {
            for n in 0..7 {
                assert!(at(x + n, y) && at(x, y + n) && at(x + n, y + 6) && at(x + 6, y + n));
            }
            assert!(!at(x + 1, y + 1) && at(x + 3, y + 3));
        }
        assert_eq!(code.dark.len(), code.side * code.side);
        assert_ne!(code, modules("3609002026112200000000000000001a2b3c4d5f").unwrap());
    }

    #[test]
    fn a_text_beyond_the_largest_code_has_none() {
        assert!(modules(&"1".repeat(5_596)).is_some());
        assert!(modules(&"1".repeat(5_597)).is_none());
    }
}
