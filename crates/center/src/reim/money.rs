//! What a claim is paid: the scheme, the lines and the accumulators of 2101 as of the day of the purchase. Serves DG-3.1c.
//!
//! Invariants: the personal account pays nothing, as the person has paid already; a promise moves the scheme's accumulator and those of the
//! limits that it shares in one commit; what is undone restores each of them exactly.

use lf_ports::{Acct, AccumChange, AccumKey, AccumRow, ChangeSet, Person, ReimRow};
use lf_settle::reim::{Approved, Did};
use lf_settle::{Line, Scheme, Shares, check_identities};
use lf_vocab::Moment;
use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv, Insutype};

use super::basket::Laid;
use crate::Center;
use crate::failure::{Failure, refused};
use crate::gate;
use crate::scheme::{Ask, Level, chosen, of_stay};
use crate::t2101_quote::{PurchaseRefusal, Purse, several};
use crate::t2102_settle::{restored, taken};

/// A claim with its amounts, and the accumulators from which they were computed.
pub(super) struct Priced {
    pub(super) shares: Shares,
    insutype: Insutype,
    accum: (AccumKey, Option<AccumRow>),
    pots: Vec<(AccumKey, Option<AccumRow>)>,
}

impl Priced {
    /// The promise, and how it moves the accumulators.
    pub(super) fn promise(self, looked_into: Option<&str>, law_edition: &str) -> Result<(Did, ChangeSet), Failure> {
        let Self { shares, insutype, accum: (key, row), pots } = self;
        check_identities(&shares).map_err(|broken| Failure::Broken(format!("amount identities: {broken:?}")))?;
        let accum = taken(&shares, (&key, row.as_ref()), &pots)?;
        let (looked_into, law_edition) = (looked_into.map(str::to_owned), law_edition.to_owned());
        let approved = Approved { insutype, shares, looked_into, law_edition };
        Ok((Did::Approved(Box::new(approved)), ChangeSet { accum, ..ChangeSet::default() }))
    }
}

impl Center {
    /// What a claim would be paid now.
    pub(super) async fn reim_price(&self, now: Moment, row: &ReimRow) -> Result<Priced, Failure> {
        let (place, intake) = (row.poolarea_no, row.reim.intake());
        let day = intake.bought.day;
        let person = self.insured(place, &intake.psn_no, &intake.bought).await?;
        let scheme = self.reim_scheme(now, row, &person).await?;
        let laid = self.reim_laid(now, place, intake).await?;
        let purse = self.purse_of(&person, day, scheme).await?;
        // The account pays nothing, whatever is in it.
        let purse = Purse { acct: Acct::default(), ..purse };
        let shares = purse.shares(day, intake.bought.medfee_sumamt, AcctUsedFlag::No, lines(row, &laid))?;
        let Purse { accum_key, accum, pots, .. } = purse;
        Ok(Priced { shares, insutype: person.insutype, accum: (accum_key, accum), pots })
    }

    async fn reim_scheme(&self, now: Moment, row: &ReimRow, person: &Person) -> Result<Scheme, Failure> {
        let (place, intake) = (row.poolarea_no, row.reim.intake());
        let day = intake.bought.day;
        let (filings, grants) =
            tokio::try_join!(self.filings(place, &intake.psn_no, day, now), self.grants(place, now))?;
        let dises = several(intake.rx.dise_codg.as_deref(), &filings, day);
        let mut ask = Ask {
            place,
            day,
            insutype: person.insutype,
            psn_type: person.psn_type,
            med_type: &intake.med_type,
            level: None,
            dises: &dises,
            grants: &grants,
        };
        let Some(known) = chosen(&self.law, &ask, of_stay(intake.rx.otp_ipt_flag.as_deref()))? else {
            return refused(PurchaseRefusal::MedType(intake.med_type.clone()));
        };
        if known.by_prescriber {
            let issuer = self.store.fixmedins(&intake.rx.fixmedins_code).await?;
            ask.level = issuer.and_then(|issuer| issuer.hosp_lv).and_then(|lv| Level::from_hosp_lv(&lv));
        }
        known.benefit(&self.law, &ask)
    }

    /// The accumulators as they are without what was promised.
    pub(super) async fn reim_restored(&self, row: &ReimRow) -> Result<Vec<AccumChange>, Failure> {
        // Without a promise the step itself will be refused.
        let Some(approved) = row.reim.state().promised() else { return Ok(Vec::new()) };
        let shares = &approved.shares;
        let own = row.accum_key(&shares.scheme, shares.year);
        let found = self.store.accum(&own).await?;
        let mut pots = Vec::with_capacity(shares.pots.len());
        for pot in &shares.pots {
            let key = row.accum_key(pot, shares.year);
            let row = self.store.accum(&key).await?;
            pots.push((key, row));
        }
        restored(shares, (&own, found.as_ref()), &pots)
    }
}

/// The lines as the money is computed from them, in packs.
fn lines(row: &ReimRow, laid: &Laid) -> Vec<Line> {
    let intake = row.reim.intake();
    let mut lines = Vec::with_capacity(intake.bought.lines.len());
    for ((line, drug), at) in intake.bought.lines.iter().zip(&laid.drugs).zip(&laid.places) {
        let self_paid = at.and_then(|at| intake.rx.lines.get(at)).is_none_or(|line| line.self_paid);
        lines.push(Line {
            feedetl_sn: (lines.len() + 1).to_string(),
            med_list_codg: line.med_list_codg.clone(),
            cnt: line.cnt,
            pric: line.pric,
            det_item_fee_sumamt: line.det_item_fee_sumamt,
            chrgitm_lv: drug.as_ref().map_or(ChrgitmLv::C, |drug| drug.chrgitm_lv),
            pric_uplmt: drug.as_ref().and_then(|drug| drug.hi_pay_std),
            in_scope: !self_paid && gate::listed(drug.as_ref(), intake.bought.day),
        });
    }
    lines
}
