//! Which of a place's schemes settles a purchase: one rule for the counter, for `settle quote` and for `law diff`.

use lf_law::Law;
use lf_settle::Scheme;

use super::{Ask, Kind, as_inpatient, benefit, by_prescriber, kind_of};
use crate::failure::Failure;

/// 门诊住院标识: prescribed during a stay.
const INPATIENT: &str = "2";

/// Whether a prescription is of a stay, by its 门诊住院标识.
pub fn of_stay(otp_ipt_flag: Option<&str>) -> bool {
    otp_ipt_flag == Some(INPATIENT)
}

/// A kind of scheme, and what its numbers must be asked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Of which kind.
    pub kind: Kind,
    /// Whether the level of the institution that prescribed decides its ratio.
    pub by_prescriber: bool,
}

/// The kind of scheme for a 医疗类别, or that of the stay; `None` where the place knows schemes but not for this one.
///
/// # Errors
/// [`crate::gate::LawRefusal::NotFormalised`] where it knows none.
pub fn chosen(law: &Law, ask: &Ask<'_>, of_stay: bool) -> Result<Option<Chosen>, Failure> {
    let kind = match of_stay && as_inpatient(law, ask)? {
        true => Some(Kind::Ipt),
        false => kind_of(law, ask)?,
    };
    let Some(kind) = kind else { return Ok(None) };
    Ok(Some(Chosen { kind, by_prescriber: by_prescriber(law, ask, kind)? }))
}

impl Chosen {
    /// The scheme itself.
    pub fn benefit(self, law: &Law, ask: &Ask<'_>) -> Result<Scheme, Failure> {
        // What one is registered with besides counts where benefits are given by disease.
        let dises = match self.kind {
            Kind::Opsp => ask.dises,
            _ => ask.dises.get(..1).unwrap_or_default(),
        };
        benefit(law, &Ask { dises, ..*ask }, self.kind)
    }
}
