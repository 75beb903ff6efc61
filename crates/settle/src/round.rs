//! Exact shares of fen cut to whole fen by a scheme's rounding; nothing is lost or made.
//!
//! Invariant: of every amount split here both parts are between nothing and the amount, and their
//! sum is the amount.

use lf_vocab::{Fen, Ratio};

use crate::scheme::{At, Mode, Remainder, Rounding};

/// The insurance side of `amount` when its share is `ratio`; the person's side is the rest.
///
/// `amount` is not negative and `ratio` lies in 0..=1.
pub(crate) fn insured_side(amount: Fen, ratio: Ratio, rounding: Rounding) -> Fen {
    match rounding.remainder {
        Remainder::Person => Fen::new(cut(exact(amount, ratio), rounding.mode)),
        Remainder::Fund => Fen::new(amount.get() - cut(exact(amount, ratio.rest()), rounding.mode)),
    }
}

/// The insurance side of every `(amount, ratio)` line, cut on the line or once on the total.
pub(crate) fn insured_sides(lines: &[(Fen, Ratio)], rounding: Rounding) -> Vec<Fen> {
    match rounding.at {
        At::Line => lines.iter().map(|(amount, ratio)| insured_side(*amount, *ratio, rounding)).collect(),
        At::Total => {
            let computed = |ratio: Ratio| match rounding.remainder {
                Remainder::Person => ratio,
                Remainder::Fund => ratio.rest(),
            };
            let parts: Vec<i128> = lines.iter().map(|(amount, ratio)| exact(*amount, computed(*ratio))).collect();
            let cuts = apportion(&parts, rounding.mode);
            lines
                .iter()
                .zip(cuts)
                .map(|((amount, _), part)| match rounding.remainder {
                    Remainder::Person => Fen::new(part),
                    Remainder::Fund => Fen::new(amount.get() - part),
                })
                .collect()
        }
    }
}

/// Cuts the sum once and gives each part its whole fen, then the fen left over to the largest
/// remainders, the earlier first.
fn apportion(parts: &[i128], mode: Mode) -> Vec<i64> {
    let total = cut(parts.iter().sum(), mode);
    let mut cuts: Vec<i64> = parts.iter().map(|part| cut(*part, Mode::Down)).collect();
    let left = total - cuts.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(parts[*at] % MILLION), *at));
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        cuts[at] += 1;
    }
    cuts
}

/// The sum; amounts of one settlement are bounded, so it never saturates.
pub(crate) fn plus(a: Fen, b: Fen) -> Fen {
    Fen::new(a.get().saturating_add(b.get()))
}

/// The difference; see [`plus`].
pub(crate) fn minus(a: Fen, b: Fen) -> Fen {
    Fen::new(a.get().saturating_sub(b.get()))
}

/// The negative amount, for any amount that evidence may hold.
pub(crate) fn negate(amount: Fen) -> Fen {
    minus(Fen::ZERO, amount)
}

const MILLION: i128 = 1_000_000;

/// Millionths of a fen.
fn exact(amount: Fen, ratio: Ratio) -> i128 {
    i128::from(amount.get()) * i128::from(ratio.get())
}

/// Whole fen of millionths. Amounts here are bounded by a settlement's limit, so they fit.
fn cut(millionths: i128, mode: Mode) -> i64 {
    let added = match mode {
        Mode::HalfUp => millionths + MILLION / 2,
        Mode::Down => millionths,
    };
    i64::try_from(added.div_euclid(MILLION)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn rounding(mode: Mode, at: At, remainder: Remainder) -> Rounding {
        Rounding { mode, at, remainder }
    }

    #[test]
    fn half_a_fen_goes_where_the_rule_says() {
        let ninety = Ratio::new(900_000);
        for (mode, remainder, want) in [
            (Mode::HalfUp, Remainder::Person, 1112),
            (Mode::Down, Remainder::Person, 1111),
            (Mode::HalfUp, Remainder::Fund, 1111),
            (Mode::Down, Remainder::Fund, 1112),
        ] {
            let side = insured_side(Fen::new(1235), ninety, rounding(mode, At::Line, remainder));
            assert_eq!(side.get(), want, "{mode:?} {remainder:?}");
        }
    }

    #[test]
    fn the_total_is_cut_once_and_the_lines_add_up_to_it() {
        let ninety = Ratio::new(900_000);
        // Each line is 0.9 fen: 2.7 together, cut to 3 or 2; on the line 1 or 0 each.
        let lines = [(Fen::new(1), ninety); 3];
        for (mode, at, want) in [
            (Mode::HalfUp, At::Total, [1, 1, 1]),
            (Mode::Down, At::Total, [1, 1, 0]),
            (Mode::HalfUp, At::Line, [1, 1, 1]),
            (Mode::Down, At::Line, [0, 0, 0]),
        ] {
            let sides = insured_sides(&lines, rounding(mode, at, Remainder::Person));
            assert_eq!(sides.iter().map(|s| s.get()).collect::<Vec<_>>(), want, "{mode:?} {at:?}");
        }
    }

    #[test]
    fn the_fen_left_over_goes_to_the_largest_remainder() {
        let lines = [(Fen::new(101), Ratio::new(900_000)), (Fen::new(109), Ratio::new(900_000))];
        // 90.9 and 98.1: 189 together, 90 + 98 = 188, one fen left for the first line.
        let sides = insured_sides(&lines, rounding(Mode::Down, At::Total, Remainder::Person));
        assert_eq!(sides, [Fen::new(91), Fen::new(98)]);
    }
}
