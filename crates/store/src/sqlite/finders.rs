//! `Store` on SQLite: each finder is one statement, each command one change set.
//!
//! Serves every transaction. Invariants: every finder is scoped by an institution, a person, a number or a 统筹区.

use async_trait::async_trait;
use lf_ports::store::DrugQuery;
use lf_ports::{
    Acct, AccumKey, AccumRow, App, ChangeSet, Claim, ClaimKind, CommitError, Drug, Fixmedins, IdemKey, IdemRow, Person,
    PersonKey, Practitioner, RxFile, Setl, Store, StoreError, StoredEvent,
};
use lf_rx::{AuthBatch, Prescription, RxContent};
use lf_vocab::{Admdvs, Day, FixmedinsCode, HiRxno, MedListCodg, PsnNo};

use super::{PAGE_MAX, SqliteStore, page};
use crate::plan::{accum_params, cert_key, drug_find_text, idem_params, like_part, rx_params};
use crate::value::{Cells, Value};
use crate::{row, sql};

/// The most drugs asked for by code at once.
const CODES_MAX: usize = 10_000;

#[async_trait]
impl Store for SqliteStore {
    async fn app(&self, app_id: &str) -> Result<Option<App>, StoreError> {
        self.one(sql::APP, &[app_id.into()], row::app)
    }

    async fn fixmedins(&self, fixmedins_code: &FixmedinsCode) -> Result<Option<Fixmedins>, StoreError> {
        self.one(sql::FIXMEDINS, &[fixmedins_code.as_str().into()], row::fixmedins)
    }

    async fn practitioner(
        &self,
        fixmedins_code: &FixmedinsCode,
        prac_code: &str,
    ) -> Result<Option<Practitioner>, StoreError> {
        self.one(sql::PRACTITIONER, &[fixmedins_code.as_str().into(), prac_code.into()], row::practitioner)
    }

    async fn person(&self, key: &PersonKey) -> Result<Option<Person>, StoreError> {
        let by_key =
            |kind: &str, text: &str| self.one(sql::PERSON_BY_KEY, &[kind.into(), text.into()], row::person_key);
        let found = match key {
            PersonKey::PsnNo(poolarea_no, psn_no) => Some((*poolarea_no, psn_no.clone())),
            PersonKey::Cert(kind, certno) => by_key("cert", &cert_key(kind, certno))?,
            PersonKey::EcToken(token) => by_key("ec_token", token)?,
        };
        let Some((poolarea_no, psn_no)) = found else { return Ok(None) };
        let person = self.one(sql::PERSON, &[poolarea_no.as_str().into(), psn_no.as_str().into()], row::person)?;
        if let Some(person) = &person {
            row::person_shows(person, key)?;
        }
        Ok(person)
    }

    async fn drugs(&self, codes: &[MedListCodg]) -> Result<Vec<Option<Drug>>, StoreError> {
        if codes.len() > CODES_MAX {
            return Err(StoreError::Broken(format!("at most {CODES_MAX} drugs at once")));
        }
        let mut db = self.reader();
        let mut found = Vec::with_capacity(codes.len());
        for code in codes {
            let rows = db.query(sql::DRUG, &[code.as_str().into()])?;
            found.push(rows.into_iter().next().map(row::drug).transpose()?);
        }
        Ok(found)
    }

    async fn drug_page(&self, query: &DrugQuery) -> Result<(u64, Vec<Drug>), StoreError> {
        if query.codes.is_empty() { self.drugs_by_name(query) } else { self.drugs_by_code(query).await }
    }

    async fn rx(&self, hi_rxno: &HiRxno) -> Result<Option<Prescription>, StoreError> {
        self.one(sql::RX, &rx_params(hi_rxno), row::rx)
    }

    async fn rx_content(&self, hi_rxno: &HiRxno) -> Result<Option<RxContent>, StoreError> {
        self.one(sql::RX_CONTENT, &rx_params(hi_rxno), row::rx_content)
    }

    async fn rx_file(&self, hi_rxno: &HiRxno) -> Result<Option<RxFile>, StoreError> {
        self.one(sql::RX_FILE, &rx_params(hi_rxno), row::rx_file)
    }

    async fn rx_events(&self, hi_rxno: &HiRxno) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(row::rx_events(self.rows(sql::RX_EVENTS, &rx_params(hi_rxno))?)?)
    }

    async fn rx_of_person(
        &self,
        poolarea_no: Admdvs,
        psn_no: &PsnNo,
        most: usize,
    ) -> Result<Vec<Prescription>, StoreError> {
        self.many(sql::RX_OF_PERSON, &[poolarea_no.as_str().into(), psn_no.as_str().into(), page(most)], row::rx)
    }

    async fn batch(&self, poolarea_no: Admdvs, batch_no: &str) -> Result<Option<AuthBatch>, StoreError> {
        self.one(sql::BATCH, &[poolarea_no.as_str().into(), batch_no.into()], row::batch)
    }

    async fn setl(
        &self,
        fixmedins_code: &FixmedinsCode,
        setl_id: &str,
    ) -> Result<Option<(Setl, Option<String>)>, StoreError> {
        self.one(sql::SETL, &[fixmedins_code.as_str().into(), setl_id.into()], row::setl)
    }

    async fn accum(&self, key: &AccumKey) -> Result<Option<AccumRow>, StoreError> {
        self.one(sql::ACCUM, &accum_params(key), |found| row::accum(found).map(|(_, accum)| accum))
    }

    async fn acct(&self, poolarea_no: Admdvs, psn_no: &PsnNo) -> Result<Acct, StoreError> {
        let params = [poolarea_no.as_str().into(), psn_no.as_str().into()];
        Ok(self.one(sql::ACCT, &params, row::acct)?.map_or_else(Acct::default, |(_, _, acct)| acct))
    }

    async fn claim(&self, kind: ClaimKind, key: &str) -> Result<Option<Claim>, StoreError> {
        self.one(sql::CLAIM, &[kind.word().into(), key.into()], |found| row::claim(kind, found))
    }

    async fn idem(&self, key: &IdemKey) -> Result<Option<IdemRow>, StoreError> {
        self.one(sql::IDEM, &idem_params(key), |found| row::idem(key, found))
    }

    async fn reserve_serials(&self, poolarea_no: Admdvs, day: Day, count: u64) -> Result<u64, StoreError> {
        self.reserve(poolarea_no, day, count).await
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        self.write(changes).await
    }
}

impl SqliteStore {
    fn drugs_by_name(&self, query: &DrugQuery) -> Result<(u64, Vec<Drug>), StoreError> {
        let flag = |wanted: Option<bool>| Value::Int(wanted.map_or(-1, i64::from));
        let pattern = like_part(query.name_part.as_deref().unwrap_or_default());
        let mut params = vec![pattern.into(), flag(query.dualchnl), flag(query.oppool)];
        let total = self.one(sql::DRUG_COUNT, &params, |found| Cells::new("drug", 0, found).int("count"))?;
        params.push(page(usize::try_from(query.limit).unwrap_or(PAGE_MAX)));
        params.push(Value::Int(i64::try_from(query.offset).unwrap_or(i64::MAX)));
        let drugs = self.many(sql::DRUG_PAGE, &params, row::drug)?;
        Ok((total.unwrap_or(0).unsigned_abs(), drugs))
    }

    /// A list of codes is short: found one by one, then judged here by the same conditions.
    async fn drugs_by_code(&self, query: &DrugQuery) -> Result<(u64, Vec<Drug>), StoreError> {
        let mut codes = query.codes.clone();
        codes.sort();
        codes.dedup();
        let part = query.name_part.as_deref().unwrap_or_default().to_lowercase();
        let fits = |drug: &Drug| {
            drug_find_text(drug).contains(&part)
                && query.dualchnl.is_none_or(|wanted| drug.dualchnl == wanted)
                && query.oppool.is_none_or(|wanted| drug.oppool == wanted)
        };
        let found: Vec<Drug> = self.drugs(&codes).await?.into_iter().flatten().filter(fits).collect();
        let total = found.len() as u64;
        let skip = usize::try_from(query.offset).unwrap_or(usize::MAX);
        let take = usize::try_from(query.limit).unwrap_or(PAGE_MAX).min(PAGE_MAX);
        Ok((total, found.into_iter().skip(skip).take(take).collect()))
    }
}
