//! The registers beside a stored case, each row asked of the store once and kept.
//!
//! Invariants: what is kept has a limit; drugs are those of the day of prescribing, as at the pre-check.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use lf_center::limit::Limits;
use lf_center::t7101_precheck::{Beside, Known, frequency, frequency_keys};
use lf_center::{Caller, Ctx};
use lf_ports::{Dated, Drug, Fixmedins, Item, Lists, Person, PersonKey, Practitioner, StoreError, StoredCase};
use lf_store::Engine;
use lf_vocab::{Certno, Day, DrCode, FixmedinsCode, HiRxno, MedListCodg, Moment};

/// Rows of one register that are kept at most; then it begins anew.
const KEPT: usize = 20_000;

/// Rows that were asked for.
pub struct Registers {
    store: Arc<dyn Engine>,
    fixmedins: HashMap<FixmedinsCode, Option<Fixmedins>>,
    doctors: HashMap<(FixmedinsCode, DrCode), Option<Practitioner>>,
    persons: HashMap<(String, Certno), Option<Person>>,
    drugs: HashMap<MedListCodg, Vec<Dated<Drug>>>,
    limits: HashMap<(MedListCodg, Day), Limits>,
    frequencies: HashMap<(String, Day), Option<Dated<Item>>>,
}

impl Registers {
    pub fn new(store: Arc<dyn Engine>) -> Self {
        Self {
            store,
            fixmedins: HashMap::new(),
            doctors: HashMap::new(),
            persons: HashMap::new(),
            drugs: HashMap::new(),
            limits: HashMap::new(),
            frequencies: HashMap::new(),
        }
    }

    /// What the lists of the day of prescribing say of the drugs. Designations, the lists of a place, and what the doctor stated beyond the interface's fields are not
    /// kept, and absent here for both folders.
    pub async fn beside(&mut self, case: &StoredCase) -> Result<Beside, StoreError> {
        let (day, rows) = (case.content.head.prsc_time.day(), &case.content.rxdrugdetail);
        let mut limits = Vec::with_capacity(rows.len());
        for line in rows {
            limits.push(self.limit(&line.med_list_codg, day).await?);
        }
        let keys = frequency_keys(rows);
        let mut table = Vec::with_capacity(keys.len());
        for key in &keys {
            table.push(self.frequency(key, day).await?);
        }
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let frequencies = rows.iter().map(|drug| frequency(drug, &table, &keys)).collect();
        Ok(Beside { limits, frequencies, ..Beside::default() })
    }

    async fn limit(&mut self, code: &MedListCodg, on: Day) -> Result<Limits, StoreError> {
        let key = (code.clone(), on);
        if let Some(limits) = self.limits.get(&key) {
            return Ok(limits.clone());
        }
        let rows = self.store.list_under(Lists::DrugRule, &[code.as_str()], on).await?;
        let limits = rows.first().map(|rows| Limits::of(rows)).unwrap_or_default();
        keep(&mut self.limits, key, limits.clone());
        Ok(limits)
    }

    async fn frequency(&mut self, code: &str, on: Day) -> Result<Option<Dated<Item>>, StoreError> {
        let key = (code.to_owned(), on);
        if let Some(row) = self.frequencies.get(&key) {
            return Ok(row.clone());
        }
        let row = self.store.list_items(Lists::Frequency, &[code], on).await?.pop().flatten();
        keep(&mut self.frequencies, key, row.clone());
        Ok(row)
    }

    /// The message and the registers as the center saw them; nothing when institution or person is no longer registered.
    pub async fn of(&mut self, case: &StoredCase) -> Result<Option<(Ctx, Known)>, StoreError> {
        let visit = &case.content.mdtrtinfo;
        let code = &visit.fixmedins_code;
        if !self.fixmedins.contains_key(code) {
            let found = self.store.fixmedins(code).await?;
            keep(&mut self.fixmedins, code.clone(), found);
        }
        let psn = (visit.psn_cert_type.clone(), visit.certno.clone());
        if !self.persons.contains_key(&psn) {
            let found = self.store.person(&PersonKey::Cert(psn.0.clone(), psn.1.clone())).await?;
            keep(&mut self.persons, psn.clone(), found);
        }
        let dr = (code.clone(), visit.dr_code.clone());
        if !self.doctors.contains_key(&dr) {
            let found = self.store.practitioner(code, visit.dr_code.as_str()).await?;
            keep(&mut self.doctors, dr.clone(), found);
        }
        let mut drugs = Vec::with_capacity(case.content.rxdrugdetail.len());
        for line in &case.content.rxdrugdetail {
            drugs.push(self.drug(&line.med_list_codg, case.content.head.prsc_time.day()).await?);
        }
        let fixmedins = self.fixmedins.get(code).cloned().flatten();
        let person = self.persons.get(&psn).cloned().flatten().filter(|person| person.psn_no == visit.psn_no);
        let now = checked_at(case.content.head.prsc_time, &case.hi_rxno);
        Ok(fixmedins.zip(person).map(|(fixmedins, person)| {
            let caller = Caller { app_id: String::new(), fixmedins };
            // No provision that takes a grant is asked at the pre-check.
            let grants = Arc::default();
            let ctx = Ctx { caller, digest: [0; 32], envelope_digest: [0; 32], msgid: None, now, grants };
            (ctx, Known { person, doctor: self.doctors.get(&dr).cloned().flatten(), drugs })
        }))
    }

    async fn drug(&mut self, code: &MedListCodg, on: Day) -> Result<Option<Drug>, StoreError> {
        if !self.drugs.contains_key(code) {
            let rows = self.store.drug_rows(code).await?;
            keep(&mut self.drugs, code.clone(), rows);
        }
        let mut rows = self.drugs.get(code).into_iter().flatten();
        Ok(rows.rfind(|row| row.in_force(on)).map(|row| row.item.clone()))
    }
}

/// When the law was asked: on the day that the number holds, at the time of prescribing if that was the same day. What
/// the law is told of that moment are days.
fn checked_at(prescribed: Moment, hi_rxno: &HiRxno) -> Moment {
    let day = hi_rxno.day();
    if day == prescribed.day() { prescribed } else { day.start() }
}

fn keep<K: Hash + Eq, V>(kept: &mut HashMap<K, V>, key: K, row: V) {
    if kept.len() >= KEPT {
        kept.clear();
    }
    kept.insert(key, row);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_was_asked_on_the_day_of_the_number() {
        let prescribed: Moment = "2026-03-31 23:58:00".parse().unwrap();
        let number = |day: &str| lf_vocab::HiRxno::new("360900".parse().unwrap(), day.parse().unwrap(), 7).unwrap();
        assert_eq!(checked_at(prescribed, &number("2026-03-31")), prescribed);
        assert_eq!(checked_at(prescribed, &number("2026-04-01")), "2026-04-01 00:00:00".parse().unwrap());
    }

    #[test]
    fn no_more_is_kept_than_the_limit() {
        let mut kept = HashMap::new();
        for number in 0..KEPT {
            keep(&mut kept, number, ());
        }
        assert_eq!(kept.len(), KEPT);
        keep(&mut kept, KEPT, ());
        assert_eq!(kept.len(), 1);
        assert!(kept.contains_key(&KEPT), "what is asked for is always there");
    }
}
