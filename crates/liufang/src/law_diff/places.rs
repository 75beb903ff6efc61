//! What registers and lists of a place, filings of the person and agreements on consultations say beside a stored case: asked by
//! the center's own functions, as of the day of prescribing, each once.
//!
//! Invariants: where a place keeps no register or list of a kind nothing is asked; only what the law of each folder says of
//! transitions differs between the two.

use std::sync::Arc;

use lf_center::filings::Filings;
use lf_center::registers::{Designated, DrugSays, Side};
use lf_center::transition::in_catalogue;
use lf_center::{Center, Ctx, Settings};
use lf_law::Law;
use lf_ports::{Drug, Person, StoreError, StoredCase};
use lf_rx::event::Visit;
use lf_store::Engine;
use lf_vocab::{Admdvs, Day, DrCode, FixmedinsCode, MedListCodg, Moment, PsnNo};

use super::kept::Kept;
use crate::edge::OsChance;

/// Institution, doctor, disease and day.
type Prescriber = (FixmedinsCode, DrCode, Option<String>, Day);

/// A drug of the day as the place that pays has it.
#[derive(Clone)]
enum Paid {
    AsListed,
    /// Its transition goes on.
    On(Box<Drug>),
    /// The law of the folder contradicts itself.
    Unanswered,
}

/// Answers that were asked for.
pub struct Places {
    centers: [Center; 2],
    /// When all this is asked: which registers a place keeps is remembered for as long as this moment does not move.
    asked: Moment,
    designated: Kept<Prescriber, Designated>,
    says: Kept<(Admdvs, MedListCodg, Day), DrugSays>,
    filings: Kept<(Admdvs, PsnNo), Filings>,
    paid: Kept<(Admdvs, MedListCodg, Day), [Paid; 2]>,
    pairs: Kept<(FixmedinsCode, FixmedinsCode, Day), Option<bool>>,
    parents: Kept<(FixmedinsCode, Day), Option<bool>>,
}

/// The drugs as each folder's law has them; nothing where one has no answer.
pub type PaidBy = [Option<Vec<Option<Drug>>>; 2];

impl Places {
    pub fn new(store: &Arc<dyn Engine>, laws: &[Arc<Law>; 2], asked: Moment) -> Self {
        let center = |law: &Arc<Law>| Center::new(store.clone(), law.clone(), Arc::new(OsChance), Settings::default());
        Self {
            centers: laws.each_ref().map(center),
            asked,
            designated: Kept::default(),
            says: Kept::default(),
            filings: Kept::default(),
            paid: Kept::default(),
            pairs: Kept::default(),
            parents: Kept::default(),
        }
    }

    /// What the register of designations says of institution and doctor.
    pub async fn designated(&mut self, ctx: &Ctx, case: &StoredCase) -> Result<Designated, StoreError> {
        let (visit, day) = (&case.content.mdtrtinfo, case.content.head.prsc_time.day());
        let place = ctx.caller.fixmedins.poolarea_no;
        if !self.centers[0].kept_in(place, day, self.asked).await?.designates() {
            return Ok(Designated::default());
        }
        let key = (ctx.code().clone(), visit.dr_code.clone(), visit.dise_codg.clone(), day);
        if let Some(found) = self.designated.get(&key) {
            return Ok(found.clone());
        }
        let (dr_code, dise) = (Some(visit.dr_code.as_str()), visit.dise_codg.as_deref());
        let side = Side { place, code: ctx.code(), dr_code, dise };
        let found = self.centers[0].designated(side, day, self.asked).await?;
        self.designated.keep(key, found.clone());
        Ok(found)
    }

    /// What the lists of the place say of each drug.
    pub async fn says(&mut self, ctx: &Ctx, case: &StoredCase) -> Result<Vec<DrugSays>, StoreError> {
        let (rows, day) = (&case.content.rxdrugdetail, case.content.head.prsc_time.day());
        let place = ctx.caller.fixmedins.poolarea_no;
        if !self.centers[0].kept_in(place, day, self.asked).await?.tags() {
            return Ok(vec![DrugSays::default(); rows.len()]);
        }
        let mut says = Vec::with_capacity(rows.len());
        for line in rows {
            let key = (place, line.med_list_codg.clone(), day);
            if self.says.get(&key).is_none() {
                let found = self.centers[0].drug_says(place, std::slice::from_ref(&key.1), day, self.asked).await?;
                self.says.keep(key.clone(), found.into_iter().next().unwrap_or_default());
            }
            says.extend(self.says.get(&key).cloned());
        }
        Ok(says)
    }

    /// What is filed of a person.
    pub async fn filings(&mut self, place: Admdvs, psn_no: &PsnNo, day: Day) -> Result<Filings, StoreError> {
        if self.centers[0].kept_in(place, day, self.asked).await?.filings().is_empty() {
            return Ok(Filings::default());
        }
        let key = (place, psn_no.clone());
        if let Some(found) = self.filings.get(&key) {
            return Ok(found.clone());
        }
        let found = self.centers[0].filings(place, psn_no, day, self.asked).await?;
        self.filings.keep(key, found.clone());
        Ok(found)
    }

    /// Whether hospital and pharmacy have an agreement on consultations, and whether the hospital rests on a designated one.
    pub async fn consulted(&mut self, ctx: &Ctx, told: &Visit, day: Day) -> Result<[Option<bool>; 2], StoreError> {
        let hospital = ctx.code();
        let pair = match &told.itnt_phar_code {
            None => None,
            Some(pharmacy) => {
                let key = (hospital.clone(), pharmacy.clone(), day);
                if self.pairs.get(&key).is_none() {
                    let found = self.centers[0].agreement_pair(hospital, pharmacy, day).await?;
                    self.pairs.keep(key.clone(), found);
                }
                self.pairs.get(&key).copied().flatten().filter(|_| lf_center::consult::in_pharmacy(told))
            }
        };
        let key = (hospital.clone(), day);
        if self.parents.get(&key).is_none() {
            let found = self.centers[0].parent_of(ctx, told, day).await?;
            self.parents.keep(key.clone(), found);
        }
        Ok([pair, self.parents.get(&key).copied().flatten()])
    }

    /// The drugs as the place that pays has them by the law of each folder.
    pub async fn paid(
        &mut self,
        person: &Person,
        case: &StoredCase,
        drugs: &[Option<Drug>],
    ) -> Result<Option<PaidBy>, StoreError> {
        let (day, pays) = (case.content.head.prsc_time.day(), person.poolarea_no);
        if drugs.iter().all(|drug| in_catalogue(drug.as_ref(), day)) {
            return Ok(None);
        }
        if !self.centers[0].kept_in(pays, day, self.asked).await?.tags() {
            return Ok(None);
        }
        let mut paid: PaidBy = [Some(drugs.to_vec()), Some(drugs.to_vec())];
        for (at, (line, drug)) in case.content.rxdrugdetail.iter().zip(drugs).enumerate() {
            if in_catalogue(drug.as_ref(), day) {
                continue;
            }
            let answers = self.paid_on(pays, &line.med_list_codg, day, drug).await?;
            for (drugs, answer) in paid.iter_mut().zip(answers) {
                match (answer, drugs.as_mut().and_then(|drugs| drugs.get_mut(at))) {
                    (Paid::On(former), Some(drug)) => *drug = Some(*former),
                    (Paid::Unanswered, _) => *drugs = None,
                    _ => {}
                }
            }
        }
        Ok(Some(paid))
    }

    async fn paid_on(
        &mut self,
        pays: Admdvs,
        code: &MedListCodg,
        day: Day,
        drug: &Option<Drug>,
    ) -> Result<[Paid; 2], StoreError> {
        let key = (pays, code.clone(), day);
        if let Some(paid) = self.paid.get(&key) {
            return Ok(paid.clone());
        }
        let mut answers = [Paid::AsListed, Paid::AsListed];
        for (center, answer) in self.centers.iter().zip(&mut answers) {
            let mut one = [drug.clone()];
            let asked = (std::slice::from_ref(code), day, one.as_mut_slice());
            let asked = center.paid_on((pays, self.asked), [asked]).await?;
            let [after] = one;
            *answer = match (asked, after) {
                (Err(_), _) => Paid::Unanswered,
                (Ok(()), Some(after)) if drug.as_ref() != Some(&after) => Paid::On(Box::new(after)),
                _ => Paid::AsListed,
            };
        }
        self.paid.keep(key, answers.clone());
        Ok(answers)
    }
}
