//! What registers and lists of both places know of a purchase: who is designated, which drugs are whose.
//!
//! Serves DG-1.1, DG-3.1b, WH-4.1 and WH-6.2 at the gate `settle`.

use lf_law::{Facts, Field};
use lf_ports::StoreError;
use lf_vocab::{Day, MedListCodg};

use super::{FeeLine, Papers};
use crate::Center;
use crate::ctx::Ctx;
use crate::filings::Filings;
use crate::registers::{Designated, DrugSays, Side};
use crate::till::Till;

/// What is known at the till beside the papers.
pub(crate) struct KnownAtTill {
    /// The institution that prescribed.
    issuer: Designated,
    /// The pharmacy.
    pharmacy: Designated,
    /// What the pharmacy's place says of each charged drug.
    pub(crate) says: Vec<DrugSays>,
}

impl KnownAtTill {
    /// As facts of the case.
    pub(crate) fn put(&self, facts: &mut Facts<'_>, ctx: &Ctx, about: &Papers) {
        lf_vocab::covers!("WH-4.1");
        let Papers { content, person, filings, .. } = about;
        let (here, today) = (ctx.caller.fixmedins.poolarea_no, ctx.now.day());
        let elsewhere = person.poolarea_no != here && person.poolarea_no.province() == here.province();
        self.issuer.put_issuer(facts);
        self.pharmacy.put_pharmacy(facts);
        facts.set(Field::OutInsuFlag, elsewhere).set(Field::PsnInsuFlag, person.insured.contains(today));
        filings.put_dise(facts, content.mdtrtinfo.dise_codg.as_deref(), today);
    }

    /// Whether the person may use each charged drug, and, as a fact of the case, all of them that are paid separately.
    pub(crate) fn qualified(
        &self,
        facts: &mut Facts<'_>,
        filings: &Filings,
        (lines, till): (&[FeeLine], &Till<'_>),
        on: Day,
    ) -> Vec<Option<bool>> {
        let of = |(number, line): (usize, &FeeLine)| {
            let codes: Vec<_> = std::iter::once(&line.med_list_codg).chain(till.prescribed(number)).collect();
            filings.qualified(&codes, on)
        };
        let each: Vec<_> = lines.iter().enumerate().map(of).collect();
        let special = each.iter().zip(&self.says).filter(|(_, says)| says.spay());
        let all = special.map(|(qualified, _)| *qualified).reduce(|all, one| Some(all? && one?)).flatten();
        facts.set_opt(Field::PsnQualFlag, all);
        each
    }
}

impl Center {
    /// Asked together with the drugs and the purse.
    pub(super) async fn known_at_till(
        &self,
        ctx: &Ctx,
        codes: &[MedListCodg],
        about: &Papers,
    ) -> Result<KnownAtTill, StoreError> {
        let Papers { rx, content, .. } = about;
        let (day, here) = (ctx.now.day(), ctx.caller.fixmedins.poolarea_no);
        let dise = content.mdtrtinfo.dise_codg.as_deref();
        let issuer = Side { place: rx.hi_rxno.poolarea_no(), code: &rx.opened.fixmedins_code, dr_code: None, dise };
        let pharmacy = Side { place: here, code: ctx.code(), dr_code: None, dise };
        let (issuer, pharmacy, says) = tokio::try_join!(
            // Who prescribed must have been designated when he did.
            self.designated(issuer, content.head.prsc_time.day(), ctx.now),
            self.designated(pharmacy, day, ctx.now),
            self.drug_says(here, codes, day, ctx.now)
        )?;
        Ok(KnownAtTill { issuer, pharmacy, says })
    }
}
