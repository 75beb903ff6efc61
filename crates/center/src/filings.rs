//! 备案 of a person as facts for the law: 用药资格 for a drug, registration of a disease.
//!
//! Serves WH-2.1, WH-4.1 and DG-1.1 at the gates `precheck` and `settle`, and the several diseases of 2101 and 2102. Invariant: a 统筹区 that
//! keeps no filings of a kind leaves the facts absent, so that the law reminds; where it keeps them, who has none is not filed.

use lf_law::{Facts, Field};
use lf_ports::StoreError;
use lf_ports::filing::{Filed, Filing, FilingKind, OpspFiling};
use lf_vocab::{Admdvs, Day, MedListCodg, Moment, PsnNo};

use crate::Center;

/// What is filed of a person in a 统筹区.
#[derive(Debug, Clone, Default)]
pub struct Filings {
    /// Kinds of which the place keeps filings.
    kept: Vec<FilingKind>,
    /// All, also those that ended or were refused.
    rows: Vec<Filing>,
}

impl Filings {
    /// Those that count on a day.
    fn count(&self, on: Day) -> impl Iterator<Item = &Filed> {
        self.rows.iter().filter(move |row| row.counts(on)).map(|row| &row.body.filed)
    }

    /// Whether the place keeps filings of a kind.
    pub(crate) fn kept(&self, kind: FilingKind) -> bool {
        self.kept.contains(&kind)
    }

    fn keeps(&self, kind: FilingKind) -> Option<()> {
        self.kept(kind).then_some(())
    }

    /// Whether the person may use a drug, by any of the codes under which it stands here; absent where nobody files that.
    pub fn qualified(&self, codes: &[&MedListCodg], on: Day) -> Option<bool> {
        lf_vocab::covers!("WH-2.1");
        self.keeps(FilingKind::Spay)?;
        let of = |filed: &Filed| matches!(filed, Filed::Spay(spay) if codes.contains(&&spay.med_list_codg));
        Some(self.count(on).any(of))
    }

    /// The registered diseases, in the order of their filings.
    pub fn dises(&self, on: Day) -> impl Iterator<Item = &OpspFiling> {
        self.count(on).filter_map(|filed| match filed {
            Filed::Opsp(opsp) => Some(opsp),
            Filed::Spay(_) => None,
        })
    }

    /// Puts whether the disease of a prescription is registered.
    pub fn put_dise(&self, facts: &mut Facts<'_>, dise: Option<&str>, on: Day) {
        lf_vocab::covers!("DG-1.1");
        if let (Some(()), Some(dise)) = (self.keeps(FilingKind::Opsp), dise) {
            facts.set(Field::PsnOpspFlag, self.dises(on).any(|opsp| opsp.opsp_dise_code == dise));
        }
    }

    /// All with their days, for the queries 5301 and 5302.
    pub fn in_force(&self, on: Day) -> impl Iterator<Item = &Filing> {
        self.rows.iter().filter(move |row| row.counts(on))
    }
}

impl Center {
    /// What is filed of a person of a 统筹区.
    pub(crate) async fn filings(
        &self,
        place: Admdvs,
        psn_no: &PsnNo,
        on: Day,
        now: Moment,
    ) -> Result<Filings, StoreError> {
        let kept = self.kept_in(place, on, now).await?.filings().to_vec();
        let rows = if kept.is_empty() { Vec::new() } else { self.store.filings(place, psn_no).await? };
        Ok(Filings { kept, rows })
    }
}

#[cfg(test)]
mod tests {
    use lf_ports::filing::{FilingBody, SpayFiling};

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn filing(filing_no: &str, from: &str, refused: Option<&str>) -> Filing {
        let spay = SpayFiling {
            med_list_codg: "XC10AAA209A001010100003".parse().unwrap(),
            fixmedins_code: "H42010000001".parse().unwrap(),
            dr_code: "D420100000001".to_owned(),
            dr_name: "丁医师".to_owned(),
            dcsn_name: "戊认定".to_owned(),
            dcsn_day: day(from),
            refused: refused.map(str::to_owned),
        };
        let opt_time = Moment::from_micros(0);
        let body = FilingBody { filed: Filed::Spay(spay), opter_name: "己".to_owned(), opt_time, ended: None };
        let (poolarea_no, psn_no) = ("420100".parse().unwrap(), "1".parse().unwrap());
        Filing { poolarea_no, psn_no, filing_no: filing_no.to_owned(), from: day(from), until: None, body }
    }

    // proves WH-2.1
    #[test]
    fn one_is_qualified_by_a_granted_filing_of_one_of_the_codes() {
        let kept = vec![FilingKind::Spay];
        let code = "XC10AAA209A001010100003".parse().unwrap();
        let other = "XA01AAA001".parse().unwrap();
        let rows = vec![filing("1", "2026-01-01", Some("不符合限定支付范围")), filing("2", "2026-02-01", None)];
        let filings = Filings { kept, rows };
        assert_eq!(filings.qualified(&[&code], day("2026-01-31")), Some(false), "what was refused is no filing");
        assert_eq!(filings.qualified(&[&code], day("2026-02-01")), Some(true));
        assert_eq!(filings.qualified(&[&other, &code], day("2026-02-01")), Some(true));
        assert_eq!(filings.qualified(&[&other], day("2026-02-01")), Some(false));
        assert_eq!(Filings::default().qualified(&[&code], day("2026-02-01")), None, "nobody files it there");
    }
}
