//! What a settlement keeps of the paper prescription that it paid.

use lf_rx::event::AtCounter;
use lf_stock::Owner;
use lf_vocab::{DrCode, DrugTracCodg, FixmedinsCode, Moment, PaperNo, PharCode};
use serde::{Deserialize, Serialize};

use crate::{Claim, ClaimKind};

/// A paper prescription as the counter stated it and its pharmacist verified it (HB-1.15, HB-2.6). For which disease it is stands
/// nowhere here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetlPaper {
    /// Who issued it.
    pub fixmedins_code: FixmedinsCode,
    /// Its running number.
    pub paper_no: PaperNo,
    /// When it was issued.
    pub prsc_time: Moment,
    /// Until when it counts, as the doctor wrote.
    pub vali_end_time: Moment,
    /// The doctor.
    pub dr_code: DrCode,
    /// The doctor's signature is on it, where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dr_sign_flag: Option<bool>,
    /// The 外配处方专用章 is on it, where stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal_flag: Option<bool>,
    /// Which of the situations listed by the agency allows paper (DG-4.1c).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper_situ_code: Option<String>,
    /// The pharmacist who verified it.
    pub phar_code: PharCode,
    /// The boxes that were sold on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drug_trac_codg: Vec<DrugTracCodg>,
    /// What is known of the counter; why a person was let pass without a face stands nowhere here.
    #[serde(default)]
    pub at_counter: AtCounter,
}

impl SetlPaper {
    /// The paper and its boxes, as they are claimed. To the ledger of goods the boxes are sold in the visit of the settlement's number.
    pub fn claims(&self, pharmacy: &FixmedinsCode, setl_id: &str) -> Vec<Claim> {
        let owner = Owner::Counter(setl_id.to_owned()).claim(pharmacy.as_str());
        let of =
            |code: &DrugTracCodg| Claim { kind: ClaimKind::DrugTracCodg, key: code.to_string(), owner: owner.clone() };
        std::iter::once(self.claim(setl_id)).chain(self.drug_trac_codg.iter().map(of)).collect()
    }

    /// That it is paid, as it is claimed.
    pub fn claim(&self, setl_id: &str) -> Claim {
        paper_paid(&self.fixmedins_code, self.paper_no, setl_id)
    }
}

/// A paper by its institution and number, paid once: by a settlement or by a claim with papers (`owner`).
pub fn paper_paid(fixmedins_code: &FixmedinsCode, paper_no: PaperNo, owner: &str) -> Claim {
    Claim { kind: ClaimKind::PaperSetl, key: format!("{fixmedins_code}/{paper_no}"), owner: owner.to_owned() }
}
