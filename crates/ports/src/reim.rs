//! 零星报销 as stored: a claim by the 统筹区 that pays and the number under which it was taken in.
//!
//! Serves DG-3.1c and DG-4.5b. Invariants: a claim goes on by one step from where it was seen to stand; it is never deleted.

use async_trait::async_trait;
use lf_settle::reim::{Reim, ReimStas};
use lf_vocab::{Admdvs, FixmedinsCode, PaperNo};

use crate::paper::paper_paid;
use crate::row::{AccumKey, Claim, ClaimKind};
use crate::store::StoreError;

/// The longest number of a claim.
pub const REIM_NO_MAX: usize = 40;

/// A claim as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReimRow {
    /// 参保统筹区, which pays.
    pub poolarea_no: Admdvs,
    /// 受理号; in one 统筹区 each once.
    pub reim_no: String,
    /// The claim.
    pub reim: Reim,
}

/// What one purchase may be paid for once: the prescription, by the number that its institution gave it, be it on paper or in the center.
pub fn rx_paid(fixmedins_code: &FixmedinsCode, hosp_rxno: &str, owner: &str) -> Claim {
    let key = format!("{fixmedins_code}/{hosp_rxno}");
    Claim { kind: ClaimKind::RxPaid, key, owner: owner.to_owned() }
}

/// A number as an officer copies it from paper: spaces around it and small letters make no other number.
pub fn as_copied(hosp_rxno: &str) -> String {
    hosp_rxno.trim().to_uppercase()
}

impl ReimRow {
    /// What it holds things by: its own name, which no settlement has.
    pub fn owner(&self) -> String {
        format!("{REIM_OWNER}{}/{}", self.poolarea_no, self.reim_no)
    }

    /// What it holds: the prescription, of paper by its printed number too, and its invoices.
    pub fn held(&self) -> Vec<Claim> {
        let (owner, intake) = (self.owner(), self.reim.intake());
        let rx = rx_paid(&intake.rx.fixmedins_code, &intake.rx.hosp_rxno, &owner);
        // A printed number is also what a counter settles a paper by.
        let printed = intake.rx.paper_no.or_else(|| intake.rx.hosp_rxno.parse::<PaperNo>().ok());
        let paper_no = printed.filter(|_| intake.rx.hi_rxno.is_none());
        let paper = paper_no.map(|paper_no| paper_paid(&intake.rx.fixmedins_code, paper_no, &owner));
        let invoice = |invoice: &lf_settle::reim::Invoice| Claim {
            kind: ClaimKind::Invoice,
            key: invoice.key(),
            owner: owner.clone(),
        };
        std::iter::once(rx).chain(paper).chain(intake.bought.invoices.iter().map(invoice)).collect()
    }

    /// Whose accumulator of a scheme and year it moves.
    pub fn accum_key(&self, scheme: &str, year: i16) -> AccumKey {
        let psn_no = self.reim.intake().psn_no.clone();
        AccumKey { poolarea_no: self.poolarea_no, psn_no, year, scheme: scheme.to_owned() }
    }
}

/// How the owner of what a claim holds begins.
pub const REIM_OWNER: &str = "reim/";

/// The claim that an owner is, by the 统筹区 that pays and its number; `None` of whatever else holds things.
pub fn reim_of(owner: &str) -> Option<(Admdvs, &str)> {
    let (poolarea_no, reim_no) = owner.strip_prefix(REIM_OWNER)?.split_once('/')?;
    Some((poolarea_no.parse().ok()?, reim_no))
}

/// A claim comes in or goes on.
#[derive(Debug, Clone)]
pub struct ReimChange {
    /// As it is afterwards; it must have had one step less (of a new one: it must not exist).
    pub row: ReimRow,
}

/// The finders of claims.
#[async_trait]
pub trait ReimStore: Send + Sync {
    /// A claim.
    async fn reim(&self, poolarea_no: Admdvs, reim_no: &str) -> Result<Option<ReimRow>, StoreError>;
    /// Claims of a 统筹区 after a number, of all states or of one, in the order of their numbers.
    async fn reims(
        &self,
        poolarea_no: Admdvs,
        stas: Option<ReimStas>,
        after: &str,
        most: usize,
    ) -> Result<Vec<ReimRow>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_says_which_claim_it_is() {
        let pool = "360900".parse().unwrap();
        assert_eq!(reim_of("reim/360900/L1"), Some((pool, "L1")));
        assert_eq!(reim_of("reim/360900/2026/11"), Some((pool, "2026/11")), "a number may have strokes");
        for other in ["360900ABCDEF", "reim/360900", "reim/x/L1", "360900202611220000000000000018"] {
            assert_eq!(reim_of(other), None, "{other}");
        }
    }
}
