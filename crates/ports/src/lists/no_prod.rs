//! Drugs that nobody makes any more for a long time, as a bureau or its purchasing platform tells it: no message of the interface does.
//!
//! Serves WH-5.9. Invariant: what an edition no longer lists is made again from that edition's first day on.

use lf_vocab::{Admdvs, Day, MedListCodg};
use serde::{Deserialize, Serialize};

/// A drug that is no longer made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoProd {
    /// Whose list: a 统筹区, a province, the country.
    pub admdvs: Admdvs,
    /// 医疗目录编码, which is one maker's.
    pub med_list_codg: MedListCodg,
    /// Name as printed beside the code.
    pub genname: Option<String>,
    /// Since when it is not made.
    pub begndate: Day,
    /// Why.
    pub rea: Option<String>,
}

impl NoProd {
    pub(super) fn key(&self) -> String {
        format!("{}{}", Self::of_place(self.admdvs), self.med_list_codg)
    }

    /// What the keys of a place's rows begin with.
    pub fn of_place(place: Admdvs) -> String {
        format!("{place}|")
    }
}
