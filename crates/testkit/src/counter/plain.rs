//! Terms and purchases as plain numbers, and the same as `lf-settle` wants them. Nothing is computed here.

use lf_settle::{
    AccountUse, At, Case, Deductible, Fund, FundCap, Line, Mode, OverStandard, Period, Pot, Preselfpay, Remainder,
    Rounding, Scheme, SchemeDefect, SchemeTerms, Sourced,
};
use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv};
use lf_vocab::{Day, Fen, MedListCodg, Pric, Qty, Ratio};

use super::dice::Dice;

/// Terms of a scheme: fen, and ratios in millionths.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    /// Taken from the fund's payment instead of the fee.
    pub(super) from_fund: bool,
    pub(super) monthly: bool,
    pub(super) deductible: i64,
    pub(super) ratio: i64,
    pub(super) cap: Option<i64>,
    pub(super) pots: Vec<i64>,
    /// First self-payment of 甲, 乙, 丙.
    pub(super) first: [i64; 3],
    pub(super) person_pays_excess: bool,
    pub(super) half_up: bool,
    pub(super) each_line: bool,
    pub(super) rest_to_person: bool,
    /// 0 nothing, 1 the personal part, 2 the eligible part of it.
    pub(super) account: u64,
}

/// A line of a purchase: ten-thousandths of a unit, millionths of a yuan.
#[derive(Debug, Clone)]
pub(super) struct Bought {
    pub(super) class: usize,
    pub(super) cnt: i64,
    pub(super) pric: i64,
    pub(super) standard: Option<i64>,
    pub(super) in_scope: bool,
}

/// A purchase.
#[derive(Debug, Clone)]
pub(super) struct Purchase {
    pub(super) lines: Vec<Bought>,
    /// 0 no account, 1 the own, 2 the family's.
    pub(super) account: u64,
}

impl Terms {
    pub(super) fn thrown(dice: &mut Dice) -> Self {
        let percent = |dice: &mut Dice| match dice.below(4) {
            0 => dice.amount(0, 1_000_000),
            _ => dice.amount(0, 100) * 10_000,
        };
        let c = if dice.one_in(3) { percent(dice) } else { 1_000_000 };
        Self {
            from_fund: dice.one_in(3),
            monthly: dice.one_in(2),
            deductible: if dice.one_in(4) { 0 } else { dice.amount(1, 80_000) },
            ratio: percent(dice),
            cap: if dice.one_in(4) { None } else { Some(dice.amount(0, 500_000)) },
            pots: (0..dice.below(3)).map(|_| dice.amount(0, 400_000)).collect(),
            first: [if dice.one_in(5) { percent(dice) } else { 0 }, percent(dice) / 3, c],
            person_pays_excess: !dice.one_in(3),
            half_up: dice.one_in(2),
            each_line: dice.one_in(2),
            rest_to_person: dice.one_in(2),
            account: dice.below(3),
        }
    }

    /// The same for `lf-settle`.
    pub(super) fn scheme(&self) -> Result<Scheme, SchemeDefect> {
        let said = |text: &str| text.to_owned();
        let ratio = |millionths: i64| Sourced::new(Ratio::new(millionths), "r");
        let amount = Sourced::new(Fen::new(self.deductible), "d");
        let period = if self.monthly { Period::Month } else { Period::Year };
        let [a, b, c] = self.first.map(|first| Some(ratio(first)));
        Scheme::new(SchemeTerms {
            code: said("own"),
            name: said("方案"),
            fund: Fund { fund_pay_type: said("310102"), name: said("基金") },
            deductible: match (self.deductible, self.from_fund) {
                (0, _) => Deductible::None { provision: said("d") },
                (_, true) => Deductible::FromFund { amount, period },
                (_, false) => Deductible::FromFee { amount, period },
            },
            ratio: ratio(self.ratio),
            fund_cap: match self.cap {
                None => FundCap::None { provision: said("c") },
                Some(cap) => FundCap::Yearly(Sourced::new(Fen::new(cap), "c")),
            },
            pots: self.pots.iter().enumerate().map(|(at, cap)| pot(at, *cap)).collect(),
            preselfpay: Preselfpay { a, b, c },
            own_expense: Sourced::new((), "o"),
            over_standard: Sourced::new(
                if self.person_pays_excess { OverStandard::PersonPays } else { OverStandard::Ignored },
                "s",
            ),
            rounding: Sourced::new(
                Rounding {
                    mode: if self.half_up { Mode::HalfUp } else { Mode::Down },
                    at: if self.each_line { At::Line } else { At::Total },
                    remainder: if self.rest_to_person { Remainder::Person } else { Remainder::Fund },
                },
                "m",
            ),
            account: Sourced::new(
                match self.account {
                    0 => AccountUse::Nothing,
                    1 => AccountUse::PersonPart,
                    _ => AccountUse::EligiblePart,
                },
                "a",
            ),
        })
    }
}

fn pot(at: usize, cap: i64) -> Pot {
    Pot { code: format!("pot{at}"), name: format!("限额{at}"), cap: Sourced::new(Fen::new(cap), "p") }
}

impl Purchase {
    pub(super) fn thrown(dice: &mut Dice) -> Self {
        let lines = 1 + dice.below(6);
        let line = |dice: &mut Dice| {
            // Whole fen mostly, as prices are; sometimes the millionths that an opened pack gives.
            let pric = if dice.one_in(4) { dice.amount(10_000, 90_000_000) } else { dice.amount(1, 20_000) * 10_000 };
            let cnt = if dice.one_in(5) { dice.amount(5_000, 90_000) } else { dice.amount(1, 9) * 10_000 };
            Bought {
                class: usize::try_from(dice.below(3)).unwrap_or(0),
                cnt,
                pric,
                standard: if dice.one_in(3) { Some(dice.amount(0, pric.saturating_mul(2))) } else { None },
                in_scope: !dice.one_in(8),
            }
        };
        Self { lines: (0..lines).map(|_| line(dice)).collect(), account: dice.below(3) }
    }

    /// The same for `lf-settle`. The amounts are worked out here as a till does it: price × count, half a fen up.
    pub(super) fn case(&self, day: Day, balance: i64, drug: &MedListCodg) -> Case {
        let lines: Vec<_> = self.lines.iter().enumerate().map(|(at, line)| line.as_line(at, drug)).collect();
        let sum = lines.iter().map(|line| line.det_item_fee_sumamt.get()).fold(0, i64::saturating_add);
        let acct = match self.account {
            0 => AcctUsedFlag::No,
            1 => AcctUsedFlag::Own,
            _ => AcctUsedFlag::Family,
        };
        Case { lines, day, medfee_sumamt: Fen::new(sum), acct, acct_balance: Fen::new(balance) }
    }
}

impl Bought {
    /// What a till charges, in fen.
    pub(super) fn charged(&self) -> i128 {
        (i128::from(self.pric) * i128::from(self.cnt) + 50_000_000) / 100_000_000
    }

    fn as_line(&self, at: usize, drug: &MedListCodg) -> Line {
        Line {
            feedetl_sn: (at + 1).to_string(),
            med_list_codg: drug.clone(),
            cnt: Qty::new(self.cnt),
            pric: Pric::new(self.pric),
            det_item_fee_sumamt: Fen::new(i64::try_from(self.charged()).unwrap_or(i64::MAX)),
            chrgitm_lv: [ChrgitmLv::A, ChrgitmLv::B, ChrgitmLv::C].get(self.class).copied().unwrap_or(ChrgitmLv::C),
            pric_uplmt: self.standard.map(Pric::new),
            in_scope: self.in_scope,
        }
    }
}
