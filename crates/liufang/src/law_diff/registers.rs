//! The registers beside a stored case, each row asked of the store once and kept.
//!
//! Invariant: drugs and lists are those of the day of prescribing, as at the pre-check.

use std::sync::Arc;

use lf_center::limit::Limits;
use lf_center::t7101_precheck::{Known, frequency, frequency_keys};
use lf_center::{Caller, Ctx};
use lf_ports::{Dated, Drug, Fixmedins, Item, Lists, Person, PersonKey, Practitioner, StoreError, StoredCase};
use lf_rx::RxDrug;
use lf_rx::supply::Frequency;
use lf_store::Engine;
use lf_vocab::{Certno, Day, DrCode, FixmedinsCode, HiRxno, MedListCodg, Moment};

use super::kept::Kept;

/// Rows that were asked for.
pub struct Registers {
    store: Arc<dyn Engine>,
    fixmedins: Kept<FixmedinsCode, Option<Fixmedins>>,
    doctors: Kept<(FixmedinsCode, DrCode), Option<Practitioner>>,
    persons: Kept<(String, Certno), Option<Person>>,
    drugs: Kept<MedListCodg, Vec<Dated<Drug>>>,
    limits: Kept<(MedListCodg, Day), Limits>,
    frequencies: Kept<(String, Day), Option<Dated<Item>>>,
}

impl Registers {
    pub fn new(store: Arc<dyn Engine>) -> Self {
        Self {
            store,
            fixmedins: Kept::default(),
            doctors: Kept::default(),
            persons: Kept::default(),
            drugs: Kept::default(),
            limits: Kept::default(),
            frequencies: Kept::default(),
        }
    }

    /// The message and the registers as the center saw them; nothing when institution or person is no longer registered.
    pub async fn of(&mut self, case: &StoredCase) -> Result<Option<(Ctx, Known)>, StoreError> {
        let visit = &case.content.mdtrtinfo;
        let code = &visit.fixmedins_code;
        if self.fixmedins.get(code).is_none() {
            let found = self.store.fixmedins(code).await?;
            self.fixmedins.keep(code.clone(), found);
        }
        let dr = (code.clone(), visit.dr_code.clone());
        if self.doctors.get(&dr).is_none() {
            let found = self.store.practitioner(code, visit.dr_code.as_str()).await?;
            self.doctors.keep(dr.clone(), found);
        }
        let mut drugs = Vec::with_capacity(case.content.rxdrugdetail.len());
        for line in &case.content.rxdrugdetail {
            drugs.push(self.drug(&line.med_list_codg, case.content.head.prsc_time.day()).await?);
        }
        let person = self.person(case).await?.cloned();
        let fixmedins = self.fixmedins.get(code).cloned().flatten();
        let now = checked_at(case.content.head.prsc_time, &case.hi_rxno);
        Ok(fixmedins.zip(person).map(|(fixmedins, person)| {
            let caller = Caller { app_id: String::new(), fixmedins };
            // No provision that takes a grant is asked at the pre-check.
            let grants = Arc::default();
            let ctx = Ctx { caller, digest: [0; 32], envelope_digest: [0; 32], msgid: None, now, grants };
            (ctx, Known { person, doctor: self.doctors.get(&dr).cloned().flatten(), drugs })
        }))
    }

    /// The patient, if registered still.
    pub async fn person(&mut self, case: &StoredCase) -> Result<Option<&Person>, StoreError> {
        let visit = &case.content.mdtrtinfo;
        let psn = (visit.psn_cert_type.clone(), visit.certno.clone());
        if self.persons.get(&psn).is_none() {
            let found = self.store.person(&PersonKey::Cert(psn.0.clone(), psn.1.clone())).await?;
            self.persons.keep(psn.clone(), found);
        }
        let person = self.persons.get(&psn).and_then(Option::as_ref);
        Ok(person.filter(|person| person.psn_no == visit.psn_no))
    }

    /// 限定支付 of each drug.
    pub async fn limits(&mut self, rows: &[RxDrug], on: Day) -> Result<Vec<Limits>, StoreError> {
        let mut limits = Vec::with_capacity(rows.len());
        for line in rows {
            limits.push(self.limit(&line.med_list_codg, on).await?);
        }
        Ok(limits)
    }

    /// The frequency of each drug.
    pub async fn frequencies(&mut self, rows: &[RxDrug], on: Day) -> Result<Vec<Option<Frequency>>, StoreError> {
        let keys = frequency_keys(rows);
        let mut table = Vec::with_capacity(keys.len());
        for key in &keys {
            table.push(self.frequency(key, on).await?);
        }
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        Ok(rows.iter().map(|drug| frequency(drug, &table, &keys)).collect())
    }

    async fn limit(&mut self, code: &MedListCodg, on: Day) -> Result<Limits, StoreError> {
        let key = (code.clone(), on);
        if let Some(limits) = self.limits.get(&key) {
            return Ok(limits.clone());
        }
        let rows = self.store.list_under(Lists::DrugRule, &[code.as_str()], on).await?;
        let limits = rows.first().map(|rows| Limits::of(rows)).unwrap_or_default();
        self.limits.keep(key, limits.clone());
        Ok(limits)
    }

    async fn frequency(&mut self, code: &str, on: Day) -> Result<Option<Dated<Item>>, StoreError> {
        let key = (code.to_owned(), on);
        if let Some(row) = self.frequencies.get(&key) {
            return Ok(row.clone());
        }
        let row = self.store.list_items(Lists::Frequency, &[code], on).await?.pop().flatten();
        self.frequencies.keep(key, row.clone());
        Ok(row)
    }

    async fn drug(&mut self, code: &MedListCodg, on: Day) -> Result<Option<Drug>, StoreError> {
        if self.drugs.get(code).is_none() {
            let rows = self.store.drug_rows(code).await?;
            self.drugs.keep(code.clone(), rows);
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
}
