//! 备案 of a person as facts for the law: 用药资格 for a drug, registration of a disease.
//!
//! Serves WH-2.1, WH-4.1 and DG-1.1 at the gates `precheck` and `settle`, and the several diseases of 2101 and 2102. Invariant: a 统筹区 that
//! keeps no filings of a kind leaves the facts absent, so that the law reminds; where it keeps them, who has none is not filed.

use lf_law::{Facts, Field, Law, LawValue};
use lf_ports::StoreError;
use lf_ports::filing::{Filed, Filing, FilingKind, OpspFiling, SpayFiling};
use lf_vocab::{Admdvs, Day, MedListCodg, Moment, PsnNo};

use crate::Center;
use crate::failure::Failure;
use crate::gate::quantity;

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
    pub async fn filings(&self, place: Admdvs, psn_no: &PsnNo, on: Day, now: Moment) -> Result<Filings, StoreError> {
        let kept = self.kept_in(place, on, now).await?.filings().to_vec();
        let rows = if kept.is_empty() { Vec::new() } else { self.store.filings(place, psn_no).await? };
        Ok(Filings { kept, rows })
    }
}

/// What the law of the person's place wants of an application and a new filing lacks: column and reason, with the provision. A place
/// whose law asks for nothing lacks nothing.
///
/// # Errors
/// The law says two things, or what no filing has.
pub fn lacking(law: &Law, filing: &Filing) -> Result<Vec<(&'static str, String)>, Failure> {
    lf_vocab::covers!("WH-2.2", "WH-2.5", "WH-2.6");
    let Filed::Spay(SpayFiling { applied, dcsn_day, .. }) = &filing.body.filed else { return Ok(Vec::new()) };
    let mut facts = Facts::new();
    facts.set(Field::AppyTime, *dcsn_day);
    let view = law.view_of(&filing.poolarea_no, &facts, &[]);
    let mut lacking = Vec::new();
    for id in ["qual.form", "qual.told"] {
        for (word, by) in words(&view, id)? {
            let (column, there) = match word.as_str() {
                "appy_form_no" => ("appy_form_no", applied.appy_form_no.is_some()),
                "paper_sm3" => ("paper_sm3", !applied.paper_sm3.is_empty()),
                "told_way" => ("told_way", applied.told.is_some()),
                other => return Err(Failure::Broken(format!("{by}: no filing has {other}"))),
            };
            if !there {
                lacking.push((column, format!("is missing, by {by}")));
            }
        }
    }
    let channels = words(&view, "qual.channels")?;
    if let Some((_, by)) = channels.first() {
        match applied.appy_chnl {
            None => lacking.push(("appy_chnl", format!("is missing, by {by}"))),
            Some(chnl) if channels.iter().all(|(word, _)| word != chnl.cn()) => {
                lacking.push(("appy_chnl", format!("is no channel of the place, by {by}")));
            }
            Some(_) => {}
        }
    }
    Ok(lacking)
}

/// The words that a provision lists, each with it; none where the law is silent.
fn words(view: &lf_law::View<'_>, id: &str) -> Result<Vec<(String, String)>, Failure> {
    let read = |value: &LawValue| if let LawValue::Texts(words) = value { Some(words.clone()) } else { None };
    let Some((words, by)) = quantity(view, id, read)? else { return Ok(Vec::new()) };
    Ok(words.into_iter().map(|word| (word, by.clone())).collect())
}

#[cfg(test)]
mod tests {
    use lf_ports::filing::{Applied, AppyChnl, FilingBody, Told};
    use lf_testkit::center::repository_law;

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
            applied: Applied::default(),
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

    // proves WH-2.2, WH-2.5, WH-2.6
    #[test]
    fn wuhan_wants_the_form_its_papers_the_channel_and_the_word_to_the_person() {
        let law = repository_law();
        let told = || Some(Told { told_way: "短信".to_owned(), told_day: day("2025-03-03") });
        let full = |appy_chnl| Applied {
            appy_chnl: Some(appy_chnl),
            appy_form_no: Some("SQ1".to_owned()),
            paper_sm3: vec!["ab".repeat(32)],
            told: told(),
        };
        let columns = |place: &str, on: &str, applied: Applied| {
            let mut one = filing("1", on, None);
            one.poolarea_no = place.parse().unwrap();
            let Filed::Spay(spay) = &mut one.body.filed else { panic!() };
            spay.applied = applied;
            let lacking = lacking(&law, &one).unwrap();
            lacking.into_iter().map(|(column, _)| column).collect::<Vec<_>>()
        };
        let all = ["appy_form_no", "paper_sm3", "told_way", "appy_chnl"];
        assert_eq!(columns("420100", "2025-03-03", Applied::default()), all);
        assert_eq!(columns("420100", "2024-12-31", Applied::default()), all, "the first day");
        // One workflow: whatever the channel, the same is asked and nothing more.
        for chnl in AppyChnl::ALL {
            assert_eq!(columns("420100", "2025-03-03", full(chnl)), [""; 0], "{chnl:?}");
            let no_form = Applied { appy_form_no: None, ..full(chnl) };
            assert_eq!(columns("420100", "2025-03-03", no_form), ["appy_form_no"], "{chnl:?}");
        }
        // Another place's law asks for none of it, and neither did Wuhan's before.
        assert_eq!(columns("420100", "2024-12-30", Applied::default()), [""; 0]);
        assert_eq!(columns("360900", "2025-03-03", Applied::default()), [""; 0]);
    }
}
