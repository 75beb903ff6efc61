//! From the law to a benefit scheme: which provision gives which number of 2101/2102.
//!
//! Every number is read through the law's `View`, so that a place or a day without packs is answered
//! "not formalised" and never guessed.

use lf_law::{Dates, Law, ViewError};
use lf_settle::{
    AccountUse, At, Deductible, Fund, FundCap, Mode, OverStandard, Period, Preselfpay, Remainder, Rounding, Scheme,
    SchemeTerms, Sourced,
};
use lf_vocab::dict::{Insutype, PsnType};
use lf_vocab::{Admdvs, Day, Fen, Ratio};

use crate::failure::Failure;
use crate::gate::LawRefusal;

/// The employees' outpatient scheme: 职工门诊统筹.
pub const MZ_TC: &str = "mz_tc";

/// The scheme of a purchase at a pharmacy in a place on a day.
pub fn pharmacy_scheme(
    law: &Law,
    place: Admdvs,
    day: Day,
    insutype: Insutype,
    psn_type: PsnType,
) -> Result<Scheme, Failure> {
    if insutype != Insutype::Employee {
        let what = format!("{}在药店购药的统筹待遇", insutype.name());
        return Err(Failure::from_refusal(LawRefusal::NotFormalised(what)));
    }
    let reader = Reader { law, place, day };
    let who = match psn_type {
        PsnType::Active => "active",
        PsnType::Retired => "retired",
    };
    let terms = SchemeTerms {
        code: MZ_TC.to_owned(),
        name: "职工门诊统筹".to_owned(),
        fund: Fund { fund_pay_type: "310102".to_owned(), name: "职工门诊统筹基金".to_owned() },
        deductible: Deductible::FromFee { amount: reader.fen("mz_tc.deductible_fen")?, period: Period::Year },
        ratio: reader.ratio(&format!("mz_tc.ratio.{who}.pharmacy"))?,
        fund_cap: FundCap::Yearly(reader.fen(&format!("mz_tc.fund_cap_fen.{who}"))?),
        preselfpay: preselfpay(law, place, day)?,
        own_expense: reader.sourced("mz_tc.preselfpay.c", ())?,
        over_standard: reader.word("mz_tc.over_standard", over_standard)?,
        rounding: reader.rounding()?,
        account: reader.word("mz_tc.account", account_use)?,
    };
    Scheme::new(terms).map_err(|defect| Failure::Broken(defect.to_string()))
}

/// What a person pays first of a drug of each grade, from the same provisions (1319).
pub fn preselfpay(law: &Law, place: Admdvs, day: Day) -> Result<Preselfpay, Failure> {
    let reader = Reader { law, place, day };
    Ok(Preselfpay { a: reader.ratio("mz_tc.preselfpay.a")?, b: reader.ratio("mz_tc.preselfpay.b")? })
}

struct Reader<'l> {
    law: &'l Law,
    place: Admdvs,
    day: Day,
}

fn over_standard(word: &str) -> Option<OverStandard> {
    match word {
        "person_pays" => Some(OverStandard::PersonPays),
        "ignored" => Some(OverStandard::Ignored),
        _ => None,
    }
}

fn account_use(word: &str) -> Option<AccountUse> {
    match word {
        "nothing" => Some(AccountUse::Nothing),
        "person_part" => Some(AccountUse::PersonPart),
        "eligible_part" => Some(AccountUse::EligiblePart),
        _ => None,
    }
}

impl Reader<'_> {
    fn read<T>(&self, id: &str, value: impl Fn(&lf_law::LawValue) -> Option<T>) -> Result<Sourced<T>, Failure> {
        let dates = Dates::all(self.day);
        let resolved = self.law.view(&self.place, &dates, &[]).get(id).map_err(view_failure)?;
        let found = value(&resolved.value).ok_or_else(|| Failure::Broken(format!("{id}: another quantity")))?;
        Ok(Sourced::new(found, resolved.by()))
    }

    fn fen(&self, id: &str) -> Result<Sourced<Fen>, Failure> {
        self.read(id, |value| match value {
            lf_law::LawValue::Fen(fen) => Some(*fen),
            _ => None,
        })
    }

    fn ratio(&self, id: &str) -> Result<Sourced<Ratio>, Failure> {
        self.read(id, |value| match value {
            lf_law::LawValue::Ratio(ratio) => Some(*ratio),
            _ => None,
        })
    }

    fn word<T>(&self, id: &str, meaning: fn(&str) -> Option<T>) -> Result<Sourced<T>, Failure> {
        self.read(id, |value| match value {
            lf_law::LawValue::Text(word) => meaning(word),
            _ => None,
        })
    }

    /// A provision that is asked only for its source: it must hold.
    fn sourced<T: Clone>(&self, id: &str, value: T) -> Result<Sourced<T>, Failure> {
        self.read(id, |_| Some(value.clone()))
    }

    fn rounding(&self) -> Result<Sourced<Rounding>, Failure> {
        let mode = self.word("mz_tc.rounding.mode", |word| match word {
            "half_up" => Some(Mode::HalfUp),
            "down" => Some(Mode::Down),
            _ => None,
        })?;
        let at = self.word("mz_tc.rounding.at", |word| match word {
            "line" => Some(At::Line),
            "total" => Some(At::Total),
            _ => None,
        })?;
        let remainder = self.word("mz_tc.rounding.remainder", |word| match word {
            "fund" => Some(Remainder::Fund),
            "person" => Some(Remainder::Person),
            _ => None,
        })?;
        let rounding = Rounding { mode: mode.value, at: at.value, remainder: remainder.value };
        Ok(Sourced::new(rounding, mode.provision))
    }
}

fn view_failure(error: ViewError) -> Failure {
    match error {
        ViewError::NotFormalised { .. } => Failure::from_refusal(LawRefusal::NotFormalised(error.to_string())),
        ViewError::Law(error) => crate::gate::failure(error),
        ViewError::WrongQuantity(_) => Failure::Broken(error.to_string()),
    }
}
