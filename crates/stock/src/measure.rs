//! How goods are counted: packs made of minimal units, or weight (饮片). Serves `cnt`, `inv_cnt`, `purc_retn_cnt` and
//! `sel_retn_cnt` of 3501–3506.
//!
//! The wire counts packs (最小计价包装单位); a split sale (拆零) counts minimal units. Invariants: the ledger holds whole
//! minimal units; nothing is rounded: what is no whole number of them is refused.

use lf_vocab::Qty;
use serde::{Deserialize, Serialize};

use crate::refusal::StockRefusal;

/// One, as a quantity is scaled.
const ONE: i64 = 10_000;
/// The most minimal units of a pack.
pub const PER_PACK_MAX: i64 = 100_000;
/// The largest quantity of one row, in packs or kilogram-like units as sent.
pub const CNT_MAX: Qty = Qty::new(10_000_000 * ONE);

/// What one minimal unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// So many minimal units in a pack; 1 where nobody said how many, so that it cannot be split.
    Packs(i64),
    /// By weight: the minimal unit is a ten-thousandth of what the wire counts.
    Weighed,
}

impl Measure {
    /// Packs of so many units; what is no count between 1 and [`PER_PACK_MAX`] counts as unsplit.
    pub fn packs_of(min_pac_cnt: Qty) -> Self {
        let whole = min_pac_cnt.get() % ONE == 0;
        let units = min_pac_cnt.get() / ONE;
        Self::Packs(if whole && (1..=PER_PACK_MAX).contains(&units) { units } else { 1 })
    }

    /// Minimal units in what the wire counts as one.
    pub const fn per_pack(self) -> i64 {
        match self {
            Self::Packs(units) => units,
            Self::Weighed => ONE,
        }
    }

    /// A stated quantity in minimal units; `split`: it counts these already.
    ///
    /// # Errors
    /// Not positive, beyond [`CNT_MAX`], no whole number of minimal units, or split where a pack is not known to hold any.
    pub fn units(self, cnt: Qty, split: bool) -> Result<i64, StockRefusal> {
        if cnt <= Qty::ZERO {
            return Err(StockRefusal::CntNotPositive);
        }
        self.stated(cnt, split)
    }

    /// The same where nothing at all may be there (3501).
    pub(crate) fn stated(self, cnt: Qty, split: bool) -> Result<i64, StockRefusal> {
        if cnt.is_negative() {
            return Err(StockRefusal::CntNotPositive);
        }
        if cnt > CNT_MAX {
            return Err(StockRefusal::CntTooLarge);
        }
        let per = match (self, split) {
            (Self::Packs(1) | Self::Weighed, true) => return Err(StockRefusal::SplitUnknown),
            (Self::Packs(_), true) => 1,
            (measure, false) => measure.per_pack(),
        };
        // At most 10^11 × 10^5, far inside.
        let scaled = cnt.get() * per;
        if scaled % ONE == 0 { Ok(scaled / ONE) } else { Err(StockRefusal::CntNotWhole) }
    }

    /// Packs that a quantity of units is, where it is whole packs.
    pub const fn whole_packs(self, units: i64) -> Option<i64> {
        match self {
            Self::Packs(per) if units % per == 0 => Some(units / per),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn qty(text: &str) -> Qty {
        text.parse().unwrap()
    }

    #[test]
    fn quantities_become_minimal_units_exactly_or_not_at_all() {
        use StockRefusal::{CntNotPositive, CntNotWhole, CntTooLarge, SplitUnknown};
        for (measure, cnt, split, want) in [
            (Measure::Packs(24), "2", false, Ok(48)),
            (Measure::Packs(24), "0.5", false, Ok(12)),
            (Measure::Packs(24), "0.3", false, Err(CntNotWhole)),
            (Measure::Packs(24), "6", true, Ok(6)),
            (Measure::Packs(24), "0.25", true, Err(CntNotWhole)),
            (Measure::Packs(1), "0.5", false, Err(CntNotWhole)),
            (Measure::Packs(1), "1", true, Err(SplitUnknown)),
            (Measure::Weighed, "7.5", false, Ok(75_000)),
            (Measure::Weighed, "7.5", true, Err(SplitUnknown)),
            (Measure::Packs(24), "0", false, Err(CntNotPositive)),
            (Measure::Packs(24), "-1", false, Err(CntNotPositive)),
            (Measure::Packs(1), "10000000", false, Ok(10_000_000)),
            (Measure::Packs(1), "10000000.0001", false, Err(CntTooLarge)),
        ] {
            assert_eq!(measure.units(qty(cnt), split), want, "{measure:?} {cnt} {split}");
        }
        assert_eq!(Measure::Packs(PER_PACK_MAX).units(CNT_MAX, false), Ok(10_000_000 * PER_PACK_MAX));
    }

    #[test]
    fn a_pack_holds_so_many_units_and_not_one_more() {
        assert_eq!(Measure::packs_of(qty("24")), Measure::Packs(24));
        assert_eq!(Measure::packs_of(qty("100000")), Measure::Packs(PER_PACK_MAX));
        assert_eq!(Measure::packs_of(qty("100001")), Measure::Packs(1));
        assert_eq!(Measure::packs_of(qty("2.5")), Measure::Packs(1));
        assert_eq!(Measure::packs_of(Qty::ZERO), Measure::Packs(1));
    }
}
