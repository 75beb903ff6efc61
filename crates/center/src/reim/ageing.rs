//! How long claims wait: 及时受理和拨付 as a list, beside the days that the law of the place names, where it names any. Serves DG-4.5b.

use lf_law::{Dates, Grant, Law};
use lf_ports::ReimRow;
use lf_settle::reim::{Did, ReimStas};
use lf_vocab::{Admdvs, Day};

use crate::failure::Failure;
use crate::gate::spoken_by;

/// The days that a place's law gives, counted from the day on which a claim was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until it is decided.
    pub accept_days: Option<i64>,
    /// Until it is paid.
    pub pay_days: Option<i64>,
}

impl Limits {
    /// Of a place, for purchases of a day.
    ///
    /// # Errors
    /// Two answers of the law.
    pub fn of(law: &Law, place: Admdvs, grants: &[Grant], day: Day) -> Result<Self, Failure> {
        let dates = Dates::all(day);
        let view = law.view(&place, &dates, grants);
        let days = |id| spoken_by(view.int(id));
        Ok(Self { accept_days: days("claim.accept_days")?, pay_days: days("claim.pay_days")? })
    }
}

/// Days from the day on which a claim was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// All of them.
    pub intake: i64,
    /// Since the last step.
    pub step: i64,
}

/// How a claim stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ageing {
    /// Where it stands.
    pub stas: ReimStas,
    /// How long it waits, or waited until it was paid or refused.
    pub days: Since,
    /// Days until it was decided, once it was.
    pub decided: Option<i64>,
    /// Days until it was paid, once it was.
    pub paid: Option<i64>,
    /// How many days the law gives for what is still to be done, or was done.
    pub limit: Option<i64>,
    /// That there were more.
    pub over: bool,
}

/// How a claim stands in time on a day.
pub fn ageing(row: &ReimRow, on: Day, limits: &Limits) -> Ageing {
    lf_vocab::covers!("DG-4.5b");
    let reim = &row.reim;
    let taken = reim.intake().appy_time.day();
    let after = |day: Day| i64::from(day.since(taken));
    let when = |is: fn(&Did) -> bool| reim.when(is).map(|moment| after(moment.day()));
    let decided = when(|did| matches!(did, Did::Approved(_) | Did::Refused(_)));
    let paid = when(|did| matches!(did, Did::Paid(_)));
    let stas = reim.state().stas();
    let until = match stas {
        ReimStas::Refused | ReimStas::Paid | ReimStas::Undone => reim.since().day(),
        _ => on,
    };
    let days = Since { intake: after(until), step: i64::from(until.since(reim.since().day())) };
    let limit = match stas {
        ReimStas::Approved | ReimStas::Paid => limits.pay_days,
        _ => limits.accept_days,
    };
    Ageing { stas, days, decided, paid, limit, over: limit.is_some_and(|limit| days.intake > limit) }
}
