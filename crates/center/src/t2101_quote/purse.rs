//! Who pays: the scheme of a purchase, and what the person has used of it and has left in the account.

use std::sync::Arc;

use lf_law::Grant;
use lf_ports::{Acct, AccumKey, AccumRow, Person, StoreError};
use lf_settle::{Accumulator, Case, Line, Scheme, Shares, Used, quote};
use lf_vocab::dict::AcctUsedFlag;
use lf_vocab::{Admdvs, Day, Fen};

use super::{Command, Papers, PurchaseRefusal, amount_failure};
use crate::Center;
use crate::ctx::Ctx;
use crate::failure::{Failure, refused};
use crate::filings::Filings;
use crate::scheme::{Ask, Level, chosen, of_stay};

/// From what a patient's share is computed and paid.
pub(crate) struct Purse {
    pub(crate) scheme: Scheme,
    pub(crate) accum_key: AccumKey,
    pub(crate) accum: Option<AccumRow>,
    pub(crate) pots: Vec<(AccumKey, Option<AccumRow>)>,
    pub(crate) acct: Acct,
}

impl Purse {
    /// Who bears what of these lines.
    pub(crate) fn shares(
        &self,
        day: Day,
        medfee_sumamt: Fen,
        acct: AcctUsedFlag,
        lines: Vec<Line>,
    ) -> Result<Shares, Failure> {
        let case = Case { lines, day, medfee_sumamt, acct, acct_balance: self.acct.balc };
        let own = before_of(&self.accum_key, self.accum.as_ref());
        let shared: Vec<_> = self.pots.iter().map(|(key, row)| before_of(key, row.as_ref())).collect();
        quote(&self.scheme, Used { own: &own, pots: &shared }, &case).map_err(|refusal| amount_failure(&refusal))
    }
}

impl Center {
    /// What the person has, or why the law has no scheme for it.
    pub(super) async fn purse(
        &self,
        ctx: &Ctx,
        command: &Command,
        about: &Papers,
    ) -> Result<Result<Purse, Failure>, StoreError> {
        match self.scheme_of(ctx, &command.med_type, about).await? {
            Ok(scheme) => Ok(Ok(self.purse_of(&about.person, ctx.now.day(), scheme).await?)),
            Err(failure) => Ok(Err(failure)),
        }
    }

    /// What the person has by this scheme.
    pub(crate) async fn purse_of(&self, person: &Person, day: Day, scheme: Scheme) -> Result<Purse, StoreError> {
        let key = |scheme: &str| AccumKey {
            poolarea_no: person.poolarea_no,
            psn_no: person.psn_no.clone(),
            year: day.year(),
            scheme: scheme.to_owned(),
        };
        let accum_key = key(&scheme.code);
        let pots = async {
            let mut pots = Vec::with_capacity(scheme.pots.len());
            for pot in &scheme.pots {
                let key = key(&pot.code);
                let row = self.store.accum(&key).await?;
                pots.push((key, row));
            }
            Ok(pots)
        };
        let acct = self.store.acct(person.poolarea_no, &person.psn_no);
        let (accum, acct, pots) = tokio::try_join!(self.store.accum(&accum_key), acct, pots)?;
        Ok(Purse { scheme, accum_key, accum, pots, acct })
    }

    /// What the insured's pool was granted, wherever the pharmacy is.
    pub(crate) async fn grants_of(&self, ctx: &Ctx, place: Admdvs) -> Result<Arc<[Grant]>, StoreError> {
        match place == ctx.caller.fixmedins.poolarea_no {
            true => Ok(ctx.grants.clone()),
            false => self.grants(place, ctx.now).await,
        }
    }

    /// The law's scheme for this person and prescription. Who prescribed is asked only where a ratio depends on it.
    async fn scheme_of(
        &self,
        ctx: &Ctx,
        med_type: &str,
        about: &Papers,
    ) -> Result<Result<Scheme, Failure>, StoreError> {
        let Papers { rx, content, person, filings } = about;
        let dises = several(content.mdtrtinfo.dise_codg.as_deref(), filings, ctx.now.day());
        let grants = self.grants_of(ctx, person.poolarea_no).await?;
        let mut ask = Ask {
            place: person.poolarea_no,
            day: ctx.now.day(),
            insutype: person.insutype,
            psn_type: person.psn_type,
            med_type,
            level: None,
            dises: &dises,
            grants: &grants,
        };
        let known = match chosen(&self.law, &ask, of_stay(content.mdtrtinfo.otp_ipt_flag.as_deref())) {
            Ok(Some(known)) => known,
            Ok(None) => return Ok(refused(PurchaseRefusal::MedType(med_type.to_owned()))),
            Err(failure) => return Ok(Err(failure)),
        };
        if known.by_prescriber {
            let issuer = self.store.fixmedins(&rx.opened.fixmedins_code).await?;
            ask.level = issuer.and_then(|issuer| issuer.hosp_lv).and_then(|lv| Level::from_hosp_lv(&lv));
        }
        Ok(known.benefit(&self.law, &ask))
    }
}

/// The disease that is bought for, then the others that the person is registered with.
pub fn several(own: Option<&str>, filings: &Filings, on: Day) -> Vec<String> {
    let Some(own) = own else { return Vec::new() };
    let mut dises = vec![own.to_owned()];
    for opsp in filings.dises(on) {
        if !dises.contains(&opsp.opsp_dise_code) {
            dises.push(opsp.opsp_dise_code.clone());
        }
    }
    dises
}

/// An accumulator as it stands; of one never used, nothing.
pub(crate) fn before_of(key: &AccumKey, row: Option<&AccumRow>) -> Accumulator {
    row.map_or_else(|| Accumulator::new(key.year), |row| row.accum.clone())
}
