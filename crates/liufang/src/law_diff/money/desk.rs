//! The desk at which settlements are computed anew, one person after the other.
//!
//! Invariants: what the law of a folder says of a place and day is asked once; nothing is kept without a limit.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use anyhow::Context as _;
use lf_center::grants::of_place;
use lf_center::scheme::{Ask, Chosen, Kind, Level, chosen};
use lf_center::t2101_quote::several;
use lf_law::{Grant, Law};
use lf_ports::{Fixmedins, Person, PersonKey};
use lf_settle::{Accumulator, Case, Line, Scheme, Shares, Used, quote};
use lf_store::Engine;
use lf_vocab::dict::{AcctUsedFlag, Insutype, PsnType};
use lf_vocab::{Admdvs, Day, Fen, FixmedinsCode, MedListCodg};

use super::bills::{Bill, Bills, Prescribed, flows};
use super::named::Named;
use crate::law_diff::kept::Kept;
use crate::law_diff::places::Places;
use crate::law_diff::tally::{Changed, Requoted};

/// What is asked of the law once and kept.
pub struct Desk {
    laws: [Arc<Law>; 2],
    named: Arc<Named>,
    store: Arc<dyn Engine>,
    places: Places,
    schemes: [Kept<OfScheme, Option<Arc<Scheme>>>; 2],
    kinds: [Kept<OfKind, Option<Chosen>>; 2],
    grants: [Kept<Admdvs, Arc<[Grant]>>; 2],
    issuers: Kept<FixmedinsCode, Option<Fixmedins>>,
}

/// Place, day, 医疗类别, and whether it was written during a stay: what decides the kind of scheme.
type OfKind = (Admdvs, Day, Arc<str>, bool);

/// What decides a scheme of a kind.
type OfScheme = (OfKind, Insutype, PsnType, Option<Level>, Vec<String>);

/// A purchase as the law is asked about it.
struct Asked<'a> {
    person: &'a Person,
    bill: &'a Bill,
    dises: &'a [String],
    stay: bool,
}

impl Desk {
    pub fn new(laws: &[Arc<Law>; 2], named: Arc<Named>, store: &Arc<dyn Engine>, places: Places) -> Self {
        Self {
            laws: laws.clone(),
            named,
            store: store.clone(),
            places,
            schemes: Default::default(),
            kinds: Default::default(),
            grants: Default::default(),
            issuers: Kept::default(),
        }
    }

    /// The purchases of a part of the persons.
    pub async fn quote_all(mut self, bills: Arc<Bills>, mut part: Range<usize>) -> anyhow::Result<Requoted> {
        let mut told = Requoted::default();
        loop {
            let found = bills.person(&mut part)?;
            if found.is_empty() {
                return Ok(told);
            }
            let same = |a: &Bill, b: &Bill| (a.poolarea_no, &a.psn_no) == (b.poolarea_no, &b.psn_no);
            for bills in found.chunk_by(same) {
                self.quote_person(bills, &mut told).await?;
            }
        }
    }

    async fn quote_person(&mut self, bills: &[Bill], told: &mut Requoted) -> anyhow::Result<()> {
        told.settlements += bills.len() as u64;
        let Some(first) = bills.first() else { return Ok(()) };
        let key = PersonKey::PsnNo(first.poolarea_no, first.psn_no.clone());
        let Some(person) = self.store.person(&key).await? else {
            told.not_requoted += bills.len() as u64;
            return Ok(());
        };
        let mut used = [Accumulators::default(), Accumulators::default()];
        for bill in bills {
            let (dise, stay) = match &bill.prescribed {
                Prescribed::Rx(number) => self.named.of(number),
                Prescribed::Paper(_) | Prescribed::Not => (None, false),
            };
            let dises = match dise {
                None => Vec::new(),
                Some(dise) => {
                    let (dise, day) = (dise.to_owned(), bill.at.day());
                    let filings = self.places.filings(person.poolarea_no, &person.psn_no, day).await?;
                    several(Some(&dise), &filings, day)
                }
            };
            let asked = Asked { person: &person, bill, dises: &dises, stay };
            let [of_old, of_new] = &mut used;
            let old = self.quote(0, &asked, of_old).await?;
            let new = self.quote(1, &asked, of_new).await?;
            match old.zip(new) {
                Some((old, new)) => told.add_quotes(&changed(&old, &new), flows(&old) == bill.paid),
                None => told.not_requoted += 1,
            }
        }
        Ok(())
    }

    /// The quote of one folder, and what the person used afterwards; nothing where its packs do not say enough.
    async fn quote(&mut self, law: usize, of: &Asked<'_>, used: &mut Accumulators) -> anyhow::Result<Option<Shares>> {
        let Some(scheme) = self.scheme(law, of).await? else { return Ok(None) };
        let day = of.bill.at.day();
        let own = used.of(&scheme.code, day.year());
        let pots: Vec<_> = scheme.pots.iter().map(|pot| used.of(&pot.code, day.year())).collect();
        let Ok(shares) = quote(&scheme, Used { own: &own, pots: &pots }, &case(of.bill, day)?) else { return Ok(None) };
        used.put(&scheme.code, own.after(&shares)?);
        for (pot, before) in scheme.pots.iter().zip(pots) {
            used.put(&pot.code, before.after_fund(&shares)?);
        }
        Ok(Some(shares))
    }

    async fn scheme(&mut self, law: usize, of: &Asked<'_>) -> anyhow::Result<Option<Arc<Scheme>>> {
        let (person, bill, day) = (of.person, of.bill, of.bill.at.day());
        let grants = self.grants(law, person.poolarea_no).await?;
        let mut ask = Ask {
            place: person.poolarea_no,
            day,
            insutype: bill.insutype,
            psn_type: person.psn_type,
            med_type: &bill.med_type,
            level: None,
            dises: of.dises,
            grants: &grants,
        };
        let of_kind = (person.poolarea_no, day, bill.med_type.clone(), of.stay);
        let known = match self.kinds[law].get(&of_kind) {
            Some(chosen) => *chosen,
            None => {
                let chosen = chosen(&self.laws[law], &ask, of.stay).ok().flatten();
                self.kinds[law].keep(of_kind.clone(), chosen);
                chosen
            }
        };
        let can = |known: &Chosen| match bill.prescribed {
            Prescribed::Rx(_) => true,
            // Benefits by disease would need the disease.
            Prescribed::Paper(_) => known.kind != Kind::Opsp,
            // What no prescription was written for is paid from the account alone, or not at this counter.
            Prescribed::Not => known.kind == Kind::Acct,
        };
        let Some(chosen) = known.filter(can) else { return Ok(None) };
        if chosen.by_prescriber {
            ask.level = self.level(bill).await?;
        }
        let key = (of_kind, bill.insutype, person.psn_type, ask.level, ask.dises.to_vec());
        if let Some(scheme) = self.schemes[law].get(&key) {
            return Ok(scheme.clone());
        }
        let scheme = chosen.benefit(&self.laws[law], &ask).ok().map(Arc::new);
        self.schemes[law].keep(key, scheme.clone());
        Ok(scheme)
    }

    /// The level of the institution that prescribed.
    async fn level(&mut self, bill: &Bill) -> anyhow::Result<Option<Level>> {
        let code = match &bill.prescribed {
            Prescribed::Rx(number) => {
                let rx = self.store.rx(number).await?.context("a prescription went away while it was read")?;
                rx.opened.fixmedins_code
            }
            Prescribed::Paper(issuer) => issuer.clone(),
            Prescribed::Not => return Ok(None),
        };
        let code = &code;
        if self.issuers.get(code).is_none() {
            let found = self.store.fixmedins(code).await?;
            self.issuers.keep(code.clone(), found);
        }
        let issuer = self.issuers.get(code).and_then(Option::as_ref);
        Ok(issuer.and_then(|issuer| issuer.hosp_lv.as_deref()).and_then(Level::from_hosp_lv))
    }

    async fn grants(&mut self, law: usize, place: Admdvs) -> anyhow::Result<Arc<[Grant]>> {
        if let Some(grants) = self.grants[law].get(&place) {
            return Ok(grants.clone());
        }
        let grants: Arc<[Grant]> = of_place(self.store.as_ref(), &self.laws[law], place).await?.into();
        self.grants[law].keep(place, grants.clone());
        Ok(grants)
    }
}

/// No share depends on which drug it is, so that codes are not kept.
const ANY_DRUG: &str = "XANYDRUG";

fn case(bill: &Bill, day: Day) -> anyhow::Result<Case> {
    let med_list_codg: MedListCodg = ANY_DRUG.parse()?;
    let lines = bill.lines.iter().enumerate().map(|(at, line)| Line {
        feedetl_sn: at.to_string(),
        med_list_codg: med_list_codg.clone(),
        cnt: line.cnt,
        pric: line.pric,
        det_item_fee_sumamt: line.fee,
        chrgitm_lv: line.chrgitm_lv,
        pric_uplmt: line.pric_uplmt,
        in_scope: line.in_scope,
    });
    let acct = if bill.paid[1] > Fen::ZERO { AcctUsedFlag::Own } else { AcctUsedFlag::No };
    let medfee_sumamt = bill.lines.iter().fold(Fen::ZERO, |sum, line| sum.checked_add(line.fee).unwrap_or(sum));
    Ok(Case { lines: lines.collect(), day, medfee_sumamt, acct, acct_balance: bill.balance })
}

/// What a person used of each scheme or limit in each year.
#[derive(Default)]
struct Accumulators(Vec<(String, Accumulator)>);

impl Accumulators {
    fn of(&self, code: &str, year: i16) -> Accumulator {
        let own = self.0.iter().find(|(known, one)| known == code && one.year() == year);
        own.map_or_else(|| Accumulator::new(year), |(_, one)| one.clone())
    }

    fn put(&mut self, code: &str, after: Accumulator) {
        self.0.retain(|(known, one)| known != code || one.year() != after.year());
        self.0.push((code.to_owned(), after));
    }
}

/// What differs between two quotes of one purchase: the flows, and what each provision gave.
fn changed(old: &Shares, new: &Shares) -> Changed {
    let ([fund, acct, cash], after) = (flows(old), flows(new));
    let less = |before: Fen, after: Fen| after.get().saturating_sub(before.get());
    let flows = [less(fund, after[0]), less(acct, after[1]), less(cash, after[2])];
    if flows == [0; 3] {
        return Changed { flows, gave: Vec::new() };
    }
    let mut gave: HashMap<&str, i64> = HashMap::new();
    for (shares, sign) in [(old, -1), (new, 1)] {
        for step in &shares.steps {
            let id = step.provision.split_once('@').map_or(step.provision.as_str(), |(id, _)| id);
            *gave.entry(id).or_default() += sign * step.amount.get();
        }
    }
    let gave = gave.into_iter().filter(|(_, fen)| *fen != 0).map(|(id, fen)| (id.to_owned(), fen)).collect();
    Changed { flows, gave }
}
