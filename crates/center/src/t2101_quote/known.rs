//! What registers and lists of both places know of a purchase: who is designated, which drugs are whose.
//!
//! Serves DG-1.1, DG-3.1b, WH-4.1 and WH-6.2 at the gate `settle`.

use lf_law::{Facts, Field};
use lf_ports::{Person, StoreError};
use lf_vocab::{Admdvs, Day, FixmedinsCode, MedListCodg};

use super::Papers;
use crate::Center;
use crate::ctx::Ctx;
use crate::filings::Filings;
use crate::registers::{Designated, DrugSays, Side};

/// What is known at the till beside the papers.
pub(crate) struct KnownAtTill {
    /// The institution that prescribed.
    issuer: Designated,
    /// The pharmacy.
    pharmacy: Designated,
    /// What the pharmacy's place says of each charged drug.
    pub(crate) says: Vec<DrugSays>,
}

/// Who prescribed, when, and for which disease.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issued<'a> {
    /// 统筹区 of the institution.
    pub(crate) place: Admdvs,
    /// The institution.
    pub(crate) fixmedins_code: &'a FixmedinsCode,
    /// The day of prescribing.
    pub(crate) on: Day,
    /// 病种, where it is for one.
    pub(crate) dise: Option<&'a str>,
}

impl<'a> Issued<'a> {
    /// As a prescription that flowed says.
    pub(crate) fn of(Papers { rx, content, .. }: &'a Papers) -> Self {
        Self {
            place: rx.hi_rxno.poolarea_no(),
            fixmedins_code: &rx.opened.fixmedins_code,
            on: content.head.prsc_time.day(),
            dise: content.mdtrtinfo.dise_codg.as_deref(),
        }
    }
}

impl KnownAtTill {
    /// As facts of the case.
    pub(crate) fn put(
        &self,
        facts: &mut Facts<'_>,
        ctx: &Ctx,
        (person, filings, dise): (&Person, &Filings, Option<&str>),
    ) {
        lf_vocab::covers!("WH-4.1");
        let (here, today) = (ctx.caller.fixmedins.poolarea_no, ctx.now.day());
        let elsewhere = person.poolarea_no != here && person.poolarea_no.province() == here.province();
        self.issuer.put_issuer(facts);
        self.pharmacy.put_pharmacy(facts);
        facts.set(Field::OutInsuFlag, elsewhere).set(Field::PsnInsuFlag, person.insured.contains(today));
        filings.put_dise(facts, dise, today);
    }

    /// Whether the person may use each charged drug, by any of the codes under which it stands, and, as a fact of the case, all of
    /// them that are paid separately.
    pub(crate) fn qualified<'d>(
        &self,
        facts: &mut Facts<'_>,
        filings: &Filings,
        codes: impl Iterator<Item = Vec<&'d MedListCodg>>,
        on: Day,
    ) -> Vec<Option<bool>> {
        let each: Vec<_> = codes.map(|codes| filings.qualified(&codes, on)).collect();
        let special = each.iter().zip(&self.says).filter(|(_, says)| says.spay());
        let all = special.map(|(qualified, _)| *qualified).reduce(|all, one| Some(all? && one?)).flatten();
        facts.set_opt(Field::PsnQualFlag, all);
        each
    }
}

impl Center {
    /// Asked together with the drugs and the purse.
    pub(crate) async fn known_at_till(
        &self,
        ctx: &Ctx,
        codes: &[MedListCodg],
        Issued { place, fixmedins_code, on, dise }: Issued<'_>,
    ) -> Result<KnownAtTill, StoreError> {
        let (day, here) = (ctx.now.day(), ctx.caller.fixmedins.poolarea_no);
        let issuer = Side { place, code: fixmedins_code, dr_code: None, dise };
        let pharmacy = Side { place: here, code: ctx.code(), dr_code: None, dise };
        let (issuer, pharmacy, says) = tokio::try_join!(
            // Who prescribed must have been designated when he did.
            self.designated(issuer, on, ctx.now),
            self.designated(pharmacy, day, ctx.now),
            self.drug_says(here, codes, day, ctx.now)
        )?;
        Ok(KnownAtTill { issuer, pharmacy, says })
    }
}
